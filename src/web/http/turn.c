#include "web/http/turn.h"

#include "base/log.h"
#include "db/state.h"
#include "web/watch/figures.h"

/* In a savepoint of its own if it writes, so that a refusal undoes its rows alone. */
bool turn_handle(struct call *c, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool writes = call_writes(c);
	if (writes && !db_begin(c->req.db, &tx, e))
		return false;
	if (!call_handle(c, e))
		return false;
	if (writes && !db_commit(&tx, e))
		return false;
	if (c->req.refused.kind != ERR_NONE) {
		*e = c->req.refused;
		return false;
	}
	return true;
}

/* ---- sessions that were used ---------------------------------------------------------------- */

/* Copies, as a call may be answered and gone before they are written. */
struct used {
	struct used *next;
	int64_t at_ms;
	const char *hash;
};

struct turn {
	struct site *site;
	struct arena *arena;
	struct used *used;
	turn_ready_fn *ready;
	void *user;
};

static void hand_over(struct turn *t, struct call *c)
{
	if (call_wants_touch(c)) {
		struct used *u = arena_alloc(t->arena, sizeof(*u));
		*u = (struct used){ t->used, c->req.now_ms, arena_copy(t->arena, c->session.hash) };
		t->used = u;
	}
	if (t->ready)
		t->ready(t->user, c);
}

static bool touch_all(const struct turn *t, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(t->site->db, &tx, e))
		return false;
	for (const struct used *u = t->used; u; u = u->next) {
		const struct act act = { .db = t->site->db, .arena = t->arena, .now_ms = u->at_ms };
		if (!session_touch(&act, u->hash, e))
			return false;
	}
	return db_commit(&tx, e);
}

/* ---- the turn ------------------------------------------------------------------------------- */

static void run_readers(struct turn *t, struct call *const *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		call_run(calls[i], t->site->db);
		hand_over(t, calls[i]);
	}
}

/* The first request of a turn stands for all of it: by its trace the line of its log is found,
 * which has the turn's number. */
static bool mark(const struct site *site, struct call *const *calls, size_t count, struct arena *a,
		 struct err *e)
{
	char name[TRACE_SHORT_SIZE];
	if (!site->mark_turns)
		return true;
	trace_short(&calls[0]->trace, name);
	return db_mark(
		site->db,
		arena_print(a, "konkurs/%s %s+%zu", site->node ? site->node : "", name, count - 1),
		e);
}

static bool commit(const struct site *site, struct db_tx *tx, struct err *e)
{
	const int64_t began_us = clock_monotonic_us();
	const bool done = db_commit(tx, e);
	figures_commit(site->figures, clock_monotonic_us() - began_us, done);
	return done;
}

/* The calls that write, and nothing else: a refused one no longer says so itself. */
static bool run_writers(struct site *site, struct call *const *calls, size_t count, struct arena *a,
			struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(site->db, &tx, e) || !mark(site, calls, count, a, e))
		return false;
	for (size_t i = 0; i < count; i++)
		call_run(calls[i], site->db);
	return commit(site, &tx, e);
}

/* Mostly nobody is refused after having written: then no savepoint is needed.  False, with nothing
 * done and the calls as they were, if somebody was. */
static bool run_flat(struct site *site, struct call *const *calls, size_t count, struct arena *a)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct call *before = arena_array(a, count, sizeof(*before));
	struct err e = { 0 };
	for (size_t i = 0; i < count; i++)
		before[i] = *calls[i];
	bool done = db_begin_flat(site->db, &tx, &e) && mark(site, calls, count, a, &e);
	for (size_t i = 0; done && i < count; i++) {
		call_run(calls[i], site->db);
		done = !db_is_spoiled(site->db);
	}
	done = done && commit(site, &tx, &e);
	if (!done)
		figures_again(site->figures);
	err_clear(&e);
	for (size_t i = 0; !done && i < count; i++)
		call_again(calls[i], &before[i]);
	return done;
}

/* Moves the calls that write behind those that read; both keep their order. */
static size_t split(struct call *const *calls, size_t count, struct call **ret)
{
	size_t readers = 0;
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		if (!call_writes(calls[i]))
			ret[n++] = calls[i];
	}
	readers = n;
	for (size_t i = 0; i < count; i++) {
		if (call_writes(calls[i]))
			ret[n++] = calls[i];
	}
	return readers;
}

void turn_commit(struct site *site, struct call *const *calls, size_t count, turn_ready_fn *ready,
		 void *user)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct turn t = { site, a, NULL, ready, user };
	struct call **sorted = arena_array(a, count ? count : 1, sizeof(struct call *));
	size_t readers = split(calls, count, sorted);
	struct err e = { 0 };
	figures_turn(site->figures, count, count - readers);
	run_readers(&t, sorted, readers);
	if (readers < count && !run_flat(site, sorted + readers, count - readers, a) &&
	    !run_writers(site, sorted + readers, count - readers, a, &e)) {
		for (size_t i = readers; i < count; i++)
			call_fail(sorted[i], &e);
	}
	err_clear(&e);
	for (size_t i = readers; i < count; i++)
		hand_over(&t, sorted[i]);
	/* A session that is not marked as used ends sooner: no reason to refuse a request. */
	if (t.used && !touch_all(&t, &e))
		log_failure("session.touch", &e);
}

static void answer(void *user, struct call *c)
{
	(void)user;
	call_answer(c);
}

void turn_run(struct site *site, struct call *const *calls, size_t count)
{
	turn_commit(site, calls, count, answer, NULL);
}

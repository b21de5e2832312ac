#include "web/http/turn.h"

#include "base/log.h"
#include "db/state.h"
#include "web/http/once.h"
#include "web/watch/figures.h"

#include <stdlib.h>
#include <string.h>

/* In a savepoint of its own if it writes, so that a refusal undoes its rows alone. */
bool turn_handle(struct call *c, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool writes = call_writes(c);
	bool done = false;
	if (writes && (!db_begin(c->req.db, &tx, e) || !once_before(c, &done, e)))
		return false;
	if (!done && !call_handle(c, e))
		return false;
	if (writes && ((!done && !once_after(c, e)) || !db_commit(&tx, e)))
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
	const struct turn_hands *hands;
};

static void hand_over(struct turn *t, struct call *c)
{
	if (call_wants_touch(c)) {
		struct used *u = arena_alloc(t->arena, sizeof(*u));
		*u = (struct used){ t->used, c->req.now_ms, arena_copy(t->arena, c->session.hash) };
		t->used = u;
	}
	if (t->hands->ready)
		t->hands->ready(t->hands->user, c);
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

/* ---- a database that is away ---------------------------------------------------------------- */

static const struct err away = { .kind = ERR_BUSY,
				 .key = "error.busy",
				 .detail = "the database is away" };
static const struct err doubt = { .kind = ERR_BUSY,
				  .key = "error.doubt",
				  .detail = "whether it was stored is not known" };

/* Whether a call failed for the engine's sake, not for its own: then it is run again. */
static bool engine_failed(const struct site *site, const struct call *c, const struct call *before)
{
	return db_is_lost(site->db) || (before->err.kind == ERR_NONE && c->err.kind == ERR_BUSY &&
					strcmp(c->err.key, "error.busy") == 0);
}

static void wait(struct turn *t, struct call *c)
{
	if (t->hands->wait) {
		t->hands->wait(t->hands->user, c);
		return;
	}
	call_fail(c, &away);
	hand_over(t, c);
}

/* ---- calls that read ------------------------------------------------------------------------ */

/* False: it is as it was. */
static bool read_one(struct site *site, struct call *c)
{
	const struct call before = *c;
	const bool asks = call_needs_database(c);
	if (asks && site->away)
		return false;
	call_run(c, site->db);
	if (!asks || !engine_failed(site, c, &before))
		return true;
	call_again(c, &before);
	call_run(c, site->db); /* by a new connection, if there is one to be had */
	if (!engine_failed(site, c, &before))
		return true;
	if (db_is_lost(site->db))
		site_is_away(site, &c->err);
	call_again(c, &before);
	return false;
}

static void run_readers(struct turn *t, struct call *const *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (read_one(t->site, calls[i]))
			hand_over(t, calls[i]);
		else
			wait(t, calls[i]);
	}
}

/* ---- calls that write ----------------------------------------------------------------------- */

/* The calls of a turn that write, and what they were before it. */
struct turn_doubt {
	struct arena *arena;
	struct call **calls;
	struct call *before;
	size_t count;
};

static struct turn_doubt *new_writers(struct call *const *calls, size_t count)
{
	struct arena *a = arena_new();
	struct turn_doubt *d = arena_alloc(a, sizeof(*d));
	*d = (struct turn_doubt){ a, arena_array(a, count, sizeof(struct call *)),
				  arena_array(a, count, sizeof(*d->before)), count };
	for (size_t i = 0; i < count; i++) {
		d->calls[i] = calls[i];
		d->before[i] = *calls[i];
	}
	return d;
}

/* The first request of a turn stands for all of it: by its trace the line of its log is found,
 * which has the turn's number. */
static bool mark(const struct site *site, const struct turn_doubt *w, struct err *e)
{
	char name[TRACE_SHORT_SIZE];
	if (!site->mark_turns)
		return true;
	trace_short(&w->calls[0]->trace, name);
	return db_mark(site->db,
		       arena_print(w->arena, "konkurs/%s %s+%zu", site->node ? site->node : "",
				   name, w->count - 1),
		       e);
}

static bool commit(const struct site *site, struct db_tx *tx, struct err *e)
{
	const int64_t began_us = clock_monotonic_us();
	const bool done = db_commit(tx, e);
	figures_commit(site->figures, clock_monotonic_us() - began_us, done);
	return done;
}

/* The number that is the first parameter of the path; what is none is one subject with all. */
static int64_t subject_of(const struct call *c)
{
	return strtoll(route_first(c->req.route, &c->path), NULL, 10);
}

/* How many calls from `from` on are looked ahead for together: each has another subject, so that
 * none writes what the next ones read (struct route). */
static size_t together(const struct turn_doubt *w, size_t from)
{
	size_t count = 0;
	for (; from + count < w->count; count++) {
		const struct call *c = w->calls[from + count];
		if (!call_looks_ahead(c))
			break;
		for (size_t i = from; i < from + count; i++) {
			if (subject_of(w->calls[i]) == subject_of(c))
				return count;
		}
	}
	return count;
}

static bool look_ahead(struct site *site, const struct turn_doubt *w, size_t from, size_t count,
		       struct err *e)
{
	bool ok = true;
	for (size_t i = from; ok && i < from + count; i++)
		ok = call_identify_ahead(w->calls[i], site->db, e);
	for (size_t i = from; ok && i < from + count; i++)
		ok = call_enter(w->calls[i], site->db, e);
	return ok;
}

static bool run_some(struct site *site, const struct turn_doubt *w, size_t from, size_t count,
		     struct err *e)
{
	for (size_t i = from; i < from + count; i++) {
		call_run(w->calls[i], site->db);
		if (db_is_spoiled(site->db) || db_is_lost(site->db))
			return err_set(e, ERR_BUSY, "error.busy", "the turn was broken off");
	}
	db_ahead_over(site->db);
	return true;
}

/* Flat: mostly nobody is refused after having written, and no savepoint is needed.  Otherwise a
 * refused call undoes itself alone.  False: nothing is stored, or it is not known. */
static bool run_writers(struct site *site, const struct turn_doubt *w, bool flat, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!(flat ? db_begin_flat(site->db, &tx, e) : db_begin(site->db, &tx, e)) ||
	    !mark(site, w, e))
		return false;
	for (size_t i = 0; i < w->count;) {
		const size_t crowd = flat ? together(w, i) : 0;
		const size_t count = crowd > 1 ? crowd : 1;
		if ((crowd > 1 && !look_ahead(site, w, i, count, e)) ||
		    !run_some(site, w, i, count, e))
			return false;
		i += count;
	}
	return commit(site, &tx, e);
}

static void undo(const struct turn_doubt *w)
{
	for (size_t i = 0; i < w->count; i++)
		call_again(w->calls[i], &w->before[i]);
}

/* They are stored, but for those that the engine has refused alone. */
static void hand_over_all(struct turn *t, const struct turn_doubt *w)
{
	for (size_t i = 0; i < w->count; i++) {
		struct call *c = w->calls[i];
		if (c->err.kind == ERR_BUSY && engine_failed(t->site, c, &w->before[i])) {
			call_again(c, &w->before[i]);
			wait(t, c);
		} else {
			hand_over(t, c);
		}
	}
}

static void wait_all(struct turn *t, const struct turn_doubt *w)
{
	for (size_t i = 0; i < w->count; i++)
		wait(t, w->calls[i]);
}

static void fail_all(struct turn *t, const struct turn_doubt *w, const struct err *why)
{
	for (size_t i = 0; i < w->count; i++) {
		call_fail(w->calls[i], why);
		hand_over(t, w->calls[i]);
	}
}

enum settled { SETTLED_STORED, SETTLED_NOT, SETTLED_UNKNOWN };

static enum settled settle(struct site *site)
{
	struct err e = { 0 };
	bool stored = false;
	if (!db_in_doubt(site->db))
		return SETTLED_NOT;
	const bool known = db_settle(site->db, &stored, &e);
	figures_settled(site->figures, known, stored);
	if (known)
		return stored ? SETTLED_STORED : SETTLED_NOT;
	site_is_away(site, &e);
	err_clear(&e);
	return SETTLED_UNKNOWN;
}

/* Twice: flat, and then carefully, by a new connection if the first was lost.  What comes after
 * that is the caller's to wait for. */
static void write_all(struct turn *t, struct call *const *calls, size_t count)
{
	struct site *site = t->site;
	struct turn_doubt *w = new_writers(calls, count);
	struct err e = { 0 };
	bool stored = run_writers(site, w, true, &e);
	enum settled known = stored ? SETTLED_STORED : settle(site);
	if (known == SETTLED_NOT) {
		err_clear(&e);
		undo(w);
		figures_again(site->figures);
		stored = run_writers(site, w, false, &e);
		known = stored ? SETTLED_STORED : settle(site);
	}
	if (known == SETTLED_UNKNOWN) {
		site->doubt = w;
		return;
	}
	if (known == SETTLED_STORED) {
		hand_over_all(t, w);
	} else if (e.kind == ERR_BUSY) {
		if (db_is_lost(site->db))
			site_is_away(site, &e);
		undo(w);
		wait_all(t, w);
	} else {
		fail_all(t, w, &e);
	}
	err_clear(&e);
	arena_free(w->arena);
}

static bool end_doubt(struct turn *t)
{
	struct site *site = t->site;
	struct turn_doubt *w = site->doubt;
	const enum settled known = settle(site);
	if (known == SETTLED_UNKNOWN)
		return false;
	if (!w) /* none of ours, or given up */
		return true;
	site->doubt = NULL;
	if (known == SETTLED_STORED) {
		hand_over_all(t, w);
	} else {
		undo(w);
		wait_all(t, w);
	}
	arena_free(w->arena);
	return true;
}

/* ---- the turn ------------------------------------------------------------------------------- */

/* Whether the database is there; not asked at each turn while it is away, as asking may take long.
 */
static bool reach(struct turn *t)
{
	struct site *site = t->site;
	if (!site->away && !site->doubt)
		return true;
	return site_may_try(site) && end_doubt(t) && site_reach(site);
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

static void run_turn(struct turn *t, struct call *const *calls, size_t count)
{
	struct call **sorted = arena_array(t->arena, count ? count : 1, sizeof(struct call *));
	const size_t readers = split(calls, count, sorted);
	figures_turn(t->site->figures, count, count - readers);
	(void)reach(t); /* what follows must see what a turn in doubt has stored */
	run_readers(t, sorted, readers);
	if (readers == count)
		return;
	if (!t->site->away) {
		write_all(t, sorted + readers, count - readers);
		return;
	}
	for (size_t i = readers; i < count; i++)
		wait(t, sorted[i]);
}

void turn_commit(struct site *site, struct call *const *calls, size_t count,
		 const struct turn_hands *hands)
{
	static const struct turn_hands nobody = { 0 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct turn t = { site, a, NULL, hands ? hands : &nobody };
	struct err e = { 0 };
	const int64_t began_us = clock_monotonic_us();
	run_turn(&t, calls, count);
	/* A session that is not marked as used ends sooner: no reason to refuse a request. */
	if (t.used && !site->away && !touch_all(&t, &e))
		site_failed(site, "session.touch", &e);
	err_clear(&e);
	figures_turn_over(site->figures, clock_monotonic_us() - began_us);
}

bool turn_reach(struct site *site, const struct turn_hands *hands)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct turn t = { site, a, NULL, hands };
	return reach(&t);
}

void turn_give_up(struct site *site, const struct turn_hands *hands)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct turn t = { site, a, NULL, hands };
	struct turn_doubt *w = site->doubt;
	site->doubt = NULL;
	if (!w)
		return;
	fail_all(&t, w, &doubt);
	arena_free(w->arena);
}

static void answer(void *user, struct call *c)
{
	(void)user;
	call_answer(c);
}

void turn_run(struct site *site, struct call *const *calls, size_t count)
{
	static const struct turn_hands hands = { .ready = answer };
	turn_commit(site, calls, count, &hands);
	turn_give_up(site, &hands);
}

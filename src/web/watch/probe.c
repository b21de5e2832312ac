#include "web/watch/probe.h"

#include "base/log.h"
#include "db/row.h"
#include "web/watch/clocks.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_MS =
		10 * 1000, /* figures take a while; a server that stands still may be replaced */
	CLOCK_US = 1000 * 1000, /* what took longer says nothing about clocks */
	ASTRAY_LOOKS = 3 /* a clock was set just now: not all have seen it yet              */
};

enum clocks_told { CLOCKS_AGREE, CLOCKS_DIFFER, CLOCKS_ASTRAY };

struct probe {
	pthread_t thread;
	pthread_mutex_t lock; /* of all below but `db` */
	pthread_cond_t wake;
	struct probe_options options;
	struct probe_seen seen;
	int64_t seen_ms;     /* monotonic */
	int64_t measured_ms; /* monotonic; 0 not yet */
	struct measured measured;
	bool running, ending;
	struct db *db;         /* the thread's; NULL: to be opened    */
	bool astray;           /* likewise: what was found of the clocks */
	int otherwise;         /* looks in a row that found otherwise */
	enum clocks_told told; /* and what the log has said last      */
};

/* ---- looking --------------------------------------------------------------------------------- */

static bool is_ours(struct db *db, const struct probe_options *o, bool *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const void *key = NULL;
	size_t size = 0;
	struct err why = { 0 };
	if (!db_bytes(db, a, &why, &key, &size,
		      "SELECT value FROM secret WHERE name = 'installation'")) {
		*ret = false;
		if (why.kind == ERR_MISSING)
			return true;
		*e = why;
		return false;
	}
	*ret = size == SITE_KEY_SIZE && sodium_memcmp(key, o->key, SITE_KEY_SIZE) == 0;
	return true;
}

bool probe_look(struct db *db, const struct probe_options *options, struct probe_seen *ret,
		struct db_state *ret_state, struct err *e)
{
	const struct clock machine = clock_real();
	const int64_t began_us = clock_monotonic_us();
	struct probe_seen seen = { .reached = true };
	struct db_state state = { 0 };
	int64_t there = 0;
	int64_t ours = 0;
	bool too_new = false;
	if (!db_state(db, &state, e))
		return false;
	const int64_t wall_ms = clock_now(&machine);
	seen.took_us = clock_monotonic_us() - began_us;
	seen.writable = state.writable;
	if (options->clock_kept)
		seen.deviation_ms = wall_ms - clock_now(&options->clock);
	/* its answer was made in the middle of the time that it took, if that was short */
	if (state.now_ms && seen.took_us <= CLOCK_US)
		seen.database_deviation_ms = wall_ms - seen.took_us / 2000 - state.now_ms;
	if (!db_schema(db, &there, &ours, e) || !db_is_too_new(db, &too_new, e) ||
	    !is_ours(db, options, &seen.ours, e))
		return false;
	seen.schema = there >= ours && !too_new;
	*ret = seen;
	*ret_state = state;
	return true;
}

/* ---- clocks of other nodes ------------------------------------------------------------------- */

/* A node says by the name of this connection how far its clock is ahead of the server's: that costs
 * no row and no commit, and is gone when the node is.  One that stands still is not listened to. */
static bool hear_clocks(struct db *db, const struct probe_options *o, struct clocks *c,
			struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *name = arena_print(a, "konkurs/%s clock %lld", o->node ? o->node : "",
				       (long long)c->own_ms);
	size_t i = 0;
	const json_t *row = NULL;
	if (!db_rows(db, a, e, "SELECT set_config('application_name', $1, false) AS name",
		     db_text(name)))
		return false;
	const json_t *rows = db_rows(
		db, a, e,
		"SELECT CAST(split_part(application_name, ' clock ', 2) AS BIGINT) AS ahead_ms"
		" FROM pg_stat_activity WHERE datname = current_database()"
		" AND usename = current_user AND pid <> pg_backend_pid()"
		" AND application_name ~ '^konkurs/[^ ]* clock -?[0-9]{1,15}$'"
		" AND state_change > clock_timestamp() - INTERVAL '10 seconds'");
	json_array_foreach (rows, i, row) {
		if (c->others < CLOCKS_MOST)
			c->other_ms[c->others++] = row_number(row, "ahead_ms");
	}
	return rows != NULL;
}

/* A line of the log each time that it changes. */
static void tell_clocks(struct probe *p, const struct clocks *c, const struct probe_seen *seen)
{
	const bool differs = llabs(c->own_ms) > CLOCKS_NEAR_MS;
	const enum clocks_told now = seen->astray ? CLOCKS_ASTRAY
				     : differs    ? CLOCKS_DIFFER
						  : CLOCKS_AGREE;
	if (now == p->told)
		return;
	p->told = now;
	if (now == CLOCKS_AGREE)
		log_info("the clocks agree");
	else if (now == CLOCKS_ASTRAY)
		log_warn("the clock of this node is wrong: %lld ms ahead of another node's",
			 (long long)seen->nodes_deviation_ms);
	else
		log_warn("this node's clock is %lld ms ahead of the database's: one of them is "
			 "wrong",
			 (long long)c->own_ms);
}

/* What counts is the service's clock, by which it writes, not the machine's. */
static bool compare_clocks(struct probe *p, const struct probe_options *o, struct probe_seen *ret,
			   struct err *e)
{
	struct clocks c = { .own_ms = ret->database_deviation_ms - ret->deviation_ms };
	ret->astray = p->astray;
	if (ret->took_us > CLOCK_US)
		return true;
	if (!hear_clocks(p->db, o, &c, e))
		return false;
	p->otherwise = clocks_astray(&c) == p->astray ? 0 : p->otherwise + 1;
	if (p->otherwise >= ASTRAY_LOOKS) {
		p->astray = !p->astray;
		p->otherwise = 0;
	}
	ret->astray = p->astray;
	ret->nodes_deviation_ms = clocks_apart(&c);
	if (p->otherwise == 0)
		tell_clocks(p, &c, ret);
	return true;
}

/* ---- each second ----------------------------------------------------------------------------- */

static bool open_there(struct probe *p, const struct probe_options *o, struct err *e)
{
	if (p->db)
		return true;
	return db_open_read_only(o->database, &p->db, e) && db_answer_most(p->db, ANSWER_MS, e);
}

/* What cannot be read for a moment is tried anew with a new connection. */
static bool look(struct probe *p, const struct probe_options *o, struct probe_seen *ret,
		 struct db_state *state, struct err *e)
{
	struct probe_seen seen = { 0 };
	if (open_there(p, o, e) && probe_look(p->db, o, &seen, state, e) &&
	    (!state->server || compare_clocks(p, o, &seen, e))) {
		*ret = seen;
		return true;
	}
	db_close(p->db);
	p->db = NULL;
	return false;
}

/* One line when it goes, one when it comes back. */
static void tell(bool before, bool now, const struct err *why)
{
	if (before && !now)
		log_failure("the database does not answer", why);
	if (!before && now)
		log_info("the database answers");
}

static void look_once(struct probe *p)
{
	struct probe_seen seen = { 0 };
	struct db_state state = { 0 };
	struct measured measured;
	struct err e = { 0 };
	(void)pthread_mutex_lock(&p->lock);
	const struct probe_options o = p->options;
	const bool before = p->seen.reached || p->seen_ms == 0;
	const int64_t last_ms = p->measured_ms;
	(void)pthread_mutex_unlock(&p->lock);
	const bool reached = look(p, &o, &seen, &state, &e);
	const int64_t now_ms = clock_monotonic_ms();
	const bool due = o.measure && (last_ms == 0 || now_ms - last_ms >= MEASURE_EVERY_MS);
	tell(before, reached, &e);
	err_clear(&e);
	const bool fresh =
		reached && due && measure(p->db, clock_now(&o.clock), &state, &measured, &e);
	if (e.kind != ERR_NONE)
		log_failure("figures of the database", &e);
	(void)pthread_mutex_lock(&p->lock);
	p->seen = seen;
	p->seen_ms = clock_monotonic_ms();
	if (fresh) {
		p->measured = measured;
		p->measured_ms = now_ms;
	}
	(void)pthread_mutex_unlock(&p->lock);
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* False when it is to end. */
static bool pause(struct probe *p)
{
	struct timespec until = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PROBE_EVERY_MS / 1000;
	(void)pthread_mutex_lock(&p->lock);
	int end = 0;
	while (!p->ending && end == 0)
		end = pthread_cond_timedwait(&p->wake, &p->lock, &until);
	const bool ending = p->ending;
	(void)pthread_mutex_unlock(&p->lock);
	return !ending;
}

static void *run(void *user)
{
	struct probe *p = user;
	while (pause(p))
		look_once(p);
	return NULL;
}

static void init_locks(struct probe *p)
{
	pthread_condattr_t monotonic;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->wake, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
}

bool probe_open(const struct probe_options *options, struct probe **ret, struct err *e)
{
	struct probe *p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	p->options = *options;
	p->otherwise = ASTRAY_LOOKS - 1; /* the first look decides at once */
	init_locks(p);
	look_once(p);
	p->running = pthread_create(&p->thread, NULL, run, p) == 0;
	if (!p->running) {
		probe_close(p);
		return err_set(e, ERR_SYSTEM, "error.system", "no thread that looks");
	}
	*ret = p;
	return true;
}

void probe_close(struct probe *p)
{
	if (!p)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->ending = true;
	(void)pthread_cond_signal(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
	if (p->running)
		(void)pthread_join(p->thread, NULL);
	if (p->db)
		db_close(p->db);
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
	sodium_memzero(p, sizeof(*p));
	free(p);
}

/* ---- the loop's side ------------------------------------------------------------------------- */

void probe_clock(struct probe *p, const struct clock *clock)
{
	if (!p)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->options.clock = *clock;
	(void)pthread_mutex_unlock(&p->lock);
}

void probe_read(struct probe *p, struct probe_seen *ret, int64_t *ret_age_ms)
{
	(void)pthread_mutex_lock(&p->lock);
	*ret = p->seen;
	*ret_age_ms = clock_monotonic_ms() - p->seen_ms;
	(void)pthread_mutex_unlock(&p->lock);
}

bool probe_measured(struct probe *p, struct measured *ret)
{
	(void)pthread_mutex_lock(&p->lock);
	const bool known = p->measured_ms != 0;
	if (known)
		*ret = p->measured;
	(void)pthread_mutex_unlock(&p->lock);
	return known;
}

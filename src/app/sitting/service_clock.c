#include "app/sitting/service_clock.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

void service_clock_read(struct clock_reading *ret)
{
	const struct clock wall = clock_real();
	clock_boot_id(ret->boot_id);
	ret->since_boot_ms = clock_since_boot_ms();
	ret->wall_ms = clock_now(&wall);
}

/* Each machine has its own. */
static json_t *load_anchor(struct db *db, const struct clock_reading *now, struct arena *a,
			   struct err *e)
{
	return db_rows(db, a, e,
		       "SELECT boot_id, since_boot_ms, instant_ms FROM service_clock"
		       " WHERE boot_id = $1",
		       db_text(now->boot_id));
}

/* Whether an anchor holds for this start of the machine. */
static bool holds(const json_t *anchor, const struct clock_reading *now)
{
	return anchor && *now->boot_id && strcmp(row_text(anchor, "boot_id"), now->boot_id) == 0 &&
	       row_number(anchor, "since_boot_ms") <= now->since_boot_ms;
}

static bool store(struct db *db, const struct clock_reading *now, int64_t instant_ms, struct err *e)
{
	/* the name of a machine that does not tell its starts apart */
	const char *name = *now->boot_id ? now->boot_id : "service";
	return db_exec(db, e, NULL, "DELETE FROM service_clock WHERE boot_id = $1",
		       db_text(now->boot_id)) &&
	       db_exec(db, e, NULL,
		       "INSERT INTO service_clock (name, boot_id, since_boot_ms, instant_ms)"
		       " VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET"
		       " boot_id = excluded.boot_id, since_boot_ms = excluded.since_boot_ms,"
		       " instant_ms = excluded.instant_ms",
		       db_text(name), db_text(now->boot_id), db_int(now->since_boot_ms),
		       db_int(instant_ms));
}

/* Attempts whose clock runs or stands: their time must not be moved. */
static bool somebody_writes(struct db *db, bool *ret, struct err *e)
{
	return db_exists(db, e, ret,
			 "SELECT 1 FROM sitting s JOIN attempt t ON t.sitting_id = s.id"
			 " WHERE s.state = 'running' AND t.finished_ms IS NULL");
}

/* A line that begins before what is in the journal says so: else it looks as if somebody had
 * written entries of the past (app/verify/verify_state.c). */
static bool tell_back(struct db *db, int64_t instant, int64_t newest, struct err *e)
{
	const struct act system = { .db = db, .now_ms = instant };
	return act_journal(&system, "clock.set", 0, "",
			   json_pack("{s:I}", "by_ms", (json_int_t)(instant - newest)), e);
}

/* A new line begins at the wall clock; while somebody writes not before what is in the journal. */
static bool begin_line(struct db *db, const struct clock_reading *now, struct clock *ret,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t instant = now->wall_ms;
	int64_t newest = 0;
	bool writes = false;
	if (!db_begin(db, &tx, e) || !somebody_writes(db, &writes, e) ||
	    !db_number(db, e, &newest, "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry"))
		return false;
	if (writes && newest > instant) {
		log_warn("the wall clock is behind the journal of a test that runs");
		instant = newest;
	}
	if (!store(db, now, instant, e) ||
	    (instant < newest && !tell_back(db, instant, newest, e)) || !db_commit(&tx, e))
		return false;
	*ret = clock_line(instant, now->since_boot_ms);
	return true;
}

bool service_clock_open(struct db *db, const struct clock_reading *now, struct clock *ret,
			struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	json_t *rows = load_anchor(db, now, a, e);
	if (!rows)
		return false;
	const json_t *anchor = json_array_get(rows, 0);
	if (!holds(anchor, now))
		return begin_line(db, now, ret, e);
	*ret = clock_line(row_number(anchor, "instant_ms"), row_number(anchor, "since_boot_ms"));
	return true;
}

/* Within the transaction: nobody starts a hall between the look and the setting. */
static bool set_anew(const struct act *act, const struct clock_reading *now, int64_t deviation,
		     bool *ret_set, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	bool writes = false;
	if (!db_begin(act->db, &tx, e) || !somebody_writes(act->db, &writes, e))
		return false;
	*ret_set = !writes;
	return writes || (store(act->db, now, now->wall_ms, e) &&
			  act_journal(act, "clock.set", 0, "",
				      json_pack("{s:I}", "by_ms", (json_int_t)deviation), e) &&
			  db_commit(&tx, e));
}

bool service_clock_keep(const struct act *act, const struct clock_reading *now, struct clock *clock,
			int64_t *told_ms, struct err *e)
{
	const int64_t line = clock->fixed_ms + now->since_boot_ms - clock->since_boot_ms;
	const int64_t deviation = now->wall_ms - line;
	bool set = false;
	if (llabs(deviation) <= CLOCK_DEVIATION_MS) {
		*told_ms = 0;
		return true;
	}
	if (!set_anew(act, now, deviation, &set, e))
		return false;
	if (set) {
		*clock = clock_line(now->wall_ms, now->since_boot_ms);
		*told_ms = 0;
		log_info("the clock was set by %lld ms", (long long)deviation);
	} else if (llabs(deviation - *told_ms) > CLOCK_DEVIATION_MS) {
		*told_ms = deviation;
		log_warn(
			"the wall clock is %lld ms away; a test runs, so the service's clock stays",
			(long long)deviation);
	}
	return true;
}

bool service_clock_instant(struct db *db, const struct clock_reading *now, int64_t *ret_ms,
			   struct err *e)
{
	int64_t deviation = 0;
	if (!service_clock_deviation(db, now, &deviation, e))
		return false;
	*ret_ms = now->wall_ms - deviation;
	return true;
}

bool service_clock_deviation(struct db *db, const struct clock_reading *now, int64_t *ret_ms,
			     struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	json_t *rows = load_anchor(db, now, a, e);
	if (!rows)
		return false;
	const json_t *anchor = json_array_get(rows, 0);
	*ret_ms = holds(anchor, now)
			  ? now->wall_ms - (row_number(anchor, "instant_ms") + now->since_boot_ms -
					    row_number(anchor, "since_boot_ms"))
			  : 0;
	return true;
}

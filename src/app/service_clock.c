#include "app/service_clock.h"

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

static json_t *load_anchor(struct db *db, struct arena *a, struct err *e)
{
	return db_rows(db, a, e,
		       "SELECT boot_id, since_boot_ms, instant_ms FROM service_clock"
		       " WHERE name = 'service'");
}

/* Whether an anchor holds for this start of the machine. */
static bool holds(const json_t *anchor, const struct clock_reading *now)
{
	return anchor && *now->boot_id && strcmp(row_text(anchor, "boot_id"), now->boot_id) == 0 &&
	       row_number(anchor, "since_boot_ms") <= now->since_boot_ms;
}

static bool store(struct db *db, const struct clock_reading *now, int64_t instant_ms, struct err *e)
{
	return db_exec(db, e, NULL,
		       "INSERT INTO service_clock (name, boot_id, since_boot_ms, instant_ms)"
		       " VALUES ('service', $1, $2, $3) ON CONFLICT (name) DO UPDATE SET"
		       " boot_id = excluded.boot_id, since_boot_ms = excluded.since_boot_ms,"
		       " instant_ms = excluded.instant_ms",
		       db_text(now->boot_id), db_int(now->since_boot_ms), db_int(instant_ms));
}

/* A new line begins at the wall clock, or at the newest entry of the journal if that is later. */
static bool begin_line(struct db *db, const struct clock_reading *now, struct clock *ret,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t newest = 0;
	if (!db_begin(db, &tx, e) ||
	    !db_number(db, e, &newest,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM"
		       " (SELECT at_ms FROM journal_entry ORDER BY seq DESC LIMIT 1) x"))
		return false;
	const int64_t instant = newest > now->wall_ms ? newest : now->wall_ms;
	if (instant != now->wall_ms)
		log_warn("the wall clock is behind the newest entry of the journal");
	if (!store(db, now, instant, e) || !db_commit(&tx, e))
		return false;
	*ret = clock_line(instant, now->since_boot_ms);
	return true;
}

bool service_clock_open(struct db *db, const struct clock_reading *now, struct clock *ret,
			struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	json_t *rows = load_anchor(db, a, e);
	if (!rows)
		return false;
	const json_t *anchor = json_array_get(rows, 0);
	if (!holds(anchor, now))
		return begin_line(db, now, ret, e);
	*ret = clock_line(row_number(anchor, "instant_ms"), row_number(anchor, "since_boot_ms"));
	return true;
}

/* Attempts whose clock runs or stands: their time must not be moved. */
static bool somebody_writes(const struct act *act, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM sitting s JOIN attempt t ON t.sitting_id = s.id"
			 " WHERE s.state = 'running' AND t.finished_ms IS NULL");
}

static bool set_anew(const struct act *act, const struct clock_reading *now, int64_t deviation,
		     struct clock *clock, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e) || !store(act->db, now, now->wall_ms, e) ||
	    !act_journal(act, "clock.set", 0, "",
			 json_pack("{s:I}", "by_ms", (json_int_t)deviation), e) ||
	    !db_commit(&tx, e))
		return false;
	*clock = clock_line(now->wall_ms, now->since_boot_ms);
	log_info("the clock was set by %lld ms", (long long)deviation);
	return true;
}

bool service_clock_keep(const struct act *act, const struct clock_reading *now, struct clock *clock,
			int64_t *told_ms, struct err *e)
{
	const int64_t line = clock->fixed_ms + now->since_boot_ms - clock->since_boot_ms;
	const int64_t deviation = now->wall_ms - line;
	bool writes = false;
	if (llabs(deviation) <= CLOCK_DEVIATION_MS)
		return true;
	if (!somebody_writes(act, &writes, e))
		return false;
	if (!writes)
		return set_anew(act, now, deviation, clock, e);
	if (llabs(deviation - *told_ms) > CLOCK_DEVIATION_MS) {
		*told_ms = deviation;
		log_warn(
			"the wall clock is %lld ms away; a test runs, so the service's clock stays",
			(long long)deviation);
	}
	return true;
}

bool service_clock_deviation(struct db *db, const struct clock_reading *now, int64_t *ret_ms,
			     struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	json_t *rows = load_anchor(db, a, e);
	if (!rows)
		return false;
	const json_t *anchor = json_array_get(rows, 0);
	*ret_ms = holds(anchor, now)
			  ? now->wall_ms - (row_number(anchor, "instant_ms") + now->since_boot_ms -
					    row_number(anchor, "since_boot_ms"))
			  : 0;
	return true;
}

#include "app/daily.h"

#include "app/bank/import.h"
#include "app/bank/vault_start.h"
#include "app/candidate/body_request.h"
#include "app/competition/acquaintance.h"
#include "app/evidence/checkpoint.h"
#include "app/interview/minutes.h"
#include "app/result/figures.h"

#include <assert.h>

enum { NOT_COUNTED = -1, MINUTE_MS = 60 * 1000 };

/* ---- the jobs -------------------------------------------------------------------------------- */

/* Reads every attempt, which takes most of a minute with 100,000 of them. */
static bool find_large(const struct act *act, json_t **ret, struct err *e)
{
	struct figures *f = arena_alloc(act->arena, sizeof(*f));
	if (!figures_read(act, NULL, f, e))
		return false;
	*ret = figures_large(f);
	return true;
}

static bool hold_large(const struct act *act, const json_t *found, int64_t *ret_affected,
		       struct err *e)
{
	const json_t *held = NULL;
	if (!figures_hold(act, found, &held, e))
		return false;
	*ret_affected = (int64_t)json_array_size(held);
	return true;
}

/* How much waits to be scrubbed: at night, as the whole database is written anew. */
static bool count_scrubs(const struct act *act, const json_t *found, int64_t *ret_affected,
			 struct err *e)
{
	(void)found;
	return db_number(act->db, e, ret_affected,
			 "SELECT COUNT(*) FROM service_key WHERE scrubbed = 0");
}

enum { MIDNIGHT = 0, HALF_PAST_TWO = 2 * 60 + 30, HALF_PAST_THREE = 3 * 60 + 30 };

const struct daily_job daily_jobs[] = {
	{ "requests", MIDNIGHT, NULL, NULL, body_request_tell_overdue, NULL }, /* F21   */
	{ "minutes", MIDNIGHT, NULL, NULL, minutes_remind, NULL },             /* R47-1 */
	{ "rules", MIDNIGHT, NULL, NULL, acquaintance_remind_daily, NULL },    /* O-3   */
	{ "imports", MIDNIGHT, NULL, NULL, import_drop_old, NULL },            /* F26   */
	{ "hold", HALF_PAST_TWO, find_large, hold_large, NULL, NULL },         /* F66   */
	{ "checkpoint", MIDNIGHT, NULL, NULL, checkpoint_daily, NULL },        /* F86   */
	{ "scrub", HALF_PAST_THREE, NULL, count_scrubs, NULL, vault_scrub },   /* F74   */
	{ NULL, 0, NULL, NULL, NULL, NULL },
};
static_assert(COUNT(daily_jobs) <= DAILY_JOBS_MOST,
	      "web/installation/daily.h has no place for so many");

/* ---- days ------------------------------------------------------------------------------------ */

day daily_day(const struct daily_job *job, int64_t now_ms)
{
	return day_of_instant(now_ms - (int64_t)job->minute * MINUTE_MS);
}

int64_t daily_due_ms(const struct daily_job *job, day d)
{
	return day_begins_ms(d) + (int64_t)job->minute * MINUTE_MS;
}

bool daily_is_done(const struct act *act, const struct daily_job *job, day d, bool *ret,
		   struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM daily_job WHERE name = $1 AND day = $2"
			 " AND done_ms IS NOT NULL",
			 db_text(job->name), db_int(d.n));
}

/* ---- doing ----------------------------------------------------------------------------------- */

bool daily_look(const struct act *act, const struct daily_job *job, json_t **ret, struct err *e)
{
	json_t *found = NULL;
	if (job->look && !job->look(act, &found, e))
		return false;
	if (found)
		json_in_arena(act->arena, found);
	*ret = found;
	return true;
}

/* Takes the day, unless another process has done it. */
static bool take(const struct act *act, const struct daily_job *job, day d, bool *ret,
		 struct err *e)
{
	int64_t changed = 0;
	if (!db_exec(act->db, e, &changed,
		     "INSERT INTO daily_job (name, day, done_ms, affected, failed_ms, error)"
		     " VALUES ($1, $2, $3, NULL, NULL, '') ON CONFLICT (name, day) DO UPDATE"
		     " SET done_ms = excluded.done_ms WHERE daily_job.done_ms IS NULL",
		     db_text(job->name), db_int(d.n), db_int(act->now_ms)))
		return false;
	*ret = changed == 1;
	return true;
}

bool daily_do(const struct act *act, const struct daily_job *job, day d, const json_t *found,
	      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t affected = NOT_COUNTED;
	bool mine = false;
	if (act->person_id != 0)
		return err_set(e, ERR_DENIED, "error.denied", "the system's own job");
	if (!db_begin(act->db, &tx, e) || !take(act, job, d, &mine, e))
		return false;
	if (mine && !(job->plain ? job->plain(act, e) : job->run(act, found, &affected, e)))
		return false;
	if (affected != NOT_COUNTED &&
	    !db_exec(act->db, e, NULL,
		     "UPDATE daily_job SET affected = $3 WHERE name = $1 AND day = $2",
		     db_text(job->name), db_int(d.n), db_int(affected)))
		return false;
	return db_commit(&tx, e);
}

bool daily_fail(const struct act *act, const struct daily_job *job, day d, const struct err *why,
		struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO daily_job (name, day, done_ms, affected, failed_ms, error)"
		       " VALUES ($1, $2, NULL, NULL, $3, $4) ON CONFLICT (name, day) DO UPDATE"
		       " SET failed_ms = excluded.failed_ms, error = excluded.error"
		       " WHERE daily_job.done_ms IS NULL",
		       db_text(job->name), db_int(d.n), db_int(act->now_ms), db_text(why->key));
}

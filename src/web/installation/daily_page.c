/* daily_page.c - jobs of the day for the administrator: when each was done last, and when next. */
#include "web/installation/daily.h"
#include "web/row.h"

enum { MINUTES = 60 };

/* The newest day that was done: {done_ms, affected}, or NULL. */
static bool read_last(const struct req *r, const struct daily_job *job, const json_t **ret,
		      struct err *e)
{
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT done_ms, affected FROM daily_job WHERE name = $1"
				     " AND done_ms <= $2 ORDER BY day DESC LIMIT 1",
				     db_text(job->name), db_int(r->now_ms));
	*ret = json_array_get(rows, 0);
	return rows != NULL;
}

/* Today's row: {done_ms, failed_ms, error}, or NULL. */
static bool read_today(const struct req *r, const struct daily_job *job, const json_t **ret,
		       struct err *e)
{
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT done_ms, failed_ms, error FROM daily_job"
				     " WHERE name = $1 AND day = $2",
				     db_text(job->name), db_int(daily_day(job, r->now_ms).n));
	*ret = json_array_get(rows, 0);
	return rows != NULL;
}

/* A job that was never done is late by the age of the installation. */
static bool read_begin(const struct req *r, int64_t *ret, struct err *e)
{
	const json_t *rows =
		db_rows(r->db, r->arena, e, "SELECT at_ms FROM journal_entry ORDER BY seq LIMIT 1");
	const json_t *first = json_array_get(rows, 0);
	*ret = first ? row_number(first, "at_ms") : r->now_ms;
	return rows != NULL;
}

/* When it is done next; null as soon as possible. */
static json_t *next_json(const struct req *r, const struct daily_job *job, const json_t *today)
{
	const day d = daily_day(job, r->now_ms);
	if (today && row_has(today, "done_ms"))
		return json_integer(daily_due_ms(job, (day){ d.n + 1 }));
	if (today && row_number(today, "failed_ms") + DAILY_PAUSE_MS > r->now_ms)
		return json_integer(row_number(today, "failed_ms") + DAILY_PAUSE_MS);
	return json_null();
}

static const char *state_of(const json_t *today, bool late)
{
	if (late)
		return "late";
	if (today && row_has(today, "done_ms"))
		return "done";
	return today ? "failed" : "waiting";
}

static json_t *time_json(const json_t *row, const char *name)
{
	return row ? json_integer(row_number(row, name)) : json_null();
}

static json_t *job_row(const struct req *r, const struct daily_job *job, const json_t *last,
		       const json_t *today, bool late)
{
	const char *at =
		arena_print(r->arena, "%02d:%02d", job->minute / MINUTES, job->minute % MINUTES);
	const json_t *failed = today && !row_has(today, "done_ms") ? today : NULL;
	json_t *row = json_pack("{s:s,s:s,s:o,s:s,s:o,s:s,s:o,s:s}", "name", job->name, "at", at,
				"last_ms", time_json(last, "done_ms"), "outcome",
				last ? "done" : "", "next_ms", next_json(r, job, today), "state",
				state_of(today, late), "failed_ms", time_json(failed, "failed_ms"),
				"error", failed ? row_text(failed, "error") : "");
	if (last && row_has(last, "affected")) {
		(void)json_object_set_new(row, "outcome", json_string(job->name));
		(void)json_object_set_new(row, "affected",
					  json_integer(row_number(last, "affected")));
	}
	return row;
}

static bool daily_show(struct req *r, json_t *model, struct err *e)
{
	json_t *jobs = json_array();
	int64_t begin_ms = 0;
	bool any_late = false;
	(void)json_object_set_new(model, "jobs", jobs);
	if (!read_begin(r, &begin_ms, e))
		return false;
	for (const struct daily_job *job = daily_jobs; job->name; job++) {
		const json_t *last = NULL;
		const json_t *today = NULL;
		if (!read_last(r, job, &last, e) || !read_today(r, job, &today, e))
			return false;
		const int64_t since_ms = last ? row_number(last, "done_ms") : begin_ms;
		const bool late = r->now_ms - since_ms > DAILY_LATE_MS;
		any_late = any_late || late;
		(void)json_array_append_new(jobs, job_row(r, job, last, today, late));
	}
	(void)json_object_set_new(model, "late", json_boolean(any_late));
	return true;
}

#include "web/route_table.h"

const struct route daily_routes[] = {
	{ GET, "/admin/daily", ROLE_ADMIN, daily_show, "daily/list", no_params,
	  "Jobs of the day: when the server did each last, what came of it, and when next." },
	{ 0 },
};

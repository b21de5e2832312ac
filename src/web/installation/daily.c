#include "web/installation/daily.h"

#include "base/log.h"
#include "web/http/call.h"

static bool look(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	return daily_look(&act, &daily_jobs[r->job->number], &r->found, e);
}

static bool run(struct req *r, json_t *model, struct err *e)
{
	struct act act = req_act(r);
	(void)model;
	act.now_ms = clock_now(&r->site->clock); /* looking may have taken a minute */
	if (r->site->shared && !lease_require(r->db, &r->site->jobs, e))
		return false;
	return daily_do(&act, &daily_jobs[r->job->number], r->job->day, r->found, e);
}

/* No path leads here: they stand in no table of routes. */
static const struct route quick = { .method = POST,
				    .path = "a job of the day",
				    .handler = run,
				    .params = no_params,
				    .help = "The system's own." };
static const struct route slow = { .method = POST,
				   .path = "a job of the day",
				   .handler = run,
				   .params = no_params,
				   .help = "The system's own.",
				   .slow = look };

/* ---- which one ------------------------------------------------------------------------------- */

static struct act system_act(const struct site *site, struct arena *a)
{
	return (struct act){ .db = site->db,
			     .arena = a,
			     .now_ms = clock_now(&site->clock),
			     .book = site->book,
			     .key = site->service_key };
}

static void pause_job(struct site *site, size_t i, const struct err *why)
{
	log_failure(daily_jobs[i].name, why);
	site->daily.job[i].again_ms = clock_now(&site->clock) + DAILY_PAUSE_MS;
}

/* A clock that was set back must not make a pause longer. */
static bool pauses(const struct site *site, size_t i, int64_t now_ms)
{
	const int64_t again_ms = site->daily.job[i].again_ms;
	return now_ms < again_ms && again_ms - now_ms <= DAILY_PAUSE_MS;
}

static bool is_due(struct site *site, size_t i, day *ret)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct act act = system_act(site, a);
	const day d = daily_day(&daily_jobs[i], act.now_ms);
	struct err e = { 0 };
	bool done = false;
	if (site->daily.job[i].done.n == d.n || pauses(site, i, act.now_ms))
		return false;
	if (!daily_is_done(&act, &daily_jobs[i], d, &done, &e)) {
		if (db_is_lost(site->db))
			site_is_away(site, &e);
		else
			pause_job(site, i, &e);
		return false;
	}
	if (done)
		site->daily.job[i].done = d;
	*ret = d;
	return !done;
}

struct call *daily_next(struct site *site)
{
	day d = { 0 };
	size_t i = 0;
	/* a hall node has a sitting for a day, and none of what the jobs are about */
	if (site->daily.under_way || site->away || site->hall_node || !site_has_jobs(site))
		return NULL;
	while (daily_jobs[i].name && !site->away && !is_due(site, i, &d))
		i++;
	if (!daily_jobs[i].name || site->away)
		return NULL;
	struct call *c = call_new(site);
	struct daily_call *job = arena_alloc(c->arena, sizeof(*job));
	*job = (struct daily_call){ i, d };
	trace_begin(NULL, &c->trace);
	c->req.job = job;
	c->req.route = daily_jobs[i].look ? &slow : &quick;
	site->daily.under_way = true;
	return c;
}

/* ---- how it ended ---------------------------------------------------------------------------- */

static void note_failure(struct site *site, struct call *c)
{
	if (lease_was_lost(&site->jobs, &c->err))
		return; /* another process does it */
	const struct act act = system_act(site, c->arena);
	struct err e = { 0 };
	pause_job(site, c->req.job->number, &c->err);
	if (!daily_fail(&act, &daily_jobs[c->req.job->number], c->req.job->day, &c->err, &e))
		site_failed(site, "daily", &e);
	err_clear(&e);
}

/* Its day is done, whatever becomes of this: what is left over is there for the next one. */
static void do_after(struct site *site, const struct call *c)
{
	const struct daily_job *job = &daily_jobs[c->req.job->number];
	const struct act act = system_act(site, c->arena);
	struct err e = { 0 };
	if (job->after && !job->after(&act, &e))
		site_failed(site, job->name, &e);
	err_clear(&e);
}

void daily_over(struct site *site, struct call *c)
{
	CLEANUP(log_trace_over) const char *traced = log_trace(c->trace.id);
	site->daily.under_way = false;
	if (c->err.kind != ERR_NONE) {
		note_failure(site, c);
		return;
	}
	site->daily.job[c->req.job->number].done = c->req.job->day;
	do_after(site, c);
	site->work_waits = true; /* a job may have left some */
}

#include "web/watch/figures.h"

#include "base/log.h"
#include "web/sitting/test.h"

#include <stdlib.h>
#include <string.h>

enum { US_PER_S = 1000000, US_PER_MS = 1000 };

/* ---- what is counted ------------------------------------------------------------------------- */

enum kind { ANSWER, TEST, PAGE, FORM, SENT, PROGRAM, ASSET, UNKNOWN, KINDS };

static const char *const kind_name[KINDS] = {
	[ANSWER] = "answer", [TEST] = "test",       [PAGE] = "page",   [FORM] = "form",
	[SENT] = "file",     [PROGRAM] = "program", [ASSET] = "asset", [UNKNOWN] = "unknown",
};

static const int statuses[] = { 200, 206, 303, 304, 308, 400, 403, 404, 405, 409, 411,
				413, 414, 415, 416, 422, 429, 431, 500, 503, 0 /* any other */ };

enum result { SAVED, LATE, MOVED, REFUSED, FAILED, RESULTS };

static const char *const result_name[RESULTS] = {
	[SAVED] = "saved",     [LATE] = "late",     [MOVED] = "moved",
	[REFUSED] = "refused", [FAILED] = "failed",
};

static const int64_t latency_us[] = { 1000,   2000,   5000,    10000,   20000,   50000,   100000,
				      200000, 500000, 1000000, 2000000, 5000000, 10000000 };
static const int64_t commit_us[] = { 250,   500,    1000,   2000,   5000,    10000,  20000,
				     50000, 100000, 200000, 500000, 1000000, 5000000 };
static const int64_t turn_calls[] = { 1, 2, 4, 8, 16, 32, 64 };

struct figures {
	uint64_t request[KINDS][COUNT(statuses)];
	struct histogram latency[KINDS];
	uint64_t answer[RESULTS];
	struct histogram turn, written, commit, whole;
	uint64_t again, failed, stored, lost;
	int64_t turns;
};

#define HISTOGRAM(limits, divisor) ((struct histogram){ limits, COUNT(limits), divisor, { 0 }, 0 })

struct figures *figures_new(void)
{
	struct figures *f = calloc(1, sizeof(*f));
	if (!f)
		abort(); /* as arena_alloc() does */
	for (size_t i = 0; i < KINDS; i++)
		f->latency[i] = HISTOGRAM(latency_us, US_PER_S);
	f->commit = HISTOGRAM(commit_us, US_PER_S);
	f->whole = HISTOGRAM(latency_us, US_PER_S);
	f->turn = HISTOGRAM(turn_calls, 1);
	f->written = HISTOGRAM(turn_calls, 1);
	return f;
}

void figures_free(struct figures *f)
{
	free(f);
}

/* ---- requests -------------------------------------------------------------------------------- */

static bool begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

static enum kind kind_of(const struct call *c)
{
	const struct route *route = c->req.route;
	if (!route)
		return c->out.status && c->err.kind == ERR_NONE && !c->status ? ASSET : UNKNOWN;
	if (route->handler == test_answer)
		return ANSWER;
	if (begins(route->path, "/tests/") || begins(route->path, "/seat-challenge"))
		return TEST;
	if (c->req.download || c->req.file || c->req.file_ending)
		return SENT;
	if (route->method == POST)
		return FORM;
	return route->page ? PAGE : PROGRAM;
}

static size_t status_at(int status)
{
	size_t i = 0;
	while (statuses[i] && statuses[i] != status)
		i++;
	return i;
}

/* What became of an answer to a question; the page is told the same (F46, F48). */
static enum result result_of(const struct call *c)
{
	const char *refusal = json_string_value(json_object_get(c->model, "refusal"));
	if (c->err.kind >= ERR_BUSY)
		return FAILED;
	if (c->err.kind != ERR_NONE)
		return REFUSED;
	if (json_is_true(json_object_get(c->model, "saved")))
		return SAVED;
	if (refusal && strcmp(refusal, "late") == 0)
		return LATE;
	return refusal && strcmp(refusal, "moved") == 0 ? MOVED : REFUSED;
}

/* The pattern of the route: what people have in a path is nobody's who reads a log. */
static void log_request(const struct site *site, const struct call *c, int64_t took_us)
{
	CLEANUP(log_trace_over) const char *traced = log_trace(c->trace.id);
	const struct route *route = c->req.route;
	const char *where = route ? route->path : kind_of(c) == ASSET ? "(asset)" : "(none)";
	const struct log_field field[] = {
		{ "method", c->in.method, 0 },
		{ "route", where, 0 },
		{ "status", NULL, c->out.status },
		{ "us", NULL, took_us },
		{ "turn", NULL, figures_turns(site->figures) },
	};
	log_event("request", field, COUNT(field));
}

void figures_answered(struct site *site, const struct call *c)
{
	struct figures *f = site->figures;
	const int64_t took_us = c->arrived_us ? clock_monotonic_us() - c->arrived_us : 0;
	if (f) {
		const enum kind kind = kind_of(c);
		f->request[kind][status_at(c->out.status)]++;
		histogram_note(&f->latency[kind], took_us);
		if (kind == ANSWER)
			f->answer[result_of(c)]++;
	}
	if (site->log_requests)
		log_request(site, c, took_us);
}

/* ---- turns ----------------------------------------------------------------------------------- */

void figures_turn(struct figures *f, size_t calls, size_t writers)
{
	if (!f || calls == 0)
		return;
	f->turns++;
	histogram_note(&f->turn, (int64_t)calls);
	if (writers > 0)
		histogram_note(&f->written, (int64_t)writers);
}

void figures_turn_over(struct figures *f, int64_t took_us)
{
	if (f)
		histogram_note(&f->whole, took_us);
}

void figures_commit(struct figures *f, int64_t took_us, bool done)
{
	if (!f)
		return;
	histogram_note(&f->commit, took_us);
	f->failed += !done;
}

void figures_settled(struct figures *f, bool known, bool stored)
{
	if (!f || !known)
		return;
	f->stored += stored;
	f->lost += !stored;
}

void figures_again(struct figures *f)
{
	if (f)
		f->again++;
}

int64_t figures_turns(const struct figures *f)
{
	return f ? f->turns : 0;
}

/* ---- as text --------------------------------------------------------------------------------- */

static void print_requests(const struct figures *f, struct buf *out)
{
	static const struct metric requests = {
		"konkurs_requests", METRIC_COUNTER, "",
		"Requests answered, by class of the route and by status."
	};
	static const struct metric latency = {
		"konkurs_request_duration_seconds", METRIC_HISTOGRAM, "seconds",
		"From the whole request to its answer on the way, waiting for its turn included."
	};
	metric_begin(out, &requests);
	for (size_t i = 0; i < KINDS; i++) {
		for (size_t k = 0; k < COUNT(statuses); k++) {
			const char *code =
				statuses[k] ? arena_print(out->arena, "%d", statuses[k]) : "other";
			/* what is looked at for errors is there from the start on */
			if (f->request[i][k] > 0 || statuses[k] == 200 || statuses[k] == 503)
				metric_value(out, &requests,
					     arena_print(out->arena, "class=\"%s\",code=\"%s\"",
							 kind_name[i], code),
					     (int64_t)f->request[i][k]);
		}
	}
	metric_begin(out, &latency);
	for (size_t i = 0; i < KINDS; i++)
		metric_histogram(out, &latency,
				 arena_print(out->arena, "class=\"%s\"", kind_name[i]),
				 &f->latency[i]);
}

static void print_answers(const struct figures *f, struct buf *out)
{
	static const struct metric answers = {
		"konkurs_answers", METRIC_COUNTER, "",
		"Answers of candidates by what they were told: saved (on disk), late, moved, "
		"refused, failed."
	};
	metric_begin(out, &answers);
	for (size_t i = 0; i < RESULTS; i++)
		metric_value(out, &answers,
			     arena_print(out->arena, "result=\"%s\"", result_name[i]),
			     (int64_t)f->answer[i]);
}

static void print_turns(const struct figures *f, struct buf *out)
{
	static const struct metric turn = { "konkurs_turn_requests", METRIC_HISTOGRAM, "requests",
					    "Requests of one turn of the loop." };
	static const struct metric written = {
		"konkurs_turn_written_requests", METRIC_HISTOGRAM, "requests",
		"Requests of one turn that write, committed together."
	};
	static const struct metric whole = {
		"konkurs_turn_duration_seconds", METRIC_HISTOGRAM, "seconds",
		"How long turns took, in which the loop does nothing else."
	};
	static const struct metric commit = { "konkurs_commit_duration_seconds", METRIC_HISTOGRAM,
					      "seconds", "How long commits took." };
	static const struct metric failed = {
		"konkurs_commits_failed", METRIC_COUNTER, "",
		"Commits that failed: nobody was told that anything is saved."
	};
	static const struct metric doubt = {
		"konkurs_commits_settled", METRIC_COUNTER, "",
		"Commits whose answer was lost, by what the database said when it was back."
	};
	static const struct metric again = {
		"konkurs_turns_again", METRIC_COUNTER, "",
		"Turns that were done again, with a savepoint for each request."
	};
	metric_begin(out, &turn);
	metric_histogram(out, &turn, "", &f->turn);
	metric_begin(out, &written);
	metric_histogram(out, &written, "", &f->written);
	metric_begin(out, &whole);
	metric_histogram(out, &whole, "", &f->whole);
	metric_begin(out, &commit);
	metric_histogram(out, &commit, "", &f->commit);
	metric_begin(out, &failed);
	metric_value(out, &failed, "", (int64_t)f->failed);
	metric_begin(out, &doubt);
	metric_value(out, &doubt, "result=\"stored\"", (int64_t)f->stored);
	metric_value(out, &doubt, "result=\"undone\"", (int64_t)f->lost);
	metric_begin(out, &again);
	metric_value(out, &again, "", (int64_t)f->again);
}

void figures_print(const struct figures *f, struct buf *out)
{
	print_requests(f, out);
	print_answers(f, out);
	print_turns(f, out);
}

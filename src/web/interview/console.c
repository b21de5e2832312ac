/* console.c - the secretary's console: from where the day of an interview stands, the steps in
 * their order, what each still wants, and the one that comes next (clauses 41 and 47).
 *
 * It decides nothing: it says of what stands in the model already, for whom every button is, why it
 * is not there yet. */
#include "web/interview/interview.h"

#include <string.h>

struct steps {
	const struct req *r;
	json_t *list;
	json_t *next; /* the first that is not done, or NULL */
};

struct step {
	const char *name; /* message console.step.NAME                      */
	const char *why;  /* message console.WHY: how it stands              */
	bool done;
	bool barred; /* something has to be mended first                */
	const char *clause, *href;
	int64_t count, of;     /* placeholders                                  */
	const char *candidate; /* of the step, "" none                          */
};

static void add(struct steps *s, const struct step *step)
{
	const bool next = !step->done && !s->next;
	json_t *one = json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:s}", "name", step->name, "why", step->why, "state",
		step->done     ? "done"
		: !next        ? "pending"
		: step->barred ? "missing"
			       : "current",
		"clause", step->clause, "href", step->href, "count", (json_int_t)step->count, "of",
		(json_int_t)step->of, "candidate", step->candidate);
	(void)json_array_append_new(s->list, one);
	if (next)
		s->next = json_pack("{s:s,s:s,s:s}", "name", step->name, "candidate",
				    step->candidate, "href", step->href);
	if (next)
		json_in_arena(s->r->arena, s->next);
}

/* ---- before the first candidate ----------------------------------------------------------------
 */

static void add_attendance(struct steps *s, const json_t *model)
{
	const json_t *q = json_object_get(model, "quorum");
	const bool reached = json_is_true(json_object_get(q, "reached"));
	const struct step step = {
		.name = "attendance",
		.why = reached ? "attendance.reached" : "attendance.missing",
		.done = reached,
		.barred = json_integer_value(json_object_get(q, "present")) > 0,
		.clause = "41",
		.href = "#attendance",
		.count = json_integer_value(json_object_get(q, "present")),
		.of = json_integer_value(json_object_get(q, "needed")),
		.candidate = "",
	};
	add(s, &step);
}

static void add_begin(struct steps *s, const struct onlooker *o, const json_t *model)
{
	const bool planned = strcmp(o->interview.state, "planned") == 0;
	const bool early = json_is_true(json_object_get(model, "early"));
	const struct step step = {
		.name = "begin",
		.why = !planned ? "begin.done"
		       : early  ? "begin.early"
				: "begin.ready",
		.done = !planned,
		.barred = early,
		.clause = "47",
		.href = json_is_true(json_object_get(model, "may_begin")) ? "#begin" : "",
		.candidate = "",
	};
	add(s, &step);
}

/* ---- each candidate, in the order in which they are heard ---------------------------------------
 */

static const char *why_of(const json_t *candidate, const char *stage, bool broken, bool waits)
{
	if (strcmp(stage, "waiting") == 0)
		return waits ? "candidate.waiting" : "candidate.warn";
	if (strcmp(stage, "warned") == 0)
		return "candidate.hear";
	if (strcmp(stage, "hearing") == 0)
		return "candidate.end";
	if (strcmp(stage, "voting") != 0)
		return strcmp(stage, "decided") == 0 ? "candidate.decided" : "candidate.withdrawn";
	const json_t *vote = json_object_get(candidate, "vote");
	const json_int_t voted = json_integer_value(json_object_get(vote, "voted"));
	if (broken)
		return "candidate.broken";
	return voted < json_integer_value(json_object_get(vote, "present")) ? "candidate.votes"
									    : "candidate.decide";
}

static void add_candidates(struct steps *s, const struct onlooker *o, const json_t *candidates)
{
	const bool planned = strcmp(o->interview.state, "planned") == 0;
	size_t i = 0;
	const json_t *one = NULL;
	json_array_foreach (candidates, i, one) {
		const char *stage = row_text(one, "stage");
		const json_t *vote = json_object_get(one, "vote");
		const bool broken = json_is_true(json_object_get(one, "broken"));
		const bool done = strcmp(stage, "decided") == 0 || strcmp(stage, "withdrawn") == 0;
		const bool closed = strcmp(o->interview.state, "closed") == 0;
		const struct step step = {
			.name = "candidate",
			.why = closed && !done ? "candidate.absent"
					       : why_of(one, stage, broken, planned || s->next),
			.done = done || closed,
			.barred = broken && strcmp(stage, "voting") == 0,
			.clause = strcmp(stage, "waiting") == 0 || strcmp(stage, "warned") == 0
					  ? "47"
					  : "",
			.href = arena_print(s->r->arena, "#candidate-%lld",
					    (long long)row_number(one, "application_id")),
			.count = json_integer_value(json_object_get(vote, "voted")),
			.of = json_integer_value(json_object_get(vote, "present")),
			.candidate = row_text(one, "name"),
		};
		add(s, &step);
	}
}

/* ---- after the last
 * ------------------------------------------------------------------------------ */

static void add_close(struct steps *s, const struct onlooker *o, const json_t *model)
{
	const json_t *candidates = json_object_get(model, "candidates");
	const bool closed = strcmp(o->interview.state, "closed") == 0;
	int64_t unheard = 0;
	size_t i = 0;
	const json_t *one = NULL;
	json_array_foreach (candidates, i, one) {
		const char *stage = row_text(one, "stage");
		unheard += strcmp(stage, "waiting") == 0 || strcmp(stage, "warned") == 0;
	}
	const struct step step = {
		.name = "close",
		.why = closed    ? "close.done"
		       : unheard ? "close.unheard"
				 : "close.ready",
		.done = closed,
		.clause = "",
		.href = json_is_true(json_object_get(model, "may_close")) ? "#close" : "",
		.count = unheard,
		.candidate = "",
	};
	add(s, &step);
}

static bool add_minutes(struct steps *s, const struct onlooker *o, struct err *e)
{
	json_t *row = db_row(s->r->db, s->r->arena, e,
			     "SELECT (SELECT COUNT(*) FROM minutes WHERE interview_id = $1)"
			     "  AS numbered, COUNT(*) AS signers, COUNT(x.signed_ms) AS signed"
			     "  FROM minutes_signature x WHERE x.interview_id = $1",
			     db_int(o->interview.id));
	if (!row)
		return false;
	const bool closed = strcmp(o->interview.state, "closed") == 0;
	const bool numbered = row_number(row, "numbered") > 0;
	const int64_t signers = row_number(row, "signers");
	const int64_t with = row_number(row, "signed");
	const struct step step = {
		.name = "minutes",
		.why = !closed          ? "minutes.later"
		       : !numbered      ? "minutes.number"
		       : with < signers ? "minutes.sign"
					: "minutes.done",
		.done = numbered && with == signers,
		.clause = "47",
		.href = closed ? arena_print(s->r->arena, "/interviews/%lld/minutes",
					     (long long)o->interview.id)
			       : "",
		.count = with,
		.of = signers,
		.candidate = "",
	};
	add(s, &step);
	return true;
}

/* ---- all
 * ------------------------------------------------------------------------------------------- */

enum { MINUTE_MS = 60 * 1000 };

/* The candidate who is being heard or voted on, since when and how many minutes; null for nobody.
 */
static json_t *current_model(const struct req *r, const json_t *candidates)
{
	size_t i = 0;
	const json_t *one = NULL;
	json_array_foreach (candidates, i, one) {
		const char *stage = row_text(one, "stage");
		const bool hearing = strcmp(stage, "hearing") == 0;
		const int64_t since = row_number(one, hearing ? "started_ms" : "ended_ms");
		if (hearing || strcmp(stage, "voting") == 0)
			return json_pack("{s:O,s:O,s:s,s:I,s:I}", "turn",
					 json_object_get(one, "turn"), "name",
					 json_object_get(one, "name"), "stage", stage, "since_ms",
					 (json_int_t)since, "minutes",
					 (json_int_t)((r->now_ms - since) / MINUTE_MS));
	}
	return json_null();
}

bool interview_add_console(const struct req *r, const struct onlooker *o, json_t *model,
			   struct err *e)
{
	const json_t *candidates = json_object_get(model, "candidates");
	struct steps s = { .r = r, .list = json_array() };
	(void)json_object_set_new(model, "console", json_null());
	json_in_arena(r->arena, s.list);
	if (!onlooker_is(o, SEAT_SECRETARY))
		return true;
	add_attendance(&s, model);
	add_begin(&s, o, model);
	add_candidates(&s, o, candidates);
	add_close(&s, o, model);
	if (!add_minutes(&s, o, e))
		return false;
	json_t *console = json_pack("{s:O,s:o,s:O?}", "steps", s.list, "current",
				    current_model(r, candidates), "next", s.next);
	(void)json_object_set_new(model, "console", console);
	return true;
}

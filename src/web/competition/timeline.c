/* timeline.c - a competition as bars over real days. */
#include "web/competition/timeline.h"

#include "web/competition/term.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { STEP_COUNT = TERM_COUNT + 1, MARGIN = 2 /* days around what is drawn */ };

/* One of them; a day is valid if its flag is set. */
struct step {
	const char *kind, *state, *clause;
	bool assumed, back, counts; /* counts: `wanted` working days between from and to */
	bool known, over, done;
	day from, to;
	int wanted;
	day begins, ends, over_from, over_to, done_day;
};

/* The days that are drawn. */
struct span {
	day first, last;
};

/* ---- steps ------------------------------------------------------------------------------ */

/* A term that is counted back is drawn from its last day to the day that it is counted from. */
static struct step step_of_term(const struct term *t, const struct term_facts *f)
{
	struct step s = { .kind = term_kind_name(t->kind),
			  .state = term_state_name(t->state),
			  .clause = t->clause,
			  .assumed = t->assumed,
			  .back = t->wanted < 0,
			  .counts = t->wanted != 0,
			  .known = t->state != TERM_WAITS };
	if (!s.known)
		return s;
	/* what has its day and no days to count does not run until then */
	if (!s.counts && t->state == TERM_OPEN)
		s.state = "planned";
	s.from = t->from;
	s.to = t->last;
	s.wanted = s.back ? -t->wanted : t->wanted;
	s.begins = s.back || t->from.n > t->last.n ? t->last : t->from;
	s.ends = s.back ? t->from : t->last;
	s.done = f->done[t->kind];
	s.done_day = f->done_day[t->kind];
	s.over = t->state == TERM_LATE || t->state == TERM_MISSED;
	s.over_from = (day){ t->last.n + 1 };
	s.over_to = s.done ? s.done_day : f->today;
	return s;
}

/* The days of the sittings that were not called off (R28), or of an application's own. */
static bool read_test(struct req *r, const struct competition *c, int64_t application,
		      struct step *ret, struct err *e)
{
	const json_t *row =
		db_row(r->db, r->arena, e,
		       "SELECT COUNT(*) AS sittings,"
		       " COUNT(CASE WHEN state = 'closed' THEN 1 END) AS closed,"
		       " MIN(planned_ms) AS first_ms, MAX(planned_ms) AS last_ms,"
		       " MAX(closed_ms) AS closed_ms"
		       "  FROM sitting WHERE competition_id = $1 AND state <> 'cancelled'"
		       " AND ($2 = 0 OR id IN (SELECT sitting_id FROM attempt"
		       "  WHERE application_id = $2))",
		       db_int(c->id), db_int(application));
	if (!row)
		return false;
	const int64_t sittings = row_number(row, "sittings");
	const bool all = sittings > 0 && row_number(row, "closed") == sittings;
	*ret = (struct step){ .kind = "test",
			      .state = sittings == 0 ? "waits"
				       : all         ? "done"
						     : "planned",
			      .clause = "28",
			      .known = sittings > 0,
			      .done = all };
	if (sittings == 0)
		return true;
	ret->from = ret->begins = day_of_instant(row_number(row, "first_ms"));
	ret->to = ret->ends = day_of_instant(row_number(row, "last_ms"));
	ret->done_day =
		row_has(row, "closed_ms") ? day_of_instant(row_number(row, "closed_ms")) : ret->to;
	return true;
}

/* ---- where they stand ------------------------------------------------------------------- */

static void stretch(struct span *s, day from, day to)
{
	s->first = from.n < s->first.n ? from : s->first;
	s->last = to.n > s->last.n ? to : s->last;
}

/* From the announcement on.  Today belongs to it until the competition is over. */
static struct span span_of(const struct competition *c, const struct step *steps, size_t count,
			   day today)
{
	struct span s = { c->announced_day, c->announced_day };
	if (strcmp(c->state, "announced") == 0)
		stretch(&s, today, today);
	for (size_t i = 0; i < count; i++) {
		if (steps[i].known)
			stretch(&s, steps[i].begins, steps[i].ends);
		if (steps[i].done)
			stretch(&s, steps[i].done_day, steps[i].done_day);
	}
	s.first.n -= MARGIN;
	s.last.n += MARGIN;
	/* what nobody has decreed is not drawn */
	s.first = s.first.n < c->calendar->first.n ? c->calendar->first : s.first;
	s.last = s.last.n > c->calendar->last.n ? c->calendar->last : s.last;
	return s;
}

static json_t *units(const struct span *s, int days)
{
	return json_integer((json_int_t)days * TIMELINE_WIDTH / (s->last.n - s->first.n + 1));
}

static void set_place(const struct span *s, json_t *o, day from, day to)
{
	(void)json_object_set_new(o, "x", units(s, from.n - s->first.n));
	(void)json_object_set_new(o, "width", units(s, to.n - from.n + 1));
}

/* {FROM, TO, x, width} */
static json_t *stretch_json(const struct span *s, const char *from_key, const char *to_key,
			    day from, day to)
{
	json_t *o = json_object();
	to = to.n > s->last.n ? s->last : to;
	(void)json_object_set_new(o, from_key, day_json(from));
	(void)json_object_set_new(o, to_key, day_json(to));
	set_place(s, o, from, to);
	return o;
}

static json_t *point_json(const struct span *s, day d)
{
	json_t *o = json_object();
	(void)json_object_set_new(o, "day", day_json(d));
	(void)json_object_set_new(o, "x", units(s, d.n - s->first.n));
	return o;
}

static json_t *step_json(const struct span *s, const struct step *t)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:b,s:b}", "kind", t->kind, "state", t->state, "clause",
			      t->clause, "assumed", t->assumed, "back", t->back);
	const bool over = t->known && t->over && t->over_from.n <= s->last.n;
	(void)json_object_set_new(o, "from", t->known ? day_json(t->from) : json_null());
	(void)json_object_set_new(o, "to", t->known ? day_json(t->to) : json_null());
	(void)json_object_set_new(o, "counted",
				  t->known && t->counts ? json_integer(t->wanted) : json_null());
	(void)json_object_set_new(o, "bar",
				  t->known ? stretch_json(s, "begins", "ends", t->begins, t->ends)
					   : json_null());
	(void)json_object_set_new(o, "over",
				  over ? stretch_json(s, "from", "to", t->over_from, t->over_to)
				       : json_null());
	(void)json_object_set_new(o, "done",
				  t->known && t->done ? point_json(s, t->done_day) : json_null());
	return o;
}

static char letter_of(enum day_reason reason)
{
	static const char letters[] = {
		[REASON_WORKING] = 'w',      [REASON_WEEKEND] = 'e', [REASON_HOLIDAY] = 'h',
		[REASON_CARRIED] = 'c',      [REASON_DAY_OFF] = 'o', [REASON_MOVED_OFF] = 'm',
		[REASON_MOVED_WORKED] = 'x',
	};
	return letters[reason];
}

/* "days", and each run of days off as "off". */
static void add_days(const struct req *r, const struct calendar *c, const struct span *s, json_t *o)
{
	const size_t count = (size_t)s->last.n - (size_t)s->first.n + 1;
	char *days = arena_alloc(r->arena, count + 1);
	json_t *off = json_array();
	day begun = s->first;
	for (size_t i = 0; i <= count; i++) {
		const day d = { s->first.n + (int32_t)i };
		const bool works = i == count || calendar_works(c, d);
		if (works && begun.n < d.n) {
			json_t *run = json_object();
			set_place(s, run, begun, (day){ d.n - 1 });
			(void)json_array_append_new(off, run);
		}
		if (works)
			begun = (day){ d.n + 1 };
		if (i < count)
			days[i] = letter_of(calendar_reason(c, d));
	}
	days[count] = '\0';
	(void)json_object_set_new(o, "days", json_string(days));
	(void)json_object_set_new(o, "off", off);
}

/* ---- the model -------------------------------------------------------------------------- */

/* Whose line it is: 0, that of the competition, or an application's, which has only what its
 * candidate may know. */
static bool add_line(struct req *r, const struct competition *c, int64_t application,
		     const struct term_facts *f, const struct term line[TERM_COUNT], json_t *model,
		     struct err *e)
{
	struct step steps[STEP_COUNT];
	size_t used = 0;
	for (size_t i = 0; i < TERM_COUNT; i++) {
		const bool open = line[i].kind == TERM_FILING || line[i].kind == TERM_INTERVIEW;
		if (!application || open)
			steps[used++] = step_of_term(&line[i], f);
		if (line[i].kind == TERM_CHECK && !read_test(r, c, application, &steps[used++], e))
			return false;
	}
	const struct span span = span_of(c, steps, used, f->today);
	json_t *list = json_array();
	for (size_t i = 0; i < used; i++)
		(void)json_array_append_new(list, step_json(&span, &steps[i]));
	const bool now = f->today.n >= span.first.n && f->today.n <= span.last.n;
	json_t *o = json_pack("{s:o,s:o,s:o,s:o}", "first", day_json(span.first), "last",
			      day_json(span.last), "today",
			      now ? point_json(&span, f->today) : json_null(), "steps", list);
	add_days(r, c->calendar, &span, o);
	(void)json_object_set_new(model, "timeline", o);
	return true;
}

bool timeline_of(struct req *r, const struct competition *c, const struct term_facts *f,
		 const struct term line[TERM_COUNT], json_t *model, struct err *e)
{
	return add_line(r, c, 0, f, line, model, e);
}

bool timeline_add(struct req *r, const struct competition *c, int64_t application, json_t *model,
		  struct err *e)
{
	const struct act act = req_act(r);
	struct term_facts f = { 0 };
	struct term line[TERM_COUNT];
	(void)json_object_set_new(model, "timeline", json_null());
	if (!c->announced)
		return true;
	if (!competition_term_facts(&act, c, &f, e))
		return false;
	return !term_line(c->calendar, c->rules, &f, line) ||
	       add_line(r, c, application, &f, line, model, e);
}

bool timeline_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	if (!competition_load(&act, in_int(r, "competition"), &c, e) || !term_may_read(r, &c, e))
		return false;
	(void)json_object_set_new(model, "competition",
				  json_pack("{s:I,s:s,s:s}", "id", (json_int_t)c.id, "post",
					    post_name(r, c.post), "organ", organ_name(r, c.organ)));
	(void)json_object_set_new(model, "announced", json_boolean(c.announced));
	return timeline_add(r, &c, 0, model, e);
}

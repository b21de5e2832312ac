/* report_term.c - which terms were kept and which were missed (F5, F6). */
#include "web/competition/report.h"

#include "app/competition/competition_terms.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

static const struct list_column terms_columns[] = {
	{ "kind", "term.column.term", LIST_CODE, 0, "term" },
	{ "clause", "report.clause", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "kept", "report.kept", LIST_NUMBER, 0, NULL },
	{ "late", "report.late", LIST_NUMBER, 0, NULL },
	{ "missed", "report.missed", LIST_NUMBER, 0, NULL },
	{ "open", "report.open", LIST_NUMBER, 0, NULL },
	{ "share", "report.share.kept", LIST_NUMBER, 0, NULL },
	{ 0 },
};
const struct list report_terms_listing = { "terms", "report.terms.title", terms_columns, 50 };

static const struct list_column late_columns[] = {
	{ "last", "term.column.last", LIST_DAY, LIST_SORTS, NULL },
	{ "kind", "term.column.term", LIST_CODE, LIST_SORTS, "term" },
	{ "competition", "list.competition", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "term.column.competition", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "state", "term.column.state", LIST_CODE, LIST_SORTS, "term.state" },
	{ "done", "report.done", LIST_DAY, LIST_SORTS, NULL },
	{ "days", "report.days_late", LIST_NUMBER, LIST_SORTS, NULL },
	{ "who", "term.column.who", LIST_CODE, LIST_SORTS, "term.who" },
	{ 0 },
};
const struct list report_late_listing = { "terms", "report.late.title", late_columns, 50 };

/* ---- walking ---------------------------------------------------------------------------- */

/* A competition with its terms. */
struct lined {
	const struct competition *c;
	const struct term_facts *f;
	const struct term *line;
};

/* Calls `see` for every competition of the scope.  Terms are not stored: the law is asked for each,
 * so that nothing is wrong after the calendar has changed. */
static bool each_line(struct req *r, const struct report_scope *s,
		      void (*see)(struct req *r, const struct lined *l, void *user), void *user,
		      struct err *e)
{
	const struct act act = req_act(r);
	json_t *rows = db_rows(r->db, r->arena, e, REPORT_SCOPE " SELECT id FROM scope ORDER BY id",
			       REPORT_VALUES(s));
	if (!rows)
		return false;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		struct competition c = { 0 };
		struct term_facts f = { 0 };
		struct term line[TERM_COUNT];
		if (!competition_load(&act, row_number(json_array_get(rows, i), "id"), &c, e) ||
		    !competition_term_facts(&act, &c, &f, e))
			return false;
		if (term_line(c.calendar, c.rules, &f, line))
			see(r, &(struct lined){ &c, &f, line }, user);
	}
	return true;
}

/* ---- the sums --------------------------------------------------------------------------- */

struct sums {
	int64_t kept, late, missed, open;
	const char *clause; /* of the newest competition that has the term */
};

static void add_sums(struct req *r, const struct lined *l, void *user)
{
	struct sums *sums = user;
	(void)r;
	/* the filing term ends by itself: nobody can miss it */
	for (size_t i = TERM_CHECK; i < TERM_COUNT; i++) {
		struct sums *s = &sums[l->line[i].kind];
		if (l->line[i].state != TERM_WAITS)
			s->clause = l->line[i].clause;
		switch (l->line[i].state) {
		case TERM_KEPT: s->kept++; break;
		case TERM_LATE: s->late++; break;
		case TERM_MISSED: s->missed++; break;
		case TERM_OPEN:
		case TERM_AT_RISK: s->open++; break;
		case TERM_WAITS: break;
		}
	}
}

/* Four pieces of one bar, from left to right. */
static json_t *sums_model(enum term_kind kind, const struct sums *s)
{
	const int64_t over = s->kept + s->late + s->missed;
	const int64_t all = over + s->open;
	json_t *o = json_pack("{s:s,s:s,s:I,s:I,s:I,s:I}", "kind", term_kind_name(kind), "clause",
			      s->clause ? s->clause : "", "kept", (json_int_t)s->kept, "late",
			      (json_int_t)s->late, "missed", (json_int_t)s->missed, "open",
			      (json_int_t)s->open);
	(void)json_object_set_new(o, "share", report_share(s->kept, over));
	(void)json_object_set_new(o, "w_kept", report_width(s->kept, all));
	(void)json_object_set_new(o, "x_late", report_width(s->kept, all));
	(void)json_object_set_new(o, "w_late", report_width(s->late, all));
	(void)json_object_set_new(o, "x_missed", report_width(s->kept + s->late, all));
	(void)json_object_set_new(o, "w_missed", report_width(s->missed, all));
	(void)json_object_set_new(o, "x_open", report_width(over, all));
	(void)json_object_set_new(o, "w_open", report_width(s->open, all));
	return o;
}

bool report_terms(struct req *r, json_t *model, struct err *e)
{
	struct report_scope s = { 0 };
	struct sums sums[TERM_COUNT] = { 0 };
	if (!report_begin(r, &s, model, e) || !each_line(r, &s, add_sums, sums, e))
		return false;
	json_t *list = json_array();
	for (int i = 0; i < TERM_COUNT; i++) {
		const struct sums *one = &sums[i];
		if (one->kept + one->late + one->missed + one->open > 0)
			(void)json_array_append_new(list, sums_model((enum term_kind)i, one));
	}
	list_rows(r, model, list);
	json_decref(list);
	return true;
}

/* ---- each that was missed --------------------------------------------------------------- */

static void add_late(struct req *r, const struct lined *l, void *user)
{
	json_t *list = user;
	for (size_t i = 0; i < TERM_COUNT; i++) {
		const struct term *t = &l->line[i];
		if (t->state != TERM_LATE && t->state != TERM_MISSED)
			continue;
		const bool done = t->state == TERM_LATE;
		const day until = done ? l->f->done_day[t->kind] : l->f->today;
		json_t *o = json_pack(
			"{s:I,s:s,s:s,s:s,s:s,s:s,s:i}", "competition", (json_int_t)l->c->id,
			"post", post_name(r, l->c->post), "organ", organ_name(r, l->c->organ),
			"kind", term_kind_name(t->kind), "state", term_state_name(t->state), "who",
			t->who, "days", calendar_between(l->c->calendar, t->last, until));
		(void)json_object_set_new(o, "last", day_json(t->last));
		(void)json_object_set_new(o, "done", done ? day_json(until) : json_null());
		(void)json_array_append_new(list, o);
	}
}

bool report_late(struct req *r, json_t *model, struct err *e)
{
	struct report_scope s = { 0 };
	json_t *list = json_array();
	const bool fine = report_begin(r, &s, model, e) && each_line(r, &s, add_late, list, e);
	if (fine)
		list_rows(r, model, list);
	json_decref(list);
	return fine;
}

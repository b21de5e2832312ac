/* term.c - every term with its clause, its state, who must act, and how it was counted. */
#include "web/competition/term.h"

#include "app/competition/commission.h"
#include "app/competition/competition_terms.h"
#include "web/competition/explanation.h"
#include "web/competition/timeline.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <stdlib.h>
#include <string.h>

/* ---- one competition -------------------------------------------------------------------- */

static json_t *term_model(const struct competition *c, const struct term *t)
{
	struct calendar_explanation x = { 0 };
	const bool waits = t->state == TERM_WAITS;
	json_t *o =
		json_pack("{s:s,s:s,s:s,s:s,s:b,s:b,s:i}", "kind", term_kind_name(t->kind), "state",
			  term_state_name(t->state), "clause", t->clause, "who", t->who, "assumed",
			  t->assumed, "back", t->wanted < 0, "left", t->left);
	(void)json_object_set_new(o, "last", waits ? json_null() : day_json(t->last));
	(void)json_object_set_new(o, "from", waits ? json_null() : day_json(t->from));
	json_t *counted = term_explain(c->calendar, t, &x) ? explanation_model(&x) : json_null();
	(void)json_object_del(counted, "last"); /* it is the term's own */
	(void)json_object_set_new(o, "counted", counted);
	return o;
}

bool term_may_read(const struct req *r, const struct competition *c, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	if (!act_holds(&act, ROLE_NAME_HR, c->organ, &may, e))
		return false;
	if (!may && !act_holds(&act, ROLE_NAME_AUDITOR, c->organ, &may, e))
		return false;
	if (!may &&
	    !db_exists(r->db, e, &may,
		       "SELECT 1 FROM commission_member m JOIN commission k"
		       " ON k.id = m.commission_id WHERE k.competition_id = $1"
		       " AND k.state = 'appointed' AND m.person_id = $2 AND m.left_ms IS NULL",
		       db_int(c->id), db_int(r->actor.person_id)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's competition");
}

bool term_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct term_facts f = { 0 };
	struct term line[TERM_COUNT];
	if (!competition_load(&act, in_int(r, "competition"), &c, e) || !term_may_read(r, &c, e) ||
	    !competition_term_facts(&act, &c, &f, e))
		return false;
	json_t *terms = json_array();
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	(void)json_object_set_new(model, "terms", terms);
	(void)json_object_set_new(model, "timeline", json_null());
	const bool known = c.announced && term_line(c.calendar, c.rules, &f, line);
	(void)json_object_set_new(model, "announced", json_boolean(c.announced));
	for (size_t i = 0; known && i < TERM_COUNT; i++)
		(void)json_array_append_new(terms, term_model(&c, &line[i]));
	return !known || timeline_of(r, &c, &f, line, model, e);
}

/* ---- all that runs ---------------------------------------------------------------------- */

static const char *const only_choices[] = { "at_risk", "missed", NULL };
static const struct param term_show_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct list_column term_columns[] = {
	{ "last", "term.column.last", LIST_DAY, LIST_SORTS, NULL },
	{ "kind", "term.column.term", LIST_CODE, LIST_SORTS, "term" },
	{ "competition", "list.competition", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "term.column.competition", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "state", "term.column.state", LIST_CODE, LIST_SORTS, "term.state" },
	{ "who", "term.column.who", LIST_CODE, LIST_SORTS, "term.who" },
	{ 0 },
};
static const struct list term_listing = { "terms", "term.list.title", term_columns, 50 };
static const struct param term_list_params[] = {
	LIST_PARAMS,
	{ "only", P_CHOICE, 0, 0, false, only_choices },
	PARAMS_END,
};

/* Whether it is shown: not over, and what the reader asked for. */
static bool is_wanted(const struct req *r, const struct term *t)
{
	const char *only = in_text(r, "only");
	const bool live =
		t->state == TERM_OPEN || t->state == TERM_AT_RISK || t->state == TERM_MISSED;
	return live && (!*only || strcmp(only, term_state_name(t->state)) == 0);
}

static void add_terms(struct req *r, const struct competition_terms *t, json_t *list)
{
	const struct competition *c = &t->competition;
	struct term line[TERM_COUNT];
	if (!term_line(c->calendar, c->rules, &t->facts, line))
		return;
	for (size_t i = 0; i < TERM_COUNT; i++) {
		if (!is_wanted(r, &line[i]))
			continue;
		json_t *o = json_pack(
			"{s:I,s:s,s:s,s:s,s:s,s:i}", "competition", (json_int_t)c->id, "post",
			post_name(r, c->post), "kind", term_kind_name(line[i].kind), "state",
			term_state_name(line[i].state), "who", line[i].who, "left", line[i].left);
		(void)json_object_set_new(o, "last", day_json(line[i].last));
		(void)json_object_set_new(o, "organ", json_string(organ_name(r, c->organ)));
		(void)json_array_append_new(list, o);
	}
}

static int by_day(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a;
	const json_t *y = *(json_t *const *)b;
	const int order = strcmp(row_text(x, "last"), row_text(y, "last"));
	return order ? order
		     : (row_number(x, "competition") > row_number(y, "competition")) -
			       (row_number(x, "competition") < row_number(y, "competition"));
}

static json_t *sorted(struct req *r, const json_t *list)
{
	const size_t count = json_array_size(list);
	json_t **row = arena_array(r->arena, count ? count : 1, sizeof(json_t *));
	json_t *ret = json_array();
	for (size_t i = 0; i < count; i++)
		row[i] = json_array_get(list, i);
	qsort(row, count, sizeof(json_t *), by_day);
	for (size_t i = 0; i < count; i++)
		(void)json_array_append(ret, row[i]);
	return ret;
}

bool term_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition_terms *running = NULL;
	size_t count = 0;
	bool ok = competition_terms_running(&act, &running, &count, e);
	json_t *list = json_array();
	json_t *known = json_object();
	for (size_t i = 0; ok && i < count; i++) {
		bool may = false;
		ok = row_may(r, roles_hr_auditor, running[i].competition.organ, known, &may, e);
		if (may)
			add_terms(r, &running[i], list);
	}
	json_decref(known);
	const char *only = in_text(r, "only");
	json_t *by_last = sorted(r, list);
	list_rows(r, model, by_last);
	json_decref(by_last);
	json_decref(list);
	(void)json_object_set_new(model, "only", json_string(only));
	(void)json_object_set_new(model, "all", json_boolean(!*only));
	(void)json_object_set_new(model, "at_risk", json_boolean(strcmp(only, "at_risk") == 0));
	(void)json_object_set_new(model, "missed", json_boolean(strcmp(only, "missed") == 0));
	return ok;
}

/* ---- the table -------------------------------------------------------------------------- */

static const struct param feed_send_params[] = {
	{ "person", P_INT, 1, INT64_MAX, true, NULL },
	{ "token", P_TEXT, 1, 64, true, NULL },
	PARAMS_END,
};

#include "web/route_table.h"

const struct route term_routes[] = {
	{ GET, "/terms", ROLE_HR | ROLE_AUDITOR, term_list, "term/list", term_list_params,
	  "Every open term of the officer's competitions, the nearest first.",
	  .list = &term_listing },
	{ GET, "/competitions/:competition/terms", ROLE_HR | ROLE_AUDITOR | ROLES_COMMISSION,
	  term_show, "term/show", term_show_params,
	  "The terms of a competition, each with how it was counted." },
	{ GET, "/competitions/:competition/timeline", ROLE_HR | ROLE_AUDITOR | ROLES_COMMISSION,
	  timeline_show, "timeline/show", term_show_params,
	  "The steps of a competition over real days: what is planned and what was." },
	{ GET, "/feed", ROLE_PERSON, feed_show, "term/feed", no_params,
	  "The address at which a calendar program fetches the person's terms." },
	{ POST, "/feed", ROLE_PERSON, feed_make, "term/feed", no_params,
	  "Makes a new address; the one before ends.", .again = feed_show },
	{ POST, "/feed/end", ROLE_PERSON, feed_end, "term/feed", no_params, "Ends the address.",
	  .again = feed_show },
	{ GET, "/feeds/:person/:token", ROLE_PUBLIC, feed_send, NULL, feed_send_params,
	  "A person's terms as iCalendar, for whoever has the address.", .gives = "text/calendar" },
	{ 0 },
};

/* calendar.c - a year with its days off, what an officer has changed, and the form for it. */
#include "web/competition/calendar.h"

#include "app/competition/calendar_change.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { MONTHS = 12, WEEK = 7, ORDER_MOST = 60 };

static const char *const kinds[] = { "moved", "transfer", NULL };
static const struct param calendar_show_params[] = {
	{ "year", P_INT, 1900, 2199, false, NULL },
	PARAMS_END,
};
/* On the way to the change everything may be missing: the page asks for it. */
static const struct param calendar_new_params[] = {
	{ "kind", P_CHOICE, 0, 0, false, kinds },  { "day", P_DAY, 0, 0, false, NULL },
	{ "other", P_DAY, 0, 0, false, NULL },     { "order", P_TEXT, 0, ORDER_MOST, false, NULL },
	{ "order_day", P_DAY, 0, 0, false, NULL }, PARAMS_END,
};
static const struct param calendar_change_params[] = {
	{ "kind", P_CHOICE, 0, 0, true, kinds },  { "day", P_DAY, 0, 0, true, NULL },
	{ "other", P_DAY, 0, 0, true, NULL },     { "order", P_TEXT, 1, ORDER_MOST, true, NULL },
	{ "order_day", P_DAY, 0, 0, true, NULL }, PARAMS_END,
};
static const struct param calendar_withdraw_params[] = {
	{ "change", P_INT, 1, INT64_MAX, true, NULL },
	{ "order", P_TEXT, 1, ORDER_MOST, true, NULL },
	PARAMS_END,
};

/* ---- a year ----------------------------------------------------------------------------- */

static day first_of(int year, int month)
{
	return day_from_date((struct date){ year, month, 1 });
}

static bool is_provisional(const struct calendar *c, day d)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->exceptions[i].day.n == d.n)
			return c->exceptions[i].provisional;
	}
	return false;
}

static json_t *cell(const struct calendar *c, day d, day today)
{
	return json_pack("{s:i,s:s,s:b,s:b}", "number", day_to_date(d).day, "reason",
			 day_reason_name(calendar_reason(c, d)), "today", d.n == today.n,
			 "provisional", is_provisional(c, d));
}

/* Weeks of seven cells from Monday, null where the month has no day, with the working days that the
 * month has in each and altogether. */
static json_t *month_model(const struct calendar *c, int year, int month, day today)
{
	const day first = first_of(year, month);
	const day next = month == MONTHS ? first_of(year + 1, 1) : first_of(year, month + 1);
	int whole = 0;
	json_t *weeks = json_array();
	for (day d = { first.n - (int32_t)day_weekday(first) }; d.n < next.n; d.n += WEEK) {
		int working = 0;
		json_t *cells = json_array();
		for (int i = 0; i < WEEK; i++) {
			const day at = { d.n + i };
			const bool inside = at.n >= first.n && at.n < next.n;
			(void)json_array_append_new(
				cells, json_pack("{s:o}", "day",
						 inside ? cell(c, at, today) : json_null()));
			working += inside && calendar_works(c, at);
		}
		(void)json_array_append_new(
			weeks, json_pack("{s:i,s:o}", "working", working, "cells", cells));
		whole += working;
	}
	return json_pack("{s:i,s:i,s:o}", "month", month, "working", whole, "weeks", weeks);
}

/* What differs from the week, with the reason. */
static json_t *exceptions_model(const struct calendar *c, int year)
{
	json_t *list = json_array();
	for (size_t i = 0; i < c->count; i++) {
		const struct calendar_day *x = &c->exceptions[i];
		if (day_to_date(x->day).year != year)
			continue;
		json_t *o = json_pack("{s:s,s:b}", "reason", day_reason_name(x->reason),
				      "provisional", x->provisional);
		(void)json_object_set_new(o, "day", day_json(x->day));
		(void)json_object_set_new(o, "stands_for",
					  x->reason == REASON_CARRIED ? day_json(x->stands_for)
								      : json_null());
		(void)json_array_append_new(list, o);
	}
	return list;
}

static bool may_change(const struct req *r, bool *ret, struct err *e)
{
	const struct act act = req_act(r);
	*ret = false;
	return r->actor.person_id == 0 ||
	       act_holds(&act, ROLE_NAME_HR, r->book->organs[0].code, ret, e);
}

static bool add_changes(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	const int32_t today = day_of_instant(r->now_ms).n;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, kind, day, other_day, order_number, order_day,"
			       " withdrawn_order FROM calendar_change ORDER BY id DESC");
	json_array_foreach (rows, i, row) {
		const bool ahead =
			row_number(row, "day") > today && row_number(row, "other_day") > today;
		(void)json_object_set_new(
			row, "open", json_boolean(ahead && !*row_text(row, "withdrawn_order")));
		row_day(row, "day");
		row_day(row, "other_day");
		row_day(row, "order_day");
	}
	(void)json_object_set(model, "changes", rows);
	return rows != NULL;
}

bool calendar_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct calendar *c = NULL;
	const day today = day_of_instant(r->now_ms);
	bool may = false;
	if (!calendar_in_force(&act, &c, e) || !may_change(r, &may, e) || !add_changes(r, model, e))
		return false;
	const int first = day_to_date(c->first).year;
	const int last = day_to_date(c->last).year;
	const int asked = in_has(r, "year") ? (int)in_int(r, "year") : day_to_date(today).year;
	const int year = asked < first ? first : asked > last ? last : asked;
	json_t *months = json_array();
	for (int month = 1; month <= MONTHS; month++)
		(void)json_array_append_new(months, month_model(c, year, month, today));
	(void)json_object_set_new(
		model, "year",
		json_pack("{s:i,s:i,s:o,s:o}", "number", year, "working", calendar_year(c, year),
			  "previous", year > first ? json_integer(year - 1) : json_null(), "next",
			  year < last ? json_integer(year + 1) : json_null()));
	(void)json_object_set_new(model, "months", months);
	(void)json_object_set_new(model, "exceptions", exceptions_model(c, year));
	(void)json_object_set_new(model, "may", json_boolean(may));
	return true;
}

/* ---- a change --------------------------------------------------------------------------- */

static struct calendar_change change_of(const struct req *r)
{
	return (struct calendar_change){ in_text(r, "kind"), in_day(r, "day"), in_day(r, "other"),
					 in_text(r, "order"), in_day(r, "order_day") };
}

static json_t *moved_model(const struct req *r, const struct moved_terms *moved)
{
	json_t *list = json_array();
	for (size_t i = 0; i < moved->count; i++) {
		const struct moved_term *t = &moved->list[i];
		json_t *o = json_pack("{s:I,s:s,s:s,s:b}", "competition",
				      (json_int_t)t->competition_id, "post", post_name(r, t->post),
				      "term", t->term, "unlawful", t->unlawful);
		(void)json_object_set_new(o, "before", day_json(t->before));
		(void)json_object_set_new(o, "after",
					  t->has_after ? day_json(t->after) : json_null());
		(void)json_array_append_new(list, o);
	}
	return json_pack("{s:o}", "terms", list);
}

/* What may be moved: the days off ahead that no rule carries but those of a fixed date. */
static json_t *movable_options(const struct req *r)
{
	const struct calendar_source *s = r->book->calendar_source;
	json_t *list = json_array();
	for (size_t i = 0; i < s->day_count; i++) {
		char text[DAY_TEXT_SIZE];
		if (s->days[i].day.n <= day_of_instant(r->now_ms).n || !s->days[i].why ||
		    strcmp(s->days[i].why, "kurban_ait") != 0)
			continue;
		day_print(s->days[i].day, text);
		(void)json_array_append_new(list, json_pack("{s:s}", "day", text));
	}
	return list;
}

/* The form; once it is filled in, what the change would do, or why it cannot be. */
bool calendar_new(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct calendar_change change = change_of(r);
	struct moved_terms moved = { 0 };
	struct err why = { 0 };
	if (!act_require(&act, ROLE_NAME_HR, r->book->organs[0].code, e))
		return false;
	const bool filled = in_has(r, "kind") && in_has(r, "day") && in_has(r, "other") &&
			    in_has(r, "order") && in_has(r, "order_day");
	const bool can =
		filled && !r->shown_again && calendar_change_preview(&act, &change, &moved, &why);
	if (filled && !can && why.kind != ERR_INPUT && !r->shown_again) {
		*e = why;
		return false;
	}
	(void)json_object_set_new(
		model, "refusal",
		*why.key ? json_pack("{s:s,s:s}", "key", why.key, "value", why.value)
			 : json_null());
	(void)json_object_set_new(model, "moved", can ? moved_model(r, &moved) : json_null());
	(void)json_object_set_new(model, "movable", movable_options(r));
	json_t *kind = json_array();
	for (size_t i = 0; kinds[i]; i++)
		(void)json_array_append_new(
			kind, json_pack("{s:s,s:s}", "id", kinds[i], "key",
					arena_print(r->arena, "calendar.kind.%s", kinds[i])));
	(void)json_object_set_new(model, "kinds", kind);
	(void)json_object_set_new(model, "change",
				  json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind",
					    in_has(r, "kind") ? change.kind : kinds[0], "day",
					    row_text(r->in, "day"), "other",
					    row_text(r->in, "other"), "order", change.order,
					    "order_day", row_text(r->in, "order_day")));
	return true;
}

bool calendar_do_change(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct calendar_change change = change_of(r);
	(void)model;
	r->notice = "calendar.notice.changed";
	req_go(r, "/calendar?year=%d", day_to_date(change.day).year);
	return calendar_change_add(&act, &change, e);
}

bool calendar_do_withdraw(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "calendar.notice.withdrawn";
	req_go(r, "/calendar");
	return calendar_change_withdraw(&act, in_int(r, "change"), in_text(r, "order"), e);
}

/* ---- the table -------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route calendar_routes[] = {
	{ GET, "/calendar", ROLE_PUBLIC, calendar_show, "calendar/show", calendar_show_params,
	  "A year of working days and days off, and its changes by order." },
	{ GET, "/calendar/new", ROLE_HR, calendar_new, "calendar/new", calendar_new_params,
	  "The form of a change, and what it would do to the open terms." },
	{ POST, "/calendar/changes", ROLE_HR, calendar_do_change, "calendar/new",
	  calendar_change_params, "Changes the calendar; every open term is counted anew.",
	  .again = calendar_new },
	{ POST, "/calendar/changes/:change/withdraw", ROLE_HR, calendar_do_withdraw,
	  "calendar/show", calendar_withdraw_params, "Takes a change back, by an order.",
	  .again = calendar_show },
	{ 0 },
};

#include "web/home/lines.h"

#include "app/competition/calendar_change.h"
#include "web/hall_only.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <stdlib.h>

enum group { GROUP_DUE, GROUP_RISK, GROUP_OTHERS, GROUP_COUNT };

static const char *const group_name[GROUP_COUNT] = { "due", "risk", "others" };

/* A line with what follows from its day. */
struct placed {
	struct line line;
	enum group group;
	enum term_state state; /* open, at risk, missed */
	int left;              /* working days after today up to the last */
	size_t number;         /* in the order in which they came */
};

struct lines {
	struct req *r;
	day today;
	struct placed *list;
	size_t count, room;
	struct competition_terms *running;
	size_t running_count;
	bool running_read;
	const struct calendar *calendar;
	json_t *known; /* role -> {organ: may} */
};

struct lines *lines_new(struct req *r)
{
	struct lines *l = arena_alloc(r->arena, sizeof(*l));
	*l = (struct lines){ .r = r, .today = day_of_instant(r->now_ms), .known = json_object() };
	json_in_arena(r->arena, l->known);
	return l;
}

static enum term_state state_of(const struct lines *l, const struct line *line, int left)
{
	if (!line->calendar)
		return TERM_OPEN;
	if (l->today.n > line->last.n)
		return TERM_MISSED;
	return left <= TERM_RISK_DAYS && !line->calm ? TERM_AT_RISK : TERM_OPEN;
}

void lines_add(struct lines *l, const struct line *line)
{
	if (l->r->site->hall_node && !hall_only_leads(l->r->arena, line->href))
		return;
	if (l->count == l->room) {
		const size_t room = l->room ? 2 * l->room : 64;
		struct placed *list = arena_array(l->r->arena, room, sizeof(*list));
		for (size_t i = 0; i < l->count; i++)
			list[i] = l->list[i];
		l->list = list;
		l->room = room;
	}
	struct placed *p = &l->list[l->count];
	*p = (struct placed){ .line = *line, .number = l->count++ };
	p->left = line->calendar ? calendar_between(line->calendar, l->today, line->last) : 0;
	p->state = state_of(l, line, p->left);
	p->group = p->state != TERM_OPEN ? GROUP_RISK : line->who ? GROUP_OTHERS : GROUP_DUE;
}

/* By day; what has none stands behind; else as they came. */
static int by_day(const void *a, const void *b)
{
	const struct placed *x = *(const struct placed *const *)a;
	const struct placed *y = *(const struct placed *const *)b;
	if (!x->line.calendar != !y->line.calendar)
		return x->line.calendar ? -1 : 1;
	if (x->line.calendar && x->line.last.n != y->line.last.n)
		return x->line.last.n < y->line.last.n ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* ---- the model -------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

/* Of those that are shown alone: who it is. */
static bool add_name(const struct lines *l, const struct placed *p, json_t *o, struct err *e)
{
	if (p->line.application == 0)
		return true;
	json_t *row = db_row(l->r->db, l->r->arena, e,
			     "SELECT p.family, p.given, p.patronymic FROM application a"
			     " JOIN person p ON p.id = a.person_id WHERE a.id = $1",
			     db_int(p->line.application));
	if (!row)
		return false;
	row_name(l->r, row);
	return json_object_set(o, "name", json_object_get(row, "name")) == 0;
}

static json_t *line_model(const struct lines *l, const struct placed *p)
{
	const struct line *x = &p->line;
	json_t *o = json_pack("{s:s,s:s,s:s}", "key", x->key, "href", x->href, "state",
			      term_state_name(p->state));
	(void)json_object_set_new(o, "count",
				  x->count ? json_integer((json_int_t)x->count) : json_null());
	(void)json_object_set_new(o, "post",
				  text_or_null(x->post ? post_name(l->r, x->post) : NULL));
	(void)json_object_set_new(o, "name", json_null());
	(void)json_object_set_new(o, "clause", text_or_null(x->clause));
	(void)json_object_set_new(o, "who", text_or_null(x->who));
	(void)json_object_set_new(o, "last", x->calendar ? day_json(x->last) : json_null());
	(void)json_object_set_new(o, "left", json_integer(p->left));
	(void)json_object_set_new(o, "today", json_boolean(x->calendar && x->last.n == l->today.n));
	(void)json_object_set_new(o, "at_ms",
				  x->at_ms ? json_integer((json_int_t)x->at_ms) : json_null());
	return o;
}

static bool add_group(const struct lines *l, struct placed *const *sorted, enum group group,
		      json_t *model, struct err *e)
{
	json_t *list = json_array();
	const char *more = NULL;
	json_int_t count = 0;
	bool ok = true;
	for (size_t i = 0; i < l->count; i++) {
		if (sorted[i]->group != group)
			continue;
		if (count++ < HOME_SHOWN) {
			json_t *o = line_model(l, sorted[i]);
			ok = ok && add_name(l, sorted[i], o, e);
			(void)json_array_append_new(list, o);
		} else if (!more) {
			more = sorted[i]->line.list;
		}
	}
	(void)json_object_set_new(model, group_name[group],
				  json_pack("{s:I,s:o,s:o}", "count", count, "more",
					    text_or_null(more), "lines", list));
	return ok;
}

bool lines_model(const struct lines *l, json_t *model, struct err *e)
{
	struct placed **sorted =
		arena_array(l->r->arena, l->count ? l->count : 1, sizeof(struct placed *));
	for (size_t i = 0; i < l->count; i++)
		sorted[i] = &l->list[i];
	qsort(sorted, l->count, sizeof(struct placed *), by_day);
	bool ok = true;
	for (int group = 0; group < GROUP_COUNT; group++)
		ok = add_group(l, sorted, (enum group)group, model, e) && ok;
	return ok;
}

bool lines_idle(const struct lines *l)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->list[i].group != GROUP_OTHERS)
			return false;
	}
	return true;
}

/* ---- for those who add ------------------------------------------------------------------- */

bool lines_running(struct lines *l, const struct competition_terms **ret, size_t *ret_count,
		   struct err *e)
{
	const struct act act = req_act(l->r);
	if (!l->running_read && !competition_terms_running(&act, &l->running, &l->running_count, e))
		return false;
	l->running_read = true;
	*ret = l->running;
	*ret_count = l->running_count;
	return true;
}

static int by_id(const void *id, const void *entry)
{
	const int64_t a = *(const int64_t *)id;
	const int64_t b = ((const struct competition_terms *)entry)->competition.id;
	return (a > b) - (a < b);
}

const struct competition_terms *lines_competition(const struct lines *l, int64_t id)
{
	return l->running_count
		       ? bsearch(&id, l->running, l->running_count, sizeof(*l->running), by_id)
		       : NULL;
}

bool lines_may(struct lines *l, const char *role, const char *organ, bool *ret, struct err *e)
{
	const char *const roles[] = { role, NULL };
	json_t *of_role = json_object_get(l->known, role);
	if (!of_role) {
		(void)json_object_set_new(l->known, role, json_object());
		of_role = json_object_get(l->known, role);
	}
	return row_may(l->r, roles, organ, of_role, ret, e);
}

bool lines_calendar(struct lines *l, const struct calendar **ret, struct err *e)
{
	const struct act act = req_act(l->r);
	if (!l->calendar && !calendar_in_force(&act, &l->calendar, e))
		return false;
	*ret = l->calendar;
	return true;
}

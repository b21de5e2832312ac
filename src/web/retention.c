/* retention.c - what is kept until when, what is held, and the act that ends it (F74). */
#include "app/retention.h"
#include "web/complaint.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

enum { NUMBER_MOST = 60, IIN_SIZE = 12 };

const struct param retention_show_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param retention_destroy_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_TEXT, 1, NUMBER_MOST, true, NULL },
	{ "second", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param retention_person_params[] = {
	{ "iin", P_TEXT, IIN_SIZE, IIN_SIZE, true, NULL },
	{ "number", P_TEXT, 1, NUMBER_MOST, true, NULL },
	{ "second", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param retention_list_params[] = { LIST_PARAMS, PARAMS_END };
static const struct list_column retention_columns[] = {
	{ "id", "list.competition", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "retention.competition", LIST_TEXT, LIST_SORTS, NULL },
	{ "until", "retention.until", LIST_DAY, LIST_SORTS, NULL },
	{ "state", "retention.state", LIST_CODE, LIST_SORTS, "retention.state" },
	{ 0 },
};
const struct list retention_listing = { "competitions", "retention.list.title", retention_columns,
					50 };
const struct param retention_act_params[] = {
	{ "act", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* "destroyed", "held", "due", "kept" */
static const char *state_of(const struct retention *r)
{
	if (r->destroyed)
		return "destroyed";
	if (r->held)
		return "held";
	return r->due ? "due" : "kept";
}

static bool add_one(struct req *r, int64_t id, json_t *list, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct retention kept = { 0 };
	bool may = false;
	if (!competition_load(&act, id, &c, e) ||
	    !act_holds(&act, ROLE_NAME_HR, c.organ, &may, e) ||
	    (!may && !act_holds(&act, ROLE_NAME_AUDITOR, c.organ, &may, e)))
		return false;
	if (!may)
		return true;
	if (!retention_of(&act, &c, &kept, e))
		return false;
	json_t *o = json_pack("{s:I,s:s,s:s}", "id", (json_int_t)id, "post", post_name(r, c.post),
			      "state", state_of(&kept));
	(void)json_object_set_new(o, "until", day_json(kept.until));
	(void)json_array_append_new(list, o);
	return true;
}

bool retention_list(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id FROM competition WHERE state = 'closed'"
			       " ORDER BY closed_ms, id");
	bool fine = rows != NULL;
	json_array_foreach (rows, i, row)
		fine = fine && add_one(r, row_number(row, "id"), list, e);
	list_rows(r, model, list);
	json_decref(list);
	(void)json_object_set_new(model, "may_destroy",
				  json_boolean((r->actor.roles & ROLE_HR) != 0));
	return fine;
}

/* Who may stand by: the other officers of HR of this organ and above; of every organ if it is NULL.
 */
static bool add_officers(struct req *r, const char *organ, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	(void)json_object_set_new(model, "officers", list);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT DISTINCT p.id, p.family, p.given, p.patronymic, p.sort_key,"
			       " g.organ FROM role_grant g JOIN person p ON p.id = g.person_id"
			       " WHERE g.role = 'hr' AND g.revoked_ms IS NULL AND p.id <> $1"
			       " ORDER BY p.sort_key",
			       db_int(r->actor.person_id));
	json_array_foreach (rows, i, row) {
		if (organ && !law_book_under(r->book, organ, row_text(row, "organ")))
			continue;
		row_name(r, row);
		(void)json_object_del(row, "organ");
		(void)json_object_del(row, "sort_key");
		(void)json_array_append(list, row);
	}
	return rows != NULL;
}

bool retention_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct retention kept = { 0 };
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !act_require(&act, ROLE_NAME_HR, c.organ, e) || !retention_of(&act, &c, &kept, e) ||
	    !add_officers(r, c.organ, model, e))
		return false;
	json_t *done =
		db_rows(r->db, r->arena, e,
			"SELECT id FROM destruction_act WHERE competition_id = $1 ORDER BY id DESC",
			db_int(c.id));
	if (!done)
		return false;
	const struct parameter *years = &c.rules->params[PARAM_RECORD_YEARS];
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	(void)json_object_set_new(
		model, "retention",
		json_pack("{s:s,s:o,s:b,s:I,s:b,s:s,s:o}", "state", state_of(&kept), "until",
			  kept.over ? day_json(kept.until) : json_null(), "due", kept.due, "years",
			  (json_int_t)years->value, "assumed", years->assumed, "clause",
			  years->clause, "act",
			  kept.destroyed ? json_integer(row_number(json_array_get(done, 0), "id"))
					 : json_null()));
	return true;
}

bool retention_do_destroy(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	if (!retention_destroy(&act, in_int(r, "competition"), in_text(r, "number"),
			       in_int(r, "second"), &id, e))
		return false;
	r->notice = "retention.notice.destroyed";
	req_go(r, "/destruction-acts/%lld", (long long)id);
	return true;
}

bool retention_person(struct req *r, json_t *model, struct err *e)
{
	return add_officers(r, NULL, model, e);
}

bool retention_do_destroy_person(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	const json_t *rows = db_rows(r->db, r->arena, e, "SELECT id FROM person WHERE iin = $1",
				     db_text(in_text(r, "iin")));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_input(e, "iin", "retention.error.nobody", "nobody has this IIN");
	if (!retention_destroy_person(&act, row_number(json_array_get(rows, 0), "id"),
				      in_text(r, "number"), in_int(r, "second"), &id, e))
		return false;
	r->notice = "retention.notice.destroyed";
	req_go(r, "/destruction-acts/%lld", (long long)id);
	return true;
}

static const char *short_name(struct req *r, const json_t *row, const char *prefix)
{
	return arena_print(r->arena, "%s %s %s",
			   row_text(row, arena_print(r->arena, "%s_family", prefix)),
			   row_text(row, arena_print(r->arena, "%s_given", prefix)),
			   row_text(row, arena_print(r->arena, "%s_patronymic", prefix)));
}

/* The organ whose act it is, and what it is about. */
static bool find_about(struct req *r, const json_t *row, json_t *o, const char **ret_organ,
		       struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	const int64_t person = row_number(row, "person_id");
	const int64_t id = row_number(row, "competition_id");
	if (person > 0 ? !retention_organ_of(&act, person, ret_organ, e)
		       : !competition_load(&act, id, &c, e))
		return false;
	if (person == 0)
		*ret_organ = c.organ;
	(void)json_object_set_new(o, "person", person > 0 ? json_integer(person) : json_null());
	(void)json_object_set_new(o, "competition",
				  person > 0 ? json_null()
					     : json_pack("{s:I,s:s}", "id", (json_int_t)id, "post",
							 post_name(r, c.post)));
	(void)json_object_set_new(o, "organ", json_string(organ_name(r, *ret_organ)));
	return true;
}

static bool require_reader(struct req *r, const char *organ, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	if (!act_holds(&act, ROLE_NAME_HR, organ, &may, e) ||
	    (!may && !act_holds(&act, ROLE_NAME_AUDITOR, organ, &may, e)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's organ");
}

bool retention_act(struct req *r, json_t *model, struct err *e)
{
	const char *organ = "";
	json_t *o = json_object();
	(void)json_object_set_new(model, "act", o);
	json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT d.id, d.number, COALESCE(d.competition_id, 0) AS competition_id,"
		" COALESCE(d.person_id, 0) AS person_id, d.kept_until, d.at_ms, d.seat_events,"
		" d.entries, a.family AS by_family, a.given AS by_given,"
		" a.patronymic AS by_patronymic, b.family AS second_family,"
		" b.given AS second_given, b.patronymic AS second_patronymic"
		"  FROM destruction_act d JOIN person a ON a.id = d.by_id"
		"  JOIN person b ON b.id = d.second_id WHERE d.id = $1",
		db_int(in_int(r, "act")));
	if (!row || !find_about(r, row, o, &organ, e) || !require_reader(r, organ, e))
		return false;
	const day until = { (int32_t)row_number(row, "kept_until") };
	(void)json_object_update_new(
		o,
		json_pack("{s:I,s:s,s:s,s:s,s:I,s:I,s:I,s:o}", "id",
			  (json_int_t)row_number(row, "id"), "number", row_text(row, "number"),
			  "by", short_name(r, row, "by"), "second", short_name(r, row, "second"),
			  "at_ms", (json_int_t)row_number(row, "at_ms"), "seat_events",
			  (json_int_t)row_number(row, "seat_events"), "entries",
			  (json_int_t)row_number(row, "entries"), "kept_until", day_json(until)));
	return true;
}

#include "web/competition/commission.h"
#include "web/list.h"

#include "app/competition/commission_order.h"
#include "base/text.h"
#include "law/vote.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { FOUND_MOST = 20 };

static const char *const roles[] = { "chair", "member", "secretary", "invited", NULL };
static const char *const kinds[] = { "subdivision_head", "own_security", "hr",        "other",
				     "psychologist",     "expert",       "personnel", NULL };

const struct param commission_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "q", P_TEXT, 0, 100, false, NULL },
	PARAMS_END,
};
const struct param commission_order_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "order_number", P_TEXT, 1, 60, true, NULL },
	{ "order_day", P_DAY, 0, 0, true, NULL },
	PARAMS_END,
};
const struct param commission_seat_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "q", P_TEXT, 0, 100, false, NULL },
	{ "person", P_INT, 1, INT64_MAX, true, NULL },
	{ "role", P_CHOICE, 0, 0, true, roles },
	{ "kind", P_CHOICE, 0, 0, true, kinds },
	{ "employee", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param commission_unseat_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "member", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- what the page shows ------------------------------------------------------- */

static bool add_order(struct req *r, const struct competition *c, json_t *model, bool *ret_draft,
		      struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT order_number, order_day, state, appointed_ms"
			       "  FROM commission WHERE competition_id = $1",
			       db_int(c->id));
	if (!rows)
		return false;
	json_t *row = json_array_get(rows, 0);
	const char *day_text = "";
	bool draft = !row || strcmp(row_text(row, "state"), "draft") == 0;
	if (row) {
		char text[DAY_TEXT_SIZE];
		day d = { (int32_t)json_integer_value(json_object_get(row, "order_day")) };
		day_print(d, text);
		day_text = arena_copy(r->arena, text);
		(void)json_object_set_new(row, "order_day", json_string(text));
		(void)json_object_set(model, "commission", row);
	} else {
		(void)json_object_set_new(model, "commission", json_null());
	}
	(void)json_object_set_new(
		model, "order",
		json_pack("{s:s,s:s}", "number", row_text(row, "order_number"), "day", day_text));
	bool announced = strcmp(c->state, "announced") == 0;
	(void)json_object_set_new(model, "changeable", json_boolean(draft && announced));
	(void)json_object_set_new(model, "announced", json_boolean(announced));
	*ret_draft = draft && announced && row;
	return true;
}

static bool add_members(struct req *r, int64_t competition_id, json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT m.id, m.person_id, m.role, m.kind, m.employee, p.organ,"
			" p.position_kk, p.position_ru,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
			"  JOIN person p ON p.id = m.person_id"
			" WHERE k.competition_id = $1 AND m.left_ms IS NULL"
			" ORDER BY CASE m.role WHEN 'chair' THEN 1 WHEN 'member' THEN 2"
			" WHEN 'secretary' THEN 3 ELSE 4 END, p.sort_key, m.id",
			db_int(competition_id));
	if (!rows)
		return false;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const char *position = row_text(row, in_kazakh(r) ? "position_kk" : "position_ru");
		(void)json_object_set_new(row, "position", json_string(position));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		(void)json_object_del(row, "position_kk");
		(void)json_object_del(row, "position_ru");
	}
	(void)json_object_set(model, "members", rows);
	return true;
}

/* R41-1: what is still wrong, live, and what quorum follows. */
static bool add_composition(struct req *r, const struct competition *c, bool drafted, json_t *model,
			    struct err *e)
{
	const struct act act = req_act(r);
	struct composition made = { 0 };
	if (!(drafted ? commission_order_composition(&act, c, &made, e)
		      : commission_composition(&act, c, &made, e)))
		return false;
	json_t *faults = json_array();
	for (size_t i = 0; i < made.count; i++) {
		const char *name = composition_fault_name(made.fault[i].fault);
		const char *kind = made.fault[i].kind;
		const char *key = arena_print(r->arena, "law.commission.%s%s%s", name,
					      *kind ? "." : "", kind);
		(void)json_array_append_new(faults, json_string(key));
	}
	const struct parameter *least = &c->rules->params[PARAM_COMMISSION_LEAST];
	(void)json_object_set_new(
		model, "composition",
		json_pack("{s:b,s:o,s:i,s:I,s:i,s:b}", "lawful", made.count == 0, "faults", faults,
			  "count", made.members, "least", (json_int_t)least->value, "quorum",
			  vote_quorum(c->rules, made.members), "assumed", least->assumed));
	return true;
}

/* Persons by any part of the name; only what is needed to tell namesakes apart. */
static bool add_found(struct req *r, bool draft, json_t *model, struct err *e)
{
	const char *q = in_text(r, "q");
	(void)json_object_set_new(model, "q", json_string(q));
	(void)json_object_set_new(model, "searched", json_boolean(draft && *q));
	json_t *found = json_array();
	(void)json_object_set_new(model, "found", found);
	if (!draft || !*q)
		return true;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, family || ' ' || given || ' ' || patronymic AS name,"
			       " organ, position_kk, position_ru FROM person"
			       " WHERE search LIKE $1 ESCAPE '\\'"
			       " ORDER BY sort_key, id LIMIT $2",
			       db_text(list_pattern(r->arena, q)), db_int(FOUND_MOST));
	if (!rows)
		return false;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const char *position = row_text(row, in_kazakh(r) ? "position_kk" : "position_ru");
		const char *name = arena_print(r->arena, "%s · %s · %s", row_text(row, "name"),
					       position, organ_name(r, row_text(row, "organ")));
		(void)json_array_append_new(
			found,
			json_pack("{s:O,s:s}", "id", json_object_get(row, "id"), "name", name));
	}
	return true;
}

static bool for_hr(struct req *r, struct competition *c, struct err *e)
{
	const struct act act = req_act(r);
	return competition_load(&act, in_int(r, "competition"), c, e) &&
	       act_require(&act, ROLE_NAME_HR, c->organ, e);
}

bool commission_show(struct req *r, json_t *model, struct err *e)
{
	struct competition c = { 0 };
	bool draft = false;
	if (!for_hr(r, &c, e))
		return false;
	(void)json_object_set_new(model, "competition",
				  json_pack("{s:I,s:s,s:s}", "id", (json_int_t)c.id, "post_name",
					    post_name(r, c.post), "organ_name",
					    organ_name(r, c.organ)));
	(void)json_object_set_new(model, "roles", word_options(r, roles, "commission.role"));
	(void)json_object_set_new(model, "kinds", word_options(r, kinds, "commission.kind"));
	bool ordered = false;
	if (!add_order(r, &c, model, &draft, e) || !add_members(r, c.id, model, e))
		return false;
	const bool appointed =
		strcmp(row_text(json_object_get(model, "commission"), "state"), "appointed") == 0;
	return commission_add_orders(r, &c, appointed, model, &ordered, e) &&
	       add_composition(r, &c, ordered, model, e) &&
	       add_found(r, draft || ordered, model, e);
}

/* ---- what it does ---------------------------------------------------------------- */

static bool back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/competitions/%lld/commission", (long long)in_int(r, "competition"));
	return true;
}

bool commission_save_order(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return commission_order(&act, in_int(r, "competition"), in_text(r, "order_number"),
				in_day(r, "order_day"), e) &&
	       back(r, "commission.notice.order");
}

bool commission_add(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct seat_form form = { in_int(r, "person"), in_text(r, "role"), in_text(r, "kind"),
					in_flag(r, "employee") };
	return commission_seat(&act, in_int(r, "competition"), &form, NULL, e) &&
	       back(r, "commission.notice.seated");
}

bool commission_remove(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return commission_unseat(&act, in_int(r, "competition"), in_int(r, "member"), e) &&
	       back(r, "commission.notice.unseated");
}

bool commission_confirm(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return commission_appoint(&act, in_int(r, "competition"), e) &&
	       back(r, "commission.notice.appointed");
}

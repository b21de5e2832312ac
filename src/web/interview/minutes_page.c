/* minutes_page.c - the minutes: read, numbered, signed, reminded of (R47-1, section 4 of rules.md).
 */
#include "app/interview/minutes.h"
#include "app/signature/signature.h"
#include "law/terms.h"
#include "web/evidence/signature.h"
#include "web/interview/interview.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { DISSENT_MOST = 4000, HASH_TEXT = 64 };

const struct param minutes_sign_params[] = {
	{ "interview", P_INT, 1, INT64_MAX, true, NULL },
	{ "hash", P_TEXT, HASH_TEXT, HASH_TEXT, true, NULL },
	{ "dissent", P_TEXT, 0, DISSENT_MOST, false, NULL },
	PARAMS_END,
};

/* ---- who reads ----------------------------------------------------------------------------- */

static bool is_signer(struct req *r, int64_t interview_id, bool *ret, struct err *e)
{
	return db_exists(r->db, e, ret,
			 "SELECT 1 FROM minutes_signature s"
			 "  JOIN commission_member m ON m.id = s.member_id"
			 " WHERE s.interview_id = $1 AND m.person_id = $2",
			 db_int(interview_id), db_int(r->actor.person_id));
}

/* Whoever may know of the interview, and who signs though an order has taken the seat since. */
static bool may_read(struct req *r, int64_t id, struct onlooker *ret, struct err *e)
{
	const struct act act = req_act(r);
	struct onlooker o = { 0 };
	struct err why = { 0 };
	bool signer = false;
	if (onlooker_load(r, id, &o, &why)) {
		*ret = o;
		return true;
	}
	if (why.kind == ERR_MISSING && !is_signer(r, id, &signer, e))
		return false;
	if (!signer) {
		*e = why;
		return false;
	}
	if (!interview_load(&act, id, &o.interview, e))
		return false;
	*ret = o;
	return true;
}

/* ---- the record in the reader's language ----------------------------------------------------- */

static void name_people(const struct req *r, json_t *people)
{
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (people, n, row) {
		const char *position = row_text(row, in_kazakh(r) ? "position_kk" : "position_ru");
		(void)json_object_set_new(row, "position", json_string(position));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		(void)json_object_del(row, "position_kk");
		(void)json_object_del(row, "position_ru");
	}
}

static void add_record(const struct req *r, const struct competition *c, const struct minutes *m,
		       json_t *model)
{
	json_t *order = json_object_get(m->record, "order");
	json_t *orders = json_object_get(m->record, "orders");
	json_t *people = json_object_get(m->record, "people");
	size_t n = 0;
	json_t *row = NULL;
	row_day(order, "order_day");
	json_array_foreach (orders, n, row) {
		row_day(row, "day");
		(void)json_object_del(row, "id");
		(void)json_object_del(row, "in_force_ms");
		(void)json_object_del(row, "file_name");
	}
	name_people(r, people);
	interview_add_criteria(r, c, false, model);
	(void)json_object_set_new(
		model, "ordering",
		json_string(row_text(json_object_get(m->record, "interview"), "ordering")));
	(void)json_object_set(model, "order", order);
	(void)json_object_set(model, "orders", orders);
	(void)json_object_set(model, "people", people);
	(void)json_object_set(model, "candidates", json_object_get(m->record, "candidates"));
}

/* ---- signatures and terms -------------------------------------------------------------------- */

/* Everybody who signs, with what was signed; `mine` is set where this person has not signed. */
static bool add_signatures(struct req *r, int64_t interview_id, const struct minutes *m,
			   json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT s.role, s.hash, s.dissent, s.signed_ms, m.person_id,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM minutes_signature s JOIN commission_member m ON m.id = s.member_id"
			"  JOIN person p ON p.id = m.person_id WHERE s.interview_id = $1"
			" ORDER BY CASE s.role WHEN 'chair' THEN 1 WHEN 'member' THEN 2 ELSE 3 END,"
			" p.sort_key, m.id",
			db_int(interview_id));
	int64_t missing = 0;
	bool mine = false;
	size_t n = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	json_array_foreach (rows, n, row) {
		const bool open = !row_has(row, "signed_ms");
		missing += open;
		mine = mine || (open && row_number(row, "person_id") == r->actor.person_id);
		(void)json_object_set_new(
			row, "binds",
			json_boolean(!open && strcmp(row_text(row, "hash"), m->hash) == 0));
		(void)json_object_del(row, "hash");
		(void)json_object_del(row, "person_id");
	}
	(void)json_object_set(model, "signatures", rows);
	(void)json_object_set_new(model, "missing", json_integer((json_int_t)missing));
	(void)json_object_set_new(model, "signed_by_all", json_boolean(m->frozen && missing == 0));
	(void)json_object_set_new(model, "may_sign", json_boolean(mine && m->frozen));
	return true;
}

/* Last days for signing and for the notices, working days of the rule set. */
static bool add_terms(struct req *r, const struct onlooker *o, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct competition *c = &o->interview.competition;
	const struct parameter *p = &c->rules->params[PARAM_MINUTES_DAYS];
	int64_t closed_ms = 0;
	day sign = { 0 };
	day notice = { 0 };
	int left = 0;
	if (!db_number(r->db, e, &closed_ms, "SELECT closed_ms FROM interview WHERE id = $1",
		       db_int(o->interview.id)))
		return false;
	bool known = minutes_term(&act, &o->interview, closed_ms, &sign, &left) &&
		     terms_notice_last(c->calendar, c->rules, day_of_instant(closed_ms), &notice);
	(void)json_object_set_new(model, "sign_last", known ? day_json(sign) : json_null());
	(void)json_object_set_new(model, "notice_last", known ? day_json(notice) : json_null());
	(void)json_object_set_new(model, "left", json_integer(left));
	(void)json_object_set_new(model, "overdue",
				  json_boolean(known && act_today(&act).n > sign.n));
	(void)json_object_set_new(model, "term_clause", json_string(p->clause));
	(void)json_object_set_new(model, "assumed", json_boolean(p->assumed));
	return true;
}

bool interview_minutes(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct onlooker o = { 0 };
	struct minutes m = { 0 };
	bool signer = false;
	if (!may_read(r, in_int(r, "interview"), &o, e))
		return false;
	if (strcmp(o.interview.state, "closed") != 0)
		return err_set(e, ERR_CONFLICT, "interview.error.not_closed", "no minutes yet");
	if (!minutes_load(&act, &o.interview, &m, e))
		return false;
	const bool secretary = onlooker_is(&o, SEAT_SECRETARY);
	add_record(r, &o.interview.competition, &m, model);
	(void)json_object_set_new(model, "number", json_string(m.number));
	(void)json_object_set_new(model, "hash", json_string(m.hash));
	(void)json_object_set_new(model, "broken", json_boolean(m.broken && *m.hash));
	(void)json_object_set_new(model, "may_number", json_boolean(!m.numbered && secretary));
	if (!interview_head(r, &o, model, e) || !add_signatures(r, o.interview.id, &m, model, e) ||
	    !add_terms(r, &o, model, e) || !is_signer(r, o.interview.id, &signer, e) ||
	    !signature_fill(r, SIGNATURE_MINUTES, o.interview.id, signer && m.frozen, model, e))
		return false;
	(void)json_object_set_new(
		model, "may_remind",
		json_boolean((secretary || o.hr) &&
			     json_integer_value(json_object_get(model, "missing")) > 0));
	return true;
}

/* ---- what is done ---------------------------------------------------------------------------- */

static bool back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/interviews/%lld/minutes", (long long)in_int(r, "interview"));
	return true;
}

bool minutes_do_sign(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return minutes_sign(&act, in_int(r, "interview"), in_text(r, "hash"), in_text(r, "dissent"),
			    e) &&
	       back(r, "minutes.notice.signed");
}

bool minutes_do_remind(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	int64_t told = 0;
	return minutes_remind_one(&act, in_int(r, "interview"), &told, e) &&
	       back(r, told > 0 ? "minutes.notice.reminded" : "minutes.notice.reminded_already");
}

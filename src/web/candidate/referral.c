/* referral.c - what an application was entered from, and the sheet of a referral (R20-1, F17). */
#include "app/candidate/candidate.h"
#include "app/candidate/intake.h"
#include "app/candidate/study.h"
#include "web/candidate/intake.h"
#include "web/evidence/signature.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

/* Replaces the id of a person by the name; NULL stays null. */
static bool put_name(const struct req *r, json_t *row, const char *name, struct err *e)
{
	if (!row_has(row, name))
		return true;
	json_t *person = db_row(r->db, r->arena, e,
				"SELECT family, given, patronymic FROM person WHERE id = $1",
				db_int(row_number(row, name)));
	if (!person)
		return false;
	row_name(r, person);
	(void)json_object_set(row, name, json_object_get(person, "name"));
	return true;
}

/* F17: the paper it was entered from, by whom it was entered and sent, and the rating that a
 * referral brings; null for a candidate's own. */
bool intake_model(struct req *r, int64_t id, json_t *model, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT i.body, i.number, i.day, i.by_body, i.entered_by, i.confirmed_by,"
		" p.family, p.given, p.patronymic, (SELECT x.value FROM rating x"
		"   WHERE x.application_id = i.application_id ORDER BY x.id DESC LIMIT 1) AS rating"
		"  FROM intake i JOIN application a ON a.id = i.application_id"
		"  JOIN person p ON p.id = a.person_id WHERE i.application_id = $1",
		db_int(id));
	json_t *row = json_array_get(rows, 0);
	if (row) {
		if (!put_name(r, row, "entered_by", e) || !put_name(r, row, "confirmed_by", e))
			return false;
		row_day(row, "day");
		row_name(r, row);
		(void)json_object_set_new(row, "referral", json_boolean(*row_text(row, "body")));
		(void)json_object_set_new(row, "body",
					  json_string(organ_name(r, row_text(row, "body"))));
		(void)json_object_set_new(row, "by_body",
					  json_boolean(row_number(row, "by_body") != 0));
	}
	(void)json_object_set(model, "intake", row ? row : json_null());
	return rows != NULL;
}

/* ---- the sheet ---------------------------------------------------------------------------- */

/* HR of the competition, the body that refers, the candidate, and the commission. */
static bool may_read(struct req *r, const struct candidate *c, struct err *e)
{
	const struct act act = req_act(r);
	bool may = c->person_id == r->actor.person_id;
	if ((!may && !intake_may_write(&act, c->application_id, &may, e)) ||
	    (!may && !commission_has(&act, c->application_id, &may, e)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's");
}

/* The papers that clause 20 asks for, each with its signatory or as missing; the rating is none of
 * the documents, it has a table of its own. */
static bool add_attached(struct req *r, const struct candidate *c, json_t *model, struct err *e)
{
	const struct rule_set *rules = c->competition.rules;
	json_t *list = json_array();
	(void)json_object_set_new(model, "attached", list);
	for (size_t i = 0; i < rules->other_document_count; i++) {
		const struct required_document *wanted = &rules->other_documents[i];
		json_t *rows = db_rows(
			r->db, r->arena, e,
			"SELECT signatory, signatory_position, signed_day AS day FROM document"
			" WHERE application_id = $1 AND kind = $2 AND replaced_ms IS NULL"
			" UNION ALL SELECT issuer, '', day FROM (SELECT issuer, day FROM rating"
			"  WHERE application_id = $1 AND $2 = 'rating' ORDER BY id DESC LIMIT 1) x",
			db_int(c->application_id), db_text(wanted->kind));
		json_t *row = json_array_get(rows, 0);
		if (!rows)
			return false;
		json_t *o = json_pack("{s:s,s:b}", "name",
				      in_kazakh(r) ? wanted->name_kk : wanted->name_ru, "there",
				      row != NULL);
		if (row)
			row_day(row, "day");
		(void)json_object_set_new(o, "signatory", json_string(row_text(row, "signatory")));
		(void)json_object_set_new(
			o, "as",
			*row_text(row, "signatory_position")
				? json_string(arena_print(r->arena, "signatory.%s",
							  row_text(row, "signatory_position")))
				: json_null());
		(void)json_object_set_new(
			o, "day", row ? json_incref(json_object_get(row, "day")) : json_null());
		(void)json_array_append_new(list, o);
	}
	return true;
}

bool referral_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	const int64_t id = in_int(r, "application");
	if (!candidate_load(&act, id, &c, e) || !may_read(r, &c, e) ||
	    !intake_model(r, id, model, e) || !add_attached(r, &c, model, e) ||
	    !signature_fill_papers(r, id, model, e))
		return false;
	const json_t *intake = json_object_get(model, "intake");
	if (!json_is_true(json_object_get(intake, "referral")))
		return err_set(e, ERR_MISSING, "error.missing", "no referral");
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT a.position, a.sent_ms, a.receipt, c.organ FROM application a"
			     " JOIN competition c ON c.id = a.competition_id WHERE a.id = $1",
			     db_int(id));
	if (!row)
		return false;
	(void)json_object_set_new(row, "organ", json_string(organ_name(r, row_text(row, "organ"))));
	(void)json_object_set(model, "referral", row);
	model_candidate(r, &c, model);
	return true;
}

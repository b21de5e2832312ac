/* challenge_paper.c - models of the two papers of a challenge: as it was filled in, and the
 * decision.  Neither has a word of the question: papers lie about. */
#include "app/competition/competition.h"
#include "app/result/challenge.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/challenge.h"

#include <string.h>

/* The challenge, its organ, and the candidate's name for the own eyes alone (F9). */
static bool read_paper(struct req *r, json_t **ret, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "challenge");
	struct challenge_reader who = { 0 };
	if (!challenge_may_read(&act, id, &who, e))
		return false;
	json_t *row = challenge_row(r, id, e);
	const json_t *person =
		db_row(r->db, r->arena, e,
		       "SELECT p.family || ' ' || p.given || ' ' || p.patronymic AS name, c.organ"
		       " FROM challenge x JOIN attempt t ON t.id = x.attempt_id"
		       " JOIN application a ON a.id = t.application_id"
		       " JOIN person p ON p.id = a.person_id"
		       " JOIN competition c ON c.id = a.competition_id WHERE x.id = $1",
		       db_int(id));
	if (!row || !person)
		return false;
	(void)json_object_set_new(row, "organ",
				  json_string(organ_name(r, row_text(person, "organ"))));
	(void)json_object_set_new(row, "name",
				  who.own ? json_string(row_text(person, "name")) : json_null());
	*ret = row;
	return true;
}

bool challenge_form_paper(struct req *r, json_t *model, struct err *e)
{
	json_t *row = NULL;
	if (!read_paper(r, &row, e))
		return false;
	(void)json_object_set(model, "challenge", row);
	return true;
}

/* The appeal text and its term are those of the rule set that the competition has pinned. */
static bool add_appeal(struct req *r, json_t *row, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	int64_t id = 0;
	if (!db_number(r->db, e, &id,
		       "SELECT s.competition_id FROM attempt t JOIN sitting s"
		       " ON s.id = t.sitting_id WHERE t.id = $1",
		       db_int(row_number(row, "attempt"))) ||
	    !competition_load(&act, id, &c, e))
		return false;
	const struct parameter *months = &c.rules->params[PARAM_APPEAL_MONTHS];
	(void)json_object_set_new(
		row, "appeal", json_string(in_kazakh(r) ? c.rules->appeal_kk : c.rules->appeal_ru));
	(void)json_object_set_new(
		row, "months", months->set ? json_integer((json_int_t)months->value) : json_null());
	return true;
}

static bool add_result(const struct req *r, json_t *row, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT o.correct AS was, v.correct AS now, v.asked, v.positive"
			       " FROM challenge x JOIN key_correction k ON k.finding_id ="
			       " x.finding_id JOIN result_version v ON v.correction_id = k.id"
			       "  AND v.attempt_id = x.attempt_id"
			       " JOIN result_version o ON o.attempt_id = v.attempt_id"
			       "  AND o.number = v.number - 1 WHERE x.id = $1",
			       db_int(row_number(row, "id")));
	json_t *result = json_array_get(rows, 0);
	(void)json_object_set(row, "result", result ? result : json_null());
	return rows != NULL;
}

bool challenge_decision_paper(struct req *r, json_t *model, struct err *e)
{
	json_t *row = NULL;
	if (!read_paper(r, &row, e))
		return false;
	if (strcmp(row_text(row, "state"), "decided") != 0)
		return err_set(e, ERR_MISSING, "error.missing", "not decided");
	(void)json_object_set(model, "challenge", row);
	return challenge_verdict(r, row, row, e) && add_appeal(r, row, e) && add_result(r, row, e);
}

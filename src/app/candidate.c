#include "app/candidate.h"

#include <string.h>

static bool number_of(const json_t *row, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(row, name);
	*ret = json_integer_value(value);
	return json_is_integer(value);
}

/* The latest decision of the qualification check: "met" counts at once, a refusal only when a
 * second officer has confirmed it (F20); one that was sent back counts for nothing. */
static enum check_outcome check_of(const json_t *row)
{
	const char *outcome = row_text(row, "check_outcome");
	const char *answer = row_text(row, "check_answer");
	if (strcmp(outcome, "met") == 0)
		return CHECK_MET;
	if (strcmp(outcome, "not_met") != 0 || strcmp(answer, "sent_back") == 0)
		return CHECK_NONE;
	return strcmp(answer, "confirmed") == 0 ? CHECK_NOT_MET : CHECK_PROPOSED_REFUSAL;
}

/* A result counts once the names are opened (F9); one that was annulled for a breach never does; an
 * attempt that a technical failure made void is as if it had not been. */
static enum test_outcome test_of(const json_t *row)
{
	int64_t positive = 0;
	int64_t attempt = 0;
	if (strcmp(row_text(row, "test_finish"), "breach") == 0)
		return TEST_ANNULLED;
	if (number_of(row, "test_positive", &positive))
		return positive ? TEST_POSITIVE : TEST_NEGATIVE;
	return number_of(row, "attempt_id", &attempt) ? TEST_RUNNING : TEST_NONE;
}

/* R6-1: what is on record of each of the six parts; the latest row of each counts. */
static json_t *read_record(const struct act *act, int64_t id, struct err *e)
{
	return db_row(
		act->db, act->arena, e,
		"SELECT a.competition_id, a.person_id, a.state, a.test_language,"
		" p.family, p.given, p.patronymic,"
		" (SELECT q.outcome FROM qualification_decision q WHERE q.application_id = a.id"
		"   ORDER BY q.id DESC LIMIT 1) AS check_outcome,"
		" (SELECT q.answer FROM qualification_decision q WHERE q.application_id = a.id"
		"   ORDER BY q.id DESC LIMIT 1) AS check_answer,"
		" (SELECT s.outcome FROM study s WHERE s.application_id = a.id"
		"   AND s.kind = 'polygraph' ORDER BY s.id DESC LIMIT 1) AS polygraph,"
		" (SELECT s.outcome FROM study s WHERE s.application_id = a.id"
		"   AND s.kind = 'psycho' ORDER BY s.id DESC LIMIT 1) AS psycho,"
		" (SELECT MAX(r.id) FROM rating r WHERE r.application_id = a.id) AS rating_id,"
		" (SELECT t.id FROM attempt t WHERE t.application_id = a.id AND t.void = 0)"
		"   AS attempt_id,"
		" (SELECT t.finish FROM attempt t WHERE t.application_id = a.id AND t.void = 0)"
		"   AS test_finish,"
		" (SELECT r.positive FROM result r JOIN attempt t ON t.id = r.attempt_id"
		"   JOIN sitting s ON s.id = t.sitting_id AND s.names_ms IS NOT NULL"
		"   WHERE t.application_id = a.id AND t.void = 0) AS test_positive,"
		" (SELECT i.ended_ms FROM interview_candidate i WHERE i.application_id = a.id)"
		"   AS interviewed_ms"
		"  FROM application a JOIN person p ON p.id = a.person_id WHERE a.id = $1",
		db_int(id));
}

static struct admission_record record_of(const json_t *row)
{
	int64_t ignored = 0;
	return (struct admission_record){
		.sent = strcmp(row_text(row, "state"), "sent") == 0,
		.check = check_of(row),
		.rating = number_of(row, "rating_id", &ignored),
		.polygraph = study_outcome_of(row_text(row, "polygraph")),
		.psycho = study_outcome_of(row_text(row, "psycho")),
		.test = test_of(row),
		.interviewed = number_of(row, "interviewed_ms", &ignored),
	};
}

bool candidate_load(const struct act *act, int64_t application_id, struct candidate *ret,
		    struct err *e)
{
	json_t *row = read_record(act, application_id, e);
	struct candidate c = { .application_id = application_id };
	int64_t competition_id = 0;
	if (!row || !number_of(row, "competition_id", &competition_id) ||
	    !competition_load(act, competition_id, &c.competition, e))
		return false;
	const char *patronymic = row_text(row, "patronymic");
	(void)number_of(row, "person_id", &c.person_id);
	c.state = row_text(row, "state");
	c.test_language = row_text(row, "test_language");
	c.name = arena_print(act->arena, "%s %s%s%s", row_text(row, "family"),
			     row_text(row, "given"), *patronymic ? " " : "", patronymic);
	c.record = record_of(row);
	c.admission = admission_judge(&c.record);
	*ret = c;
	return true;
}

#include "app/candidate/candidate.h"

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

/* ---- who acts ------------------------------------------------------------------------------- */

/* `of` selects the application_id and competition_id that thing $1 leads to. */
#define COMPETES(of)                                                                               \
	db_exists(act->db, e, ret,                                                                 \
		  "SELECT 1 FROM (" of                                                             \
		  ") x WHERE " CANDIDATE_COMPETES("$2", "x.application_id", "x.competition_id"),   \
		  db_int(id), db_int(act->person_id))
#define OF_APPLICATION(table)                                                                      \
	COMPETES("SELECT a.id AS application_id, a.competition_id FROM " table " t"                \
		 " JOIN application a ON a.id = t.application_id WHERE t.id = $1")
#define OF_COMPETITION(table)                                                                      \
	COMPETES("SELECT 0 AS application_id, t.competition_id FROM " table " t WHERE t.id = $1")

/* What belongs to one candidate. */
static bool competes_for_one(const struct act *act, enum candidate_thing thing, int64_t id,
			     bool *ret, struct err *e)
{
	switch (thing) {
	case THING_DOCUMENT: return OF_APPLICATION("document");
	case THING_STUDY: return OF_APPLICATION("study");
	case THING_RATING: return OF_APPLICATION("rating");
	case THING_INFORMATION: return OF_APPLICATION("security_information");
	case THING_COMPLAINT: return OF_APPLICATION("complaint");
	case THING_SIGNATURE:
		return COMPETES("SELECT COALESCE(application_id, 0) AS application_id,"
				" competition_id FROM document_signature WHERE id = $1");
	case THING_ATTEMPT: return OF_APPLICATION("attempt");
	case THING_CHALLENGE:
		return COMPETES("SELECT a.id AS application_id, a.competition_id FROM challenge c"
				" JOIN attempt t ON t.id = c.attempt_id"
				" JOIN application a ON a.id = t.application_id WHERE c.id = $1");
	case THING_CHALLENGED_ITEM:
		return COMPETES("SELECT a.id AS application_id, a.competition_id FROM challenge c"
				" JOIN attempt t ON t.id = c.attempt_id"
				" JOIN application a ON a.id = t.application_id"
				" WHERE c.item_id = $1");
	default:
		return COMPETES("SELECT id AS application_id, competition_id FROM application"
				" WHERE id = $1");
	}
}

/* Sittings and interviews lead to those who are there, too, whatever became of the application. */
static bool competes_for_many(const struct act *act, enum candidate_thing thing, int64_t id,
			      bool *ret, struct err *e)
{
	switch (thing) {
	case THING_SITTING:
		return COMPETES("SELECT t.application_id, s.competition_id FROM sitting s"
				" LEFT JOIN attempt t ON t.sitting_id = s.id WHERE s.id = $1");
	case THING_SITTING_ACT:
		return COMPETES("SELECT t.application_id, s.competition_id FROM sitting_act d"
				" JOIN sitting s ON s.id = d.sitting_id"
				" LEFT JOIN attempt t ON t.sitting_id = s.id WHERE d.id = $1");
	case THING_OPENING:
		return COMPETES("SELECT t.application_id, s.competition_id FROM bank_opening o"
				" JOIN sitting s ON s.id = o.sitting_id"
				" LEFT JOIN attempt t ON t.sitting_id = s.id WHERE o.id = $1");
	case THING_INTERVIEW:
		return COMPETES("SELECT c.application_id, i.competition_id FROM interview i"
				" LEFT JOIN interview_candidate c ON c.interview_id = i.id"
				" WHERE i.id = $1");
	case THING_COMMISSION_ORDER:
		return COMPETES("SELECT 0 AS application_id, k.competition_id"
				" FROM commission_order o JOIN commission k"
				" ON k.id = o.commission_id WHERE o.id = $1");
	case THING_SECURITY_LIST: return OF_COMPETITION("security_list");
	case THING_BODY_REQUEST: return OF_COMPETITION("body_request");
	case THING_BULK: return OF_COMPETITION("bulk");
	case THING_DESTRUCTION_ACT: return OF_COMPETITION("destruction_act");
	case THING_DESTRUCTION_PROPOSAL: return OF_COMPETITION("destruction_proposal");
	case THING_JOURNAL_ENTRY:
		return COMPETES("SELECT 0 AS application_id, competition_id FROM journal_entry"
				" WHERE seq = $1");
	default:
		return COMPETES("SELECT 0 AS application_id, id AS competition_id FROM competition"
				" WHERE id = $1");
	}
}

bool candidate_competes(const struct act *act, enum candidate_thing thing, int64_t id, bool *ret,
			struct err *e)
{
	*ret = false;
	if (act->person_id == 0 || thing == THING_NONE)
		return true;
	return thing < THING_SITTING ? competes_for_one(act, thing, id, ret, e)
				     : competes_for_many(act, thing, id, ret, e);
}

bool candidate_require_other(const struct act *act, enum candidate_thing thing, int64_t id,
			     struct err *e)
{
	bool competes = false;
	if (!candidate_competes(act, thing, id, &competes, e))
		return false;
	return !competes || err_set(e, ERR_DENIED, "candidate.error.competes",
				    "person %lld competes", (long long)act->person_id);
}

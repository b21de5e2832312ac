#include "app/interview/question.h"

#include <string.h>

/* The running interview of a candidate whose hearing has begun, for its secretary. */
static bool for_record(const struct act *act, int64_t application_id, struct interview *ret,
		       struct err *e)
{
	struct interview i = { 0 };
	bool heard = false;
	if (!interview_of(act, application_id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e) ||
	    !db_exists(act->db, e, &heard,
		       "SELECT 1 FROM interview_candidate WHERE application_id = $1"
		       " AND started_ms IS NOT NULL",
		       db_int(application_id)))
		return false;
	if (strcmp(i.state, "running") != 0)
		return err_set(e, ERR_CONFLICT, "interview.error.not_running",
			       "the interview is %s", i.state);
	if (!heard)
		return err_set(e, ERR_CONFLICT, "interview.error.not_heard", "not heard yet");
	*ret = i;
	return true;
}

static bool check_form(const struct act *act, const struct interview *i,
		       const struct question_form *form, struct err *e)
{
	bool sits = false;
	if (!db_exists(act->db, e, &sits,
		       "SELECT 1 FROM commission_member m JOIN commission k"
		       "  ON k.id = m.commission_id WHERE k.competition_id = $1 AND m.id = $2"
		       " AND k.state = 'appointed' AND m.role <> 'secretary'",
		       db_int(i->competition.id), db_int(form->asked_by)))
		return false;
	if (!sits)
		return err_input(e, "asked_by", "question.error.asked_by", "no seat that asks");
	if (!*form->question)
		return err_input(e, "question", "error.required", "no question");
	return *form->answer || err_input(e, "answer", "error.required", "no answer");
}

static bool write(const struct act *act, const struct interview *i, int64_t application_id,
		  int64_t number, int64_t version, const struct question_form *form, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO interview_question (application_id, number, version, asked_by,"
		       " question, answer, by_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       db_int(application_id), db_int(number), db_int(version),
		       db_int(form->asked_by), db_text(form->question), db_text(form->answer),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, version == 1 ? "question.noted" : "question.corrected",
			   i->competition.id, act_subject(act, "application", application_id),
			   json_pack("{s:I,s:I,s:I,s:s,s:s}", "number", (json_int_t)number,
				     "version", (json_int_t)version, "asked_by",
				     (json_int_t)form->asked_by, "question", form->question,
				     "answer", form->answer),
			   e);
}

bool question_add(const struct act *act, int64_t application_id, const struct question_form *form,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	int64_t number = 0;
	return db_begin(act->db, &tx, e) && for_record(act, application_id, &i, e) &&
	       check_form(act, &i, form, e) &&
	       db_number(act->db, e, &number,
			 "SELECT COALESCE(MAX(number), 0) + 1 FROM interview_question"
			 " WHERE application_id = $1",
			 db_int(application_id)) &&
	       write(act, &i, application_id, number, 1, form, e) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM question_draft WHERE application_id = $1 AND person_id = $2",
		       db_int(application_id), db_int(act->person_id)) &&
	       db_commit(&tx, e);
}

bool question_correct(const struct act *act, int64_t application_id, int64_t number,
		      const struct question_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	int64_t version = 0;
	return db_begin(act->db, &tx, e) && for_record(act, application_id, &i, e) &&
	       check_form(act, &i, form, e) &&
	       db_number(act->db, e, &version,
			 "SELECT MAX(version) FROM interview_question WHERE application_id = $1"
			 " AND number = $2",
			 db_int(application_id), db_int(number)) &&
	       write(act, &i, application_id, number, version + 1, form, e) && db_commit(&tx, e);
}

/* ---- draft -------------------------------------------------------------------------------- */

bool question_keep_draft(const struct act *act, int64_t application_id,
			 const struct question_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	return db_begin(act->db, &tx, e) && for_record(act, application_id, &i, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO question_draft (application_id, person_id, asked_by, question,"
		       " answer, at_ms) VALUES ($1, $2, $3, $4, $5, $6)"
		       " ON CONFLICT (application_id, person_id) DO UPDATE SET"
		       " asked_by = excluded.asked_by, question = excluded.question,"
		       " answer = excluded.answer, at_ms = excluded.at_ms",
		       db_int(application_id), db_int(act->person_id), db_int(form->asked_by),
		       db_text(form->question), db_text(form->answer), db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

bool question_draft(const struct act *act, int64_t application_id, json_t **ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT asked_by, question, answer FROM question_draft"
			       " WHERE application_id = $1 AND person_id = $2",
			       db_int(application_id), db_int(act->person_id));
	json_t *row = json_array_get(rows, 0);
	*ret = row ? row : json_null();
	return rows != NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

bool question_read(const struct act *act, int64_t application_id, json_t **ret, struct err *e)
{
	json_t *list =
		db_rows(act->db, act->arena, e,
			"SELECT q.number, q.version, q.asked_by, q.question, q.answer, q.at_ms,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM interview_question q JOIN commission_member m ON m.id = q.asked_by"
			"  JOIN person p ON p.id = m.person_id WHERE q.application_id = $1"
			" AND q.version = (SELECT MAX(x.version) FROM interview_question x"
			"   WHERE x.application_id = q.application_id AND x.number = q.number)"
			" ORDER BY q.number",
			db_int(application_id));
	size_t n = 0;
	json_t *row = NULL;
	json_array_foreach (list, n, row) {
		json_t *earlier = db_rows(
			act->db, act->arena, e,
			"SELECT q.version, q.question, q.answer, q.at_ms,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM interview_question q JOIN commission_member m ON m.id = q.asked_by"
			"  JOIN person p ON p.id = m.person_id"
			" WHERE q.application_id = $1 AND q.number = $2 AND q.version < $3"
			" ORDER BY q.version",
			db_int(application_id), db_int(row_number(row, "number")),
			db_int(row_number(row, "version")));
		if (!earlier)
			return false;
		(void)json_object_set(row, "earlier", earlier);
	}
	*ret = list;
	return list != NULL;
}

#include "app/result/finding.h"

#include "app/bank/bank_item.h"
#include "app/candidate/candidate.h"
#include "app/notice/tell.h"
#include "app/result/correction.h"

#include <string.h>

/* ---- who ------------------------------------------------------------------------------------ */

/* F25: whoever answers for a version does not judge it. */
static bool answers_for(const struct act *act, int64_t item_id, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM bank_revision v WHERE v.item_id = $1 AND (v.author_id = $2"
			 " OR EXISTS (SELECT 1 FROM bank_sign s WHERE s.bank_item_id ="
			 "  v.bank_item_id AND s.revision = v.number AND s.person_id = $2))",
			 db_int(item_id), db_int(act->person_id));
}

bool finding_asked(const struct act *act, int64_t item_id, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM form_question q JOIN attempt t ON t.id = q.attempt_id"
			 " JOIN application a ON a.id = t.application_id"
			 " WHERE q.item_id = $1 AND a.person_id = $2",
			 db_int(item_id), db_int(act->person_id));
}

static bool is_approver(const struct act *act, bool *ret, struct err *e)
{
	return act_holds(act, ROLE_NAME_APPROVER, act->book->organs[0].code, ret, e);
}

bool finding_may(const struct act *act, int64_t item_id, int64_t found_by, bool *ret, struct err *e)
{
	bool reviewer = false;
	bool approver = false;
	bool answers = false;
	bool asked = false;
	bool competes = false;
	if (!candidate_competes(act, THING_CHALLENGED_ITEM, item_id, &competes, e) ||
	    !act_holds(act, ROLE_NAME_REVIEWER, act->book->organs[0].code, &reviewer, e) ||
	    !is_approver(act, &approver, e) || !answers_for(act, item_id, &answers, e) ||
	    !finding_asked(act, item_id, &asked, e))
		return false;
	*ret = !asked && !answers && !competes &&
	       (found_by == 0 ? reviewer || approver : approver && found_by != act->person_id);
	return true;
}

/* The role first: it says more than that somebody is involved. */
static bool require(const struct act *act, int64_t item_id, int64_t found_by, struct err *e)
{
	bool approver = false;
	bool may = false;
	if (!is_approver(act, &approver, e) ||
	    (!approver && found_by != 0 && !bank_require(act, ROLE_NAME_APPROVER, e)))
		return false;
	if ((!approver && !bank_require(act, ROLE_NAME_REVIEWER, e)) ||
	    !candidate_require_other(act, THING_CHALLENGED_ITEM, item_id, e))
		return false;
	return finding_may(act, item_id, found_by, &may, e) &&
	       (may || err_set(e, ERR_CONFLICT, "challenge.error.involved",
			       "wrote, signed, found or was asked it"));
}

bool finding_newest(const struct act *act, int64_t item_id, int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret,
			 "SELECT COALESCE(MAX(id), 0) FROM challenge WHERE item_id = $1"
			 " AND state IN ('open', 'withdrawn', 'decided')",
			 db_int(item_id));
}

/* ---- finding -------------------------------------------------------------------------------- */

/* The option that is right today: of the version, or of its last correction; NO_OPTION of a void
 * one. */
static bool right_today(const struct act *act, int64_t item_id, int64_t *ret, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT answer FROM key_correction WHERE item_id = $1"
				     " ORDER BY id DESC LIMIT 1",
				     db_int(item_id));
	const json_t *row = json_array_get(rows, 0);
	if (row)
		*ret = row_has(row, "answer") ? row_number(row, "answer") : NO_OPTION;
	return rows && (row || db_number(act->db, e, ret, "SELECT answer FROM item WHERE id = $1",
					 db_int(item_id)));
}

static bool check_form(const struct act *act, int64_t item_id, const struct finding_form *form,
		       struct err *e)
{
	int64_t options = 0;
	int64_t right = NO_OPTION;
	if (!db_number(act->db, e, &options, "SELECT options FROM item WHERE id = $1",
		       db_int(item_id)) ||
	    !right_today(act, item_id, &right, e))
		return false;
	if (form->finding.kind == FINDING_KEY) {
		if (form->finding.answer < 0 || form->finding.answer >= options)
			return err_input(e, "right", "challenge.error.right", "no such option");
		if (form->finding.answer == right)
			return err_input(e, "right", "challenge.error.same_key", "right already");
	}
	if (!*form->article)
		return err_input(e, "article", "error.required", "no article");
	return *form->reasons || err_input(e, "reasons", "error.required", "no reasons");
}

static bool none_waits(const struct act *act, int64_t item_id, struct err *e)
{
	bool waits = false;
	return db_exists(act->db, e, &waits,
			 "SELECT 1 FROM finding WHERE item_id = $1 AND state = 'proposed'",
			 db_int(item_id)) &&
	       (!waits || err_set(e, ERR_CONFLICT, "challenge.error.proposed",
				  "another finding waits for its answer"));
}

static bool note(const struct act *act, const char *kind, int64_t id, int64_t item_id,
		 json_t *content, struct err *e)
{
	if (!content)
		return err_set(e, ERR_SYSTEM, "error.system", "no content");
	(void)json_object_set_new(content, "item", json_integer((json_int_t)item_id));
	return act_journal(act, kind, 0, act_subject(act, "finding", id), content, e);
}

bool finding_propose(const struct act *act, int64_t challenge_id, const struct finding_form *form,
		     int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const bool key = form->finding.kind == FINDING_KEY;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *row =
		db_row(act->db, act->arena, e, "SELECT item_id, state FROM challenge WHERE id = $1",
		       db_int(challenge_id));
	const int64_t item = row_number(row, "item_id");
	if (!row || !require(act, item, 0, e))
		return false;
	if (strcmp(row_text(row, "state"), "open") != 0)
		return err_set(e, ERR_CONFLICT, "challenge.error.state", "not open");
	if (!none_waits(act, item, e) || !check_form(act, item, form, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO finding (item_id, kind, answer, article, reasons, state, by_id,"
		       " at_ms, answer_note) VALUES ($1, $2, $3, $4, $5, 'proposed', $6, $7, '')"
		       " RETURNING id",
		       db_int(item), db_text(finding_name(form->finding.kind)),
		       key ? db_int(form->finding.answer) : db_null(), db_text(form->article),
		       db_text(form->reasons), db_int(act->person_id), db_int(act->now_ms)) ||
	    !note(act, "finding.proposed", id, item,
		  json_pack("{s:s,s:i,s:s,s:s}", "kind", finding_name(form->finding.kind), "answer",
			    key ? form->finding.answer : NO_OPTION, "article", form->article,
			    "reasons", form->reasons),
		  e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- answering ------------------------------------------------------------------------------ */

struct waiting {
	int64_t id, item_id, found_by;
	struct key_finding finding;
	const char *article, *reasons;
};

static bool load(const struct act *act, int64_t id, struct waiting *ret, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT item_id, kind, answer, article, reasons, state, by_id"
				   " FROM finding WHERE id = $1",
				   db_int(id));
	if (!row)
		return false;
	*ret = (struct waiting){
		.id = id,
		.item_id = row_number(row, "item_id"),
		.found_by = row_number(row, "by_id"),
		.finding.answer =
			row_has(row, "answer") ? (int)row_number(row, "answer") : NO_OPTION,
		.article = row_text(row, "article"),
		.reasons = row_text(row, "reasons"),
	};
	if (!finding_of(row_text(row, "kind"), &ret->finding.kind))
		return err_set(e, ERR_DB, "error.storage", "a finding of an unknown kind");
	if (strcmp(row_text(row, "state"), "proposed") != 0)
		return err_set(e, ERR_CONFLICT, "challenge.error.answered", "answered already");
	return true;
}

static bool check_answer(const struct act *act, const struct waiting *w,
			 const struct finding_answer *answer, struct err *e)
{
	int64_t newest = 0;
	if (!require(act, w->item_id, w->found_by, e) ||
	    !finding_newest(act, w->item_id, &newest, e))
		return false;
	if (!answer->confirmed && !*answer->note)
		return err_input(e, "note", "error.required", "returned without a reason");
	return newest == answer->newest || err_set(e, ERR_CONFLICT, "challenge.error.newer",
						   "a challenge has come since it was read");
}

static bool correct(const struct act *act, const struct waiting *w, struct err *e)
{
	if (w->finding.kind == FINDING_REJECTED)
		return true;
	const json_t *form = db_row(act->db, act->arena, e,
				    "SELECT attempt_id, number FROM challenge WHERE item_id = $1"
				    " ORDER BY id LIMIT 1",
				    db_int(w->item_id));
	const struct correction c = {
		.finding_id = w->id,
		.item_id = w->item_id,
		.finding = w->finding,
		.expert_id = w->found_by,
		.attempt_id = row_number(form, "attempt_id"),
		.number = row_number(form, "number"),
		.why = arena_print(act->arena, "%s. %s", w->article, w->reasons),
	};
	return form && correction_make(act, &c, e);
}

static bool end_challenge(const struct act *act, int64_t finding_id, int64_t id, struct err *e)
{
	int64_t changed = 0;
	return db_exec(act->db, e, &changed,
		       "UPDATE challenge SET state = 'decided', finding_id = $1, ended_ms = $2"
		       " WHERE id = $3 AND state = 'open'",
		       db_int(finding_id), db_int(act->now_ms), db_int(id)) &&
	       (changed == 1 ||
		err_set(e, ERR_CONFLICT, "challenge.error.state", "no longer open"));
}

/* All open ones of the version together; whoever filed one is told. */
static bool decide(const struct act *act, const struct waiting *w, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT x.id, t.application_id, a.competition_id"
				     " FROM challenge x JOIN attempt t ON t.id = x.attempt_id"
				     " JOIN application a ON a.id = t.application_id"
				     " WHERE x.item_id = $1 AND x.state = 'open' ORDER BY x.id",
				     db_int(w->item_id));
	json_array_foreach (rows, i, row) {
		struct competition c = { 0 };
		const int64_t id = row_number(row, "id");
		if (!end_challenge(act, w->id, id, e) ||
		    !competition_load(act, row_number(row, "competition_id"), &c, e) ||
		    !act_journal(act, "challenge.decided", c.id, act_subject(act, "challenge", id),
				 json_pack("{s:I,s:s}", "finding", (json_int_t)w->id, "kind",
					   finding_name(w->finding.kind)),
				 e) ||
		    !tell_challenge_decided(act, &c, row_number(row, "application_id"), id, e))
			return false;
	}
	return rows != NULL;
}

static bool store_answer(const struct act *act, int64_t id, const struct finding_answer *answer,
			 struct err *e)
{
	int64_t changed = 0;
	return db_exec(act->db, e, &changed,
		       "UPDATE finding SET state = $1, answered_by = $2, answered_ms = $3,"
		       " answer_note = $4 WHERE id = $5 AND state = 'proposed'",
		       db_text(answer->confirmed ? "confirmed" : "returned"),
		       db_int(act->person_id), db_int(act->now_ms), db_text(answer->note),
		       db_int(id)) &&
	       (changed == 1 ||
		err_set(e, ERR_CONFLICT, "challenge.error.answered", "answered already"));
}

bool finding_reply(const struct act *act, int64_t id, const struct finding_answer *answer,
		   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct waiting w = { 0 };
	const char *kind = answer->confirmed ? "finding.confirmed" : "finding.returned";
	return db_begin(act->db, &tx, e) && load(act, id, &w, e) &&
	       check_answer(act, &w, answer, e) && store_answer(act, id, answer, e) &&
	       note(act, kind, id, w.item_id, json_pack("{s:s}", "note", answer->note), e) &&
	       (!answer->confirmed || (correct(act, &w, e) && decide(act, &w, e))) &&
	       db_commit(&tx, e);
}

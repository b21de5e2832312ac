#include "app/result/correction.h"

#include "app/bank/bank_correct.h"
#include "app/candidate/candidate.h"
#include "app/evidence/checkpoint.h"
#include "app/notice/tell.h"

#include <string.h>

/* ---- the effect ----------------------------------------------------------------------------- */

/* The law of one competition after the other: the rows come in their order. */
struct counting {
	const struct act *act;
	int64_t item_id;
	const struct key_finding *finding;
	struct competition competition;
	struct effect effect;
};

static json_t *results_with(const struct act *act, int64_t item_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT t.id, t.application_id, s.competition_id, t.code, q.number,"
		       " r.correct, r.asked, r.pass_mark, r.positive, r.points, b.act,"
		       " b.correct AS act_correct, b.asked AS act_asked FROM form_question q"
		       " JOIN attempt t ON t.id = q.attempt_id AND t.void = 0"
		       "  AND t.finish <> 'breach'"
		       " JOIN sitting s ON s.id = t.sitting_id"
		       " JOIN result r ON r.attempt_id = t.id"
		       " JOIN result_act b ON b.attempt_id = t.id AND b.act = q.act"
		       " WHERE q.item_id = $1 ORDER BY s.competition_id, t.id",
		       db_int(item_id));
}

/* How far the candidate has come: what is done already is not undone by itself. */
static bool stage_of(const struct act *act, int64_t application_id, const char **ret, struct err *e)
{
	const json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT CASE"
		" WHEN EXISTS (SELECT 1 FROM decision d WHERE d.application_id = a.id)"
		"  THEN 'decided'"
		" WHEN EXISTS (SELECT 1 FROM interview_candidate x WHERE x.application_id = a.id"
		"  AND x.started_ms IS NOT NULL) THEN 'heard'"
		" WHEN EXISTS (SELECT 1 FROM interview i WHERE i.competition_id ="
		"  a.competition_id) THEN 'planned'"
		" WHEN EXISTS (SELECT 1 FROM notice n WHERE n.person_id = a.person_id"
		"  AND n.competition_id = a.competition_id"
		"  AND n.kind IN ('test.passed', 'test.failed')) THEN 'told'"
		" ELSE 'fixed' END AS stage FROM application a WHERE a.id = $1",
		db_int(application_id));
	if (row)
		*ret = row_text(row, "stage");
	return row != NULL;
}

static bool load_law(struct counting *k, const json_t *row, struct err *e)
{
	const int64_t id = row_number(row, "competition_id");
	return k->competition.id == id || competition_load(k->act, id, &k->competition, e);
}

/* The score with one more finding, from the form and the clicks themselves; the sheet is large, and
 * goes with its own arena. */
static bool score_anew(struct counting *k, int64_t attempt_id, struct score *ret,
		       const char **ret_points, bool *ret_positive, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	struct act act = *k->act;
	struct sheet sheet;
	act.arena = own;
	if (!sheet_read(&act, attempt_id, k->competition.rules, &sheet, e))
		return false;
	(void)sheet_apply(&sheet, k->item_id, k->finding);
	*ret = score_count(sheet.question, sheet.count);
	*ret_points = arena_copy(k->act->arena, sheet_points(&sheet));
	*ret_positive = sheet_positive(&sheet, ret);
	return true;
}

static int act_place(const struct rule_set *rules, const char *code)
{
	size_t i = 0;
	while (i + 1 < rules->act_count && strcmp(rules->acts[i].code, code) != 0)
		i++;
	return (int)i;
}

static void tally(struct effect *f, const struct effect_row *x)
{
	f->gained += x->now > x->was;
	f->lost += x->now < x->was;
	f->up += x->positive_now && !x->positive_was;
	f->down += x->positive_was && !x->positive_now;
	f->rows[f->count++] = *x;
}

static bool count_row(struct counting *k, const json_t *row, struct err *e)
{
	struct score score = { 0 };
	const char *points = "";
	bool positive = false;
	const int64_t id = row_number(row, "id");
	if (!load_law(k, row, e) || !score_anew(k, id, &score, &points, &positive, e))
		return false;
	k->effect.had++;
	if (strcmp(points, row_text(row, "points")) == 0)
		return true;
	const int place = act_place(k->competition.rules, row_text(row, "act"));
	struct effect_row x = {
		.attempt_id = id,
		.application_id = row_number(row, "application_id"),
		.competition_id = k->competition.id,
		.code = row_text(row, "code"),
		.post = k->competition.post,
		.act = row_text(row, "act"),
		.number = (int)row_number(row, "number"),
		.was = (int)row_number(row, "correct"),
		.now = score.correct,
		.asked = score.asked,
		.act_was = (int)row_number(row, "act_correct"),
		.act_now = score.act_correct[place],
		.act_asked = score.act_asked[place],
		.mark = row_number(row, "pass_mark"),
		.positive_was = row_number(row, "positive") != 0,
		.positive_now = positive,
		.points = points,
	};
	if (!stage_of(k->act, x.application_id, &x.stage, e))
		return false;
	tally(&k->effect, &x);
	return true;
}

bool correction_effect(const struct act *act, int64_t item_id, const struct key_finding *finding,
		       struct effect *ret, struct err *e)
{
	struct counting k = { .act = act, .item_id = item_id, .finding = finding };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = results_with(act, item_id, e);
	if (!rows || !db_number(act->db, e, &k.effect.running,
				"SELECT COUNT(*) FROM form_question q"
				" JOIN attempt t ON t.id = q.attempt_id"
				" WHERE q.item_id = $1 AND t.finished_ms IS NULL AND t.void = 0",
				db_int(item_id)))
		return false;
	k.effect.rows = arena_array(act->arena, json_array_size(rows) + 1, sizeof(*k.effect.rows));
	json_array_foreach (rows, i, row) {
		if (!count_row(&k, row, e))
			return false;
	}
	*ret = k.effect;
	return true;
}

/* ---- results, old and new ------------------------------------------------------------------- */

/* Keeps the result that stands as number `number` of its attempt. */
static bool keep_version(const struct act *act, int64_t attempt_id, int64_t number, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO result_version (attempt_id, number, correct, asked,"
		       " pass_mark, positive, points, answers_hash, at_ms, stage, note)"
		       " SELECT attempt_id, $2, correct, asked, pass_mark, positive, points,"
		       "  answers_hash, fixed_ms, '', '' FROM result WHERE attempt_id = $1",
		       db_int(attempt_id), db_int(number)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO result_version_act (attempt_id, number, act, correct, asked)"
		       " SELECT attempt_id, $2, act, correct, asked FROM result_act"
		       " WHERE attempt_id = $1",
		       db_int(attempt_id), db_int(number));
}

/* A finding touches one question, and so one act. */
static bool replace(const struct act *act, const struct effect_row *x, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE result SET correct = $1, positive = $2, points = $3"
		       " WHERE attempt_id = $4",
		       db_int(x->now), db_int(x->positive_now), db_text(x->points),
		       db_int(x->attempt_id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE result_act SET correct = $1 WHERE attempt_id = $2 AND act = $3",
		       db_int(x->act_now), db_int(x->attempt_id), db_text(x->act));
}

static bool mark_version(const struct act *act, const struct effect_row *x, int64_t number,
			 int64_t correction, struct key_rule rule, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE result_version SET correction_id = $1, at_ms = $2, replaces = $3,"
		       " for_all = $4, stage = $5 WHERE attempt_id = $6 AND number = $7",
		       db_int(correction), db_int(act->now_ms), db_int(rule.replaces),
		       db_int(rule.for_all),
		       db_text(x->positive_was == x->positive_now ? "" : x->stage),
		       db_int(x->attempt_id), db_int(number));
}

static json_t *content_of(const struct effect_row *x, int64_t correction, struct key_rule rule)
{
	return json_pack("{s:I,s:I,s:i,s:i,s:i,s:I,s:b,s:b,s:b,s:b,s:s}", "attempt",
			 (json_int_t)x->attempt_id, "correction", (json_int_t)correction, "was",
			 x->was, "correct", x->now, "asked", x->asked, "pass_mark",
			 (json_int_t)x->mark, "was_positive", x->positive_was, "positive",
			 x->positive_now, "key_replaced", rule.replaces, "void_for_all",
			 rule.for_all, "points", x->points);
}

static bool correct_result(const struct act *act, const struct competition *c,
			   const struct effect_row *x, int64_t correction, struct err *e)
{
	const struct key_rule rule = sheet_rule(c->rules);
	int64_t number = 0;
	if (!db_number(act->db, e, &number,
		       "SELECT COALESCE(MAX(number), 0) FROM result_version WHERE attempt_id = $1",
		       db_int(x->attempt_id)) ||
	    (number == 0 && !keep_version(act, x->attempt_id, ++number, e)))
		return false;
	return replace(act, x, e) && keep_version(act, x->attempt_id, ++number, e) &&
	       mark_version(act, x, number, correction, rule, e) &&
	       act_journal(act, "result.corrected", c->id,
			   act_subject(act, "application", x->application_id),
			   content_of(x, correction, rule), e) &&
	       tell_corrected(act, c, x->application_id, x->attempt_id, e);
}

/* All of them in one transaction: nobody sees the half of it. */
static bool correct_results(const struct act *act, const struct effect *f, int64_t correction,
			    struct err *e)
{
	struct competition c = { 0 };
	for (size_t i = 0; i < f->count; i++) {
		const struct effect_row *x = &f->rows[i];
		const bool next = x->competition_id != c.id;
		if (next && !competition_load(act, x->competition_id, &c, e))
			return false;
		if ((next && !tell_correction(act, &c, e)) ||
		    !correct_result(act, &c, x, correction, e))
			return false;
	}
	return true;
}

/* ---- the correction ------------------------------------------------------------------------- */

static bool note(const struct act *act, const struct correction *c, int64_t id, int64_t new_item,
		 const struct effect *f, struct err *e)
{
	const void *hash = NULL;
	size_t size = 0;
	const json_t *row =
		db_row(act->db, act->arena, e, "SELECT code, answer FROM item WHERE id = $1",
		       db_int(c->item_id));
	if (!row || !db_bytes(act->db, act->arena, e, &hash, &size,
			      "SELECT hash FROM item WHERE id = $1", db_int(c->item_id)))
		return false;
	return act_journal(act, "key.corrected", 0, act_subject(act, "finding", c->finding_id),
			   json_pack("{s:I,s:s,s:s,s:s,s:I,s:i,s:I,s:I,s:I,s:I,s:I}", "correction",
				     (json_int_t)id, "code", row_text(row, "code"), "version",
				     act_hex(act->arena, hash, size), "kind",
				     finding_name(c->finding.kind), "old_answer",
				     (json_int_t)row_number(row, "answer"), "answer",
				     c->finding.answer, "new_version", (json_int_t)new_item, "had",
				     (json_int_t)f->had, "changed", (json_int_t)f->count, "up",
				     (json_int_t)f->up, "down", (json_int_t)f->down),
			   e);
}

static bool store(const struct act *act, const struct correction *c, int64_t new_item,
		  const struct effect *f, int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO key_correction (finding_id, item_id, kind, old_answer,"
			 " answer, new_item_id, had, changed, at_ms)"
			 " SELECT $1, id, $3, answer, $4, $5, $6, $7, $8 FROM item WHERE id = $2"
			 " RETURNING id",
			 db_int(c->finding_id), db_int(c->item_id),
			 db_text(finding_name(c->finding.kind)),
			 c->finding.kind == FINDING_KEY ? db_int(c->finding.answer) : db_null(),
			 new_item ? db_int(new_item) : db_null(), db_int(f->had),
			 db_int((int64_t)f->count), db_int(act->now_ms));
}

bool correction_make(const struct act *act, const struct correction *c, struct err *e)
{
	struct effect f = { 0 };
	const struct bank_correction bank = {
		.item_id = c->item_id,
		.answer = c->finding.kind == FINDING_KEY ? c->finding.answer : NO_OPTION,
		.author_id = c->expert_id,
		.attempt_id = c->attempt_id,
		.number = c->number,
		.why = c->why,
	};
	int64_t new_item = 0;
	int64_t id = 0;
	return correction_effect(act, c->item_id, &c->finding, &f, e) &&
	       bank_correct(act, &bank, &new_item, e) && store(act, c, new_item, &f, &id, e) &&
	       note(act, c, id, new_item, &f, e) && correct_results(act, &f, id, e) &&
	       checkpoint_make(act, CHECKPOINT_RECEIPT, act_subject(act, "finding", c->finding_id),
			       e);
}

bool correction_note(const struct act *act, int64_t attempt_id, const char *text, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT t.application_id, c.id, c.organ FROM attempt t"
				   " JOIN application a ON a.id = t.application_id"
				   " JOIN competition c ON c.id = a.competition_id"
				   " WHERE t.id = $1",
				   db_int(attempt_id));
	if (!row || !act_require(act, ROLE_NAME_HR, row_text(row, "organ"), e) ||
	    !candidate_require_other(act, THING_ATTEMPT, attempt_id, e))
		return false;
	if (!*text)
		return err_input(e, "note", "error.required", "nothing was written");
	if (!db_exec(act->db, e, &changed,
		     "UPDATE result_version SET noted_by = $1, noted_ms = $2, note = $3"
		     " WHERE attempt_id = $4 AND stage <> '' AND noted_ms IS NULL",
		     db_int(act->person_id), db_int(act->now_ms), db_text(text),
		     db_int(attempt_id)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "challenge.error.noted", "nothing waits for this");
	return act_journal(act, "result.noted", row_number(row, "id"),
			   act_subject(act, "application", row_number(row, "application_id")),
			   json_pack("{s:I,s:s}", "attempt", (json_int_t)attempt_id, "note", text),
			   e) &&
	       db_commit(&tx, e);
}

#include "app/sitting/result.h"

#include "app/evidence/checkpoint.h"
#include "app/sitting/seal.h"
#include "app/sitting/sheet.h"

static bool store_acts(const struct act *act, int64_t id, const struct rule_set *rules,
		       const struct score *score, struct err *e)
{
	for (size_t i = 0; i < rules->act_count; i++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO result_act (attempt_id, act, correct, asked)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(id), db_text(rules->acts[i].code),
			     db_int(score->act_correct[i]), db_int(score->act_asked[i])))
			return false;
	}
	return true;
}

/* F60: the result is bound to the form it was given on and to every answer. */
static bool note_result(const struct act *act, const struct attempt *attempt,
			const struct competition *c, const struct sheet *sheet,
			const struct score *score, const unsigned char answers[SHEET_HASH_SIZE],
			struct err *e)
{
	const void *form = NULL;
	size_t size = 0;
	return db_bytes(act->db, act->arena, e, &form, &size,
			"SELECT form_hash FROM attempt WHERE id = $1", db_int(attempt->id)) &&
	       act_journal(act, "test.result", c->id,
			   act_subject(act, "application", attempt->application_id),
			   json_pack("{s:I,s:i,s:i,s:I,s:b,s:s,s:s,s:s}", "attempt",
				     (json_int_t)attempt->id, "correct", score->correct, "asked",
				     score->asked, "pass_mark",
				     (json_int_t)rule_set_value(c->rules, PARAM_PASS_MARK),
				     "positive", sheet_positive(sheet, score), "points",
				     sheet_points(sheet), "form", act_hex(act->arena, form, size),
				     "answers", act_hex(act->arena, answers, SHEET_HASH_SIZE)),
			   e);
}

static bool store_result(const struct act *act, const struct attempt *attempt,
			 const struct competition *c, const struct sheet *sheet, struct err *e)
{
	const struct score score = score_count(sheet->question, sheet->count);
	const int64_t mark = rule_set_value(c->rules, PARAM_PASS_MARK);
	const bool positive = sheet_positive(sheet, &score);
	unsigned char hash[SHEET_HASH_SIZE];
	sheet_hash(sheet, hash);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO result (attempt_id, correct, asked, pass_mark, positive,"
		       " points, answers_hash, fixed_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       db_int(attempt->id), db_int(score.correct), db_int(score.asked),
		       db_int(mark), db_int(positive), db_text(sheet_points(sheet)),
		       db_blob(hash, sizeof(hash)), db_int(act->now_ms)) &&
	       store_acts(act, attempt->id, c->rules, &score, e) &&
	       note_result(act, attempt, c, sheet, &score, hash, e);
}

bool result_fix(const struct act *act, const struct attempt *attempt, const char *how,
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	struct sheet sheet;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) || !form_open(act, attempt->id, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE attempt SET finished_ms = $1, finish = $2"
		     " WHERE id = $3 AND finished_ms IS NULL",
		     db_int(act->now_ms), db_text(how), db_int(attempt->id)))
		return false;
	if (changed == 0)
		return true;
	return competition_load(act, attempt->competition_id, &c, e) &&
	       sheet_read(act, attempt->id, c.rules, &sheet, e) &&
	       store_result(act, attempt, &c, &sheet, e) &&
	       checkpoint_make(act, CHECKPOINT_RECEIPT,
			       act_subject(act, "application", attempt->application_id), e) &&
	       db_commit(&tx, e);
}

#include "app/result/recount.h"

#include "app/bank/bank_correct.h"
#include "app/sitting/attempt.h"
#include "app/sitting/sheet.h"
#include "app/sitting/sitting.h"

#include <string.h>

/* ---- comparing ------------------------------------------------------------------------------ */

/* All of them: no column of the row says whether it is counted again. */
static json_t *results_of(const struct act *act, int64_t sitting, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT t.id, t.application_id, r.correct, r.positive, r.points,"
		       " (SELECT MAX(v.number) FROM result_version v WHERE v.attempt_id = t.id)"
		       " AS version FROM attempt t JOIN result r ON r.attempt_id = t.id"
		       " WHERE t.sitting_id = $1 ORDER BY t.id",
		       db_int(sitting));
}

/* Whether the newest version kept is the result that stands. */
static bool same_version(const struct act *act, const json_t *row, bool *ret, struct err *e)
{
	*ret = true;
	return !row_has(row, "version") ||
	       db_exists(act->db, e, ret,
			 "SELECT 1 FROM result_version WHERE attempt_id = $1 AND number = $2"
			 " AND correct = $3 AND positive = $4 AND points = $5",
			 db_int(row_number(row, "id")), db_int(row_number(row, "version")),
			 db_int(row_number(row, "correct")), db_int(row_number(row, "positive")),
			 db_text(row_text(row, "points")));
}

/* Entries of before they held points and the hash of the answers say nothing of them. */
static bool tells(const json_t *told, const json_t *row, const char *points, const char *answers)
{
	const char *its_points = row_text(told, "points");
	const char *its_answers = row_text(told, "answers");
	return row_number(told, "correct") == row_number(row, "correct") &&
	       (!*its_points || strcmp(its_points, points) == 0) &&
	       (!*its_answers || strcmp(its_answers, answers) == 0);
}

/* Whether the journal's newest word about this result is the one that stands, and its first word
 * tells these answers.  What was destroyed by act tells nothing any more. */
static bool same_journal(const struct act *act, const json_t *row, const struct sheet *sheet,
			 bool *ret, struct err *e)
{
	const json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT c.content FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
		" WHERE j.subject = $1 AND j.kind <> 'test.answer'"
		" AND j.kind IN ('test.result', 'result.corrected') ORDER BY j.seq DESC",
		db_text(act_subject(act, "application", row_number(row, "application_id"))));
	unsigned char hash[SHEET_HASH_SIZE];
	size_t i = 0;
	const json_t *entry = NULL;
	bool newest = true;
	*ret = true;
	sheet_hash(sheet, hash);
	const char *answers = act_hex(act->arena, hash, sizeof(hash));
	json_array_foreach (rows, i, entry) {
		json_t *told = json_loads(row_text(entry, "content"), 0, NULL);
		const bool about = row_number(told, "attempt") == row_number(row, "id");
		const char *its_answers = row_text(told, "answers");
		if (about && newest)
			*ret = tells(told, row, row_text(row, "points"), answers);
		else if (about && *its_answers)
			*ret = *ret && strcmp(its_answers, answers) == 0;
		newest = newest && !about;
		json_decref(told);
	}
	return rows != NULL;
}

/* Whether the rows of the acts are what the form, the answers and the keys give. */
static bool same_acts(const struct act *act, int64_t attempt, const struct rule_set *rules,
		      const struct score *score, bool *ret, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT act, correct, asked FROM result_act WHERE attempt_id = $1",
			db_int(attempt));
	*ret = json_array_size(rows) == rules->act_count;
	json_array_foreach (rows, i, row) {
		size_t k = 0;
		while (k < rules->act_count &&
		       strcmp(rules->acts[k].code, row_text(row, "act")) != 0)
			k++;
		*ret = *ret && k < rules->act_count &&
		       row_number(row, "correct") == score->act_correct[k] &&
		       row_number(row, "asked") == score->act_asked[k];
	}
	return rows != NULL;
}

/* What is wrong with one result, or "". */
static bool fault_of(const struct act *act, const json_t *row, const struct rule_set *rules,
		     const char **ret, struct err *e)
{
	struct sheet sheet;
	bool version = true;
	bool journal = true;
	bool acts = true;
	const int64_t id = row_number(row, "id");
	if (!sheet_read(act, id, rules, &sheet, e) || !same_version(act, row, &version, e) ||
	    !same_journal(act, row, &sheet, &journal, e))
		return false;
	const struct score score = score_count(sheet.question, sheet.count);
	if (!same_acts(act, id, rules, &score, &acts, e))
		return false;
	*ret = "";
	if (!acts || strcmp(sheet_points(&sheet), row_text(row, "points")) != 0 ||
	    score.correct != row_number(row, "correct") ||
	    sheet_positive(&sheet, &score) != (row_number(row, "positive") != 0))
		*ret = "the result is not what the answers and the keys give";
	else if (!version)
		*ret = "the newest version kept is not the result that stands";
	else if (!journal)
		*ret = "the journal tells another result";
	return true;
}

bool recount_verify(const struct act *act, int64_t sitting, struct recount_report *ret,
		    struct err *e)
{
	struct recount_report report = { .why = "" };
	struct sitting s = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = results_of(act, sitting, e);
	if (!rows || !sitting_load(act, sitting, &s, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!fault_of(act, row, s.competition.rules, &report.why, e))
			return false;
		if (*report.why) {
			report.attempt = row_number(row, "id");
			break;
		}
		report.results++;
		report.corrected += row_has(row, "version");
	}
	*ret = report;
	return true;
}

/* ---- for others ----------------------------------------------------------------------------- */

static const char *version_of(const struct act *act, int64_t item, struct err *e)
{
	const void *hash = NULL;
	size_t size = 0;
	return db_bytes(act->db, act->arena, e, &hash, &size, "SELECT hash FROM item WHERE id = $1",
			db_int(item))
		       ? act_hex(act->arena, hash, size)
		       : NULL;
}

static bool export_corrections(const struct act *act, int64_t sitting, json_t *list, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT k.item_id, k.kind, k.answer FROM key_correction k"
				     " WHERE EXISTS (SELECT 1 FROM attempt t JOIN form_question q"
				     "  ON q.attempt_id = t.id WHERE t.sitting_id = $1"
				     "  AND q.item_id = k.item_id) ORDER BY k.id",
				     db_int(sitting));
	json_array_foreach (rows, i, row) {
		const char *version = version_of(act, row_number(row, "item_id"), e);
		if (!version)
			return false;
		(void)json_array_append_new(list, json_pack("{s:s,s:s,s:O}", "version", version,
							    "kind", row_text(row, "kind"), "answer",
							    json_object_get(row, "answer")));
	}
	return rows != NULL;
}

static bool export_questions(const struct act *act, int64_t attempt, const struct sheet *sheet,
			     json_t *list, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT q.item_id, q.shown, i.answer FROM form_question q"
				     " JOIN item i ON i.id = q.item_id WHERE q.attempt_id = $1"
				     " ORDER BY q.number",
				     db_int(attempt));
	json_array_foreach (rows, i, row) {
		const char *version = version_of(act, row_number(row, "item_id"), e);
		if (!version)
			return false;
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:I,s:s,s:i}", "version", version,
						      "key", (json_int_t)row_number(row, "answer"),
						      "shown", row_text(row, "shown"), "choice",
						      sheet->question[i].choice));
	}
	return rows != NULL;
}

static bool export_result(const struct act *act, const json_t *row, const struct rule_set *rules,
			  json_t *list, struct err *e)
{
	struct sheet sheet;
	json_t *questions = json_array();
	const int64_t id = row_number(row, "id");
	(void)json_array_append_new(
		list, json_pack("{s:I,s:I,s:b,s:s,s:o}", "attempt", (json_int_t)id, "correct",
				(json_int_t)row_number(row, "correct"), "positive",
				row_number(row, "positive") != 0, "points", row_text(row, "points"),
				"questions", questions));
	return sheet_read(act, id, rules, &sheet, e) &&
	       export_questions(act, id, &sheet, questions, e);
}

bool recount_export(const struct act *act, int64_t sitting, json_t **ret, struct err *e)
{
	struct sitting s = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = results_of(act, sitting, e);
	if (!rows || !sitting_load(act, sitting, &s, e))
		return false;
	const struct rule_set *rules = s.competition.rules;
	const struct key_rule rule = sheet_rule(rules);
	json_t *corrections = json_array();
	json_t *results = json_array();
	json_t *out = json_pack("{s:I,s:I,s:b,s:b,s:o,s:o}", "sitting", (json_int_t)sitting,
				"pass_mark", (json_int_t)rule_set_value(rules, PARAM_PASS_MARK),
				"key_replaced", rule.replaces, "void_for_all", rule.for_all,
				"corrections", corrections, "results", results);
	json_in_arena(act->arena, out);
	if (!export_corrections(act, sitting, corrections, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!export_result(act, row, rules, results, e))
			return false;
	}
	*ret = out;
	return true;
}

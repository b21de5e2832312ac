#include "app/bank/bank_act.h"

#include "app/bank/bank_bar.h"
#include "app/bank/bank_review.h"
#include "app/sitting/snapshot.h"

#include <string.h>

enum { WHOLE = 100 };

static bool hold_all(const struct act *act, const struct act_change_form *form,
		     const struct articles *articles, int64_t *ret_held, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT b.id, i.article FROM bank_item b"
				     "  JOIN item i ON i.id = b.used_id WHERE i.act = $1"
				     "  AND i.text_day < $2 AND i.retired_ms IS NULL ORDER BY b.id",
				     db_text(form->act), db_int(form->text_date.n));
	json_array_foreach (rows, i, row) {
		if (!articles_have(articles, row_text(row, "article")))
			continue;
		if (!bank_hold_for(act, row_number(row, "id"), BANK_HOLD_ACT, form->document, e))
			return false;
		++*ret_held;
	}
	return rows != NULL;
}

static const struct rule_set *rules_today(const struct act *act)
{
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	return law ? law->rule_set : NULL;
}

static bool in_programme(const struct act *act, const char *code)
{
	const struct rule_set *rules = rules_today(act);
	for (size_t i = 0; rules && i < rules->act_count; i++) {
		if (strcmp(rules->acts[i].code, code) == 0)
			return true;
	}
	return false;
}

bool bank_act_change(const struct act *act, const struct act_change_form *form, int64_t *ret_held,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct articles articles = { .count = 0 };
	int64_t held = 0;
	int64_t id = 0;
	if (!bank_require(act, ROLE_NAME_APPROVER, e) ||
	    !articles_read(act->arena, form->articles, &articles, e))
		return false;
	if (!in_programme(act, form->act))
		return err_input(e, "act", "bank.error.act", "not in the programme");
	if (!db_begin(act->db, &tx, e) || !hold_all(act, form, &articles, &held, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO act_change (act, articles, text_day, document, held, by_id,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
		       db_text(form->act), db_text(form->articles), db_int(form->text_date.n),
		       db_text(form->document), db_int(held), db_int(act->person_id),
		       db_int(act->now_ms)) ||
	    !act_journal(act, "bank.act_changed", 0, act_subject(act, "act_change", id),
			 json_pack("{s:s,s:s,s:I,s:s,s:I}", "act", form->act, "articles",
				   form->articles, "text_day", (json_int_t)form->text_date.n,
				   "document", form->document, "held", (json_int_t)held),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_held = held;
	return true;
}

/* ---- the blueprint ------------------------------------------------------------------------- */

/* What is in use or held counts for the act of the version in use, as in the draw; what is written,
 * for the act of the newest. */
static json_t *count_states(const struct act *act, const char *code, struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT COALESCE(SUM(CASE WHEN i.act = $1 AND i.held_ms IS NULL"
		      "  AND i.retired_ms IS NULL THEN 1 ELSE 0 END), 0) AS used,"
		      " COALESCE(SUM(CASE WHEN i.act = $1 AND i.held_ms IS NOT NULL"
		      "  AND i.retired_ms IS NULL THEN 1 ELSE 0 END), 0) AS held,"
		      " COALESCE(SUM(CASE WHEN b.act = $1 AND b.state = 'review'"
		      "  THEN 1 ELSE 0 END), 0) AS review,"
		      " COALESCE(SUM(CASE WHEN b.act = $1 AND b.state = 'draft'"
		      "  THEN 1 ELSE 0 END), 0) AS draft,"
		      " COALESCE(SUM(CASE WHEN b.act = $1 AND b.state = 'retired'"
		      "  THEN 1 ELSE 0 END), 0) AS retired"
		      "  FROM bank_item b LEFT JOIN item i ON i.id = b.used_id"
		      " WHERE b.act = $1 OR i.act = $1",
		      db_text(code));
}

/* `surplus` is bank_spare() of the act. */
static bool add_act(const struct act *act, const struct act_of_programme *of, int surplus,
		    int64_t share, json_t *list, struct err *e)
{
	json_t *row = count_states(act, of->code, e);
	if (!row)
		return false;
	const int64_t wanted = ((int64_t)of->questions * WHOLE + share - 1) / share;
	(void)json_object_update_new(
		row, json_pack("{s:s,s:s,s:s,s:i,s:i,s:I}", "code", of->code, "name_kk",
			       of->name_kk, "name_ru", of->name_ru, "questions", of->questions,
			       "missing", surplus < 0 ? -surplus : 0, "spare",
			       (json_int_t)(of->questions + surplus - wanted)));
	return json_array_append(list, row) == 0;
}

bool bank_blueprint(const struct act *act, int64_t share, json_t **ret, struct err *e)
{
	const struct rule_set *rules = rules_today(act);
	struct snapshot s = { .id_most = 0 };
	if (!rules)
		return err_set(e, ERR_CONFLICT, "bank.error.rules", "no rule set is in force");
	if (!snapshot_count(act, rules, &s, e))
		return false;
	json_t *list = json_array();
	bool ok = true;
	for (size_t i = 0; ok && i < rules->act_count; i++)
		ok = add_act(act, &rules->acts[i], bank_spare(&s.bank, &s.blueprint, (int)i), share,
			     list, e);
	if (!ok) {
		json_decref(list);
		return false;
	}
	*ret = list;
	return true;
}

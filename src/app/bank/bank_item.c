#include "app/bank/bank_item.h"

#include "app/bank/bank.h"
#include "app/bank/bank_text.h"
#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { CODE_MOST = 40, ENEMIES_MOST = 20, FIELD_SIZE = 16 };

static const char *const bank_roles[] = { ROLE_NAME_AUTHOR, ROLE_NAME_REVIEWER,
					  ROLE_NAME_APPROVER };

/* ---- who, which ----------------------------------------------------------------------------- */

bool bank_require(const struct act *act, const char *role, struct err *e)
{
	return act_require(act, role, act->book->organs[0].code, e);
}

bool bank_require_any(const struct act *act, struct err *e)
{
	for (size_t i = 0; i < COUNT(bank_roles); i++) {
		bool holds = false;
		if (!act_holds(act, bank_roles[i], act->book->organs[0].code, &holds, e))
			return false;
		if (holds)
			return true;
	}
	return err_set(e, ERR_DENIED, "error.denied", "does not work in the bank");
}

bool bank_item_load(const struct act *act, int64_t id, struct bank_state *ret, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT code, act, state, revision, newest_id, used_id,"
				   " hold_kind, reason FROM bank_item WHERE id = $1",
				   db_int(id));
	if (!row)
		return false;
	*ret = (struct bank_state){
		.id = id,
		.revision = row_number(row, "revision"),
		.newest_id = row_number(row, "newest_id"),
		.used_id = row_number(row, "used_id"),
		.code = row_text(row, "code"),
		.act = row_text(row, "act"),
		.state = row_text(row, "state"),
		.hold_kind = row_text(row, "hold_kind"),
		.reason = row_text(row, "reason"),
	};
	return true;
}

/* ---- checking what was filled in ------------------------------------------------------------- */

static bool is_code(const char *code)
{
	const size_t size = strlen(code);
	return size <= CODE_MOST && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

static bool at_option(struct err *e, const char *language, int option, const char *key)
{
	char field[FIELD_SIZE];
	(void)snprintf(field, sizeof(field), "%s_%c", language, 'a' + option);
	return err_input(e, field, key, "a bad option");
}

/* Two options that differ in capital letters alone are one to the reader. */
static bool is_repeated(struct arena *a, const struct item_text *text, int option)
{
	const char *folded = text_fold(a, text->option[option]);
	for (int i = 0; i < option; i++) {
		if (strcmp(text_fold(a, text->option[i]), folded) == 0)
			return true;
	}
	return false;
}

/* Counts the options up to the last one; -1 and an error if one between them is empty or two are
 * equal. */
static int count_options(struct arena *a, const struct item_text *text, const char *language,
			 struct err *e)
{
	int count = ITEM_OPTIONS_MOST;
	while (count > 0 && !*text->option[count - 1])
		count--;
	for (int i = 0; i < count; i++) {
		const char *wrong = *text->option[i] ? "" : "bank.error.gap";
		if (!*wrong && is_repeated(a, text, i))
			wrong = "bank.error.equal";
		if (*wrong) {
			(void)at_option(e, language, i, wrong);
			return -1;
		}
	}
	return count;
}

/* F24: a language is there with its question and all its options, or not at all. */
static bool take_text(struct arena *a, const struct item_text *from, const char *language,
		      struct item_text *ret, int *ret_count, struct err *e)
{
	const int count = count_options(a, from, language, e);
	char field[FIELD_SIZE];
	(void)snprintf(field, sizeof(field), "%s_stem", language);
	if (count < 0)
		return false;
	if (count > 0 && !*from->stem)
		return err_input(e, field, "bank.error.stem", "options without a question");
	if (count == 0 && *from->stem)
		return at_option(e, language, 0, "bank.error.options_none");
	*ret_count = count;
	*ret = *from;
	if (count == 0)
		ret->stem = NULL;
	return true;
}

static bool in_programme(const struct rule_set *rules, const char *act)
{
	for (size_t i = 0; i < rules->act_count; i++) {
		if (strcmp(rules->acts[i].code, act) == 0)
			return true;
	}
	return false;
}

/* S4-4: as many options as the rule set wants; a parameter that is unset asks for nothing. */
static bool options_fit(const struct rule_set *rules, int options)
{
	const struct parameter *least = &rules->params[PARAM_OPTIONS_LEAST];
	const struct parameter *most = &rules->params[PARAM_OPTIONS_MOST];
	return options >= BANK_OPTIONS_LEAST && (!least->set || options >= least->value) &&
	       (!most->set || options <= most->value);
}

static bool check_head(const struct act *act, const struct rule_set *rules,
		       const struct bank_item_form *form, struct err *e)
{
	if (!is_code(form->code))
		return err_input(e, "code", "bank.error.code", "no code");
	if (!in_programme(rules, form->act))
		return err_input(e, "act", "bank.error.act", "not in the programme");
	if (!*form->article)
		return err_input(e, "article", "bank.error.article", "no article");
	if (form->text_date.n > act_today(act).n)
		return err_input(e, "text_date", "bank.error.text_date", "a day to come");
	return true;
}

bool bank_item_check(const struct act *act, const struct bank_item_form *form, struct item *ret,
		     struct err *e)
{
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	struct item item = { form->act, form->article, form->text_date, 0, form->answer,
			     { 0 },     { 0 } };
	int kk = 0;
	int ru = 0;
	if (!law)
		return err_set(e, ERR_CONFLICT, "bank.error.rules", "no rule set is in force");
	if (!check_head(act, law->rule_set, form, e) ||
	    !take_text(act->arena, &form->kk, "kk", &item.kk, &kk, e) ||
	    !take_text(act->arena, &form->ru, "ru", &item.ru, &ru, e))
		return false;
	if (kk == 0 && ru == 0)
		return err_input(e, "kk_stem", "bank.error.stem", "no text at all");
	if (kk > 0 && ru > 0 && kk != ru)
		return at_option(e, kk < ru ? "kk" : "ru", kk < ru ? kk : ru, "bank.error.pairs");
	item.options = kk > ru ? kk : ru;
	if (!options_fit(law->rule_set, item.options))
		return at_option(e, kk > 0 ? "kk" : "ru", item.options - 1, "bank.error.options");
	if (form->answer < 0 || form->answer >= item.options)
		return err_input(e, "key", "bank.error.key", "the key is none of the options");
	*ret = item;
	return true;
}

/* ---- saving ---------------------------------------------------------------------------------- */

/* F30: other questions, by their codes; they must be there, and not be this one. */
static bool save_enemies(const struct act *act, const char *code, const char *list, struct err *e)
{
	char *rest = NULL;
	int count = 0;
	char *text = arena_print(act->arena, "%s", list);
	if (!db_exec(act->db, e, NULL, "DELETE FROM item_enemy WHERE code_a = $1 OR code_b = $1",
		     db_text(code)))
		return false;
	for (char *other = strtok_r(text, ", ;\n\t", &rest); other;
	     other = strtok_r(NULL, ", ;\n\t", &rest)) {
		bool known = false;
		if (!db_exists(act->db, e, &known, "SELECT 1 FROM bank_item WHERE code = $1",
			       db_text(other)))
			return false;
		if (!known || strcmp(other, code) == 0 || ++count > ENEMIES_MOST) {
			(void)err_input(e, "enemies", "bank.error.enemy", "no such question");
			return err_value(e, other);
		}
		if (!bank_enemy(act, code, other, e))
			return false;
	}
	return true;
}

/* Codes with blanks between them, sorted. */
static bool enemies_of(const struct act *act, const char *code, const char **ret, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT CASE WHEN code_a = $1 THEN code_b ELSE code_a END"
				     " AS other FROM item_enemy WHERE code_a = $1 OR code_b = $1"
				     " ORDER BY 1",
				     db_text(code));
	*ret = "";
	json_array_foreach (rows, i, row)
		*ret = arena_print(act->arena, "%s%s%s", *ret, i > 0 ? " " : "",
				   row_text(row, "other"));
	return rows != NULL;
}

/* Enemies are no part of a revision: the change is journalled by itself. */
static bool change_enemies(const struct act *act, const struct bank_state *s, const char *list,
			   bool *ret_changed, struct err *e)
{
	const char *before = NULL;
	const char *after = NULL;
	if (!enemies_of(act, s->code, &before, e) || !save_enemies(act, s->code, list, e) ||
	    !enemies_of(act, s->code, &after, e))
		return false;
	*ret_changed = strcmp(before, after) != 0;
	return !*ret_changed ||
	       act_journal(act, "bank.enemies", 0, act_subject(act, "question", s->id),
			   json_pack("{s:s,s:s}", "code", s->code, "enemies", after), e);
}

/* The words and the key stay out of the journal; their hash is in it. */
static bool note(const struct act *act, const char *kind, int64_t id, int64_t version,
		 struct err *e)
{
	const void *hash = NULL;
	size_t size = 0;
	char text[ITEM_HASH_SIZE * 2 + 1];
	struct bank_state s = { 0 };
	if (!bank_item_load(act, id, &s, e) ||
	    !db_bytes(act->db, act->arena, e, &hash, &size, "SELECT hash FROM item WHERE id = $1",
		      db_int(version)))
		return false;
	(void)sodium_bin2hex(text, sizeof(text), hash, ITEM_HASH_SIZE);
	return act_journal(act, kind, 0, act_subject(act, "question", id),
			   json_pack("{s:s,s:I,s:s}", "code", s.code, "revision",
				     (json_int_t)s.revision, "hash", text),
			   e);
}

static bool add_revision(const struct act *act, int64_t id, const char *why, struct err *e)
{
	const char *note = NULL;
	return bank_note_close(act, why, &note, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_revision (bank_item_id, number, item_id, author_id, why,"
		       " at_ms) SELECT id, revision, newest_id, NULLIF($2, 0), $3, $4"
		       " FROM bank_item WHERE id = $1",
		       db_int(id), db_int(act->person_id), db_text(note), db_int(act->now_ms));
}

/* The next number that no question has, in the way of the others of its act. */
static bool next_code(const struct act *act, const char **ret, struct err *e)
{
	int64_t last = 0;
	if (!db_number(act->db, e, &last, "SELECT COALESCE(MAX(id), 0) FROM bank_item"))
		return false;
	bool taken = true;
	while (taken) {
		last++;
		*ret = arena_print(act->arena, "q-%05lld", (long long)last);
		if (!db_exists(act->db, e, &taken, "SELECT 1 FROM bank_item WHERE code = $1",
			       db_text(*ret)))
			return false;
	}
	return true;
}

static bool code_is_free(const struct act *act, const char *code, struct err *e)
{
	bool taken = false;
	return db_exists(act->db, e, &taken, "SELECT 1 FROM bank_item WHERE code = $1",
			 db_text(code)) &&
	       (!taken || err_input(e, "code", "bank.error.code_taken", "the code is taken"));
}

bool bank_item_add(const struct act *act, const struct bank_item_form *form, int64_t *ret_id,
		   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct item item = { 0 };
	const char *code = form->code;
	int64_t version = 0;
	int64_t id = 0;
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !bank_item_check(act, form, &item, e) || (!*code && !next_code(act, &code, e)) ||
	    !code_is_free(act, code, e) || !bank_version(act, code, &item, false, &version, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO bank_item (code, act, state, revision, newest_id, hold_kind,"
		       " reason, changed_ms) VALUES ($1, $2, 'draft', 1, $3, '', '', $4)"
		       " RETURNING id",
		       db_text(code), db_text(form->act), db_int(version), db_int(act->now_ms)) ||
	    !add_revision(act, id, form->why, e) || !save_enemies(act, code, form->enemies, e) ||
	    !note(act, "bank.written", id, version, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static bool may_revise(const struct bank_state *s, int64_t base, struct err *e)
{
	if (strcmp(s->state, "review") == 0)
		return err_set(e, ERR_CONFLICT, "bank.error.in_review", "in review");
	if (strcmp(s->state, "retired") == 0)
		return err_set(e, ERR_CONFLICT, "bank.error.retired", "retired");
	if (s->revision != base)
		return err_set(e, ERR_CONFLICT, "bank.error.changed", "a newer revision is there");
	return true;
}

/* Whether it is the newest version, letter for letter. */
static bool is_newest(const struct act *act, const struct bank_state *s, const struct item *item,
		      bool *ret, struct err *e)
{
	unsigned char hash[ITEM_HASH_SIZE];
	bank_hash_item(item, hash);
	return db_exists(act->db, e, ret, "SELECT 1 FROM item WHERE id = $1 AND hash = $2",
			 db_int(s->newest_id), db_blob(hash, sizeof(hash)));
}

static bool revise(const struct act *act, const struct bank_state *s,
		   const struct bank_item_form *form, const struct item *item, struct err *e)
{
	int64_t version = 0;
	return bank_version(act, s->code, item, false, &version, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bank_item SET act = $1, state = 'draft', revision = revision + 1,"
		       " newest_id = $2, changed_ms = $3 WHERE id = $4",
		       db_text(form->act), db_int(version), db_int(act->now_ms), db_int(s->id)) &&
	       add_revision(act, s->id, form->why, e) &&
	       note(act, "bank.written", s->id, version, e);
}

bool bank_item_revise(const struct act *act, int64_t id, int64_t base,
		      const struct bank_item_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	struct item item = { 0 };
	bool same = false;
	bool enemies = false;
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !bank_item_load(act, id, &s, e) || !may_revise(&s, base, e) ||
	    !bank_item_check(act, form, &item, e) || !is_newest(act, &s, &item, &same, e) ||
	    !change_enemies(act, &s, form->enemies, &enemies, e))
		return false;
	if (same && !enemies)
		return err_input(e, "ru_stem", "bank.error.nothing", "nothing is different");
	return (same || revise(act, &s, form, &item, e)) && db_commit(&tx, e);
}

bool bank_item_comment(const struct act *act, int64_t id, const char *text, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	const char *box = NULL;
	return bank_require_any(act, e) && bank_note_close(act, text, &box, e) &&
	       db_begin(act->db, &tx, e) && bank_item_load(act, id, &s, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_comment (bank_item_id, revision, person_id, text, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(id), db_int(s.revision), db_int(act->person_id), db_text(box),
		       db_int(act->now_ms)) &&
	       note(act, "bank.commented", id, s.newest_id, e) && db_commit(&tx, e);
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool count_view(const struct act *act, int64_t id, struct err *e)
{
	const day today = act_today(act);
	bool seen = false;
	int64_t views = 0;
	if (!db_exists(act->db, e, &seen,
		       "SELECT 1 FROM bank_view WHERE person_id = $1 AND day = $2"
		       " AND bank_item_id = $3",
		       db_int(act->person_id), db_int(today.n), db_int(id)) ||
	    !db_number(act->db, e, &views,
		       "SELECT COUNT(*) FROM bank_view WHERE person_id = $1 AND day = $2",
		       db_int(act->person_id), db_int(today.n)))
		return false;
	if (seen)
		return true;
	if (views >= BANK_VIEWS_A_DAY)
		return err_set(e, ERR_CONFLICT, "bank.error.ration", "the day's views are used up");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO bank_view (person_id, day, bank_item_id, at_ms)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(act->person_id), db_int(today.n), db_int(id), db_int(act->now_ms));
}

bool bank_item_view(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	if (!bank_require_any(act, e) || !db_begin(act->db, &tx, e) ||
	    !bank_item_load(act, id, &s, e))
		return false;
	if (s.used_id == 0)
		return true;
	return count_view(act, id, e) && note(act, "bank.viewed", id, s.newest_id, e) &&
	       db_commit(&tx, e);
}

#include "app/bank/paper_form.h"

#include "app/bank/bank_export.h"
#include "app/bank/bank_item.h"
#include "app/bank/bank_known.h"
#include "app/bank/bank_second.h"
#include "app/sitting/snapshot.h"

#include <sodium.h>
#include <string.h>

enum { OPTIONS_SHOWN = ITEM_OPTIONS_MOST + 1 };

struct drawing {
	const struct paper_form_ask *ask;
	const struct rule_set *rules;
	struct snapshot snapshot;
	struct form_question *form;
	size_t count;
	unsigned char seed[DRAW_SEED_SIZE];
	unsigned char bank[ITEM_HASH_SIZE];
	unsigned char hash[FORM_HASH_SIZE];
};

/* ---- drawing --------------------------------------------------------------------------------- */

/* So many of one act and none of the others. */
static bool choose_act(const struct act *act, struct drawing *d, struct err *e)
{
	int *questions = arena_array(act->arena, d->rules->act_count, sizeof(*questions));
	size_t place = 0;
	while (place < d->rules->act_count && strcmp(d->rules->acts[place].code, d->ask->act) != 0)
		place++;
	if (place == d->rules->act_count)
		return err_input(e, "act", "bank.error.act", "not in the programme");
	if (d->ask->questions < 1)
		return err_input(e, "questions", "paper_form.error.questions", "no questions");
	questions[place] = d->ask->questions;
	d->snapshot.blueprint.questions = questions;
	if (bank_spare(&d->snapshot.bank, &d->snapshot.blueprint, (int)place) < 0) {
		(void)err_input(e, "questions", "exam.bank.shortage", "the act has too few");
		return err_value(e, d->ask->act);
	}
	return true;
}

static bool read_bank(const struct act *act, struct drawing *d, struct err *e)
{
	enum { NEVER = 0 }; /* the last resort may not be without questions (F31) */
	if (!*d->ask->act)
		return snapshot_take(act, d->rules, NEVER, &d->snapshot, e);
	return snapshot_read(act, d->rules, NEVER, &d->snapshot, e) && choose_act(act, d, e);
}

static bool draw(const struct act *act, int64_t id, struct drawing *d, struct err *e)
{
	const struct blueprint *b = &d->snapshot.blueprint;
	d->count = (size_t)blueprint_total(b);
	d->form = arena_array(act->arena, d->count + 1, sizeof(*d->form));
	randombytes_buf(d->seed, sizeof(d->seed));
	bank_hash(&d->snapshot.bank, d->bank);
	if (!draw_form(b, &d->snapshot.bank, d->seed, id, d->snapshot.scratch, d->form, e))
		return false;
	form_hash(d->form, d->count, d->hash);
	return form_fits(b, &d->snapshot.bank, d->form, d->count) ||
	       err_set(e, ERR_SYSTEM, "error.system", "a drawn form does not fit");
}

/* The number is part of the draw, so the row comes first. */
static bool add_form(const struct act *act, const struct paper_form_ask *ask, int64_t *ret,
		     struct err *e)
{
	static const unsigned char none[DRAW_SEED_SIZE];
	return db_number(act->db, e, ret,
			 "INSERT INTO paper_form (by_id, act, questions, reason, seed, bank_hash,"
			 " form_hash, made_ms) VALUES (NULLIF($1, 0), $2, 0, $3, $4, $4, $4, $5)"
			 " RETURNING id",
			 db_int(act->person_id), db_text(ask->act), db_text(ask->reason),
			 db_blob(none, sizeof(none)), db_int(act->now_ms));
}

static bool add_question(const struct act *act, int64_t id, const struct form_question *q,
			 int64_t number, struct err *e)
{
	char shown[OPTIONS_SHOWN] = "";
	for (int i = 0; i < q->options; i++)
		shown[i] = (char)('0' + q->shown[i]);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO paper_form_question (form_id, number, item_id, shown)"
		       " VALUES ($1, $2, $3, $4)",
		       db_int(id), db_int(number), db_int(q->item_id), db_text(shown));
}

static bool store(const struct act *act, int64_t id, const struct drawing *d, struct err *e)
{
	for (size_t i = 0; i < d->count; i++) {
		if (!add_question(act, id, &d->form[i], (int64_t)i + 1, e))
			return false;
	}
	return db_exec(act->db, e, NULL,
		       "UPDATE paper_form SET questions = $2, seed = $3, bank_hash = $4,"
		       " form_hash = $5 WHERE id = $1",
		       db_int(id), db_int((int64_t)d->count), db_blob(d->seed, sizeof(d->seed)),
		       db_blob(d->bank, sizeof(d->bank)), db_blob(d->hash, sizeof(d->hash)));
}

bool paper_form_make(const struct act *act, const struct paper_form_ask *ask, int64_t *ret_id,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	struct drawing d = { .ask = ask };
	int64_t id = 0;
	if (!bank_require(act, ROLE_NAME_APPROVER, e))
		return false;
	if (!*ask->reason)
		return err_input(e, "reason", "bank.error.reason", "no reason");
	if (!law)
		return err_set(e, ERR_CONFLICT, "bank.error.rules", "no rule set is in force");
	d.rules = law->rule_set;
	if (!db_begin(act->db, &tx, e) || !read_bank(act, &d, e) || !add_form(act, ask, &id, e) ||
	    !draw(act, id, &d, e) || !store(act, id, &d, e) ||
	    !bank_second_tell(act, "bank.form", "/bank/forms", ask->reason, e) ||
	    !act_journal(act, "bank.form.made", 0, act_subject(act, "paper_form", id),
			 json_pack("{s:s,s:I,s:s,s:s,s:s,s:s}", "act", ask->act, "questions",
				   (json_int_t)d.count, "reason", ask->reason, "seed",
				   act_hex(act->arena, d.seed, sizeof(d.seed)), "bank",
				   act_hex(act->arena, d.bank, sizeof(d.bank)), "form",
				   act_hex(act->arena, d.hash, sizeof(d.hash))),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

bool paper_form_agree(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t by = 0;
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) ||
	    !db_number(act->db, e, &by, "SELECT COALESCE(by_id, 0) FROM paper_form WHERE id = $1",
		       db_int(id)) ||
	    !bank_second_require(act, by, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE paper_form SET agreed_id = $2, agreed_ms = $3"
		     " WHERE id = $1 AND agreed_ms IS NULL",
		     db_int(id), db_int(act->person_id), db_int(act->now_ms)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "export.error.agreed", "somebody has agreed");
	return act_journal(act, "bank.form.agreed", 0, act_subject(act, "paper_form", id),
			   json_object(), e) &&
	       db_commit(&tx, e);
}

/* ---- reading --------------------------------------------------------------------------------- */

static const char *letter(const struct act *act, int place)
{
	return arena_print(act->arena, "%c", 'A' + place);
}

/* The options in the order of the form. */
static json_t *options_of(const struct act *act, const struct item_text *text, const char *shown)
{
	json_t *list = json_array();
	for (int i = 0; shown[i]; i++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s,s:b}", "letter", letter(act, i), "text",
					text->option[shown[i] - '0'], "more", i > 0));
	return list;
}

static const char *key_of(const struct act *act, const json_t *row)
{
	const char *shown = row_text(row, "shown");
	int place = 0;
	while (shown[place] && shown[place] - '0' != row_number(row, "answer"))
		place++;
	return letter(act, place);
}

static bool add_words(const struct act *act, const json_t *row, const char *language,
		      json_t *question, struct err *e)
{
	struct item_text text = { .stem = NULL };
	if (!bank_known_words(act, row_number(row, "item_id"), language, &text, e))
		return false;
	if (!text.stem)
		return err_set(e, ERR_CONFLICT, "paper_form.error.language",
			       "a question is not there in this language");
	(void)json_object_set_new(question, "stem", json_string(text.stem));
	(void)json_object_set_new(question, "options",
				  options_of(act, &text, row_text(row, "shown")));
	return true;
}

static bool read_questions(const struct act *act, int64_t id, const char *language, bool with_key,
			   json_t *list, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT q.number, q.item_id, q.shown, i.answer"
				     "  FROM paper_form_question q JOIN item i ON i.id = q.item_id"
				     " WHERE q.form_id = $1 ORDER BY q.number",
				     db_int(id));
	json_array_foreach (rows, i, row) {
		json_t *question =
			json_pack("{s:I}", "number", (json_int_t)row_number(row, "number"));
		(void)json_array_append_new(list, question);
		if (with_key)
			(void)json_object_set_new(question, "key", json_string(key_of(act, row)));
		else if (!add_words(act, row, language, question, e))
			return false;
	}
	return rows != NULL;
}

static bool add_hex(const struct act *act, int64_t id, json_t *form, struct err *e)
{
	const void *seed = NULL;
	const void *hash = NULL;
	size_t seed_size = 0;
	size_t hash_size = 0;
	if (!db_bytes(act->db, act->arena, e, &seed, &seed_size,
		      "SELECT seed FROM paper_form WHERE id = $1", db_int(id)) ||
	    !db_bytes(act->db, act->arena, e, &hash, &hash_size,
		      "SELECT form_hash FROM paper_form WHERE id = $1", db_int(id)))
		return false;
	(void)json_object_set_new(form, "seed", json_string(act_hex(act->arena, seed, seed_size)));
	(void)json_object_set_new(form, "hash", json_string(act_hex(act->arena, hash, hash_size)));
	return true;
}

bool paper_form_head(const struct act *act, int64_t id, json_t **ret, struct err *e)
{
	json_t *form = db_row(act->db, act->arena, e,
			      "SELECT id, act, questions AS count, made_ms FROM paper_form"
			      " WHERE id = $1",
			      db_int(id));
	if (!form || !add_hex(act, id, form, e))
		return false;
	*ret = form;
	return true;
}

/* Who made it prints it once a second person has agreed, and for as long as a consent lasts; so
 * does any other approver then. */
static bool may_print(const struct act *act, int64_t id, struct err *e)
{
	int64_t agreed_ms = 0;
	if (!bank_require(act, ROLE_NAME_APPROVER, e) ||
	    !db_number(act->db, e, &agreed_ms,
		       "SELECT COALESCE(agreed_ms, 0) FROM paper_form WHERE id = $1", db_int(id)))
		return false;
	if (act->person_id == 0)
		return true;
	if (agreed_ms == 0)
		return err_set(e, ERR_CONFLICT, "export.error.waits", "nobody has agreed");
	return act->now_ms < paper_form_until(agreed_ms) ||
	       err_set(e, ERR_CONFLICT, "paper_form.error.over", "the consent is over");
}

int64_t paper_form_until(int64_t agreed_ms)
{
	return agreed_ms + INT64_C(3600000) * (int64_t)EXPORT_HOURS;
}

bool paper_form_read(const struct act *act, int64_t id, const char *language, bool with_key,
		     json_t **ret, struct err *e)
{
	json_t *questions = json_array();
	json_t *form = NULL;
	json_in_arena(act->arena, questions);
	if (!paper_form_head(act, id, &form, e) || !may_print(act, id, e) ||
	    !read_questions(act, id, language, with_key, questions, e))
		return false;
	(void)json_object_set(form, "questions", questions);
	*ret = form;
	return true;
}

#include "app/bank/bank.h"

#include "app/bank/bank_text.h"
#include "app/bank/vault.h"

#include <string.h>

/* ---- versions --------------------------------------------------------------------------- */

static bool add_version(const struct act *act, const char *code, const struct item *item,
			const unsigned char *hash, bool sample, int64_t *ret_id, struct err *e)
{
	int64_t id = 0;
	if (!db_number(act->db, e, &id,
		       "INSERT INTO item (code, act, article, text_day, answer, options, hash,"
		       " sample, added_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		       " RETURNING id",
		       db_text(code), db_text(item->act), db_text(item->article),
		       db_int(item->text_date.n), db_int(item->answer), db_int(item->options),
		       db_blob(hash, ITEM_HASH_SIZE), db_int(sample), db_int(act->now_ms)) ||
	    !bank_text_write(act, id, item, e))
		return false;
	*ret_id = id;
	return true;
}

/* What is missing counts as empty in the hash. */
static void fill(struct item_text *text)
{
	text->stem = text->stem ? text->stem : "";
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		text->option[i] = text->option[i] ? text->option[i] : "";
}

void bank_hash_item(const struct item *item, unsigned char ret[ITEM_HASH_SIZE])
{
	struct item whole = *item;
	fill(&whole.kk);
	fill(&whole.ru);
	item_hash(&whole, ret);
}

bool bank_version(const struct act *act, const char *code, const struct item *item, bool sample,
		  int64_t *ret_id, struct err *e)
{
	unsigned char hash[ITEM_HASH_SIZE];
	bank_hash_item(item, hash);
	json_t *rows = db_rows(act->db, act->arena, e, "SELECT id, code FROM item WHERE hash = $1",
			       db_blob(hash, sizeof(hash)));
	const json_t *row = json_array_get(rows, 0);
	if (!rows || !row)
		return rows && add_version(act, code, item, hash, sample, ret_id, e);
	if (strcmp(row_text(row, "code"), code) != 0) {
		(void)err_input(e, "ru_stem", "bank.error.same", "another question says the same");
		return err_value(e, row_text(row, "code"));
	}
	if (!bank_text_give_back(act, row_number(row, "id"), e))
		return false;
	*ret_id = row_number(row, "id");
	return true;
}

bool bank_version_drop(const struct act *act, int64_t version, struct err *e)
{
	return db_exec(act->db, e, NULL, "DELETE FROM item_text WHERE item_id = $1",
		       db_int(version)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM item_key WHERE item_id = $1",
		       db_int(version)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM item WHERE id = $1 AND approved_ms IS NULL",
		       db_int(version));
}

bool bank_enemy(const struct act *act, const char *code, const char *other, struct err *e)
{
	const bool first = strcmp(code, other) < 0;
	return db_exec(act->db, e, NULL,
		       "INSERT INTO item_enemy (code_a, code_b) VALUES ($1, $2)"
		       " ON CONFLICT (code_a, code_b) DO NOTHING",
		       db_text(first ? code : other), db_text(first ? other : code));
}

/* ---- files of the sample bank -------------------------------------------------------------- */

static struct item_text text_of(const struct bank_text *from)
{
	struct item_text text = { .stem = from->stem };
	for (size_t i = 0; i < from->option_count; i++)
		text.option[i] = from->options[i];
	return text;
}

static struct item item_of(const struct bank_file *file, const struct bank_item *from)
{
	return (struct item){
		.act = file->act,
		.article = from->article,
		.text_date = file->text_date,
		.options = (int)from->kk.option_count,
		.answer = from->answer,
		.kk = text_of(&from->kk),
		.ru = text_of(&from->ru),
	};
}

/* The version takes the place of the one in use. */
static bool use(const struct act *act, const struct bank_file *file, const struct bank_item *from,
		int64_t version, struct bank_import *done, struct err *e)
{
	int64_t retired = 0;
	int64_t id = 0;
	if (!db_exec(act->db, e, &retired,
		     "UPDATE item SET retired_ms = $1 WHERE code = $2 AND id <> $3"
		     " AND retired_ms IS NULL",
		     db_int(act->now_ms), db_text(from->id), db_int(version)) ||
	    !db_exec(act->db, e, NULL,
		     "UPDATE item SET approved_ms = $1, held_ms = NULL, retired_ms = NULL"
		     " WHERE id = $2",
		     db_int(act->now_ms), db_int(version)) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO bank_item (code, act, state, revision, newest_id, used_id,"
		       " hold_kind, reason, changed_ms)"
		       " VALUES ($1, $2, 'approved', 1, $3, $3, '', '', $4)"
		       " ON CONFLICT (code) DO UPDATE SET act = excluded.act, state = 'approved',"
		       " revision = bank_item.revision + 1, newest_id = excluded.newest_id,"
		       " used_id = excluded.used_id, hold_kind = '', reason = '',"
		       " changed_ms = excluded.changed_ms RETURNING id",
		       db_text(from->id), db_text(file->act), db_int(version), db_int(act->now_ms)))
		return false;
	done->added++;
	done->retired += retired;
	return db_exec(act->db, e, NULL,
		       "INSERT INTO bank_revision (bank_item_id, number, item_id, why, at_ms)"
		       " SELECT id, revision, newest_id, '', changed_ms FROM bank_item"
		       " WHERE id = $1",
		       db_int(id)) &&
	       vault_seal_question(act, from->id, e);
}

static bool take(const struct act *act, const struct bank_file *file, const struct bank_item *from,
		 struct bank_import *done, struct err *e)
{
	const struct item item = item_of(file, from);
	unsigned char hash[ITEM_HASH_SIZE];
	bool known = false;
	int64_t version = 0;
	item_hash(&item, hash);
	if (!db_exists(act->db, e, &known, "SELECT 1 FROM item WHERE hash = $1",
		       db_blob(hash, ITEM_HASH_SIZE)))
		return false;
	if (known) {
		done->unchanged++;
		return true;
	}
	return bank_version(act, from->id, &item, file->sample, &version, e) &&
	       use(act, file, from, version, done, e);
}

static bool add_enemies(const struct act *act, const struct bank_item *item, struct err *e)
{
	for (size_t i = 0; i < item->enemy_count; i++) {
		if (!bank_enemy(act, item->id, item->enemies[i], e))
			return false;
	}
	return true;
}

bool bank_import(const struct act *act, const struct bank_file *file, struct bank_import *ret,
		 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_import done = { 0, 0, 0 };
	if (!act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e) ||
	    !db_begin(act->db, &tx, e))
		return false;
	for (size_t i = 0; i < file->item_count; i++) {
		if (!take(act, file, &file->items[i], &done, e) ||
		    !add_enemies(act, &file->items[i], e))
			return false;
	}
	if (!act_journal(act, "bank.imported", 0, "",
			 json_pack("{s:s,s:I,s:I,s:I}", "act", file->act, "added",
				   (json_int_t)done.added, "unchanged", (json_int_t)done.unchanged,
				   "retired", (json_int_t)done.retired),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret = done;
	return true;
}

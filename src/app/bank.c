#include "app/bank.h"

#include "exam/item.h"

#include <string.h>

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

/* Part 0 is the question, from 1 the options (schema/0003_sitting.sql). */
static bool add_texts(const struct act *act, int64_t id, const char *language,
		      const struct bank_text *text, struct err *e)
{
	for (size_t part = 0; part <= text->option_count; part++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO item_text (item_id, language, part, text)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(id), db_text(language), db_int((int64_t)part),
			     db_text(part == 0 ? text->stem : text->options[part - 1])))
			return false;
	}
	return true;
}

static bool add_item(const struct act *act, const struct bank_file *file,
		     const struct bank_item *from, const unsigned char *hash,
		     struct bank_import *done, struct err *e)
{
	int64_t id = 0;
	int64_t retired = 0;
	if (!db_exec(act->db, e, &retired,
		     "UPDATE item SET retired_ms = $1 WHERE code = $2 AND act = $3"
		     " AND retired_ms IS NULL",
		     db_int(act->now_ms), db_text(from->id), db_text(file->act)) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO item (code, act, article, text_day, answer, options, hash,"
		       " sample, added_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		       " RETURNING id",
		       db_text(from->id), db_text(file->act), db_text(from->article),
		       db_int(file->text_date.n), db_int(from->answer),
		       db_int((int64_t)from->kk.option_count), db_blob(hash, ITEM_HASH_SIZE),
		       db_int(file->sample), db_int(act->now_ms)) ||
	    !add_texts(act, id, "kk", &from->kk, e) || !add_texts(act, id, "ru", &from->ru, e))
		return false;
	done->added++;
	done->retired += retired;
	return true;
}

/* F30: a pair is one whichever of the two names the other; once noted it stays. */
static bool add_enemies(const struct act *act, const struct bank_item *item, struct err *e)
{
	for (size_t i = 0; i < item->enemy_count; i++) {
		const char *other = item->enemies[i];
		bool first = strcmp(item->id, other) < 0;
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO item_enemy (code_a, code_b) VALUES ($1, $2)"
			     " ON CONFLICT (code_a, code_b) DO NOTHING",
			     db_text(first ? item->id : other), db_text(first ? other : item->id)))
			return false;
	}
	return true;
}

static bool take(const struct act *act, const struct bank_file *file, const struct bank_item *from,
		 struct bank_import *done, struct err *e)
{
	const struct item item = item_of(file, from);
	unsigned char hash[ITEM_HASH_SIZE];
	bool known = false;
	item_hash(&item, hash);
	if (!db_exists(act->db, e, &known, "SELECT 1 FROM item WHERE hash = $1",
		       db_blob(hash, ITEM_HASH_SIZE)))
		return false;
	if (!known)
		return add_item(act, file, from, hash, done, e);
	done->unchanged++;
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

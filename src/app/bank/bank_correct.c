#include "app/bank/bank_correct.h"

#include "app/bank/bank.h"
#include "app/bank/bank_review.h"
#include "app/bank/bank_text.h"

#include <sodium.h>
#include <string.h>

/* The same words with another key. */
static bool write_version(const struct act *act, const struct bank_correction *c, const char *code,
			  int64_t *ret_item, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT act, article, text_day, options, sample FROM item"
				   " WHERE id = $1",
				   db_int(c->item_id));
	if (!row)
		return false;
	struct item item = {
		.act = row_text(row, "act"),
		.article = row_text(row, "article"),
		.text_date = { (int32_t)row_number(row, "text_day") },
		.options = (int)row_number(row, "options"),
		.answer = c->answer,
	};
	return bank_text_of_attempt(act, c->attempt_id, c->number, &item.kk, &item.ru, e) &&
	       bank_version(act, code, &item, row_number(row, "sample") != 0, ret_item, e);
}

static bool add_revision(const struct act *act, const struct bank_correction *c,
			 const struct bank_state *s, int64_t item, struct err *e)
{
	const char *why = NULL;
	return bank_note_close(act, c->why, &why, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bank_item SET state = 'review', revision = revision + 1,"
		       " newest_id = $1, changed_ms = $2 WHERE id = $3",
		       db_int(item), db_int(act->now_ms), db_int(s->id)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_revision (bank_item_id, number, item_id, author_id, why,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
		       db_int(s->id), db_int(s->revision + 1), db_int(item), db_int(c->author_id),
		       db_text(why), db_int(act->now_ms)) &&
	       act_journal(act, "bank.written", 0, act_subject(act, "question", s->id),
			   json_pack("{s:s,s:I}", "code", s->code, "version", (json_int_t)item), e);
}

bool bank_correct(const struct act *act, const struct bank_correction *c, int64_t *ret_item,
		  struct err *e)
{
	struct bank_state s = { 0 };
	int64_t item = 0;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT b.id FROM bank_item b JOIN item i ON i.code = b.code"
				     " WHERE i.id = $1 AND b.used_id = i.id"
				     " AND b.state <> 'retired'",
				     db_int(c->item_id));
	const json_t *row = json_array_get(rows, 0);
	*ret_item = 0;
	if (!row)
		return rows != NULL;
	if (!bank_hold_for(act, row_number(row, "id"), BANK_HOLD_CHALLENGE, c->why, e) ||
	    !bank_item_load(act, row_number(row, "id"), &s, e))
		return false;
	if (c->answer < 0 || s.newest_id != s.used_id)
		return true;
	if (!write_version(act, c, s.code, &item, e) || !add_revision(act, c, &s, item, e))
		return false;
	*ret_item = item;
	return true;
}

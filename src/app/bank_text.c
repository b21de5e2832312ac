#include "app/bank_text.h"

#include <string.h>

bool bank_text_of_attempt(const struct act *act, int64_t attempt_id, int64_t number,
			  struct item_text *ret_kk, struct item_text *ret_ru, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	struct item_text kk = { 0 };
	struct item_text ru = { 0 };
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT x.language, x.part, x.text FROM form_question q"
				     " JOIN item_text x ON x.item_id = q.item_id"
				     " WHERE q.attempt_id = $1 AND q.number = $2",
				     db_int(attempt_id), db_int(number));
	json_array_foreach (rows, i, row) {
		struct item_text *text = strcmp(row_text(row, "language"), "kk") == 0 ? &kk : &ru;
		const int64_t part = row_number(row, "part");
		if (part == 0)
			text->stem = row_text(row, "text");
		else if (part <= ITEM_OPTIONS_MOST)
			text->option[part - 1] = row_text(row, "text");
	}
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_MISSING, "error.missing", "no such question on the form");
	*ret_kk = kk;
	*ret_ru = ru;
	return true;
}

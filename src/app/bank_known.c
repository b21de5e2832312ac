#include "app/bank_known.h"

struct telling {
	bank_known_fn *each;
	void *user;
};

/* Columns: code, Kazakh, Russian. */
static bool tell(void *user, const struct db_value *column, size_t count, struct err *e)
{
	const struct telling *t = user;
	(void)count;
	(void)e;
	t->each(t->user, column[0].bytes, column[1].bytes, column[2].bytes);
	return true;
}

bool bank_known_each(const struct act *act, bank_known_fn *each, void *user, struct err *e)
{
	struct telling t = { each, user };
	return db_each(act->db, e, tell, &t,
		       "SELECT b.code, COALESCE(k.text, ''), COALESCE(r.text, '')"
		       "  FROM bank_item b"
		       "  LEFT JOIN item_text k ON k.item_id = b.newest_id AND k.language = 'kk'"
		       "   AND k.part = 0"
		       "  LEFT JOIN item_text r ON r.item_id = b.newest_id AND r.language = 'ru'"
		       "   AND r.part = 0 WHERE b.state <> 'retired' ORDER BY b.id");
}

bool bank_known_words(const struct act *act, int64_t version, const char *language,
		      struct item_text *ret, struct err *e)
{
	struct item_text text = { .stem = NULL };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT part, text FROM item_text WHERE item_id = $1"
				     " AND language = $2",
				     db_int(version), db_text(language));
	json_array_foreach (rows, i, row) {
		const int64_t part = row_number(row, "part");
		*(part == 0 ? &text.stem : &text.option[part - 1]) = row_text(row, "text");
	}
	if (rows)
		*ret = text;
	return rows != NULL;
}

#include "app/bank_known.h"

#include "app/bank_text.h"
#include "app/vault_opening.h"

#include <string.h>

static const char *stem_of(const struct item_text *text)
{
	return text->stem ? text->stem : "";
}

bool bank_known_each(const struct act *act, bank_known_fn *each, void *user, int64_t *ret_sealed,
		     struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	size_t i = 0;
	const json_t *row = NULL;
	int64_t sealed = 0;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT code, newest_id FROM bank_item"
				     " WHERE state <> 'retired' ORDER BY id");
	json_array_foreach (rows, i, row) {
		struct item_text kk = { .stem = NULL };
		struct item_text ru = { .stem = NULL };
		struct err why = { 0 };
		if (bank_text_read_by(act, row_number(row, "newest_id"), &door, &kk, &ru, &why)) {
			each(user, row_text(row, "code"), stem_of(&kk), stem_of(&ru));
			continue;
		}
		if (strcmp(why.key, "bank.error.sealed") != 0) {
			*e = why;
			return false;
		}
		sealed++;
	}
	if (rows)
		*ret_sealed = sealed;
	return rows != NULL;
}

bool bank_known_words(const struct act *act, int64_t version, const char *language,
		      struct item_text *ret, struct err *e)
{
	const bool kazakh = strcmp(language, "kk") == 0;
	return bank_text_read(act, version, kazakh ? ret : NULL, kazakh ? NULL : ret, e);
}

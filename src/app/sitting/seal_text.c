/* seal_text.c - the words on the forms of a sitting, readable with the key of its seal alone. */
#include "app/sitting/seal.h"

#include "app/bank/bank_text.h"
#include "app/bank/vault_opening.h"

#include <sodium.h>

enum { DATA_KEY = BOX_KEY_SIZE };

/* F28, F34: the version's data key once more, under the key that both officials' codes give; so the
 * start needs no keeper, and before it nobody reads. */
static bool seal_text(const struct act *act, int64_t sitting, int64_t version,
		      struct bank_door *door, const unsigned char *key, struct err *e)
{
	unsigned char data[DATA_KEY];
	unsigned char box[DATA_KEY + BOX_MORE];
	if (!bank_text_key(act, version, door, data, e))
		return false;
	box_close(key, vault_form_name(act->arena, sitting, version), data, sizeof(data), box);
	sodium_memzero(data, sizeof(data));
	return db_exec(act->db, e, NULL,
		       "UPDATE sitting_item SET text_key = $1 WHERE sitting_id = $2"
		       " AND item_id = $3",
		       db_blob(box, sizeof(box)), db_int(sitting), db_int(version));
}

bool seal_texts(const struct act *act, int64_t sitting, const unsigned char key[SEAL_KEY_SIZE],
		struct err *e)
{
	CLEANUP(bank_door_close)
	struct bank_door door = { .purpose = VAULT_SITTING, .sitting = sitting };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT item_id FROM sitting_item WHERE sitting_id = $1", db_int(sitting));
	json_array_foreach (rows, i, row) {
		if (!seal_text(act, sitting, row_number(row, "item_id"), &door, key, e))
			return false;
	}
	return rows != NULL;
}

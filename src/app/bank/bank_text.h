/* bank_text.h - the words of questions: the one door to reading and writing them (F28).
 *
 * Each version of a question has a random data key of its own, and each text of it is a box under
 * that key (sign/box.h).  The data key lies in item_key, under the service key while the question
 * is written and reviewed, and for the bank's public key once it has come into use and the bank is
 * sealed (app/bank/vault.h): then an opening by two keepers is needed to read it.  On the forms of
 * a sitting it lies once more under the key of the seal, which both officials give at the start. */
#pragma once
#include "app/act.h"
#include "exam/item.h"

/* Words of a version: a language that it does not have gets a NULL stem.  NULL for a language that
 * is not asked for.  ERR_CONFLICT "bank.error.sealed" if it is sealed and the bank is not open for
 * work. Rights, views and rations are the caller's. */
bool bank_text_read(const struct act *act, int64_t version, struct item_text *kk,
		    struct item_text *ru, struct err *e) MUST_USE;

/* The same for question `number` of an attempt whose form is open: what that sitting had, whatever
 * became of the question since, and without any keeper.  ERR_MISSING if there is no such question.
 */
bool bank_text_of_attempt(const struct act *act, int64_t attempt, int64_t number,
			  struct item_text *kk, struct item_text *ru, struct err *e) MUST_USE;

/* Stores the words of a new version under a new data key; for bank_version() alone. */
bool bank_text_write(const struct act *act, int64_t version, const struct item *item,
		     struct err *e) MUST_USE;

/* A version whose words were written again is a draft again: its data key goes back to the service,
 * if an opening for work gives it; if none does, its reviewers need one, as everybody does.  One
 * that is in use is on forms to come and stays sealed, whatever is open. */
bool bank_text_give_back(const struct act *act, int64_t version, struct err *e) MUST_USE;

/* ---- many at once ---------------------------------------------------------------------------- */

struct bank_secret {
	unsigned char public_key[32], secret_key[32];
};

/* Looks for an opening at the first sealed question, and not again. */
struct bank_door {
	const char *purpose; /* VAULT_... of app/bank/vault_opening.h */
	int64_t sitting;     /* 0: none                         */
	bool looked, open;
	struct bank_secret secret;
};
void bank_door_close(struct bank_door *door); /* wipes it; for CLEANUP() */

/* The data key of a version, 32 bytes.  ERR_CONFLICT "bank.error.sealed" as bank_text_read(). */
bool bank_text_key(const struct act *act, int64_t version, struct bank_door *door,
		   unsigned char ret[32], struct err *e) MUST_USE;

/* bank_text_read() through a door. */
bool bank_text_read_by(const struct act *act, int64_t version, struct bank_door *door,
		       struct item_text *kk, struct item_text *ru, struct err *e) MUST_USE;

/* The same of the questions alone: no option is opened, which makes it several times as quick. */
bool bank_text_stems_by(const struct act *act, int64_t version, struct bank_door *door,
			struct item_text *kk, struct item_text *ru, struct err *e) MUST_USE;

/* ---- what is said about questions ------------------------------------------------------------ */

/* Comments, reasons and findings of an import may quote words.  They lie in their column of text as
 * a box under the service key, in base 64; "" stays "". */
bool bank_note_close(const struct act *act, const char *text, const char **ret,
		     struct err *e) MUST_USE;

/* The plain text again.  One that does not open is ERR_DB "error.storage". */
bool bank_note_open(const struct act *act, const char *note, const char **ret,
		    struct err *e) MUST_USE;

/* The plain text takes the place of column `name` in each row. */
bool bank_notes_open(const struct act *act, json_t *rows, const char *name, struct err *e) MUST_USE;

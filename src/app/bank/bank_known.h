/* bank_known.h - the words that the bank has, for comparing others with them.
 *
 * The only place where the import looks at words of questions that are in the bank, and where one
 * question is compared with the others. */
#pragma once
#include "app/act.h"
#include "exam/item.h"

/* One question, and its text in each language, "" for none; valid within the call. */
struct bank_known {
	int64_t id;
	const char *code, *kk, *ru;
};
typedef void bank_known_fn(void *user, const struct bank_known *known);

/* The newest words of every question that is not retired; those that are sealed and not open for
 * work are left out and counted. */
bool bank_known_each(const struct act *act, bank_known_fn *each, void *user, int64_t *ret_sealed,
		     struct err *e) MUST_USE;

enum { BANK_ALIKE_MOST = 5 };

/* Questions that read much as the newest words of this one do, the most alike first, at most
 * BANK_ALIKE_MOST (F26): {any, found [{id, code, percent}], left_out}: so many are sealed and were
 * not compared.  A question that is not being written or reviewed, or is sealed itself, has nobody
 * to warn: `ret` is NULL.  Whoever works in the bank.  Takes a second for a large bank: for a
 * worker's thread. */
bool bank_known_alike(const struct act *act, int64_t id, json_t **ret, struct err *e) MUST_USE;

/* The words of a version in one language, in the act's arena; stem NULL if it has none.
 * ERR_CONFLICT "bank.error.sealed" as bank_text_read(). */
bool bank_known_words(const struct act *act, int64_t version, const char *language,
		      struct item_text *ret, struct err *e) MUST_USE;

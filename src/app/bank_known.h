/* bank_known.h - the words that the bank has, for comparing others with them.
 *
 * The only place where the import looks at words of questions that are in the bank. */
#pragma once
#include "app/act.h"
#include "exam/item.h"

/* One question: its code and its text in each language, "" for none; valid within the call. */
typedef void bank_known_fn(void *user, const char *code, const char *kk, const char *ru);

/* The newest words of every question that is not retired; those that are sealed and not open for
 * work are left out and counted. */
bool bank_known_each(const struct act *act, bank_known_fn *each, void *user, int64_t *ret_sealed,
		     struct err *e) MUST_USE;

/* The words of a version in one language, in the act's arena; stem NULL if it has none.
 * ERR_CONFLICT "bank.error.sealed" as bank_text_read(). */
bool bank_known_words(const struct act *act, int64_t version, const char *language,
		      struct item_text *ret, struct err *e) MUST_USE;

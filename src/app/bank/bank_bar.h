/* bank_bar.h - what keeps a version of a question out of use, whoever signs it and whatever holds
 * it besides (F23, F62). */
#pragma once
#include "app/bank/bank_item.h"

enum { ARTICLES_MOST = 200 };

struct articles {
	const char *name[ARTICLES_MOST];
	size_t count; /* 0: the whole act */
};

/* "15, 35-1"; the names live in the arena.  ERR_INPUT at "articles" with the word in `value` if it
 * is no list of articles. */
bool articles_read(struct arena *a, const char *list, struct articles *ret, struct err *e) MUST_USE;

/* Whether a question's article is among them: its "15(2)" or "15, 2-тармақ" is about article 15. */
bool articles_have(const struct articles *articles, const char *article);

/* ERR_CONFLICT "bank.error.act_changed" if the version was checked against an older text than a
 * change of its act that was entered and touches its article; "bank.error.key_corrected" if its key
 * was found wrong.  Both stay so for ever: another version is needed. */
bool bank_bar_version(const struct act *act, int64_t version, struct err *e) MUST_USE;

/* The same for the newest revision, which is to come into use.  One that was written before a
 * correction of its question and has the key that was found wrong is barred with it. */
bool bank_bar_newest(const struct act *act, const struct bank_state *s, struct err *e) MUST_USE;

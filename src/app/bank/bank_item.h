/* bank_item.h - a question while it is written: revisions, comments, views (F22, F24, F25).
 *
 * One question is one key and two texts with the same options in the same order.  Each time it is
 * saved a revision is added; nothing that was saved is changed.  A draft may lack a language; what
 * is sent to review may not.
 *
 * States of the newest revision: draft -> review -> approved; approved <-> hold; retired is the
 * end. While a newer revision is written the approved one stays in use. */
#pragma once
#include "app/act.h"
#include "exam/item.h"

/* How many questions that are in use a person may open on one day.  Ours: the law has no figure; a
 * reviewer's day is shorter, a copyist's is not. */
enum { BANK_VIEWS_A_DAY = 40 };

struct bank_state {
	int64_t id, revision, newest_id;
	int64_t used_id; /* 0: never approved */
	const char *code, *act, *state, *hold_kind;
	const char *reason; /* as it lies: bank_note_open() of app/bank/bank_text.h */
};

/* ERR_MISSING if there is none. */
bool bank_item_load(const struct act *act, int64_t id, struct bank_state *ret,
		    struct err *e) MUST_USE;

/* Whether the person works in the bank in this role, for the whole service: ERR_DENIED if not. */
bool bank_require(const struct act *act, const char *role, struct err *e) MUST_USE;

/* The same in any of the bank's roles. */
bool bank_require_any(const struct act *act, struct err *e) MUST_USE;

/* As a person fills it in.  Texts are NFC; options that are not used are "". */
struct bank_item_form {
	const char *code; /* '' for the next free one; fixed once the question is there */
	const char *act, *article;
	day text_date;
	int answer; /* position of the right option, from 0 */
	struct item_text kk, ru;
	const char *enemies; /* codes with commas or blanks between them */
	const char *why;     /* what was changed, for the history */
};

/* Checks a form against the rules of today's rule set: ERR_INPUT at "code", "act", "article",
 * "key", "enemies", and at the option: "kk_b", "ru_stem".  `ret` is the item. */
bool bank_item_check(const struct act *act, const struct bank_item_form *form, struct item *ret,
		     struct err *e) MUST_USE;

/* Authors.  A new question, as a draft. */
bool bank_item_add(const struct act *act, const struct bank_item_form *form, int64_t *ret_id,
		   struct err *e) MUST_USE;

/* Authors.  A new revision, as a draft.  `base` is the revision that the author saw: ERR_CONFLICT
 * "bank.error.changed" if there is a newer one; "bank.error.in_review", "bank.error.retired";
 * ERR_INPUT at "ru_stem" "bank.error.nothing" if nothing is different.  If the enemies alone are
 * (F30), they are saved, count at once, and make no revision: state and signatures stay. */
bool bank_item_revise(const struct act *act, int64_t id, int64_t base,
		      const struct bank_item_form *form, struct err *e) MUST_USE;

/* Whoever works in the bank. */
bool bank_item_comment(const struct act *act, int64_t id, const char *text, struct err *e) MUST_USE;

/* Opens a question for the eyes of a person who works in the bank.  If it is in use the view is
 * journalled and counted: ERR_CONFLICT "bank.error.ration" beyond BANK_VIEWS_A_DAY (F25). */
bool bank_item_view(const struct act *act, int64_t id, struct err *e) MUST_USE;

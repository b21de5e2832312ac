/* import_part.h - what the files of the import share.  Only for app/bank/import*.c. */
#pragma once
#include "app/bank/bank_item.h"
#include "app/bank/import.h"

struct import {
	int64_t id, by_id, parts, part, total, done, last_code;
	const char *state, *act, *article, *format;
	day text_date;
	bool leave_bad;
};

/* ERR_MISSING if there is none. */
bool import_load(const struct act *act, int64_t id, struct import *ret, struct err *e) MUST_USE;

/* The act of whoever brought it. */
struct act import_author(const struct act *act, const struct import *im);

/* ---- import_judge.c: one question ------------------------------------------------------------ */

/* As it would be in the bank. */
struct judged {
	const char *code, *what, *key, *value, *fields;
	const char *enemies; /* codes with blanks, NULL: as they are */
	int64_t base;        /* the revision that it follows, 0 none */
	struct item item;
	unsigned char hash[ITEM_HASH_SIZE];
};

/* Compares a question (an entry of a part) with the bank and with what this import has so far.
 * What a person can mend is no failure but `what` "bad". */
bool import_judge(const struct act *act, struct import *im, const json_t *entry, struct judged *ret,
		  struct err *e) MUST_USE;

/* The question again as it was judged, under its code: ERR_CONFLICT "import.error.changed" if it
 * would be another one now. */
bool import_item(const struct act *act, const struct import *im, const json_t *entry,
		 const char *code, const void *hash, struct item *ret, struct err *e) MUST_USE;

/* ---- import_move.c: all of them -------------------------------------------------------------- */

/* Makes the versions revisions, in the caller's transaction.  ERR_CONFLICT "import.error.changed",
 * before anything is changed, if the bank is not as it was compared with. */
bool import_move(const struct act *act, const struct import *im, struct err *e) MUST_USE;

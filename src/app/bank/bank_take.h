/* bank_take.h - questions that were read from a file become drafts of the bank at once, all of them
 * or none (F26): an import (import.h) from its beginning to its end in one transaction, for the
 * command line.
 *
 * Everything that is taken over goes the way of every draft: review in both languages, approval. */
#pragma once
#include "app/bank/bank_item.h"
#include "exchange/exchange.h"

struct bank_take_options {
	bool dry_run;
	bool leave_bad;      /* take over the rest where a question cannot be read */
	const char *article; /* of questions whose file has none, "" none */
	day text_date;       /* the same */
	/* NULL, or called after each step, while it is compared and again while it is taken over */
	void (*progress)(void *user, int64_t done, int64_t all);
	void *user;
};

struct bank_take_report {
	int64_t added, changed, unchanged, bad;
	/* [{place, line, code, what, key, value}], in the order of the file: `what` is added,
	 * changed, unchanged, bad or note; `key` is the message why, "" for none, `value` its
	 * {value}.  Questions that are sealed are not compared with for near-duplicates: a note
	 * without a place says how many. */
	json_t *rows;
};

/* Authors.  With dry_run nothing is changed and the report is the same as it would be.
 * ERR_CONFLICT "exchange.error.bad" if a question cannot be taken over and leave_bad is not set;
 * the report is given then too.  `ret->rows` belongs to the act's arena. */
bool bank_take(const struct act *act, const struct exchange_set *set,
	       const struct bank_take_options *options, struct bank_take_report *ret,
	       struct err *e) MUST_USE;

/* bank_file.h - a file of questions, sample/bank/<act>.yaml. */
#pragma once
#include "base/arena.h"
#include "base/day.h"

enum { BANK_OPTIONS_MOST = 5 };

struct bank_text {
	const char *stem;
	const char *const *options;
	size_t option_count;
};

struct bank_item {
	const char *id, *article;
	int answer; /* position of the right option, from 0 */
	struct bank_text kk, ru; /* the same options in the same order */
};

struct bank_file {
	const char *name, *act;
	bool sample;
	day text_date; /* the act's text that the questions were checked against */
	const struct bank_item *items;
	size_t item_count;
};

/* Reads one file.  ERR_SYSTEM "error.rules.file", in detail file, line and reason: texts in
 * NFC and not empty, key within the options, as many options in both languages, options
 * different, ids unique. */
bool bank_file_read(struct arena *a, const char *name, const char *body, struct bank_file *ret,
		    struct err *e) MUST_USE;

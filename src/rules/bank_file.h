/* bank_file.h - a file of questions, sample/bank/<act>.yaml.
 *
 * A bad file is refused like a file of the law (law_book.h): ERR_SYSTEM "rules.*", place in
 * err.value, place and reason in err.detail. */
#pragma once
#include "base/arena.h"
#include "base/day.h"
#include "law/rule_set.h"

/* What a form can hold; how many the Rules want is a parameter of the rule set. */
enum { BANK_OPTIONS_LEAST = 2, BANK_OPTIONS_MOST = 5 };

struct bank_text {
	const char *stem;
	const char *const *options;
	size_t option_count;
};

struct bank_item {
	const char *id, *article;
	int answer;                 /* position of the right option, from 0 */
	struct bank_text kk, ru;    /* the same options in the same order */
	const char *const *enemies; /* ids of items that no form may hold beside it (F30) */
	size_t enemy_count;
};

struct bank_file {
	const char *name, *act;
	bool sample;
	day text_date; /* the act's text that the questions were checked against */
	const struct bank_item *items;
	size_t item_count;
	const char *body; /* the bytes, for the line of a refusal */
};

/* Reads one file: texts in normal form C and not empty, key within the options, as many
 * options in both languages, options different for a reader who does not mind capital
 * letters, ids unique. */
bool bank_file_read(struct arena *a, const char *name, const char *body, struct bank_file *ret,
		    struct err *e) MUST_USE;

/* Reads every .yaml file of `dir` in the order of the names; an id stands once in all of them. */
bool bank_load_dir(const char *dir, struct arena *a, struct bank_file **ret, size_t *count,
		   struct err *e) MUST_USE;

/* Whether a file fits a rule set: its act is in the programme (A5-1), each question has as many
 * options as the parameters want. */
bool bank_file_fits(const struct bank_file *file, const struct rule_set *rules, struct arena *a,
		    struct err *e) MUST_USE;

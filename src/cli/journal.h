/* journal.h - konkurs journal: what its files share. */
#pragma once
#include "cli/cli.h"

enum { JOURNAL_WORDS_MOST = 64 };

struct journal_options {
	const char *db, *key, *rules, *log_key;
	const char *action;
	const char *word[JOURNAL_WORDS_MOST]; /* what follows the action */
	size_t words;
	int64_t at, old; /* -1: not said */
	bool json, make, checkpoints, quiet;
};

/* Each is one of CLI_...  journal.c, journal_log.c, journal_export.c */
int journal_run_verify(const struct journal_options *o);
int journal_run_checkpoint(const struct journal_options *o);
int journal_run_prove(const struct journal_options *o);
int journal_run_consistency(const struct journal_options *o);
int journal_run_show(const struct journal_options *o);
int journal_run_export(const struct journal_options *o);
int journal_run_lines(const struct journal_options *o); /* journal_lines.c */

/* A whole number from 0; false for anything else. */
bool journal_number(const char *text, int64_t *ret) MUST_USE;

/* A whole file, terminated, of at most NOTE_MOST bytes, in the arena. */
bool cli_read_file(struct arena *a, const char *path, const char **ret, size_t *ret_size,
		   struct err *e) MUST_USE;

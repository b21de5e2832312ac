/* verify.h - what `konkurs verify` and `konkurs drill` share. */
#pragma once
#include "app/verify/verify.h"
#include "view/view.h"

enum { CHECKPOINTS_MOST = 64 };

struct verify_checkpoints {
	struct verify_checkpoint list[CHECKPOINTS_MOST];
	size_t count;
};

struct verify_options {
	const char *db, *rules, *lang; /* `lang` is set before */
	const char *key, *work;        /* of the drill: the service key; folder of its copies */
	const char *records;           /* the folder with the records; NULL: rows alone */
	const char *files;             /* where kept files lie; NULL: rows alone */
	bool json, quiet;
	const char *checkpoint[CHECKPOINTS_MOST];
	size_t checkpoints;
};

/* The words of the command line; false: told what is wrong with them. */
bool cli_read_verify(const char *command, int argc, char **argv,
		     struct verify_options *ret) MUST_USE;

/* Reads the file of a checkpoint and adds it. */
bool cli_read_checkpoint(struct arena *a, const char *path, struct verify_checkpoints *list,
			 struct err *e) MUST_USE;

/* Reads all files of the records and hashes them, as `db` knows them (app/verify/verify.h).
 * ERR_MISSING if there is no such folder. */
bool cli_read_records(struct db *db, struct arena *a, const char *folder,
		      struct verify_records *ret, struct err *e) MUST_USE;

/* The message `key` with {number}, {count}, {value} in a language, in the arena. */
const char *cli_say(const struct catalog *catalog, const char *lang, struct arena *a,
		    const char *key, int64_t number, const char *value);

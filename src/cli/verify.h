/* verify.h - what `konkurs verify` and `konkurs drill` share. */
#pragma once
#include "app/verify.h"
#include "view/view.h"

enum { CHECKPOINTS_MOST = 64 };

struct verify_checkpoints {
	struct verify_checkpoint list[CHECKPOINTS_MOST];
	size_t count;
};

/* Reads the file of a checkpoint and adds it. */
bool cli_read_checkpoint(struct arena *a, const char *path, struct verify_checkpoints *list,
			 struct err *e) MUST_USE;

/* The message `key` with {number}, {count}, {value} in a language, in the arena. */
const char *cli_say(const struct catalog *catalog, const char *lang, struct arena *a,
		    const char *key, int64_t number, const char *value);

/* one.h - what commands about one thing by its number share. */
#pragma once
#include "base/err.h"

#include <stdint.h>

struct one_options {
	const char *db, *rules, *action;
	int64_t number; /* of the thing: above 0 */
	bool json;
};

/* [--db FILE] [--rules DIR] [--json] ACTION NUMBER; false if it is anything else. */
bool cli_read_one(int argc, char **argv, struct one_options *ret) MUST_USE;

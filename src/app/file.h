/* file.h - a file that comes with a use case, and where it is kept. */
#pragma once
#include "app/act.h"

struct file_in {
	const void *bytes;
	size_t size;
	const char *media; /* told from the content */
	const char *name;  /* for people's eyes     */
};

/* Keeps the file if there is one; `ret_hash` and `ret_name` are NULL if there is none. */
bool file_keep(const struct act *act, const struct file_in *file, const char **ret_hash,
	       const char **ret_name, struct err *e) MUST_USE;

/* ERR_INPUT at `field` for a day after today: a paper is not dated ahead. */
bool file_day_past(const struct act *act, day d, const char *field, struct err *e) MUST_USE;

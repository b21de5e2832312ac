/* readers.h - one reader for each kind of file, for this room alone. */
#pragma once
#include "rules/law_book.h"

bool read_organs(struct arena *a, const char *name, const char *body, struct law_book *book,
		 struct err *e) MUST_USE;
bool read_posts(struct arena *a, const char *name, const char *body, struct law_book *book,
		struct err *e) MUST_USE;
bool read_calendar(struct arena *a, const char *name, const char *body, struct law_book *book,
		   struct err *e) MUST_USE;

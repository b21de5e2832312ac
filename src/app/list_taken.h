/* list_taken.h - who took which list away as a file: personal data that leaves the system. */
#pragma once
#include "app/act.h"

/* Journals it.  `list` is the pattern of its address, which holds nothing that was searched for;
 * `ending` "csv" or "xlsx"; competition_id 0: of none.  Whether the person may have the rows was
 * decided by the handler that made them. */
bool list_note_taken(const struct act *act, const char *list, const char *ending, int64_t rows,
		     int64_t competition_id, struct err *e) MUST_USE;

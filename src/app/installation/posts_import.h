/* posts_import.h - the posts of an installation, of a table (CSV, XLSX), as its law (own_law.h).
 *
 * Columns code, category, name_kk, name_ru (names in Kazakh and Russian: posts_columns in
 * posts_import.c).  The table is the whole list: a post that it leaves out is removed, unless a
 * competition has it.  What comes of it is posts.yaml with assumed: false, entered with its
 * reason: the act that tells the posts. */
#pragma once
#include "app/installation/table.h"

extern const struct table_column posts_columns[];

/* What would come of it, as people_import_look().  Rows are bad by "table.error.cell",
 * "error.required", "posts_import.error.code", "posts_import.error.twice",
 * "posts_import.error.category" for one that a table of requirements has not, "rules.enter.text",
 * and "posts_import.error.used" (line 0) for a post of a competition that is left out. */
bool posts_import_look(const struct act *act, const struct exchange_set *set, json_t **ret,
		       struct err *e) MUST_USE;

/* Enters it.  ERR_INPUT at "file" "table.error.bad"; else as own_law_enter(). */
bool posts_import_take(const struct act *act, const struct exchange_set *set, const char *reason,
		       json_t **ret, struct err *e) MUST_USE;

/* row.h - columns of a row that db_rows() and db_row() gave, and how long JSON lives. */
#pragma once
#include "base/arena.h"

#include <jansson.h>

/* A text column, "" for NULL or none; borrowed from the row. */
const char *row_text(const json_t *row, const char *name);

/* A number column, 0 for NULL or none. */
int64_t row_number(const json_t *row, const char *name);

/* Whether a number column has a value. */
bool row_has(const json_t *row, const char *name);

/* Gives the caller's reference to the arena: `json` (NULL is fine) lives as long as that. */
void json_in_arena(struct arena *a, json_t *json);

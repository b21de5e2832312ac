#include "db/row.h"

const char *row_text(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : "";
}

int64_t row_number(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

bool row_has(const json_t *row, const char *name)
{
	return json_is_integer(json_object_get(row, name));
}

static void drop_json(void *json)
{
	json_decref(json);
}

void json_in_arena(struct arena *a, json_t *json)
{
	arena_defer(a, drop_json, json);
}

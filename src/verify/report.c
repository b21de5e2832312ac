#include "verify/report.h"

static void drop(void *values)
{
	json_decref(values);
}

struct report *check_new(struct arena *a)
{
	struct report *r = arena_alloc(a, sizeof(*r));
	r->arena = a;
	return r;
}

void check_add(struct report *r, enum found what, const char *key, json_t *values)
{
	json_t *kept = values ? values : json_object();
	arena_defer(r->arena, drop, kept);
	if (what == FOUND_BAD)
		r->bad++;
	if (r->count < FINDINGS_MOST)
		r->finding[r->count++] =
			(struct verify_finding){ what, arena_copy(r->arena, key), kept };
}

bool check_test(struct report *r, bool holds, const char *key, json_t *values)
{
	check_add(r, holds ? FOUND_GOOD : FOUND_BAD,
		  arena_print(r->arena, "%s.%s", key, holds ? "good" : "bad"), values);
	return holds;
}

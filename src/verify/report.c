#include "verify/report.h"

#include <string.h>

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

static void keep(struct report *r, struct verify_finding finding)
{
	if (r->count < FINDINGS_MOST)
		r->finding[r->count++] = finding;
}

void check_add(struct report *r, enum found what, const char *key, json_t *values)
{
	json_t *kept = values ? values : json_object();
	arena_defer(r->arena, drop, kept);
	if (what == FOUND_BAD)
		r->bad++;
	keep(r, (struct verify_finding){ what, arena_copy(r->arena, key), kept });
}

void check_unproved(struct report *r, const char *key, json_t *values)
{
	r->unproved++;
	check_add(r, FOUND_DOUBT, key, values);
}

static bool is_said(const struct report *r, const char *key, const json_t *values)
{
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->finding[i].key, key) == 0 && json_equal(r->finding[i].values, values))
			return true;
	}
	return false;
}

void check_once(struct report *r, enum found what, const char *key, json_t *values)
{
	json_t *kept = values ? values : json_object();
	if (is_said(r, key, kept))
		json_decref(kept);
	else
		check_add(r, what, key, kept);
}

void check_merge(struct report *r, const struct report *from)
{
	r->bad += from->bad;
	r->unproved += from->unproved;
	for (size_t i = 0; i < from->count; i++) {
		const struct verify_finding *f = &from->finding[i];
		if (f->what != FOUND_FACT && !is_said(r, f->key, f->values))
			keep(r, *f); /* its values live in the same arena */
	}
}

bool check_test(struct report *r, bool holds, const char *key, json_t *values)
{
	check_add(r, holds ? FOUND_GOOD : FOUND_BAD,
		  arena_print(r->arena, "%s.%s", key, holds ? "good" : "bad"), values);
	return holds;
}

/* installation_files.c - where kept files lie (app/file.h), and whether they can be had. */
#include "web/installation/installation.h"

#include "app/file_work.h"

#include <string.h>

enum { WAITS_MOST_MS = DAY_MS };

static struct act act_of(const struct installation *c)
{
	return (struct act){
		.db = c->base, .arena = c->arena, .now_ms = c->now_ms, .place = c->place
	};
}

/* "": it answers; asked for anew, by reading alone. */
static const char *ask(const struct installation *c)
{
	struct store_names *names = arena_alloc(c->arena, sizeof(*names));
	struct err why = { 0 };
	if (store_list(c->place->store, c->arena, "9999", names, &why))
		return "";
	return strcmp(why.key, "store.error.refused") == 0 ? "refused" : "away";
}

/* The one process that takes objects away (cli/files.c). */
static bool check_service(struct installation *c, const struct file_state *s, struct err *e)
{
	if (s->waiting > 0 && c->now_ms - s->oldest_ms > WAITS_MOST_MS &&
	    !installation_find(c, LEVEL_ERROR, "files_waiting",
			       arena_print(c->arena, "%lld", (long long)s->waiting), e))
		return false;
	if (strcmp(s->problem, "orphans") == 0)
		return installation_find(c, LEVEL_ERROR, "files_orphans", s->place, e);
	return (s->served && c->now_ms - s->asked_ms <= FILE_SILENT_MS) ||
	       installation_find(c, LEVEL_WARNING, "files_service", "", e);
}

bool installation_files(struct installation *c, struct err *e)
{
	const struct act act = act_of(c);
	struct file_state s = { 0 };
	if (!file_state(&act, &s, e))
		return false;
	if (!c->place)
		return s.outside == 0 ||
		       installation_find(c, c->inside ? LEVEL_ERROR : LEVEL_WARNING, "files_none",
					 arena_print(c->arena, "%lld", (long long)s.outside), e);
	const char *problem = ask(c);
	if (*problem &&
	    !installation_find(c, LEVEL_ERROR, arena_print(c->arena, "files_%s", problem),
			       store_name(c->place->store), e))
		return false;
	return check_service(c, &s, e);
}

static json_int_t mebibytes(int64_t bytes)
{
	return (json_int_t)((bytes + (1 << 20) - 1) >> 20);
}

bool installation_files_model(const struct installation *c, json_t *model, struct err *e)
{
	const struct act act = act_of(c);
	struct file_state s = { 0 };
	if (!file_state(&act, &s, e))
		return false;
	json_t *place = json_null();
	if (c->place)
		place = json_pack("{s:s,s:I,s:I,s:I,s:b}", "name", store_name(c->place->store),
				  "count", (json_int_t)s.outside, "mib", mebibytes(s.outside_bytes),
				  "waiting", (json_int_t)s.waiting, "answers", *ask(c) == '\0');
	json_t *files = json_pack("{s:{s:I,s:I},s:o}", "database", "count", (json_int_t)s.inside,
				  "mib", mebibytes(s.inside_bytes), "place", place);
	return json_object_set_new(model, "files", files) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

/* journal_log.c - the log for tools that others wrote: C2SP's tlog-tiles over HTTP (F86, F87).
 *
 * Checkpoint and hashes are everybody's: a witness wants nothing else, and nothing can be read out
 * of them, as each header holds salted hashes.  The headers themselves tell what happened when to
 * which numbered application, and a candidate's number is known to its colleagues; so they are for
 * who watches over the journal, here and by `konkurs journal export-tiles`. */
#include "app/evidence/checkpoint.h"
#include "base/buf.h"
#include "journal/log.h"
#include "web/evidence/journal.h"

#include <string.h>

enum { PART_MOST = 12 };

/* clang-format off */
#define LEVEL { "level", P_TEXT, 1, PART_MOST, true, NULL }
#define PART(name) { name, P_TEXT, 1, PART_MOST, true, NULL }
/* clang-format on */
const struct param log_params_1[] = { LEVEL, PART("a"), PARAMS_END };
const struct param log_params_2[] = { LEVEL, PART("a"), PART("b"), PARAMS_END };
const struct param log_params_3[] = { LEVEL, PART("a"), PART("b"), PART("c"), PARAMS_END };
const struct param log_params_4[] = {
	LEVEL, PART("a"), PART("b"), PART("c"), PART("d"), PARAMS_END
};

static void send(struct req *r, const char *media, const void *bytes, size_t size,
		 const char *cache)
{
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	*file = (struct upload){
		.name = "", .file_name = "", .media = media, .bytes = bytes, .size = size
	};
	r->download = file;
	r->cache = cache;
}

bool log_checkpoint(struct req *r, json_t *model, struct err *e)
{
	struct checkpoint c = { 0 };
	const char *note = NULL;
	(void)model;
	if (!checkpoint_newest(r->db, r->arena, &c, e))
		return false;
	if (c.id == 0)
		return err_set(e, ERR_MISSING, "journal.error.none", "no checkpoint yet");
	if (!checkpoint_note(r->db, r->arena, &c, &note, e))
		return false;
	send(r, "text/plain; charset=utf-8", note, strlen(note), "public, max-age=5");
	return true;
}

/* "tile/<level>/<a>/<b>..." of the parts of the path. */
static bool name_of(const struct req *r, const char *level, struct tile_name *ret)
{
	static const char *const parts[] = { "a", "b", "c", "d" };
	struct buf path = buf_on(r->arena);
	buf_print(&path, "tile/%s", level);
	for (size_t i = 0; i < COUNT(parts); i++) {
		const json_t *part = json_object_get(r->in, parts[i]); /* declared or not */
		if (part)
			buf_print(&path, "/%s", json_string_value(part));
	}
	return tile_parse(path.text, ret);
}

/* What the newest checkpoint covers, and no more; a tile that has become full is there in part,
 * too. */
static bool is_covered(const struct req *r, const struct tile_name *name, struct err *e)
{
	struct checkpoint c = { 0 };
	if (!checkpoint_newest(r->db, r->arena, &c, e))
		return false;
	return tile_width((uint64_t)c.size, name->entries ? 0 : name->level, name->number) >=
		       name->width ||
	       err_set(e, ERR_MISSING, "error.missing", "no such tile");
}

static bool no_tile(struct err *e)
{
	return err_set(e, ERR_MISSING, "error.missing", "no name of a tile");
}

static const char forever[] = "public, max-age=31536000, immutable";

bool log_tile(struct req *r, json_t *model, struct err *e)
{
	struct tile_name name;
	struct tree_hash *hash = arena_array(r->arena, TILE_WIDTH, sizeof(*hash));
	(void)model;
	if (!name_of(r, in_text(r, "level"), &name) || name.entries)
		return no_tile(e);
	if (!is_covered(r, &name, e) ||
	    !journal_tile_read(r->db, name.level, name.number, name.width, hash, e))
		return false;
	send(r, "application/octet-stream", hash, name.width * sizeof(*hash), forever);
	return true;
}

bool log_entries(struct req *r, json_t *model, struct err *e)
{
	struct tile_name name;
	const void *bytes = NULL;
	size_t size = 0;
	(void)model;
	if (!name_of(r, "entries", &name))
		return no_tile(e);
	if (!is_covered(r, &name, e) ||
	    !journal_bundle_read(r->db, r->arena, name.number, name.width, &bytes, &size, e))
		return false;
	/* not for caches that others share */
	send(r, "application/octet-stream", bytes, size, "private, max-age=31536000, immutable");
	return true;
}

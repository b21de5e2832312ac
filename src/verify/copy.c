/* copy.c - a copy of the whole journal: every header, the chain, and the root of its checkpoint. */
#include "verify/check.h"

#include "journal/tile.h"

#include <string.h>

enum { LEVELS_MOST = 64 };

/* ---- the root of leaves as they come --------------------------------------------------------- */

/* Roots of full subtrees, the largest first: as many as the size has bits (RFC 9162, 2.1.2). */
struct range {
	uint64_t size;
	unsigned count;
	struct tree_hash hash[LEVELS_MOST];
};

static void range_add(struct range *x, const struct tree_hash *leaf)
{
	struct tree_hash hash = *leaf;
	for (uint64_t n = x->size; n & 1; n >>= 1)
		hash = tree_node(&x->hash[--x->count], &hash);
	x->hash[x->count++] = hash;
	x->size++;
}

static struct tree_hash range_root(const struct range *x)
{
	if (x->count == 0) {
		struct tree_hash root = { { 0 } };
		const struct tree_leaves none = { NULL, 0 };
		struct tree_leaves leaves = none;
		const struct tree_source source = tree_of_leaves(&leaves);
		(void)!tree_root(&source, 0, &root, NULL);
		return root;
	}
	struct tree_hash hash = x->hash[x->count - 1];
	for (unsigned i = x->count - 1; i-- > 0;)
		hash = tree_node(&x->hash[i], &hash);
	return hash;
}

/* ---- entries --------------------------------------------------------------------------------- */

struct walk {
	struct report *report;
	struct range range;
	struct tree_hash previous; /* zeros before the first */
	bool broken;
	size_t kept; /* checkpoints to find on the way, and which were */
	struct note_checkpoint want[KEPT_MOST];
	bool found[KEPT_MOST];
	bool same[KEPT_MOST];
};

/* The root of what was read so far, against the checkpoints that were kept of that size. */
static void look_for_kept(struct walk *w)
{
	for (size_t i = 0; i < w->kept; i++) {
		if (w->want[i].size != w->range.size)
			continue;
		const struct tree_hash root = range_root(&w->range);
		w->found[i] = true;
		w->same[i] = tree_equal(&root, &w->want[i].root);
	}
}

static void broken(struct walk *w, const char *key)
{
	check_add(w->report, FOUND_BAD, key,
		  json_pack("{s:I}", "seq", (json_int_t)w->range.size + 1));
	w->broken = true;
}

/* The first that does not fit ends the walk: all that follow would be wrong with it. */
static bool take_entry(struct walk *w, const char *text, size_t size)
{
	struct leaf leaf;
	if (!leaf_parse(text, size, &leaf)) {
		broken(w, "verify.copy.header");
		return false;
	}
	if (leaf.seq < 1 || (uint64_t)leaf.seq != w->range.size + 1) {
		broken(w, "verify.copy.number");
		return false;
	}
	if (!tree_equal(&leaf.previous, &w->previous)) {
		broken(w, "verify.copy.chain");
		return false;
	}
	const struct tree_hash hash = tree_leaf(text, size);
	range_add(&w->range, &hash);
	w->previous = hash;
	look_for_kept(w);
	return true;
}

/* Those that come after where a copy breaks are passed over, as it is bad enough already. */
static void tell_kept(struct walk *w)
{
	for (size_t i = 0; i < w->kept; i++) {
		json_t *values = json_pack("{s:I}", "size", (json_int_t)w->want[i].size);
		if (w->found[i])
			(void)check_test(w->report, w->same[i], "verify.kept", values);
		else if (!w->broken)
			check_add(w->report, FOUND_BAD, "verify.kept.ahead", values);
		else
			json_decref(values);
	}
}

/* The copy's own checkpoint, and the signatures of those that were kept, under the same key. */
static bool open_walk(struct walk *w, struct file note, const char *key, const struct kept *kept,
		      const struct trust *trust, struct note_checkpoint *ret)
{
	struct trust same = *trust;
	if (!check_note(w->report, note.bytes, note.size, key, trust, ret))
		return false;
	if (!same.pinned && key)
		same.pinned = note_key_parse(key, &same.log);
	for (size_t i = 0; kept && i < kept->count; i++) {
		const struct file file = kept->file[i];
		if (check_note(w->report, file.bytes, file.size, NULL, &same, &w->want[w->kept]))
			w->kept++;
	}
	look_for_kept(w);
	return true;
}

static void finish(struct walk *w, const struct note_checkpoint *c)
{
	if (w->broken)
		return;
	const struct tree_hash root = range_root(&w->range);
	(void)check_test(w->report, w->range.size == c->size && tree_equal(&root, &c->root),
			 "verify.copy",
			 json_pack("{s:I,s:I}", "entries", (json_int_t)w->range.size, "size",
				   (json_int_t)c->size));
}

/* ---- lines ----------------------------------------------------------------------------------- */

static const char *line_end(struct file file, size_t at)
{
	return at < file.size ? memchr(file.bytes + at, '\n', file.size - at) : NULL;
}

bool check_lines(struct report *r, struct file file, const struct kept *kept,
		 const struct trust *trust, struct err *e)
{
	struct walk w = { .report = r };
	struct note_checkpoint c;
	const char *end = line_end(file, 0);
	json_t *head = end ? json_loadb(file.bytes, (size_t)(end - file.bytes),
					JSON_REJECT_DUPLICATES, NULL)
			   : NULL;
	const char *format = json_string_value(json_object_get(head, "format"));
	const char *note = json_string_value(json_object_get(head, "checkpoint"));
	const char *key = json_string_value(json_object_get(head, "key"));
	if (!format || strcmp(format, "konkurs-journal-1") != 0 || !note) {
		json_decref(head);
		return err_set(e, ERR_INPUT, "verify.error.format", "no copy of a journal");
	}
	const struct file own = { "checkpoint", note, strlen(note) };
	const bool good = open_walk(&w, own, key, kept, trust, &c);
	json_decref(head);
	for (size_t at = (size_t)(end - file.bytes) + 1; good && at < file.size;) {
		end = line_end(file, at);
		const size_t size = end ? (size_t)(end - file.bytes) - at : file.size - at;
		if (!take_entry(&w, file.bytes + at, size))
			break;
		at += size + 1;
	}
	if (good) {
		finish(&w, &c);
		tell_kept(&w);
	}
	return true;
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static const struct file *find_tile(const struct bundle *files, uint64_t size, unsigned level,
				    uint64_t number, bool entries, unsigned *ret_width)
{
	char path[TILE_PATH_SIZE];
	const struct tile_name name = { entries, level, number,
					tile_width(size, entries ? 0 : level, number) };
	tile_print(&name, path);
	*ret_width = name.width;
	return bundle_find(files, path);
}

/* Each with its length in two bytes before it. */
static bool take_bundle(struct walk *w, const struct file *file, unsigned width)
{
	size_t at = 0;
	for (unsigned i = 0; i < width; i++) {
		if (!file || file->size - at < 2) {
			broken(w, "verify.copy.cut");
			return false;
		}
		const size_t size = (size_t)(unsigned char)file->bytes[at] << 8 |
				    (unsigned char)file->bytes[at + 1];
		if (file->size - at - 2 < size) {
			broken(w, "verify.copy.cut");
			return false;
		}
		if (!take_entry(w, file->bytes + at + 2, size))
			return false;
		at += 2 + size;
	}
	return true;
}

/* The hashes of a tile, made of those of the level below: what others fetch is what there is. */
static bool tile_holds(const struct bundle *files, uint64_t size, unsigned level, uint64_t number)
{
	unsigned width = 0;
	const struct file *tile = find_tile(files, size, level, number, false, &width);
	if (!tile || tile->size != (size_t)width * TREE_HASH_SIZE)
		return false;
	for (unsigned i = 0; level > 0 && i < width; i++) {
		unsigned below = 0;
		struct tree_hash hash[TILE_WIDTH];
		const struct file *from =
			find_tile(files, size, level - 1, number * TILE_WIDTH + i, false, &below);
		if (!from || below != TILE_WIDTH || from->size != sizeof(hash))
			return false;
		memcpy(hash, from->bytes, sizeof(hash));
		const struct tree_hash root = tile_root(hash, 8);
		if (memcmp(root.bytes, tile->bytes + (size_t)i * TREE_HASH_SIZE, TREE_HASH_SIZE) !=
		    0)
			return false;
	}
	return true;
}

/* Level 0 against the entries, which the walk has read already. */
static bool leaves_hold(const struct file *tile, const struct file *entries, unsigned width)
{
	size_t at = 0;
	if (!tile || tile->size != (size_t)width * TREE_HASH_SIZE)
		return false;
	for (unsigned i = 0; i < width; i++) {
		const size_t size = (size_t)(unsigned char)entries->bytes[at] << 8 |
				    (unsigned char)entries->bytes[at + 1];
		const struct tree_hash hash = tree_leaf(entries->bytes + at + 2, size);
		if (memcmp(hash.bytes, tile->bytes + (size_t)i * TREE_HASH_SIZE, TREE_HASH_SIZE) !=
		    0)
			return false;
		at += 2 + size;
	}
	return true;
}

static void check_levels(struct report *r, const struct bundle *files, uint64_t size)
{
	bool holds = true;
	unsigned width = 0;
	for (uint64_t n = 0; holds && tile_width(size, 0, n) > 0; n++) {
		const struct file *entries = find_tile(files, size, 0, n, true, &width);
		holds = leaves_hold(find_tile(files, size, 0, n, false, &width), entries, width);
	}
	for (unsigned level = 1; holds && level < TILE_LEVELS; level++) {
		for (uint64_t n = 0; holds && tile_width(size, level, n) > 0; n++)
			holds = tile_holds(files, size, level, n);
	}
	(void)check_test(r, holds, "verify.tiles", NULL);
}

bool check_tiles(struct report *r, const struct bundle *files, const struct kept *kept,
		 const struct trust *trust, struct err *e)
{
	struct walk w = { .report = r };
	struct note_checkpoint c;
	unsigned width = 0;
	const struct file *note = bundle_find(files, "checkpoint");
	const struct file *key = bundle_find(files, "key");
	if (!note)
		return err_set(e, ERR_INPUT, "verify.error.format", "no copy of a journal");
	const char *vkey =
		key ? arena_copy_n(r->arena, key->bytes, strcspn(key->bytes, "\r\n")) : NULL;
	if (!open_walk(&w, *note, vkey, kept, trust, &c))
		return true;
	for (uint64_t n = 0; !w.broken && tile_width(c.size, 0, n) > 0; n++) {
		const struct file *entries = find_tile(files, c.size, 0, n, true, &width);
		(void)take_bundle(&w, entries, width);
	}
	finish(&w, &c);
	tell_kept(&w);
	if (!w.broken)
		check_levels(r, files, c.size);
	return true;
}

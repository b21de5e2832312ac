/* journal.c - what watches a log is given: verifier keys, signed notes, requests of C2SP's
 * tlog-witness, paths of tiles, and copies of a journal with keys that one knows, witnesses, and a
 * checkpoint that one has kept.  What is read says the same when it is written again; nobody's
 * signature holds unless the text is the one that was signed.
 *
 * Bytes are of up to three parts, with "%%" alone on a line between: keys, a line each, the log's
 * first; the checkpoint that was kept; the copy, as lines or a zip.  Each part is read as
 * everything else, too.  Receipts, and copies without any of this, are receipt.c's. */
#include "fuzz.h"

#include "journal/request.h"
#include "journal/tile.h"
#include "verify/check.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS = 3 };

/* ---- one thing ------------------------------------------------------------------------------- */

static void try_key(const char *text)
{
	struct note_key key;
	struct note_key again;
	unsigned char seed[NOTE_SEED_SIZE];
	char printed[NOTE_KEY_SIZE];
	char secret[NOTE_SECRET_SIZE];
	if (note_key_parse(text, &key)) {
		note_key_print(&key, printed);
		if (!note_key_parse(printed, &again) || memcmp(&key, &again, sizeof(key)) != 0)
			abort();
	}
	if (note_secret_parse(text, &key, seed)) {
		note_secret_print(&key, seed, secret);
		if (!note_secret_parse(secret, &again, seed) ||
		    memcmp(&key, &again, sizeof(key)) != 0)
			abort();
	}
}

static void try_note(const char *text, size_t size)
{
	struct note note;
	struct note_checkpoint c;
	struct note_checkpoint again;
	char printed[NOTE_CHECKPOINT_SIZE];
	if (!note_parse(text, size, &note))
		return;
	if (note.count == 0 || note.count > NOTE_SIGNATURES_MOST || note.text != text ||
	    note.text_size >= size)
		abort();
	if (!note_checkpoint_parse(&note, &c))
		return;
	note_checkpoint_print(&c, printed);
	if (strlen(printed) != note.text_size || memcmp(printed, note.text, note.text_size) != 0)
		abort();
	note.text = printed;
	if (!note_checkpoint_parse(&note, &again) || again.size != c.size)
		abort();
}

static void try_request(const char *text, size_t size)
{
	struct log_request q;
	if (!log_request_parse(text, size, &q))
		return;
	if (q.proof.count > TREE_PROOF_MOST || q.note < text || q.note + q.size != text + size ||
	    (!q.has_old && q.note != text))
		abort();
	for (size_t i = 0; i < q.proof.count; i++) {
		char printed[TREE_TEXT_SIZE];
		tree_print(&q.proof.hash[i], printed);
		if (!memmem(text, size, printed, strlen(printed)))
			abort();
	}
	/* a proof that proves nothing: whatever it holds, no tree of zeros has grown to one of ones
	 */
	struct tree_hash older = { { 0 } };
	struct tree_hash newer = { { 1 } };
	if (q.has_old && tree_grew(q.old, &older, q.old + 1, &newer, &q.proof))
		abort();
	try_note(q.note, q.size);
}

static void try_tile(const char *path)
{
	struct tile_name name;
	char printed[TILE_PATH_SIZE];
	if (!tile_parse(path, &name))
		return;
	tile_print(&name, printed);
	if (strcmp(printed, path) != 0 || name.width < 1 || name.width > TILE_WIDTH)
		abort();
}

/* ---- all together ---------------------------------------------------------------------------- */

static void read_keys(struct arena *a, const char *lines, struct trust *ret)
{
	for (const char *at = lines; *at;) {
		const size_t size = strcspn(at, "\n");
		const char *line = arena_copy_n(a, at, size);
		struct note_key key;
		try_key(line);
		try_tile(line);
		if (note_key_parse(line, &key)) {
			if (key.kind == NOTE_COSIGNATURE && ret->witnesses < WITNESSES_MOST)
				ret->witness[ret->witnesses++] = key;
			else if (key.kind == NOTE_ED25519) {
				ret->pinned = true;
				ret->log = key;
			}
		}
		at += size + (at[size] == '\n');
	}
}

/* A copy is whole only if what was kept is found in it. */
static void try_copy(struct arena *a, struct file copy, struct file kept, const struct trust *trust)
{
	const struct kept some = { 1, { kept } };
	struct bundle files;
	struct report *r = check_new(a);
	if (check_lines(r, copy, &some, trust, NULL) && r->bad == 0) {
		struct report *same = check_new(a);
		if (!check_lines(same, copy, NULL, trust, NULL) || same->bad != 0)
			abort();
	}
	if (bundle_zip(a, copy, &files, NULL)) {
		(void)!check_tiles(check_new(a), &files, &some, trust, NULL);
		(void)!check_case(check_new(a), &files, trust, NULL);
	}
	(void)!check_growth(check_new(a), kept, copy, trust, NULL);
	(void)!check_checkpoint(check_new(a), copy, trust, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const char between[] = "%%\n";
	struct file part[PARTS] = { { "", "", 0 }, { "", "", 0 }, { "", "", 0 } };
	struct trust trust = { .pinned = false };
	const char *at = arena_copy_n(a, bytes, size);
	const char *end = at + size;
	for (size_t i = 0; i < PARTS; i++) {
		const char *stop =
			i + 1 < PARTS ? memmem(at, (size_t)(end - at), between, strlen(between))
				      : NULL;
		const size_t length = (size_t)((stop ? stop : end) - at);
		part[i] = (struct file){ "x", arena_copy_n(a, at, length), length };
		try_note(part[i].bytes, length);
		try_request(part[i].bytes, length);
		at = stop ? stop + strlen(between) : end;
	}
	read_keys(a, part[0].bytes, &trust);
	try_copy(a, part[2], part[1], &trust);
	return 0;
}

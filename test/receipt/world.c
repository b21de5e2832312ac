/* Writes what Konkurs hands out of a competition into a folder, for konkurs-verify and for the
 * second implementation in test/receipt/: receipts, a case, copies of the journal, checkpoints, a
 * draw, and a recorded sitting: its files in records/, the receipts of its segments in receipts/.
 *
 * usage: verify_world FOLDER */
#include "recorded.h"

#include "app/evidence/checkpoint.h"
#include "app/evidence/evidence.h"
#include "app/result/redraw.h"
#include "journal/header.h"
#include "journal/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *folder;

static void run(bool ok, const struct err *e)
{
	if (!ok) {
		(void)fprintf(stderr, "%s: %s\n", e->key, e->detail);
		exit(1);
	}
}

static void write_file(struct arena *a, const char *name, const void *bytes, size_t size)
{
	const char *path = arena_print(a, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	const bool ok = file && fwrite(bytes, 1, size, file) == size;
	if (!ok || fclose(file) != 0)
		exit(1);
}

static void write_text(struct arena *a, const char *name, const char *text)
{
	write_file(a, name, text, strlen(text));
}

/* ---- receipts -------------------------------------------------------------------------------- */

static int64_t newest(struct hall *w, const char *kind)
{
	const struct act act = harness_act(w->stage.h, 0);
	struct err e = { 0 };
	int64_t seq = 0;
	run(evidence_newest(&act, w->application, kind, "", &seq, &e), &e);
	return seq;
}

static void write_receipt(struct hall *w, const char *name, int64_t seq)
{
	struct harness *h = w->stage.h;
	struct receipt r;
	struct err e = { 0 };
	run(evidence_receipt(h->site.db, h->arena, seq, true, &r, &e), &e);
	write_text(h->arena, arena_print(h->arena, "%s.json", name), receipt_json(h->arena, &r));
	write_text(h->arena, arena_print(h->arena, "%s.txt", name), receipt_compact(h->arena, &r));
	r.whole = false; /* version 1 of the code */
	write_text(h->arena, arena_print(h->arena, "%s-bare.txt", name),
		   receipt_compact(h->arena, &r));
}

/* ---- the journal ----------------------------------------------------------------------------- */

static void write_lines(struct harness *h, const struct checkpoint *c, const char *key)
{
	struct buf out = buf_on(h->arena);
	struct err e = { 0 };
	json_t *head = json_pack("{s:s,s:s,s:s}", "format", "konkurs-journal-1", "checkpoint",
				 c->note, "key", key);
	char *text = json_dumps(head, JSON_COMPACT | JSON_SORT_KEYS);
	buf_print(&out, "%s\n", text);
	free(text);
	json_decref(head);
	for (int64_t seq = 1; seq <= c->size; seq++) {
		struct journal_leaf leaf;
		run(journal_leaf_read(h->site.db, h->arena, seq, &leaf, &e), &e);
		buf_print(&out, "%s\n", leaf.header);
	}
	write_text(h->arena, "journal.jsonl", out.text);
}

static void make_folders(struct arena *a, const char *name)
{
	char *path = arena_print(a, "%s/%s", folder, name);
	for (char *at = strchr(path + strlen(folder) + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(path, 0755);
		*at = '/';
	}
}

static void write_tile(struct harness *h, const struct tile_name *name)
{
	char path[TILE_PATH_SIZE];
	struct tree_hash hash[TILE_WIDTH];
	const void *bytes = hash;
	size_t size = name->width * sizeof(*hash);
	struct err e = { 0 };
	tile_print(name, path);
	const char *kept = arena_print(h->arena, "tiles/%s", path);
	run(name->entries ? journal_bundle_read(h->site.db, h->arena, name->number, name->width,
						&bytes, &size, &e)
			  : journal_tile_read(h->site.db, name->level, name->number, name->width,
					      hash, &e),
	    &e);
	make_folders(h->arena, kept);
	write_file(h->arena, kept, bytes, size);
}

static void write_tiles(struct harness *h, const struct checkpoint *c, const char *key)
{
	unsigned width = 0;
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		for (uint64_t n = 0; (width = tile_width((uint64_t)c->size, level, n)) > 0; n++) {
			write_tile(h, &(struct tile_name){ false, level, n, width });
			if (level == 0)
				write_tile(h, &(struct tile_name){ true, 0, n, width });
		}
	}
	write_text(h->arena, "tiles/checkpoint", c->note);
	write_text(h->arena, "tiles/key", arena_print(h->arena, "%s\n", key));
}

static void write_growth(struct harness *h, const struct checkpoint *old,
			 const struct checkpoint *c)
{
	struct buf out = buf_on(h->arena);
	struct tree_proof proof;
	struct err e = { 0 };
	run(checkpoint_prove_growth(h->site.db, old->size, c->size, &proof, &e), &e);
	buf_print(&out, "old %lld\n", (long long)old->size);
	for (size_t i = 0; i < proof.count; i++) {
		char text[TREE_TEXT_SIZE];
		tree_print(&proof.hash[i], text);
		buf_print(&out, "%s\n", text);
	}
	buf_print(&out, "\n%s", c->note);
	write_text(h->arena, "old.checkpoint", old->note);
	write_text(h->arena, "new.checkpoint", c->note);
	write_text(h->arena, "new.request", out.text);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static struct checkpoint ask(struct harness *h)
{
	struct act act = harness_act(h, 0);
	struct checkpoint c;
	struct err e = { 0 };
	int64_t size = 0;
	run(checkpoint_ask(&act, &size, &e) && checkpoint_newest(h->site.db, h->arena, &c, &e), &e);
	return c;
}

static void write_case(struct hall *w, const char *name)
{
	struct harness *h = w->stage.h;
	const struct answer zip = harness_html(
		h, w->stage.hr,
		arena_print(h->arena, "/applications/%lld/case.zip", (long long)w->application));
	write_file(h->arena, name, zip.body, zip.size);
}

static void write_sheet(struct hall *w)
{
	struct harness *h = w->stage.h;
	const struct answer pdf =
		harness_html(h, w->candidate,
			     arena_print(h->arena, "/results/%lld/result.pdf?language=kk",
					 (long long)w->attempt));
	write_file(h->arena, "result.pdf", pdf.body, pdf.size);
}

/* After the last checkpoint: what the candidate is told then stands in the case, and in none. */
static void open_names(struct hall *w)
{
	struct act one = hall_operator(w);
	struct act two = harness_act(w->stage.h, w->second);
	struct err e = { 0 };
	run(sitting_open_names(&one, w->sitting, &e) && sitting_open_names(&two, w->sitting, &e),
	    &e);
}

static void finish_all(struct hall *w, int64_t other)
{
	const struct act candidate = hall_candidate(w);
	const struct act second = harness_act(w->stage.h, hall_candidate_of(w, other));
	const struct act operator= hall_operator(w);
	bool pen = false;
	struct err e = { 0 };
	run(attempt_finish(&candidate, w->attempt, HALL_SESSION, &e) &&
		    attempt_enter(&second, other, HALL_SESSION, false, &pen, &e) &&
		    attempt_finish(&second, other, HALL_SESSION, &e) &&
		    sitting_close(&operator, w->sitting, &e),
	    &e);
}

/* ---- records ------------------------------------------------------------------------------- */

/* Of each entry that an excerpt rests on, by its number. */
static void write_records(struct hall *w, int64_t other)
{
	struct harness *h = w->stage.h;
	struct err e = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	(void)recorded_play(w, other, arena_print(h->arena, "%s/records", folder));
	(void)ask(h);
	make_folders(h->arena, "receipts/x");
	const json_t *rows = db_rows(h->site.db, h->arena, &e,
				     "SELECT seq FROM journal_entry WHERE kind IN ('video.segment',"
				     " 'video.checked') ORDER BY seq");
	run(rows != NULL, &e);
	json_array_foreach (rows, i, row) {
		const int64_t seq = row_number(row, "seq");
		struct receipt r;
		run(evidence_receipt(h->site.db, h->arena, seq, true, &r, &e), &e);
		write_text(h->arena, arena_print(h->arena, "receipts/%lld.json", (long long)seq),
			   receipt_json(h->arena, &r));
	}
}

int main(int argc, char **argv)
{
	struct harness *h = harness_open();
	struct hall w = hall_open(h);
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	struct note_key key;
	char vkey[NOTE_KEY_SIZE];
	json_t *draw = NULL;
	if (argc != 2)
		return 1;
	folder = argv[1];
	const int64_t other = hall_admit(&w, 2);
	hall_start(&w);
	const struct checkpoint old = ask(h);
	hall_answer_right(&w, 61);
	write_case(&w, "early.zip");
	finish_all(&w, other);
	const struct checkpoint c = ask(h);
	run(checkpoint_key(h->site.db, &key, &e), &e);
	note_key_print(&key, vkey);
	write_text(h->arena, "key", vkey);
	write_receipt(&w, "result", newest(&w, "test.result"));
	write_sheet(&w);
	write_lines(h, &c, vkey);
	write_growth(h, &old, &c);
	make_folders(h->arena, "tiles/x");
	write_tiles(h, &c, vkey);
	open_names(&w);
	write_case(&w, "case.zip");
	run(redraw_export(&act, w.sitting, &draw, &e), &e);
	char *text = json_dumps(draw, JSON_COMPACT);
	write_text(h->arena, "draw.json", text);
	free(text);
	write_records(&w, other);
	harness_close(h);
	return 0;
}

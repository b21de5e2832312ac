/* The pages of the journal, and the log over HTTP (F86, F87). */
#include "golden.h"
#include "stage.h"

#include "app/evidence/witness.h"
#include "db/driver.h"
#include "journal/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *path_of(struct harness *h, int64_t n)
{
	return arena_print(h->arena, "/journal/checkpoints/%lld", (long long)n);
}

/* A journal of some 300 entries with a checkpoint of `ret`. */
static int64_t fill(struct harness *h, int64_t auditor)
{
	const struct act act = harness_act(h, auditor);
	struct err e = { 0 };
	int64_t size = 0;
	for (int i = 0; i < 300; i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(act.db, &tx, &e) &&
			    act_journal(&act, "hall.added", 0, "thing/7", json_object(), &e) &&
			    db_commit(&tx, &e));
	}
	assert_true(checkpoint_ask(&act, &size, &e));
	return size;
}

static void pages_show_checkpoints_and_entries(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	harness_check_page(h, auditor, "/journal");
	const int64_t older = fill(h, auditor);
	struct answer a = harness_post(h, auditor, "/journal/checkpoints", "");
	assert_int_equal(a.status, 200);
	a = harness_get(h, auditor, a.location);
	const int64_t newer = answer_number(&a, "checkpoint.size");
	assert_true(newer > older);
	harness_check_page(h, auditor, "/journal");
	harness_check_page(h, auditor, path_of(h, newer));
	const char *grown =
		arena_print(h->arena, "%s?older=%lld", path_of(h, newer), (long long)older);
	harness_check_page(h, auditor, grown);
	a = harness_get(h, auditor, grown);
	assert_true(json_is_true(answer_value(&a, "checkpoint.growth.good")));
	assert_non_null(answer_value(&a, "checkpoint.qr.path"));
	/* a witness that has signed nothing yet */
	a = harness_get(h, auditor, arena_print(h->arena, "%s?older=0", path_of(h, newer)));
	assert_true(json_is_true(answer_value(&a, "checkpoint.growth.good")));
	assert_int_equal(json_array_size(answer_value(&a, "checkpoint.growth.proof")), 0);
	a = harness_get(
		h, auditor,
		arena_print(h->arena, "%s?older=%lld", path_of(h, older), (long long)newer));
	assert_string_equal(a.error, "journal.error.older");
	assert_int_equal(harness_get(h, auditor, "/journal/checkpoints/1").status, 404);
	a = harness_get(h, auditor, "/journal?reason=asked");
	assert_int_equal(answer_number(&a, "listing.total"), 2);
	a = harness_get(h, auditor, "/journal?reason=vote");
	assert_int_equal(answer_number(&a, "listing.total"), 0);
	a = harness_get(h, auditor, "/journal?day=2026-03-02");
	assert_int_equal(answer_number(&a, "listing.total"), 2);
	a = harness_get(h, auditor, "/journal?day=2026-03-03");
	assert_int_equal(answer_number(&a, "listing.total"), 0);
}

static void entries_are_proved(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t size = fill(h, auditor);
	harness_check_page(h, auditor, "/journal/entries/40");
	struct answer a = harness_get(h, auditor, "/journal/entries/40");
	assert_true(json_is_true(answer_value(&a, "entry.proof.good")));
	assert_int_equal(answer_number(&a, "entry.proof.size"), size);
	assert_int_equal(answer_number(&a, "entry.index"), 39);
	a = harness_get(h, auditor, "/journal/entries/40?size=7");
	assert_string_equal(a.error, "journal.error.range");
	assert_int_equal(harness_get(h, auditor, "/journal/entries/100000").status, 404);
	/* what an entry holds is nowhere on these pages */
	a = harness_html(h, auditor, "/journal/entries/1");
	assert_null(strstr(a.body, "\"salt\""));
}

/* ---- witnesses ------------------------------------------------------------------------------- */

static const unsigned char witness_seed[NOTE_SEED_SIZE] = { 3 };

static struct note_key witness_key(char vkey[NOTE_KEY_SIZE])
{
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	struct note_key key;
	note_public_of(witness_seed, public_key);
	assert_true(note_key_make("second.body/w1", NOTE_COSIGNATURE, public_key, &key));
	note_key_print(&key, vkey);
	return key;
}

/* The checkpoint of that size with the witness' line, as konkurs witness prints it. */
static const char *cosigned(struct harness *h, int64_t size)
{
	char vkey[NOTE_KEY_SIZE];
	char line[NOTE_LINE_SIZE];
	struct checkpoint c;
	struct note note;
	struct err e = { 0 };
	const struct note_key key = witness_key(vkey);
	assert_true(checkpoint_of_size(h->site.db, h->arena, size, &c, &e));
	assert_true(note_parse(c.note, strlen(c.note), &note));
	note_sign(&key, witness_seed, note.text, note.text_size, harness_act(h, 0).now_ms / 1000,
		  line);
	return arena_print(h->arena, "%s%s", c.note, line);
}

static struct answer bring_file(struct harness *h, int64_t person, const void *bytes, size_t size)
{
	return harness_upload(h, person, "/journal/cosign", "note=", "file", "signed.txt", bytes,
			      size);
}

/* Proposed by one, confirmed by another. */
static void make_witness(struct harness *h, int64_t admin, int64_t auditor)
{
	char vkey[NOTE_KEY_SIZE];
	(void)witness_key(vkey);
	struct answer a =
		harness_post(h, admin, "/journal/witnesses",
			     arena_print(h->arena, "holder=%s&vkey=%s",
					 http_encode(h->arena, "Екінші орган / Второй орган"),
					 http_encode(h->arena, vkey)));
	assert_int_equal(a.status, 200);
	assert_int_equal(harness_post(h, auditor, "/journal/witnesses/1/confirm", "").status, 200);
}

static void a_witness_is_made_by_two_and_its_signature_taken(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t size = fill(h, auditor);
	char vkey[NOTE_KEY_SIZE];
	const struct note_key key = witness_key(vkey);
	harness_check_page(h, admin, "/journal/witnesses");
	struct answer a = harness_post(h, admin, "/journal/witnesses", "vkey=nothing&holder=body");
	assert_string_equal(a.field, "vkey");
	a = harness_post(h, admin, "/journal/witnesses",
			 arena_print(h->arena, "holder=body&vkey=%s", http_encode(h->arena, vkey)));
	assert_int_equal(a.status, 200);
	harness_check_page(h, auditor, "/journal/witnesses");
	assert_int_equal(harness_post(h, admin, "/journal/witnesses/1/confirm", "").status, 403);
	assert_int_equal(harness_post(h, auditor, "/journal/witnesses/1/confirm", "").status, 200);
	harness_check_page(h, auditor, "/journal/witnesses");
	const char *body = http_encode(h->arena, cosigned(h, size));
	const int64_t member = harness_person(h, ROLE_MEMBER);
	harness_check_page(h, member, "/journal/cosign");
	a = harness_post(h, member, "/journal/cosign", arena_print(h->arena, "note=%s", body));
	assert_int_equal(a.status, 200);
	a = harness_get(h, auditor, path_of(h, size));
	assert_string_equal(answer_text(&a, "checkpoint.witnesses.0.holder"), "body");
	harness_check_page(h, auditor, path_of(h, size));
	/* another root: refused, and there for good */
	struct note note;
	struct note_checkpoint said;
	char text[NOTE_CHECKPOINT_SIZE];
	char line[NOTE_LINE_SIZE];
	const char *whole = cosigned(h, size);
	assert_true(note_parse(whole, strlen(whole), &note) && note_checkpoint_parse(&note, &said));
	said.root.bytes[3] ^= 1;
	note_checkpoint_print(&said, text);
	note_sign(&key, witness_seed, text, strlen(text), harness_act(h, 0).now_ms / 1000, line);
	body = http_encode(h->arena, arena_print(h->arena, "%s\n%s", text, line));
	a = harness_post(h, auditor, "/journal/cosign", arena_print(h->arena, "note=%s", body));
	assert_string_equal(a.error, "journal.error.alarm");
	harness_check_page(h, auditor, "/journal");
	a = harness_get(h, auditor, "/journal");
	assert_string_equal(answer_text(&a, "alarms.0.kind"), "split");
	assert_int_equal(harness_post(h, auditor, "/journal/witnesses/1/end", "").status, 422);
	assert_int_equal(harness_post(h, auditor, "/journal/witnesses/1/end", "reason=lost").status,
			 200);
	harness_check_page(h, auditor, "/journal/witnesses");
}

/* Whatever comes as a file: taken, or refused at the file's field (F87). */
static void a_signature_comes_as_a_file(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const int64_t member = harness_person(h, ROLE_MEMBER);
	make_witness(h, admin, auditor);
	const int64_t size = fill(h, auditor);
	const char *good = cosigned(h, size);
	const size_t length = strlen(good);
	char large[WITNESS_NOTE_MOST + 1];
	char zeros[300] = "konkurs/x\n1\n";
	memset(large, 'x', sizeof(large));
	struct checkpoint c;
	struct err e = { 0 };
	assert_true(checkpoint_of_size(h->site.db, h->arena, size, &c, &e));
	char *changed = arena_copy_n(h->arena, good, length);
	changed[length - 10] = changed[length - 10] == 'A' ? 'B' : 'A';
	char *other = arena_copy_n(h->arena, good, length);
	other[strlen("konkurs/")] ^= 1;
	const struct {
		const char *why, *bytes;
		size_t size;
		const char *error;
	} hostile[] = {
		{ "no text", zeros, sizeof(zeros), "journal.error.note" },
		{ "no note", "\n\n\n", 3, "journal.error.note" },
		{ "without its last line feed", good, length - 1, "journal.error.note" },
		{ "cut off", good, length / 2, "journal.error.note" },
		{ "of the log alone", c.note, strlen(c.note), "journal.error.unsigned" },
		{ "a changed letter", changed, length, "journal.error.signature" },
		{ "of another log", other, length, "journal.error.origin" },
		{ "a PDF", "%PDF-1.4\n%%EOF\n", 15, "error.file.media" },
		{ "too large", large, sizeof(large), "error.file.size" },
	};
	for (size_t i = 0; i < COUNT(hostile); i++) {
		const struct answer a = bring_file(h, member, hostile[i].bytes, hostile[i].size);
		if (strcmp(a.error, hostile[i].error) != 0 || strcmp(a.field, "file") != 0)
			fail_msg("%s: %d %s at %s", hostile[i].why, a.status, a.error, a.field);
	}
	struct answer a = harness_post(h, member, "/journal/cosign", "note=");
	assert_string_equal(a.error, "error.required");
	assert_string_equal(a.field, "note");
	assert_int_equal(bring_file(h, member, good, length).status, 200);
	assert_int_equal(bring_file(h, auditor, good, length).status, 200);
	a = harness_get(h, auditor, path_of(h, size));
	assert_int_equal(json_array_size(answer_value(&a, "checkpoint.witnesses")), 1);
}

/* The paper for the safe: the same words in every language, and known to /verify (F86). */
static void a_checkpoint_is_printed_and_known(void **state)
{
	static const char *const languages[] = { "kk", "ru", "en" };
	struct harness *h = *state;
	(void)stage_open(h);
	h->site.demonstration = true;
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	make_witness(h, harness_person(h, ROLE_ADMIN), auditor);
	const int64_t size = fill(h, auditor);
	const char *signed_ = cosigned(h, size);
	assert_int_equal(bring_file(h, auditor, signed_, strlen(signed_)).status, 200);
	struct checkpoint c;
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(languages); i++) {
		const struct answer a =
			harness_get(h, auditor,
				    arena_print(h->arena, "%s/checkpoint.pdf?language=%s",
						path_of(h, size), languages[i]));
		assert_int_equal(a.status, 200);
		assert_string_equal(a.type, "application/pdf");
		struct buf pdf = buf_on(h->arena);
		buf_add_n(&pdf, a.body, a.size);
		struct pdf_file f = pdf_keep(h->arena, &pdf);
		assert_int_equal(pdf_pages(&f), 1);
		pdf_fonts_inside(&f);
		/* behind the key stands English, in letters that could be its own */
		if (strcmp(languages[i], "en") != 0)
			golden_text(&f, arena_print(h->arena, "checkpoint.%s", languages[i]));
		pdf_drop(&f);
	}
	assert_true(checkpoint_of_size(h->site.db, h->arena, size, &c, &e));
	const struct answer a =
		harness_get(h, 0,
			    arena_print(h->arena, "/verify?hash=%s",
					act_hex(h->arena, c.root.bytes, TREE_HASH_SIZE)));
	assert_string_equal(answer_text(&a, "found.kind"), "checkpoint");
	assert_int_equal(answer_number(&a, "found.seq"), size);
}

/* ---- the log for programs -------------------------------------------------------------------- */

static const char *header(const struct answer *a, const char *name)
{
	const char *value = http_header_of(a->out, name);
	return value ? value : "";
}

static void everybody_reads_checkpoint_and_hashes(void **state)
{
	struct harness *h = *state;
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	assert_int_equal(harness_get(h, 0, "/log/checkpoint").status, 404);
	const int64_t size = fill(h, auditor);
	struct answer a = harness_get(h, 0, "/log/checkpoint");
	struct note note;
	struct note_checkpoint said;
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "text/plain; charset=utf-8");
	assert_string_equal(header(&a, "Cache-Control"), "public, max-age=5");
	assert_string_equal(header(&a, "Content-Disposition"), "");
	assert_string_equal(header(&a, "Set-Cookie"), "");
	assert_true(note_parse(a.body, a.size, &note) && note_checkpoint_parse(&note, &said));
	assert_int_equal(said.size, size);
	/* the root out of what is served: a full tile, and the rest */
	const unsigned rest = (unsigned)(size - 256);
	struct tree_hash leaf[512];
	struct tree_leaves leaves = { leaf, (uint64_t)size };
	const struct tree_source source = tree_of_leaves(&leaves);
	struct tree_hash root;
	struct err e = { 0 };
	a = harness_get(h, 0, "/log/tile/0/000");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/octet-stream");
	assert_string_equal(header(&a, "Cache-Control"), "public, max-age=31536000, immutable");
	assert_int_equal(a.size, 8192);
	memcpy(leaf, a.body, a.size);
	a = harness_get(h, 0, arena_print(h->arena, "/log/tile/0/001.p/%u", rest));
	assert_int_equal(a.size, rest * 32);
	memcpy(leaf + 256, a.body, a.size);
	assert_true(tree_root(&source, said.size, &root, &e));
	assert_true(tree_equal(&root, &said.root));
	a = harness_get(h, 0, "/log/tile/1/000.p/1");
	assert_int_equal(a.size, 32);
	assert_true(tree_root(&source, 256, &root, &e));
	assert_memory_equal(a.body, root.bytes, 32);
}

static void what_no_checkpoint_covers_is_not_there(void **state)
{
	struct harness *h = *state;
	static const char *const paths[] = {
		"/log/tile/0/001",
		"/log/tile/0/001.p/255",
		"/log/tile/1/000.p/2",
		"/log/tile/0/0",
		"/log/tile/0/000.p/256",
		"/log/tile/0/x001/000",
		"/log/tile/64/000",
		"/log/tile/00/000",
		"/log/tile/0/000.p/0",
		"/log/tile/0/x/x/000",
		"/log/tile/0/x999/x999/999.p/1",
	};
	(void)stage_open(h);
	(void)fill(h, harness_person(h, ROLE_AUDITOR));
	for (size_t i = 0; i < COUNT(paths); i++) {
		const struct answer a = harness_get(h, 0, paths[i]);
		if (a.status != 404)
			fail_msg("%s: %d", paths[i], a.status);
		assert_string_equal(header(&a, "Cache-Control"), "no-store");
	}
}

static void headers_of_entries_are_for_who_watches(void **state)
{
	struct harness *h = *state;
	struct tree_hash hash[TILE_WIDTH];
	struct err e = { 0 };
	(void)stage_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	(void)fill(h, auditor);
	assert_int_equal(harness_get(h, 0, "/log/tile/entries/000").status, 403);
	assert_int_equal(harness_get(h, harness_person(h, ROLE_HR), "/log/tile/entries/000").status,
			 403);
	struct answer a = harness_get(h, auditor, "/log/tile/entries/000");
	assert_int_equal(a.status, 200);
	assert_string_equal(header(&a, "Cache-Control"), "private, max-age=31536000, immutable");
	assert_true(journal_tile_read(h->site.db, 0, 0, TILE_WIDTH, hash, &e));
	const unsigned char *at = (const unsigned char *)a.body;
	for (unsigned i = 0; i < TILE_WIDTH; i++) {
		const size_t length = (size_t)at[0] << 8 | at[1];
		const struct tree_hash leaf = tree_leaf(at + 2, length);
		assert_true(tree_equal(&leaf, &hash[i]));
		at += 2 + length;
	}
	assert_int_equal(harness_get(h, auditor, "/log/tile/entries/001.p/12").status, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(pages_show_checkpoints_and_entries),
		HARNESS_TEST(entries_are_proved),
		HARNESS_TEST(a_witness_is_made_by_two_and_its_signature_taken),
		HARNESS_TEST(a_signature_comes_as_a_file),
		HARNESS_TEST(a_checkpoint_is_printed_and_known),
		HARNESS_TEST(everybody_reads_checkpoint_and_hashes),
		HARNESS_TEST(what_no_checkpoint_covers_is_not_there),
		HARNESS_TEST(headers_of_entries_are_for_who_watches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

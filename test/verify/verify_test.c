/* Receipts in both forms, the short code, headers, and zips, on good bytes and on bad ones. */
#include "journal/header.h"
#include "verify/bundle.h"
#include "verify/check.h"
#include "verify/message.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char seed[NOTE_SEED_SIZE] = "konkurs-verify-test-seed-0123456";

/* ---- a log in memory ------------------------------------------------------------------------- */

enum { ENTRIES_MOST = 300 };

struct log {
	struct arena *arena;
	struct note_key key;
	const char *header[ENTRIES_MOST];
	struct tree_hash leaf[ENTRIES_MOST];
	size_t count;
};

static const char content[] = "{\"correct\":61}";
static const unsigned char salt[RECEIPT_SALT_SIZE] = { 7 };

static struct log log_of(struct arena *a, size_t count)
{
	struct log l = { .arena = a, .count = count };
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	struct tree_hash previous = { { 0 } };
	char text[LEAF_TEXT_SIZE];
	note_public_of(seed, public_key);
	assert_true(note_key_make("konkurs/0123456789abcdef", NOTE_ED25519, public_key, &l.key));
	for (size_t i = 0; i < count; i++) {
		struct leaf leaf = { .actor = (int64_t)i % 7,
				     .at_ms = 1772427600000 + (int64_t)i,
				     .competition = 1,
				     .seq = (int64_t)i + 1,
				     .kind = "test.result",
				     .subject = "application/12",
				     .previous = previous };
		leaf.content = leaf_content_hash(salt, sizeof(salt), content, strlen(content));
		assert_true(leaf_print(&leaf, text));
		l.header[i] = arena_copy(a, text);
		l.leaf[i] = tree_leaf(text, strlen(text));
		previous = l.leaf[i];
	}
	return l;
}

static struct receipt receipt_of(struct log *l, uint64_t index)
{
	struct tree_leaves leaves = { l->leaf, l->count };
	const struct tree_source source = tree_of_leaves(&leaves);
	struct note_checkpoint c = { .size = l->count };
	struct receipt r = {
		.leaf = l->header[index], .index = index, .whole = true, .content = content
	};
	char text[NOTE_CHECKPOINT_SIZE];
	char line[NOTE_LINE_SIZE];
	char vkey[NOTE_KEY_SIZE];
	struct err e = { 0 };
	assert_true(tree_root(&source, l->count, &c.root, &e));
	assert_true(tree_prove(&source, index, l->count, &r.proof, &e));
	memcpy(c.origin, l->key.name, sizeof(c.origin));
	memcpy(r.salt, salt, sizeof(salt));
	note_checkpoint_print(&c, text);
	note_sign(&l->key, seed, text, strlen(text), 0, line);
	note_key_print(&l->key, vkey);
	r.checkpoint = arena_print(l->arena, "%s\n%s", text, line);
	r.key = arena_copy(l->arena, vkey);
	return r;
}

static int64_t bad(struct arena *a, const struct receipt *r)
{
	const struct trust trust = { .pinned = false };
	struct report *report = check_new(a);
	check_receipt(report, r, &trust);
	return report->bad;
}

/* ---- headers --------------------------------------------------------------------------------- */

/* verify/leaf.c and journal/header.c were written apart. */
static void the_header_is_that_of_the_journal(void **state)
{
	struct journal_header h = { .seq = 12,
				    .at_ms = 1772427600123,
				    .actor_id = 3,
				    .competition_id = 4,
				    .kind = "vote.cast",
				    .subject = "application/9" };
	char text[JOURNAL_HEADER_SIZE];
	char again[LEAF_TEXT_SIZE];
	struct leaf leaf;
	(void)state;
	memset(h.content_hash, 0xab, sizeof(h.content_hash));
	memset(h.previous_hash, 0x0f, sizeof(h.previous_hash));
	assert_true(journal_header_print(&h, text));
	assert_true(leaf_parse(text, strlen(text), &leaf));
	assert_int_equal(leaf.seq, h.seq);
	assert_int_equal(leaf.at_ms, h.at_ms);
	assert_int_equal(leaf.actor, h.actor_id);
	assert_int_equal(leaf.competition, h.competition_id);
	assert_string_equal(leaf.kind, h.kind);
	assert_string_equal(leaf.subject, h.subject);
	assert_memory_equal(leaf.content.bytes, h.content_hash, TREE_HASH_SIZE);
	assert_memory_equal(leaf.previous.bytes, h.previous_hash, TREE_HASH_SIZE);
	assert_true(leaf_print(&leaf, again));
	assert_string_equal(again, text);
}

static void what_is_not_canonical_is_no_header(void **state)
{
	struct arena *a = arena_new();
	struct log l = log_of(a, 1);
	const char *good = l.header[0];
	const size_t size = strlen(good);
	struct leaf leaf;
	static const struct {
		const char *why, *from, *to;
	} row[] = {
		{ "a blank", "\"at\":", "\"at\": " },
		{ "a zero in front", "\"seq\":1", "\"seq\":01" },
		{ "a plus", "\"seq\":1", "\"seq\":+1" },
		{ "minus zero", "\"actor\":0", "\"actor\":-0" },
		{ "too large a number", "\"seq\":1", "\"seq\":99999999999999999999" },
		{ "large by one", "\"seq\":1", "\"seq\":9223372036854775808" },
		{ "a number with a point", "\"seq\":1", "\"seq\":1.0" },
		{ "capitals of a hash", "\"content\":\"", "\"content\":\"A" },
		{ "an escape", "test.result", "test\\u002eresult" },
		{ "another name", "\"kind\"", "\"mind\"" },
		{ "something behind", "\"}", "\"} " },
		{ "a line feed", "test.result", "test\nresult" },
		{ "no UTF-8", "test.result", "test\xffresult" },
		{ "not ASCII", "test.result", "test\xc2\x9bresult" },
	};
	(void)state;
	assert_true(leaf_parse(good, size, &leaf));
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *at = strstr(good, row[i].from);
		assert_non_null(at);
		const char *text = arena_print(a, "%.*s%s%s", (int)(at - good), good, row[i].to,
					       at + strlen(row[i].from));
		if (leaf_parse(text, strlen(text), &leaf))
			fail_msg("%s", row[i].why);
	}
	for (size_t cut = 0; cut < size; cut++)
		assert_false(leaf_parse(good, cut, &leaf));
	arena_free(a);
}

/* ---- receipts -------------------------------------------------------------------------------- */

/* The code without content: version 1, which papers of before have. */
static void check_bare(struct arena *a, const struct receipt *r)
{
	struct receipt bare = *r;
	struct receipt back;
	struct err e = { 0 };
	bare.whole = false;
	const char *packed = receipt_compact(a, &bare);
	assert_true(strlen(packed) < strlen(receipt_compact(a, r)));
	assert_true(receipt_read(a, packed, strlen(packed), &back, &e));
	assert_string_equal(back.leaf, r->leaf);
	assert_string_equal(back.checkpoint, r->checkpoint);
	assert_string_equal(back.key, r->key);
	assert_int_equal(back.index, r->index);
	assert_false(back.whole);
	assert_int_equal(bad(a, &back), 0);
	assert_string_equal(receipt_compact(a, &back), packed);
}

static void both_forms_come_back_as_they_were(void **state)
{
	struct arena *a = arena_new();
	static const size_t sizes[] = { 1, 2, 3, 7, 8, 64, 255, 256, 300 };
	struct err e = { 0 };
	(void)state;
	for (size_t k = 0; k < COUNT(sizes); k++) {
		struct log l = log_of(a, sizes[k]);
		for (uint64_t i = 0; i < sizes[k]; i += 1 + sizes[k] / 9) {
			const struct receipt r = receipt_of(&l, i);
			struct receipt back;
			const char *json = receipt_json(a, &r);
			const char *packed = receipt_compact(a, &r);
			assert_true(receipt_read(a, json, strlen(json), &back, &e));
			assert_string_equal(receipt_json(a, &back), json);
			assert_int_equal(bad(a, &back), 0);
			assert_true(receipt_read(a, packed, strlen(packed), &back, &e));
			assert_string_equal(receipt_json(a, &back), json);
			assert_int_equal(bad(a, &back), 0);
			assert_string_equal(receipt_compact(a, &back), packed);
			check_bare(a, &r);
		}
	}
	arena_free(a);
}

/* Of a full test, no point after another: the least that packs well. */
static const char result[] =
	"{\"answers\":\"80b097e11063042b1b53f06cfbaccc7841501e6f1c145835e84182a38a9448cc\","
	"\"asked\":120,\"attempt\":12345,\"correct\":60,\"form\":"
	"\"e7d6aa592397af0b65eea2d1f3ffd4f4ce84fa0e25e0f811d770aab3daa6bec3\",\"pass_mark\":84,"
	"\"points\":\"1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-"
	"1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-\",\"positive\":false}";

/* The largest journal there can be in practice: a code that an office printer can print. */
static void a_billion_entries_fit_a_code(void **state)
{
	struct arena *a = arena_new();
	struct log l = log_of(a, 300);
	struct receipt r = receipt_of(&l, 299);
	(void)state;
	r.content = result;
	r.proof.count = 25; /* 33 million */
	assert_in_range(strlen(receipt_compact(a, &r)), 1, 2132);
	r.proof.count = 30; /* a thousand million */
	assert_in_range(strlen(receipt_compact(a, &r)), 1, 2369);
	r.whole = false;
	assert_in_range(strlen(receipt_compact(a, &r)), 1, 2132);
	arena_free(a);
}

/* Hashes take half the room; any content comes back, or stays out where it is too much. */
static void a_content_comes_along_if_it_fits(void **state)
{
	struct arena *a = arena_new();
	struct log l = log_of(a, 5);
	struct receipt r = receipt_of(&l, 3);
	struct receipt back;
	struct err e = { 0 };
	const char *hex = arena_print(a, "{\"h\":\"%0700d\"}", 7);
	const char *const row[] = { "{}",
				    "{\"a\":\"0123456\"}",
				    "{\"a\":\"01234567\"}",
				    "{\"a\":\"012345678\",\"b\":\"ABCDEF012345678\"}",
				    "{\"a\":\"Қазақстан — 1234567890abcdef\"}",
				    hex };
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		r.content = row[i];
		const char *packed = receipt_compact(a, &r);
		assert_true(receipt_read(a, packed, strlen(packed), &back, &e));
		assert_true(back.whole);
		assert_string_equal(back.content, row[i]);
		assert_memory_equal(back.salt, r.salt, sizeof(r.salt));
	}
	r.content = arena_print(a, "{\"h\":\"%s\"}", arena_print(a, "%0*d", 9000, 7));
	const char *packed = receipt_compact(a, &r);
	assert_true(strlen(packed) <= RECEIPT_PACKED_MOST);
	assert_true(receipt_read(a, packed, strlen(packed), &back, &e));
	assert_false(back.whole);
	r.content = "{\"a\":\"\001\"}"; /* no canonical JSON */
	packed = receipt_compact(a, &r);
	assert_true(receipt_read(a, packed, strlen(packed), &back, &e));
	assert_false(back.whole);
	arena_free(a);
}

static void every_bit_of_a_code_counts(void **state)
{
	struct arena *a = arena_new();
	struct log l = log_of(a, 40);
	const struct receipt r = receipt_of(&l, 17);
	const char *packed = receipt_compact(a, &r);
	const size_t size = strlen(packed);
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*-./:";
	(void)state;
	for (size_t i = strlen(RECEIPT_PREFIX); i < size; i++) {
		for (size_t k = 0; k < strlen(digits); k += 5) {
			char *changed = arena_copy(a, packed);
			struct receipt back;
			if (changed[i] == digits[k])
				continue;
			changed[i] = digits[k];
			if (receipt_read(a, changed, size, &back, NULL) && bad(a, &back) == 0)
				fail_msg("character %zu as %c", i, digits[k]);
		}
	}
	arena_free(a);
}

static void what_cannot_be_packed_is_not(void **state)
{
	struct arena *a = arena_new();
	struct log l = log_of(a, 3);
	const struct receipt good = receipt_of(&l, 1);
	struct receipt r = good;
	(void)state;
	assert_non_null(receipt_compact(a, &r));
	r.index = 2;
	assert_null(receipt_compact(a, &r));
	r = good;
	r.leaf = "{}";
	assert_null(receipt_compact(a, &r));
	r = good;
	r.checkpoint = "x\n";
	assert_null(receipt_compact(a, &r));
	r = good;
	r.key = "x";
	assert_null(receipt_compact(a, &r));
	arena_free(a);
}

static void short_codes(void **state)
{
	struct tree_hash hash;
	char code[RECEIPT_CODE_SIZE];
	unsigned char bytes[RECEIPT_CODE_BYTES];
	(void)state;
	for (unsigned n = 0; n < 1000; n++) {
		hash = tree_leaf(&n, sizeof(n));
		receipt_code(&hash, code);
		assert_int_equal(strlen(code), RECEIPT_CODE_SIZE - 1);
		assert_true(receipt_code_parse(code, bytes));
		assert_memory_equal(bytes, hash.bytes, sizeof(bytes));
	}
	memset(hash.bytes, 0, sizeof(hash.bytes));
	hash.bytes[9] = 1;
	receipt_code(&hash, code);
	assert_string_equal(code, "0000-0000-0000-0001");
	assert_true(receipt_code_parse("oooo oooo OOOO-OOOi", bytes));
	assert_memory_equal(bytes, hash.bytes, sizeof(bytes));
	assert_true(receipt_code_parse(" 000000000000000l\n", bytes));
	assert_false(receipt_code_parse("0000-0000-0000-000", bytes));
	assert_false(receipt_code_parse("0000-0000-0000-00001", bytes));
	assert_false(receipt_code_parse("0000-0000-0000-000U", bytes));
	assert_false(receipt_code_parse("", bytes));
}

/* ---- messages -------------------------------------------------------------------------------- */

static void words(void **state)
{
	struct arena *a = arena_new();
	json_t *values = json_pack("{s:s,s:I}", "kind", "vote.cast", "seq", (json_int_t)7);
	(void)state;
	assert_int_equal(verify_language_of("kk_KZ.UTF-8"), VERIFY_KK);
	assert_int_equal(verify_language_of("ru"), VERIFY_RU);
	assert_int_equal(verify_language_of("C"), VERIFY_EN);
	assert_int_equal(verify_language_of(NULL), VERIFY_EN);
	const char *said = verify_say(a, VERIFY_RU, "verify.receipt.what", values);
	assert_non_null(strstr(said, "голос члена комиссии"));
	assert_non_null(strstr(said, "7"));
	assert_string_equal(verify_say(a, VERIFY_RU, "verify.nothing", NULL), "verify.nothing");
	json_decref(values);
	arena_free(a);
}

/* ---- cases ----------------------------------------------------------------------------------- */

/* An entry of journal.json; `text` NULL is one whose content is gone. */
struct row {
	const char *kind, *text;
	int64_t competition;
};

static json_t *entry_of(struct log *l, size_t i, const char *text)
{
	struct leaf leaf;
	char hex[3][2 * TREE_HASH_SIZE + 1];
	char salt_hex[2 * RECEIPT_SALT_SIZE + 1];
	const struct receipt r = receipt_of(l, i);
	json_t *proof = json_array();
	assert_true(leaf_parse(l->header[i], strlen(l->header[i]), &leaf));
	for (size_t k = 0; k < r.proof.count; k++) {
		char hash[TREE_TEXT_SIZE];
		tree_print(&r.proof.hash[k], hash);
		(void)json_array_append_new(proof, json_string(hash));
	}
	sodium_bin2hex(hex[0], sizeof(hex[0]), leaf.content.bytes, TREE_HASH_SIZE);
	sodium_bin2hex(hex[1], sizeof(hex[1]), leaf.previous.bytes, TREE_HASH_SIZE);
	sodium_bin2hex(hex[2], sizeof(hex[2]), l->leaf[i].bytes, TREE_HASH_SIZE);
	sodium_bin2hex(salt_hex, sizeof(salt_hex), salt, sizeof(salt));
	return json_pack("{s:I,s:I,s:I,s:s,s:I,s:s,s:s,s:s,s:s,s:s,s:s?,s:o}", "actor",
			 (json_int_t)leaf.actor, "at", (json_int_t)leaf.at_ms, "competition",
			 (json_int_t)leaf.competition, "kind", leaf.kind, "seq",
			 (json_int_t)leaf.seq, "subject", leaf.subject, "content", hex[0],
			 "previous", hex[1], "hash", hex[2], "salt", salt_hex, "text", text,
			 "proof", proof);
}

/* A case of these entries, from before there was a receipt of the export. */
static struct report *check_rows(struct arena *a, const struct row *row, size_t count)
{
	struct log l = log_of(a, count);
	const struct trust trust = { .pinned = true, .log = l.key };
	struct report *report = check_new(a);
	struct bundle files = { .arena = a };
	struct err e = { 0 };
	json_t *entries = json_array();
	char text[LEAF_TEXT_SIZE];
	for (size_t i = 0; i < count; i++) {
		struct leaf leaf;
		const char *told = row[i].text ? row[i].text : "{\"gone\":true}";
		assert_true(leaf_parse(l.header[i], strlen(l.header[i]), &leaf));
		memcpy(leaf.kind, row[i].kind, strlen(row[i].kind) + 1);
		leaf.competition = row[i].competition;
		leaf.content = leaf_content_hash(salt, sizeof(salt), told, strlen(told));
		assert_true(leaf_print(&leaf, text));
		l.header[i] = arena_copy(a, text);
		l.leaf[i] = tree_leaf(text, strlen(text));
	}
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(entries, entry_of(&l, i, row[i].text));
	const struct receipt any = receipt_of(&l, 0);
	json_t *journal = json_pack("{s:o,s:s,s:s}", "entries", entries, "checkpoint",
				    any.checkpoint, "key", any.key);
	char *printed = json_dumps(journal, 0);
	struct file file[] = { { "SHA256SUMS", "", 0 },
			       { "journal.json", printed, strlen(printed) } };
	files.file = file;
	files.count = COUNT(file);
	assert_true(check_case(report, &files, &trust, &e));
	free(printed);
	json_decref(journal);
	return report;
}

static bool says(const struct report *r, const char *key)
{
	bool says = false;
	for (size_t i = 0; i < r->count; i++)
		says = says || strcmp(r->finding[i].key, key) == 0;
	return says;
}

/* A content may be gone by an act that is in the case, and by nothing else. */
static void a_content_goes_by_act_alone(void **state)
{
	static const char list[] = "{\"entries\":2,\"seqs\":\"1,3-4\"}";
	static const struct {
		const char *why, *key, *not_said;
		struct row row[3];
	} table[] = {
		{ "an act with a list",
		  "verify.case.destroyed",
		  "verify.entry.missing",
		  { { "test.result", NULL, 1 },
		    { "records.destroyed", list, 1 },
		    { "x", "{}", 1 } } },
		{ "an act of a person, whose list counts",
		  "verify.case.destroyed",
		  "verify.entry.missing",
		  { { "test.result", NULL, 1 },
		    { "records.destroyed", list, 0 },
		    { "x", "{}", 1 } } },
		{ "not on the list",
		  "verify.entry.missing",
		  "verify.case.destroyed",
		  { { "x", "{}", 1 },
		    { "test.result", NULL, 1 },
		    { "records.destroyed", list, 1 } } },
		{ "after the act",
		  "verify.entry.missing",
		  "verify.case.destroyed",
		  { { "x", "{}", 1 },
		    { "records.destroyed", list, 1 },
		    { "test.result", NULL, 1 } } },
		{ "a click, by an act of before lists",
		  "verify.case.destroyed",
		  "verify.case.missing",
		  { { "test.answer", NULL, 1 },
		    { "x", "{}", 1 },
		    { "records.destroyed", "{}", 1 } } },
		{ "a result is no click",
		  "verify.entry.missing",
		  "verify.case.destroyed",
		  { { "test.result", NULL, 1 },
		    { "x", "{}", 1 },
		    { "records.destroyed", "{}", 1 } } },
		{ "of another competition",
		  "verify.case.missing",
		  "verify.case.destroyed",
		  { { "test.answer", NULL, 1 },
		    { "x", "{}", 1 },
		    { "records.destroyed", "{}", 2 } } },
		{ "no act",
		  "verify.case.missing",
		  "verify.case.destroyed",
		  { { "test.answer", NULL, 1 }, { "x", "{}", 1 }, { "x", "{}", 1 } } },
		{ "an act whose content is gone itself",
		  "verify.case.missing",
		  "verify.case.destroyed",
		  { { "test.answer", NULL, 1 },
		    { "x", "{}", 1 },
		    { "records.destroyed", NULL, 1 } } },
	};
	struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct report *r = check_rows(a, table[i].row, COUNT(table[i].row));
		if (!says(r, table[i].key) || says(r, table[i].not_said))
			fail_msg("%s", table[i].why);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_that_of_the_journal),
		cmocka_unit_test(what_is_not_canonical_is_no_header),
		cmocka_unit_test(both_forms_come_back_as_they_were),
		cmocka_unit_test(a_billion_entries_fit_a_code),
		cmocka_unit_test(a_content_comes_along_if_it_fits),
		cmocka_unit_test(a_content_goes_by_act_alone),
		cmocka_unit_test(every_bit_of_a_code_counts),
		cmocka_unit_test(what_cannot_be_packed_is_not),
		cmocka_unit_test(short_codes),
		cmocka_unit_test(words),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

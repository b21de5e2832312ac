/* The tree in the database (F86): tiles that are kept give the roots and proofs that all entries
 * give; and nothing in the journal is changed or deleted (F85). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "db/driver.h"
#include "doctor.h"
#include "journal/header.h"
#include "journal/log.h"
#include "test_db.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Beyond 256 tiles of level 0, so that there is a full one of level 1. */
enum { MANY = 66000 };

struct fixture {
	struct db *db;
	struct arena *arena;
	struct tree_hash *leaf;
	uint64_t count;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->leaf = calloc(MANY + 1, sizeof(*f->leaf));
	f->arena = arena_new();
	f->db = test_db_open();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	test_db_close(f->db);
	arena_free(f->arena);
	free(f->leaf);
	free(f);
	return 0;
}

/* Appends, and notes the hashes of the entries. */
static void append(struct fixture *f, uint64_t count)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	json_t *content = json_pack("{s:s}", "text", "Қазақ мәтіні");
	assert_true(db_begin(f->db, &tx, &e));
	for (uint64_t i = 0; i < count; i++) {
		const struct journal_entry entry = { 1000, 7, "test.done", 3, "thing/1", content };
		assert_true(journal_append(f->db, &entry, &e));
		memcpy(f->leaf[f->count++].bytes, f->db->head.hash, TREE_HASH_SIZE);
	}
	assert_true(db_commit(&tx, &e));
	json_decref(content);
}

static void keep(struct fixture *f, uint64_t size)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	assert_true(db_begin(f->db, &tx, &e));
	assert_true(journal_tiles_keep(f->db, (int64_t)size, &e));
	assert_true(db_commit(&tx, &e));
}

static void expect_same(struct fixture *f, uint64_t size)
{
	struct tree_leaves leaves = { f->leaf, f->count };
	const struct tree_source wanted = tree_of_leaves(&leaves);
	struct journal_tree tree = { .db = f->db };
	const struct tree_source source = journal_tree_source(&tree);
	struct tree_hash root;
	struct tree_hash other;
	struct tree_proof proof;
	struct err e = { 0 };
	assert_true(tree_root(&wanted, size, &root, &e));
	assert_true(tree_root(&source, size, &other, &e));
	assert_true(tree_equal(&root, &other));
	assert_true(journal_root(f->db, (int64_t)size, &other, &e));
	assert_true(tree_equal(&root, &other));
	tree.size = size; /* tiles are read as far as they go: the same hashes */
	const uint64_t places[] = { 0, size / 3, size / 2, size - 1 };
	for (size_t i = 0; i < COUNT(places); i++) {
		assert_true(tree_prove(&source, places[i], size, &proof, &e));
		assert_true(tree_proves(&f->leaf[places[i]], places[i], size, &proof, &root));
	}
}

static int64_t count_tiles(struct fixture *f)
{
	int64_t tiles = 0;
	struct err e = { 0 };
	assert_true(db_number(f->db, &e, &tiles, "SELECT COUNT(*) FROM journal_tile"));
	return tiles;
}

static void tiles_that_are_kept_give_the_same_tree(void **state)
{
	struct fixture *f = *state;
	static const uint64_t sizes[] = { 1,   2,    255,   256,   257,   511,   512,
					  513, 1000, 65535, 65536, 65537, 65792, MANY };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		append(f, sizes[i] - f->count);
		keep(f, sizes[i]);
		keep(f, sizes[i]); /* again does nothing */
		expect_same(f, sizes[i]);
		assert_int_equal(count_tiles(f), sizes[i] / 256 + sizes[i] / 65536);
	}
	/* smaller trees stay what they were */
	for (size_t i = 0; i < COUNT(sizes); i++)
		expect_same(f, sizes[i]);
}

/* Of hours of nothing but answers the first checkpoint does not hash each. */
static void a_tile_is_kept_by_the_entry_that_fills_it(void **state)
{
	struct fixture *f = *state;
	static const uint64_t sizes[] = { 255, 256, 511, 512, 2000, 65535, 65536, MANY };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		append(f, sizes[i] - f->count);
		assert_int_equal(count_tiles(f), sizes[i] / 256 + sizes[i] / 65536);
	}
	expect_same(f, f->count);
}

static void expect_root(struct fixture *f)
{
	struct tree_leaves leaves = { f->leaf, f->count };
	const struct tree_source wanted = tree_of_leaves(&leaves);
	struct tree_hash root;
	struct tree_hash other;
	struct err e = { 0 };
	keep(f, f->count);
	assert_true(tree_root(&wanted, f->count, &root, &e));
	assert_true(journal_root(f->db, (int64_t)f->count, &other, &e));
	assert_true(tree_equal(&root, &other));
}

/* F86: what is remembered within a transaction ends with it, and with what is undone. */
static void a_root_follows_what_is_appended(void **state)
{
	struct fixture *f = *state;
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct err e = { 0 };
	assert_true(db_begin(f->db, &tx, &e));
	expect_root(f); /* of nothing */
	for (int i = 0; i < 600; i++) {
		append(f, i % 7 == 0 ? 3 : 1);
		expect_root(f);
	}
	append(f, 700); /* more than a tile at once */
	expect_root(f);
	const uint64_t count = f->count;
	{
		CLEANUP(db_rollback) struct db_tx undone = { 0 };
		assert_true(db_begin(f->db, &undone, &e));
		append(f, 5);
		expect_root(f);
	}
	f->count = count;
	expect_root(f);
	append(f, 5); /* as many, and others */
	expect_root(f);
	f->count -= 300; /* an older one */
	expect_root(f);
	f->count += 300;
	expect_root(f);
	assert_true(db_commit(&tx, &e));
	assert_true(doctor_unguard_table(f->db, "journal_entry", &e));
	f->leaf[f->count - 1] = f->leaf[f->count - 2]; /* in no tile that is kept */
	assert_true(db_exec(f->db, &e, NULL,
			    "UPDATE journal_entry SET hash = (SELECT hash FROM journal_entry"
			    " WHERE seq = $1 - 1) WHERE seq = $1",
			    db_int((int64_t)f->count)));
	assert_true(db_begin(f->db, &tx, &e));
	expect_root(f); /* as the rows are now */
	assert_true(db_commit(&tx, &e));
}

static void a_bundle_holds_the_leaves_of_its_tile(void **state)
{
	struct fixture *f = *state;
	struct tree_hash hash[TILE_WIDTH];
	const void *bytes = NULL;
	size_t size = 0;
	struct err e = { 0 };
	append(f, 300);
	keep(f, 300);
	for (uint64_t n = 0; n < 2; n++) {
		const unsigned width = tile_width(300, 0, n);
		assert_true(journal_tile_read(f->db, 0, n, width, hash, &e));
		assert_true(journal_bundle_read(f->db, f->arena, n, width, &bytes, &size, &e));
		const unsigned char *at = bytes;
		for (unsigned i = 0; i < width; i++) {
			const size_t length = (size_t)at[0] << 8 | at[1];
			const struct tree_hash leaf = tree_leaf(at + 2, length);
			assert_true(tree_equal(&leaf, &hash[i]));
			at += 2 + length;
		}
		assert_ptr_equal(at, (const unsigned char *)bytes + size);
	}
	assert_false(journal_bundle_read(f->db, f->arena, 1, 45, &bytes, &size, &e));
	assert_int_equal(e.kind, ERR_MISSING);
	err_clear(&e);
	assert_false(journal_tile_read(f->db, 0, 1, 45, hash, &e));
	assert_int_equal(e.kind, ERR_MISSING);
	err_clear(&e);
	assert_false(journal_tile_read(f->db, 8, 0, 1, hash, &e));
	assert_false(journal_bundle_read(f->db, f->arena, UINT64_MAX, 1, &bytes, &size, NULL));
}

static void a_leaf_is_its_header_and_commits_to_its_content(void **state)
{
	struct fixture *f = *state;
	struct journal_leaf leaf;
	struct err e = { 0 };
	append(f, 2);
	assert_true(journal_leaf_read(f->db, f->arena, 2, &leaf, &e));
	assert_int_equal(leaf.seq, 2);
	assert_false(leaf.destroyed);
	assert_string_equal(leaf.content, "{\"text\":\"Қазақ мәтіні\"}");
	const struct tree_hash hash = tree_leaf(leaf.header, strlen(leaf.header));
	assert_true(tree_equal(&hash, &leaf.hash) && tree_equal(&hash, &f->leaf[1]));
	unsigned char committed[crypto_hash_sha256_BYTES];
	char hex[JOURNAL_TEXT_SIZE];
	crypto_hash_sha256_state sha;
	crypto_hash_sha256_init(&sha);
	crypto_hash_sha256_update(&sha, leaf.salt, sizeof(leaf.salt));
	crypto_hash_sha256_update(&sha, (const unsigned char *)leaf.content, strlen(leaf.content));
	crypto_hash_sha256_final(&sha, committed);
	sodium_bin2hex(hex, sizeof(hex), committed, sizeof(committed));
	assert_non_null(strstr(leaf.header, hex));
	assert_false(journal_leaf_read(f->db, f->arena, 3, &leaf, &e));
	assert_int_equal(e.kind, ERR_MISSING);
}

/* ---- append only ----------------------------------------------------------------------------- */

#define REFUSED(f, sql)                                                                            \
	do {                                                                                       \
		struct err refused_error = { 0 };                                                  \
		if (db_exec((f)->db, &refused_error, NULL, sql))                                   \
			fail_msg("the database let this be done: %s", sql);                        \
		if (!strstr(refused_error.detail, "append-only"))                                  \
			fail_msg("%s: %s", sql, refused_error.detail);                             \
	} while (0)
#define DONE(f, sql)                                                                               \
	do {                                                                                       \
		struct err done_error = { 0 };                                                     \
		if (!db_exec((f)->db, &done_error, NULL, sql))                                     \
			fail_msg("%s: %s", sql, done_error.detail);                                \
	} while (0)
#define KEPT(f, table, column)                                                                     \
	do {                                                                                       \
		REFUSED(f, "UPDATE " table " SET " column " = " column " + 1000");                 \
		REFUSED(f, "DELETE FROM " table);                                                  \
		if (test_db_is_server())                                                           \
			REFUSED(f, "TRUNCATE " table " CASCADE");                                  \
		else                                                                               \
			REFUSED(f, "INSERT OR REPLACE INTO " table " SELECT * FROM " table);       \
	} while (0)

/* A row in each of the tables. */
static void fill(struct fixture *f)
{
	append(f, 300);
	keep(f, 300);
	DONE(f, "INSERT INTO person (id, iin, family, given, patronymic, sort_key, search, organ,"
		" position_kk, position_ru, added_ms) VALUES (1, '', '', '', '', '', '', '', '', "
		"'', 1)");
	DONE(f, "INSERT INTO log_identity (id, origin, public_key, seed_box, made_ms)"
		" VALUES (1, 'o', zeroblob(1), zeroblob(1), 1)");
	DONE(f, "INSERT INTO checkpoint (id, size, root, note, at_ms) VALUES (1, 1, zeroblob(1), "
		"'', 1)");
	DONE(f, "INSERT INTO checkpoint_reason (id, checkpoint_id, reason, subject, by_id, at_ms)"
		" VALUES (1, 1, 'day', '', 0, 1)");
	DONE(f, "INSERT INTO witness (id, name, vkey, holder, proposed_by, proposed_ms)"
		" VALUES (1, 'w', 'w', '', 1, 1)");
	DONE(f, "INSERT INTO witness_step (id, witness_id, step, reason, by_id, at_ms)"
		" VALUES (1, 1, 'confirmed', '', 1, 1)");
	DONE(f, "INSERT INTO witness_signature (id, checkpoint_id, witness_id, line, signed_s,"
		" by_id, at_ms) VALUES (1, 1, 1, '', 1, 1, 1)");
	DONE(f, "INSERT INTO log_alarm (id, kind, witness_id, size, root, note, by_id, at_ms)"
		" VALUES (1, 'split', 1, 1, zeroblob(1), '', 1, 1)");
}

static void no_table_of_the_log_can_be_changed(void **state)
{
	struct fixture *f = *state;
	fill(f);
	KEPT(f, "journal_entry", "seq");
	KEPT(f, "journal_content", "seq");
	KEPT(f, "journal_tile", "level");
	KEPT(f, "log_identity", "id");
	KEPT(f, "checkpoint", "id");
	KEPT(f, "checkpoint_reason", "id");
	KEPT(f, "witness", "id");
	KEPT(f, "witness_step", "id");
	KEPT(f, "witness_signature", "id");
	KEPT(f, "log_alarm", "id");
	struct journal_report report;
	struct err e = { 0 };
	assert_true(journal_verify(f->db, &report, &e));
	assert_int_equal(report.broken_seq, 0);
	assert_int_equal(report.entries, 300);
}

/* Every table of this migration is among those above: one that is added must be, too. */
static void every_table_of_the_log_is_append_only(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	int64_t open = -1;
	if (test_db_is_server())
		assert_true(
			db_number(f->db, &e, &open,
				  "SELECT COUNT(*) FROM pg_class m WHERE m.relkind = 'r'"
				  " AND (m.relname LIKE 'journal%' OR m.relname LIKE 'log%'"
				  "  OR m.relname LIKE 'checkpoint%' OR m.relname LIKE 'witness%'"
				  "  OR m.relname = 'destruction_act')"
				  " AND (SELECT COUNT(*) FROM pg_trigger t WHERE t.tgrelid = m.oid"
				  "  AND NOT t.tgisinternal) <> 2"));
	else
		assert_true(db_number(
			f->db, &e, &open,
			"SELECT COUNT(*) FROM sqlite_master m WHERE m.type = 'table'"
			" AND (m.name LIKE 'journal%' OR m.name LIKE 'log%' OR m.name LIKE "
			"'checkpoint%'"
			"  OR m.name LIKE 'witness%' OR m.name = 'destruction_act')"
			" AND (SELECT COUNT(*) FROM sqlite_master t WHERE t.type = 'trigger'"
			"  AND t.tbl_name = m.name) <> 2"));
	assert_int_equal(open, 0);
}

/* F74, F85: contents of a competition's entries, or of those about a person, that stand before the
 * act; no others, and no content of an act. */
static void content_goes_by_an_act_alone_and_only_what_the_act_is_about(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	json_t *content = json_object();
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct journal_entry entry[] = {
		{ 1, 7, "test.answer", 3, "attempt/1", content },
		{ 1, 7, "vote.cast", 3, "application/1", content },
		{ 1, 7, "vote.cast", 4, "application/2", content },
		{ 1, 7, "person.added", 0, "person/5", content },
		{ 1, 7, "person.added", 0, "person/55", content },
		{ 1, 7, "records.destroyed", 3, "destruction_act/1", content },
		{ 1, 7, "vote.cast", 3, "application/1", content },
	};
	assert_true(db_begin(f->db, &tx, &e));
	for (size_t i = 0; i < COUNT(entry); i++)
		assert_true(journal_append(f->db, &entry[i], &e));
	assert_true(db_commit(&tx, &e));
	json_decref(content);
	REFUSED(f, "DELETE FROM journal_content WHERE seq = 1");
	REFUSED(f, "DELETE FROM journal_content WHERE seq = 4");
	/* acts of competition 3 and of person 5; rows that they point to are of no concern here */
	assert_true(doctor_unbind(f->db, "destruction_act", &e));
	DONE(f, "INSERT INTO destruction_act (id, competition_id, person_id, number, kept_until,"
		" by_id, second_id, at_ms, last_seq, seat_events, entries)"
		" VALUES (1, 3, NULL, '1', 1, 1, 2, 1, 6, 0, 1),"
		"  (2, NULL, 5, '2', 1, 1, 2, 1, 6, 0, 1)");
	KEPT(f, "destruction_act", "id");
	REFUSED(f, "UPDATE journal_content SET content = '{}' WHERE seq = 2");
	DONE(f, "DELETE FROM journal_content WHERE seq IN (1, 2, 4)");
	REFUSED(f, "DELETE FROM journal_content WHERE seq = 3");
	REFUSED(f, "DELETE FROM journal_content WHERE seq = 5");
	REFUSED(f, "DELETE FROM journal_content WHERE seq = 6");
	REFUSED(f, "DELETE FROM journal_content WHERE seq = 7");
}

/* As acts were before they named what they take, nothing goes by them any more. */
static void an_act_of_before_lets_nothing_go(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	fill(f);
	assert_true(doctor_unbind(f->db, "destruction_act", &e));
	DONE(f, "INSERT INTO destruction_act (id, competition_id, number, kept_until, by_id,"
		" second_id, at_ms, last_seq, seat_events, entries)"
		" VALUES (1, 3, '1', 1, 1, 2, 1, 0, 0, 1)");
	KEPT(f, "journal_content", "seq");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tiles_that_are_kept_give_the_same_tree, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_tile_is_kept_by_the_entry_that_fills_it, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_root_follows_what_is_appended, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bundle_holds_the_leaves_of_its_tile, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_leaf_is_its_header_and_commits_to_its_content,
						setup, teardown),
		cmocka_unit_test_setup_teardown(no_table_of_the_log_can_be_changed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_table_of_the_log_is_append_only, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			content_goes_by_an_act_alone_and_only_what_the_act_is_about, setup,
			teardown),
		cmocka_unit_test_setup_teardown(an_act_of_before_lets_nothing_go, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

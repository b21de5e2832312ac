/* The tree (F86): the vectors of the reference implementation of RFC 6962, every size up to 130
 * against the recursive definition, every proof made and checked, and none that is off by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "journal/tile.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- the vectors ----------------------------------------------------------------------------- */

static const char *const inputs[] = { "",
				      "00",
				      "10",
				      "2021",
				      "3031",
				      "40414243",
				      "5051525354555657",
				      "606162636465666768696a6b6c6d6e6f" };
static const char *const roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};
static const struct {
	uint64_t index, size;
	const char *path[4];
} inclusion[] = {
	{ 0, 1, { NULL } },
	{ 0,
	  8,
	  { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 5,
	  8,
	  { "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
	    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 2, 3, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
	{ 1,
	  5,
	  { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};
static const struct {
	uint64_t older, newer;
	const char *path[4];
} growth[] = {
	{ 1, 1, { NULL } },
	{ 1,
	  8,
	  { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 6,
	  8,
	  { "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
	    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 2,
	  5,
	  { "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};

static struct tree_hash from_hex(const char *text)
{
	struct tree_hash hash;
	assert_int_equal(
		sodium_hex2bin(hash.bytes, TREE_HASH_SIZE, text, strlen(text), NULL, NULL, NULL),
		0);
	return hash;
}

static void expect_hash(const struct tree_hash *hash, const char *text)
{
	char hex[2 * TREE_HASH_SIZE + 1];
	sodium_bin2hex(hex, sizeof(hex), hash->bytes, TREE_HASH_SIZE);
	assert_string_equal(hex, text);
}

static void expect_path(const struct tree_proof *proof, const char *const *path)
{
	size_t count = 0;
	for (; path[count]; count++) {
		assert_true(count < proof->count);
		expect_hash(&proof->hash[count], path[count]);
	}
	assert_int_equal(proof->count, count);
}

static void the_vectors_of_the_reference_hold(void **state)
{
	(void)state;
	struct tree_hash leaf[COUNT(inputs)];
	struct tree_leaves leaves = { leaf, COUNT(inputs) };
	const struct tree_source source = tree_of_leaves(&leaves);
	struct tree_hash root;
	struct tree_proof proof;
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(inputs); i++) {
		unsigned char bytes[16];
		size_t size = 0;
		assert_int_equal(sodium_hex2bin(bytes, sizeof(bytes), inputs[i], strlen(inputs[i]),
						NULL, &size, NULL),
				 0);
		leaf[i] = tree_leaf(bytes, size);
	}
	for (size_t size = 0; size <= COUNT(inputs); size++) {
		assert_true(tree_root(&source, size, &root, &e));
		expect_hash(&root, roots[size]);
	}
	for (size_t i = 0; i < COUNT(inclusion); i++) {
		assert_true(tree_prove(&source, inclusion[i].index, inclusion[i].size, &proof, &e));
		expect_path(&proof, inclusion[i].path);
		root = from_hex(roots[inclusion[i].size]);
		assert_true(tree_proves(&leaf[inclusion[i].index], inclusion[i].index,
					inclusion[i].size, &proof, &root));
	}
	for (size_t i = 0; i < COUNT(growth); i++) {
		assert_true(
			tree_prove_growth(&source, growth[i].older, growth[i].newer, &proof, &e));
		expect_path(&proof, growth[i].path);
		const struct tree_hash older = from_hex(roots[growth[i].older]);
		const struct tree_hash newer = from_hex(roots[growth[i].newer]);
		assert_true(tree_grew(growth[i].older, &older, growth[i].newer, &newer, &proof));
	}
}

/* ---- every size ------------------------------------------------------------------------------ */

enum { SIZES = 130 };
static struct tree_hash all[SIZES];

static int make_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZES; i++)
		all[i] = tree_leaf(&i, sizeof(i));
	return 0;
}

/* RFC 6962, 2.1, word for word. */
static struct tree_hash by_definition(const struct tree_hash *leaf, size_t n)
{
	size_t k = 1;
	if (n == 1)
		return leaf[0];
	while (2 * k < n)
		k *= 2;
	const struct tree_hash left = by_definition(leaf, k);
	const struct tree_hash right = by_definition(leaf + k, n - k);
	return tree_node(&left, &right);
}

static void every_leaf_of_every_size_is_proved_and_no_other(void **state)
{
	(void)state;
	struct tree_leaves leaves = { all, SIZES };
	const struct tree_source source = tree_of_leaves(&leaves);
	struct tree_hash root;
	struct tree_proof proof;
	struct err e = { 0 };
	for (uint64_t size = 1; size <= SIZES; size++) {
		const struct tree_hash wanted = by_definition(all, size);
		assert_true(tree_root(&source, size, &root, &e));
		assert_true(tree_equal(&root, &wanted));
		for (uint64_t i = 0; i < size; i++) {
			assert_true(tree_prove(&source, i, size, &proof, &e));
			assert_true(tree_proves(&all[i], i, size, &proof, &root));
			const uint64_t other = (i + 1) % size;
			assert_true(other == i ||
				    !tree_proves(&all[other], i, size, &proof, &root));
			assert_true(other == i ||
				    !tree_proves(&all[i], other, size, &proof, &root));
			assert_false(tree_proves(&all[i], size, size, &proof, &root));
		}
	}
}

/* A proof that lost, gained or has one wrong hash proves nothing. */
static void expect_no_other_proof(uint64_t older, const struct tree_hash *older_root,
				  uint64_t newer, const struct tree_hash *newer_root,
				  const struct tree_proof *proof)
{
	struct tree_proof other = *proof;
	if (proof->count > 0) {
		other.count--;
		assert_false(tree_grew(older, older_root, newer, newer_root, &other));
	}
	other = *proof;
	other.hash[other.count++] = all[0];
	assert_false(tree_grew(older, older_root, newer, newer_root, &other));
	for (size_t i = 0; i < proof->count; i++) {
		other = *proof;
		other.hash[i].bytes[7] ^= 1;
		assert_false(tree_grew(older, older_root, newer, newer_root, &other));
	}
}

static void every_pair_of_sizes_is_consistent_and_no_other(void **state)
{
	(void)state;
	struct tree_leaves leaves = { all, SIZES };
	const struct tree_source source = tree_of_leaves(&leaves);
	struct tree_hash root[SIZES + 1];
	struct tree_proof proof;
	struct err e = { 0 };
	for (uint64_t size = 0; size <= SIZES; size++)
		assert_true(tree_root(&source, size, &root[size], &e));
	for (uint64_t newer = 0; newer <= SIZES; newer++) {
		for (uint64_t older = 0; older <= newer; older++) {
			assert_true(tree_prove_growth(&source, older, newer, &proof, &e));
			assert_true(tree_grew(older, &root[older], newer, &root[newer], &proof));
			const struct tree_hash *wrong = &root[(older + 1) % (SIZES + 1)];
			assert_false(tree_grew(older, wrong, newer, &root[newer], &proof));
			if (newer - older < 3 || newer == SIZES)
				expect_no_other_proof(older, &root[older], newer, &root[newer],
						      &proof);
		}
	}
	assert_false(tree_grew(5, &root[5], 4, &root[4], &(struct tree_proof){ 0 }));
}

static void what_is_outside_is_refused(void **state)
{
	(void)state;
	struct tree_leaves leaves = { all, 3 };
	const struct tree_source source = tree_of_leaves(&leaves);
	struct tree_hash root;
	struct tree_proof proof;
	struct err e = { 0 };
	assert_false(tree_prove(&source, 3, 3, &proof, &e));
	assert_string_equal(e.key, "journal.error.range");
	err_clear(&e);
	assert_false(tree_prove_growth(&source, 3, 2, &proof, &e));
	assert_string_equal(e.key, "journal.error.range");
	err_clear(&e);
	assert_false(tree_root(&source, 4, &root, &e));
	assert_string_equal(e.key, "journal.error.range");
}

static void a_hash_is_read_as_it_is_printed_and_not_otherwise(void **state)
{
	(void)state;
	char text[TREE_TEXT_SIZE];
	struct tree_hash hash;
	tree_print(&all[1], text);
	assert_true(tree_parse(text, strlen(text), &hash) && tree_equal(&hash, &all[1]));
	assert_false(tree_parse(text, strlen(text) - 1, &hash));
	text[43] = 'A'; /* padding is not optional */
	assert_false(tree_parse(text, strlen(text), &hash));
	/* the last letter has two bits that belong to no byte */
	assert_true(tree_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 44, &hash));
	assert_false(tree_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=", 44, &hash));
	/* libsodium would read "//" */
	assert_false(tree_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\xD2\x9B"
				"AAAAAAAAA=",
				44, &hash));
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static const struct {
	const char *path; /* as C2SP's tlog-tiles has it */
	struct tile_name name;
} tile_paths[] = {
	{ "tile/0/000", { false, 0, 0, 256 } },
	{ "tile/0/x001/x234/067", { false, 0, 1234067, 256 } },
	{ "tile/1/x001/234.p/17", { false, 1, 1234, 17 } },
	{ "tile/63/999", { false, 63, 999, 256 } },
	{ "tile/entries/x001/000.p/255", { true, 0, 1000, 255 } },
	{ "tile/entries/005", { true, 0, 5, 256 } },
};
static const char *const no_paths[] = {
	"",
	"tile",
	"tile/",
	"tile/0",
	"tile/0/",
	"tile/0/0",
	"tile/0/0000",
	"tile/00/000",
	"tile/64/000",
	"tile/0/000/",
	"tile/0/000.p/",
	"tile/0/000.p/0",
	"tile/0/000.p/256",
	"tile/0/000.p/01",
	"tile/0/x000/001",
	"tile/0/x001",
	"tile/0/001/002",
	"tile/-1/000",
	"tile/entries/",
	"tile/entries/0/000",
	"tile/0/x001/x001/x001/x001/x001/x001/001",
	"tile/0/000.p/1x",
	"tile/999999999999999999999/000",
	"Tile/0/000",
};

static void paths_of_tiles_are_those_of_the_specification(void **state)
{
	(void)state;
	char text[TILE_PATH_SIZE];
	struct tile_name name;
	for (size_t i = 0; i < COUNT(tile_paths); i++) {
		tile_print(&tile_paths[i].name, text);
		assert_string_equal(text, tile_paths[i].path);
		assert_true(tile_parse(text, &name));
		assert_int_equal(name.entries, tile_paths[i].name.entries);
		assert_int_equal(name.level, tile_paths[i].name.level);
		assert_int_equal(name.number, tile_paths[i].name.number);
		assert_int_equal(name.width, tile_paths[i].name.width);
	}
	for (size_t i = 0; i < COUNT(no_paths); i++) {
		if (tile_parse(no_paths[i], &name))
			fail_msg("%s was taken for a tile", no_paths[i]);
	}
}

/* The example of the specification: 70,000 entries. */
static void a_tree_has_the_tiles_that_the_specification_counts(void **state)
{
	(void)state;
	static const struct {
		unsigned level;
		uint64_t number;
		unsigned width;
	} row[] = {
		{ 0, 0, 256 }, { 0, 272, 256 }, { 0, 273, 112 }, { 0, 274, 0 },
		{ 1, 0, 256 }, { 1, 1, 17 },    { 1, 2, 0 },     { 2, 0, 1 },
		{ 2, 1, 0 },   { 3, 0, 0 },     { 8, 0, 0 },     { 0, UINT64_MAX, 0 },
	};
	for (size_t i = 0; i < COUNT(row); i++)
		assert_int_equal(tile_width(70000, row[i].level, row[i].number), row[i].width);
	assert_int_equal(tile_width(256, 0, 0), 256);
	assert_int_equal(tile_width(256, 1, 0), 1);
	assert_int_equal(tile_width(0, 0, 0), 0);
}

static void the_root_of_a_tile_is_that_of_its_tree(void **state)
{
	(void)state;
	for (unsigned height = 0; height <= 7; height++) {
		const struct tree_hash wanted = by_definition(all, (size_t)1 << height);
		const struct tree_hash root = tile_root(all, height);
		assert_true(tree_equal(&root, &wanted));
	}
}

/* The same whether `char` is signed or not: what one machine refuses another must not take. */
static void a_word_is_plain_everywhere_or_nowhere(void **state)
{
	static const struct {
		const char *word;
		bool plain;
	} row[] = {
		{ "", true },       { "application/12", true }, { " ~", true },
		{ "a\"b", false },  { "a\\b", false },          { "a\x7f", false },
		{ "a\x1f", false }, { "\xd2\x9b", false },      { "\x80", false },
		{ "\xff", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (tree_is_plain(row[i].word) != row[i].plain)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_reference_hold),
		cmocka_unit_test(every_leaf_of_every_size_is_proved_and_no_other),
		cmocka_unit_test(every_pair_of_sizes_is_consistent_and_no_other),
		cmocka_unit_test(what_is_outside_is_refused),
		cmocka_unit_test(a_hash_is_read_as_it_is_printed_and_not_otherwise),
		cmocka_unit_test(paths_of_tiles_are_those_of_the_specification),
		cmocka_unit_test(a_tree_has_the_tiles_that_the_specification_counts),
		cmocka_unit_test(the_root_of_a_tile_is_that_of_its_tree),
		cmocka_unit_test(a_word_is_plain_everywhere_or_nowhere),
	};
	return cmocka_run_group_tests(tests, make_leaves, NULL);
}

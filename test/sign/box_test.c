/* Boxes, shares and shares on paper: what opens, and everything that does not (F28). */
#include "sign/box.h"
#include "sign/paper_share.h"
#include "sign/service_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- boxes ----------------------------------------------------------------------------------- */

static void test_box(void **state)
{
	static const char plain[] = "Қазақстан";
	unsigned char key[BOX_KEY_SIZE] = { 1 };
	unsigned char other[BOX_KEY_SIZE] = { 2 };
	unsigned char box[sizeof(plain) + BOX_MORE];
	unsigned char out[sizeof(plain)] = "";
	(void)state;
	box_close(key, "item 7 key", plain, sizeof(plain), box);
	assert_true(box_open(key, "item 7 key", box, sizeof(box), out));
	assert_memory_equal(out, plain, sizeof(plain));
	assert_false(box_open(key, "item 8 key", box, sizeof(box), out));
	assert_false(box_open(other, "item 7 key", box, sizeof(box), out));
	assert_false(box_open(key, "item 7 key", box, sizeof(box) - 1, out));
	assert_false(box_open(key, "item 7 key", box, BOX_MORE - 1, out));
	for (size_t i = 0; i < sizeof(box); i++) {
		box[i] ^= 1;
		if (box_open(key, "item 7 key", box, sizeof(box), out))
			fail_msg("byte %zu was changed, and it opens", i);
		box[i] ^= 1;
	}
	assert_true(box_open(key, "item 7 key", box, sizeof(box), out));
}

/* ---- shares ---------------------------------------------------------------------------------- */

enum { SHARES = 7 };

/* Every two of them give the secret, in either order. */
static void test_split(void **state)
{
	unsigned char secret[SPLIT_SIZE];
	unsigned char got[SPLIT_SIZE];
	struct split_share share[SHARES];
	struct err e = { 0 };
	(void)state;
	randombytes_buf(secret, sizeof(secret));
	assert_true(split_make(secret, SHARES, share, &e));
	for (size_t i = 0; i < SHARES; i++) {
		assert_int_equal(share[i].number, i + 1);
		assert_memory_not_equal(share[i].bytes, secret, SPLIT_SIZE);
		for (size_t k = 0; k < SHARES; k++) {
			const struct split_share two[SPLIT_NEEDED] = { share[i], share[k] };
			struct err why = { 0 };
			assert_int_equal(split_join(two, got, &why), i != k);
			if (i != k)
				assert_memory_equal(got, secret, SPLIT_SIZE);
		}
	}
	share[1].bytes[0] ^= 1; /* not a share of it any more */
	assert_true(split_join(share, got, &e));
	assert_memory_not_equal(got, secret, SPLIT_SIZE);
	share[0].number = 0;
	assert_false(split_join(share, got, &e));
	assert_false(split_make(secret, 2, share, &(struct err){ 0 }));
	assert_false(split_make(secret, SPLIT_MOST + 1, share, &(struct err){ 0 }));
}

/* The library's default is random(3): the same after the same srandom(). */
static void test_chance(void **state)
{
	const unsigned char secret[SPLIT_SIZE] = { 0 };
	struct split_share share[2][3];
	struct err e = { 0 };
	(void)state;
	for (int i = 0; i < 2; i++) {
		srandom(1);
		assert_true(split_make(secret, 3, share[i], &e));
	}
	assert_memory_not_equal(share[0][0].bytes, share[1][0].bytes, SPLIT_SIZE);
}

/* ---- paper ----------------------------------------------------------------------------------- */

static const char *as_it_is(char *text)
{
	return text;
}

static const char *small_letters(char *text)
{
	for (char *c = text; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
	return text;
}

static const char *letters_for_digits(char *text)
{
	for (char *c = text; *c; c++)
		*c = (char)(*c == '0' ? 'O' : *c == '1' ? 'l' : *c);
	return text;
}

static const char *blanks(char *text)
{
	for (char *c = text; *c; c++)
		*c = (char)(*c == '-' ? ' ' : *c);
	return text;
}

static const char *one_wrong(char *text)
{
	text[10] = (char)(text[10] == 'A' ? 'B' : 'A');
	return text;
}

static const char *two_changed_places(char *text)
{
	const char c = text[20];
	text[20] = text[21];
	text[21] = c;
	return c == text[20] ? one_wrong(text) : text;
}

static const char *one_missing(char *text)
{
	text[strlen(text) - 1] = '\0';
	return text;
}

static const char *no_letter(char *text)
{
	text[3] = 'U';
	return text;
}

static const char *too_much(char *text)
{
	static char more[PAPER_TEXT_SIZE + 2];
	(void)snprintf(more, sizeof(more), "%sA", text);
	return more;
}

static const char *nothing(char *text)
{
	*text = '\0';
	return text;
}

static const struct {
	const char *why;
	const char *(*spoil)(char *text);
	bool reads;
} hands[] = {
	{ "as it is", as_it_is, true },
	{ "small letters", small_letters, true },
	{ "O for 0, l for 1", letters_for_digits, true },
	{ "blanks for strokes", blanks, true },
	{ "one letter wrong", one_wrong, false },
	{ "two letters changed places", two_changed_places, false },
	{ "the last letter is missing", one_missing, false },
	{ "a letter that there is not", no_letter, false },
	{ "one too many", too_much, false },
	{ "nothing", nothing, false },
};

static void test_paper(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		struct paper_share paper = { .share = { .number = (unsigned char)(round + 1) } };
		char text[PAPER_TEXT_SIZE];
		randombytes_buf(paper.tag, sizeof(paper.tag));
		randombytes_buf(paper.share.bytes, sizeof(paper.share.bytes));
		for (size_t i = 0; i < COUNT(hands); i++) {
			struct paper_share got;
			paper_share_print(&paper, text);
			assert_int_equal(strlen(text), PAPER_TEXT_SIZE - 1);
			const bool reads = paper_share_parse(hands[i].spoil(text), &got);
			if (reads != hands[i].reads)
				fail_msg("%s: %d", hands[i].why, reads);
			if (reads)
				assert_memory_equal(&got, &paper, sizeof(paper));
		}
	}
}

/* ---- the key file ---------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_key_file(void **state)
{
	char folder[] = "/tmp/konkurs-key-XXXXXX";
	char path[64];
	struct service_key *made = NULL;
	struct service_key *read = NULL;
	struct err e = { 0 };
	struct stat status;
	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/key", folder);
	assert_false(service_key_read(path, &read, &e));
	assert_int_equal(e.kind, ERR_MISSING);
	err_clear(&e);
	assert_true(service_key_make(path, &made, &e));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, S_IRUSR | S_IWUSR);
	assert_true(service_key_read(path, &read, &e));
	assert_memory_equal(read->bytes, made->bytes, sizeof(read->bytes));
	assert_string_equal(read->fingerprint, made->fingerprint);
	service_key_close(read);
	assert_false(service_key_make(path, &read, &e)); /* never over another */
	assert_int_equal(e.kind, ERR_CONFLICT);
	static const char *const bad[] = {
		"", "konkurs-service-key-1 ", "konkurs-service-key-1 12\n",
		"konkurs-service-key-2 0000000000000000000000000000000000"
		"000000000000000000000000000000\n"
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct err why = { 0 };
		write_file(path, bad[i]);
		assert_false(service_key_read(path, &read, &why));
		assert_int_equal(why.kind, ERR_INPUT);
	}
	service_key_close(made);
	service_key_close(NULL);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box),      cmocka_unit_test(test_split),
		cmocka_unit_test(test_chance),   cmocka_unit_test(test_paper),
		cmocka_unit_test(test_key_file),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

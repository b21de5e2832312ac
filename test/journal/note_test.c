/* Signed notes (F86, F87): the vectors of golang.org/x/mod/sumdb/note and of a real witnessed log,
 * and what is no note, no key and no signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "journal/note.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_SECRET                                                                               \
	"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define ENOCH "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define TEXT                                                                                       \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define PETER_LINE                                                                                 \
	"\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"   \
	"SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH_LINE                                                                                 \
	"\xE2\x80\x94 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5"    \
	"ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

/* Of a log of certificates with three kinds of signatures, one of which is not ours, and witnesses.
 */
#define REAL_TEXT                                                                                  \
	"arche2025h1.staging.ct.transparency.dev\n"                                                \
	"1432088532\n"                                                                             \
	"U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
#define REAL_LINES                                                                                 \
	"\xE2\x80\x94 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9p" \
	"vsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"      \
	"\xE2\x80\x94 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQab" \
	"g/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"                              \
	"\xE2\x80\x94 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMW"  \
	"E6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"              \
	"\xE2\x80\x94 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg"  \
	"9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
#define REAL_LOG                                                                                   \
	"arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xg"  \
	"FYh15f"
#define REMORA "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
#define GARDEN                                                                                     \
	"transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX"  \
	"4CPdiVEPM"

static struct note_key key_of(const char *text)
{
	struct note_key key;
	char again[NOTE_KEY_SIZE];
	assert_true(note_key_parse(text, &key));
	note_key_print(&key, again);
	assert_string_equal(again, text);
	return key;
}

static struct note note_of(const char *text)
{
	struct note note;
	assert_true(note_parse(text, strlen(text), &note));
	return note;
}

static void the_vectors_of_sumdb_hold(void **state)
{
	(void)state;
	const struct note_key peter = key_of(PETER);
	const struct note_key enoch = key_of(ENOCH);
	const struct note both = note_of(TEXT "\n" PETER_LINE ENOCH_LINE);
	assert_int_equal(note_check(&both, &peter, NULL), NOTE_GOOD);
	assert_int_equal(note_check(&both, &enoch, NULL), NOTE_GOOD);
	const struct note one = note_of(TEXT "\n" PETER_LINE);
	assert_int_equal(note_check(&one, &peter, NULL), NOTE_GOOD);
	assert_int_equal(note_check(&one, &enoch, NULL), NOTE_UNSIGNED);
	const struct note other = note_of("Another" TEXT "\n" PETER_LINE);
	assert_int_equal(note_check(&other, &peter, NULL), NOTE_WRONG);
}

static void signing_gives_the_same_line(void **state)
{
	(void)state;
	struct note_key key;
	unsigned char seed[NOTE_SEED_SIZE];
	char line[NOTE_LINE_SIZE];
	char text[NOTE_KEY_SIZE];
	char secret[NOTE_SECRET_SIZE];
	assert_true(note_secret_parse(PETER_SECRET, &key, seed));
	note_key_print(&key, text);
	assert_string_equal(text, PETER);
	note_secret_print(&key, seed, secret);
	assert_string_equal(secret, PETER_SECRET);
	note_sign(&key, seed, TEXT, strlen(TEXT), 0, line);
	assert_string_equal(line, PETER_LINE);
}

static void a_real_checkpoint_with_its_witnesses_holds(void **state)
{
	(void)state;
	const struct note note = note_of(REAL_TEXT "\n" REAL_LINES);
	const struct note_key log = key_of(REAL_LOG);
	const struct note_key remora = key_of(REMORA);
	const struct note_key garden = key_of(GARDEN);
	struct note_checkpoint c;
	int64_t time_s = 0;
	char text[NOTE_CHECKPOINT_SIZE];
	assert_int_equal(note_check(&note, &log, &time_s), NOTE_GOOD);
	assert_int_equal(time_s, 0);
	assert_int_equal(note_check(&note, &remora, &time_s), NOTE_GOOD);
	assert_int_equal(time_s, 0x6a122120);
	assert_int_equal(note_check(&note, &garden, NULL), NOTE_GOOD);
	assert_true(note_checkpoint_parse(&note, &c));
	assert_string_equal(c.origin, "arche2025h1.staging.ct.transparency.dev");
	assert_int_equal(c.size, 1432088532);
	note_checkpoint_print(&c, text);
	assert_string_equal(text, REAL_TEXT);
	/* another size under the same signatures */
	const struct note other =
		note_of("arche2025h1.staging.ct.transparency.dev\n42\n"
			"U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n" REAL_LINES);
	assert_int_equal(note_check(&other, &log, NULL), NOTE_WRONG);
	assert_int_equal(note_check(&other, &remora, NULL), NOTE_WRONG);
}

static void a_cosignature_is_over_its_time(void **state)
{
	(void)state;
	const unsigned char seed[NOTE_SEED_SIZE] = { 7 };
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	struct note_key key;
	char line[NOTE_LINE_SIZE];
	char text[1024];
	int64_t time_s = 0;
	note_public_of(seed, public_key);
	assert_true(note_key_make("witness.example/w1", NOTE_COSIGNATURE, public_key, &key));
	note_sign(&key, seed, REAL_TEXT, strlen(REAL_TEXT), 1679315147, line);
	(void)snprintf(text, sizeof(text), "%s\n%s", REAL_TEXT, line);
	struct note note = note_of(text);
	assert_int_equal(note_check(&note, &key, &time_s), NOTE_GOOD);
	assert_int_equal(time_s, 1679315147);
	/* the time in the line is under the signature */
	note.signature[0].bytes[7] ^= 1;
	assert_int_equal(note_check(&note, &key, &time_s), NOTE_WRONG);
	note.signature[0].bytes[7] ^= 1;
	note.signature[0].bytes[0] = 0x80; /* beyond 2^63 */
	assert_int_equal(note_check(&note, &key, NULL), NOTE_WRONG);
}

/* Verifiers take what they know, and pass over what they do not: also a signature of 2.5 kB. */
static void a_long_signature_of_another_kind_is_passed_over(void **state)
{
	(void)state;
	static unsigned char long_one[2424];
	static char encoded[sodium_base64_ENCODED_LEN(2424, sodium_base64_VARIANT_ORIGINAL)];
	static char text[8192];
	const struct note_key peter = key_of(PETER);
	memset(long_one, 7, sizeof(long_one));
	sodium_bin2base64(encoded, sizeof(encoded), long_one, sizeof(long_one),
			  sodium_base64_VARIANT_ORIGINAL);
	(void)snprintf(text, sizeof(text), "%s\n\xE2\x80\x94 PeterNeumann %s\n%s", TEXT, encoded,
		       PETER_LINE);
	const struct note note = note_of(text);
	assert_int_equal(note.count, 2);
	assert_int_equal(note_check(&note, &peter, NULL), NOTE_GOOD);
}

static void the_text_ends_at_the_last_empty_line(void **state)
{
	(void)state;
	const struct note note = note_of("a\n\nb\n\n" PETER_LINE);
	assert_int_equal(note.text_size, strlen("a\n\nb\n"));
}

static const struct {
	const char *why, *text;
} no_notes[] = {
	{ "nothing", "" },
	{ "no signature", TEXT },
	{ "no signature after the empty line", TEXT "\n" },
	{ "no line feed at the end", TEXT "\n\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/Sff=" },
	{ "a hyphen for a dash", TEXT "\n- PeterNeumann x08go/ZJkuBS\n" },
	{ "no name", TEXT "\n\xE2\x80\x94  x08go/ZJkuBS\n" },
	{ "no signature in the line", TEXT "\n\xE2\x80\x94 PeterNeumann \n" },
	{ "an id without a signature", TEXT "\n\xE2\x80\x94 PeterNeumann x08goA==\n" },
	{ "a plus in a name", TEXT "\n\xE2\x80\x94 Peter+Neumann x08go/ZJkuBS\n" },
	{ "broken base64", TEXT "\n\xE2\x80\x94 PeterNeumann x08go/ZJkuB!\n" },
	{ "letters that libsodium takes for base64",
	  TEXT "\n\xE2\x80\x94 PeterNeumann x08go/ZJku\xD2\x9B\n" },
	{ "a tab", "a\tb\n\n" PETER_LINE },
	{ "a carriage return", "a\r\n\n" PETER_LINE },
	{ "no UTF-8", "a\xC3\n\n" PETER_LINE },
	{ "a long form of a letter", "a\xC0\xAF\n\n" PETER_LINE },
	{ "half of a pair", "a\xED\xA0\x80\n\n" PETER_LINE },
	{ "a line after the signatures", TEXT "\n" PETER_LINE "x\n" },
};

static void what_is_no_note_is_refused(void **state)
{
	(void)state;
	struct note note;
	for (size_t i = 0; i < COUNT(no_notes); i++) {
		if (note_parse(no_notes[i].text, strlen(no_notes[i].text), &note))
			fail_msg("%s: taken for a note", no_notes[i].why);
	}
	static char many[64 + (NOTE_SIGNATURES_MOST + 1) * 128] = "a\n\n";
	size_t at = 3;
	for (int i = 0; i <= NOTE_SIGNATURES_MOST; i++)
		at += (size_t)snprintf(many + at, sizeof(many) - at, "%s", PETER_LINE);
	assert_false(note_parse(many, at, &note));
	assert_true(note_parse(many, at - strlen(PETER_LINE), &note));
	static char large[NOTE_MOST + 200];
	memset(large, 'a', sizeof(large));
	memcpy(large + sizeof(large) - strlen("\n\n" PETER_LINE), "\n\n" PETER_LINE,
	       strlen("\n\n" PETER_LINE));
	assert_false(note_parse(large, sizeof(large), &note));
}

static const struct {
	const char *why, *text;
} no_keys[] = {
	{ "nothing", "" },
	{ "a name alone", "PeterNeumann" },
	{ "the id of another",
	  "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
	{ "a short id", "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
	{ "another name", "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
	{ "another key", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX" },
	{ "a short key", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=" },
	{ "another kind", "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
	{ "something after it", PETER "=" },
	{ "a space in it", "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
	{ "a secret key", PETER_SECRET },
};

static void what_is_no_key_is_refused(void **state)
{
	(void)state;
	struct note_key key;
	unsigned char seed[NOTE_SEED_SIZE] = { 0 };
	for (size_t i = 0; i < COUNT(no_keys); i++) {
		if (note_key_parse(no_keys[i].text, &key))
			fail_msg("%s: taken for a key", no_keys[i].why);
	}
	assert_false(note_secret_parse(PETER, &key, seed));
	assert_false(note_key_make("no break\xC2\xA0space", NOTE_ED25519, seed, &key));
	assert_false(note_key_make("", NOTE_ED25519, seed, &key));
	static char name[NOTE_NAME_SIZE + 1];
	memset(name, 'a', NOTE_NAME_SIZE);
	assert_false(note_key_make(name, NOTE_ED25519, seed, &key));
	name[NOTE_NAME_SIZE - 1] = '\0';
	assert_true(note_key_make(name, NOTE_ED25519, seed, &key));
	char text[NOTE_KEY_SIZE];
	char secret[NOTE_SECRET_SIZE];
	char line[NOTE_LINE_SIZE];
	note_key_print(&key, text); /* the longest name fits everywhere */
	note_secret_print(&key, seed, secret);
	key.kind = NOTE_COSIGNATURE;
	note_sign(&key, seed, TEXT, strlen(TEXT), 1, line);
}

static const struct {
	const char *why, *text;
} no_checkpoints[] = {
	{ "two lines", "origin\n5\n" },
	{ "a size with a zero before it",
	  "origin\n05\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n" },
	{ "a size below nothing", "origin\n-5\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n" },
	{ "no size", "origin\n\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n" },
	{ "a size beyond every journal",
	  "origin\n9999999999999999999\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n" },
	{ "half a root", "origin\n5\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC\n" },
	{ "a line more", "origin\n5\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\nmore\n" },
	{ "no origin", "\n5\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n" },
};

static void what_is_no_checkpoint_is_refused(void **state)
{
	(void)state;
	struct note_checkpoint c;
	for (size_t i = 0; i < COUNT(no_checkpoints); i++) {
		const struct note note = { .text = no_checkpoints[i].text,
					   .text_size = strlen(no_checkpoints[i].text) };
		if (note_checkpoint_parse(&note, &c))
			fail_msg("%s: taken for a checkpoint", no_checkpoints[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_sumdb_hold),
		cmocka_unit_test(signing_gives_the_same_line),
		cmocka_unit_test(a_real_checkpoint_with_its_witnesses_holds),
		cmocka_unit_test(a_cosignature_is_over_its_time),
		cmocka_unit_test(a_long_signature_of_another_kind_is_passed_over),
		cmocka_unit_test(the_text_ends_at_the_last_empty_line),
		cmocka_unit_test(what_is_no_note_is_refused),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(what_is_no_checkpoint_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

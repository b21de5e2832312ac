/* case.c - the case of a candidate, as it was exported (F89). */
#include "verify/check.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum { SUM_DIGITS = 2 * crypto_hash_sha256_BYTES };

/* ---- sums ------------------------------------------------------------------------------------ */

static bool sum_holds(const struct file *file, const char *wanted)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[SUM_DIGITS + 1];
	(void)crypto_hash_sha256(hash, (const unsigned char *)file->bytes, file->size);
	sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return memcmp(text, wanted, SUM_DIGITS) == 0;
}

/* "<sum>  <name>\n" of every file but the sums themselves. */
static void check_sums(struct report *r, const struct bundle *files, const struct file *sums)
{
	int64_t lines = 0;
	int64_t wrong = 0;
	for (const char *at = sums->bytes; *at;) {
		const size_t size = strcspn(at, "\n");
		const char *name =
			size > SUM_DIGITS + 2
				? arena_copy_n(r->arena, at + SUM_DIGITS + 2, size - SUM_DIGITS - 2)
				: "";
		const struct file *file = bundle_find(files, name);
		lines++;
		if (!file || !sum_holds(file, at)) {
			check_add(r, FOUND_BAD, "verify.case.file",
				  json_pack("{s:s}", "name", name));
			wrong++;
		}
		at += size + (at[size] == '\n');
	}
	if (wrong == 0)
		(void)check_test(r, lines > 0 && (size_t)lines + 1 == files->count,
				 "verify.case.sums", json_pack("{s:I}", "files", lines));
}

/* ---- the journal ----------------------------------------------------------------------------- */

struct tally {
	struct report *report;
	struct note_checkpoint checkpoint;
	bool signed_;
	int64_t entries, proved, later, destroyed, wrong;
};

static bool read_hash(const json_t *entry, const char *name, struct tree_hash *ret)
{
	const char *text = json_string_value(json_object_get(entry, name));
	size_t size = 0;
	return text &&
	       sodium_hex2bin(ret->bytes, sizeof(ret->bytes), text, strlen(text), NULL, &size,
			      NULL) == 0 &&
	       size == sizeof(ret->bytes);
}

static bool read_word(const json_t *entry, const char *name, char ret[LEAF_WORD_SIZE])
{
	const char *text = json_string_value(json_object_get(entry, name));
	if (!text || strlen(text) >= LEAF_WORD_SIZE)
		return false;
	memcpy(ret, text, strlen(text) + 1);
	return true;
}

static bool read_header(const json_t *entry, struct leaf *ret, char text[LEAF_TEXT_SIZE])
{
	struct leaf leaf = {
		.actor = json_integer_value(json_object_get(entry, "actor")),
		.at_ms = json_integer_value(json_object_get(entry, "at")),
		.competition = json_integer_value(json_object_get(entry, "competition")),
		.seq = json_integer_value(json_object_get(entry, "seq")),
	};
	if (!read_word(entry, "kind", leaf.kind) || !read_word(entry, "subject", leaf.subject) ||
	    !read_hash(entry, "content", &leaf.content) ||
	    !read_hash(entry, "previous", &leaf.previous) || !leaf_print(&leaf, text))
		return false;
	*ret = leaf;
	return true;
}

static bool content_holds(struct tally *t, const json_t *entry, const struct leaf *leaf)
{
	const json_t *text = json_object_get(entry, "text");
	struct tree_hash salt;
	if (json_is_null(text)) {
		t->destroyed++;
		return true;
	}
	if (!json_is_string(text) || !read_hash(entry, "salt", &salt))
		return false;
	const struct tree_hash hash = leaf_content_hash(
		salt.bytes, sizeof(salt.bytes), json_string_value(text), json_string_length(text));
	return tree_equal(&hash, &leaf->content);
}

static bool proof_holds(const struct tally *t, const json_t *entry, const struct leaf *leaf,
			const struct tree_hash *hash)
{
	struct tree_proof proof = { 0 };
	const json_t *list = json_object_get(entry, "proof");
	size_t i = 0;
	const json_t *text = NULL;
	if (!json_is_array(list) || json_array_size(list) > TREE_PROOF_MOST || leaf->seq < 1)
		return false;
	json_array_foreach (list, i, text) {
		if (!json_is_string(text) ||
		    !tree_parse(json_string_value(text), json_string_length(text), &proof.hash[i]))
			return false;
	}
	proof.count = json_array_size(list);
	return tree_proves(hash, (uint64_t)leaf->seq - 1, t->checkpoint.size, &proof,
			   &t->checkpoint.root);
}

static void wrong(struct tally *t, const struct leaf *leaf, const char *key)
{
	t->wrong++;
	check_add(t->report, FOUND_BAD, key, json_pack("{s:I}", "seq", (json_int_t)leaf->seq));
}

static void check_entry(struct tally *t, const json_t *entry)
{
	struct leaf leaf = { .seq = json_integer_value(json_object_get(entry, "seq")) };
	struct tree_hash said;
	char text[LEAF_TEXT_SIZE];
	t->entries++;
	if (!read_header(entry, &leaf, text) || !read_hash(entry, "hash", &said)) {
		wrong(t, &leaf, "verify.entry.header");
		return;
	}
	const struct tree_hash hash = tree_leaf(text, strlen(text));
	if (!tree_equal(&hash, &said))
		wrong(t, &leaf, "verify.entry.header");
	else if (!content_holds(t, entry, &leaf))
		wrong(t, &leaf, "verify.entry.content");
	else if (leaf.seq >= 1 && (uint64_t)leaf.seq > t->checkpoint.size)
		t->later++;
	else if (t->signed_ && !proof_holds(t, entry, &leaf, &hash))
		wrong(t, &leaf, "verify.entry.proof");
	else
		t->proved++;
}

static bool check_entries(struct report *r, const json_t *journal, const struct trust *trust,
			  struct err *e)
{
	const json_t *entries = json_object_get(journal, "entries");
	const char *note = json_string_value(json_object_get(journal, "checkpoint"));
	const char *key = json_string_value(json_object_get(journal, "key"));
	struct tally t = { .report = r };
	size_t i = 0;
	const json_t *entry = NULL;
	if (!json_is_array(entries))
		return err_set(e, ERR_INPUT, "verify.error.format", "no entries");
	if (note)
		t.signed_ = check_note(r, note, strlen(note), key, trust, &t.checkpoint);
	else
		check_add(r, FOUND_BAD, "verify.checkpoint.malformed", NULL);
	json_array_foreach (entries, i, entry)
		check_entry(&t, entry);
	if (t.wrong == 0 && t.signed_)
		check_add(r, FOUND_GOOD, "verify.case.journal",
			  json_pack("{s:I,s:I}", "entries", t.entries, "proved", t.proved));
	if (t.later > 0)
		check_add(r, FOUND_DOUBT, "verify.case.later",
			  json_pack("{s:I}", "entries", t.later));
	if (t.destroyed > 0)
		check_add(r, FOUND_DOUBT, "verify.case.destroyed",
			  json_pack("{s:I}", "entries", t.destroyed));
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool check_receipts(struct report *r, const struct bundle *files, const struct trust *trust,
			   struct err *e)
{
	static const char folder[] = "receipts/";
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->file[i];
		struct receipt receipt;
		if (strncmp(file->name, folder, strlen(folder)) != 0)
			continue;
		check_add(r, FOUND_FACT, "verify.case.receipt",
			  json_pack("{s:s}", "name", file->name));
		if (!receipt_read(r->arena, file->bytes, file->size, &receipt, e))
			return false;
		check_receipt(r, &receipt, trust);
	}
	return true;
}

bool check_case(struct report *r, const struct bundle *files, const struct trust *trust,
		struct err *e)
{
	const struct file *sums = bundle_find(files, "SHA256SUMS");
	const struct file *journal = bundle_find(files, "journal.json");
	if (!sums || !journal)
		return err_set(e, ERR_INPUT, "verify.error.format", "no case");
	check_sums(r, files, sums);
	json_t *o = json_loadb(journal->bytes, journal->size, JSON_REJECT_DUPLICATES, NULL);
	const bool ok = o ? check_entries(r, o, trust, e)
			  : err_set(e, ERR_INPUT, "verify.error.format", "journal.json");
	json_decref(o);
	return ok && check_receipts(r, files, trust, e);
}

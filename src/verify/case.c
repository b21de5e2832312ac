/* case.c - the case of a candidate, as it was exported (F89).
 *
 * What is proved, and by what: an entry of journal.json by its proof, a receipt by its own.  All
 * else, that nothing was left out too, by export.json: the receipt of the entry "case.exported",
 * whose content has the SHA-256 of SHA256SUMS.  Cases from before there was one have sums that
 * anybody can make fit, and the report says so. */
#include "verify/check.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SUM_DIGITS = 2 * crypto_hash_sha256_BYTES, ACTS_MOST = 16 };

#define RECEIPTS "receipts/"
#define DRAWS    "draws/"

/* ---- sums ------------------------------------------------------------------------------------ */

static bool sum_holds(const struct file *file, const char *wanted)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[SUM_DIGITS + 1];
	(void)crypto_hash_sha256(hash, (const unsigned char *)file->bytes, file->size);
	sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return memcmp(text, wanted, SUM_DIGITS) == 0;
}

/* What the journal has of the taking out. */
struct export
{
	bool some;  /* the case says there is such an entry       */
	bool bound; /* it is proved, and has the sums of this case */
	struct note_checkpoint checkpoint;
	const json_t *later; /* proofs under it, by seq, of entries newer than journal.json's own */
};

/* "<sum>  <name>\n" of every file but the sums themselves and export.json. */
static void check_sums(struct report *r, const struct bundle *files, const struct file *sums,
		       const struct export *x)
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
	json_t *values = json_pack("{s:I}", "files", lines);
	if (wrong > 0)
		json_decref(values);
	else if (lines == 0 || (size_t)lines + 1 + x->some != files->count)
		check_add(r, FOUND_BAD, "verify.case.sums.bad", values);
	else
		check_add(r, FOUND_GOOD,
			  x->bound ? "verify.case.sums.good" : "verify.case.sums.own", values);
}

/* ---- the export ------------------------------------------------------------------------------ */

static void drop(void *json)
{
	json_decref(json);
}

static const json_t *read_json(struct arena *a, const char *bytes, size_t size)
{
	json_t *o = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	arena_defer(a, drop, o);
	return o;
}

static bool has_sums(struct arena *a, const struct receipt *receipt, const struct file *sums)
{
	const json_t *content =
		receipt->whole ? read_json(a, receipt->content, strlen(receipt->content)) : NULL;
	const json_t *told = json_object_get(content, "sums");
	return json_string_length(told) == SUM_DIGITS && sum_holds(sums, json_string_value(told));
}

static bool check_export(struct report *r, const struct bundle *files, const struct file *sums,
			 const struct trust *trust, struct export *ret, struct err *e)
{
	struct receipt receipt;
	struct leaf leaf;
	struct note note;
	const struct file *file = bundle_find(files, "export.json");
	struct export x = { .some = file != NULL };
	if (!file) {
		check_unproved(r, "verify.case.unproved", NULL);
		*ret = x;
		return true;
	}
	check_add(r, FOUND_FACT, "verify.case.receipt", json_pack("{s:s}", "name", file->name));
	const json_t *o = read_json(r->arena, file->bytes, file->size);
	if (!receipt_take(r->arena, o, &receipt, e))
		return false;
	if (check_entry_of(r, &receipt, trust, &leaf)) {
		const char *note_text = receipt.checkpoint;
		x.bound = strcmp(leaf.kind, "case.exported") == 0 &&
			  has_sums(r->arena, &receipt, sums) &&
			  note_parse(note_text, strlen(note_text), &note) &&
			  note_checkpoint_parse(&note, &x.checkpoint);
		(void)check_test(r, x.bound, "verify.case.bound",
				 json_pack("{s:I,s:s,s:s}", "seq", (json_int_t)leaf.seq, "subject",
					   leaf.subject, "at", check_time(r->arena, leaf.at_ms)));
	}
	x.later = json_object_get(o, "later");
	*ret = x;
	return true;
}

/* ---- the journal ----------------------------------------------------------------------------- */

/* An act by which contents are gone. */
struct destruction {
	struct leaf leaf;
	const char *seqs; /* of which entries: "3,7-19"; NULL in acts of before lists were kept */
};

struct tally {
	struct report *report;
	const struct export *export;
	const json_t *entries;
	struct note_checkpoint checkpoint;
	bool looked; /* for acts of destruction */
	size_t acts;
	struct destruction act[ACTS_MOST];
	int64_t proved, later, destroyed, missing, wrong;
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

static bool content_holds(const json_t *entry, const struct leaf *leaf)
{
	const json_t *text = json_object_get(entry, "text");
	struct tree_hash salt;
	if (!json_is_string(text) || !read_hash(entry, "salt", &salt))
		return false;
	const struct tree_hash hash = leaf_content_hash(
		salt.bytes, sizeof(salt.bytes), json_string_value(text), json_string_length(text));
	return tree_equal(&hash, &leaf->content);
}

static bool proves(const json_t *list, const struct leaf *leaf, const struct tree_hash *hash,
		   const struct note_checkpoint *c)
{
	struct tree_proof proof = { 0 };
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
	return tree_proves(hash, (uint64_t)leaf->seq - 1, c->size, &proof, &c->root);
}

enum place { PROVED, LATER, NOWHERE };

/* Entries that are newer than the case's checkpoint are in that of its export. */
static enum place place_of(const struct tally *t, const json_t *entry, const struct leaf *leaf,
			   const struct tree_hash *hash)
{
	const struct export *x = t->export;
	if (leaf->seq < 1 || (uint64_t)leaf->seq <= t->checkpoint.size)
		return proves(json_object_get(entry, "proof"), leaf, hash, &t->checkpoint)
			       ? PROVED
			       : NOWHERE;
	if (!x->bound)
		return LATER;
	const char *seq = arena_print(t->report->arena, "%lld", (long long)leaf->seq);
	return proves(json_object_get(x->later, seq), leaf, hash, &x->checkpoint) ? PROVED
										  : NOWHERE;
}

static bool header_holds(const json_t *entry, struct leaf *ret, struct tree_hash *ret_hash)
{
	struct tree_hash said;
	char text[LEAF_TEXT_SIZE];
	if (!read_header(entry, ret, text) || !read_hash(entry, "hash", &said))
		return false;
	*ret_hash = tree_leaf(text, strlen(text));
	return tree_equal(ret_hash, &said);
}

/* ---- contents that are gone ------------------------------------------------------------------ */

/* What may go by an act that has no list: single clicks of its competition. */
static bool is_click(const char *kind)
{
	return strcmp(kind, "test.answer") == 0 || strcmp(kind, "test.entered") == 0 ||
	       strcmp(kind, "test.resumed") == 0;
}

static bool is_proved(const struct tally *t, const json_t *entry, struct leaf *ret)
{
	struct tree_hash hash;
	return header_holds(entry, ret, &hash) && content_holds(entry, ret) &&
	       place_of(t, entry, ret, &hash) == PROVED;
}

/* Acts of destruction that are proved in this case. */
static void find_acts(struct tally *t)
{
	size_t i = 0;
	const json_t *entry = NULL;
	t->looked = true;
	json_array_foreach (t->entries, i, entry) {
		const char *kind = json_string_value(json_object_get(entry, "kind"));
		struct destruction *act = &t->act[t->acts];
		if (t->acts == ACTS_MOST || !kind || strcmp(kind, "records.destroyed") != 0 ||
		    !is_proved(t, entry, &act->leaf))
			continue;
		const json_t *text = json_object_get(entry, "text");
		act->seqs = json_string_value(
			json_object_get(read_json(t->report->arena, json_string_value(text),
						  json_string_length(text)),
					"seqs"));
		t->acts++;
	}
}

/* Whether "3,7-19" has it. */
static bool has_seq(const char *runs, int64_t seq)
{
	while (*runs) {
		char *end = NULL;
		const long long from = strtoll(runs, &end, 10);
		const long long to = *end == '-' ? strtoll(end + 1, &end, 10) : from;
		if (from <= seq && seq <= to)
			return true;
		if (*end != ',')
			break;
		runs = end + 1;
	}
	return false;
}

static bool is_by_act(struct tally *t, const struct leaf *gone)
{
	if (!t->looked)
		find_acts(t);
	for (size_t i = 0; i < t->acts; i++) {
		const struct destruction *act = &t->act[i];
		if (act->leaf.seq > gone->seq &&
		    (act->seqs
			     ? has_seq(act->seqs, gone->seq)
			     : act->leaf.competition == gone->competition && is_click(gone->kind)))
			return true;
	}
	return false;
}

/* Whether the content is there and that of the header, or may be gone. */
static bool take_content(struct tally *t, const json_t *entry, const struct leaf *leaf)
{
	if (!json_is_null(json_object_get(entry, "text")))
		return content_holds(entry, leaf);
	const bool by_act = is_by_act(t, leaf);
	t->destroyed += by_act;
	t->missing += !by_act;
	return by_act || is_click(leaf->kind);
}

/* ---- entries --------------------------------------------------------------------------------- */

static void wrong(struct tally *t, const struct leaf *leaf, const char *key)
{
	t->wrong++;
	check_add(t->report, FOUND_BAD, key, json_pack("{s:I}", "seq", (json_int_t)leaf->seq));
}

static void check_entry(struct tally *t, const json_t *entry)
{
	struct leaf leaf = { .seq = json_integer_value(json_object_get(entry, "seq")) };
	struct tree_hash hash;
	if (!header_holds(entry, &leaf, &hash)) {
		wrong(t, &leaf, "verify.entry.header");
		return;
	}
	if (!take_content(t, entry, &leaf)) {
		wrong(t, &leaf,
		      json_is_null(json_object_get(entry, "text")) ? "verify.entry.missing"
								   : "verify.entry.content");
		return;
	}
	switch (place_of(t, entry, &leaf, &hash)) {
	case PROVED: t->proved++; break;
	case LATER: t->later++; break;
	case NOWHERE: wrong(t, &leaf, "verify.entry.proof"); break;
	}
}

static void tell_entries(const struct tally *t)
{
	struct report *r = t->report;
	if (json_array_size(t->entries) == 0)
		check_add(r, FOUND_BAD, "verify.case.empty", NULL);
	else if (t->wrong == 0 && t->proved > 0)
		check_add(r, FOUND_GOOD, "verify.case.journal",
			  json_pack("{s:I}", "proved", t->proved));
	if (t->later > 0)
		check_unproved(r, "verify.case.later", json_pack("{s:I}", "entries", t->later));
	if (t->destroyed > 0)
		check_add(r, FOUND_FACT, "verify.case.destroyed",
			  json_pack("{s:I}", "entries", t->destroyed));
	if (t->missing > 0)
		check_unproved(r, "verify.case.missing", json_pack("{s:I}", "entries", t->missing));
}

static bool check_entries(struct report *r, const json_t *journal, const struct export *export,
			  const struct trust *trust, struct err *e)
{
	const char *note = json_string_value(json_object_get(journal, "checkpoint"));
	const char *key = json_string_value(json_object_get(journal, "key"));
	struct tally t = { .report = r,
			   .export = export,
			   .entries = json_object_get(journal, "entries") };
	struct report *own = check_new(r->arena);
	size_t i = 0;
	const json_t *entry = NULL;
	if (!json_is_array(t.entries))
		return err_set(e, ERR_INPUT, "verify.error.format", "no entries");
	if (note && !check_note(own, note, strlen(note), key, trust, &t.checkpoint))
		t.checkpoint.size = 0; /* nothing can be proved by it */
	else if (!note && (!export->bound || !json_is_null(json_object_get(journal, "checkpoint"))))
		check_add(own, FOUND_BAD, "verify.checkpoint.malformed", NULL);
	check_merge(r, own);
	json_array_foreach (t.entries, i, entry)
		check_entry(&t, entry);
	tell_entries(&t);
	return true;
}

/* ---- draws ----------------------------------------------------------------------------------- */

static bool starts(const struct file *file, const char *folder)
{
	return strncmp(file->name, folder, strlen(folder)) == 0;
}

/* Whether a draw of this case has this form for this candidate; `ret_some`: or another. */
static bool draw_has(const struct report *r, const struct bundle *files, int64_t candidate,
		     const char *form, bool *ret_some)
{
	bool has = false;
	for (size_t n = 0; n < files->count; n++) {
		const struct file *file = &files->file[n];
		if (!starts(file, DRAWS))
			continue;
		size_t i = 0;
		const json_t *row = NULL;
		json_array_foreach (
			json_object_get(read_json(r->arena, file->bytes, file->size), "candidates"),
			i, row) {
			const char *drawn = json_string_value(json_object_get(row, "form"));
			if (json_integer_value(json_object_get(row, "candidate")) != candidate)
				continue;
			*ret_some = true;
			has = has || (drawn && strcmp(drawn, form) == 0);
		}
	}
	return has;
}

/* F33, F60: the form of a result is the one that was drawn for the candidate. */
static void check_result(struct report *r, const struct bundle *files, const json_t *entry)
{
	static const char application[] = "application/";
	const char *kind = json_string_value(json_object_get(entry, "kind"));
	const char *subject = json_string_value(json_object_get(entry, "subject"));
	const char *text = json_string_value(json_object_get(entry, "text"));
	bool some = false;
	if (!kind || !subject || !text || strcmp(kind, "test.result") != 0 ||
	    strncmp(subject, application, strlen(application)) != 0)
		return;
	const char *form =
		json_string_value(json_object_get(read_json(r->arena, text, strlen(text)), "form"));
	const bool has =
		form &&
		draw_has(r, files, strtoll(subject + strlen(application), NULL, 10), form, &some);
	if (some)
		(void)check_test(r, has, "verify.case.form",
				 json_pack("{s:O}", "seq", json_object_get(entry, "seq")));
}

static bool check_draws(struct report *r, const struct bundle *files, const json_t *journal,
			const struct trust *trust, struct err *e)
{
	size_t i = 0;
	const json_t *entry = NULL;
	bool some = false;
	for (size_t n = 0; n < files->count; n++) {
		const struct file *file = &files->file[n];
		if (!starts(file, DRAWS))
			continue;
		some = true;
		check_add(r, FOUND_FACT, "verify.case.receipt",
			  json_pack("{s:s}", "name", file->name));
		if (!check_forms(r, *file, trust, e))
			return false;
	}
	json_array_foreach (json_object_get(journal, "entries"), i, entry) {
		if (some)
			check_result(r, files, entry);
	}
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool check_receipts(struct report *r, const struct bundle *files, const struct trust *trust,
			   struct err *e)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->file[i];
		struct receipt receipt;
		if (!starts(file, RECEIPTS))
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
	const struct file *file = bundle_find(files, "journal.json");
	struct export x;
	if (!sums || !file)
		return err_set(e, ERR_INPUT, "verify.error.format", "no case");
	const json_t *journal = read_json(r->arena, file->bytes, file->size);
	if (!journal)
		return err_set(e, ERR_INPUT, "verify.error.format", "journal.json");
	if (!check_export(r, files, sums, trust, &x, e))
		return false;
	check_sums(r, files, sums, &x);
	return check_entries(r, journal, &x, trust, e) && check_receipts(r, files, trust, e) &&
	       check_draws(r, files, journal, trust, e);
}

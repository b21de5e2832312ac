/* excerpt.c - a part of a record of sound and picture, as it was handed out (F70, F74).
 *
 * What speaks are the receipts alone: of "video.segment", which has the hashes of what was
 * recorded, and of "video.checked", which has that of the film.  A file is good by the hash in such
 * an entry and by nothing else; one that no entry has is foreign, whatever the excerpt says about
 * it.  The numbers of a source's segments follow each other, so that one that was left out is seen.
 */
#include "verify/check.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SUM_DIGITS = 2 * crypto_hash_sha256_BYTES, SEGMENTS_MOST = 2000 };

#define RECEIPTS "receipts/"

struct segment {
	int64_t id, source, number, from_ms, until_ms;
	const char *subject, *ended;
	const json_t *sound, *picture, *film; /* {file, size, sha256}; NULL none */
	bool checked;
};

struct excerpt {
	struct report *report;
	const struct bundle *files;
	bool *told; /* of each file: an entry has it, or nobody needs to */
	struct segment *segment;
	size_t count;
};

static void drop(void *json)
{
	json_decref(json);
}

static bool starts(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

/* ---- entries ------------------------------------------------------------------------------- */

static struct segment *segment_of(struct excerpt *x, int64_t id)
{
	for (size_t i = 0; i < x->count; i++) {
		if (x->segment[i].id == id)
			return &x->segment[i];
	}
	if (x->count == SEGMENTS_MOST)
		return NULL;
	x->segment[x->count] = (struct segment){ .id = id, .ended = NULL };
	return &x->segment[x->count++];
}

static int64_t number_of(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static const char *text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));
	return text ? text : "";
}

static void twice(const struct excerpt *x, const struct leaf *leaf)
{
	check_add(x->report, FOUND_BAD, "verify.excerpt.twice",
		  json_pack("{s:I}", "seq", (json_int_t)leaf->seq));
}

static void take_ended(struct excerpt *x, const struct leaf *leaf, const json_t *content)
{
	struct segment *s = segment_of(x, number_of(content, "segment"));
	if (!s || s->ended) {
		twice(x, leaf);
		return;
	}
	s->source = number_of(content, "source");
	s->number = number_of(content, "number");
	s->from_ms = number_of(content, "from_ms");
	s->until_ms = number_of(content, "until_ms");
	s->subject = arena_copy(x->report->arena, leaf->subject);
	s->ended = text_of(content, "ended");
	s->sound = json_object_get(content, "sound");
	s->picture = json_object_get(content, "picture");
}

static void take_checked(struct excerpt *x, const struct leaf *leaf, const json_t *content)
{
	struct segment *s = segment_of(x, number_of(content, "segment"));
	if (!s || s->checked) {
		twice(x, leaf);
		return;
	}
	s->checked = true;
	s->film = json_object_get(content, "film");
}

/* Receipts that do not hold are told of and count for nothing. */
static bool take_receipt(struct excerpt *x, const struct file *file, const struct trust *trust,
			 struct err *e)
{
	struct receipt receipt;
	struct leaf leaf;
	if (!receipt_read(x->report->arena, file->bytes, file->size, &receipt, e))
		return false;
	if (!check_entry_of(x->report, &receipt, trust, &leaf) || !receipt.whole) {
		check_add(x->report, FOUND_BAD, "verify.excerpt.receipt",
			  json_pack("{s:s}", "name", file->name));
		return true;
	}
	json_t *content = json_loads(receipt.content, JSON_REJECT_DUPLICATES, NULL);
	arena_defer(x->report->arena, drop, content);
	if (strcmp(leaf.kind, "video.segment") == 0)
		take_ended(x, &leaf, content);
	else if (strcmp(leaf.kind, "video.checked") == 0)
		take_checked(x, &leaf, content);
	else
		check_add(x->report, FOUND_FACT, "verify.excerpt.other",
			  json_pack("{s:s,s:s}", "name", file->name, "kind", leaf.kind));
	return true;
}

/* ---- files --------------------------------------------------------------------------------- */

/* By its name among the records, in whatever folder it lies: "records/r1/s2-3.webm" is
 * "r1/s2-3.webm". */
static const struct file *find(const struct excerpt *x, const char *name, size_t *ret_at)
{
	const size_t size = strlen(name);
	for (size_t i = 0; i < x->files->count; i++) {
		const struct file *file = &x->files->file[i];
		const size_t length = strlen(file->name);
		if (length < size || strcmp(file->name + length - size, name) != 0 ||
		    (length > size && file->name[length - size - 1] != '/'))
			continue;
		*ret_at = i;
		return file;
	}
	return NULL;
}

static bool hash_holds(const struct file *file, const json_t *told)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[SUM_DIGITS + 1];
	(void)crypto_hash_sha256(hash, (const unsigned char *)file->bytes, file->size);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return number_of(told, "size") == (int64_t)file->size &&
	       strcmp(text_of(told, "sha256"), text) == 0;
}

static void check_file(const struct excerpt *x, const json_t *told)
{
	size_t at = 0;
	const char *name = text_of(told, "file");
	if (!json_is_object(told) || !*name)
		return;
	const struct file *file = find(x, name, &at);
	if (!file) {
		check_unproved(x->report, "verify.excerpt.absent",
			       json_pack("{s:s}", "name", name));
		return;
	}
	x->told[at] = true;
	(void)check_test(x->report, hash_holds(file, told), "verify.excerpt.file",
			 json_pack("{s:s}", "name", name));
}

/* What explains an excerpt and is none of it. */
static bool explains(const char *name)
{
	static const char *const known[] = {
		"README",         "SHA256SUMS",  "excerpt.json", "index.html",
		"konkurs-verify", "verify.html", "export.json",
	};
	for (size_t i = 0; i < COUNT(known); i++) {
		if (starts(name, known[i]) && !strchr(name, '/'))
			return true;
	}
	return starts(name, RECEIPTS);
}

static void check_foreign(const struct excerpt *x)
{
	for (size_t i = 0; i < x->files->count; i++) {
		const char *name = x->files->file[i].name;
		if (!x->told[i] && !explains(name))
			check_add(x->report, FOUND_BAD, "verify.excerpt.foreign",
				  json_pack("{s:s}", "name", name));
	}
}

/* ---- order --------------------------------------------------------------------------------- */

static int by_number(const void *x, const void *y)
{
	const struct segment *a = x;
	const struct segment *b = y;
	return (a->number > b->number) - (a->number < b->number);
}

/* True if `next` is what came after. */
static bool check_pair(const struct excerpt *x, const struct segment *s, const struct segment *next)
{
	struct report *r = x->report;
	if (next->source != s->source || strcmp(next->subject, s->subject) != 0) {
		check_add(r, FOUND_BAD, "verify.excerpt.sources", NULL);
		return false;
	}
	if (next->number == s->number || next->from_ms < s->from_ms) {
		check_add(r, FOUND_BAD, "verify.excerpt.order",
			  json_pack("{s:I}", "number", (json_int_t)next->number));
		return false;
	}
	if (next->number != s->number + 1) {
		check_unproved(r, "verify.excerpt.gap",
			       json_pack("{s:I,s:I}", "from", (json_int_t)s->number + 1, "to",
					 (json_int_t)next->number - 1));
		return false;
	}
	return true;
}

static void check_order(const struct excerpt *x)
{
	const struct segment *first = &x->segment[0];
	const struct segment *last = &x->segment[x->count - 1];
	bool whole = true;
	for (size_t i = 1; i < x->count; i++)
		whole = check_pair(x, &x->segment[i - 1], &x->segment[i]) && whole;
	if (whole)
		check_add(x->report, FOUND_GOOD, "verify.excerpt.whole",
			  json_pack("{s:I,s:s,s:s}", "segments", (json_int_t)x->count, "from",
				    check_time(x->report->arena, first->from_ms), "until",
				    check_time(x->report->arena, last->until_ms)));
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void check_segment(const struct excerpt *x, const struct segment *s)
{
	struct arena *a = x->report->arena;
	check_add(x->report, FOUND_FACT, "verify.excerpt.segment",
		  json_pack("{s:I,s:I,s:s,s:s,s:s}", "number", (json_int_t)s->number, "source",
			    (json_int_t)s->source, "subject", s->subject, "from",
			    check_time(a, s->from_ms), "until", check_time(a, s->until_ms)));
	check_file(x, s->sound);
	check_file(x, s->picture);
	check_file(x, s->film);
	if (!s->checked)
		check_unproved(x->report, "verify.excerpt.unchecked",
			       json_pack("{s:I}", "number", (json_int_t)s->number));
}

/* A film whose recording is not told of proves nothing. */
static void forget_unended(struct excerpt *x)
{
	size_t kept = 0;
	for (size_t i = 0; i < x->count; i++) {
		if (x->segment[i].ended)
			x->segment[kept++] = x->segment[i];
		else
			check_unproved(x->report, "verify.excerpt.film", NULL);
	}
	x->count = kept;
	qsort(x->segment, x->count, sizeof(*x->segment), by_number);
}

bool check_excerpt(struct report *r, const struct bundle *files, const struct trust *trust,
		   struct err *e)
{
	struct excerpt x = { .report = r, .files = files };
	x.told = arena_array(r->arena, files->count + 1, sizeof(*x.told));
	x.segment = arena_array(r->arena, SEGMENTS_MOST, sizeof(*x.segment));
	for (size_t i = 0; i < files->count; i++) {
		if (starts(files->file[i].name, RECEIPTS) &&
		    !take_receipt(&x, &files->file[i], trust, e))
			return false;
	}
	forget_unended(&x);
	if (x.count == 0 && r->bad == 0)
		return err_set(e, ERR_INPUT, "verify.error.format", "no excerpt of a record");
	for (size_t i = 0; i < x.count; i++)
		check_segment(&x, &x.segment[i]);
	if (x.count > 0)
		check_order(&x);
	check_foreign(&x);
	return true;
}

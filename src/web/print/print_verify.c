/* print_verify.c - is this paper one of ours, is this receipt (F15, F60)?  For everybody, without
 * any personal data: a receipt that is brought along is checked, but not shown again. */
#include "app/evidence/checkpoint.h"
#include "app/evidence/evidence.h"
#include "app/evidence/paper.h"
#include "verify/check.h"
#include "verify/message.h"
#include "web/names.h"
#include "web/print/print.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

enum { HASH_DIGITS = PAPER_HASH_SIZE - 1, TYPED_MOST = 200, PASTED_MOST = 60000 };

const struct param verify_params[] = {
	{ "hash", P_TEXT, 0, TYPED_MOST, false, NULL },
	PARAMS_END,
};

static const char *const receipt_media[] = { "application/octet-stream", NULL };
const struct param verify_check_params[] = {
	{ "text", P_TEXT, 0, PASTED_MOST, false, NULL },
	{ "file", P_FILE, 1, RECEIPT_MOST, false, receipt_media },
	PARAMS_END,
};

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The hash in what was typed or scanned: the digits of groups, or all of "KONKURS 12 89AB..", whose
 * last word it is.  NULL if there is none. */
static const char *hash_of(struct arena *a, const char *typed)
{
	const char *scanned = strncmp(typed, "KONKURS ", 8) == 0 ? strrchr(typed, ' ') : typed;
	char *hash = arena_alloc(a, HASH_DIGITS + 1);
	size_t n = 0;
	for (const char *at = scanned; *at; at++) {
		if (strchr(" \t\n", *at))
			continue;
		if (!is_digit(*at) || n == HASH_DIGITS)
			return NULL;
		hash[n++] = (char)(*at >= 'A' && *at <= 'F' ? *at - 'A' + 'a' : *at);
	}
	return n == HASH_DIGITS ? hash : NULL;
}

/* What an entry of the journal tells of: a row alone makes no paper genuine (F15).
 * What it is, for which competition, when, and where in the journal; no name and no number by
 * which a person could be found. */
static json_t *look_up(struct req *r, const char *hash, struct err *e)
{
	unsigned char root[HASH_DIGITS / 2];
	if (sodium_hex2bin(root, sizeof(root), hash, HASH_DIGITS, NULL, NULL, NULL) != 0)
		return json_array();
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT 'receipt' AS kind, c.post, c.organ, a.sent_ms AS at_ms,"
		" (SELECT MAX(j.seq) FROM journal_entry j WHERE j.kind = 'application.sent'"
		"   AND j.kind <> 'test.answer' AND j.subject = 'application/' || a.id) AS seq"
		"  FROM application a JOIN competition c ON c.id = a.competition_id"
		"  WHERE a.receipt = $1"
		" UNION ALL SELECT 'announcement', c.post, c.organ, n.published_ms,"
		" (SELECT MAX(j.seq) FROM journal_entry j WHERE j.subject = 'competition/' || c.id"
		"   AND j.kind <> 'test.answer' AND j.at_ms <= n.published_ms)"
		"  FROM announcement n JOIN competition c ON c.id = n.competition_id"
		"  WHERE n.hash = $1"
		" UNION ALL SELECT x.kind, c.post, c.organ, x.issued_ms, x.seq FROM paper x"
		"  JOIN competition c ON c.id = x.competition_id WHERE x.hash = $1"
		"  AND " PAPER_IS_TOLD(
			"paper", "x.competition_id") " UNION ALL SELECT x.kind, '', '', "
						     "x.issued_ms, x.seq FROM paper_form_issued x"
						     "  WHERE x.hash = $1 AND " PAPER_IS_TOLD(
							     "paper_form_issued", "0")
		/* the hash of a checkpoint's paper is the root */
		" UNION ALL SELECT 'checkpoint', '', '', k.at_ms, k.size FROM checkpoint k"
		"  WHERE k.root = $2",
		db_text(hash), db_blob(root, sizeof(root)));
	json_t *row = json_array_get(rows, 0);
	if (row && *row_text(row, "post")) {
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	return rows;
}

static void set_model(json_t *model, const char *typed, json_t *found, bool unknown, bool malformed)
{
	(void)json_object_set_new(model, "hash", json_string(typed));
	(void)json_object_set_new(model, "found", found ? json_incref(found) : json_null());
	(void)json_object_set_new(model, "unknown", json_boolean(unknown));
	(void)json_object_set_new(model, "malformed", json_boolean(malformed));
	(void)json_object_set_new(model, "checked", json_null());
}

/* ---- entries --------------------------------------------------------------------------------- */

/* What the journal has at `seq`: what it is of, for which competition, when. */
static json_t *entry_model(struct req *r, int64_t seq, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT j.kind AS entry, '' AS kind, j.seq, j.at_ms, c.post, c.organ"
			     "  FROM journal_entry j JOIN competition c ON c.id = j.competition_id"
			     " WHERE j.seq = $1",
			     db_int(seq));
	if (row) {
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	return row;
}

static bool show_entry(struct req *r, int64_t seq, json_t *model, const char *typed, struct err *e)
{
	json_t *row = seq > 0 ? entry_model(r, seq, e) : NULL;
	if (seq > 0 && !row)
		return false;
	set_model(model, typed, row, seq == 0, false);
	return true;
}

/* ---- receipts -------------------------------------------------------------------------------- */

static enum verify_language language_of(const struct req *r)
{
	return verify_language_of(r->language);
}

/* The figures of a result, which whoever brings the code has already: they show that it is that of
 * another sheet.  Nothing of these leads to a person. */
static bool is_figure(const struct verify_finding *f)
{
	static const char *const name[] = { "correct", "asked", "positive", "form" };
	const char *told = row_text(f->values, "name");
	bool is = false;
	for (size_t i = 0; i < COUNT(name); i++)
		is = is || strcmp(told, name[i]) == 0;
	return is && strcmp(f->key, "verify.receipt.value") == 0;
}

/* The findings in words, without what the receipt says of a person. */
static json_t *findings_model(const struct req *r, const struct report *report)
{
	static const char *const said[] = { "good", "fact", "doubt", "bad" };
	json_t *list = json_array();
	for (size_t i = 0; i < report->count; i++) {
		const struct verify_finding *f = &report->finding[i];
		if (f->what == FOUND_FACT && !is_figure(f) && strcmp(f->key, "verify.limits") != 0)
			continue;
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s}", "found", said[f->what], "text",
					verify_say(r->arena, language_of(r), f->key, f->values)));
	}
	return list;
}

/* Whether it is word for word the entry that stands there. */
static bool is_ours(struct req *r, const struct receipt *receipt, bool *ret, struct err *e)
{
	const struct tree_hash hash = tree_leaf(receipt->leaf, strlen(receipt->leaf));
	return db_exists(r->db, e, ret,
			 "SELECT 1 FROM journal_entry WHERE seq = $1 AND hash = $2"
			 " AND kind IN " EVIDENCE_KINDS,
			 db_int((int64_t)receipt->index + 1),
			 db_blob(hash.bytes, sizeof(hash.bytes)));
}

static bool check_brought(struct req *r, const char *bytes, size_t size, json_t *model,
			  struct err *e)
{
	struct receipt receipt = { 0 };
	struct trust trust = { .pinned = true };
	struct report *report = check_new(r->arena);
	bool ours = false;
	if (!receipt_read(r->arena, bytes, size, &receipt, NULL)) {
		set_model(model, "", NULL, true, true);
		return true;
	}
	if (receipt.index >= INT64_MAX || !is_ours(r, &receipt, &ours, e) ||
	    !checkpoint_key(r->db, &trust.log, e))
		return false;
	check_receipt(report, &receipt, &trust);
	if (!show_entry(r, ours ? (int64_t)receipt.index + 1 : 0, model, "", e))
		return false;
	(void)json_object_set_new(model, "checked",
				  json_pack("{s:b,s:b,s:o}", "whole", ours && report->bad == 0,
					    "part", report->unproved > 0, "findings",
					    findings_model(r, report)));
	return true;
}

/* ---- the page -------------------------------------------------------------------------------- */

/* A hash of a paper, a short code, or a receipt as text. */
static bool look_at(struct req *r, const char *typed, json_t *model, struct err *e)
{
	unsigned char code[RECEIPT_CODE_BYTES];
	int64_t seq = 0;
	const char *hash = hash_of(r->arena, typed);
	if (receipt_code_parse(typed, code))
		return evidence_find(r->db, code, &seq, e) && show_entry(r, seq, model, typed, e);
	if (!hash && strlen(typed) > TYPED_MOST)
		return check_brought(r, typed, strlen(typed), model, e);
	json_t *rows = hash ? look_up(r, hash, e) : NULL;
	if (hash && !rows)
		return false;
	json_t *found = json_array_get(rows, 0);
	if (found)
		(void)json_object_set_new(found, "entry", json_string(""));
	set_model(model, hash ? hash : typed, found, *typed && !found, *typed && !hash);
	return true;
}

bool verify_show(struct req *r, json_t *model, struct err *e)
{
	return look_at(r, in_text(r, "hash"), model, e);
}

bool verify_check(struct req *r, json_t *model, struct err *e)
{
	const struct upload *file = in_file(r, "file");
	return file ? check_brought(r, file->bytes, file->size, model, e)
		    : look_at(r, in_text(r, "text"), model, e);
}

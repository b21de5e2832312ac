/* print_verify.c - is this paper one of ours (F15)?  For everybody, without any personal data. */
#include "web/names.h"
#include "web/print.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

enum { HASH_DIGITS = PAPER_HASH_SIZE - 1, TYPED_MOST = 200 };

const struct param verify_params[] = {
	{ "hash", P_TEXT, 0, TYPED_MOST, false, NULL },
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

/* What it is, for which competition, when, and where in the journal; no name and no number by
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
		" UNION ALL SELECT f.kind, '', '', f.issued_ms, f.seq FROM paper_form_issued f"
		"  WHERE f.hash = $1"
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

bool verify_show(struct req *r, json_t *model, struct err *e)
{
	const char *typed = in_text(r, "hash");
	const char *hash = *typed ? hash_of(r->arena, typed) : NULL;
	json_t *rows = hash ? look_up(r, hash, e) : json_array();
	if (!rows)
		return false;
	json_t *found = json_array_get(rows, 0);
	(void)json_object_set_new(model, "hash", json_string(hash ? hash : typed));
	(void)json_object_set_new(model, "found", found ? json_incref(found) : json_null());
	(void)json_object_set_new(model, "unknown", json_boolean(*typed && !found));
	(void)json_object_set_new(model, "malformed", json_boolean(*typed && !hash));
	if (!hash)
		json_decref(rows);
	return true;
}

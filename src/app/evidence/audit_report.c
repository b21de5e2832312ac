#include "app/evidence/audit_report.h"

#include "app/evidence/checkpoint.h"
#include "base/text.h"

#include <sodium.h>
#include <string.h>

/* Of each row the texts that pages show. */
static bool has_texts(const json_t *rows, const char *const *names)
{
	size_t i = 0;
	const json_t *row = NULL;
	if (!json_is_array(rows))
		return false;
	json_array_foreach (rows, i, row) {
		for (const char *const *name = names; *name; name++) {
			if (!json_is_string(json_object_get(row, *name)))
				return false;
		}
	}
	return true;
}

static bool has_numbers(const json_t *report, const char *const *names)
{
	for (; *names; names++) {
		if (!json_is_integer(json_object_get(report, *names)))
			return false;
	}
	return true;
}

static bool is_drill(const json_t *report)
{
	static const char *const numbers[] = { "played", "missed", "absent", NULL };
	static const char *const texts[] = { "attack", "found", NULL };
	return json_is_boolean(json_object_get(report, "good")) &&
	       json_is_boolean(json_object_get(report, "untouched_passes")) &&
	       has_numbers(report, numbers) && has_texts(json_object_get(report, "attacks"), texts);
}

static bool is_verify(const json_t *report)
{
	static const char *const numbers[] = { "entries", "checkpoints", NULL };
	static const char *const texts[] = { "part", "at", "why", NULL };
	return json_is_boolean(json_object_get(report, "agrees")) &&
	       json_is_string(json_object_get(report, "root")) && has_numbers(report, numbers) &&
	       has_texts(json_object_get(report, "findings"), texts);
}

struct report {
	const char *kind, *text, *sha256;
	bool good;
};

static bool read_report(const struct act *act, const void *bytes, size_t size, struct report *ret,
			struct err *e)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	const char *text = arena_copy_n(act->arena, bytes, size);
	json_t *json = size <= AUDIT_REPORT_MOST && text_valid(text, size)
			       ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL)
			       : NULL;
	const bool drill = is_drill(json);
	const bool verify = is_verify(json);
	const json_t *good = json_object_get(json, drill ? "good" : "agrees");
	*ret = (struct report){ drill ? AUDIT_DRILL : AUDIT_VERIFY, text, NULL,
				json_is_true(good) };
	json_decref(json);
	(void)crypto_hash_sha256(hash, bytes, size);
	ret->sha256 = act_hex(act->arena, hash, sizeof(hash));
	return drill || verify || err_input(e, "file", "audit.error.report", "no such report");
}

static bool keep(const struct act *act, const struct report *r, int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO audit_report (kind, good, sha256, report, by_id, at_ms)"
			 " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
			 db_text(r->kind), db_int(r->good), db_text(r->sha256), db_text(r->text),
			 db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "audit.reported", 0, act_subject(act, "report", *ret_id),
			   json_pack("{s:s,s:b,s:s}", "kind", r->kind, "good", r->good, "sha256",
				     r->sha256),
			   e);
}

bool audit_report_take(const struct act *act, const void *bytes, size_t size, int64_t *ret_id,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct report r = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !checkpoint_require(act, e) ||
	    !read_report(act, bytes, size, &r, e) ||
	    !db_number(act->db, e, &id,
		       "SELECT COALESCE(MAX(id), 0) FROM audit_report WHERE sha256 = $1",
		       db_text(r.sha256)) ||
	    (id == 0 && !keep(act, &r, &id, e)) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

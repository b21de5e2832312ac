/* verify_file.c - what is kept by its hash or its fingerprint; the register of papers, settings,
 * and accounts that are out (F12, F14, F15, F88). */
#include "app/access/session.h"
#include "app/evidence/paper.h"
#include "app/file.h"
#include "app/verify/verify.h"

#include <sodium.h>
#include <string.h>

enum { HASH = 32, HEX = HASH * 2 + 1 };

typedef void hash_fn(const void *bytes, size_t size, unsigned char ret[HASH]);

static void blake2b(const void *bytes, size_t size, unsigned char ret[HASH])
{
	(void)crypto_generichash(ret, HASH, bytes, size, NULL, 0);
}

static void sha256(const void *bytes, size_t size, unsigned char ret[HASH])
{
	(void)crypto_hash_sha256(ret, bytes, size);
}

struct bodies {
	struct verify_report *report;
	hash_fn *hash;
	const char *why;
	int64_t number; /* of the row: these tables have no number of their own */
};

/* Columns: the hash as it is on record, what it is of. */
static bool take_body(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct bodies *b = user;
	unsigned char hash[HASH];
	char hex[HEX];
	(void)count;
	(void)e;
	b->number++;
	b->hash(column[1].bytes, column[1].size, hash);
	(void)sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	if (column[0].type != DB_TEXT || strcmp(hex, column[0].bytes) != 0)
		verify_found(b->report, "file", "file", b->number, b->why);
	return true;
}

static bool check_bodies(const struct act *act, struct verify_report *r, struct err *e)
{
	struct bodies file = { r, blake2b, "the bytes of a file are not those of its hash", 0 };
	struct bodies law = { r, blake2b, "a text of the law is not that of its hash", 0 };
	struct bodies trust = { r, sha256, "a certificate is not that of its fingerprint", 0 };
	struct bodies list = { r, sha256, "a list of the revoked is not that of its fingerprint",
			       0 };
	struct bodies record = { r, blake2b, "a record of a complaint is not that of its hash", 0 };
	return db_each(act->db, e, take_body, &file,
		       "SELECT hash, body FROM blob WHERE object = '' ORDER BY hash") &&
	       db_each(act->db, e, take_body, &law,
		       "SELECT hash, body FROM law_text ORDER BY hash") &&
	       db_each(act->db, e, take_body, &trust,
		       "SELECT fingerprint, body FROM trust_certificate ORDER BY id") &&
	       db_each(act->db, e, take_body, &list,
		       "SELECT fingerprint, body FROM trust_list ORDER BY id") &&
	       db_each(act->db, e, take_body, &record,
		       "SELECT hash, content FROM complaint_record ORDER BY id");
}

/* ---- objects --------------------------------------------------------------------------------- */

/* A place that does not answer is no finding about a file: nothing can be said. */
static bool check_object(const struct act *act, struct verify_report *r, const json_t *row,
			 struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	struct file_bytes file;
	struct err why = { 0 };
	unsigned char hash[HASH];
	char hex[HEX];
	const int64_t number = row_number(row, "number");
	if (!file_read(act, own, row_text(row, "hash"), &file, &why)) {
		if (why.kind == ERR_BUSY || why.kind == ERR_DB) {
			*e = why;
			return false;
		}
		if (strcmp(why.key, "file.error.lost") == 0)
			(void)json_array_append_new(r->lost, json_deep_copy(row));
		else
			verify_found(r, "file", "file", number,
				     "the bytes of a file are not those of its hash");
		return true;
	}
	sha256(file.bytes, file.size, hash);
	(void)sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	if (strcmp(hex, row_text(row, "sha256")) != 0 ||
	    row_number(row, "size") != (int64_t)file.size)
		verify_found(r, "file", "file", number,
			     "size or SHA-256 of a file are not on record as they are");
	return true;
}

/* What had to go is gone. */
static bool check_gone(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT object, done_ms FROM object_removal"
				     " WHERE done_ms IS NOT NULL ORDER BY done_ms, object");
	json_array_foreach (rows, i, row) {
		bool there = false;
		if (!store_has(act->place->store, row_text(row, "object"), &there, e))
			return false;
		if (there)
			verify_found(r, "file", "file", 0,
				     "a file that was destroyed lies at the place still");
	}
	return rows != NULL;
}

/* F14, F85: files that lie outside the database (app/file.h). */
static bool check_objects(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT ROW_NUMBER() OVER (ORDER BY hash) AS number, hash,"
				     " object, size, sha256 FROM blob WHERE object <> ''"
				     " ORDER BY hash");
	if (!act->place) {
		r->objects_unseen = (int64_t)json_array_size(rows);
		return rows != NULL;
	}
	json_array_foreach (rows, i, row) {
		if (!check_object(act, r, row, e))
			return false;
		r->objects++;
	}
	return rows && check_gone(act, r, e);
}

/* An object goes when the row that named it is gone from the database, which the rows of before do
 * not know of: lost is one that a row names after it was not found. */
bool verify_lost(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (r->lost, i, row) {
		bool named = false;
		if (!db_exists(act->db, e, &named,
			       "SELECT 1 FROM blob WHERE hash = $1 AND object = $2",
			       db_text(row_text(row, "hash")), db_text(row_text(row, "object"))))
			return false;
		if (named)
			verify_found(r, "file", "file", row_number(row, "number"),
				     "a file is not at the place where files lie");
	}
	return true;
}

/* Files that an application rests on and that are gone. */
static bool check_missing(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		       r, "file", "application", "a file is gone",
		       db_rows(act->db, act->arena, e,
			       "SELECT x.application_id AS number FROM (SELECT application_id, "
			       "blob_hash FROM document"
			       "  UNION ALL SELECT application_id, blob_hash FROM "
			       "security_information"
			       "  UNION ALL SELECT application_id, blob_hash FROM study"
			       "  UNION ALL SELECT application_id, blob_hash FROM rating) x"
			       " WHERE x.blob_hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM blob b"
			       "  WHERE b.hash = x.blob_hash) ORDER BY x.application_id")) &&
	       /* O-4: for life */
	       verify_each(
		       r, "file", "competition", "a text of the law that it has pinned is gone",
		       db_rows(act->db, act->arena, e,
			       "SELECT c.id AS number FROM competition c WHERE"
			       " (c.rule_set IS NOT NULL AND NOT EXISTS (SELECT 1 FROM law_text t"
			       "  WHERE t.hash = c.rule_set)) OR (c.qualification IS NOT NULL"
			       "  AND NOT EXISTS (SELECT 1 FROM law_text t"
			       "  WHERE t.hash = c.qualification)) ORDER BY c.id"));
}

/* ---- papers ---------------------------------------------------------------------------------- */

/* F15: /verify says of a paper in the register that it is ours. */
static bool check_papers(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "file", "competition",
		"a paper is in the register that the journal does not tell of",
		db_rows(act->db, act->arena, e,
			"SELECT x.competition_id AS number FROM paper x"
			" WHERE NOT " PAPER_IS_TOLD(
				"paper",
				"x.competition_id") " UNION ALL SELECT 0 FROM paper_form_issued x"
						    " WHERE NOT " PAPER_IS_TOLD("paper_form_issued",
										"0")));
}

/* ---- settings -------------------------------------------------------------------------------- */

/* The newest entry of a setting says what it is; without one it is as the database was made:
 * lists of revoked certificates count for seven days, and second factors are demanded, but in a
 * demonstration. */
static bool check_settings(const struct act *act, struct verify_report *r, struct err *e)
{
	bool demonstration = false;
	return database_is_demonstration(act->db, &demonstration, e) &&
	       verify_each(
		       r, "state", "journal", "a setting is not the one that the journal tells of",
		       db_rows(act->db, act->arena, e,
			       "SELECT 0 AS number WHERE NOT EXISTS (SELECT 1 FROM trust_setting s"
			       "  WHERE s.name = 'list_most_days' AND '{\"list_most_days\":' || "
			       "s.value"
			       "  || '}' = COALESCE((SELECT c.content FROM journal_content c"
			       "   WHERE c.seq = (SELECT MAX(j.seq) FROM journal_entry j"
			       "   WHERE j.kind = 'trust.setting')), '{\"list_most_days\":7}'))"
			       " UNION ALL SELECT 0 WHERE CASE WHEN EXISTS (SELECT 1"
			       "  FROM access_setting s WHERE s.name = 'second_factor'"
			       "  AND s.value = 'off') THEN '{\"on\":false}' ELSE '{\"on\":true}' "
			       "END"
			       " <> COALESCE((SELECT c.content FROM journal_content c"
			       "  WHERE c.seq = (SELECT MAX(j.seq) FROM journal_entry j"
			       "  WHERE j.kind = 'access.second_factor')), CASE WHEN $1 = 1"
			       "  AND EXISTS (SELECT 1 FROM access_setting s"
			       "   WHERE s.name = 'second_factor' AND s.value = 'off')"
			       "  THEN '{\"on\":false}' ELSE '{\"on\":true}' END)",
			       db_int(demonstration)));
}

/* F2: whether it is in earnest, and which law it has entered; the texts themselves are held by
 * their hash. */
static bool check_law(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		       r, "state", "journal", "who runs the installation is not told so",
		       db_rows(act->db, act->arena, e,
			       "SELECT 0 AS number WHERE (SELECT COUNT(*) FROM installation)"
			       " <> (SELECT COUNT(*) FROM journal_entry"
			       "  WHERE kind = 'installation.made')"
			       " UNION ALL SELECT 0 FROM installation i WHERE NOT EXISTS (SELECT 1"
			       "  FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
			       "  WHERE j.kind = 'installation.made' AND j.at_ms = i.made_ms"
			       "  AND c.content LIKE '%\"organ\":\"' || i.organ || '\"%')")) &&
	       verify_each(
		       r, "state", "journal", "a law of its own is not the one that was entered",
		       db_rows(act->db, act->arena, e,
			       "SELECT 0 AS number FROM own_law o WHERE COALESCE((SELECT c.content"
			       "  FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
			       "  WHERE j.kind = 'law.entered'"
			       "  AND c.content LIKE '%\"name\":\"' || o.name || '\"%'"
			       "  ORDER BY j.seq DESC LIMIT 1), '')"
			       " NOT LIKE '%\"hash\":\"' || o.law_text || '\"%'"
			       " UNION ALL SELECT 0 WHERE (SELECT COUNT(*) FROM own_law)"
			       " <> (SELECT COUNT(DISTINCT o.name) FROM own_law o"
			       "  JOIN journal_content c ON c.content LIKE '%\"name\":\"' || o.name"
			       "   || '\"%' JOIN journal_entry j ON j.seq = c.seq"
			       "  AND j.kind = 'law.entered')"));
}

/* Who may not come in, or may again: the newest word of an administrator (F20). */
static bool check_accounts(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		r, "state", "person", "an account is disabled or enabled otherwise than is told",
		db_rows(act->db, act->arena, e,
			"SELECT a.person_id AS number FROM account a"
			" WHERE COALESCE(a.disabled_ms, 0) <> COALESCE((SELECT"
			"  CASE j.kind WHEN 'account.disabled' THEN j.at_ms ELSE 0 END"
			"  FROM journal_entry j WHERE j.subject = 'person/' || a.person_id"
			"  AND j.kind <> 'test.answer'"
			"  AND j.kind IN ('account.disabled', 'account.enabled')"
			"  ORDER BY j.seq DESC LIMIT 1), 0) ORDER BY a.person_id"));
}

bool verify_files(const struct act *act, struct verify_report *r, struct err *e)
{
	return check_bodies(act, r, e) && check_objects(act, r, e) && check_missing(act, r, e) &&
	       check_papers(act, r, e) && check_settings(act, r, e) && check_accounts(act, r, e) &&
	       check_law(act, r, e);
}

/* installation_base.c - what the database itself tells. */
#include "web/installation/installation.h"

#include "app/access/session.h"
#include "app/candidate/scan.h"
#include "app/daily.h"
#include "app/evidence/backup_note.h"
#include "app/sitting/service_clock.h"
#include "app/video/room.h"
#include "base/buf.h"
#include "db/migrations.h"
#include "db/row.h"
#include "journal/journal.h"
#include "sign/service_key.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What cannot be looked into any further is no base; then that is a finding. */
bool installation_version(struct installation *c, struct err *e)
{
	int64_t done = 0;
	bool too_new = false;
	struct err why = { 0 };
	struct db *base = c->base;
	c->base = NULL;
	if (!base ||
	    !db_number(base, &why, &done, "SELECT COALESCE(MAX(number), 0) FROM schema_done") ||
	    !db_is_too_new(base, &too_new, &why))
		return installation_find(c, LEVEL_ERROR, "no_database",
					 c->db ? db_shown(c->db, c->arena) : "", e);
	const char *value = arena_print(c->arena, "%lld/%d", (long long)done, db_migration_count);
	if (too_new)
		return installation_find(c, LEVEL_ERROR, "newer", value, e);
	if (done < db_migration_count)
		return installation_find(c, LEVEL_WARNING, "older", value, e);
	c->base = base;
	return database_is_demonstration(base, &c->demonstration, e);
}

/* How far the service's clock is from the wall clock, and whether it has a line at all (F51). */
bool installation_clock(struct installation *c, struct err *e)
{
	struct clock_reading now;
	int64_t deviation = 0;
	bool there = false;
	service_clock_read(&now);
	if (!db_exists(c->base, e, &there, "SELECT 1 FROM service_clock") ||
	    (!there && !c->demonstration &&
	     !installation_find(c, LEVEL_WARNING, "no_clock", "", e)) ||
	    !service_clock_deviation(c->base, &now, &deviation, e))
		return false;
	return llabs(deviation) <= CLOCK_DEVIATION_MS ||
	       installation_find(c, LEVEL_WARNING, "clock",
				 arena_print(c->arena, "%lld", (long long)deviation), e);
}

/* A copy of the folder takes both when the key lies beside the database. */
static bool check_key_place(struct installation *c, const char *path, struct err *e)
{
	const char *file = strrchr(path, '/');
	const char *database = strrchr(c->db, '/');
	const size_t size = file ? (size_t)(file - path) : 0;
	const size_t other = database ? (size_t)(database - c->db) : 0;
	struct stat status;
	if (stat(path, &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
	    !installation_find(c, LEVEL_ERROR, "key_mode", path, e))
		return false;
	return c->demonstration || size != other || memcmp(path, c->db, size) != 0 ||
	       installation_find(c, LEVEL_WARNING, "key_place", path, e);
}

/* F28: the key file of this database, and whether the bank is sealed. */
bool installation_bank(struct installation *c, struct err *e)
{
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct err why = { 0 };
	bool sealed = false;
	const json_t *rows = db_rows(c->base, c->arena, e, "SELECT fingerprint FROM service_key");
	if (!rows ||
	    !db_exists(c->base, e, &sealed, "SELECT 1 FROM bank_key WHERE ended_ms IS NULL") ||
	    (!sealed && !c->demonstration &&
	     !installation_find(c, LEVEL_WARNING, "unsealed", "", e)))
		return false;
	const char *bound = row_text(json_array_get(rows, 0), "fingerprint");
	if (!*bound || !c->db)
		return true; /* before the first start of the server; or no file is known */
	const char *path = installation_key(c);
	if (!service_key_read(path, &key, &why))
		return installation_find(c, LEVEL_ERROR, "key_missing", path, e);
	if (strcmp(bound, key->fingerprint) != 0)
		return installation_find(c, LEVEL_ERROR, "key_other", path, e);
	return check_key_place(c, path, e);
}

bool installation_journal(struct installation *c, struct err *e)
{
	struct journal_report report = { 0 };
	return journal_verify(c->base, &report, e) &&
	       (report.broken_seq == 0 ||
		installation_find(c, LEVEL_ERROR, "journal",
				  arena_print(c->arena, "%lld", (long long)report.broken_seq), e));
}

/* F91: a copy of the last day, restored and found whole. */
bool installation_backup(struct installation *c, struct err *e)
{
	struct backup_state s = { 0 };
	char at[INSTANT_TEXT_SIZE];
	const enum installation_level level = installation_serious(c);
	if (!backup_state(c->base, c->arena, c->now_ms, &s, e))
		return false;
	if (s.made_ms == 0)
		return installation_find(c, level, "backup_none", "", e);
	if (*s.why)
		return installation_find(c, level, "backup_bad", s.why, e);
	instant_print(s.checked_ms, at);
	return !s.late || installation_find(c, level, "backup_late", s.checked_ms ? at : "-", e);
}

/* Jobs of the day (app/daily.h) that no server has done for too long; one that was never done is
 * late by the age of the journal. */
bool installation_jobs(struct installation *c, struct err *e)
{
	struct buf late = buf_on(c->arena);
	for (const struct daily_job *job = daily_jobs; job->name; job++) {
		int64_t last_ms = 0;
		if (!db_number(
			    c->base, e, &last_ms,
			    "SELECT COALESCE((SELECT MAX(done_ms) FROM daily_job WHERE name = $1),"
			    " (SELECT MIN(at_ms) FROM journal_entry), $2)",
			    db_text(job->name), db_int(c->now_ms)))
			return false;
		if (c->now_ms - last_ms > DAILY_LATE_MS)
			installation_list(&late, job->name);
	}
	return late.length == 0 || installation_find(c, LEVEL_WARNING, "daily", late.text, e);
}

static const char *demonstration_password(struct arena *a)
{
	const struct share_item *file = share_find("sample/demo.json");
	json_t *people = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
	const char *password = json_string_value(json_object_get(people, "password"));
	char *copy = password ? arena_copy(a, password) : NULL;
	json_decref(people);
	return copy;
}

/* Everybody's password against the one that is printed in the repository: slow, as a
 * password check is, so a hash that stands under several accounts is looked at once for those
 * that follow each other.  People are named by their number, not by name. */
bool installation_passwords(struct installation *c, struct err *e)
{
	const char *password = demonstration_password(c->arena);
	struct buf found = buf_on(c->arena);
	const char *looked_at = "";
	bool known = false;
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *accounts = db_rows(c->base, c->arena, e,
					 "SELECT person_id, password FROM account"
					 " ORDER BY person_id");
	if (!accounts)
		return false;
	json_array_foreach (accounts, i, row) {
		const char *hash = json_string_value(json_object_get(row, "password"));
		json_int_t person = json_integer_value(json_object_get(row, "person_id"));
		if (password && strcmp(hash, looked_at) != 0)
			known = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
		looked_at = hash;
		if (known)
			installation_list(&found, arena_print(c->arena, "%lld", (long long)person));
	}
	return found.length == 0 || installation_find(c, LEVEL_ERROR, "password", found.text, e);
}

/* Two are needed for whatever takes two of them (app/access/access_request.h,
 * app/signature/trust.h). */
bool installation_admin(struct installation *c, struct err *e)
{
	int64_t count = 0;
	if (!db_number(c->base, e, &count,
		       "SELECT COUNT(DISTINCT person_id) FROM role_grant JOIN account"
		       " USING (person_id) WHERE role = 'admin' AND revoked_ms IS NULL"
		       " AND disabled_ms IS NULL"))
		return false;
	return count > 1 ||
	       installation_find(c, LEVEL_WARNING, count ? "one_admin" : "no_admin", "", e);
}

/* A password alone opens an office (ASVS 6.3.3). */
bool installation_factor(struct installation *c, struct err *e)
{
	bool off = false;
	return db_exists(c->base, e, &off,
			 "SELECT 1 FROM access_setting WHERE name = 'second_factor'"
			 " AND value = 'off'") &&
	       (!off || installation_find(c, LEVEL_ERROR, "second_factor", "", e));
}

/* F12: authorities whose newest list of revoked certificates is older than it may be: signatures
 * of theirs are refused. */
bool installation_lists(struct installation *c, struct err *e)
{
	struct buf old = buf_on(c->arena);
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(
		c->base, c->arena, e,
		"SELECT t.subject FROM trust_certificate t WHERE t.state IN ('trusted', 'leaving')"
		" AND NOT EXISTS (SELECT 1 FROM trust_list l JOIN trust_setting s"
		"  ON s.name = 'list_most_days' WHERE l.authority = t.fingerprint AND l.current = 1"
		"  AND l.made_ms >= $1 - s.value * $2) ORDER BY t.subject",
		db_int(c->now_ms), db_int(DAY_MS));
	json_array_foreach (rows, i, row)
		installation_list(&old, row_text(row, "subject"));
	return rows &&
	       (old.length == 0 || installation_find(c, LEVEL_WARNING, "lists", old.text, e));
}

/* ASVS 5.4.3: whether uploaded files are scanned, and whether the scanner is there. */
bool installation_scan(struct installation *c, struct err *e)
{
	const struct act act = { .db = c->base, .arena = c->arena, .now_ms = c->now_ms };
	struct scan_state s = { 0 };
	char at[INSTANT_TEXT_SIZE];
	if (!scan_state(&act, &s, e))
		return false;
	if (!s.required)
		return c->demonstration || installation_find(c, LEVEL_WARNING, "scan_none", "", e);
	instant_print(s.answered_ms, at);
	if (s.away && !installation_find(c, installation_serious(c), "scan_away", at, e))
		return false;
	return s.troubled == 0 ||
	       installation_find(c, LEVEL_WARNING, "scan_waits",
				 arena_print(c->arena, "%lld", (long long)s.troubled), e);
}

/* R28-3, R47-1: whether tests and interviews are recorded here, and whether that is at work. */
bool installation_video(struct installation *c, struct err *e)
{
	const struct act act = { .db = c->base, .arena = c->arena, .now_ms = c->now_ms };
	struct video_service s = { 0 };
	if (!video_service_of(&act, &s, e))
		return false;
	if (!s.known)
		return c->demonstration || installation_find(c, LEVEL_WARNING, "video_none", "", e);
	if (s.seen_ms < c->now_ms - VIDEO_MISSED_MS) {
		char at[INSTANT_TEXT_SIZE];
		instant_print(s.seen_ms, at);
		return installation_find(c, installation_serious(c), "video_missed", at, e);
	}
	if (strcmp(s.problem, "away") == 0)
		return installation_find(c, installation_serious(c), "video_away", "", e);
	return strcmp(s.problem, "disk") != 0 ||
	       installation_find(c, installation_serious(c), "video_disk", "", e);
}

/* R28-1: without a hall that is open no sitting can be held. */
bool installation_halls(struct installation *c, struct err *e)
{
	bool open = false;
	return db_exists(c->base, e, &open,
			 "SELECT 1 FROM hall h WHERE NOT EXISTS (SELECT 1 FROM hall_closing k"
			 " WHERE k.hall_id = h.id AND k.reopened_ms IS NULL)") &&
	       (open || installation_find(c, LEVEL_WARNING, "no_hall", "", e));
}

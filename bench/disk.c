/* disk.c - the ceiling of the disk: SQLite's group commit with nothing around it, and a bare
 * fdatasync(), on the disk of the measured database. */
#include "bench/exam.h"

#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SYNCS = 200, SYNC_BYTES = 4096, HASH = 32, SALT = 32, ATTEMPTS = 1000, QUESTIONS = 120 };

static bool sql_failed(sqlite3 *db, struct err *e)
{
	return err_set(e, ERR_DB, "error.storage", "ceiling: %s", sqlite3_errmsg(db));
}

/* ---- fdatasync ------------------------------------------------------------------------------ */

static bool measure_sync(struct exam *x, struct err *e)
{
	static const char page[SYNC_BYTES];
	char path[PROCESS_PATH];
	struct histogram *h = calloc(1, sizeof(*h));
	(void)snprintf(path, sizeof(path), "%s/sync", x->dir);
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool ok = h && fd >= 0;
	for (int i = 0; ok && i < SYNCS; i++) {
		const int64_t begin_ns = load_now_ns();
		ok = pwrite(fd, page, sizeof(page), (off_t)i * SYNC_BYTES) == SYNC_BYTES &&
		     fdatasync(fd) == 0;
		histogram_add(h, (load_now_ns() - begin_ns) / 1000);
	}
	if (ok)
		report_put(&x->report, "ceilings", "fdatasync_4k",
			   json_pack("{s:o,s:o}", "p50_ms",
				     report_real(exam_ms(histogram_quantile(h, 0.5))), "p99_ms",
				     report_real(exam_ms(histogram_quantile(h, 0.99)))));
	if (fd >= 0)
		(void)close(fd);
	(void)unlink(path);
	free(h);
	return ok || err_set(e, ERR_SYSTEM, "error.system", "no file to sync");
}

/* ---- group commit --------------------------------------------------------------------------- */

enum { EVENT, NEWEST, ENTRY, CONTENT, BEGIN, COMMIT, STATEMENTS };

static const char *const statement_text[STATEMENTS] = {
	[EVENT] = "INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal,"
		  " client_key, at_ms, previous_id) VALUES (?1, ?2, 1, 1, '', ?3, ?4,"
		  " (SELECT event_id FROM answer_newest WHERE attempt_id = ?1))",
	[NEWEST] = "INSERT INTO answer_newest (attempt_id, event_id, counted_id)"
		   " VALUES (?1, last_insert_rowid(), last_insert_rowid()) ON CONFLICT (attempt_id)"
		   " DO UPDATE SET event_id = excluded.event_id, counted_id = excluded.counted_id",
	[ENTRY] = "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id, subject,"
		  " content_hash, previous_hash, hash)"
		  " VALUES (?1, ?2, ?3, 'test.answer', 1, ?4, ?5, ?5, ?5)",
	[CONTENT] = "INSERT INTO journal_content (seq, salt, content) VALUES (?1, ?2, ?3)",
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
};

struct ceiling {
	sqlite3 *db;
	sqlite3_stmt *statement[STATEMENTS];
	int64_t rows;
};

static void close_ceiling(struct ceiling *c)
{
	for (size_t i = 0; i < COUNT(c->statement); i++)
		(void)sqlite3_finalize(c->statement[i]);
	(void)sqlite3_close(c->db);
}

/* The tables with their indexes, as the server has them; no parents, so no foreign keys. */
static bool open_ceiling(const char *path, struct ceiling *c, struct err *e)
{
	struct db *db = NULL;
	bool ok = db_open(path, &db, e) && db_migrate(db, e);
	db_close(db);
	if (!ok)
		return false;
	if (sqlite3_open(path, &c->db) != SQLITE_OK ||
	    sqlite3_exec(c->db,
			 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			 "PRAGMA foreign_keys = OFF",
			 NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(c->db, e);
	for (size_t i = 0; i < COUNT(c->statement); i++) {
		if (sqlite3_prepare_v2(c->db, statement_text[i], -1, &c->statement[i], NULL) !=
		    SQLITE_OK)
			return sql_failed(c->db, e);
	}
	return true;
}

static bool step(struct ceiling *c, int statement, struct err *e)
{
	if (sqlite3_step(c->statement[statement]) != SQLITE_DONE)
		return sql_failed(c->db, e);
	(void)sqlite3_reset(c->statement[statement]);
	return true;
}

/* What one answer writes: the event and both halves of its journal entry, of the same lengths. */
static bool add_answer(struct ceiling *c, struct err *e)
{
	unsigned char random[HASH];
	char key[PLAYER_KEY_SIZE];
	char subject[32];
	char content[160];
	const int64_t row = ++c->rows;
	const int64_t attempt = 1 + row * 7919 % ATTEMPTS;
	const int number = (int)(row / ATTEMPTS % QUESTIONS) + 1;
	randombytes_buf(random, sizeof(random));
	player_key(key, (uint32_t)attempt, (size_t)row);
	(void)snprintf(subject, sizeof(subject), "attempt/%lld", (long long)attempt);
	(void)snprintf(content, sizeof(content),
		       "{\"choice\":1,\"key\":\"%s\",\"number\":%d,\"refusal\":\"\"}", key, number);
	sqlite3_stmt *const *s = c->statement;
	(void)sqlite3_bind_int64(s[EVENT], 1, attempt);
	(void)sqlite3_bind_int(s[EVENT], 2, number);
	(void)sqlite3_bind_text(s[EVENT], 3, key, -1, SQLITE_TRANSIENT);
	(void)sqlite3_bind_int64(s[EVENT], 4, 1764000000000 + row);
	(void)sqlite3_bind_int64(s[NEWEST], 1, attempt);
	(void)sqlite3_bind_int64(s[ENTRY], 1, row);
	(void)sqlite3_bind_int64(s[ENTRY], 2, 1764000000000 + row);
	(void)sqlite3_bind_int64(s[ENTRY], 3, attempt);
	(void)sqlite3_bind_text(s[ENTRY], 4, subject, -1, SQLITE_TRANSIENT);
	(void)sqlite3_bind_blob(s[ENTRY], 5, random, HASH, SQLITE_TRANSIENT);
	(void)sqlite3_bind_int64(s[CONTENT], 1, row);
	(void)sqlite3_bind_blob(s[CONTENT], 2, random, SALT, SQLITE_TRANSIENT);
	(void)sqlite3_bind_text(s[CONTENT], 3, content, -1, SQLITE_TRANSIENT);
	return step(c, EVENT, e) && step(c, NEWEST, e) && step(c, ENTRY, e) && step(c, CONTENT, e);
}

static bool commit_groups(struct ceiling *c, int group, int64_t length_ns, double *ret_rate,
			  struct err *e)
{
	const int64_t begin_ns = load_now_ns();
	const int64_t before = c->rows;
	int64_t now_ns = begin_ns;
	while (now_ns < begin_ns + length_ns) {
		if (!step(c, BEGIN, e))
			return false;
		for (int i = 0; i < group; i++) {
			if (!add_answer(c, e))
				return false;
		}
		if (!step(c, COMMIT, e))
			return false;
		now_ns = load_now_ns();
	}
	*ret_rate = (double)(c->rows - before) * 1e9 / (double)(now_ns - begin_ns);
	return true;
}

static void remove_database(const char *path)
{
	static const char *const ending[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		char name[PROCESS_PATH + 8];
		(void)snprintf(name, sizeof(name), "%s%s", path, ending[i]);
		(void)unlink(name);
	}
}

bool measure_disk(struct exam *x, struct err *e)
{
	static const int group[] = { 64, 256 };
	struct ceiling c = { 0 };
	char path[PROCESS_PATH];
	json_t *rates = json_object();
	(void)snprintf(path, sizeof(path), "%s/ceiling.db", x->dir);
	bool ok = measure_sync(x, e) && open_ceiling(path, &c, e);
	for (size_t i = 0; ok && i < COUNT(group); i++) {
		char name[32];
		double rate = 0;
		ok = commit_groups(&c, group[i], exam_length_ns(x, 4, 1), &rate, e);
		(void)snprintf(name, sizeof(name), "groups_of_%d", group[i]);
		(void)json_object_set_new(rates, name, report_real(rate));
	}
	report_put(&x->report, "ceilings", "sqlite_group_commit_answers_per_second", rates);
	close_ceiling(&c);
	remove_database(path);
	return ok;
}

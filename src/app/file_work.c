#include "app/file_work.h"

#include <string.h>

enum { PAUSE_MS = 30 * 1000, PAUSE_MOST_MS = 60 * 60 * 1000 };

/* ---- the state ------------------------------------------------------------------------------- */

static bool count_files(const struct act *act, struct file_state *s, struct err *e)
{
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT COUNT(CASE WHEN object = '' THEN 1 END) AS inside,"
		       " CAST(COALESCE(SUM(CASE WHEN object = '' THEN size END), 0) AS BIGINT) AS"
		       " inside_bytes, COUNT(CASE WHEN object <> '' THEN 1 END) AS outside,"
		       " CAST(COALESCE(SUM(CASE WHEN object <> '' THEN size END), 0) AS BIGINT) AS"
		       " outside_bytes FROM blob");
	if (!row)
		return false;
	s->inside = row_number(row, "inside");
	s->inside_bytes = row_number(row, "inside_bytes");
	s->outside = row_number(row, "outside");
	s->outside_bytes = row_number(row, "outside_bytes");
	return true;
}

bool file_state(const struct act *act, struct file_state *ret, struct err *e)
{
	struct file_state s = { .place = "", .problem = "" };
	if (!count_files(act, &s, e))
		return false;
	const json_t *waiting = db_row(act->db, act->arena, e,
				       "SELECT COUNT(*) AS n, COALESCE(MIN(asked_ms), 0) AS since"
				       " FROM object_removal WHERE done_ms IS NULL");
	const json_t *services =
		db_rows(act->db, act->arena, e,
			"SELECT place, problem, answered_ms, asked_ms, swept_ms FROM file_service");
	const json_t *service = json_array_get(services, 0);
	if (!waiting || !services)
		return false;
	s.waiting = row_number(waiting, "n");
	s.oldest_ms = row_number(waiting, "since");
	s.served = service != NULL;
	if (service) {
		s.place = row_text(service, "place");
		s.problem = row_text(service, "problem");
		s.answered_ms = row_number(service, "answered_ms");
		s.asked_ms = row_number(service, "asked_ms");
		s.swept_ms = row_number(service, "swept_ms");
	}
	*ret = s;
	return true;
}

/* ---- whether it answers ---------------------------------------------------------------------- */

static const char *problem_of(const struct err *e)
{
	return strcmp(e->key, "store.error.refused") == 0 ? "refused" : "away";
}

const char *file_place_try(const struct act *act)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const char probe[] = "konkurs";
	struct store *store = act->place->store;
	const void *bytes = NULL;
	size_t size = 0;
	char today[DAY_TEXT_SIZE];
	struct err e = { 0 };
	day_print(act_today(act), today);
	const char *name = store_new_name(a, today);
	if (!store_put(store, name, probe, sizeof(probe), &e) ||
	    !store_get(store, a, name, &bytes, &size, &e) || !store_remove(store, name, &e))
		return e.kind == ERR_MISSING ? "changed" : problem_of(&e);
	return size == sizeof(probe) && memcmp(bytes, probe, size) == 0 ? "" : "changed";
}

bool file_place_told(const struct act *act, const char *problem, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO file_service (id, place, answered_ms, problem, asked_ms,"
		       " swept_ms, orphans) VALUES (1, $1, $2, $3, $4, 0, 0)"
		       " ON CONFLICT (id) DO UPDATE SET place = $1, problem = $3, asked_ms = $4,"
		       " answered_ms = CASE WHEN $3 = '' THEN $2 ELSE file_service.answered_ms END",
		       db_text(store_name(act->place->store)), db_int(*problem ? 0 : act->now_ms),
		       db_text(problem), db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

/* ---- objects that are to go ------------------------------------------------------------------ */

static int64_t pause_ms(int64_t attempts)
{
	const int64_t pause = (int64_t)PAUSE_MS << (attempts < 8 ? attempts : 8);
	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

bool file_removal_claim(const struct act *act, const char **ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT object, attempts FROM object_removal WHERE done_ms IS NULL"
			" AND due_ms <= $1 ORDER BY due_ms, object LIMIT 1",
			db_int(act->now_ms));
	const json_t *row = json_array_get(rows, 0);
	*ret = NULL;
	if (!row)
		return rows != NULL;
	if (!db_exec(act->db, e, NULL,
		     "UPDATE object_removal SET attempts = attempts + 1, due_ms = $2"
		     " WHERE object = $1",
		     db_text(row_text(row, "object")),
		     db_int(act->now_ms + pause_ms(row_number(row, "attempts")))) ||
	    !db_commit(&tx, e))
		return false;
	*ret = row_text(row, "object");
	return true;
}

bool file_removal_done(const struct act *act, const char *object, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL, "UPDATE object_removal SET done_ms = $2 WHERE object = $1",
		       db_text(object), db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

/* ---- orphans --------------------------------------------------------------------------------- */

struct sweep {
	const struct act *act;
	struct arena *arena;  /* of one list                                */
	const char *until;    /* the first day whose objects are left alone */
	const char **orphans; /* the act's arena                            */
	int64_t count;
};

/* A name of the outbox is no orphan: it goes by itself. */
static bool look_at(struct sweep *s, const char *name, struct err *e)
{
	bool known = false;
	if (strncmp(name, s->until, strlen(s->until)) >= 0)
		return true;
	if (!db_exists(s->act->db, e, &known,
		       "SELECT 1 FROM blob WHERE object = $1"
		       " UNION ALL SELECT 1 FROM object_removal WHERE object = $1",
		       db_text(name)))
		return false;
	if (!known && s->count < FILE_ORPHANS_MOST)
		s->orphans[s->count] = arena_copy(s->act->arena, name);
	s->count += !known;
	return true;
}

/* By pieces; names begin with their day, so what is too young comes last. */
static bool find_orphans(struct sweep *s, struct err *e)
{
	struct store_names *names = arena_alloc(s->act->arena, sizeof(*names));
	const char *after = "";
	do {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		if (!store_list(s->act->place->store, a, after, names, e))
			return false;
		for (size_t i = 0; i < names->count; i++) {
			if (!look_at(s, names->name[i], e))
				return false;
		}
		if (names->count > 0)
			after = arena_copy(s->act->arena, names->name[names->count - 1]);
	} while (names->count == STORE_LIST_MOST);
	return true;
}

static bool note_sweep(const struct act *act, int64_t count, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE file_service SET swept_ms = $1, orphans = orphans + $2 WHERE id = 1",
		       db_int(act->now_ms), db_int(count)) &&
	       db_commit(&tx, e);
}

/* What was put since then may have its row in a transaction that is on its way. */
static const char *young_day(const struct act *act)
{
	char text[DAY_TEXT_SIZE];
	day_print((day){ act_today(act).n - FILE_ORPHAN_DAYS + 1 }, text);
	return arena_copy(act->arena, text);
}

bool file_sweep(const struct act *act, int64_t *ret_found, struct err *e)
{
	struct sweep s = { .act = act,
			   .until = young_day(act),
			   .orphans = arena_array(act->arena, FILE_ORPHANS_MOST,
						  sizeof(const char *)) };
	int64_t known = 0;
	if (!find_orphans(&s, e) ||
	    !db_number(act->db, e, &known, "SELECT COUNT(*) FROM blob WHERE object <> ''"))
		return false;
	*ret_found = s.count;
	if (s.count > FILE_ORPHANS_MOST && s.count > known)
		return err_set(e, ERR_CONFLICT, "file.error.orphans",
			       "%lld objects that no row names, and %lld that one does",
			       (long long)s.count, (long long)known);
	for (int64_t i = 0; i < s.count && i < FILE_ORPHANS_MOST; i++) {
		if (!store_remove(act->place->store, s.orphans[i], e))
			return false;
	}
	return note_sweep(act, s.count < FILE_ORPHANS_MOST ? s.count : FILE_ORPHANS_MOST, e);
}

bool file_sweep_due(const struct act *act, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM file_service WHERE id = 1 AND swept_ms <= $1",
			 db_int(act->now_ms - FILE_SWEEP_MS));
}

/* ---- moving ---------------------------------------------------------------------------------- */

/* The object is there before a row names it; a row that has changed meanwhile leaves an orphan. */
bool file_move_out(const struct act *act, bool *ret_moved, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct file_object *object = NULL;
	struct file_bytes file;
	const json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT hash FROM blob WHERE object = '' AND size > $1"
		" AND media <> 'application/pkcs7-signature' ORDER BY added_ms, hash LIMIT 1",
		db_int(store_in_database_most(act->place->store)));
	const json_t *row = json_array_get(rows, 0);
	*ret_moved = row != NULL;
	if (!row)
		return rows != NULL;
	const char *hash = row_text(row, "hash");
	const char *sha256 = "";
	return file_read(act, act->arena, hash, &file, e) && file_sha256(act, hash, &sha256, e) &&
	       file_put_again(act, hash, file.bytes, file.size, &object, e) &&
	       db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE blob SET object = $2, body = $3, sha256 = $4"
		       " WHERE hash = $1 AND object = ''",
		       db_text(hash), db_text(object->name), db_blob("", 0), db_text(sha256)) &&
	       db_commit(&tx, e);
}

/* The object goes as others do. */
bool file_move_in(const struct act *act, bool *ret_moved, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct file_bytes file;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT hash FROM blob WHERE object <> ''"
				     " ORDER BY added_ms, hash LIMIT 1");
	const json_t *row = json_array_get(rows, 0);
	*ret_moved = row != NULL;
	if (!row)
		return rows != NULL;
	const char *hash = row_text(row, "hash");
	return file_read(act, act->arena, hash, &file, e) && db_begin(act->db, &tx, e) &&
	       file_leave(act, hash, e) &&
	       db_exec(act->db, e, NULL, "UPDATE blob SET object = '', body = $2 WHERE hash = $1",
		       db_text(hash), db_blob(file.bytes, file.size)) &&
	       db_commit(&tx, e);
}

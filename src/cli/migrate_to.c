/* migrate_to.c - konkurs migrate-to: an installation moves from SQLite to PostgreSQL
 * (docs/moving.md). */
#include "cli/cli.h"
#include "cli/progress.h"

#include "app/bank/vault_start.h"
#include "app/evidence/move.h"
#include "app/sitting/service_clock.h"
#include "db/copy.h"
#include "journal/state.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct moving {
	const char *from_path, *to_url, *reason;
	bool give_up, json, quiet;
	struct arena *arena;
	struct act from, to;
	struct transfer transfer;
	struct db_tx snapshot; /* of the one that is left */
	struct progress progress;
	int64_t copied, rows;
	struct journal_state came;
};

static bool read_options(int argc, char **argv, struct moving *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },     { "give-up", no_argument, NULL, 'g' },
		{ "reason", required_argument, NULL, 'r' }, { "quiet", no_argument, NULL, 'q' },
		{ "json", no_argument, NULL, 'j' },         { NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->from_path = optarg; break;
		case 'g': ret->give_up = true; break;
		case 'r': ret->reason = optarg; break;
		case 'q': ret->quiet = true; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	if (optind < argc)
		ret->to_url = argv[optind++];
	return optind == argc;
}

/* What makes no sense; NULL if all is well. */
static const char *complaint(const struct moving *m)
{
	if (!*m->from_path || db_is_server(m->from_path))
		return "--db FILE is needed: the SQLite database that moves";
	if (m->give_up && (m->to_url || !m->reason || !*m->reason))
		return "say: migrate-to --db FILE --give-up --reason TEXT";
	if (!m->give_up && (!m->to_url || !db_is_server(m->to_url) || m->reason))
		return "where to? postgresql://...";
	return NULL;
}

/* ---- progress -------------------------------------------------------------------------------- */

static void tell(void *user, const struct transfer_progress *p)
{
	struct moving *m = user;
	if (!p->comparing)
		m->copied = p->now;
	progress_tell(&m->progress, p->comparing ? "rows compared" : "rows copied", p->rows, p->of);
}

/* ---- before ---------------------------------------------------------------------------------- */

/* From here on it is ours alone until this process ends, however it ends. */
static bool open_from(struct moving *m, struct db **db, struct err *e)
{
	struct clock_reading reading;
	struct stat status;
	if (stat(m->from_path, &status) != 0)
		return err_set(e, ERR_MISSING, "error.missing", "there is no %.180s", m->from_path);
	if (!db_open(m->from_path, db, e))
		return false;
	struct err why = { 0 };
	if (!db_alone(*db, &why))
		return err_set(e, why.kind, why.key,
			       "%s: is it in use? Stop the server and all other programs first",
			       why.detail);
	service_clock_read(&reading);
	m->from = (struct act){ .db = *db, .arena = m->arena };
	return db_migrate(*db, e) && service_clock_instant(*db, &reading, &m->from.now_ms, e);
}

static bool not_empty(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "move.error.not_empty",
		       "the database there is not empty, and not what an earlier migrate-to of this"
		       " one has begun");
}

/* Whether it is as the migrations make it. */
static bool is_new(struct moving *m, bool *ret, struct err *e)
{
	CLEANUP(db_cleanup) struct db *fresh = NULL;
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *differ = NULL;
	int64_t rows = 0;
	if (!db_open(":memory:", &fresh, e) || !db_migrate(fresh, e) ||
	    !db_begin_snapshot(fresh, &tx, e))
		return false;
	const struct transfer t = { .from = fresh, .to = m->to.db, .leave = move_leaves };
	if (!transfer_compare(&t, m->arena, &differ, &rows, e))
		return false;
	*ret = json_array_size(differ) == 0;
	return true;
}

/* Somebody else's database is not touched: one that has rows is not even migrated, unless they are
 * those of this move. */
static bool may_migrate(struct moving *m, struct err *e)
{
	struct bulk_schema schema = { 0 };
	int64_t rows = 0;
	bool some = false;
	bool ours = false;
	if (!db_exists(m->to.db, e, &some,
		       "SELECT 1 FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p')"
		       " AND relnamespace = CAST(current_schema() AS regnamespace)") ||
	    !db_exists(m->to.db, e, &ours,
		       "SELECT 1 FROM pg_class WHERE relkind = 'r' AND relname = 'schema_done'"
		       " AND relnamespace = CAST(current_schema() AS regnamespace)"))
		return false;
	if (some && !ours)
		return not_empty(e);
	if (!bulk_describe(m->to.db, m->arena, &schema, e))
		return false;
	const struct bulk_table *journal = bulk_find(&schema, "journal_entry");
	if (!journal || bulk_find(&schema, "move"))
		return true;
	return bulk_count(m->to.db, journal, &rows, e) && (rows == 0 || not_empty(e));
}

static bool speaks_utf8(struct db *db, struct err *e)
{
	bool good = false;
	return db_exists(db, e, &good,
			 "SELECT 1 WHERE current_setting('server_encoding') = 'UTF8'") &&
	       (good || err_set(e, ERR_INPUT, "move.error.encoding",
				"the database there is not in UTF-8: make it anew as docs/moving.md"
				" says"));
}

static bool open_to(struct moving *m, struct db **db, struct err *e)
{
	if (!db_open(m->to_url, db, e))
		return false;
	m->to = (struct act){ .db = *db, .arena = m->arena, .now_ms = m->from.now_ms };
	m->transfer = (struct transfer){
		.from = m->from.db, .to = *db, .leave = move_leaves, .tell = tell, .user = m
	};
	return speaks_utf8(*db, e) && may_migrate(m, e) && db_migrate(*db, e);
}

/* First the old one is closed, then the new one begins: if it ends between, the next run sees a
 * database that is new. */
static bool begin(struct moving *m, bool *ret_settled, struct err *e)
{
	struct move there = { 0 };
	const char *name = NULL;
	bool new = false;
	if (!move_read(m->to.db, m->arena, &there, e) || (!*there.name && !is_new(m, &new, e)))
		return false;
	if (*there.name || !new) {
		struct move here = { 0 };
		if (!move_read(m->from.db, m->arena, &here, e))
			return false;
		if (!*there.name || strcmp(there.way, "in") != 0 ||
		    strcmp(there.name, here.name) != 0 || strcmp(here.way, "out") != 0)
			return not_empty(e);
		*ret_settled = strcmp(there.state, "done") == 0;
		return strcmp(here.state, "given_up") != 0 || not_empty(e);
	}
	return move_leave(&m->from, &name, e) && move_arrive(&m->to, name, &m->transfer, e);
}

/* ---- the move -------------------------------------------------------------------------------- */

static bool compare(struct moving *m, struct err *e)
{
	struct journal_state is = { 0 };
	struct journal_report chain = { 0 };
	json_t *differ = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!transfer_compare(&m->transfer, m->arena, &differ, &m->rows, e))
		return false;
	json_array_foreach (differ, i, row)
		(void)fprintf(stderr, "differs: %s, %lld rows, there %lld\n",
			      row_text(row, "table"), (long long)row_number(row, "from"),
			      (long long)row_number(row, "to"));
	if (json_array_size(differ) > 0)
		return err_set(e, ERR_CONFLICT, "move.error.differs",
			       "%zu tables are not the same: nothing is served from either",
			       json_array_size(differ));
	if (!journal_state(m->from.db, -1, &m->came, e) || !journal_state(m->to.db, -1, &is, e) ||
	    !journal_verify(m->to.db, &chain, e))
		return false;
	if (is.size != m->came.size || memcmp(is.root, m->came.root, sizeof(is.root)) != 0 ||
	    memcmp(is.head, m->came.head, sizeof(is.head)) != 0)
		return err_set(e, ERR_CONFLICT, "move.error.differs", "the journals differ");
	return chain.broken_seq == 0 ||
	       err_set(e, ERR_CONFLICT, "move.error.differs",
		       "the journal is broken at entry %lld, here as there",
		       (long long)chain.broken_seq);
}

static bool copy(struct moving *m, struct err *e)
{
	if (!db_begin_snapshot(m->from.db, &m->snapshot, e) || !transfer_rows(&m->transfer, e))
		return false;
	const bool same = compare(m, e);
	db_rollback(&m->snapshot);
	return same;
}

static void print_done(const struct moving *m, int64_t took_ms)
{
	char root[JOURNAL_TEXT_SIZE];
	(void)sodium_bin2hex(root, sizeof(root), m->came.root, JOURNAL_HASH_SIZE);
	if (m->json) {
		json_t *json = json_pack("{s:b,s:I,s:I,s:I,s:s,s:I}", "moved", true, "rows",
					 (json_int_t)m->rows, "copied", (json_int_t)m->copied,
					 "entries", (json_int_t)m->came.size, "root", root,
					 "took_ms", (json_int_t)took_ms);
		cli_print_json(json);
		json_decref(json);
		return;
	}
	printf("Moved: %lld rows, %lld of them copied now, all compared; journal of %lld entries,"
	       " root %s, verified there; %lld ms.\n"
	       "%s is closed: konkurs serve refuses it.  Keep it until a backup of the new one is"
	       " checked.\n"
	       "The service key stays a file: start every server with --key %s or a copy of it,"
	       " readable by the service alone.\n"
	       "The records of sound and picture are no part of the database: keep the folder, and"
	       " start the servers with the same --records.\n",
	       (long long)m->rows, (long long)m->copied, (long long)m->came.size, root,
	       (long long)took_ms, m->from_path, vault_key_path(m->arena, m->from_path));
}

static bool move(struct moving *m, struct err *e)
{
	CLEANUP(db_cleanup) struct db *from = NULL;
	CLEANUP(db_cleanup) struct db *to = NULL;
	const int64_t began_ms = clock_monotonic_ms();
	bool settled = false;
	if (!open_from(m, &from, e) || !open_to(m, &to, e) || !begin(m, &settled, e))
		return false;
	if (settled) {
		puts("It has been moved there already.");
		return true;
	}
	const bool copied = copy(m, e);
	progress_end(&m->progress);
	if (!copied || !move_left(&m->from, e) || !move_settle(&m->to, m->rows, &m->came, e))
		return false;
	print_done(m, clock_monotonic_ms() - began_ms);
	return true;
}

static bool give_up(struct moving *m, struct err *e)
{
	CLEANUP(db_cleanup) struct db *from = NULL;
	if (!open_from(m, &from, e) || !move_give_up(&m->from, m->reason, e))
		return false;
	printf("%s is in use again.  Never serve the other one: two with one journal cannot be told"
	       " apart afterwards.\n",
	       m->from_path);
	return true;
}

int cli_migrate_to(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct moving m = { .from_path = "", .arena = a };
	struct err e = { 0 };
	if (!read_options(argc, argv, &m))
		return cli_usage("migrate-to", "unknown option");
	progress_begin(&m.progress, m.quiet);
	const char *why = complaint(&m);
	if (why)
		return cli_usage("migrate-to", why);
	(void)umask(S_IRWXG | S_IRWXO);
	if (sodium_init() < 0)
		(void)err_set(&e, ERR_SYSTEM, "error.system", "no libsodium");
	else if (m.give_up ? give_up(&m, &e) : move(&m, &e))
		return CLI_OK;
	return cli_failed("migrate-to", &e);
}

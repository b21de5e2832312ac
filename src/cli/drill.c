/* drill.c - konkurs drill: what would be found if somebody doctored the database (F88).
 *
 * The database is copied into a folder of its own; each attack gets a fresh copy of that and does
 * its worst, and everything that `konkurs verify` looks at is looked at, with the checkpoints that
 * were given, or with one that is taken from the untouched copy: that stands for the printed one in
 * the commission's safe.  The database itself is only read. */
#include "cli/drill.h"

#include "app/bank/vault_start.h"
#include "backup/disk.h"
#include "base/io.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/verify.h"
#include "db/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER ".drill-"

struct drilling {
	const struct verify_options *options;
	struct arena *arena;
	const struct law_book *book;
	const struct service_key *key; /* with which the log itself signs; NULL not found */
	const struct catalog *catalog;
	struct verify_checkpoints checkpoints;
	struct verify_records records; /* as they lie there; files NULL: not given */
	const char *base, *doctored;   /* files */
	const char *folder;            /* of both */
	struct progress progress;
	int64_t begun;  /* attacks */
	json_t *rows;   /* [{attack, found, by, at, number, why}]    */
	bool untouched; /* the copy that nobody touched passes       */
	int64_t played, missed, absent;
};

/* ---- one attack ------------------------------------------------------------------------------ */

static const char *say(const struct drilling *w, const char *key, int64_t number)
{
	return cli_say(w->catalog, w->options->lang, w->arena, key, number, "");
}

static bool look(const struct drilling *w, const char *file, struct arena *a, json_t *files,
		 struct verify_report *ret, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	if (!db_open_read_only(file, &db, e))
		return false;
	const struct act act = { .db = db, .arena = a, .book = w->book };
	const struct verify_records records = { files, w->records.moving, w->records.newest,
						w->records.place };
	return verify_all(&act, w->checkpoints.list, w->checkpoints.count, ret, e) &&
	       (!files || verify_records(&act, &records, ret, e));
}

static bool copy(const char *from, const char *to, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	return db_open_read_only(from, &db, e) && db_copy(db, to, e);
}

/* Nobody needs it after a power cut, so it is not waited for: the base is one file without a log.
 */
static bool copy_bytes(const char *from, const char *to, struct err *e)
{
	char piece[64 * 1024];
	ssize_t got = 0;
	CLEANUP(io_close) const int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(io_close)
	const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	bool ok = in >= 0 && out >= 0;
	while (ok && (got = read(in, piece, sizeof(piece))) > 0)
		ok = write(out, piece, (size_t)got) == got;
	return (ok && got == 0) ||
	       err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", to, strerror(errno));
}

static bool doctor(const struct drilling *w, const struct drill_attack *attack, struct arena *a,
		   json_t *files, int64_t *ret_changed, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_open(w->doctored, &db, e) || !db_disarm(db, e) || !db_begin(db, &tx, e))
		return false;
	const struct drill d = { db, a, w->key, w->options->records, w->folder, files };
	return attack->doctor(&d, ret_changed, e) && db_commit(&tx, e);
}

static void remove_doctored(const struct drilling *w)
{
	static const char *const ending[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(ending); i++)
		(void)unlink(arena_print(w->arena, "%s%s", w->doctored, ending[i]));
}

/* Everything that found it, each part once, and where the first did. */
static json_t *row_of(const struct drill_attack *attack, const json_t *findings)
{
	size_t i = 0;
	const json_t *finding = NULL;
	json_t *parts = json_object();
	json_t *by = json_array();
	json_array_foreach (findings, i, finding) {
		const char *part = row_text(finding, "part");
		if (!json_object_get(parts, part))
			(void)json_array_append_new(by, json_string(part));
		(void)json_object_set_new(parts, part, json_true());
	}
	json_decref(parts);
	const json_t *first = json_array_get(findings, 0);
	return json_pack("{s:s,s:s,s:o,s:s,s:I,s:s}", "attack", attack->name, "found",
			 first ? "yes" : "no", "by", by, "at", row_text(first, "at"), "number",
			 (json_int_t)row_number(first, "number"), "why", row_text(first, "why"));
}

/* What cannot even be read any more is found, too. */
static bool play(struct drilling *w, const struct drill_attack *attack, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct verify_report report = { 0 };
	json_t *files = json_deep_copy(w->records.files);
	int64_t changed = 0;
	json_in_arena(a, files);
	remove_doctored(w);
	if (!copy_bytes(w->base, w->doctored, e) || !doctor(w, attack, a, files, &changed, e))
		return false;
	if (changed == 0) {
		w->absent++;
		(void)json_array_append_new(
			w->rows, json_pack("{s:s,s:s}", "attack", attack->name, "found", "absent"));
		return true;
	}
	if (!look(w, w->doctored, a, files, &report, e))
		return false;
	w->played++;
	w->missed += json_array_size(report.findings) == 0;
	(void)json_array_append_new(w->rows, row_of(attack, report.findings));
	return true;
}

/* ---- the drill ------------------------------------------------------------------------------- */

/* Before the copy: what ends meanwhile is moving. */
static bool read_records(struct drilling *w, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	return db_open_read_only(w->options->db, &db, e) &&
	       cli_read_records(db, w->arena, w->options->records, &w->records, e);
}

static bool begin(struct drilling *w, const char *folder, struct err *e)
{
	struct verify_report report = { 0 };
	const struct verify_options *o = w->options;
	w->folder = folder;
	w->base = arena_print(w->arena, "%s/untouched.db", folder);
	w->doctored = arena_print(w->arena, "%s/doctored.db", folder);
	for (size_t i = 0; i < o->checkpoints; i++) {
		if (!cli_read_checkpoint(w->arena, o->checkpoint[i], &w->checkpoints, e))
			return false;
	}
	if ((o->records && !read_records(w, e)) || !copy(o->db, w->base, e) ||
	    !look(w, w->base, w->arena, w->records.files, &report, e))
		return false;
	w->untouched = json_array_size(report.findings) == 0;
	if (w->checkpoints.count == 0) {
		struct verify_checkpoint *own = &w->checkpoints.list[w->checkpoints.count++];
		own->name = "";
		own->size = report.journal.size;
		memcpy(own->root, report.journal.root, JOURNAL_HASH_SIZE);
	}
	return true;
}

static int64_t attacks(void)
{
	const struct drill_attack *const all[] = { drill_rows, drill_early, drill_states,
						   drill_video, drill_journal };
	int64_t count = 0;
	for (size_t i = 0; i < COUNT(all); i++) {
		for (const struct drill_attack *attack = all[i]; attack->name; attack++)
			count++;
	}
	return count;
}

static bool play_all(struct drilling *w, const struct drill_attack *attack, struct err *e)
{
	for (; attack->name; attack++) {
		progress_tell(&w->progress, "attacks", w->begun++, attacks());
		if (!play(w, attack, e))
			return false;
	}
	return true;
}

static bool drill(struct drilling *w, struct err *e)
{
	CLEANUP(io_close) int hold = -1;
	const struct verify_options *o = w->options;
	const char *where = o->work ? o->work : disk_folder(w->arena, o->db);
	const char *folder = NULL;
	struct err why = { 0 };
	disk_remove_left(w->arena, where, FOLDER);
	if (!disk_new_folder(w->arena, where, FOLDER, &folder, &hold, e))
		return false;
	const bool ok = begin(w, folder, e) && play_all(w, drill_rows, e) &&
			play_all(w, drill_early, e) && play_all(w, drill_states, e) &&
			play_all(w, drill_video, e) && play_all(w, drill_journal, e);
	return disk_remove(folder, ok ? e : &why) && ok;
}

/* ---- what is said ---------------------------------------------------------------------------- */

static void print_row(const struct drilling *w, const json_t *row)
{
	size_t i = 0;
	const json_t *part = NULL;
	const char *found = row_text(row, "found");
	struct buf by = buf_on(w->arena);
	json_array_foreach (json_object_get(row, "by"), i, part) {
		if (i > 0)
			buf_add(&by, ", ");
		buf_add(&by,
			say(w, arena_print(w->arena, "verify.part.%s", json_string_value(part)),
			    0));
	}
	const bool yes = strcmp(found, "yes") == 0;
	const char *where = yes ? say(w, arena_print(w->arena, "verify.at.%s", row_text(row, "at")),
				      row_number(row, "number"))
				: "";
	printf("%s\n    %s%s%s%s%s\n",
	       say(w, arena_print(w->arena, "drill.attack.%s", row_text(row, "attack")), 0),
	       say(w, arena_print(w->arena, "drill.found.%s", found), 0), yes ? ": " : "", by.text,
	       yes ? "; " : "", where);
}

static void print(const struct drilling *w, bool good)
{
	size_t i = 0;
	const json_t *row = NULL;
	if (w->options->json) {
		json_t *json = json_pack("{s:b,s:b,s:I,s:I,s:I,s:O}", "good", good,
					 "untouched_passes", w->untouched, "played",
					 (json_int_t)w->played, "missed", (json_int_t)w->missed,
					 "absent", (json_int_t)w->absent, "attacks", w->rows);
		cli_print_json(json);
		json_decref(json);
		return;
	}
	puts(say(w, w->untouched ? "drill.untouched.passes" : "drill.untouched.fails", 0));
	json_array_foreach (w->rows, i, row)
		print_row(w, row);
	puts(say(w, "drill.played", w->played));
	if (w->absent > 0)
		puts(say(w, "drill.absent", w->absent));
	if (w->missed > 0)
		puts(say(w, "drill.missed", w->missed));
	puts(say(w, good ? "drill.good" : "drill.bad", 0));
}

int cli_drill(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(view_cleanup) struct view *view = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct err why = { 0 };
	struct verify_options o = { .lang = "en" };
	struct drilling *w = arena_alloc(a, sizeof(*w));
	struct law_book *book = NULL;
	struct stat status;
	struct err e = { 0 };
	if (!cli_read_verify("drill", argc, argv, &o))
		return CLI_USAGE;
	(void)umask(S_IRWXG | S_IRWXO);
	*w = (struct drilling){ .options = &o, .arena = a, .rows = json_array() };
	json_in_arena(a, w->rows);
	bool ok = (db_is_server(o.db) || stat(o.db, &status) == 0 ||
		   err_set(&e, ERR_MISSING, "error.missing", "there is no %.180s", o.db)) &&
		  (sodium_init() >= 0 || err_set(&e, ERR_SYSTEM, "error.system", "no libsodium")) &&
		  db_open_read_only(o.db, &db, &e) && cli_open_law(o.rules, db, a, &book, &e) &&
		  view_open(&share_built_in, &view, &e);
	if (!ok)
		return cli_failed("drill", &e);
	/* an attacker may have it: then the log itself signs what he has written */
	const char *path = o.key ? o.key : db_is_server(o.db) ? NULL : vault_key_path(a, o.db);
	if (path && !service_key_read(path, &key, &why) && o.key)
		return cli_failed("drill", &why);
	w->key = key;
	w->book = book;
	w->catalog = view_catalog(view);
	progress_begin(&w->progress, o.quiet);
	const bool done = drill(w, &e);
	progress_end(&w->progress);
	if (!done)
		return cli_failed("drill", &e);
	const bool good = w->untouched && w->played > 0 && w->missed == 0;
	print(w, good);
	return good ? CLI_OK : CLI_FAILED;
}

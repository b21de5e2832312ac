/* restore.c - konkurs restore: a database from a copy, or whether that could be done. */
#include "cli/cli.h"
#include "cli/colour.h"
#include "cli/progress.h"

#include "app/bank/vault_start.h"
#include "app/evidence/backup_note.h"
#include "app/file.h"
#include "app/sitting/service_clock.h"
#include "app/verify/verify.h"
#include "sign/sealed_file.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct restore_options {
	const char *from, *to, *db, *from_key, *work, *files;
	bool check, with_key, json, quiet;
};

static bool read_options(int argc, char **argv, struct restore_options *ret)
{
	static const struct option table[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "db", required_argument, NULL, 'd' },
		{ "from-key", required_argument, NULL, 'k' },
		{ "work", required_argument, NULL, 'o' },
		{ "files", required_argument, NULL, 'i' },
		{ "check", no_argument, NULL, 'c' },
		{ "with-key", no_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'f': ret->from = optarg; break;
		case 't': ret->to = optarg; break;
		case 'd': ret->db = optarg; break;
		case 'k': ret->from_key = optarg; break;
		case 'o': ret->work = optarg; break;
		case 'i': ret->files = optarg; break;
		case 'c': ret->check = true; break;
		case 'w': ret->with_key = true; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quiet = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

/* The folder of the copy may be given, a file in it, or the folder of all copies: then it is the
 * newest. */
static bool find_copy(struct arena *a, const char *from, const char **ret, struct err *e)
{
	struct manifest *list = NULL;
	struct manifest one = { 0 };
	struct err why = { 0 };
	struct stat status;
	size_t count = 0;
	const size_t size = strlen(from);
	const char *path =
		size > 1 && from[size - 1] == '/' ? arena_copy_n(a, from, size - 1) : from;
	if (stat(path, &status) != 0)
		return err_set(e, ERR_MISSING, "backup.error.manifest", "there is no %.180s", path);
	*ret = S_ISDIR(status.st_mode) ? path : disk_folder(a, path);
	if (!S_ISDIR(status.st_mode) || manifest_read(a, path, &one, &why))
		return true;
	if (!manifest_list(a, path, &list, &count, e))
		return false;
	/* without a copy in it, it is one that has lost its manifest */
	if (count > 0)
		*ret = arena_print(a, "%s/%s", path, list[0].name);
	return true;
}

static bool read_secret(const struct restore_options *o, struct sealed_secret *room,
			const struct sealed_secret **ret, struct err *e)
{
	*ret = NULL;
	if (!o->from_key)
		return true;
	if (!sealed_secret_read(o->from_key, room, e))
		return false;
	*ret = room;
	return true;
}

static bool restore(const struct restore_options *o, struct arena *a, const char *copy,
		    const struct sealed_secret *secret, struct err *e)
{
	struct manifest m = { 0 };
	const char *key = vault_key_path(a, o->to);
	const bool with_key = o->with_key && secret;
	CLEANUP(progress_end) struct progress progress;
	progress_begin(&progress, o->quiet);
	progress_tell(&progress, "restores the database", 0, 1);
	if (!backup_restore(a, copy, secret, o->to, &m, e) ||
	    (with_key && !backup_restore_key(a, copy, secret, key, e)))
		return false;
	progress_end(&progress);
	if (o->json) {
		json_t *json = json_pack("{s:s,s:s,s:I,s:s,s:b}", "database", o->to, "copy", m.name,
					 "entries", (json_int_t)m.journal.size, "key", key,
					 "key_restored", with_key);
		cli_print_json(json);
		json_decref(json);
		return true;
	}
	printf("%s: the database of %s, %lld entries in its journal\n", o->to, m.name,
	       (long long)m.journal.size);
	printf(with_key ? "%s: the service key\n"
			: "%s: put the service key there before the server starts\n",
	       key);
	return true;
}

static void print_report(const struct restore_options *o, const struct backup_report *r)
{
	if (o->json) {
		json_t *json =
			json_pack("{s:s,s:b,s:s,s:s,s:I,s:b,s:b,s:I}", "copy", r->manifest.name,
				  "whole", !*r->why, "why", r->why, "detail", r->detail, "entries",
				  (json_int_t)r->manifest.journal.size, "compared", o->db != NULL,
				  "rows", r->rows, "took_ms", (json_int_t)r->took_ms);
		cli_print_json(json);
		json_decref(json);
	} else if (*r->why) {
		printf("%s%s cannot be trusted%s: %s%s%s.\n", colour(stdout, COLOUR_BAD),
		       r->manifest.name, colour(stdout, COLOUR_NONE), r->why,
		       *r->detail ? ": " : "", r->detail);
	} else {
		printf("%s is whole: restored, read through, its journal of %lld entries verified"
		       "%s%s, in %lld ms.\n",
		       r->manifest.name, (long long)r->manifest.journal.size,
		       r->rows ? ", its rows those that the journal tells of"
			       : ", its rows not compared (it is of before an update)",
		       o->db ? ", the journal in use begins with the same" : "",
		       (long long)r->took_ms);
	}
}

/* What looks at a copy, and where the files lie that it names; NULL: they are not looked at. */
struct looking {
	struct act act;
	const char *files;
};

/* As `konkurs verify` would, without checkpoints: those are compared with the journal in use. */
static bool look_at_rows(void *user, struct db *copy, const char **ret, struct err *e)
{
	const struct looking *l = user;
	const struct act *act = &l->act;
	CLEANUP(file_place_close) struct file_place place = { 0 };
	struct verify_report report = { 0 };
	struct law_book *book = NULL;
	if (l->files && !file_place_open(copy, l->files, &place, e))
		return false;
	if (!cli_open_law(NULL, copy, act->arena, &book, e))
		return false;
	const struct act of_copy = { .db = copy,
				     .arena = act->arena,
				     .book = book,
				     .place = l->files ? &place : NULL,
				     .teller = act->teller };
	if (!verify_all(&of_copy, NULL, 0, &report, e))
		return false;
	const json_t *first = json_array_get(report.findings, 0);
	*ret = first ? arena_print(act->arena, "%s %lld: %s", row_text(first, "at"),
				   (long long)row_number(first, "number"), row_text(first, "why"))
		     : "";
	return true;
}

/* The result is on record whatever it is. */
static bool check(const struct restore_options *o, struct arena *a, const char *copy,
		  const struct sealed_secret *secret, struct backup_report *ret, struct err *e)
{
	CLEANUP(db_cleanup) struct db *live = NULL;
	struct clock_reading reading;
	struct looking looking = { { .arena = a }, o->files };
	struct act *act = &looking.act;
	const struct backup_look rows = { look_at_rows, &looking };
	struct law_book *book = NULL;
	CLEANUP(progress_end) struct progress progress = { .open = false };
	const bool beside = o->db && !db_is_server(o->db);
	const char *work = o->work ? o->work : disk_folder(a, beside ? o->db : copy);
	if (o->db && (!cli_open_db(o->db, &live, e) || !cli_open_law(NULL, live, a, &book, e)))
		return false;
	act->book = book;
	progress_begin(&progress, o->quiet);
	act->teller = &progress.teller;
	progress_tell(&progress, "restores beside", 0, 1);
	if (!backup_check(a, copy, secret, work, live, &rows, ret, e))
		return false;
	progress_end(&progress);
	print_report(o, ret);
	if (!live)
		return true;
	act->db = live;
	service_clock_read(&reading);
	return service_clock_instant(live, &reading, &act->now_ms, e) &&
	       backup_note_checked(act, disk_folder(a, copy), ret, e);
}

int cli_restore(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct restore_options o = { 0 };
	struct sealed_secret room = { 0 };
	const struct sealed_secret *secret = NULL;
	struct backup_report report = { .why = "" };
	const char *copy = NULL;
	struct err e = { 0 };
	if (!read_options(argc, argv, &o))
		return cli_usage("restore", "unknown option");
	if (!o.from || o.check == (o.to != NULL))
		return cli_usage("restore", "--from COPY and one of --to FILE and --check");
	if (o.to && db_is_server(o.to))
		return cli_usage("restore",
				 "--to a file first; konkurs migrate-to takes it to a server");
	if (o.check && o.from_key && !o.work && (!o.db || db_is_server(o.db)))
		return cli_usage("restore", "a sealed copy is not opened among the copies: --work");
	(void)umask(S_IRWXG | S_IRWXO);
	bool ok = (sodium_init() >= 0 || err_set(&e, ERR_SYSTEM, "error.system", "no libsodium")) &&
		  find_copy(a, o.from, &copy, &e) && read_secret(&o, &room, &secret, &e);
	ok = ok &&
	     (o.check ? check(&o, a, copy, secret, &report, &e) : restore(&o, a, copy, secret, &e));
	sodium_memzero(&room, sizeof(room));
	if (!ok)
		return cli_failed("restore", &e);
	return *report.why ? CLI_FAILED : CLI_OK;
}

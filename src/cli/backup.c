/* backup.c - konkurs backup: a copy of a database that is in use, and a key to seal copies with. */
#include "cli/cli.h"
#include "cli/progress.h"

#include "app/bank/vault_start.h"
#include "app/evidence/backup_note.h"
#include "app/evidence/move.h"
#include "app/sitting/service_clock.h"
#include "sign/sealed_file.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct backup_options {
	const char *db, *to, *keep, *to_key, *key, *work, *action, *file;
	bool with_key, json, quiet;
};

static bool read_options(int argc, char **argv, struct backup_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "to", required_argument, NULL, 't' },
		{ "keep", required_argument, NULL, 'e' },
		{ "to-key", required_argument, NULL, 'p' },
		{ "key", required_argument, NULL, 'k' },
		{ "work", required_argument, NULL, 'o' },
		{ "with-key", no_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 't': ret->to = optarg; break;
		case 'e': ret->keep = optarg; break;
		case 'p': ret->to_key = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'o': ret->work = optarg; break;
		case 'w': ret->with_key = true; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quiet = true; break;
		default: return false;
		}
	}
	ret->action = optind < argc ? argv[optind] : NULL;
	ret->file = optind + 1 < argc ? argv[optind + 1] : NULL;
	return optind + (ret->action != NULL) + (ret->file != NULL) == argc;
}

static int make_key(const struct backup_options *o)
{
	struct err e = { 0 };
	if (!o->file)
		return cli_usage("backup", "say: backup make-key FILE");
	if (!sealed_key_make(o->file, &e))
		return cli_failed("backup", &e);
	printf("%s: opens copies; keep it away from this machine, on paper as well: it is one "
	       "line\n"
	       "%s.pub: seals copies; konkurs backup --to-key %s.pub\n",
	       o->file, o->file, o->file);
	return CLI_OK;
}

static void print_made(const struct backup_options *o, const struct arena *a,
		       const struct manifest *m, const json_t *removed)
{
	char root[JOURNAL_TEXT_SIZE];
	(void)a;
	(void)sodium_bin2hex(root, sizeof(root), m->journal.root, JOURNAL_HASH_SIZE);
	if (o->json) {
		json_t *json = json_pack("{s:s,s:I,s:s,s:b,s:I,s:s,s:O}", "copy", m->name, "size",
					 (json_int_t)m->size, "sha256", m->hash, "sealed",
					 m->sealed, "entries", (json_int_t)m->journal.size, "root",
					 root, "removed", removed);
		cli_print_json(json);
		json_decref(json);
		return;
	}
	printf("%s/%s\n%lld bytes%s, SHA-256 %s\nJournal: %lld entries, root %s\n", o->to, m->name,
	       (long long)m->size, m->sealed ? ", sealed" : "", m->hash, (long long)m->journal.size,
	       root);
	for (size_t i = 0; i < json_array_size(removed); i++)
		printf("removed: %s\n", json_string_value(json_array_get(removed, i)));
}

/* The files first, then the record: a record of a copy that is not there would be a lie, a copy
 * that is not on record is one all the same. */
static bool make(const struct backup_options *o, struct arena *a, const struct keep *keep,
		 struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	unsigned char public[SEALED_KEY_SIZE];
	struct clock_reading reading;
	struct act act = { .arena = a };
	struct manifest m = { 0 };
	json_t *removed = NULL;
	struct backup_plan plan = { .database = o->db, .work = o->work, .to = o->to };
	struct stat status;
	if (!db_is_server(o->db) && stat(o->db, &status) != 0)
		return err_set(e, ERR_MISSING, "error.missing", "there is no %.180s", o->db);
	(void)umask(S_IRWXG | S_IRWXO);
	/* as it is: a copy of before an update is one of before its migrations */
	if (!db_open(o->db, &db, e) || !move_allows(db, e) ||
	    (o->to_key && !sealed_public_read(o->to_key, public, e)))
		return false;
	service_clock_read(&reading);
	if (!service_clock_instant(db, &reading, &plan.now_ms, e))
		return false;
	CLEANUP(progress_end) struct progress progress;
	progress_begin(&progress, o->quiet);
	plan.teller = &progress.teller;
	plan.seal = o->to_key ? public : NULL;
	plan.key = !o->with_key ? NULL : o->key ? o->key : vault_key_path(a, o->db);
	act.db = db;
	act.now_ms = plan.now_ms;
	if (!backup_make(db, a, &plan, &m, e) || !backup_prune(a, o->to, &m, keep, &removed, e) ||
	    !db_migrate(db, e) || !backup_note_made(&act, o->to, &m, removed, e))
		return false;
	progress_end(&progress);
	print_made(o, a, &m, removed);
	return true;
}

int cli_backup(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct backup_options options = { .keep = "14,8,12" };
	struct keep keep = { 0 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options))
		return cli_usage("backup", "unknown option");
	if (options.action && strcmp(options.action, "make-key") == 0)
		return make_key(&options);
	if (options.action || !options.db || !options.to)
		return cli_usage("backup", "--db FILE and --to DIR are needed");
	if (db_is_server(options.db) && options.to_key && !options.work)
		return cli_usage("backup",
				 "of a server: --work DIR, where it is plain for a moment");
	if (db_is_server(options.db) && options.with_key && !options.key)
		return cli_usage("backup", "of a server: --key FILE");
	if (!keep_parse(options.keep, &keep))
		return cli_usage("backup", "--keep wants DAYS,WEEKS,MONTHS");
	if (sodium_init() < 0 || !make(&options, a, &keep, &e))
		return cli_failed("backup", &e);
	return CLI_OK;
}

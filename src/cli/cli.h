/* cli.h - the commands of the program: one file per command, one table. */
#pragma once
#include "app/act.h"
#include "base/clock.h"
#include "db/db.h"
#include "rules/law_book.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct command {
	const char *name;
	/* argv[0] is the command's name.  Returns one of CLI_... */
	int (*run)(int argc, char **argv);
	/* Of one line, "--db FILE [--json]", as cli/synopsis.h reads it; cli/words.c has a sentence
	 * for each option. */
	const char *options;
	const char *help; /* one sentence */
};

/* NULL name last. */
extern const struct command commands[];

int cli_api(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_bank(int argc, char **argv);
int cli_calendar(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_completion(int argc, char **argv);
int cli_demo(int argc, char **argv);
int cli_draw(int argc, char **argv);
int cli_drill(int argc, char **argv);
int cli_draw_file(int argc, char **argv);
int cli_files(int argc, char **argv);
int cli_hall(int argc, char **argv);
int cli_help(int argc, char **argv);
int cli_init(int argc, char **argv);
int cli_hooks(int argc, char **argv);
int cli_journal(int argc, char **argv);
int cli_law(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_scan(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_mail(int argc, char **argv);
int cli_migrate(int argc, char **argv);
int cli_migrate_to(int argc, char **argv);
int cli_people(int argc, char **argv);
int cli_posts(int argc, char **argv);
int cli_read_questions(int argc, char **argv);
int cli_trust(int argc, char **argv);
int cli_user(int argc, char **argv);
int cli_vault(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_version(int argc, char **argv);
int cli_video(int argc, char **argv);
int cli_vote(int argc, char **argv);
int cli_witness(int argc, char **argv);

/* ---- what commands share ------------------------------------------------------ */

/* Prints "konkurs NAME: why" and the forms of the command; is CLI_USAGE. */
int cli_usage(const char *name, const char *why);

/* Prints the failure in English, with its detail, and of a bank that is short of questions which
 * act it is; is CLI_FAILED.  Other values of failures may come from what people typed, and stay
 * out. */
int cli_failed(const char *name, const struct err *e);

/* Lines of the log as `format` says from now on, "text" or "json"; false for another word.  `node`
 * is this process's name among several, borrowed; NULL: none. */
bool cli_log(const char *format, const char *node) MUST_USE;

/* What --json prints: indented, with a line feed. */
void cli_print_json(const json_t *json);

/* Opens the database at `where`, brings its schema up to date, and refuses one that moves or has
 * moved to another (app/evidence/move.h). */
bool cli_open_db(const char *where, struct db **ret, struct err *e) MUST_USE;

/* The same without migrating: ERR_DB "error.database.older" if it is not up to date. */
bool cli_open_migrated_db(const char *where, struct db **ret, struct err *e) MUST_USE;

/* The service key of that database (app/bank/vault_start.h), from the file `key` or beside it, and
 * the database bound to it; act->key is it afterwards.  For commands that read words of the bank.
 */
bool cli_open_key(const char *where, const char *key, struct act *act, struct service_key **ret,
		  struct err *e) MUST_USE;

/* The law that is built into the program, or that of the folder `rules` if not NULL; lives in
 * the arena. */
bool cli_open_book(const char *rules, struct arena *a, struct law_book **ret,
		   struct err *e) MUST_USE;

/* The law of that database: what its installation has entered (app/installation/own_law.h) over
 * what is built in; `rules` as above. */
bool cli_open_law(const char *rules, struct db *db, struct arena *a, struct law_book **ret,
		  struct err *e) MUST_USE;

/* "YYYY-MM-DDTHH:MM" in the zone: a clock that begins there and runs on; NULL: the
 * machine's.  ERR_INPUT if it is no such time. */
bool cli_clock(const char *begin, struct clock *ret, struct err *e) MUST_USE;

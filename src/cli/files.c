/* files.c - konkurs files: takes away from the place of files what is to go (app/file_work.h).
 *
 * A process of its own: the server puts and reads objects, and takes none away, so that nothing is
 * lost by a turn that is run again. */
#include "cli/cli.h"

#include "app/access/session.h"
#include "app/file_work.h"
#include "app/sitting/service_clock.h"
#include "base/log.h"

#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	LOCK_WAIT_MS = 2000,
	LOOK_S = 2,          /* how often there may be something to take away   */
	TELL_MS = 60 * 1000, /* how often it is asked whether the place answers */
};

struct files_options {
	const char *db, *place, *now, *move;
	bool once;
};

static volatile sig_atomic_t ends; /* set by a signal: the one way out of the loop */

static void on_signal(int signal)
{
	(void)signal;
	ends = 1;
}

static bool read_options(int argc, char **argv, struct files_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },   { "files", required_argument, NULL, 'f' },
		{ "now", required_argument, NULL, 'n' },  { "once", no_argument, NULL, 'o' },
		{ "move", required_argument, NULL, 'm' }, { NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'f': ret->place = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'o': ret->once = true; break;
		case 'm': ret->move = optarg; break;
		default: return false;
		}
	}
	return optind == argc;
}

static const char *fault(const struct files_options *o)
{
	if (!o->db || !o->place)
		return "--db and --files are needed";
	if (o->move && strcmp(o->move, "out") != 0 && strcmp(o->move, "in") != 0)
		return "--move wants out (to the place) or in (to the database)";
	return NULL;
}

struct filing {
	struct act act;
	const char *now; /* played; NULL: the line of the service */
	struct clock played;
	int64_t told_ms;
	const char *problem; /* of the last try */
};

/* The arena and the instant of what comes. */
static bool begin(struct filing *f, struct arena *a, struct err *e)
{
	struct clock_reading reading;
	f->act.arena = a;
	if (f->now) {
		f->act.now_ms = clock_now(&f->played);
		return true;
	}
	service_clock_read(&reading);
	return service_clock_instant(f->act.db, &reading, &f->act.now_ms, e);
}

/* ---- one look -------------------------------------------------------------------------------- */

/* One line when it goes away, and one when it is back. */
static bool try_place(struct filing *f, struct err *e)
{
	if (f->told_ms != 0 && f->act.now_ms - f->told_ms < TELL_MS)
		return true;
	const char *problem = file_place_try(&f->act);
	if (strcmp(problem, f->problem) != 0)
		log_info("the place of files: %s", *problem ? problem : "answers");
	f->problem = problem;
	f->told_ms = f->act.now_ms;
	return file_place_told(&f->act, problem, e);
}

static bool take_one(struct filing *f, bool *ret_goes, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *object = NULL;
	if (!begin(f, a, e) || !file_removal_claim(&f->act, &object, e))
		return false;
	*ret_goes = object != NULL;
	return !object || (store_remove(f->act.place->store, object, e) &&
			   file_removal_done(&f->act, object, e));
}

static bool take_due(struct filing *f, struct err *e)
{
	bool goes = true;
	while (goes && !ends) {
		if (!take_one(f, &goes, e))
			return false;
	}
	return true;
}

static bool sweep(struct filing *f, struct err *e)
{
	int64_t found = 0;
	bool due = false;
	if (!file_sweep_due(&f->act, &due, e) || !due)
		return e->kind == ERR_NONE;
	if (!file_sweep(&f->act, &found, e)) {
		struct err why = { 0 };
		if (strcmp(e->key, "file.error.orphans") == 0 &&
		    !file_place_told(&f->act, "orphans", &why))
			err_clear(&why);
		return false;
	}
	if (found > 0)
		log_info("%lld orphans were found at the place of files", (long long)found);
	return true;
}

static bool look(struct filing *f, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	if (!begin(f, a, e) || !try_place(f, e))
		return false;
	if (*f->problem)
		return err_set(e, ERR_BUSY, "store.error.away", "the place of files: %s",
			       f->problem);
	if (!take_due(f, e))
		return false;
	f->act.arena = a;
	return sweep(f, e);
}

static bool work(struct filing *f, bool once, struct err *e)
{
	const struct timespec pause = { LOOK_S, 0 };
	do {
		struct err why = { 0 };
		const bool fine = look(f, &why);
		if (!fine && once) {
			*e = why;
			return false;
		}
		if (!fine && !*f->problem) /* of one that is away there is a line already */
			log_failure("files", &why);
		err_clear(&why);
		if (!once && !ends)
			(void)nanosleep(&pause, NULL);
	} while (!once && !ends);
	return true;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static bool move(struct filing *f, bool out, struct err *e)
{
	int64_t count = 0;
	for (bool moved = true; moved && !ends; count += moved) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		if (!begin(f, a, e) ||
		    !(out ? file_move_out(&f->act, &moved, e) : file_move_in(&f->act, &moved, e)))
			return false;
	}
	printf("%lld files were moved %s.\n", (long long)count,
	       out ? "to the place" : "into the database");
	return true;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool run(const struct files_options *o, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(file_place_close) struct file_place place = { 0 };
	struct filing f = { .now = o->now, .problem = "" };
	bool playing = false;
	if (sodium_init() < 0 || !cli_open_db(o->db, &db, e) ||
	    !db_wait_most(db, LOCK_WAIT_MS, e) || !database_is_demonstration(db, &playing, e))
		return false;
	if (o->now && !playing)
		return err_set(e, ERR_INPUT, "error.time",
			       "--now is for demonstration databases only");
	if (!cli_clock(o->now, &f.played, e) || !file_place_open(db, o->place, &place, e))
		return false;
	f.act = (struct act){ .db = db, .place = &place };
	return o->move ? move(&f, strcmp(o->move, "out") == 0, e) : work(&f, o->once, e);
}

int cli_files(int argc, char **argv)
{
	struct files_options o = { 0 };
	struct err e = { 0 };
	const struct sigaction end = { .sa_handler = on_signal };
	if (!read_options(argc, argv, &o))
		return cli_usage("files", "unknown option");
	const char *why = fault(&o);
	if (why)
		return cli_usage("files", why);
	if (sigaction(SIGTERM, &end, NULL) != 0 || sigaction(SIGINT, &end, NULL) != 0)
		return CLI_FAILED;
	return run(&o, &e) ? CLI_OK : cli_failed("files", &e);
}

/* exam.c - the measures of issue 3, "Speed and memory"; script/bench runs it.
 *
 *   exam --konkurs PROGRAM --dir FOLDER [--json] [--quick] [--keep] [--only NAME,...]
 *
 * Makes a database in a new folder below FOLDER, which has to be on a real disk; serves it with
 * PROGRAM; prints the report; removes the folder.  Ends with 0 if every target is met, 1 if
 * something could not be measured, 3 if a target is missed. */
#include "bench/exam.h"

#include "web/site.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *program, *dir, *only;
	bool json, quick, keep;
};

static const struct {
	const char *name;
	bool (*run)(struct exam *x, struct err *e);
	bool only; /* not part of a run that names nothing */
} measures[] = {
	{ "disk", measure_disk, false },        { "start", measure_start, false },
	{ "answers", measure_answers, false },  { "pace", measure_pace, false },
	{ "memory", measure_memory, false },    { "finish", measure_finish, false },
	{ "last", measure_last_minute, false }, { "ledger", measure_ledger, false },
	{ "profile", measure_profile, true },
};

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "konkurs", required_argument, NULL, 'p' },
		{ "dir", required_argument, NULL, 'd' },
		{ "only", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "quick", no_argument, NULL, 'q' },
		{ "keep", no_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'p': ret->program = optarg; break;
		case 'd': ret->dir = optarg; break;
		case 'o': ret->only = optarg; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quick = true; break;
		case 'k': ret->keep = true; break;
		default: return false;
		}
	}
	return optind == argc && ret->program && ret->dir;
}

/* Whether `name` stands in the list "a,b"; no list has everything. */
static bool wanted(const char *list, const char *name)
{
	const size_t size = strlen(name);
	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, size) == 0 && (at[size] == '\0' || at[size] == ','))
			return true;
	}
	return !list;
}

/* ---- the ledger of the whole run ------------------------------------------------------------- */

bool measure_ledger(struct exam *x, struct err *e)
{
	struct ledger l = { 0 };
	if (!ledger_check(x->act.db, x->big_players, x->big.count, &l, e))
		return false;
	report_add(&x->report, "nothing lost",
		   "Every click of this run that was acknowledged is looked up in the database, and"
		   " every event has its journal entry.",
		   json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "acknowledged",
			     (json_int_t)(l.saved + l.late), "lost", (json_int_t)l.lost,
			     "counting_wrongly", (json_int_t)l.wrong, "stored_twice",
			     (json_int_t)l.twice, "never_acknowledged", (json_int_t)l.open,
			     "without_journal_entry", (json_int_t)l.unjournalled),
		   "none lost, none wrong, none twice, all journalled",
		   l.lost == 0 && l.wrong == 0 && l.twice == 0 && l.unjournalled == 0);
	return true;
}

/* ---- the database --------------------------------------------------------------------------- */

static bool copy_file(const char *from, const char *to, struct err *e)
{
	char block[64 * 1024];
	size_t size = 0;
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	bool ok = in && out;
	while (ok && (size = fread(block, 1, sizeof(block), in)) > 0)
		ok = fwrite(block, 1, size, out) == size;
	if (in)
		(void)fclose(in);
	if (out && fclose(out) != 0)
		ok = false;
	return ok || err_set(e, ERR_SYSTEM, "error.system", "the database was not copied");
}

/* Both halls, sealed. */
static bool prepare(struct exam *x, const char *db, struct err *e)
{
	return db_open(db, &x->act.db, e) && db_migrate(x->act.db, e) &&
	       bench_key(&x->act, db, NULL, &x->key, e) && bench_world(&x->act, e) &&
	       bench_hall_fill(&x->act, SEATS_SMALL, &x->small, e) &&
	       bench_hall_fill(&x->act, SEATS, &x->big, e) &&
	       bench_hall_seal(&x->act, &x->small, e) && bench_hall_seal(&x->act, &x->big, e);
}

/* Closed and opened again: then the file has all that was in the log. */
static bool reopen(struct exam *x, const char *db, const char *copy, struct err *e)
{
	char key[PROCESS_PATH + 8];
	char key_copy[PROCESS_PATH + 8];
	(void)snprintf(key, sizeof(key), "%s.key", db);
	(void)snprintf(key_copy, sizeof(key_copy), "%s.key", copy);
	db_close(x->act.db);
	x->act.db = NULL;
	return copy_file(db, copy, e) && copy_file(key, key_copy, e) && db_open(db, &x->act.db, e);
}

/* ---- the run -------------------------------------------------------------------------------- */

static bool run_measures(struct exam *x, const char *only, struct err *e)
{
	/* the others need halls that have started */
	if (!wanted(only, "start") &&
	    (!exam_open_hall(x, &x->small, e) || !exam_open_hall(x, &x->big, e) ||
	     !exam_enter(x, &x->small, e) || !exam_enter(x, &x->big, e)))
		return false;
	for (size_t i = 0; i < COUNT(measures); i++) {
		struct process_figures f = { 0 };
		if ((!only && measures[i].only) || !wanted(only, measures[i].name))
			continue;
		if (!measures[i].run(x, e) || !process_measure(&x->server, &f, e))
			return false;
		(void)json_object_set_new(x->peaks, measures[i].name,
					  report_real((double)f.peak_kib / 1024));
	}
	return true;
}

static bool run_with_server(struct exam *x, const struct options *options, const char *db,
			    struct err *e)
{
	char log[PROCESS_PATH];
	(void)snprintf(log, sizeof(log), "%s/server.log", x->dir);
	if (!process_start(options->program, db, NULL, log, &x->server, e))
		return false;
	x->small_players = players_new(&x->small, x->server.port);
	x->big_players = players_new(&x->big, x->server.port);
	x->peaks = json_object();
	const bool ok = run_measures(x, options->only, e);
	report_put(&x->report, "machine", "server_peak_mib_after", x->peaks);
	process_stop(&x->server, &x->server_ms);
	players_free(x->small_players, x->small.count);
	players_free(x->big_players, x->big.count);
	return ok;
}

static bool run(struct exam *x, const struct options *options, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	char db[PROCESS_PATH];
	char curve[PROCESS_PATH];
	const struct clock clock = clock_real();
	(void)snprintf(db, sizeof(db), "%s/exam.db", x->dir);
	(void)snprintf(curve, sizeof(curve), "%s/curve.db", x->dir);
	measure_machine(x);
	bool ok = site_built_in_law(a, &book, e);
	x->act = (struct act){ .arena = a, .now_ms = clock_now(&clock), .book = book };
	ok = ok && prepare(x, db, e) && reopen(x, db, curve, e) &&
	     run_with_server(x, options, db, e) &&
	     (!wanted(options->only, "curve") || measure_curve(x, curve, e));
	db_close(x->act.db);
	service_key_close(x->key);
	measure_others(x);
	return ok;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct err e = { 0 };
	char dir[PROCESS_PATH];
	if (!read_options(argc, argv, &options) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: exam --konkurs PROGRAM --dir FOLDER [--json]"
				      " [--quick] [--keep] [--only NAME,...]\n");
		return EXAM_USAGE;
	}
	(void)snprintf(dir, sizeof(dir), "%.400s/exam-XXXXXX", options.dir);
	if (!mkdtemp(dir)) {
		(void)fprintf(stderr, "exam: no folder below %s\n", options.dir);
		return EXAM_FAILED;
	}
	load_raise_limits();
	struct exam x = { .program = options.program,
			  .dir = dir,
			  .quick = options.quick,
			  .report = report_open("exam", options.quick) };
	if (!run(&x, &options, &e) && e.kind == ERR_NONE)
		(void)err_set(&e, ERR_SYSTEM, "error.system", "it broke off");
	return exam_end(&x, "exam", &e, options.json, options.keep);
}

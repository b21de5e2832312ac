/* scale.c - the measures of issue 8, "Beyond one machine"; script/bench scale runs it.
 *
 *   scale --konkurs PROGRAM --dir FOLDER --db URL --pg FOLDER [--json] [--quick] [--keep]
 *
 * URL is an empty database of a private PostgreSQL that script/postgres has started in the folder
 * --pg with --durable; its standby is started beside it.  Started in the folder of the sources.
 * Ends with 0 if every target is met, 1 if something could not be measured, 3 if a target is
 * missed. */
#include "bench/scale.h"

#include "web/site.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 8 };

struct options {
	const char *program, *dir, *db, *pg;
	bool json, quick, keep;
};

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "konkurs", required_argument, NULL, 'p' },
		{ "dir", required_argument, NULL, 'd' },
		{ "db", required_argument, NULL, 'u' },
		{ "pg", required_argument, NULL, 'g' },
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
		case 'u': ret->db = optarg; break;
		case 'g': ret->pg = optarg; break;
		case 'j': ret->json = true; break;
		case 'q': ret->quick = true; break;
		case 'k': ret->keep = true; break;
		default: return false;
		}
	}
	return optind == argc && ret->program && ret->dir && ret->db && ret->pg;
}

/* ---- the standby ----------------------------------------------------------------------------- */

bool scale_postgres(const char *const *words, struct err *e)
{
	char *argv[WORDS_MOST + 3] = { 0 };
	int status = 0;
	argv[0] = strdup("sh");
	argv[1] = strdup("script/postgres");
	for (size_t i = 0; i < WORDS_MOST && words[i]; i++)
		argv[i + 2] = strdup(words[i]);
	(void)fflush(NULL);
	const pid_t pid = fork();
	if (pid == 0) {
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		(void)execvp("sh", argv);
		_exit(127);
	}
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	return (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		WEXITSTATUS(status) == 0) ||
	       err_set(e, ERR_SYSTEM, "error.system", "script/postgres %s failed", words[0]);
}

bool scale_standby_start(struct scale *s, struct err *e)
{
	(void)snprintf(s->standby, sizeof(s->standby), "%.400s-standby", s->pg);
	return scale_postgres((const char *const[]){ "standby", s->standby, s->pg, NULL }, e);
}

void scale_standby_stop(struct scale *s)
{
	struct err e = { 0 };
	if (*s->standby && !scale_postgres((const char *const[]){ "stop", s->standby, NULL }, &e))
		(void)fprintf(stderr, "bench: the standby was not stopped\n");
}

/* ---- the run --------------------------------------------------------------------------------- */

static bool run_measures(struct scale *s, struct err *e)
{
	if (!measure_sqlite_turns(s, e) || !measure_turns(s, false, e) || !measure_growth(s, e) ||
	    !scale_standby_start(s, e) || !measure_turns(s, true, e) || !measure_nodes(s, e))
		return false;
	measure_nation(s);
	return true;
}

static bool run(struct scale *s, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	struct exam *x = &s->exam;
	const struct clock clock = clock_real();
	const char *key_of = arena_print(a, "%s/scale", x->dir);
	s->key = arena_print(a, "%s.key", key_of);
	measure_machine(x);
	bool ok = site_built_in_law(a, &book, e);
	x->act = (struct act){ .arena = a, .now_ms = clock_now(&clock), .book = book };
	ok = ok && exam_hall(x, s->url, key_of, s->key, SCALE_SEATS, e) &&
	     clicks_open(x, &s->clicks, e) && run_measures(s, e);
	clicks_close(&s->clicks);
	db_close(x->act.db);
	service_key_close(x->key);
	scale_standby_stop(s);
	return ok;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct err e = { 0 };
	char dir[PROCESS_PATH];
	if (!read_options(argc, argv, &options) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: scale --konkurs PROGRAM --dir FOLDER --db URL --pg"
				      " FOLDER [--json] [--quick] [--keep]\n");
		return EXAM_USAGE;
	}
	(void)snprintf(dir, sizeof(dir), "%.300s/scale-XXXXXX", options.dir);
	if (!mkdtemp(dir)) {
		(void)fprintf(stderr, "scale: no folder below %s\n", options.dir);
		return EXAM_FAILED;
	}
	load_raise_limits();
	struct scale s = { .exam = { .program = options.program,
				     .dir = dir,
				     .quick = options.quick,
				     .report = report_open("scale", options.quick) },
			   .url = options.db,
			   .pg = options.pg };
	if (!run(&s, &e) && e.kind == ERR_NONE)
		(void)err_set(&e, ERR_SYSTEM, "error.system", "it broke off");
	return exam_end(&s.exam, "scale", &e, options.json, options.keep);
}

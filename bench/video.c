/* video.c - the measures of issue 7, "Sound and picture"; script/bench video runs it.
 *
 *   video --konkurs PROGRAM --dir FOLDER [--json] [--quick] [--keep]
 *
 * A hall of 200 that sits the test, Janus and a browser with up to 16 cameras below a new folder in
 * FOLDER, which has to be on a real disk.  Started in the folder of the sources.  Ends with 0 if
 * every target is met, 1 if something could not be measured, 3 if a target is missed. */
#include "bench/video.h"

#include "web/site.h"

#include <getopt.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

struct options {
	const char *program, *dir;
	bool json, quick, keep;
};

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "konkurs", required_argument, NULL, 'p' },
		{ "dir", required_argument, NULL, 'd' },
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
		case 'j': ret->json = true; break;
		case 'q': ret->quick = true; break;
		case 'k': ret->keep = true; break;
		default: return false;
		}
	}
	return optind == argc && ret->program && ret->dir;
}

static bool run_measures(struct video *v, struct err *e)
{
	if (!measure_record(v, e) || !measure_media_ceiling(v, e) || !measure_sync(v, e) ||
	    !measure_follow(v, e) || !measure_effect(v, e) || !measure_chain(v, e))
		return false;
	measure_sizes(v);
	return true;
}

static bool run_with_parts(struct video *v, const struct options *options, const char *db,
			   struct err *e)
{
	struct exam *x = &v->exam;
	char log[PROCESS_PATH];
	(void)snprintf(log, sizeof(log), "%.400s/server.log", x->dir);
	if (!process_start(options->program, db, NULL, log, &x->server, e))
		return false;
	x->big_players = players_new(&x->big, x->server.port);
	const bool ok = parts_start(x->dir, &v->parts, e) && run_measures(v, e);
	parts_stop(&v->parts);
	process_stop(&x->server, &x->server_ms);
	players_free(x->big_players, x->big.count);
	return ok;
}

static bool run(struct video *v, const struct options *options, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	struct exam *x = &v->exam;
	char db[PROCESS_PATH];
	const struct clock clock = clock_real();
	(void)snprintf(db, sizeof(db), "%.400s/video.db", x->dir);
	measure_machine(x);
	bool ok = site_built_in_law(a, &book, e);
	x->act = (struct act){ .arena = a, .now_ms = clock_now(&clock), .book = book };
	ok = ok && exam_hall(x, db, db, NULL, VIDEO_SEATS, e) && run_with_parts(v, options, db, e);
	db_close(x->act.db);
	service_key_close(x->key);
	return ok;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct err e = { 0 };
	char dir[PROCESS_PATH];
	if (!read_options(argc, argv, &options) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: video --konkurs PROGRAM --dir FOLDER [--json]"
				      " [--quick] [--keep]\n");
		return EXAM_USAGE;
	}
	(void)snprintf(dir, sizeof(dir), "%.300s/video-XXXXXX", options.dir);
	char *made = mkdtemp(dir);
	char *full = made ? realpath(made, NULL) : NULL; /* Janus has another current folder */
	if (!full) {
		(void)fprintf(stderr, "video: no folder below %s\n", options.dir);
		return EXAM_FAILED;
	}
	load_raise_limits();
	struct video v = { .exam = { .program = options.program,
				     .dir = full,
				     .quick = options.quick,
				     .report = report_open("video", options.quick) } };
	if (!run(&v, &options, &e) && e.kind == ERR_NONE)
		(void)err_set(&e, ERR_SYSTEM, "error.system", "it broke off");
	const int status = exam_end(&v.exam, "video", &e, options.json, options.keep);
	free(full);
	return status;
}

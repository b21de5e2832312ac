/* scan.c - konkurs scan: has uploaded files looked at by a virus scanner (app/candidate/scan.h,
 * scan/clamd.h).
 *
 * A process of its own, behind a fence of its own: the server needs no hole in its fence, and a
 * scanner that hangs or that a file has taken over reaches nobody but this one, by an answer of a
 * line. */
#include "cli/cli.h"
#include "cli/fence.h"

#include "app/access/session.h"
#include "app/candidate/scan.h"
#include "app/file.h"
#include "app/lease.h"
#include "app/sitting/service_clock.h"
#include "base/log.h"
#include "scan/clamd.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	LOCK_WAIT_MS = 2000,     /* the server's turns are short                    */
	ANSWER_MS = 10000,       /* a statement; a transaction that stands still ends */
	LOOK_MS = 1000,          /* how often there may be something new           */
	TELL_MS = 60 * 1000,     /* how often the database is told that it answers */
	AWAY_MOST_MS = 60 * 1000 /* between questions to one that is away           */
};

struct scan_options {
	const char *db, *socket, *rules, *now, *reason, *files;
	bool once, all, end, unfenced, demand_fence;
};

static volatile sig_atomic_t ends; /* set by a signal: the one way out of the loop */

static void on_signal(int signal)
{
	(void)signal;
	ends = 1;
}

static bool read_options(int argc, char **argv, struct scan_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "socket", required_argument, NULL, 's' },
		{ "rules", required_argument, NULL, 'r' },
		{ "files", required_argument, NULL, 'i' },
		{ "now", required_argument, NULL, 'n' },
		{ "log", required_argument, NULL, 'J' },
		{ "once", no_argument, NULL, 'o' },
		{ "all", no_argument, NULL, 'a' },
		{ "end", no_argument, NULL, 'e' },
		{ "reason", required_argument, NULL, 'w' },
		{ "no-confinement", no_argument, NULL, 'u' },
		{ "require-confinement", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 's': ret->socket = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'i': ret->files = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'J':
			if (!cli_log(optarg, NULL))
				return false;
			break;
		case 'o': ret->once = true; break;
		case 'a': ret->all = true; break;
		case 'e': ret->end = true; break;
		case 'w': ret->reason = optarg; break;
		case 'u': ret->unfenced = true; break;
		case 'f': ret->demand_fence = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

static const char *fault(const struct scan_options *o)
{
	if (!o->db)
		return "--db is missing";
	if (o->all + o->end + (o->socket != NULL) != 1)
		return "one of --socket, --all and --end is needed";
	if (o->end != (o->reason != NULL))
		return "--end and --reason belong together";
	if (o->unfenced && o->demand_fence)
		return "--no-confinement and --require-confinement contradict each other";
	return NULL;
}

/* ---- one file -------------------------------------------------------------------------------- */

struct scanning {
	struct act act;
	const char *now; /* played; NULL: the line of the service */
	struct clock played;
	struct clamd clamd;
	struct clamd_version version; /* of the last answer               */
	int64_t told_ms;              /* when the database was told of it */
	int away;                     /* questions in a row without answer */
	struct lease lease;           /* of several processes one asks     */
	bool once;                    /* then every file is its row's      */
};

/* The arena and the instant of what comes: entries of the journal go by the line of the server. */
static bool begin(struct scanning *s, struct arena *a, struct err *e)
{
	struct clock_reading reading;
	s->act.arena = a;
	if (s->now) {
		s->act.now_ms = clock_now(&s->played);
		return true;
	}
	service_clock_read(&reading);
	return service_clock_instant(s->act.db, &reading, &s->act.now_ms, e);
}

static bool settle(struct scanning *s, const struct scan_file *f, enum clamd_verdict verdict,
		   const char *found, struct err *e)
{
	/* by the row alone: a scanner may take longer than the lease lasts */
	db_fence(s->act.db, NULL, 0);
	static const char *const problem[] = {
		[CLAMD_TOO_LARGE] = "too_large", [CLAMD_FAILED] = "failed", [CLAMD_AWAY] = "away"
	};
	const struct scanner scanner = { s->version.engine, s->version.signatures };
	if (verdict == CLAMD_CLEAN || verdict == CLAMD_FOUND)
		return scan_settle(&s->act, f, &scanner, found, e);
	log_warn("file %lld, attempt %d: %s", (long long)f->id, f->attempts, problem[verdict]);
	return scan_fail(&s->act, f, problem[verdict], e);
}

/* `ret_goes`: there may be another one. */
static bool look_at_one(struct scanning *s, bool *ret_goes, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct scan_file f = { 0 };
	char found[CLAMD_NAME_SIZE];
	if (!begin(s, a, e) || !scan_claim(&s->act, &f, ret_goes, e))
		return false;
	if (!*ret_goes)
		return true;
	const enum clamd_verdict verdict = clamd_scan(&s->clamd, f.bytes, f.size, found);
	*ret_goes = verdict != CLAMD_AWAY;
	return begin(s, a, e) && settle(s, &f, verdict, found, e);
}

static bool is_mine(struct scanning *s, bool *ret, struct err *e)
{
	*ret = true;
	return s->once || lease_keep(s->act.db, &s->lease, ret, e);
}

static bool look_at_due(struct scanning *s, struct err *e)
{
	bool goes = true;
	bool mine = true;
	while (goes && !ends) {
		if (!is_mine(s, &mine, e))
			return false;
		if (!mine)
			return true;
		if (!look_at_one(s, &goes, e))
			return false;
	}
	return true;
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* Not at each look: it is a commit. */
static bool tell(struct scanning *s, const struct clamd_version *v, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct scanner scanner = { v->engine, v->signatures };
	const int64_t now_ms = clock_monotonic_ms();
	const bool same = s->told_ms && strcmp(v->engine, s->version.engine) == 0 &&
			  strcmp(v->signatures, s->version.signatures) == 0;
	if (same && now_ms - s->told_ms < TELL_MS)
		return true;
	if (!begin(s, a, e) || !scan_answered(&s->act, &scanner, e))
		return false;
	if (!same)
		log_info("scanning by %s, signatures %s", v->engine,
			 *v->signatures ? v->signatures : "unknown");
	s->version = *v;
	s->told_ms = now_ms;
	return true;
}

static bool look(struct scanning *s, struct err *e)
{
	struct clamd_version v;
	bool mine = false;
	if (!is_mine(s, &mine, e))
		return false;
	if (!mine)
		return true;
	if (!clamd_version(&s->clamd, &v)) {
		s->told_ms = 0; /* tell the database as soon as it is back */
		s->away++;
		return err_set(e, ERR_SYSTEM, "error.system", "the scanner does not answer");
	}
	s->away = 0;
	return tell(s, &v, e) && look_at_due(s, e);
}

static void rest(const struct scanning *s)
{
	int64_t ms = LOOK_MS;
	for (int i = 1; i < s->away && ms < AWAY_MOST_MS; i++)
		ms *= 2;
	ms = ms < AWAY_MOST_MS ? ms : AWAY_MOST_MS;
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };
	(void)nanosleep(&pause, NULL);
}

static bool work(struct scanning *s, struct err *e)
{
	const bool once = s->once;
	do {
		struct err why = { 0 };
		const bool fine = look(s, &why);
		if (!fine && once) {
			*e = why;
			return false;
		}
		if (!fine && lease_was_lost(&s->lease, &why))
			log_info("another process asks the scanner now");
		else if (!fine && s->away <= 1) /* the first time of an absence */
			log_failure("scan", &why);
		err_clear(&why);
		if (!once && !ends)
			rest(s);
	} while (!once && !ends);
	lease_give(s->act.db, &s->lease);
	return true;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool say_all(const struct act *act, struct err *e)
{
	int64_t count = 0;
	if (!scan_again(act, &count, e))
		return false;
	printf("%lld files are looked at again.\n", (long long)count);
	return true;
}

static bool say_end(const struct act *act, const char *reason, struct err *e)
{
	if (!scan_end(act, reason, e))
		return false;
	puts("No file is held back any more; the next answer of a scanner begins it anew.");
	return true;
}

static bool start(const struct scan_options *o, struct scanning *s, struct err *e)
{
	const struct fence_options fence = { .db = o->db,
					     .rules = o->rules,
					     .store = s->act.place ? s->act.place->store : NULL,
					     .scanner = true,
					     .none = o->unfenced || CLI_SANITIZED,
					     .demand = o->demand_fence };
	s->clamd = (struct clamd){ o->socket, CLAMD_TIMEOUT_MS };
	return cli_fence(&fence, e) && work(s, e);
}

static bool run(const struct scan_options *o, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(file_place_close) struct file_place place = { 0 };
	struct law_book *book = NULL;
	struct scanning s = { .now = o->now, .lease = lease_of("scan"), .once = o->once };
	bool playing = false;
	if (!cli_open_db(o->db, &db, e) || !db_wait_most(db, LOCK_WAIT_MS, e) ||
	    !db_answer_most(db, ANSWER_MS, e) || !database_is_demonstration(db, &playing, e))
		return false;
	if (o->now && !playing)
		return err_set(e, ERR_INPUT, "error.time",
			       "--now is for demonstration databases only");
	if (!cli_open_law(o->rules, db, a, &book, e) || !cli_clock(o->now, &s.played, e))
		return false;
	if (o->files && !file_place_open(db, o->files, &place, e))
		return false;
	s.act = (struct act){ .db = db, .book = book, .place = o->files ? &place : NULL };
	if (!begin(&s, a, e))
		return false;
	if (o->all)
		return say_all(&s.act, e);
	return o->end ? say_end(&s.act, o->reason, e) : start(o, &s, e);
}

int cli_scan(int argc, char **argv)
{
	struct scan_options o = { 0 };
	struct err e = { 0 };
	const struct sigaction end = { .sa_handler = on_signal };
	if (!read_options(argc, argv, &o))
		return cli_usage("scan", "unknown option");
	const char *why = fault(&o);
	if (why)
		return cli_usage("scan", why);
	if (sigaction(SIGTERM, &end, NULL) != 0 || sigaction(SIGINT, &end, NULL) != 0)
		return CLI_FAILED;
	return run(&o, &e) ? CLI_OK : cli_failed("scan", &e);
}

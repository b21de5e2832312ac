/* video.c - konkurs video: sound and picture between pages and Janus, their records and what
 * becomes of them (docs/video.md, "The process").
 *
 * A process of its own: the server waits for no Janus and follows no files, and what a film's
 * programs are made to do by a hostile record happens behind a fence of its own. */
#include "cli/video.h"

#include "cli/fence.h"

#include "app/access/session.h"
#include "app/lease.h"
#include "app/sitting/service_clock.h"
#include "base/log.h"
#include "db/copy.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum {
	LOCK_WAIT_MS = 2000,   /* the server's turns are short */
	ANSWER_MS = 10000,     /* a statement; a transaction that stands still ends */
	VIDEO_DEAD_MS = 15000, /* films may take a while between two beats */
	STANDBY_MS = 500,      /* how often one of several looks whether it is its turn */
	SECOND_MS = 1000,
	JUDGE_MS = 500,
	TELL_MS = 1000,
	SEGMENT_S = 60,
	SEGMENT_MOST_S = 600,
	EVENTS_MOST = 256, /* of one turn */
	SECRET_SIZE = 128,
};

struct video_options {
	const char *db, *janus, *secrets, *records, *rules, *now, *segment;
	bool once, unfenced, demand_fence;
};

static volatile sig_atomic_t ends; /* set by a signal: the one way out of the loop */

static void on_signal(int signal)
{
	(void)signal;
	ends = 1;
}

static bool read_options(int argc, char **argv, struct video_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "janus", required_argument, NULL, 'j' },
		{ "janus-secrets", required_argument, NULL, 's' },
		{ "records", required_argument, NULL, 'r' },
		{ "segment", required_argument, NULL, 'g' },
		{ "rules", required_argument, NULL, 'l' },
		{ "now", required_argument, NULL, 'n' },
		{ "log", required_argument, NULL, 'J' },
		{ "once", no_argument, NULL, 'o' },
		{ "no-confinement", no_argument, NULL, 'u' },
		{ "require-confinement", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'j': ret->janus = optarg; break;
		case 's': ret->secrets = optarg; break;
		case 'r': ret->records = optarg; break;
		case 'g': ret->segment = optarg; break;
		case 'l': ret->rules = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'J':
			if (!cli_log(optarg, NULL))
				return false;
			break;
		case 'o': ret->once = true; break;
		case 'u': ret->unfenced = true; break;
		case 'f': ret->demand_fence = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

/* The door on the loopback alone: 0 for anything else. */
static uint16_t port_of(const char *url)
{
	static const char *const doors[] = { "http://127.0.0.1:", "http://[::1]:" };
	for (size_t i = 0; i < COUNT(doors); i++) {
		const size_t size = strlen(doors[i]);
		char *end = NULL;
		if (strncmp(url, doors[i], size) != 0)
			continue;
		const long port = strtol(url + size, &end, 10);
		return (*end == '/' || !*end) && port > 0 && port <= UINT16_MAX ? (uint16_t)port
										: 0;
	}
	return 0;
}

/* 0: no such length. */
static int64_t segment_of(const struct video_options *o)
{
	char *end = NULL;
	const long seconds = o->segment ? strtol(o->segment, &end, 10) : SEGMENT_S;
	return (end && *end) || seconds < 1 || seconds > SEGMENT_MOST_S ? 0 : seconds * SECOND_MS;
}

static const char *fault(const struct video_options *o)
{
	if (!o->db || !o->janus || !o->secrets || !o->records)
		return "--db, --janus, --janus-secrets and --records are needed";
	if (port_of(o->janus) == 0)
		return "--janus is http://127.0.0.1:PORT/...: its door is on this machine alone";
	if (segment_of(o) == 0)
		return "--segment is a number of seconds from 1 to 600";
	if (o->unfenced && o->demand_fence)
		return "--no-confinement and --require-confinement contradict each other";
	return NULL;
}

/* ---- the parts of a turn ------------------------------------------------------------------- */

bool desk_begin(struct desk *d, struct err *e)
{
	struct clock_reading reading;
	if (d->now) {
		d->act.now_ms = clock_now(&d->played);
		return true;
	}
	service_clock_read(&reading);
	return service_clock_instant(d->act.db, &reading, &d->act.now_ms, e);
}

bool desk_is_away(const struct err *e)
{
	return strcmp(e->key, "video.error.away") == 0;
}

static bool all_down(struct desk *d, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(d->act.db, &tx, e))
		return false;
	for (size_t i = 0; i < d->line_count; i++) {
		if (!video_line_down(&d->act, d->lines[i].id, "away", e))
			return false;
	}
	return db_commit(&tx, e);
}

/* Rows that cannot be written now are put right by desk_rows(): a line that is not here is down. */
void desk_lose(struct desk *d)
{
	struct err e = { 0 };
	janus_close(d->janus);
	d->janus = NULL;
	desk_stop(d, 0, "lost");
	if (!all_down(d, &e) || !desk_away(d, true, &e) || !desk_tell(d, &e))
		log_failure("video", &e);
	d->line_count = d->room_count = d->due_count = 0;
	d->opened_at = clock_monotonic_ms();
}

/* Once a second; what it says the first time of an absence goes into the log. */
static bool open_janus(struct desk *d, struct err *e)
{
	struct err why = { 0 };
	const int64_t now = clock_monotonic_ms();
	const bool first = d->opened_at == 0;
	if (!first && now - d->opened_at < SECOND_MS)
		return true;
	d->opened_at = now;
	if (!janus_open(&d->server, &d->janus, &why)) {
		d->janus = NULL;
		if (first)
			log_failure("video", &why);
		return true;
	}
	log_info("Janus is there");
	d->dirty = true;
	return desk_end_rooms(d, e) && desk_away(d, false, e) && desk_tell(d, e);
}

static void rest(void)
{
	const struct timespec tick = { 0, DESK_TICK_MS * 1000000L };
	(void)nanosleep(&tick, NULL);
}

static bool hear(struct desk *d, struct err *e)
{
	struct janus_event event = { 0 };
	bool there = true;
	if (!d->janus) {
		rest();
		return desk_begin(d, e) && open_janus(d, e);
	}
	for (int i = 0; there && i < EVENTS_MOST; i++) {
		if (!janus_wait(d->janus, i == 0 ? DESK_TICK_MS : 0, &event, &there, e) ||
		    !desk_begin(d, e) || (there && !desk_hear(d, &event, e)))
			return false;
	}
	return true;
}

/* Reading all that waits is for when somebody has written; the engine knows. */
static bool rows(struct desk *d, struct err *e)
{
	int64_t version = 0;
	if (!d->janus)
		return true;
	if (!db_version(d->act.db, &version, e))
		return false;
	if (version == d->version && !d->dirty)
		return true;
	d->dirty = false;
	if (!desk_rows(d, e)) {
		d->dirty = true;
		return false;
	}
	d->version = version;
	return true;
}

bool desk_is_time(int64_t *at, int64_t every_ms)
{
	const int64_t now = clock_monotonic_ms();
	if (*at != 0 && now - *at < every_ms)
		return false;
	*at = now;
	return true;
}

/* Pages that have gone silent write nothing that would have their rows read.  What the server made
 * of a silence of ours (video_missed()) is over. */
static bool tell(struct desk *d, struct err *e)
{
	d->dirty = true;
	return desk_tell(d, e) && (!d->janus || desk_away(d, false, e));
}

static bool turn(struct desk *d, struct err *e)
{
	return hear(d, e) && rows(d, e) &&
	       (!desk_is_time(&d->looked_at, SECOND_MS) || desk_look(d, e)) && desk_settle(d, e) &&
	       (!desk_is_time(&d->judged_at, JUDGE_MS) || desk_judge(d, e)) &&
	       (!desk_is_time(&d->told_at, TELL_MS) || tell(d, e)) && desk_film_step(d, e) &&
	       (!desk_is_time(&d->swept_at, DESK_SWEEP_MS) || desk_sweep(d, e));
}

/* Of several processes one carries: the others stand by.  What was taken over ends altogether, as
 * nothing that it remembers is so any more; whoever started it starts it again, to stand by. */
static bool begin_turn(struct desk *d, bool once, struct err *e)
{
	bool mine = true;
	if (once)
		return true;
	const bool had = d->lease.epoch != 0;
	if (!lease_keep(d->act.db, &d->lease, &mine, e))
		return false;
	return mine || !had ||
	       err_set(e, ERR_BUSY, "error.lease", "another process has taken over");
}

/* One process for a folder, so that the next one after kill -9 need not wait for its lease.  The
 * lock goes with the process.  Before the fence, which knows no such call. */
static bool lock_records(const struct desk *d, struct err *e)
{
	const struct timespec pause = { 0, STANDBY_MS * 1000000L };
	const int fd = open(d->records, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "--records: %s", strerror(errno));
	while (!ends && flock(fd, LOCK_EX | LOCK_NB) != 0)
		(void)nanosleep(&pause, NULL);
	return true; /* the descriptor stays open */
}

/* Another machine records.  What this one has recorded before is put in order all the same. */
static bool keep(struct desk *d, bool *found, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	d->act.arena = a;
	return desk_keep(d, found, e);
}

static bool stand_by(struct desk *d, struct err *e)
{
	const struct timespec pause = { 0, STANDBY_MS * 1000000L };
	char told[sizeof(e->key)] = "";
	bool said = false;
	bool found = false;
	bool mine = false;
	while (!ends && !mine) {
		struct err why = { 0 };
		if (!lease_keep(d->act.db, &d->lease, &mine, e))
			return false;
		if (mine)
			break;
		if (!said)
			log_info("another process records; this one stands by");
		said = true;
		if (!keep(d, &found, &why) && strcmp(told, why.key) != 0) {
			log_failure("video", &why);
			(void)snprintf(told, sizeof(told), "%s", why.key);
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/* What a failure of the database or of a file has left undone, the next turn does. */
static bool work(struct desk *d, bool once, struct err *e)
{
	char told[sizeof(e->key)] = "";
	do {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct err why = { 0 };
		d->act.arena = a;
		if (!begin_turn(d, once, &why) || !turn(d, &why)) {
			if (lease_was_lost(&d->lease, &why)) {
				*e = why;
				return false;
			}
			if (strcmp(told, why.key) != 0)
				log_failure("video", &why);
			(void)snprintf(told, sizeof(told), "%s", why.key);
			if (d->janus && desk_is_away(&why))
				desk_lose(d);
			else
				rest();
			d->dirty = true;
		} else {
			told[0] = '\0';
		}
		if (once && why.kind != ERR_NONE) {
			*e = why;
			return false;
		}
	} while (!once && !ends);
	return true;
}

/* ---- the command --------------------------------------------------------------------------- */

static bool read_secrets(const char *file, char api[SECRET_SIZE], char admin[SECRET_SIZE],
			 struct err *e)
{
	FILE *f = fopen(file, "re");
	bool ok = false;
	if (f) {
		ok = fgets(api, SECRET_SIZE, f) && fgets(admin, SECRET_SIZE, f);
		(void)fclose(f);
	}
	if (!ok)
		return err_set(e, ERR_SYSTEM, "error.system",
			       "--janus-secrets: two lines of a file");
	api[strcspn(api, "\r\n")] = '\0';
	admin[strcspn(admin, "\r\n")] = '\0';
	return true;
}

static bool open_records(const char *folder, char real[PATH_MAX], struct err *e)
{
	assert(folder); /* fault() has looked */
	if ((mkdir(folder, 0770) == 0 || errno == EEXIST) && realpath(folder, real))
		return true;
	return err_set(e, ERR_SYSTEM, "error.system", "--records: %s", strerror(errno));
}

static bool fence(const struct video_options *o, const struct desk *d, struct err *e)
{
	static const char *const programs[] = { "janus-pp-rec", "ffmpeg", "ffprobe", NULL };
	const struct fence_options fence = { .db = o->db,
					     .rules = o->rules,
					     .records = d->records,
					     .programs = programs,
					     .port = port_of(o->janus),
					     .none = o->unfenced || CLI_SANITIZED,
					     .demand = o->demand_fence };
	return cli_fence(&fence, e);
}

/* Before the first turn: what is on disk is put right, whether or not Janus is there. */
static bool start(struct desk *d, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	d->act.arena = a;
	return desk_begin(d, e) && desk_mark(d, e) && desk_tell(d, e) && open_janus(d, e) &&
	       desk_find(d, e) && desk_tell(d, e);
}

/* Never by one that was told to end while it stood by: its turn would end the lines of the leader.
 */
static bool lead(const struct video_options *o, struct desk *d, struct err *e)
{
	d->leads = true;
	return start(d, e) && work(d, o->once, e);
}

static void stop(struct desk *d)
{
	desk_film_close(d);
	janus_close(d->janus);
	for (size_t i = 0; i < d->take_count; i++) {
		follow_cleanup(&d->takes[i].sound.follow);
		follow_cleanup(&d->takes[i].picture.follow);
	}
}

static bool run(const struct video_options *o, struct desk *d, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	char records[PATH_MAX], api[SECRET_SIZE], admin[SECRET_SIZE];
	bool playing = false;
	if (!cli_open_db(o->db, &db, e) || !db_wait_most(db, LOCK_WAIT_MS, e) ||
	    !db_answer_most(db, ANSWER_MS, e) || !database_is_demonstration(db, &playing, e))
		return false;
	if (o->now && !playing)
		return err_set(e, ERR_INPUT, "error.time",
			       "--now is for demonstration databases only");
	if (!cli_open_law(o->rules, db, a, &book, e) || !cli_clock(o->now, &d->played, e) ||
	    !read_secrets(o->secrets, api, admin, e) || !open_records(o->records, records, e))
		return false;
	d->act = (struct act){ .db = db, .book = book };
	d->now = o->now;
	d->lease = lease_of_place("video", records);
	d->lease.dead_ms = VIDEO_DEAD_MS;
	d->records = records;
	d->segment_ms = segment_of(o);
	d->server = (struct janus_server){ o->janus, api, admin };
	const bool ok = (o->once || lock_records(d, e)) && fence(o, d, e) && desk_film_open(d, e) &&
			(o->once || stand_by(d, e)) && (ends || lead(o, d, e));
	stop(d);
	lease_give(db, &d->lease);
	return ok;
}

int cli_video(int argc, char **argv)
{
	struct desk *desk = NULL; /* large */
	struct video_options o = { 0 };
	struct err e = { 0 };
	const struct sigaction end = { .sa_handler = on_signal };
	if (!read_options(argc, argv, &o))
		return cli_usage("video", "unknown option");
	const char *why = fault(&o);
	if (why)
		return cli_usage("video", why);
	if (sigaction(SIGTERM, &end, NULL) != 0 || sigaction(SIGINT, &end, NULL) != 0 ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return CLI_FAILED;
	desk = calloc(1, sizeof(*desk));
	const bool ok =
		desk ? run(&o, desk, &e) : err_set(&e, ERR_SYSTEM, "error.system", "out of memory");
	free(desk);
	return ok ? CLI_OK : cli_failed("video", &e);
}

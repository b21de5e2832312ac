/* `konkurs video` against a real Janus, without a browser: rooms, lines, a Janus that is killed,
 * what a crash has left, what an act has destroyed (R28-3, F68 to F71). usage: video_test SCRIPT
 * OFFER MATERIAL */
#include "../video/janus_made.h"
#include "hall.h"

#include "app/video/line.h"
#include "app/video/work.h"
#include "video/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e, const char *call)
{
	if (!ok)
		fail_msg("%s: %s %s", call, e->key, e->detail);
}
#define MUST(call) must((call), &e, #call)

enum { WAIT_MS = 20000, NAP_MS = 50 };

static const char *script, *offer_file, *material;
static struct janus_made server;

struct desk {
	struct harness *h;
	struct hall hall;
	int64_t room, camera;
	char folder[64], db[96], records[96], secrets[96], log[96];
	pid_t pid;
};

/* ---- the process --------------------------------------------------------------------------- */

static void run(struct desk *d)
{
	char *const words[] = { (char[]){ KONKURS_PROGRAM },
				(char[]){ "video" },
				(char[]){ "--db" },
				d->db,
				(char[]){ "--janus" },
				server.url,
				(char[]){ "--janus-secrets" },
				d->secrets,
				(char[]){ "--records" },
				d->records,
				NULL };
	d->pid = fork();
	assert_true(d->pid >= 0);
	if (d->pid > 0)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	const int to = open(d->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (to < 0 || dup2(to, STDOUT_FILENO) < 0 || dup2(to, STDERR_FILENO) < 0)
		_exit(126);
	(void)execv(words[0], words);
	_exit(127);
}

static int end(struct desk *d, int how)
{
	int status = 0;
	if (d->pid <= 0)
		return 0;
	assert_int_equal(kill(d->pid, how), 0);
	while (waitpid(d->pid, &status, 0) < 0 && errno == EINTR) {
	}
	d->pid = 0;
	return status;
}

/* Rows as they are, until they are so, or the test fails. */
static void until(struct desk *d, const char *why, bool (*so)(struct desk *d))
{
	const struct timespec step = { 0, NAP_MS * 1000000L };
	for (int ms = 0; ms < WAIT_MS; ms += NAP_MS) {
		if (so(d))
			return;
		(void)nanosleep(&step, NULL);
	}
	FILE *f = fopen(d->log, "r");
	char line[256];
	while (f && fgets(line, sizeof(line), f))
		print_message("# %s", line);
	if (f)
		(void)fclose(f);
	fail_msg("%s: not in %d ms", why, WAIT_MS);
}

/* ---- the database -------------------------------------------------------------------------- */

static struct act system_act(const struct desk *d)
{
	return harness_act(d->h, 0);
}

static const char *word_of(struct desk *d, json_t *rows)
{
	(void)d;
	return row_text(json_array_get(rows, 0), "word");
}

#define WORD(d, sql, ...)                                                                          \
	word_of(d, db_rows((d)->h->site.db, (d)->h->arena, NULL, sql, __VA_ARGS__))

static const char *room_state(struct desk *d)
{
	return WORD(d, "SELECT state AS word FROM video_room WHERE id = $1", db_int(d->room));
}

static bool room_is_open(struct desk *d)
{
	return strcmp(room_state(d), "open") == 0;
}

static bool room_is_closed(struct desk *d)
{
	return strcmp(room_state(d), "closed") == 0;
}

static bool is_alive(struct desk *d)
{
	const struct act act = system_act(d);
	struct video_service s = { 0 };
	struct err e = { 0 };
	MUST(video_service_of(&act, &s, &e));
	return s.alive;
}

static bool is_away(struct desk *d)
{
	const struct act act = system_act(d);
	struct video_service s = { 0 };
	struct err e = { 0 };
	MUST(video_service_of(&act, &s, &e));
	return strcmp(s.problem, "away") == 0;
}

static int64_t incidents(struct desk *d, const char *kind, bool lasting)
{
	struct err e = { 0 };
	int64_t count = 0;
	MUST(db_number(d->h->site.db, &e, &count,
		       "SELECT COUNT(*) FROM video_incident WHERE kind = $1"
		       " AND ($2 = 0 OR until_ms IS NULL)",
		       db_text(kind), db_int(lasting)));
	return count;
}

static bool lost(struct desk *d)
{
	return incidents(d, "lost", true) == 1;
}

static bool away_begins(struct desk *d)
{
	return incidents(d, "away", true) == 1;
}

static bool away_is_over(struct desk *d)
{
	return incidents(d, "away", false) == 1 && incidents(d, "away", true) == 0;
}

static bool line_is(struct desk *d, const char *state)
{
	return strcmp(WORD(d, "SELECT state AS word FROM video_line ORDER BY id DESC LIMIT $1",
			   db_int(1)),
		      state) == 0;
}

static bool line_is_told(struct desk *d)
{
	return line_is(d, "told");
}

static bool line_is_down(struct desk *d)
{
	return line_is(d, "down");
}

static bool segment_is_checked(struct desk *d)
{
	return strcmp(WORD(d, "SELECT state AS word FROM video_segment ORDER BY id LIMIT $1",
			   db_int(1)),
		      "checked") == 0;
}

/* ---- before and after ---------------------------------------------------------------------- */

static struct desk *opened(void)
{
	struct desk *d = calloc(1, sizeof(*d));
	struct video_source s = { 0 };
	struct err e = { 0 };
	assert_non_null(d);
	(void)snprintf(d->folder, sizeof(d->folder), "/tmp/konkurs-desk-XXXXXX");
	assert_non_null(mkdtemp(d->folder));
	(void)snprintf(d->db, sizeof(d->db), "%s/konkurs.db", d->folder);
	(void)snprintf(d->records, sizeof(d->records), "%s/records", d->folder);
	(void)snprintf(d->log, sizeof(d->log), "%s/log", d->folder);
	(void)snprintf(d->secrets, sizeof(d->secrets), "%s/secrets", server.folder);
	d->h = harness_open_file(d->db);
	d->hall = hall_open(d->h);
	d->h->site.clock = clock_real(); /* the process has its own: that of the machine */
	const struct act act = system_act(d);
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	MUST(video_room_want(&act, d->hall.sitting, 0, "hall", &d->room, &e));
	MUST(video_source_want(&act, d->room, "hall", 1, &s, &e));
	d->camera = s.id;
	return d;
}

static int forget(const char *path, const struct stat *is, int what, struct FTW *at)
{
	(void)is;
	(void)what;
	(void)at;
	return remove(path);
}

static void closed(struct desk *d)
{
	(void)end(d, SIGKILL);
	harness_close(d->h);
	assert_int_equal(nftw(d->folder, forget, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(d);
}

static const char *offer(struct desk *d)
{
	char *text = arena_alloc(d->h->arena, VIDEO_SDP_MOST);
	FILE *f = fopen(offer_file, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, VIDEO_SDP_MOST - 1, f) > 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void send_offer(struct desk *d)
{
	struct act act = hall_operator(&d->hall);
	struct err e = { 0 };
	int64_t line = 0;
	MUST(video_line_send(&act, d->camera, offer(d), &line, &e));
}

/* ---- tests --------------------------------------------------------------------------------- */

static void a_room_and_a_line_are_made_and_ended(void **state)
{
	struct desk *d = opened();
	struct act act = system_act(d);
	struct err e = { 0 };
	(void)state;
	run(d);
	until(d, "the room", room_is_open);
	assert_true(is_alive(d));
	send_offer(d);
	until(d, "an answer", line_is_told);
	const char *answer = WORD(d, "SELECT answer AS word FROM video_line LIMIT $1", db_int(1));
	assert_non_null(strstr(answer, "a=candidate:"));
	assert_non_null(strstr(answer, "a=recvonly"));
	MUST(video_room_leave(&act, d->hall.sitting, 0, &e));
	until(d, "the end of the room", room_is_closed);
	assert_int_equal(stage_journalled(d->h, "video.closed"), 1);
	assert_int_equal(end(d, SIGTERM), 0);
	closed(d);
}

/* What Janus refuses brings the line down, and nothing else. */
static void an_offer_that_is_none_is_refused(void **state)
{
	struct desk *d = opened();
	struct act act = hall_operator(&d->hall);
	struct err e = { 0 };
	int64_t line = 0;
	(void)state;
	run(d);
	until(d, "the room", room_is_open);
	MUST(video_line_send(&act, d->camera, "v=0\r\na=fingerprint:sha-256 AA\r\nm=nothing\r\n",
			     &line, &e));
	until(d, "the refusal", line_is_down);
	assert_string_equal(WORD(d, "SELECT problem AS word FROM video_line LIMIT $1", db_int(1)),
			    "refused");
	send_offer(d);
	until(d, "an answer to the next", line_is_told);
	closed(d);
}

/* The board knows: the camera that is due, then Janus, which is killed, and that it is back. */
static void janus_is_killed_and_comes_back(void **state)
{
	struct desk *d = opened();
	(void)state;
	run(d);
	until(d, "the room", room_is_open);
	assert_int_equal(incidents(d, "lost", false), 0);
	hall_start(&d->hall);
	until(d, "the camera that is not there", lost);
	send_offer(d);
	until(d, "an answer", line_is_told);
	janus_made_kill(&server, SIGKILL);
	until(d, "it says that Janus is away", is_away);
	until(d, "the incident", away_begins);
	assert_string_equal(WORD(d, "SELECT problem AS word FROM video_line LIMIT $1", db_int(1)),
			    "away");
	janus_made_run(script, &server);
	until(d, "it is alive", is_alive);
	until(d, "the incident is over", away_is_over);
	send_offer(d);
	until(d, "the room is there again: an answer", line_is_told);
	assert_int_equal(stage_journalled(d->h, "video.away"), 1);
	closed(d);
}

/* A page that says nothing any more, and a process that was killed: lines of both are down. */
static void lines_of_nobody_are_down(void **state)
{
	struct desk *d = opened();
	struct err e = { 0 };
	(void)state;
	run(d);
	until(d, "the room", room_is_open);
	send_offer(d);
	until(d, "an answer", line_is_told);
	(void)end(d, SIGKILL);
	run(d);
	until(d, "the line of the one before", line_is_down);
	assert_string_equal(WORD(d, "SELECT problem AS word FROM video_line LIMIT $1", db_int(1)),
			    "away");
	send_offer(d);
	until(d, "an answer", line_is_told);
	MUST(db_exec(d->h->site.db, &e, NULL, "UPDATE video_line SET heard_ms = 1000"));
	until(d, "the silent one", line_is_down);
	assert_string_equal(WORD(d,
				 "SELECT problem AS word FROM video_line ORDER BY id DESC LIMIT $1",
				 db_int(1)),
			    "silent");
	closed(d);
}

static void put(struct desk *d, const char *from, const char *to)
{
	char bytes[4096];
	size_t size = 0;
	FILE *in = fopen(arena_print(d->h->arena, "%s/%s", material, from), "r");
	FILE *out = fopen(arena_print(d->h->arena, "%s/%s", d->records, to), "w");
	assert_true(in && out);
	while ((size = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(in) + fclose(out), 0);
}

static const char *hash_of(struct desk *d, const char *file)
{
	unsigned char hash[FOLLOW_HASH_SIZE];
	struct err e = { 0 };
	int64_t size = 0;
	MUST(follow_whole(d->records, file, &size, hash, &e));
	return act_hex(d->h->arena, hash, sizeof(hash));
}

/* F70: a segment of which the process died: its files are hashed, told, looked at. */
static void what_a_crash_has_left_is_found(void **state)
{
	struct desk *d = opened();
	const struct act act = system_act(d);
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	(void)state;
	MUST(video_segment_begin(&act, "", d->camera, &id, &number, &e));
	const char *base = video_file_base(d->h->arena, d->room, d->camera, number);
	assert_int_equal(mkdir(d->records, 0700), 0);
	assert_int_equal(
		mkdir(arena_print(d->h->arena, "%s/r%lld", d->records, (long long)d->room), 0700),
		0);
	put(d, "sound.mjr", arena_print(d->h->arena, "%s-audio-0.mjr", base));
	put(d, "picture.mjr", arena_print(d->h->arena, "%s-video-1.mjr", base));
	run(d);
	until(d, "the film", segment_is_checked);
	json_t *row = db_row(d->h->site.db, d->h->arena, &e,
			     "SELECT ended, until_ms - from_ms AS length, audio_file, audio_hash,"
			     " video_file, video_hash, film_file, film_hash, film_ms"
			     " FROM video_segment");
	assert_string_equal(row_text(row, "ended"), "found");
	assert_in_range(row_number(row, "length"), 5000, 7000); /* its true end */
	assert_in_range(row_number(row, "film_ms"), 5000, 7000);
	static const char *const piece[][2] = { { "audio_file", "audio_hash" },
						{ "video_file", "video_hash" },
						{ "film_file", "film_hash" } };
	for (size_t i = 0; i < COUNT(piece); i++)
		assert_string_equal(row_text(row, piece[i][1]),
				    hash_of(d, row_text(row, piece[i][0])));
	assert_int_equal(stage_journalled(d->h, "video.segment"), 1);
	assert_int_equal(stage_journalled(d->h, "video.checked"), 1);
	closed(d);
}

static bool file_is_gone(struct desk *d)
{
	return access(arena_print(d->h->arena, "%s/r77/s1-1-audio-0.mjr", d->records), F_OK) != 0;
}

/* Only what is older than the act, of a room that has no row; and never of another installation. */
static void files_that_an_act_has_destroyed_are_removed(void **state)
{
	struct desk *d = opened();
	struct err e = { 0 };
	const struct utimbuf old = { 1000, 1000 };
	(void)state;
	assert_int_equal(mkdir(d->records, 0700), 0);
	assert_int_equal(mkdir(arena_print(d->h->arena, "%s/r77", d->records), 0700), 0);
	put(d, "sound.mjr", "r77/s1-1-audio-0.mjr");
	put(d, "sound.mjr", "r77/s1-2-audio-0.mjr"); /* newer than the act */
	assert_int_equal(
		utime(arena_print(d->h->arena, "%s/r77/s1-1-audio-0.mjr", d->records), &old), 0);
	run(d);
	until(d, "the room", room_is_open);
	assert_false(file_is_gone(d)); /* no act */
	(void)end(d, SIGTERM);
	MUST(db_exec(d->h->site.db, &e, NULL,
		     "INSERT INTO destruction_act (competition_id, number, kept_until, by_id,"
		     " second_id, at_ms, last_seq, seat_events, entries)"
		     " VALUES ($1, '1', 0, $2, $3, 2000000, 1, 0, 0)",
		     db_int(d->hall.stage.competition), db_int(d->hall.operator),
		     db_int(d->hall.second)));
	run(d);
	until(d, "the file", file_is_gone);
	assert_int_equal(
		access(arena_print(d->h->arena, "%s/r77/s1-2-audio-0.mjr", d->records), F_OK), 0);
	closed(d);
}

static int open_server(void **state)
{
	(void)state;
	janus_made_new(script, &server);
	janus_made_run(script, &server);
	return 0;
}

static int close_server(void **state)
{
	(void)state;
	janus_made_kill(&server, SIGKILL);
	janus_made_end(&server);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_room_and_a_line_are_made_and_ended),
		cmocka_unit_test(an_offer_that_is_none_is_refused),
		cmocka_unit_test(janus_is_killed_and_comes_back),
		cmocka_unit_test(lines_of_nobody_are_down),
		cmocka_unit_test(what_a_crash_has_left_is_found),
		cmocka_unit_test(files_that_an_act_has_destroyed_are_removed),
	};
	if (argc < 4)
		return 2;
	script = argv[1];
	offer_file = argv[2];
	material = argv[3];
	return cmocka_run_group_tests(tests, open_server, close_server);
}

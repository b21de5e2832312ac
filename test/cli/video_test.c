/* `konkurs video` against a real Janus, without a browser: rooms, lines, a Janus that is killed,
 * what a crash has left, what an act has destroyed (R28-3, F68 to F71). usage: video_test SCRIPT
 * OFFER MATERIAL */
#include "video_desk.h"

#include "app/video/line.h"
#include "app/video/work.h"
#include "video/follow.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <cmocka.h>

static struct janus_made server;

static bool room_is_closed(struct desk *d)
{
	return strcmp(WORD(d, "SELECT state AS word FROM video_room WHERE id = $1",
			   db_int(d->room)),
		      "closed") == 0;
}

static bool is_alive(struct desk *d)
{
	const struct act act = desk_act(d);
	struct video_service s = { 0 };
	struct err e = { 0 };
	MUST(video_service_of(&act, &s, &e));
	return s.alive;
}

static bool is_away(struct desk *d)
{
	const struct act act = desk_act(d);
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
/* ---- tests --------------------------------------------------------------------------------- */

static void a_room_and_a_line_are_made_and_ended(void **state)
{
	struct desk *d = desk_open(&server, NULL);
	struct act act = desk_act(d);
	struct err e = { 0 };
	(void)state;
	desk_run(d);
	desk_until(d, "the room", desk_room_is_open);
	assert_true(is_alive(d));
	desk_send_offer(d);
	desk_until(d, "an answer", desk_line_is_told);
	const char *answer = WORD(d, "SELECT answer AS word FROM video_line LIMIT $1", db_int(1));
	assert_non_null(strstr(answer, "a=candidate:"));
	assert_non_null(strstr(answer, "a=recvonly"));
	MUST(video_room_leave(&act, d->hall.sitting, 0, &e));
	desk_until(d, "the end of the room", room_is_closed);
	assert_int_equal(stage_journalled(d->h, "video.closed"), 1);
	assert_int_equal(desk_end(&d->pid, SIGTERM), 0);
	desk_close(d);
}

/* What Janus refuses brings the line down, and nothing else. */
static void an_offer_that_is_none_is_refused(void **state)
{
	struct desk *d = desk_open(&server, NULL);
	struct act act = hall_operator(&d->hall);
	struct err e = { 0 };
	int64_t line = 0;
	(void)state;
	desk_run(d);
	desk_until(d, "the room", desk_room_is_open);
	MUST(video_line_send(&act, d->camera, "v=0\r\na=fingerprint:sha-256 AA\r\nm=nothing\r\n",
			     &line, &e));
	desk_until(d, "the refusal", desk_line_is_down);
	assert_string_equal(WORD(d, "SELECT problem AS word FROM video_line LIMIT $1", db_int(1)),
			    "refused");
	desk_send_offer(d);
	desk_until(d, "an answer to the next", desk_line_is_told);
	desk_close(d);
}

/* The board knows: the camera that is due, then Janus, which is killed, and that it is back. */
static void janus_is_killed_and_comes_back(void **state)
{
	struct desk *d = desk_open(&server, NULL);
	(void)state;
	desk_run(d);
	desk_until(d, "the room", desk_room_is_open);
	assert_int_equal(incidents(d, "lost", false), 0);
	hall_start(&d->hall);
	desk_until(d, "the camera that is not there", lost);
	desk_send_offer(d);
	desk_until(d, "an answer", desk_line_is_told);
	janus_made_kill(&server, SIGKILL);
	desk_until(d, "it says that Janus is away", is_away);
	desk_until(d, "the incident", away_begins);
	assert_string_equal(WORD(d, "SELECT problem AS word FROM video_line LIMIT $1", db_int(1)),
			    "away");
	janus_made_run(desk_words.script, &server);
	desk_until(d, "it is alive", is_alive);
	desk_until(d, "the incident is over", away_is_over);
	desk_send_offer(d);
	desk_until(d, "the room is there again: an answer", desk_line_is_told);
	assert_int_equal(stage_journalled(d->h, "video.away"), 1);
	desk_close(d);
}

/* A page that says nothing any more, and a process that was killed: lines of both are down. */
static void lines_of_nobody_are_down(void **state)
{
	struct desk *d = desk_open(&server, NULL);
	struct err e = { 0 };
	(void)state;
	desk_run(d);
	desk_until(d, "the room", desk_room_is_open);
	desk_send_offer(d);
	desk_until(d, "an answer", desk_line_is_told);
	(void)desk_end(&d->pid, SIGKILL);
	desk_run(d);
	desk_until(d, "the line of the one before", desk_line_is_down);
	assert_string_equal(WORD(d, "SELECT problem AS word FROM video_line LIMIT $1", db_int(1)),
			    "away");
	desk_send_offer(d);
	desk_until(d, "an answer", desk_line_is_told);
	MUST(db_exec(d->h->site.db, &e, NULL, "UPDATE video_line SET heard_ms = 1000"));
	desk_until(d, "the silent one", desk_line_is_down);
	assert_string_equal(WORD(d,
				 "SELECT problem AS word FROM video_line ORDER BY id DESC LIMIT $1",
				 db_int(1)),
			    "silent");
	desk_close(d);
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
	struct desk *d = desk_open(&server, NULL);
	const struct act act = desk_act(d);
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
	desk_put(d, "sound.mjr", arena_print(d->h->arena, "%s-audio-0.mjr", base));
	desk_put(d, "picture.mjr", arena_print(d->h->arena, "%s-video-1.mjr", base));
	desk_run(d);
	desk_until(d, "the film", desk_segment_is_checked);
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
	desk_close(d);
}

static bool file_is_gone(struct desk *d)
{
	return access(arena_print(d->h->arena, "%s/r77/s1-1-audio-0.mjr", d->records), F_OK) != 0;
}

/* Only what is older than the act, of a room that has no row; and never of another installation. */
static void files_that_an_act_has_destroyed_are_removed(void **state)
{
	struct desk *d = desk_open(&server, NULL);
	struct err e = { 0 };
	const struct utimbuf old = { 1000, 1000 };
	(void)state;
	assert_int_equal(mkdir(d->records, 0700), 0);
	assert_int_equal(mkdir(arena_print(d->h->arena, "%s/r77", d->records), 0700), 0);
	desk_put(d, "sound.mjr", "r77/s1-1-audio-0.mjr");
	desk_put(d, "sound.mjr", "r77/s1-2-audio-0.mjr"); /* newer than the act */
	assert_int_equal(
		utime(arena_print(d->h->arena, "%s/r77/s1-1-audio-0.mjr", d->records), &old), 0);
	desk_run(d);
	desk_until(d, "the room", desk_room_is_open);
	assert_false(file_is_gone(d)); /* no act */
	(void)desk_end(&d->pid, SIGTERM);
	MUST(db_exec(d->h->site.db, &e, NULL,
		     "INSERT INTO destruction_act (competition_id, number, kept_until, by_id,"
		     " second_id, at_ms, last_seq, seat_events, entries)"
		     " VALUES ($1, '1', 0, $2, $3, 2000000, 1, 0, 0)",
		     db_int(d->hall.stage.competition), db_int(d->hall.operator),
		     db_int(d->hall.second)));
	desk_run(d);
	desk_until(d, "the file", file_is_gone);
	assert_int_equal(
		access(arena_print(d->h->arena, "%s/r77/s1-2-audio-0.mjr", d->records), F_OK), 0);
	desk_close(d);
}

static int open_server(void **state)
{
	(void)state;
	janus_made_new(desk_words.script, &server);
	janus_made_run(desk_words.script, &server);
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
	desk_words = (struct desk_words){ argv[1], argv[2], argv[3] };
	return cmocka_run_group_tests(tests, open_server, close_server);
}

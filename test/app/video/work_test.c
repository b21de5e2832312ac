/* What `konkurs video` writes: segments, their hashes, incidents (F69 to F71). */
#include "hall.h"

#include "app/video/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e, const char *call)
{
	if (!ok)
		fail_msg("%s: %s %s", call, e->key, e->detail);
}
#define MUST(call) must((call), &e, #call)

struct desk {
	struct hall hall;
	int64_t room, source;
};

static struct desk desk_open(struct harness *h)
{
	struct desk d = { .hall = hall_open(h) };
	struct act act = harness_act(h, 0);
	struct video_source s = { 0 };
	struct err e = { 0 };
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	MUST(video_room_want(&act, d.hall.sitting, 0, "seats", &d.room, &e));
	MUST(video_source_want(&act, d.room, "seat", d.hall.attempt, &s, &e));
	d.source = s.id;
	return d;
}

static int64_t begin(struct harness *h, const struct desk *d, int64_t number)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	int64_t got = 0;
	MUST(video_segment_begin(&act, "", d->source, &id, &got, &e));
	assert_int_equal(got, number);
	return id;
}

static struct video_end end_of(const char *how)
{
	return (struct video_end){ .how = how,
				   .from_ms = 1000,
				   .until_ms = 61000,
				   .wall_us = 999,
				   .sound = { "a.mjr", 10, "aa" },
				   .picture = { "v.mjr", 20, "bb" } };
}

static json_t *segment(struct harness *h, int64_t id)
{
	struct err e = { 0 };
	return db_row(h->site.db, h->arena, &e, "SELECT * FROM video_segment WHERE id = $1",
		      db_int(id));
}

/* Its row, with the names its files will have, is there before a byte is. */
static void a_segment_is_known_before_it_is_recorded(void **state)
{
	struct desk d = desk_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	bool known = false;
	const int64_t id = begin(h, &d, 1);
	const char *sound = row_text(segment(h, id), "audio_file");
	assert_string_equal(sound, arena_print(h->arena, "r%lld/s%lld-1-audio-0.mjr",
					       (long long)d.room, (long long)d.source));
	MUST(video_files_known(&act, sound, &known, &e));
	assert_true(known);
	MUST(video_files_known(&act, "r9/s9-9-audio-0.mjr", &known, &e));
	assert_false(known);
	json_t *open = NULL;
	MUST(video_segments_open(&act, "", true, &open, &e));
	assert_int_equal(json_array_size(open), 1);
	assert_string_equal(row_text(json_array_get(open, 0), "state"), "growing");
	assert_string_equal(row_text(json_array_get(open, 0), "kind"), "seat");
}

/* F70: the hash of each in the journal; start and stop of the record, not each turn. */
static void hashes_go_into_the_journal(void **state)
{
	struct desk d = desk_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	struct video_end end = end_of("turned");
	int64_t id = begin(h, &d, 1);
	MUST(video_segment_end(&act, id, &end, &e));
	end.sound.hash = "other";
	MUST(video_segment_end(&act, id, &end, &e)); /* after a kill: the first hash stands */
	assert_string_equal(row_text(segment(h, id), "audio_hash"), "aa");
	assert_string_equal(row_text(segment(h, id), "state"), "closed");
	assert_int_equal(stage_journalled(h, "video.stopped"), 0);
	id = begin(h, &d, 2);
	end = end_of("lost");
	MUST(video_segment_end(&act, id, &end, &e));
	assert_int_equal(stage_journalled(h, "video.started"), 1);
	assert_int_equal(stage_journalled(h, "video.stopped"), 1);
	(void)begin(h, &d, 3);
	assert_int_equal(stage_journalled(h, "video.started"), 2);
	assert_int_equal(stage_journalled(h, "video.segment"), 2);
	const char *content = "";
	MUST(db_string(act.db, h->arena, &e, &content,
		       "SELECT c.content FROM journal_content c JOIN journal_entry j"
		       " ON j.seq = c.seq WHERE j.kind = 'video.segment' ORDER BY j.seq"));
	assert_non_null(strstr(content, "\"sha256\":\"aa\""));
	assert_non_null(strstr(content, "\"sha256\":\"bb\""));
	assert_non_null(strstr(content, "\"wall_us\":999"));
}

static void nothing_that_came_is_empty(void **state)
{
	struct desk d = desk_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const int64_t id = begin(h, &d, 1);
	const struct video_end end = { .how = "found",
				       .sound = { "", 0, "" },
				       .picture = { "", 0, "" } };
	MUST(video_segment_end(&act, id, &end, &e));
	assert_string_equal(row_text(segment(h, id), "state"), "empty");
	assert_int_equal(stage_journalled(h, "video.segment"), 0);
	assert_int_equal(stage_journalled(h, "video.stopped"), 1);
}

/* F71: what was found stands on the clock of the sitting. */
static void a_segment_is_checked_once(void **state)
{
	struct desk d = desk_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const struct video_end end = end_of("stopped");
	const struct video_piece film = { "f.webm", 30, "cc" };
	const struct video_finding found[] = { { "gap", 2000, 5000 }, { "black", 0, 9000 } };
	const int64_t id = begin(h, &d, 1);
	MUST(video_segment_checked(&act, id, &film, 60000, found, 2, &e)); /* it grows: no */
	assert_string_equal(row_text(segment(h, id), "state"), "growing");
	MUST(video_segment_end(&act, id, &end, &e));
	MUST(video_segment_checked(&act, id, &film, 60000, found, 2, &e));
	MUST(video_segment_checked(&act, id, &film, 60000, found, 2, &e));
	assert_string_equal(row_text(segment(h, id), "state"), "checked");
	assert_int_equal(row_number(segment(h, id), "film_ms"), 60000);
	assert_int_equal(stage_journalled(h, "video.checked"), 1);
	json_t *rows = db_rows(act.db, h->arena, &e,
			       "SELECT kind, from_ms, until_ms, segment_id FROM video_incident"
			       " ORDER BY id");
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(row_text(json_array_get(rows, 0), "kind"), "gap");
	assert_int_equal(row_number(json_array_get(rows, 0), "from_ms"), 3000);
	assert_int_equal(row_number(json_array_get(rows, 0), "until_ms"), 6000);
	json_t *open = NULL;
	MUST(video_segments_open(&act, "", true, &open, &e));
	assert_int_equal(json_array_size(open), 0);
}

static bool end_whole(const struct act *act, void *user, struct err *e)
{
	const struct video_end end = end_of("stopped");
	return video_segment_end(act, *(int64_t *)user, &end, e);
}

static bool check_whole(const struct act *act, void *user, struct err *e)
{
	const struct video_piece film = { "f.webm", 30, "cc" };
	const struct video_finding found = { "gap", 2000, 5000 };
	return video_segment_checked(act, *(int64_t *)user, &film, 60000, &found, 1, e);
}

static void the_end_and_the_check_are_whole(void **state)
{
	struct desk d = desk_open(*state);
	int64_t id = begin(*state, &d, 1);
	stage_all_or_nothing(*state, 0, end_whole, &id);
	stage_all_or_nothing(*state, 0, check_whole, &id);
}

/* Each once, however often it is seen; the end of the room ends them. */
static void an_incident_lasts_until_it_is_over(void **state)
{
	struct desk d = desk_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t count = 0;
	MUST(video_incident_over(&act, d.room, d.source, "lost", &e)); /* none */
	MUST(video_incident_begin(&act, d.room, d.source, "lost", &e));
	MUST(video_incident_begin(&act, d.room, d.source, "lost", &e));
	MUST(video_incident_begin(&act, d.room, 0, "away", &e));
	MUST(video_incident_begin(&act, d.room, 0, "disk", &e));
	assert_int_equal(stage_journalled(h, "video.lost"), 1);
	assert_int_equal(stage_journalled(h, "video.away"), 1);
	assert_int_equal(stage_journalled(h, "video.disk"), 1);
	MUST(video_incident_over(&act, d.room, d.source, "lost", &e));
	MUST(video_incident_over(&act, d.room, d.source, "lost", &e));
	assert_int_equal(stage_journalled(h, "video.back"), 1);
	MUST(video_incident_begin(&act, d.room, d.source, "lost", &e));
	assert_int_equal(stage_journalled(h, "video.lost"), 2);
	MUST(video_room_leave(&act, d.hall.sitting, 0, &e));
	MUST(video_room_closed(&act, d.room, &e));
	MUST(db_number(act.db, &e, &count,
		       "SELECT COUNT(*) FROM video_incident WHERE until_ms IS NULL"));
	assert_int_equal(count, 0);
}

/* Growth is not a change that anything rests on, and never goes back. */
static void growth_is_no_entry(void **state)
{
	struct desk d = desk_open(*state);
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct video_source s = { 0 };
	struct err e = { 0 };
	int64_t before = 0;
	int64_t after = 0;
	MUST(db_number(act.db, &e, &before, "SELECT COUNT(*) FROM journal_entry"));
	MUST(video_source_grew(&act, d.source, 500, 0, &e));
	MUST(video_source_grew(&act, d.source, 400, 700, &e));
	MUST(db_number(act.db, &e, &after, "SELECT COUNT(*) FROM journal_entry"));
	assert_int_equal(before, after);
	MUST(video_source_load(&act, d.source, &s, &e));
	assert_int_equal(s.audio_ms, 500);
	assert_int_equal(s.video_ms, 700);
}

/* The process is killed: the server says so, once, and it is over when the process is back. */
static void who_records_is_missed(void **state)
{
	struct desk d = desk_open(*state);
	struct act act = harness_act(*state, 0);
	struct err e = { 0 };
	int64_t count = 0;
	MUST(video_missed(&act, &e));
	act.now_ms += 10 * VIDEO_QUIET_MS;
	MUST(video_missed(&act, &e)); /* nothing is due before the start */
	MUST(db_number(act.db, &e, &count, "SELECT COUNT(*) FROM video_incident"));
	assert_int_equal(count, 0);
	hall_start(&d.hall);
	act = harness_act(*state, 0);
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	act.now_ms += VIDEO_QUIET_MS;
	MUST(video_missed(&act, &e));
	MUST(db_number(act.db, &e, &count, "SELECT COUNT(*) FROM video_incident"));
	assert_int_equal(count, 0);
	act.now_ms++;
	MUST(video_missed(&act, &e));
	MUST(video_missed(&act, &e));
	MUST(db_number(act.db, &e, &count,
		       "SELECT COUNT(*) FROM video_incident WHERE kind = 'away'"
		       " AND room_id = $1 AND source_id IS NULL AND until_ms IS NULL",
		       db_int(d.room)));
	assert_int_equal(count, 1);
	MUST(video_incident_over(&act, d.room, 0, "away", &e));
	MUST(db_number(act.db, &e, &count,
		       "SELECT COUNT(*) FROM video_incident WHERE until_ms IS NULL"));
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_segment_is_known_before_it_is_recorded),
		HARNESS_TEST(hashes_go_into_the_journal),
		HARNESS_TEST(nothing_that_came_is_empty),
		HARNESS_TEST(a_segment_is_checked_once),
		HARNESS_TEST(the_end_and_the_check_are_whole),
		HARNESS_TEST(an_incident_lasts_until_it_is_over),
		HARNESS_TEST(growth_is_no_entry),
		HARNESS_TEST(who_records_is_missed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

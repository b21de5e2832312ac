/* Records of sound and picture against the journal and their files (F69 to F71, F74, F88). */
#include "recorded.h"

#include "app/verify/verify.h"
#include "app/video/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct harness *h;
	struct recorded r;
};

static struct world open_world(struct harness *h)
{
	struct hall w = hall_open(h);
	const int64_t other = hall_admit(&w, 2);
	return (struct world){ h, recorded_play(&w, other, NULL) };
}

/* What the rows say that lies there. */
static struct verify_records lying(const struct act *act)
{
	struct verify_records l = { NULL, NULL, 0, "" };
	struct err e = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	assert_true(verify_records_moving(act, &l, &e));
	const json_t *rows =
		db_rows(act->db, act->arena, &e,
			"SELECT audio_file AS file, audio_size AS size, audio_hash AS sha256"
			"  FROM video_segment WHERE audio_file <> '' UNION ALL SELECT video_file,"
			"  video_size, video_hash FROM video_segment WHERE video_file <> ''"
			" UNION ALL SELECT film_file, film_size, film_hash FROM video_segment"
			"  WHERE film_file <> ''");
	assert_non_null(rows);
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(l.files, row_text(row, "file"),
					  json_pack("{s:I,s:s}", "size",
						    (json_int_t)row_number(row, "size"), "sha256",
						    row_text(row, "sha256")));
	return l;
}

/* Findings of the records alone: the hall is in the middle of its test. */
static const json_t *findings(const struct act *act, const struct verify_records *l)
{
	struct verify_report r = { .findings = NULL };
	struct err e = { 0 };
	size_t i = 0;
	json_t *one = NULL;
	json_t *list = json_array();
	json_in_arena(act->arena, list);
	if (!verify_all(act, NULL, 0, &r, &e) || (l && !verify_records(act, l, &r, &e)))
		fail_msg("%s: %s", e.key, e.detail);
	json_array_foreach (r.findings, i, one) {
		if (strcmp(row_text(one, "part"), "video") == 0)
			(void)json_array_append(list, one);
	}
	return list;
}

/* The same within a transaction that is taken back. */
static const json_t *found_within(const struct act *act)
{
	struct verify_report r = { .findings = json_array() };
	struct err e = { 0 };
	json_in_arena(act->arena, r.findings);
	if (!verify_video(act, &r, &e) || !verify_video_told(act, &r, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return r.findings;
}

static void honest_records_agree(void **state)
{
	struct world w = open_world(*state);
	const struct act act = harness_act(w.h, 0);
	const struct verify_records l = lying(&act);
	struct verify_report r = { .findings = NULL };
	struct err e = { 0 };
	assert_int_equal(json_object_size(l.files), 9);
	const json_t *list = findings(&act, &l);
	if (json_array_size(list) > 0)
		fail_msg("%s %d: %s", row_text(json_array_get(list, 0), "at"),
			 (int)row_number(json_array_get(list, 0), "number"),
			 row_text(json_array_get(list, 0), "why"));
	assert_true(verify_all(&act, NULL, 0, &r, &e));
	assert_int_equal(r.segments, 4);
}

static const struct {
	const char *why, *sql;
} doctored[] = {
	{ "a segment that the journal tells of is gone",
	  "DELETE FROM video_segment WHERE id = (SELECT MIN(id) FROM video_segment)" },
	{ "a segment is of another source than the journal tells",
	  "UPDATE video_segment SET number = 7 WHERE number = 1 AND ended = 'lost'" },
	{ "a segment begins or ends at another time than the journal tells",
	  "UPDATE video_segment SET until_ms = until_ms - 1 WHERE state = 'checked'" },
	{ "a segment begins or ends at another time than the journal tells",
	  "UPDATE video_segment SET ended = 'stopped' WHERE ended = 'lost'" },
	{ "a file of a segment is not the one that the journal tells of",
	  "UPDATE video_segment SET audio_hash = video_hash WHERE state = 'checked'" },
	{ "a file of a segment is not the one that the journal tells of",
	  "UPDATE video_segment SET video_file = '', video_size = 0, video_hash = ''" },
	{ "a film is not the one that the journal tells of",
	  "UPDATE video_segment SET film_hash = audio_hash WHERE state = 'checked'" },
	{ "a film is not the one that the journal tells of",
	  "UPDATE video_segment SET film_ms = 59000 WHERE state = 'checked'" },
	{ "a segment has ended, and its row does not say so",
	  "UPDATE video_segment SET state = 'empty' WHERE ended = 'lost'" },
	{ "a segment was looked at, and its row does not say so",
	  "UPDATE video_segment SET state = 'closed' WHERE ended = 'lost'" },
	{ "a segment that the journal does not tell of",
	  "UPDATE video_segment SET state = 'closed' WHERE state = 'empty'" },
	{ "a segment of it is missing", "DELETE FROM video_segment WHERE number = 1" },
	{ "what was found in a segment is not what the journal tells",
	  "DELETE FROM video_incident WHERE segment_id IS NOT NULL" },
	{ "what was found in a segment is not what the journal tells",
	  "UPDATE video_incident SET from_ms = from_ms + 1 WHERE segment_id IS NOT NULL" },
	{ "it begins or ends when the journal tells of no such thing",
	  "UPDATE video_incident SET until_ms = until_ms - 1 WHERE segment_id IS NULL" },
	{ "an incident was over, and its row does not say so",
	  "UPDATE video_incident SET until_ms = NULL WHERE segment_id IS NULL" },
	{ "an incident that the journal tells of is gone",
	  "DELETE FROM video_incident WHERE segment_id IS NULL" },
	{ "what was chosen is not what the journal tells",
	  "UPDATE video_incident SET reason = 'other' WHERE choice <> ''" },
	{ "a choice that the journal does not tell of",
	  "UPDATE video_incident SET choice = 'go_on', chosen_by = 1, chosen_ms = 1"
	  " WHERE choice = ''" },
	{ "somebody has looked at a record, and no row says so",
	  "DELETE FROM video_view WHERE reason <> ''" },
	{ "the journal does not tell of it", "UPDATE video_view SET until_ms = until_ms + 1" },
	{ "whoever sits there has not confirmed the warning at that instant",
	  "UPDATE video_source SET warned_ms = warned_ms - 1" },
	{ "another has confirmed the warning than whoever is said to sit there",
	  "UPDATE video_source SET warned_ms = NULL" },
	{ "what has to be recorded is not what the journal tells",
	  "UPDATE video_room SET needs = 'hall'" },
	{ "the journal does not tell of it", "UPDATE video_room SET created_ms = 5" },
	{ "a device check that the journal does not tell of",
	  "INSERT INTO video_rehearsal (attempt_id, camera, microphone, line, seat, at_ms)"
	  " SELECT MIN(id), 1, 1, 1, 1, 5 FROM attempt" },
};

static bool tells(const json_t *list, const char *why)
{
	size_t i = 0;
	const json_t *one = NULL;
	json_array_foreach (list, i, one) {
		if (strcmp(row_text(one, "why"), why) == 0)
			return true;
	}
	return false;
}

/* Each by itself, and taken back: what the next one finds is its own. */
static void a_doctored_row_is_found(void **state)
{
	struct world w = open_world(*state);
	const struct act act = harness_act(w.h, 0);
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(doctored); i++) {
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		assert_true(db_begin(act.db, &tx, &e));
		if (!db_exec_(act.db, &e, NULL, doctored[i].sql, DB_ARGS()))
			fail_msg("%s: %s", doctored[i].sql, e.detail);
		const json_t *list = found_within(&act);
		if (!tells(list, doctored[i].why))
			fail_msg("%s: found is %s", doctored[i].why, json_dumps(list, 0));
	}
}

/* The seats of two: who confirmed the warning tells whose record it is. */
static void seats_do_not_change(void **state)
{
	struct world w = open_world(*state);
	const struct act act = harness_act(w.h, 0);
	struct err e = { 0 };
	int64_t one = 0;
	int64_t other = 0;
	assert_true(db_number(act.db, &e, &one, "SELECT attempt_id FROM video_source WHERE id = $1",
			      db_int(w.r.source[0])));
	assert_true(db_number(act.db, &e, &other,
			      "SELECT attempt_id FROM video_source WHERE id = $1",
			      db_int(w.r.source[1])));
	assert_true(db_exec(act.db, &e, NULL, "UPDATE video_source SET attempt_id = NULL"));
	assert_true(db_exec(act.db, &e, NULL,
			    "UPDATE video_source SET attempt_id = $1 WHERE id = $2", db_int(other),
			    db_int(w.r.source[0])));
	assert_true(db_exec(act.db, &e, NULL,
			    "UPDATE video_source SET attempt_id = $1 WHERE id = $2", db_int(one),
			    db_int(w.r.source[1])));
	assert_true(tells(findings(&act, NULL),
			  "another has confirmed the warning than whoever is said to sit there"));
}

static void bytes_are_those_of_the_rows(void **state)
{
	struct world w = open_world(*state);
	const struct act act = harness_act(w.h, 0);
	const char *base = video_file_base(act.arena, w.r.room, w.r.source[0], 1);
	const char *film = arena_print(act.arena, "%s.webm", base);
	const char *sound = arena_print(act.arena, "%s-audio-0.mjr", base);
	struct verify_records l = lying(&act);
	(void)json_object_set(l.files, film, json_object_get(l.files, sound));
	assert_true(
		tells(findings(&act, &l),
		      arena_print(act.arena, "%s: a file of the record has another length", film)));
	l = lying(&act);
	(void)json_object_set_new(json_object_get(l.files, sound), "sha256", json_string("aa"));
	assert_true(
		tells(findings(&act, &l),
		      arena_print(act.arena, "%s: the bytes of a file of the record were changed",
				  sound)));
	l = lying(&act);
	(void)json_object_del(l.files, sound);
	assert_true(tells(findings(&act, &l),
			  arena_print(act.arena, "%s: a file of the record is gone", sound)));
	l = lying(&act);
	(void)json_object_set_new(l.files, "r1/other.webm", json_object());
	assert_true(tells(findings(&act, &l), "r1/other.webm: a file that no segment knows"));
}

/* Of two machines that record each has its own files; a file of the other's is none that is gone.
 */
static void another_folder_is_not_looked_for(void **state)
{
	struct world w = open_world(*state);
	const struct act act = harness_act(w.h, 0);
	struct err e = { 0 };
	struct verify_records l = { json_object(), json_object(), 0, "" };
	json_in_arena(act.arena, l.files);
	json_in_arena(act.arena, l.moving);
	assert_true(db_number(act.db, &e, &l.newest, "SELECT MAX(id) FROM video_segment"));
	const size_t all = json_array_size(findings(&act, &l));
	assert_true(all > 0);
	assert_true(db_exec(act.db, &e, NULL, "UPDATE video_segment SET place = 'aa'"));
	/* the journal tells of none */
	assert_true(tells(findings(&act, &l),
			  "a segment lies in another folder than the journal tells"));
	const size_t told = json_array_size(findings(&act, NULL));
	assert_int_equal(json_array_size(findings(&act, &l)), all + told);
	l.place = "aa";
	assert_int_equal(json_array_size(findings(&act, &l)), all + told);
	l.place = "bb";
	assert_int_equal(json_array_size(findings(&act, &l)), told);
}

/* While a record runs, its files are longer than any row, and the film comes before its row. */
static void what_moves_is_no_finding(void **state)
{
	struct world w = open_world(*state);
	struct act act = harness_act(w.h, 0);
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	act.now_ms = w.r.now_ms;
	assert_true(video_segment_begin(&act, "", w.r.source[1], &id, &number, &e));
	const char *base = video_file_base(act.arena, w.r.room, w.r.source[1], number);
	const char *sound = arena_print(act.arena, "%s-audio-0.mjr", base);
	struct verify_records l = lying(&act);
	(void)json_object_set_new(l.files, sound, json_pack("{s:i,s:s}", "size", 5, "sha256", "x"));
	(void)json_object_set_new(l.files, arena_print(act.arena, "%s.webm.tmp", base),
				  json_pack("{s:i,s:s}", "size", 5, "sha256", "x"));
	assert_int_equal(json_array_size(findings(&act, &l)), 0);
	/* it has ended since the files were read */
	const struct video_end end = { .how = "stopped",
				       .from_ms = 1,
				       .until_ms = 2,
				       .wall_us = 3,
				       .sound = { sound, 9, "y" },
				       .picture = { "", 0, "" } };
	assert_true(video_segment_end(&act, id, &end, &e));
	assert_int_equal(json_array_size(findings(&act, &l)), 0);
	/* but when it had ended before, it is */
	l.moving = json_object();
	json_in_arena(act.arena, l.moving);
	assert_true(json_array_size(findings(&act, &l)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(honest_records_agree),
		HARNESS_TEST(a_doctored_row_is_found),
		HARNESS_TEST(seats_do_not_change),
		HARNESS_TEST(bytes_are_those_of_the_rows),
		HARNESS_TEST(another_folder_is_not_looked_for),
		HARNESS_TEST(what_moves_is_no_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

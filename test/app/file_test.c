/* Kept files outside the database (F14, F85): what is committed has its bytes, what is not goes,
 * what is destroyed is gone at the place too. */
#include "destroy.h"
#include "faulty.h"
#include "stage.h"

#include "app/file_work.h"
#include "app/verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sodium.h>

enum { LARGE = STORE_IN_DATABASE_MOST + 1 };

struct scene {
	struct harness *h;
	struct file_place place;
	char folder[64];
};

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct err e = { 0 };
	assert_non_null(s);
	s->h = harness_open();
	(void)snprintf(s->folder, sizeof(s->folder), "/tmp/konkurs-files-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	must_be(file_place_open(s->h->site.db, arena_print(s->h->arena, "file:%s", s->folder),
				&s->place, &e),
		&e);
	s->h->site.place = &s->place;
	*state = s;
	return 0;
}

static int take_down(void **state)
{
	struct scene *s = *state;
	char command[128];
	file_place_close(&s->place);
	harness_close(s->h);
	(void)snprintf(command, sizeof(command), "rm -rf %s", s->folder);
	const int left = system(command);
	free(s);
	return left;
}

static const void *bytes_of(struct scene *s, size_t size)
{
	void *bytes = arena_alloc(s->h->arena, size);
	randombytes_buf(bytes, size);
	return bytes;
}

static size_t objects_at(struct scene *s)
{
	struct store_names *names = arena_alloc(s->h->arena, sizeof(*names));
	struct err e = { 0 };
	must_be(store_list(s->place.store, s->h->arena, "", names, &e), &e);
	return names->count;
}

/* As a request does it: put, then the row. */
static const char *keep(struct scene *s, const void *bytes, size_t size)
{
	struct act act = harness_act(s->h, 0);
	const char *hash = NULL;
	struct err e = { 0 };
	must_be(file_put(&act, bytes, size, &act.objects, &e), &e);
	must_be(act_keep_file(&act, bytes, size, "application/pdf", &hash, &e), &e);
	return hash;
}

static const char *object_of(struct scene *s, const char *hash)
{
	const char *object = "";
	struct err e = { 0 };
	must_be(db_string(s->h->site.db, s->h->arena, &e, &object,
			  "SELECT object FROM blob WHERE hash = $1", db_text(hash)),
		&e);
	return object;
}

static void is_whole(struct scene *s, const char *hash, const void *bytes, size_t size)
{
	const struct act act = harness_act(s->h, 0);
	unsigned char found[crypto_hash_sha256_BYTES];
	const char *sha256 = "";
	struct file_bytes file;
	struct err e = { 0 };
	must_be(file_read(&act, act.arena, hash, &file, &e), &e);
	assert_int_equal(file.size, size);
	assert_memory_equal(file.bytes, bytes, size);
	assert_string_equal(file.media, "application/pdf");
	must_be(file_sha256(&act, hash, &sha256, &e), &e);
	(void)crypto_hash_sha256(found, bytes, size);
	assert_string_equal(sha256, act_hex(act.arena, found, sizeof(found)));
}

/* What verify finds of files: the reasons, "" none. */
static const char *found_by_verify(struct scene *s)
{
	struct act act = harness_act(s->h, 0);
	struct verify_report report = { 0 };
	const json_t *row = NULL;
	const char *all = "";
	size_t i = 0;
	struct err e = { 0 };
	must_be(verify_all(&act, NULL, 0, &report, &e), &e);
	json_array_foreach (report.findings, i, row) {
		if (strcmp(row_text(row, "part"), "file") == 0)
			all = arena_print(act.arena, "%s%s; ", all, row_text(row, "why"));
	}
	return all;
}

static void take_away_due(struct scene *s)
{
	const struct act act = harness_act(s->h, 0);
	const char *object = NULL;
	struct err e = { 0 };
	for (;;) {
		must_be(file_removal_claim(&act, &object, &e), &e);
		if (!object)
			return;
		must_be(store_remove(s->place.store, object, &e), &e);
		must_be(file_removal_done(&act, object, &e), &e);
	}
}

/* ---- keeping --------------------------------------------------------------------------------- */

static void large_ones_lie_outside(void **state)
{
	struct scene *s = *state;
	const void *large = bytes_of(s, LARGE);
	const char *hash = keep(s, large, LARGE);
	assert_true(store_name_valid(object_of(s, hash)));
	is_whole(s, hash, large, LARGE);
	assert_int_equal(objects_at(s), 1);
	assert_string_equal(keep(s, large, LARGE), hash);
	assert_int_equal(objects_at(s), 1); /* once */
	const char *small = keep(s, large, LARGE - 1);
	assert_string_equal(object_of(s, small), "");
	is_whole(s, small, large, LARGE - 1);
	assert_int_equal(objects_at(s), 1);
}

/* By a door that cannot wait the file is kept all the same. */
static void without_an_object_it_lies_inside(void **state)
{
	struct scene *s = *state;
	const struct act act = harness_act(s->h, 0);
	const void *large = bytes_of(s, LARGE);
	const char *hash = NULL;
	struct err e = { 0 };
	must_be(act_keep_file(&act, large, LARGE, "application/pdf", &hash, &e), &e);
	assert_string_equal(object_of(s, hash), "");
	is_whole(s, hash, large, LARGE);
}

/* Put, and then refused: the object goes when it is old, what has a row never. */
static void orphans_go_when_they_are_old(void **state)
{
	struct scene *s = *state;
	struct act act = harness_act(s->h, 0);
	struct file_state found;
	int64_t count = 0;
	bool due = true;
	struct err e = { 0 };
	const char *kept = keep(s, bytes_of(s, LARGE), LARGE);
	must_be(file_put(&act, bytes_of(s, LARGE), LARGE, &act.objects, &e), &e);
	must_be(file_place_told(&act, file_place_try(&act), &e), &e);
	must_be(file_sweep(&act, &count, &e), &e);
	assert_int_equal(count, 0); /* today's */
	must_be(file_sweep_due(&act, &due, &e), &e);
	assert_false(due);
	harness_at(s->h, "2026-03-03T23:59");
	act = harness_act(s->h, 0);
	must_be(file_sweep(&act, &count, &e), &e);
	assert_int_equal(count, 0); /* yesterday's */
	assert_int_equal(objects_at(s), 2);
	harness_at(s->h, "2026-03-04T00:00");
	act = harness_act(s->h, 0);
	must_be(file_sweep(&act, &count, &e), &e);
	assert_int_equal(count, 1);
	assert_int_equal(objects_at(s), 1);
	must_be(file_state(&act, &found, &e), &e);
	assert_int_equal(found.outside, 1);
	assert_int_equal(found.outside_bytes, LARGE);
	assert_string_equal(found.problem, "");
	assert_true(*object_of(s, kept));
}

/* An old copy of a database, or another one, is pointed at a place in use. */
static void another_ones_place_is_left_alone(void **state)
{
	struct scene *s = *state;
	const struct act act = harness_act(s->h, 0);
	int64_t count = 0;
	struct err e = { 0 };
	(void)keep(s, bytes_of(s, LARGE), LARGE);
	assert_int_equal(mkdir(arena_print(s->h->arena, "%s/2025-01-01", s->folder), 0700), 0);
	for (int i = 0; i <= FILE_ORPHANS_MOST; i++) {
		FILE *file =
			fopen(arena_print(s->h->arena, "%s/2025-01-01/%032x", s->folder, i), "w");
		assert_non_null(file);
		assert_int_equal(fclose(file), 0);
	}
	assert_false(file_sweep(&act, &count, &e));
	assert_string_equal(e.key, "file.error.orphans");
	assert_int_equal(count, FILE_ORPHANS_MOST + 1);
	assert_int_equal(objects_at(s), STORE_LIST_MOST); /* a first piece of all of them */
}

/* ---- reading --------------------------------------------------------------------------------- */

static void what_is_wrong_is_said(void **state)
{
	struct scene *s = *state;
	const void *large = bytes_of(s, LARGE);
	const char *hash = keep(s, large, LARGE);
	const char *path = arena_print(s->h->arena, "%s/%s", s->folder, object_of(s, hash));
	struct act act = harness_act(s->h, 0);
	struct file_bytes file;
	struct err e = { 0 };
	assert_string_equal(found_by_verify(s), "");
	act.place = NULL;
	assert_false(file_read(&act, act.arena, hash, &file, &e));
	assert_string_equal(e.key, "file.error.no_place");
	err_clear(&e);
	act = harness_act(s->h, 0);
	FILE *stream = fopen(path, "r+");
	assert_non_null(stream);
	assert_int_equal(fseek(stream, LARGE, SEEK_SET), 0);
	assert_int_equal(fputc('!', stream), '!');
	assert_int_equal(fclose(stream), 0);
	assert_false(file_read(&act, act.arena, hash, &file, &e));
	assert_string_equal(e.key, "file.error.changed");
	err_clear(&e);
	assert_non_null(strstr(found_by_verify(s), "not those of its hash"));
	assert_int_equal(remove(path), 0);
	assert_false(file_read(&act, act.arena, hash, &file, &e));
	assert_string_equal(e.key, "file.error.lost");
	err_clear(&e);
	assert_non_null(strstr(found_by_verify(s), "not at the place"));
	assert_false(file_read(&act, act.arena, "none", &file, &e));
	assert_int_equal(e.kind, ERR_MISSING);
}

/* Another file's object in the place of this one's. */
static void objects_cannot_be_exchanged(void **state)
{
	struct scene *s = *state;
	const char *one = keep(s, bytes_of(s, LARGE), LARGE);
	const char *two = keep(s, bytes_of(s, LARGE), LARGE);
	const struct act act = harness_act(s->h, 0);
	struct file_bytes file;
	struct err e = { 0 };
	const char *from = arena_print(s->h->arena, "%s/%s", s->folder, object_of(s, one));
	const char *to = arena_print(s->h->arena, "%s/%s", s->folder, object_of(s, two));
	assert_int_equal(rename(from, to), 0);
	assert_false(file_read(&act, act.arena, two, &file, &e));
	assert_string_equal(e.key, "file.error.changed");
}

/* ---- the end --------------------------------------------------------------------------------- */

/* F85: the act takes the row, konkurs files the object, and verify looks that it is gone. */
static void destroyed_by_act(void **state)
{
	struct scene *s = *state;
	struct harness *h = s->h;
	struct stage stage = stage_open(h);
	struct err e = { 0 };
	const int64_t application = stage_candidate(&stage, STAGE_COMPLETE);
	const int64_t second = harness_person(h, ROLE_HR);
	const char *hash = keep(s, bytes_of(s, LARGE), LARGE);
	const char *object = object_of(s, hash);
	bool there = false;
	must_be(db_exec(h->site.db, &e, NULL,
			"UPDATE document SET blob_hash = $1 WHERE application_id = $2",
			db_text(hash), db_int(application)),
		&e);
	close_competition(h, stage.competition);
	harness_at(h, "2029-06-01T10:00");
	(void)destroy_by(h, stage.hr, second, stage.competition, 0);
	must_be(db_exists(h->site.db, &e, &there, "SELECT 1 FROM blob WHERE hash = $1",
			  db_text(hash)),
		&e);
	assert_false(there);
	assert_int_equal(objects_at(s), 1); /* the turn has no outside effect */
	take_away_due(s);
	must_be(store_has(s->place.store, object, &there, &e), &e);
	assert_false(there);
	assert_null(strstr(found_by_verify(s), "destroyed lies"));
	must_be(store_put(s->place.store, object, "x", 1, &e), &e); /* a backup of the place */
	assert_non_null(strstr(found_by_verify(s), "destroyed lies"));
}

/* The same bytes come again before the first object has gone: it takes nobody's. */
static void what_comes_again_stays(void **state)
{
	struct scene *s = *state;
	const void *large = bytes_of(s, LARGE);
	const char *hash = keep(s, large, LARGE);
	const struct act act = harness_act(s->h, 0);
	struct err e = { 0 };
	must_be(file_forget(&act, hash, &e), &e);
	(void)keep(s, large, LARGE);
	assert_int_equal(objects_at(s), 2);
	take_away_due(s);
	assert_int_equal(objects_at(s), 1);
	is_whole(s, hash, large, LARGE);
	assert_string_equal(found_by_verify(s), "");
}

/* ---- moving ---------------------------------------------------------------------------------- */

/* Whatever fails, the row has its bytes, here or there. */
static void a_broken_move_loses_nothing(void **state)
{
	struct scene *s = *state;
	const void *large = bytes_of(s, LARGE);
	const char *hash = keep(s, large, LARGE);
	for (int way = 0; way < 2; way++) {
		bool done = false;
		int n = 0;
		for (; !done; n++) {
			struct act act = harness_act(s->h, 0);
			struct faulty f;
			struct err e = { 0 };
			bool moved = false;
			faulty_init(&f, s->h->site.db, n);
			act.db = &f.db;
			done = way == 0 ? file_move_in(&act, &moved, &e)
					: file_move_out(&act, &moved, &e);
			if (way == 0 || !done)
				take_away_due(s);
			is_whole(s, hash, large, LARGE);
			assert_int_equal(*object_of(s, hash) != '\0', (way == 1) == done);
		}
		assert_true(n > 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, take_down)
		SCENE_TEST(large_ones_lie_outside),
		SCENE_TEST(without_an_object_it_lies_inside),
		SCENE_TEST(orphans_go_when_they_are_old),
		SCENE_TEST(another_ones_place_is_left_alone),
		SCENE_TEST(what_is_wrong_is_said),
		SCENE_TEST(objects_cannot_be_exchanged),
		SCENE_TEST(destroyed_by_act),
		SCENE_TEST(what_comes_again_stays),
		SCENE_TEST(a_broken_move_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

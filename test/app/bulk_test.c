/* One decision for many candidates: each by its own use case, the law refusing one by one. */
#include "stage.h"

#include "app/bulk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *ids_of(const int64_t *id, size_t count)
{
	json_t *ids = json_array();
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(ids, json_integer((json_int_t)id[i]));
	return ids;
}

static bool open_for(struct stage *s, int64_t officer, const char *kind, const int64_t *id,
		     size_t count, int64_t *ret, struct err *e)
{
	const struct act act = harness_act(s->h, officer);
	json_t *ids = ids_of(id, count);
	const bool fine = bulk_open(&act, kind, s->competition, ids, ret, e);
	json_decref(ids);
	return fine;
}

/* "done 2, refused 1, waiting 0" */
static const char *state_of(struct stage *s, int64_t bulk)
{
	static const char *const state[] = { "done", "refused", "waiting" };
	int64_t count[COUNT(state)] = { 0 };
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(state); i++)
		assert_true(db_number(s->h->site.db, &e, &count[i],
				      "SELECT COUNT(*) FROM bulk_item WHERE bulk_id = $1"
				      " AND state = $2",
				      db_int(bulk), db_text(state[i])));
	return arena_print(s->h->arena, "done %lld, refused %lld, waiting %lld",
			   (long long)count[0], (long long)count[1], (long long)count[2]);
}

static bool step(struct stage *s, int most)
{
	const struct act act = harness_act(s->h, 0);
	struct err e = { 0 };
	bool more = false;
	if (!bulk_step(&act, most, &more, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return more;
}

static void test_refusals(void **state)
{
	struct stage s = stage_open(*state);
	struct stage other = stage_open(*state);
	const int64_t sent = stage_candidate(&s, STAGE_SENT);
	const int64_t twice[] = { sent, sent };
	const int64_t elsewhere = stage_candidate(&other, STAGE_SENT);
	const int64_t operator= harness_person(s.h, ROLE_OPERATOR);
	const struct {
		const char *why;
		int64_t officer;
		const int64_t *id;
		size_t count;
		enum err_kind kind;
		const char *key;
	} row[] = {
		{ "nobody", s.hr, NULL, 0, ERR_INPUT, "bulk.error.nobody" },
		{ "not HR", operator, & sent, 1, ERR_DENIED, "error.denied" },
		{ "of another competition", s.hr, &elsewhere, 1, ERR_MISSING, "error.missing" },
		{ "the same twice", s.hr, twice, 2, ERR_MISSING, "error.missing" },
	};
	int64_t id = 0;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		const bool fine =
			open_for(&s, row[i].officer, "papers", row[i].id, row[i].count, &id, &e);
		stage_refused(row[i].why, fine, &e, row[i].kind, row[i].key, NULL);
	}
	struct err e = { 0 };
	assert_true(open_for(&s, s.hr, "papers", &sent, 1, &id, &e));
	stage_refused("a second of the kind", open_for(&s, s.hr, "papers", &sent, 1, &id, &e), &e,
		      ERR_CONFLICT, "bulk.error.running", NULL);
	err_clear(&e);
	assert_true(open_for(&s, s.hr, "met", &sent, 1, &id, &e));
}

/* R10-1, R13-1: what the law refuses of one does not hold up the others, and has its clause. */
static void test_law_one_by_one(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id[] = {
		stage_candidate(&s, STAGE_SENT), stage_candidate(&s, STAGE_SENT),
		stage_candidate(&s, 0), /* a draft: nothing to look at */
	};
	int64_t bulk = 0;
	struct err e = { 0 };
	assert_true(open_for(&s, s.hr, "papers", id, 3, &bulk, &e));
	assert_true(step(&s, 2));
	assert_string_equal(state_of(&s, bulk), "done 2, refused 0, waiting 1");
	assert_true(step(&s, 2)); /* the last one */
	assert_true(step(&s, 2)); /* nothing left: it ends */
	assert_false(step(&s, 2));
	assert_string_equal(state_of(&s, bulk), "done 2, refused 1, waiting 0");
	assert_int_equal(stage_journalled(s.h, "bulk.ended"), 1);

	assert_true(open_for(&s, s.hr, "met", id, 2, &bulk, &e));
	while (step(&s, 10))
		;
	assert_string_equal(state_of(&s, bulk), "done 0, refused 2, waiting 0");
	const char *clause = NULL;
	assert_true(db_string(s.h->site.db, s.h->arena, &e, &clause,
			      "SELECT MAX(clause) FROM bulk_item WHERE bulk_id = $1",
			      db_int(bulk)));
	assert_string_equal(clause, "13"); /* nothing of their service is on record */
}

/* A right that is taken away meanwhile refuses what is left. */
static void test_right_of_the_officer(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id[] = { stage_candidate(&s, STAGE_SENT), stage_candidate(&s, STAGE_SENT) };
	int64_t bulk = 0;
	struct err e = { 0 };
	assert_true(open_for(&s, s.hr, "papers", id, 2, &bulk, &e));
	assert_true(step(&s, 1));
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "UPDATE role_grant SET revoked_ms = 1 WHERE person_id = $1",
			    db_int(s.hr)));
	while (step(&s, 10))
		;
	assert_string_equal(state_of(&s, bulk), "done 1, refused 1, waiting 0");
}

/* R9-1: who has not sent is reminded, who has is not, and nobody after the last day. */
static void test_remind(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id[] = { stage_candidate(&s, 0), stage_candidate(&s, STAGE_SENT) };
	int64_t bulk = 0;
	int64_t told = 0;
	struct err e = { 0 };
	assert_true(open_for(&s, s.hr, "remind", id, 2, &bulk, &e));
	while (step(&s, 10))
		;
	assert_string_equal(state_of(&s, bulk), "done 1, refused 1, waiting 0");
	assert_true(db_number(s.h->site.db, &e, &told,
			      "SELECT COUNT(*) FROM notice WHERE kind = 'application.remind'"
			      " AND person_id = $1",
			      db_int(stage_person_of(&s, id[0]))));
	assert_int_equal(told, 1);
	harness_at(s.h, "2026-06-01T10:00");
	assert_true(open_for(&s, s.hr, "remind", id, 1, &bulk, &e));
	while (step(&s, 10))
		;
	assert_string_equal(state_of(&s, bulk), "done 0, refused 1, waiting 0");
}

static void test_stop(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id[] = { stage_candidate(&s, STAGE_SENT), stage_candidate(&s, STAGE_SENT) };
	const int64_t operator= harness_person(s.h, ROLE_OPERATOR);
	const struct act hr = harness_act(s.h, s.hr);
	const struct act not_hr = harness_act(s.h, operator);
	int64_t bulk = 0;
	struct err e = { 0 };
	assert_true(open_for(&s, s.hr, "papers", id, 2, &bulk, &e));
	assert_true(step(&s, 1));
	stage_refused("not HR", bulk_stop(&not_hr, bulk, &e), &e, ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	assert_true(bulk_stop(&hr, bulk, &e));
	assert_false(step(&s, 10));
	assert_string_equal(state_of(&s, bulk), "done 1, refused 0, waiting 1");
	stage_refused("twice", bulk_stop(&hr, bulk, &e), &e, ERR_CONFLICT, "bulk.error.ended",
		      NULL);
}

/* ---- all or nothing -------------------------------------------------------------------------- */

static bool run_open(const struct act *act, void *user, struct err *e)
{
	struct stage *s = user;
	int64_t first = 0;
	int64_t id = 0;
	if (!db_number(act->db, e, &first, "SELECT MIN(id) FROM application"))
		return false;
	json_t *ids = ids_of(&first, 1);
	const bool fine = bulk_open(act, "papers", s->competition, ids, &id, e);
	json_decref(ids);
	return fine;
}

static bool run_step(const struct act *act, void *user, struct err *e)
{
	bool more = false;
	(void)user;
	return bulk_step(act, 10, &more, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id = stage_candidate(&s, STAGE_SENT);
	int64_t bulk = 0;
	struct err e = { 0 };
	stage_all_or_nothing(s.h, s.hr, run_open, &s);
	while (step(&s, 10))
		;
	assert_true(open_for(&s, s.hr, "papers", &id, 1, &bulk, &e));
	stage_all_or_nothing(s.h, 0, run_step, &s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_refusals),
		HARNESS_TEST(test_law_one_by_one),
		HARNESS_TEST(test_right_of_the_officer),
		HARNESS_TEST(test_remind),
		HARNESS_TEST(test_stop),
		HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests_name("app bulk", tests, NULL, NULL);
}

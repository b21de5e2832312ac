/* The dossier: seven items, their term, the way to the commission (R16-1, R16-2, R44-1). */
#include "stage.h"

#include "app/candidate/dossier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

static struct dossier loaded(struct harness *h, int64_t id)
{
	struct act act = harness_act(h, 0);
	struct dossier d = { 0 };
	struct err e = { 0 };
	if (!dossier_load(&act, id, &d, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return d;
}

/* R16-1: exactly seven, each from its own record; own security's information is none. */
static void test_items(void **state)
{
	static const struct {
		const char *kind;
		unsigned done;
	} row[] = {
		{ "service_list", STAGE_SERVICE_LIST },
		{ "certificate", STAGE_PAPERS },
		{ "recommendation", STAGE_PAPERS },
		{ "test", STAGE_TEST },
		{ "polygraph", STAGE_POLYGRAPH },
		{ "rating", STAGE_RATING },
		{ "psycho", STAGE_PSYCHO },
	};
	struct stage s = stage_open(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		unsigned done = STAGE_MET | (unsigned)(STAGE_COMPLETE & ~row[i].done);
		struct dossier d = loaded(s.h, stage_candidate(&s, done));
		assert_int_equal(d.count, COUNT(row));
		assert_false(d.complete);
		assert_string_equal(d.item[i].kind, row[i].kind);
		assert_int_equal(d.item[i].state, DOSSIER_MISSING);
		assert_int_equal(d.item[i].row_id, 0);
	}
	struct dossier d = loaded(s.h, stage_candidate(&s, STAGE_COMPLETE));
	assert_true(d.complete);
	assert_false(d.security_received);
	for (size_t i = 0; i < d.count; i++) {
		assert_int_equal(d.item[i].state, DOSSIER_PRESENT);
		assert_true(d.item[i].row_id > 0 && d.item[i].at_ms > 0);
	}
	d = loaded(s.h, stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED));
	assert_true(d.security_received);
	assert_int_equal(d.count, COUNT(row));
}

/* Section 5 of rules.md: 26.03.2026 -> 16.03, 18.03. */
static void test_terms(void **state)
{
	struct stage s = stage_open(*state);
	char text[DAY_TEXT_SIZE];
	int64_t id = stage_candidate(&s, STAGE_MET);
	assert_false(loaded(s.h, id).planned);
	stage_plan(&s, "2026-03-26T10:00");
	struct dossier d = loaded(s.h, id);
	assert_true(d.planned);
	day_print(d.security_last, text);
	assert_string_equal(text, "2026-03-16"); /* R15-1 */
	day_print(d.dossier_last, text);
	assert_string_equal(text, "2026-03-18"); /* R16-2 */
	harness_at(s.h, "2026-03-18T23:59");
	assert_int_equal(loaded(s.h, id).item[0].state, DOSSIER_MISSING);
	harness_at(s.h, "2026-03-19T00:00");
	assert_int_equal(loaded(s.h, id).item[0].state, DOSSIER_LATE);
	assert_string_equal(dossier_state_name(DOSSIER_LATE), "late");
}

static void test_service_list(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	int64_t live = 0;
	int64_t all = 0;
	int64_t id = stage_candidate(&s, STAGE_MET);
	stage_refused("no file", dossier_add_service_list(&act, id, NULL, &e), &e, ERR_INPUT,
		      "error.required", "file");
	err_clear(&e);
	assert_true(dossier_add_service_list(&act, id, &pdf, &e));
	assert_true(dossier_add_service_list(&act, id, &pdf, &e));
	assert_true(db_number(s.h->site.db, &e, &live,
			      "SELECT COUNT(*) FROM document WHERE replaced_ms IS NULL"));
	assert_true(db_number(s.h->site.db, &e, &all, "SELECT COUNT(*) FROM document"));
	assert_int_equal(live, 1);
	assert_int_equal(all, 2); /* the earlier one is kept */
	assert_int_equal(stage_journalled(s.h, "document.added"), 2);
	act = harness_act(s.h, stage_person_of(&s, id));
	stage_refused("the candidate", dossier_add_service_list(&act, id, &pdf, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
}

static void test_release_refused(void **state)
{
	enum { NO_RATING = STAGE_COMPLETE & ~STAGE_RATING };
	static const struct {
		const char *why;
		unsigned done;
		const char *plan, *now;
		const char *clause, *key; /* NULL: released */
	} row[] = {
		{ "R44-1: not qualified", STAGE_SENT, "2026-03-26T10:00", "2026-03-02T10:00", "44",
		  "law.admission.qualification" },
		{ "R44-2: a negative test", (STAGE_COMPLETE & ~STAGE_TEST) | STAGE_TEST_NEGATIVE,
		  "2026-03-26T10:00", "2026-03-02T10:00", "44", "law.admission.test" },
		{ "R44-1: no polygraph", STAGE_COMPLETE & ~STAGE_POLYGRAPH, "2026-03-26T10:00",
		  "2026-03-02T10:00", "44", "law.admission.polygraph" },
		{ "R44-1: no psycho-sociological study", STAGE_COMPLETE & ~STAGE_PSYCHO,
		  "2026-03-26T10:00", "2026-03-02T10:00", "44", "law.admission.psycho" },
		{ "no interview is planned", STAGE_COMPLETE, NULL, "2026-03-02T10:00", "16",
		  "dossier.error.unplanned" },
		{ "R16-1: the rating is an item", NO_RATING, "2026-03-26T10:00", "2026-03-02T10:00",
		  "16", "dossier.error.incomplete" },
		{ "R16-1: so is the service list", STAGE_COMPLETE & ~STAGE_SERVICE_LIST,
		  "2026-03-26T10:00", "2026-03-02T10:00", "16", "dossier.error.incomplete" },
		{ "R16-2: a day late", STAGE_COMPLETE, "2026-03-26T10:00", "2026-03-19T09:00", "16",
		  "dossier.error.late" },
		{ "R16-2: the last day", STAGE_COMPLETE, "2026-03-26T10:00", "2026-03-18T18:00",
		  NULL, NULL },
		{ "in good time", STAGE_COMPLETE, "2026-03-26T10:00", "2026-03-02T10:00", NULL,
		  NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = harness_open();
		struct stage s = stage_open(h);
		struct err e = { 0 };
		int64_t id = stage_candidate(&s, row[i].done);
		if (row[i].plan)
			stage_plan(&s, row[i].plan);
		harness_at(h, row[i].now);
		struct act act = harness_act(h, s.hr);
		bool ok = dossier_release(&act, id, &e);
		if (row[i].key)
			stage_refused(row[i].why, ok, &e, ERR_LAW, row[i].key, row[i].clause);
		else if (!ok)
			fail_msg("%s: %s", row[i].why, e.key);
		if (strcmp(e.key, "dossier.error.late") == 0)
			assert_string_equal(e.value, "2026-03-18");
		assert_int_equal(loaded(h, id).released, ok);
		assert_int_equal(stage_journalled(h, "dossier.released"), ok);
		harness_close(h);
	}
}

/* Whoever is released is heard, in turn; once. */
static void test_release(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	int64_t first = stage_candidate(&s, STAGE_COMPLETE);
	int64_t second = stage_candidate(&s, STAGE_COMPLETE);
	int64_t turn = 0;
	stage_plan(&s, "2026-03-26T10:00");
	assert_true(dossier_release(&act, first, &e));
	assert_true(dossier_release(&act, second, &e));
	assert_true(db_number(s.h->site.db, &e, &turn,
			      "SELECT turn FROM interview_candidate WHERE application_id = $1",
			      db_int(second)));
	assert_int_equal(turn, 2);
	stage_refused("twice", dossier_release(&act, first, &e), &e, ERR_CONFLICT,
		      "dossier.error.released", NULL);
	const int64_t others[] = { s.security, s.polygraph, stage_chair(&s),
				   stage_person_of(&s, second), harness_person(s.h, ROLE_ADMIN) };
	int64_t third = stage_candidate(&s, STAGE_COMPLETE);
	for (size_t i = 0; i < COUNT(others); i++) {
		act = harness_act(s.h, others[i]);
		err_clear(&e);
		stage_refused("not HR", dossier_release(&act, third, &e), &e, ERR_DENIED,
			      "error.denied", NULL);
	}
}

static bool do_service_list(const struct act *act, void *user, struct err *e)
{
	return dossier_add_service_list(act, *(int64_t *)user, &pdf, e);
}
static bool do_release(const struct act *act, void *user, struct err *e)
{
	return dossier_release(act, *(int64_t *)user, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	int64_t id = stage_candidate(&s, STAGE_COMPLETE & ~STAGE_SERVICE_LIST);
	stage_plan(&s, "2026-03-26T10:00");
	stage_all_or_nothing(s.h, s.hr, do_service_list, &id);
	stage_all_or_nothing(s.h, s.hr, do_release, &id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_items),        HARNESS_TEST(test_terms),
		HARNESS_TEST(test_service_list), cmocka_unit_test(test_release_refused),
		HARNESS_TEST(test_release),      HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The files behind a dossier's items: whose eyes they are for (R16-1, R44-1, F8, F76, F77). */
#include "stage.h"

#include "app/candidate/dossier_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct scene {
	struct stage stage;
	int64_t application, chair;
};

#define ROW(s, sql, ...)                                                                           \
	do {                                                                                       \
		struct err row_e = { 0 };                                                          \
		if (!db_exec((s)->stage.h->site.db, &row_e, NULL, sql, __VA_ARGS__))               \
			fail_msg("%s: %s", row_e.key, row_e.detail);                               \
	} while (0)

static struct scene set(struct harness *h, unsigned done)
{
	struct scene s = { .stage = stage_open(h) };
	s.application = stage_candidate(&s.stage, done);
	s.chair = stage_chair(&s.stage);
	return s;
}

static struct dossier_files seen(struct scene *s, int64_t person)
{
	const struct act act = harness_act(s->stage.h, person);
	struct dossier_files files = { 0 };
	struct err e = { 0 };
	if (!dossier_files(&act, s->application, &files, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return files;
}

static void declare_conflict(struct scene *s)
{
	ROW(s,
	    "INSERT INTO conflict (member_id, application_id, reason, at_ms)"
	    " SELECT id, $2, 'kin', 0 FROM commission_member WHERE person_id = $1",
	    db_int(s->chair), db_int(s->application));
}

enum who { HR, CHAIR, CHAIR_IN_CONFLICT, SECURITY, POLYGRAPH, CANDIDATE, STRANGER };

static int64_t who(struct scene *s, enum who who)
{
	if (who == CHAIR_IN_CONFLICT)
		declare_conflict(s);
	switch (who) {
	case HR: return s->stage.hr;
	case CHAIR:
	case CHAIR_IN_CONFLICT: return s->chair;
	case SECURITY: return s->stage.security;
	case POLYGRAPH: return s->stage.polygraph;
	case CANDIDATE: return stage_person_of(&s->stage, s->application);
	case STRANGER: return harness_person(s->stage.h, 0);
	}
	return 0;
}

static void test_rights(void **state)
{
	static const struct {
		const char *why;
		enum who who;
		unsigned done;
		size_t count;
	} row[] = {
		{ "HR: the seven without the test, whose sheet is ours", HR,
		  STAGE_COMPLETE | STAGE_RELEASED, 6 },
		{ "HR: also before the release", HR, STAGE_COMPLETE, 6 },
		{ "R16-1: own security's information is no item", HR,
		  STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED, 6 },
		{ "what has not come is not there", HR, STAGE_MET | STAGE_PAPERS, 2 },
		{ "the commission that has the dossier", CHAIR, STAGE_COMPLETE | STAGE_RELEASED,
		  6 },
		{ "R16-2: the commission before the release", CHAIR, STAGE_COMPLETE, 0 },
		{ "F8: a conflict closes every paper", CHAIR_IN_CONFLICT,
		  STAGE_COMPLETE | STAGE_RELEASED, 0 },
		{ "own security", SECURITY, STAGE_COMPLETE | STAGE_RELEASED, 0 },
		{ "an officer of one study", POLYGRAPH, STAGE_COMPLETE | STAGE_RELEASED, 0 },
		{ "the candidate", CANDIDATE, STAGE_COMPLETE | STAGE_RELEASED, 0 },
		{ "anybody", STRANGER, STAGE_COMPLETE | STAGE_RELEASED, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = harness_open();
		struct scene s = set(h, row[i].done);
		const struct dossier_files files = seen(&s, who(&s, row[i].who));
		if (files.count != row[i].count)
			fail_msg("%s: %zu files", row[i].why, files.count);
		for (size_t k = 0; k < files.count; k++) {
			const char *item = files.file[k].item;
			assert_int_equal(files.file[k].restricted,
					 !strcmp(item, "polygraph") || !strcmp(item, "psycho"));
			assert_string_equal(files.file[k].media, "application/pdf");
		}
		harness_close(h);
	}
}

/* F16: a paper that a newer one has replaced stays on record and out of the dossier. */
static void test_replaced(void **state)
{
	struct harness *h = harness_open();
	struct scene s = set(h, STAGE_COMPLETE);
	(void)state;
	ROW(&s, "UPDATE document SET replaced_ms = 1 WHERE kind = 'certificate' AND $1 = 1",
	    db_int(1));
	const struct dossier_files files = seen(&s, s.stage.hr);
	assert_int_equal(files.count, 5);
	for (size_t i = 0; i < files.count; i++)
		assert_string_not_equal(files.file[i].item, "certificate");
	harness_close(h);
}

static int64_t study_of(const struct dossier_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->file[i].restricted)
			return files->file[i].row_id;
	}
	return 0;
}

/* F76: each view of a restricted paper is journalled, and refused to who may not. */
static void test_viewed(void **state)
{
	struct harness *h = harness_open();
	struct scene s = set(h, STAGE_COMPLETE | STAGE_RELEASED);
	const struct dossier_files files = seen(&s, s.stage.hr);
	const struct act hr = harness_act(h, s.stage.hr);
	const struct act stranger = harness_act(h, harness_person(h, 0));
	struct err e = { 0 };
	(void)state;
	assert_int_equal(stage_journalled(h, "study.viewed"), 0);
	stage_refused("without a reason", dossier_file_viewed(&hr, study_of(&files), &e), &e,
		      ERR_DENIED, "restricted.error.reason", NULL);
	err_clear(&e);
	harness_open_papers(h, s.stage.hr, s.application);
	assert_true(dossier_file_viewed(&hr, study_of(&files), &e));
	assert_int_equal(stage_journalled(h, "study.viewed"), 1);
	stage_refused("a stranger", dossier_file_viewed(&stranger, study_of(&files), &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	assert_int_equal(stage_journalled(h, "study.viewed"), 1);
	harness_close(h);
}

/* ---- in the bundles ----------------------------------------------------------------------- */

static int status_of(struct scene *s, int64_t person, const char *before, int64_t id,
		     const char *after)
{
	const struct answer a = harness_get(
		s->stage.h, person,
		arena_print(s->stage.h->arena, "%s/%lld/%s", before, (long long)id, after));
	return a.status;
}

static int dossier_of(struct scene *s, int64_t person)
{
	return status_of(s, person, "/applications", s->application, "dossier.pdf");
}

static int competition_of(struct scene *s, int64_t person)
{
	return status_of(s, person, "/competitions", s->stage.competition, "bundle.pdf");
}

/* A bundle is a view of both studies; who may not have a file gets a bundle without it. */
static void test_bundles(void **state)
{
	struct harness *h = harness_open();
	struct scene s = set(h, STAGE_COMPLETE | STAGE_RELEASED);
	(void)state;
	ROW(&s, "UPDATE sitting SET commitment = $1, bank_hash = $1, secret = $1",
	    db_blob("0123456789abcdef0123456789abcdef", 32));
	assert_int_equal(dossier_of(&s, s.stage.hr), 403); /* for what, first */
	harness_open_papers(h, s.stage.hr, s.application);
	harness_open_papers(h, s.chair, s.application);
	assert_int_equal(dossier_of(&s, s.stage.hr), 200);
	assert_int_equal(stage_journalled(h, "study.viewed"), 2);
	assert_int_equal(dossier_of(&s, s.chair), 200);
	assert_int_equal(stage_journalled(h, "study.viewed"), 4);
	assert_int_equal(competition_of(&s, s.stage.hr), 200);
	assert_int_equal(stage_journalled(h, "study.viewed"), 6);
	/* The one of HR sits on the commission and has a conflict: nothing of the candidate. */
	ROW(&s, "UPDATE commission_member SET person_id = $1 WHERE person_id = $2",
	    db_int(s.stage.hr), db_int(s.chair));
	s.chair = s.stage.hr;
	declare_conflict(&s);
	assert_int_equal(competition_of(&s, s.stage.hr), 200);
	assert_int_equal(dossier_of(&s, s.stage.hr), 403);
	assert_int_equal(stage_journalled(h, "study.viewed"), 6);
	harness_close(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_viewed),
		cmocka_unit_test(test_bundles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

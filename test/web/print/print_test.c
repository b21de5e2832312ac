/* Papers of a competition as PDF: what stands on them, whose they are, in both languages. */
#include "golden.h"
#include "scene.h"

#include "app/bank/bank.h"
#include "app/evidence/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- papers ---------------------------------------------------------------------------------- */

static const char *path_of(struct scene *s, const char *pattern, int64_t id, const char *language)
{
	struct arena *a = s->stage.h->arena;
	const char *hole = strchr(pattern, '#');
	return arena_print(a, "%.*s%lld%s?language=%s", (int)(hole - pattern), pattern,
			   (long long)id, hole + 1, language);
}

static struct buf fetch(struct scene *s, int64_t person_id, const char *path)
{
	if (person_id != 0 && s->application != 0)
		harness_open_papers(s->stage.h, person_id, s->application);
	if (person_id != 0 && s->other != 0)
		harness_open_papers(s->stage.h, person_id, s->other);
	struct answer a = harness_get(s->stage.h, person_id, path);
	if (a.status != 200)
		fail_msg("%s: %d %s", path, a.status, a.error);
	assert_string_equal(a.type, "application/pdf");
	struct buf pdf = buf_on(s->stage.h->arena);
	buf_add_n(&pdf, a.body, a.size);
	return pdf;
}

/* For whoever wants to look at them: KONKURS_PAPERS=FOLDER. */
static void keep_for_eyes(struct scene *s, const struct buf *pdf, const char *name)
{
	const char *folder = getenv("KONKURS_PAPERS");
	FILE *file = folder ? fopen(arena_print(s->stage.h->arena, "%s/%s.pdf", folder, name), "wb")
			    : NULL;
	if (file) {
		(void)fwrite(pdf->text, 1, pdf->length, file);
		(void)fclose(file);
	}
}

enum whose { OF_HR, OF_CANDIDATE, OF_CHAIR, OF_APPROVER, OF_NOBODY };
enum thing { COMPETITION, APPLICATION, LIST, ATTEMPT, FIRST, INTERVIEW };

static const struct {
	const char *name, *path;
	enum thing thing;
	enum whose reader, refused;
} papers[] = {
	{ "announcement", "/announcements/#/announcement.pdf", COMPETITION, OF_NOBODY, OF_NOBODY },
	{ "receipt", "/applications/#/receipt.pdf", APPLICATION, OF_CANDIDATE, OF_CHAIR },
	{ "security-list", "/security-lists/#/list.pdf", LIST, OF_HR, OF_CANDIDATE },
	{ "security-letter", "/security-letters/#/letter.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "test-list", "/competitions/#/test-list.pdf", COMPETITION, OF_HR, OF_CANDIDATE },
	{ "result", "/results/#/result.pdf", ATTEMPT, OF_CANDIDATE, OF_NOBODY },
	{ "act", "/sitting-acts/#/act.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "request", "/requests/#/request.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "challenge", "/challenges/#/challenge.pdf", FIRST, OF_HR, OF_CHAIR },
	{ "verdict", "/challenges/#/decision.pdf", FIRST, OF_CANDIDATE, OF_CHAIR },
	{ "destruction", "/destruction-acts/#/act.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "dossier", "/applications/#/dossier-cover.pdf", APPLICATION, OF_CHAIR, OF_CANDIDATE },
	{ "invitation", "/applications/#/invitation.pdf", APPLICATION, OF_CANDIDATE, OF_CHAIR },
	{ "ballot", "/applications/#/decision.pdf", APPLICATION, OF_CHAIR, OF_CANDIDATE },
	{ "minutes", "/interviews/#/minutes.pdf", INTERVIEW, OF_CHAIR, OF_CANDIDATE },
	{ "notice", "/applications/#/notice.pdf", APPLICATION, OF_CANDIDATE, OF_NOBODY },
	{ "form", "/bank/forms/#/form.pdf", FIRST, OF_APPROVER, OF_HR },
	{ "form-key", "/bank/forms/#/key.pdf", FIRST, OF_APPROVER, OF_HR },
	{ "bundle-dossier", "/applications/#/dossier.pdf", APPLICATION, OF_HR, OF_CANDIDATE },
	{ "bundle-competition", "/competitions/#/bundle.pdf", COMPETITION, OF_HR, OF_CHAIR },
};

static int64_t id_of(const struct scene *s, enum thing thing)
{
	switch (thing) {
	case COMPETITION: return s->stage.competition;
	case APPLICATION: return s->application;
	case LIST: return s->list;
	case ATTEMPT: return s->attempt;
	case FIRST: return 1;
	case INTERVIEW: return s->interview;
	}
	return 0;
}

static int64_t who(const struct scene *s, enum whose whose)
{
	switch (whose) {
	case OF_HR: return s->stage.hr;
	case OF_CANDIDATE: return s->person;
	case OF_CHAIR: return s->chair;
	case OF_APPROVER: return s->approver;
	case OF_NOBODY: return 0;
	}
	return 0;
}

/* Every paper in both languages; F2: each says that its values are for demonstration. */
static void test_papers(void **state)
{
	static const struct {
		const char *language, *mark;
	} tongue[] = { { "kk", "КӨРСЕТІЛІМ" }, { "ru", "ДЕМОНСТРАЦИЯ" } };
	struct scene s = scene_set(*state);
	s.stage.h->site.demonstration = true; /* a form on paper is of no competition */
	for (size_t i = 0; i < COUNT(papers); i++) {
		for (size_t k = 0; k < COUNT(tongue); k++) {
			const char *name = arena_print(s.stage.h->arena, "%s.%s", papers[i].name,
						       tongue[k].language);
			const struct buf pdf =
				fetch(&s, who(&s, papers[i].reader),
				      path_of(&s, papers[i].path, id_of(&s, papers[i].thing),
					      tongue[k].language));
			struct pdf_file f = pdf_keep(s.stage.h->arena, &pdf);
			keep_for_eyes(&s, &pdf, name);
			pdf_fonts_inside(&f);
			const char *page = pdf_tool(&f, "pdftotext -layout -l 1 FILE -");
			if (!strstr(page, tongue[k].mark))
				fail_msg("%s does not say that it is a demonstration", name);
			golden_text(&f, name);
			pdf_drop(&f);
		}
	}
}

/* Whoever may not see the page gets no paper. */
static void test_rights(void **state)
{
	struct scene s = scene_set(*state);
	for (size_t i = 0; i < COUNT(papers); i++) {
		const char *path = path_of(&s, papers[i].path, id_of(&s, papers[i].thing), "ru");
		int64_t outsider = harness_person(s.stage.h, 0);
		if (papers[i].reader == OF_NOBODY)
			continue;
		struct answer a = harness_get(s.stage.h, outsider, path);
		if (a.status != 403 && a.status != 404)
			fail_msg("%s: an outsider gets %d", path, a.status);
		if (papers[i].refused == OF_NOBODY)
			continue;
		a = harness_get(s.stage.h, who(&s, papers[i].refused), path);
		if (a.status != 403 && a.status != 404)
			fail_msg("%s: %d for who may not", path, a.status);
	}
}

/* F76: whoever is given the letter on paper has seen it, and that is written down; HR says first
 * for what, own security does not. */
static void test_letter(void **state)
{
	struct scene s = scene_set(*state);
	struct harness *h = s.stage.h;
	const char *path = path_of(&s, "/security-letters/#/letter.pdf", 1, "kk");
	struct answer a = harness_get(h, s.stage.hr, path);
	assert_int_equal(a.status, 403);
	assert_string_equal(a.error, "restricted.error.reason");
	assert_int_equal(stage_journalled(h, "security.viewed"), 0);
	assert_int_equal(stage_journalled(h, "paper.issued"), 0);
	a = harness_get(h, s.stage.security, path);
	assert_int_equal(a.status, 200);
	assert_int_equal(stage_journalled(h, "security.viewed"), 1);
	(void)fetch(&s, s.stage.hr, path);
	assert_int_equal(stage_journalled(h, "security.viewed"), 2);
	assert_int_equal(stage_journalled(h, "paper.issued"), 1);
	assert_int_equal(harness_get(h, s.person, path).status, 403);
	assert_int_equal(harness_get(h, s.chair, path).status, 403);
	assert_int_equal(harness_get(h, s.stage.hr, "/security-letters/9/letter.pdf").status, 404);
}

/* The same paper again is the same file, whoever asks for it. */
static void test_same(void **state)
{
	struct scene s = scene_set(*state);
	const char *path = path_of(&s, "/interviews/#/minutes.pdf", s.interview, "kk");
	const struct buf one = fetch(&s, s.chair, path);
	harness_at(s.stage.h, "2026-03-27T10:00");
	const struct buf two = fetch(&s, s.stage.hr, path);
	assert_int_equal(one.length, two.length);
	assert_memory_equal(one.text, two.text, one.length);
}

/* Handed out twice, registered once; anybody can verify any paper. */
static void test_register(void **state)
{
	struct scene s = scene_set(*state);
	struct harness *h = s.stage.h;
	const char *path = path_of(&s, "/interviews/#/minutes.pdf", s.interview, "kk");
	struct err e = { 0 };
	const char *hash = "";
	(void)fetch(&s, s.chair, path);
	(void)fetch(&s, s.stage.hr, path);
	assert_int_equal(stage_journalled(h, "paper.issued"), 1);
	assert_true(db_string(h->site.db, h->arena, &e, &hash, "SELECT hash FROM paper"));
	struct answer a = harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", hash));
	assert_string_equal(answer_text(&a, "found.kind"), "minutes");
	/* Whoever has the file of the database writes a row, and no entry that fits. */
	assert_true(
		db_exec(h->site.db, &e, NULL,
			"INSERT INTO paper (hash, kind, competition_id, language, seq,"
			" issued_ms) SELECT REPLACE(hash, SUBSTR(hash, 1, 8), 'f0f0f0f0'), kind,"
			" competition_id, language, seq, issued_ms FROM paper"));
	a = harness_get(
		h, 0, arena_print(h->arena, "/verify?hash=f0f0f0f0%s", hash + strlen("f0f0f0f0")));
	assert_true(json_is_true(answer_value(&a, "unknown")));
	/* A form on paper is of no competition. */
	(void)fetch(&s, s.approver, "/bank/forms/1/form.pdf?language=ru");
	(void)fetch(&s, s.approver, "/bank/forms/1/form.pdf?language=ru");
	assert_true(
		db_string(h->site.db, h->arena, &e, &hash, "SELECT hash FROM paper_form_issued"));
	a = harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", hash));
	assert_string_equal(answer_text(&a, "found.kind"), "form");
	assert_int_equal(stage_journalled(h, "paper.issued"), 2);
	/* A bundle registers what is in it, and itself. */
	(void)fetch(&s, s.stage.hr,
		    path_of(&s, "/competitions/#/bundle.pdf", s.stage.competition, "kk"));
	assert_in_range(stage_journalled(h, "paper.issued"), 10, 30);
}

static bool issue(const struct act *act, void *user, struct err *e)
{
	const struct scene *s = user;
	const struct issued_paper paper = { .hash = "ab",
					    .kind = "minutes",
					    .competition_id = s->stage.competition,
					    .language = "kk",
					    .seq = 1 };
	return paper_issue(act, &paper, e);
}

static void test_register_whole(void **state)
{
	struct scene s = scene_set(*state);
	stage_all_or_nothing(s.stage.h, s.stage.hr, issue, &s);
}

/* F15: anybody can look whether a receipt is ours; nothing leads to a person. */
static void test_verify(void **state)
{
	struct scene s = scene_set(*state);
	struct harness *h = s.stage.h;
	const struct buf pdf = fetch(
		&s, s.person, path_of(&s, "/applications/#/receipt.pdf", s.application, "ru"));
	struct pdf_file f = pdf_keep(h->arena, &pdf);
	char *scanned = arena_copy(
		h->arena,
		pdf_tool(&f, "pdftoppm -r 120 -l 1 -singlefile -gray FILE DIR/q &&"
			     " zbarimg -q --raw -Sdisable -Sqrcode.enable DIR/q.pgm 2>/dev/null"));
	pdf_drop(&f);
	for (char *at = scanned; *at; at++)
		*at = (char)(*at == ' ' ? '+' : *at == '\n' ? '\0' : *at);
	struct answer a = harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", scanned));
	assert_int_equal(a.status, 200);
	assert_string_equal(answer_text(&a, "found.kind"), "receipt");
	assert_true(answer_number(&a, "found.seq") > 0);
	assert_null(strstr(a.body, "Тілеубергенова"));
	a = harness_get(h, 0, "/verify?hash=8d1c1a1b");
	assert_true(json_is_true(answer_value(&a, "malformed")));
	a = harness_get(h, 0,
			"/verify?hash=ffff1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b"
			"7a1234");
	assert_true(json_is_true(answer_value(&a, "unknown")));
	assert_true(json_is_null(answer_value(&a, "found")));
}

/* F59: a test that nobody has closed yet has no sheet. */
static void test_open_result(void **state)
{
	struct scene s = scene_set(*state);
	ROW(&s, "UPDATE attempt SET finish = NULL, finished_ms = NULL WHERE id = $1",
	    db_int(s.attempt));
	struct answer a = harness_get(s.stage.h, s.person,
				      path_of(&s, "/results/#/result.pdf", s.attempt, "ru"));
	assert_int_equal(a.status, 404);
}

static void test_pages(void **state)
{
	struct scene s = scene_set(*state);
	struct harness *h = s.stage.h;
	harness_check_page(h, 0, "/verify");
	harness_check_page(h, 0,
			   "/verify?hash=8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c"
			   "6b7a1234");
	harness_check_page(h, s.stage.hr,
			   arena_print(h->arena, "/competitions/%lld/test-list",
				       (long long)s.stage.competition));
	struct answer a = harness_get(h, s.stage.hr,
				      arena_print(h->arena, "/competitions/%lld/test-list",
						  (long long)s.stage.competition));
	assert_int_equal(json_array_size(answer_value(&a, "candidates")), 2);
}

static int open_harness(void **state)
{
	*state = harness_open();
	return 0;
}

static int close_harness(void **state)
{
	harness_close(*state);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_harness, close_harness)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_papers),   TEST(test_rights),         TEST(test_same),
		TEST(test_register), TEST(test_register_whole), TEST(test_verify),
		TEST(test_pages),    TEST(test_open_result),    TEST(test_letter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Papers of a dossier read within the page: who, which pages, what is journalled, two beside each
 * other, notes (R16-1, R16-2, F8, F76, F81). */
#include "stage.h"

#include "base/confine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Three pages, broader than high; a reader mends what has no table. */
static const char three_pages[] =
	"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	"2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3/MediaBox[0 0 300 200]>>endobj\n"
	"3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n4 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
	"5 0 obj<</Type/Page/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

static const char *below(struct harness *h, int64_t id, const char *rest)
{
	return arena_print(h->arena, "/applications/%lld%s", (long long)id, rest);
}

/* A complete dossier whose service list is a real file. */
static int64_t candidate(struct stage *s)
{
	const int64_t id = stage_candidate(s, STAGE_COMPLETE);
	const struct answer a =
		harness_upload(s->h, s->hr, below(s->h, id, "/service-list"), "", "file",
			       "tizim.pdf", three_pages, sizeof(three_pages) - 1);
	assert_int_equal(a.status, 200);
	return id;
}

static void release(struct stage *s, int64_t id)
{
	const struct answer a = harness_post(s->h, s->hr, below(s->h, id, "/release"), "");
	if (a.status != 200)
		fail_msg("not released: %s", a.error);
}

/* Width and height as a JPEG says them. */
static void measures(const struct answer *a, int *ret_width, int *ret_height)
{
	const unsigned char *b = (const unsigned char *)a->body;
	for (size_t i = 2; i + 9 < a->size && b[i] == 0xff;
	     i += 2 + ((size_t)b[i + 2] << 8 | b[i + 3])) {
		if (b[i + 1] != 0xc0)
			continue;
		*ret_height = b[i + 5] << 8 | b[i + 6];
		*ret_width = b[i + 7] << 8 | b[i + 8];
		return;
	}
	fail_msg("no JPEG of %zu bytes", a->size);
}

static void pages_are_pictures(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = candidate(&s);
	const int64_t chair = stage_chair(&s);
	stage_plan(&s, "2026-03-26T10:00");
	const char *page = below(h, id, "/reader?item=service_list");
	assert_int_equal(harness_get(h, chair, page).status, 403); /* R16-2: not released */
	release(&s, id);
	const char *picture = below(h, id, "/reader/service_list/2");
	struct answer a = harness_get(h, chair, picture);
	assert_string_equal(a.error, "reader.error.unopened"); /* F76 */
	assert_int_equal(stage_journalled(h, "document.viewed"), 0);
	harness_check_page(h, chair, page);
	a = harness_get(h, chair, page);
	assert_int_equal(answer_number(&a, "columns.0.file.total"), 3);
	assert_string_equal(answer_text(&a, "columns.0.file.file_name"), "tizim.pdf");
	a = harness_get(h, chair, answer_text(&a, "columns.0.file.next"));
	assert_int_equal(answer_number(&a, "columns.0.file.page"), 2);
	assert_int_equal(stage_journalled(h, "document.viewed"), 1); /* turning is one view */
	int width = 0;
	int height = 0;
	a = harness_get(h, chair, picture);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "image/jpeg");
	measures(&a, &width, &height);
	assert_int_equal(width, 625); /* 300 points in 150 dots an inch */
	assert_int_equal(height, 416);
	a = harness_get(h, chair, arena_print(h->arena, "%s?turn=1", picture));
	measures(&a, &width, &height);
	assert_int_equal(width, 416);
	assert_int_equal(height, 625);
	assert_int_equal(harness_get(h, chair, below(h, id, "/reader/service_list/4")).status, 404);
	assert_int_equal(harness_get(h, chair, below(h, id, "/reader/test/1")).status, 404);
	a = harness_get(h, chair, below(h, id, "/reader?item=service_list&page=4"));
	assert_string_equal(answer_text(&a, "columns.0.file.state"), "no_page");
	/* another day is another view */
	harness_at(h, "2026-03-03T10:00");
	assert_int_equal(harness_get(h, chair, picture).status, 403);
	assert_int_equal(harness_get(h, chair, page).status, 200);
	assert_int_equal(stage_journalled(h, "document.viewed"), 2);
}

static void what_cannot_be_drawn_says_why(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = candidate(&s);
	const char *path = below(h, id, "/reader?item=certificate"); /* STAGE_PDF */
	harness_check_page(h, s.hr, path);
	const struct answer a = harness_get(h, s.hr, path);
	assert_string_equal(answer_text(&a, "columns.0.file.state"), "broken");
	assert_true(json_is_null(answer_value(&a, "columns.0.file.picture")));
	harness_check_page(h, s.hr, below(h, id, "/reader?item=test"));
	assert_int_equal(harness_get(h, s.hr, below(h, id, "/reader?turn=4")).status, 400);
}

/* F76: a study is opened for a reason, in the reader as elsewhere. */
static void a_study_wants_its_reason(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = candidate(&s);
	const int64_t chair = stage_chair(&s);
	stage_plan(&s, "2026-03-26T10:00");
	release(&s, id);
	const char *path = below(h, id, "/reader?item=polygraph");
	assert_string_equal(harness_get(h, chair, path).error, "restricted.error.reason");
	assert_int_equal(stage_journalled(h, "study.viewed"), 0);
	harness_open_papers(h, chair, id);
	assert_int_equal(harness_get(h, chair, path).status, 200);
	assert_int_equal(harness_get(h, chair, path).status, 200);
	assert_int_equal(stage_journalled(h, "study.viewed"), 1);
}

static void two_lie_beside_each_other(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t one = candidate(&s);
	const int64_t two = candidate(&s);
	const int64_t chair = stage_chair(&s);
	stage_plan(&s, "2026-03-26T10:00");
	release(&s, one);
	const char *path = below(
		h, one,
		arena_print(h->arena, "/reader?item=service_list&beside=%lld", (long long)two));
	assert_int_equal(harness_get(h, chair, path).status, 403); /* the other is not released */
	release(&s, two);
	harness_check_page(h, chair, path);
	struct answer a = harness_get(h, chair, path);
	assert_int_equal(json_array_size(answer_value(&a, "columns")), 2);
	assert_int_equal(answer_number(&a, "columns.1.application"), two);
	a = harness_get(h, chair, answer_text(&a, "columns.1.file.next"));
	assert_int_equal(answer_number(&a, "columns.0.file.page"), 1);
	assert_int_equal(answer_number(&a, "columns.1.file.page"), 2);
	assert_int_equal(answer_number(&a, "others.0.id"), two);
	/* F8: a conflict closes one, and with it both */
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO conflict (application_id, member_id, reason, at_ms)"
			    " SELECT $1, id, 'туыс', 0 FROM commission_member WHERE person_id = $2",
			    db_int(two), db_int(chair)));
	assert_int_equal(harness_get(h, chair, path).status, 403);
	a = harness_get(h, chair, below(h, one, "/reader?item=service_list"));
	assert_int_equal(a.status, 200);
	assert_int_equal(json_array_size(answer_value(&a, "others")), 0);
}

/* F81: a member's own notes, written where the papers are read; nobody else sees them. */
static void notes_are_ones_own(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = candidate(&s);
	const int64_t chair = stage_chair(&s);
	stage_plan(&s, "2026-03-26T10:00");
	release(&s, id);
	const char *path = below(h, id, "/reader?item=service_list");
	struct answer a = harness_get(h, chair, path);
	const int64_t interview = answer_number(&a, "columns.0.note.interview");
	a = harness_post(
		h, chair,
		arena_print(h->arena, "/interviews/%lld/candidates/%lld/note", (long long)interview,
			    (long long)id),
		arena_print(h->arena, "note=private&back=%s", http_encode(h->arena, path)));
	assert_string_equal(a.location, path);
	a = harness_get(h, chair, path);
	assert_string_equal(answer_text(&a, "columns.0.note.text"), "private");
	harness_check_page(h, chair, path);
	a = harness_get(h, s.hr, path);
	assert_true(json_is_null(answer_value(&a, "columns.0.note")));
	/* what leads away from here is not followed */
	a = harness_post(h, chair,
			 arena_print(h->arena, "/interviews/%lld/candidates/%lld/note",
				     (long long)interview, (long long)id),
			 "note=private&back=//elsewhere.example/");
	assert_non_null(strstr(a.location, "/candidates/"));
}

/* R16-2: the reading room leads to each paper and says what one has opened. */
static void the_reading_room_tells_what_was_opened(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = candidate(&s);
	const int64_t chair = stage_chair(&s);
	int64_t interview = 0;
	struct err e = { 0 };
	stage_plan(&s, "2026-03-26T10:00");
	release(&s, id);
	assert_true(db_number(h->site.db, &e, &interview, "SELECT MAX(id) FROM interview"));
	const char *room = arena_print(h->arena, "/interviews/%lld/reading", (long long)interview);
	struct answer a = harness_get(h, chair, room);
	assert_int_equal(json_array_size(answer_value(&a, "candidates.0.items")), 7);
	assert_true(json_is_null(answer_value(&a, "candidates.0.items.0.seen_ms")));
	assert_int_equal(harness_get(h, chair, answer_text(&a, "candidates.0.items.0.href")).status,
			 200);
	a = harness_get(h, chair, room);
	assert_true(answer_number(&a, "candidates.0.items.0.seen_ms") > 0);
	harness_check_page(h, chair, room);
}

static int begin(void **state)
{
	confine_program(KONKURS_PROGRAM);
	return harness_setup(state);
}

#define READER_TEST(test) cmocka_unit_test_setup_teardown(test, begin, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READER_TEST(pages_are_pictures),
		READER_TEST(what_cannot_be_drawn_says_why),
		READER_TEST(a_study_wants_its_reason),
		READER_TEST(two_lie_beside_each_other),
		READER_TEST(notes_are_ones_own),
		READER_TEST(the_reading_room_tells_what_was_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

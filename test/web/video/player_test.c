/* Records as pages: F70 (hashes and entries), F73 (the time line), F74 (a reason, the list of what
 * is kept). */
#include "show.h"

#include "app/video/viewing.h"
#include "app/video/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s %s", #call, e.key, e.detail);                             \
	} while (0)

/* ---- pages --------------------------------------------------------------------------------- */

static const char *at(struct harness *h, const char *format, int64_t id)
{
	return arena_print(h->arena, "%s%lld%s", format, (long long)id, "/records");
}

/* F74: what there is, whose, and until when it is kept. */
static void the_list(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	harness_check_page(h, hr, "/records");
	struct answer a = harness_html(h, hr, "/records");
	assert_non_null(strstr(a.body, "Записей пока нет"));
	show_three(&s);
	harness_check_page(h, hr, "/records");
	a = harness_get(h, auditor, "/records?q=&of=sitting&state=kept&sort=-hours");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 1);
	assert_string_equal(answer_text(&a, "records.0.subject"), "sitting");
	assert_int_equal(answer_number(&a, "records.0.id"), s.hall.sitting);
	assert_int_equal(answer_number(&a, "records.0.incidents"), 2);
	assert_string_equal(answer_text(&a, "records.0.state"), "kept");
	assert_true(json_is_null(answer_value(&a, "records.0.until")));
	a = harness_get(h, hr, "/records?of=interview");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 0);
	a = harness_get(h, hr, "/records?state=destroyed");
	assert_int_equal(json_array_size(answer_value(&a, "records")), 0);
	a = harness_get(h, hr, "/records.csv");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "Тестирование"));
	a = harness_get(h, harness_person(h, ROLE_SECRETARY),
			"/records"); /* of another commission */
	assert_int_equal(json_array_size(answer_value(&a, "records")), 0);
	a = harness_get(h, s.hall.operator, "/records");
	assert_int_equal(a.status, 403);
}

/* F70: sources and files with hashes and entries; a reason opens all of them at once. */
static void one_sitting(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	const char *page = at(h, "/sittings/", s.hall.sitting);
	const char *view = arena_print(h->arena, "%s/view", page);
	const char *files =
		arena_print(h->arena, "/video/sources/%lld/segments", (long long)s.source);
	show_three(&s);
	harness_check_page(h, hr, page);
	struct answer a = harness_get(h, hr, page);
	assert_string_equal(answer_text(&a, "sources.0.seat"), "1");
	assert_string_equal(answer_text(&a, "sources.0.name"), ""); /* F9: names are not opened */
	assert_string_equal(answer_text(&a, "sources.0.length"), "0:06");
	assert_int_equal(answer_number(&a, "sources.0.segments"), 3);
	assert_int_equal(answer_number(&a, "sources.0.gaps"), 2);
	assert_int_equal(answer_number(&a, "sources.0.waiting"), 1);
	assert_true(json_is_null(answer_value(&a, "until_ms")));
	a = harness_post_html(h, hr, view, "reason=");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "field-error"));
	a = harness_post(h, hr, view, "reason=complaint");
	assert_string_equal(a.location, page);
	harness_check_page(h, hr, page);
	harness_check_page(h, hr, s.record);
	harness_check_page(h, hr, files);
	harness_check_page(h, harness_person(h, ROLE_AUDITOR), files);
	a = harness_get(h, hr, files);
	assert_string_equal(answer_text(&a, "segments.0.audio_hash"), "aa11");
	assert_string_equal(answer_text(&a, "segments.2.state"), "closed");
	assert_non_null(strstr(answer_text(&a, "segments.0.findings"), "нет звука"));
	assert_true(answer_number(&a, "segments.0.entry") > 0);
	assert_true(answer_number(&a, "segments.2.entry") > answer_number(&a, "segments.1.entry"));
	a = harness_get(h, hr, arena_print(h->arena, "%s.csv", files));
	assert_non_null(strstr(a.body, "f00d"));
	a = harness_get(h, s.hall.operator, page);
	assert_int_equal(a.status, 403);
	a = harness_get(h, s.hall.operator, files);
	assert_int_equal(a.status, 403);
	a = harness_get(h, hr, at(h, "/sittings/", s.hall.sitting + 1));
	assert_string_equal(a.error, "record.error.none");
	a = harness_get(h, hr, "/interviews/1/records");
	assert_string_equal(a.error, "record.error.none");
}

/* F73: the form first, and nothing of the record in it; then parts and events on one axis. */
static void the_player(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const int64_t hr = s.hall.stage.hr;
	struct answer_ack ack = { 0 };
	struct err e = { 0 };
	harness_check_page(h, hr, s.record);
	struct answer a = harness_get(h, hr, s.record);
	assert_true(json_is_false(answer_value(&a, "open")));
	assert_null(answer_value(&a, "events"));
	assert_null(answer_value(&a, "parts"));
	show_reason(&s, hr);
	a = harness_get(h, hr, s.record);
	assert_string_equal(answer_text(&a, "nothing"), "none");
	harness_check_page(h, hr, s.record);
	show_three(&s);
	h->site.clock = clock_fixed(s.begin_ms + 13 * SECOND);
	MUST(hall_click(&s.hall, 7, 1, "key-7", &ack, &e));
	a = harness_get(h, hr, arena_print(h->arena, "%s?at=13", s.record));
	assert_string_equal(answer_text(&a, "nothing"), "");
	assert_int_equal(answer_number(&a, "at"), 13);
	assert_int_equal(answer_number(&a, "length_ms"), 26 * SECOND);
	assert_int_equal(answer_number(&a, "parts.1.offset"), 12 * SECOND);
	assert_string_equal(answer_text(&a, "parts.1.pause"), "0:10");
	assert_string_equal(answer_text(&a, "parts.1.state"), "film");
	assert_string_equal(answer_text(&a, "parts.2.state"), "made");
	assert_string_equal(answer_text(&a, "begins"), "10:00:00");
	bool found = false;
	size_t i = 0;
	const json_t *event = NULL;
	json_array_foreach (answer_value(&a, "events"), i, event) {
		if (strcmp(row_text(event, "kind"), "answer_first") != 0)
			continue;
		found = true;
		assert_int_equal(row_number(event, "number"), 7);
		assert_string_equal(row_text(event, "moment"), "13");
		assert_string_equal(row_text(event, "clock"), "10:00:13");
		assert_string_equal(row_text(event, "group"), "answer");
	}
	assert_true(found);
	harness_check_page(h, hr, s.record);
	h->site.clock = clock_fixed(s.begin_ms + 2 * VIDEO_VIEW_MS);
	a = harness_get(h, hr, s.record);
	assert_true(json_is_false(answer_value(&a, "open")));
}

/* One's own: a link from one's own page, no reason asked for, and nobody else's. */
static void the_own_record(void **state)
{
	struct show s = show_open(*state);
	struct harness *h = *state;
	const char *story =
		arena_print(h->arena, "/applications/%lld/story", (long long)s.hall.application);
	show_three(&s);
	harness_check_page(h, s.hall.candidate, story);
	struct answer a = harness_html(h, s.hall.candidate, story);
	assert_non_null(strstr(a.body, s.record));
	a = harness_html(h, s.hall.stage.hr, story);
	assert_null(strstr(a.body, s.record));
	harness_check_page(h, s.hall.candidate, s.record);
	a = harness_html(h, s.hall.candidate, s.record);
	assert_null(strstr(a.body, "name=\"reason\""));
	a = harness_post(h, s.hall.candidate, arena_print(h->arena, "%s/view", s.record), "at=5");
	assert_string_equal(a.location, arena_print(h->arena, "%s?at=5", s.record));
	harness_check_page(h, s.hall.candidate, s.record);
	a = harness_get(h, harness_person(h, ROLE_PERSON), s.record);
	assert_int_equal(a.status, 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(the_list),
		HARNESS_TEST(one_sitting),
		HARNESS_TEST(the_player),
		HARNESS_TEST(the_own_record),
	};
	return cmocka_run_group_tests(tests, show_make, show_remove);
}

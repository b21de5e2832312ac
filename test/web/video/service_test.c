/* What `konkurs check` says of sound and picture (R28-3, R47-1, F74). */
#include "harness.h"

#include "app/video/work.h"
#include "web/installation/installation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* "none", or what is found about it and how it is mended. */
static const char *found(struct harness *h, bool demonstration, int64_t after_ms)
{
	struct installation c = installation_new(h->arena, h->site.view, "kk");
	struct err e = { 0 };
	c.base = h->site.db;
	c.demonstration = demonstration;
	c.now_ms = clock_now(&h->site.clock) + after_ms;
	assert_true(installation_video(&c, &e));
	const json_t *row = json_array_get(c.findings, 0);
	if (!row)
		return "none";
	assert_true(*row_text(row, "text") && *row_text(row, "mend"));
	return arena_print(h->arena, "%s %s", row_text(row, "level"), row_text(row, "what"));
}

static void tell(struct harness *h, const char *problem)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	assert_true(video_tell(&act, problem, 1000, 0, &e));
}

static void it_is_looked_after(void **state)
{
	struct harness *h = *state;
	assert_string_equal(found(h, false, 0), "warning video_none");
	assert_string_equal(found(h, true, 0), "none");
	tell(h, "");
	assert_string_equal(found(h, false, 0), "none");
	assert_string_equal(found(h, false, VIDEO_MISSED_MS), "none");
	assert_string_equal(found(h, false, VIDEO_MISSED_MS + 1), "error video_missed");
	assert_string_equal(found(h, true, VIDEO_MISSED_MS + 1), "warning video_missed");
	tell(h, "away");
	assert_string_equal(found(h, false, 0), "error video_away");
	tell(h, "disk");
	assert_string_equal(found(h, false, 0), "error video_disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = { HARNESS_TEST(it_is_looked_after) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

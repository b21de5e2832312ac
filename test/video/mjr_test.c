/* mjr_test.c - the files of Janus, real ones and broken ones (F70, F71). */
#include "video_made.h"

#include "video/mjr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SOUND_HEAD "{\"t\":\"a\",\"c\":\"opus\",\"s\":1000000,\"u\":1500000}"

static const char *material;

static void test_real(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct mjr_head h = { 0 };
	struct mjr_shape s = { 0 };
	struct err e = { 0 };
	(void)state;
	struct made m = made_read(a, material, "sound.mjr");
	assert_true(mjr_head(m.bytes, m.size, &h, &e));
	assert_true(h.sound);
	assert_string_equal(h.codec, "opus");
	assert_int_equal(h.made_us, 1796015273167194);
	assert_int_equal(h.first_us, 1796015273308215);
	assert_true(mjr_shape(m.bytes, m.size, &h, &s, &e));
	assert_int_equal(s.packets, 312);
	assert_int_equal(s.lost, 0);
	assert_int_equal(s.whole, m.size);
	assert_in_range(s.until_ms, 6000, 6400); /* 312 of 20 ms each */
	assert_in_range(s.longest_gap_ms, 20, 200);
	m = made_read(a, material, "picture.mjr");
	assert_true(mjr_head(m.bytes, m.size, &h, &e));
	assert_false(h.sound);
	assert_string_equal(h.codec, "vp8");
	assert_true(mjr_shape(m.bytes, m.size, &h, &s, &e));
	assert_int_equal(s.whole, m.size);
	assert_true(s.packets >= 62); /* one at least of each picture */
}

/* F70: a crash cuts anywhere; what is before counts, and no byte behind it is read. */
static void test_cut(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct made m = made_read(a, material, "sound.mjr");
	struct mjr_head h = { 0 };
	struct mjr_shape s = { 0 }, before = { 0 };
	struct err e = { 0 };
	(void)state;
	assert_true(mjr_head(m.bytes, m.size, &h, &e));
	for (size_t size = h.size; size <= h.size + 2000; size++) {
		/* of its own size, so that the sanitizer sees a byte too many */
		unsigned char *copy = arena_alloc(a, size);
		(void)memcpy(copy, m.bytes, size);
		assert_true(mjr_shape(copy, size, &h, &s, &e));
		assert_true(s.whole <= size);
		assert_true(s.packets - before.packets <= 1);
		assert_true(s.packets >= before.packets);
		before = s;
	}
	assert_true(before.packets > 15);
}

static void test_none(void **state)
{
	static const struct {
		const char *why;
		const char *bytes;
		size_t size;
	} row[] = {
		{ "empty", "", 0 },
		{ "eight bytes", "MJR00002", 8 },
		{ "of an older Janus", "MJR00001\0\2{}", 12 },
		{ "a header that is longer than the file", "MJR00002\xff\xff{}", 12 },
		{ "a header that is no JSON", "MJR00002\0\2{[", 12 },
		{ "a header without type", "MJR00002\0\2{}", 12 },
		{ "data", "MJR00002\0\x16{\"t\":\"d\",\"c\":\"text\"} ", 32 },
		{ "a codec that is no name", "MJR00002\0\x16{\"t\":\"a\",\"c\":\"../x\"} ", 32 },
		{ "before the epoch", "MJR00002\0\x1e{\"t\":\"a\",\"c\":\"opus\",\"u\":-5}  ", 40 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct mjr_head h = { 0 };
		struct err e = { 0 };
		if (mjr_head((const unsigned char *)row[i].bytes, row[i].size, &h, &e))
			fail_msg("%s was taken", row[i].why);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_string_equal(e.key, "video.error.mjr");
	}
}

/* A header of one file on the bytes of another. */
static void test_lies(void **state)
{
	const struct mjr_head lie = { .size = 50 };
	struct mjr_shape s = { 0 };
	struct err e = { 0 };
	(void)state;
	assert_false(mjr_shape((const unsigned char *)"MJR00002", 8, &lie, &s, &e));
	assert_string_equal(e.key, "video.error.mjr");
}

static struct made three(struct arena *a, uint16_t first, const uint16_t step[2],
			 const uint32_t ms[3])
{
	struct made m = made_head(a, SOUND_HEAD);
	uint16_t number = first;
	for (size_t i = 0; i < 3; i++) {
		made_add(a, &m, ms[i], number, 0, "sound", 5);
		number = (uint16_t)(number + (i < 2 ? step[i] : 0));
	}
	return m;
}

/* F71: gaps by the clock, losses by the numbers, which begin again after 65535. */
static void test_gaps(void **state)
{
	static const struct {
		const char *why;
		uint16_t first, step[2];
		uint32_t ms[3];
		int64_t gap, gap_from, until, lost;
	} row[] = {
		{ "nothing is missing", 5, { 1, 1 }, { 0, 20, 40 }, 20, 0, 40, 0 },
		{ "a gap", 5, { 1, 1 }, { 0, 20, 5020 }, 5000, 20, 5020, 0 },
		{ "a loss", 5, { 1, 11 }, { 0, 20, 40 }, 20, 0, 40, 10 },
		{ "round the end of the numbers", 65534, { 1, 1 }, { 0, 20, 40 }, 20, 0, 40, 0 },
		{ "a loss there", 65534, { 1, 3 }, { 0, 20, 40 }, 20, 0, 40, 2 },
		{ "two have changed places", 5, { 2, 65535 }, { 0, 20, 40 }, 20, 0, 40, 0 },
		{ "one came twice", 5, { 1, 0 }, { 0, 20, 40 }, 20, 0, 40, 0 },
		{ "the clock went back", 5, { 1, 1 }, { 0, 40, 20 }, 40, 0, 40, 0 },
		{ "it began late", 5, { 1, 1 }, { 90, 100, 120 }, 20, 100, 120, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		const struct made m = three(a, row[i].first, row[i].step, row[i].ms);
		struct mjr_head h = { 0 };
		struct mjr_shape s = { 0 };
		struct err e = { 0 };
		assert_true(mjr_head(m.bytes, m.size, &h, &e));
		assert_true(mjr_shape(m.bytes, m.size, &h, &s, &e));
		if (s.packets != 3 || s.longest_gap_ms != row[i].gap ||
		    s.gap_from_ms != row[i].gap_from || s.until_ms != row[i].until ||
		    s.from_ms != row[i].ms[0] || s.lost != row[i].lost)
			fail_msg("%s: gap %d from %d until %d lost %d", row[i].why,
				 (int)s.longest_gap_ms, (int)s.gap_from_ms, (int)s.until_ms,
				 (int)s.lost);
	}
}

/* A length that leads behind the end, or a packet too short to be one, ends the reading there. */
static void test_length(void **state)
{
	static const unsigned char length[][2] = { { 0xff, 0xff }, { 0, 11 }, { 0, 0 } };
	(void)state;
	for (size_t i = 0; i < COUNT(length); i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct made m = made_head(a, SOUND_HEAD);
		struct mjr_head h = { 0 };
		struct mjr_shape s = { 0 };
		struct err e = { 0 };
		made_add(a, &m, 0, 1, 0, "sound", 5);
		const size_t second = m.size;
		made_add(a, &m, 20, 2, 0, "sound", 5);
		(void)memcpy(m.bytes + second + 8, length[i], 2);
		assert_true(mjr_head(m.bytes, m.size, &h, &e));
		assert_true(mjr_shape(m.bytes, m.size, &h, &s, &e));
		assert_int_equal(s.packets, 1);
		assert_int_equal(s.whole, second);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_none), cmocka_unit_test(test_lies),
		cmocka_unit_test(test_gaps), cmocka_unit_test(test_length),
	};
	material = argc > 1 ? argv[1] : ".";
	return cmocka_run_group_tests(tests, NULL, NULL);
}

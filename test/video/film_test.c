/* film_test.c - segments looked at and made playable, by the programs themselves (F71, F72). */
#include "video_made.h"

#include "video/film.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *a;
static const char *material, *folder;

static int begin(void **state)
{
	(void)state;
	a = arena_new();
	folder = made_folder(a);
	return 0;
}

static int end(void **state)
{
	(void)state;
	made_remove(folder);
	arena_free(a);
	return 0;
}

/* Nothing but what was put there, and the film if there is one, stays. */
static void check_left(size_t files, bool film)
{
	const char *list = arena_print(a, "ls %s | wc -l", folder);
	FILE *f = popen(list, "r"); /* NOLINT(cert-env33-c): a folder of the test's own */
	int count = -1;
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &count), 1); /* NOLINT(cert-err34-c): of wc */
	(void)pclose(f);
	assert_int_equal(count, files + (film ? 1 : 0));
	assert_int_equal(access(arena_print(a, "%s/a.webm", folder), F_OK), film ? 0 : -1);
}

static struct film look(const char *sound, const char *picture, int64_t wall_ms)
{
	const struct film_parts parts = { folder, sound, picture, wall_ms };
	struct film film = { .frames = -1 };
	struct err e = { 0 };
	if (!film_make(&parts, "a.webm", &film, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return film;
}

static const struct film_finding *found(const struct film *f, enum film_fault fault, bool sound)
{
	for (size_t i = 0; i < f->finding_count; i++) {
		if (f->findings[i].fault == fault && f->findings[i].sound == sound)
			return &f->findings[i];
	}
	return NULL;
}

static void put_both(void)
{
	made_write(folder, "s.mjr", made_read(a, material, "sound.mjr"));
	made_write(folder, "p.mjr", made_read(a, material, "picture.mjr"));
}

/* Where an element of Matroska begins. */
static long where(const unsigned char id[4])
{
	const struct made m = made_read(a, folder, "a.webm");
	const unsigned char *at = memmem(m.bytes, m.size, id, 4);
	return at ? (long)(at - m.bytes) : -1;
}

/* F72: both in one, the picture 80 ms later as it came, with the index before what it is of. */
static void test_both(void **state)
{
	(void)state;
	put_both();
	const struct film f = look("s.mjr", "p.mjr", 6300);
	assert_int_equal(f.first_us, 1796015273308215);
	assert_int_equal(f.frames, 62);
	assert_in_range(f.length_ms, 6100, 6300);
	if (f.finding_count > 0)
		fail_msg("a good record: %s", film_fault_name(f.findings[0].fault));
	check_left(2, true);
	const long index = where((const unsigned char *)"\x1c\x53\xbb\x6b");
	const long cluster = where((const unsigned char *)"\x1f\x43\xb6\x75");
	assert_true(index > 0 && index < cluster);
	/* the picture is the second of the two, and nothing before 81 ms is of it */
	const char *probe = arena_print(a,
					"ffprobe -v error -select_streams v -show_entries"
					" stream=start_time,codec_name -of csv=p=0 %s/a.webm",
					folder);
	char said[64] = "";
	FILE *p = popen(probe, "r"); /* NOLINT(cert-env33-c): a folder of the test's own */
	assert_non_null(p);
	assert_non_null(fgets(said, sizeof(said), p));
	(void)pclose(p);
	said[strcspn(said, "\n")] = '\0';
	if (strcmp(said, "vp8,0.080000") != 0 && strcmp(said, "vp8,0.081000") != 0)
		fail_msg("%s", said);
}

static void test_alone(void **state)
{
	(void)state;
	put_both();
	struct film f = look("s.mjr", NULL, 6300);
	assert_int_equal(f.finding_count, 0);
	assert_int_equal(f.frames, 0);
	assert_in_range(f.length_ms, 6100, 6300);
	f = look(NULL, "p.mjr", 6300);
	assert_int_equal(f.finding_count, 0);
	assert_int_equal(f.first_us, 1796015273388946);
	assert_int_equal(f.frames, 62);
	check_left(2, true);
}

/* F70, F71: what a crash left, cut in the middle of a packet, is found short and can be seen. */
static void test_cut(void **state)
{
	(void)state;
	struct made m = made_read(a, material, "picture.mjr");
	m.size /= 2;
	made_write(folder, "p.mjr", m);
	const struct film f = look(NULL, "p.mjr", 6300);
	const struct film_finding *s = found(&f, FILM_SHORT, false);
	assert_int_equal(f.finding_count, 1);
	assert_non_null(s);
	assert_in_range(s->from_ms, 2000, 4300);
	assert_int_equal(s->until_ms, 6300);
	assert_in_range(f.frames, 20, 45);
	check_left(1, true);
}

static void test_unreadable(void **state)
{
	const struct made bytes[] = {
		{ (unsigned char[1]){ 0 }, 0 },
		{ (unsigned char[8]){ "MJR00002" }, 8 },
		made_head(a, "{\"t\":\"v\",\"c\":\"vp8\",\"s\":1,\"u\":1}"), /* no packet */
		made_read(a, material, "sound.mjr"),                         /* no picture */
		made_head(a, "{\"t\":\"v\",\"c\":\"h264\",\"s\":1,\"u\":1}"),
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bytes); i++) {
		made_write(folder, "p.mjr", bytes[i]);
		made_write(folder, "s.mjr", made_read(a, material, "sound.mjr"));
		struct film f = look(NULL, "p.mjr", 6300);
		assert_int_equal(f.finding_count, 1);
		assert_non_null(found(&f, FILM_UNREADABLE, false));
		assert_int_equal(f.length_ms, 0);
		check_left(2, false);
		f = look("s.mjr", "p.mjr", 6300); /* the sound can be heard */
		assert_int_equal(f.finding_count, 1);
		assert_non_null(found(&f, FILM_UNREADABLE, false));
		assert_in_range(f.length_ms, 6100, 6300);
		check_left(2, true);
		made_remove(folder);
		assert_int_equal(mkdir(folder, 0700), 0);
	}
	const struct film f = look(NULL, "none.mjr", 6300);
	assert_non_null(found(&f, FILM_UNREADABLE, false));
}

/* Packets of a real one that are not between two moments. */
static struct made without(const char *file, uint32_t from_ms, uint32_t until_ms)
{
	const struct made m = made_read(a, material, file);
	struct made r = { arena_alloc(a, m.size), 0 };
	size_t at = 10 + ((size_t)m.bytes[8] << 8 | m.bytes[9]);
	(void)memcpy(r.bytes, m.bytes, at);
	r.size = at;
	while (at < m.size) {
		const unsigned char *p = m.bytes + at;
		const uint32_t ms =
			(uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
		const size_t size = 10 + ((size_t)p[8] << 8 | p[9]);
		if (ms < from_ms || ms >= until_ms) {
			(void)memcpy(r.bytes + r.size, p, size);
			r.size += size;
		}
		at += size;
	}
	return r;
}

static void test_gap(void **state)
{
	(void)state;
	made_write(folder, "s.mjr", without("sound.mjr", 2000, 5000));
	made_write(folder, "p.mjr", made_read(a, material, "picture.mjr"));
	const struct film f = look("s.mjr", "p.mjr", 6300);
	const struct film_finding *g = found(&f, FILM_GAP, true);
	assert_int_equal(f.finding_count, 1);
	assert_non_null(g);
	assert_in_range(g->from_ms, 1900, 2000);
	assert_in_range(g->until_ms, 5000, 5100);
	assert_in_range(f.length_ms, 6100, 6300); /* it is not closed up */
}

/* A picture of which the key frame is lost cannot be seen, however many packets came. */
static void test_no_key(void **state)
{
	(void)state;
	made_write(folder, "p.mjr", without("picture.mjr", 0, 300));
	const struct film f = look(NULL, "p.mjr", 6300);
	assert_non_null(found(&f, FILM_UNREADABLE, false));
}

/* Opus' own word for silence, every 20 ms. */
static struct made silence(int seconds)
{
	static const unsigned char frame[] = { 0xf8, 0xff, 0xfe };
	struct made m = made_head(a, "{\"t\":\"a\",\"c\":\"opus\",\"s\":1000000,\"u\":1000000}");
	for (int i = 0; i < seconds * 50; i++)
		made_add(a, &m, (uint32_t)i * 20, (uint16_t)i, (uint32_t)i * 960, frame,
			 sizeof(frame));
	return m;
}

/* A black key frame of 64x48 as libvpx makes it, five a second, each in one packet. */
static struct made black(int seconds)
{
	static const unsigned char frame[] = {
		0x10, /* VP8 in RTP: a picture begins */
		0xb0, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x00, 0x30, 0x00, 0x00, 0x47,
		0x08, 0x85, 0x85, 0x88, 0x85, 0x84, 0x88, 0x02, 0x02, 0x00, 0x06, 0x8e,
		0x4f, 0xcc, 0xc7, 0x9b, 0xf1, 0x58, 0x00, 0xfe, 0xff, 0xab, 0x50, 0x80,
	};
	struct made m = made_head(a, "{\"t\":\"v\",\"c\":\"vp8\",\"s\":1000000,\"u\":1000000}");
	for (int i = 0; i < seconds * 5; i++)
		made_add(a, &m, (uint32_t)i * 200, (uint16_t)i, (uint32_t)i * 18000, frame,
			 sizeof(frame));
	return m;
}

static void test_silence_and_black(void **state)
{
	(void)state;
	made_write(folder, "s.mjr", silence(35));
	made_write(folder, "p.mjr", black(35));
	struct film f = look("s.mjr", "p.mjr", 35000);
	assert_int_equal(f.finding_count, 2);
	const struct film_finding *s = found(&f, FILM_SILENCE, true);
	const struct film_finding *b = found(&f, FILM_BLACK, false);
	assert_true(s && b);
	assert_in_range(s->from_ms, 0, 100);
	assert_in_range(s->until_ms, 34500, 35500);
	assert_in_range(b->from_ms, 0, 100);
	assert_in_range(b->until_ms, 34500, 35500);
	/* less than that is no finding: somebody thinks, a light goes out */
	made_write(folder, "s.mjr", silence(20));
	made_write(folder, "p.mjr", black(4));
	f = look("s.mjr", NULL, 20000);
	assert_int_equal(f.finding_count, 0);
	f = look(NULL, "p.mjr", 4000);
	assert_int_equal(f.finding_count, 0);
}

/* Without its programs it says so, and leaves nothing half done. */
static void test_programs(void **state)
{
	const struct film_parts parts = { folder, "s.mjr", "p.mjr", 6300 };
	struct film film = { .frames = -1 };
	struct err e = { 0 };
	(void)state;
	put_both();
	const char *path = arena_copy(a, getenv("PATH"));
	assert_int_equal(setenv("PATH", folder, 1), 0);
	const bool ok = film_make(&parts, "a.webm", &film, &e);
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_false(ok);
	assert_int_equal(e.kind, ERR_SYSTEM);
	assert_string_equal(e.key, "video.error.programs");
	assert_int_equal(film.frames, -1);
	check_left(2, false);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(test_both),
		CASE(test_alone),
		CASE(test_cut),
		CASE(test_unreadable),
		CASE(test_gap),
		CASE(test_no_key),
		CASE(test_silence_and_black),
		CASE(test_programs),
	};
	material = argc > 1 ? argv[1] : ".";
	return cmocka_run_group_tests(tests, NULL, NULL);
}

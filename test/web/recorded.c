#include "recorded.h"

#include "app/video/incident.h"
#include "app/video/viewing.h"
#include "app/video/work.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct play {
	struct hall *hall;
	struct harness *h;
	const char *folder;
	int64_t passed_ms;
	struct recorded r;
};

static void must(bool ok, const struct err *e)
{
	if (!ok) {
		(void)fprintf(stderr, "recorded: %s: %s\n", e->key, e->detail);
		abort();
	}
}

/* Each step is ten milliseconds after the last. */
static struct act step(struct play *p, int64_t person)
{
	struct act act = harness_act(p->h, person);
	p->passed_ms += 10;
	act.now_ms += p->passed_ms;
	p->r.now_ms = act.now_ms;
	return act;
}

/* Text that is nobody else's, in a file if there is to be one. */
static struct video_piece piece(struct play *p, const char *file)
{
	struct arena *a = p->h->arena;
	unsigned char hash[crypto_hash_sha256_BYTES];
	const char *bytes = arena_print(a, "the bytes of %s", file);
	const size_t size = strlen(bytes);
	(void)crypto_hash_sha256(hash, (const unsigned char *)bytes, size);
	if (p->folder) {
		const char *path = arena_print(a, "%s/%s", p->folder, file);
		(void)mkdir(p->folder, 0700);
		(void)mkdir(arena_copy_n(a, path, (size_t)(strrchr(path, '/') - path)), 0700);
		FILE *f = fopen(path, "wb");
		if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) != 0)
			abort();
	}
	return (struct video_piece){ file, (int64_t)size, act_hex(a, hash, sizeof(hash)) };
}

static int64_t record(struct play *p, int64_t source, const char *how, int64_t from_ms,
		      const struct video_finding *finding)
{
	struct act act = step(p, 0);
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	must(video_segment_begin(&act, "", source, &id, &number, &e), &e);
	const char *base = video_file_base(act.arena, p->r.room, source, number);
	struct video_end end = { .how = how, .sound = { "", 0, "" }, .picture = { "", 0, "" } };
	if (from_ms) {
		end.from_ms = from_ms;
		end.until_ms = from_ms + 60000;
		end.wall_us = from_ms * 1000;
		end.sound = piece(p, arena_print(act.arena, "%s-audio-0.mjr", base));
		end.picture = piece(p, arena_print(act.arena, "%s-video-1.mjr", base));
	}
	act = step(p, 0);
	must(video_segment_end(&act, id, &end, &e), &e);
	if (!from_ms)
		return id;
	const struct video_piece film = piece(p, arena_print(act.arena, "%s.webm", base));
	act = step(p, 0);
	must(video_segment_checked(&act, id, &film, 60000, finding, finding ? 1 : 0, &e), &e);
	return id;
}

static void sit_down(struct play *p, int number, int64_t attempt)
{
	struct act act = step(p, 0);
	struct err e = { 0 };
	struct video_source s = { 0 };
	must(video_source_want(&act, p->r.room, "seat", attempt, &s, &e), &e);
	p->r.source[number] = s.id;
	act = step(p, hall_candidate_of(p->hall, attempt));
	must(video_warned(&act, s.id, &e), &e);
}

/* A record is lost, comes back, and the operator says what is done. */
static void lose(struct play *p)
{
	struct act act = step(p, 0);
	struct err e = { 0 };
	must(video_incident_begin(&act, p->r.room, p->r.source[1], "lost", &e), &e);
	act = step(p, 0);
	must(video_incident_over(&act, p->r.room, p->r.source[1], "lost", &e), &e);
	must(db_number(act.db, &e, &p->r.incident, "SELECT MAX(id) FROM video_incident"), &e);
	act = hall_operator(p->hall);
	act.now_ms = step(p, 0).now_ms;
	must(video_incident_choose(&act, p->r.incident, "go_on", "Камера қайта қосылды.", &e), &e);
}

static void look(struct play *p)
{
	struct act act = step(p, p->hall->stage.hr);
	struct err e = { 0 };
	must(video_view_open(&act, p->r.room, p->r.source[0], "Жалоба № 1", &e), &e);
	act = step(p, hall_candidate_of(p->hall, p->hall->attempt));
	must(video_view_open(&act, p->r.room, p->r.source[0], "", &e), &e);
}

struct recorded recorded_play(struct hall *w, int64_t other, const char *folder)
{
	static const struct video_finding gap = { "gap", 2000, 5000 };
	struct play p = { .hall = w, .h = w->stage.h, .folder = folder };
	struct act act = step(&p, 0);
	const int64_t from = act.now_ms;
	struct err e = { 0 };
	must(video_tell(&act, "", 1LL << 40, 0, &e), &e);
	must(video_room_want(&act, w->sitting, 0, "seats", &p.r.room, &e), &e);
	sit_down(&p, 0, w->attempt);
	sit_down(&p, 1, other);
	p.r.segment[0] = record(&p, p.r.source[0], "turned", from, NULL);
	p.r.segment[1] = record(&p, p.r.source[0], "stopped", from + 60000, &gap);
	(void)record(&p, p.r.source[0], "stopped", 0, NULL);
	p.r.segment[2] = record(&p, p.r.source[1], "lost", from, NULL);
	lose(&p);
	look(&p);
	act = step(&p, 0);
	must(video_room_leave(&act, w->sitting, 0, &e), &e);
	must(video_room_closed(&act, p.r.room, &e), &e);
	return p.r;
}

/* video_effect.c - what a record does to the answers beside it, and how many seats a machine
 * records (video.h). */
#include "bench/video.h"

#include <math.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

enum { ROUNDS = 3, ROUND_S = 12, ROUND_QUICK_S = 8, WARM_S = 3 };

/* What goes on beside the answers. */
enum { ALONE, RECORD, WAYS };

static const char *const way_name[] = { "alone_", "recorded_" };

struct effect {
	struct histogram answers[WAYS];
	int64_t refused;
	double server_share; /* of a core, for all seats */
};

static bool play(struct video *v, int way, struct effect *f, struct err *e)
{
	struct load_figures *load = NULL;
	int64_t server_ms = 0;
	json_t *said = NULL;
	const int64_t length = exam_length_ns(&v->exam, ROUND_S, ROUND_QUICK_S);
	if (way == RECORD) {
		if (!parts_order(&v->parts, "publish", VIDEO_EFFECT_PUBLISHERS, &said, e))
			return false;
		json_decref(said);
		video_sleep(WARM_S);
	}
	if (!exam_pace(&v->exam, length, &load, &server_ms, e))
		return false;
	for (int kind = 0; kind < LOAD_KINDS_MOST; kind++)
		histogram_merge(&f->answers[way], &load->latency[kind]);
	f->refused += load_refused(load);
	if (way == ALONE)
		f->server_share = (double)server_ms * 1e6 / (double)length;
	free(load);
	if (!parts_order(&v->parts, "stop", 0, &said, e))
		return false;
	json_decref(said);
	(void)parts_bytes(&v->parts, true);
	return true;
}

static double times(const struct histogram *a, const struct histogram *b, double share)
{
	const double base = (double)histogram_quantile(b, share);
	return base > 0 ? (double)histogram_quantile(a, share) / base : 0;
}

static void report_effect(struct video *v, const struct effect *f)
{
	json_t *values = json_object();
	char target[128];
	const double p99_ms = exam_ms(histogram_quantile(&f->answers[RECORD], 0.99));
	for (int way = ALONE; way < WAYS; way++)
		exam_times(values, way_name[way], &f->answers[way]);
	(void)json_object_set_new(values, "recorded_requests",
				  json_integer((json_int_t)f->answers[RECORD].count));
	(void)json_object_set_new(values, "p50_times_alone",
				  report_real(times(&f->answers[RECORD], &f->answers[ALONE], 0.5)));
	(void)json_object_set_new(
		values, "p99_times_alone",
		report_real(times(&f->answers[RECORD], &f->answers[ALONE], 0.99)));
	(void)json_object_set_new(values, "refused", json_integer((json_int_t)f->refused));
	(void)snprintf(target, sizeof(target), "p99 at most %d ms; none refused", PACE_P99_MS);
	report_add(&v->exam.report, "answers beside a record",
		   "200 seats at their pace, clicks, questions and pulses: alone (the ceiling), and"
		   " beside 8 sources recorded by Janus, whose browsers run on this machine too;"
		   " in turn.",
		   values, target, p99_ms <= PACE_P99_MS && f->refused == 0);
}

bool measure_effect(struct video *v, struct err *e)
{
	struct effect *f = calloc(1, sizeof(*f));
	const int rounds = v->exam.quick ? 1 : ROUNDS;
	bool ok = f || err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	for (int i = 0; ok && i < rounds; i++) {
		for (int way = ALONE; ok && way < WAYS; way++)
			ok = play(v, way, f, e);
	}
	if (ok) {
		v->unit.seat_share = f->server_share / (double)v->exam.big.count;
		report_effect(v, f);
	}
	free(f);
	return ok;
}

/* ---- how many seats -------------------------------------------------------------------------- */

/* Half of a gigabit, so that the test has the other; a quarter of a second for syncs, as one
 * thread makes them and everything else it does has to fit beside. */
#define NETWORK_BITS 5e8
#define SYNC_SHARE   0.25
enum { FILES_OF_SEAT = 2, SIZE_CORES = 2 };

struct limit {
	const char *name;
	double seats;
};

void measure_sizes(struct video *v)
{
	const struct unit *u = &v->unit;
	const double janus = u->janus_packet_us * VIDEO_PACKETS / 1e6;
	/* what it does for a piece is counted six times too often: pieces of 10 s */
	const double follow = fmax(u->follow_us / 1e6, u->process_share);
	const double core = janus + follow + u->film_share + u->seat_share;
	const double bytes_second = (VIDEO_BITS + SOUND_BITS) / 8.0;
	const double sitting_gb =
		bytes_second * SITTING_MINUTES * 60 * (1 + u->film_bytes_share) / 1e9;
	const struct limit limits[] = {
		{ "processor", core > 0 ? SIZE_CORES * (1 - IDLE_SHARE) / core : 0 },
		{ "network", NETWORK_BITS / (VIDEO_BITS + SOUND_BITS) },
		{ "syncs of the disk",
		  u->sync_ms > 0 ? SYNC_SHARE * 1000 / (u->sync_ms * FILES_OF_SEAT) : 0 },
	};
	const struct limit *least = &limits[0];
	json_t *values = json_object();
	char target[64];
	for (size_t i = 0; i < COUNT(limits); i++) {
		(void)json_object_set_new(values, limits[i].name,
					  json_integer((json_int_t)floor(limits[i].seats)));
		if (limits[i].seats < least->seats)
			least = &limits[i];
	}
	(void)json_object_set_new(values, "seats", json_integer((json_int_t)floor(least->seats)));
	(void)json_object_set_new(values, "limited_by", json_string(least->name));
	(void)json_object_set_new(values, "core_of_a_seat", report_real(core));
	(void)json_object_set_new(values, "of_it_janus", report_real(janus));
	(void)json_object_set_new(values, "of_it_following", report_real(follow));
	(void)json_object_set_new(values, "of_it_film", report_real(u->film_share));
	(void)json_object_set_new(values, "of_it_the_test", report_real(u->seat_share));
	(void)json_object_set_new(values, "disk_gb_of_a_seat", report_real(sitting_gb));
	(void)snprintf(target, sizeof(target), "at least %d", VIDEO_SEATS_LEAST);
	report_add(&v->exam.report, "seats that two cores record while they sit the test",
		   "From the costs above at full rate, a quarter of the processors idle; the disk"
		   " holds recording and film of 150 minutes.",
		   values, target, least->seats >= VIDEO_SEATS_LEAST);
}

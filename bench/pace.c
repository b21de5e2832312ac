/* pace.c - 1000 seats as people use them, by a schedule (open loop), and the memory that takes. */
#include "bench/exam.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t NS_PER_MS = 1000000;

/* Each seat reads a question, and answers it at its next click. */
enum { KIND_CLICK, KIND_QUESTION, KIND_PULSE, KINDS };
enum {
	CLICK_LEAST_MS = 5000,
	CLICK_MOST_MS = 15000,
	PULSE_EVERY_MS = 5000,
	QUESTION_AFTER_MS = 300, /* the next question is opened so long after a click */
	QUESTION_FIRST = 1,
};

struct seat {
	int64_t due_ns[KINDS];
	unsigned next; /* the kind that is due first */
	int question;
};

struct pace {
	struct exam *exam;
	struct seat *seats;
};

static const char *const kind_name[] = { "answer_", "question_", "pulse_" };

static int64_t click_pause_ns(struct exam *x)
{
	return (CLICK_LEAST_MS + exam_random(x, CLICK_MOST_MS - CLICK_LEAST_MS)) * NS_PER_MS;
}

/* Where a seat of a hall that has been at it for a while happens to be. */
static void sit_down(struct pace *p, struct seat *s, int64_t now_ns)
{
	struct exam *x = p->exam;
	s->question = QUESTION_FIRST;
	s->due_ns[KIND_QUESTION] = now_ns + exam_random(x, PULSE_EVERY_MS * NS_PER_MS);
	s->due_ns[KIND_CLICK] =
		s->due_ns[KIND_QUESTION] + exam_random(x, CLICK_MOST_MS * NS_PER_MS);
	s->due_ns[KIND_PULSE] = now_ns + exam_random(x, PULSE_EVERY_MS * NS_PER_MS);
}

static bool seat_due(void *user, size_t client, int64_t now_ns, int64_t *ret_ns)
{
	struct pace *p = user;
	struct seat *s = &p->seats[client];
	if (s->question == 0)
		sit_down(p, s, now_ns);
	s->next = KIND_CLICK;
	for (unsigned kind = KIND_CLICK; kind < KINDS; kind++) {
		if (s->due_ns[kind] < s->due_ns[s->next])
			s->next = kind;
	}
	*ret_ns = s->due_ns[s->next];
	return true;
}

static void make_click(struct pace *p, struct seat *s, struct player *player)
{
	const int64_t click_ns = s->due_ns[KIND_CLICK];
	player_click(player, s->question);
	s->question = s->question % PLAYER_QUESTIONS + 1;
	s->due_ns[KIND_QUESTION] = click_ns + QUESTION_AFTER_MS * NS_PER_MS;
	s->due_ns[KIND_CLICK] = click_ns + click_pause_ns(p->exam);
}

static void make_request(void *user, size_t client, struct load_request *ret)
{
	struct pace *p = user;
	struct seat *s = &p->seats[client];
	struct player *player = &p->exam->big_players[client];
	const unsigned kind = s->next;
	switch (kind) {
	case KIND_CLICK: make_click(p, s, player); break;
	case KIND_QUESTION:
		player_question(player, s->question);
		s->due_ns[KIND_QUESTION] = INT64_MAX; /* until the next click */
		break;
	default:
		player_pulse(player);
		s->due_ns[KIND_PULSE] += PULSE_EVERY_MS * NS_PER_MS;
		break;
	}
	*ret = (struct load_request){ kind, player->bytes, player->size };
}

static bool took(void *user, size_t client, unsigned kind, const struct reply *reply)
{
	const struct pace *p = user;
	struct player *player = &p->exam->big_players[client];
	switch (kind) {
	case KIND_CLICK: return player_took_click(player, reply);
	case KIND_QUESTION: return player_took_question(player, reply);
	default: return player_took_json(reply);
	}
}

static void report_pace(struct exam *x, const struct load_figures *f, int64_t server_ms)
{
	const double seconds = (double)(f->last_ns - f->began_ns) / 1e9;
	struct histogram *all = calloc(1, sizeof(*all));
	json_t *values = json_object();
	char target[64];
	int64_t requests = 0;
	if (!all)
		abort();
	for (unsigned kind = 0; kind < KINDS; kind++) {
		exam_times(values, kind_name[kind], &f->latency[kind]);
		histogram_merge(all, &f->latency[kind]);
		requests += f->counted[kind];
	}
	exam_times(values, "all_", all);
	const double p99_ms = exam_ms(histogram_quantile(all, 0.99));
	const double answer_ms = exam_ms(histogram_quantile(&f->latency[KIND_CLICK], 0.99));
	(void)json_object_set_new(values, "answers", json_integer((json_int_t)f->counted[0]));
	(void)json_object_set_new(values, "requests_per_second",
				  report_real((double)requests / seconds));
	(void)json_object_set_new(values, "server_processor_share",
				  report_real((double)server_ms / 1000 / seconds));
	(void)json_object_set_new(values, "refused", json_integer((json_int_t)load_refused(f)));
	(void)snprintf(target, sizeof(target), "p99 at most %d ms, none refused", PACE_P99_MS);
	report_add(&x->report, "1000 seats at a realistic pace",
		   "Each seat: a click every 5 to 15 s, the next question 0.3 s after it, a pulse"
		   " every 5 s, at random phases; open loop, times from the instant each was due.",
		   values, target,
		   p99_ms <= PACE_P99_MS && answer_ms <= PACE_P99_MS && load_refused(f) == 0);
	free(all);
}

bool exam_pace(struct exam *x, int64_t length_ns, struct load_figures **ret, int64_t *ret_server_ms,
	       struct err *e)
{
	struct pace pace = { x, calloc(x->big.count, sizeof(*pace.seats)) };
	struct process_figures before = { 0 };
	struct process_figures after = { 0 };
	const struct load_plan plan = { .port = x->server.port,
					.nodes = x->nodes,
					.node_count = x->node_count,
					.clients = x->big.count,
					.length_ns = length_ns,
					.script = { seat_due, make_request, took, &pace } };
	bool ok = pace.seats || err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	ok = ok && process_measure(&x->server, &before, e) && load_run(&plan, ret, e);
	free(pace.seats);
	if (ok && !process_measure(&x->server, &after, e)) {
		free(*ret);
		*ret = NULL;
		return false;
	}
	*ret_server_ms = after.processor_ms - before.processor_ms;
	return ok;
}

bool measure_pace(struct exam *x, struct err *e)
{
	struct load_figures *f = NULL;
	int64_t server_ms = 0;
	if (!exam_pace(x, exam_length_ns(x, 40, 10), &f, &server_ms, e))
		return false;
	report_pace(x, f, server_ms);
	free(f);
	return true;
}

bool measure_memory(struct exam *x, struct err *e)
{
	struct process_figures f = { 0 };
	int64_t live = 0;
	char target[64];
	if (!process_measure(&x->server, &f, e) ||
	    !db_number(x->act.db, e, &live,
		       "SELECT COUNT(*) FROM attempt WHERE started_ms IS NOT NULL"
		       " AND finished_ms IS NULL AND pen <> ''"))
		return false;
	const double resident = (double)f.resident_kib / 1024;
	const double peak = (double)f.peak_kib / 1024;
	json_t *values = json_object();
	(void)json_object_set_new(values, "live_attempts", json_integer((json_int_t)live));
	(void)json_object_set_new(values, "resident_mib", report_real(resident));
	(void)json_object_set_new(values, "peak_mib", report_real(peak));
	(void)snprintf(target, sizeof(target), "below %d MiB, the peak (VmHWM) too", MEMORY_MIB);
	report_add(&x->report, "memory of the server",
		   "After starts, 1000 busy connections and 1000 seats at their pace.", values,
		   target, live >= SEATS && peak < MEMORY_MIB);
	return true;
}

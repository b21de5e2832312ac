/* common.c - what the measures share (exam.h). */
#include "bench/exam.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t NS_PER_S = 1000000000;

/* xorshift64*, of a fixed seed: it spreads clicks over time, nothing more. */
int64_t exam_random(struct exam *x, int64_t most)
{
	uint64_t s = x->random.state ? x->random.state : 0x9e3779b97f4a7c15ULL;
	s ^= s >> 12;
	s ^= s << 25;
	s ^= s >> 27;
	x->random.state = s;
	return (int64_t)((s * 0x2545f4914f6cdd1dULL >> 11) % (uint64_t)most);
}

int64_t exam_length_ns(const struct exam *x, double seconds, double quick_seconds)
{
	return (int64_t)((x->quick ? quick_seconds : seconds) * (double)NS_PER_S);
}

double exam_ms(int64_t microseconds)
{
	return (double)microseconds / 1000;
}

void exam_times(json_t *values, const char *prefix, const struct histogram *h)
{
	const struct {
		const char *name;
		int64_t value;
	} row[] = {
		{ "p50_ms", histogram_quantile(h, 0.5) },
		{ "p99_ms", histogram_quantile(h, 0.99) },
		{ "p999_ms", histogram_quantile(h, 0.999) },
		{ "max_ms", h->most },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		char name[64];
		(void)snprintf(name, sizeof(name), "%s%s", prefix, row[i].name);
		(void)json_object_set_new(values, name, report_real(exam_ms(row[i].value)));
	}
}

bool exam_open_hall(struct exam *x, const struct bench_hall *hall, struct err *e)
{
	return bench_hall_start(&x->act, hall, e);
}

bool exam_enter(struct exam *x, const struct bench_hall *hall, struct err *e)
{
	for (size_t i = 0; i < hall->count; i++) {
		CLEANUP(arena_cleanup) struct arena *arena = arena_new();
		const struct bench_seat *seat = &hall->seats[i];
		struct act act = bench_act(&x->act, &seat->session);
		bool pen = false;
		act.arena = arena;
		if (!attempt_enter(&act, seat->attempt, seat->session.hash, false, &pen, e))
			return false;
		if (!pen)
			return err_set(e, ERR_CONFLICT, "test.error.moved", "no pen");
	}
	return true;
}

bool exam_next_hall(struct exam *x, size_t seats, struct err *e)
{
	return bench_hall_fill(&x->act, seats, &x->big, e) &&
	       bench_hall_seal(&x->act, &x->big, e) && exam_open_hall(x, &x->big, e) &&
	       exam_enter(x, &x->big, e);
}

bool exam_hall(struct exam *x, const char *where, const char *key_of, const char *key, size_t seats,
	       struct err *e)
{
	return db_open(where, &x->act.db, e) && db_migrate(x->act.db, e) &&
	       bench_key(&x->act, key_of, key, &x->key, e) && bench_world(&x->act, e) &&
	       exam_next_hall(x, seats, e);
}

/* ---- the end -------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *file, int kind, struct FTW *at)
{
	(void)file;
	(void)kind;
	(void)at;
	return remove(path);
}

int exam_end(struct exam *x, const char *name, const struct err *failed, bool json, bool keep)
{
	const bool ok = failed->kind == ERR_NONE;
	if (ok)
		report_print(&x->report, json);
	else
		(void)fprintf(stderr, "%s: %s: %s (%s); see %s\n", name,
			      err_kind_name(failed->kind), failed->detail, failed->key, x->dir);
	const bool met = report_met(&x->report);
	report_close(&x->report);
	if (ok && !keep)
		(void)nftw(x->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return !ok ? EXAM_FAILED : met ? EXAM_ALL_MET : EXAM_MISSED;
}

/* ---- reading questions ---------------------------------------------------------------------- */

struct lesson {
	struct player *players;
	int questions;
};

static bool question_due(void *user, size_t client, int64_t now_ns, int64_t *ret_ns)
{
	const struct lesson *lesson = user;
	*ret_ns = now_ns;
	return lesson->players[client].asked < lesson->questions;
}

static void make_question(void *user, size_t client, struct load_request *ret)
{
	const struct lesson *lesson = user;
	struct player *p = &lesson->players[client];
	player_question(p, p->asked + 1);
	*ret = (struct load_request){ 0, p->bytes, p->size };
}

static bool took_question(void *user, size_t client, unsigned kind, const struct reply *reply)
{
	const struct lesson *lesson = user;
	(void)kind;
	return player_took_question(&lesson->players[client], reply);
}

bool exam_learn(const struct exam *x, struct player *players, size_t count, int questions,
		struct err *e)
{
	struct lesson lesson = { players, questions };
	struct load_figures *f = NULL;
	const struct load_plan plan = { .port = x->server.port,
					.nodes = x->nodes,
					.node_count = x->node_count,
					.clients = count,
					.script = { question_due, make_question, took_question,
						    &lesson } };
	for (size_t i = 0; i < count; i++)
		players[i].asked = 0;
	if (!load_run(&plan, &f, e))
		return false;
	const int64_t refused = load_refused(f);
	const int status = f->first_refusal;
	free(f);
	return refused == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "%lld questions could not be read: HTTP %d",
		       (long long)refused, status);
}

/* ---- clicks as fast as they are acknowledged ----------------------------------------------- */

struct clicking {
	struct player *players;
	int questions;
	int64_t left; /* negative: no limit */
};

static bool click_due(void *user, size_t client, int64_t now_ns, int64_t *ret_ns)
{
	const struct clicking *c = user;
	(void)client;
	*ret_ns = now_ns;
	return c->left != 0;
}

static void make_click(void *user, size_t client, struct load_request *ret)
{
	struct clicking *c = user;
	struct player *p = &c->players[client];
	c->left--;
	player_click(p, 1 + (int)((p->clicks + client) % (size_t)c->questions));
	*ret = (struct load_request){ 0, p->bytes, p->size };
}

static bool took_click(void *user, size_t client, unsigned kind, const struct reply *reply)
{
	struct clicking *c = user;
	(void)kind;
	return player_took_click(&c->players[client], reply);
}

bool exam_click(const struct exam *x, struct player *players, size_t connections, int questions,
		int64_t length_ns, int64_t most, struct load_figures **ret, struct err *e)
{
	struct clicking clicking = { players, questions, most > 0 ? most : -1 };
	const struct load_plan plan = { .port = x->server.port,
					.nodes = x->nodes,
					.node_count = x->node_count,
					.clients = connections,
					.length_ns = length_ns,
					.script = { click_due, make_click, took_click,
						    &clicking } };
	return load_run(&plan, ret, e);
}

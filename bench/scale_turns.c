/* scale_turns.c - a turn's answers through the use case, against the raw rows (scale.h). */
#include "bench/scale.h"

#include <stdio.h>

enum { ROUNDS = 3 };

bool scale_case(struct clicks *c, int64_t *next, int turn, int64_t length_ns, struct turn_rate *ret,
		struct err *e)
{
	const int64_t begin_ns = load_now_ns();
	int64_t now_ns = begin_ns;
	int64_t turns = 0;
	for (; now_ns < begin_ns + length_ns; turns++) {
		if (!clicks_turn(c, *next, *next + turn, true, e))
			return false;
		*next += turn;
		now_ns = load_now_ns();
	}
	const double us = (double)(now_ns - begin_ns) / 1000;
	*ret = (struct turn_rate){ (double)turns * turn * 1e6 / us, us / (double)turns };
	return true;
}

struct pair {
	struct turn_rate raw, own;
};

/* Ceiling and use case in turn, some rounds; the best of each, as other work only ever adds. */
static bool play(struct scale *s, int turn, struct pair *ret, struct err *e)
{
	const int64_t length_ns = exam_length_ns(&s->exam, 4, 1);
	*ret = (struct pair){ 0 };
	for (int i = 0; i < ROUNDS; i++) {
		struct pair p;
		if (!scale_raw(s, turn, length_ns, &p.raw, e) ||
		    !scale_case(&s->clicks, &s->next, turn, length_ns, &p.own, e))
			return false;
		if (p.raw.rate > ret->raw.rate)
			ret->raw = p.raw;
		if (p.own.rate > ret->own.rate)
			ret->own = p.own;
	}
	return true;
}

/* What a turn costs as such, and an answer more: a line through the two sizes. */
static void learn(struct scale *s, const struct pair *small, const struct pair *large)
{
	s->unit.answer_us = (large->own.us - small->own.us) / (SCALE_TURN_LARGE - SCALE_TURN);
	s->unit.turn_us = small->own.us - SCALE_TURN * s->unit.answer_us;
	if (s->unit.turn_us < 0)
		s->unit.turn_us = 0;
}

bool measure_turns(struct scale *s, bool standby, struct err *e)
{
	struct pair small;
	struct pair large;
	char target[96];
	if (!play(s, SCALE_TURN, &small, e) || !play(s, SCALE_TURN_LARGE, &large, e))
		return false;
	const double share = small.own.rate / small.raw.rate;
	if (standby)
		s->raw_standby = small.raw.rate;
	else
		s->raw = small.raw.rate;
	learn(s, &small, &large); /* the one with the standby comes last */
	(void)snprintf(target, sizeof(target), "at least %.1f of the raw pipeline in turns of %d",
		       RAW_SHARE_LEAST, SCALE_TURN);
	report_add(&s->exam.report,
		   standby ? "answers of a turn, synchronous standby" : "answers of a turn, local",
		   "The use case in the transactions that the server makes, against libpq in"
		   " pipeline mode that writes the same rows; answers a second, the best of three"
		   " rounds in turn.",
		   json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "use_case_64",
			     report_real(small.own.rate), "raw_64", report_real(small.raw.rate),
			     "share_64", report_real(share), "use_case_256",
			     report_real(large.own.rate), "raw_256", report_real(large.raw.rate),
			     "share_256", report_real(large.own.rate / large.raw.rate), "turn_us",
			     report_real(s->unit.turn_us), "answer_us",
			     report_real(s->unit.answer_us)),
		   target, share >= RAW_SHARE_LEAST);
	return true;
}

/* ---- SQLite ---------------------------------------------------------------------------------- */

bool measure_sqlite_turns(struct scale *s, struct err *e)
{
	struct exam own = s->exam; /* a database of its own, the same report */
	struct clicks clicks = { 0 };
	struct turn_rate small = { 0 };
	struct turn_rate large = { 0 };
	int64_t next = 0;
	char file[PROCESS_PATH];
	(void)snprintf(file, sizeof(file), "%.400s/scale.db", s->exam.dir);
	own.act.db = NULL;
	own.key = NULL;
	const int64_t length_ns = exam_length_ns(&s->exam, 4, 1);
	const bool ok = exam_hall(&own, file, file, NULL, SCALE_SEATS, e) &&
			clicks_open(&own, &clicks, e) &&
			scale_case(&clicks, &next, SCALE_TURN, length_ns, &small, e) &&
			scale_case(&clicks, &next, SCALE_TURN_LARGE, length_ns, &large, e);
	clicks_close(&clicks);
	db_close(own.act.db);
	service_key_close(own.key);
	if (ok)
		report_note(&s->exam.report, "answers of a turn, SQLite",
			    "The same use case on one machine's file.",
			    json_pack("{s:o,s:o}", "use_case_64", report_real(small.rate),
				      "use_case_256", report_real(large.rate)));
	return ok;
}

/* scale_growth.c - what an answer costs when ten million are stored (scale.h). */
#include "bench/scale.h"

#include "db/copy.h"
#include "journal/log.h"

#include <stdio.h>

enum { ROUNDS = 8, TURNS = 30, CHUNK = 500000, LEVELS = 4 };

static const int64_t level[LEVELS] = { 0, 100000, 1000000, 10000000 };

/* Events as the use case makes them, with both halves of their entries and the tiles of the tree,
 * in bulk: keys in the order of time, hashes of nothing. */
static bool add_chunk(struct db *db, int64_t from, int64_t to, int64_t seq, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(db, &tx, e) &&
	       db_exec(db, e, NULL,
		       "INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal,"
		       " client_key, at_ms) SELECT a.id, 1 + n % 120, 1, 1, '',"
		       " '0197' || lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000',"
		       " 1764000000000 + n FROM generate_series(CAST($1 AS BIGINT), $2 - 1) n"
		       " JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at,"
		       "  COUNT(*) OVER () AS count FROM attempt) a ON a.at = n % a.count",
		       db_int(from), db_int(to)) &&
	       db_exec(db, e, NULL,
		       "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id,"
		       " subject, content_hash, previous_hash, hash) SELECT $3 + n - $1 + 1,"
		       " 1764000000000 + n, 1, 'test.answer', 1, 'attempt/' || n % 300,"
		       " sha256(CAST(n AS TEXT)::bytea), sha256(CAST(n AS TEXT)::bytea),"
		       " sha256(CAST(n AS TEXT)::bytea)"
		       " FROM generate_series(CAST($1 AS BIGINT), $2 - 1) n",
		       db_int(from), db_int(to), db_int(seq)) &&
	       db_exec(db, e, NULL,
		       "INSERT INTO journal_content (seq, salt, content) SELECT $3 + n - $1 + 1,"
		       " substr(sha256(CAST(n AS TEXT)::bytea), 1, 16),"
		       " '{\"choice\":1,\"key\":\"0197' || lpad(to_hex(n), 8, '0') ||"
		       " '-0000-7000-8000-000000000000\",\"number\":1,\"refusal\":\"\"}'"
		       " FROM generate_series(CAST($1 AS BIGINT), $2 - 1) n",
		       db_int(from), db_int(to), db_int(seq)) &&
	       journal_tiles_keep(db, seq + to - from, e) && db_commit(&tx, e);
}

static bool fill_to(struct scale *s, int64_t wanted, struct err *e)
{
	struct db *db = s->exam.act.db;
	int64_t stored = 0;
	int64_t seq = 0;
	if (!db_number(db, e, &stored, "SELECT COUNT(*) FROM answer_event"))
		return false;
	while (stored < wanted) {
		const int64_t to = stored + CHUNK < wanted ? stored + CHUNK : wanted;
		if (!db_number(db, e, &seq, "SELECT COALESCE(MAX(seq), 0) FROM journal_entry") ||
		    !add_chunk(db, stored, to, seq, e))
			return false;
		stored = to;
		(void)fprintf(stderr, "bench: growth: %lld stored\n", (long long)stored);
	}
	/* as it would have come about by itself while they were written */
	return wanted == 0 || db_exec(db, e, NULL, "ANALYZE");
}

static bool take_level(struct scale *s, json_t *list, double *ret_us, struct err *e)
{
	double best_us = 0;
	int64_t stored = 0;
	int64_t bytes = 0;
	for (int round = 0; round < ROUNDS; round++) {
		const int64_t begin_ns = load_now_ns();
		for (int i = 0; i < TURNS; i++, s->next += SCALE_TURN) {
			if (!clicks_turn(&s->clicks, s->next, s->next + SCALE_TURN, true, e))
				return false;
		}
		const double us = (double)(load_now_ns() - begin_ns) / 1000 / (TURNS * SCALE_TURN);
		if (best_us == 0 || us < best_us)
			best_us = us;
	}
	if (!db_number(s->exam.act.db, e, &stored, "SELECT COUNT(*) FROM answer_event") ||
	    !db_size(s->exam.act.db, &bytes, e))
		return false;
	(void)json_array_append_new(list,
				    json_pack("{s:I,s:o,s:o}", "stored", (json_int_t)stored,
					      "us_per_answer", report_real(best_us), "database_mib",
					      report_real((double)bytes / (1 << 20))));
	(void)fprintf(stderr, "bench: growth: %lld stored: %.1f us an answer\n", (long long)stored,
		      best_us);
	s->unit.bytes = (double)bytes / (double)(stored > 0 ? stored : 1);
	*ret_us = best_us;
	return true;
}

bool measure_growth(struct scale *s, struct err *e)
{
	const int count = s->exam.quick ? 2 : LEVELS;
	double us[LEVELS] = { 0 };
	char target[64];
	json_t *list = json_array();
	json_t *values = json_pack("{s:o}", "levels", list);
	for (int i = 0; i < count; i++) {
		if (!fill_to(s, level[i], e) || !take_level(s, list, &us[i], e)) {
			json_decref(values);
			return false;
		}
	}
	(void)json_object_set_new(values, "last_to_first", report_real(us[count - 1] / us[0]));
	(void)json_object_set_new(values, "bytes_per_answer", report_real(s->unit.bytes));
	(void)snprintf(target, sizeof(target), "last to first at most %.1f", CURVE_MOST);
	report_add(&s->exam.report, "cost of an answer by stored events, PostgreSQL",
		   "The use case in turns of 64; the best of 8 rounds of 1,920 at each level.",
		   values, target, us[count - 1] / us[0] <= CURVE_MOST);
	return true;
}

/* scale_raw.c - the ceiling: the rows of an answer by libpq in pipeline mode, and nothing else. */
#include "bench/scale.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	EVENT,
	NEWEST,
	ENTRY,
	CONTENT,
	STATEMENTS,
	PARAMS_MOST = 8,
	TEXT = 24,
	HASH = 32,
	SALT = 16
};

/* As the use case and journal.c write them. */
static const struct {
	const char *name, *sql;
} statement[STATEMENTS] = {
	[EVENT] = { "event",
		    "INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal,"
		    " client_key, at_ms, previous_id) VALUES ($1, $2, 1, 1, '', $3, $4,"
		    " (SELECT event_id FROM answer_newest WHERE attempt_id = $1))"
		    " ON CONFLICT (client_key, attempt_id) DO NOTHING RETURNING id" },
	[NEWEST] = { "newest",
		     "INSERT INTO answer_newest (attempt_id, event_id, counted_id)"
		     " SELECT $1::bigint, currval('answer_event_id_seq'),"
		     " currval('answer_event_id_seq') ON CONFLICT (attempt_id) DO UPDATE SET"
		     " event_id = excluded.event_id, counted_id = excluded.counted_id" },
	[ENTRY] = { "entry", "INSERT INTO journal_entry (seq, at_ms, actor_id, kind, "
			     "competition_id, subject,"
			     " content_hash, previous_hash, hash)"
			     " VALUES ($1, $2, $3, 'test.answer', 1, $4, $5, $5, $5)" },
	[CONTENT] = { "content",
		      "INSERT INTO journal_content (seq, salt, content) VALUES ($1, $2, $3)" },
};

struct raw {
	struct scale *scale;
	PGconn *conn;
	int64_t seq;
};

static bool failed(const struct raw *r, const char *what, struct err *e)
{
	return err_set(e, ERR_DB, "error.storage", "raw pipeline: %s: %s", what,
		       PQerrorMessage(r->conn));
}

static bool open_raw(struct raw *r, struct err *e)
{
	if (!db_number(r->scale->exam.act.db, e, &r->seq,
		       "SELECT COALESCE(MAX(seq), 0) FROM journal_entry"))
		return false;
	r->conn = PQconnectdb(r->scale->url);
	if (PQstatus(r->conn) != CONNECTION_OK)
		return failed(r, "connect", e);
	for (int i = 0; i < STATEMENTS; i++) {
		PGresult *result = PQprepare(r->conn, statement[i].name, statement[i].sql, 0, NULL);
		const bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
		PQclear(result);
		if (!ok)
			return failed(r, statement[i].name, e);
	}
	return PQenterPipelineMode(r->conn) == 1 || failed(r, "pipeline", e);
}

struct params {
	int count;
	const char *value[PARAMS_MOST];
	int length[PARAMS_MOST], format[PARAMS_MOST];
	char text[PARAMS_MOST][TEXT];
};

static void add_number(struct params *p, int64_t number)
{
	(void)snprintf(p->text[p->count], TEXT, "%lld", (long long)number);
	p->value[p->count] = p->text[p->count];
	p->count++;
}

static void add_bytes(struct params *p, const void *bytes, int size, int format)
{
	p->value[p->count] = bytes;
	p->length[p->count] = size;
	p->format[p->count] = format;
	p->count++;
}

static bool send(const struct raw *r, int at, const struct params *p)
{
	return PQsendQueryPrepared(r->conn, statement[at].name, p->count, p->value, p->length,
				   p->format, 1) == 1;
}

/* What one answer writes, of the same lengths. */
static bool send_answer(struct raw *r)
{
	struct scale *s = r->scale;
	struct params p[STATEMENTS] = { 0 };
	unsigned char random[HASH];
	char key[PLAYER_KEY_SIZE];
	char subject[32];
	char content[160];
	const int64_t seat = exam_random(&s->exam, (int64_t)s->exam.big.count);
	const int64_t attempt = s->exam.big.seats[seat].attempt;
	const int64_t number = 1 + exam_random(&s->exam, PLAYER_QUESTIONS);
	/* not later than now: the nodes go by the newest entry of a test that runs */
	const int64_t at_ms = s->exam.act.now_ms;
	randombytes_buf(random, sizeof(random));
	player_key(key, PLAYER_NOBODY, (size_t)s->next++);
	(void)snprintf(subject, sizeof(subject), "attempt/%lld", (long long)attempt);
	(void)snprintf(content, sizeof(content),
		       "{\"choice\":1,\"key\":\"%s\",\"number\":%lld,\"refusal\":\"\"}", key,
		       (long long)number);
	r->seq++;
	add_number(&p[EVENT], attempt);
	add_number(&p[EVENT], number);
	add_bytes(&p[EVENT], key, 0, 0);
	add_number(&p[EVENT], at_ms);
	add_number(&p[NEWEST], attempt);
	add_number(&p[ENTRY], r->seq);
	add_number(&p[ENTRY], at_ms);
	add_number(&p[ENTRY], s->exam.big.seats[seat].session.person);
	add_bytes(&p[ENTRY], subject, 0, 0);
	add_bytes(&p[ENTRY], random, HASH, 1);
	add_number(&p[CONTENT], r->seq);
	add_bytes(&p[CONTENT], random, SALT, 1);
	add_bytes(&p[CONTENT], content, 0, 0);
	return send(r, EVENT, &p[EVENT]) && send(r, NEWEST, &p[NEWEST]) &&
	       send(r, ENTRY, &p[ENTRY]) && send(r, CONTENT, &p[CONTENT]);
}

static bool send_word(const struct raw *r, const char *sql)
{
	return PQsendQueryParams(r->conn, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

/* Reads results until the synchronisation point. */
static bool take_results(const struct raw *r, struct err *e)
{
	bool ok = true;
	for (;;) {
		PGresult *result = PQgetResult(r->conn);
		const ExecStatusType status = result ? PQresultStatus(result) : PGRES_EMPTY_QUERY;
		PQclear(result);
		if (status == PGRES_PIPELINE_SYNC)
			return ok;
		if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
		    status != PGRES_EMPTY_QUERY)
			ok = ok && failed(r, "result", e);
		if (PQstatus(r->conn) != CONNECTION_OK)
			return failed(r, "connection", e);
	}
}

static bool run_turn(struct raw *r, int turn, struct err *e)
{
	bool ok = send_word(r, "BEGIN");
	for (int i = 0; ok && i < turn; i++)
		ok = send_answer(r);
	ok = ok && send_word(r, "COMMIT") && PQpipelineSync(r->conn) == 1;
	return (ok || failed(r, "send", e)) && take_results(r, e);
}

bool scale_raw(struct scale *s, int turn, int64_t length_ns, struct turn_rate *ret, struct err *e)
{
	struct raw r = { .scale = s };
	int64_t turns = 0;
	bool ok = open_raw(&r, e);
	const int64_t begin_ns = load_now_ns();
	int64_t now_ns = begin_ns;
	for (; ok && now_ns < begin_ns + length_ns; turns++) {
		ok = run_turn(&r, turn, e);
		now_ns = load_now_ns();
	}
	PQfinish(r.conn);
	if (!ok)
		return false;
	const double us = (double)(now_ns - begin_ns) / 1000;
	*ret = (struct turn_rate){ (double)turns * turn * 1e6 / us, us / (double)turns };
	return true;
}

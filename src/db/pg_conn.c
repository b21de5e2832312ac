/* pg_conn.c - the connection to PostgreSQL: made within a bound, lost, made anew; and what the
 * server says when it refuses (db/pg.h). */
#include "base/clock.h"
#include "db/pg.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum {
	CONNECT_MS = 300,  /* at least, for one attempt                                      */
	PATIENT_MS = 1000, /* who waits shorter for a lock is a loop: it tries once           */
	PAUSE_MS = 50,
	SILENCE_MS = 600000, /* of a server that was not told how long a statement may take    */
	GRACE_MS = 1000,     /* the server says first that it took too long                    */
	IDLE_MS = 60000,     /* a process that stands still within a transaction loses it      */
	SETTINGS_MOST = 48,
	SQL_SIZE = 400,
};

/* ---- failures ------------------------------------------------------------------------------- */

/* By SQLSTATE (PostgreSQL, appendix A). */
static enum err_kind kind_of(const char *state)
{
	static const struct {
		const char *begin;
		enum err_kind kind;
	} row[] = {
		{ "23", ERR_CONFLICT }, /* a key, a reference, NOT NULL          */
		{ "40", ERR_BUSY },     /* serialization failure, deadlock       */
		{ "55P03", ERR_BUSY },  /* lock_timeout                          */
		{ "57", ERR_BUSY },     /* took too long; the server goes down   */
		{ "08", ERR_BUSY },     /* the connection                        */
		{ "53", ERR_BUSY },     /* no room: connections, memory, disk    */
		{ "25006", ERR_BUSY },  /* it is a standby now                   */
		{ "25P03", ERR_BUSY },  /* stood still within a transaction      */
		{ "0A000", ERR_BUSY },  /* another node has changed a table      */
		{ "26000", ERR_BUSY },  /* it does not know the statement        */
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strncmp(state, row[i].begin, strlen(row[i].begin)) == 0)
			return row[i].kind;
	}
	return ERR_DB;
}

/* What the server said makes the connection useless: it is none that can write any more, or it does
 * not know, or no more as they are, the statements that were prepared. */
static bool is_useless(const struct pg *p, const char *state)
{
	return (!p->read_only && strcmp(state, "25006") == 0) || strcmp(state, "0A000") == 0 ||
	       strcmp(state, "26000") == 0;
}

bool pg_away(struct err *e, const char *what)
{
	return err_set(e, ERR_BUSY, "error.busy", "%s: the database is away", what);
}

bool pg_fail(struct pg *p, const PGresult *result, struct err *e, const char *what)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	if (!p->conn || !state) {
		pg_lose(p);
		return pg_away(e, what);
	}
	/* Class 22 quotes what could not be read. */
	if (!text || strncmp(state, "22", 2) == 0)
		text = "";
	const enum err_kind kind = kind_of(state);
	const char *key = kind == ERR_CONFLICT ? "error.conflict"
			  : kind == ERR_BUSY   ? "error.busy"
					       : "error.storage";
	(void)err_set(e, kind, key, "%s: postgresql %s: %s", what, state, text);
	if (PQstatus(p->conn) != CONNECTION_OK || is_useless(p, state))
		pg_lose(p);
	return false;
}

void pg_lose(struct pg *p)
{
	PQfinish(p->conn);
	p->conn = NULL;
	p->sent_count = 0;
	memset(p->prepared, 0, sizeof(p->prepared));
	if (p->stream) {
		p->stream->ended = true;
		p->stream->ok = pg_away(&p->stream->why, "rows");
		p->stream = NULL;
	}
	p->db.spoiled = p->db.spoiled || p->flat;
}

/* ---- waiting -------------------------------------------------------------------------------- */

/* Waits for one of `events`; false if none comes until `until_ms`. */
static bool wait_for(PGconn *conn, short events, int64_t until_ms)
{
	for (;;) {
		const int64_t left = until_ms - clock_monotonic_ms();
		struct pollfd f = { PQsocket(conn), events, 0 };
		const int n = poll(&f, 1, left > 0 ? (int)left : 0);
		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

bool pg_wait(struct pg *p)
{
	const int64_t bound = p->answer_ms > 0 ? p->answer_ms + GRACE_MS : SILENCE_MS;
	const int64_t until = clock_monotonic_ms() + bound;
	for (;;) {
		const int flushing = PQflush(p->conn);
		if (flushing >= 0 && !PQisBusy(p->conn))
			return true;
		const short events = (short)(POLLIN | (flushing > 0 ? POLLOUT : 0));
		if (flushing < 0 || !wait_for(p->conn, events, until) || !PQconsumeInput(p->conn)) {
			pg_lose(p);
			return false;
		}
	}
}

/* ---- the address ---------------------------------------------------------------------------- */

struct settings {
	size_t count;
	const char *name[SETTINGS_MOST], *value[SETTINGS_MOST];
};

static void set(struct settings *s, const char *name, const char *value)
{
	if (s->count + 1 < SETTINGS_MOST) {
		s->name[s->count] = name;
		s->value[s->count++] = value;
	}
}

static bool has(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->name[i], name) == 0)
			return true;
	}
	return false;
}

static size_t commas(const char *list)
{
	size_t n = 0;
	for (; *list; list++)
		n += *list == ',';
	return n;
}

/* A list with its first `n` elements behind the others.  A host that swallows what is sent to it
 * takes the whole time of an attempt, so each attempt begins with another one. */
static const char *turned(struct arena *a, const char *list, size_t n)
{
	const char *at = list;
	for (; n > 0; n--)
		at = strchr(at, ',') + 1;
	if (at == list)
		return list;
	const size_t tail = strlen(at);
	char *to = arena_alloc(a, strlen(list) + 1);
	(void)snprintf(to, strlen(list) + 1, "%s,", at);
	memcpy(to + tail + 1, list, (size_t)(at - list) - 1);
	return to;
}

static bool is_list(const char *name)
{
	return strcmp(name, "host") == 0 || strcmp(name, "hostaddr") == 0 ||
	       strcmp(name, "port") == 0;
}

static size_t hosts_of(const PQconninfoOption *option)
{
	size_t most = 1;
	for (; option->keyword; option++) {
		if (option->val && is_list(option->keyword) && commas(option->val) + 1 > most)
			most = commas(option->val) + 1;
	}
	return most;
}

/* What the address says, and what it does not say as this program wants it: a server that writes,
 * also for those who read, as they must see what was just written; one that is gone is noticed. */
static void fill_settings(const struct pg *p, struct arena *a, const PQconninfoOption *option,
			  struct settings *s)
{
	const size_t turn = p->attempts % p->hosts;
	for (; option->keyword; option++) {
		if (!option->val)
			continue;
		const bool several = is_list(option->keyword) && commas(option->val) > 0;
		set(s, option->keyword, several ? turned(a, option->val, turn) : option->val);
	}
	const char *const wanted[][2] = {
		{ "client_encoding", "UTF8" },
		/* PGAPPNAME goes before it: serve says by it which node this is */
		{ "fallback_application_name", "konkurs" },
		{ "target_session_attrs", p->read_only ? "primary" : "read-write" },
		{ "tcp_user_timeout", "10000" },
		{ "keepalives_idle", "5" },
		{ "keepalives_interval", "2" },
		{ "keepalives_count", "3" },
	};
	for (size_t i = 0; i < COUNT(wanted); i++) {
		if (!has(s, wanted[i][0]))
			set(s, wanted[i][0], wanted[i][1]);
	}
}

/* ---- connecting ----------------------------------------------------------------------------- */

/* Notices are for people at a terminal; but a warning at COMMIT says that it is on this server
 * alone, as somebody did not want to wait for the standby (pg_turn.c). */
static void take_notice(void *user, const PGresult *result)
{
	struct pg *p = user;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	p->warned = p->warned || (severity && strcmp(severity, "WARNING") == 0);
}

static bool open_within(struct pg *p, const struct settings *s, int ms)
{
	const int64_t until = clock_monotonic_ms() + ms;
	PGconn *conn = PQconnectStartParams(s->name, s->value, 0);
	PostgresPollingStatusType at = PGRES_POLLING_WRITING;
	while (conn && PQstatus(conn) != CONNECTION_BAD && at != PGRES_POLLING_OK &&
	       at != PGRES_POLLING_FAILED) {
		const short events = at == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		at = wait_for(conn, events, until) ? PQconnectPoll(conn) : PGRES_POLLING_FAILED;
	}
	if (!conn || at != PGRES_POLLING_OK) {
		PQfinish(conn);
		return false;
	}
	p->conn = conn;
	(void)PQsetNoticeReceiver(conn, take_notice, p);
	return true;
}

/* jit: compiling takes longer than any statement of ours runs.  random_page_cost: what is read is
 * in memory or on no turning disk; with 4 the clicks of a test (EVENTS_OF_ATTEMPT) were found by
 * reading a table of a few thousand once for each of them. */
static bool set_session(struct pg *p, struct err *e)
{
	char sql[SQL_SIZE];
	(void)snprintf(sql, sizeof(sql),
		       "SET timezone = 'UTC'; SET standard_conforming_strings = on;"
		       "SET jit = off; SET random_page_cost = 1.1;"
		       "SET lock_timeout = %d; SET statement_timeout = %d;"
		       "SET idle_in_transaction_session_timeout = %d;"
		       "SET default_transaction_read_only = %s",
		       pg_lock_ms(p), p->answer_ms, p->answer_ms > 0 ? p->answer_ms : IDLE_MS,
		       p->read_only ? "on" : "off");
	return pg_script(&p->db, sql, e) && pg_listen_again(p, e);
}

/* One attempt.  What libpq says about a failure quotes host, user and database: not even that goes
 * into a log. */
static bool attempt(struct pg *p, int ms, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct settings s = { 0 };
	PQconninfoOption *option = PQconninfoParse(p->where, NULL);
	if (!option)
		return err_set(e, ERR_DB, "error.storage", "the address cannot be read");
	p->hosts = hosts_of(option);
	fill_settings(p, a, option, &s);
	const int share = ms / (int)p->hosts > CONNECT_MS ? ms / (int)p->hosts : CONNECT_MS;
	const bool open = open_within(p, &s, share);
	PQconninfoFree(option);
	p->attempts++;
	if (!open)
		return pg_away(e, "connect");
	if (set_session(p, e))
		return true;
	pg_lose(p);
	return false;
}

bool pg_connect(struct pg *p, bool patient, struct err *e)
{
	const int64_t begin = clock_monotonic_ms();
	const int64_t until = begin + p->wait_ms;
	const int ms = p->wait_ms > CONNECT_MS ? p->wait_ms : CONNECT_MS;
	patient = patient && p->wait_ms >= PATIENT_MS;
	if (!patient && p->failed_ms > 0 && begin < p->failed_ms + CONNECT_MS)
		return pg_away(e, "connect");
	struct err why = { 0 };
	while (!attempt(p, ms, &why)) {
		const int64_t now = clock_monotonic_ms();
		if (!patient || why.kind != ERR_BUSY || now + PAUSE_MS >= until) {
			p->failed_ms = now;
			if (e)
				*e = why;
			return false;
		}
		err_clear(&why);
		(void)usleep(PAUSE_MS * 1000);
	}
	p->failed_ms = 0;
	return true;
}

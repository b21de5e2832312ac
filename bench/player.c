#include "bench/player.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CLICKS_FIRST = 64 };

/* What Chromium sends with a fetch() of our page, and with a navigation. */
#define AGENT                                                                                      \
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"       \
	" Chrome/130.0.0.0 Safari/537.36\r\n"                                                      \
	"Accept-Language: kk-KZ,kk;q=0.9,ru;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\n"
#define FETCH    "Accept: application/json\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
#define NAVIGATE "Accept: text/html,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\n"

struct player *players_new(const struct bench_hall *hall, uint16_t port)
{
	struct player *players = calloc(hall->count, sizeof(*players));
	if (!players)
		abort();
	for (size_t i = 0; i < hall->count; i++) {
		players[i].seat = &hall->seats[i];
		players[i].port = port;
		players[i].number = (uint32_t)i;
	}
	return players;
}

void players_free(struct player *players, size_t count)
{
	for (size_t i = 0; players && i < count; i++)
		free(players[i].fate);
	free(players);
}

/* ---- requests ------------------------------------------------------------------------------- */

/* `path` follows "/tests/ID", but that of the result and of the health. */
static void get(struct player *p, const char *headers, const char *path)
{
	const struct bench_session *s = &p->seat->session;
	const int size =
		snprintf(p->bytes, sizeof(p->bytes),
			 "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: keep-alive\r\n" AGENT
			 "%sSec-Fetch-Site: same-origin\r\n"
			 "Referer: http://127.0.0.1:%u/tests/%lld\r\n"
			 "Cookie: konkurs_session=%s\r\n\r\n",
			 path, (unsigned)p->port, headers, (unsigned)p->port,
			 (long long)p->seat->attempt, s->token);
	p->size = (size_t)size;
}

static void post(struct player *p, const char *what, const char *headers, const char *body)
{
	const struct bench_session *s = &p->seat->session;
	const int size = snprintf(p->bytes, sizeof(p->bytes),
				  "POST /tests/%lld/%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
				  "Connection: keep-alive\r\n" AGENT
				  "%sSec-Fetch-Site: same-origin\r\nOrigin: http://127.0.0.1:%u\r\n"
				  "Referer: http://127.0.0.1:%u/tests/%lld\r\n"
				  "Cookie: konkurs_session=%s\r\nX-CSRF-Token: %s\r\n"
				  "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
				  (long long)p->seat->attempt, what, (unsigned)p->port, headers,
				  (unsigned)p->port, (unsigned)p->port, (long long)p->seat->attempt,
				  s->token, s->csrf, strlen(body), body);
	p->size = (size_t)size;
}

void player_page(struct player *p)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/tests/%lld", (long long)p->seat->attempt);
	get(p, NAVIGATE, path);
}

void player_question(struct player *p, int number)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/tests/%lld/questions/%d", (long long)p->seat->attempt,
		       number);
	p->asked = number;
	get(p, FETCH, path);
}

void player_result(struct player *p)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/results/%lld", (long long)p->seat->attempt);
	get(p, NAVIGATE, path);
}

void player_health(struct player *p)
{
	get(p, FETCH, "/healthz");
}

void player_pulse(struct player *p)
{
	post(p, "pulse", FETCH, "{\"unsaved\":0,\"waiting_ms\":0,\"gap_ms\":5000}");
}

void player_finish(struct player *p)
{
	post(p, "finish", NAVIGATE, "{}");
}

void player_key(char ret[PLAYER_KEY_SIZE], uint32_t player, size_t click)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	const uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	(void)snprintf(ret, PLAYER_KEY_SIZE, "%08llx-%04llx-7%03x-8%03x-%012llx",
		       (unsigned long long)(ms >> 16 & 0xffffffff),
		       (unsigned long long)(ms & 0xffff), player >> 12 & 0xfff, player & 0xfff,
		       (unsigned long long)click & 0xffffffffffffULL);
}

static void keep_click(struct player *p)
{
	if (p->clicks == p->room) {
		p->room = p->room ? p->room * 2 : CLICKS_FIRST;
		p->fate = realloc(p->fate, p->room);
		if (!p->fate)
			abort();
	}
	p->fate[p->clicks++] = FATE_OPEN;
}

void player_click(struct player *p, int number)
{
	char key[PLAYER_KEY_SIZE];
	char body[160];
	const int options = p->options[number] ? p->options[number] : 1;
	player_key(key, p->number, p->clicks);
	(void)snprintf(body, sizeof(body), "{\"number\":%d,\"option\":\"%s\",\"key\":\"%s\"}",
		       number, p->token[number][(int)(p->clicks % (size_t)options)], key);
	keep_click(p);
	post(p, "answers", FETCH, body);
}

/* ---- answers -------------------------------------------------------------------------------- */

static const char *find(const struct reply *r, const char *text)
{
	return memmem(r->body, r->body_size, text, strlen(text));
}

bool player_took_page(const struct player *p, const struct reply *reply)
{
	(void)p;
	return reply->status == 200 && find(reply, "<html");
}

bool player_took_question(struct player *p, const struct reply *reply)
{
	static const char name[] = "\"token\":\"";
	const char *end = reply->body + reply->body_size;
	const char *at = reply->body;
	int count = 0;
	if (reply->status != 200)
		return false;
	while (count < PLAYER_OPTIONS && at < end) {
		at = memmem(at, (size_t)(end - at), name, sizeof(name) - 1);
		if (!at || end - at < (ptrdiff_t)(sizeof(name) - 1 + TOKEN_SIZE))
			break;
		at += sizeof(name) - 1;
		memcpy(p->token[p->asked][count], at, TOKEN_SIZE - 1);
		p->token[p->asked][count++][TOKEN_SIZE - 1] = '\0';
	}
	p->options[p->asked] = count;
	return count > 0;
}

bool player_took_json(const struct reply *reply)
{
	return reply->status == 200;
}

bool player_took_click(struct player *p, const struct reply *reply)
{
	unsigned char *fate = &p->fate[p->clicks - 1];
	if (reply->status != 200)
		return false;
	if (find(reply, "\"saved\":true"))
		*fate = FATE_SAVED;
	else if (find(reply, "\"refusal\":\"late\""))
		*fate = FATE_LATE;
	return *fate == FATE_SAVED;
}

bool player_took_finish(const struct reply *reply)
{
	return reply->status == 303;
}

/* ---- the ledger ----------------------------------------------------------------------------- */

enum { SEEN = 0x80 }; /* beside the fate of a click: a row of it was found */

struct comparison {
	const struct player *players;
	size_t count;
	struct ledger ledger;
};

static void compare(struct comparison *c, const struct player *p, size_t click, bool accepted)
{
	unsigned char *fate = &p->fate[click];
	c->ledger.rows++;
	if (*fate & SEEN)
		c->ledger.twice++;
	if ((*fate & ~SEEN) == FATE_SAVED && !accepted)
		c->ledger.wrong++;
	if ((*fate & ~SEEN) == FATE_LATE && accepted)
		c->ledger.wrong++;
	*fate |= SEEN;
}

/* Columns: attempt, key, accepted. */
static bool read_row(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct comparison *c = user;
	unsigned high = 0;
	unsigned low = 0;
	unsigned long long click = 0;
	(void)count;
	(void)e;
	if (sscanf(column[1].bytes, "%*8x-%*4x-7%3x-8%3x-%12llx", &high, &low, &click) != 3)
		return true;
	const unsigned player = high << 12 | low;
	if (player >= c->count)
		return true;
	const struct player *p = &c->players[player];
	if (p->seat->attempt == column[0].number && click < p->clicks)
		compare(c, p, (size_t)click, column[2].number != 0);
	return true;
}

static void count_fates(struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = 0; k < c->players[i].clicks; k++) {
			unsigned char *fate = &c->players[i].fate[k];
			const bool seen = (*fate & SEEN) != 0;
			*fate &= (unsigned char)~SEEN;
			c->ledger.saved += *fate == FATE_SAVED;
			c->ledger.late += *fate == FATE_LATE;
			c->ledger.open += *fate == FATE_OPEN;
			c->ledger.lost += *fate != FATE_OPEN && !seen;
		}
	}
}

bool ledger_check(struct db *db, const struct player *players, size_t count, struct ledger *ret,
		  struct err *e)
{
	struct comparison c = { .players = players, .count = count };
	int64_t events = 0;
	int64_t entries = 0;
	if (!db_each(db, e, read_row, &c,
		     "SELECT attempt_id, client_key, accepted FROM answer_event") ||
	    !db_number(db, e, &events, "SELECT COUNT(*) FROM answer_event") ||
	    !db_number(db, e, &entries,
		       "SELECT COUNT(*) FROM journal_entry WHERE kind = 'test.answer'"))
		return false;
	count_fates(&c);
	c.ledger.unjournalled = events - entries;
	*ret = c.ledger;
	return true;
}

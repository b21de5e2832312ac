/* player.h - a candidate of the load: the requests of the test page, as a browser sends them, and
 * a ledger of what the server has said to each click. */
#pragma once
#include "app/sitting/attempt.h"
#include "bench/hall.h"
#include "bench/reply.h"

enum {
	PLAYER_QUESTIONS = 120,
	PLAYER_OPTIONS = 5,
	PLAYER_REQUEST = 2048,
	PLAYER_KEY_SIZE = 37,
	PLAYER_NOBODY = 0xffffff, /* the most a key can say */
};

/* A key as a page makes it (UUIDv7: it begins with the time), in whose random part ledger_check()
 * finds the player and the click again. */
void player_key(char ret[PLAYER_KEY_SIZE], uint32_t player, size_t click);

/* What became of a click. */
enum fate { FATE_OPEN, FATE_SAVED, FATE_LATE };

struct player {
	const struct bench_seat *seat;
	uint16_t port;
	uint32_t number; /* of the player, in the keys of its clicks */
	char token[PLAYER_QUESTIONS + 1][PLAYER_OPTIONS][TOKEN_SIZE];
	int options[PLAYER_QUESTIONS + 1]; /* 0: the question has not been read */
	int64_t total;                     /* of the form */
	int asked;                         /* the question of the request under way */
	unsigned char *fate;               /* of each click, from 0 */
	size_t clicks, room;
	size_t size; /* of the request in `bytes` */
	char bytes[PLAYER_REQUEST];
};

/* `count` players for the seats of a hall; freed by players_free(). */
struct player *players_new(const struct bench_hall *hall, uint16_t port);
void players_free(struct player *players, size_t count);

/* Each makes the next request of the player, in bytes and size. */
void player_page(struct player *p);
void player_question(struct player *p, int number);
void player_pulse(struct player *p);
void player_finish(struct player *p);
void player_result(struct player *p);
void player_health(struct player *p);

/* A fresh click on question `number`, which was read before. */
void player_click(struct player *p, int number);

/* ---- answers; whether they are what they should be ----------------------------------------- */

bool player_took_page(const struct player *p, const struct reply *reply);
/* Learns the tokens of its options. */
bool player_took_question(struct player *p, const struct reply *reply);
bool player_took_json(const struct reply *reply); /* 200 */
/* Of the newest click.  Counts what the server says it saved, and nothing else. */
bool player_took_click(struct player *p, const struct reply *reply);
bool player_took_finish(const struct reply *reply);

/* ---- the ledger ------------------------------------------------------------------------------ */

struct ledger {
	int64_t saved, late;  /* acknowledged, by what the server said     */
	int64_t open;         /* sent, and never acknowledged              */
	int64_t lost;         /* acknowledged, and not in the database      */
	int64_t wrong;        /* there, but counting where it should not, or not where it should */
	int64_t rows;         /* of these players in the database           */
	int64_t twice;        /* clicks with more than one row              */
	int64_t unjournalled; /* rows without an entry of the journal       */
};

/* Compares every click of the players with the database, which the server may have open. */
bool ledger_check(struct db *db, const struct player *players, size_t count, struct ledger *ret,
		  struct err *e) MUST_USE;

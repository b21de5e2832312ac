/* hall.h - a sitting at any point of its way, for tests.
 *
 *   struct hall w = hall_open(h);          one candidate checked in at seat 1
 *   hall_start(&w);                         coins, sealing, record, start
 *
 * Everything goes through the use cases, but Argon2id: the key of the seal is made up. */
#pragma once
#include "stage.h"

#include "app/sitting/attempt.h"
#include "app/sitting/seal.h"

struct hall {
	struct stage stage;
	int64_t operator, second; /* an operator, and another */
	int64_t id;               /* of the hall              */
	int64_t sitting, application, attempt, candidate;
};

enum { HALL_SEATS = 30 };

/* The session that holds the pen of every candidate of hall_start(). */
#define HALL_SESSION "session-of-the-seat"

/* Another hall, entered by the system: "central", "regional", "district". */
int64_t hall_of_kind(struct harness *h, const char *kind);

/* The sample bank: 600 questions. */
void hall_add_bank(struct harness *h);

/* A competition, a hall, a sitting, a candidate checked in; the bank is there. */
struct hall hall_open(struct harness *h);

/* Another candidate checked in; the attempt. */
int64_t hall_admit(struct hall *w, int64_t seat);
int64_t hall_candidate_of(struct hall *w, int64_t attempt);

/* The second official's consent, and anybody's: as if the password had been right, for a use case
 * without Argon2id.  test/app/access/second_test.c and test/web/sitting/sitting_test.c go the whole
 * way. */
const struct second *hall_second(struct hall *w);
const struct second *hall_consent(struct hall *w, int64_t person);

/* What this one may do. */
struct act hall_operator(struct hall *w);
struct act hall_candidate(struct hall *w);

void hall_coins(struct hall *w);
void hall_seal(struct hall *w);

/* From checking in to the start; the first candidate has entered. */
void hall_start(struct hall *w);

extern const unsigned char hall_key[SEAL_KEY_SIZE];
extern const unsigned char hall_salt[SEAL_SALT_SIZE];

/* The token of the option at `place` of a question of the first candidate. */
const char *hall_token(struct hall *w, int64_t number, int64_t place);

/* The place of the right one. */
int64_t hall_right_place(struct hall *w, int64_t number);

/* One click of the first candidate. */
bool hall_click(struct hall *w, int64_t number, int64_t place, const char *key,
		struct answer_ack *ret, struct err *e);

/* Answers the first `right` questions rightly. */
void hall_answer_right(struct hall *w, int right);

/* hall.h - a big hall to measure in: candidates, sessions, a sitting with sealed forms.
 *
 *   struct act act = ...;                       of the system, in an empty migrated database
 *   struct bench_hall hall;
 *   bench_world(&act, &e) && bench_hall_fill(&act, 1000, &hall, &e) &&
 *           bench_hall_seal(&act, &hall, &e) && bench_hall_start(&act, &hall, &e)
 *
 * People, competition, questions, sitting, check-in, coins, seal, start and sessions come from the
 * use cases.  Only what lies before the test (application, qualification check) is written as rows.
 * Everybody is signed in with a session of the real kind; nobody has taken a pen yet: that is the
 * first GET /tests/:attempt of a session. */
#pragma once
#include "app/access/session.h"
#include "app/act.h"
#include "app/sitting/seal.h"

/* The opening codes of every hall that is made here. */
#define BENCH_CODE_1 "bench-code-one"
#define BENCH_CODE_2 "bench-code-two"

/* Of the second official, who agrees in the forms of the hall (app/access/second.h). */
#define BENCH_PASSWORD "kaharman-tolqyn-97-arqan"

struct bench_session {
	int64_t person;
	char token[SESSION_TOKEN_SIZE]; /* the value of the cookie                   */
	char csrf[SESSION_TOKEN_SIZE];
	char hash[SESSION_HASH_SIZE]; /* for the functions of app/sitting/attempt.h        */
};

struct bench_seat {
	int64_t attempt, application;
	struct bench_session session;
};

struct bench_hall {
	int64_t competition, hall, sitting;
	struct bench_session operator, second; /* both may run the sitting         */
	struct bench_seat *seats;              /* in act->arena, by number of the seat */
	size_t count;
};

/* The service key of the database in `file`, made beside it or, if that is not NULL, at `path`;
 * act->key is it afterwards. */
bool bench_key(struct act *act, const char *file, const char *path, struct service_key **ret,
	       struct err *e) MUST_USE;

/* The demonstration's people and competition, and the sample bank. */
bool bench_world(const struct act *act, struct err *e) MUST_USE;

/* A sitting with `count` candidates checked in, in a new hall of as many seats.  May be called
 * again for another sitting.  Tells the progress on stderr. */
bool bench_hall_fill(const struct act *act, size_t count, struct bench_hall *ret,
		     struct err *e) MUST_USE;

bool bench_hall_seal(const struct act *act, const struct bench_hall *hall, struct err *e) MUST_USE;
bool bench_hall_start(const struct act *act, const struct bench_hall *hall, struct err *e) MUST_USE;

/* The act of somebody of the hall, now. */
struct act bench_act(const struct act *act, const struct bench_session *session);

/* A hall of the Prosecutor General's Office with so many seats. */
bool bench_hall_add(const struct act *act, int64_t seats, int64_t *ret_id, struct err *e) MUST_USE;

/* Somebody who is nobody; `serial` counts up and must be another for each. */
bool bench_person(const struct act *act, size_t *serial, int64_t *ret_id, struct err *e) MUST_USE;

/* A session of somebody, of the real kind. */
bool bench_sign_in(const struct act *act, int64_t person, struct bench_session *ret,
		   struct err *e) MUST_USE;

/* What other programs need to play the hall; a new object. */
json_t *bench_hall_json(const struct bench_hall *hall);

/* room.h - a commission of five around a table, on the day of the interview, for tests.
 *
 *   struct room w = room_open(h);        26 March 2026, everybody present, one candidate
 *   room_hear(&w);                        warned, heard, ended
 *   room_vote(&w, 3);                     three for, two against
 *   room_decide(&w);                      the secretary closes the vote
 *   room_close(&w); room_number(&w);      the interview is closed, the minutes have a number */
#pragma once
#include "stage.h"

#include "app/interview/vote.h"

enum { ROOM_SEATS = 7, ROOM_CHAIR = 0, ROOM_VOTERS = 5, ROOM_SECRETARY = 5, ROOM_INVITED = 6 };

struct room {
	struct stage stage;
	int64_t person[ROOM_SEATS], member[ROOM_SEATS];
	int64_t application, interview;
};

/* The seats of a draft: chair, own security, HR, head, other, secretary, invited. */
void room_seat(struct room *w);

struct room room_open(struct harness *h);
struct act room_act(struct room *w, int seat);
void room_hear(struct room *w);
void room_vote(struct room *w, int in_favour);
void room_decide(struct room *w);
void room_close(struct room *w);
void room_number(struct room *w);

/* The first `count` of the seats are noted as present. */
void room_attend(struct room *w, int count);

/* "/interviews/1" with `rest`. */
const char *room_path(struct room *w, const char *rest);

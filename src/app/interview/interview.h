/* interview.h - the day of the interview, as the secretary of the commission leads it.
 *
 * Order of things: attendance, begin (quorum, day, dossiers), then for each candidate warning,
 * hearing, end, vote (app/interview/vote.h), and last close and minutes (app/interview/minutes.h).
 * All functions but interview_opinion() are the secretary's alone. */
#pragma once
#include "app/competition/commission.h"

/* An interview and the competition it belongs to. */
struct interview {
	int64_t id;
	const char *state; /* "planned", "running", "closed" */
	day planned_day;
	struct competition competition;
};

/* Lives in act->arena.  ERR_MISSING if there is none. */
bool interview_load(const struct act *act, int64_t id, struct interview *ret,
		    struct err *e) MUST_USE;

/* The interview in which a candidate is heard.  ERR_MISSING if he or she is in none. */
bool interview_of(const struct act *act, int64_t application_id, struct interview *ret,
		  struct err *e) MUST_USE;

/* Notes who is present; replaces what was noted before, until the interview is closed.  Nobody
 * becomes absent who has voted on a candidate whose vote is still open (ERR_CONFLICT
 * "interview.error.has_voted").  ERR_INPUT at "present" for who does not sit. */
bool interview_attend(const struct act *act, int64_t id, const int64_t *members, size_t count,
		      struct err *e) MUST_USE;

/* Begins: the day has come (ERR_LAW "interview.error.day"), there is a quorum (V-1, ERR_LAW
 * "interview.error.quorum"), every candidate is admitted (R44-1, clause 44) and every dossier is
 * released (R16-2, clause 16).  Who has withdrawn is passed over.  R47-1: where the installation
 * records, the interview has a room (app/video/room.h) from here on; ERR_CONFLICT
 * "video.error.away" while nothing records, unless the rule set lets records be off. */
bool interview_begin(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* R47-1: other equipment records from here on: the room is left, journalled.  ERR_LAW, clause 47,
 * where the rule set does not let records be off; ERR_CONFLICT "interview.error.no_room" if it has
 * no room any more. */
bool interview_record_outside(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* R47-2: confirms that the candidate was told of the record.  Time-stamped, once. */
bool interview_warn(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* The candidate's interview starts: ERR_LAW, clause 47, without the warning; ERR_LAW, clause 44,
 * if not admitted; ERR_CONFLICT "interview.error.other_running" while another is heard.  R47-1: in
 * an interview that has a room, ERR_LAW, clause 47, "law.interview.recording" until its sound is
 * recorded. */
bool interview_hear(const struct act *act, int64_t application_id, struct err *e) MUST_USE;
bool interview_end(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* R41-3: the opinion of an invited person, written by that person, once, after the candidate's
 * interview has begun and before the first vote on the candidate (ERR_CONFLICT
 * "interview.error.opinion_vote"): the members know of it, and it is never counted. */
bool interview_opinion(const struct act *act, int64_t application_id, const char *text,
		       struct err *e) MUST_USE;

/* Refused while somebody who was heard has no decision (ERR_CONFLICT "interview.error.undecided"),
 * or, unless `absent` is set, while somebody was not heard at all ("interview.error.unheard"):
 * with it those go on record as not having appeared. */
bool interview_close(const struct act *act, int64_t id, bool absent, struct err *e) MUST_USE;

/* interview.h - the commission at work: reading room, the day itself, minutes, decision, notice.
 *
 * Who has a seat in the commission, HR of the competition's organ and the auditors see these
 * pages; what a person may do depends on the seat (R41-2, R41-3).  The notice is for the candidate
 * too. */
#pragma once
#include "app/interview/vote.h"
#include "web/web.h"

extern const struct param interview_list_params[];
extern const struct list interview_listing;
extern const struct param interview_params[]; /* :interview alone */
extern const struct param interview_attend_params[];
extern const struct param interview_candidate_params[]; /* of warn, hear, end, decide */
extern const struct param interview_opinion_params[];
extern const struct param interview_conflict_params[];
extern const struct param interview_vote_params[];
extern const struct param interview_close_params[];
extern const struct param interview_number_params[];
extern const struct param interview_application_params[]; /* :application alone */
extern const struct param minutes_sign_params[];
extern const struct param conflict_error_params[];
extern const struct param note_params[];
extern const struct param mark_params[];
extern const struct param mark_excuse_params[];
extern const struct param question_params[];
extern const struct param question_draft_params[];
extern const struct param question_correct_params[];
extern const struct param interview_arrange_params[];
extern const struct param interview_incident_params[];

bool interview_list(struct req *r, json_t *model, struct err *e);
bool interview_show(struct req *r, json_t *model, struct err *e);
bool interview_reading(struct req *r, json_t *model, struct err *e);
bool interview_minutes(struct req *r, json_t *model, struct err *e);
bool interview_decision(struct req *r, json_t *model, struct err *e);
bool interview_notice(struct req *r, json_t *model, struct err *e);

bool interview_do_attend(struct req *r, json_t *model, struct err *e);
bool interview_do_begin(struct req *r, json_t *model, struct err *e);
bool interview_do_warn(struct req *r, json_t *model, struct err *e);
bool interview_do_hear(struct req *r, json_t *model, struct err *e);
bool interview_do_end(struct req *r, json_t *model, struct err *e);
bool interview_do_opinion(struct req *r, json_t *model, struct err *e);
bool interview_do_conflict(struct req *r, json_t *model, struct err *e);
bool interview_do_vote(struct req *r, json_t *model, struct err *e);
bool interview_do_decide(struct req *r, json_t *model, struct err *e);
bool interview_do_close(struct req *r, json_t *model, struct err *e);
bool interview_do_number(struct req *r, json_t *model, struct err *e);
bool interview_candidate(struct req *r, json_t *model, struct err *e);
bool interview_do_note(struct req *r, json_t *model, struct err *e);
bool interview_do_mark(struct req *r, json_t *model, struct err *e);
bool interview_do_excuse(struct req *r, json_t *model, struct err *e);
bool interview_do_question(struct req *r, json_t *model, struct err *e);
bool interview_do_correct(struct req *r, json_t *model, struct err *e);
bool interview_do_draft(struct req *r, json_t *model, struct err *e);
bool interview_do_arrange(struct req *r, json_t *model, struct err *e);
bool interview_do_incident(struct req *r, json_t *model, struct err *e);
bool interview_do_outside(struct req *r, json_t *model, struct err *e);
bool interview_do_conflict_error(struct req *r, json_t *model, struct err *e);
bool minutes_do_sign(struct req *r, json_t *model, struct err *e);
bool minutes_do_remind(struct req *r, json_t *model, struct err *e);

/* ---- shared by the files of this group ------------------------------------------- */

/* How the person of this request stands to an interview. */
struct onlooker {
	struct interview interview;
	bool seated; /* has a seat: `me` is valid       */
	bool hr, auditor;
	struct seated me;
};

/* ERR_MISSING for who may not know of it. */
bool onlooker_load(struct req *r, int64_t interview_id, struct onlooker *ret,
		   struct err *e) MUST_USE;

bool onlooker_is(const struct onlooker *o, enum seat seat);

/* Whether the candidate of a form belongs to the interview of the address: ERR_MISSING. */
bool interview_belongs(struct req *r, struct err *e) MUST_USE;

/* To the page of the candidate of the address, with a notice; true. */
bool interview_back(struct req *r, const char *notice);

/* Post, organ, place, day and times of the interview, for every page of the group. */
bool interview_head(struct req *r, const struct onlooker *o, json_t *model, struct err *e) MUST_USE;

/* Everybody with a seat, in the order of the minutes: chair, members, secretary, invited. */
json_t *interview_people(struct req *r, const struct interview *i, struct err *e);

/* The criteria of R5-1 and the scale of their marks, null if the rule set has none; `entering` with
 * the choices of a form ("results=4"). */
void interview_add_criteria(const struct req *r, const struct competition *c, bool entering,
			    json_t *model);

/* What one candidate's page shows of marks, of this person's own notes, of questions; nothing of it
 * to who has declared a conflict (F8, F81). */
bool interview_add_marks(struct req *r, const struct onlooker *o, int64_t application_id,
			 bool conflict, json_t *model, struct err *e) MUST_USE;
bool interview_add_questions(struct req *r, const struct onlooker *o, int64_t application_id,
			     bool conflict, bool heard, json_t *model, struct err *e) MUST_USE;

/* "console" (console.c): the steps of the day for the secretary, null for others; of what the model
 * has already: quorum, early, candidates. */
bool interview_add_console(const struct req *r, const struct onlooker *o, json_t *model,
			   struct err *e) MUST_USE;

/* "recorded": whether sound is recorded, and what failed; null where the installation does not
 * record this interview (R47-1). */
bool interview_add_sound(struct req *r, const struct onlooker *o, json_t *model,
			 struct err *e) MUST_USE;

/* One candidate: times, vote, roll call, opinions, decision.  The choice of each member shows
 * only when the vote is decided; until then who has voted and who has not. */
bool interview_vote_model(struct req *r, const struct interview *i, json_t *candidate,
			  struct err *e) MUST_USE;

/* challenge.h - challenges of questions, findings, corrected results (F62, F63). */
#pragma once
#include "web/web.h"

extern const struct route challenge_routes[];

/* The candidate's side: the questions of an own test (challenge.c). */
extern const struct list challenge_question_listing;
extern const struct param challenge_questions_params[], challenge_question_params[],
	challenge_send_params[];
bool challenge_questions(struct req *r, json_t *model, struct err *e);
bool challenge_question(struct req *r, json_t *model, struct err *e);
bool challenge_send(struct req *r, json_t *model, struct err *e);

/* Adds "challenges" to a result: the term and the own challenges; null for another reader. */
bool challenge_of_result(struct req *r, int64_t attempt_id, int64_t person_id, json_t *sheet,
			 struct err *e) MUST_USE;

/* Adds "versions": the result as it was fixed and as each correction left it; [] if it never was
 * corrected.  Whoever reads the own corrected result is served the notice of it. */
bool result_versions(struct req *r, int64_t attempt_id, json_t *sheet, struct err *e) MUST_USE;

/* One challenge (challenge_show.c): finding about it, the effect, the answer. */
extern const struct param challenge_params[], challenge_compare_params[], challenge_find_params[],
	challenge_answer_params[];
bool challenge_show(struct req *r, json_t *model, struct err *e);
bool challenge_do_withdraw(struct req *r, json_t *model, struct err *e);
bool challenge_do_compare(struct req *r, json_t *model, struct err *e);
bool challenge_do_find(struct req *r, json_t *model, struct err *e);
bool challenge_do_answer(struct req *r, json_t *model, struct err *e);

/* Lists (challenge_list.c). */
extern const struct list challenge_listing, correction_listing;
extern const struct param challenge_list_params[], challenge_new_params[], challenge_enter_params[],
	correction_list_params[], correction_note_params[];
bool challenge_list(struct req *r, json_t *model, struct err *e);
bool challenge_new(struct req *r, json_t *model, struct err *e);
bool challenge_do_enter(struct req *r, json_t *model, struct err *e);
bool correction_list(struct req *r, json_t *model, struct err *e);
bool correction_do_note(struct req *r, json_t *model, struct err *e);

/* Papers (challenge_paper.c): the form as filled in, the decision. */
bool challenge_form_paper(struct req *r, json_t *model, struct err *e);
bool challenge_decision_paper(struct req *r, json_t *model, struct err *e);

/* A challenge without any words of the question, for whoever may read it. */
json_t *challenge_row(const struct req *r, int64_t id, struct err *e);

/* The confirmed finding that decided it, without names; JSON null before. */
bool challenge_verdict(const struct req *r, const json_t *challenge, json_t *ret,
		       struct err *e) MUST_USE;

/* Adds "disputes" to a question of the bank: its challenges and corrections. */
bool challenge_of_item(const struct req *r, const char *code, json_t *model,
		       struct err *e) MUST_USE;

/* What waits: for this expert; for this officer of HR, of the organs the role is held for, with the
 * first competition that has such results (0: none). */
bool challenge_waiting(const struct req *r, int64_t *ret_find, int64_t *ret_answer,
		       struct err *e) MUST_USE;
bool challenge_waiting_hr(const struct req *r, int64_t *ret_papers, int64_t *ret_results,
			  int64_t *ret_competition, struct err *e) MUST_USE;

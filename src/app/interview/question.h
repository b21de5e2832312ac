/* question.h - questions and answers of a candidate's interview, as the secretary notes them
 * (R47-1).
 *
 * What is noted stays: a correction is a new version beside the old one.  What is just being typed
 * is kept as a draft, so that no word is lost with a browser or a machine; a draft is no record and
 * is not journalled. */
#pragma once
#include "app/interview/interview.h"

struct question_form {
	int64_t asked_by; /* a seat: chair, member or invited */
	const char *question, *answer;
};

/* The secretary notes one, from the beginning of the hearing until the interview is closed.
 * ERR_INPUT at "asked_by", "question", "answer"; ERR_CONFLICT "interview.error.not_heard",
 * "interview.error.not_running".  The draft is done with. */
bool question_add(const struct act *act, int64_t application_id, const struct question_form *form,
		  struct err *e) MUST_USE;

/* A new version of question `number`.  ERR_MISSING if there is none. */
bool question_correct(const struct act *act, int64_t application_id, int64_t number,
		      const struct question_form *form, struct err *e) MUST_USE;

/* Keeps what is being typed; all of it may be empty. */
bool question_keep_draft(const struct act *act, int64_t application_id,
			 const struct question_form *form, struct err *e) MUST_USE;

/* {asked_by, question, answer} of this secretary; JSON null if there is none. */
bool question_draft(const struct act *act, int64_t application_id, json_t **ret,
		    struct err *e) MUST_USE;

/* [{number, version, asked_by, name, question, answer, at_ms, earlier [{version, name, question,
 * answer, at_ms}]}], the newest version of each, in the order in which they were asked. */
bool question_read(const struct act *act, int64_t application_id, json_t **ret,
		   struct err *e) MUST_USE;

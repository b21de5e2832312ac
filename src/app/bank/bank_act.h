/* bank_act.h - the acts of the programme and what the bank has for each (F23, F29). */
#pragma once
#include "app/act.h"

struct act_change_form {
	const char *act;
	const char *articles; /* "15, 35-1"; "" for the whole act */
	day text_date;        /* of the new text */
	const char *document; /* the law that changed it */
};

/* Approvers.  Every question in use on one of these articles that was checked against an older text
 * goes on hold until a revision checked against the new one is approved (F23).  ERR_INPUT at "act",
 * "text_date"; at "articles" if it is no list of articles. */
bool bank_act_change(const struct act *act, const struct act_change_form *form, int64_t *ret_held,
		     struct err *e) MUST_USE;

/* F29, A5-1: [{code, name_kk, name_ru, questions, used, held, review, draft, retired, missing,
 * spare}] for each act of the rule set in force on the day of the act.  Questions in use count as
 * the draw counts them, by bank_spare() (exam/draw.h): for the act of the version in use, and less
 * one for each pair of enemies; what a sitting lets rest is not known here.  `missing`: how many
 * more the form of a candidate needs; 0 is enough.  `spare`: how many more than `share` in a
 * hundred of candidates shall not see any one question; below 0 it is missed. */
bool bank_blueprint(const struct act *act, int64_t share, json_t **ret, struct err *e) MUST_USE;

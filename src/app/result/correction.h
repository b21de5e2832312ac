/* correction.h - what a finding about a version does to the results of all who had it (F62, F63).
 *
 * A result is affected if its form has the version and the finding changes its points.  Attempts
 * that are void or annulled stay as they are; one that is still running is scored with the
 * correction when it is fixed (app/sitting/sheet.h). */
#pragma once
#include "app/sitting/sheet.h"

/* One affected result, before and after. */
struct effect_row {
	int64_t attempt_id, application_id, competition_id;
	const char *code, *post;
	const char *act; /* of the question, in the programme         */
	int number;      /* of the question on this form              */
	int was, now, asked, act_was, act_now, act_asked;
	int64_t mark;
	bool positive_was, positive_now;
	const char *points;
	const char *stage; /* how far the candidate is: fixed, told, planned, heard, decided */
};

struct effect {
	int64_t had;             /* results with the version                              */
	int64_t running;         /* attempts with it that are not over                    */
	int64_t gained, lost;    /* a point                                               */
	int64_t up, down;        /* became positive, became negative                      */
	struct effect_row *rows; /* those affected, by competition and attempt         */
	size_t count;
};

/* What it would do now.  Nothing is changed. */
bool correction_effect(const struct act *act, int64_t item_id, const struct key_finding *finding,
		       struct effect *ret, struct err *e) MUST_USE;

/* A finding that is confirmed in the caller's transaction, with the version it is about and a form
 * that has it. */
struct correction {
	int64_t finding_id, item_id;
	struct key_finding finding;
	int64_t expert_id; /* who found: the author of the corrected version */
	int64_t attempt_id, number;
	const char *why;
};

/* Notes the correction, holds the version and writes the corrected one for review
 * (app/bank/bank_correct.h), and writes every affected result anew: the old one and the new one
 * stay (result_version), `result` is the new one.  One journal entry for the correction, one for
 * each result under its candidate; the candidates, HR and the secretaries are told. */
bool correction_make(const struct act *act, const struct correction *c, struct err *e) MUST_USE;

/* HR of the organ notes what was decided about a result that crossed the mark.  ERR_INPUT at
 * "note"; ERR_CONFLICT "challenge.error.noted" unless it waits for that. */
bool correction_note(const struct act *act, int64_t attempt_id, const char *text,
		     struct err *e) MUST_USE;

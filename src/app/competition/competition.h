/* competition.h - a competition from draft to closing, and the law it runs under. */
#pragma once
#include "app/act.h"
#include "law/calendar.h"
#include "law/qualification.h"
#include "law/rule_set.h"

/* A competition with its law.  Before the announcement the law is that of today's book;
 * from then on the bytes pinned in law_text (O-4, F1). */
struct competition {
	int64_t id;
	const char *route; /* "own", "other"                      */
	const char *state; /* "draft", "announced", "closed"      */
	const char *organ, *post, *category;
	int64_t vacancies, filing_days;
	bool demonstration;
	bool announced;
	day announced_day; /* valid if announced                  */
	day filing_last;   /* valid if announced                  */
	const struct rule_set *rules;
	const struct qualification_table *qualification;
	const struct calendar *calendar; /* in force today, whatever was in force then (F5) */
};

/* Everything lives in act->arena.  ERR_MISSING if there is none. */
bool competition_load(const struct act *act, int64_t id, struct competition *ret,
		      struct err *e) MUST_USE;

/* All that are announced, by id: two statements, however many there are. */
bool competition_running(const struct act *act, struct competition **ret, size_t *ret_count,
			 struct err *e) MUST_USE;

/* What HR fills in; texts are the announcement in both languages. */
struct competition_form {
	const char *organ, *post;
	int64_t vacancies, filing_days;
	bool demonstration;
	const char *text_kk, *text_ru;
};

/* A draft: HR of the organ or of one above it (R5-2, F1).  ERR_INPUT at "organ", "post",
 * "vacancies", "filing_days", "text_kk" or "text_ru"; a filing term shorter than that of the rule
 * set in force today is "competition.error.filing_short" with its days in `value`. */
bool competition_open(const struct act *act, const struct competition_form *form, int64_t *ret_id,
		      struct err *e) MUST_USE;
bool competition_edit(const struct act *act, int64_t id, const struct competition_form *form,
		      struct err *e) MUST_USE;

/* Pins rule set and Qualification Requirements of today, counts the filing term, freezes the
 * text as version 1 with its hash (F3).  A real competition is refused while a parameter of
 * the rule set is unset or assumed (F2). */
bool competition_announce(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* A correction is a new, visible version with its reason. */
bool competition_correct(const struct act *act, int64_t id, const char *text_kk,
			 const char *text_ru, const char *reason_kk, const char *reason_ru,
			 struct err *e) MUST_USE;

/* Closes what has nothing missing any more (app/competition/closing.h): ERR_CONFLICT
 * "competition.error.<what>" of the first thing that is, how many in `value`. */
bool competition_close(const struct act *act, int64_t id, struct err *e) MUST_USE;

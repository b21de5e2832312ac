/* interview_do.c - what is done on the day of the interview: each one call into app/. */
#include "web/interview/interview.h"

#include "app/interview/minutes.h"

#include <stdlib.h>
#include <string.h>

static bool back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/interviews/%lld", (long long)in_int(r, "interview"));
	return true;
}

bool interview_back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/interviews/%lld/candidates/%lld", (long long)in_int(r, "interview"),
	       (long long)in_int(r, "application"));
	return true;
}

/* The candidate of the form belongs to the interview of the address. */
bool interview_belongs(struct req *r, struct err *e)
{
	bool here = false;
	if (!db_exists(r->db, e, &here,
		       "SELECT 1 FROM interview_candidate WHERE interview_id = $1"
		       " AND application_id = $2",
		       db_int(in_int(r, "interview")), db_int(in_int(r, "application"))))
		return false;
	return here || err_set(e, ERR_MISSING, "error.missing", "not of this interview");
}

/* Numbers as the form sends them: digits alone. */
static bool read_members(const json_t *list, int64_t *ret, struct err *e)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		char *end = NULL;
		ret[i] = strtoll(text, &end, 10);
		if (*text < '0' || *text > '9' || *end)
			return err_input(e, "present", "interview.error.present", "no number");
	}
	return true;
}

bool interview_do_attend(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const json_t *list = in_list(r, "present");
	size_t count = json_array_size(list);
	int64_t *members = arena_array(r->arena, count + 1, sizeof(*members));
	return read_members(list, members, e) &&
	       interview_attend(&act, in_int(r, "interview"), members, count, e) &&
	       back(r, "interview.notice.attendance");
}

bool interview_do_begin(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_begin(&act, in_int(r, "interview"), e) &&
	       back(r, "interview.notice.begun");
}

bool interview_do_warn(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) && interview_warn(&act, in_int(r, "application"), e) &&
	       back(r, "interview.notice.warned");
}

bool interview_do_hear(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) && interview_hear(&act, in_int(r, "application"), e) &&
	       back(r, "interview.notice.heard");
}

bool interview_do_end(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) && interview_end(&act, in_int(r, "application"), e) &&
	       back(r, "interview.notice.ended");
}

bool interview_do_opinion(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) &&
	       interview_opinion(&act, in_int(r, "application"), in_text(r, "text"), e) &&
	       back(r, "interview.notice.opinion");
}

bool interview_do_conflict(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!interview_belongs(r, e) ||
	    !vote_conflict(&act, in_int(r, "application"), in_text(r, "reason"), e))
		return false;
	r->notice = "interview.notice.conflict";
	req_go(r, "/interviews/%lld/reading", (long long)in_int(r, "interview"));
	return true;
}

bool interview_do_vote(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	bool in_favour = strcmp(in_text(r, "choice"), "for") == 0;
	return interview_belongs(r, e) && vote_cast(&act, in_int(r, "application"), in_favour, e) &&
	       back(r, "interview.notice.voted");
}

bool interview_do_decide(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) && vote_close(&act, in_int(r, "application"), NULL, e) &&
	       back(r, "interview.notice.decided");
}

bool interview_do_close(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_close(&act, in_int(r, "interview"), in_flag(r, "absent"), e) &&
	       back(r, "interview.notice.closed");
}

bool interview_do_number(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!minutes_number(&act, in_int(r, "interview"), in_text(r, "number"), e))
		return false;
	r->notice = "interview.notice.numbered";
	req_go(r, "/interviews/%lld/minutes", (long long)in_int(r, "interview"));
	return true;
}

/* bank_do.c - what is done about a question. */
#include "app/bank/bank_review.h"
#include "web/bank/bank.h"

#include <string.h>

static const char *const steps[] = { "send",      "agree_kk", "return_kk", "agree_ru",
				     "return_ru", "approve",  "return",    "hold",
				     "release",   "retire",   NULL };

const struct param bank_do_params[] = {
	{ "question", P_INT, 1, INT64_MAX, true, NULL },
	{ "revision", P_INT, 1, INT64_MAX, true, NULL },
	{ "step", P_CHOICE, 0, 0, true, steps },
	{ "reason", P_TEXT, 0, BANK_REASON_MOST, false, NULL },
	PARAMS_END,
};
const struct param bank_comment_params[] = {
	{ "question", P_INT, 1, INT64_MAX, true, NULL },
	{ "text", P_TEXT, 1, BANK_STEM_MOST, true, NULL },
	PARAMS_END,
};

static bool is(const char *step, const char *name)
{
	return strcmp(step, name) == 0;
}

static bool take_step(const struct act *act, int64_t id, const char *step,
		      const struct bank_verdict *v, struct err *e)
{
	if (is(step, "send"))
		return bank_send(act, id, e);
	if (is(step, "hold"))
		return bank_hold(act, id, v->reason, e);
	if (is(step, "release"))
		return bank_release(act, id, v->reason, e);
	if (is(step, "retire"))
		return bank_retire(act, id, v->reason, e);
	if (is(step, "approve") || is(step, "return"))
		return bank_approve(act, id, v, e);
	return bank_sign(act, id, is(step, "agree_kk") || is(step, "return_kk") ? "kk" : "ru", v,
			 e);
}

bool bank_do(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const char *step = in_text(r, "step");
	const struct bank_verdict verdict = {
		.revision = in_int(r, "revision"),
		.agreed = is(step, "agree_kk") || is(step, "agree_ru") || is(step, "approve"),
		.reason = in_text(r, "reason"),
	};
	(void)model;
	if (!take_step(&act, in_int(r, "question"), step, &verdict, e))
		return false;
	r->notice = "bank.notice.done";
	req_go(r, "/bank/questions/%lld", (long long)in_int(r, "question"));
	return true;
}

bool bank_do_comment(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "bank.notice.commented";
	req_go(r, "/bank/questions/%lld", (long long)in_int(r, "question"));
	return bank_item_comment(&act, in_int(r, "question"), in_text(r, "text"), e);
}

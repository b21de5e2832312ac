/* minutes.c - the papers of an interview: decision, notice. */
#include "app/candidate/candidate.h"
#include "law/terms.h"
#include "web/evidence/signature.h"
#include "web/interview/interview.h"
#include "web/names.h"
#include "web/notice/told.h"

#include <string.h>

static void set_day(const struct req *r, json_t *model, const char *name, bool known, day d)
{
	char text[DAY_TEXT_SIZE];
	(void)r;
	day_print(d, text);
	(void)json_object_set_new(model, name, known ? json_string(text) : json_null());
}

/* ---- decision ---------------------------------------------------------------------------- */

bool interview_decision(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct onlooker o = { 0 };
	struct interview i = { 0 };
	struct candidate c = { 0 };
	int64_t id = in_int(r, "application");
	if (!interview_of(&act, id, &i, e) || !onlooker_load(r, i.id, &o, e) ||
	    !candidate_load(&act, id, &c, e) || !interview_head(r, &o, model, e))
		return false;
	json_t *row = json_pack("{s:I,s:s}", "application_id", (json_int_t)id, "name", c.name);
	(void)json_object_set_new(model, "candidate", row);
	if (!interview_vote_model(r, &i, row, e) || !signature_fill_vote(r, id, row, e))
		return false;
	(void)json_object_del(row, "vote");
	(void)json_object_del(row, "broken");
	if (json_is_null(json_object_get(row, "decision")))
		return err_set(e, ERR_MISSING, "interview.error.no_decision", "not decided");
	(void)json_object_set_new(model, "closed", json_boolean(strcmp(i.state, "closed") == 0));
	return model_told(r, id, model, e);
}

/* ---- notice -------------------------------------------------------------------------------- */

static bool may_read_notice(struct req *r, const struct candidate *c, int64_t interview_id,
			    struct err *e)
{
	struct onlooker o = { 0 };
	if (r->actor.person_id == c->person_id)
		return true;
	if (!onlooker_load(r, interview_id, &o, e))
		return false;
	return o.hr || o.auditor || onlooker_is(&o, SEAT_SECRETARY) ||
	       err_set(e, ERR_MISSING, "error.missing", "the notice is for others");
}

static bool add_decision(struct req *r, const struct candidate *c, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT d.outcome, d.at_ms, i.start_ms,"
			     " (SELECT m.number FROM minutes m WHERE m.interview_id = i.id)"
			     "   AS number"
			     "  FROM decision d JOIN interview_candidate c"
			     "    ON c.application_id = d.application_id"
			     "  JOIN interview i ON i.id = c.interview_id"
			     " WHERE d.application_id = $1",
			     db_int(c->application_id));
	if (!row)
		return false;
	const struct rule_set *rules = c->competition.rules;
	day decided = day_of_instant(json_integer_value(json_object_get(row, "at_ms")));
	day last = { 0 };
	bool known = terms_notice_last(c->competition.calendar, rules, decided, &last);
	set_day(r, row, "notice_last", known, last);
	set_day(r, row, "day", true, decided);
	(void)json_object_del(row, "at_ms");
	(void)json_object_set_new(row, "appeal",
				  json_string(in_kazakh(r) ? rules->appeal_kk : rules->appeal_ru));
	const struct parameter *months = &rules->params[PARAM_APPEAL_MONTHS];
	(void)json_object_set_new(
		row, "months", months->set ? json_integer((json_int_t)months->value) : json_null());
	(void)json_object_set(model, "notice", row);
	return true;
}

bool interview_notice(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	struct interview i = { 0 };
	int64_t id = in_int(r, "application");
	if (!candidate_load(&act, id, &c, e) || !interview_of(&act, id, &i, e) ||
	    !may_read_notice(r, &c, i.id, e) || !add_decision(r, &c, model, e))
		return false;
	(void)json_object_set_new(model, "candidate",
				  json_pack("{s:I,s:s,s:s,s:s,s:b}", "id", (json_int_t)id, "name",
					    c.name, "post", post_name(r, c.competition.post),
					    "organ", organ_name(r, c.competition.organ),
					    "demonstration", c.competition.demonstration));
	return true;
}

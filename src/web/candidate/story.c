#include "web/candidate/story.h"

#include "app/access/restricted.h"
#include "app/candidate/dossier.h"
#include "app/candidate/study.h"
#include "law/terms.h"
#include "web/competition/timeline.h"
#include "web/notice/told.h"
#include "web/row.h"
#include "web/video/record.h"
#include "web/video/video.h"

#include <string.h>

/* ---- rights -------------------------------------------------------------------------- */

/* The candidate, HR of the organ, own security and study officers, the commission of the
 * competition, auditors.  None of them sees here what a paper says. */
static bool may_read(struct req *r, const struct candidate *c, bool *ret_hr, struct err *e)
{
	static const char *const roles[] = { ROLE_NAME_SECURITY, ROLE_NAME_POLYGRAPH,
					     ROLE_NAME_PSYCHO, ROLE_NAME_AUDITOR };
	const struct act act = req_act(r);
	bool may = false;
	if (!act_holds(&act, ROLE_NAME_HR, c->competition.organ, ret_hr, e))
		return false;
	may = *ret_hr || c->person_id == r->actor.person_id;
	for (size_t i = 0; !may && i < COUNT(roles); i++) {
		if (!act_holds(&act, roles[i], c->competition.organ, &may, e))
			return false;
	}
	if (!may && !commission_has(&act, c->application_id, &may, e))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's candidate");
}

/* ---- the six parts -------------------------------------------------------------------- */

/* By when a part is due, where a term is known: for what goes into the dossier its last day. */
static json_t *due_of(const struct dossier *d, enum part part)
{
	const struct competition *c = &d->candidate.competition;
	day due = { 0 };
	if (part == PART_QUALIFICATION)
		return terms_check_last(c->calendar, c->rules, c->filing_last, &due) ? day_json(due)
										     : json_null();
	if (!d->planned)
		return json_null();
	return day_json(part == PART_INTERVIEW ? d->interview : d->dossier_last);
}

/* R6-1: all six, what is done, what is missing, by when and under which clause. */
static json_t *parts_model(const struct dossier *d)
{
	static const char *const clause[PART_COUNT] = { "13", "6", "13", "13", "28", "44" };
	json_t *list = json_array();
	for (int i = 0; i < PART_COUNT; i++) {
		enum part_state state = d->candidate.admission.part[i];
		json_t *o = json_pack("{s:s,s:s,s:s}", "part", part_name((enum part)i), "state",
				      part_state_name(state), "clause", clause[i]);
		(void)json_object_set_new(o, "due",
					  state == PART_DONE || state == PART_FAILED
						  ? json_null()
						  : due_of(d, (enum part)i));
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* R44-1: the four conditions, and no fifth. */
static json_t *admission_model(const struct admission *a)
{
	const struct {
		const char *name;
		bool met;
	} row[] = {
		{ "qualification", a->qualified },
		{ "test", a->test_positive },
		{ "polygraph", a->polygraph_undergone },
		{ "psycho", a->psycho_undergone },
	};
	json_t *conditions = json_array();
	for (size_t i = 0; i < COUNT(row); i++)
		(void)json_array_append_new(
			conditions, json_pack("{s:s,s:b}", "name", row[i].name, "met", row[i].met));
	return json_pack("{s:b,s:b,s:o}", "studies", a->to_studies, "interview", a->to_interview,
			 "conditions", conditions);
}

/* ---- what happened ---------------------------------------------------------------------- */

/* Views of restricted papers are for HR and auditors, not for the candidate's page. */
static bool add_events(struct req *r, int64_t application_id, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT kind, at_ms FROM journal_entry WHERE subject = $1"
			       " AND kind <> 'test.answer'"
			       " AND kind NOT IN " RESTRICTED_KINDS " ORDER BY seq DESC LIMIT 100",
			       db_text(act_subject(&act, "application", application_id)));
	if (!rows)
		return false;
	(void)json_object_set(model, "events", rows);
	return true;
}

static bool add_decision(struct req *r, int64_t application_id, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT outcome, at_ms FROM decision WHERE application_id = $1",
			       db_int(application_id));
	if (!rows)
		return false;
	json_t *row = json_array_get(rows, 0);
	(void)json_object_set(model, "decision", row ? row : json_null());
	return true;
}

bool story_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct dossier d = { 0 };
	bool hr = false;
	if (!dossier_load(&act, in_int(r, "application"), &d, e) ||
	    !may_read(r, &d.candidate, &hr, e))
		return false;
	model_candidate(r, &d.candidate, model);
	(void)json_object_set_new(model, "state", json_string(d.candidate.state));
	(void)json_object_set_new(model, "parts", parts_model(&d));
	(void)json_object_set_new(model, "admission", admission_model(&d.candidate.admission));
	(void)json_object_set_new(model, "interview",
				  d.planned ? day_json(d.interview) : json_null());
	(void)json_object_set_new(
		model, "hr",
		hr ? json_pack("{s:I}", "competition", (json_int_t)d.candidate.competition.id)
		   : json_null());
	(void)json_object_set_new(model, "own",
				  json_boolean(d.candidate.person_id == r->actor.person_id));
	(void)json_object_set_new(model, "records", json_array());
	return video_interview_link(r, d.candidate.application_id, model, e) &&
	       (d.candidate.person_id != r->actor.person_id ||
		record_own(r, d.candidate.application_id, model, e)) &&
	       add_decision(r, d.candidate.application_id, model, e) &&
	       model_told(r, d.candidate.application_id, model, e) &&
	       timeline_add(r, &d.candidate.competition, d.candidate.application_id, model, e) &&
	       add_events(r, d.candidate.application_id, model, e);
}

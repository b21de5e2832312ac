#include "web/candidate/story.h"

#include "app/access/restricted.h"
#include "app/candidate/dossier.h"
#include "app/candidate/study.h"
#include "web/candidate/path.h"
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

/* ---- admission ------------------------------------------------------------------------ */

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

/* What there is to open or print.  The result is the candidate's own page. */
static json_t *papers_model(const struct dossier *d, const struct path *p, bool own)
{
	const bool admitted = d->planned && d->candidate.admission.to_interview;
	return json_pack("{s:b,s:b,s:o,s:b}", "receipt", p->sent_ms != 0, "invitation", admitted,
			 "result",
			 own && p->attempt && d->candidate.record.test != TEST_RUNNING
				 ? json_integer((json_int_t)p->attempt)
				 : json_null(),
			 "notice", own && p->decided_ms != 0);
}

bool story_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct dossier d = { 0 };
	struct path p = { 0 };
	bool hr = false;
	if (!dossier_load(&act, in_int(r, "application"), &d, e) ||
	    !may_read(r, &d.candidate, &hr, e) || !path_of(r, &d, &p, e))
		return false;
	const bool own = d.candidate.person_id == r->actor.person_id;
	model_candidate(r, &d.candidate, model);
	path_model(&d, &p, own, model);
	(void)json_object_set_new(model, "state", json_string(d.candidate.state));
	(void)json_object_set_new(model, "admission", admission_model(&d.candidate.admission));
	(void)json_object_set_new(model, "papers", papers_model(&d, &p, own));
	(void)json_object_set_new(
		model, "hr",
		hr ? json_pack("{s:I}", "competition", (json_int_t)d.candidate.competition.id)
		   : json_null());
	(void)json_object_set_new(model, "own", json_boolean(own));
	(void)json_object_set_new(model, "records", json_array());
	return video_interview_link(r, d.candidate.application_id, model, e) &&
	       (!own || record_own(r, d.candidate.application_id, model, e)) &&
	       add_decision(r, d.candidate.application_id, model, e) &&
	       model_told(r, d.candidate.application_id, model, e) &&
	       timeline_add(r, &d.candidate.competition, d.candidate.application_id, model, e) &&
	       add_events(r, d.candidate.application_id, model, e);
}

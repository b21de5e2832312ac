#include "app/candidate/check.h"

#include "app/notice/tell.h"

#include <stdio.h>
#include <string.h>

/* ---- reading ---------------------------------------------------------------------- */

static enum service_kind service_of(const char *code)
{
	if (strcmp(code, "prosecution") == 0)
		return SERVICE_PROSECUTION;
	return strcmp(code, "law_enforcement") == 0 ? SERVICE_LAW_ENFORCEMENT : SERVICE_OTHER;
}

/* Years are counted on the day of the announcement; a period that goes on ends then. */
static bool read_service(const struct act *act, const struct candidate *c,
			 struct service_record *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT kind, leadership, category, from_day, to_day"
			       " FROM service_fact WHERE application_id = $1 ORDER BY from_day, id",
			       db_int(c->application_id));
	const char *education = NULL;
	if (!rows || !db_string(act->db, act->arena, e, &education,
				"SELECT education FROM application WHERE id = $1",
				db_int(c->application_id)))
		return false;
	size_t count = json_array_size(rows);
	struct service_period *periods = arena_array(act->arena, count + 1, sizeof(*periods));
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		bool ended = json_is_integer(json_object_get(row, "to_day"));
		periods[i] = (struct service_period){
			.kind = service_of(row_text(row, "kind")),
			.leadership = row_number(row, "leadership") != 0,
			.category = row_text(row, "category"),
			.from = { (int32_t)row_number(row, "from_day") },
			.to = ended ? (day){ (int32_t)row_number(row, "to_day") }
				    : c->competition.announced_day,
		};
	}
	*ret = (struct service_record){ education, periods, count, c->competition.announced_day };
	return true;
}

struct findings {
	struct finding *list;
	int64_t *by; /* who found each */
	size_t count;
};

/* All of them: later ones come later and win. */
static bool read_findings(const struct act *act, int64_t id, struct findings *ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT condition, verdict, by_id FROM qualification_finding"
			       " WHERE application_id = $1 ORDER BY id",
			       db_int(id));
	if (!rows)
		return false;
	size_t count = json_array_size(rows);
	struct findings f = { arena_array(act->arena, count + 1, sizeof(*f.list)),
			      arena_array(act->arena, count + 1, sizeof(*f.by)), count };
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		const char *condition = row_text(row, "condition"); /* "1.2", digits both */
		f.by[i] = row_number(row, "by_id");
		f.list[i] = (struct finding){
			.alternative = (size_t)(condition[0] - '0'),
			.condition = (size_t)(condition[2] - '0'),
			.met = strcmp(row_text(row, "verdict"), "met") == 0,
		};
	}
	*ret = f;
	return true;
}

static bool is_against(const struct qualification *q, const struct finding *f)
{
	return f->met && f->alternative < q->count &&
	       f->condition < q->conditions[f->alternative] &&
	       q->result[f->alternative][f->condition].computed == VERDICT_NOT_MET;
}

/* F20: whether it takes this officer's own word against the table. */
static bool overrides_alone(const struct check *check, const struct service_record *record,
			    const struct findings *f, int64_t officer)
{
	const struct competition *c = &check->candidate.competition;
	size_t count = 0;
	if (check->result.outcome != VERDICT_MET)
		return false;
	for (size_t i = 0; i < f->count; i++) {
		if (f->by[i] != officer || !is_against(&check->result, &f->list[i]))
			f->list[count++] = f->list[i];
	}
	return qualification_judge(c->qualification, c->category, record, f->list, count).outcome !=
	       VERDICT_MET;
}

static bool read_papers(const struct act *act, struct check *check, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT complete FROM completeness_check WHERE application_id = $1"
			       " ORDER BY id DESC LIMIT 1",
			       db_int(check->candidate.application_id));
	check->complete_noted = json_array_size(rows) > 0;
	check->complete = row_number(json_array_get(rows, 0), "complete") != 0;
	return rows != NULL;
}

/* R5-2 */
bool check_load(const struct act *act, int64_t application_id, struct check *ret, struct err *e)
{
	struct check check = { 0 };
	struct service_record record = { 0 };
	struct findings findings = { 0 };
	if (!candidate_load(act, application_id, &check.candidate, e) ||
	    !read_service(act, &check.candidate, &record, e) ||
	    !read_findings(act, application_id, &findings, e) || !read_papers(act, &check, e))
		return false;
	const struct competition *c = &check.candidate.competition;
	check.result = qualification_judge(c->qualification, c->category, &record, findings.list,
					   findings.count);
	check.own_override = overrides_alone(&check, &record, &findings, act->person_id);
	*ret = check;
	return true;
}

/* ---- HR's steps --------------------------------------------------------------------- */

/* A sent application of a competition of the officer's organ. */
static bool load_for_hr(const struct act *act, int64_t id, struct check *ret, struct err *e)
{
	if (!check_load(act, id, ret, e) ||
	    !act_require(act, ROLE_NAME_HR, ret->candidate.competition.organ, e) ||
	    !candidate_require_other(act, THING_APPLICATION, id, e))
		return false;
	return strcmp(ret->candidate.state, "sent") == 0 ||
	       err_set(e, ERR_CONFLICT, "check.error.not_sent", "not a sent application");
}

static bool note(const struct act *act, const struct check *check, const char *kind,
		 json_t *content, struct err *e)
{
	return act_journal(act, kind, check->candidate.competition.id,
			   act_subject(act, "application", check->candidate.application_id),
			   content, e);
}

bool check_papers(const struct act *act, int64_t application_id, bool complete, const char *text,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct check check = { 0 };
	if (!complete && !*text)
		return err_input(e, "note", "check.error.note", "no word on what is missing");
	return db_begin(act->db, &tx, e) && load_for_hr(act, application_id, &check, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO completeness_check (application_id, complete, note, by_id,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5)",
		       db_int(application_id), db_int(complete), db_text(text),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       note(act, &check, "check.papers",
		    json_pack("{s:b,s:s}", "complete", complete, "note", text), e) &&
	       (complete ||
		tell_incomplete(act, &check.candidate.competition, application_id, text, e)) &&
	       db_commit(&tx, e);
}

bool check_find(const struct act *act, int64_t application_id, const struct check_finding *f,
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct check check = { 0 };
	if (!db_begin(act->db, &tx, e) || !load_for_hr(act, application_id, &check, e))
		return false;
	if (f->alternative < 0 || f->alternative >= (int64_t)check.result.count ||
	    f->condition < 0 || f->condition >= (int64_t)check.result.conditions[f->alternative])
		return err_input(e, "condition", "check.error.condition", "no such condition");
	if (!*f->source)
		return err_input(e, "source", "check.error.source", "no source paper");
	const char *condition =
		arena_print(act->arena, "%d.%d", (int)f->alternative, (int)f->condition);
	const char *verdict = f->met ? "met" : "not_met";
	return db_exec(act->db, e, NULL,
		       "INSERT INTO qualification_finding (application_id, condition, verdict,"
		       " source, note, by_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(application_id), db_text(condition), db_text(verdict),
		       db_text(f->source), db_text(f->note), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       note(act, &check, "check.finding",
		    json_pack("{s:s,s:s,s:s}", "condition", condition, "verdict", verdict, "source",
			      f->source),
		    e) &&
	       db_commit(&tx, e);
}

/* R6-2: the check comes first; R13-1: met if and only if the table says so. */
static bool may_decide(const struct check *check, bool met, const char *reason, struct err *e)
{
	const struct candidate *c = &check->candidate;
	if (c->record.check == CHECK_MET || c->record.check == CHECK_NOT_MET)
		return err_set(e, ERR_CONFLICT, "check.error.decided", "decided already");
	if (c->record.check == CHECK_PROPOSED_REFUSAL)
		return err_set(e, ERR_CONFLICT, "check.error.waits", "a refusal waits");
	if (!met)
		return *reason != '\0' ||
		       err_input(e, "reason", "check.error.reason", "a refusal without reason");
	if (!check->complete)
		return err_law(e, "10", "check.error.papers", "papers not found complete");
	if (check->result.outcome == VERDICT_HUMAN)
		return err_law(e, "13", "check.error.human", "a condition waits for an officer");
	if (check->result.outcome != VERDICT_MET)
		return err_law(e, "13", "check.error.not_met", "the table says not met");
	return !check->own_override ||
	       err_set(e, ERR_CONFLICT, "check.error.own_override", "own findings against it");
}

bool check_decide(const struct act *act, int64_t application_id, bool met, const char *reason,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct check check = { 0 };
	const char *outcome = met ? "met" : "not_met";
	return db_begin(act->db, &tx, e) && load_for_hr(act, application_id, &check, e) &&
	       may_decide(&check, met, reason, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO qualification_decision (application_id, outcome, reason, by_id,"
		       " at_ms) VALUES ($1, $2, $3, $4, $5)",
		       db_int(application_id), db_text(outcome), db_text(reason),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       note(act, &check, met ? "check.met" : "check.refusal_proposed",
		    json_pack("{s:s}", "reason", reason), e) &&
	       (!met || tell_met(act, &check.candidate.competition, application_id, e)) &&
	       db_commit(&tx, e);
}

/* F20: four eyes on a refusal. */
static bool other_officer(const struct act *act, int64_t application_id, int64_t *ret_decision,
			  const char **ret_reason, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id, by_id, reason FROM qualification_decision"
			       " WHERE application_id = $1 AND outcome = 'not_met'"
			       " AND answer IS NULL ORDER BY id DESC LIMIT 1",
			       db_int(application_id));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	if (!row)
		return err_set(e, ERR_CONFLICT, "check.error.no_refusal", "no refusal waits");
	*ret_decision = row_number(row, "id");
	*ret_reason = row_text(row, "reason");
	return row_number(row, "by_id") != act->person_id ||
	       err_set(e, ERR_DENIED, "check.error.same_officer", "the same officer");
}

bool check_answer(const struct act *act, int64_t application_id, bool confirmed, const char *text,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct check check = { 0 };
	int64_t decision = 0;
	const char *reason = "";
	if (!confirmed && !*text)
		return err_input(e, "note", "check.error.reason", "sent back without reason");
	return db_begin(act->db, &tx, e) && load_for_hr(act, application_id, &check, e) &&
	       other_officer(act, application_id, &decision, &reason, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE qualification_decision SET answer = $1, answer_note = $2,"
		       " answered_by = $3, answered_ms = $4 WHERE id = $5",
		       db_text(confirmed ? "confirmed" : "sent_back"), db_text(text),
		       db_int(act->person_id), db_int(act->now_ms), db_int(decision)) &&
	       note(act, &check, confirmed ? "check.refused" : "check.sent_back",
		    json_pack("{s:s}", "note", text), e) &&
	       (!confirmed ||
		tell_refused(act, &check.candidate.competition, application_id, reason, e)) &&
	       db_commit(&tx, e);
}

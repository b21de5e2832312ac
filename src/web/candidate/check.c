#include "web/candidate/check.h"

#include "app/bulk.h"
#include "app/candidate/check.h"
#include "app/candidate/scan.h"
#include "app/signature/signature.h"
#include "web/evidence/signature.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

static const char *const states[] = { "sent", "draft", "withdrawn", NULL };
/* Where the qualification check stands. */
const char *const candidate_steps[] = { "papers", "decision", "answer", "met", "not_met", NULL };
static const char *const verdicts[] = { "met", "not_met", NULL };
static const char *const answers[] = { "confirmed", "sent_back", NULL };
static const char *const completes[] = { "complete", "incomplete", NULL };

const struct param candidates_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	{ "state", P_CHOICE, 0, 0, false, states },
	{ "step", P_CHOICE, 0, 0, false, candidate_steps },
	PARAMS_END,
};
static const struct list_column candidate_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "candidate.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "position", "candidate.position", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "application.state" },
	{ "sent_ms", "application.sent", LIST_TIME, LIST_SORTS, NULL },
	{ "qualification", "story.part.qualification", LIST_CODE, LIST_HIDDEN, "story.state" },
	{ "rating", "story.part.rating", LIST_CODE, LIST_HIDDEN, "story.state" },
	{ "polygraph", "story.part.polygraph", LIST_CODE, LIST_HIDDEN, "story.state" },
	{ "psycho", "story.part.psycho", LIST_CODE, LIST_HIDDEN, "story.state" },
	{ "test", "story.part.test", LIST_CODE, LIST_HIDDEN, "story.state" },
	{ "interview", "story.part.interview", LIST_CODE, LIST_HIDDEN, "story.state" },
	{ 0 },
};
const struct list candidates_listing = { "candidates", "check.list.title", candidate_columns, 50 };

#define APPLICATION                                                                                \
	{                                                                                          \
		"application", P_INT, 1, INT64_MAX, true, NULL                                     \
	}

const struct param check_papers_params[] = {
	APPLICATION,
	{ "complete", P_CHOICE, 0, 0, true, completes },
	{ "note", P_TEXT, 0, 1000, false, NULL },
	PARAMS_END,
};
const struct param check_finding_params[] = {
	APPLICATION,
	{ "alternative", P_INT, 0, 9, true, NULL },
	{ "condition", P_INT, 0, 9, true, NULL },
	{ "verdict", P_CHOICE, 0, 0, true, verdicts },
	{ "source", P_TEXT, 1, 300, true, NULL },
	{ "finding_note", P_TEXT, 0, 1000, false, NULL },
	PARAMS_END,
};
const struct param check_decision_params[] = {
	APPLICATION,
	{ "outcome", P_CHOICE, 0, 0, true, verdicts },
	{ "reason", P_TEXT, 0, 2000, false, NULL },
	PARAMS_END,
};
const struct param check_answer_params[] = {
	APPLICATION,
	{ "answer", P_CHOICE, 0, 0, true, answers },
	{ "answer_note", P_TEXT, 0, 1000, false, NULL },
	PARAMS_END,
};

/* ---- list ----------------------------------------------------------------------------- */

/* On the page as a list, in the file as columns. */
static void name_parts(const struct req *r, const struct candidate *c, json_t *row)
{
	json_t *parts = json_array();
	for (int i = 0; i < PART_COUNT; i++) {
		const char *part = part_name((enum part)i);
		const char *state = part_state_name(c->admission.part[i]);
		if (r->file_ending)
			(void)json_object_set_new(row, part, json_string(state));
		(void)json_array_append_new(parts,
					    json_pack("{s:s,s:s}", "part", part, "state", state));
	}
	(void)json_object_set_new(row, "parts", parts);
	(void)json_object_set_new(row, "refusal_waits",
				  json_boolean(c->record.check == CHECK_PROPOSED_REFUSAL));
}

/* Those that are asked for, and their number.  Words, order and page are SQL: they may be
 * thousands. */
#define CANDIDATES_ASKED                                                                           \
	"  FROM application a JOIN person p ON p.id = a.person_id"                                 \
	"  LEFT JOIN qualification_decision d ON d.id = (SELECT MAX(x.id)"                         \
	"    FROM qualification_decision x WHERE x.application_id = a.id)"                         \
	" WHERE a.competition_id = $1 AND ($2 = '' OR a.state = $2)"                               \
	" AND p.search LIKE $3 ESCAPE '\\' AND CASE $4 WHEN '' THEN 1 = 1"                         \
	"  WHEN 'papers' THEN a.state = 'sent' AND d.id IS NULL AND NOT EXISTS (SELECT 1 FROM "    \
	"completeness_check k"                                                                     \
	"    WHERE k.application_id = a.id)"                                                       \
	"  WHEN 'decision' THEN a.state = 'sent' AND (d.id IS NULL OR d.answer = 'sent_back')"     \
	"   AND EXISTS (SELECT 1 FROM completeness_check k WHERE k.application_id = a.id)"         \
	"  WHEN 'answer' THEN d.outcome = 'not_met' AND d.answer IS NULL"                          \
	"  WHEN 'met' THEN d.outcome = 'met'"                                                      \
	"  ELSE d.outcome = 'not_met' AND d.answer = 'confirmed' END"

static bool read_candidates(const struct req *r, int64_t competition, json_t **ret,
			    int64_t *ret_total, struct err *e)
{
	const struct list_ask ask = list_ask(r);
	*ret = db_rows(
		r->db, r->arena, e,
		"SELECT a.id, a.state, a.organ, a.position, a.sent_ms" CANDIDATES_ASKED
		" ORDER BY CASE $5 WHEN 'name' THEN p.sort_key WHEN 'state' THEN a.state END,"
		" CASE $6 WHEN 'name' THEN p.sort_key WHEN 'state' THEN a.state END DESC,"
		" CASE WHEN $5 = 'sent_ms' THEN a.sent_ms END,"
		" CASE WHEN $6 = 'sent_ms' THEN a.sent_ms END DESC,"
		" p.sort_key, a.id LIMIT $7 OFFSET $8",
		db_int(competition), db_text(in_text(r, "state")), db_text(ask.pattern),
		db_text(in_text(r, "step")), db_text(ask.up), db_text(ask.down), db_int(ask.limit),
		db_int(ask.offset));
	return *ret && db_number(r->db, e, ret_total, "SELECT COUNT(*)" CANDIDATES_ASKED,
				 db_int(competition), db_text(in_text(r, "state")),
				 db_text(ask.pattern), db_text(in_text(r, "step")));
}

bool candidates_found(const struct req *r, json_t **ret, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e, "SELECT a.id" CANDIDATES_ASKED,
			       db_int(in_int(r, "competition")), db_text(in_text(r, "state")),
			       db_text(list_pattern(r->arena, in_text(r, "q"))),
			       db_text(in_text(r, "step")));
	if (!rows)
		return false;
	*ret = json_array();
	json_array_foreach (rows, i, row)
		(void)json_array_append(*ret, json_object_get(row, "id"));
	return true;
}

bool candidates_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	json_t *rows = NULL;
	int64_t total = 0;
	size_t i = 0;
	json_t *row = NULL;
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !act_require(&act, ROLE_NAME_HR, c.organ, e) ||
	    !read_candidates(r, c.id, &rows, &total, e))
		return false;
	json_array_foreach (rows, i, row) {
		struct candidate one = { 0 };
		if (!candidate_load(&act, row_number(row, "id"), &one, e))
			return false;
		(void)json_object_set_new(row, "name", json_string(one.name));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		name_parts(r, &one, row);
	}
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	(void)json_object_set_new(model, "state", json_string(in_text(r, "state")));
	(void)json_object_set_new(model, "step", json_string(in_text(r, "step")));
	(void)json_object_set_new(model, "bulk_kinds", word_options(r, bulk_kinds, "bulk.kind"));
	list_page(r, model, json_incref(rows), total);
	return true;
}

/* ---- the table in words --------------------------------------------------------------- */

static const char *condition_key(enum condition_kind kind)
{
	static const char *const key[] = {
		[CONDITION_EDUCATION] = "check.condition.education",
		[CONDITION_LAW_ENFORCEMENT] = "check.condition.law_enforcement",
		[CONDITION_PROSECUTION] = "check.condition.prosecution",
		[CONDITION_LEADERSHIP] = "check.condition.leadership",
		[CONDITION_CATEGORY] = "check.condition.category",
	};
	return key[kind];
}

static const char *code_name(const struct req *r, const struct qualification_table *t,
			     const char *code)
{
	for (size_t i = 0; i < t->education_count; i++) {
		if (strcmp(t->educations[i].code, code) == 0)
			return in_kazakh(r) ? t->educations[i].name_kk : t->educations[i].name_ru;
	}
	const struct category *c = qualification_category(t, code);
	if (!c)
		return code;
	return in_kazakh(r) ? c->name_kk : c->name_ru;
}

/* The latest finding of an officer for a condition, or null (F19). */
static json_t *finding_model(const json_t *findings, size_t alternative, size_t condition)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *found = NULL;
	json_array_foreach (findings, i, row) {
		const char *at = row_text(row, "condition");
		if ((size_t)(at[0] - '0') == alternative && (size_t)(at[2] - '0') == condition)
			found = json_pack("{s:s,s:s}", "source", row_text(row, "source"), "note",
					  row_text(row, "note"));
	}
	return found ? found : json_null();
}

/* Whole years and days of what counts, for people. */
static json_t *condition_model(const struct req *r, const struct check *check,
			       const json_t *findings, size_t a, size_t k)
{
	enum { DAYS_OF_YEAR = 365 };
	const struct condition_result *x = &check->result.result[a][k];
	const struct qualification_table *t = check->candidate.competition.qualification;
	json_t *o = json_pack("{s:I,s:I,s:s,s:s,s:s,s:i,s:i,s:i,s:o}", "alternative", (json_int_t)a,
			      "condition", (json_int_t)k, "key", condition_key(x->condition->kind),
			      "name", code_name(r, t, x->condition->code), "verdict",
			      verdict_name(x->verdict), "needed", x->condition->years, "years",
			      x->days / DAYS_OF_YEAR, "days", x->days % DAYS_OF_YEAR, "finding",
			      finding_model(findings, a, k));
	(void)json_object_set_new(o, "counted",
				  json_boolean(x->condition->kind != CONDITION_EDUCATION));
	return o;
}

static json_t *table_model(const struct req *r, const struct check *check, const json_t *findings)
{
	json_t *list = json_array();
	for (size_t a = 0; a < check->result.count; a++) {
		json_t *conditions = json_array();
		for (size_t k = 0; k < check->result.conditions[a]; k++)
			(void)json_array_append_new(conditions,
						    condition_model(r, check, findings, a, k));
		(void)json_array_append_new(
			list, json_pack("{s:I,s:s,s:o}", "number", (json_int_t)a + 1, "verdict",
					verdict_name(check->result.alternative[a]), "conditions",
					conditions));
	}
	return list;
}

/* ---- one check -------------------------------------------------------------------------- */

static bool add_facts(struct req *r, const struct check *check, json_t *model, struct err *e)
{
	int64_t id = check->candidate.application_id;
	json_t *facts = db_row(r->db, r->arena, e,
			       "SELECT a.organ, a.position, a.phone, a.education, a.education_note,"
			       " p.under_attestation FROM application a"
			       " JOIN person p ON p.id = a.person_id WHERE a.id = $1",
			       db_int(id));
	json_t *periods = db_rows(r->db, r->arena, e,
				  "SELECT kind, leadership, category, organisation, position,"
				  " from_day, to_day FROM service_fact WHERE application_id = $1"
				  " ORDER BY from_day, id",
				  db_int(id));
	json_t *documents = db_rows(r->db, r->arena, e,
				    "SELECT id, kind, file_name, signatory, signatory_position,"
				    " signed_day, " SCAN_HELD " AS held"
				    " FROM document d WHERE application_id = $1"
				    " AND replaced_ms IS NULL ORDER BY id",
				    db_int(id));
	size_t i = 0;
	json_t *row = NULL;
	if (!facts || !periods || !documents)
		return false;
	(void)json_object_set_new(facts, "organ",
				  json_string(organ_name(r, row_text(facts, "organ"))));
	(void)json_object_set_new(
		facts, "education",
		json_string(code_name(r, check->candidate.competition.qualification,
				      row_text(facts, "education"))));
	json_array_foreach (periods, i, row) {
		row_day(row, "from_day");
		row_day(row, "to_day");
	}
	json_array_foreach (documents, i, row)
		row_day(row, "signed_day");
	(void)json_object_set(model, "facts", facts);
	(void)json_object_set(model, "periods", periods);
	(void)json_object_set(model, "documents", documents);
	return signature_fill_rows(r, SIGNATURE_PAPER, true, documents, e) &&
	       signature_fill(r, SIGNATURE_APPLICATION, id, false, model, e);
}

/* The latest decision, and whether this officer may answer it (F20). */
static bool add_decision(struct req *r, int64_t id, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT outcome, reason, at_ms, by_id, answer, answer_note,"
			       " answered_ms FROM qualification_decision WHERE application_id = $1"
			       " ORDER BY id DESC LIMIT 1",
			       db_int(id));
	json_t *row = json_array_get(rows, 0);
	if (row) {
		bool other = row_number(row, "by_id") != r->actor.person_id;
		(void)json_object_set_new(row, "by_other", json_boolean(other));
		(void)json_object_del(row, "by_id");
	}
	(void)json_object_set(model, "decision", row ? row : json_null());
	return rows != NULL;
}

static const char *outcome_name(enum check_outcome outcome)
{
	static const char *const name[] = {
		[CHECK_NONE] = "open",
		[CHECK_PROPOSED_REFUSAL] = "waits",
		[CHECK_MET] = "met",
		[CHECK_NOT_MET] = "not_met",
	};
	return name[outcome];
}

bool check_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct check check = { 0 };
	if (!check_load(&act, in_int(r, "application"), &check, e) ||
	    !act_require(&act, ROLE_NAME_HR, check.candidate.competition.organ, e))
		return false;
	json_t *findings = db_rows(r->db, r->arena, e,
				   "SELECT condition, source, note FROM qualification_finding"
				   " WHERE application_id = $1 ORDER BY id",
				   db_int(check.candidate.application_id));
	json_t *papers = db_rows(r->db, r->arena, e,
				 "SELECT complete, note, at_ms FROM completeness_check"
				 " WHERE application_id = $1 ORDER BY id DESC LIMIT 1",
				 db_int(check.candidate.application_id));
	if (!findings || !papers || !add_facts(r, &check, model, e) ||
	    !add_decision(r, check.candidate.application_id, model, e))
		return false;
	json_t *paper = json_array_get(papers, 0);
	bool kk = in_kazakh(r);
	const struct qualification_table *t = check.candidate.competition.qualification;
	model_candidate(r, &check.candidate, model);
	(void)json_object_set_new(model, "competition",
				  json_integer((json_int_t)check.candidate.competition.id));
	(void)json_object_set_new(model, "sent",
				  json_boolean(strcmp(check.candidate.state, "sent") == 0));
	(void)json_object_set_new(model, "outcome",
				  json_string(outcome_name(check.candidate.record.check)));
	(void)json_object_set(model, "completeness", paper ? paper : json_null());
	(void)json_object_set_new(model, "own_override", json_boolean(check.own_override));
	(void)json_object_set_new(model, "requirements",
				  json_pack("{s:s,s:b,s:s}", "title",
					    kk ? t->title_kk : t->title_ru, "assumed", t->assumed,
					    "verdict", verdict_name(check.result.outcome)));
	(void)json_object_set_new(model, "table", table_model(r, &check, findings));
	return true;
}

/* ---- HR's steps --------------------------------------------------------------------------- */

static void back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/applications/%lld/check", (long long)in_int(r, "application"));
}

bool check_set_papers(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	bool complete = strcmp(in_text(r, "complete"), "complete") == 0;
	if (!check_papers(&act, in_int(r, "application"), complete, in_text(r, "note"), e))
		return false;
	back(r, "check.notice.papers");
	return true;
}

bool check_set_finding(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct check_finding finding = {
		.alternative = in_int(r, "alternative"),
		.condition = in_int(r, "condition"),
		.met = strcmp(in_text(r, "verdict"), "met") == 0,
		.source = in_text(r, "source"),
		.note = in_text(r, "finding_note"),
	};
	if (!check_find(&act, in_int(r, "application"), &finding, e))
		return false;
	back(r, "check.notice.finding");
	return true;
}

bool check_set_decision(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	bool met = strcmp(in_text(r, "outcome"), "met") == 0;
	if (!check_decide(&act, in_int(r, "application"), met, in_text(r, "reason"), e))
		return false;
	back(r, met ? "check.notice.met" : "check.notice.proposed");
	return true;
}

bool check_set_answer(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	bool confirmed = strcmp(in_text(r, "answer"), "confirmed") == 0;
	if (!check_answer(&act, in_int(r, "application"), confirmed, in_text(r, "answer_note"),
			  e)) {
		if (strcmp(e->field, "note") == 0)
			(void)snprintf(e->field, sizeof(e->field), "answer_note");
		return false;
	}
	back(r, "check.notice.answered");
	return true;
}

/* interview_record.c - what is noted and marked about one candidate, and the order of candidates.
 */
#include "app/interview/interview_order.h"
#include "app/interview/mark.h"
#include "app/interview/question.h"
#include "web/http/call.h"
#include "web/interview/interview.h"
#include "web/names.h"
#include "web/row.h"

#include <stdlib.h>
#include <string.h>

enum { REASON_MOST = 500, TEXT_MOST = 8000, CODE_MOST = 80 };

static const char *const hows[] = { "name", "draw", "set", NULL };

#define BOTH                                                                                       \
	{ "interview", P_INT, 1, INT64_MAX, true, NULL },                                          \
	{                                                                                          \
		"application", P_INT, 1, INT64_MAX, true, NULL                                     \
	}

const struct param note_params[] = {
	BOTH,
	{ "note", P_TEXT, 0, TEXT_MOST, false, NULL },
	{ "back", P_TEXT, 0, 2000, false, NULL }, /* the page on which it was written */
	PARAMS_END,
};
const struct param mark_params[] = {
	BOTH,
	{ "marks", P_LIST, 0, CODE_MOST, false, NULL },
	PARAMS_END,
};
const struct param mark_excuse_params[] = {
	BOTH,
	{ "member", P_INT, 1, INT64_MAX, true, NULL },
	{ "reason", P_TEXT, 1, REASON_MOST, true, NULL },
	PARAMS_END,
};
const struct param question_params[] = {
	BOTH,
	{ "asked_by", P_INT, 1, INT64_MAX, true, NULL },
	{ "question", P_TEXT, 1, TEXT_MOST, true, NULL },
	{ "answer", P_TEXT, 1, TEXT_MOST, true, NULL },
	PARAMS_END,
};
const struct param question_draft_params[] = {
	BOTH,
	{ "asked_by", P_INT, 0, INT64_MAX, false, NULL },
	{ "question", P_TEXT, 0, TEXT_MOST, false, NULL },
	{ "answer", P_TEXT, 0, TEXT_MOST, false, NULL },
	PARAMS_END,
};
const struct param question_correct_params[] = {
	BOTH,
	{ "number", P_INT, 1, 100000, true, NULL },
	{ "corrected_by", P_INT, 1, INT64_MAX, true, NULL },
	{ "corrected_question", P_TEXT, 1, TEXT_MOST, true, NULL },
	{ "corrected_answer", P_TEXT, 1, TEXT_MOST, true, NULL },
	PARAMS_END,
};
const struct param interview_arrange_params[] = {
	{ "interview", P_INT, 1, INT64_MAX, true, NULL },
	{ "how", P_CHOICE, 0, 0, true, hows },
	{ "candidate", P_LIST, 0, 20, false, NULL },
	{ "turn", P_LIST, 0, 20, false, NULL },
	PARAMS_END,
};

static void set_flag(json_t *model, const char *name, bool value)
{
	(void)json_object_set_new(model, name, json_boolean(value));
}

/* ---- marks --------------------------------------------------------------------------------- */

static json_t *choices_of(const struct req *r, const struct mark_scale *scale, const char *code)
{
	json_t *list = json_array();
	for (int mark = scale->least; mark <= scale->most; mark++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:i}", "id",
					arena_print(r->arena, "%s=%d", code, mark), "mark", mark));
	return list;
}

void interview_add_criteria(const struct req *r, const struct competition *c, bool entering,
			    json_t *model)
{
	const struct mark_scale *scale = &c->rules->marks;
	json_t *list = json_array();
	for (size_t i = 0; scale->most > 0 && i < scale->criterion_count; i++) {
		const struct criterion *x = &scale->criteria[i];
		json_t *o = json_pack("{s:s}", "title", in_kazakh(r) ? x->name_kk : x->name_ru);
		if (entering) {
			(void)json_object_set_new(o, "code", json_string(x->code));
			(void)json_object_set_new(o, "choices", choices_of(r, scale, x->code));
		}
		(void)json_array_append_new(list, o);
	}
	(void)json_object_set_new(model, "criteria", list);
	(void)json_object_set_new(model, "scale",
				  scale->most > 0 ? json_pack("{s:i,s:i,s:b}", "least",
							      scale->least, "most", scale->most,
							      "assumed", scale->assumed)
						  : json_null());
}

/* Where this person stands to the marks of this candidate. */
static bool may_mark(struct req *r, const struct onlooker *o, int64_t application_id, bool *ret,
		     struct err *e)
{
	bool open = false;
	*ret = false;
	if (!o->seated || !seat_votes(o->me.seat) || strcmp(o->interview.state, "running") != 0)
		return true;
	if (!db_exists(r->db, e, &open,
		       "SELECT 1 FROM interview_candidate c JOIN attendance t"
		       "   ON t.interview_id = c.interview_id AND t.member_id = $2"
		       " WHERE c.application_id = $1 AND c.started_ms IS NOT NULL"
		       " AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.application_id = $1)"
		       " AND NOT EXISTS (SELECT 1 FROM mark_opening x WHERE x.application_id = $1)"
		       " AND NOT EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = $1"
		       "  AND f.member_id = $2)"
		       " AND NOT EXISTS (SELECT 1 FROM mark k WHERE k.application_id = $1"
		       "  AND k.member_id = $2)",
		       db_int(application_id), db_int(o->me.member_id)))
		return false;
	*ret = open && o->interview.competition.rules->marks.most > 0;
	return true;
}

bool interview_add_marks(struct req *r, const struct onlooker *o, int64_t application_id,
			 bool conflict, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *marks = NULL;
	const char *note = "";
	bool enter = false;
	if (!mark_read(&act, &o->interview, application_id, &marks, e) ||
	    !note_read(&act, application_id, &note, e) ||
	    !may_mark(r, o, application_id, &enter, e))
		return false;
	const bool votes = o->seated && seat_votes(o->me.seat);
	const bool closed = strcmp(o->interview.state, "closed") == 0;
	interview_add_criteria(r, &o->interview.competition, true, model);
	(void)json_object_set(model, "marks", conflict ? json_null() : marks);
	set_flag(model, "may_mark", enter);
	set_flag(model, "may_excuse",
		 onlooker_is(o, SEAT_SECRETARY) && strcmp(row_text(marks, "state"), "sealed") == 0);
	set_flag(model, "may_note", votes && !closed && !conflict);
	(void)json_object_set_new(model, "noted",
				  conflict || !votes ? json_null()
						     : json_pack("{s:s}", "text", note));
	return true;
}

/* ---- questions ------------------------------------------------------------------------------- */

static json_t *askers(struct req *r, const struct onlooker *o, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT m.id, p.family || ' ' || p.given || ' ' || p.patronymic AS name"
		       "  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
		       "  JOIN person p ON p.id = m.person_id"
		       " WHERE k.competition_id = $1 AND k.state = 'appointed'"
		       " AND m.role <> 'secretary' AND m.left_ms IS NULL"
		       " ORDER BY CASE m.role WHEN 'chair' THEN 1 WHEN 'member' THEN 2 ELSE 3 END,"
		       " p.sort_key, m.id",
		       db_int(o->interview.competition.id));
}

bool interview_add_questions(struct req *r, const struct onlooker *o, int64_t application_id,
			     bool conflict, bool heard, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *questions = NULL;
	json_t *draft = NULL;
	json_t *people = askers(r, o, e);
	if (!people || !question_read(&act, application_id, &questions, e) ||
	    !question_draft(&act, application_id, &draft, e))
		return false;
	const bool keeper = onlooker_is(o, SEAT_SECRETARY) && heard &&
			    strcmp(o->interview.state, "running") == 0;
	set_flag(model, "may_record", keeper);
	(void)json_object_set_new(model, "questions",
				  conflict ? json_array() : json_incref(questions));
	(void)json_object_set(model, "askers", people);
	(void)json_object_set_new(model, "draft",
				  json_pack("{s:I,s:s,s:s}", "asked_by",
					    (json_int_t)row_number(draft, "asked_by"), "question",
					    row_text(draft, "question"), "answer",
					    row_text(draft, "answer")));
	return true;
}

/* ---- what is done ---------------------------------------------------------------------------- */

bool interview_do_note(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!interview_belongs(r, e) ||
	    !note_write(&act, in_int(r, "application"), in_text(r, "note"), e))
		return false;
	(void)interview_back(r, "mark.notice.note");
	if (path_is_local(in_text(r, "back")))
		r->redirect = in_text(r, "back");
	return true;
}

bool interview_do_mark(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) &&
	       mark_enter(&act, in_int(r, "application"), in_list(r, "marks"), e) &&
	       interview_back(r, "mark.notice.sealed");
}

bool interview_do_excuse(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	return interview_belongs(r, e) &&
	       mark_excuse(&act, in_int(r, "application"), in_int(r, "member"),
			   in_text(r, "reason"), e) &&
	       interview_back(r, "mark.notice.excused");
}

bool interview_do_question(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct question_form form = { in_int(r, "asked_by"), in_text(r, "question"),
					    in_text(r, "answer") };
	return interview_belongs(r, e) && question_add(&act, in_int(r, "application"), &form, e) &&
	       interview_back(r, "question.notice.noted");
}

bool interview_do_correct(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct question_form form = { in_int(r, "corrected_by"),
					    in_text(r, "corrected_question"),
					    in_text(r, "corrected_answer") };
	return interview_belongs(r, e) &&
	       question_correct(&act, in_int(r, "application"), in_int(r, "number"), &form, e) &&
	       interview_back(r, "question.notice.corrected");
}

/* For the page's script (assets/autosave.js): answers with the instant, and leads nowhere. */
bool interview_do_draft(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct question_form form = { in_int(r, "asked_by"), in_text(r, "question"),
					    in_text(r, "answer") };
	(void)json_object_set_new(model, "saved_ms", json_integer((json_int_t)r->now_ms));
	return interview_belongs(r, e) &&
	       question_keep_draft(&act, in_int(r, "application"), &form, e);
}

/* ---- order of candidates --------------------------------------------------------------------- */

static int64_t number_of(const json_t *list, size_t i)
{
	const char *text = json_string_value(json_array_get(list, i));
	char *end = NULL;
	const long long number = text ? strtoll(text, &end, 10) : 0;
	return text && *text >= '0' && *text <= '9' && !*end ? number : -1;
}

/* The candidates by their turns: 1 to n, each once; 0 stands where there is none. */
static size_t by_turn(const struct req *r, int64_t **ret)
{
	const json_t *candidates = in_list(r, "candidate");
	const json_t *turns = in_list(r, "turn");
	const size_t count = json_array_size(candidates);
	int64_t *list = arena_array(r->arena, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		list[i] = 0;
	for (size_t i = 0; i < count; i++) {
		const int64_t turn = number_of(turns, i);
		if (turn >= 1 && turn <= (int64_t)count)
			list[turn - 1] = number_of(candidates, i);
	}
	*ret = list;
	return count;
}

bool interview_do_arrange(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	int64_t *list = NULL;
	const size_t count = by_turn(r, &list);
	if (!interview_arrange(&act, in_int(r, "interview"), in_text(r, "how"), list, count, e))
		return false;
	r->notice = "interview.notice.arranged";
	req_go(r, "/interviews/%lld", (long long)in_int(r, "interview"));
	return true;
}

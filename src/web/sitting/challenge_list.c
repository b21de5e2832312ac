/* challenge_list.c - all challenges, those on paper, and the corrected results of a competition. */
#include "app/candidate/candidate.h"
#include "app/result/challenge.h"
#include "app/result/correction.h"
#include "web/bank/bank.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/challenge.h"

#include <string.h>

enum { CODE_MOST = 40, PAPER_NUMBER_MOST = 60, TEXT_MOST = 3000, BASIS_MOST = 300 };

static const char *const stands[] = {
	"waiting", "proposed", "decided", "withdrawn", "entered", NULL
};
static const char *const kinds[] = { "rejected", "key", "void", NULL };

const struct param challenge_list_params[] = {
	LIST_PARAMS,
	{ "stands", P_CHOICE, 0, 0, false, stands },
	{ "kind", P_CHOICE, 0, 0, false, kinds },
	{ "act", P_TEXT, 0, 60, false, NULL },
	{ "sitting", P_INT, 1, INT64_MAX, false, NULL },
	PARAMS_END,
};
const struct param challenge_new_params[] = {
	PARAMS_END,
};
const struct param challenge_enter_params[] = {
	{ "code", P_TEXT, 1, CODE_MOST, true, NULL },
	{ "number", P_INT, 1, 500, true, NULL },
	{ "paper", P_TEXT, 1, PAPER_NUMBER_MOST, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	{ "grounds", P_TEXT, 1, TEXT_MOST, true, NULL },
	{ "basis", P_TEXT, 0, BASIS_MOST, false, NULL },
	PARAMS_END,
};
const struct param correction_list_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
const struct param correction_note_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "note", P_TEXT, 1, TEXT_MOST, true, NULL },
	PARAMS_END,
};

static const struct list_column challenge_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "code", "test.code", LIST_TEXT, LIST_SORTS, NULL },
	{ "number", "test.question", LIST_NUMBER, LIST_SORTS, NULL },
	{ "act", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "sitting", "challenge.sitting", LIST_NUMBER, LIST_SORTS, NULL },
	{ "filed_day", "challenge.filed", LIST_DAY, LIST_SORTS, NULL },
	{ "stands", "competition.state", LIST_CODE, LIST_SORTS, "challenge.stands" },
	{ "kind", "challenge.verdict", LIST_CODE, LIST_SORTS, "challenge.kind" },
	{ 0 },
};
const struct list challenge_listing = { "challenges", "challenge.list.title", challenge_columns,
					50 };

static const struct list_column correction_columns[] = {
	{ "code", "test.code", LIST_TEXT, LIST_SORTS, NULL },
	{ "question", "test.question", LIST_NUMBER, LIST_SORTS, NULL },
	{ "was", "challenge.was", LIST_NUMBER, LIST_SORTS, NULL },
	{ "now", "challenge.now", LIST_NUMBER, LIST_SORTS, NULL },
	{ "crossed", "challenge.crossed", LIST_CODE, LIST_SORTS, "challenge.crossed" },
	{ "stage", "challenge.stage", LIST_CODE, LIST_SORTS, "challenge.stage" },
	{ "at_ms", "challenge.at", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
const struct list correction_listing = { "corrections", "challenge.corrections.title",
					 correction_columns, 50 };

/* ---- challenges ----------------------------------------------------------------------------- */

/* `stands` tells what is to be done: an open one waits for a finding, or for its answer. */
static json_t *read_challenges(struct req *r, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT x.* FROM (SELECT c.id, t.code, c.number, q.act, t.sitting_id AS sitting,"
		" c.filed_day, k.organ, CASE WHEN EXISTS (SELECT 1 FROM form_question o"
		"   JOIN attempt u ON u.id = o.attempt_id"
		"   JOIN application b ON b.id = u.application_id"
		"   WHERE o.item_id = c.item_id AND b.person_id = $5) THEN 1 ELSE 0 END AS asked,"
		" COALESCE(f.kind, '') AS kind,"
		" CASE WHEN c.state = 'open' AND EXISTS (SELECT 1 FROM finding p"
		"   WHERE p.item_id = c.item_id AND p.state = 'proposed') THEN 'proposed'"
		"  WHEN c.state = 'open' THEN 'waiting' WHEN c.state = 'returned' THEN 'entered'"
		"  ELSE c.state END AS stands"
		" FROM challenge c JOIN attempt t ON t.id = c.attempt_id"
		" JOIN form_question q ON q.attempt_id = c.attempt_id AND q.number = c.number"
		" JOIN application a ON a.id = t.application_id"
		" JOIN competition k ON k.id = a.competition_id"
		" LEFT JOIN finding f ON f.id = c.finding_id) x"
		" WHERE ($1 = '' OR x.stands = $1) AND ($2 = '' OR x.kind = $2)"
		" AND ($3 = '' OR x.act = $3) AND ($4 = 0 OR x.sitting = $4)"
		" ORDER BY x.id DESC",
		db_text(in_text(r, "stands")), db_text(in_text(r, "kind")),
		db_text(in_text(r, "act")), db_int(in_int(r, "sitting")),
		db_int(r->actor.person_id));
}

/* Officers those of their organs; experts all that are filed, but none about a question of the own
 * test. */
static bool may_see(struct req *r, const json_t *row, json_t *known, bool *ret, struct err *e)
{
	if (!row_may(r, roles_hr_auditor, row_text(row, "organ"), known, ret, e))
		return false;
	*ret = *ret ||
	       (req_is(r, ROLE_REVIEWER | ROLE_APPROVER) &&
		strcmp(row_text(row, "stands"), "entered") != 0 && row_number(row, "asked") == 0);
	return true;
}

static bool take_seen(struct req *r, json_t *rows, json_t *list, struct err *e)
{
	json_t *known = json_object();
	bool fine = true;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		bool may = false;
		fine = fine && may_see(r, row, known, &may, e);
		if (!may)
			continue;
		row_day(row, "filed_day");
		(void)json_object_set_new(row, "act",
					  json_string(bank_act_name(r, row_text(row, "act"))));
		(void)json_object_del(row, "asked");
		(void)json_object_del(row, "organ");
		(void)json_array_append(list, row);
	}
	json_decref(known);
	return fine;
}

static json_t *choices(const struct req *r, const char *const *words, const char *key,
		       const char *chosen)
{
	json_t *list = word_options(r, words, key);
	size_t i = 0;
	json_t *o = NULL;
	json_array_foreach (list, i, o)
		(void)json_object_set_new(o, "chosen",
					  json_boolean(strcmp(row_text(o, "id"), chosen) == 0));
	return list;
}

bool challenge_list(struct req *r, json_t *model, struct err *e)
{
	json_t *list = json_array();
	json_t *rows = read_challenges(r, e);
	const bool fine = rows && take_seen(r, rows, list, e);
	list_rows(r, model, list);
	json_decref(list);
	(void)json_object_set_new(model, "acts", bank_act_options(r, in_text(r, "act")));
	(void)json_object_set_new(model, "stands_options",
				  choices(r, stands, "challenge.stands", in_text(r, "stands")));
	(void)json_object_set_new(model, "kinds",
				  choices(r, kinds, "challenge.kind", in_text(r, "kind")));
	(void)json_object_set_new(model, "sitting",
				  in_has(r, "sitting")
					  ? json_integer((json_int_t)in_int(r, "sitting"))
					  : json_null());
	(void)json_object_set_new(model, "hr", json_boolean(req_is(r, ROLE_HR)));
	return fine;
}

/* ---- from paper ----------------------------------------------------------------------------- */

bool challenge_new(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set_new(model, "today", day_json(day_of_instant(r->now_ms)));
	return true;
}

bool challenge_do_enter(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct challenge_paper paper = {
		.code = in_text(r, "code"),
		.number = in_int(r, "number"),
		.paper = in_text(r, "paper"),
		.day = in_day(r, "day"),
		.grounds = in_text(r, "grounds"),
		.basis = in_text(r, "basis"),
	};
	int64_t id = 0;
	(void)model;
	if (!challenge_enter(&act, &paper, &id, e))
		return false;
	r->notice = "challenge.notice.entered";
	req_go(r, "/challenges/%lld", (long long)id);
	return true;
}

/* ---- corrected results of a competition ----------------------------------------------------- */

/* HR and auditors of the organ, and the secretary of its commission. */
static bool may_read(struct req *r, const struct competition *c, bool *ret_hr, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	if (!act_holds(&act, ROLE_NAME_HR, c->organ, ret_hr, e) ||
	    !act_holds(&act, ROLE_NAME_AUDITOR, c->organ, &may, e) ||
	    (!may && !*ret_hr &&
	     !db_exists(r->db, e, &may,
			"SELECT 1 FROM commission_member m JOIN commission k"
			" ON k.id = m.commission_id AND k.state = 'appointed'"
			" WHERE k.competition_id = $1 AND m.person_id = $2"
			" AND m.role = 'secretary' AND m.left_ms IS NULL",
			db_int(c->id), db_int(r->actor.person_id))))
		return false;
	return may || *ret_hr ||
	       err_set(e, ERR_MISSING, "error.missing", "not of this competition");
}

/* F9: under the code; the result's own page has the name once it is opened. */
static json_t *read_corrections(struct req *r, int64_t competition_id, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT v.attempt_id AS attempt, t.code, q.number AS question, o.correct AS was,"
		" v.correct AS now, v.asked, CASE WHEN v.positive > o.positive THEN 'up'"
		"  WHEN v.positive < o.positive THEN 'down' ELSE 'none' END AS crossed,"
		" CASE WHEN v.stage = '' THEN 'none' ELSE v.stage END AS stage, v.at_ms, k.kind,"
		" v.noted_ms, v.note, CASE WHEN v.stage <> '' AND v.noted_ms IS NULL THEN 1 ELSE 0"
		"  END AS waits FROM result_version v"
		" JOIN result_version o ON o.attempt_id = v.attempt_id AND o.number = v.number - 1"
		" JOIN key_correction k ON k.id = v.correction_id"
		" JOIN attempt t ON t.id = v.attempt_id"
		" JOIN sitting s ON s.id = t.sitting_id AND s.competition_id = $1"
		" JOIN form_question q ON q.attempt_id = v.attempt_id AND q.item_id = k.item_id"
		" ORDER BY waits DESC, v.at_ms DESC, v.attempt_id",
		db_int(competition_id));
}

bool correction_list(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	bool hr = false;
	if (!competition_load(&act, in_int(r, "competition"), &c, e) || !may_read(r, &c, &hr, e))
		return false;
	json_t *rows = read_corrections(r, c.id, e);
	(void)json_object_set_new(model, "competition",
				  json_pack("{s:I,s:s,s:b}", "id", (json_int_t)c.id, "post",
					    post_name(r, c.post), "hr", hr));
	if (rows && r->route->list)
		list_rows(r, model, rows);
	else if (rows)
		list_plain(model, "corrections", json_incref(rows));
	return rows != NULL;
}

bool correction_do_note(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "challenge.notice.noted";
	req_go(r, "/competitions/%lld/corrections", (long long)in_int(r, "competition"));
	return correction_note(&act, in_int(r, "attempt"), in_text(r, "note"), e);
}

/* ---- what waits ----------------------------------------------------------------------------- */

/* Versions that were on a form of person $1. */
#define ASKED_ITEMS                                                                                \
	"SELECT q.item_id FROM form_question q JOIN attempt t ON t.id = q.attempt_id"              \
	" JOIN application a ON a.id = t.application_id WHERE a.person_id = $1"

/* Versions without a finding, and findings of others without an answer. */
bool challenge_waiting(const struct req *r, int64_t *ret_find, int64_t *ret_answer, struct err *e)
{
	return db_number(r->db, e, ret_find,
			 "SELECT COUNT(DISTINCT c.item_id) FROM challenge c WHERE c.state = 'open'"
			 " AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.item_id = c.item_id"
			 "  AND f.state = 'proposed') AND c.item_id NOT IN (" ASKED_ITEMS ")",
			 db_int(r->actor.person_id)) &&
	       db_number(r->db, e, ret_answer,
			 "SELECT COUNT(*) FROM finding WHERE state = 'proposed' AND by_id <> $1"
			 " AND $2 = 1 AND item_id NOT IN (" ASKED_ITEMS ")",
			 db_int(r->actor.person_id), db_int(req_is(r, ROLE_APPROVER)));
}

/* The sum of `count` over the rows of organs that this officer works for; the first such row. */
static bool count_own(const struct req *r, const json_t *rows, json_t *known, int64_t *ret,
		      const json_t **ret_first, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	*ret = 0;
	*ret_first = NULL;
	json_array_foreach (rows, i, row) {
		bool may = false;
		if (!row_may(r, roles_hr, row_text(row, "organ"), known, &may, e))
			return false;
		if (!may)
			continue;
		*ret += row_number(row, "count");
		if (!*ret_first)
			*ret_first = row;
	}
	return rows != NULL;
}

/* Nobody compares what came from the own test. */
static json_t *papers_by_organ(const struct req *r, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT k.organ, COUNT(*) AS count FROM challenge c"
		       " JOIN attempt t ON t.id = c.attempt_id"
		       " JOIN application a ON a.id = t.application_id"
		       " JOIN competition k ON k.id = a.competition_id"
		       " WHERE c.state = 'entered' AND c.by_id <> $1 AND a.person_id <> $1"
		       " AND k.id NOT IN " CANDIDATE_COMPETITIONS(
			       "$1") " GROUP BY k.organ ORDER BY k.organ",
		       db_int(r->actor.person_id));
}

static json_t *results_by_competition(const struct req *r, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT k.id, k.organ, COUNT(*) AS count FROM result_version v"
		       " JOIN attempt t ON t.id = v.attempt_id"
		       " JOIN sitting s ON s.id = t.sitting_id"
		       " JOIN competition k ON k.id = s.competition_id"
		       " WHERE v.stage <> '' AND v.noted_ms IS NULL"
		       " AND k.id NOT IN " CANDIDATE_COMPETITIONS(
			       "$1") " GROUP BY k.id, k.organ ORDER BY k.id",
		       db_int(r->actor.person_id));
}

/* Papers that another officer entered, and results that crossed the mark: of the own organs. */
bool challenge_waiting_hr(const struct req *r, int64_t *ret_papers, int64_t *ret_results,
			  int64_t *ret_competition, struct err *e)
{
	json_t *known = json_object();
	const json_t *first = NULL;
	int64_t papers = 0;
	int64_t results = 0;
	const bool fine = count_own(r, papers_by_organ(r, e), known, &papers, &first, e) &&
			  count_own(r, results_by_competition(r, e), known, &results, &first, e);
	json_decref(known);
	if (!fine)
		return false;
	*ret_papers = papers;
	*ret_results = results;
	*ret_competition = first ? row_number(first, "id") : 0;
	return true;
}

/* print_model.c - models of papers that have no other page: who is admitted to the test, and the
 * invitation to the interview. */
#include "app/candidate/candidate.h"
#include "web/list.h"
#include "web/names.h"
#include "web/print/print.h"
#include "web/row.h"
#include "web/sitting/test.h"

#include <string.h>

/* ---- the sheet of a result (F59) ------------------------------------------------------------- */

/* The page fixes a result whose time is up; a worker cannot write, and there is no sheet before. */
bool print_result(struct req *r, json_t *model, struct err *e)
{
	bool open = false;
	if (!db_exists(r->db, e, &open,
		       "SELECT 1 FROM attempt WHERE id = $1 AND void = 0"
		       " AND COALESCE(finish, '') = ''",
		       db_int(in_int(r, "attempt"))))
		return false;
	if (open)
		return err_set(e, ERR_MISSING, "error.missing", "the result is not fixed");
	return test_result(r, model, e);
}

/* ---- admission to the test (R13-1) ----------------------------------------------------------- */

static bool may_read_list(struct req *r, const struct competition *c, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	if (!act_holds(&act, ROLE_NAME_HR, c->organ, &may, e) ||
	    (!may && !act_holds(&act, ROLE_NAME_OPERATOR, c->organ, &may, e)))
		return false;
	return may ||
	       err_set(e, ERR_DENIED, "error.denied", "neither HR nor operator of the organ");
}

/* Those whose latest decision is "met" (R13-1), numbered in the order of the Kazakh alphabet.  SQL
 * cuts the page, as they may be thousands; the law judges each that is shown. */
#define ADMITTED                                                                                   \
	" FROM (SELECT a.id, p.family, p.given, p.patronymic, p.search, a.position, a.organ,"      \
	"  a.test_language AS language, ROW_NUMBER() OVER (ORDER BY p.sort_key, a.id) AS number"   \
	"  FROM application a JOIN person p ON p.id = a.person_id"                                 \
	"  JOIN qualification_decision q ON q.outcome = 'met' AND q.id = (SELECT MAX(n.id)"        \
	"   FROM qualification_decision n WHERE n.application_id = a.id)"                          \
	"  WHERE a.competition_id = $1 AND a.state = 'sent') x WHERE x.search LIKE $2 ESCAPE '\\'"

static bool add_admitted(const struct req *r, json_t *rows, json_t *list, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		struct candidate x = { 0 };
		if (!candidate_load(&act, row_number(row, "id"), &x, e))
			return false;
		if (!x.admission.to_studies)
			continue;
		row_name(r, row);
		(void)json_object_del(row, "id");
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
		(void)json_array_append(list, row);
	}
	return true;
}

/* Those that `ask` wants, with the language of their test (R28-2). */
static bool read_admitted(struct req *r, const struct list_ask *ask, json_t *model, json_t *list,
			  int64_t *ret_total, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	if (!competition_load(&act, in_int(r, "competition"), &c, e) || !may_read_list(r, &c, e))
		return false;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT x.id, x.family, x.given, x.patronymic, x.position, x.organ,"
		" x.language, x.number" ADMITTED " ORDER BY x.number LIMIT $3 OFFSET $4",
		db_int(c.id), db_text(ask->pattern), db_int(ask->limit), db_int(ask->offset));
	(void)json_object_set_new(model, "competition",
				  json_pack("{s:I,s:s,s:s}", "id", (json_int_t)c.id, "post",
					    post_name(r, c.post), "organ", organ_name(r, c.organ)));
	return rows && add_admitted(r, rows, list, e) &&
	       db_number(r->db, e, ret_total, "SELECT COUNT(*)" ADMITTED, db_int(c.id),
			 db_text(ask->pattern));
}

/* The paper: all of them. */
bool print_test_list(struct req *r, json_t *model, struct err *e)
{
	static const struct list_ask all = { .pattern = "%%", .limit = INT32_MAX };
	json_t *list = json_array();
	int64_t total = 0;
	(void)json_object_set_new(model, "candidates", list);
	return read_admitted(r, &all, model, list, &total, e);
}

/* The same as a page, and as CSV and XLSX. */
static const struct list_column test_list_columns[] = {
	{ "number", "list.number", LIST_NUMBER, 0, NULL },
	{ "name", "candidate.name", LIST_TEXT, 0, NULL },
	{ "position", "candidate.position", LIST_TEXT, 0, NULL },
	{ "organ", "competition.organ", LIST_TEXT, 0, NULL },
	{ "language", "application.test_language", LIST_CODE, 0, "application.language" },
	{ 0 },
};
const struct list test_list_listing = { "candidates", "print.test-list.title", test_list_columns,
					100 };

bool print_test_list_page(struct req *r, json_t *model, struct err *e)
{
	const struct list_ask ask = list_ask(r);
	json_t *list = json_array();
	int64_t total = 0;
	const bool fine = read_admitted(r, &ask, model, list, &total, e);
	list_page(r, model, list, total);
	return fine;
}

/* ---- invitation to the interview (R44-1) ----------------------------------------------------- */

/* The candidate's own, or HR's of the organ; none before an interview is planned or for who is not
 * admitted to it. */
bool print_invitation(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	if (!candidate_load(&act, in_int(r, "application"), &c, e))
		return false;
	bool may = c.person_id == r->actor.person_id;
	if (!may && !act_holds(&act, ROLE_NAME_HR, c.competition.organ, &may, e))
		return false;
	if (!may || !c.admission.to_interview)
		return err_set(e, ERR_MISSING, "error.missing", "not theirs, or not admitted");
	json_t *plan = db_row(r->db, r->arena, e,
			      "SELECT start_ms, place FROM interview WHERE competition_id = $1",
			      db_int(c.competition.id));
	if (!plan)
		return false;
	model_candidate(r, &c, model);
	(void)json_object_set_new(json_object_get(model, "candidate"), "organ",
				  json_string(organ_name(r, c.competition.organ)));
	(void)json_object_set(model, "interview", plan);
	return true;
}

/* report_result.c - how the results of the test are distributed, with the pass mark (F64). */
#include "web/competition/report.h"

#include "web/list.h"
#include "web/row.h"
#include "web/sitting/distribution.h"

static const struct list_column columns[] = {
	{ "score", "distribution.score", LIST_NUMBER, 0, NULL },
	{ "people", "distribution.people", LIST_NUMBER, 0, NULL },
	{ "outcome", "distribution.outcome", LIST_CODE, 0, "distribution.outcome" },
	{ 0 },
};
const struct list report_results_listing = { "scores", "report.results.title", columns,
					     LIST_WHOLE };

bool report_results(struct req *r, json_t *model, struct err *e)
{
	struct report_scope s = { 0 };
	if (!report_begin(r, &s, model, e))
		return false;
	const json_t *rows =
		db_rows(r->db, r->arena, e,
			REPORT_SCOPE " SELECT r.correct, r.asked, r.pass_mark,"
				     " COUNT(*) AS people" REPORT_TESTS
				     " WHERE t.void = 0 GROUP BY r.correct, r.asked, r.pass_mark",
			REPORT_VALUES(&s));
	if (!rows)
		return false;
	json_t *all = distribution_of_rows(r, rows);
	json_t *scores = json_object_get(all, "scores");
	json_t *none = json_array();
	list_rows(r, model, scores ? scores : none);
	json_decref(none);
	(void)json_object_del(all, "scores"); /* the list has them */
	(void)json_object_set_new(model, "distribution", all);
	return true;
}

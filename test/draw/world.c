/* Prints what `konkurs draw export` would of a sitting with enemies, strata, resting items and a
 * candidate who has had a form before, for the second implementation to draw again (F30 to F33). */
#include "hall.h"

#include "app/result/redraw.h"

#include <stdio.h>
#include <stdlib.h>

static void run(bool ok, const struct err *e)
{
	if (!ok) {
		(void)fprintf(stderr, "%s: %s\n", e->key, e->detail);
		exit(1);
	}
}

/* Figures as forty earlier candidates would leave them: every item of the criminal code answered,
 * each with another share of right answers; some have been on too many forms. */
static void add_figures(struct hall *w)
{
	struct err e = { 0 };
	struct db *db = w->stage.h->site.db;
	int64_t earlier = 0;
	run(db_number(
		    db, &e, &earlier,
		    "INSERT INTO sitting (competition_id, hall_id, planned_ms, state, forms_most,"
		    " binding, recording, minutes, opened_by, opened_ms, round, commitment)"
		    " SELECT competition_id, hall_id, 0, 'closed', 0, binding, recording, minutes,"
		    " opened_by, 0, 1, commitment FROM sitting WHERE id = $1 RETURNING id",
		    db_int(w->sitting)),
	    &e);
	for (int i = 0; i < 40; i++) {
		int64_t attempt = 0;
		run(db_number(db, &e, &attempt,
			      "INSERT INTO attempt (sitting_id, application_id, code, language,"
			      " document_seen, seat, admitted_by, admitted_ms, token_key, pen,"
			      " extra_ms, void, finish) SELECT $3, application_id, $1, "
			      "language,"
			      " document_seen, $1, admitted_by, 0, token_key, '', 0, 1, 'time'"
			      " FROM attempt WHERE id = $2 RETURNING id",
			      db_text(arena_print(w->stage.h->arena, "F%d", i)), db_int(w->attempt),
			      db_int(earlier)) &&
			    db_exec(db, &e, NULL,
				    "INSERT INTO form_question (attempt_id, number, item_id, act, "
				    "shown)"
				    " SELECT $1, ROW_NUMBER() OVER (ORDER BY id), id, act, '0123'"
				    " FROM item WHERE act = 'criminal-code' OR id % 40 = $2",
				    db_int(attempt), db_int(i)) &&
			    db_exec(db, &e, NULL,
				    "INSERT INTO result (attempt_id, correct, asked, pass_mark, "
				    "positive,"
				    " points, answers_hash, fixed_ms) SELECT $1, 0, 0, 0, 0,"
				    " (SELECT GROUP_CONCAT(CASE WHEN (number * 7) % 40 > $2 THEN "
				    "'1'"
				    "  ELSE '0' END, '') FROM (SELECT number FROM form_question"
				    "  WHERE attempt_id = $1 ORDER BY number)), zeroblob(1), 0",
				    db_int(attempt), db_int(i)),
		    &e);
	}
	/* another person's: the candidates of this sitting have not seen the whole act */
	run(db_exec(db, &e, NULL,
		    "UPDATE attempt SET application_id = (SELECT MAX(id) FROM application)"
		    " WHERE void = 1 AND code <> 'F3'"),
	    &e);
}

int main(void)
{
	struct harness *h = harness_open();
	struct hall w = hall_open(h);
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	json_t *out = NULL;
	(void)hall_admit(&w, 2);
	int64_t bystander = stage_candidate(&w.stage, STAGE_MET);
	(void)bystander;
	add_figures(&w);
	run(db_exec(h->site.db, &e, NULL,
		    "DELETE FROM form_question WHERE act = 'criminal-code' AND attempt_id ="
		    " (SELECT id FROM attempt WHERE code = 'F3') AND item_id % 5 <> 0"),
	    &e);
	run(db_exec(h->site.db, &e, NULL,
		    "INSERT INTO item_enemy (code_a, code_b) VALUES ('civ-001', 'civ-002'),"
		    " ('civ-003', 'civ-004'), ('civ-001', 'civ-005')"),
	    &e);
	hall_start(&w);
	run(redraw_export(&act, w.sitting, &out, &e), &e);
	(void)json_dumpf(out, stdout, JSON_COMPACT);
	harness_close(h);
	return 0;
}

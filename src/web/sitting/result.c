/* result.c - the sheet of a result (F59): under the code until the names are opened (F9), with the
 * counts of each act, how far the pass mark can be trusted, and the time that was given. */
#include "web/sitting/test.h"

#include "app/candidate/candidate.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"
#include "app/result/redraw.h"
#include "app/sitting/attempt.h"
#include "exam/score.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/challenge.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---- who ------------------------------------------------------------------------------------ */

/* The candidate, the operator of the hall, HR, and the commission that has the dossier. */
static bool may_read(struct req *r, const struct candidate *c, const char *hall_organ,
		     struct err *e)
{
	const struct act act = req_act(r);
	bool may = c->person_id == r->actor.person_id;
	if ((!may && !conflict_refuse_view(&act, c->application_id, e)) ||
	    (!may && !act_holds(&act, ROLE_NAME_HR, c->competition.organ, &may, e)) ||
	    (!may && !act_holds(&act, ROLE_NAME_OPERATOR, hall_organ, &may, e)) ||
	    (!may && !commission_has(&act, c->application_id, &may, e)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's result");
}

/* ---- figures ------------------------------------------------------------------------------- */

static bool add_acts(struct req *r, const struct rule_set *rules, int64_t id, json_t *sheet,
		     struct err *e)
{
	json_t *list = json_array();
	(void)json_object_set_new(sheet, "acts", list);
	for (size_t i = 0; i < rules->act_count; i++) {
		json_t *row = db_row(r->db, r->arena, e,
				     "SELECT correct, asked FROM result_act WHERE attempt_id = $1"
				     " AND act = $2",
				     db_int(id), db_text(rules->acts[i].code));
		if (!row)
			return false;
		(void)json_object_set_new(row, "name",
					  json_string(in_kazakh(r) ? rules->acts[i].name_kk
								   : rules->acts[i].name_ru));
		(void)json_array_append(list, row);
	}
	return true;
}

/* The figures of a result that stands; one that was annulled has none to show. */
static bool add_figures(struct req *r, const struct candidate *c, int64_t id, json_t *sheet,
			struct err *e)
{
	const struct act act = req_act(r);
	int64_t seq = 0;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT correct, asked, pass_mark, positive FROM result"
			     " WHERE attempt_id = $1",
			     db_int(id));
	if (!row || !add_acts(r, c->competition.rules, id, row, e) ||
	    !db_number(r->db, e, &seq,
		       "SELECT COALESCE(MAX(seq), 0) FROM journal_entry WHERE subject = $1"
		       " AND kind <> 'test.answer'"
		       " AND kind IN ('test.result', 'result.corrected')",
		       db_text(act_subject(&act, "application", c->application_id))))
		return false;
	const int sem =
		score_sem_tenths((int)row_number(row, "pass_mark"), (int)row_number(row, "asked"));
	(void)json_object_set_new(row, "sem",
				  json_string(arena_print(r->arena, "%d.%d", sem / 10, sem % 10)));
	(void)json_object_set_new(row, "seq", json_integer((json_int_t)seq));
	(void)json_object_set_new(
		row, "assumed",
		json_boolean(c->competition.rules->params[PARAM_PASS_MARK].assumed));
	(void)json_object_set(sheet, "figures", row);
	return true;
}

/* ---- time ---------------------------------------------------------------------------------- */

/* "12:05", minutes and seconds. */
static json_t *span_json(const struct req *r, int64_t ms)
{
	const int64_t seconds = ms / 1000;
	return json_string(arena_print(r->arena, "%lld:%02lld", (long long)(seconds / 60),
				       (long long)(seconds % 60)));
}

static void spell_spans(const struct req *r, json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "length_ms",
					  span_json(r, row_number(row, "length_ms")));
}

/* F43, F44: each stop that held this attempt and each time given, with who gave it. */
static bool add_times(struct req *r, int64_t id, json_t *sheet, struct err *e)
{
	json_t *stops = db_rows(r->db, r->arena, e,
				"SELECT s.kind, s.reason, s.from_ms, h.length_ms,"
				" CASE WHEN s.reversal_id IS NULL THEN 0 ELSE 1 END AS reversed"
				"  FROM stop_hold h JOIN stop s ON s.id = h.stop_id"
				" WHERE h.attempt_id = $1 ORDER BY s.id",
				db_int(id));
	json_t *given =
		db_rows(r->db, r->arena, e,
			"SELECT x.at_ms, x.length_ms, x.reason, x.document,"
			" p.family || ' ' || p.given AS by_name,"
			" q.family || ' ' || q.given AS second_name FROM extra_time x"
			" JOIN person p ON p.id = x.by_id JOIN person q ON q.id = x.second_id"
			" WHERE x.attempt_id = $1 ORDER BY x.id",
			db_int(id));
	if (!stops || !given)
		return false;
	spell_spans(r, stops);
	spell_spans(r, given);
	(void)json_object_set(sheet, "stops", stops);
	(void)json_object_set(sheet, "given", given);
	return true;
}

/* ---- the sheet ------------------------------------------------------------------------------- */

static bool add_form_hash(struct req *r, int64_t id, json_t *sheet, struct err *e)
{
	const void *hash = NULL;
	size_t size = 0;
	if (!db_bytes(r->db, r->arena, e, &hash, &size,
		      "SELECT form_hash FROM attempt WHERE id = $1", db_int(id)))
		return false;
	char *hex = arena_alloc(r->arena, size * 2 + 1);
	(void)json_object_set_new(sheet, "form",
				  json_string(sodium_bin2hex(hex, size * 2 + 1, hash, size)));
	return true;
}

/* The act that took the result away, or made another date follow. */
static bool add_act(struct req *r, int64_t id, json_t *sheet, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT number, at_ms FROM sitting_act WHERE attempt_id = $1"
			       " AND state = 'signed' AND kind IN ('breach', 'technical')"
			       " ORDER BY id DESC LIMIT 1",
			       db_int(id));
	if (!rows)
		return false;
	json_t *row = json_array_get(rows, 0);
	(void)json_object_set_new(sheet, "act", row ? json_incref(row) : json_null());
	return true;
}

static json_t *load_sheet(struct req *r, int64_t id, struct err *e)
{
	return db_row(r->db, r->arena, e,
		      "SELECT t.id, t.application_id, t.code, t.finish, t.started_ms,"
		      " t.finished_ms, t.ends_ms + t.extra_ms AS end_ms, t.language, t.seat,"
		      " t.void, s.id AS sitting, s.minutes, s.names_ms, h.organ FROM attempt t"
		      " JOIN sitting s ON s.id = t.sitting_id JOIN hall h ON h.id = s.hall_id"
		      " WHERE t.id = $1",
		      db_int(id));
}

/* finished, annulled, void; "" while the test is not over.  A test that ran out of time ended when
 * it did, whenever that was written down (F52). */
static const char *outcome(json_t *sheet)
{
	const char *finish = row_text(sheet, "finish");
	const char *state = "";
	if (row_number(sheet, "void") != 0)
		state = "void";
	else if (strcmp(finish, "breach") == 0)
		state = "annulled";
	else if (row_has(sheet, "finished_ms"))
		state = "finished";
	if (strcmp(finish, "time") == 0)
		(void)json_object_set(sheet, "finished_ms", json_object_get(sheet, "end_ms"));
	(void)json_object_set_new(sheet, "state", json_string(state));
	return state;
}

/* F9: the name is the candidate's own, and everybody's once two officials have opened it; so is
 * the way to the application, which would tell it. */
static void add_who(struct req *r, const struct candidate *c, json_t *sheet)
{
	bool named = row_has(sheet, "names_ms") || c->person_id == r->actor.person_id;
	(void)json_object_set_new(sheet, "post", json_string(post_name(r, c->competition.post)));
	(void)json_object_set_new(sheet, "name", named ? json_string(c->name) : json_null());
	(void)json_object_set_new(sheet, "application",
				  named ? json_integer((json_int_t)c->application_id)
					: json_null());
}

static void drop_names(json_t *sheet)
{
	static const char *const not_shown[] = { "application_id", "organ",   "end_ms",
						 "names_ms",       "sitting", "void" };
	for (size_t i = 0; i < COUNT(not_shown); i++)
		(void)json_object_del(sheet, not_shown[i]);
}

/* Whether the values of the draw can be had (F33). */
static bool add_draw(const struct req *r, json_t *sheet, struct err *e)
{
	const struct act act = req_act(r);
	bool out = false;
	if (!redraw_is_out(&act, row_number(sheet, "sitting"), &out, e))
		return false;
	(void)json_object_set_new(sheet, "draw", json_boolean(out));
	return true;
}

bool test_result(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	const int64_t id = in_int(r, "attempt");
	json_t *sheet = load_sheet(r, id, e);
	if (!sheet || !candidate_load(&act, row_number(sheet, "application_id"), &c, e) ||
	    !may_read(r, &c, row_text(sheet, "organ"), e) || !attempt_settle(&act, id, e))
		return false;
	sheet = load_sheet(r, id, e);
	if (!sheet)
		return false;
	const char *state = outcome(sheet);
	if (!*state)
		return err_set(e, ERR_MISSING, "error.missing", "the test is not over");
	(void)json_object_set_new(sheet, "figures", json_null());
	if (!add_form_hash(r, id, sheet, e) || !add_act(r, id, sheet, e) ||
	    !add_times(r, id, sheet, e) ||
	    (strcmp(state, "finished") == 0 && !add_figures(r, &c, id, sheet, e)))
		return false;
	if (!challenge_of_result(r, id, c.person_id, sheet, e) || !result_versions(r, id, sheet, e))
		return false;
	add_who(r, &c, sheet);
	if (!add_draw(r, sheet, e))
		return false;
	drop_names(sheet);
	(void)json_object_set(model, "result", sheet);
	return true;
}

/* ---- the draw ------------------------------------------------------------------------------- */

bool test_draw_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	json_t *draw = NULL;
	bool out = false;
	const int64_t id = in_int(r, "attempt");
	json_t *sheet = load_sheet(r, id, e);
	if (!sheet || !candidate_load(&act, row_number(sheet, "application_id"), &c, e) ||
	    !may_read(r, &c, row_text(sheet, "organ"), e) ||
	    !redraw_is_out(&act, row_number(sheet, "sitting"), &out, e))
		return false;
	if (!out)
		return err_set(e, ERR_CONFLICT, "test.error.draw", "not closed, or no names yet");
	if (!redraw_export(&act, row_number(sheet, "sitting"), &draw, e))
		return false;
	char *text = json_dumps(draw, JSON_COMPACT);
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	*file = (struct upload){ .name = "draw",
				 .media = "application/json",
				 .bytes = arena_copy(r->arena, text ? text : "") };
	free(text);
	file->size = strlen(file->bytes);
	file->file_name =
		arena_print(r->arena, "draw-%lld.json", (long long)row_number(sheet, "sitting"));
	r->download = file;
	return true;
}

bool test_draw(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return r->download != NULL || err_set(e, ERR_SYSTEM, "error.system", "no file was made");
}

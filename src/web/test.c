#include "web/test.h"

#include "app/attempt.h"
#include "app/candidate.h"
#include "app/study.h"
#include "web/names.h"
#include "web/row.h"

#include <sodium.h>
#include <string.h>

enum { QUESTIONS_MOST = 500, KEY_MOST = 64 };

const struct param test_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param test_question_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_INT, 1, QUESTIONS_MOST, true, NULL },
	PARAMS_END,
};
const struct param test_answer_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "number", P_INT, 1, QUESTIONS_MOST, true, NULL },
	{ "option", P_TEXT, 0, TOKEN_SIZE - 1, false, NULL },
	{ "key", P_TEXT, 8, KEY_MOST, true, NULL },
	PARAMS_END,
};

/* ---- the page ------------------------------------------------------------------------------- */

/* /test leads to the newest attempt of the person. */
bool test_current(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT t.id FROM attempt t JOIN application a"
			       " ON a.id = t.application_id WHERE a.person_id = $1"
			       " ORDER BY t.id DESC LIMIT 1",
			       db_int(r->actor.person_id));
	if (!rows)
		return false;
	if (json_array_size(rows) > 0)
		req_go(r, "/tests/%lld", (long long)row_number(json_array_get(rows, 0), "id"));
	(void)model;
	return true;
}

/* Which questions have an answer, for the map: never the key, never another item's text. */
static json_t *map_model(struct req *r, int64_t id, struct err *e)
{
	return db_rows(
		r->db, r->arena, e,
		"SELECT q.number, CASE WHEN (SELECT v.choice FROM answer_event v WHERE v.id ="
		"  (SELECT MAX(x.id) FROM answer_event x WHERE x.attempt_id = q.attempt_id"
		"   AND x.number = q.number AND x.accepted = 1)) IS NULL THEN 0 ELSE 1 END"
		"  AS answered FROM form_question q WHERE q.attempt_id = $1 ORDER BY q.number",
		db_int(id));
}

static bool load(struct req *r, struct attempt *ret, struct err *e)
{
	const struct act act = req_act(r);
	bool pen = false;
	return attempt_settle(&act, in_int(r, "attempt"), e) &&
	       attempt_enter(&act, in_int(r, "attempt"), r->session_hash, false, &pen, e) &&
	       attempt_load_own(&act, in_int(r, "attempt"), ret, e);
}

bool test_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	struct candidate c = { 0 };
	/* Whose attempt it is comes first: settling somebody else's would tell that it exists. */
	if (!attempt_load_own(&act, in_int(r, "attempt"), &a, e) || !load(r, &a, e) ||
	    !candidate_load(&act, a.application_id, &c, e))
		return false;
	json_t *map = map_model(r, a.id, e);
	if (!map)
		return false;
	(void)json_object_set_new(
		model, "test",
		json_pack("{s:I,s:s,s:s,s:s,s:I,s:I}", "id", (json_int_t)a.id, "state",
			  attempt_state_name(attempt_state(&a.times, r->now_ms)), "post",
			  post_name(r, c.competition.post), "language", a.language, "left_ms",
			  (json_int_t)attempt_left_ms(&a.times, r->now_ms), "total",
			  (json_int_t)a.questions));
	(void)json_object_set(model, "map", map);
	return true;
}

/* What the waiting page asks for again and again. */
bool test_state(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	if (!attempt_load_own(&act, in_int(r, "attempt"), &a, e))
		return false;
	(void)json_object_set_new(
		model, "state",
		json_string(attempt_state_name(attempt_state(&a.times, r->now_ms))));
	(void)json_object_set_new(model, "left_ms",
				  json_integer((json_int_t)attempt_left_ms(&a.times, r->now_ms)));
	return true;
}

/* ---- one question --------------------------------------------------------------------------- */

/* The options in the order shown, by random tokens: what an option is in the item, or which is
 * right, does not leave the server (F56). */
static json_t *options_model(const json_t *texts, const char *shown, int64_t number,
			     const void *key, size_t key_size)
{
	json_t *list = json_array();
	char token[TOKEN_SIZE];
	for (size_t place = 0; shown[place]; place++) {
		const json_t *text = json_array_get(texts, (size_t)(shown[place] - '0') + 1);
		option_token(key, key_size, number, (int64_t)place, token);
		(void)json_array_append_new(list, json_pack("{s:s,s:s}", "token", token, "text",
							    row_text(text, "text")));
	}
	return list;
}

bool test_question(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	if (!attempt_load_own(&act, in_int(r, "attempt"), &a, e))
		return false;
	if (attempt_state(&a.times, r->now_ms) != ATTEMPT_RUNNING)
		return err_set(e, ERR_CONFLICT, "test.error.over", "not running");
	json_t *row =
		db_row(r->db, r->arena, e,
		       "SELECT q.number, q.item_id, q.shown, (SELECT v.choice"
		       " FROM answer_event v WHERE v.id = (SELECT MAX(x.id) FROM answer_event x"
		       "  WHERE x.attempt_id = q.attempt_id AND x.number = q.number"
		       "  AND x.accepted = 1)) AS choice"
		       "  FROM form_question q WHERE q.attempt_id = $1 AND q.number = $2",
		       db_int(a.id), db_int(in_int(r, "number")));
	if (!row)
		return false;
	json_t *texts = db_rows(r->db, r->arena, e,
				"SELECT text FROM item_text WHERE item_id = $1 AND language = $2"
				" ORDER BY part",
				db_int(row_number(row, "item_id")), db_text(a.language));
	const void *key = NULL;
	size_t key_size = 0;
	char token[TOKEN_SIZE] = "";
	if (!texts || !db_bytes(r->db, r->arena, e, &key, &key_size,
				"SELECT token_key FROM attempt WHERE id = $1", db_int(a.id)))
		return false;
	if (row_has(row, "choice"))
		option_token(key, key_size, in_int(r, "number"), row_number(row, "choice"), token);
	(void)json_object_set(model, "number", json_object_get(row, "number"));
	(void)json_object_set_new(model, "stem",
				  json_string(row_text(json_array_get(texts, 0), "text")));
	(void)json_object_set_new(
		model, "options",
		options_model(texts, row_text(row, "shown"), in_int(r, "number"), key, key_size));
	(void)json_object_set_new(model, "choice", json_string(token));
	(void)json_object_set_new(model, "left_ms",
				  json_integer((json_int_t)attempt_left_ms(&a.times, r->now_ms)));
	return true;
}

/* ---- answers, end ------------------------------------------------------------------------------
 */

/* The reply leaves after the commit: saved means on disk (F46, F48). */
bool test_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct answer_ack ack = { 0 };
	if (!attempt_answer(&act, in_int(r, "attempt"), r->session_hash, in_int(r, "number"),
			    in_text(r, "option"), in_text(r, "key"), &ack, e))
		return false;
	(void)json_object_set_new(model, "saved", json_boolean(ack.accepted));
	(void)json_object_set_new(model, "refusal", json_string(ack.refusal));
	(void)json_object_set_new(model, "number", json_integer((json_int_t)in_int(r, "number")));
	(void)json_object_set_new(model, "option", json_string(in_text(r, "option")));
	(void)json_object_set_new(model, "left_ms", json_integer((json_int_t)ack.left_ms));
	return true;
}

bool test_finish(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!attempt_finish(&act, in_int(r, "attempt"), r->session_hash, e))
		return false;
	req_go(r, "/results/%lld", (long long)in_int(r, "attempt"));
	return true;
}

/* ---- result -------------------------------------------------------------------------------------
 */

/* The candidate, the operator of the hall, HR, and the commission that has the dossier. */
static bool may_read(struct req *r, const struct candidate *c, const char *hall_organ,
		     struct err *e)
{
	const struct act act = req_act(r);
	bool may = c->person_id == r->actor.person_id;
	if ((!may && !act_holds(&act, ROLE_NAME_HR, c->competition.organ, &may, e)) ||
	    (!may && !act_holds(&act, ROLE_NAME_OPERATOR, hall_organ, &may, e)) ||
	    (!may && !commission_has(&act, c->application_id, &may, e)))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's result");
}

static bool add_acts(struct req *r, const struct candidate *c, int64_t id, json_t *model,
		     struct err *e)
{
	const struct rule_set *rules = c->competition.rules;
	json_t *list = json_array();
	(void)json_object_set_new(model, "acts", list);
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

static bool add_form_hash(struct req *r, int64_t id, json_t *row, struct err *e)
{
	const void *hash = NULL;
	size_t size = 0;
	if (!db_bytes(r->db, r->arena, e, &hash, &size,
		      "SELECT form_hash FROM attempt WHERE id = $1", db_int(id)))
		return false;
	char *hex = arena_alloc(r->arena, size * 2 + 1);
	(void)json_object_set_new(row, "form",
				  json_string(sodium_bin2hex(hex, size * 2 + 1, hash, size)));
	return true;
}

bool test_result(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	int64_t id = in_int(r, "attempt");
	json_t *row =
		db_row(r->db, r->arena, e,
		       "SELECT t.application_id, t.finish, t.started_ms, t.finished_ms,"
		       " t.language, t.seat, h.organ, x.correct, x.asked, x.pass_mark,"
		       " x.positive FROM attempt t JOIN result x ON x.attempt_id = t.id"
		       " JOIN sitting s ON s.id = t.sitting_id JOIN hall h ON h.id = s.hall_id"
		       " WHERE t.id = $1",
		       db_int(id));
	if (!row || !candidate_load(&act, row_number(row, "application_id"), &c, e) ||
	    !may_read(r, &c, row_text(row, "organ"), e) || !add_form_hash(r, id, row, e) ||
	    !add_acts(r, &c, id, model, e))
		return false;
	int64_t seq = 0;
	if (!db_number(r->db, e, &seq,
		       "SELECT MAX(seq) FROM journal_entry WHERE subject = $1"
		       " AND kind = 'test.result'",
		       db_text(act_subject(&act, "application", c.application_id))))
		return false;
	(void)json_object_del(row, "application_id");
	(void)json_object_del(row, "organ");
	(void)json_object_set_new(row, "seq", json_integer((json_int_t)seq));
	(void)json_object_set_new(
		row, "assumed", json_boolean(c.competition.rules->params[PARAM_PASS_MARK].assumed));
	model_candidate(r, &c, model);
	(void)json_object_set(model, "result", row);
	return true;
}

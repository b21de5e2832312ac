#include "web/sitting/test.h"

#include "app/bank/bank_text.h"
#include "app/candidate/candidate.h"
#include "app/sitting/attempt.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/seat.h"
#include "web/video/video.h"

#include <string.h>

enum { QUESTIONS_MOST = 500, KEY_MOST = 64, UNSAVED_MOST = 100000 };

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
const struct param test_pulse_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "unsaved", P_INT, 0, UNSAVED_MOST, true, NULL },
	{ "waiting_ms", P_INT, 0, INT32_MAX, true, NULL },
	{ "gap_ms", P_INT, 0, INT32_MAX, true, NULL },
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

/* The mark of a question is what became of its last click: "saved", "late", "moved", "" none. */
static void add_mark(json_t *row)
{
	const char *mark = row_text(row, "refusal");
	if (row_has(row, "last") && !*mark)
		mark = "saved";
	(void)json_object_set_new(row, "mark", json_string(mark));
	(void)json_object_del(row, "refusal");
	(void)json_object_del(row, "last");
}

/* Which questions have an answer, for the map: never the key, never another item's text. */
static json_t *map_model(struct req *r, int64_t id, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		EVENTS_OF_ATTEMPT
		", last AS (SELECT number, MAX(id) AS id, MAX(CASE WHEN accepted = 1 THEN id END)"
		"  AS counting FROM event GROUP BY number)"
		"SELECT q.number, CASE WHEN c.choice IS NULL THEN 0 ELSE 1 END AS answered,"
		" n.id AS last, n.refusal FROM form_question q LEFT JOIN last l"
		"  ON l.number = q.number LEFT JOIN answer_event n ON n.id = l.id"
		" LEFT JOIN answer_event c ON c.id = l.counting"
		" WHERE q.attempt_id = $1 ORDER BY q.number",
		db_int(id));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		add_mark(row);
	return rows;
}

/* The key of the last click that counts: a computer with older clicks in its queue sees by it
 * whether the candidate has answered elsewhere since. */
static bool newest_click(struct req *r, int64_t id, const char **ret, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT v.client_key FROM answer_newest n JOIN answer_event v"
			       " ON v.id = n.counted_id WHERE n.attempt_id = $1",
			       db_int(id));
	if (!rows)
		return false;
	*ret = row_text(json_array_get(rows, 0), "client_key");
	return true;
}

static bool holds_pen(const struct req *r, const struct attempt *a)
{
	return strcmp(a->pen, r->session_hash) == 0;
}

static bool enter(struct req *r, struct attempt *ret, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "attempt");
	bool pen = false;
	bool shown = false;
	/* Whose attempt it is comes first: settling somebody else's would tell that it exists. */
	return attempt_load_own(&act, id, ret, e) && attempt_settle(&act, id, e) &&
	       seat_shown(r, ret, &shown, e) &&
	       attempt_enter(&act, id, r->session_hash, shown, &pen, e) &&
	       attempt_load_own(&act, id, ret, e);
}

/* Sound and picture of the seat, as long as there is something to record. */
static bool add_record(struct req *r, const struct attempt *a, json_t *model, struct err *e)
{
	const enum attempt_state state = attempt_state(&a->times, r->now_ms);
	if (state == ATTEMPT_WAITING || state == ATTEMPT_RUNNING || state == ATTEMPT_STOPPED)
		return video_seat_model(r, a->id, a->sitting_id, model, e);
	(void)json_object_set_new(model, "record", json_null());
	return true;
}

bool test_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	struct candidate c = { 0 };
	const char *newest = "";
	if (!enter(r, &a, e) || !candidate_load(&act, a.application_id, &c, e) ||
	    !newest_click(r, a.id, &newest, e))
		return false;
	json_t *map = map_model(r, a.id, e);
	if (!map)
		return false;
	(void)json_object_set_new(
		model, "test",
		json_pack("{s:I,s:s,s:s,s:s,s:I,s:I,s:b,s:s,s:s}", "id", (json_int_t)a.id, "state",
			  attempt_state_name(attempt_state(&a.times, r->now_ms)), "post",
			  post_name(r, c.competition.post), "language", a.language, "left_ms",
			  (json_int_t)attempt_left_ms(&a.times, r->now_ms), "total",
			  (json_int_t)a.questions, "pen", holds_pen(r, &a), "newest", newest,
			  "binding", a.binding));
	(void)json_object_set(model, "map", map);
	return add_record(r, &a, model, e);
}

/* ---- what a page asks again and again ------------------------------------------------------ */

static void add_state(const struct req *r, const struct attempt *a, json_t *model)
{
	(void)json_object_set_new(
		model, "state",
		json_string(attempt_state_name(attempt_state(&a->times, r->now_ms))));
	(void)json_object_set_new(model, "left_ms",
				  json_integer((json_int_t)attempt_left_ms(&a->times, r->now_ms)));
	(void)json_object_set_new(model, "pen", json_boolean(holds_pen(r, a)));
}

bool test_state(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	if (!attempt_load_own(&act, in_int(r, "attempt"), &a, e))
		return false;
	add_state(r, &a, model);
	return true;
}

#define SAVED_AT                                                                                   \
	"SELECT COALESCE(MAX(v.at_ms), 0) FROM answer_newest n"                                    \
	" JOIN answer_event v ON v.id = n.counted_id WHERE n.attempt_id = $1"

bool test_pulse_ahead(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "attempt");
	return attempt_pulse_ahead(&act, id, e) && db_ahead(r->db, e, SAVED_AT, db_int(id));
}

bool test_pulse(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	const int64_t id = in_int(r, "attempt");
	int64_t saved_at = 0;
	if (!attempt_pulse(&act, id, r->session_hash, in_int(r, "unsaved"), in_int(r, "waiting_ms"),
			   in_int(r, "gap_ms"), &a, e) ||
	    !db_number(r->db, e, &saved_at, SAVED_AT, db_int(id)))
		return false;
	add_state(r, &a, model);
	const int64_t age = saved_at == 0 ? -1 : r->now_ms - saved_at;
	(void)json_object_set_new(model, "saved_ms",
				  json_integer((json_int_t)(age < -1 ? 0 : age)));
	return true;
}

/* ---- one question --------------------------------------------------------------------------- */

/* The options in the order shown, by random tokens: what an option is in the item, or which is
 * right, does not leave the server (F56). */
static json_t *options_model(const struct item_text *text, const char *shown, int64_t number,
			     const void *key, size_t key_size)
{
	json_t *list = json_array();
	char token[TOKEN_SIZE];
	for (size_t place = 0; shown[place]; place++) {
		const char *option = text->option[(shown[place] - '0') % ITEM_OPTIONS_MOST];
		option_token(key, key_size, number, (int64_t)place, token);
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s}", "token", token, "text", option ? option : ""));
	}
	return list;
}

/* A question is shown while the clock runs, and to the seat that writes. */
static bool may_see(const struct req *r, const struct attempt *a, struct err *e)
{
	switch (attempt_state(&a->times, r->now_ms)) {
	case ATTEMPT_RUNNING:
		return holds_pen(r, a) ||
		       err_set(e, ERR_CONFLICT, "test.error.moved", "another session writes");
	case ATTEMPT_STOPPED:
		return err_set(e, ERR_CONFLICT, "test.error.stopped", "the clock stands");
	case ATTEMPT_WAITING: return err_set(e, ERR_CONFLICT, "test.error.waiting", "not started");
	default: return err_set(e, ERR_CONFLICT, "test.error.over", "it is over");
	}
}

static bool fill_question(struct req *r, const struct attempt *a, const json_t *row, json_t *model,
			  struct err *e)
{
	const int64_t number = row_number(row, "number");
	const struct act act = req_act(r);
	const bool kazakh = strcmp(a->language, "kk") == 0;
	struct item_text text = { .stem = "" };
	const void *key = NULL;
	size_t key_size = 0;
	char token[TOKEN_SIZE] = "";
	if (!bank_text_of_attempt(&act, a->id, number, kazakh ? &text : NULL, kazakh ? NULL : &text,
				  e) ||
	    !db_bytes(r->db, r->arena, e, &key, &key_size,
		      "SELECT token_key FROM attempt WHERE id = $1", db_int(a->id)))
		return false;
	if (row_has(row, "choice"))
		option_token(key, key_size, number, row_number(row, "choice"), token);
	(void)json_object_set(model, "number", json_object_get(row, "number"));
	(void)json_object_set_new(model, "stem", json_string(text.stem ? text.stem : ""));
	(void)json_object_set_new(
		model, "options",
		options_model(&text, row_text(row, "shown"), number, key, key_size));
	(void)json_object_set_new(model, "choice", json_string(token));
	(void)json_object_set_new(model, "left_ms",
				  json_integer((json_int_t)attempt_left_ms(&a->times, r->now_ms)));
	return true;
}

bool test_question(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct attempt a = { 0 };
	if (!attempt_load_own(&act, in_int(r, "attempt"), &a, e) || !may_see(r, &a, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     EVENTS_OF_ATTEMPT
			     "SELECT q.number, q.shown, (SELECT v.choice FROM event v"
			     "  WHERE v.number = q.number AND v.accepted = 1"
			     "  ORDER BY v.id DESC LIMIT 1) AS choice"
			     "  FROM form_question q WHERE q.attempt_id = $1 AND q.number = $2",
			     db_int(a.id), db_int(in_int(r, "number")));
	return row && fill_question(r, &a, row, model, e);
}

/* ---- answers, end -------------------------------------------------------------------------- */

bool test_answer_ahead(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	return attempt_answer_ahead(&act, in_int(r, "attempt"), in_int(r, "number"),
				    in_text(r, "key"), e);
}

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

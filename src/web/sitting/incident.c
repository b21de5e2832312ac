#include "web/sitting/incident.h"

#include "app/sitting/attempt.h"
#include "app/sitting/stop.h"
#include "exam/attempt.h"
#include "web/access/second.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/board.h"

#include <stdio.h>
#include <string.h>

enum { REASON_MOST = 500, NUMBER_MOST = 60, TEXT_MOST = 4000, DOCUMENT_MOST = 200 };

static const char *const stop_kinds[] = { "failure", "other", NULL };
static const char *const answers[] = { "yes", "no", NULL };

#define SITTING                                                                                    \
	{                                                                                          \
		"sitting", P_INT, 1, INT64_MAX, true, NULL                                         \
	}
#define ATTEMPT                                                                                    \
	{                                                                                          \
		"attempt", P_INT, 1, INT64_MAX, true, NULL                                         \
	}

const struct param incident_seat_params[] = { SITTING, ATTEMPT, PARAMS_END };
const struct param incident_stop_params[] = {
	SITTING,
	{ "kind", P_CHOICE, 0, 0, true, stop_kinds },
	{ "reason", P_TEXT, 3, REASON_MOST, true, NULL },
	SECOND_PARAMS("second"),
	PARAMS_END,
};
const struct param incident_stop_one_params[] = {
	SITTING,
	ATTEMPT,
	{ "kind", P_CHOICE, 0, 0, true, stop_kinds },
	{ "reason", P_TEXT, 3, REASON_MOST, true, NULL },
	SECOND_PARAMS("second"),
	PARAMS_END,
};
const struct param incident_stop_end_params[] = {
	SITTING,
	{ "stop", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
/* Forms on one page have fields of their own names. */
const struct param incident_extra_params[] = {
	SITTING,
	ATTEMPT,
	{ "minutes", P_INT, 1, EXTRA_MINUTES_MOST, true, NULL },
	{ "extra_reason", P_TEXT, 3, REASON_MOST, true, NULL },
	{ "document", P_TEXT, 1, DOCUMENT_MOST, true, NULL },
	SECOND_PARAMS("extra_second"),
	PARAMS_END,
};
const struct param incident_move_params[] = {
	SITTING,
	ATTEMPT,
	{ "new_seat", P_INT, 1, 1000, true, NULL },
	{ "move_reason", P_TEXT, 3, REASON_MOST, true, NULL },
	SECOND_PARAMS("move_second"),
	PARAMS_END,
};
const struct param incident_breach_params[] = {
	SITTING,
	ATTEMPT,
	{ "breach_number", P_TEXT, 1, NUMBER_MOST, true, NULL },
	{ "breach_text", P_TEXT, 3, TEXT_MOST, true, NULL },
	PARAMS_END,
};
const struct param incident_technical_params[] = {
	SITTING,
	ATTEMPT,
	{ "technical_number", P_TEXT, 1, NUMBER_MOST, true, NULL },
	{ "technical_text", P_TEXT, 3, TEXT_MOST, true, NULL },
	SECOND_PARAMS("technical_second"),
	PARAMS_END,
};
const struct param incident_reversal_params[] = {
	SITTING,
	{ "stop", P_INT, 1, INT64_MAX, true, NULL },
	{ "reversal_number", P_TEXT, 1, NUMBER_MOST, true, NULL },
	{ "reversal_text", P_TEXT, 3, TEXT_MOST, true, NULL },
	SECOND_PARAMS("reversal_second"),
	PARAMS_END,
};
const struct param incident_act_params[] = {
	{ "act", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param incident_answer_params[] = {
	{ "act", P_INT, 1, INT64_MAX, true, NULL },
	{ "signs", P_CHOICE, 0, 0, true, answers },
	{ "why", P_TEXT, 0, REASON_MOST, false, NULL },
	PARAMS_END,
};

/* ---- what has happened --------------------------------------------------------------------- */

/* "name" of the columns PREFIX_family, PREFIX_given; null if there is nobody. */
static void join_name(const struct req *r, json_t *row, const char *family, const char *given,
		      const char *name)
{
	const char *text =
		arena_print(r->arena, "%s %s", row_text(row, family), row_text(row, given));
	(void)json_object_set_new(row, name,
				  *row_text(row, family) ? json_string(text) : json_null());
	(void)json_object_del(row, family);
	(void)json_object_del(row, given);
}

static bool add_stops(struct req *r, const struct sitting *s, int64_t attempt, json_t *model,
		      struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT s.id, s.kind, s.reason, s.from_ms, s.until_ms, s.reversal_id, t.seat,"
		" t.code, p.family AS by_family, p.given AS by_given, q.family AS second_family,"
		" q.given AS second_given FROM stop s JOIN person p ON p.id = s.by_id"
		" LEFT JOIN person q ON q.id = s.second_id LEFT JOIN attempt t ON t.id = "
		"s.attempt_id"
		" WHERE s.sitting_id = $1 AND ($2 = 0 OR s.attempt_id = $2 OR s.attempt_id IS NULL)"
		" ORDER BY s.id",
		db_int(s->id), db_int(attempt));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const char *kind = row_text(row, "kind");
		const bool lasts = !row_has(row, "until_ms");
		join_name(r, row, "by_family", "by_given", "by");
		join_name(r, row, "second_family", "second_given", "second");
		(void)json_object_set_new(
			row, "minutes",
			json_integer(
				(json_int_t)(((lasts ? r->now_ms : row_number(row, "until_ms")) -
					      row_number(row, "from_ms")) /
					     60000)));
		(void)json_object_set_new(row, "lasts", json_boolean(lasts));
		(void)json_object_set_new(row, "can_end",
					  json_boolean(lasts && (strcmp(kind, "failure") == 0 ||
								 strcmp(kind, "other") == 0)));
		(void)json_object_set_new(row, "reversed",
					  json_boolean(row_has(row, "reversal_id")));
		(void)json_object_del(row, "reversal_id");
		if (!*row_text(row, "code"))
			(void)json_object_del(row, "seat");
		(void)json_object_del(row, "until_ms");
	}
	(void)json_object_set(model, "stops", rows);
	return rows != NULL;
}

static bool add_acts(struct req *r, const struct sitting *s, int64_t attempt, json_t *model,
		     struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, x.kind, x.number, x.state, x.at_ms, t.code"
			       "  FROM sitting_act x LEFT JOIN attempt t ON t.id = x.attempt_id"
			       " WHERE x.sitting_id = $1 AND ($2 = 0 OR x.attempt_id = $2)"
			       " ORDER BY x.id",
			       db_int(s->id), db_int(attempt));
	(void)json_object_set(model, "acts", rows);
	return rows != NULL;
}

bool incident_model(struct req *r, const struct sitting *s, int64_t attempt, json_t *model,
		    struct err *e)
{
	return add_stops(r, s, attempt, model, e) && add_acts(r, s, attempt, model, e);
}

/* ---- one seat ------------------------------------------------------------------------------ */

static bool add_seat(struct req *r, const struct sitting *s, int64_t attempt, json_t *model,
		     struct err *e)
{
	json_t *row = db_row(
		r->db, r->arena, e,
		EVENTS_OF_ATTEMPT
		"SELECT t.id, t.seat, t.code, t.language, t.started_ms, t.finished_ms, t.ends_ms,"
		" t.extra_ms, t.stopped_ms, t.finish, t.void,"
		" (SELECT COUNT(DISTINCT number) FROM event WHERE accepted = 1) AS answered,"
		" (SELECT COUNT(*) FROM event) AS clicks,"
		" (SELECT COUNT(*) FROM event WHERE refusal = 'late') AS late,"
		" (SELECT COUNT(*) FROM event WHERE refusal = 'moved') AS moved"
		"  FROM attempt t WHERE t.id = $1 AND t.sitting_id = $2",
		db_int(attempt), db_int(s->id));
	if (!row)
		return false;
	const struct attempt_times times = board_times(row);
	const enum attempt_state state = attempt_state(&times, r->now_ms);
	const bool on = state == ATTEMPT_RUNNING || state == ATTEMPT_STOPPED;
	(void)json_object_set_new(row, "state", json_string(attempt_state_name(state)));
	(void)json_object_set_new(
		row, "left",
		json_integer((json_int_t)((attempt_left_ms(&times, r->now_ms) + 59999) / 60000)));
	(void)json_object_set_new(row, "extra", json_integer((json_int_t)(times.extra_ms / 60000)));
	(void)json_object_set_new(row, "on", json_boolean(on || state == ATTEMPT_WAITING));
	(void)json_object_set_new(row, "runs", json_boolean(state == ATTEMPT_RUNNING));
	(void)json_object_set_new(row, "stands", json_boolean(state == ATTEMPT_STOPPED));
	(void)json_object_set_new(row, "accusable",
				  json_boolean(strcmp(s->state, "running") == 0 &&
					       state != ATTEMPT_VOID && state != ATTEMPT_ANNULLED));
	board_drop_times(row);
	(void)json_object_set(model, "seat", row);
	return true;
}

static bool add_history(struct req *r, int64_t attempt, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *log = db_rows(r->db, r->arena, e,
			      "SELECT kind, seat, length_ms, at_ms FROM seat_event"
			      " WHERE attempt_id = $1 ORDER BY id",
			      db_int(attempt));
	json_t *given =
		db_rows(r->db, r->arena, e,
			"SELECT x.length_ms / 60000 AS minutes, x.reason, x.document, x.at_ms,"
			" p.family AS by_family, p.given AS by_given,"
			" q.family AS second_family, q.given AS second_given"
			"  FROM extra_time x JOIN person p ON p.id = x.by_id"
			" JOIN person q ON q.id = x.second_id WHERE x.attempt_id = $1"
			" ORDER BY x.id",
			db_int(attempt));
	json_array_foreach (log, i, row) {
		const int64_t seconds = row_number(row, "length_ms") / 1000;
		(void)json_object_set_new(row, "seconds", json_integer((json_int_t)seconds));
		(void)json_object_del(row, "length_ms");
	}
	json_array_foreach (given, i, row) {
		join_name(r, row, "by_family", "by_given", "by");
		join_name(r, row, "second_family", "second_given", "second");
	}
	(void)json_object_set(model, "log", log);
	(void)json_object_set(model, "given", given);
	return log && given;
}

static void add_kinds(const struct req *r, json_t *model)
{
	json_t *list = json_array();
	for (const char *const *k = stop_kinds; *k; k++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s}", "id", *k, "key",
					arena_print(r->arena, "sitting.stop.%s", *k)));
	(void)json_object_set_new(model, "kinds", list);
}

bool incident_seat(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	const int64_t attempt = in_int(r, "attempt");
	if (!sitting_load_operator(&act, in_int(r, "sitting"), &s, e) ||
	    !add_seat(r, &s, attempt, model, e) || !incident_model(r, &s, attempt, model, e) ||
	    !add_history(r, attempt, model, e) || !board_officials(r, &s, model, e))
		return false;
	add_kinds(r, model);
	(void)json_object_set_new(model, "sitting", json_pack("{s:I}", "id", (json_int_t)s.id));
	(void)json_object_set_new(model, "operator", json_true());
	return true;
}

/* ---- what is done ---------------------------------------------------------------------------- */

static bool go_sitting(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sittings/%lld", (long long)in_int(r, "sitting"));
	return true;
}

static bool go_seat(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sittings/%lld/attempts/%lld", (long long)in_int(r, "sitting"),
	       (long long)in_int(r, "attempt"));
	return true;
}

static bool go_act(struct req *r, int64_t id, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sitting-acts/%lld", (long long)id);
	return true;
}

/* Of one attempt, or with 0 of the hall. */
static bool stop(struct req *r, int64_t attempt, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	if (!second_read(r, &second, e))
		return false;
	if (!stop_clock(&act, in_int(r, "sitting"), attempt, in_text(r, "kind"),
			in_text(r, "reason"), &second, e))
		return second_refused(r, &second, e);
	return attempt ? go_seat(r, "sitting.notice.stopped")
		       : go_sitting(r, "sitting.notice.stopped");
}

bool incident_stop(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return stop(r, 0, e);
}

bool incident_stop_one(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return stop(r, in_int(r, "attempt"), e);
}

bool incident_stop_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return stop_end(&act, in_int(r, "sitting"), in_int(r, "stop"), e) &&
	       go_sitting(r, "sitting.notice.resumed");
}

bool incident_extra(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	(void)model;
	if (!second_read(r, &second, e))
		return false;
	if (!extra_time_give(&act, in_int(r, "sitting"), in_int(r, "attempt"), in_int(r, "minutes"),
			     in_text(r, "extra_reason"), in_text(r, "document"), &second, e))
		return second_refused(r, &second, e);
	return go_seat(r, "sitting.notice.extra");
}

bool incident_move(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	(void)model;
	if (!second_read(r, &second, e))
		return false;
	if (!seat_move(&act, in_int(r, "sitting"), in_int(r, "attempt"), in_int(r, "new_seat"),
		       in_text(r, "move_reason"), &second, e)) {
		if (strcmp(e->field, "seat") == 0) /* this form's name for it */
			(void)snprintf(e->field, sizeof(e->field), "new_seat");
		return second_refused(r, &second, e);
	}
	return go_seat(r, "sitting.notice.moved");
}

bool incident_breach(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	return act_breach(&act, in_int(r, "sitting"), in_int(r, "attempt"),
			  in_text(r, "breach_number"), in_text(r, "breach_text"), &id, e) &&
	       go_act(r, id, "sitting.notice.breach");
}

bool incident_technical(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	int64_t id = 0;
	(void)model;
	if (!second_read(r, &second, e))
		return false;
	if (!act_technical(&act, in_int(r, "sitting"), in_int(r, "attempt"),
			   in_text(r, "technical_number"), in_text(r, "technical_text"), &second,
			   &id, e))
		return second_refused(r, &second, e);
	return go_act(r, id, "sitting.notice.technical");
}

bool incident_reversal(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	int64_t id = 0;
	(void)model;
	if (!second_read(r, &second, e))
		return false;
	if (!act_reversal(&act, in_int(r, "sitting"), in_int(r, "stop"),
			  in_text(r, "reversal_number"), in_text(r, "reversal_text"), &second, &id,
			  e))
		return second_refused(r, &second, e);
	return go_act(r, id, "sitting.notice.reversed");
}

/* ---- acts ------------------------------------------------------------------------------------ */

static json_t *act_row(struct req *r, struct err *e)
{
	json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT x.id, x.sitting_id, x.kind, x.number, x.text, x.seat_log, x.state, x.at_ms,"
		" x.answered_ms, COALESCE(x.answer, '') AS answer, x.by_id, t.code, t.seat,"
		" p.family AS by_family, p.given AS by_given, q.family AS second_family,"
		" q.given AS second_given FROM sitting_act x JOIN person p ON p.id = x.by_id"
		" LEFT JOIN person q ON q.id = x.answered_by LEFT JOIN attempt t ON t.id = "
		"x.attempt_id"
		" WHERE x.id = $1",
		db_int(in_int(r, "act")));
	if (row) {
		join_name(r, row, "by_family", "by_given", "by");
		join_name(r, row, "second_family", "second_given", "second");
	}
	return row;
}

/* The log as it was when the act was drawn up. */
static void add_log(json_t *row)
{
	json_t *log = json_loads(row_text(row, "seat_log"), 0, NULL);
	json_t *events = json_incref(json_object_get(log, "events"));
	json_t *refused = json_incref(json_object_get(log, "refused"));
	size_t i = 0;
	json_t *event = NULL;
	json_array_foreach (events, i, event) {
		(void)json_object_set_new(
			event, "seconds",
			json_integer((json_int_t)(row_number(event, "length_ms") / 1000)));
		(void)json_object_del(event, "length_ms");
	}
	(void)json_object_set_new(row, "log", events ? events : json_array());
	(void)json_object_set_new(row, "refused", refused ? refused : json_array());
	(void)json_object_del(row, "seat_log");
	json_decref(log);
}

bool incident_act(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	bool hr = false;
	bool operates = false;
	json_t *row = act_row(r, e);
	if (!row || !sitting_load(&act, row_number(row, "sitting_id"), &s, e) ||
	    !act_holds(&act, ROLE_NAME_HR, s.competition.organ, &hr, e) ||
	    !act_holds(&act, ROLE_NAME_OPERATOR, s.hall_organ, &operates, e))
		return false;
	if (!hr && !operates)
		return err_set(e, ERR_DENIED, "error.denied", "neither HR nor operator of these");
	const bool waits = strcmp(row_text(row, "state"), "proposed") == 0;
	(void)json_object_set_new(
		row, "can_answer",
		json_boolean(hr && waits && row_number(row, "by_id") != r->actor.person_id));
	(void)json_object_del(row, "by_id");
	(void)json_object_set_new(row, "post", json_string(post_name(r, s.competition.post)));
	add_log(row);
	(void)json_object_set(model, "act", row);
	return true;
}

bool incident_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool signs = strcmp(in_text(r, "signs"), "yes") == 0;
	(void)model;
	if (!signs && !*in_text(r, "why"))
		return err_input(e, "why", "sitting.error.why", "a refusal has a reason");
	return act_breach_answer(&act, in_int(r, "act"), signs, in_text(r, "why"), e) &&
	       go_act(r, in_int(r, "act"),
		      signs ? "sitting.notice.signed" : "sitting.notice.refused");
}

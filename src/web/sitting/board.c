#include "web/sitting/board.h"

#include "app/sitting/attempt.h"
#include "exam/attempt.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/distribution.h"

#include <string.h>

struct attempt_times board_times(const json_t *row)
{
	return (struct attempt_times){
		.started = row_has(row, "started_ms"),
		.finished = row_has(row, "finished_ms"),
		.annulled = strcmp(row_text(row, "finish"), "breach") == 0,
		.void_ = row_number(row, "void") != 0,
		.ends_ms = row_number(row, "ends_ms"),
		.extra_ms = row_number(row, "extra_ms"),
		.stopped_ms = row_number(row, "stopped_ms"),
	};
}

void board_drop_times(json_t *row)
{
	static const char *const name[] = { "started_ms", "finished_ms", "ends_ms", "extra_ms",
					    "stopped_ms", "finish",      "void" };
	for (size_t i = 0; i < COUNT(name); i++)
		(void)json_object_del(row, name[i]);
}

static void set_state(struct req *r, json_t *row, const struct attempt_times *times)
{
	(void)json_object_set_new(row, "state",
				  json_string(attempt_state_name(attempt_state(times, r->now_ms))));
}

/* ---- before the start ------------------------------------------------------------------------ */

/* F9: the operator compares faces and papers with names while checking in, and not later. */
bool board_seats(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const bool named = strcmp(s->state, "open") == 0;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT t.id, t.seat, t.code, t.language, t.document_seen, p.family,"
			       " p.given, p.patronymic FROM attempt t"
			       " JOIN application a ON a.id = t.application_id"
			       " JOIN person p ON p.id = a.person_id WHERE t.sitting_id = $1"
			       " ORDER BY CAST(t.seat AS INTEGER)",
			       db_int(s->id));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		if (!named)
			(void)json_object_set_new(row, "name", json_null());
	}
	(void)json_object_set(model, "seats", rows);
	return rows != NULL;
}

/* ---- while it runs ------------------------------------------------------------------------- */

/* Seconds since an instant of a column; null if there is none. */
static void set_age(const struct req *r, json_t *row, const char *from, const char *to)
{
	const bool has = row_has(row, from);
	const int64_t age = (r->now_ms - row_number(row, from)) / 1000;
	(void)json_object_set_new(row, to, has ? json_integer((json_int_t)age) : json_null());
	(void)json_object_del(row, from);
}

/* F45: nothing heard, or something unsaved, for too long. */
static bool is_troubled(const struct req *r, const json_t *row, enum attempt_state state)
{
	const int64_t started = row_number(row, "started_ms");
	const int64_t pulse = row_number(row, "pulse_ms");
	const int64_t silent = r->now_ms - (pulse > started ? pulse : started);
	const int64_t waiting =
		row_number(row, "unsaved") > 0 ? row_number(row, "waiting_ms") + silent : 0;
	return state == ATTEMPT_RUNNING && (silent > BOARD_RED_MS || waiting > BOARD_RED_MS);
}

static void make_live(const struct req *r, json_t *row)
{
	const struct attempt_times times = board_times(row);
	const enum attempt_state state = attempt_state(&times, r->now_ms);
	const int64_t minutes = (attempt_left_ms(&times, r->now_ms) + 59999) / 60000;
	(void)json_object_set_new(row, "state", json_string(attempt_state_name(state)));
	(void)json_object_set_new(row, "left", json_integer((json_int_t)minutes));
	(void)json_object_set_new(row, "troubled", json_boolean(is_troubled(r, row, state)));
	(void)json_object_del(row, "waiting_ms");
	set_age(r, row, "pulse_ms", "heard");
	set_age(r, row, "saved_ms", "saved");
	board_drop_times(row);
}

bool board_live(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		EVENTS_OF_SITTING
		", tally AS (SELECT attempt_id,"
		"  COUNT(DISTINCT CASE WHEN accepted = 1 THEN number END) AS answered,"
		"  SUM(1 - accepted) AS refused,"
		"  MAX(CASE WHEN accepted = 1 THEN at_ms END) AS saved_ms"
		"  FROM event GROUP BY attempt_id)"
		"SELECT t.id, t.seat, t.code, t.started_ms, t.finished_ms, t.ends_ms, t.extra_ms,"
		" t.stopped_ms, t.finish, t.void, t.entered_ms, COALESCE(l.unsaved, 0) AS unsaved,"
		" COALESCE(l.waiting_ms, 0) AS waiting_ms, l.at_ms AS pulse_ms,"
		" COALESCE(y.answered, 0) AS answered, COALESCE(y.refused, 0) AS refused,"
		" y.saved_ms FROM attempt t LEFT JOIN seat_pulse l ON l.attempt_id = t.id"
		"  LEFT JOIN tally y ON y.attempt_id = t.id"
		" WHERE t.sitting_id = $1 ORDER BY CAST(t.seat AS INTEGER)",
		db_int(s->id));
	const bool filtered = strcmp(in_text(r, "only"), "troubled") == 0;
	json_t *list = json_array();
	size_t i = 0;
	size_t troubled = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "board", list);
	json_array_foreach (rows, i, row) {
		(void)json_object_set_new(row, "entered", json_boolean(row_has(row, "entered_ms")));
		(void)json_object_del(row, "entered_ms");
		make_live(r, row);
		const bool calls = json_is_true(json_object_get(row, "troubled"));
		troubled += calls;
		if (calls || !filtered)
			(void)json_array_append(list, row);
	}
	(void)json_object_set_new(model, "troubled", json_integer((json_int_t)troubled));
	(void)json_object_set_new(model, "filtered", json_boolean(filtered));
	return rows != NULL;
}

/* ---- afterwards ---------------------------------------------------------------------------- */

bool board_results(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT t.id, t.seat, t.code, t.started_ms, t.finished_ms, t.ends_ms,"
			" t.extra_ms, t.stopped_ms, t.finish, t.void, x.correct, x.asked,"
			" x.positive, x.pass_mark, p.family, p.given, p.patronymic FROM attempt t"
			" JOIN application a ON a.id = t.application_id"
			" JOIN person p ON p.id = a.person_id"
			" LEFT JOIN result x ON x.attempt_id = t.id WHERE t.sitting_id = $1"
			" ORDER BY CAST(t.seat AS INTEGER)",
			db_int(s->id));
	size_t i = 0;
	json_t *row = NULL;
	struct distribution_part *part =
		arena_array(r->arena, json_array_size(rows) + 1, sizeof(*part));
	size_t used = 0;
	json_array_foreach (rows, i, row) {
		const struct attempt_times times = board_times(row);
		row_name(r, row);
		if (s->names_ms == 0)
			(void)json_object_set_new(row, "name", json_null());
		if (times.annulled ||
		    times.void_) /* what does not stand is not shown as a result */
			(void)json_object_set_new(row, "asked", json_null());
		if (!row_has(row, "asked")) {
			(void)json_object_del(row, "correct");
			(void)json_object_del(row, "positive");
		} else {
			part[used++] =
				(struct distribution_part){ row_number(row, "correct"),
							    row_number(row, "asked"),
							    row_number(row, "pass_mark"), 1 };
		}
		(void)json_object_del(row, "pass_mark");
		set_state(r, row, &times);
		board_drop_times(row);
	}
	(void)json_object_set(model, "results", rows);
	(void)json_object_set_new(model, "distribution", distribution_of(part, used));
	return rows != NULL;
}

/* ---- the second official ------------------------------------------------------------------- */

static bool may_be_second(const struct req *r, const struct sitting *s, const json_t *row)
{
	const char *organ = row_text(row, "organ");
	return law_book_under(r->book, s->hall_organ, organ) ||
	       (strcmp(row_text(row, "role"), ROLE_NAME_HR) == 0 &&
		law_book_under(r->book, s->competition.organ, organ));
}

/* Whoever competes is no official there: sitting_require_second() refuses him. */
static bool competes(const struct req *r, const struct sitting *s, int64_t person, bool *ret,
		     struct err *e)
{
	struct act other = req_act(r);
	other.person_id = person;
	other.as_candidate = false;
	return candidate_competes(&other, THING_SITTING, s->id, ret, e);
}

/* The same two stand at one desk for hours. */
static bool add_last(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	int64_t last = 0;
	if (!db_number(r->db, e, &last,
		       "SELECT COALESCE((SELECT second_id FROM stop WHERE sitting_id = $1"
		       "   AND by_id = $2 AND second_id IS NOT NULL ORDER BY id DESC LIMIT 1),"
		       "  CASE WHEN sealed_by = $2 THEN sealed_second ELSE sealed_by END, 0)"
		       "  FROM sitting WHERE id = $1",
		       db_int(s->id), db_int(r->actor.person_id)))
		return false;
	(void)json_object_set_new(model, "official", json_integer((json_int_t)last));
	return true;
}

bool board_officials(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	int64_t last = 0;
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	(void)json_object_set_new(model, "officials", list);
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT g.person_id AS id, g.role, g.organ, p.family, p.given,"
			" p.patronymic FROM role_grant g JOIN person p ON p.id = g.person_id"
			" JOIN account a ON a.person_id = g.person_id AND a.disabled_ms IS NULL"
			" WHERE g.revoked_ms IS NULL AND g.role IN ('operator', 'hr')"
			" AND g.person_id <> $1 ORDER BY p.sort_key, g.person_id",
			db_int(r->actor.person_id));
	json_array_foreach (rows, i, row) {
		const int64_t id = row_number(row, "id");
		if (id == last || !may_be_second(r, s, row))
			continue;
		last = id;
		row_name(r, row);
		bool candidate = false;
		if (!competes(r, s, id, &candidate, e))
			return false;
		if (!candidate)
			(void)json_array_append_new(list,
						    json_pack("{s:I,s:s}", "id", (json_int_t)id,
							      "name", row_text(row, "name")));
	}
	return rows && add_last(r, s, model, e);
}

bool board_sealers(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	static const char *const name[] = { "sealed_by", "sealed_second" };
	json_t *others = json_array();
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "officials", others);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT p.id, p.family, p.given, p.patronymic FROM sitting s"
			       "  JOIN person p ON p.id = s.sealed_by OR p.id = s.sealed_second"
			       " WHERE s.id = $1 ORDER BY p.id = s.sealed_second",
			       db_int(s->id));
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		if (i < COUNT(name))
			(void)json_object_set(model, name[i], json_object_get(row, "name"));
		bool candidate = false;
		if (!competes(r, s, row_number(row, "id"), &candidate, e))
			return false;
		if (!candidate && row_number(row, "id") != r->actor.person_id)
			(void)json_array_append(others, row);
	}
	(void)json_object_set_new(model, "may_start", json_boolean(json_array_size(others) == 1));
	return rows && add_last(r, s, model, e);
}

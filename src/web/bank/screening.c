/* screening.c - signs in the answers of a sitting (F67).
 *
 * Finding them takes a pass over all attempts and a look at every pair, so it runs on a worker; the
 * pages show what was kept.  Nothing here changes a result. */
#include "web/bank/screening.h"

#include "app/result/screening.h"
#include "app/sitting/sitting.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	REASON_MOST = 2000,
	PLOT_WIDTH = 1000,
	PLOT_HEIGHT = 200,
	PLOT_SECONDS = 60, /* of the highest bar: what took longer is no matter of speed */
	LANE_A = 30,
	LANE_B = 170,
	SECOND_MS = 1000,
	MINUTE_MS = 60 * SECOND_MS,
};

static const char *const outcomes[] = { "nothing", "act", "passed", NULL };
static const char *const looks[] = { "record", "log", "spoken", NULL };

static const struct list_column columns[] = {
	{ "kind", "screening.kind", LIST_CODE, LIST_SORTS, "screening.kind" },
	{ "who", "screening.who", LIST_TEXT, LIST_SORTS, NULL },
	{ "chance", "screening.chance", LIST_TEXT, 0, NULL },
	{ "state", "screening.state", LIST_CODE, LIST_SORTS, "screening.state" },
	{ 0 },
};
static const struct list listing = { "signals", "screening.list.title", columns, 50 };

static const struct param list_params[] = {
	LIST_PARAMS,
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param run_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param show_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "signal", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
static const struct param settle_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "signal", P_INT, 1, INT64_MAX, true, NULL },
	{ "looked", P_LIST, 1, 20, false, NULL },
	{ "outcome", P_CHOICE, 0, 0, true, outcomes },
	{ "act", P_INT, 1, INT64_MAX, false, NULL },
	{ "reason", P_TEXT, 0, REASON_MOST, false, NULL },
	PARAMS_END,
};

/* ---- who, and about what --------------------------------------------------------------------- */

static bool load(struct req *r, struct sitting *ret, bool *ret_hr, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	if (!sitting_load(&act, in_int(r, "sitting"), ret, e) ||
	    !act_holds(&act, ROLE_NAME_HR, ret->competition.organ, ret_hr, e) ||
	    (!*ret_hr && !act_holds(&act, ROLE_NAME_AUDITOR, ret->competition.organ, &may, e)))
		return false;
	return *ret_hr || may || err_set(e, ERR_DENIED, "error.denied", "not theirs");
}

static bool add_sitting(struct req *r, const struct sitting *s, bool hr, json_t *model,
			struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT s.id, s.planned_ms, h.name_kk, h.name_ru FROM sitting s"
			     " JOIN hall h ON h.id = s.hall_id WHERE s.id = $1",
			     db_int(s->id));
	if (!row)
		return false;
	(void)json_object_set_new(row, "hall",
				  json_string(row_text(row, in_kazakh(r) ? "name_kk" : "name_ru")));
	(void)json_object_del(row, "name_kk");
	(void)json_object_del(row, "name_ru");
	(void)json_object_set_new(row, "post", json_string(post_name(r, s->competition.post)));
	(void)json_object_set_new(row, "closed", json_boolean(strcmp(s->state, "closed") == 0));
	(void)json_object_set_new(row, "hr", json_boolean(hr));
	(void)json_object_set(model, "sitting", row);
	return true;
}

/* ---- numbers for people ---------------------------------------------------------------------- */

/* "1 : 12 000", "1 : 10¹²": how seldom it is. */
static const char *chance_text(struct arena *a, double chance)
{
	static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
	static const double largest = 1e9;
	const double one_in = chance > 0 ? 1 / chance : HUGE_VAL;
	if (one_in < largest) {
		const long long n = llround(one_in);
		if (n < 1000)
			return arena_print(a, "1 : %lld", n);
		if (n < 1000000)
			return arena_print(a, "1 : %lld\u00a0%03lld", n / 1000, n % 1000);
		return arena_print(a, "1 : %lld\u00a0%03lld\u00a0%03lld", n / 1000000,
				   n / 1000 % 1000, n % 1000);
	}
	const int power = chance > 1e-99 ? (int)log10(one_in) : 99;
	return arena_print(a, "1 : 10%s%s", power >= 10 ? raised[power / 10] : "",
			   raised[power % 10]);
}

/* "12:05" of milliseconds from the start. */
static json_t *moment_json(const struct req *r, int64_t ms)
{
	const int64_t seconds = ms / SECOND_MS;
	return json_string(arena_print(r->arena, "%lld:%02lld", (long long)(seconds / 60),
				       (long long)(seconds % 60)));
}

static double real(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static json_t *read_json(const struct req *r, const json_t *row, const char *key)
{
	json_t *json = json_loads(row_text(row, key), 0, NULL);
	if (json)
		json_in_arena(r->arena, json);
	return json;
}

/* ---- the list -------------------------------------------------------------------------------- */

static bool add_screening(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.at_ms, x.content, COALESCE(p.family || ' ' || p.given, '')"
			       "  AS by_name FROM screening x LEFT JOIN person p ON p.id = x.by_id"
			       " WHERE x.sitting_id = $1",
			       db_int(s->id));
	if (!rows)
		return false;
	(void)json_object_set_new(model, "screening", json_null());
	row = json_array_get(rows, 0);
	json_t *content = row ? read_json(r, row, "content") : NULL;
	if (!content)
		return true;
	const json_t *used = json_object_get(content, "settings");
	(void)json_object_set_new(
		model, "screening",
		json_pack("{s:I,s:s,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:I,s:I,s:I,s:o,s:o}", "at_ms",
			  (json_int_t)row_number(row, "at_ms"), "by", row_text(row, "by_name"),
			  "attempts", (json_int_t)row_number(content, "attempts"), "judged",
			  (json_int_t)row_number(content, "judged"), "pairs",
			  (json_int_t)row_number(content, "pairs"), "neighbours",
			  (json_int_t)row_number(content, "neighbours"), "percent",
			  (json_int_t)row_number(used, "fast_percent"), "least",
			  decimal_json((double)row_number(used, "fast_least_ms") / SECOND_MS, 0),
			  "most",
			  decimal_json((double)row_number(used, "fast_most_ms") / SECOND_MS, 0),
			  "effort", (json_int_t)row_number(used, "effort_percent"), "run",
			  (json_int_t)row_number(used, "run_least"), "common",
			  (json_int_t)row_number(used, "common_least"), "seconds",
			  decimal_json((double)row_number(used, "link_ms") / SECOND_MS, 0), "alarm",
			  decimal_json((double)row_number(used, "alarm_permille") / 10, 1)));
	return true;
}

static json_t *signal_rows(struct req *r, const struct sitting *s, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, x.kind, x.state, x.figures, a.seat, a.code,"
			       " COALESCE(b.seat, '') AS seat_b, COALESCE(b.code, '') AS code_b"
			       "  FROM screening_signal x JOIN attempt a ON a.id = x.attempt_a"
			       "  LEFT JOIN attempt b ON b.id = x.attempt_b WHERE x.sitting_id = $1"
			       " ORDER BY CASE WHEN x.state = 'open' THEN 0 ELSE 1 END, x.id",
			       db_int(s->id));
	json_array_foreach (rows, i, row) {
		static const char *const parts[] = { "figures", "seat", "code", "seat_b",
						     "code_b" };
		const json_t *figures = read_json(r, row, "figures");
		const bool two = *row_text(row, "seat_b") != '\0';
		(void)json_object_set_new(
			row, "who",
			json_string(two ? arena_print(r->arena, "%s (%s), %s (%s)",
						      row_text(row, "seat"), row_text(row, "code"),
						      row_text(row, "seat_b"),
						      row_text(row, "code_b"))
					: arena_print(r->arena, "%s (%s)", row_text(row, "seat"),
						      row_text(row, "code"))));
		/* of too many fast answers nothing is counted that would be a chance */
		(void)json_object_set_new(
			row, "chance",
			json_string(strcmp(row_text(row, "kind"), SCREENING_FAST) == 0
					    ? ""
					    : chance_text(r->arena, real(figures, "chance"))));
		for (size_t p = 0; p < COUNT(parts); p++)
			(void)json_object_del(row, parts[p]);
	}
	return rows;
}

static bool screening_list(struct req *r, json_t *model, struct err *e)
{
	struct sitting s = { 0 };
	bool hr = false;
	if (!load(r, &s, &hr, e) || !add_sitting(r, &s, hr, model, e) ||
	    !add_screening(r, &s, model, e))
		return false;
	json_t *rows = signal_rows(r, &s, e);
	if (!rows)
		return false;
	if (r->route->list)
		list_rows(r, model, rows);
	else
		list_plain(model, "signals", json_incref(rows));
	return true;
}

/* ---- finding --------------------------------------------------------------------------------- */

static bool screening_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	return screening_find(&act, in_int(r, "sitting"), &r->found, e);
}

static bool screening_run(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "screening.notice.done";
	req_go(r, "/sittings/%lld/screening", (long long)in_int(r, "sitting"));
	return screening_keep(&act, in_int(r, "sitting"), r->found, e);
}

/* ---- pictures -------------------------------------------------------------------------------- */

static int64_t along(int64_t ms, int64_t most_ms)
{
	return most_ms > 0 ? ms * PLOT_WIDTH / most_ms : 0;
}

/* A bar for each answer in the order given; what took longer than a minute reaches the top. */
static json_t *speed_bars(const struct req *r, const json_t *strip)
{
	const size_t count = json_array_size(strip);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		const json_t *a = json_array_get(strip, i);
		const json_int_t time = row_number(a, "time");
		const json_int_t threshold = row_number(a, "threshold");
		const json_int_t most = (int64_t)PLOT_SECONDS * SECOND_MS;
		const json_int_t shown = time < most ? time : most;
		const json_int_t x = (int64_t)i * PLOT_WIDTH / (int64_t)count;
		const json_int_t wide = PLOT_WIDTH / (int64_t)count;
		/* a bar that is there can be seen */
		const json_int_t height = shown * PLOT_HEIGHT / most + 2;
		(void)json_array_append_new(
			list, json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:I,s:o,s:o,s:o}", "x", x,
					"end", x + wide, "width", wide > 2 ? wide - 1 : wide, "y",
					PLOT_HEIGHT - height, "height", height, "limit",
					PLOT_HEIGHT - threshold * PLOT_HEIGHT / most, "fast",
					threshold != NO_THRESHOLD && time < threshold, "right",
					json_is_true(json_object_get(a, "right")), "number",
					(json_int_t)row_number(a, "number"), "at",
					moment_json(r, row_number(a, "at")), "seconds",
					decimal_json((double)time / SECOND_MS, 1), "threshold",
					threshold == NO_THRESHOLD
						? json_null()
						: decimal_json((double)threshold / SECOND_MS, 1)));
	}
	return list;
}

static json_t *speed_json(const struct req *r, const json_t *f)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:o,s:o}", "judged", (json_int_t)row_number(f, "judged"),
			 "fast", (json_int_t)row_number(f, "fast"), "fast_right",
			 (json_int_t)row_number(f, "fast_right"), "run",
			 (json_int_t)row_number(f, "run"), "effort",
			 decimal_json(real(f, "effort") * 100, 0), "bars",
			 speed_bars(r, json_object_get(f, "strip")));
}

static int64_t last_moment(const json_t *answers)
{
	int64_t most = 1;
	size_t i = 0;
	const json_t *a = NULL;
	json_array_foreach (answers, i, a) {
		most = row_number(a, "at_a") > most ? row_number(a, "at_a") : most;
		most = row_number(a, "at_b") > most ? row_number(a, "at_b") : most;
	}
	return most;
}

/* How a line between two answers to the same question is drawn: now (alike, at the same time),
 * wrong (alike and wrong), same; "" for answers that differ: no line. */
static const char *link_of(const json_t *a, int64_t link_ms)
{
	if (row_number(a, "a") != row_number(a, "b"))
		return "";
	if (llabs(row_number(a, "at_a") - row_number(a, "at_b")) <= link_ms)
		return "now";
	return json_is_true(json_object_get(a, "right_a")) ? "same" : "wrong";
}

static json_t *pair_rows(const struct req *r, const json_t *answers, int64_t link_ms)
{
	const int64_t most = last_moment(answers);
	size_t i = 0;
	const json_t *a = NULL;
	json_t *list = json_array();
	json_array_foreach (answers, i, a) {
		const int64_t at_a = row_number(a, "at_a");
		const int64_t at_b = row_number(a, "at_b");
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:I,s:s,s:s,s:b,s:b,s:o,s:o,s:o,s:I,s:I,s:s}", "number_a",
				  (json_int_t)row_number(a, "number_a"), "number_b",
				  (json_int_t)row_number(a, "number_b"), "a",
				  arena_print(r->arena, "%c", 'A' + (int)row_number(a, "a")), "b",
				  arena_print(r->arena, "%c", 'A' + (int)row_number(a, "b")),
				  "right_a", json_is_true(json_object_get(a, "right_a")), "right_b",
				  json_is_true(json_object_get(a, "right_b")), "at_a",
				  moment_json(r, at_a), "at_b", moment_json(r, at_b), "apart",
				  moment_json(r, llabs(at_a - at_b)), "x_a",
				  (json_int_t)along(at_a, most), "x_b",
				  (json_int_t)along(at_b, most), "link", link_of(a, link_ms)));
	}
	return list;
}

static json_t *pair_json(const struct req *r, const json_t *f, int64_t link_ms)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "common",
			 (json_int_t)row_number(f, "common"), "same",
			 (json_int_t)row_number(f, "same"), "same_wrong",
			 (json_int_t)row_number(f, "same_wrong"), "linked",
			 (json_int_t)row_number(f, "linked"), "expected_same",
			 decimal_json(real(f, "expected_same"), 1), "expected_wrong",
			 decimal_json(real(f, "expected_wrong"), 1), "expected_linked",
			 decimal_json(real(f, "expected_linked"), 1), "seconds",
			 decimal_json((double)link_ms / SECOND_MS, 0), "answers",
			 pair_rows(r, json_object_get(f, "answers"), link_ms));
}

/* ---- one signal ------------------------------------------------------------------------------ */

static json_t *signal_row(struct req *r, struct err *e)
{
	return db_row(
		r->db, r->arena, e,
		"SELECT x.id, x.kind, x.state, x.figures, x.looked, x.reason, x.act_id, x.at_ms,"
		" x.attempt_a, x.attempt_b, a.seat, a.code, COALESCE(b.seat, '') AS seat_b,"
		" COALESCE(b.code, '') AS code_b,"
		" COALESCE(p.family || ' ' || p.given, '') AS by_name, n.content"
		"  FROM screening_signal x JOIN screening n ON n.sitting_id = x.sitting_id"
		"  JOIN attempt a ON a.id = x.attempt_a"
		"  LEFT JOIN attempt b ON b.id = x.attempt_b"
		"  LEFT JOIN person p ON p.id = x.by_id"
		" WHERE x.id = $1 AND x.sitting_id = $2",
		db_int(in_int(r, "signal")), db_int(in_int(r, "sitting")));
}

/* What was looked at, as [{key}]. */
static json_t *looked_json(const struct req *r, const json_t *row)
{
	char *rest = NULL;
	char *text = arena_copy(r->arena, row_text(row, "looked"));
	json_t *list = json_array();
	for (char *one = strtok_r(text, ",", &rest); one; one = strtok_r(NULL, ",", &rest))
		(void)json_array_append_new(list, json_pack("{s:s}", "what", one));
	return list;
}

/* Acts of a breach about them, for field/select. */
static bool add_acts(struct req *r, const json_t *row, json_t *model, struct err *e)
{
	size_t i = 0;
	const json_t *act = NULL;
	json_t *list = json_array();
	(void)json_object_set_new(model, "acts", list);
	const json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT x.id, x.number, t.seat FROM sitting_act x"
			" JOIN attempt t ON t.id = x.attempt_id"
			" WHERE x.kind = 'breach' AND x.attempt_id IN ($1, $2)"
			" ORDER BY x.id",
			db_int(row_number(row, "attempt_a")), db_int(row_number(row, "attempt_b")));
	json_array_foreach (rows, i, act)
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:s}", "id", (json_int_t)row_number(act, "id"), "name",
				  arena_print(r->arena, "№ %s (%s)", row_text(act, "number"),
					      row_text(act, "seat"))));
	return rows != NULL;
}

static void drop_parts(json_t *row)
{
	static const char *const parts[] = { "figures", "content", "attempt_a", "attempt_b" };
	for (size_t i = 0; i < COUNT(parts); i++)
		(void)json_object_del(row, parts[i]);
}

static bool screening_show(struct req *r, json_t *model, struct err *e)
{
	struct sitting s = { 0 };
	bool hr = false;
	if (!load(r, &s, &hr, e) || !add_sitting(r, &s, hr, model, e))
		return false;
	json_t *row = signal_row(r, e);
	if (!row || !add_acts(r, row, model, e))
		return false;
	const json_t *figures = read_json(r, row, "figures");
	const json_t *content = read_json(r, row, "content");
	const bool two = row_has(row, "attempt_b");
	const int64_t link_ms = row_number(json_object_get(content, "settings"), "link_ms");
	(void)json_object_set_new(row, "chance",
				  json_string(chance_text(r->arena, real(figures, "chance"))));
	(void)json_object_set_new(row, "speed", two ? json_null() : speed_json(r, figures));
	(void)json_object_set_new(row, "pair", two ? pair_json(r, figures, link_ms) : json_null());
	(void)json_object_set_new(row, "looked", looked_json(r, row));
	(void)json_object_set_new(row, "settles",
				  json_boolean(hr && strcmp(row_text(row, "state"), "open") == 0));
	drop_parts(row);
	(void)json_object_set(model, "signal", row);
	(void)json_object_set_new(model, "looks", word_options(r, looks, "screening.look"));
	(void)json_object_set_new(model, "outcomes", word_options(r, outcomes, "screening.state"));
	return true;
}

static bool has_look(const struct req *r, const char *what)
{
	size_t i = 0;
	const json_t *one = NULL;
	json_array_foreach (in_list(r, "looked"), i, one) {
		if (strcmp(json_string_value(one), what) == 0)
			return true;
	}
	return false;
}

static bool screening_do_settle(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct screening_outcome outcome = {
		.state = in_text(r, "outcome"),
		.record = has_look(r, "record"),
		.log = has_look(r, "log"),
		.spoken = has_look(r, "spoken"),
		.reason = in_text(r, "reason"),
		.act = in_int(r, "act"),
	};
	(void)model;
	r->notice = "screening.notice.settled";
	req_go(r, "/sittings/%lld/screening", (long long)in_int(r, "sitting"));
	return signal_row(r, e) && screening_settle(&act, in_int(r, "signal"), &outcome, e);
}

/* ---- for other pages ------------------------------------------------------------------------- */

bool screening_count(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	bool hr = false;
	bool auditor = false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.at_ms, (SELECT COUNT(*) FROM screening_signal n"
			       "  WHERE n.sitting_id = $1 AND n.state = 'open') AS open,"
			       " (SELECT COUNT(*) FROM screening_signal n"
			       "  WHERE n.sitting_id = $1 AND n.state <> 'open') AS settled"
			       "  FROM screening x WHERE x.sitting_id = $1",
			       db_int(s->id));
	if (!rows || !act_holds(&act, ROLE_NAME_HR, s->competition.organ, &hr, e) ||
	    !act_holds(&act, ROLE_NAME_AUDITOR, s->competition.organ, &auditor, e))
		return false;
	json_t *row = json_array_get(rows, 0);
	(void)json_object_set_new(model, "screening", row ? json_incref(row) : json_null());
	(void)json_object_set_new(model, "screens",
				  json_boolean((hr || auditor) && strcmp(s->state, "closed") == 0));
	return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

#include "web/route_table.h"

const struct route screening_routes[] = {
	{ GET, "/sittings/:sitting/screening", ROLE_HR | ROLE_AUDITOR, screening_list,
	  "screening/list", list_params, "Signs in the answers of a sitting (F67).",
	  .list = &listing },
	{ POST, "/sittings/:sitting/screening", ROLE_HR, screening_run, "screening/list",
	  run_params, "Looks for such signs.", .slow = screening_slow, .again = screening_list },
	{ GET, "/sittings/:sitting/screening/:signal", ROLE_HR | ROLE_AUDITOR, screening_show,
	  "screening/show", show_params, "One sign: what it rests on, and what came of it." },
	{ POST, "/sittings/:sitting/screening/:signal", ROLE_HR, screening_do_settle,
	  "screening/show", settle_params, "Notes what a person made of it.",
	  .again = screening_show },
	{ 0 },
};

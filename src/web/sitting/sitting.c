#include "web/sitting/sitting.h"

#include "app/sitting/sitting.h"
#include "app/video/room.h"
#include "web/bank/vault.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/board.h"
#include "web/sitting/draw.h"
#include "web/sitting/hall_node.h"
#include "web/sitting/incident.h"
#include "web/sitting/record.h"

#include <string.h>

static const char *const documents[] = { "id_card", "passport", "service_id", NULL };
static const char *const filters[] = { "troubled", NULL };
static const char *const bindings[] = { "none", "key", "certificate", NULL };
static const char *const records[] = { "seats", "hall", "outside", NULL };
static const char *const recordings[] = { "confirmed", "switched_off", NULL };

const struct param sitting_list_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, false, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct list_column sitting_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_SORTS, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "hall", "sitting.hall", LIST_TEXT, LIST_SORTS, NULL },
	{ "planned_ms", "sitting.planned", LIST_TIME, LIST_SORTS, NULL },
	{ "candidates", "sitting.candidates", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "sitting.state" },
	{ 0 },
};
const struct list sitting_listing = { "sittings", "sitting.list.title", sitting_columns, 50 };
const struct param sitting_new_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, false, NULL },
	PARAMS_END,
};
const struct param sitting_create_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	{ "hall", P_INT, 1, INT64_MAX, true, NULL },
	{ "planned", P_TIME, 0, 0, true, NULL },
	{ "binding", P_CHOICE, 0, 0, true, bindings },
	{ "forms_most", P_INT, 0, 1000000, false, NULL },
	{ "record", P_CHOICE, 0, 0, false, records },
	{ "cameras", P_INT, 1, VIDEO_HALL_CAMERAS, false, NULL },
	PARAMS_END,
};
const struct param sitting_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param sitting_show_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "only", P_CHOICE, 0, 0, false, filters },
	PARAMS_END,
};
const struct param sitting_admit_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "candidate", P_INT, 1, INT64_MAX, true, NULL },
	{ "document_seen", P_CHOICE, 0, 0, true, documents },
	{ "seat", P_INT, 1, 1000, true, NULL },
	PARAMS_END,
};
const struct param sitting_postpone_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "planned", P_TIME, 0, 0, true, NULL },
	PARAMS_END,
};
const struct param sitting_cancel_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "reason", P_TEXT, 1, 500, true, NULL },
	PARAMS_END,
};
const struct param sitting_recording_params[] = {
	{ "sitting", P_INT, 1, INT64_MAX, true, NULL },
	{ "recording", P_CHOICE, 0, 0, true, recordings },
	PARAMS_END,
};

/* ---- list ------------------------------------------------------------------------------ */

bool sitting_list(struct req *r, json_t *model, struct err *e)
{
	int64_t competition = in_has(r, "competition") ? in_int(r, "competition") : 0;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT s.id, s.state, s.planned_ms, c.post, h.name_kk, h.name_ru,"
			" (SELECT COUNT(*) FROM attempt t WHERE t.sitting_id = s.id) AS candidates"
			"  FROM sitting s JOIN hall h ON h.id = s.hall_id"
			" JOIN competition c ON c.id = s.competition_id"
			" WHERE $1 = 0 OR s.competition_id = $1 ORDER BY s.id DESC",
			db_int(competition));
	size_t i = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		const char *hall = row_text(row, in_kazakh(r) ? "name_kk" : "name_ru");
		(void)json_object_set_new(row, "hall", json_string(hall));
		(void)json_object_del(row, "name_kk");
		(void)json_object_del(row, "name_ru");
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
	}
	list_rows(r, model, rows);
	(void)json_object_set_new(model, "operator", json_boolean(req_is(r, ROLE_OPERATOR)));
	return true;
}

/* ---- a new one --------------------------------------------------------------------------- */

static bool add_halls(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT h.id, h.name_kk, h.name_ru, h.seats FROM hall h"
			       " WHERE NOT EXISTS (SELECT 1 FROM hall_closing c"
			       "  WHERE c.hall_id = h.id AND c.reopened_ms IS NULL) ORDER BY h.id");
	json_t *list = json_array();
	size_t i = 0;
	const json_t *row = NULL;
	(void)json_object_set_new(model, "halls", list);
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:s}", "id", (json_int_t)row_number(row, "id"), "name",
				  arena_print(r->arena, "%s (%lld)",
					      row_text(row, in_kazakh(r) ? "name_kk" : "name_ru"),
					      (long long)row_number(row, "seats"))));
	(void)json_object_set_new(model, "offers", json_boolean(json_array_size(list) > 0));
	return rows != NULL;
}

/* R28-3: asked for where the installation records; elsewhere there is but one way. */
static bool add_records(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_service service = { 0 };
	if (!video_service_of(&act, &service, e))
		return false;
	(void)json_object_set_new(model, "records",
				  service.known ? word_options(r, records, "sitting.record")
						: json_array());
	(void)json_object_set_new(model, "record", json_string("seats"));
	(void)json_object_set_new(model, "chooses_record", json_boolean(service.known));
	return true;
}

bool sitting_new(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, post, organ FROM competition WHERE state = 'announced'"
			       " ORDER BY id DESC");
	json_t *list = json_array();
	size_t i = 0;
	const json_t *row = NULL;
	(void)json_object_set_new(model, "competitions", list);
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:s}", "id", (json_int_t)row_number(row, "id"), "name",
				  arena_print(r->arena, "№ %lld · %s, %s",
					      (long long)row_number(row, "id"),
					      post_name(r, row_text(row, "post")),
					      organ_name(r, row_text(row, "organ")))));
	(void)json_object_set_new(model, "chosen",
				  in_has(r, "competition")
					  ? json_integer((json_int_t)in_int(r, "competition"))
					  : json_null());
	json_t *choices = json_array();
	for (const char *const *b = bindings; *b; b++)
		(void)json_array_append_new(
			choices, json_pack("{s:s,s:s}", "id", *b, "key",
					   arena_print(r->arena, "sitting.binding.%s", *b)));
	(void)json_object_set_new(model, "bindings", choices);
	(void)json_object_set_new(model, "binding", json_string("none"));
	return rows && add_halls(r, model, e) && add_records(r, model, e);
}

bool sitting_create(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	int64_t id = 0;
	const struct sitting_plan plan = { .competition_id = in_int(r, "competition"),
					   .hall_id = in_int(r, "hall"),
					   .planned_ms = in_int(r, "planned"),
					   .forms_most = in_int(r, "forms_most"),
					   .binding = in_text(r, "binding"),
					   .record = in_has(r, "record") ? in_text(r, "record")
									 : NULL,
					   .cameras = in_int(r, "cameras") };
	if (!sitting_open(&act, &plan, &id, e))
		return false;
	r->notice = "sitting.notice.opened";
	req_go(r, "/sittings/%lld", (long long)id);
	return true;
}

/* ---- one sitting ---------------------------------------------------------------------------- */

/* R13-1: candidates admitted to the test who have no attempt yet. */
static bool add_waiting(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *list = json_array();
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "waiting", list);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id FROM application a JOIN person p ON p.id = a.person_id"
			       " WHERE a.competition_id = $1 AND a.state = 'sent'"
			       " AND NOT EXISTS (SELECT 1 FROM attempt t"
			       "  WHERE t.application_id = a.id) ORDER BY p.sort_key",
			       db_int(s->competition.id));
	json_array_foreach (rows, i, row) {
		struct candidate c = { 0 };
		if (!candidate_load(&act, row_number(row, "id"), &c, e))
			return false;
		if (c.admission.to_studies)
			(void)json_array_append_new(list, json_pack("{s:I,s:s}", "id",
								    (json_int_t)c.application_id,
								    "name", c.name));
	}
	return rows != NULL;
}

static void add_choices(const struct req *r, json_t *model)
{
	json_t *list = json_array();
	for (const char *const *d = documents; *d; d++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s}", "id", *d, "key",
					arena_print(r->arena, "sitting.document.%s", *d)));
	(void)json_object_set_new(model, "documents", list);
}

/* What the page of a sitting needs while people are checked in. */
static bool add_open(struct req *r, const struct sitting *s, bool operates, json_t *model,
		     struct err *e)
{
	if (operates)
		add_choices(r, model);
	return board_seats(r, s, model, e) && draw_model(r, s, model, e) &&
	       record_model(r, s, operates, model, e) && vault_sitting_model(r, s->id, model, e) &&
	       (!operates || (add_waiting(r, s, model, e) && board_officials(r, s, model, e)));
}

/* Stops whose time may be taken back with an act (F44). */
static bool add_reversible(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	json_t *list = json_array();
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT x.id, x.reason, t.code FROM stop x"
			       " LEFT JOIN attempt t ON t.id = x.attempt_id WHERE x.sitting_id = $1"
			       " AND x.until_ms IS NOT NULL AND x.reversal_id IS NULL"
			       " AND x.kind <> 'breach' ORDER BY x.id",
			       db_int(s->id));
	json_array_foreach (rows, i, row)
		(void)json_array_append_new(
			list,
			json_pack("{s:I,s:s}", "id", (json_int_t)row_number(row, "id"), "name",
				  arena_print(r->arena, "%s · %s", row_text(row, "reason"),
					      row_text(row, "code"))));
	(void)json_object_set_new(model, "reversible", list);
	return rows != NULL;
}

static bool add_running(struct req *r, const struct sitting *s, bool operates, json_t *model,
			struct err *e)
{
	if (!board_live(r, s, model, e) || !record_model(r, s, operates, model, e) ||
	    !record_open_incidents(r, s, model, e) || !incident_model(r, s, 0, model, e))
		return false;
	if (!operates)
		return true;
	json_t *kinds =
		json_pack("[{s:s,s:s},{s:s,s:s}]", "id", "failure", "key", "sitting.stop.failure",
			  "id", "other", "key", "sitting.stop.other");
	(void)json_object_set_new(model, "kinds", kinds);
	return add_reversible(r, s, model, e) && board_officials(r, s, model, e);
}

static bool add_closed(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	(void)json_object_set_new(model, "names",
				  s->names_ms ? json_pack("{s:b}", "open", true)
					      : json_pack("{s:b,s:b,s:b}", "open", false, "asked",
							  s->names_asked_by != 0, "mine",
							  s->names_asked_by == r->actor.person_id));
	return board_results(r, s, model, e) && incident_model(r, s, 0, model, e);
}

static bool add_by_state(struct req *r, const struct sitting *s, bool operates, json_t *model,
			 struct err *e)
{
	if (strcmp(s->state, "cancelled") == 0)
		return true;
	if (strcmp(s->state, "closed") != 0)
		(void)json_object_set_new(model, "operator", json_boolean(operates));
	if (strcmp(s->state, "open") == 0)
		return add_open(r, s, operates, model, e);
	if (strcmp(s->state, "given") == 0)
		return board_seats(r, s, model, e) &&
		       hall_node_model(r, s->id, s->hall_organ, model, e);
	if (strcmp(s->state, "sealed") == 0)
		return hall_node_model(r, s->id, s->hall_organ, model, e) &&
		       board_seats(r, s, model, e) && draw_model(r, s, model, e) &&
		       record_model(r, s, operates, model, e) &&
		       (!operates || board_sealers(r, s, model, e));
	return strcmp(s->state, "running") == 0 ? add_running(r, s, operates, model, e)
						: add_closed(r, s, model, e);
}

bool sitting_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	bool may = false;
	if (!sitting_load(&act, in_int(r, "sitting"), &s, e) ||
	    !act_holds(&act, ROLE_NAME_OPERATOR, s.hall_organ, &may, e) ||
	    (!may && !act_require(&act, ROLE_NAME_HR, s.competition.organ, e)))
		return false;
	json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT s.id, s.state, s.recording, s.planned_ms, s.started_ms,"
		" s.closed_ms, s.minutes, s.binding, s.cancelled_reason, h.name_kk, h.name_ru"
		"  FROM sitting s JOIN hall h ON h.id = s.hall_id WHERE s.id = $1",
		db_int(s.id));
	if (!row || !add_by_state(r, &s, may, model, e))
		return false;
	(void)json_object_set_new(row, "hall",
				  json_string(row_text(row, in_kazakh(r) ? "name_kk" : "name_ru")));
	(void)json_object_del(row, "name_kk");
	(void)json_object_del(row, "name_ru");
	(void)json_object_set_new(row, "post", json_string(post_name(r, s.competition.post)));
	if (may && s.started_ms == 0 && strcmp(s.record, "outside") == 0)
		(void)json_object_set_new(row, "switch",
					  json_boolean(s.competition.rules->recording_may_be_off));
	else
		(void)json_object_del(row, "recording");
	(void)json_object_set(model, "sitting", row);
	return true;
}

/* ---- what the operator does ------------------------------------------------------------------ */

static void back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sittings/%lld", (long long)in_int(r, "sitting"));
}

bool sitting_check_in(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!sitting_admit(&act, in_int(r, "sitting"), in_int(r, "candidate"),
			   in_text(r, "document_seen"), in_int(r, "seat"), e))
		return false;
	back(r, "sitting.notice.admitted");
	return true;
}

bool sitting_put_off(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!sitting_postpone(&act, in_int(r, "sitting"), in_int(r, "planned"), e))
		return false;
	back(r, "sitting.notice.postponed");
	return true;
}

bool sitting_call_off(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!sitting_cancel(&act, in_int(r, "sitting"), in_text(r, "reason"), e))
		return false;
	back(r, "sitting.notice.cancelled");
	return true;
}

bool sitting_set_recording(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!sitting_record(&act, in_int(r, "sitting"), in_text(r, "recording"), e))
		return false;
	back(r, "sitting.notice.recording");
	return true;
}

bool sitting_end(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!sitting_close(&act, in_int(r, "sitting"), e))
		return false;
	back(r, "sitting.notice.closed");
	return true;
}

bool sitting_name(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!sitting_open_names(&act, in_int(r, "sitting"), e))
		return false;
	back(r, "sitting.notice.names");
	return true;
}

#include "app/sitting/record.h"

#include "app/video/room.h"
#include "law/sitting.h"

#include <string.h>

static bool is_recorded_here(const char *record)
{
	return strcmp(record, "outside") != 0;
}

/* ---- the plan ------------------------------------------------------------------------------- */

static bool check_plan(const char *record, const struct sitting_plan *plan, struct err *e)
{
	const bool hall = strcmp(record, "hall") == 0;
	if (!hall && strcmp(record, "seats") != 0 && is_recorded_here(record))
		return err_input(e, "record", "error.required", "no such way to record");
	return !hall || (plan->cameras >= 0 && plan->cameras <= VIDEO_HALL_CAMERAS) ||
	       err_input(e, "cameras", "sitting.error.cameras", "1 to %d", VIDEO_HALL_CAMERAS);
}

static int64_t cameras_of(const struct sitting_plan *plan)
{
	return plan->cameras > 0 ? plan->cameras : 1;
}

/* F74: what cannot be kept is not begun. */
static bool require_disk(bool fits, struct err *e)
{
	return fits || err_set(e, ERR_CONFLICT, "sitting.error.disk", "the records do not fit");
}

bool sitting_record_settle(const struct act *act, const struct sitting_plan *plan,
			   const struct competition *c, int64_t seats, const char **ret,
			   struct err *e)
{
	struct video_service service = { 0 };
	int64_t bytes = 0;
	bool fits = true;
	if (!video_service_of(act, &service, e))
		return false;
	const char *record = plan->record ? plan->record : service.known ? "seats" : "outside";
	if (!check_plan(record, plan, e))
		return false;
	if (!sitting_require_record(c->rules, record, service.known, e))
		return err_field(e, "record");
	if (is_recorded_here(record)) {
		const int64_t sources = strcmp(record, "hall") == 0 ? cameras_of(plan) : seats;
		if (!service.alive) {
			(void)err_set(e, ERR_CONFLICT, "video.error.away", "nothing records");
			return err_field(e, "record");
		}
		if (!video_forecast(act, sources, rule_set_value(c->rules, PARAM_TEST_MINUTES),
				    &bytes, &fits, e))
			return false;
		if (!require_disk(fits, e))
			return err_field(e, "record");
	}
	*ret = record;
	return true;
}

bool sitting_record_open(const struct act *act, int64_t id, const char *record, int64_t cameras,
			 struct err *e)
{
	struct video_source source = { 0 };
	int64_t room = 0;
	if (!is_recorded_here(record))
		return true;
	if (!video_room_want(act, id, 0, record, &room, e))
		return false;
	if (strcmp(record, "hall") != 0)
		return true;
	for (int64_t number = 1; number <= (cameras > 0 ? cameras : 1); number++) {
		if (!video_source_want(act, room, "hall", number, &source, e))
			return false;
	}
	return true;
}

bool sitting_record_seat(const struct act *act, const struct sitting *s, int64_t attempt,
			 struct err *e)
{
	struct video_room room = { 0 };
	struct video_source source = { 0 };
	return strcmp(s->record, "seats") != 0 ||
	       (video_room_of_sitting(act, s->id, &room, e) &&
		video_source_want(act, room.id, "seat", attempt, &source, e));
}

/* ---- the gate ------------------------------------------------------------------------------- */

static const char *kind_of(const struct sitting *s)
{
	return strcmp(s->record, "hall") == 0 ? "hall" : "seat";
}

/* What the start tells of: [{source, seat}]. */
static json_t *sources_of(const struct act *act, const struct sitting *s, int64_t room,
			  struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT s.id AS source, COALESCE(t.seat, '' || s.number) AS seat"
		       "  FROM video_source s LEFT JOIN attempt t ON t.id = s.attempt_id"
		       " WHERE s.room_id = $1 AND s.kind = $2 AND s.absent_ms IS NULL"
		       " ORDER BY s.id",
		       db_int(room), db_text(kind_of(s)));
}

/* What is not recorded and not said to be empty, by its seats or cameras. */
static size_t name_missing(const struct act *act, const json_t *missing, const json_t *absent,
			   const char **ret)
{
	const char *seats = "";
	size_t count = 0;
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (missing, i, row) {
		const int64_t source = row_number(row, "source");
		bool excused = false;
		for (size_t k = 0; k < json_array_size(absent); k++)
			excused = excused || row_number(json_array_get(absent, k), "id") == source;
		if (excused)
			continue;
		seats = arena_print(act->arena, "%s%s%lld", seats, count ? ", " : "",
				    (long long)row_number(row, "seat"));
		count++;
	}
	*ret = seats;
	return count;
}

static bool require_sources(const struct act *act, const struct video_room *room, struct err *e)
{
	const char *seats = "";
	json_t *missing = NULL;
	if (!room->there)
		return err_set(e, ERR_CONFLICT, "video.error.closed", "there is no room");
	const json_t *absent = db_rows(act->db, act->arena, e,
				       "SELECT id FROM video_source WHERE room_id = $1"
				       " AND absent_ms IS NOT NULL",
				       db_int(room->id));
	if (!absent || !video_missing(act, room, &missing, e))
		return false;
	const size_t count = name_missing(act, missing, absent, &seats);
	return sitting_require_sources(count, e) || err_value(e, seats);
}

bool sitting_record_gate(const struct act *act, const struct sitting *s, json_t **ret_sources,
			 struct err *e)
{
	struct video_room room = { 0 };
	struct record_forecast forecast = { 0 };
	if (!is_recorded_here(s->record)) {
		json_t *none = json_array();
		json_in_arena(act->arena, none);
		*ret_sources = none;
		return sitting_require_recording(s->competition.rules, recording_of(s->recording),
						 e);
	}
	if (!video_room_of_sitting(act, s->id, &room, e))
		return false;
	json_t *sources = sources_of(act, s, room.id, e);
	if (!sources || !require_sources(act, &room, e) ||
	    !sitting_record_forecast(act, s, &forecast, e) || !require_disk(forecast.fits, e))
		return false;
	*ret_sources = sources;
	return true;
}

bool sitting_record_confirm(const struct act *act, struct sitting *s, json_t *sources,
			    struct err *e)
{
	struct act system = *act;
	system.person_id = 0;
	if (!is_recorded_here(s->record))
		return true;
	s->recording = "confirmed";
	return db_exec(act->db, e, NULL,
		       "UPDATE sitting SET recording = 'confirmed', recording_by = NULL"
		       " WHERE id = $1",
		       db_int(s->id)) &&
	       sitting_note(&system, s, "sitting.recording",
			    json_pack("{s:s,s:s,s:O}", "recording", "confirmed", "record",
				      s->record, "sources", sources),
			    e);
}

/* ---- who is not there ------------------------------------------------------------------------ */

/* The sitting, for its operator and before the start, and the source of the seat. */
static bool load_seat(const struct act *act, int64_t id, int64_t attempt, struct sitting *ret,
		      json_t **ret_row, struct err *e)
{
	if (!sitting_load_operator(act, id, ret, e))
		return false;
	if (ret->started_ms != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.started", "the sitting has started");
	*ret_row = db_row(act->db, act->arena, e,
			  "SELECT s.id, s.absent_ms, t.seat FROM video_source s"
			  "  JOIN attempt t ON t.id = s.attempt_id"
			  " WHERE t.sitting_id = $1 AND t.id = $2",
			  db_int(id), db_int(attempt));
	return *ret_row != NULL;
}

bool sitting_absent(const struct act *act, int64_t id, int64_t attempt, const char *reason,
		    struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	json_t *row = NULL;
	if (!*reason || strlen(reason) > (size_t)ABSENT_REASON_MOST * 4)
		return err_input(e, "reason", "error.required", "no reason given");
	if (!db_begin(act->db, &tx, e) || !load_seat(act, id, attempt, &s, &row, e))
		return false;
	if (row_has(row, "absent_ms"))
		return err_set(e, ERR_CONFLICT, "sitting.error.absent", "said already");
	return db_exec(act->db, e, NULL,
		       "UPDATE video_source SET absent_ms = $1, absent_by = $2,"
		       " absent_reason = $3 WHERE id = $4",
		       db_int(act->now_ms), db_int(act->person_id), db_text(reason),
		       db_int(row_number(row, "id"))) &&
	       sitting_note(act, &s, "sitting.absent",
			    json_pack("{s:I,s:s,s:s}", "attempt", (json_int_t)attempt, "seat",
				      row_text(row, "seat"), "reason", reason),
			    e) &&
	       db_commit(&tx, e);
}

bool sitting_present(const struct act *act, int64_t id, int64_t attempt, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	json_t *row = NULL;
	if (!db_begin(act->db, &tx, e) || !load_seat(act, id, attempt, &s, &row, e))
		return false;
	if (!row_has(row, "absent_ms"))
		return err_set(e, ERR_CONFLICT, "sitting.error.present", "nobody said so");
	return db_exec(act->db, e, NULL,
		       "UPDATE video_source SET absent_ms = NULL, absent_by = NULL,"
		       " absent_reason = '' WHERE id = $1",
		       db_int(row_number(row, "id"))) &&
	       sitting_note(act, &s, "sitting.present",
			    json_pack("{s:I,s:s}", "attempt", (json_int_t)attempt, "seat",
				      row_text(row, "seat")),
			    e) &&
	       db_commit(&tx, e);
}

/* ---- how much it is -------------------------------------------------------------------------- */

/* While people are checked in, a seat of the hall is as good as taken. */
bool sitting_record_forecast(const struct act *act, const struct sitting *s,
			     struct record_forecast *ret, struct err *e)
{
	struct video_service service = { 0 };
	struct record_forecast f = { .minutes = s->minutes };
	const bool open = strcmp(s->state, "open") == 0 && strcmp(s->record, "seats") == 0;
	if (!video_service_of(act, &service, e) ||
	    !db_number(act->db, e, &f.sources,
		       "SELECT COUNT(*) FROM video_source s JOIN video_room r ON r.id = s.room_id"
		       " WHERE r.sitting_id = $1 AND s.kind = $2 AND s.absent_ms IS NULL",
		       db_int(s->id), db_text(kind_of(s))))
		return false;
	if (open)
		f.sources = s->seats;
	f.free_bytes = service.free_bytes;
	if (!video_forecast(act, f.sources, f.minutes, &f.bytes, &f.fits, e))
		return false;
	*ret = f;
	return true;
}

#include "app/video/incident.h"

#include "app/competition/commission.h"
#include "app/interview/interview.h"
#include "app/sitting/sitting.h"

#include <string.h>

/* ---- reading --------------------------------------------------------------------------------- */

bool video_incidents(const struct act *act, int64_t room, bool open, json_t **ret, struct err *e)
{
	json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT i.id, i.room_id, i.source_id, i.segment_id, i.kind, i.from_ms, i.until_ms,"
		" i.choice, i.reason, i.chosen_by, i.chosen_ms, s.kind AS source_kind, s.number,"
		" s.attempt_id, t.seat, t.code, p.family AS by_family, p.given AS by_given"
		"  FROM video_incident i LEFT JOIN video_source s ON s.id = i.source_id"
		"  LEFT JOIN attempt t ON t.id = s.attempt_id"
		"  LEFT JOIN person p ON p.id = i.chosen_by"
		" WHERE i.room_id = $1 AND ($2 = 0 OR i.until_ms IS NULL OR i.choice = '')"
		" ORDER BY i.id DESC",
		db_int(room), db_int(open));
	if (!rows)
		return false;
	*ret = rows;
	return true;
}

/* ---- what is done -------------------------------------------------------------------------- */

static bool check_choice(const char *choice, const char *reason, struct err *e)
{
	if (strcmp(choice, "stop") != 0 && strcmp(choice, "act") != 0 &&
	    strcmp(choice, "go_on") != 0)
		return err_input(e, "choice", "error.required", "no such choice");
	return (*reason && strlen(reason) <= (size_t)VIDEO_REASON_MOST * 4) ||
	       err_input(e, "reason", "video.error.why", "no reason given");
}

/* The operator of the hall; of an interview the secretary of the commission. */
static bool require_chooser(const struct act *act, const struct video_room *room, struct err *e)
{
	struct sitting s = { 0 };
	struct interview i = { 0 };
	if (room->sitting_id != 0)
		return sitting_load_operator(act, room->sitting_id, &s, e);
	return interview_load(act, room->interview_id, &i, e) &&
	       commission_require_secretary(act, i.competition.id, e);
}

/* R28-3, F68 */
bool video_incident_choose(const struct act *act, int64_t incident, const char *choice,
			   const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct video_room room = { 0 };
	if (!check_choice(choice, reason, e) || !db_begin(act->db, &tx, e))
		return false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT room_id, source_id, kind, choice FROM video_incident"
				   " WHERE id = $1",
				   db_int(incident));
	if (!row || !video_room_load(act, row_number(row, "room_id"), &room, e) ||
	    !require_chooser(act, &room, e))
		return false;
	if (*row_text(row, "choice"))
		return err_set(e, ERR_CONFLICT, "video.error.chosen", "somebody has chosen");
	if (!db_exec(act->db, e, NULL,
		     "UPDATE video_incident SET choice = $1, reason = $2, chosen_by = $3,"
		     " chosen_ms = $4 WHERE id = $5",
		     db_text(choice), db_text(reason), db_int(act->person_id), db_int(act->now_ms),
		     db_int(incident)))
		return false;
	return video_note(act, &room, "video.choice",
			  json_pack("{s:I,s:I,s:s,s:s,s:s}", "incident", (json_int_t)incident,
				    "source", (json_int_t)row_number(row, "source_id"), "kind",
				    row_text(row, "kind"), "choice", choice, "reason", reason),
			  e) &&
	       db_commit(&tx, e);
}

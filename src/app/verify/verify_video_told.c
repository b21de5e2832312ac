/* verify_video_told.c - rooms, warnings, incidents, views and device checks of records against the
 * single entries that made them (R28-3, F38, F68, F74, F88).
 *
 * Rows are held against headers, which stay; entries whose contents stand against their rows. */
#include "app/verify/verify.h"
#include "app/video/viewing.h"

#include <string.h>

/* SQL: an entry `j` about room `r`. */
#define ABOUT_ROOM                                                                                 \
	"j.subject = CASE WHEN r.sitting_id IS NULL THEN 'interview/' || r.interview_id"           \
	" ELSE 'sitting/' || r.sitting_id END AND j.kind <> 'test.answer'"

/* $1 and $2 of the queries that look for the row of an entry: what its room is of. */
#define ROOM_OF_ENTRY "(r.sitting_id = $1 OR r.interview_id = $2)"

static int64_t sitting_of(const struct verify_entry *entry)
{
	return verify_number_of(entry->subject, "sitting/");
}

static int64_t interview_of(const struct verify_entry *entry)
{
	return verify_number_of(entry->subject, "interview/");
}

static bool found_unless(struct verify_report *r, bool there, const char *at, int64_t number,
			 const char *why)
{
	if (!there)
		verify_found(r, "video", at, number, why);
	return true;
}

/* ---- rooms --------------------------------------------------------------------------------- */

static bool look_room(const struct act *act, struct verify_report *r,
		      const struct verify_entry *entry, struct err *e)
{
	bool there = false;
	return db_exists(act->db, e, &there,
			 "SELECT 1 FROM video_room r WHERE " ROOM_OF_ENTRY " AND r.needs = $3"
			 " AND r.created_ms = $4",
			 db_int(sitting_of(entry)), db_int(interview_of(entry)),
			 db_text(row_text(entry->content, "needs")), db_int(entry->at_ms)) &&
	       found_unless(r, there, "entry", entry->seq,
			    "what has to be recorded is not what the journal tells");
}

static bool check_rooms(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "video", "video_room", "the journal does not tell of it",
			   db_rows(act->db, act->arena, e,
				   "SELECT r.id AS number FROM video_room r WHERE NOT EXISTS"
				   " (SELECT 1 FROM journal_entry j WHERE " ABOUT_ROOM
				   "  AND j.kind = 'video.room' AND j.at_ms = r.created_ms)"
				   " ORDER BY r.id")) &&
	       verify_entries(act, r, "video.room", look_room, e);
}

/* ---- warnings, and with them who sits where
 * ------------------------------------------------------ */

/* R28-3, R47-2: the entry is of the hand of whoever the source is said to be. */
static bool check_warnings(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "video", "video_source",
			   "whoever sits there has not confirmed the warning at that instant",
			   db_rows(act->db, act->arena, e,
				   "SELECT v.id AS number FROM video_source v"
				   "  JOIN video_room r ON r.id = v.room_id"
				   "  LEFT JOIN attempt t ON t.id = v.attempt_id"
				   "  LEFT JOIN application a"
				   "   ON a.id = COALESCE(t.application_id, v.application_id)"
				   " WHERE v.warned_ms IS NOT NULL AND NOT EXISTS (SELECT 1"
				   "  FROM journal_entry j WHERE " ABOUT_ROOM
				   "  AND j.kind = 'video.warned' AND j.at_ms = v.warned_ms"
				   "  AND j.actor_id = a.person_id) ORDER BY v.id")) &&
	       verify_each(r, "video", "video_source", "it is of another sitting or interview",
			   db_rows(act->db, act->arena, e,
				   "SELECT v.id AS number FROM video_source v"
				   "  JOIN video_room r ON r.id = v.room_id"
				   "  LEFT JOIN attempt t ON t.id = v.attempt_id"
				   "  LEFT JOIN interview_candidate c"
				   "   ON c.application_id = v.application_id"
				   " WHERE (v.attempt_id IS NOT NULL"
				   "   AND COALESCE(t.sitting_id, 0) <> COALESCE(r.sitting_id, 0))"
				   "  OR (v.application_id IS NOT NULL AND"
				   "   COALESCE(c.interview_id, 0) <> COALESCE(r.interview_id, 0))"
				   " ORDER BY v.id"));
}

static bool look_warned(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	const int64_t id = row_number(entry->content, "source");
	bool there = false;
	return db_exists(
		       act->db, e, &there,
		       "SELECT 1 FROM video_source v LEFT JOIN attempt t ON t.id = v.attempt_id"
		       " JOIN application a ON a.id = COALESCE(t.application_id, v.application_id)"
		       " WHERE v.id = $1 AND v.warned_ms = $2 AND a.person_id = $3",
		       db_int(id), db_int(entry->at_ms), db_int(entry->actor_id)) &&
	       found_unless(r, there, "video_source", id,
			    "another has confirmed the warning than whoever is said to sit there");
}

/* ---- incidents ----------------------------------------------------------------------------- */

/* Those of a segment have their entry in video.checked: verify_video.c. */
static bool check_incidents(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(
		       r, "video", "video_incident",
		       "it begins or ends when the journal tells of no such thing",
		       db_rows(act->db, act->arena, e,
			       "SELECT i.id AS number FROM video_incident i"
			       "  JOIN video_room r ON r.id = i.room_id WHERE i.segment_id IS NULL"
			       " AND (NOT EXISTS (SELECT 1 FROM journal_entry j WHERE " ABOUT_ROOM
			       "   AND j.kind IN ('video.lost', 'video.away', 'video.disk')"
			       "   AND j.at_ms = i.from_ms)"
			       "  OR (i.until_ms IS NOT NULL AND NOT EXISTS (SELECT 1"
			       "   FROM journal_entry j WHERE " ABOUT_ROOM
			       "   AND j.kind IN ('video.back', 'video.closed')"
			       "   AND j.at_ms = i.until_ms))) ORDER BY i.id")) &&
	       verify_each(
		       r, "video", "video_incident", "a choice that the journal does not tell of",
		       db_rows(act->db, act->arena, e,
			       "SELECT i.id AS number FROM video_incident i"
			       "  JOIN video_room r ON r.id = i.room_id WHERE i.choice <> ''"
			       " AND NOT EXISTS (SELECT 1 FROM journal_entry j WHERE " ABOUT_ROOM
			       "  AND j.kind = 'video.choice' AND j.at_ms = i.chosen_ms"
			       "  AND j.actor_id = i.chosen_by) ORDER BY i.id"));
}

/* An incident of the room and source of an entry that began, or was over, when it was written. */
static bool look_turn(const struct act *act, struct verify_report *r,
		      const struct verify_entry *entry, bool begun, const char *what, struct err *e)
{
	bool there = false;
	return db_exists(act->db, e, &there,
			 "SELECT 1 FROM video_incident i JOIN video_room r ON r.id = i.room_id"
			 " WHERE " ROOM_OF_ENTRY " AND i.segment_id IS NULL AND i.kind = $3"
			 " AND COALESCE(i.source_id, 0) = $4"
			 " AND CASE WHEN $6 = 1 THEN i.from_ms ELSE i.until_ms END = $5",
			 db_int(sitting_of(entry)), db_int(interview_of(entry)),
			 db_text(row_text(entry->content, "kind")),
			 db_int(row_number(entry->content, "source")), db_int(entry->at_ms),
			 db_int(begun)) &&
	       found_unless(r, there, "entry", entry->seq, what);
}

static bool look_begun(const struct act *act, struct verify_report *r,
		       const struct verify_entry *entry, struct err *e)
{
	return look_turn(act, r, entry, true, "an incident that the journal tells of is gone", e);
}

static bool look_back(const struct act *act, struct verify_report *r,
		      const struct verify_entry *entry, struct err *e)
{
	return look_turn(act, r, entry, false, "an incident was over, and its row does not say so",
			 e);
}

static bool look_choice(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	const int64_t id = row_number(entry->content, "incident");
	bool there = false;
	return db_exists(act->db, e, &there,
			 "SELECT 1 FROM video_incident WHERE id = $1 AND choice = $2"
			 " AND reason = $3 AND chosen_by = $4 AND chosen_ms = $5",
			 db_int(id), db_text(row_text(entry->content, "choice")),
			 db_text(row_text(entry->content, "reason")), db_int(entry->actor_id),
			 db_int(entry->at_ms)) &&
	       found_unless(r, there, "video_incident", id,
			    "what was chosen is not what the journal tells");
}

/* ---- views (F74) --------------------------------------------------------------------------- */

static bool check_views(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "video", "video_view", "the journal does not tell of it",
			   db_rows(act->db, act->arena, e,
				   "SELECT x.id AS number FROM video_view x"
				   "  JOIN video_room r ON r.id = x.room_id"
				   " WHERE x.until_ms <> x.from_ms + $1 OR NOT EXISTS (SELECT 1"
				   "  FROM journal_entry j WHERE " ABOUT_ROOM
				   "  AND j.kind = 'video.viewed' AND j.at_ms = x.from_ms"
				   "  AND j.actor_id = x.person_id) ORDER BY x.id",
				   db_int(VIDEO_VIEW_MS)));
}

/* An excerpt was taken while a reason held; else it is the reason itself. */
static bool look_viewed(const struct act *act, struct verify_report *r,
			const struct verify_entry *entry, struct err *e)
{
	const bool taken = json_object_get(entry->content, "excerpt") != NULL;
	bool there = false;
	return db_exists(
		       act->db, e, &there,
		       "SELECT 1 FROM video_view x JOIN video_room r ON r.id = x.room_id"
		       " WHERE " ROOM_OF_ENTRY " AND x.person_id = $3"
		       " AND ((x.from_ms = $4 AND COALESCE(x.source_id, 0) = $5 AND x.reason = $6)"
		       "  OR ($7 = 1 AND x.from_ms <= $4 AND x.until_ms > $4"
		       "   AND (x.source_id = $5 OR x.source_id IS NULL)))",
		       db_int(sitting_of(entry)), db_int(interview_of(entry)),
		       db_int(entry->actor_id), db_int(entry->at_ms),
		       db_int(row_number(entry->content, "source")),
		       db_text(row_text(entry->content, "reason")), db_int(taken)) &&
	       found_unless(r, there, "entry", entry->seq,
			    "somebody has looked at a record, and no row says so");
}

/* ---- device checks (F38) ------------------------------------------------------------------- */

static bool check_rehearsals(const struct act *act, struct verify_report *r, struct err *e)
{
	return verify_each(r, "video", "attempt",
			   "a device check that the journal does not tell of",
			   db_rows(act->db, act->arena, e,
				   "SELECT h.attempt_id AS number FROM video_rehearsal h"
				   "  LEFT JOIN attempt t ON t.id = h.attempt_id"
				   " WHERE NOT EXISTS (SELECT 1 FROM journal_entry j"
				   "  WHERE j.subject = 'sitting/' || t.sitting_id"
				   "  AND j.kind <> 'test.answer' AND j.kind = 'video.rehearsal'"
				   "  AND j.at_ms = h.at_ms) ORDER BY h.id"));
}

static bool flag(const json_t *content, const char *name)
{
	return json_is_true(json_object_get(content, name));
}

static bool look_rehearsal(const struct act *act, struct verify_report *r,
			   const struct verify_entry *entry, struct err *e)
{
	const int64_t attempt = row_number(entry->content, "attempt");
	bool there = false;
	return db_exists(act->db, e, &there,
			 "SELECT 1 FROM video_rehearsal WHERE attempt_id = $1 AND at_ms = $2"
			 " AND camera = $3 AND microphone = $4 AND line = $5",
			 db_int(attempt), db_int(entry->at_ms),
			 db_int(flag(entry->content, "camera")),
			 db_int(flag(entry->content, "microphone")),
			 db_int(flag(entry->content, "line"))) &&
	       found_unless(r, there, "attempt", attempt,
			    "a device check is not the one that the journal tells of");
}

bool verify_video_told(const struct act *act, struct verify_report *r, struct err *e)
{
	static const struct {
		const char *kind;
		verify_entry_fn *look;
	} row[] = {
		{ "video.warned", look_warned }, { "video.lost", look_begun },
		{ "video.away", look_begun },    { "video.disk", look_begun },
		{ "video.back", look_back },     { "video.choice", look_choice },
		{ "video.viewed", look_viewed }, { "video.rehearsal", look_rehearsal },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (!verify_entries(act, r, row[i].kind, row[i].look, e))
			return false;
	}
	return check_rooms(act, r, e) && check_warnings(act, r, e) && check_incidents(act, r, e) &&
	       check_views(act, r, e) && check_rehearsals(act, r, e);
}

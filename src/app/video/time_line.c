/* time_line.c - video_time_line() of viewing.h: what happened, from the rows that tell of it. */
#include "app/sitting/attempt.h"
#include "app/video/viewing.h"

#include <string.h>

/* Incidents of source $2, and of its whole room $3. */
#define INCIDENTS                                                                                  \
	" UNION ALL SELECT 'incident' AS kind, from_ms AS at_ms, until_ms, NULL AS number,"        \
	"  '' AS seat, kind AS what, '' AS name FROM video_incident"                               \
	"  WHERE room_id = $3 AND (source_id = $2 OR source_id IS NULL)"

/* What comes at the same moment comes in the order of a test and of an interview. */
#define IN_ORDER                                                                                   \
	" ORDER BY x.at_ms, CASE x.kind WHEN 'begun' THEN 0 WHEN 'warned' THEN 1"                  \
	" WHEN 'started' THEN 2 WHEN 'entered' THEN 3 WHEN 'heard' THEN 3 WHEN 'stopped' THEN 5"   \
	" WHEN 'resumed' THEN 6 WHEN 'ended' THEN 7 WHEN 'finished' THEN 8 WHEN 'closed' THEN 9"   \
	" ELSE 4 END, x.kind, x.seat, x.name, x.number"

/* One seat.  Of a click the time and the question are told, and whether it was the first answer to
 * it, a change, or taken back; never which option (F56).  A gap is noted when it is over. */
static json_t *of_seat(const struct act *act, const struct video_source *s, struct err *e)
{
	return db_rows(
		act->db, act->arena, e,
		EVENTS_OF_ATTEMPT
		", click AS (SELECT id, number, choice, accepted, at_ms,"
		"  ROW_NUMBER() OVER (PARTITION BY number, accepted ORDER BY id) AS nth FROM event)"
		" SELECT x.* FROM ("
		" SELECT CASE WHEN accepted = 0 THEN 'answer_late'"
		"   WHEN choice IS NULL THEN 'answer_back' WHEN nth = 1 THEN 'answer_first'"
		"   ELSE 'answer_changed' END AS kind, at_ms, CAST(NULL AS BIGINT) AS until_ms, "
		"number,"
		"  '' AS seat, '' AS what, '' AS name FROM click"
		" UNION ALL SELECT kind, CASE WHEN kind = 'gap' THEN at_ms - length_ms ELSE at_ms"
		"   END, CASE WHEN kind = 'gap' THEN at_ms END, NULL, seat, '', ''"
		"  FROM seat_event WHERE attempt_id = $1"
		" UNION ALL SELECT 'started', started_ms, NULL, NULL, seat, '', '' FROM attempt"
		"  WHERE id = $1 AND started_ms IS NOT NULL"
		" UNION ALL SELECT 'finished', finished_ms, NULL, NULL, seat, finish, ''"
		"  FROM attempt WHERE id = $1 AND finished_ms IS NOT NULL"
		" UNION ALL SELECT 'act', at_ms, NULL, NULL, '', kind, '' FROM sitting_act"
		"  WHERE attempt_id = $1"
		" UNION ALL SELECT 'warned', warned_ms, NULL, NULL, '', '', '' FROM video_source"
		"  WHERE id = $2 AND warned_ms IS NOT NULL" INCIDENTS ") x" IN_ORDER,
		db_int(s->attempt_id), db_int(s->id), db_int(s->room_id));
}

/* A camera of the hall sees all: what was done for all, and whose test ended when. */
static json_t *of_hall(const struct act *act, const struct video_source *s, int64_t sitting,
		       struct err *e)
{
	return db_rows(
		act->db, act->arena, e,
		"SELECT x.* FROM ("
		" SELECT 'started' AS kind, started_ms AS at_ms, CAST(NULL AS BIGINT) AS until_ms,"
		"  CAST(NULL AS BIGINT) AS number, '' AS seat, '' AS what, '' AS name FROM sitting"
		"  WHERE id = $1 AND started_ms IS NOT NULL"
		" UNION ALL SELECT 'closed', closed_ms, NULL, NULL, '', '', '' FROM sitting"
		"  WHERE id = $1 AND closed_ms IS NOT NULL"
		" UNION ALL SELECT 'stop', p.from_ms, p.until_ms, NULL, COALESCE(t.seat, ''),"
		"   p.kind, '' FROM stop p LEFT JOIN attempt t ON t.id = p.attempt_id"
		"  WHERE p.sitting_id = $1"
		" UNION ALL SELECT 'act', d.at_ms, NULL, NULL, COALESCE(t.seat, ''), d.kind, ''"
		"  FROM sitting_act d LEFT JOIN attempt t ON t.id = d.attempt_id"
		"  WHERE d.sitting_id = $1"
		" UNION ALL SELECT 'finished', finished_ms, NULL, NULL, seat, finish, ''"
		"  FROM attempt WHERE sitting_id = $1 AND finished_ms IS NOT NULL" INCIDENTS
		") x" IN_ORDER,
		db_int(sitting), db_int(s->id), db_int(s->room_id));
}

/* Whoever is heard is known by name there; a candidate's own record speaks of nobody else ($4). */
static json_t *of_interview(const struct act *act, const struct video_source *s, int64_t interview,
			    struct err *e)
{
	return db_rows(
		act->db, act->arena, e,
		"WITH heard AS (SELECT c.warned_ms, c.started_ms, c.ended_ms, c.turn,"
		"  p.family || ' ' || p.given AS name FROM interview_candidate c"
		"  JOIN application a ON a.id = c.application_id"
		"  JOIN person p ON p.id = a.person_id"
		"  WHERE c.interview_id = $1 AND ($4 = 0 OR c.application_id = $4))"
		" SELECT x.* FROM ("
		" SELECT 'begun' AS kind, started_ms AS at_ms, CAST(NULL AS BIGINT) AS until_ms,"
		"  CAST(NULL AS BIGINT) AS number, '' AS seat, '' AS what, '' AS name FROM "
		"interview"
		"  WHERE id = $1 AND started_ms IS NOT NULL"
		" UNION ALL SELECT 'closed', closed_ms, NULL, NULL, '', '', '' FROM interview"
		"  WHERE id = $1 AND closed_ms IS NOT NULL"
		" UNION ALL SELECT 'warned', warned_ms, NULL, NULL, '', '', name FROM heard"
		"  WHERE warned_ms IS NOT NULL"
		" UNION ALL SELECT 'heard', started_ms, NULL, NULL, '', '', name FROM heard"
		"  WHERE started_ms IS NOT NULL"
		" UNION ALL SELECT 'ended', ended_ms, NULL, NULL, '', '', name FROM heard"
		"  WHERE ended_ms IS NOT NULL" INCIDENTS ") x" IN_ORDER,
		db_int(interview), db_int(s->id), db_int(s->room_id), db_int(s->application_id));
}

bool video_time_line(const struct act *act, const struct video_source *source, json_t **ret,
		     struct err *e)
{
	struct video_room room = { 0 };
	json_t *rows = NULL;
	if (!video_room_load(act, source->room_id, &room, e))
		return false;
	if (strcmp(source->kind, "seat") == 0)
		rows = of_seat(act, source, e);
	else if (room.sitting_id)
		rows = of_hall(act, source, room.sitting_id, e);
	else
		rows = of_interview(act, source, room.interview_id, e);
	if (rows)
		*ret = rows;
	return rows != NULL;
}

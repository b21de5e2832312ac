#include "app/sitting/seat_log.h"

#include "app/sitting/attempt.h"

#include <stdlib.h>

bool seat_log_add(const struct act *act, int64_t attempt, const char *kind, int64_t length_ms,
		  struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO seat_event (attempt_id, kind, seat, length_ms, at_ms)"
		       " SELECT id, $1, seat, $2, $3 FROM attempt WHERE id = $4",
		       db_text(kind), db_int(length_ms), db_int(act->now_ms), db_int(attempt));
}

bool seat_log_text(const struct act *act, int64_t attempt, const char **ret, struct err *e)
{
	json_t *events = db_rows(act->db, act->arena, e,
				 "SELECT kind, seat, length_ms, at_ms FROM seat_event"
				 " WHERE attempt_id = $1 ORDER BY id",
				 db_int(attempt));
	json_t *refused = db_rows(act->db, act->arena, e,
				  EVENTS_OF_ATTEMPT "SELECT number, refusal, at_ms FROM event"
						    " WHERE accepted = 0 ORDER BY id",
				  db_int(attempt));
	if (!events || !refused)
		return false;
	json_t *log = json_pack("{s:O,s:O}", "events", events, "refused", refused);
	char *text = json_dumps(log, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(log);
	*ret = arena_copy(act->arena, text ? text : "");
	free(text);
	return true;
}

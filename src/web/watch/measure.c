#include "web/watch/measure.h"

#include "app/daily.h"
#include "app/evidence/backup_note.h"
#include "db/copy.h"

#include <assert.h>
#include <string.h>

/* ---- queries --------------------------------------------------------------------------------- */

typedef bool measure_fn(struct db *db, int64_t now_ms, int64_t *ret, struct err *e);

#define QUERY(name, sql)                                                                           \
	static bool name(struct db *db, int64_t now_ms, int64_t *ret, struct err *e)               \
	{                                                                                          \
		(void)now_ms;                                                                      \
		return db_number(db, e, ret, sql);                                                 \
	}

/* $1 is now. */
#define QUERY_NOW(name, sql)                                                                       \
	static bool name(struct db *db, int64_t now_ms, int64_t *ret, struct err *e)               \
	{                                                                                          \
		return db_number(db, e, ret, sql, db_int(now_ms));                                 \
	}

QUERY_NOW(sessions, "SELECT COUNT(*) FROM session WHERE expires_ms > $1")
QUERY(sittings, "SELECT COUNT(*) FROM sitting WHERE state = 'running'")
QUERY(candidates, "SELECT COUNT(*) FROM attempt t JOIN sitting s ON s.id = t.sitting_id"
		  " WHERE s.state = 'running' AND t.void = 0 AND t.entered_ms IS NOT NULL"
		  " AND t.finished_ms IS NULL")
QUERY(stops, "SELECT COUNT(*) FROM stop WHERE until_ms IS NULL")

/* What the candidates' own computers keep back (F46): a hall that is cut off shows here last, as
 * its pulses come no more; seats that are silent do first. */
#define AT_WORK                                                                                    \
	" FROM seat_pulse p JOIN attempt t ON t.id = p.attempt_id"                                 \
	"  JOIN sitting s ON s.id = t.sitting_id"                                                  \
	" WHERE s.state = 'running' AND t.void = 0 AND t.finished_ms IS NULL"
QUERY(unsaved, "SELECT CAST(COALESCE(SUM(p.unsaved), 0) AS BIGINT)" AT_WORK)
QUERY(unsaved_age, "SELECT COALESCE(MAX(p.waiting_ms), 0)" AT_WORK)
QUERY_NOW(silent, "SELECT COUNT(*)" AT_WORK " AND p.at_ms < $1 - 20000")

QUERY(mail_waits, "SELECT COUNT(*) FROM mail WHERE state = 'queued'")
QUERY_NOW(mail_age, "SELECT COALESCE($1 - MIN(created_ms), 0) FROM mail WHERE state = 'queued'")
QUERY(scan_waits, "SELECT COUNT(*) FROM scan WHERE due_ms IS NOT NULL")
QUERY_NOW(scan_age, "SELECT COALESCE($1 - MIN(b.added_ms), 0) FROM scan s"
		    " JOIN blob b ON b.hash = s.blob_hash"
		    " WHERE s.due_ms IS NOT NULL AND s.verdict = 'waiting'")
QUERY(video_waits, "SELECT COUNT(*) FROM video_segment WHERE state = 'closed'")
QUERY_NOW(video_age, "SELECT COALESCE($1 - MIN(COALESCE(until_ms, begun_ms)), 0)"
		     " FROM video_segment WHERE state = 'closed'")
QUERY(bulk_waits, "SELECT COUNT(*) FROM bulk WHERE ended_ms IS NULL")
QUERY_NOW(bulk_age, "SELECT COALESCE($1 - MIN(started_ms), 0) FROM bulk WHERE ended_ms IS NULL")
QUERY(import_waits, "SELECT COUNT(*) FROM bank_import WHERE state IN ('checking', 'taking')")
QUERY_NOW(import_age, "SELECT COALESCE($1 - MIN(started_ms), 0) FROM bank_import"
		      " WHERE state IN ('checking', 'taking')")

/* What waits for an address that is off is nobody's to send. */
#define TOLD                                                                                       \
	" FROM hook_delivery d JOIN hook h ON h.id = d.hook_id"                                    \
	" WHERE d.state = 'queued' AND h.state = 'on'"
QUERY(hooks_wait, "SELECT COUNT(*)" TOLD)
QUERY_NOW(hooks_age, "SELECT COALESCE($1 - MIN(d.created_ms), 0)" TOLD)

QUERY_NOW(hooks_seen, "SELECT $1 - MAX(seen_ms) FROM hook_service")
QUERY_NOW(mail_seen, "SELECT $1 - MAX(seen_ms) FROM mail_service")
QUERY_NOW(scan_seen, "SELECT $1 - MAX(answered_ms) FROM scan_service WHERE required = 1")
QUERY_NOW(video_seen, "SELECT $1 - MAX(seen_ms) FROM video_service")
QUERY(records_free, "SELECT MIN(free_bytes) FROM video_service")

QUERY(incidents, "SELECT COUNT(*) FROM video_incident WHERE until_ms IS NULL OR choice = ''")
QUERY(alarms, "SELECT COUNT(*) FROM log_alarm")
QUERY(infected, "SELECT COUNT(*) FROM scan WHERE verdict = 'infected'")

/* Of each job its newest day alone: an older failure was made good by the next one. */
QUERY(failed_jobs, "SELECT COUNT(*) FROM daily_job j WHERE j.done_ms IS NULL"
		   " AND j.day = (SELECT MAX(n.day) FROM daily_job n WHERE n.name = j.name)")
QUERY_NOW(jobs_age, "SELECT $1 - MIN(d.done_ms) FROM"
		    " (SELECT MAX(done_ms) AS done_ms FROM daily_job GROUP BY name) d")

QUERY(entries, "SELECT COALESCE(MAX(seq), 0) FROM journal_entry")
QUERY(checkpoint_entries, "SELECT COALESCE(MAX(size), 0) FROM checkpoint")
QUERY_NOW(checkpoint_age, "SELECT $1 - MAX(at_ms) FROM checkpoint")

static bool size(struct db *db, int64_t now_ms, int64_t *ret, struct err *e)
{
	(void)now_ms;
	return db_size(db, ret, e);
}

/* ---- copies ---------------------------------------------------------------------------------- */

/* An instant that never was is not known. */
static bool since(int64_t now_ms, int64_t at_ms, int64_t *ret, struct err *e)
{
	if (at_ms == 0)
		return err_set(e, ERR_MISSING, "error.missing", "never yet");
	*ret = now_ms - at_ms;
	return true;
}

static bool backup_age(struct db *db, int64_t now_ms, int64_t *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct backup_state s = { 0 };
	return backup_state(db, a, now_ms, &s, e) && since(now_ms, s.made_ms, ret, e);
}

static bool backup_checked(struct db *db, int64_t now_ms, int64_t *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct backup_state s = { 0 };
	return backup_state(db, a, now_ms, &s, e) && since(now_ms, s.checked_ms, ret, e);
}

static bool backup_whole(struct db *db, int64_t now_ms, int64_t *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct backup_state s = { 0 };
	if (!backup_state(db, a, now_ms, &s, e))
		return false;
	*ret = !s.late && (!s.why || *s.why == '\0');
	return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct row {
	struct metric metric; /* lines of one family follow each other */
	const char *labels;
	measure_fn *read;
	bool milli; /* shown as thousandths */
} rows[] = {
#define GAUGE(name, unit, help)                                                                    \
	{                                                                                          \
		name, METRIC_GAUGE, unit, help                                                     \
	}
#define WAITS GAUGE("konkurs_queue_items", "items", "What waits to be done, by queue.")
#define AGES  GAUGE("konkurs_queue_age_seconds", "seconds", "How long the oldest of a queue waits.")
#define SEEN                                                                                       \
	GAUGE("konkurs_service_seen_age_seconds", "seconds",                                       \
	      "Since a process beside the server was last at work.")
	{ GAUGE("konkurs_sessions", "", "People who are signed in."), "", sessions, false },
	{ GAUGE("konkurs_sittings_running", "", "Sittings whose test runs."), "", sittings, false },
	{ GAUGE("konkurs_candidates_running", "", "Candidates at their test."), "", candidates,
	  false },
	{ GAUGE("konkurs_stops_open", "", "Clocks of candidates or halls that are stopped."), "",
	  stops, false },
	{ GAUGE("konkurs_seat_unsaved_answers", "answers",
		"Clicks without an acknowledgement, as the candidates' pages tell."),
	  "", unsaved, false },
	{ GAUGE("konkurs_seat_unsaved_age_seconds", "seconds",
		"How long the oldest of those clicks waits."),
	  "", unsaved_age, true },
	{ GAUGE("konkurs_seats_silent", "", "Seats at their test not heard of for 20 seconds."), "",
	  silent, false },
	{ WAITS, "queue=\"mail\"", mail_waits, false },
	{ WAITS, "queue=\"scan\"", scan_waits, false },
	{ WAITS, "queue=\"video\"", video_waits, false },
	{ WAITS, "queue=\"hooks\"", hooks_wait, false },
	{ WAITS, "queue=\"bulk\"", bulk_waits, false },
	{ WAITS, "queue=\"import\"", import_waits, false },
	{ AGES, "queue=\"mail\"", mail_age, true },
	{ AGES, "queue=\"scan\"", scan_age, true },
	{ AGES, "queue=\"video\"", video_age, true },
	{ AGES, "queue=\"hooks\"", hooks_age, true },
	{ AGES, "queue=\"bulk\"", bulk_age, true },
	{ AGES, "queue=\"import\"", import_age, true },
	{ SEEN, "service=\"mail\"", mail_seen, true },
	{ SEEN, "service=\"hooks\"", hooks_seen, true },
	{ SEEN, "service=\"scan\"", scan_seen, true },
	{ SEEN, "service=\"video\"", video_seen, true },
	{ GAUGE("konkurs_records_free_bytes", "bytes", "Free on the disk of the records."), "",
	  records_free, false },
	{ GAUGE("konkurs_incidents_open", "", "Failures of records that nobody has decided on."),
	  "", incidents, false },
	{ GAUGE("konkurs_log_alarms", "", "Contradictions between the journal and its witnesses."),
	  "", alarms, false },
	{ GAUGE("konkurs_files_infected", "", "Uploaded files in which a virus was found."), "",
	  infected, false },
	{ GAUGE("konkurs_daily_jobs_failed", "", "Jobs of the day that failed and wait."), "",
	  failed_jobs, false },
	{ GAUGE("konkurs_daily_job_age_seconds", "seconds",
		"Since the job of the day that was done longest ago."),
	  "", jobs_age, true },
	{ GAUGE("konkurs_backup_age_seconds", "seconds", "Since the newest copy was made."), "",
	  backup_age, true },
	{ GAUGE("konkurs_backup_check_age_seconds", "seconds",
		"Since a copy was restored and found whole."),
	  "", backup_checked, true },
	{ GAUGE("konkurs_backup_whole", "",
		"1: copies are made in time, and the newest check found nothing."),
	  "", backup_whole, false },
	{ GAUGE("konkurs_journal_entries", "entries", "Entries of the journal."), "", entries,
	  false },
	{ GAUGE("konkurs_checkpoint_entries", "entries", "Entries under the newest checkpoint."),
	  "", checkpoint_entries, false },
	{ GAUGE("konkurs_checkpoint_age_seconds", "seconds", "Since the newest checkpoint."), "",
	  checkpoint_age, true },
	{ GAUGE("konkurs_database_size_bytes", "bytes", "Size of the database."), "", size, false },
#undef GAUGE
#undef WAITS
#undef AGES
#undef SEEN
};

bool measure(struct db *db, int64_t now_ms, const struct db_state *state, struct measured *ret,
	     struct err *e)
{
	struct measured m = { .state = *state };
	assert(COUNT(rows) <= MEASURES_MOST);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err why = { 0 };
		m.known[i] = rows[i].read(db, now_ms, &m.value[i], &why);
		if (!m.known[i] && why.kind != ERR_MISSING) {
			*e = why;
			return false;
		}
	}
	*ret = m;
	return true;
}

/* ---- as text --------------------------------------------------------------------------------- */

static void print_one(struct buf *out, const char *name, const char *unit, const char *help,
		      int64_t value)
{
	const struct metric m = { name, METRIC_GAUGE, unit, help };
	metric_begin(out, &m);
	if (value != DB_UNKNOWN)
		metric_value(out, &m, "", value);
}

static void print_state(const struct db_state *s, struct buf *out)
{
	static const struct metric behind = {
		"konkurs_replication_lag_seconds", METRIC_GAUGE, "seconds",
		"How long the standby that a commit waits for lags."
	};
	print_one(out, "konkurs_database_connections", "connections",
		  "Connections to the database, of all nodes.", s->connections);
	print_one(out, "konkurs_standbys", "", "Standbys that follow the primary.", s->standbys);
	print_one(out, "konkurs_standbys_synchronous", "", "Of them, which a commit waits for.",
		  s->synchronous);
	print_one(out, "konkurs_replication_lag_bytes", "bytes",
		  "How far the standby that a commit waits for is behind.", s->behind_bytes);
	metric_begin(out, &behind);
	if (s->behind_ms != DB_UNKNOWN)
		metric_milli(out, &behind, "", s->behind_ms);
}

void measured_print(const struct measured *m, struct buf *out)
{
	const char *family = "";
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct metric *metric = &rows[i].metric;
		if (strcmp(metric->name, family) != 0)
			metric_begin(out, metric);
		family = metric->name;
		if (m->known[i] && rows[i].milli)
			metric_milli(out, metric, rows[i].labels, m->value[i]);
		else if (m->known[i])
			metric_value(out, metric, rows[i].labels, m->value[i]);
	}
	print_state(&m->state, out);
}

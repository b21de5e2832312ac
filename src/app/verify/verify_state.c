/* verify_state.c - rows of things against the newest entry of each (app/evidence/row_state.h), and
 * time along the journal (F51, F88). */
#include "app/evidence/row_state.h"
#include "app/evidence/row_writer.h"
#include "app/verify/verify.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const struct db_value *v)
{
	return v->type == DB_TEXT ? v->bytes : "";
}

/* Where a thing is: "application", 12. */
static void found_at(const struct act *act, struct verify_report *r, const char *subject,
		     const char *why)
{
	const char *slash = strchr(subject, '/');
	const size_t size = slash ? (size_t)(slash - subject) : strlen(subject);
	verify_found(r, "state", arena_copy_n(act->arena, subject, size),
		     slash ? strtoll(slash + 1, NULL, 10) : 0, why);
}

/* ---- states ---------------------------------------------------------------------------------- */

struct states {
	struct verify_report *report;
	struct arena *arena;
	json_t *newest;  /* subject -> {at_ms, state} */
	int64_t without; /* an entry without a state after one with it */
	bool begun;      /* entries have states from here on */
};

/* A table that this kind of entry does not write differs from the entry before: it was doctored
 * between the two, and the later one has taken it over. */
static void check_writer(const struct states *s, int64_t seq, const char *kind, const char *subject,
			 json_t *state)
{
	const char *table = NULL;
	const json_t *hash = NULL;
	const json_t *newest = json_object_get(s->newest, subject);
	json_t *before = json_object_get(newest, "state");
	json_t *both = newest ? json_copy(before) : NULL;
	(void)json_object_update_missing(both, state);
	json_object_foreach (both, table, hash) {
		(void)hash;
		if (strcmp(row_text(before, table), row_text(state, table)) != 0 &&
		    !row_writer_may(kind, subject, table))
			verify_found(s->report, "state", "entry", seq,
				     arena_print(s->arena,
						 "rows of %s were changed before it, and %s"
						 " changes none",
						 table, kind));
	}
	json_decref(both);
}

/* Columns: seq, at, kind, subject, content. */
static bool take_state(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct states *s = user;
	const char *subject = text_of(&column[3]);
	(void)count;
	(void)e;
	if (!row_state_of(text_of(&column[2]), subject))
		return true;
	json_t *content = json_loadb(column[4].bytes, column[4].size, 0, NULL);
	json_t *state = json_object_get(content, "state");
	s->begun = s->begun || json_is_object(state);
	if (json_is_object(state))
		check_writer(s, column[0].number, text_of(&column[2]), subject, state);
	if (json_is_object(state))
		(void)json_object_set_new(s->newest, subject,
					  json_pack("{s:I,s:O}", "at_ms",
						    (json_int_t)column[1].number, "state", state));
	else if (s->begun && s->without == 0)
		s->without = column[0].number;
	json_decref(content);
	return true;
}

static bool compare(const struct act *act, struct verify_report *r, const char *subject,
		    const json_t *newest, struct err *e)
{
	const char *table = "";
	struct act then = *act;
	then.now_ms = row_number(newest, "at_ms");
	r->states++;
	if (!row_state_differs(&then, subject, json_object_get(newest, "state"), &table, e))
		return false;
	if (*table)
		found_at(act, r, subject,
			 arena_print(act->arena, "rows of %s are not those of its newest entry",
				     table));
	return true;
}

static bool compare_all(const struct act *act, const struct states *s, struct err *e)
{
	const char *subject = NULL;
	json_t *newest = NULL;
	json_object_foreach (s->newest, subject, newest) {
		if (!compare(act, s->report, subject, newest, e))
			return false;
	}
	if (s->without > 0)
		verify_found(s->report, "state", "entry", s->without,
			     "an entry does not say how its rows stand");
	return true;
}

/* An older journal has no states: what came before the first is taken as it is. */
static bool check_states(const struct act *act, struct verify_report *r, struct err *e)
{
	struct states s = { .report = r, .arena = act->arena, .newest = json_object() };
	json_in_arena(act->arena, s.newest);
	return db_each(act->db, e, take_state, &s,
		       "SELECT j.seq, j.at_ms, j.kind, j.subject, c.content FROM journal_entry j"
		       " JOIN journal_content c ON c.seq = j.seq"
		       " WHERE j.kind <> 'test.answer' ORDER BY j.seq") &&
	       compare_all(act, &s, e);
}

static bool check_untold(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = row_state_untold(act, e);
	json_array_foreach (rows, i, row)
		found_at(act, r, row_text(row, "subject"),
			 "rows that the journal does not tell of");
	return rows != NULL;
}

/* ---- applications in time (R9-1) ------------------------------------------------------------- */

/* What was sent late is not in time because its row says so. */
static bool check_sent(const struct act *act, struct verify_report *r, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT a.id, a.sent_ms, j.at_ms, k.filing_last FROM application a"
			" JOIN competition k ON k.id = a.competition_id"
			" JOIN journal_entry j ON j.seq = (SELECT MAX(s.seq) FROM journal_entry s"
			"  WHERE s.subject = 'application/' || a.id AND s.kind <> 'test.answer'"
			"  AND s.kind = 'application.sent')"
			" WHERE a.sent_ms IS NOT NULL ORDER BY a.id");
	json_array_foreach (rows, i, row) {
		const int64_t at = row_number(row, "at_ms");
		if (row_number(row, "sent_ms") != at)
			verify_found(r, "state", "application", row_number(row, "id"),
				     "it was not sent when its row says");
		else if (row_has(row, "filing_last") &&
			 day_of_instant(at).n > row_number(row, "filing_last"))
			verify_found(r, "state", "application", row_number(row, "id"),
				     "it was sent after the last day for applications");
	}
	return rows != NULL;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Clocks of two servers differ by less than 5 s, or one of them is set; and what was sent while the
 * database was away is entered with the instant at which it came, up to 30 s after what came later
 * at another server (docs/nodes.md). */
enum { BACK_MOST_MS = 35 * 1000 };

struct times {
	struct verify_report *report;
	int64_t before;
	int64_t brought, brought_ms; /* entries of a hall node that follow, and when they came */
	bool told;
};

/* What a hall node has brought stands in one piece behind "sitting.brought", at the times at which
 * it was: they go forward, too, and end before it was brought. */
static void take_brought(struct times *t, const struct db_value *content)
{
	json_t *json = content->type == DB_TEXT ? json_loadb(content->bytes, content->size, 0, NULL)
						: NULL;
	t->brought = row_number(json, "entries");
	t->brought_ms = t->before;
	if (t->brought > 0)
		t->before = 0;
	json_decref(json);
}

static void end_brought(struct times *t)
{
	if (t->brought > 0 && --t->brought == 0 && t->before <= t->brought_ms + BACK_MOST_MS)
		t->before = t->brought_ms;
}

/* Columns: seq, at, kind, content of those that a hall node's follow.  Setting the clock tells of
 * itself. */
static bool take_time(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct times *t = user;
	const int64_t at = column[1].number;
	(void)count;
	(void)e;
	if (at < t->before - BACK_MOST_MS && strcmp(text_of(&column[2]), "clock.set") != 0 &&
	    !t->told) {
		t->told = true;
		verify_found(t->report, "journal", "entry", column[0].number,
			     "the time goes back, and nobody has set the clock");
	}
	t->before = at;
	end_brought(t);
	if (strcmp(text_of(&column[2]), "sitting.brought") == 0)
		take_brought(t, &column[3]);
	return true;
}

static bool check_times(const struct act *act, struct verify_report *r, struct err *e)
{
	struct times t = { .report = r };
	return db_each(
		act->db, e, take_time, &t,
		"SELECT j.seq, j.at_ms, j.kind, c.content FROM journal_entry j"
		" LEFT JOIN journal_content c ON c.seq = j.seq AND j.kind = 'sitting.brought'"
		" ORDER BY j.seq");
}

bool verify_states(const struct act *act, struct verify_report *r, struct err *e)
{
	return check_times(act, r, e) && check_states(act, r, e) && check_untold(act, r, e) &&
	       check_sent(act, r, e);
}

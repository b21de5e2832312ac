#include "journal/destroyed.h"

#include "base/buf.h"
#include "db/driver.h"
#include "db/row.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ----------------------------------------------------------------------------------- */

struct run {
	int64_t from, to;
};

/* Runs of numbers that follow each other. */
struct runs {
	struct run *list;
	size_t count, room;
	int64_t numbers;
};

static void free_runs(struct runs *r)
{
	free(r->list);
}

static bool add_number(struct runs *r, int64_t seq, struct err *e)
{
	r->numbers++;
	if (r->count > 0 && r->list[r->count - 1].to == seq - 1) {
		r->list[r->count - 1].to = seq;
		return true;
	}
	if (r->count == r->room) {
		const size_t room = r->room ? r->room * 2 : 64;
		struct run *more = realloc(r->list, room * sizeof(*more));
		if (!more)
			return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
		r->list = more;
		r->room = room;
	}
	r->list[r->count++] = (struct run){ seq, seq };
	return true;
}

static bool take_number(void *user, const struct db_value *column, size_t count, struct err *e)
{
	(void)count;
	return add_number(user, column[0].number, e);
}

static const char *print_runs(struct arena *a, const struct runs *r)
{
	struct buf text = buf_on(a);
	for (size_t i = 0; i < r->count; i++) {
		const struct run *run = &r->list[i];
		buf_print(&text, run->from == run->to ? "%s%lld" : "%s%lld-%lld", i > 0 ? "," : "",
			  (long long)run->from, (long long)run->to);
	}
	return text.text;
}

static bool read_scope(struct db *db, struct arena *a, const struct destroyed_scope *scope,
		       struct runs *ret, struct err *e)
{
	if (scope->competition_id > 0)
		return db_each(db, e, take_number, ret,
			       "SELECT seq FROM journal_entry WHERE competition_id = $1"
			       " AND seq <= $2 AND kind <> 'records.destroyed' ORDER BY seq",
			       db_int(scope->competition_id), db_int(scope->last_seq));
	return db_each(db, e, take_number, ret,
		       "SELECT seq FROM journal_entry WHERE competition_id = 0 AND seq <= $2"
		       " AND (subject = $1 OR (actor_id = $3 AND subject LIKE 'notice/%'))"
		       " AND kind <> 'records.destroyed' AND kind <> 'test.answer' ORDER BY seq",
		       db_text(arena_print(a, "person/%lld", (long long)scope->person_id)),
		       db_int(scope->last_seq), db_int(scope->person_id));
}

bool destroyed_list(struct db *db, struct arena *a, const struct destroyed_scope *scope,
		    const char **ret, int64_t *ret_count, struct err *e)
{
	CLEANUP(free_runs) struct runs runs = { 0 };
	if (!read_scope(db, a, scope, &runs, e))
		return false;
	*ret = print_runs(a, &runs);
	*ret_count = runs.numbers;
	return true;
}

/* ---- acts ------------------------------------------------------------------------------------ */

struct check {
	struct db *db;
	struct arena *arena;
	struct journal_report *report;
	struct runs gone; /* by the acts that hold */
};

static bool broken(struct check *c, int64_t seq, const char *why)
{
	if (c->report->broken_seq == 0) {
		c->report->broken_seq = seq;
		c->report->why = why;
	}
	return true;
}

/* Of an act with a list: header and content of its entry. */
struct said {
	int64_t seq, at_ms, competition_id;
	json_t *content;
};

/* A competition is over, its term has passed, and no complaint about it is open: the headers tell
 * so, whatever the rows say. */
static bool check_time(struct check *c, const struct said *s, struct err *e)
{
	int64_t closed = 0;
	int64_t open = 0;
	const int64_t until = row_number(s->content, "kept_until");
	if (!db_number(c->db, e, &closed,
		       "SELECT COALESCE(MAX(at_ms), 0) FROM journal_entry WHERE competition_id = $1"
		       " AND seq < $2 AND kind = 'competition.closed'",
		       db_int(s->competition_id), db_int(s->seq)) ||
	    !db_number(c->db, e, &open,
		       "SELECT CAST(COALESCE(SUM(CASE kind WHEN 'complaint.opened' THEN 1"
		       "  ELSE -1 END), 0) AS BIGINT) FROM journal_entry WHERE competition_id = $1"
		       " AND seq < $2 AND kind IN ('complaint.opened', 'complaint.answered')",
		       db_int(s->competition_id), db_int(s->seq)))
		return false;
	if (closed == 0)
		return broken(c, s->seq, "an act of destruction of what is not over");
	if (day_of_instant(closed).n >= until || day_of_instant(s->at_ms).n <= until)
		return broken(c, s->seq, "an act of destruction before its time");
	return open == 0 || broken(c, s->seq, "an act of destruction while a complaint is open");
}

static bool check_list(struct check *c, const struct said *s, struct err *e)
{
	CLEANUP(free_runs) struct runs runs = { 0 };
	const struct destroyed_scope scope = { s->competition_id, row_number(s->content, "person"),
					       s->seq - 1 };
	int64_t there = 0;
	if (!read_scope(c->db, c->arena, &scope, &runs, e))
		return false;
	if ((scope.competition_id > 0) == (scope.person_id > 0) ||
	    strcmp(print_runs(c->arena, &runs), row_text(s->content, "seqs")) != 0)
		return broken(c, s->seq, "an act of destruction lists other entries than its own");
	for (size_t i = 0; i < runs.count; i++) {
		const struct run *run = &runs.list[i];
		if (!db_number(c->db, e, &there,
			       "SELECT COALESCE(MIN(seq), 0) FROM journal_content"
			       " WHERE seq BETWEEN $1 AND $2",
			       db_int(run->from), db_int(run->to)))
			return false;
		if (there > 0)
			return broken(c, there, "a content that an act has destroyed is there");
		for (int64_t seq = run->from; seq <= run->to; seq++) {
			if (!add_number(&c->gone, seq, e))
				return false;
		}
	}
	return true;
}

/* As acts were: what is gone of clicks and seats, as many as it says. */
static bool check_count(struct check *c, const struct said *s, struct err *e)
{
	const int64_t before = c->gone.numbers;
	if (!db_each(
		    c->db, e, take_number, &c->gone,
		    "SELECT j.seq FROM journal_entry j LEFT JOIN journal_content k ON k.seq = j.seq"
		    " WHERE j.competition_id = $1 AND j.seq < $2 AND k.seq IS NULL"
		    " AND j.kind IN ('test.answer', 'test.entered', 'test.resumed') ORDER BY j.seq",
		    db_int(s->competition_id), db_int(s->seq)))
		return false;
	return c->gone.numbers - before == row_number(s->content, "entries") ||
	       broken(c, s->seq, "contents are gone that no act has destroyed");
}

/* A later act with a list takes the rest, and what an earlier one took. */
static bool is_followed(struct check *c, const struct said *s, bool *ret, struct err *e)
{
	return db_exists(c->db, e, ret,
			 "SELECT 1 FROM journal_entry j JOIN journal_content k ON k.seq = j.seq"
			 " WHERE j.competition_id = $1 AND j.seq > $2"
			 " AND j.kind = 'records.destroyed' AND k.content LIKE '%\"seqs\":%'",
			 db_int(s->competition_id), db_int(s->seq));
}

static bool check_act(struct check *c, const struct said *s, struct err *e)
{
	bool followed = false;
	if (json_object_get(s->content, "seqs"))
		return (s->competition_id == 0 || check_time(c, s, e)) && check_list(c, s, e);
	return is_followed(c, s, &followed, e) && (followed || check_count(c, s, e));
}

static bool check_acts(struct check *c, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(c->db, c->arena, e,
			"SELECT j.seq, j.at_ms, j.competition_id, k.content FROM journal_entry j"
			" JOIN journal_content k ON k.seq = j.seq"
			" WHERE j.kind = 'records.destroyed' ORDER BY j.seq");
	json_array_foreach (rows, i, row) {
		struct said said = { row_number(row, "seq"), row_number(row, "at_ms"),
				     row_number(row, "competition_id"),
				     json_loads(row_text(row, "content"), 0, NULL) };
		const bool ok = check_act(c, &said, e);
		json_decref(said.content);
		if (!ok)
			return false;
	}
	return rows != NULL;
}

/* ---- what is gone ---------------------------------------------------------------------------- */

static int by_from(const void *x, const void *y)
{
	const struct run *a = x;
	const struct run *b = y;
	return a->from < b->from ? -1 : a->from > b->from;
}

static int where(const void *key, const void *element)
{
	const int64_t seq = *(const int64_t *)key;
	const struct run *run = element;
	return seq < run->from ? -1 : seq > run->to;
}

static bool take_gone(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct check *c = user;
	const int64_t seq = column[0].number;
	(void)count;
	(void)e;
	if (c->gone.count > 0 &&
	    bsearch(&seq, c->gone.list, c->gone.count, sizeof(*c->gone.list), where)) {
		c->report->by_acts++;
		return true;
	}
	return broken(c, seq, "contents are gone that no act has destroyed");
}

bool destroyed_verify(struct db *db, struct journal_report *report, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct check c = { .db = db, .arena = a, .report = report };
	bool ok = check_acts(&c, e);
	if (ok && c.gone.count > 0)
		qsort(c.gone.list, c.gone.count, sizeof(*c.gone.list), by_from);
	ok = ok && db_each(db, e, take_gone, &c,
			   "SELECT j.seq FROM journal_entry j LEFT JOIN journal_content k"
			   " ON k.seq = j.seq WHERE k.seq IS NULL ORDER BY j.seq");
	free_runs(&c.gone);
	return ok;
}

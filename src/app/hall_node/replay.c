/* replay.c - the centre does what was done at the node, and compares what its journal says. */
#include "app/hall_node/part.h"

#include "app/sitting/answer_many.h"
#include "app/sitting/seat_log.h"
#include "app/sitting/stop.h"
#include "journal/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As verify_state.c lets clocks differ. */
enum { BACK_MOST_MS = 5000, PEN_SIZE = 32 };

/* What is asked at each answer, and known here: a question to the database less. */
struct seat {
	int64_t attempt, person;
	const unsigned char *token_key;
	size_t key_size;
	char pen[PEN_SIZE]; /* as the centre has it now */
};

struct replay {
	struct act act; /* of the entry that is done again */
	const struct segment *segment;
	int64_t sitting, competition, given_ms, now_ms;
	int64_t official[2];
	struct seat *seat;
	size_t seat_count;
	int64_t seq;             /* the newest entry here before all of it */
	size_t at, gap, entered; /* the next of each */
	struct answer_many *many;
	json_t *numbers; /* of stops and acts: {"stop/3": 17}, the node's and here */
	int64_t answers, done;
};

static bool refuse(const struct replay *r, const char *why, struct err *e)
{
	const struct segment_entry *entry = &r->segment->entry[r->at];
	(void)err_set(e, ERR_INPUT, "hall.error.follows", "entry %lld, %s: %s",
		      (long long)entry->seq, entry->kind, why);
	return err_value(e, arena_print(r->act.arena, "%lld", (long long)entry->seq));
}

/* ---- what an entry is about ------------------------------------------------------------------ */

static struct seat *seat_of(const struct replay *r, int64_t attempt)
{
	for (size_t i = 0; i < r->seat_count; i++) {
		if (r->seat[i].attempt == attempt)
			return &r->seat[i];
	}
	return NULL;
}

/* That of "attempt/12", or of the content; 0: of none. */
static int64_t attempt_in(const struct segment_entry *entry)
{
	static const char thing[] = "attempt/";
	return strncmp(entry->subject, thing, strlen(thing)) == 0
		       ? strtoll(entry->subject + strlen(thing), NULL, 10)
		       : row_number(entry->content, "attempt");
}

/* If it is one of the sitting. */
static bool seat_in(const struct replay *r, const struct segment_entry *entry, struct seat **ret,
		    struct err *e)
{
	*ret = seat_of(r, attempt_in(entry));
	return *ret || refuse(r, "an attempt of another sitting", e);
}

/* Who agreed there: the node has looked at the password, and tells by what. */
static struct second second_of(const struct segment_entry *entry)
{
	return (struct second){ .person_id = row_number(entry->content, "second"),
				.code = row_text(entry->content, "second_by") };
}

static bool is_official(const struct replay *r, int64_t person)
{
	return person == r->official[0] || person == r->official[1];
}

/* Whoever acted, and whoever agreed. */
static bool by_officials(const struct replay *r, const struct segment_entry *entry)
{
	const int64_t second = row_number(entry->content, "second");
	return is_official(r, entry->actor_id) && (second == 0 || is_official(r, second));
}

/* The number here of what the node calls `key` of the content. */
static int64_t number_here(const struct replay *r, const struct segment_entry *entry,
			   const char *key)
{
	return row_number(r->numbers, arena_print(r->act.arena, "%s/%lld", key,
						  (long long)row_number(entry->content, key)));
}

/* ---- what no entry tells --------------------------------------------------------------------- */

/* A seat was away: into its log, for acts. */
static bool do_gap(struct replay *r, const json_t *gap, struct err *e)
{
	struct act act = r->act;
	const int64_t attempt = row_number(gap, "attempt_id");
	act.now_ms = row_number(gap, "at_ms");
	return !seat_of(r, attempt) ||
	       seat_log_add(&act, attempt, "gap", row_number(gap, "length_ms"), e);
}

/* The first question came up. */
static bool do_entered(struct replay *r, const json_t *row, struct err *e)
{
	struct act act = r->act;
	bool ignored = false;
	const struct seat *seat = seat_of(r, row_number(row, "id"));
	if (!seat)
		return true;
	act.now_ms = row_number(row, "entered_ms");
	act.person_id = seat->person;
	return answer_many_write(r->many, &act, seat->attempt, e) &&
	       attempt_enter(&act, seat->attempt, seat->pen, false, &ignored, e);
}

/* All of it that was before `until_ms`, each in its own order. */
static bool do_untold(struct replay *r, int64_t until_ms, struct err *e)
{
	const json_t *gaps = json_object_get(r->segment->json, "gaps");
	const json_t *entered = json_object_get(r->segment->json, "entered");
	const json_t *row = NULL;
	while ((row = json_array_get(entered, r->entered)) &&
	       row_number(row, "entered_ms") < until_ms) {
		r->entered++;
		if (!do_entered(r, row, e))
			return false;
	}
	while ((row = json_array_get(gaps, r->gap)) && row_number(row, "at_ms") < until_ms) {
		r->gap++;
		if (!do_gap(r, row, e))
			return false;
	}
	return true;
}

/* ---- one entry ------------------------------------------------------------------------------- */

typedef bool do_fn(struct replay *r, const struct segment_entry *entry, struct err *e);

static bool do_recording(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	return sitting_record(&r->act, r->sitting, row_text(entry->content, "recording"), e);
}

static bool do_started(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const struct second second = second_of(entry);
	if (!r->segment->started)
		return refuse(r, "the key of the seal is missing", e);
	return sitting_start(&r->act, r->sitting, &second, r->segment->seal_key, e);
}

static bool do_entering(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	char pen[PEN_SIZE]; /* no session of this installation is called so */
	struct seat *seat = NULL;
	bool has = false;
	(void)snprintf(pen, sizeof(pen), "relayed/%lld", (long long)entry->seq);
	if (!seat_in(r, entry, &seat, e) ||
	    !attempt_enter(&r->act, seat->attempt, pen, true, &has, e))
		return false;
	if (has)
		memcpy(seat->pen, pen, sizeof(pen));
	return true;
}

static bool do_answer(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	const int64_t choice = row_number(c, "choice");
	const bool moved = strcmp(row_text(c, "refusal"), "moved") == 0;
	struct seat *seat = NULL;
	char token[TOKEN_SIZE] = "";
	/* an answer and the question it is to may be of one instant */
	if (!do_untold(r, entry->at_ms + 1, e) || !seat_in(r, entry, &seat, e))
		return false;
	if (choice >= 0)
		option_token(seat->token_key, seat->key_size, row_number(c, "number"), choice,
			     token);
	r->answers++;
	return answer_many_add(r->many, &r->act, seat->attempt, moved ? "elsewhere" : seat->pen,
			       row_number(c, "number"), token, row_text(c, "key"), e);
}

/* The candidate ends it, or the clock has. */
static bool do_result(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	struct seat *seat = NULL;
	if (!seat_in(r, entry, &seat, e))
		return false;
	return seat->person == entry->actor_id
		       ? attempt_finish(&r->act, seat->attempt, seat->pen, e)
		       : attempt_settle(&r->act, seat->attempt, e);
}

static bool do_stopped(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	const struct second second = second_of(entry);
	return stop_clock(&r->act, r->sitting, row_number(c, "attempt"), row_text(c, "kind"),
			  row_text(c, "reason"), &second, e);
}

static bool do_resumed(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	return stop_end(&r->act, r->sitting, number_here(r, entry, "stop"), e);
}

static bool do_extra(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	const struct second second = second_of(entry);
	return extra_time_give(&r->act, r->sitting, row_number(c, "attempt"),
			       row_number(c, "minutes"), row_text(c, "reason"),
			       row_text(c, "document"), &second, e);
}

static bool do_moved(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	const struct second second = second_of(entry);
	struct seat *seat = NULL;
	if (!seat_in(r, entry, &seat, e) ||
	    !seat_move(&r->act, r->sitting, seat->attempt, row_number(c, "seat"),
		       row_text(c, "reason"), &second, e))
		return false;
	seat->pen[0] = '\0';
	return true;
}

static bool do_breach(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	int64_t id = 0;
	return act_breach(&r->act, r->sitting, row_number(c, "attempt"), row_text(c, "number"),
			  row_text(c, "text"), &id, e);
}

static bool do_breach_answer(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	return act_breach_answer(&r->act, number_here(r, entry, "act"),
				 strcmp(entry->kind, "test.annulled") == 0,
				 row_text(entry->content, "text"), e);
}

static bool do_technical(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	const struct second second = second_of(entry);
	int64_t id = 0;
	return act_technical(&r->act, r->sitting, row_number(c, "attempt"), row_text(c, "number"),
			     row_text(c, "text"), &second, &id, e);
}

static bool do_reversal(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const json_t *c = entry->content;
	const struct second second = second_of(entry);
	int64_t id = 0;
	return act_reversal(&r->act, r->sitting, number_here(r, entry, "stop"),
			    row_text(c, "number"), row_text(c, "text"), &second, &id, e);
}

static bool do_close(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	(void)entry;
	return sitting_close(&r->act, r->sitting, e);
}

/* "test.resumed" comes with the "test.entered" that ends a move. */
static const struct {
	const char *kind;
	do_fn *run;
	bool by_official;
} kinds[] = {
	{ "sitting.breach", do_breach, true },
	{ "sitting.breach_refused", do_breach_answer, true },
	{ "sitting.closed", do_close, true },
	{ "sitting.extra", do_extra, true },
	{ "sitting.moved", do_moved, true },
	{ "sitting.recording", do_recording, true },
	{ "sitting.resumed", do_resumed, true },
	{ "sitting.reversed", do_reversal, true },
	{ "sitting.started", do_started, true },
	{ "sitting.stopped", do_stopped, true },
	{ "test.annulled", do_breach_answer, true },
	{ "test.answer", do_answer, false },
	{ "test.entered", do_entering, false },
	{ "test.result", do_result, false },
	{ "test.void", do_technical, true },
};

/* What is done next sees all answers before it: of the test that it is about, or of all. */
static bool write_answers(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	const bool of_one = strncmp(entry->kind, "test.", strlen("test.")) == 0;
	const int64_t attempt = of_one ? attempt_in(entry) : 0;
	return strcmp(entry->kind, "test.answer") == 0 ||
	       answer_many_write(r->many, &r->act, attempt, e);
}

static bool run(struct replay *r, const struct segment_entry *entry, struct err *e)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].kind, entry->kind) != 0)
			continue;
		if (kinds[i].by_official && !by_officials(r, entry))
			return refuse(r, "by somebody who had no office there", e);
		return write_answers(r, entry, e) && kinds[i].run(r, entry, e);
	}
	return refuse(r, "nothing that is done at a hall node", e);
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* Stops and acts have numbers of their own here. */
static void translate(struct replay *r, json_t *there, const json_t *here, const char *key)
{
	if (!json_object_get(there, key))
		return;
	const char *name =
		arena_print(r->act.arena, "%s/%lld", key, (long long)row_number(there, key));
	if (!json_object_get(r->numbers, name) && json_is_integer(json_object_get(here, key)))
		(void)json_object_set_new(r->numbers, name,
					  json_integer((json_int_t)row_number(here, key)));
	(void)json_object_set_new(there, key,
				  json_integer((json_int_t)row_number(r->numbers, name)));
}

/* What both say apart from the rows as they stand: these are this installation's own.  An answer
 * says nothing of either. */
static json_t *without_rows(const json_t *content)
{
	json_t *copy = json_deep_copy(content);
	(void)json_object_del(copy, "state");
	(void)json_object_del(copy, "rows");
	return copy;
}

static bool same_content(struct replay *r, const json_t *content_there, const json_t *content_here)
{
	json_t *here = without_rows(content_here);
	json_t *there = without_rows(content_there);
	translate(r, there, here, "stop");
	translate(r, there, here, "act");
	const bool same = json_equal(here, there) == 1;
	json_decref(here);
	json_decref(there);
	return same;
}

static bool same_entry(struct replay *r, const struct segment_entry *entry, const json_t *here)
{
	const json_t *content = json_object_get(here, "content");
	return entry->at_ms == row_number(here, "at_ms") &&
	       entry->actor_id == row_number(here, "actor") &&
	       strcmp(entry->kind, row_text(here, "kind")) == 0 &&
	       strcmp(entry->subject, row_text(here, "subject")) == 0 &&
	       (strcmp(entry->kind, "test.answer") == 0 ? json_equal(entry->content, content) == 1
							: same_content(r, entry->content, content));
}

/* The entries of the competition that came of it here are those of the segment, one after another.
 * They are those that were handed to the journal: asking it back what it has just been told would
 * be a wait for the server at each answer. */
static bool compare(struct replay *r, struct err *e)
{
	const int64_t before = r->done;
	size_t i = 0;
	const json_t *here = NULL;
	json_array_foreach (r->act.noted, i, here) {
		if (row_number(here, "competition") != r->competition)
			continue;
		if (r->at >= r->segment->count)
			return err_set(e, ERR_INPUT, "hall.error.segment", "entries are missing");
		if (!same_entry(r, &r->segment->entry[r->at], here))
			return refuse(r, "it comes out otherwise", e);
		r->at++;
		r->done++;
	}
	return r->done > before || refuse(r, "nothing comes of it", e);
}

/* The journal has these, and no others. */
static bool compared_all(const struct replay *r, struct err *e)
{
	char head[JOURNAL_TEXT_SIZE];
	int64_t last = 0;
	int64_t count = 0;
	/* of a range that is closed at both ends an engine without statistics knows, too, that it
	 * is short */
	return journal_head(r->act.db, head, &last, e) &&
	       db_number(r->act.db, e, &count,
			 "SELECT COUNT(*) FROM journal_entry WHERE seq > $1 AND seq <= $2"
			 " AND competition_id = $3",
			 db_int(r->seq), db_int(last), db_int(r->competition)) &&
	       (count == r->done || err_set(e, ERR_DB, "error.storage",
					    "entries were written that nobody has compared"));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool in_time(const struct replay *r, const struct segment_entry *entry, int64_t before,
		    struct err *e)
{
	return (entry->at_ms >= r->given_ms - HALL_CLOCK_MS &&
		entry->at_ms <= r->now_ms + HALL_CLOCK_MS &&
		entry->at_ms >= before - BACK_MOST_MS) ||
	       refuse(r, "at a time at which it cannot have been", e);
}

/* What the law or a use case says to it is the reason, in words of the log. */
static bool say_why(const struct replay *r, const struct err *why, struct err *e)
{
	if (why->kind == ERR_DB || why->kind == ERR_BUSY || why->kind == ERR_SYSTEM ||
	    strcmp(why->key, "hall.error.follows") == 0 ||
	    strcmp(why->key, "hall.error.segment") == 0) {
		*e = *why;
		return false;
	}
	return refuse(r, why->key, e);
}

static bool one(struct replay *r, const struct act *act, int64_t before_ms, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct segment_entry *entry = &r->segment->entry[r->at];
	struct err why = { 0 };
	r->act = *act;
	r->act.arena = a;
	r->act.now_ms = entry->at_ms;
	r->act.person_id = entry->actor_id;
	r->act.relayed = true;
	r->act.noted = json_array();
	json_in_arena(a, r->act.noted);
	const bool ok = in_time(r, entry, before_ms, &why) && do_untold(r, entry->at_ms, &why) &&
			run(r, entry, &why) && compare(r, &why);
	if (!ok)
		(void)say_why(r, &why, e);
	return ok;
}

struct reading {
	struct replay *replay;
	struct arena *arena;
};

/* Columns: id, person, token key.  Nobody has the pen: giving it away has laid it down. */
static bool read_seat(void *user, const struct db_value *column, size_t count, struct err *e)
{
	const struct reading *reading = user;
	struct replay *r = reading->replay;
	struct seat *seat = &r->seat[r->seat_count];
	(void)count;
	(void)e;
	*seat = (struct seat){ .attempt = column[0].number, .person = column[1].number };
	seat->token_key = (const unsigned char *)arena_copy_n(reading->arena, column[2].bytes,
							      column[2].size);
	seat->key_size = column[2].size;
	r->seat_count++;
	return true;
}

static bool read_seats(const struct act *act, int64_t sitting, struct replay *r, struct err *e)
{
	struct reading reading = { r, act->arena };
	int64_t count = 0;
	if (!db_number(act->db, e, &count, "SELECT COUNT(*) FROM attempt WHERE sitting_id = $1",
		       db_int(sitting)))
		return false;
	r->seat = arena_array(act->arena, (size_t)count + 1, sizeof(*r->seat));
	return db_each(act->db, e, read_seat, &reading,
		       "SELECT t.id, a.person_id, t.token_key FROM attempt t"
		       " JOIN application a ON a.id = t.application_id WHERE t.sitting_id = $1",
		       db_int(sitting));
}

static int64_t answers_of(const struct segment *s)
{
	int64_t count = 0;
	for (size_t i = 0; i < s->count; i++)
		count += strcmp(s->entry[i].kind, "test.answer") == 0;
	return count;
}

static bool begin(const struct act *act, int64_t sitting, struct replay *r, struct err *e)
{
	char head[JOURNAL_TEXT_SIZE];
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT s.competition_id, s.sealed_by, s.sealed_second,"
				   " g.given_ms FROM sitting s JOIN sitting_given g"
				   " ON g.sitting_id = s.id WHERE s.id = $1"
				   " ORDER BY g.id DESC LIMIT 1",
				   db_int(sitting));
	r->competition = row_number(row, "competition_id");
	r->official[0] = row_number(row, "sealed_by");
	r->official[1] = row_number(row, "sealed_second");
	r->given_ms = row_number(row, "given_ms");
	r->numbers = json_object();
	json_in_arena(act->arena, r->numbers);
	return row && journal_head(act->db, head, &r->seq, e) && read_seats(act, sitting, r, e) &&
	       answer_many_open(act, answers_of(r->segment), &r->many, e);
}

bool segment_replay(const struct act *act, int64_t sitting, const struct segment *s,
		    struct hall_received *ret, struct err *e)
{
	struct replay r = { .act = *act, .segment = s, .sitting = sitting, .now_ms = act->now_ms };
	int64_t before_ms = 0;
	if (!begin(act, sitting, &r, e))
		return false;
	while (r.at < s->count) {
		const struct segment_entry *entry = &s->entry[r.at];
		/* who signed in, whose code was wrong: that stays in the segment */
		if (entry->competition_id == 0) {
			r.at++;
			continue;
		}
		if (!one(&r, act, before_ms, e))
			return false;
		before_ms = entry->at_ms;
	}
	r.act = *act;
	r.act.relayed = true;
	if (!do_untold(&r, act->now_ms, e) || !answer_many_write(r.many, act, 0, e) ||
	    !compared_all(&r, e))
		return false;
	ret->entries = r.done;
	ret->answers = r.answers;
	return true;
}

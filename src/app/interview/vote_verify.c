#include "app/interview/vote_verify.h"

#include "app/interview/interview.h"
#include "law/commission.h"

#include <stdio.h>
#include <string.h>

enum { SEATS_MOST = 256 };

struct seat_now {
	int64_t member_id;
	char role[16];
	bool sits, present, conflicted, voted, in_favour;
};

struct replay {
	const struct act *act;
	struct competition competition;
	const char *subject;
	struct seat_now seat[SEATS_MOST];
	size_t count;
	bool decided;
	struct vote counted;
	char outcome[16];
	int64_t seq;     /* of the entry that is read */
	int64_t bad_seq; /* of the first finding      */
	const char *why; /* "" none, else a literal   */
};

/* The first finding counts. */
static void found(struct replay *r, const char *why)
{
	if (!*r->why) {
		r->why = why;
		r->bad_seq = r->seq;
	}
}

static struct seat_now *seat_by(struct replay *r, int64_t member_id)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->seat[i].member_id == member_id)
			return &r->seat[i];
	}
	return NULL;
}

static bool is_voter(const struct seat_now *s)
{
	enum seat seat = SEAT_INVITED;
	return s->sits && seat_of(s->role, &seat) && seat_votes(seat);
}

/* ---- who sits ------------------------------------------------------------------------------ */

static void take_seat(struct replay *r, int64_t member_id, const char *role)
{
	struct seat_now *s = seat_by(r, member_id);
	if (!s) {
		if (r->count == SEATS_MOST) {
			found(r, "more seats than a commission has");
			return;
		}
		s = &r->seat[r->count++];
		*s = (struct seat_now){ .member_id = member_id };
	}
	s->sits = true;
	(void)snprintf(s->role, sizeof(s->role), "%s", role);
}

static void leave_seat(struct replay *r, int64_t member_id)
{
	struct seat_now *s = seat_by(r, member_id);
	if (s)
		s->sits = false;
	else
		found(r, "somebody leaves who had no seat");
}

static bool is_line(const json_t *line, const char *what)
{
	return strcmp(row_text(line, "what"), what) == 0;
}

static bool leaves_too(const json_t *lines, int64_t member_id)
{
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		if (is_line(line, "leaves") && row_number(line, "member_id") == member_id)
			return true;
	}
	return false;
}

/* Who comes is not present until it is noted, unless only the role changes. */
static void replace(struct replay *r, const json_t *lines)
{
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		if (is_line(line, "leaves"))
			leave_seat(r, row_number(line, "member_id"));
	}
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		const int64_t id = row_number(line, "member_id");
		if (!is_line(line, "comes"))
			continue;
		take_seat(r, id, row_text(line, "role"));
		struct seat_now *s = seat_by(r, id);
		if (s && !leaves_too(lines, id))
			s->present = false;
	}
}

static void attend(struct replay *r, const json_t *present)
{
	for (size_t i = 0; i < r->count; i++)
		r->seat[i].present = r->seat[i].present && !r->seat[i].sits;
	for (size_t i = 0; i < json_array_size(present); i++) {
		struct seat_now *s =
			seat_by(r, row_number(json_array_get(present, i), "member_id"));
		if (s && s->sits)
			s->present = true;
		else
			found(r, "somebody is noted as present who does not sit");
	}
}

/* ---- the vote -------------------------------------------------------------------------------- */

static struct vote count(struct replay *r)
{
	struct voter voters[SEATS_MOST];
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct seat_now *s = &r->seat[i];
		if (is_voter(s))
			voters[n++] = (struct voter){ strcmp(s->role, "chair") == 0, s->present,
						      s->conflicted, s->voted, s->in_favour };
	}
	return vote_count(r->competition.rules, voters, n);
}

static void cast(struct replay *r, const json_t *content)
{
	struct seat_now *s = seat_by(r, row_number(content, "member_id"));
	if (r->decided)
		found(r, "a vote after the decision");
	else if (!s || !is_voter(s))
		found(r, "a vote of somebody who has none");
	else if (s->voted)
		found(r, "a second vote of one member");
	else if (s->conflicted)
		found(r, "a vote in a conflict of interest");
	else if (!s->present)
		found(r, "a vote of an absent member");
	if (!s)
		return;
	s->voted = true;
	s->in_favour = strcmp(row_text(content, "choice"), "for") == 0;
}

static void declare(struct replay *r, const json_t *content, bool stands)
{
	struct seat_now *s = seat_by(r, row_number(content, "member_id"));
	if (!s)
		found(r, "a conflict of somebody who has no seat");
	else if (s->voted)
		found(r, "a conflict declared after the vote");
	else
		s->conflicted = stands;
}

static void decide(struct replay *r, const json_t *content)
{
	const struct vote v = count(r);
	const char *outcome = v.state == VOTE_POSITIVE   ? "positive"
			      : v.state == VOTE_NEGATIVE ? "negative"
							 : "";
	if (r->decided)
		found(r, "a second decision");
	else if (!*outcome)
		found(r, "a decision without a quorum or before all have voted");
	else if (strcmp(row_text(content, "outcome"), outcome) != 0)
		found(r, "the votes lead to another outcome");
	else if (row_number(content, "for") != v.in_favour ||
		 row_number(content, "against") != v.against)
		found(r, "the votes are not those of the decision");
	else if (row_number(content, "present") != v.present ||
		 row_number(content, "quorum") != v.quorum)
		found(r, "the quorum is not that of the decision");
	else if (strcmp(row_text(content, "rule"), vote_rule_name(v.rule)) != 0)
		found(r, "another rule decides");
	r->decided = true;
	r->counted = v;
	(void)snprintf(r->outcome, sizeof(r->outcome), "%s", row_text(content, "outcome"));
}

/* ---- replay ---------------------------------------------------------------------------------- */

/* Entries about the commission as a whole. */
static void read_common(struct replay *r, const char *kind, const json_t *content)
{
	if (strcmp(kind, "commission.seated") == 0)
		take_seat(r, row_number(content, "member_id"), row_text(content, "role"));
	else if (strcmp(kind, "commission.unseated") == 0)
		leave_seat(r, row_number(content, "member_id"));
	else if (strcmp(kind, "commission.replaced") == 0 && !r->decided)
		replace(r, json_object_get(content, "changes"));
	else if (strcmp(kind, "interview.attendance") == 0 && !r->decided)
		attend(r, json_object_get(content, "present"));
}

static void read_own(struct replay *r, const char *kind, const json_t *content)
{
	if (strcmp(kind, "vote.cast") == 0)
		cast(r, content);
	else if (strcmp(kind, "conflict.declared") == 0)
		declare(r, content, true);
	else if (strcmp(kind, "conflict.error") == 0)
		declare(r, content, false);
	else if (strcmp(kind, "decision.recorded") == 0)
		decide(r, content);
}

enum { COLUMN_SEQ, COLUMN_KIND, COLUMN_SUBJECT, COLUMN_CONTENT };

static bool read_entry(void *user, const struct db_value *column, size_t columns, struct err *e)
{
	struct replay *r = user;
	(void)columns;
	(void)e;
	r->seq = column[COLUMN_SEQ].number;
	json_t *content = column[COLUMN_CONTENT].type == DB_TEXT
				  ? json_loads(column[COLUMN_CONTENT].bytes, 0, NULL)
				  : NULL;
	if (!content) {
		found(r, "an entry that has no content");
		return true;
	}
	read_common(r, column[COLUMN_KIND].bytes, content);
	if (strcmp(column[COLUMN_SUBJECT].bytes, r->subject) == 0)
		read_own(r, column[COLUMN_KIND].bytes, content);
	json_decref(content);
	return true;
}

static bool replay(struct replay *r, struct err *e)
{
	return db_each(r->act->db, e, read_entry, r,
		       "SELECT j.seq, j.kind, j.subject, c.content FROM journal_entry j"
		       "  LEFT JOIN journal_content c ON c.seq = j.seq"
		       " WHERE j.competition_id = $1 AND j.kind IN ('commission.seated',"
		       "  'commission.unseated', 'commission.replaced', 'interview.attendance',"
		       "  'vote.cast', 'conflict.declared', 'conflict.error', 'decision.recorded')"
		       " AND (j.subject = $2 OR j.kind IN ('commission.seated',"
		       "  'commission.unseated', 'commission.replaced', 'interview.attendance'))"
		       " ORDER BY j.seq",
		       db_int(r->competition.id), db_text(r->subject));
}

/* ---- the law and the rows -------------------------------------------------------------------- */

/* The rule set by which it is counted is the one that the announcement named. */
static bool check_rules(struct replay *r, struct err *e)
{
	const struct act *act = r->act;
	const char *pinned = NULL;
	const char *content = NULL;
	if (!db_string(act->db, act->arena, e, &pinned,
		       "SELECT rule_set FROM competition WHERE id = $1",
		       db_int(r->competition.id)) ||
	    !db_string(act->db, act->arena, e, &content,
		       "SELECT c.content FROM journal_entry j JOIN journal_content c"
		       "  ON c.seq = j.seq WHERE j.competition_id = $1"
		       " AND j.kind = 'competition.announced' ORDER BY j.seq",
		       db_int(r->competition.id)))
		return false;
	json_t *announced = json_loads(content, 0, NULL);
	if (strcmp(row_text(announced, "rule_set"), pinned) != 0)
		found(r, "the rule set is not the one of the announcement");
	json_decref(announced);
	return true;
}

static bool check_decision_row(struct replay *r, int64_t application_id, struct err *e)
{
	const struct vote *v = &r->counted;
	json_t *rows = db_rows(r->act->db, r->act->arena, e,
			       "SELECT outcome, votes_for, votes_against, present, quorum,"
			       " chair_decided FROM decision WHERE application_id = $1",
			       db_int(application_id));
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	if ((row != NULL) != r->decided)
		found(r, "a decision without its row, or a row without its decision");
	else if (row && (strcmp(row_text(row, "outcome"), r->outcome) != 0 ||
			 row_number(row, "votes_for") != v->in_favour ||
			 row_number(row, "votes_against") != v->against ||
			 row_number(row, "present") != v->present ||
			 row_number(row, "quorum") != v->quorum ||
			 (row_number(row, "chair_decided") != 0) != v->chair_decided))
		found(r, "the row of the decision is not what the journal tells");
	return true;
}

static bool check_ballots(struct replay *r, int64_t application_id, struct err *e)
{
	json_t *rows = db_rows(r->act->db, r->act->arena, e,
			       "SELECT member_id, choice FROM ballot WHERE application_id = $1",
			       db_int(application_id));
	size_t voted = 0;
	if (!rows)
		return false;
	for (size_t i = 0; i < r->count; i++)
		voted += r->seat[i].voted;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const struct seat_now *s = seat_by(r, row_number(row, "member_id"));
		if (!s || !s->voted ||
		    s->in_favour != (strcmp(row_text(row, "choice"), "for") == 0))
			found(r, "a ballot is not the vote of the journal");
	}
	if (voted != json_array_size(rows))
		found(r, "a ballot is missing or too many");
	return true;
}

/* ---- report ---------------------------------------------------------------------------------- */

static void drop(void *object)
{
	json_decref(object);
}

static const char *choice_of(const struct replay *r, const struct seat_now *s)
{
	if (s->conflicted)
		return "conflict";
	if (s->voted)
		return s->in_favour ? "for" : "against";
	return s->present && !r->decided ? "waiting" : "absent";
}

/* F82: the roll call that papers show.  Decisions of before it was kept have none. */
static bool check_roll(struct replay *r, int64_t application_id, struct err *e)
{
	json_t *rows = db_rows(r->act->db, r->act->arena, e,
			       "SELECT member_id, role, choice FROM decision_roll"
			       " WHERE application_id = $1",
			       db_int(application_id));
	size_t voters = 0;
	if (!rows)
		return false;
	for (size_t i = 0; i < r->count; i++)
		voters += is_voter(&r->seat[i]);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const struct seat_now *s = seat_by(r, row_number(row, "member_id"));
		if (!s || !is_voter(s) || strcmp(s->role, row_text(row, "role")) != 0 ||
		    strcmp(choice_of(r, s), row_text(row, "choice")) != 0)
			found(r, "the roll call is not that of the journal");
	}
	if (json_array_size(rows) > 0 && (!r->decided || json_array_size(rows) != voters))
		found(r, "somebody is missing in the roll call or too many");
	return true;
}

static json_t *roll_of(const struct replay *r)
{
	json_t *roll = json_array();
	for (size_t i = 0; i < r->count; i++) {
		const struct seat_now *s = &r->seat[i];
		if (is_voter(s))
			(void)json_array_append_new(roll,
						    json_pack("{s:I,s:s,s:s}", "member_id",
							      (json_int_t)s->member_id, "role",
							      s->role, "choice", choice_of(r, s)));
	}
	arena_defer(r->act->arena, drop, roll);
	return roll;
}

bool vote_verify(const struct act *act, int64_t application_id, struct vote_report *ret,
		 struct err *e)
{
	struct interview i = { 0 };
	struct replay *r = arena_alloc(act->arena, sizeof(*r));
	*r = (struct replay){ .act = act,
			      .why = "",
			      .subject = act_subject(act, "application", application_id) };
	if (!interview_of(act, application_id, &i, e))
		return false;
	r->competition = i.competition;
	if (!replay(r, e))
		return false;
	if (!r->decided)
		r->counted = count(r);
	r->seq = 0;
	if (!check_rules(r, e) || !check_decision_row(r, application_id, e) ||
	    !check_ballots(r, application_id, e) || !check_roll(r, application_id, e))
		return false;
	*ret = (struct vote_report){
		r->why,    r->bad_seq, r->decided, r->counted, arena_copy(act->arena, r->outcome),
		roll_of(r)
	};
	return true;
}

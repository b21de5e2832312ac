#include "app/interview/mark.h"

#include "app/competition/conflict.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SALT_BYTES = 32, SALT_TEXT = SALT_BYTES * 2 + 1 };
enum { HASH_TEXT = crypto_hash_sha256_BYTES * 2 + 1 };

/* ---- where a member stands ------------------------------------------------------------------ */

struct place {
	struct interview interview;
	struct seated seated;
	bool present, conflicted, marked, opened, decided, heard;
};

static bool place_load(const struct act *act, int64_t application_id, struct place *ret,
		       struct err *e)
{
	struct place p = { 0 };
	if (!interview_of(act, application_id, &p.interview, e) ||
	    !commission_seated(act, p.interview.competition.id, &p.seated, e))
		return false;
	json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT c.started_ms,"
		" (SELECT COUNT(*) FROM attendance t WHERE t.interview_id = c.interview_id"
		"   AND t.member_id = $2) AS present,"
		" (SELECT COUNT(*) FROM conflict f WHERE f.application_id = $1"
		"   AND f.member_id = $2) AS conflicted,"
		" (SELECT COUNT(*) FROM mark k WHERE k.application_id = $1"
		"   AND k.member_id = $2) AS marked,"
		" (SELECT COUNT(*) FROM mark_opening o WHERE o.application_id = $1) AS opened,"
		" (SELECT COUNT(*) FROM decision d WHERE d.application_id = $1) AS decided"
		"  FROM interview_candidate c WHERE c.application_id = $1",
		db_int(application_id), db_int(p.seated.member_id));
	if (!row)
		return false;
	p.heard = row_has(row, "started_ms");
	p.present = row_number(row, "present") > 0;
	p.conflicted = row_number(row, "conflicted") > 0;
	p.marked = row_number(row, "marked") > 0;
	p.opened = row_number(row, "opened") > 0;
	p.decided = row_number(row, "decided") > 0;
	*ret = p;
	return true;
}

static bool is_running(const struct place *p)
{
	return strcmp(p->interview.state, "running") == 0;
}

/* ---- notes ----------------------------------------------------------------------------------- */

static bool may_note(const struct act *act, const struct place *p, int64_t application_id,
		     struct err *e)
{
	if (!seat_votes(p->seated.seat))
		return err_law(e, "41", "mark.error.not_member", "notes of who does not vote");
	if (!conflict_refuse_view(act, application_id, e))
		return false;
	return strcmp(p->interview.state, "closed") != 0 ||
	       err_set(e, ERR_CONFLICT, "interview.error.closed", "it is closed");
}

/* No line of the journal: a person's own notes are no record of the commission. */
bool note_write(const struct act *act, int64_t application_id, const char *text, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct place p = { 0 };
	if (!db_begin(act->db, &tx, e) || !place_load(act, application_id, &p, e) ||
	    !may_note(act, &p, application_id, e))
		return false;
	if (!*text)
		return db_exec(act->db, e, NULL,
			       "DELETE FROM member_note WHERE member_id = $1"
			       " AND application_id = $2",
			       db_int(p.seated.member_id), db_int(application_id)) &&
		       db_commit(&tx, e);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO member_note (member_id, application_id, text, at_ms)"
		       " VALUES ($1, $2, $3, $4) ON CONFLICT (member_id, application_id)"
		       " DO UPDATE SET text = excluded.text, at_ms = excluded.at_ms",
		       db_int(p.seated.member_id), db_int(application_id), db_text(text),
		       db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

bool note_read(const struct act *act, int64_t application_id, const char **ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT n.text FROM member_note n"
			       "  JOIN commission_member m ON m.id = n.member_id"
			       " WHERE n.application_id = $1 AND m.person_id = $2",
			       db_int(application_id), db_int(act->person_id));
	if (!rows)
		return false;
	*ret = row_text(json_array_get(rows, 0), "text");
	return true;
}

/* ---- what is entered ------------------------------------------------------------------------- */

/* "results=4" for this criterion; -1 if there is none, -2 if it stands twice or is no number. */
static int64_t value_of(const json_t *values, const char *code)
{
	const size_t size = strlen(code);
	int64_t found = -1;
	for (size_t i = 0; i < json_array_size(values); i++) {
		const char *text = json_string_value(json_array_get(values, i));
		char *end = NULL;
		if (!text || strncmp(text, code, size) != 0 || text[size] != '=')
			continue;
		const long number = strtol(text + size + 1, &end, 10);
		if (found != -1 || text[size + 1] < '0' || text[size + 1] > '9' || *end)
			return -2;
		found = number;
	}
	return found;
}

/* The marks as canonical JSON: every criterion once, on the scale, and nothing else. */
static bool content_of(const struct act *act, const struct mark_scale *scale, const json_t *values,
		       const char **ret, struct err *e)
{
	json_t *content = json_object();
	bool sound = json_array_size(values) == scale->criterion_count;
	for (size_t i = 0; sound && i < scale->criterion_count; i++) {
		const int64_t mark = value_of(values, scale->criteria[i].code);
		sound = mark_within(scale, mark);
		(void)json_object_set_new(content, scale->criteria[i].code,
					  json_integer((json_int_t)mark));
	}
	char *text = sound ? json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(content);
	if (!text)
		return err_input(e, "marks", "mark.error.values", "not each criterion once");
	*ret = arena_copy(act->arena, text);
	free(text);
	return true;
}

static const char *commit_to(const struct act *act, const char *salt, const char *content)
{
	crypto_hash_sha256_state state;
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[HASH_TEXT];
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, (const unsigned char *)salt, strlen(salt));
	(void)crypto_hash_sha256_update(&state, (const unsigned char *)content, strlen(content));
	(void)crypto_hash_sha256_final(&state, hash);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return arena_copy(act->arena, text);
}

static bool may_mark(const struct place *p, struct err *e)
{
	if (!seat_votes(p->seated.seat))
		return err_law(e, "41", "mark.error.not_member", "a mark of who does not vote");
	if (p->interview.competition.rules->marks.most == 0)
		return err_set(e, ERR_CONFLICT, "mark.error.none", "no marks in this rule set");
	if (p->decided)
		return err_set(e, ERR_CONFLICT, "vote.error.decided", "decided already");
	if (p->marked)
		return err_set(e, ERR_CONFLICT, "mark.error.twice", "entered already");
	if (p->opened)
		return err_set(e, ERR_CONFLICT, "mark.error.opened", "opened already");
	if (p->conflicted)
		return err_law(e, "", "vote.error.conflicted", "a mark in a conflict of interest");
	if (!is_running(p) || !p->heard)
		return err_law(e, "", "mark.error.not_heard", "the candidate is not heard yet");
	return p->present || err_law(e, "", "mark.error.absent", "a mark of an absent member");
}

bool mark_enter(const struct act *act, int64_t application_id, const json_t *values, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct place p = { 0 };
	const char *content = NULL;
	unsigned char random[SALT_BYTES];
	char salt[SALT_TEXT];
	if (!db_begin(act->db, &tx, e) || !place_load(act, application_id, &p, e) ||
	    !may_mark(&p, e) ||
	    !content_of(act, &p.interview.competition.rules->marks, values, &content, e))
		return false;
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(salt, sizeof(salt), random, sizeof(random));
	return db_exec(act->db, e, NULL,
		       "INSERT INTO mark (member_id, application_id, content, salt, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(p.seated.member_id), db_int(application_id), db_text(content),
		       db_text(salt), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM mark_excuse WHERE member_id = $1 AND application_id = $2",
		       db_int(p.seated.member_id), db_int(application_id)) &&
	       act_journal(act, "mark.sealed", p.interview.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I,s:s}", "member_id", (json_int_t)p.seated.member_id,
				     "commitment", commit_to(act, salt, content)),
			   e) &&
	       mark_settle(act, &p.interview, e) && db_commit(&tx, e);
}

/* ---- who is waited for ----------------------------------------------------------------------- */

/* All who vote, and who had marked and has left by order since: their marks stay on record. */
static json_t *read_markers(const struct act *act, const struct interview *i,
			    int64_t application_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT m.id AS member_id, m.role, m.left_ms,"
		       " p.family || ' ' || p.given || ' ' || p.patronymic AS name,"
		       " t.at_ms AS present_ms, f.at_ms AS conflict_ms, r.content, r.salt,"
		       " r.at_ms AS marked_ms, x.reason, x.at_ms AS excused_ms"
		       "  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
		       "  JOIN person p ON p.id = m.person_id"
		       "  LEFT JOIN attendance t ON t.member_id = m.id AND t.interview_id = $1"
		       "  LEFT JOIN conflict f ON f.member_id = m.id AND f.application_id = $2"
		       "  LEFT JOIN mark r ON r.member_id = m.id AND r.application_id = $2"
		       "  LEFT JOIN mark_excuse x ON x.member_id = m.id AND x.application_id = $2"
		       " WHERE k.competition_id = $3 AND k.state = 'appointed'"
		       " AND m.role IN ('chair', 'member')"
		       " AND (m.left_ms IS NULL OR r.at_ms IS NOT NULL)"
		       " ORDER BY CASE m.role WHEN 'chair' THEN 1 ELSE 2 END, p.sort_key, m.id",
		       db_int(i->id), db_int(application_id), db_int(i->competition.id));
}

static enum mark_state state_of(const struct act *act, const json_t *rows)
{
	const size_t count = json_array_size(rows);
	struct marker *markers = arena_array(act->arena, count + 1, sizeof(*markers));
	for (size_t n = 0; n < count; n++) {
		const json_t *row = json_array_get(rows, n);
		markers[n] = (struct marker){
			.present = row_has(row, "present_ms") && !row_has(row, "left_ms"),
			.conflicted = row_has(row, "conflict_ms"),
			.marked = row_has(row, "marked_ms"),
			.excused = row_has(row, "excused_ms"),
		};
	}
	return mark_state(markers, count);
}

static bool is_opened(const struct act *act, int64_t application_id, json_t **ret, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT at_ms FROM mark_opening WHERE application_id = $1",
			       db_int(application_id));
	*ret = json_array_get(rows, 0);
	return rows != NULL;
}

bool mark_stand(const struct act *act, const struct interview *i, int64_t application_id,
		enum mark_state *ret, bool *ret_opened, struct err *e)
{
	json_t *opened = NULL;
	json_t *rows = read_markers(act, i, application_id, e);
	if (!rows || !is_opened(act, application_id, &opened, e))
		return false;
	*ret = state_of(act, rows);
	*ret_opened = opened != NULL;
	return true;
}

bool mark_excuse(const struct act *act, int64_t application_id, int64_t member_id,
		 const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	json_t *opened = NULL;
	bool waited = false;
	bool marked = false;
	if (!db_begin(act->db, &tx, e) || !interview_of(act, application_id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e) ||
	    !is_opened(act, application_id, &opened, e) ||
	    !db_exists(act->db, e, &marked,
		       "SELECT 1 FROM mark WHERE member_id = $1 AND application_id = $2",
		       db_int(member_id), db_int(application_id)) ||
	    !db_exists(act->db, e, &waited,
		       "SELECT 1 FROM commission_member m JOIN attendance t ON t.member_id = m.id"
		       " WHERE m.id = $1 AND t.interview_id = $2 AND m.left_ms IS NULL"
		       " AND m.role IN ('chair', 'member') AND NOT EXISTS (SELECT 1 FROM conflict f"
		       "  WHERE f.member_id = m.id AND f.application_id = $3)",
		       db_int(member_id), db_int(i.id), db_int(application_id)))
		return false;
	if (!*reason)
		return err_input(e, "reason", "error.required", "no reason");
	if (opened)
		return err_set(e, ERR_CONFLICT, "mark.error.opened", "opened already");
	if (marked)
		return err_set(e, ERR_CONFLICT, "mark.error.twice", "has entered");
	if (!waited || strcmp(i.state, "running") != 0)
		return err_set(e, ERR_MISSING, "error.missing", "nobody who is waited for");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO mark_excuse (member_id, application_id, reason, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id, application_id)"
		       " DO UPDATE SET reason = excluded.reason, by_id = excluded.by_id,"
		       " at_ms = excluded.at_ms",
		       db_int(member_id), db_int(application_id), db_text(reason),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(
		       act, "mark.excused", i.competition.id,
		       act_subject(act, "application", application_id),
		       json_pack("{s:I,s:s}", "member_id", (json_int_t)member_id, "reason", reason),
		       e) &&
	       mark_settle(act, &i, e) && db_commit(&tx, e);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* What the journal has of this member: the newest, as there is one alone. */
static const char *journalled(const json_t *entries, int64_t member_id, json_t **ret_holder)
{
	const char *found = "";
	for (size_t n = 0; n < json_array_size(entries); n++) {
		json_t *content =
			json_loads(row_text(json_array_get(entries, n), "content"), 0, NULL);
		if (row_number(content, "member_id") == member_id) {
			json_decref(*ret_holder);
			*ret_holder = content;
			found = row_text(content, "commitment");
		} else {
			json_decref(content);
		}
	}
	return found;
}

static bool fits(const struct act *act, const json_t *entries, const json_t *row)
{
	json_t *holder = NULL;
	const char *there = journalled(entries, row_number(row, "member_id"), &holder);
	const char *here = commit_to(act, row_text(row, "salt"), row_text(row, "content"));
	const bool same = strcmp(there, here) == 0;
	json_decref(holder);
	return same;
}

/* Each mark as the journal committed to it; NULL if one is not. */
static json_t *opened_marks(const struct act *act, const json_t *entries, const json_t *rows)
{
	json_t *list = json_array();
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const json_t *row = json_array_get(rows, n);
		if (!row_has(row, "marked_ms"))
			continue;
		if (!fits(act, entries, row)) {
			json_decref(list);
			return NULL;
		}
		(void)json_array_append_new(
			list, json_pack("{s:I,s:s,s:s}", "member_id",
					(json_int_t)row_number(row, "member_id"), "marks",
					row_text(row, "content"), "salt", row_text(row, "salt")));
	}
	return list;
}

static json_t *read_sealed(const struct act *act, int64_t application_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT c.content FROM journal_entry j"
		       "  JOIN journal_content c ON c.seq = j.seq"
		       " WHERE j.subject = $1 AND j.kind <> 'test.answer'"
		       " AND j.kind = 'mark.sealed' ORDER BY j.seq",
		       db_text(act_subject(act, "application", application_id)));
}

bool mark_fits(const struct act *act, int64_t application_id, bool *ret, struct err *e)
{
	const json_t *entries = read_sealed(act, application_id, e);
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT member_id, content, salt FROM mark"
				     " WHERE application_id = $1",
				     db_int(application_id));
	*ret = true;
	for (size_t n = 0; n < json_array_size(rows); n++)
		*ret = *ret && fits(act, entries, json_array_get(rows, n));
	return entries && rows;
}

static bool settle_one(const struct act *act, const struct interview *i, int64_t application_id,
		       struct err *e)
{
	json_t *rows = read_markers(act, i, application_id, e);
	json_t *entries = read_sealed(act, application_id, e);
	if (!rows || !entries)
		return false;
	if (state_of(act, rows) != MARK_READY)
		return true;
	json_t *marks = opened_marks(act, entries, rows);
	if (!marks) /* they stay closed, and every page says why */
		return true;
	if (!db_exec(act->db, e, NULL,
		     "INSERT INTO mark_opening (application_id, at_ms) VALUES ($1, $2)",
		     db_int(application_id), db_int(act->now_ms))) {
		json_decref(marks);
		return false;
	}
	return act_journal(act, "mark.opened", i->competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:o}", "marks", marks), e);
}

bool mark_settle(const struct act *act, const struct interview *i, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT c.application_id FROM interview_candidate c"
			       " WHERE c.interview_id = $1"
			       " AND EXISTS (SELECT 1 FROM mark k"
			       "  WHERE k.application_id = c.application_id)"
			       " AND NOT EXISTS (SELECT 1 FROM mark_opening o"
			       "  WHERE o.application_id = c.application_id) ORDER BY c.turn",
			       db_int(i->id));
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const json_t *row = json_array_get(rows, n);
		if (!settle_one(act, i, row_number(row, "application_id"), e))
			return false;
	}
	return rows != NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static const char *row_state(const json_t *row)
{
	if (row_has(row, "conflict_ms"))
		return "conflict";
	if (row_has(row, "marked_ms"))
		return "marked";
	if (row_has(row, "excused_ms"))
		return "excused";
	return row_has(row, "present_ms") ? "waiting" : "absent";
}

static json_t *values_of(const struct mark_scale *scale, const json_t *row)
{
	json_t *content = json_loads(row_text(row, "content"), 0, NULL);
	json_t *list = json_array();
	for (size_t i = 0; i < scale->criterion_count; i++)
		(void)json_array_append_new(list, json_integer((json_int_t)row_number(
							  content, scale->criteria[i].code)));
	json_decref(content);
	return list;
}

static void drop(void *object)
{
	json_decref(object);
}

bool mark_read(const struct act *act, const struct interview *i, int64_t application_id,
	       json_t **ret, struct err *e)
{
	json_t *opened = NULL;
	json_t *rows = read_markers(act, i, application_id, e);
	if (!rows || !is_opened(act, application_id, &opened, e))
		return false;
	const enum mark_state state = state_of(act, rows);
	json_t *list = json_array();
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const json_t *row = json_array_get(rows, n);
		const char *word = row_state(row);
		const bool shown = opened && strcmp(word, "marked") == 0;
		(void)json_array_append_new(
			list, json_pack("{s:I,s:s,s:s,s:s,s:s,s:o}", "member_id",
					(json_int_t)row_number(row, "member_id"), "name",
					row_text(row, "name"), "role", row_text(row, "role"),
					"state", word, "reason", row_text(row, "reason"), "values",
					shown ? values_of(&i->competition.rules->marks, row)
					      : json_null()));
	}
	const char *name = opened                ? "opened"
			   : state == MARK_READY ? "broken"
						 : mark_state_name(state);
	*ret = json_pack("{s:s,s:o,s:o}", "state", name, "opened_ms",
			 opened ? json_integer((json_int_t)row_number(opened, "at_ms"))
				: json_null(),
			 "rows", list);
	arena_defer(act->arena, drop, *ret);
	return true;
}

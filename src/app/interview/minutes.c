#include "app/interview/minutes.h"

#include "app/candidate/candidate.h"
#include "app/notice/notice.h"
#include "law/terms.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void drop(void *object)
{
	json_decref(object);
}

/* ---- reading -------------------------------------------------------------------------- */

static const char *hash_of(const struct act *act, const char *content)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[crypto_hash_sha256_BYTES * 2 + 1];
	(void)crypto_hash_sha256(hash, (const unsigned char *)content, strlen(content));
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return arena_copy(act->arena, text);
}

/* The frozen text, if it is the one that was hashed. */
static void thaw(const struct act *act, const char *content, struct minutes *m)
{
	json_t *record = NULL;
	if (strcmp(hash_of(act, content), m->hash) == 0)
		record = json_loads(content, 0, NULL);
	m->frozen = record != NULL;
	m->broken = record == NULL;
	if (record) {
		arena_defer(act->arena, drop, record);
		m->record = record;
	}
}

bool minutes_load(const struct act *act, const struct interview *i, struct minutes *ret,
		  struct err *e)
{
	struct minutes m = { .number = "", .hash = "" };
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT number, at_ms, content, hash FROM minutes"
			       " WHERE interview_id = $1",
			       db_int(i->id));
	if (!rows)
		return false;
	if (json_array_size(rows) > 0) {
		const json_t *row = json_array_get(rows, 0);
		m.numbered = true;
		m.number = row_text(row, "number");
		m.hash = row_text(row, "hash");
		m.numbered_ms = row_number(row, "at_ms");
		if (*m.hash)
			thaw(act, row_text(row, "content"), &m);
	}
	if (!m.record && !minutes_record(act, i, &m.record, e))
		return false;
	*ret = m;
	return true;
}

bool minutes_term(const struct act *act, const struct interview *i, int64_t closed_ms,
		  day *ret_last, int *ret_left)
{
	const struct competition *c = &i->competition;
	day last = { 0 };
	if (!terms_minutes_last(c->calendar, c->rules, day_of_instant(closed_ms), &last))
		return false;
	const int left = calendar_between(c->calendar, act_today(act), last);
	*ret_last = last;
	*ret_left = left > 0 ? left : 0;
	return left >= 0;
}

/* ---- notices ---------------------------------------------------------------------------- */

static const char *day_text(const struct act *act, day d)
{
	char text[DAY_TEXT_SIZE];
	day_print(d, text);
	return arena_copy(act->arena, text);
}

static bool tell(const struct act *act, const struct interview *i, int64_t person_id,
		 const char *kind, const char *number, day last, struct err *e)
{
	const struct notice n = {
		.person_id = person_id,
		.kind = kind,
		.competition_id = i->competition.id,
		.href = arena_print(act->arena, "/interviews/%lld/minutes", (long long)i->id),
		.values = json_pack("{s:s,s:s}", "number", number, "last", day_text(act, last)),
	};
	return notice_send(act, &n, e);
}

static bool closed_at(const struct act *act, int64_t interview_id, int64_t *ret, struct err *e)
{
	return db_number(act->db, e, ret, "SELECT closed_ms FROM interview WHERE id = $1",
			 db_int(interview_id));
}

static json_t *unsigned_of(const struct act *act, int64_t interview_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT m.person_id FROM minutes_signature s"
		       "  JOIN commission_member m ON m.id = s.member_id"
		       " WHERE s.interview_id = $1 AND s.signed_ms IS NULL ORDER BY m.id",
		       db_int(interview_id));
}

static bool tell_signers(const struct act *act, const struct interview *i, const char *number,
			 struct err *e)
{
	int64_t closed_ms = 0;
	int left = 0;
	day last = act_today(act);
	json_t *rows = unsigned_of(act, i->id, e);
	if (!rows || !closed_at(act, i->id, &closed_ms, e))
		return false;
	(void)minutes_term(act, i, closed_ms, &last, &left);
	for (size_t n = 0; n < json_array_size(rows); n++) {
		if (!tell(act, i, row_number(json_array_get(rows, n), "person_id"), "minutes.sign",
			  number, last, e))
			return false;
	}
	return true;
}

/* ---- number --------------------------------------------------------------------------------- */

/* Whoever was present and votes, and the secretary: signatures are asked of them and of nobody who
 * comes later. */
static bool ask_signatures(const struct act *act, const struct interview *i, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO minutes_signature (interview_id, member_id, role, dissent)"
		       " SELECT $1, m.id, m.role, '' FROM commission_member m"
		       "  JOIN commission k ON k.id = m.commission_id"
		       " WHERE k.competition_id = $2 AND k.state = 'appointed'"
		       " AND ((m.role IN ('chair', 'member') AND EXISTS (SELECT 1 FROM attendance t"
		       "   WHERE t.interview_id = $1 AND t.member_id = m.id))"
		       "  OR (m.role = 'secretary' AND m.left_ms IS NULL))",
		       db_int(i->id), db_int(i->competition.id));
}

static bool freeze(const struct act *act, const struct interview *i, const char *number,
		   struct err *e)
{
	json_t *record = NULL;
	int64_t changed = 0;
	if (!minutes_record(act, i, &record, e))
		return false;
	(void)json_object_set_new(record, "number", json_string(number));
	char *text = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
	if (!text)
		return err_set(e, ERR_SYSTEM, "error.system", "minutes that are no text");
	const char *content = arena_copy(act->arena, text);
	const char *hash = hash_of(act, content);
	free(text);
	if (!db_exec(act->db, e, &changed,
		     "INSERT INTO minutes (interview_id, number, by_id, at_ms, content, hash)"
		     " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (interview_id) DO NOTHING",
		     db_int(i->id), db_text(number), db_int(act->person_id), db_int(act->now_ms),
		     db_text(content), db_text(hash)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_CONFLICT, "interview.error.numbered",
			       "the minutes have a number");
	return act_journal(act, "minutes.numbered", i->competition.id,
			   act_subject(act, "interview", i->id),
			   json_pack("{s:s,s:s}", "number", number, "hash", hash), e);
}

bool minutes_number(const struct act *act, int64_t interview_id, const char *number, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	if (!db_begin(act->db, &tx, e) || !interview_load(act, interview_id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e))
		return false;
	if (strcmp(i.state, "closed") != 0)
		return err_set(e, ERR_CONFLICT, "interview.error.not_closed",
			       "the interview is not closed");
	if (!*number)
		return err_input(e, "number", "error.required", "minutes without a number");
	return freeze(act, &i, number, e) && ask_signatures(act, &i, e) &&
	       tell_signers(act, &i, number, e) && db_commit(&tx, e);
}

/* ---- signatures ------------------------------------------------------------------------------ */

static bool find_signer(const struct act *act, int64_t interview_id, int64_t *ret_member,
			struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT s.member_id, s.signed_ms FROM minutes_signature s"
			       "  JOIN commission_member m ON m.id = s.member_id"
			       " WHERE s.interview_id = $1 AND m.person_id = $2",
			       db_int(interview_id), db_int(act->person_id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_DENIED, "minutes.error.not_signer",
			       "person %lld does not sign these minutes",
			       (long long)act->person_id);
	if (row_has(json_array_get(rows, 0), "signed_ms"))
		return err_set(e, ERR_CONFLICT, "minutes.error.signed", "signed already");
	*ret_member = row_number(json_array_get(rows, 0), "member_id");
	return true;
}

bool minutes_sign(const struct act *act, int64_t interview_id, const char *hash,
		  const char *dissent, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	struct minutes m = { 0 };
	int64_t member = 0;
	if (!db_begin(act->db, &tx, e) || !interview_load(act, interview_id, &i, e) ||
	    !minutes_load(act, &i, &m, e))
		return false;
	if (!m.numbered) { /* there are no signers yet; strangers do not learn that */
		struct seated seated = { 0 };
		return commission_seated(act, i.competition.id, &seated, e) &&
		       err_set(e, ERR_CONFLICT, "minutes.error.unnumbered", "no number yet");
	}
	if (!find_signer(act, interview_id, &member, e))
		return false;
	if (!m.frozen || strcmp(hash, m.hash) != 0)
		return err_set(e, ERR_CONFLICT, "minutes.error.changed",
			       "the text is not the one that was frozen");
	return db_exec(act->db, e, NULL,
		       "UPDATE minutes_signature SET hash = $1, dissent = $2, signed_ms = $3"
		       " WHERE interview_id = $4 AND member_id = $5 AND signed_ms IS NULL",
		       db_text(m.hash), db_text(dissent), db_int(act->now_ms), db_int(interview_id),
		       db_int(member)) &&
	       act_journal(act, "minutes.signed", i.competition.id,
			   act_subject(act, "interview", interview_id),
			   json_pack("{s:I,s:s,s:s}", "member_id", (json_int_t)member, "hash",
				     m.hash, "dissent", dissent),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- reminders ------------------------------------------------------------------------------- */

struct reminding {
	const struct act *act;
	struct interview interview;
	const char *number;
	day last;
	bool overdue;
	int64_t told;
};

/* Once a day: a second run, or a second click, tells nobody twice. */
static bool remind(struct reminding *w, int64_t person_id, const char *kind, struct err *e)
{
	const struct act *act = w->act;
	bool told = false;
	if (!db_exists(act->db, e, &told,
		       "SELECT 1 FROM notice WHERE person_id = $1 AND competition_id = $2"
		       " AND kind IN ('minutes.remind', 'minutes.overdue', 'minutes.number')"
		       " AND created_ms >= $3",
		       db_int(person_id), db_int(w->interview.competition.id),
		       db_int(day_begins_ms(act_today(act)))))
		return false;
	if (told)
		return true;
	w->told++;
	return tell(act, &w->interview, person_id, kind, w->number, w->last, e);
}

static bool remind_all(struct reminding *w, json_t *rows, const char *kind, struct err *e)
{
	for (size_t n = 0; n < json_array_size(rows); n++) {
		if (!remind(w, row_number(json_array_get(rows, n), "person_id"), kind, e))
			return false;
	}
	return true;
}

static json_t *secretaries(const struct act *act, int64_t competition_id, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT m.person_id FROM commission_member m"
		       "  JOIN commission k ON k.id = m.commission_id"
		       " WHERE k.competition_id = $1 AND k.state = 'appointed'"
		       " AND m.role = 'secretary' AND m.left_ms IS NULL ORDER BY m.id",
		       db_int(competition_id));
}

/* Who has not signed; before there is a number, the secretary, who has to give it. */
static bool remind_interview(const struct act *act, int64_t id, int64_t *ret_told, struct err *e)
{
	struct reminding w = { .act = act };
	struct minutes m = { 0 };
	int64_t closed_ms = 0;
	int left = 0;
	if (!interview_load(act, id, &w.interview, e) || !minutes_load(act, &w.interview, &m, e) ||
	    !closed_at(act, id, &closed_ms, e))
		return false;
	w.number = m.number;
	w.last = act_today(act);
	(void)minutes_term(act, &w.interview, closed_ms, &w.last, &left);
	w.overdue = act_today(act).n > w.last.n;
	json_t *rows = m.numbered ? unsigned_of(act, id, e)
				  : secretaries(act, w.interview.competition.id, e);
	const char *kind = !m.numbered ? "minutes.number"
			   : w.overdue ? "minutes.overdue"
				       : "minutes.remind";
	if (!rows || !remind_all(&w, rows, kind, e))
		return false;
	if (w.told > 0 &&
	    !act_journal(act, "minutes.reminded", w.interview.competition.id,
			 act_subject(act, "interview", id),
			 json_pack("{s:I,s:s}", "told", (json_int_t)w.told, "kind", kind), e))
		return false;
	*ret_told = w.told;
	return true;
}

bool minutes_remind(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t told = 0;
	if (act->person_id != 0)
		return err_set(e, ERR_DENIED, "error.denied", "the system's own job");
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT i.id FROM interview i JOIN competition c"
			       "   ON c.id = i.competition_id AND c.state = 'announced'"
			       "  LEFT JOIN minutes m ON m.interview_id = i.id"
			       " WHERE i.state = 'closed' AND (m.id IS NULL OR EXISTS"
			       "  (SELECT 1 FROM minutes_signature s WHERE s.interview_id = i.id"
			       "   AND s.signed_ms IS NULL)) ORDER BY i.id");
	for (size_t n = 0; n < json_array_size(rows); n++) {
		if (!remind_interview(act, row_number(json_array_get(rows, n), "id"), &told, e))
			return false;
	}
	return rows && db_commit(&tx, e);
}

/* Its secretary, or HR of the organ. */
static bool may_remind(const struct act *act, const struct interview *i, struct err *e)
{
	bool hr = false;
	if (!act_holds(act, ROLE_NAME_HR, i->competition.organ, &hr, e) ||
	    !candidate_require_other(act, THING_INTERVIEW, i->id, e))
		return false;
	return hr || commission_require_secretary(act, i->competition.id, e);
}

bool minutes_remind_one(const struct act *act, int64_t interview_id, int64_t *ret_told,
			struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	int64_t told = 0;
	if (!db_begin(act->db, &tx, e) || !interview_load(act, interview_id, &i, e) ||
	    !may_remind(act, &i, e))
		return false;
	if (strcmp(i.state, "closed") != 0)
		return err_set(e, ERR_CONFLICT, "interview.error.not_closed",
			       "the interview is not closed");
	if (!remind_interview(act, interview_id, &told, e) || !db_commit(&tx, e))
		return false;
	if (ret_told)
		*ret_told = told;
	return true;
}

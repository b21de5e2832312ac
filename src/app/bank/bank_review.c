#include "app/bank/bank_review.h"

#include "app/bank/bank_bar.h"
#include "app/bank/bank_text.h"
#include "app/bank/vault.h"

#include <sodium.h>
#include <string.h>

/* ---- common ---------------------------------------------------------------------------------- */

static bool wrong_state(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "bank.error.state", "not in a state for this");
}

/* `reason` is closed already. */
static bool set_state(const struct act *act, int64_t id, const char *state, const char *hold_kind,
		      const char *reason, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE bank_item SET state = $1, hold_kind = $2, reason = $3,"
		       " changed_ms = $4 WHERE id = $5",
		       db_text(state), db_text(hold_kind), db_text(reason), db_int(act->now_ms),
		       db_int(id));
}

/* A reason may quote the question, and the journal is read by more people and kept for ever: it has
 * the BLAKE2b-256 hash, by which the reason that lies with the question is proved.  "" of "". */
static const char *reason_hash(const struct act *act, const char *reason)
{
	enum { SIZE = crypto_generichash_BYTES };
	unsigned char hash[SIZE];
	if (!*reason)
		return "";
	char *text = arena_alloc(act->arena, SIZE * 2 + 1);
	(void)crypto_generichash(hash, SIZE, (const unsigned char *)reason, strlen(reason), NULL,
				 0);
	return sodium_bin2hex(text, SIZE * 2 + 1, hash, SIZE);
}

static bool note(const struct act *act, const char *kind, const struct bank_state *s,
		 const char *part, const char *reason, struct err *e)
{
	return act_journal(act, kind, 0, act_subject(act, "question", s->id),
			   json_pack("{s:s,s:I,s:s,s:s}", "code", s->code, "revision",
				     (json_int_t)s->revision, "part", part, "reason_hash",
				     reason_hash(act, reason)),
			   e);
}

/* ---- review ---------------------------------------------------------------------------------- */

/* F24 */
static bool both_languages(const struct act *act, int64_t version, struct err *e)
{
	int64_t count = 0;
	return db_number(act->db, e, &count,
			 "SELECT COUNT(*) FROM item_text WHERE item_id = $1 AND part = 0",
			 db_int(version)) &&
	       (count == 2 ||
		err_set(e, ERR_CONFLICT, "bank.error.language", "a language is missing"));
}

bool bank_send(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !bank_item_load(act, id, &s, e))
		return false;
	if (strcmp(s.state, "draft") != 0)
		return wrong_state(e);
	return both_languages(act, s.newest_id, e) &&
	       set_state(act, id, "review", s.hold_kind, s.reason, e) &&
	       note(act, "bank.sent", &s, "", "", e) && db_commit(&tx, e);
}

/* F25: nobody answers twice for a question, and nobody for what he wrote himself. */
static bool is_new_person(const struct act *act, const struct bank_state *s, struct err *e)
{
	bool wrote = false;
	bool signed_already = false;
	if (!db_exists(act->db, e, &wrote,
		       "SELECT 1 FROM bank_revision v WHERE v.bank_item_id = $1"
		       " AND v.author_id = $2 AND v.number > COALESCE((SELECT MAX(a.revision)"
		       "  FROM bank_sign a WHERE a.bank_item_id = v.bank_item_id"
		       "  AND a.part = 'approval' AND a.verdict = 'agreed'), 0)",
		       db_int(s->id), db_int(act->person_id)) ||
	    !db_exists(act->db, e, &signed_already,
		       "SELECT 1 FROM bank_sign WHERE bank_item_id = $1 AND revision = $2"
		       " AND person_id = $3",
		       db_int(s->id), db_int(s->revision), db_int(act->person_id)))
		return false;
	return (!wrote && !signed_already) ||
	       err_set(e, ERR_CONFLICT, "bank.error.same_person", "wrote or signed it already");
}

static bool in_review(const struct act *act, int64_t id, const struct bank_verdict *v,
		      struct bank_state *ret, struct err *e)
{
	if (!bank_item_load(act, id, ret, e))
		return false;
	if (strcmp(ret->state, "review") != 0)
		return wrong_state(e);
	if (ret->revision != v->revision)
		return err_set(e, ERR_CONFLICT, "bank.error.changed", "a newer revision is there");
	if (!v->agreed && !*v->reason)
		return err_input(e, "reason", "bank.error.reason", "returned without a reason");
	/* nobody answers for what cannot be read (F28) */
	return is_new_person(act, ret, e) && bank_text_read(act, ret->newest_id, NULL, NULL, e);
}

static bool has_sign(const struct act *act, const struct bank_state *s, const char *part, bool *ret,
		     struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM bank_sign WHERE bank_item_id = $1 AND revision = $2"
			 " AND part = $3 AND verdict = 'agreed'",
			 db_int(s->id), db_int(s->revision), db_text(part));
}

static bool add_sign(const struct act *act, const struct bank_state *s, const char *part,
		     const struct bank_verdict *v, struct err *e)
{
	const char *reason = NULL;
	return bank_note_close(act, v->reason, &reason, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_sign (bank_item_id, revision, part, person_id, verdict,"
		       " reason, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(s->id), db_int(s->revision), db_text(part), db_int(act->person_id),
		       db_text(v->agreed ? "agreed" : "returned"), db_text(reason),
		       db_int(act->now_ms)) &&
	       note(act, v->agreed ? "bank.agreed" : "bank.returned", s, part, v->reason, e);
}

bool bank_sign(const struct act *act, int64_t id, const char *language,
	       const struct bank_verdict *verdict, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	bool there = false;
	if (!bank_require(act, ROLE_NAME_REVIEWER, e) || !db_begin(act->db, &tx, e) ||
	    !in_review(act, id, verdict, &s, e) || !has_sign(act, &s, language, &there, e))
		return false;
	if (there)
		return err_set(e, ERR_CONFLICT, "bank.error.signed", "this language is signed");
	return add_sign(act, &s, language, verdict, e) &&
	       (verdict->agreed || set_state(act, id, "draft", s.hold_kind, s.reason, e)) &&
	       db_commit(&tx, e);
}

/* The version comes into use and is sealed, with all that were written on the way; its predecessor
 * stays for the forms that had it. */
static bool take_into_use(const struct act *act, const struct bank_state *s, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE item SET retired_ms = $1 WHERE code = $2 AND id <> $3"
		       " AND approved_ms IS NOT NULL AND retired_ms IS NULL",
		       db_int(act->now_ms), db_text(s->code), db_int(s->newest_id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE item SET approved_ms = $1, held_ms = NULL, retired_ms = NULL"
		       " WHERE id = $2",
		       db_int(act->now_ms), db_int(s->newest_id)) &&
	       db_exec(act->db, e, NULL, "UPDATE bank_item SET used_id = newest_id WHERE id = $1",
		       db_int(s->id)) &&
	       set_state(act, s->id, "approved", "", "", e) && vault_seal_question(act, s->code, e);
}

bool bank_approve(const struct act *act, int64_t id, const struct bank_verdict *verdict,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	bool kk = false;
	bool ru = false;
	if (!bank_require(act, ROLE_NAME_APPROVER, e) || !db_begin(act->db, &tx, e) ||
	    !in_review(act, id, verdict, &s, e) || !has_sign(act, &s, "kk", &kk, e) ||
	    !has_sign(act, &s, "ru", &ru, e))
		return false;
	if (verdict->agreed && !(kk && ru))
		return err_set(e, ERR_CONFLICT, "bank.error.unsigned", "a language is not signed");
	if (verdict->agreed && !bank_bar_newest(act, &s, e))
		return false;
	return add_sign(act, &s, "approval", verdict, e) &&
	       (verdict->agreed ? take_into_use(act, &s, e)
				: set_state(act, id, "draft", s.hold_kind, s.reason, e)) &&
	       db_commit(&tx, e);
}

/* ---- out of use ------------------------------------------------------------------------------ */

bool bank_hold_for(const struct act *act, int64_t id, const char *kind, const char *reason,
		   struct err *e)
{
	struct bank_state s = { 0 };
	const char *closed = NULL;
	if (!bank_item_load(act, id, &s, e) || !bank_note_close(act, reason, &closed, e))
		return false;
	/* a draft or a review goes on; it is the version in use that rests */
	const char *state = strcmp(s.state, "approved") == 0 ? "hold" : s.state;
	return db_exec(act->db, e, NULL, "UPDATE item SET held_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(s.used_id)) &&
	       set_state(act, id, state, kind, closed, e) &&
	       note(act, "bank.held", &s, kind, reason, e);
}

static bool load_in_use(const struct act *act, int64_t id, struct bank_state *ret, struct err *e)
{
	bool used = false;
	return bank_item_load(act, id, ret, e) &&
	       db_exists(act->db, e, &used,
			 "SELECT 1 FROM item WHERE id = $1 AND held_ms IS NULL"
			 " AND retired_ms IS NULL",
			 db_int(ret->used_id)) &&
	       (used || wrong_state(e));
}

static bool has_reason(const char *reason, struct err *e)
{
	return *reason || err_input(e, "reason", "bank.error.reason", "no reason");
}

/* The next hold or release writes over the reason of this one, so it stays among the comments. */
static bool keep_reason(const struct act *act, const struct bank_state *s, const char *reason,
			struct err *e)
{
	const char *closed = NULL;
	return bank_note_close(act, reason, &closed, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_comment (bank_item_id, revision, person_id, text, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(s->id), db_int(s->revision), db_int(act->person_id), db_text(closed),
		       db_int(act->now_ms));
}

bool bank_hold(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	return bank_require(act, ROLE_NAME_APPROVER, e) && has_reason(reason, e) &&
	       db_begin(act->db, &tx, e) && load_in_use(act, id, &s, e) &&
	       bank_hold_for(act, id, BANK_HOLD_OFFICER, reason, e) &&
	       keep_reason(act, &s, reason, e) && db_commit(&tx, e);
}

bool bank_release(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	if (!bank_require(act, ROLE_NAME_APPROVER, e) || !has_reason(reason, e) ||
	    !db_begin(act->db, &tx, e) || !bank_item_load(act, id, &s, e))
		return false;
	if (!*s.hold_kind || strcmp(s.state, "retired") == 0)
		return wrong_state(e);
	/* the hold that is noted is the last one; what an older one was for may bar it still */
	if (!bank_bar_version(act, s.used_id, e))
		return false;
	const char *state = strcmp(s.state, "hold") == 0 ? "approved" : s.state;
	return db_exec(act->db, e, NULL, "UPDATE item SET held_ms = NULL WHERE id = $1",
		       db_int(s.used_id)) &&
	       set_state(act, id, state, "", "", e) &&
	       note(act, "bank.released", &s, s.hold_kind, reason, e) &&
	       keep_reason(act, &s, reason, e) && db_commit(&tx, e);
}

bool bank_retire(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct bank_state s = { 0 };
	const char *closed = NULL;
	if (!bank_require(act, ROLE_NAME_APPROVER, e) || !has_reason(reason, e) ||
	    !bank_note_close(act, reason, &closed, e) || !db_begin(act->db, &tx, e) ||
	    !bank_item_load(act, id, &s, e))
		return false;
	if (strcmp(s.state, "retired") == 0)
		return wrong_state(e);
	return db_exec(act->db, e, NULL,
		       "UPDATE item SET retired_ms = $1 WHERE code = $2 AND retired_ms IS NULL",
		       db_int(act->now_ms), db_text(s.code)) &&
	       set_state(act, id, "retired", "", closed, e) &&
	       note(act, "bank.retired", &s, "", reason, e) && keep_reason(act, &s, reason, e) &&
	       db_commit(&tx, e);
}

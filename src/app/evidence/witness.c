#include "app/evidence/witness.h"

#include "app/notice/notice.h"

#include <string.h>

/* ---- who is a witness ------------------------------------------------------------------------ */

static const char *first_organ(const struct act *act)
{
	return act->book->organs[0].code;
}

static bool is_log_key(const struct act *act, const struct note_key *key, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret, "SELECT 1 FROM log_identity WHERE public_key = $1",
			 db_blob(key->public_key, NOTE_PUBLIC_SIZE));
}

static bool check_key(const struct act *act, const char *vkey, struct note_key *ret, struct err *e)
{
	bool ours = false;
	bool known = false;
	if (!note_key_parse(vkey, ret) || ret->kind != NOTE_COSIGNATURE)
		return err_input(e, "vkey", "journal.error.vkey", "no key of cosignatures");
	if (!is_log_key(act, ret, &ours, e) ||
	    !db_exists(act->db, e, &known, "SELECT 1 FROM witness WHERE vkey = $1", db_text(vkey)))
		return false;
	return (!ours && !known) ||
	       err_input(e, "vkey", "journal.error.vkey_known", "a key that is there already");
}

bool witness_propose(const struct act *act, const char *vkey, const char *holder, int64_t *ret,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct note_key key;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !act_require(act, ROLE_NAME_ADMIN, first_organ(act), e) ||
	    !check_key(act, vkey, &key, e))
		return false;
	if (!*holder)
		return err_input(e, "holder", "error.required", "a witness of nobody");
	if (!db_number(act->db, e, &id,
		       "INSERT INTO witness (name, vkey, holder, proposed_by, proposed_ms)"
		       " VALUES ($1, $2, $3, $4, $5) RETURNING id",
		       db_text(key.name), db_text(vkey), db_text(holder), db_int(act->person_id),
		       db_int(act->now_ms)) ||
	    !act_journal(act, "witness.proposed", 0, act_subject(act, "witness", id),
			 json_pack("{s:s,s:s}", "vkey", vkey, "holder", holder), e) ||
	    !db_commit(&tx, e))
		return false;
	*ret = id;
	return true;
}

/* proposed, confirmed, refused, ended; who proposed it. */
static bool state_of(const struct act *act, int64_t id, const char **ret, int64_t *ret_by,
		     struct err *e)
{
	const json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT w.proposed_by, COALESCE((SELECT s.step FROM witness_step s"
		"  WHERE s.witness_id = w.id ORDER BY s.id DESC LIMIT 1), 'proposed') AS state"
		"  FROM witness w WHERE w.id = $1",
		db_int(id));
	if (!row)
		return false;
	*ret = row_text(row, "state");
	*ret_by = row_number(row, "proposed_by");
	return true;
}

static bool note_step(const struct act *act, int64_t id, const char *step, const char *reason,
		      struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO witness_step (witness_id, step, reason, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(id), db_text(step), db_text(reason), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       act_journal(act, arena_print(act->arena, "witness.%s", step), 0,
			   act_subject(act, "witness", id), json_pack("{s:s}", "reason", reason),
			   e);
}

/* From `from` to `step`; the answer to a proposal is another person's. */
static bool take_step(const struct act *act, int64_t id, const char *from, const char *step,
		      const char *reason, struct err *e)
{
	const char *state = NULL;
	int64_t by = 0;
	if (!state_of(act, id, &state, &by, e))
		return false;
	if (strcmp(state, from) != 0)
		return err_set(e, ERR_CONFLICT, "journal.error.witness_state", "it is %s", state);
	if (strcmp(from, "proposed") == 0 && by == act->person_id)
		return err_set(e, ERR_CONFLICT, "journal.error.same_person",
			       "who proposed it does not confirm it");
	return note_step(act, id, step, reason, e);
}

bool witness_confirm(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       act_require(act, ROLE_NAME_AUDITOR, first_organ(act), e) &&
	       take_step(act, id, "proposed", "confirmed", "", e) && db_commit(&tx, e);
}

bool witness_refuse(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       act_require(act, ROLE_NAME_AUDITOR, first_organ(act), e) &&
	       (*reason || err_input(e, "reason", "error.required", "no reason")) &&
	       take_step(act, id, "proposed", "refused", reason, e) && db_commit(&tx, e);
}

bool witness_end(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && checkpoint_require(act, e) &&
	       (*reason || err_input(e, "reason", "error.required", "no reason")) &&
	       take_step(act, id, "confirmed", "ended", reason, e) && db_commit(&tx, e);
}

/* ---- what a witness brings ------------------------------------------------------------------- */

enum { WITNESSES_MOST = NOTE_SIGNATURES_MOST };

/* A note that was brought, and who has signed it. */
struct brought {
	const struct act *act;
	const char *text;
	struct note note;
	struct note_checkpoint said;
	bool by_log;
	size_t count;
	struct {
		int64_t id, time_s;
		const struct note_signature *line;
	} by[WITNESSES_MOST];
};

static bool refuse(struct err *e, const char *key, const char *why)
{
	return err_input(e, "note", key, "%s", why);
}

static bool may_bring(const struct act *act, struct err *e)
{
	bool may = act->person_id == 0;
	if (!may && !db_exists(act->db, e, &may,
			       "SELECT 1 FROM role_grant WHERE person_id = $1"
			       " AND role IN ('auditor', 'admin', 'body') AND revoked_ms IS NULL"
			       " UNION ALL SELECT 1 FROM commission_member m JOIN commission k"
			       "  ON k.id = m.commission_id AND k.state = 'appointed'"
			       " WHERE m.person_id = $1 AND m.left_ms IS NULL",
			       db_int(act->person_id)))
		return false;
	return may || err_set(e, ERR_DENIED, "error.denied", "person %lld brings no cosignatures",
			      (long long)act->person_id);
}

static bool check_witness(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct brought *b = user;
	struct note_key key;
	int64_t time_s = 0;
	(void)count;
	if (!note_key_parse(column[1].bytes, &key))
		return err_set(e, ERR_DB, "error.journal", "a witness' key is damaged");
	const enum note_found found = note_check(&b->note, &key, &time_s);
	if (found == NOTE_WRONG)
		return refuse(e, "journal.error.signature", "a signature that does not hold");
	if (found == NOTE_GOOD && b->count < WITNESSES_MOST) {
		b->by[b->count].id = column[0].number;
		b->by[b->count].time_s = time_s;
		b->by[b->count++].line = note_line_of(&b->note, &key);
	}
	return true;
}

/* Whose note it is and who has signed it. */
static bool read_brought(struct brought *b, size_t size, struct err *e)
{
	struct note_key key;
	if (!note_parse(b->text, size, &b->note) || !note_checkpoint_parse(&b->note, &b->said))
		return refuse(e, "journal.error.note", "no checkpoint");
	if (!checkpoint_key(b->act->db, &key, e))
		return false;
	if (strcmp(key.name, b->said.origin) != 0)
		return refuse(e, "journal.error.origin", "another log's checkpoint");
	const enum note_found found = note_check(&b->note, &key, NULL);
	if (found == NOTE_WRONG)
		return refuse(e, "journal.error.signature", "not signed by this log");
	b->by_log = found == NOTE_GOOD;
	if (!db_each(b->act->db, e, check_witness, b,
		     "SELECT w.id, w.vkey FROM witness w JOIN witness_step s"
		     " ON s.witness_id = w.id AND s.step = 'confirmed'"
		     " WHERE NOT EXISTS (SELECT 1 FROM witness_step x WHERE x.witness_id = w.id"
		     "  AND x.step = 'ended') ORDER BY w.id"))
		return false;
	return b->by_log || b->count > 0 ||
	       refuse(e, "journal.error.unsigned", "signed by nobody we know");
}

/* How what was signed differs from what there is: "" if it does not. */
static bool compare(const struct brought *b, struct checkpoint *ret, const char **ret_alarm,
		    struct err *e)
{
	struct checkpoint newest = { 0 };
	struct tree_hash root;
	*ret_alarm = "ahead";
	if (!checkpoint_newest(b->act->db, b->act->arena, &newest, e))
		return false;
	if (b->said.size > (uint64_t)newest.size)
		return true;
	if (!checkpoint_root(b->act->db, (int64_t)b->said.size, &root, e) ||
	    !checkpoint_of_size(b->act->db, b->act->arena, (int64_t)b->said.size, ret, e))
		return false;
	*ret_alarm = !tree_equal(&root, &b->said.root) ? "split" : ret->id == 0 ? "missing" : "";
	if (strcmp(*ret_alarm, "missing") == 0 && !b->by_log)
		return refuse(e, "journal.error.unknown", "no checkpoint of ours");
	return true;
}

/* ---- alarms ---------------------------------------------------------------------------------- */

static bool tell(const struct act *act, const char *role, struct err *e)
{
	const struct notice n = { .kind = "journal.alarm", .href = "/journal" };
	return notice_send_role(act, role, first_organ(act), &n, e);
}

/* `witness` 0: under the log's own signature alone. */
static bool keep_alarm(const struct brought *b, const char *kind, int64_t witness, struct err *e)
{
	const struct act *act = b->act;
	bool known = false;
	if (!db_exists(act->db, e, &known,
		       "SELECT 1 FROM log_alarm WHERE size = $1 AND root = $2 AND kind = $3"
		       " AND COALESCE(witness_id, 0) = $4",
		       db_int((int64_t)b->said.size), db_blob(b->said.root.bytes, TREE_HASH_SIZE),
		       db_text(kind), db_int(witness)))
		return false;
	if (known)
		return true;
	char root[TREE_TEXT_SIZE];
	int64_t id = 0;
	tree_print(&b->said.root, root);
	return db_number(act->db, e, &id,
			 "INSERT INTO log_alarm (kind, witness_id, size, root, note, by_id, at_ms)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
			 db_text(kind), witness > 0 ? db_int(witness) : db_null(),
			 db_int((int64_t)b->said.size), db_blob(b->said.root.bytes, TREE_HASH_SIZE),
			 db_text(b->text), db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "log.alarm", 0, act_subject(act, "log_alarm", id),
			   json_pack("{s:s,s:I,s:s}", "kind", kind, "size",
				     (json_int_t)b->said.size, "root", root),
			   e) &&
	       tell(act, ROLE_NAME_AUDITOR, e) && tell(act, ROLE_NAME_ADMIN, e);
}

static bool raise_alarm(const struct brought *b, const char *kind, struct err *e)
{
	if (b->count == 0)
		return keep_alarm(b, kind, 0, e);
	for (size_t i = 0; i < b->count; i++) {
		if (!keep_alarm(b, kind, b->by[i].id, e))
			return false;
	}
	return true;
}

/* ---- taking ---------------------------------------------------------------------------------- */

static bool take_line(const struct brought *b, size_t i, const struct checkpoint *c, int64_t *taken,
		      struct err *e)
{
	const struct act *act = b->act;
	const struct note_signature *line = b->by[i].line;
	int64_t changed = 0;
	if (b->by[i].time_s < c->at_ms / 1000 - WITNESS_SLACK_S ||
	    b->by[i].time_s > act->now_ms / 1000 + WITNESS_SLACK_S)
		return refuse(e, "journal.error.time", "signed at a time that cannot be");
	if (!db_exec(act->db, e, &changed,
		     "INSERT INTO witness_signature (checkpoint_id, witness_id, line, signed_s,"
		     " by_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6)"
		     " ON CONFLICT (checkpoint_id, witness_id) DO NOTHING",
		     db_int(c->id), db_int(b->by[i].id),
		     db_text(arena_copy_n(act->arena, line->line, line->line_size)),
		     db_int(b->by[i].time_s), db_int(act->person_id), db_int(act->now_ms)))
		return false;
	*taken += changed;
	return changed == 0 ||
	       act_journal(act, "checkpoint.cosigned", 0, act_subject(act, "checkpoint", c->id),
			   json_pack("{s:I,s:I,s:I}", "size", (json_int_t)c->size, "witness",
				     (json_int_t)b->by[i].id, "signed_s",
				     (json_int_t)b->by[i].time_s),
			   e);
}

static bool take(const struct brought *b, const struct checkpoint *c, int64_t *taken, struct err *e)
{
	if (b->count == 0)
		return refuse(e, "journal.error.unsigned", "signed by no witness of ours");
	for (size_t i = 0; i < b->count; i++) {
		if (!take_line(b, i, c, taken, e))
			return false;
	}
	return true;
}

bool witness_cosign(const struct act *act, const char *note, size_t size, struct witness_given *ret,
		    struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct brought b = { .act = act, .text = arena_copy_n(act->arena, note, size) };
	struct checkpoint c = { 0 };
	struct witness_given given = { .alarm = "" };
	if (!db_begin(act->db, &tx, e) || !may_bring(act, e) || !read_brought(&b, size, e) ||
	    !compare(&b, &c, &given.alarm, e) ||
	    !(*given.alarm ? raise_alarm(&b, given.alarm, e) : take(&b, &c, &given.taken, e)) ||
	    !db_commit(&tx, e))
		return false;
	given.size = (int64_t)b.said.size;
	*ret = given;
	return true;
}

/* give.c - a sitting leaves the centre, or is taken back. */
#include "app/hall_node/part.h"

#include "app/access/session.h"
#include "app/bank/vault_opening.h"
#include "journal/journal.h"

#include <string.h>

/* HR of the hall's organ, or the system itself by the command line: who holds the sitting does not
 * decide where it lies. */
static bool load(const struct act *act, int64_t id, struct sitting *ret, struct err *e)
{
	return sitting_load(act, id, ret, e) &&
	       act_require(act, ROLE_NAME_HR, ret->hall_organ, e) &&
	       candidate_require_other(act, THING_SITTING, id, e);
}

/* The row of the giving that lasts. */
static json_t *load_given(const struct act *act, int64_t sitting, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT g.id, g.package_hash, n.party FROM sitting_given g"
				     " JOIN hall_node n ON n.id = g.node_id"
				     " WHERE g.sitting_id = $1 AND g.state = 'given'",
				     db_int(sitting));
	if (rows && json_array_size(rows) == 0)
		(void)err_set(e, ERR_CONFLICT, "hall.error.not_given", "it is here");
	return rows ? json_array_get(rows, 0) : NULL;
}

/* ---- giving ---------------------------------------------------------------------------------- */

static bool may_give(const struct act *act, const struct sitting *s, int64_t *ret_node,
		     struct envelope_party *ret, struct err *e)
{
	if (strcmp(s->state, "sealed") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_sealed", "not sealed");
	if (strcmp(s->record, "outside") != 0)
		return err_set(e, ERR_CONFLICT, "hall.error.recorded", "it is recorded here");
	const json_t *nodes = db_rows(act->db, act->arena, e,
				      "SELECT id, party FROM hall_node WHERE hall_id = $1"
				      " AND removed_ms IS NULL",
				      db_int(s->hall_id));
	const json_t *node = json_array_get(nodes, 0);
	if (nodes && !node)
		return err_set(e, ERR_CONFLICT, "hall.error.no_node", "the hall has no node");
	*ret_node = row_number(node, "id");
	return nodes && envelope_party_read(row_text(node, "party"), ret, e);
}

/* What a package says of itself, before its rows. */
static json_t *head_of(const struct act *act, const struct sitting *s, int64_t epoch, struct err *e)
{
	char centre[ENVELOPE_TEXT_SIZE];
	char hash[JOURNAL_TEXT_SIZE];
	struct envelope_party own;
	bool demonstration = false;
	int64_t seq = 0;
	envelope_party_of(act->key, &own);
	envelope_party_print(&own, centre);
	if (!journal_head(act->db, hash, &seq, e) ||
	    !database_is_demonstration(act->db, &demonstration, e))
		return NULL;
	return json_pack("{s:s,s:I,s:I,s:I,s:s,s:I,s:s,s:b}", "kind", PACKAGE_KIND, "epoch",
			 (json_int_t)epoch, "sitting", (json_int_t)s->id, "given_ms",
			 (json_int_t)act->now_ms, "centre", centre, "head_seq", (json_int_t)seq,
			 "head", hash, "demonstration", demonstration);
}

static bool pack(const struct act *act, const struct sitting *s, int64_t epoch,
		 const struct envelope_party *node, const char **ret_hash, struct err *e)
{
	json_t *tables = NULL;
	const void *envelope = NULL;
	size_t size = 0;
	json_t *all = head_of(act, s, epoch, e);
	json_in_arena(act->arena, all);
	if (!all || !package_read(act, s->id, &tables, e))
		return false;
	(void)json_object_set(all, "tables", tables);
	const char *text = hall_text(act->arena, all);
	*ret_hash = envelope_hash(act->arena, text, strlen(text));
	return envelope_close(act->arena, act->key, node, PACKAGE_KIND, text, strlen(text),
			      &envelope, &size, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting_given SET package = $1, package_hash = $2 WHERE id = $3",
		       db_blob(envelope, size), db_text(*ret_hash), db_int(epoch));
}

/* Nobody writes here from now on: pens are laid down, and what the forms needed of the bank is
 * under the key of the seal. */
static bool leave(const struct act *act, int64_t sitting, struct err *e)
{
	return vault_done(act, sitting, "given", e) &&
	       db_exec(act->db, e, NULL, "UPDATE attempt SET pen = '' WHERE sitting_id = $1",
		       db_int(sitting)) &&
	       db_exec(act->db, e, NULL, "UPDATE sitting SET state = 'given' WHERE id = $1",
		       db_int(sitting));
}

bool hall_give(const struct act *act, int64_t sitting, int64_t *ret_epoch, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct envelope_party node;
	const char *hash = "";
	int64_t node_id = 0;
	int64_t epoch = 0;
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "vault.error.no_key", "no service key at hand");
	if (!db_begin(act->db, &tx, e) || !load(act, sitting, &s, e) ||
	    !may_give(act, &s, &node_id, &node, e) ||
	    !db_number(act->db, e, &epoch,
		       "INSERT INTO sitting_given (sitting_id, node_id, state, package_hash,"
		       " given_by, given_ms, reason, segment_hash)"
		       " VALUES ($1, $2, 'given', '', $3, $4, '', '') RETURNING id",
		       db_int(sitting), db_int(node_id), hall_person(act), db_int(act->now_ms)) ||
	    !pack(act, &s, epoch, &node, &hash, e) || !leave(act, sitting, e) ||
	    !sitting_note(act, &s, "sitting.given",
			  json_pack("{s:I,s:I,s:s,s:I}", "epoch", (json_int_t)epoch, "node",
				    (json_int_t)node_id, "package", hash, "round",
				    (json_int_t)s.round),
			  e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_epoch = epoch;
	return true;
}

bool hall_package(const struct act *act, int64_t sitting, const void **ret, size_t *ret_size,
		  struct err *e)
{
	struct sitting s = { 0 };
	return load(act, sitting, &s, e) &&
	       db_bytes(act->db, act->arena, e, ret, ret_size,
			"SELECT package FROM sitting_given WHERE sitting_id = $1"
			" AND state = 'given'",
			db_int(sitting));
}

/* ---- taking back ----------------------------------------------------------------------------- */

bool hall_take_back(const struct act *act, int64_t sitting, const char *reason,
		    const struct second *second, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct agreed agreed = { 0, "" };
	if (!*reason)
		return err_input(e, "reason", "error.required", "no reason given");
	if (!db_begin(act->db, &tx, e) || !load(act, sitting, &s, e))
		return false;
	const json_t *given = load_given(act, sitting, e);
	if (!given || !sitting_agree(act, &s, second, &agreed, e))
		return false;
	const int64_t epoch = row_number(given, "id");
	return db_exec(act->db, e, NULL,
		       "UPDATE sitting_given SET state = 'taken_back', package = NULL,"
		       " ended_by = $1, ended_second = $2, ended_ms = $3, reason = $4"
		       " WHERE id = $5",
		       db_int(act->person_id), db_int(agreed.person_id), db_int(act->now_ms),
		       db_text(reason), db_int(epoch)) &&
	       db_exec(act->db, e, NULL, "UPDATE sitting SET state = 'sealed' WHERE id = $1",
		       db_int(sitting)) &&
	       sitting_note(act, &s, "sitting.taken_back",
			    second_told(json_pack("{s:I,s:s}", "epoch", (json_int_t)epoch, "reason",
						  reason),
					&agreed),
			    e) &&
	       db_commit(&tx, e);
}

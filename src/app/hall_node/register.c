/* register.c - the node of a hall, as the centre knows it. */
#include "app/hall_node/part.h"

#include "app/sitting/hall.h"

static bool check_party(const struct act *act, const char *text, char ret[ENVELOPE_TEXT_SIZE],
			struct err *e)
{
	struct envelope_party party;
	struct envelope_party own;
	if (!envelope_party_read(text, &party, e))
		return err_field(e, "party");
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "vault.error.no_key", "no service key at hand");
	envelope_party_of(act->key, &own);
	if (envelope_same(&party, &own))
		return err_input(e, "party", "hall.error.party_own", "this installation itself");
	envelope_party_print(&party, ret);
	return true;
}

static bool check_none(const struct act *act, int64_t hall, struct err *e)
{
	bool there = false;
	return db_exists(act->db, e, &there,
			 "SELECT 1 FROM hall_node WHERE hall_id = $1 AND removed_ms IS NULL",
			 db_int(hall)) &&
	       (!there || err_set(e, ERR_CONFLICT, "hall.error.node", "the hall has a node"));
}

static bool note(const struct act *act, int64_t hall, const char *kind, int64_t node,
		 const char *text, struct err *e)
{
	char fingerprint[ENVELOPE_FINGERPRINT_SIZE];
	struct envelope_party party;
	if (!envelope_party_read(text, &party, e))
		return false;
	envelope_fingerprint(&party, fingerprint);
	return act_journal(
		act, kind, 0, act_subject(act, "hall", hall),
		json_pack("{s:I,s:s}", "node", (json_int_t)node, "fingerprint", fingerprint), e);
}

bool hall_node_add(const struct act *act, int64_t hall, const char *text, int64_t *ret_id,
		   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct hall_row row = { 0 };
	char party[ENVELOPE_TEXT_SIZE] = "";
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !hall_load(act, hall, &row, e) ||
	    !act_require(act, ROLE_NAME_HR, row.organ, e) || !check_party(act, text, party, e) ||
	    !check_none(act, hall, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO hall_node (hall_id, party, added_by, added_ms)"
		       " VALUES ($1, $2, $3, $4) RETURNING id",
		       db_int(hall), db_text(party), hall_person(act), db_int(act->now_ms)) ||
	    !note(act, hall, "hall.node_added", id, party, e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

bool hall_node_remove(const struct act *act, int64_t hall, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct hall_row row = { 0 };
	bool holds = false;
	if (!db_begin(act->db, &tx, e) || !hall_load(act, hall, &row, e) ||
	    !act_require(act, ROLE_NAME_HR, row.organ, e))
		return false;
	const json_t *node = db_row(act->db, act->arena, e,
				    "SELECT id, party FROM hall_node"
				    " WHERE hall_id = $1 AND removed_ms IS NULL",
				    db_int(hall));
	if (!node || !db_exists(act->db, e, &holds,
				"SELECT 1 FROM sitting_given WHERE node_id = $1"
				" AND state = 'given'",
				db_int(row_number(node, "id"))))
		return false;
	if (holds)
		return err_set(e, ERR_CONFLICT, "hall.error.holds", "it has a sitting");
	return db_exec(act->db, e, NULL,
		       "UPDATE hall_node SET removed_by = $1, removed_ms = $2 WHERE id = $3",
		       hall_person(act), db_int(act->now_ms), db_int(row_number(node, "id"))) &&
	       note(act, hall, "hall.node_removed", row_number(node, "id"), row_text(node, "party"),
		    e) &&
	       db_commit(&tx, e);
}

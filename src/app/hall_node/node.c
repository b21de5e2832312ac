/* node.c - at the hall: the package becomes a database, its journal a segment. */
#include "app/hall_node/part.h"

#include "app/access/session.h"
#include "app/bank/vault.h"
#include "app/sitting/attempt.h"
#include "journal/header.h"

#include <sodium.h>
#include <string.h>

bool hall_holding(struct db *db, struct hall_holding *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const json_t *rows = db_rows(db, a, e,
				     "SELECT epoch, sitting_id, returned_seq, received_ms"
				     " FROM node_holding");
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	*ret = (struct hall_holding){ .is_node = row != NULL,
				      .epoch = row_number(row, "epoch"),
				      .sitting = row_number(row, "sitting_id"),
				      .returned = row_has(row, "returned_seq"),
				      .received = row_has(row, "received_ms") };
	return true;
}

/* ---- taking ---------------------------------------------------------------------------------- */

static bool check_fresh(const struct act *act, struct err *e)
{
	bool used = false;
	return db_exists(act->db, e, &used,
			 "SELECT 1 FROM person UNION SELECT 1 FROM journal_entry"
			 " UNION SELECT 1 FROM node_holding") &&
	       (!used ||
		err_set(e, ERR_CONFLICT, "hall.error.not_fresh", "the database is in use already"));
}

static bool check_package(const struct act *act, const json_t *all, struct err *e)
{
	if (strcmp(row_text(all, "kind"), PACKAGE_KIND) != 0 || row_number(all, "epoch") <= 0 ||
	    row_number(all, "sitting") <= 0 || !json_is_object(json_object_get(all, "tables")))
		return err_set(e, ERR_INPUT, "hall.error.package", "no package of this version");
	return act->now_ms + HALL_CLOCK_MS >= row_number(all, "given_ms") ||
	       err_set(e, ERR_CONFLICT, "hall.error.clock",
		       "this machine's clock is behind the package: set it");
}

static bool begin(const struct act *act, const json_t *all, const char *hash, struct err *e)
{
	const int64_t sitting = row_number(all, "sitting");
	unsigned char mark[BOX_KEY_SIZE];
	const bool demonstration = json_is_true(json_object_get(all, "demonstration"));
	return package_write(act, json_object_get(all, "tables"), e) &&
	       (!demonstration || secret_key(act->db, "demonstration", mark, sizeof(mark), e)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO node_holding (epoch, sitting_id, package_hash, centre,"
		       " taken_ms) VALUES ($1, $2, $3, $4, $5)",
		       db_int(row_number(all, "epoch")), db_int(sitting), db_text(hash),
		       db_text(row_text(all, "centre")), db_int(act->now_ms)) &&
	       act_journal(act, "node.taken", 0, act_subject(act, "sitting", sitting),
			   json_pack("{s:I,s:s,s:I,s:s}", "epoch",
				     (json_int_t)row_number(all, "epoch"), "package", hash,
				     "head_seq", (json_int_t)row_number(all, "head_seq"), "head",
				     row_text(all, "head")),
			   e);
}

bool hall_take(const struct act *act, const struct envelope_party *centre, const void *package,
	       size_t size, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const char *text = "";
	size_t length = 0;
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "vault.error.no_key", "no service key at hand");
	if (!db_begin(act->db, &tx, e) || !check_fresh(act, e) ||
	    !envelope_open(act->arena, act->key, centre, PACKAGE_KIND, package, size, &text,
			   &length, e))
		return false;
	json_t *all = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	json_in_arena(act->arena, all);
	return check_package(act, all, e) &&
	       begin(act, all, envelope_hash(act->arena, text, length), e) && db_commit(&tx, e);
}

/* ---- bringing -------------------------------------------------------------------------------- */

/* What the clock has ended is over; whoever still writes goes on here. */
static bool settle(const struct act *act, int64_t sitting, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	bool running = false;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM attempt WHERE sitting_id = $1"
				     " AND started_ms IS NOT NULL ORDER BY id",
				     db_int(sitting));
	json_array_foreach (rows, i, row) {
		if (!attempt_settle(act, row_number(row, "id"), e))
			return false;
	}
	return rows &&
	       db_exists(act->db, e, &running,
			 "SELECT 1 FROM attempt WHERE sitting_id = $1"
			 " AND started_ms IS NOT NULL AND finished_ms IS NULL",
			 db_int(sitting)) &&
	       (!running ||
		err_set(e, ERR_CONFLICT, "hall.error.running", "somebody still writes"));
}

static bool end_holding(const struct act *act, const struct hall_holding *h, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	char head[JOURNAL_TEXT_SIZE];
	int64_t seq = 0;
	return db_begin(act->db, &tx, e) && settle(act, h->sitting, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'given' WHERE id = $1 AND state <> 'closed'",
		       db_int(h->sitting)) &&
	       act_journal(act, "node.returned", 0, act_subject(act, "sitting", h->sitting),
			   json_pack("{s:I}", "epoch", (json_int_t)h->epoch), e) &&
	       journal_head(act->db, head, &seq, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE node_holding SET returned_seq = $1, returned_ms = $2"
		       " WHERE epoch = $3",
		       db_int(seq), db_int(act->now_ms), db_int(h->epoch)) &&
	       db_commit(&tx, e);
}

static json_t *entries_to(const struct act *act, int64_t last, struct err *e)
{
	json_t *list = json_array();
	json_in_arena(act->arena, list);
	for (int64_t seq = 1; seq <= last; seq++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct journal_leaf leaf = { 0 };
		if (!journal_leaf_read(act->db, a, seq, &leaf, e))
			return NULL;
		(void)json_array_append_new(
			list, json_pack("[s,s,s]", leaf.header,
					act_hex(a, leaf.salt, sizeof(leaf.salt)), leaf.content));
	}
	return list;
}

/* The key of the seal, which the start gave; "" of a sitting that was not started. */
static bool seal_key_of(const struct act *act, int64_t sitting, const char **ret, struct err *e)
{
	unsigned char key[SEAL_KEY_SIZE];
	const void *box = NULL;
	size_t size = 0;
	bool started = false;
	*ret = "";
	if (!db_exists(act->db, e, &started,
		       "SELECT 1 FROM sitting WHERE id = $1 AND form_key IS NOT NULL",
		       db_int(sitting)))
		return false;
	if (!started)
		return true;
	if (!db_bytes(act->db, act->arena, e, &box, &size,
		      "SELECT form_key FROM sitting WHERE id = $1", db_int(sitting)))
		return false;
	if (size != sizeof(key) + BOX_MORE ||
	    !box_open(act->key->bytes, vault_seal_name(act->arena, sitting), box, size, key))
		return err_set(e, ERR_DB, "error.storage", "the key of a seal is damaged");
	*ret = act_hex(act->arena, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	return true;
}

static json_t *segment_of(const struct act *act, const json_t *holding, struct err *e)
{
	const int64_t sitting = row_number(holding, "sitting_id");
	const char *key = "";
	/* What no entry tells: a seat that was away for a while, and when the first question came
	 * up. */
	json_t *gaps = db_rows(act->db, act->arena, e,
			       "SELECT v.attempt_id, v.length_ms, v.at_ms FROM seat_event v"
			       " JOIN attempt t ON t.id = v.attempt_id WHERE t.sitting_id = $1"
			       " AND v.kind = 'gap' ORDER BY v.id",
			       db_int(sitting));
	json_t *entered = db_rows(act->db, act->arena, e,
				  "SELECT id, entered_ms FROM attempt WHERE sitting_id = $1"
				  " AND entered_ms IS NOT NULL ORDER BY id",
				  db_int(sitting));
	json_t *entries = entries_to(act, row_number(holding, "returned_seq"), e);
	if (!gaps || !entered || !entries || !seal_key_of(act, sitting, &key, e))
		return NULL;
	json_t *all =
		json_pack("{s:s,s:I,s:I,s:s,s:s,s:O,s:O,s:O}", "kind", SEGMENT_KIND, "epoch",
			  (json_int_t)row_number(holding, "epoch"), "sitting", (json_int_t)sitting,
			  "package", row_text(holding, "package_hash"), "seal_key", key, "gaps",
			  gaps, "entered", entered, "entries", entries);
	json_in_arena(act->arena, all);
	return all;
}

bool hall_bring(const struct act *act, const void **ret, size_t *ret_size, struct err *e)
{
	struct hall_holding h = { 0 };
	struct envelope_party centre;
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "vault.error.no_key", "no service key at hand");
	if (!hall_holding(act->db, &h, e))
		return false;
	if (!h.is_node)
		return err_set(e, ERR_CONFLICT, "hall.error.no_node", "this is no hall node");
	if (!h.returned && !end_holding(act, &h, e))
		return false;
	const json_t *holding = db_row(act->db, act->arena, e,
				       "SELECT epoch, sitting_id, package_hash, centre,"
				       " returned_seq FROM node_holding");
	const json_t *all = holding ? segment_of(act, holding, e) : NULL;
	if (!all || !envelope_party_read(row_text(holding, "centre"), &centre, e))
		return false;
	const char *text = hall_text(act->arena, all);
	return envelope_close(act->arena, act->key, &centre, SEGMENT_KIND, text, strlen(text), ret,
			      ret_size, e);
}

bool hall_acknowledge(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE node_holding SET received_ms = $1 WHERE returned_seq IS NOT NULL"
		       " AND received_ms IS NULL",
		       db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

/* journal_entry.c - entries of the journal with their proofs.  Headers alone: who may see what an
 * entry holds is decided where it belongs, not here. */
#include "app/candidate/candidate.h"
#include "app/entry_kind.h"
#include "app/evidence/checkpoint.h"
#include "journal/header.h"
#include "web/evidence/journal.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

const struct param journal_entries_params[] = {
	LIST_PARAMS,
	{ "kind", P_TEXT, 0, 60, false, NULL },
	{ "subject", P_TEXT, 0, 60, false, NULL },
	{ "number", P_INT, 1, INT64_MAX, false, NULL },
	{ "day", P_DAY, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param journal_entry_params[] = {
	{ "entry", P_INT, 1, INT64_MAX, true, NULL },
	{ "size", P_INT, 1, INT64_MAX, false, NULL },
	PARAMS_END,
};

static const struct list_column entry_columns[] = {
	{ "seq", "journal.seq", LIST_NUMBER, LIST_SORTS, NULL },
	{ "at_ms", "journal.at", LIST_TIME, 0, NULL },
	{ "kind", "journal.kind", LIST_CODE, 0, "event" },
	{ "subject", "journal.subject", LIST_TEXT, 0, NULL },
	{ "actor_id", "journal.actor", LIST_NUMBER, 0, NULL },
	{ 0 },
};
const struct list entry_listing = { "entries", "journal.entries.title", entry_columns, 50 };

/* ---- the list -------------------------------------------------------------------------------- */

/* Whoever competes does not see here how the own competition goes. */
#define OTHERS(person) " AND competition_id NOT IN " CANDIDATE_COMPETITIONS(person)
#define OTHERS_7       OTHERS("$7")
#define OTHERS_10      OTHERS("$10")

/* {rows, total}.  Kind and day are looked for in all of a long journal: on a worker. */
static bool read_entries(const struct req *r, json_t **ret, struct err *e)
{
	const struct list_ask ask = list_ask(r);
	const bool one_day = in_has(r, "day");
	const day d = one_day ? in_day(r, "day") : (day){ 0 };
	const int64_t from_ms = one_day ? day_begins_ms(d) : INT64_MIN;
	const int64_t to_ms = one_day ? day_begins_ms((day){ d.n + 1 }) : INT64_MAX;
	const struct db_value kind = db_text(in_text(r, "kind"));
	const struct db_value subject = db_text(in_text(r, "subject"));
	const struct db_value number = db_int(in_int(r, "number"));
	int64_t total = 0;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT seq, at_ms, kind, subject, actor_id FROM journal_entry"
		" WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR subject = $2)" OTHERS_10
		" AND ($3 = 0 OR seq = $3) AND at_ms >= $4 AND at_ms < $5"
		" AND ($9 = '%%' OR kind LIKE $9 ESCAPE '\\' OR subject LIKE $9 ESCAPE '\\')"
		" ORDER BY CASE WHEN $6 = 'seq' THEN seq END, seq DESC LIMIT $7 OFFSET $8",
		kind, subject, number, db_int(from_ms), db_int(to_ms), db_text(ask.up),
		db_int(ask.limit), db_int(ask.offset), db_text(ask.pattern),
		db_int(r->actor.person_id));
	if (!rows ||
	    !db_number(
		    r->db, e, &total,
		    "SELECT COUNT(*) FROM journal_entry"
		    " WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR subject = $2)" OTHERS_7
		    " AND ($3 = 0 OR seq = $3) AND at_ms >= $4 AND at_ms < $5"
		    " AND ($6 = '%%' OR kind LIKE $6 ESCAPE '\\' OR subject LIKE $6 ESCAPE '\\')",
		    kind, subject, number, db_int(from_ms), db_int(to_ms), db_text(ask.pattern),
		    db_int(r->actor.person_id)))
		return false;
	*ret = json_pack("{s:O,s:I}", "rows", rows, "total", (json_int_t)total);
	json_in_arena(r->arena, *ret);
	return true;
}

bool journal_entries_slow(struct req *r, struct err *e)
{
	json_t *found = NULL;
	if (!read_entries(r, &found, e))
		return false;
	r->found = found;
	return true;
}

/* What an older version of Konkurs wrote, or somebody past it, is shown as it stands. */
static void mark_known(json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "known",
					  json_boolean(entry_kind_is_known(row_text(row, "kind"))));
}

bool journal_entries(struct req *r, json_t *model, struct err *e)
{
	json_t *found = r->found;
	if (!found && !read_entries(r, &found, e))
		return false;
	mark_known(json_object_get(found, "rows"));
	(void)json_object_set_new(model, "kinds", word_options(r, entry_kinds, "event"));
	list_page(r, model, json_incref(json_object_get(found, "rows")),
		  row_number(found, "total"));
	(void)json_object_set_new(model, "kind", json_string(in_text(r, "kind")));
	(void)json_object_set_new(model, "subject", json_string(in_text(r, "subject")));
	(void)json_object_set_new(
		model, "number",
		in_has(r, "number") ? json_integer((json_int_t)in_int(r, "number")) : json_null());
	(void)json_object_set_new(model, "day",
				  in_has(r, "day") ? day_json(in_day(r, "day")) : json_null());
	return true;
}

/* ---- one ------------------------------------------------------------------------------------- */

/* The checkpoint that is asked for, or the first that covers the entry; id 0 if none does. */
static bool covering(const struct req *r, int64_t seq, struct checkpoint *ret, struct err *e)
{
	int64_t size = in_int(r, "size");
	if (size == 0 &&
	    !db_number(r->db, e, &size,
		       "SELECT COALESCE(MIN(size), 0) FROM checkpoint WHERE size >= $1",
		       db_int(seq)))
		return false;
	if (!checkpoint_of_size(r->db, r->arena, size, ret, e))
		return false;
	if (in_has(r, "size") && (ret->id == 0 || size < seq))
		return err_input(e, "size", "journal.error.range", "no checkpoint that covers it");
	return true;
}

static bool add_proof(const struct req *r, const struct journal_leaf *leaf, json_t *ret,
		      struct err *e)
{
	struct checkpoint c = { 0 };
	struct tree_proof proof;
	char root[TREE_TEXT_SIZE];
	(void)json_object_set_new(ret, "proof", json_null());
	if (!covering(r, leaf->seq, &c, e))
		return false;
	if (c.id == 0)
		return true;
	if (!checkpoint_prove(r->db, leaf->seq, c.size, &proof, e))
		return false;
	tree_print(&c.root, root);
	const bool good = tree_proves(&leaf->hash, (uint64_t)leaf->seq - 1, (uint64_t)c.size,
				      &proof, &c.root);
	(void)json_object_set_new(ret, "proof",
				  json_pack("{s:I,s:s,s:b,s:o}", "size", (json_int_t)c.size, "root",
					    root, "good", good, "hashes", proof_list(&proof)));
	return true;
}

bool journal_entry_show(struct req *r, json_t *model, struct err *e)
{
	struct journal_leaf leaf;
	char hash[TREE_TEXT_SIZE];
	json_t *one = json_object();
	(void)json_object_set_new(model, "entry", one);
	if (!journal_leaf_read(r->db, r->arena, in_int(r, "entry"), &leaf, e))
		return false;
	tree_print(&leaf.hash, hash);
	(void)json_object_set_new(one, "seq", json_integer((json_int_t)leaf.seq));
	(void)json_object_set_new(one, "index", json_integer((json_int_t)leaf.seq - 1));
	(void)json_object_set_new(one, "header", json_string(leaf.header));
	(void)json_object_set_new(one, "hash", json_string(hash));
	(void)json_object_set_new(one, "destroyed", json_boolean(leaf.destroyed));
	return add_proof(r, &leaf, one, e);
}

/* journal_entry.c - one entry of the journal: what it says in words, what hangs together with it,
 * and the proof that it is there, to see and to take away (F85, F86).  Headers alone: who may see
 * what an entry holds is decided where it belongs, not here; and who the actor is, is a number with
 * the offices that it held. */
#include "app/entry_kind.h"
#include "app/evidence/checkpoint.h"
#include "app/evidence/evidence.h"
#include "journal/header.h"
#include "web/evidence/journal.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

const struct param journal_entry_params[] = {
	{ "entry", P_INT, 1, INT64_MAX, true, NULL },
	{ "size", P_INT, 1, INT64_MAX, false, NULL },
	PARAMS_END,
};

const struct param journal_receipt_params[] = {
	{ "entry", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- in words -------------------------------------------------------------------------------- */

/* "application/7" as {"kind": "application", "id": "7", "href": its page}; null for what has no
 * words. */
static json_t *about(const struct req *r, const char *subject)
{
	static const struct {
		const char *kind, *before, *after;
	} pages[] = {
		{ "application", "/applications/", "/story" },
		{ "interview", NULL, NULL },
		{ "sitting", NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(pages); i++) {
		const size_t length = strlen(pages[i].kind);
		if (strncmp(subject, pages[i].kind, length) != 0 || subject[length] != '/')
			continue;
		const char *id = subject + length + 1;
		const bool leads = pages[i].before && req_is(r, ROLE_AUDITOR);
		return json_pack(
			"{s:s,s:s,s:s?}", "kind", pages[i].kind, "id", id, "href",
			leads ? arena_print(r->arena, "%s%s%s", pages[i].before, id, pages[i].after)
			      : NULL);
	}
	return json_null();
}

/* The offices that the actor held when the entry was made. */
static bool add_offices(const struct req *r, const json_t *row, json_t *ret, struct err *e)
{
	size_t i = 0;
	json_t *one = NULL;
	json_t *offices =
		db_rows(r->db, r->arena, e,
			"SELECT DISTINCT g.role FROM role_grant g WHERE g.person_id = $1"
			" AND g.granted_ms <= $2 AND (g.revoked_ms IS NULL OR g.revoked_ms > $2)"
			" UNION SELECT 'candidate' FROM application a WHERE a.person_id = $1"
			"  AND a.competition_id = $3"
			" UNION SELECT 'commission' FROM commission_member m"
			"  JOIN commission k ON k.id = m.commission_id"
			"  WHERE m.person_id = $1 AND k.competition_id = $3 ORDER BY 1",
			db_int(row_number(row, "actor_id")), db_int(row_number(row, "at_ms")),
			db_int(row_number(row, "competition_id")));
	json_array_foreach (offices, i, one) {
		(void)json_object_set_new(
			one, "key", json_string(journal_role_key(r->arena, row_text(one, "role"))));
		(void)json_object_del(one, "role");
	}
	(void)json_object_set(ret, "offices", offices);
	return offices != NULL;
}

static bool add_competition(const struct req *r, int64_t id, json_t *ret, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, post, organ FROM competition WHERE id = $1", db_int(id));
	json_t *row = json_array_get(rows, 0);
	if (row) {
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	(void)json_object_set_new(ret, "competition", row ? json_incref(row) : json_null());
	return rows != NULL;
}

/* ---- what hangs together --------------------------------------------------------------------- */

enum { AROUND = 5 };

/* The entries about the same thing around this one, in their order; nothing where there is no
 * thing, or where it is the clicks of a test. */
static bool add_related(const struct req *r, const json_t *row, json_t *ret, struct err *e)
{
	const char *subject = row_text(row, "subject");
	const int64_t seq = row_number(row, "seq");
	json_t *list = json_array();
	(void)json_object_set_new(ret, "related", list);
	if (!*subject || strcmp(row_text(row, "kind"), "test.answer") == 0)
		return true;
	json_t *before = db_rows(r->db, r->arena, e,
				 "SELECT seq, at_ms, kind, actor_id FROM journal_entry"
				 " WHERE subject = $1 AND kind <> 'test.answer' AND seq <= $2"
				 " ORDER BY seq DESC LIMIT $3",
				 db_text(subject), db_int(seq), db_int(AROUND + 1));
	json_t *after = db_rows(r->db, r->arena, e,
				"SELECT seq, at_ms, kind, actor_id FROM journal_entry"
				" WHERE subject = $1 AND kind <> 'test.answer' AND seq > $2"
				" ORDER BY seq LIMIT $3",
				db_text(subject), db_int(seq), db_int(AROUND));
	if (!before || !after)
		return false;
	for (size_t i = json_array_size(before); i > 0; i--)
		(void)json_array_append(list, json_array_get(before, i - 1));
	(void)json_array_extend(list, after);
	size_t i = 0;
	json_t *one = NULL;
	json_array_foreach (list, i, one)
		(void)json_object_set_new(one, "here", json_boolean(row_number(one, "seq") == seq));
	journal_mark_known(list);
	return true;
}

/* The entries before and behind it in the chain, whatever they are about; null at the ends. */
static bool add_neighbours(const struct req *r, int64_t seq, json_t *ret, struct err *e)
{
	bool more = false;
	if (!db_exists(r->db, e, &more, "SELECT 1 FROM journal_entry WHERE seq = $1",
		       db_int(seq + 1)))
		return false;
	(void)json_object_set_new(ret, "previous",
				  seq > 1 ? json_integer((json_int_t)seq - 1) : json_null());
	(void)json_object_set_new(ret, "next",
				  more ? json_integer((json_int_t)seq + 1) : json_null());
	return true;
}

static bool add_words(const struct req *r, int64_t seq, json_t *ret, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT seq, at_ms, kind, actor_id, competition_id, subject"
			     "  FROM journal_entry WHERE seq = $1",
			     db_int(seq));
	if (!row || !add_offices(r, row, ret, e) ||
	    !add_competition(r, row_number(row, "competition_id"), ret, e) ||
	    !add_related(r, row, ret, e) || !add_neighbours(r, seq, ret, e))
		return false;
	const char *kind = row_text(row, "kind");
	(void)json_object_set_new(ret, "kind", json_string(kind));
	(void)json_object_set_new(ret, "known", json_boolean(entry_kind_is_known(kind)));
	(void)json_object_set(ret, "at_ms", json_object_get(row, "at_ms"));
	(void)json_object_set(ret, "actor_id", json_object_get(row, "actor_id"));
	(void)json_object_set_new(ret, "system", json_boolean(row_number(row, "actor_id") == 0));
	(void)json_object_set(ret, "subject", json_object_get(row, "subject"));
	(void)json_object_set_new(ret, "about", about(r, row_text(row, "subject")));
	return true;
}

/* ---- the proof ------------------------------------------------------------------------------- */

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
				  json_pack("{s:I,s:I,s:s,s:b,s:o,s:s}", "size", (json_int_t)c.size,
					    "at_ms", (json_int_t)c.at_ms, "root", root, "good",
					    good, "hashes", proof_list(&proof), "note", c.note));
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
	return add_words(r, leaf.seq, one, e) && add_proof(r, &leaf, one, e);
}

/* The entry as konkurs-verify and verify.html take it: the header without what it commits to. */
bool journal_entry_receipt(struct req *r, json_t *model, struct err *e)
{
	struct receipt receipt = { 0 };
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	(void)model;
	if (!evidence_receipt(r->db, r->arena, in_int(r, "entry"), false, &receipt, e))
		return false;
	const char *text = receipt_json(r->arena, &receipt);
	*file = (struct upload){
		.name = "",
		.file_name =
			arena_print(r->arena, "entry-%lld.json", (long long)in_int(r, "entry")),
		.media = "application/json",
		.bytes = text,
		.size = strlen(text),
	};
	r->download = file;
	return true;
}

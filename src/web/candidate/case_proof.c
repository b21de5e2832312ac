#include "web/candidate/case_proof.h"

#include "app/evidence/checkpoint.h"
#include "app/evidence/evidence.h"
#include "app/result/redraw.h"
#include "view/share.h"
#include "web/evidence/receipt.h"
#include "web/row.h"

#include <stdlib.h>
#include <string.h>

/* ---- proofs ---------------------------------------------------------------------------------- */

static json_t *proof_json(const struct tree_proof *proof)
{
	json_t *list = json_array();
	for (size_t i = 0; i < proof->count; i++) {
		char text[TREE_TEXT_SIZE];
		tree_print(&proof->hash[i], text);
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

static bool prove_entry(const struct req *r, int64_t size, json_t *entry, struct err *e)
{
	struct tree_proof proof;
	const int64_t seq = row_number(entry, "seq");
	if (seq > size)
		return json_object_set_new(entry, "proof", json_null()) == 0;
	if (!checkpoint_prove(r->db, seq, size, &proof, e))
		return false;
	(void)json_object_set_new(entry, "proof", proof_json(&proof));
	return true;
}

bool case_proofs(const struct req *r, json_t *journal, struct err *e)
{
	struct checkpoint c = { 0 };
	struct note_key key;
	char vkey[NOTE_KEY_SIZE] = "";
	const char *note = NULL;
	size_t i = 0;
	json_t *entry = NULL;
	if (!checkpoint_newest(r->db, r->arena, &c, e))
		return false;
	if (c.id > 0 &&
	    (!checkpoint_note(r->db, r->arena, &c, &note, e) || !checkpoint_key(r->db, &key, e)))
		return false;
	if (c.id > 0)
		note_key_print(&key, vkey);
	(void)json_object_set_new(journal, "checkpoint", note ? json_string(note) : json_null());
	(void)json_object_set_new(journal, "key", note ? json_string(vkey) : json_null());
	json_array_foreach (json_object_get(journal, "entries"), i, entry) {
		if (!prove_entry(r, c.size, entry, e))
			return false;
	}
	return true;
}

json_t *case_later(const json_t *journal)
{
	size_t i = 0;
	const json_t *entry = NULL;
	json_t *list = json_array();
	json_array_foreach (json_object_get(journal, "entries"), i, entry) {
		if (json_is_null(json_object_get(entry, "proof")))
			(void)json_array_append(list, json_object_get(entry, "seq"));
	}
	return list;
}

static const char *print_json(struct arena *a, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	const char *kept = arena_copy(a, text ? text : "");
	free(text);
	return kept;
}

bool case_export_receipt(const struct req *r, int64_t seq, const json_t *later, const char **ret,
			 struct err *e)
{
	struct receipt receipt = { 0 };
	size_t i = 0;
	const json_t *number = NULL;
	if (!evidence_receipt(r->db, r->arena, seq, true, &receipt, e))
		return false;
	json_t *proofs = json_object();
	json_t *o = json_loads(receipt_json(r->arena, &receipt), 0, NULL);
	json_in_arena(r->arena, o);
	(void)json_object_set_new(o, "later", proofs);
	json_array_foreach (later, i, number) {
		struct tree_proof proof;
		const long long n = json_integer_value(number);
		if (!checkpoint_prove(r->db, n, seq, &proof, e))
			return false;
		(void)json_object_set_new(proofs, arena_print(r->arena, "%lld", n),
					  proof_json(&proof));
	}
	*ret = print_json(r->arena, o);
	return true;
}

/* ---- receipts -------------------------------------------------------------------------------- */

static bool add_receipt(const struct req *r, const json_t *row, struct archive *archive,
			struct err *e)
{
	struct receipt receipt = { 0 };
	const char *kind = row_text(row, "kind");
	const int64_t seq = row_number(row, "seq");
	if (!evidence_receipt(r->db, r->arena, seq, true, &receipt, e)) {
		if (e->kind != ERR_MISSING)
			return false;
		err_clear(e); /* no checkpoint covers it yet */
		return true;
	}
	const char *text = receipt_json(r->arena, &receipt);
	return archive_add(archive,
			   arena_print(r->arena, "receipts/%s-%lld.json", kind, (long long)seq),
			   text, strlen(text), e);
}

bool case_receipts(const struct req *r, int64_t application, struct archive *archive, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT seq, kind FROM journal_entry WHERE subject = $1"
				     " AND kind <> 'test.answer' AND kind <> 'vote.cast'"
				     " AND kind IN " EVIDENCE_KINDS " ORDER BY seq",
				     db_text(act_subject(&act, "application", application)));
	json_array_foreach (rows, i, row) {
		if (!add_receipt(r, row, archive, e))
			return false;
	}
	return rows != NULL;
}

/* ---- draws ----------------------------------------------------------------------------------- */

bool case_draws(const struct req *r, int64_t application, struct archive *archive, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT DISTINCT sitting_id AS id FROM attempt"
				     " WHERE application_id = $1 ORDER BY 1",
				     db_int(application));
	json_array_foreach (rows, i, row) {
		const int64_t id = row_number(row, "id");
		json_t *draw = NULL;
		bool out = false;
		if (!redraw_is_out(&act, id, &out, e) ||
		    (out && !redraw_export(&act, id, &draw, e)))
			return false;
		const char *text = out ? print_json(r->arena, draw) : "";
		if (out &&
		    !archive_add(archive,
				 arena_print(r->arena, "draws/sitting-%lld.json", (long long)id),
				 text, strlen(text), e))
			return false;
	}
	return rows != NULL;
}

/* ---- tools ----------------------------------------------------------------------------------- */

bool case_tools(struct archive *archive, struct err *e)
{
	static const char *const name[] = { "verify.py", "README.txt" };
	static const struct handout *const handouts[] = { &handout_program, &handout_page };
	for (size_t i = 0; i < COUNT(name); i++) {
		char path[64] = "sample/case/";
		memcpy(path + strlen(path), name[i], strlen(name[i]) + 1);
		const struct share_item *item = share_find(path);
		if (!archive_add(archive, name[i], item->bytes, item->size, e))
			return false;
	}
	for (size_t i = 0; i < COUNT(handouts); i++) {
		if (!archive_add(archive, handouts[i]->name, handouts[i]->bytes, handouts[i]->size,
				 e))
			return false;
	}
	return true;
}

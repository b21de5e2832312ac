/* journal.c - checkpoints of the journal: which there are, and one of them on the screen and on
 * paper (F86). */
#include "web/evidence/journal.h"

#include "app/candidate/candidate.h"
#include "app/evidence/checkpoint.h"
#include "print/qr.h"
#include "web/evidence/receipt.h"
#include "web/list.h"
#include "web/print/print.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum { SHORT_ROOT = 16 };

static const char *const reasons[] = { CHECKPOINT_SITTING, CHECKPOINT_VOTE,  CHECKPOINT_DAY,
				       CHECKPOINT_RECEIPT, CHECKPOINT_ASKED, NULL };
static const char *const languages[] = { "kk", "ru", "en", NULL };

const struct param journal_list_params[] = {
	LIST_PARAMS,
	{ "reason", P_CHOICE, 0, 0, false, reasons },
	{ "day", P_DAY, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param journal_checkpoint_params[] = {
	{ "size", P_INT, 1, INT64_MAX, true, NULL },
	{ "older", P_INT, 0, INT64_MAX, false, NULL },
	PARAMS_END,
};
const struct param journal_paper_params[] = {
	{ "size", P_INT, 1, INT64_MAX, true, NULL },
	{ "language", P_CHOICE, 0, 0, false, languages },
	PARAMS_END,
};

static const struct list_column checkpoint_columns[] = {
	{ "size", "journal.size", LIST_NUMBER, LIST_SORTS, NULL },
	{ "at_ms", "journal.at", LIST_TIME, 0, NULL },
	{ "reason", "journal.reason", LIST_CODE, LIST_SORTS, "journal.reason" },
	{ "subject", "journal.subject", LIST_TEXT, 0, NULL },
	{ "witnesses", "journal.witnesses", LIST_NUMBER, 0, NULL },
	{ 0 },
};
const struct list checkpoint_listing = { "checkpoints", "journal.list.title", checkpoint_columns,
					 50 };

/* ---- what is common ------------------------------------------------------------------------ */

json_t *proof_list(const struct tree_proof *proof)
{
	json_t *list = json_array();
	for (size_t i = 0; i < proof->count; i++) {
		char text[TREE_TEXT_SIZE];
		tree_print(&proof->hash[i], text);
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

/* The log's verifier key, null before the first checkpoint. */
static bool add_key(const struct req *r, json_t *model, struct err *e)
{
	struct note_key key;
	char text[NOTE_KEY_SIZE];
	bool some = false;
	if (!db_exists(r->db, e, &some, "SELECT 1 FROM log_identity"))
		return false;
	if (some && !checkpoint_key(r->db, &key, e))
		return false;
	if (some)
		note_key_print(&key, text);
	(void)json_object_set_new(model, "key", some ? json_string(text) : json_null());
	return true;
}

static bool add_alarms(const struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.kind, a.size, a.at_ms, a.note, COALESCE(w.holder, '')"
			       " AS holder FROM log_alarm a LEFT JOIN witness w"
			       "  ON w.id = a.witness_id ORDER BY a.id DESC");
	(void)json_object_set(model, "alarms", rows);
	return rows != NULL;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Of one local day; all days if none is asked for. */
static void span(const struct req *r, int64_t *ret_from, int64_t *ret_to)
{
	const bool one = in_has(r, "day");
	const day d = one ? in_day(r, "day") : (day){ 0 };
	*ret_from = one ? day_begins_ms(d) : 0;
	*ret_to = one ? day_begins_ms((day){ d.n + 1 }) : INT64_MAX;
}

/* Why there is a checkpoint: whoever competes does not see here how the own competition goes. */
#define OTHERS(person)                                                                             \
	" AND NOT EXISTS (SELECT 1 FROM journal_entry j WHERE j.subject = x.subject"               \
	" AND j.kind <> 'test.answer' AND j.competition_id IN " CANDIDATE_COMPETITIONS(person) ")"
#define OTHERS_2 OTHERS("$2")
#define OTHERS_5 OTHERS("$5")
#define OTHERS_9 OTHERS("$9")

/* What checkpoints were made for, so that pages can say it in words: of "application/7" `about` is
 * {"kind": "application", "id": "7"}; of what has no words, null. */
static void add_about(json_t *rows)
{
	static const char *const kinds[] = { "application", "interview", "sitting" };
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		const char *subject = row_text(row, "subject");
		json_t *about = json_null();
		for (size_t k = 0; k < COUNT(kinds); k++) {
			const size_t length = strlen(kinds[k]);
			if (strncmp(subject, kinds[k], length) != 0 || subject[length] != '/')
				continue;
			about = json_pack("{s:s,s:s}", "kind", kinds[k], "id",
					  subject + length + 1);
		}
		(void)json_object_set_new(row, "about", about);
	}
}

static bool read_checkpoints(const struct req *r, json_t *model, struct err *e)
{
	const struct list_ask ask = list_ask(r);
	int64_t from_ms = 0;
	int64_t to_ms = 0;
	int64_t total = 0;
	span(r, &from_ms, &to_ms);
	const char *reason = in_text(r, "reason");
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT c.size, c.at_ms, x.reason, x.subject, (SELECT COUNT(*)"
		"  FROM witness_signature s WHERE s.checkpoint_id = c.id) AS witnesses"
		"  FROM checkpoint_reason x JOIN checkpoint c ON c.id = x.checkpoint_id"
		" WHERE ($1 = '' OR x.reason = $1) AND c.at_ms >= $2 AND c.at_ms < $3"
		" AND x.subject LIKE $4 ESCAPE '\\'" OTHERS_9
		" ORDER BY CASE WHEN $5 = 'size' THEN c.size END,"
		" CASE WHEN $6 = 'size' THEN c.size END DESC,"
		" CASE WHEN $5 = 'reason' THEN x.reason END,"
		" CASE WHEN $6 = 'reason' THEN x.reason END DESC, x.id DESC LIMIT $7 OFFSET $8",
		db_text(reason), db_int(from_ms), db_int(to_ms), db_text(ask.pattern),
		db_text(ask.up), db_text(ask.down), db_int(ask.limit), db_int(ask.offset),
		db_int(r->actor.person_id));
	if (!rows || !db_number(r->db, e, &total,
				"SELECT COUNT(*) FROM checkpoint_reason x JOIN checkpoint c"
				"  ON c.id = x.checkpoint_id WHERE ($1 = '' OR x.reason = $1)"
				" AND c.at_ms >= $2 AND c.at_ms < $3"
				" AND x.subject LIKE $4 ESCAPE '\\'" OTHERS_5,
				db_text(reason), db_int(from_ms), db_int(to_ms),
				db_text(ask.pattern), db_int(r->actor.person_id)))
		return false;
	add_about(rows);
	list_page(r, model, json_incref(rows), total);
	return true;
}

bool journal_list(struct req *r, json_t *model, struct err *e)
{
	int64_t entries = 0;
	if (!add_key(r, model, e) || !add_alarms(r, model, e) || !read_checkpoints(r, model, e) ||
	    !db_number(r->db, e, &entries, "SELECT COALESCE(MAX(seq), 0) FROM journal_entry"))
		return false;
	(void)json_object_set_new(model, "entries", json_integer((json_int_t)entries));
	(void)json_object_set_new(model, "reason", json_string(in_text(r, "reason")));
	(void)json_object_set_new(model, "day",
				  in_has(r, "day") ? day_json(in_day(r, "day")) : json_null());
	(void)json_object_set_new(model, "reasons", word_options(r, reasons, "journal.reason"));
	return true;
}

/* ---- one ------------------------------------------------------------------------------------- */

static bool find(const struct req *r, struct checkpoint *ret, struct err *e)
{
	if (!checkpoint_of_size(r->db, r->arena, in_int(r, "size"), ret, e))
		return false;
	return ret->id > 0 || err_set(e, ERR_MISSING, "error.missing", "no such checkpoint");
}

static json_t *qr_json(const struct req *r, const char *text)
{
	int side = 0;
	const char *path = qr_path(r->arena, text, &side);
	return path ? json_pack("{s:i,s:s}", "side", side, "path", path) : json_null();
}

static bool describe(const struct req *r, const struct checkpoint *c, json_t *ret, struct err *e)
{
	char root[TREE_TEXT_SIZE];
	const char *note = NULL;
	tree_print(&c->root, root);
	json_t *why = db_rows(r->db, r->arena, e,
			      "SELECT x.reason, x.subject, x.at_ms FROM checkpoint_reason x"
			      " WHERE x.checkpoint_id = $1" OTHERS_2 " ORDER BY x.id",
			      db_int(c->id), db_int(r->actor.person_id));
	json_t *by = db_rows(r->db, r->arena, e,
			     "SELECT w.name, w.holder, s.signed_s * 1000 AS signed_ms"
			     "  FROM witness_signature s JOIN witness w ON w.id = s.witness_id"
			     " WHERE s.checkpoint_id = $1 ORDER BY s.id",
			     db_int(c->id));
	if (!why || !by || !checkpoint_note(r->db, r->arena, c, &note, e))
		return false;
	add_about(why);
	(void)json_object_set_new(ret, "size", json_integer((json_int_t)c->size));
	(void)json_object_set_new(ret, "at_ms", json_integer((json_int_t)c->at_ms));
	(void)json_object_set_new(ret, "root", json_string(root));
	(void)json_object_set_new(ret, "short",
				  json_string(act_hex(r->arena, c->root.bytes, SHORT_ROOT / 2)));
	(void)json_object_set_new(ret, "note", json_string(note));
	(void)json_object_set(ret, "reasons", why);
	(void)json_object_set(ret, "witnesses", by);
	return true;
}

/* 0 is what a witness has signed before its first time: no checkpoint, the root of nothing. */
static bool find_older(const struct req *r, struct checkpoint *ret, bool *ret_some, struct err *e)
{
	const int64_t size = in_int(r, "older");
	if (size > 0 && !checkpoint_of_size(r->db, r->arena, size, ret, e))
		return false;
	*ret_some = size == 0 || ret->id > 0;
	return size > 0 || checkpoint_root(r->db, 0, &ret->root, e);
}

/* That the journal of an older checkpoint is the beginning of this one's; null if not asked for. */
static bool add_growth(const struct req *r, const struct checkpoint *c, json_t *ret, struct err *e)
{
	struct checkpoint older = { 0 };
	struct tree_proof proof;
	(void)json_object_set_new(ret, "growth", json_null());
	if (!in_has(r, "older"))
		return true;
	bool some = false;
	if (!find_older(r, &older, &some, e))
		return false;
	if (!some || older.size > c->size)
		return err_input(e, "older", "journal.error.older", "no older checkpoint");
	if (!checkpoint_prove_growth(r->db, older.size, c->size, &proof, e))
		return false;
	const bool grew =
		tree_grew((uint64_t)older.size, &older.root, (uint64_t)c->size, &c->root, &proof);
	(void)json_object_set_new(ret, "growth",
				  json_pack("{s:I,s:b,s:o}", "older", (json_int_t)older.size,
					    "good", grew, "proof", proof_list(&proof)));
	return true;
}

bool journal_checkpoint(struct req *r, json_t *model, struct err *e)
{
	struct checkpoint c = { 0 };
	json_t *one = json_object();
	(void)json_object_set_new(model, "checkpoint", one);
	if (!find(r, &c, e) || !describe(r, &c, one, e) || !add_growth(r, &c, one, e) ||
	    !add_key(r, model, e))
		return false;
	(void)json_object_set_new(one, "qr", qr_json(r, c.note));
	return true;
}

/* ---- on paper -------------------------------------------------------------------------------- */

/* Its hash is the root, its place the size: /verify knows it by them. */
bool journal_paper_slow(struct req *r, struct err *e)
{
	const struct req reader = print_reader(r);
	struct checkpoint c = { 0 };
	struct buf xhtml = buf_on(r->arena);
	struct buf pdf = buf_on(r->arena);
	json_t *model = json_object();
	json_t *one = json_object();
	json_in_arena(r->arena, model);
	(void)json_object_set_new(model, "checkpoint", one);
	if (!find(r, &c, e) || !describe(&reader, &c, one, e) || !add_key(&reader, model, e))
		return false;
	(void)json_object_set_new(one, "log_note", json_string(c.note));
	(void)json_object_set_new(one, "tools",
				  json_pack("[{s:s,s:s},{s:s,s:s}]", "name", handout_program.name,
					    "sum", handout_program.sum, "name", handout_page.name,
					    "sum", handout_page.sum));
	if (!print_render(&reader, "checkpoint", model, &xhtml, e))
		return false;
	const struct paper paper = {
		.title = print_text(&reader, "paper.checkpoint"),
		.language = reader.language,
		.xhtml = xhtml.text,
		.size = xhtml.length,
		.method = "RFC 6962",
		.hash = act_hex(r->arena, c.root.bytes, TREE_HASH_SIZE),
		.seq = c.size,
		.at_ms = c.at_ms,
		.mark = r->site->demonstration ? print_text(&reader, "paper.mark") : "",
		.origin = print_text(&reader, "paper.origin"),
		.place = print_text(&reader, "paper.place"),
	};
	if (!paper_pdf(&paper, &pdf, e))
		return false;
	print_send(r, &pdf,
		   arena_print(r->arena, "checkpoint-%lld-%s.pdf", (long long)c.size,
			       reader.language));
	return true;
}

bool journal_paper(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return r->download != NULL || err_set(e, ERR_SYSTEM, "error.system", "no paper was made");
}

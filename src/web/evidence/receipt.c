/* receipt.c - a person's own receipts: the list, one of them in words, and the file (F15, F60). */
#include "web/evidence/receipt.h"

#include "app/evidence/evidence.h"
#include "print/qr.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

/* ---- the list -------------------------------------------------------------------------------- */

static const struct list_column receipt_columns[] = {
	{ "seq", "receipt.seq", LIST_NUMBER, LIST_SORTS, NULL },
	{ "kind", "receipt.kind", LIST_CODE, 0, "verify.kind" },
	{ "post", "competition.post", LIST_TEXT, 0, NULL },
	{ "at_ms", "receipt.at", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
static const struct list receipt_listing = { "receipts", "receipt.list.title", receipt_columns,
					     30 };
static const struct param receipt_list_params[] = {
	LIST_PARAMS,
	PARAMS_END,
};

/* Of own applications, and own votes. */
#define OWN                                                                                        \
	"SELECT j.seq, j.kind, j.at_ms, c.post FROM application a"                                 \
	" JOIN journal_entry j ON j.subject = 'application/' || a.id"                              \
	"  AND j.kind <> 'test.answer' AND j.kind <> 'vote.cast' AND j.kind IN " EVIDENCE_KINDS    \
	" JOIN competition c ON c.id = a.competition_id WHERE a.person_id = $1"                    \
	" UNION ALL SELECT j.seq, j.kind, j.at_ms, c.post FROM commission_member m"                \
	" JOIN ballot b ON b.member_id = m.id"                                                     \
	" JOIN journal_entry j ON j.subject = 'application/' || b.application_id"                  \
	"  AND j.kind <> 'test.answer' AND j.kind = 'vote.cast' AND j.actor_id = $1"               \
	" JOIN competition c ON c.id = j.competition_id WHERE m.person_id = $1"

static bool receipt_list(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e, OWN " ORDER BY 1 DESC", db_int(r->actor.person_id));
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
	if (rows)
		list_rows(r, model, rows);
	return rows != NULL;
}

/* ---- one ------------------------------------------------------------------------------------- */

static const struct param receipt_params[] = {
	{ "entry", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

static bool load(struct req *r, struct receipt *ret, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t seq = in_int(r, "entry");
	bool whole = false;
	return evidence_require_own(&act, seq, &whole, e) &&
	       evidence_receipt(r->db, r->arena, seq, whole, ret, e);
}

/* What the content says, in the words of its kind; what is not there stays null. */
static json_t *content_model(const struct receipt *receipt)
{
	json_t *told = receipt->whole ? json_loads(receipt->content, 0, NULL) : NULL;
	json_t *model = json_pack("{s:n,s:n,s:n,s:n}", "result", "choice", "receipt", "withheld");
	if (!told) {
		(void)json_object_set_new(model, "withheld", json_true());
		return model;
	}
	if (json_object_get(told, "correct"))
		(void)json_object_set_new(model, "result",
					  json_pack("{s:O,s:O,s:O}", "correct",
						    json_object_get(told, "correct"), "asked",
						    json_object_get(told, "asked"), "positive",
						    json_object_get(told, "positive")));
	if (json_object_get(told, "choice"))
		(void)json_object_set(model, "choice", json_object_get(told, "choice"));
	if (json_object_get(told, "receipt"))
		(void)json_object_set(model, "receipt", json_object_get(told, "receipt"));
	json_decref(told);
	return model;
}

static bool add_code(struct req *r, const struct receipt *receipt, json_t *model, struct err *e)
{
	int side = 0;
	char code[RECEIPT_CODE_SIZE];
	const struct tree_hash hash = tree_leaf(receipt->leaf, strlen(receipt->leaf));
	const char *packed = receipt_compact(r->arena, receipt);
	const char *path = packed ? qr_path(r->arena, packed, &side) : NULL;
	if (!path)
		return err_set(e, ERR_SYSTEM, "error.system", "a receipt does not fit a code");
	receipt_code(&hash, code);
	(void)json_object_set_new(model, "code", json_string(code));
	(void)json_object_set_new(model, "packed", json_string(packed));
	(void)json_object_set_new(model, "path", json_string(path));
	(void)json_object_set_new(model, "side", json_integer(side));
	return true;
}

static bool add_facts(struct req *r, const struct receipt *receipt, json_t *model, struct err *e)
{
	struct leaf leaf;
	struct note note;
	struct note_checkpoint c;
	if (!leaf_parse(receipt->leaf, strlen(receipt->leaf), &leaf) ||
	    !note_parse(receipt->checkpoint, strlen(receipt->checkpoint), &note) ||
	    !note_checkpoint_parse(&note, &c))
		return err_set(e, ERR_DB, "error.journal", "an entry is damaged");
	json_t *row = db_row(r->db, r->arena, e, "SELECT post FROM competition WHERE id = $1",
			     db_int(leaf.competition));
	if (!row)
		return false;
	(void)json_object_update_new(
		model, json_pack("{s:s,s:I,s:I,s:s,s:s,s:I,s:s}", "kind", leaf.kind, "seq",
				 (json_int_t)leaf.seq, "at_ms", (json_int_t)leaf.at_ms, "post",
				 post_name(r, row_text(row, "post")), "leaf", receipt->leaf, "size",
				 (json_int_t)c.size, "key", receipt->key));
	return true;
}

static bool receipt_show(struct req *r, json_t *model, struct err *e)
{
	struct receipt receipt = { 0 };
	if (!load(r, &receipt, e))
		return false;
	json_t *shown = content_model(&receipt);
	(void)json_object_set_new(model, "receipt", shown);
	return add_facts(r, &receipt, shown, e) && add_code(r, &receipt, shown, e);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void send(struct req *r, const char *name, const char *media, const void *bytes, size_t size)
{
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	*file = (struct upload){
		.name = "", .file_name = name, .media = media, .bytes = bytes, .size = size
	};
	r->download = file;
}

static bool receipt_file(struct req *r, json_t *model, struct err *e)
{
	struct receipt receipt = { 0 };
	(void)model;
	if (!load(r, &receipt, e))
		return false;
	const char *text = receipt_json(r->arena, &receipt);
	send(r, arena_print(r->arena, "receipt-%lld.json", (long long)receipt.index + 1),
	     "application/json", text, strlen(text));
	return true;
}

static bool send_page(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	(void)e;
	send(r, handout_page.name, handout_page.media, handout_page.bytes, handout_page.size);
	return true;
}

static bool send_program(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	(void)e;
	send(r, handout_program.name, handout_program.media, handout_program.bytes,
	     handout_program.size);
	return true;
}

#include "web/route_table.h" /* last */

const struct route receipt_routes[] = {
	{ GET, "/receipts", ROLE_PERSON, receipt_list, "receipt/list", receipt_list_params,
	  "One's own receipts: applications, results, decisions, votes.",
	  .list = &receipt_listing },
	{ GET, "/receipts/:entry", ROLE_PERSON, receipt_show, "receipt/show", receipt_params,
	  "One receipt in words, with its code and how to check it (F15, F60)." },
	{ GET, "/receipts/:entry/receipt.json", ROLE_PERSON, receipt_file, NULL, receipt_params,
	  "One receipt as a file for konkurs-verify (F60)." },
	{ GET, "/verify/verify.html", ROLE_PUBLIC, send_page, NULL, no_params,
	  "The page that checks receipts without a network.", .gives = "text/html" },
	{ GET, "/verify/konkurs-verify", ROLE_PUBLIC, send_program, NULL, no_params,
	  "The program that checks receipts, cases and copies of the journal.",
	  .gives = "application/octet-stream" },
	{ 0 },
};

#include "web/print/print.h"

#include "app/candidate/dossier_file.h"
#include "app/candidate/security.h"
#include "app/evidence/evidence.h"
#include "app/evidence/paper.h"
#include "view/view.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

const char *print_text(const struct req *r, const char *key)
{
	const char *text = catalog_text(view_catalog(r->site->view), r->language, key);
	return text ? text : key;
}

const struct paper_kind *paper_kind_named(const char *name)
{
	for (const struct paper_kind *k = paper_kinds; k->name; k++) {
		if (strcmp(k->name, name) == 0)
			return k;
	}
	return NULL;
}

/* ---- what it is about ------------------------------------------------------------------------ */

struct tie {
	int64_t competition_id, seq, at_ms;
	int64_t number;   /* of what the journal knows    */
	const char *hash; /* of a receipt; otherwise NULL */
};

/* What the journal calls a thing, and the kinds of entries that count, "" for all. */
static const struct {
	const char *thing, *kind, *other;
} entries[] = {
	[ABOUT_COMPETITION] = { "competition", "", "" },
	[ABOUT_APPLICATION] = { "application", "", "" },
	[ABOUT_RECEIPT] = { "application", "application.sent", "" },
	[ABOUT_LIST] = { "security_list", "", "" },
	[ABOUT_LETTER] = { "application", "security.informed", "" },
	[ABOUT_ATTEMPT] = { "application", "test.result", "result.corrected" },
	[ABOUT_ACT] = { "sitting", "", "" }, /* acts are entries of their sitting */
	[ABOUT_SITTING] = { "sitting", "", "" },
	[ABOUT_INTERVIEW] = { "interview", "", "" },
	[ABOUT_REQUEST] = { "body_request", "", "" },
	[ABOUT_DESTRUCTION] = { "destruction_act", "", "" },
	[ABOUT_CHALLENGE] = { "challenge", "", "" },
	[ABOUT_FORM] = { "paper_form", "", "" },
};

/* "competition" that a thing belongs to, "number" of what the journal knows, and of what is as it
 * was at one time, that time. */
static json_t *find_subject(const struct req *r, enum about about, int64_t id, struct err *e)
{
#define ROW(sql) db_row(r->db, r->arena, e, "SELECT " sql " WHERE x.id = $1", db_int(id))
	switch (about) {
	case ABOUT_COMPETITION: return ROW("id AS competition, id AS number FROM competition x");
	case ABOUT_APPLICATION:
		return ROW("competition_id AS competition, id AS number FROM application x");
	case ABOUT_RECEIPT:
		return ROW("competition_id AS competition, id AS number, receipt"
			   " FROM application x");
	case ABOUT_LIST:
		return ROW("competition_id AS competition, id AS number FROM security_list x");
	case ABOUT_LETTER:
		return ROW("a.competition_id AS competition, a.id AS number, x.at_ms AS until_ms"
			   " FROM security_information x JOIN application a"
			   " ON a.id = x.application_id");
	case ABOUT_ATTEMPT:
		return ROW("s.competition_id AS competition, x.application_id AS number"
			   " FROM attempt x JOIN sitting s ON s.id = x.sitting_id");
	case ABOUT_ACT:
		return ROW("s.competition_id AS competition, s.id AS number,"
			   " COALESCE(x.answered_ms, x.at_ms) AS until_ms"
			   " FROM sitting_act x JOIN sitting s ON s.id = x.sitting_id");
	case ABOUT_SITTING:
		return ROW("competition_id AS competition, id AS number FROM sitting x");
	case ABOUT_INTERVIEW:
		return ROW("competition_id AS competition, id AS number FROM interview x");
	case ABOUT_REQUEST:
		return ROW("competition_id AS competition, id AS number, sent_ms AS until_ms"
			   " FROM body_request x");
	case ABOUT_CHALLENGE:
		return ROW("s.competition_id AS competition, x.id AS number FROM challenge x"
			   " JOIN attempt t ON t.id = x.attempt_id"
			   " JOIN sitting s ON s.id = t.sitting_id");
	case ABOUT_DESTRUCTION:
		return ROW("competition_id AS competition, id AS number FROM destruction_act x");
	case ABOUT_FORM: return ROW("0 AS competition, id AS number FROM paper_form x");
	}
#undef ROW
	return NULL;
}

/* The newest entry of the journal about it.  Things written by a stage of a test, or before the
 * journal, have none: seq 0. */
static bool find_tie(const struct req *r, enum about about, int64_t id, struct tie *ret,
		     struct err *e)
{
	const struct act act = req_act(r);
	json_t *row = find_subject(r, about, id, e);
	if (!row)
		return false;
	const char *subject = act_subject(&act, entries[about].thing, row_number(row, "number"));
	const struct db_value until =
		row_has(row, "until_ms") ? db_int(row_number(row, "until_ms")) : db_int(INT64_MAX);
	json_t *entry = db_rows(r->db, r->arena, e,
				"SELECT seq, at_ms FROM journal_entry WHERE subject = $1"
				" AND kind <> 'test.answer'"
				" AND ($2 = '' OR kind = $2 OR kind = $4)"
				" AND at_ms <= $3 ORDER BY seq DESC LIMIT 1",
				db_text(subject), db_text(entries[about].kind), until,
				db_text(entries[about].other));
	if (!entry)
		return false;
	const json_t *newest = json_array_get(entry, 0);
	*ret = (struct tie){ .competition_id = row_number(row, "competition"),
			     .number = row_number(row, "number"),
			     .seq = newest ? row_number(newest, "seq") : 0,
			     .at_ms = newest ? row_number(newest, "at_ms") : 0,
			     .hash = *row_text(row, "receipt") ? row_text(row, "receipt") : NULL };
	return true;
}

/* F2: a paper of a demonstration says so on every sheet. */
static bool find_mark(const struct req *r, int64_t competition_id, const char **ret,
		      bool *ret_demonstration, struct err *e)
{
	bool demonstration = false;
	if (!db_exists(r->db, e, &demonstration,
		       "SELECT 1 FROM competition WHERE id = $1 AND demonstration = 1",
		       db_int(competition_id)))
		return false;
	*ret_demonstration = demonstration || r->site->demonstration;
	*ret = *ret_demonstration ? print_text(r, "paper.mark") : "";
	return true;
}

/* ---- receipts -------------------------------------------------------------------------------- */

/* F15, F60: the papers that carry one, and the entry it is of.  What the sheet says stands in the
 * code as well, so that the code of one sheet on another is seen for what it is. */
static const struct {
	const char *paper, *kind, *other;
} receipts[] = {
	{ "receipt", "application.sent", "" },
	{ "result", "test.result", "result.corrected" },
	{ "ballot", "decision.recorded", "" },
};

/* F9: where a result stands without its name, the entry would tell whose it is. */
static bool is_nameless(const json_t *model)
{
	const json_t *result = json_object_get(model, "result");
	return result && json_is_null(json_object_get(result, "application"));
}

static bool find_receipt(const struct req *r, size_t which, int64_t application, json_t **ret,
			 struct err *e)
{
	const struct act act = req_act(r);
	struct receipt receipt = { 0 };
	int64_t seq = 0;
	char code[RECEIPT_CODE_SIZE];
	if (!evidence_newest(&act, application, receipts[which].kind, receipts[which].other, &seq,
			     e))
		return false;
	if (seq == 0)
		return true;
	if (!evidence_receipt(r->db, r->arena, seq, true, &receipt, e)) {
		if (e->kind != ERR_MISSING)
			return false;
		err_clear(e); /* an entry from before there were checkpoints */
		return true;
	}
	const struct tree_hash hash = tree_leaf(receipt.leaf, strlen(receipt.leaf));
	const char *packed = receipt_compact(r->arena, &receipt);
	receipt_code(&hash, code);
	if (packed) {
		json_decref(*ret);
		*ret = json_pack("{s:s,s:s,s:I}", "code", code, "packed", packed, "seq",
				 (json_int_t)seq);
	}
	return true;
}

static bool add_receipt(const struct req *r, const struct paper_kind *kind, const struct tie *tie,
			json_t *model, struct err *e)
{
	json_t *found = json_null();
	bool ok = true;
	for (size_t i = 0; i < COUNT(receipts); i++) {
		if (strcmp(kind->name, receipts[i].paper) == 0 && !is_nameless(model))
			ok = find_receipt(r, i, tie->number, &found, e);
	}
	(void)json_object_set_new(model, "evidence", found);
	return ok;
}

/* ---- one paper ------------------------------------------------------------------------------- */

bool print_render(const struct req *r, const char *name, json_t *model, struct buf *out,
		  struct err *e)
{
	return view_render(r->site->view, r->language, arena_print(r->arena, "papers/%s", name),
			   model, out, e);
}

static json_t *new_model(const struct req *r)
{
	json_t *model = json_object();
	json_in_arena(r->arena, model);
	return model;
}

/* The request as the page's own handler would have it. */
static struct req request_for(const struct req *r, const struct paper_kind *kind, int64_t id)
{
	struct req sub = *r;
	sub.in = new_model(r);
	(void)json_object_set_new(sub.in, kind->parameter, json_integer((json_int_t)id));
	for (const struct route *route = print_routes; route->path; route++) {
		if (strcmp(route->path, kind->path) == 0)
			sub.route = route;
	}
	return sub;
}

bool print_make(const struct req *r, const struct paper_kind *kind, int64_t id, struct paper *ret,
		int64_t *ret_competition, struct err *e)
{
	struct req sub = request_for(r, kind, id);
	json_t *model = new_model(r);
	struct buf xhtml = buf_on(r->arena);
	struct tie tie = { 0 };
	const char *mark = "";
	bool demonstration = false;
	char *hash = arena_alloc(r->arena, PAPER_HASH_SIZE);
	if (!kind->handler(&sub, model, e) || !find_tie(r, kind->about, id, &tie, e) ||
	    !find_mark(r, tie.competition_id, &mark, &demonstration, e) ||
	    !add_receipt(r, kind, &tie, model, e))
		return false;
	(void)json_object_set_new(model, "paper",
				  json_pack("{s:b}", "demonstration", demonstration));
	if (!print_render(r, kind->name, model, &xhtml, e))
		return false;
	paper_hash(xhtml.text, xhtml.length, hash);
	*ret = (struct paper){
		.title = print_text(r, arena_print(r->arena, "paper.%s", kind->name)),
		.language = r->language,
		.xhtml = xhtml.text,
		.size = xhtml.length,
		/* app/candidate/application.c has made that of a receipt */
		.method = tie.hash ? "BLAKE2b-256" : "SHA-256",
		.hash = tie.hash ? tie.hash : hash,
		.seq = tie.seq,
		.at_ms = tie.at_ms,
		.mark = mark,
		.coded = json_is_object(json_object_get(model, "evidence")),
		.origin = print_text(r, "paper.origin"),
		.place = print_text(r, "paper.place"),
	};
	*ret_competition = tie.competition_id;
	return true;
}

/* ---- the answer ------------------------------------------------------------------------------ */

struct req print_reader(struct req *r)
{
	struct req reader = *r;
	if (in_has(r, "language"))
		reader.language = arena_copy(r->arena, in_text(r, "language"));
	return reader;
}

void print_send(struct req *r, const struct buf *pdf, const char *file_name)
{
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	*file = (struct upload){ .name = "",
				 .file_name = file_name,
				 .media = "application/pdf",
				 .bytes = pdf->text,
				 .size = pdf->length };
	r->download = file;
}

static const struct paper_kind *kind_of(const struct req *r)
{
	for (const struct paper_kind *k = paper_kinds; k->name; k++) {
		if (strcmp(k->path, r->route->path) == 0)
			return k;
	}
	return NULL;
}

static json_t *notes_of(struct req *r)
{
	if (!r->found) {
		r->found = json_array();
		json_in_arena(r->arena, r->found);
	}
	return r->found;
}

bool print_slow(struct req *r, struct err *e)
{
	const struct paper_kind *kind = kind_of(r);
	(void)notes_of(r); /* the reader's copy notes into the same */
	const struct req reader = print_reader(r);
	const int64_t id = in_int(r, kind->parameter);
	struct buf pdf = buf_on(r->arena);
	struct paper paper = { 0 };
	int64_t competition = 0;
	if (!print_make(&reader, kind, id, &paper, &competition, e) || !paper_pdf(&paper, &pdf, e))
		return false;
	print_note(r, kind->name, competition, &paper);
	print_send(r, &pdf,
		   arena_print(r->arena, "%s-%lld-%s.pdf", kind->name, (long long)id,
			       reader.language));
	return true;
}

void print_note_view(struct req *r, int64_t study_id)
{
	(void)json_array_append_new(notes_of(r), json_pack("{s:I}", "study", (json_int_t)study_id));
}

void print_note_security(struct req *r, int64_t application_id)
{
	(void)json_array_append_new(notes_of(r),
				    json_pack("{s:I}", "security", (json_int_t)application_id));
}

void print_note(struct req *r, const char *kind, int64_t competition_id, const struct paper *p)
{
	(void)json_array_append_new(notes_of(r),
				    json_pack("{s:s,s:s,s:I,s:s,s:I}", "hash", p->hash, "kind",
					      kind, "competition", (json_int_t)competition_id,
					      "language", p->language, "seq", (json_int_t)p->seq));
}

/* F76: what was read on the worker's thread is written down here, before it is sent. */
static bool note_view(const struct act *act, const json_t *row, struct err *e)
{
	return row_has(row, "study") ? dossier_file_viewed(act, row_number(row, "study"), e)
				     : security_view(act, row_number(row, "security"), e);
}

/* The file was made on the worker's thread; here it goes into the register. */
bool print_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *row = NULL;
	(void)model;
	json_array_foreach (r->found, i, row) {
		const struct issued_paper paper = { .hash = row_text(row, "hash"),
						    .kind = row_text(row, "kind"),
						    .competition_id =
							    row_number(row, "competition"),
						    .language = row_text(row, "language"),
						    .seq = row_number(row, "seq") };
		if (*row_text(row, "hash") ? !paper_issue(&act, &paper, e)
					   : !note_view(&act, row, e))
			return false;
	}
	return r->download != NULL || err_set(e, ERR_SYSTEM, "error.system", "no paper was made");
}

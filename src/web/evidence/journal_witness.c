/* journal_witness.c - witnesses, what they bring, and the routes of the journal (F87). */
#include "app/evidence/witness.h"
#include "web/evidence/journal.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

const struct param witness_propose_params[] = {
	{ "vkey", P_TEXT, 1, NOTE_KEY_SIZE, true, NULL },
	{ "holder", P_TEXT, 1, WITNESS_HOLDER_MOST, true, NULL },
	PARAMS_END,
};
const struct param witness_step_params[] = {
	{ "witness", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param witness_reason_params[] = {
	{ "witness", P_INT, 1, INT64_MAX, true, NULL },
	{ "reason", P_TEXT, 1, WITNESS_REASON_MOST, true, NULL },
	PARAMS_END,
};
static const char *const note_media[] = { "application/octet-stream", NULL };
const struct param witness_note_params[] = {
	{ "note", P_TEXT, 0, WITNESS_NOTE_MOST, false, NULL },
	{ "file", P_FILE, 1, WITNESS_NOTE_MOST, false, note_media },
	PARAMS_END,
};

/* ---- who they are ---------------------------------------------------------------------------- */

bool witness_list(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT w.id, w.name, w.vkey, w.holder, w.proposed_ms, w.proposed_by,"
		" COALESCE((SELECT s.step FROM witness_step s WHERE s.witness_id = w.id"
		"  ORDER BY s.id DESC LIMIT 1), 'proposed') AS state,"
		" COALESCE((SELECT s.reason FROM witness_step s WHERE s.witness_id = w.id"
		"  ORDER BY s.id DESC LIMIT 1), '') AS why,"
		" (SELECT COUNT(*) FROM witness_signature x WHERE x.witness_id = w.id) AS signed,"
		" (SELECT MAX(c.size) FROM witness_signature x JOIN checkpoint c"
		"  ON c.id = x.checkpoint_id WHERE x.witness_id = w.id) AS newest"
		"  FROM witness w ORDER BY w.id");
	json_array_foreach (rows, i, row) {
		const char *state = row_text(row, "state");
		const bool mine = row_number(row, "proposed_by") == r->actor.person_id;
		(void)json_object_set_new(row, "decide",
					  json_boolean(strcmp(state, "proposed") == 0 && !mine &&
						       req_is(r, ROLE_AUDITOR)));
		(void)json_object_set_new(row, "end",
					  json_boolean(strcmp(state, "confirmed") == 0));
		(void)json_object_del(row, "proposed_by");
	}
	(void)json_object_set(model, "witnesses", rows);
	(void)json_object_set_new(model, "propose", json_boolean(req_is(r, ROLE_ADMIN)));
	return rows != NULL;
}

static bool go_list(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/journal/witnesses");
	return true;
}

bool witness_do_propose(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	return witness_propose(&act, in_text(r, "vkey"), in_text(r, "holder"), &id, e) &&
	       go_list(r, "journal.notice.proposed");
}

bool witness_do_confirm(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return witness_confirm(&act, in_int(r, "witness"), e) &&
	       go_list(r, "journal.notice.confirmed");
}

bool witness_do_refuse(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return witness_refuse(&act, in_int(r, "witness"), in_text(r, "reason"), e) &&
	       go_list(r, "journal.notice.refused");
}

bool witness_do_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return witness_end(&act, in_int(r, "witness"), in_text(r, "reason"), e) &&
	       go_list(r, "journal.notice.ended");
}

/* ---- what they bring ------------------------------------------------------------------------- */

bool witness_form(struct req *r, json_t *model, struct err *e)
{
	struct checkpoint c = { 0 };
	if (!checkpoint_newest(r->db, r->arena, &c, e))
		return false;
	(void)json_object_set_new(model, "size", json_integer((json_int_t)c.size));
	(void)json_object_set_new(model, "watches", json_boolean(req_is(r, ROLES_WATCH)));
	return true;
}

/* What was refused is said at the field that it came by. */
static bool at_file(struct err *e)
{
	if (strcmp(e->field, "note") == 0)
		e->field[0] = '\0';
	return err_field(e, "file");
}

/* A file as it stands, or a text, of which the form has taken away the line feed at the end. */
bool witness_bring(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "file");
	struct witness_given given = { .alarm = "" };
	const char *typed = arena_print(r->arena, "%s\n", in_text(r, "note"));
	const char *note = file ? (const char *)file->bytes : typed;
	(void)model;
	if (!file && !*in_text(r, "note"))
		return err_input(e, "note", "error.required", "neither a text nor a file");
	if (!witness_cosign(&act, note, file ? file->size : strlen(typed), &given, e))
		return file ? at_file(e) : false;
	if (*given.alarm)
		(void)err_input(&r->refused, file ? "file" : "note", "journal.error.alarm",
				"%s at %lld", given.alarm, (long long)given.size);
	r->notice = given.taken > 0 ? "journal.notice.cosigned" : "journal.notice.cosigned_before";
	if (req_is(r, ROLES_WATCH))
		req_go(r, "/journal/checkpoints/%lld", (long long)given.size);
	else
		req_go(r, "/journal/cosign");
	return true;
}

/* ---- on demand ------------------------------------------------------------------------------- */

static bool ask(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t size = 0;
	(void)model;
	if (!checkpoint_ask(&act, &size, e))
		return false;
	r->notice = "journal.notice.made";
	req_go(r, "/journal/checkpoints/%lld", (long long)size);
	return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

#include "web/route_table.h"

enum { ROLES_BRING = ROLES_WATCH | ROLE_BODY | ROLES_COMMISSION };

const struct route journal_routes[] = {
	{ GET, "/journal", ROLES_WATCH, journal_list, "journal/list", journal_list_params,
	  "Checkpoints of the journal, its key, alarms.", .list = &checkpoint_listing },
	{ POST, "/journal/checkpoints", ROLES_WATCH, ask, "journal/list", journal_list_params,
	  "Makes a checkpoint on demand.", .again = journal_list, .list = &checkpoint_listing },
	{ GET, "/journal/checkpoints/:size", ROLES_WATCH, journal_checkpoint, "journal/show",
	  journal_checkpoint_params,
	  "One checkpoint; with ?older=SIZE the proof that the journal has only grown since." },
	{ GET, "/journal/checkpoints/:size/checkpoint.pdf", ROLES_WATCH, journal_paper, NULL,
	  journal_paper_params, "A checkpoint on paper, to be signed by hand and kept.",
	  .slow = journal_paper_slow, .gives = "application/pdf" },
	{ GET, "/journal/entries", ROLES_WATCH, journal_entries, "journal/entries",
	  journal_entries_params,
	  "Headers of entries by kind, period, office, competition, application, words.",
	  .slow = journal_entries_slow, .list = &entry_listing },
	{ GET, "/journal/entries/:entry", ROLES_WATCH, journal_entry_show, "journal/entry",
	  journal_entry_params,
	  "One entry: what it says, its header, its hash, the proof that it is in the tree." },
	{ GET, "/journal/entries/:entry/receipt.json", ROLES_WATCH, journal_entry_receipt, NULL,
	  journal_receipt_params, "One entry's header with its proof, for konkurs-verify." },
	{ GET, "/journal/witnesses", ROLES_WATCH, witness_list, "journal/witnesses", no_params,
	  "Who outside vouches that the journal only grows." },
	{ POST, "/journal/witnesses", ROLE_ADMIN, witness_do_propose, "journal/witnesses",
	  witness_propose_params, "Proposes a witness by its verifier key.",
	  .again = witness_list },
	{ POST, "/journal/witnesses/:witness/confirm", ROLE_AUDITOR, witness_do_confirm,
	  "journal/witnesses", witness_step_params, "Another person confirms it.",
	  .again = witness_list },
	{ POST, "/journal/witnesses/:witness/refuse", ROLE_AUDITOR, witness_do_refuse,
	  "journal/witnesses", witness_reason_params, "Refuses it.", .again = witness_list },
	{ POST, "/journal/witnesses/:witness/end", ROLES_WATCH, witness_do_end, "journal/witnesses",
	  witness_reason_params, "Takes no more signatures of it; the old ones stay.",
	  .again = witness_list },
	{ GET, "/journal/cosign", ROLES_BRING, witness_form, "journal/cosign", no_params,
	  "The form for a witness' signature." },
	{ POST, "/journal/cosign", ROLES_BRING, witness_bring, "journal/cosign",
	  witness_note_params, "Takes a cosigned checkpoint; another history is an alarm.",
	  .again = witness_form },

	/* C2SP's tlog-tiles: the longest number has three groups, 2^38 entries */
	{ GET, "/log/checkpoint", ROLE_PUBLIC, log_checkpoint, NULL, no_params,
	  "The newest checkpoint with its witnesses (C2SP tlog-tiles).", .gives = "text/plain" },
	{ GET, "/log/tile/:level/:a", ROLE_PUBLIC, log_tile, NULL, log_params_1,
	  "Hashes of the tree (C2SP tlog-tiles).", .gives = "application/octet-stream" },
	{ GET, "/log/tile/:level/:a/:b", ROLE_PUBLIC, log_tile, NULL, log_params_2,
	  "Hashes of a tile in part, or from number 1,000 on.",
	  .gives = "application/octet-stream" },
	{ GET, "/log/tile/:level/:a/:b/:c", ROLE_PUBLIC, log_tile, NULL, log_params_3,
	  "Hashes of a tile from number 1,000 on.", .gives = "application/octet-stream" },
	{ GET, "/log/tile/:level/:a/:b/:c/:d", ROLE_PUBLIC, log_tile, NULL, log_params_4,
	  "Hashes of a tile from number 1,000,000 on, or in part.",
	  .gives = "application/octet-stream" },
	{ GET, "/log/tile/entries/:a", ROLES_WATCH, log_entries, NULL, log_params_1 + 1,
	  "Headers of entries (C2SP tlog-tiles).", .gives = "application/octet-stream" },
	{ GET, "/log/tile/entries/:a/:b", ROLES_WATCH, log_entries, NULL, log_params_2 + 1,
	  "Headers of entries of a bundle in part, or from number 1,000 on.",
	  .gives = "application/octet-stream" },
	{ GET, "/log/tile/entries/:a/:b/:c", ROLES_WATCH, log_entries, NULL, log_params_3 + 1,
	  "Headers of entries of a bundle from number 1,000 on.",
	  .gives = "application/octet-stream" },
	{ GET, "/log/tile/entries/:a/:b/:c/:d", ROLES_WATCH, log_entries, NULL, log_params_4 + 1,
	  "Headers of entries of a bundle from number 1,000,000 on, or in part.",
	  .gives = "application/octet-stream" },
	{ 0 },
};

#include "app/result/redraw.h"

#include "app/evidence/evidence.h"
#include "app/evidence/row_seal.h"
#include "app/sitting/sitting.h"
#include "app/sitting/snapshot.h"

#include <sodium.h>
#include <string.h>

/* A sitting's draw as it is in the tables, and as the journal tells it. */
struct redraw {
	struct sitting sitting;
	struct snapshot snapshot;
	const void *secret, *commitment, *bank;
	const char *coins[DRAW_COINS];
	const char *keys; /* row_seal_keys() */
	unsigned char seed[DRAW_SEED_SIZE];
	json_t *opened, *sealed, *closed; /* contents of journal entries; NULL for none */
	json_t *coin_entries;             /* array */
	struct form_question *form;
};

/* ---- reading ------------------------------------------------------------------------------ */

/* The contents of the sitting's entries of a kind in one round, oldest first. */
static json_t *journal_contents(const struct act *act, const struct redraw *d, const char *kind,
				struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *found = json_array();
	json_in_arena(act->arena, found);
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT c.content FROM journal_entry j"
			       " JOIN journal_content c ON c.seq = j.seq"
			       " WHERE j.subject = $1 AND j.kind <> 'test.answer'"
			       " AND j.kind = $2 ORDER BY j.seq",
			       db_text(act_subject(act, "sitting", d->sitting.id)), db_text(kind));
	json_array_foreach (rows, i, row) {
		json_t *content = json_loads(row_text(row, "content"), 0, NULL);
		const json_t *round = json_object_get(content, "round");
		if (content && (!round || json_integer_value(round) == d->sitting.round))
			(void)json_array_append(found, content);
		json_decref(content);
	}
	return rows ? found : NULL;
}

static bool read_journal(const struct act *act, struct redraw *d, struct err *e)
{
	json_t *opened = journal_contents(
		act, d, d->sitting.round == 1 ? "sitting.opened" : "sitting.unsealed", e);
	json_t *sealed = journal_contents(act, d, "sitting.sealed", e);
	json_t *closed = journal_contents(act, d, "sitting.closed", e);
	d->coin_entries = journal_contents(act, d, "sitting.coin", e);
	if (!opened || !sealed || !closed || !d->coin_entries)
		return false;
	d->opened = json_array_get(opened, 0);
	d->sealed = json_array_get(sealed, 0);
	d->closed = json_array_get(closed, 0);
	return true;
}

static bool read_bytes(const struct act *act, struct redraw *d, struct err *e)
{
	size_t size[3] = { 0 };
	if (!db_bytes(act->db, act->arena, e, &d->secret, &size[0],
		      "SELECT secret FROM sitting WHERE id = $1", db_int(d->sitting.id)) ||
	    !db_bytes(act->db, act->arena, e, &d->commitment, &size[1],
		      "SELECT commitment FROM sitting WHERE id = $1", db_int(d->sitting.id)) ||
	    !db_bytes(act->db, act->arena, e, &d->bank, &size[2],
		      "SELECT bank_hash FROM sitting WHERE id = $1", db_int(d->sitting.id)))
		return false;
	return (size[0] == SITTING_SECRET_SIZE && size[1] == COMMITMENT_SIZE &&
		size[2] == ITEM_HASH_SIZE) ||
	       err_set(e, ERR_DB, "error.storage", "a hash of the sitting is damaged");
}

static bool read_coins(const struct act *act, struct redraw *d, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT coin FROM sitting_coin WHERE sitting_id = $1 AND round = $2"
			       " ORDER BY place",
			       db_int(d->sitting.id), db_int(d->sitting.round));
	for (size_t i = 0; i < DRAW_COINS; i++)
		d->coins[i] = row_text(json_array_get(rows, i), "coin");
	return rows != NULL;
}

static bool load(const struct act *act, int64_t id, struct redraw *d, struct err *e)
{
	if (!sitting_load(act, id, &d->sitting, e))
		return false;
	if (d->sitting.started_ms == 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_running",
			       "the sitting has not started: its secret is sealed");
	if (!read_bytes(act, d, e) || !read_coins(act, d, e) || !read_journal(act, d, e) ||
	    !row_seal_keys(act, id, &d->keys, e) ||
	    !snapshot_load(act, id, d->sitting.competition.rules, &d->snapshot, e))
		return false;
	unsigned char bank[ITEM_HASH_SIZE];
	bank_hash(&d->snapshot.bank, bank);
	draw_seed(d->secret, d->coins, id, bank, d->seed);
	d->form = arena_array(act->arena, (size_t)blueprint_total(&d->snapshot.blueprint) + 1,
			      sizeof(*d->form));
	return true;
}

/* ---- the sitting ----------------------------------------------------------------------------- */

static bool told(const json_t *content, const char *name, const char *hex)
{
	return strcmp(row_text(content, name), hex) == 0;
}

/* What is wrong with commitment, coins or bank, or "". */
static const char *fault_of_sitting(const struct act *act, const struct redraw *d)
{
	unsigned char hash[ITEM_HASH_SIZE];
	draw_commitment(d->secret, hash);
	if (memcmp(hash, d->commitment, sizeof(hash)) != 0)
		return "the secret is not the one that was committed to";
	if (!told(d->opened, "commitment", act_hex(act->arena, hash, sizeof(hash))))
		return "the journal tells another commitment";
	if (d->closed && !told(d->closed, "secret", act_hex(act->arena, d->secret, sizeof(hash))))
		return "the journal reveals another secret";
	for (size_t i = 0; i < DRAW_COINS; i++) {
		bool found = false;
		for (size_t k = 0; k < json_array_size(d->coin_entries); k++) {
			const json_t *entry = json_array_get(d->coin_entries, k);
			found = found || (row_number(entry, "place") == (int64_t)i + 1 &&
					  told(entry, "coin", d->coins[i]));
		}
		if (!found)
			return "the journal tells another coin";
	}
	bank_hash(&d->snapshot.bank, hash);
	if (memcmp(hash, d->bank, sizeof(hash)) != 0)
		return "the snapshot of the bank is not the one that was hashed";
	if (!told(d->sealed, "bank", act_hex(act->arena, hash, sizeof(hash))))
		return "the journal tells another bank";
	/* sittings of before this was committed to have no such line */
	return !*row_text(d->sealed, "keys") || told(d->sealed, "keys", d->keys)
		       ? ""
		       : "the keys of the questions are not those of the sealing";
}

/* ---- the forms ----------------------------------------------------------------------------- */

/* Whether the opened questions are those of d->form. */
static bool same_questions(const struct redraw *d, const json_t *rows)
{
	size_t count = (size_t)blueprint_total(&d->snapshot.blueprint);
	bool same = json_array_size(rows) == count;
	for (size_t i = 0; same && i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		const struct form_question *q = &d->form[i];
		const char *shown = row_text(row, "shown");
		same = row_number(row, "item_id") == q->item_id &&
		       strlen(shown) == (size_t)q->options;
		for (int k = 0; same && k < q->options; k++)
			same = shown[k] - '0' == q->shown[k];
	}
	return same;
}

/* Derives the next form; `why` is what is wrong with it, or "". */
static bool check_form(const struct act *act, struct redraw *d, int64_t attempt,
		       int64_t application, const char **why, struct err *e)
{
	const struct blueprint *b = &d->snapshot.blueprint;
	const char *name = arena_print(act->arena, "%lld", (long long)application);
	unsigned char hash[FORM_HASH_SIZE];
	const void *stored = NULL;
	size_t size = 0;
	if (!snapshot_mark_seen(act, attempt, true, &d->snapshot, e) ||
	    !draw_form(b, &d->snapshot.bank, d->seed, application, d->snapshot.scratch, d->form,
		       e) ||
	    !db_bytes(act->db, act->arena, e, &stored, &size,
		      "SELECT form_hash FROM attempt WHERE id = $1", db_int(attempt)))
		return false;
	bank_shown(d->snapshot.items, d->snapshot.bank.count, d->form, (size_t)blueprint_total(b));
	form_hash(d->form, (size_t)blueprint_total(b), hash);
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT item_id, shown FROM form_question WHERE attempt_id = $1"
			       " ORDER BY number",
			       db_int(attempt));
	if (!rows)
		return false;
	*why = "";
	if (size != sizeof(hash) || memcmp(hash, stored, size) != 0)
		*why = "the form is not the one that was drawn";
	else if (!told(json_object_get(d->sealed, "forms"), name,
		       act_hex(act->arena, hash, sizeof(hash))))
		*why = "the journal tells another form";
	else if (json_array_size(rows) > 0 && !same_questions(d, rows))
		*why = "the questions shown are not those of the form";
	return true;
}

/* In the order in which the forms were drawn (F31). */
static json_t *attempts(const struct act *act, int64_t sitting, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT id, application_id FROM attempt WHERE sitting_id = $1 ORDER BY id",
		       db_int(sitting));
}

bool redraw_verify(const struct act *act, int64_t sitting, struct redraw_report *ret, struct err *e)
{
	struct redraw d = { 0 };
	struct redraw_report report = { .why = "" };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = attempts(act, sitting, e);
	if (!rows || !load(act, sitting, &d, e))
		return false;
	report.seed = act_hex(act->arena, d.seed, sizeof(d.seed));
	report.why = fault_of_sitting(act, &d);
	json_array_foreach (rows, i, row) {
		const char *why = "";
		if (*report.why)
			break;
		if (!check_form(act, &d, row_number(row, "id"), row_number(row, "application_id"),
				&why, e))
			return false;
		report.why = why;
		report.attempt = *why ? row_number(row, "id") : 0;
		report.forms += !*why;
	}
	*ret = report;
	return true;
}

/* ---- for others ------------------------------------------------------------------------------ */

static json_t *export_bank(const struct act *act, const struct redraw *d)
{
	const struct bank *bank = &d->snapshot.bank;
	json_t *items = json_array();
	json_t *enemies = json_array();
	for (size_t i = 0; i < bank->count; i++) {
		const struct bank_entry *item = &bank->items[i];
		(void)json_array_append_new(
			items, json_pack("{s:s,s:i,s:i,s:i,s:b}", "hash",
					 act_hex(act->arena, item->hash, ITEM_HASH_SIZE), "act",
					 item->act, "options", item->options, "stratum",
					 item->stratum, "rests", item->rests));
	}
	for (size_t i = 0; i < bank->enemy_count; i++)
		(void)json_array_append_new(enemies,
					    json_pack("[I,I]", (json_int_t)bank->enemies[i].a,
						      (json_int_t)bank->enemies[i].b));
	return json_pack("{s:o,s:o}", "items", items, "enemies", enemies);
}

static bool export_candidate(const struct act *act, struct redraw *d, const json_t *row,
			     json_t *list, struct err *e)
{
	const int64_t attempt = row_number(row, "id");
	const void *hash = NULL;
	size_t size = 0;
	if (!snapshot_mark_seen(act, attempt, true, &d->snapshot, e) ||
	    !db_bytes(act->db, act->arena, e, &hash, &size,
		      "SELECT form_hash FROM attempt WHERE id = $1", db_int(attempt)))
		return false;
	json_t *seen = json_array();
	for (size_t i = 0; i < d->snapshot.bank.count; i++) {
		if (d->snapshot.items[i].seen)
			(void)json_array_append_new(seen, json_integer((json_int_t)i));
	}
	(void)json_array_append_new(list,
				    json_pack("{s:I,s:s,s:o}", "candidate",
					      (json_int_t)row_number(row, "application_id"), "form",
					      act_hex(act->arena, hash, size), "seen", seen));
	return true;
}

/* The receipt as an object of the export. */
static bool export_receipt(const struct act *act, int64_t seq, json_t *list, struct err *e)
{
	struct receipt receipt = { 0 };
	if (!evidence_receipt(act->db, act->arena, seq, true, &receipt, e)) {
		if (e->kind != ERR_MISSING)
			return false;
		err_clear(e); /* an entry from before there were checkpoints */
		return true;
	}
	const char *text = receipt_json(act->arena, &receipt);
	(void)json_array_append_new(list, json_loads(text, 0, NULL));
	return true;
}

/* Of the entries of this round that commit to the draw: without them an export proves nothing, as
 * whoever makes one could commit to what he has drawn already. */
static bool export_receipts(const struct act *act, const struct redraw *d, json_t *list,
			    struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT j.seq, c.content FROM journal_entry j"
			       " JOIN journal_content c ON c.seq = j.seq"
			       " WHERE j.subject = $1 AND j.kind <> 'test.answer' AND j.kind IN"
			       " ('sitting.opened', 'sitting.unsealed', 'sitting.coin',"
			       "  'sitting.sealed') ORDER BY j.seq",
			       db_text(act_subject(act, "sitting", d->sitting.id)));
	json_array_foreach (rows, i, row) {
		json_t *content = json_loads(row_text(row, "content"), 0, NULL);
		const bool of_round = row_number(content, "round") == d->sitting.round;
		json_decref(content);
		if (of_round && !export_receipt(act, row_number(row, "seq"), list, e))
			return false;
	}
	return rows != NULL;
}

bool redraw_export(const struct act *act, int64_t sitting, json_t **ret, struct err *e)
{
	struct redraw d = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = attempts(act, sitting, e);
	if (!rows || !load(act, sitting, &d, e))
		return false;
	json_t *programme = json_array();
	json_t *candidates = json_array();
	json_t *receipts = json_array();
	json_t *out =
		json_pack("{s:I,s:s,s:s,s:[s,s],s:o,s:o,s:o,s:o}", "sitting", (json_int_t)sitting,
			  "commitment", act_hex(act->arena, d.commitment, COMMITMENT_SIZE),
			  "secret", act_hex(act->arena, d.secret, SITTING_SECRET_SIZE), "coins",
			  d.coins[0], d.coins[1], "programme", programme, "bank",
			  export_bank(act, &d), "candidates", candidates, "receipts", receipts);
	json_in_arena(act->arena, out);
	for (size_t k = 0; k < d.snapshot.blueprint.acts; k++)
		(void)json_array_append_new(programme,
					    json_integer(d.snapshot.blueprint.questions[k]));
	json_array_foreach (rows, i, row) {
		if (!export_candidate(act, &d, row, candidates, e))
			return false;
	}
	if (!export_receipts(act, &d, receipts, e))
		return false;
	*ret = out;
	return true;
}

bool redraw_is_out(const struct act *act, int64_t sitting, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM sitting WHERE id = $1 AND state = 'closed'"
			 " AND started_ms IS NOT NULL AND names_ms IS NOT NULL",
			 db_int(sitting));
}

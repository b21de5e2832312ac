/* journal_log.c - konkurs journal checkpoint, prove, consistency, show: the log as others read it
 * (F86, F87).  All but --make read only. */
#include "cli/journal.h"

#include "app/evidence/checkpoint.h"
#include "app/sitting/service_clock.h"
#include "journal/header.h"

#include <stdio.h>
#include <string.h>

/* ---- checkpoint ------------------------------------------------------------------------------ */

/* What a witness is given: C2SP's tlog-witness, "old SIZE", the proof, an empty line, the note. */
static bool print_request(struct db *db, const struct checkpoint *c, int64_t old, const char *note,
			  struct err *e)
{
	struct tree_proof proof;
	char text[TREE_TEXT_SIZE];
	if (!checkpoint_prove_growth(db, old, c->size, &proof, e))
		return false;
	printf("old %lld\n", (long long)old);
	for (size_t i = 0; i < proof.count; i++) {
		tree_print(&proof.hash[i], text);
		puts(text);
	}
	printf("\n%s", note);
	return true;
}

static bool print_newest(const struct journal_options *o, struct db *db, struct arena *a,
			 struct err *e)
{
	struct checkpoint c = { 0 };
	const char *note = NULL;
	if (!(o->at >= 0 ? checkpoint_of_size(db, a, o->at, &c, e)
			 : checkpoint_newest(db, a, &c, e)))
		return false;
	if (c.id == 0)
		return err_set(e, ERR_MISSING, "journal.error.none", "no such checkpoint");
	if (!checkpoint_note(db, a, &c, &note, e))
		return false;
	if (o->old >= 0)
		return print_request(db, &c, o->old, note, e);
	(void)fputs(note, stdout);
	return true;
}

/* By the system itself, as the job of the day does it. */
static bool make(const struct journal_options *o, struct arena *a, struct err *e)
{
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	struct clock_reading reading;
	int64_t size = 0;
	struct act act = { .arena = a };
	if (!cli_open_db(o->db, &db, e) || !cli_open_law(o->rules, db, a, &book, e))
		return false;
	service_clock_read(&reading);
	act.db = db;
	act.book = book;
	return service_clock_instant(db, &reading, &act.now_ms, e) &&
	       cli_open_key(o->db, o->key, &act, &key, e) && checkpoint_ask(&act, &size, e);
}

int journal_run_checkpoint(const struct journal_options *o)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err e = { 0 };
	if (o->words > 0)
		return cli_usage("journal",
				 "say: journal checkpoint [--make] [--at SIZE] [--old SIZE]");
	if ((o->make && !make(o, a, &e)) || !db_open_read_only(o->db, &db, &e) ||
	    !print_newest(o, db, a, &e))
		return cli_failed("journal", &e);
	return CLI_OK;
}

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

static void print_proof(const struct journal_options *o, const struct tree_proof *proof,
			json_t *result)
{
	if (o->json) {
		(void)json_object_set_new(result, "proof", proof_json(proof));
		(void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		(void)putchar('\n');
	} else {
		for (size_t i = 0; i < proof->count; i++) {
			char text[TREE_TEXT_SIZE];
			tree_print(&proof->hash[i], text);
			puts(text);
		}
	}
	json_decref(result);
}

static bool print_entry(const struct journal_options *o, struct db *db, struct arena *a,
			int64_t seq, struct err *e)
{
	struct checkpoint c = { 0 };
	struct journal_leaf leaf;
	struct tree_proof proof;
	char hash[TREE_TEXT_SIZE];
	char root[TREE_TEXT_SIZE];
	if (!(o->at >= 0 ? checkpoint_of_size(db, a, o->at, &c, e)
			 : checkpoint_newest(db, a, &c, e)))
		return false;
	if (c.id == 0)
		return err_set(e, ERR_MISSING, "journal.error.none", "no such checkpoint");
	if (!journal_leaf_read(db, a, seq, &leaf, e) ||
	    !checkpoint_prove(db, seq, c.size, &proof, e))
		return false;
	tree_print(&leaf.hash, hash);
	tree_print(&c.root, root);
	if (!o->json)
		printf("Entry %lld is leaf %lld of %lld.\n%s\nleaf %s\nroot %s\n", (long long)seq,
		       (long long)seq - 1, (long long)c.size, leaf.header, hash, root);
	print_proof(o, &proof,
		    json_pack("{s:s,s:I,s:s,s:s,s:s}", "leaf", leaf.header, "index",
			      (json_int_t)seq - 1, "hash", hash, "checkpoint", c.note, "root",
			      root));
	return true;
}

int journal_run_prove(const struct journal_options *o)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err e = { 0 };
	int64_t seq = 0;
	if (o->words != 1 || !journal_number(o->word[0], &seq))
		return cli_usage("journal", "say: journal prove ENTRY [--at SIZE]");
	if (!db_open_read_only(o->db, &db, &e) || !print_entry(o, db, a, seq, &e))
		return cli_failed("journal", &e);
	return CLI_OK;
}

int journal_run_consistency(const struct journal_options *o)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct tree_proof proof;
	struct err e = { 0 };
	int64_t older = 0;
	int64_t newer = 0;
	if (o->words != 2 || !journal_number(o->word[0], &older) ||
	    !journal_number(o->word[1], &newer))
		return cli_usage("journal", "say: journal consistency SIZE SIZE");
	if (!db_open_read_only(o->db, &db, &e) ||
	    !checkpoint_prove_growth(db, older, newer, &proof, &e))
		return cli_failed("journal", &e);
	print_proof(o, &proof,
		    json_pack("{s:I,s:I}", "older", (json_int_t)older, "newer", (json_int_t)newer));
	return CLI_OK;
}

/* ---- show ------------------------------------------------------------------------------------ */

static bool read_show(struct db *db, struct arena *a, json_t **ret, struct err *e)
{
	struct note_key key;
	char text[NOTE_KEY_SIZE];
	json_t *checkpoints =
		db_rows(db, a, e,
			"SELECT c.size, c.at_ms, r.reason, r.subject, (SELECT COUNT(*)"
			"  FROM witness_signature s WHERE s.checkpoint_id = c.id) AS witnesses"
			"  FROM checkpoint c JOIN checkpoint_reason r ON r.checkpoint_id = c.id"
			" ORDER BY c.size, r.id");
	json_t *witnesses = db_rows(
		db, a, e,
		"SELECT w.name, w.vkey, w.holder, COALESCE((SELECT s.step FROM witness_step s"
		"  WHERE s.witness_id = w.id ORDER BY s.id DESC LIMIT 1), 'proposed') AS state"
		"  FROM witness w ORDER BY w.id");
	json_t *alarms = db_rows(db, a, e, "SELECT kind, size, at_ms FROM log_alarm ORDER BY id");
	if (!checkpoints || !witnesses || !alarms || !checkpoint_key(db, &key, e))
		return false;
	note_key_print(&key, text);
	*ret = json_pack("{s:s,s:O,s:O,s:O}", "key", text, "checkpoints", checkpoints, "witnesses",
			 witnesses, "alarms", alarms);
	json_in_arena(a, *ret);
	return true;
}

static void print_show(const json_t *shown)
{
	size_t i = 0;
	const json_t *row = NULL;
	char at[INSTANT_TEXT_SIZE];
	printf("%s\n", row_text(shown, "key"));
	json_array_foreach (json_object_get(shown, "checkpoints"), i, row) {
		instant_print(row_number(row, "at_ms"), at);
		printf("%s  %lld entries, %s %s, %lld witnesses\n", at,
		       (long long)row_number(row, "size"), row_text(row, "reason"),
		       row_text(row, "subject"), (long long)row_number(row, "witnesses"));
	}
	json_array_foreach (json_object_get(shown, "witnesses"), i, row)
		printf("witness %s: %s, %s\n", row_text(row, "vkey"), row_text(row, "holder"),
		       row_text(row, "state"));
	json_array_foreach (json_object_get(shown, "alarms"), i, row) {
		instant_print(row_number(row, "at_ms"), at);
		printf("ALARM %s  %s at %lld entries\n", at, row_text(row, "kind"),
		       (long long)row_number(row, "size"));
	}
}

int journal_run_show(const struct journal_options *o)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	json_t *shown = NULL;
	struct err e = { 0 };
	if (o->words > 0)
		return cli_usage("journal", "say: journal show");
	if (!db_open_read_only(o->db, &db, &e) || !read_show(db, a, &shown, &e))
		return cli_failed("journal", &e);
	if (o->json) {
		(void)json_dumpf(shown, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		(void)putchar('\n');
	} else {
		print_show(shown);
	}
	return CLI_OK;
}

/* journal_lines.c - konkurs journal export-lines: the whole journal as one text, a line for each
 * entry (docs/receipts.md), for konkurs-verify and for whoever wants to read it. */
#include "cli/journal.h"

#include "app/evidence/checkpoint.h"
#include "journal/header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_head(FILE *file, struct db *db, struct arena *a, const struct checkpoint *c,
		       struct err *e)
{
	const char *note = NULL;
	struct note_key key;
	char vkey[NOTE_KEY_SIZE];
	if (!checkpoint_note(db, a, c, &note, e) || !checkpoint_key(db, &key, e))
		return false;
	note_key_print(&key, vkey);
	json_t *head = json_pack("{s:s,s:s,s:s}", "format", "konkurs-journal-1", "checkpoint", note,
				 "key", vkey);
	const bool ok = json_dumpf(head, file, JSON_COMPACT | JSON_SORT_KEYS) == 0 &&
			putc('\n', file) != EOF;
	json_decref(head);
	return ok || err_set(e, ERR_SYSTEM, "error.system", "%s", strerror(errno));
}

static bool write_entries(FILE *file, struct db *db, int64_t size, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	for (int64_t seq = 1; seq <= size; seq++) {
		struct journal_leaf leaf = { 0 };
		if (!journal_leaf_read(db, a, seq, &leaf, e))
			return false;
		if (fprintf(file, "%s\n", leaf.header) < 0)
			return err_set(e, ERR_SYSTEM, "error.system", "%s", strerror(errno));
		arena_reset(a);
	}
	return true;
}

static bool write_all(const char *path, struct db *db, struct arena *a, int64_t *ret, struct err *e)
{
	struct checkpoint c = { 0 };
	if (!checkpoint_newest(db, a, &c, e))
		return false;
	if (c.id == 0)
		return err_set(e, ERR_MISSING, "journal.error.none", "no checkpoint yet");
	FILE *file = fopen(path, "wb");
	if (!file)
		return err_set(e, ERR_SYSTEM, "error.system", "%s: %s", path, strerror(errno));
	const bool ok = write_head(file, db, a, &c, e) && write_entries(file, db, c.size, e);
	*ret = c.size;
	return fclose(file) == 0 ? ok
				 : ok && err_set(e, ERR_SYSTEM, "error.system", "%s: %s", path,
						 strerror(errno));
}

int journal_run_lines(const struct journal_options *o)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err e = { 0 };
	int64_t entries = 0;
	if (o->words != 1)
		return cli_usage("journal", "say: journal export-lines FILE");
	if (!db_open_read_only(o->db, &db, &e) || !write_all(o->word[0], db, a, &entries, &e))
		return cli_failed("journal", &e);
	printf("%lld entries written to %s\n", (long long)entries, o->word[0]);
	return CLI_OK;
}

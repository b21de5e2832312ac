#include "app/bank/import_part.h"

#include "app/bank/bank_text.h"

#include "app/bank/bank.h"
#include "base/text.h"

#include <string.h>

/* ---- one import ------------------------------------------------------------------------------ */

bool import_load(const struct act *act, int64_t id, struct import *ret, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT by_id, state, format, act, article, text_day, leave_bad,"
				   " parts, part, total, done, last_code FROM bank_import"
				   " WHERE id = $1",
				   db_int(id));
	if (!row)
		return false;
	*ret = (struct import){
		.id = id,
		.by_id = row_number(row, "by_id"),
		.parts = row_number(row, "parts"),
		.part = row_number(row, "part"),
		.total = row_number(row, "total"),
		.done = row_number(row, "done"),
		.last_code = row_number(row, "last_code"),
		.state = row_text(row, "state"),
		.act = row_text(row, "act"),
		.article = row_text(row, "article"),
		.format = row_text(row, "format"),
		.text_date = { (int32_t)row_number(row, "text_day") },
		.leave_bad = row_number(row, "leave_bad") != 0,
	};
	return true;
}

struct act import_author(const struct act *act, const struct import *im)
{
	struct act author = *act;
	author.person_id = im->by_id;
	return author;
}

static bool is(const struct import *im, const char *state)
{
	return strcmp(im->state, state) == 0;
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* The sender's name, cut at a character if it is too long. */
static const char *short_name(struct arena *a, const char *name)
{
	size_t size = strlen(name);
	if (size > IMPORT_NAME_MOST) {
		size = IMPORT_NAME_MOST;
		while (size > 0 && ((unsigned char)name[size] & 0xc0U) == 0x80U)
			size--;
	}
	return arena_copy_n(a, name, size);
}

static bool add_import(const struct act *act, const struct import_form *form, const json_t *packed,
		       int64_t *ret_id, struct err *e)
{
	const json_t *parts = json_object_get(packed, "parts");
	return db_number(act->db, e, ret_id,
			 "INSERT INTO bank_import (by_id, name, hash, format, act, article,"
			 " text_day, state, leave_bad, parts, part, total, done, last_code, added,"
			 " changed, unchanged, bad, notes, again, started_ms)"
			 " VALUES (NULLIF($1, 0), $2, $3, $4, $5, $6, $7, 'checking', 0, $8, 0, $9,"
			 " 0, 0, 0, 0, 0, 0, 0, 0, $10) RETURNING id",
			 db_int(act->person_id), db_text(short_name(act->arena, form->name)),
			 db_text(row_text(packed, "hash")), db_text(row_text(packed, "format")),
			 db_text(form->act), db_text(form->article), db_int(form->text_date.n),
			 db_int((int64_t)json_array_size(parts)),
			 db_int(row_number(packed, "total")), db_int(act->now_ms));
}

static bool add_parts(const struct act *act, int64_t id, const json_t *parts, struct err *e)
{
	size_t i = 0;
	const json_t *part = NULL;
	json_array_foreach (parts, i, part) {
		const char *entries = NULL;
		if (!bank_note_close(act, json_string_value(part), &entries, e) ||
		    !db_exec(act->db, e, NULL,
			     "INSERT INTO bank_import_part (import_id, number, entries)"
			     " VALUES ($1, $2, $3)",
			     db_int(id), db_int((int64_t)i), db_text(entries)))
			return false;
	}
	return true;
}

bool import_open(const struct act *act, const struct import_form *form, const json_t *packed,
		 int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t id = 0;
	if (!bank_require(act, ROLE_NAME_AUTHOR, e))
		return false;
	if (form->text_date.n > act_today(act).n)
		return err_input(e, "text_date", "bank.error.text_date", "a day to come");
	if (!db_begin(act->db, &tx, e) || !add_import(act, form, packed, &id, e) ||
	    !add_parts(act, id, json_object_get(packed, "parts"), e) ||
	    !act_journal(act, "bank.import.opened", 0, act_subject(act, "bank_import", id),
			 json_pack("{s:s,s:s,s:I}", "format", row_text(packed, "format"), "file",
				   row_text(packed, "hash"), "entries",
				   (json_int_t)row_number(packed, "total")),
			 e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- what its author decides ----------------------------------------------------------------- */

/* From a state into another, at its first part. */
static bool go(const struct act *act, int64_t id, const char *from, const char *to, struct err *e)
{
	int64_t changed = 0;
	return db_exec(act->db, e, &changed,
		       "UPDATE bank_import SET state = $3, part = 0, done = 0"
		       " WHERE id = $1 AND state = $2",
		       db_int(id), db_text(from), db_text(to)) &&
	       (changed == 1 || err_set(e, ERR_CONFLICT, "import.error.state", "in another state"));
}

bool import_take(const struct act *act, int64_t id, bool leave_bad, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct import im = { 0 };
	bool bad = false;
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !import_load(act, id, &im, e) ||
	    !db_exists(act->db, e, &bad, "SELECT 1 FROM bank_import WHERE id = $1 AND bad > 0",
		       db_int(id)))
		return false;
	if (im.by_id != act->person_id)
		return err_set(e, ERR_DENIED, "import.error.other", "another one's import");
	if (bad && !leave_bad)
		return err_set(e, ERR_CONFLICT, "exchange.error.bad", "questions that are bad");
	return go(act, id, "checked", "taking", e) &&
	       db_exec(act->db, e, NULL, "UPDATE bank_import SET leave_bad = $2 WHERE id = $1",
		       db_int(id), db_int(leave_bad)) &&
	       db_commit(&tx, e);
}

bool import_drop(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct import im = { 0 };
	if (!bank_require(act, ROLE_NAME_AUTHOR, e) || !db_begin(act->db, &tx, e) ||
	    !import_load(act, id, &im, e))
		return false;
	if (is(&im, "taken") || is(&im, "dropped"))
		return err_set(e, ERR_CONFLICT, "import.error.state", "has ended");
	return db_exec(act->db, e, NULL,
		       "UPDATE bank_import SET state = 'dropped', ended_ms = $2 WHERE id = $1",
		       db_int(id), db_int(act->now_ms)) &&
	       act_journal(act, "bank.import.dropped", 0, act_subject(act, "bank_import", id),
			   json_object(), e) &&
	       db_commit(&tx, e);
}

bool import_drop_old(const struct act *act, struct err *e)
{
	const day oldest = { act_today(act).n - IMPORT_DAYS };
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id FROM bank_import WHERE ended_ms IS NULL"
				     " AND state <> 'taking' AND started_ms < $1",
				     db_int(day_begins_ms(oldest)));
	json_array_foreach (rows, i, row) {
		if (!import_drop(act, row_number(row, "id"), e))
			return false;
	}
	return rows != NULL;
}

/* ---- one part -------------------------------------------------------------------------------- */

static bool read_part(const struct act *act, const struct import *im, json_t **ret, struct err *e)
{
	const char *sealed = NULL;
	const char *text = NULL;
	if (!db_string(act->db, act->arena, e, &sealed,
		       "SELECT entries FROM bank_import_part WHERE import_id = $1 AND number = $2",
		       db_int(im->id), db_int(im->part)) ||
	    !bank_note_open(act, sealed, &text, e))
		return false;
	json_t *entries = json_loads(text, 0, NULL);
	if (!entries)
		return err_set(e, ERR_DB, "error.storage", "a part of an import is damaged");
	json_in_arena(act->arena, entries);
	*ret = entries;
	return true;
}

/* A version that this import has written and that nobody's revision has. */
static bool forget_version(const struct act *act, int64_t version, struct err *e)
{
	bool used = true;
	return db_exists(act->db, e, &used,
			 "SELECT 1 FROM bank_revision WHERE item_id = $1 UNION ALL"
			 " SELECT 1 FROM bank_import_row WHERE item_id = $1",
			 db_int(version)) &&
	       (used || bank_version_drop(act, version, e));
}

/* Takes rows away, with the versions that they have written. */
static bool clear_rows(const struct act *act, int64_t id, int64_t part, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT item_id FROM bank_import_row WHERE import_id = $1"
				     " AND part = $2 AND item_id IS NOT NULL",
				     db_int(id), db_int(part));
	if (!rows || !db_exec(act->db, e, NULL,
			      "DELETE FROM bank_import_row WHERE import_id = $1 AND part = $2",
			      db_int(id), db_int(part)))
		return false;
	json_array_foreach (rows, i, row) {
		if (!forget_version(act, row_number(row, "item_id"), e))
			return false;
	}
	return true;
}

/* The part is through: what it has added to the counts, and where the import is now. */
struct count {
	int64_t added, changed, unchanged, bad, notes;
};

static bool end_part(const struct act *act, const struct import *im, size_t entries,
		     const struct count *c, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE bank_import SET part = part + 1, done = done + $2, last_code = $3,"
		       " added = added + $4, changed = changed + $5, unchanged = unchanged + $6,"
		       " bad = bad + $7, notes = notes + $8 WHERE id = $1",
		       db_int(im->id), db_int((int64_t)entries), db_int(im->last_code),
		       db_int(c->added), db_int(c->changed), db_int(c->unchanged), db_int(c->bad),
		       db_int(c->notes));
}

/* ---- checking -------------------------------------------------------------------------------- */

static void count_one(struct count *c, const char *what)
{
	c->added += strcmp(what, "added") == 0;
	c->changed += strcmp(what, "changed") == 0;
	c->unchanged += strcmp(what, "unchanged") == 0;
	c->bad += strcmp(what, "bad") == 0;
	c->notes += strcmp(what, "note") == 0;
}

/* The value of these is the code of another question; that of any other may quote the file. */
static bool names_question(const struct judged *j)
{
	return strcmp(j->key, "exchange.alike") == 0 || strcmp(j->key, "bank.error.same") == 0;
}

/* What stands for a code in the file may be the question itself, as in the title of a GIFT question
 * or in columns that have slipped.  One word in Latin letters is kept for people's eyes; of
 * anything else place and line tell where it is. */
static const char *safe_code(const char *code)
{
	enum { SAFE_MOST = 64 };
	const size_t size = strlen(code);
	for (size_t i = 0; i < size; i++) {
		if (code[i] <= ' ' || code[i] > '~')
			return "";
	}
	return size <= SAFE_MOST ? code : "";
}

static bool add_row(const struct act *act, const struct import *im, const json_t *entry,
		    const struct judged *j, struct err *e)
{
	const bool goes = strcmp(j->what, "added") == 0 || strcmp(j->what, "changed") == 0;
	const char *code = safe_code(j->code);
	const char *other = names_question(j) ? safe_code(j->value) : "";
	const char *search = text_fold(act->arena, arena_print(act->arena, "%s %s %s", code,
							       row_text(entry, "place"), other));
	const char *value = NULL;
	return bank_note_close(act, j->value, &value, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO bank_import_row (import_id, part, number, place, line, code,"
		       " what, key, value, other, fields, search, act, base, enemies, hash)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		       " $16)",
		       db_int(im->id), db_int(im->part),
		       db_int(strcmp(j->what, "note") == 0 ? 0 : row_number(entry, "number")),
		       db_text(row_text(entry, "place")), db_int(row_number(entry, "line")),
		       db_text(code), db_text(j->what), db_text(j->key), db_text(value),
		       db_text(other), db_text(j->fields), db_text(search),
		       db_text(goes ? j->item.act : ""), db_int(j->base),
		       db_text(goes ? j->enemies : NULL),
		       goes ? db_blob(j->hash, sizeof(j->hash)) : db_null());
}

/* The code of a question above in the file; "" if it is bad. */
static bool code_above(const struct act *act, const struct import *im, int64_t number,
		       const char **ret, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT code FROM bank_import_row WHERE import_id = $1"
				     " AND number = $2 AND what <> 'bad'",
				     db_int(im->id), db_int(number));
	*ret = row_text(json_array_get(rows, 0), "code");
	return rows != NULL;
}

/* F26: pointed out, and for a person to judge. */
static bool note_alike(const struct act *act, const struct import *im, const json_t *entry,
		       const char *code, struct count *c, struct err *e)
{
	size_t i = 0;
	const json_t *twin = NULL;
	json_array_foreach (json_object_get(entry, "alike"), i, twin) {
		struct judged note = { .code = code,
				       .what = "note",
				       .key = "exchange.alike",
				       .value = row_text(twin, "code"),
				       .fields = "" };
		if (!*note.value &&
		    !code_above(act, im, row_number(twin, "number"), &note.value, e))
			return false;
		if (!*note.value)
			continue;
		c->notes++;
		if (!add_row(act, im, entry, &note, e))
			return false;
	}
	return true;
}

static bool check_entry(const struct act *act, struct import *im, const json_t *entry,
			struct count *c, struct err *e)
{
	struct judged j = { .what = "note", .fields = "" };
	if (row_number(entry, "number") == 0) { /* what the reader has found */
		j.code = row_text(entry, "code");
		j.key = row_text(entry, "key");
		j.value = row_text(entry, "value");
		if (json_is_true(json_object_get(entry, "fatal")))
			j.what = "bad";
	} else if (!import_judge(act, im, entry, &j, e)) {
		return false;
	}
	count_one(c, j.what);
	const bool comes = strcmp(j.what, "added") == 0 || strcmp(j.what, "changed") == 0;
	return add_row(act, im, entry, &j, e) &&
	       (!comes || note_alike(act, im, entry, j.code, c, e));
}

static bool check_part(const struct act *act, struct import *im, struct err *e)
{
	struct count c = { 0 };
	size_t i = 0;
	const json_t *entry = NULL;
	json_t *entries = NULL;
	if (!clear_rows(act, im->id, im->part, e) || !read_part(act, im, &entries, e))
		return false;
	json_array_foreach (entries, i, entry) {
		if (!check_entry(act, im, entry, &c, e))
			return false;
	}
	return end_part(act, im, json_array_size(entries), &c, e);
}

static bool end_check(const struct act *act, const struct import *im, struct err *e)
{
	return go(act, im->id, "checking", "checked", e);
}

/* ---- taking over ----------------------------------------------------------------------------- */

static const json_t *entry_numbered(const json_t *entries, int64_t number)
{
	size_t i = 0;
	const json_t *entry = NULL;
	json_array_foreach (entries, i, entry) {
		if (row_number(entry, "number") == number)
			return entry;
	}
	return NULL;
}

static bool write_version(const struct act *act, const struct import *im, const json_t *entries,
			  const json_t *row, struct err *e)
{
	const json_t *entry = entry_numbered(entries, row_number(row, "number"));
	struct item item = { 0 };
	const void *hash = NULL;
	size_t size = 0;
	int64_t version = 0;
	return db_bytes(act->db, act->arena, e, &hash, &size,
			"SELECT hash FROM bank_import_row WHERE id = $1",
			db_int(row_number(row, "id"))) &&
	       import_item(act, im, entry, row_text(row, "code"), hash, &item, e) &&
	       bank_version(act, row_text(row, "code"), &item, false, &version, e) &&
	       db_exec(act->db, e, NULL, "UPDATE bank_import_row SET item_id = $2 WHERE id = $1",
		       db_int(row_number(row, "id")), db_int(version));
}

static bool write_part(const struct act *act, const struct import *im, struct err *e)
{
	static const struct count none = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *entries = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id, number, code FROM bank_import_row"
				     " WHERE import_id = $1 AND part = $2"
				     " AND what IN ('added', 'changed') ORDER BY id",
				     db_int(im->id), db_int(im->part));
	if (!rows || !read_part(act, im, &entries, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (!write_version(act, im, entries, row, e))
			return false;
	}
	return end_part(act, im, json_array_size(entries), &none, e);
}

static bool end_taking(const struct act *act, const struct import *im, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT hash, added, changed, unchanged, bad FROM bank_import"
				   " WHERE id = $1",
				   db_int(im->id));
	return row && import_move(act, im, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bank_import SET state = 'taken', ended_ms = $2 WHERE id = $1",
		       db_int(im->id), db_int(act->now_ms)) &&
	       act_journal(act, "bank.taken", 0, act_subject(act, "bank_import", im->id),
			   json_pack("{s:s,s:s,s:I,s:I,s:I,s:I}", "format", im->format, "file",
				     row_text(row, "hash"), "added",
				     (json_int_t)row_number(row, "added"), "changed",
				     (json_int_t)row_number(row, "changed"), "unchanged",
				     (json_int_t)row_number(row, "unchanged"), "bad",
				     (json_int_t)row_number(row, "bad")),
			   e);
}

/* What was compared is no longer so: nothing was taken over, and all is compared again. */
static bool compare_again(const struct act *act, const struct import *im, struct err *e)
{
	return go(act, im->id, "taking", "checking", e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE bank_import SET added = 0, changed = 0, unchanged = 0, bad = 0,"
		       " notes = 0, again = again + 1, last_code = 0 WHERE id = $1",
		       db_int(im->id));
}

/* ---- afterwards ------------------------------------------------------------------------------ */

/* The words go when it is taken over; when it was dropped everything else goes, too. */
static bool sweep(const struct act *act, const struct import *im, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT number FROM bank_import_part WHERE import_id = $1"
				     " ORDER BY number LIMIT 1",
				     db_int(im->id));
	const int64_t part = row_number(json_array_get(rows, 0), "number");
	return rows && (!is(im, "dropped") || clear_rows(act, im->id, part, e)) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM bank_import_part WHERE import_id = $1 AND number = $2",
		       db_int(im->id), db_int(part));
}

/* ---- the work -------------------------------------------------------------------------------- */

static bool take_step(const struct act *act, const struct import *im, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct act author = import_author(act, im);
	return db_begin(act->db, &tx, e) &&
	       (im->part < im->parts ? write_part(&author, im, e) : end_taking(&author, im, e)) &&
	       db_commit(&tx, e);
}

/* A refusal means that the bank, or the right of its author, is no longer what it was. */
static bool take_or_compare(const struct act *act, const struct import *im, struct err *e)
{
	struct err why = { 0 };
	if (take_step(act, im, &why))
		return true;
	if (why.kind >= ERR_BUSY) {
		*e = why;
		return false;
	}
	return compare_again(act, im, e);
}

static bool do_part(const struct act *act, struct import *im, struct err *e)
{
	if (is(im, "taking"))
		return take_or_compare(act, im, e);
	if (!is(im, "checking"))
		return sweep(act, im, e);
	return im->part < im->parts ? check_part(act, im, e) : end_check(act, im, e);
}

bool import_step_of(const struct act *act, int64_t id, bool *ret_more, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct import im = { 0 };
	bool words = false;
	if (!db_begin(act->db, &tx, e) || !import_load(act, id, &im, e) ||
	    !db_exists(act->db, e, &words, "SELECT 1 FROM bank_import_part WHERE import_id = $1",
		       db_int(id)))
		return false;
	*ret_more = is(&im, "checking") || is(&im, "taking") || (words && !is(&im, "checked"));
	return !*ret_more || (do_part(act, &im, e) && db_commit(&tx, e));
}

bool import_step(const struct act *act, bool *ret_more, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT i.id FROM bank_import i"
				     " WHERE i.state IN ('checking', 'taking') OR ("
				     "  i.state IN ('taken', 'dropped') AND EXISTS (SELECT 1"
				     "  FROM bank_import_part p WHERE p.import_id = i.id))"
				     " ORDER BY i.id");
	size_t i = 0;
	const json_t *row = NULL;
	struct err why = { 0 };
	*ret_more = false;
	json_array_foreach (rows, i, row) {
		err_clear(&why);
		if (import_step_of(act, row_number(row, "id"), ret_more, &why))
			return true;
	}
	if (i > 0 && rows)
		*e = why;
	return rows && i == 0;
}

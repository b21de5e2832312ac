/* check.c - notes, receipts, and that one checkpoint continues another. */
#include "verify/check.h"

#include "base/day.h"
#include "journal/request.h"

#include <inttypes.h>
#include <string.h>

const char *check_time(struct arena *a, int64_t ms)
{
	char text[INSTANT_TEXT_SIZE];
	instant_print(ms, text);
	return arena_copy(a, text);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The key that counts: one's own before that of the file. */
static bool find_key(struct report *r, const char *key, const struct trust *trust,
		     struct note_key *ret)
{
	struct note_key brought;
	const bool some = key && *key;
	if (some && !note_key_parse(key, &brought)) {
		check_add(r, FOUND_BAD, "verify.key.malformed", NULL);
		return false;
	}
	if (!trust->pinned) {
		check_add(r, FOUND_DOUBT, "verify.key.own", json_pack("{s:s}", "key", key));
		*ret = brought;
		return true;
	}
	*ret = trust->log;
	return !some || check_test(r,
				   strcmp(brought.name, trust->log.name) == 0 &&
					   memcmp(brought.public_key, trust->log.public_key,
						  sizeof(brought.public_key)) == 0,
				   "verify.key.pinned", json_pack("{s:s}", "origin", brought.name));
}

static bool check_log(struct report *r, const struct note *note, const struct note_checkpoint *c,
		      const char *key, const struct trust *trust)
{
	struct note_key log;
	if (!trust->pinned && (!key || !*key)) {
		check_add(r, FOUND_DOUBT, "verify.key.none", NULL);
		return true;
	}
	return find_key(r, key, trust, &log) &&
	       check_test(r,
			  strcmp(log.name, c->origin) == 0 &&
				  note_check(note, &log, NULL) == NOTE_GOOD,
			  "verify.log",
			  json_pack("{s:s,s:I}", "origin", c->origin, "size", (json_int_t)c->size));
}

static void check_witnesses(struct report *r, const struct note *note, const struct trust *trust)
{
	for (size_t i = 0; i < trust->witnesses; i++) {
		int64_t time_s = 0;
		const struct note_key *key = &trust->witness[i];
		const bool good =
			note_check(note, key, &time_s) == NOTE_GOOD && time_s <= INT64_MAX / 1000;
		(void)check_test(r, good, "verify.witness",
				 json_pack("{s:s,s:s}", "name", key->name, "at",
					   good ? check_time(r->arena, time_s * 1000) : ""));
	}
	if (trust->witnesses == 0)
		check_add(r, FOUND_DOUBT, "verify.witness.none", NULL);
}

bool check_note(struct report *r, const char *text, size_t size, const char *key,
		const struct trust *trust, struct note_checkpoint *ret)
{
	struct note note;
	struct note_checkpoint c;
	if (!note_parse(text, size, &note) || !note_checkpoint_parse(&note, &c)) {
		check_add(r, FOUND_BAD, "verify.checkpoint.malformed", NULL);
		return false;
	}
	*ret = c;
	const bool good = check_log(r, &note, &c, key, trust);
	check_witnesses(r, &note, trust);
	return good;
}

/* ---- receipts -------------------------------------------------------------------------------- */

/* What was recorded, as it stands there: texts, numbers, true and false. */
static void tell_content(struct report *r, const char *content)
{
	json_t *o = json_loads(content, JSON_REJECT_DUPLICATES, NULL);
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach (o, name, value) {
		if (json_is_string(value) || json_is_integer(value))
			check_add(r, FOUND_FACT, "verify.receipt.value",
				  json_pack("{s:s,s:O}", "name", name, "value", value));
		else if (json_is_boolean(value))
			check_add(r, FOUND_FACT, "verify.receipt.value",
				  json_pack("{s:s,s:s}", "name", name, "value",
					    json_is_true(value) ? "true" : "false"));
	}
	json_decref(o);
}

static void check_content(struct report *r, const struct receipt *receipt, const struct leaf *leaf)
{
	if (!receipt->whole) {
		check_unproved(r, "verify.content.none", NULL);
		return;
	}
	const struct tree_hash hash = leaf_content_hash(receipt->salt, sizeof(receipt->salt),
							receipt->content, strlen(receipt->content));
	if (check_test(r, tree_equal(&hash, &leaf->content), "verify.content", NULL))
		tell_content(r, receipt->content);
}

void check_receipt(struct report *r, const struct receipt *receipt, const struct trust *trust)
{
	struct leaf leaf;
	struct note_checkpoint c;
	char code[RECEIPT_CODE_SIZE];
	const size_t size = strlen(receipt->leaf);
	const struct tree_hash hash = tree_leaf(receipt->leaf, size);
	if (!leaf_parse(receipt->leaf, size, &leaf) || leaf.seq < 1 ||
	    (uint64_t)leaf.seq - 1 != receipt->index) {
		check_add(r, FOUND_BAD, "verify.leaf.bad", NULL);
		return;
	}
	receipt_code(&hash, code);
	check_add(r, FOUND_FACT, "verify.receipt.what",
		  json_pack("{s:s,s:s,s:I,s:s}", "kind", leaf.kind, "subject", leaf.subject, "seq",
			    (json_int_t)leaf.seq, "at", check_time(r->arena, leaf.at_ms)));
	check_add(r, FOUND_FACT, "verify.receipt.code", json_pack("{s:s}", "code", code));
	check_content(r, receipt, &leaf);
	if (check_note(r, receipt->checkpoint, strlen(receipt->checkpoint), receipt->key, trust,
		       &c))
		(void)check_test(
			r, tree_proves(&hash, receipt->index, c.size, &receipt->proof, &c.root),
			"verify.proof",
			json_pack("{s:I,s:I}", "seq", (json_int_t)leaf.seq, "size",
				  (json_int_t)c.size));
	check_once(r, FOUND_FACT, "verify.limits", NULL);
}

bool check_entry_of(struct report *r, const struct receipt *receipt, const struct trust *trust,
		    struct leaf *ret)
{
	struct report *own = check_new(r->arena);
	check_receipt(own, receipt, trust);
	check_merge(r, own);
	return own->bad == 0 && leaf_parse(receipt->leaf, strlen(receipt->leaf), ret);
}

/* ---- checkpoints by themselves ------------------------------------------------------------- */

/* What one compares with a paper by eye. */
static void tell_root(struct report *r, const struct note_checkpoint *c)
{
	char root[TREE_TEXT_SIZE];
	tree_print(&c->root, root);
	check_add(r, FOUND_FACT, "verify.checkpoint.root",
		  json_pack("{s:I,s:s}", "size", (json_int_t)c->size, "root", root));
}

bool check_checkpoint(struct report *r, struct file file, const struct trust *trust, struct err *e)
{
	struct note_checkpoint c;
	struct log_request q;
	if (!log_request_parse(file.bytes, file.size, &q))
		return err_set(e, ERR_INPUT, "verify.error.format", "neither note nor request");
	if (check_note(r, q.note, q.size, NULL, trust, &c))
		tell_root(r, &c);
	return true;
}

bool check_growth(struct report *r, struct file old, struct file new, const struct trust *trust,
		  struct err *e)
{
	struct note_checkpoint before;
	struct note_checkpoint after;
	struct log_request q;
	if (!log_request_parse(new.bytes, new.size, &q))
		return err_set(e, ERR_INPUT, "verify.error.format", "neither note nor request");
	const bool both = check_note(r, old.bytes, old.size, NULL, trust, &before);
	if (!check_note(r, q.note, q.size, NULL, trust, &after) || !both)
		return true;
	if (before.size == after.size) {
		(void)check_test(r, tree_equal(&before.root, &after.root), "verify.same", NULL);
		return true;
	}
	json_t *sizes = json_pack("{s:I,s:I}", "old", (json_int_t)before.size, "size",
				  (json_int_t)after.size);
	if (!q.has_old || q.old != before.size) {
		check_add(r, FOUND_BAD, "verify.growth.unproved", sizes);
		return true;
	}
	(void)check_test(r, tree_grew(before.size, &before.root, after.size, &after.root, &q.proof),
			 "verify.growth", sizes);
	return true;
}

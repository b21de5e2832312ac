/* receive.c - the centre takes a segment over, or refuses all of it. */
#include "app/hall_node/part.h"

#include "db/driver.h"

#include <sodium.h>
#include <string.h>

/* Of the epoch that the segment names, with the node that had it. */
static json_t *load_epoch(const struct act *act, const json_t *all, struct err *e)
{
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT g.id, g.sitting_id, g.node_id, g.state, g.package_hash,"
			" g.segment_hash, n.party FROM sitting_given g"
			" JOIN hall_node n ON n.id = g.node_id WHERE g.id = $1",
			db_int(row_number(all, "epoch")));
	if (rows && json_array_size(rows) == 0)
		(void)err_set(e, ERR_INPUT, "hall.error.segment", "no such epoch");
	return rows ? json_array_get(rows, 0) : NULL;
}

static bool check_sender(const json_t *epoch, const unsigned char *from, struct err *e)
{
	struct envelope_party node;
	return envelope_party_read(row_text(epoch, "party"), &node, e) &&
	       (memcmp(node.sign, from, sizeof(node.sign)) == 0 ||
		err_set(e, ERR_INPUT, "hall.error.sender", "signed by another installation"));
}

static bool check_epoch(const json_t *epoch, const json_t *all, const char *hash, bool *ret_before,
			struct err *e)
{
	const char *state = row_text(epoch, "state");
	*ret_before =
		strcmp(state, "brought") == 0 && strcmp(row_text(epoch, "segment_hash"), hash) == 0;
	if (*ret_before)
		return true;
	if (strcmp(state, "taken_back") == 0)
		return err_set(e, ERR_CONFLICT, "hall.error.taken_back", "it was taken back");
	if (strcmp(state, "given") != 0)
		return err_set(e, ERR_CONFLICT, "hall.error.brought", "another was brought");
	return (strcmp(row_text(all, "kind"), SEGMENT_KIND) == 0 &&
		row_number(all, "sitting") == row_number(epoch, "sitting_id") &&
		strcmp(row_text(all, "package"), row_text(epoch, "package_hash")) == 0) ||
	       err_set(e, ERR_INPUT, "hall.error.segment", "of another package");
}

static bool end_epoch(const struct act *act, int64_t epoch, int64_t sitting, const char *hash,
		      const void *segment, size_t size, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE sitting_given SET state = 'brought', package = NULL, ended_ms = $1,"
		       " segment_hash = $2, segment = $3 WHERE id = $4",
		       db_int(act->now_ms), db_text(hash), db_blob(segment, size), db_int(epoch)) &&
	       db_exec(act->db, e, NULL, "UPDATE sitting SET state = 'sealed' WHERE id = $1",
		       db_int(sitting));
}

/* How many entries of the competition follow: by their time the journal steps back and forth
 * (app/verify/verify_state.c). */
static int64_t entries_of(const struct segment *s)
{
	int64_t count = 0;
	for (size_t i = 0; i < s->count; i++)
		count += s->entry[i].competition_id != 0;
	return count;
}

static bool take_over(const struct act *act, const json_t *epoch, const struct segment *s,
		      const char *hash, const char *file, struct hall_received *ret, struct err *e)
{
	struct sitting sitting = { 0 };
	return sitting_load(act, ret->sitting, &sitting, e) &&
	       sitting_note(act, &sitting, "sitting.brought",
			    json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:I,s:I}", "epoch",
				      (json_int_t)ret->epoch, "node",
				      (json_int_t)row_number(epoch, "node_id"), "package",
				      row_text(epoch, "package_hash"), "segment", hash, "file",
				      file, "head", s->head, "size", (json_int_t)s->count,
				      "entries", (json_int_t)entries_of(s)),
			    e) &&
	       segment_replay(act, ret->sitting, s, ret, e);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct hall_segment {
	const void *bytes; /* of the file */
	size_t size;
	const char *file, *hash; /* hashes of the file and of its content */
	json_t *all;             /* the content */
	const char *package;     /* whose chain was checked */
	struct segment entries;
	unsigned char from[ENVELOPE_KEY_SIZE];
};

static void forget(void *segment)
{
	struct hall_segment *s = segment;
	sodium_memzero(s->entries.seal_key, sizeof(s->entries.seal_key));
}

struct expected {
	const unsigned char *from;
	bool found;
};

/* Column: the line of a node. */
static bool is_node(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct expected *x = user;
	struct envelope_party node;
	(void)count;
	if (!envelope_party_read(column[0].bytes, &node, e))
		return false;
	x->found = x->found || memcmp(node.sign, x->from, sizeof(node.sign)) == 0;
	return true;
}

/* Whether it says that it is by a node of ours, now or once: anybody may send megabytes, and nobody
 * else's are looked at. */
static bool check_expected(const struct act *act, const void *segment, size_t size, struct err *e)
{
	unsigned char from[ENVELOPE_KEY_SIZE];
	struct expected x = { .from = from };
	return envelope_from(act->key, segment, size, from, e) &&
	       db_each(act->db, e, is_node, &x, "SELECT party FROM hall_node") &&
	       (x.found || err_set(e, ERR_INPUT, "hall.error.sender", "no node of ours"));
}

static bool read_all(const struct act *act, struct hall_segment *s, struct err *e)
{
	const char *text = "";
	size_t length = 0;
	if (!envelope_open_any(act->arena, act->key, SEGMENT_KIND, s->bytes, s->size, s->from,
			       &text, &length, e))
		return false;
	s->file = envelope_hash(act->arena, s->bytes, s->size);
	s->hash = envelope_hash(act->arena, text, length);
	s->all = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	json_in_arena(act->arena, s->all);
	return true;
}

bool hall_segment_open(const struct act *act, const void *segment, size_t size,
		       const struct hall_segment **ret, struct err *e)
{
	struct hall_segment *s = arena_alloc(act->arena, sizeof(*s));
	bool before = false;
	*s = (struct hall_segment){ .bytes = segment, .size = size };
	arena_defer(act->arena, forget, s);
	if (!act->key)
		return err_set(e, ERR_SYSTEM, "vault.error.no_key", "no service key at hand");
	if (!check_expected(act, segment, size, e) || !read_all(act, s, e))
		return false;
	const json_t *epoch = load_epoch(act, s->all, e);
	if (!epoch || !check_sender(epoch, s->from, e) ||
	    !check_epoch(epoch, s->all, s->hash, &before, e))
		return false;
	s->package = row_text(epoch, "package_hash");
	if (!before && !segment_read(act->arena, s->all, s->package, &s->entries, e))
		return false;
	*ret = s;
	return true;
}

/* ---- taking it over -------------------------------------------------------------------------- */

/* What was true when it was opened is asked again: another one may have been quicker. */
static bool take(const struct act *act, const struct hall_segment *s, struct hall_received *ret,
		 struct err *e)
{
	const json_t *epoch = load_epoch(act, s->all, e);
	*ret = (struct hall_received){ .sitting = row_number(epoch, "sitting_id"),
				       .epoch = row_number(epoch, "id") };
	if (!epoch || !check_sender(epoch, s->from, e) ||
	    !check_epoch(epoch, s->all, s->hash, &ret->before, e))
		return false;
	if (ret->before)
		return true;
	return (s->entries.entry ||
		err_set(e, ERR_BUSY, "error.busy", "its epoch has changed meanwhile")) &&
	       end_epoch(act, ret->epoch, ret->sitting, s->hash, s->bytes, s->size, e) &&
	       take_over(act, epoch, &s->entries, s->hash, s->file, ret, e);
}

bool hall_segment_take(const struct act *act, const struct hall_segment *segment,
		       struct hall_received *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const bool alone = act->db->depth == 0;
	struct hall_received got;
	/* all of it or nothing: a refusal undoes the whole, nothing alone */
	if (!(alone ? db_begin_flat(act->db, &tx, e) : db_begin(act->db, &tx, e)) ||
	    !take(act, segment, &got, e) || !db_commit(&tx, e))
		return false;
	*ret = got;
	return true;
}

bool hall_receive(const struct act *act, const void *segment, size_t size,
		  struct hall_received *ret, struct err *e)
{
	const struct hall_segment *s = NULL;
	return hall_segment_open(act, segment, size, &s, e) && hall_segment_take(act, s, ret, e);
}

/* verify_click.c - the clicks of all tests against the journal (F53, F88).
 *
 * A click and its entry come in one transaction, so the n-th row is the n-th entry "test.answer" of
 * those whose rows no act has destroyed.
 * The clicks of an attempt hang together backwards (answer_newest, previous_id): the way that a
 * result is counted along has to be all of them. */
#include "app/verify/verify.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_HASH = 16 };

struct click {
	int64_t id, attempt, number, choice, at_ms, previous;
	bool accepted;
	unsigned char words[KEY_HASH]; /* of refusal and key */
};

struct clicks {
	struct click *list;
	size_t count, room, at;
	struct verify_report *report;
	bool told; /* one finding is enough: all that follow are moved */
};

static void hash_words(const char *refusal, const char *key, unsigned char ret[KEY_HASH])
{
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, NULL, 0, KEY_HASH);
	(void)crypto_generichash_update(&state, (const unsigned char *)refusal,
					strlen(refusal) + 1);
	(void)crypto_generichash_update(&state, (const unsigned char *)key, strlen(key));
	(void)crypto_generichash_final(&state, ret, KEY_HASH);
}

static const char *text_of(const struct db_value *v)
{
	return v->type == DB_TEXT ? v->bytes : "";
}

/* Columns: id, attempt, number, choice, at, previous, accepted, refusal, key. */
static bool take_row(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct clicks *c = user;
	(void)count;
	if (c->count == c->room) {
		const size_t room = c->room ? c->room * 2 : 4096;
		struct click *more = realloc(c->list, room * sizeof(*more));
		if (!more)
			return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
		c->list = more;
		c->room = room;
	}
	struct click *k = &c->list[c->count++];
	*k = (struct click){ .id = column[0].number,
			     .attempt = column[1].number,
			     .number = column[2].number,
			     .choice = column[3].type == DB_INT ? column[3].number : -1,
			     .at_ms = column[4].number,
			     .previous = column[5].type == DB_INT ? column[5].number : 0,
			     .accepted = column[6].number != 0 };
	hash_words(text_of(&column[7]), text_of(&column[8]), k->words);
	if (k->accepted == (*text_of(&column[7]) != '\0') && !c->told) {
		c->told = true;
		verify_found(c->report, "click", "attempt", k->attempt,
			     "a click counts that was refused, or does not and was not");
	}
	return true;
}

/* What is wrong with a row beside its entry, or "". */
static const char *differs(const struct click *k, const char *subject, int64_t at_ms,
			   const json_t *content)
{
	static const char attempt[] = "attempt/";
	unsigned char words[KEY_HASH];
	if (strncmp(subject, attempt, strlen(attempt)) != 0 ||
	    strtoll(subject + strlen(attempt), NULL, 10) != k->attempt)
		return "a click is missing, too many, or another attempt's";
	if (at_ms != k->at_ms)
		return "a click has another time than the journal tells";
	if (!content) /* destroyed by act */
		return "";
	hash_words(row_text(content, "refusal"), row_text(content, "key"), words);
	if (memcmp(words, k->words, sizeof(words)) != 0)
		return "a click is missing, too many, or in another order";
	return row_number(content, "number") == k->number &&
			       row_number(content, "choice") == k->choice
		       ? ""
		       : "an answer is not the one that the journal tells";
}

/* Columns: seq, at, subject, content. */
static bool take_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct clicks *c = user;
	(void)count;
	(void)e;
	if (c->told)
		return true;
	const char *why = "a click of the journal is missing";
	if (c->at < c->count) {
		json_t *content = column[3].type == DB_TEXT
					  ? json_loadb(column[3].bytes, column[3].size, 0, NULL)
					  : NULL;
		why = differs(&c->list[c->at++], text_of(&column[2]), column[1].number, content);
		json_decref(content);
	}
	if (*why) {
		c->told = true;
		verify_found(c->report, "click", "entry", column[0].number, why);
	}
	return true;
}

/* ---- the way that results are counted along -------------------------------------------------- */

static int by_attempt(const void *x, const void *y)
{
	const struct click *a = x;
	const struct click *b = y;
	if (a->attempt != b->attempt)
		return a->attempt < b->attempt ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static const struct click *last_of(const struct clicks *c, int64_t attempt)
{
	size_t low = 0;
	size_t high = c->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (c->list[middle].attempt <= attempt)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && c->list[low - 1].attempt == attempt ? &c->list[low - 1] : NULL;
}

/* Columns: attempt, newest. */
static bool take_newest(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct clicks *c = user;
	const struct click *last = last_of(c, column[0].number);
	(void)count;
	(void)e;
	c->at++;
	if (!last || last->id != column[1].number)
		verify_found(c->report, "click", "attempt", column[0].number,
			     "the newest click of an attempt is not the last one");
	return true;
}

static bool check_way(const struct act *act, struct clicks *c, struct err *e)
{
	size_t attempts = 0;
	if (c->count > 0)
		qsort(c->list, c->count, sizeof(*c->list), by_attempt);
	for (size_t i = 0; i < c->count; i++) {
		const struct click *k = &c->list[i];
		const bool first = i == 0 || k[-1].attempt != k->attempt;
		attempts += first;
		if (k->previous != (first ? 0 : k[-1].id)) {
			verify_found(c->report, "click", "attempt", k->attempt,
				     "the clicks of an attempt do not hang together");
			return true;
		}
	}
	c->at = 0;
	if (!db_each(act->db, e, take_newest, c,
		     "SELECT attempt_id, event_id FROM answer_newest ORDER BY attempt_id"))
		return false;
	if (c->at != attempts)
		verify_found(c->report, "click", "journal", 0,
			     "an attempt with clicks has no newest one");
	return true;
}

static bool check_all(const struct act *act, struct clicks *c, struct err *e)
{
	if (!db_each(act->db, e, take_row, c,
		     "SELECT id, attempt_id, number, choice, at_ms, previous_id, accepted, refusal,"
		     " client_key FROM answer_event ORDER BY id") ||
	    !db_each(act->db, e, take_entry, c,
		     "SELECT j.seq, j.at_ms, j.subject, c.content FROM journal_entry j"
		     " LEFT JOIN journal_content c ON c.seq = j.seq"
		     " WHERE j.kind = 'test.answer' AND NOT EXISTS (SELECT 1"
		     "  FROM destruction_act d WHERE d.competition_id = j.competition_id"
		     "  AND d.last_seq >= j.seq) ORDER BY j.seq"))
		return false;
	if (!c->told && c->at < c->count)
		verify_found(c->report, "click", "attempt", c->list[c->at].attempt,
			     "a click that the journal does not tell of");
	return check_way(act, c, e);
}

bool verify_clicks(const struct act *act, struct verify_report *r, struct err *e)
{
	struct clicks c = { .report = r };
	const bool ok = check_all(act, &c, e);
	r->clicks = (int64_t)c.count;
	free(c.list);
	return ok;
}

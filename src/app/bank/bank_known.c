#include "app/bank/bank_known.h"

#include "app/bank/bank_item.h"
#include "app/bank/bank_text.h"
#include "app/bank/vault_opening.h"
#include "base/alike.h"

#include <string.h>

static const char *stem_of(const struct item_text *text)
{
	return text->stem ? text->stem : "";
}

/* Whether the words of a version lie open; a failure that has another reason is one. */
static bool read_stems(const struct act *act, int64_t version, struct bank_door *door,
		       struct bank_known *known, bool *ret_open, struct err *e)
{
	struct item_text kk = { .stem = NULL };
	struct item_text ru = { .stem = NULL };
	struct err why = { 0 };
	*ret_open = bank_text_stems_by(act, version, door, &kk, &ru, &why);
	if (!*ret_open && strcmp(why.key, "bank.error.sealed") != 0) {
		*e = why;
		return false;
	}
	known->kk = stem_of(&kk);
	known->ru = stem_of(&ru);
	return true;
}

bool bank_known_each(const struct act *act, bank_known_fn *each, void *user, int64_t *ret_sealed,
		     struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	size_t i = 0;
	const json_t *row = NULL;
	int64_t sealed = 0;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT id, code, newest_id FROM bank_item"
				     " WHERE state <> 'retired' ORDER BY id");
	json_array_foreach (rows, i, row) {
		struct bank_known known = { .id = row_number(row, "id"),
					    .code = row_text(row, "code") };
		bool open = false;
		if (!read_stems(act, row_number(row, "newest_id"), &door, &known, &open, e))
			return false;
		if (open)
			each(user, &known);
		sealed += !open;
	}
	if (rows)
		*ret_sealed = sealed;
	return rows != NULL;
}

bool bank_known_words(const struct act *act, int64_t version, const char *language,
		      struct item_text *ret, struct err *e)
{
	const bool kazakh = strcmp(language, "kk") == 0;
	return bank_text_read(act, version, kazakh ? ret : NULL, kazakh ? NULL : ret, e);
}

/* ---- one with all ---------------------------------------------------------------------------- */

struct comparing {
	const struct act *act;
	int64_t id;
	struct alike_words kk, ru;
	struct {
		int64_t id;
		const char *code;
		int percent;
	} found[BANK_ALIKE_MOST]; /* the most alike first, the older first among equals */
	size_t count;
};

static int percent_of(const struct comparing *c, const struct bank_known *known)
{
	struct alike_words kk;
	struct alike_words ru;
	alike_words_of(known->kk, &kk);
	alike_words_of(known->ru, &ru);
	const int left = alike_percent(&c->kk, &kk);
	const int right = alike_percent(&c->ru, &ru);
	return left > right ? left : right;
}

static void compare(void *user, const struct bank_known *known)
{
	struct comparing *c = user;
	const int percent = known->id == c->id ? 0 : percent_of(c, known);
	size_t at = c->count;
	if (percent < ALIKE_PERCENT)
		return;
	while (at > 0 && c->found[at - 1].percent < percent)
		at--;
	if (at == BANK_ALIKE_MOST)
		return;
	c->count += c->count < BANK_ALIKE_MOST;
	memmove(&c->found[at + 1], &c->found[at], (c->count - 1 - at) * sizeof(c->found[0]));
	c->found[at].id = known->id;
	c->found[at].code = arena_copy(c->act->arena, known->code);
	c->found[at].percent = percent;
}

static void drop_json(void *json)
{
	json_decref(json);
}

bool bank_known_alike(const struct act *act, int64_t id, json_t **ret, struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	struct bank_state s = { 0 };
	struct bank_known own = { .id = id };
	struct comparing c = { .act = act, .id = id };
	bool open = false;
	int64_t sealed = 0;
	if (!bank_require_any(act, e) || !bank_item_load(act, id, &s, e))
		return false;
	*ret = NULL;
	if (strcmp(s.state, "draft") != 0 && strcmp(s.state, "review") != 0)
		return true;
	if (!read_stems(act, s.newest_id, &door, &own, &open, e))
		return false;
	if (!open)
		return true;
	alike_words_of(own.kk, &c.kk);
	alike_words_of(own.ru, &c.ru);
	if (!bank_known_each(act, compare, &c, &sealed, e))
		return false;
	json_t *found = json_array();
	for (size_t i = 0; i < c.count; i++)
		(void)json_array_append_new(
			found, json_pack("{s:I,s:s,s:i}", "id", (json_int_t)c.found[i].id, "code",
					 c.found[i].code, "percent", c.found[i].percent));
	*ret = json_pack("{s:b,s:o,s:I}", "any", c.count > 0, "found", found, "left_out",
			 (json_int_t)sealed);
	arena_defer(act->arena, drop_json, *ret);
	return true;
}

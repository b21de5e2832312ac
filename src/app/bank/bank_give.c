#include "app/bank/bank_give.h"

#include "app/bank/bank_text.h"
#include "app/bank/vault_opening.h"

struct giving {
	struct arena *arena;
	struct exchange_set *set;
	int64_t *versions; /* of the set's items */
	size_t room;
};

static const char *copy(const struct giving *g, const struct db_value *v)
{
	return arena_copy_n(g->arena, v->bytes, v->size);
}

/* Columns: code, act, article, day of the text, answer, options, version. */
static bool take_item(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct giving *g = user;
	(void)count;
	(void)e;
	if (g->set->item_count == g->room)
		return true;
	g->versions[g->set->item_count] = column[6].number;
	g->set->items[g->set->item_count++] = (struct exchange_item){
		.code = copy(g, &column[0]),
		.act = copy(g, &column[1]),
		.article = copy(g, &column[2]),
		.enemies = "",
		.place = "",
		.text_date = { (int32_t)column[3].number },
		.dated = true,
		.answer = (int)column[4].number,
		.options = (int)column[5].number,
	};
	return true;
}

static bool add_enemies(const struct act *act, struct exchange_item *item, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT CASE WHEN code_a = $1 THEN code_b ELSE code_a END AS"
				     " code FROM item_enemy WHERE code_a = $1 OR code_b = $1"
				     " ORDER BY 1",
				     db_text(item->code));
	json_array_foreach (rows, i, row)
		item->enemies = arena_print(act->arena, "%s%s%s", item->enemies, i ? ", " : "",
					    row_text(row, "code"));
	return rows != NULL;
}

static bool read_set(const struct act *act, const char *of_act, const char *state, struct giving *g,
		     struct err *e)
{
	CLEANUP(bank_door_close) struct bank_door door = { .purpose = VAULT_WORK };
	int64_t count = 0;
	if (!db_number(act->db, e, &count, "SELECT COUNT(*) FROM bank_item"))
		return false;
	g->room = (size_t)count;
	g->set->items = arena_array(act->arena, g->room + 1, sizeof(*g->set->items));
	g->versions = arena_array(act->arena, g->room + 1, sizeof(*g->versions));
	if (!db_each(act->db, e, take_item, g,
		     "SELECT b.code, b.act, i.article, i.text_day, i.answer, i.options, i.id"
		     "  FROM bank_item b JOIN item i ON i.id = b.newest_id"
		     " WHERE b.state <> 'retired' AND ($1 = '' OR b.act = $1)"
		     " AND ($2 = '' OR b.state = $2) ORDER BY b.act, b.code",
		     db_text(of_act), db_text(state)))
		return false;
	for (size_t i = 0; i < g->set->item_count; i++) {
		struct exchange_item *item = &g->set->items[i];
		if (!bank_text_read_by(act, g->versions[i], &door, &item->kk, &item->ru, e) ||
		    !add_enemies(act, item, e))
			return false;
	}
	return true;
}

bool bank_give_read(const struct act *act, const char *of_act, const char *state,
		    struct exchange_set *ret, struct err *e)
{
	struct exchange_set set = { .items = NULL };
	struct giving g = { act->arena, &set, NULL, 0 };
	if (!read_set(act, of_act, state, &g, e))
		return false;
	*ret = set;
	return true;
}

bool bank_give(const struct act *act, const char *of_act, struct exchange_set *ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct exchange_set set = { .items = NULL };
	if (!act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e) ||
	    !db_begin(act->db, &tx, e) || !bank_give_read(act, of_act, "", &set, e) ||
	    !act_journal(
		    act, "bank.given", 0, "",
		    json_pack("{s:s,s:I}", "act", of_act, "questions", (json_int_t)set.item_count),
		    e) ||
	    !db_commit(&tx, e))
		return false;
	*ret = set;
	return true;
}

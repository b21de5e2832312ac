#include "app/sitting/snapshot.h"

#include "app/bank/bank.h"
#include "app/bank/exposure.h"
#include "exam/strata.h"

#include <string.h>

struct filling {
	const struct rule_set *rules;
	struct snapshot *s;
	struct item_figures *figures; /* by place */
	struct enemy_pair *enemies;
	int64_t room; /* for so many */
};

static int act_place(const struct rule_set *rules, const char *code)
{
	size_t i = 0;
	while (i < rules->act_count && strcmp(rules->acts[i].code, code) != 0)
		i++;
	return i < rules->act_count ? (int)i : -1;
}

/* Columns: id, act, options, hash, stratum, rests. */
static bool take_item(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct filling *f = user;
	struct snapshot *s = f->s;
	int act = act_place(f->rules, column[1].bytes);
	(void)count;
	if (column[3].size != ITEM_HASH_SIZE)
		return err_set(e, ERR_DB, "error.storage", "an item has no hash");
	if (act < 0)
		return true; /* of an act that is not in this programme */
	struct bank_entry *entry = &s->items[s->bank.count++];
	*entry = (struct bank_entry){ .id = column[0].number,
				      .act = act,
				      .options = (int)column[2].number,
				      .stratum = (int)column[4].number,
				      .rests = column[5].number != 0 };
	memcpy(entry->hash, column[3].bytes, ITEM_HASH_SIZE);
	return true;
}

static void prepare(const struct act *act, const struct rule_set *rules, int64_t count,
		    int64_t id_most, struct snapshot *s)
{
	int *questions = arena_array(act->arena, rules->act_count, sizeof(*questions));
	for (size_t i = 0; i < rules->act_count; i++)
		questions[i] = rules->acts[i].questions;
	*s = (struct snapshot){ .blueprint = { questions, rules->act_count }, .id_most = id_most };
	s->items = arena_array(act->arena, (size_t)count + 1, sizeof(*s->items));
	s->scratch = arena_array(act->arena, (size_t)count + 1, sizeof(*s->scratch));
	s->place = arena_array(act->arena, (size_t)id_most + 1, sizeof(*s->place));
	s->bank.items = s->items;
}

/* The order of the hashes, and where in it each item is. */
static void sort(struct snapshot *s)
{
	bank_sort(s->items, s->bank.count);
	for (int64_t i = 0; i <= s->id_most; i++)
		s->place[i] = -1;
	for (size_t i = 0; i < s->bank.count; i++)
		s->place[s->items[i].id] = (int64_t)i;
}

static int64_t place_of(const struct snapshot *s, int64_t item)
{
	return item >= 0 && item <= s->id_most ? s->place[item] : -1;
}

/* ---- taking it ------------------------------------------------------------------------- */

/* Columns: item, forms, answered, correct. */
static bool take_figures(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct filling *f = user;
	int64_t place = place_of(f->s, column[0].number);
	(void)count;
	(void)e;
	if (place >= 0)
		f->figures[place] = (struct item_figures){ .forms = column[1].number,
							   .answered = column[2].number,
							   .correct = column[3].number };
	return true;
}

/* F31, F32: annulled attempts and forms on paper count as shown, not as answered. */
static bool read_figures(const struct act *act, struct filling *f, struct err *e)
{
	f->figures = arena_array(act->arena, f->s->bank.count + 1, sizeof(*f->figures));
	return db_each(act->db, e, take_figures, f,
		       "WITH " EXPOSURE_SHOWN " SELECT q.item_id, COUNT(*),"
		       " SUM(CASE WHEN r.attempt_id IS NULL THEN 0 ELSE 1 END),"
		       " SUM(CASE WHEN substr(r.points, q.number, 1) = '1' THEN 1 ELSE 0 END)"
		       "  FROM shown q LEFT JOIN attempt t ON t.id = q.attempt_id"
		       "  LEFT JOIN result r ON r.attempt_id = t.id AND t.finish <> 'breach'"
		       " GROUP BY q.item_id");
}

/* Columns: two items. */
static bool take_enemies(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct filling *f = user;
	int64_t a = place_of(f->s, column[0].number);
	int64_t b = place_of(f->s, column[1].number);
	(void)count;
	if (a < 0 || b < 0)
		return true; /* one of them is not in this programme, or retired */
	if ((int64_t)f->s->bank.enemy_count == f->room)
		return err_set(e, ERR_DB, "error.storage", "two items have the same code");
	f->enemies[f->s->bank.enemy_count++] =
		(struct enemy_pair){ (uint32_t)(a < b ? a : b), (uint32_t)(a < b ? b : a) };
	return true;
}

static bool read_enemies(const struct act *act, struct filling *f, struct err *e)
{
	int64_t count = 0;
	if (!db_number(act->db, e, &count, "SELECT COUNT(*) FROM item_enemy"))
		return false;
	f->room = count;
	f->enemies = arena_array(act->arena, (size_t)count + 1, sizeof(*f->enemies));
	f->s->bank.enemies = f->enemies;
	if (!db_each(act->db, e, take_enemies, f,
		     "SELECT a.id, b.id FROM item_enemy n"
		     " JOIN bank_item x ON x.code = n.code_a JOIN item a ON a.id = x.used_id"
		     " JOIN bank_item y ON y.code = n.code_b JOIN item b ON b.id = y.used_id"))
		return false;
	enemies_sort(f->enemies, f->s->bank.enemy_count);
	return true;
}

/* A5-1, F29: an act that may be short of items stops the sealing. */
static bool check_shortage(const struct act *act, const struct rule_set *rules,
			   const struct snapshot *s, struct err *e)
{
	for (size_t i = 0; i < rules->act_count; i++) {
		if (bank_spare(&s->bank, &s->blueprint, (int)i) >= 0)
			continue;
		(void)err_set(e, ERR_CONFLICT, "exam.bank.shortage", "an act is short of items");
		return err_value(e, arena_print(act->arena, "%s / %s", rules->acts[i].name_kk,
						rules->acts[i].name_ru));
	}
	return true;
}

/* Items in the order of their hashes; without figures and enemies. */
static bool read_items(const struct act *act, const struct rule_set *rules, struct filling *f,
		       struct err *e)
{
	int64_t count = 0;
	int64_t id_most = 0;
	if (!db_number(act->db, e, &count, "SELECT COUNT(*) FROM item WHERE " ITEM_IN_USE) ||
	    !db_number(act->db, e, &id_most, "SELECT COALESCE(MAX(id), 0) FROM item"))
		return false;
	prepare(act, rules, count, id_most, f->s);
	if (!db_each(act->db, e, take_item, f,
		     "SELECT id, act, options, hash, 0, 0 FROM item WHERE " ITEM_IN_USE))
		return false;
	sort(f->s);
	return true;
}

bool snapshot_count(const struct act *act, const struct rule_set *rules, struct snapshot *ret,
		    struct err *e)
{
	struct filling f = { .rules = rules, .s = ret };
	return read_items(act, rules, &f, e) && read_enemies(act, &f, e);
}

bool snapshot_read(const struct act *act, const struct rule_set *rules, int64_t forms_most,
		   struct snapshot *ret, struct err *e)
{
	struct filling f = { .rules = rules, .s = ret };
	if (!read_items(act, rules, &f, e) || !read_figures(act, &f, e) ||
	    !read_enemies(act, &f, e))
		return false;
	bank_rest(ret->items, f.figures, ret->bank.count, forms_most);
	bank_stratify(ret->items, f.figures, ret->bank.count, rules->act_count, ret->scratch);
	return true;
}

bool snapshot_take(const struct act *act, const struct rule_set *rules, int64_t forms_most,
		   struct snapshot *ret, struct err *e)
{
	return snapshot_read(act, rules, forms_most, ret, e) && check_shortage(act, rules, ret, e);
}

/* ---- keeping it ------------------------------------------------------------------------ */

bool snapshot_store(const struct act *act, int64_t sitting, const struct snapshot *s, struct err *e)
{
	for (size_t i = 0; i < s->bank.count; i++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO sitting_item (sitting_id, item_id, stratum, rests)"
			     " VALUES ($1, $2, $3, $4)",
			     db_int(sitting), db_int(s->items[i].id), db_int(s->items[i].stratum),
			     db_int(s->items[i].rests)))
			return false;
	}
	for (size_t i = 0; i < s->bank.enemy_count; i++) {
		if (!db_exec(act->db, e, NULL,
			     "INSERT INTO sitting_enemy (sitting_id, item_a, item_b)"
			     " VALUES ($1, $2, $3)",
			     db_int(sitting), db_int(s->items[s->bank.enemies[i].a].id),
			     db_int(s->items[s->bank.enemies[i].b].id)))
			return false;
	}
	return true;
}

bool snapshot_drop(const struct act *act, int64_t sitting, struct err *e)
{
	return db_exec(act->db, e, NULL, "DELETE FROM sitting_item WHERE sitting_id = $1",
		       db_int(sitting)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM sitting_enemy WHERE sitting_id = $1",
		       db_int(sitting)) &&
	       db_exec(act->db, e, NULL,
		       "DELETE FROM attempt_seen WHERE attempt_id IN"
		       " (SELECT id FROM attempt WHERE sitting_id = $1)",
		       db_int(sitting));
}

static bool load_enemies(const struct act *act, int64_t sitting, struct filling *f, struct err *e)
{
	int64_t count = 0;
	if (!db_number(act->db, e, &count,
		       "SELECT COUNT(*) FROM sitting_enemy WHERE sitting_id = $1", db_int(sitting)))
		return false;
	f->room = count;
	f->enemies = arena_array(act->arena, (size_t)count + 1, sizeof(*f->enemies));
	f->s->bank.enemies = f->enemies;
	if (!db_each(act->db, e, take_enemies, f,
		     "SELECT item_a, item_b FROM sitting_enemy WHERE sitting_id = $1",
		     db_int(sitting)))
		return false;
	enemies_sort(f->enemies, f->s->bank.enemy_count);
	return true;
}

bool snapshot_load(const struct act *act, int64_t sitting, const struct rule_set *rules,
		   struct snapshot *ret, struct err *e)
{
	struct filling f = { .rules = rules, .s = ret };
	int64_t count = 0;
	int64_t id_most = 0;
	if (!db_number(act->db, e, &count,
		       "SELECT COUNT(*) FROM sitting_item WHERE sitting_id = $1",
		       db_int(sitting)) ||
	    !db_number(act->db, e, &id_most, "SELECT COALESCE(MAX(id), 0) FROM item"))
		return false;
	prepare(act, rules, count, id_most, ret);
	if (!db_each(act->db, e, take_item, &f,
		     "SELECT i.id, i.act, i.options, i.hash, s.stratum, s.rests"
		     " FROM sitting_item s JOIN item i ON i.id = s.item_id"
		     " WHERE s.sitting_id = $1",
		     db_int(sitting)))
		return false;
	sort(ret);
	return load_enemies(act, sitting, &f, e);
}

/* ---- what a candidate has had ----------------------------------------------------------- */

static bool mark(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct snapshot *s = user;
	int64_t place = place_of(s, column[0].number);
	(void)count;
	(void)e;
	if (place >= 0)
		s->items[place].seen = true;
	return true;
}

bool snapshot_mark_seen(const struct act *act, int64_t attempt, bool stored, struct snapshot *s,
			struct err *e)
{
	for (size_t i = 0; i < s->bank.count; i++)
		s->items[i].seen = false;
	if (stored)
		return db_each(act->db, e, mark, s,
			       "SELECT item_id FROM attempt_seen WHERE attempt_id = $1",
			       db_int(attempt));
	return db_each(act->db, e, mark, s,
		       "SELECT q.item_id FROM attempt t"
		       " JOIN application a ON a.id = t.application_id"
		       " JOIN application b ON b.person_id = a.person_id"
		       " JOIN attempt u ON u.application_id = b.id AND u.id <> t.id"
		       " JOIN form_question q ON q.attempt_id = u.id WHERE t.id = $1",
		       db_int(attempt));
}

bool snapshot_store_seen(const struct act *act, int64_t attempt, const struct snapshot *s,
			 struct err *e)
{
	for (size_t i = 0; i < s->bank.count; i++) {
		if (s->items[i].seen &&
		    !db_exec(act->db, e, NULL,
			     "INSERT INTO attempt_seen (attempt_id, item_id) VALUES ($1, $2)",
			     db_int(attempt), db_int(s->items[i].id)))
			return false;
	}
	return true;
}

/* rules.c - the Rules clause by clause, in both languages, with what the amendment did (O-2). */
#include "base/text.h"
#include "web/competition/public.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

/* ---- which one ------------------------------------------------------------------------------ */

const char *rules_place(const struct req *r, const char *hash)
{
	char first[DAY_TEXT_SIZE];
	const struct law_file *file =
		*hash ? law_book_file(r->book, hash)
		      : law_book_rule_set_on(r->book, day_of_instant(r->now_ms));
	if (!file || !file->rule_set)
		return *hash ? hash : NULL;
	day_print(file->rule_set->in_force_from, first);
	return arena_copy(r->arena, first);
}

/* The rule sets that began before and after this one. */
static void find_neighbours(const struct req *r, struct rules_found *found)
{
	const int32_t from = found->rules->in_force_from.n;
	for (size_t i = 0; i < r->book->rule_set_count; i++) {
		const struct rule_set *other = r->book->rule_sets[i].rule_set;
		const int32_t began = other->in_force_from.n;
		if (began < from && (!found->before || found->before->in_force_from.n < began))
			found->before = other;
		if (began > from && (!found->until_known || began - 1 < found->until.n)) {
			found->until = (day){ began - 1 };
			found->until_known = true;
		}
	}
}

static void take_file(const struct req *r, const struct law_file *file, struct rules_found *ret)
{
	*ret = (struct rules_found){ .rules = file->rule_set,
				     .notes = file->notes,
				     .hash = file->hash };
	find_neighbours(r, ret);
}

/* O-4: a text that a competition has pinned and the program no longer has. */
static bool find_kept(const struct req *r, const char *hash, struct rules_found *ret, struct err *e)
{
	struct rules_found found = { .hash = hash, .kept = true };
	const char *body = NULL;
	if (!db_string(r->db, r->arena, e, &body,
		       "SELECT body FROM law_text WHERE hash = $1 AND kind = 'rule_set'",
		       db_text(hash)) ||
	    !law_book_read_rule_set(r->arena, "law_text", body, &found.rules, e))
		return false;
	find_neighbours(r, &found);
	*ret = found;
	return true;
}

bool rules_find(const struct req *r, const char *place, struct rules_found *ret, struct err *e)
{
	day first = { 0 };
	const bool is_day = day_parse(place, &first);
	for (size_t i = 0; i < r->book->rule_set_count; i++) {
		const struct law_file *file = &r->book->rule_sets[i];
		if (is_day ? file->rule_set->in_force_from.n == first.n
			   : strcmp(file->hash, place) == 0) {
			take_file(r, file, ret);
			return true;
		}
	}
	return is_day ? err_set(e, ERR_MISSING, "error.missing", "no rule set begins then")
		      : find_kept(r, place, ret, e);
}

const char *rules_state(const struct req *r, const struct rules_found *found)
{
	const int32_t today = day_of_instant(r->now_ms).n;
	if (found->rules->in_force_from.n > today)
		return "future";
	return found->until_known && found->until.n < today ? "past" : "in_force";
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const char *in_tongue(const struct req *r, const char *kk, const char *ru)
{
	return in_kazakh(r) ? kk : ru;
}

static size_t count_changes(const struct rule_set *rules, const char *change)
{
	size_t count = 0;
	for (size_t i = 0; i < rules->clause_count; i++)
		count += strcmp(rules->clauses[i].change, change) == 0;
	return count;
}

static json_t *head_model(const struct req *r, const struct rules_found *f)
{
	const struct rule_set *rules = f->rules;
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:b,s:i,s:i,s:i}", "place", rules_place(r, f->hash),
			      "title", in_tongue(r, rules->title_kk, rules->title_ru), "source",
			      in_tongue(r, rules->source_kk, rules->source_ru), "state",
			      rules_state(r, f), "from_assumed", rules->in_force_assumed, "changed",
			      (int)count_changes(rules, "changed"), "added",
			      (int)count_changes(rules, "added"), "deleted",
			      (int)count_changes(rules, "deleted"));
	(void)json_object_set_new(o, "from", day_json(rules->in_force_from));
	(void)json_object_set_new(o, "from_act", json_string(rules->in_force_act));
	(void)json_object_set_new(o, "until", f->until_known ? day_json(f->until) : json_null());
	return o;
}

bool rules_list(struct req *r, json_t *model, struct err *e)
{
	json_t *list = json_array();
	(void)e;
	(void)json_object_set_new(model, "rule_sets", list);
	for (size_t i = r->book->rule_set_count; i > 0; i--) { /* the newest first */
		struct rules_found found = { 0 };
		take_file(r, &r->book->rule_sets[i - 1], &found);
		(void)json_array_append_new(list, head_model(r, &found));
	}
	return true;
}

/* ---- clause by clause ------------------------------------------------------------------------ */

static bool clause_is_wanted(const struct req *r, const struct clause_text *c)
{
	const char *only = in_text(r, "only");
	const char *words = text_fold(r->arena, in_text(r, "q"));
	if (*only && strcmp(only, c->change) != 0)
		return false;
	return !*words || strstr(text_fold(r->arena, arena_print(r->arena, "%s %s %s", c->number,
								 c->text_kk, c->text_ru)),
				 words);
}

/* What it said before, if the earlier rule set holds its text. */
static json_t *before_model(const struct rule_set *before, const struct clause_text *c)
{
	const struct clause_text *old =
		before && *c->change ? rule_set_clause(before, c->number) : NULL;
	return old ? json_pack("{s:s,s:s}", "before_kk", old->text_kk, "before_ru", old->text_ru)
		   : json_null();
}

static json_t *clause_model(const struct rules_found *f, const struct clause_text *c)
{
	static const char annex[] = "annex-";
	const bool is_annex = strncmp(c->number, annex, sizeof(annex) - 1) == 0;
	return json_pack("{s:s,s:s,s:b,s:s,s:s,s:s,s:o}", "number", c->number, "shown",
			 is_annex ? c->number + sizeof(annex) - 1 : c->number, "annex", is_annex,
			 "change", c->change, "kk", c->text_kk, "ru", c->text_ru, "before",
			 before_model(f->before, c));
}

static void add_clauses(const struct req *r, const struct rules_found *f, json_t *model)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->rules->clause_count; i++) {
		const struct clause_text *c = &f->rules->clauses[i];
		if (!clause_is_wanted(r, c))
			continue;
		(void)json_array_append_new(list, clause_model(f, c));
	}
	(void)json_object_set_new(model, "clauses", list);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Clause 36 has no text here but a value: its mark leads to the row then. */
static const char *anchor_of(const struct rule_set *rules, json_t *seen, const char *clause)
{
	if (!*clause || rule_set_clause(rules, clause) || json_object_get(seen, clause))
		return "";
	(void)json_object_set_new(seen, clause, json_true());
	return clause;
}

static void add_parameters(const struct rule_set *rules, json_t *model)
{
	json_t *list = json_array();
	json_t *seen = json_object();
	bool assumed = rules->in_force_assumed;
	for (int i = 0; i < PARAM_COUNT; i++) {
		const struct parameter *p = &rules->params[i];
		const bool yes_or_no =
			i >= PARAM_RULES || i == PARAM_TIE_WITH_CHAIR || i == PARAM_REPEAT_TEST;
		assumed = assumed || p->assumed;
		(void)json_array_append_new(
			list, json_pack("{s:s,s:b,s:I,s:b,s:b,s:s,s:b,s:s,s:s,s:s}", "name",
					param_name((enum param_id)i), "set", p->set, "value",
					(json_int_t)p->value, "rule", yes_or_no, "holds",
					p->value != 0, "clause", p->clause, "assumed", p->assumed,
					"anchor", anchor_of(rules, seen, p->clause), "act", p->act,
					"act_clause", p->act_clause));
	}
	json_decref(seen);
	(void)json_object_set_new(model, "parameters", list);
	(void)json_object_set_new(model, "demonstration", json_boolean(assumed));
}

static void add_acts(const struct req *r, const struct rule_set *rules, json_t *model)
{
	json_t *list = json_array();
	for (size_t i = 0; i < rules->act_count; i++)
		(void)json_array_append_new(list, json_pack("{s:s,s:i}", "name",
							    in_tongue(r, rules->acts[i].name_kk,
								      rules->acts[i].name_ru),
							    "questions", rules->acts[i].questions));
	(void)json_object_set_new(model, "acts", list);
	(void)json_object_set_new(model, "questions", json_integer(rule_set_questions(rules)));
}

static void add_bodies(const struct req *r, const struct rule_set *rules, json_t *model)
{
	json_t *list = json_array();
	const int32_t today = day_of_instant(r->now_ms).n;
	for (size_t i = 0; i < rules->body_count; i++) {
		const struct other_body *b = &rules->bodies[i];
		json_t *o = json_pack("{s:s}", "name", in_tongue(r, b->name_kk, b->name_ru));
		(void)json_object_set_new(o, "left",
					  b->until.n < today ? day_json(b->until) : json_null());
		(void)json_array_append_new(list, o);
	}
	(void)json_object_set_new(model, "bodies", list);
}

static void add_references(const struct req *r, const struct references *references, json_t *list)
{
	for (size_t i = 0; references && i < references->count; i++) {
		const struct reference *x = &references->list[i];
		(void)json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "title",
							    in_tongue(r, x->title_kk, x->title_ru),
							    "clause", x->clause, "restricted",
							    x->restricted));
	}
}

/* R5-1, R13-2: the acts that the Rules stand on and name. */
static void add_notes(const struct req *r, const struct rules_found *f, json_t *model)
{
	json_t *sources = json_array();
	json_t *named = json_array();
	if (f->notes) {
		add_references(r, &f->notes->sources, sources);
		add_references(r, &f->notes->criteria, named);
		add_references(r, &f->notes->studies, named);
	}
	(void)json_object_set_new(model, "sources", sources);
	(void)json_object_set_new(model, "named", named);
}

bool rules_show(struct req *r, json_t *model, struct err *e)
{
	struct rules_found f = { 0 };
	if (!rules_find(r, in_text(r, "rules"), &f, e))
		return false;
	json_t *head = head_model(r, &f);
	(void)json_object_set_new(head, "hash", json_string(f.hash));
	(void)json_object_set_new(head, "kept", json_boolean(f.kept));
	/* a kept text does not tell: then ours is taken for a translation */
	(void)json_object_set_new(head, "unofficial",
				  json_boolean(!f.notes || f.notes->ru_unofficial));
	(void)json_object_set_new(
		head, "appeal", json_string(in_tongue(r, f.rules->appeal_kk, f.rules->appeal_ru)));
	(void)json_object_set_new(model, "rule_set", head);
	(void)json_object_set_new(model, "q", json_string(in_text(r, "q")));
	(void)json_object_set_new(model, "only", json_string(in_text(r, "only")));
	add_clauses(r, &f, model);
	add_parameters(f.rules, model);
	add_acts(r, f.rules, model);
	add_bodies(r, f.rules, model);
	add_notes(r, &f, model);
	return true;
}

/* rules.c - the Rules for everybody, clause by clause (O-2). */
#include "web/notice.h"

#include "base/text.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

const struct param rules_params[] = {
	{ "rules", P_DAY, 0, 0, true, NULL },
	PARAMS_END,
};
const struct param rules_search_params[] = {
	{ "rules", P_DAY, 0, 0, true, NULL },
	{ "q", P_TEXT, 0, 100, false, NULL },
	PARAMS_END,
};

const struct law_file *rules_asked(const struct req *r, struct err *e)
{
	const day from = in_day(r, "rules");
	for (size_t i = 0; i < r->book->rule_set_count; i++) {
		if (r->book->rule_sets[i].rule_set->in_force_from.n == from.n)
			return &r->book->rule_sets[i];
	}
	(void)err_set(e, ERR_MISSING, "error.missing", "no rule set from that day");
	return NULL;
}

static json_t *head_model(const struct req *r, const struct law_file *file)
{
	const struct rule_set *rules = file->rule_set;
	const bool kk = in_kazakh(r);
	const struct law_file *now = law_book_rule_set_on(r->book, day_of_instant(r->now_ms));
	json_t *o =
		json_pack("{s:s,s:s,s:s,s:b,s:b}", "title", kk ? rules->title_kk : rules->title_ru,
			  "source", kk ? rules->source_kk : rules->source_ru, "hash", file->hash,
			  "in_force", file == now, "assumed", rules->in_force_assumed);
	(void)json_object_set_new(o, "from", day_json(rules->in_force_from));
	return o;
}

/* Newest first. */
bool rules_list(struct req *r, json_t *model, struct err *e)
{
	json_t *list = json_array();
	(void)e;
	for (size_t i = r->book->rule_set_count; i > 0; i--)
		(void)json_array_append_new(list, head_model(r, &r->book->rule_sets[i - 1]));
	(void)json_object_set_new(model, "rule_sets", list);
	return true;
}

/* Clauses that hold the words, all for none. */
static json_t *clauses_model(const struct req *r, const struct rule_set *rules, const char *folded)
{
	json_t *list = json_array();
	for (size_t i = 0; i < rules->clause_count; i++) {
		const struct clause_text *c = &rules->clauses[i];
		const char *text = in_kazakh(r) ? c->text_kk : c->text_ru;
		const char *hay = arena_print(r->arena, "%s %s", c->number, text);
		if (*folded && !strstr(text_fold(r->arena, hay), folded))
			continue;
		(void)json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "number", c->number,
							    "change", c->change, "text", text));
	}
	return list;
}

/* F2: what the published text does not tell says so. */
static json_t *values_model(const struct req *r, const struct rule_set *rules)
{
	json_t *list = json_array();
	for (int i = 0; i < PARAM_COUNT; i++) {
		const struct parameter *p = &rules->params[i];
		if (!p->set)
			continue;
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:I,s:s,s:b}", "key",
						      arena_print(r->arena, "rule_set.param.%s",
								  param_name((enum param_id)i)),
						      "value", (json_int_t)p->value, "clause",
						      p->clause, "assumed", p->assumed));
	}
	return list;
}

/* O-2 */
bool rules_show(struct req *r, json_t *model, struct err *e)
{
	const struct law_file *file = rules_asked(r, e);
	if (!file)
		return false;
	const char *q = in_text(r, "q");
	(void)json_object_set_new(model, "rules", head_model(r, file));
	(void)json_object_set_new(model, "clauses",
				  clauses_model(r, file->rule_set, text_fold(r->arena, q)));
	(void)json_object_set_new(model, "values", values_model(r, file->rule_set));
	(void)json_object_set_new(model, "q", json_string(q));
	(void)json_object_set_new(
		model, "unofficial",
		json_boolean(!in_kazakh(r) && file->notes && file->notes->ru_unofficial));
	return true;
}

#include "rules/bank_file.h"

#include "base/text.h"
#include "rules/readers.h"

#include <string.h>

struct text_entry {
	char *stem;
	char **options;
	unsigned options_count;
};
struct item_entry {
	char *id, *article, *key;
	char **enemies;
	unsigned enemies_count;
	struct text_entry kk, ru;
};
struct bank_entry {
	char *act, *text_date;
	bool sample;
	struct item_entry *items;
	unsigned items_count;
};

static const cyaml_schema_field_t text_fields[] = {
	SOURCE_TEXT("stem", struct text_entry, stem),
	SOURCE_TEXTS("options", 0, struct text_entry, options),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t item_fields[] = {
	SOURCE_TEXT("id", struct item_entry, id),
	SOURCE_TEXT("article", struct item_entry, article),
	SOURCE_TEXT("key", struct item_entry, key),
	SOURCE_TEXTS("enemies", CYAML_FLAG_OPTIONAL, struct item_entry, enemies),
	CYAML_FIELD_MAPPING("kk", CYAML_FLAG_DEFAULT, struct item_entry, kk, text_fields),
	CYAML_FIELD_MAPPING("ru", CYAML_FLAG_DEFAULT, struct item_entry, ru, text_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t item_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct item_entry, item_fields),
};
static const cyaml_schema_field_t bank_fields[] = {
	SOURCE_TEXT("act", struct bank_entry, act),
	CYAML_FIELD_BOOL("sample", CYAML_FLAG_DEFAULT, struct bank_entry, sample),
	SOURCE_TEXT("text_date", struct bank_entry, text_date),
	CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_POINTER, struct bank_entry, items, &item_schema, 1,
			     CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t bank_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct bank_entry, bank_fields),
};

/* An item while it is checked, for the line of a refusal. */
struct spot {
	const struct source *source;
	unsigned item;
};

static bool refuse(const struct spot *at, const char *key, const char *reason, const char *part,
		   struct err *e)
{
	return source_refuse(at->source, e, key, reason, "items.%u.%s", at->item, part);
}

/* Two options that differ in capital letters alone are one to the reader. */
static bool check_options(const struct spot *at, const char *lang, const struct text_entry *t,
			  struct err *e)
{
	const char *folded[BANK_OPTIONS_MOST];
	if (t->options_count < BANK_OPTIONS_LEAST || t->options_count > BANK_OPTIONS_MOST)
		return source_refuse(at->source, e, "rules.bounds", "too few or too many options",
				     "items.%u.%s.options", at->item, lang);
	for (unsigned i = 0; i < t->options_count; i++) {
		folded[i] = text_fold(at->source->arena, t->options[i]);
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(folded[i], folded[k]) == 0)
				return source_refuse(at->source, e, "rules.twice",
						     "two options that are equal",
						     "items.%u.%s.options.%u", at->item, lang, i);
		}
	}
	return true;
}

/* F30: other items, by their ids; they may stand in another file. */
static bool check_enemies(const struct spot *at, const struct item_entry *item, struct err *e)
{
	for (unsigned i = 0; i < item->enemies_count; i++) {
		if (!source_is_code(item->enemies[i]))
			return refuse(at, "rules.code", "no code", "enemies", e);
		if (strcmp(item->enemies[i], item->id) == 0)
			return refuse(at, "rules.reference", "an item that is its own enemy",
				      "enemies", e);
	}
	return true;
}

static bool check_item(const struct spot *at, const struct item_entry *item, struct err *e)
{
	if (!source_is_code(item->id))
		return refuse(at, "rules.code", "no code", "id", e);
	if (!check_enemies(at, item, e))
		return false;
	if (!check_options(at, "kk", &item->kk, e) || !check_options(at, "ru", &item->ru, e))
		return false;
	if (item->kk.options_count != item->ru.options_count)
		return refuse(at, "rules.options",
			      "the languages have different numbers of options", "ru.options", e);
	if (strlen(item->key) != 1 || item->key[0] < 'a' ||
	    item->key[0] >= 'a' + (int)item->kk.options_count)
		return refuse(at, "rules.key", "the key is none of the options", "key", e);
	return true;
}

static struct bank_text take_text(const struct text_entry *t)
{
	return (struct bank_text){ t->stem, (const char *const *)t->options, t->options_count };
}

static bool has_id(const struct bank_item *items, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(items[i].id, id) == 0)
			return true;
	}
	return false;
}

bool bank_file_read(struct arena *a, const char *name, const char *body, struct bank_file *ret,
		    struct err *e)
{
	const struct source s = { a, name, body };
	void *data = NULL;
	if (!source_read(&s, &bank_schema, &data, e))
		return false;
	const struct bank_entry *f = data;
	struct bank_item *items = arena_array(a, f->items_count, sizeof(*items));
	struct bank_file file = { name, f->act, f->sample, { 0 }, items, f->items_count, body };
	if (!source_day(&s, f->text_date, &file.text_date, e, "text_date"))
		return false;
	if (!source_is_code(f->act))
		return source_refuse(&s, e, "rules.code", "no code", "act");
	for (unsigned i = 0; i < f->items_count; i++) {
		const struct item_entry *item = &f->items[i];
		const struct spot at = { &s, i };
		if (!check_item(&at, item, e))
			return false;
		if (has_id(items, i, item->id))
			return refuse(&at, "rules.twice", "an id that stands twice", "id", e);
		items[i] = (struct bank_item){ item->id,
					       item->article,
					       item->key[0] - 'a',
					       take_text(&item->kk),
					       take_text(&item->ru),
					       (const char *const *)item->enemies,
					       item->enemies_count };
	}
	*ret = file;
	return true;
}

/* ---- several files ----------------------------------------------------------- */

static bool check_apart(const struct bank_file *file, const struct bank_file *others, size_t count,
			struct arena *a, struct err *e)
{
	const struct source s = { a, file->name, file->body };
	for (size_t i = 0; i < file->item_count; i++) {
		for (size_t k = 0; k < count; k++) {
			if (has_id(others[k].items, others[k].item_count, file->items[i].id))
				return source_refuse(&s, e, "rules.twice",
						     "an id that stands in another file too",
						     "items.%zu.id", i);
		}
	}
	return true;
}

bool bank_load_dir(const char *dir, struct arena *a, struct bank_file **ret, size_t *count,
		   struct err *e)
{
	struct law_folder folder = { .count = 0 };
	if (!law_read_folder(a, dir, "", &folder, e))
		return false;
	struct bank_file *files = arena_array(a, folder.count, sizeof(*files));
	for (size_t i = 0; i < folder.count; i++) {
		if (!bank_file_read(a, folder.source[i].name, folder.source[i].body, &files[i],
				    e) ||
		    !check_apart(&files[i], files, i, a, e))
			return false;
	}
	*ret = files;
	*count = folder.count;
	return true;
}

/* A parameter that is unset asks for nothing. */
static bool options_fit(const struct rule_set *rules, size_t options)
{
	const struct parameter *least = &rules->params[PARAM_OPTIONS_LEAST];
	const struct parameter *most = &rules->params[PARAM_OPTIONS_MOST];
	return (!least->set || (int64_t)options >= least->value) &&
	       (!most->set || (int64_t)options <= most->value);
}

bool bank_file_fits(const struct bank_file *file, const struct rule_set *rules, struct arena *a,
		    struct err *e)
{
	const struct source s = { a, file->name, file->body };
	size_t act = 0;
	while (act < rules->act_count && strcmp(rules->acts[act].code, file->act) != 0)
		act++;
	if (act == rules->act_count)
		return source_refuse(&s, e, "rules.reference",
				     "an act that is not in the programme", "act");
	for (size_t i = 0; i < file->item_count; i++) {
		if (!options_fit(rules, file->items[i].kk.option_count))
			return source_refuse(&s, e, "rules.options",
					     "not as many options as the rule set wants",
					     "items.%zu.kk.options", i);
	}
	return true;
}

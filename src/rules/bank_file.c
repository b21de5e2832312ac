#include "rules/bank_file.h"

#include "base/text.h"
#include "rules/yaml.h"

#include <string.h>

struct text_entry {
	char *stem;
	char **options;
	unsigned options_count;
};
struct item_entry {
	char *id, *article, *key;
	struct text_entry kk, ru;
};
struct bank_entry {
	char *act, *text_date;
	bool sample;
	struct item_entry *items;
	unsigned items_count;
};

static const cyaml_schema_field_t text_fields[] = {
	YAML_TEXT("stem", struct text_entry, stem),
	YAML_TEXTS("options", struct text_entry, options),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t item_fields[] = {
	YAML_TEXT("id", struct item_entry, id),
	YAML_TEXT("article", struct item_entry, article),
	YAML_TEXT("key", struct item_entry, key),
	CYAML_FIELD_MAPPING("kk", CYAML_FLAG_DEFAULT, struct item_entry, kk, text_fields),
	CYAML_FIELD_MAPPING("ru", CYAML_FLAG_DEFAULT, struct item_entry, ru, text_fields),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t item_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct item_entry, item_fields),
};
static const cyaml_schema_field_t bank_fields[] = {
	YAML_TEXT("act", struct bank_entry, act),
	CYAML_FIELD_BOOL("sample", CYAML_FLAG_DEFAULT, struct bank_entry, sample),
	YAML_TEXT("text_date", struct bank_entry, text_date),
	CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_POINTER, struct bank_entry, items, &item_schema, 1,
			     CYAML_UNLIMITED),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t bank_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct bank_entry, bank_fields),
};

/* A text that is not already as the door would make it is a mistake of the file. */
static bool clean(struct arena *a, const char *text)
{
	const char *accepted = NULL;
	return *text && text_accept(a, text, strlen(text), &accepted, NULL) &&
	       strcmp(accepted, text) == 0;
}

static const char *text_fault(struct arena *a, const struct text_entry *t)
{
	if (!clean(a, t->stem))
		return "an empty question, or one that is not in normal form";
	for (unsigned i = 0; i < t->options_count; i++) {
		if (!clean(a, t->options[i]))
			return "an empty option, or one that is not in normal form";
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(t->options[i], t->options[k]) == 0)
				return "two options that are equal";
		}
	}
	return NULL;
}

static const char *item_fault(struct arena *a, const struct item_entry *item)
{
	const char *fault = text_fault(a, &item->kk);
	if (!fault)
		fault = text_fault(a, &item->ru);
	if (fault)
		return fault;
	if (item->kk.options_count != item->ru.options_count)
		return "the languages have different numbers of options";
	if (item->kk.options_count < 2 || item->kk.options_count > BANK_OPTIONS_MOST)
		return "too few or too many options";
	if (strlen(item->key) != 1 || item->key[0] < 'a' ||
	    item->key[0] >= 'a' + (int)item->kk.options_count)
		return "the key is none of the options";
	return NULL;
}

static struct bank_text take_text(const struct text_entry *t)
{
	return (struct bank_text){ t->stem, (const char *const *)t->options, t->options_count };
}

bool bank_file_read(struct arena *a, const char *name, const char *body, struct bank_file *ret,
		    struct err *e)
{
	void *data = NULL;
	if (!yaml_read(a, name, body, &bank_schema, &data, e))
		return false;
	const struct bank_entry *f = data;
	struct bank_item *items = arena_array(a, f->items_count, sizeof(*items));
	struct bank_file file = { name, f->act, f->sample, { 0 }, items, f->items_count };
	if (!yaml_day(name, body, f->text_date, &file.text_date, e))
		return false;
	for (unsigned i = 0; i < f->items_count; i++) {
		const struct item_entry *item = &f->items[i];
		const char *fault = item_fault(a, item);
		for (unsigned k = 0; !fault && k < i; k++) {
			if (strcmp(f->items[k].id, item->id) == 0)
				fault = "an id that stands twice";
		}
		if (fault)
			return yaml_refuse(name, body, item->id, fault, e);
		items[i] = (struct bank_item){ item->id, item->article, item->key[0] - 'a',
					       take_text(&item->kk), take_text(&item->ru) };
	}
	*ret = file;
	return true;
}

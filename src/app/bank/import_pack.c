/* import_pack.c - a file as the parts of an import. */
#include "app/bank/import.h"

#include "app/bank/bank_known.h"
#include "base/alike.h"
#include "base/buf.h"
#include "exchange/confined.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 64 * 1024, HASH_BYTES = 32 };

/* A question that is alike: by its code if the bank has it, else by its number in the file. */
struct twin {
	size_t item;
	size_t number;
	const char *code;
};

struct packing {
	const struct act *act;
	const struct exchange_set *set;
	const char **known; /* codes, in the order in which they were added to `alike` */
	size_t known_count, known_room;
	struct alike *alike;
	struct twin *twins; /* in the order of their items */
	size_t twin_count;
	const char **codes; /* of the file, sorted */
	int64_t sealed;     /* questions of the bank that could not be compared */
	struct buf part;
	size_t in_part, total;
	json_t *parts;
};

/* ---- near-duplicates ------------------------------------------------------------------------- */

static void add_known(void *user, const struct bank_known *known)
{
	struct packing *p = user;
	if (p->known_count == p->known_room)
		return;
	alike_add(p->alike, p->known_count, known->kk);
	alike_add(p->alike, p->known_count, known->ru);
	p->known[p->known_count++] = arena_copy(p->act->arena, known->code);
}

static void add_twin(void *user, size_t owner, size_t other)
{
	struct packing *p = user;
	assert(p->set->items);
	const struct exchange_item *item = &p->set->items[owner - p->known_count];
	const struct exchange_item *same =
		other >= p->known_count ? &p->set->items[other - p->known_count] : NULL;
	const char *code = same ? same->code : p->known[other];
	if ((*code && strcmp(code, item->code) == 0) || (same && same->bad))
		return;
	/* the words that the bank has and those of the file under one code are one finding */
	for (size_t i = p->twin_count; i-- > 0 && p->twins[i].item == owner;) {
		if (*code && strcmp(p->twins[i].code, code) == 0)
			return;
	}
	p->twins[p->twin_count++] = (struct twin){
		.item = owner,
		.number = same ? other - p->known_count + 1 : 0,
		.code = code,
	};
}

static bool find_twins(struct packing *p, struct err *e)
{
	int64_t count = 0;
	if (!db_number(p->act->db, e, &count, "SELECT COUNT(*) FROM bank_item"))
		return false;
	p->known_room = (size_t)count;
	p->known = arena_array(p->act->arena, p->known_room + 1, sizeof(const char *));
	p->twins = arena_array(p->act->arena, p->set->item_count * IMPORT_ALIKE_MOST + 1,
			       sizeof(*p->twins));
	p->alike = alike_new(p->act->arena);
	if (!bank_known_each(p->act, add_known, p, &p->sealed, e))
		return false;
	for (size_t i = 0; i < p->set->item_count; i++) {
		const struct exchange_item *item = &p->set->items[i];
		alike_add(p->alike, p->known_count + i, item->kk.stem ? item->kk.stem : "");
		alike_add(p->alike, p->known_count + i, item->ru.stem ? item->ru.stem : "");
	}
	alike_each(p->alike, p->known_count, IMPORT_ALIKE_MOST, add_twin, p);
	return true;
}

/* ---- entries --------------------------------------------------------------------------------- */

static json_t *text_entry(const struct item_text *text)
{
	json_t *list = json_array();
	if (!text->stem)
		return list;
	(void)json_array_append_new(list, json_string(text->stem));
	for (size_t i = 0; i < ITEM_OPTIONS_MOST; i++)
		(void)json_array_append_new(list,
					    json_string(text->option[i] ? text->option[i] : ""));
	return list;
}

static int by_code(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool in_file(const struct packing *p, const char *code)
{
	return bsearch(&code, p->codes, p->set->item_count, sizeof(const char *), by_code) != NULL;
}

/* Codes that the file itself does not have are looked for in the bank. */
static json_t *enemies_entry(const struct packing *p, const char *list)
{
	char *rest = NULL;
	json_t *enemies = json_array();
	char *text = arena_print(p->act->arena, "%s", list);
	for (char *code = strtok_r(text, ", ;\n\t", &rest); code;
	     code = strtok_r(NULL, ", ;\n\t", &rest))
		(void)json_array_append_new(
			enemies, json_pack("{s:s,s:b}", "code", code, "here", in_file(p, code)));
	return enemies;
}

/* The twins from *at on that are those of this question. */
static json_t *twins_entry(const struct packing *p, size_t owner, size_t *at)
{
	json_t *list = json_array();
	for (; *at < p->twin_count && p->twins[*at].item == owner; (*at)++)
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:I}", "code", p->twins[*at].code,
						      "number", (json_int_t)p->twins[*at].number));
	return list;
}

static json_t *question_entry(const struct packing *p, size_t i, size_t *twin)
{
	const struct exchange_item *item = &p->set->items[i];
	return json_pack("{s:I,s:s,s:i,s:s,s:s,s:s,s:o,s:i,s:o,s:o,s:o,s:o}", "number",
			 (json_int_t)i + 1, "place", item->place, "line", item->line, "code",
			 item->code, "act", item->act, "article", item->article, "text_day",
			 item->dated ? json_integer(item->text_date.n) : json_null(), "answer",
			 item->answer, "kk", text_entry(&item->kk), "ru", text_entry(&item->ru),
			 "enemies", enemies_entry(p, item->enemies), "alike",
			 twins_entry(p, p->known_count + i, twin));
}

static json_t *finding_entry(const struct exchange_finding *f)
{
	return json_pack("{s:I,s:s,s:i,s:s,s:b,s:s,s:s}", "number", (json_int_t)0, "place",
			 f->place, "line", f->line, "code", f->code, "fatal", f->fatal, "key",
			 f->key, "value", f->detail);
}

static void end_part(struct packing *p)
{
	if (p->in_part == 0)
		return;
	buf_add_char(&p->part, ']');
	(void)json_array_append_new(p->parts, json_stringn(p->part.text, p->part.length));
	p->part = buf_on(p->act->arena);
	p->in_part = 0;
}

static bool add_entry(struct packing *p, json_t *entry, struct err *e)
{
	char *text = entry ? json_dumps(entry, JSON_COMPACT) : NULL;
	json_decref(entry);
	if (!text)
		return err_set(e, ERR_SYSTEM, "error.system", "a question is no JSON");
	buf_add_char(&p->part, p->in_part == 0 ? '[' : ',');
	buf_add(&p->part, text);
	free(text);
	p->total++;
	if (++p->in_part == IMPORT_PART_MOST || p->part.length >= PART_BYTES)
		end_part(p);
	return true;
}

/* What is sealed cannot be compared, and the report says so. */
static bool add_sealed(struct packing *p, struct err *e)
{
	const struct exchange_finding note = {
		.place = "",
		.code = "",
		.key = "exchange.sealed",
		.detail = arena_print(p->act->arena, "%lld", (long long)p->sealed),
	};
	return p->sealed == 0 || add_entry(p, finding_entry(&note), e);
}

static bool add_all(struct packing *p, struct err *e)
{
	size_t twin = 0;
	if (!add_sealed(p, e))
		return false;
	p->codes = arena_array(p->act->arena, p->set->item_count + 1, sizeof(const char *));
	for (size_t i = 0; i < p->set->item_count; i++)
		p->codes[i] = p->set->items[i].code;
	qsort(p->codes, p->set->item_count, sizeof(const char *), by_code);
	for (size_t i = 0; i < p->set->finding_count; i++) {
		if (!add_entry(p, finding_entry(&p->set->findings[i]), e))
			return false;
	}
	for (size_t i = 0; i < p->set->item_count; i++) {
		json_t *entry = question_entry(p, i, &twin);
		if (p->set->items[i].bad)
			json_decref(entry);
		else if (!add_entry(p, entry, e))
			return false;
	}
	end_part(p);
	return true;
}

bool import_pack(const struct act *act, const struct exchange_set *set, json_t **ret, struct err *e)
{
	struct packing p = { .act = act, .set = set, .part = buf_on(act->arena) };
	p.parts = json_array();
	json_in_arena(act->arena, p.parts);
	if (!find_twins(&p, e) || !add_all(&p, e))
		return false;
	*ret = json_pack("{s:s,s:s,s:I,s:O}", "format", exchange_format_name(set->format), "hash",
			 "", "total", (json_int_t)p.total, "parts", p.parts);
	json_in_arena(act->arena, *ret);
	return true;
}

bool import_read(const struct act *act, const void *bytes, size_t size,
		 const struct import_form *form, json_t **ret, struct err *e)
{
	/* the act is put in where a question is new: one that is known keeps its own */
	const struct exchange_options options = { .language = form->language, .act = "" };
	struct exchange_set set = { .items = NULL };
	unsigned char hash[HASH_BYTES];
	char text[HASH_BYTES * 2 + 1];
	json_t *packed = NULL;
	if (!exchange_read_confined(act->arena, bytes, size, &options, &set, e) ||
	    !import_pack(act, &set, &packed, e))
		return false;
	(void)crypto_generichash(hash, sizeof(hash), bytes, size, NULL, 0);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	(void)json_object_set_new(packed, "hash", json_string(text));
	*ret = packed;
	return true;
}

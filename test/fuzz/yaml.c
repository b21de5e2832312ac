/* yaml.c - files of the law and of a bank.  The first line is the file's name below rules/, or
 * "bank"; a refusal has a place, and what is accepted is accepted again. */
#include "fuzz.h"

#include "base/arena.h"
#include "rules/bank_file.h"
#include "rules/law_book.h"

#include <stdlib.h>
#include <string.h>

static bool read_one(struct arena *a, const char *name, const char *body, struct err *e)
{
	const struct rule_set *rules = NULL;
	const struct qualification_table *table = NULL;
	struct law_book *book = NULL;
	struct bank_file bank = { 0 };
	const struct law_source source = { name, body };
	if (strcmp(name, "bank") == 0)
		return bank_file_read(a, name, body, &bank, e);
	if (strncmp(name, "order-118/", strlen("order-118/")) == 0)
		return law_book_read_rule_set(a, name, body, &rules, e);
	if (strncmp(name, "qualification/", strlen("qualification/")) == 0)
		return law_book_read_qualification(a, name, body, &table, e);
	return law_book_load(&source, 1, a, &book, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const char *text = arena_copy_n(a, bytes, size);
	const size_t line = strcspn(text, "\n");
	const char *name = arena_copy_n(a, text, line);
	const char *body = text + line + (text[line] == '\n');
	struct err e = { 0 };
	struct err again = { 0 };
	const bool good = read_one(a, name, body, &e);
	if (read_one(a, name, body, &again) != good)
		abort();
	if (!good && (e.kind != ERR_SYSTEM || !*e.detail || strcmp(e.detail, again.detail) != 0))
		abort();
	return 0;
}

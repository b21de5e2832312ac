/* aiken.c - the Aiken format of Moodle: a question, lines "A. option" or "A) option", "ANSWER: A".
 */
#include "exchange/reader.h"

#include <string.h>

struct aiken {
	struct reader *reader;
	struct exchange_item *item; /* that is being read */
	int line;
};

/* The option's place if the line is one, else -1. */
static int option_of(const char *line)
{
	return line[0] >= 'A' && line[0] <= 'Z' && (line[1] == '.' || line[1] == ')') &&
			       line[2] == ' '
		       ? line[0] - 'A'
		       : -1;
}

static void add_option(struct aiken *k, const char *line, int place)
{
	struct reader *r = k->reader;
	if (!k->item) {
		reader_note(r, NULL, k->line, true, "exchange.stem_none", "");
	} else if (place >= ITEM_OPTIONS_MOST) {
		reader_note(r, k->item, k->line, true, "exchange.options_many", "");
	} else if (place != k->item->options) {
		reader_note(r, k->item, k->line, true, "exchange.order", "");
	} else {
		reader_text(r, k->item)->option[place] = line + 3;
		k->item->options++;
	}
}

static void take_line(struct aiken *k, const char *line)
{
	static const char answer[] = "ANSWER:";
	struct reader *r = k->reader;
	const int place = option_of(line);
	if (strncmp(line, answer, sizeof(answer) - 1) == 0) {
		line += sizeof(answer) - 1;
		line += strspn(line, " ");
		if (k->item && line[0] >= 'A' && line[0] < 'A' + k->item->options && !line[1])
			k->item->answer = line[0] - 'A';
		else
			reader_note(r, k->item, k->line, true, "exchange.key_none", line);
		k->item = NULL;
	} else if (place >= 0) {
		add_option(k, line, place);
	} else if (k->item && k->item->options == 0) {
		struct item_text *t = reader_text(r, k->item);
		t->stem = arena_print(r->arena, "%s\n%s", t->stem, line);
	} else {
		if (k->item)
			reader_note(r, k->item, k->line, true, "exchange.key_none", "");
		k->item = reader_add(r, k->line);
		if (k->item)
			reader_text(r, k->item)->stem = line;
	}
}

void read_aiken(struct reader *r, const char *text)
{
	struct aiken k = { r, NULL, 0 };
	while (*text) {
		size_t size = strcspn(text, "\r\n");
		size_t kept = size;
		k.line++;
		while (kept > 0 && strchr(" \t", text[kept - 1]))
			kept--;
		if (kept > 0)
			take_line(&k, arena_copy_n(r->arena, text, kept));
		text += size;
		text += text[0] == '\r' && text[1] == '\n' ? 2 : text[0] != '\0';
	}
	if (k.item)
		reader_note(r, k.item, k.line, true, "exchange.key_none", "");
}

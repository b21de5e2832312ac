#include "pseudo.h"

#include "base/buf.h"

#include <ctype.h>
#include <string.h>

/* ---- what the model says -------------------------------------------------------------------- */

static void add_texts(const json_t *value, struct buf *out)
{
	const char *key = NULL;
	json_t *item = NULL;
	json_object_foreach ((json_t *)(uintptr_t)value, key, item) {
		add_texts(item, out);
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		add_texts(json_array_get(value, i), out);
	if (json_is_string(value)) {
		buf_add(out, json_string_value(value));
		buf_add_char(out, '\n');
	}
}

/* ---- words ---------------------------------------------------------------------------------- */

/* Names of things that have no other in any language. */
static const char *const names[] = { "PDF",  "CSV",    "XLSX",  "JSON",  "XML",   "QTI",
				     "GIFT", "Moodle", "Aiken", "ZIP",   "PNG",   "JPEG",
				     "QR",   "SHA",    "CMS",   "GOST",  "TOTP",  "TLS",
				     "HTTP", "SQLite", "BLAKE", "Linux", "Chrome" };

/* Of ASCII or Cyrillic: bytes of a letter, 0 for none.  The pseudo-locale has neither. */
static size_t letter(const char *at)
{
	const unsigned char c = (unsigned char)at[0];
	if (isalpha(c))
		return 1;
	return c >= 0xd0 && c <= 0xd2 ? 2 : 0;
}

static bool is_known(const char *word, const char *said)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i], word) == 0)
			return true;
	}
	return strstr(said, word) != NULL;
}

static void look_at(struct arena *a, const char *text, size_t size, const char *said, json_t *found)
{
	const char *end = text + size;
	while (text < end) {
		size_t length = 0;
		if (*text == '&') { /* "&amp;" is no word */
			while (text < end && *text != ';')
				text++;
			continue;
		}
		while (text + length < end && letter(text + length))
			length += letter(text + length);
		const char *word = arena_copy_n(a, text, length);
		if (length > 2 && !is_known(word, said))
			(void)json_array_append_new(found, json_string(word));
		text += length ? length : 1;
	}
}

/* ---- the page ------------------------------------------------------------------------------- */

static const char *const read_out[] = { " title=\"", " aria-label=\"",   " placeholder=\"",
					" alt=\"",   " data-confirm=\"", " data-label=\"" };

static void look_at_attributes(struct arena *a, const char *tag, const char *said, json_t *found)
{
	for (size_t i = 0; i < COUNT(read_out); i++) {
		const char *at = strstr(tag, read_out[i]);
		if (!at)
			continue;
		at += strlen(read_out[i]);
		look_at(a, at, strcspn(at, "\""), said, found);
	}
}

/* What nobody reads as words of ours: programs, samples of input, keys of a keyboard. */
static const char *const passed_over[] = { "<script", "<style", "<code", "<kbd", "<pre" };

static const char *end_of(struct arena *a, const char *tag)
{
	for (size_t i = 0; i < COUNT(passed_over); i++) {
		const size_t size = strlen(passed_over[i]);
		if (strncmp(tag, passed_over[i], size) == 0 && !isalnum((unsigned char)tag[size]))
			return strstr(tag, arena_print(a, "</%s", passed_over[i] + 1));
	}
	return NULL;
}

void pseudo_words(struct arena *a, const char *html, const json_t *model, json_t *found)
{
	struct buf said = buf_on(a);
	add_texts(model, &said);
	while (*html) {
		const size_t text = strcspn(html, "<");
		look_at(a, html, text, said.text ? said.text : "", found);
		html += text;
		if (!*html)
			break;
		const char *over = end_of(a, html);
		const size_t size = strcspn(html, ">");
		look_at_attributes(a, arena_copy_n(a, html, size), said.text ? said.text : "",
				   found);
		html = over ? over : html + size;
		html += *html == '>';
	}
}

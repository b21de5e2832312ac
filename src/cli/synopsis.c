#include "cli/synopsis.h"

#include <string.h>

bool span_is(struct span span, const char *text)
{
	return strlen(text) == span.size && memcmp(span.at, text, span.size) == 0;
}

/* ---- forms ----------------------------------------------------------------------------------- */

bool synopsis_form(const char **rest, struct span *ret)
{
	const char *begin = *rest + strspn(*rest, " |");
	const char *at = begin;
	int depth = 0;
	if (!*begin)
		return false;
	for (; *at && (depth > 0 || strncmp(at, " | ", 3) != 0); at++)
		depth += (*at == '[') - (*at == ']');
	*ret = (struct span){ begin, (size_t)(at - begin) };
	*rest = at;
	return true;
}

struct span synopsis_action(struct span form)
{
	size_t size = 0;
	while (size < form.size && strchr("abcdefghijklmnopqrstuvwxyz-|", form.at[size]))
		size++;
	const bool is_word =
		size > 0 && form.at[0] != '-' && (size == form.size || form.at[size] == ' ');
	return (struct span){ form.at, is_word ? size : 0 };
}

bool synopsis_word(struct span *rest, struct span *ret)
{
	if (rest->size == 0)
		return false;
	const char *bar = memchr(rest->at, '|', rest->size);
	const size_t size = bar ? (size_t)(bar - rest->at) : rest->size;
	const size_t past = bar ? size + 1 : size;
	*ret = (struct span){ rest->at, size };
	*rest = (struct span){ rest->at + past, rest->size - past };
	return true;
}

bool synopsis_is(struct span form, const char *word)
{
	struct span rest = synopsis_action(form);
	struct span one;
	while (synopsis_word(&rest, &one)) {
		if (span_is(one, word))
			return true;
	}
	return false;
}

/* ---- options --------------------------------------------------------------------------------- */

static size_t until(struct span s, size_t from, const char *ends)
{
	while (from < s.size && !strchr(ends, s.at[from]))
		from++;
	return from;
}

/* "FILE..." may be given several times, and is "FILE". */
static struct span without_dots(const char *at, size_t size)
{
	const bool dots = size > 3 && memcmp(at + size - 3, "...", 3) == 0;
	return (struct span){ at, dots ? size - 3 : size };
}

static bool begins_option(struct span s, size_t at)
{
	return at + 2 < s.size && s.at[at] == '-' && s.at[at + 1] == '-' &&
	       (at == 0 || strchr(" [", s.at[at - 1]));
}

bool synopsis_option(struct span *rest, struct span *ret_name, struct span *ret_value)
{
	const struct span s = *rest;
	size_t at = 0;
	while (at < s.size && !begins_option(s, at))
		at++;
	if (at >= s.size)
		return false;
	size_t end = until(s, at, " []");
	*ret_name = (struct span){ s.at + at, end - at };
	*ret_value = (struct span){ s.at + end, 0 };
	if (end + 1 < s.size && s.at[end] == ' ' && !strchr("[|-", s.at[end + 1])) {
		const size_t begin = end + 1;
		end = until(s, begin, " []");
		*ret_value = without_dots(s.at + begin, end - begin);
	}
	*rest = (struct span){ s.at + end, s.size - end };
	return true;
}

#include "db/sqlite.h"

#include <stddef.h>

struct piece {
	const unsigned char *at, *end;
};

static struct piece text_of(sqlite3_value *value)
{
	const unsigned char *at = sqlite3_value_text(value);
	return (struct piece){ at, at ? at + sqlite3_value_bytes(value) : at };
}

static const unsigned char *next_letter(const unsigned char *at, const unsigned char *end)
{
	at++;
	while (at < end && (*at & 0xc0) == 0x80)
		at++;
	return at;
}

/* Goes on as far as it can, and back to where the newest % has let it begin.  `escape` is -1 if
 * there is none. */
static bool matches(struct piece text, struct piece pattern, int escape)
{
	struct piece again = { NULL, NULL }; /* of the text, and of the pattern */
	while (text.at < text.end) {
		const bool some = pattern.at < pattern.end;
		const bool literal = some && *pattern.at == escape;
		if (some && !literal && *pattern.at == '%') {
			again = (struct piece){ text.at, ++pattern.at };
		} else if (some && !literal && *pattern.at == '_') {
			text.at = next_letter(text.at, text.end);
			pattern.at++;
		} else if (some && pattern.at + literal < pattern.end &&
			   pattern.at[literal] == *text.at) {
			text.at++;
			pattern.at += 1 + literal;
		} else if (again.at) {
			again.at = text.at = next_letter(again.at, text.end);
			pattern.at = again.end;
		} else {
			return false;
		}
	}
	while (pattern.at < pattern.end && *pattern.at == '%' && escape != '%')
		pattern.at++;
	return pattern.at == pattern.end;
}

/* like(pattern, text) and like(pattern, text, escape) */
static void like(sqlite3_context *context, int count, sqlite3_value **arg)
{
	const struct piece pattern = text_of(arg[0]);
	const struct piece text = text_of(arg[1]);
	const struct piece escape = count > 2 ? text_of(arg[2]) : (struct piece){ NULL, NULL };
	if (!pattern.at || !text.at)
		return; /* NULL */
	sqlite3_result_int(context, matches(text, pattern, escape.at ? *escape.at : -1));
}

bool sqlite_like(sqlite3 *handle)
{
	enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
	return sqlite3_create_function(handle, "like", 2, FLAGS, NULL, like, NULL, NULL) ==
		       SQLITE_OK &&
	       sqlite3_create_function(handle, "like", 3, FLAGS, NULL, like, NULL, NULL) ==
		       SQLITE_OK;
}

#include "web/http/head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROOM_FIRST = 1024 };

static bool make_room(struct head *h, size_t size)
{
	size_t room = h->room ? h->room : ROOM_FIRST;
	while (room < size)
		room *= 2;
	if (room == h->room)
		return true;
	char *more = realloc(h->bytes, room);
	if (!more)
		return false;
	h->bytes = more;
	h->room = room;
	return true;
}

/* Where the head ends: behind an empty line, whose ends may lack their CR. */
static size_t end_of(const struct head *h, size_t from)
{
	size_t i = from > 2 ? from - 2 : 0;
	while (i < h->size) {
		const char *line = memchr(h->bytes + i, '\n', h->size - i);
		if (!line)
			return 0;
		i = (size_t)(line - h->bytes) + 1;
		if (i < h->size && h->bytes[i] == '\n')
			return i + 1;
		if (i + 1 < h->size && h->bytes[i] == '\r' && h->bytes[i + 1] == '\n')
			return i + 2;
	}
	return 0;
}

enum head_state head_add(struct head *h, const void *bytes, size_t size, size_t most,
			 size_t *ret_rest)
{
	const size_t before = h->size;
	/* one byte more than the most tells that it is too large; what is behind may be a body */
	const size_t taken = size > most + 1 - before ? most + 1 - before : size;
	*ret_rest = 0;
	if (!make_room(h, before + taken + 1))
		return HEAD_LARGE;
	memcpy(h->bytes + before, bytes, taken);
	h->size += taken;
	h->bytes[h->size] = '\0';
	const size_t end = end_of(h, before);
	if (memchr(h->bytes + before, '\0', (end ? end : h->size) - before))
		return HEAD_BROKEN;
	if (end == 0 || end > most)
		return h->size > most ? HEAD_LARGE : HEAD_COMES;
	*ret_rest = size - (end - before);
	h->size = end;
	h->bytes[end] = '\0';
	return HEAD_WHOLE;
}

const char *head_path(const struct head *h, char *room, size_t size)
{
	const char *at = h->bytes;
	const char *begin = memchr(at, ' ', h->size);
	size_t length = 0;
	room[0] = '\0';
	if (!begin)
		return room;
	begin++;
	length = strcspn(begin, " ?#\r\n");
	if (length < size) {
		memcpy(room, begin, length);
		room[length] = '\0';
	}
	return room;
}

/* The value of the first header of that name, or NULL. */
static const char *value_of(const struct head *h, const char *name)
{
	const size_t size = strlen(name);
	const char *line = h->bytes;
	while ((line = strchr(line, '\n'))) {
		line++;
		if (strncasecmp(line, name, size) == 0 && line[size] == ':')
			return line + size + 1 + strspn(line + size + 1, " \t");
	}
	return NULL;
}

size_t head_length(const struct head *h)
{
	const char *text = value_of(h, "Content-Length");
	char *end = NULL;
	if (!text)
		return 0;
	if (!isdigit((unsigned char)*text))
		return SIZE_MAX;
	const unsigned long long length = strtoull(text, &end, 10);
	return strspn(end, " \t\r") < strcspn(end, "\n") ? SIZE_MAX : (size_t)length;
}

bool head_is_chunked(const struct head *h)
{
	return value_of(h, "Transfer-Encoding") != NULL;
}

/* ---- soundness --------------------------------------------------------------------------- */

static bool is_token(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

/* METHOD TARGET VERSION */
static bool first_is_sound(const char *line, size_t size)
{
	size_t words = 1;
	for (size_t i = 0; i < size; i++) {
		const unsigned char c = (unsigned char)line[i];
		const bool ends = i == 0 || i + 1 == size || line[i + 1] == ' ';
		if (c < ' ' || c == 0x7f || (c == ' ' && ends))
			return false;
		words += c == ' ';
	}
	return words == 3;
}

static bool field_is_sound(const char *line, size_t size)
{
	size_t i = 0;
	while (i < size && is_token(line[i]))
		i++;
	if (i == 0 || i == size || line[i] != ':')
		return false;
	for (; i < size; i++) {
		const unsigned char c = (unsigned char)line[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_named(const char *line, size_t size, const char *name)
{
	const size_t length = strlen(name);
	return size > length && line[length] == ':' && strncasecmp(line, name, length) == 0;
}

/* Digits, and blanks around them. */
static bool is_count(const char *line, size_t size)
{
	size_t i = strcspn(line, ":") + 1;
	i += strspn(line + i, " \t");
	const size_t digits = strspn(line + i, "0123456789");
	i += digits;
	return digits > 0 && i + strspn(line + i, " \t") == size;
}

bool head_is_sound(const struct head *h)
{
	size_t hosts = 0, lengths = 0, size = 0;
	for (const char *line = h->bytes, *end = NULL; (end = strchr(line, '\n')); line = end + 1) {
		size = (size_t)(end - line);
		size -= size > 0 && line[size - 1] == '\r';
		if (line == h->bytes) {
			if (!first_is_sound(line, size))
				return false;
			continue;
		}
		if (size == 0)
			break;
		if (!field_is_sound(line, size))
			return false;
		hosts += is_named(line, size, "Host");
		if (is_named(line, size, "Content-Length") &&
		    (!is_count(line, size) || ++lengths > 1))
			return false;
	}
	return hosts == 1;
}

bool head_has_cookie(const struct head *h, const char *name)
{
	const char *at = value_of(h, "Cookie");
	const size_t size = strlen(name);
	const char *end = at ? strchr(at, '\n') : NULL;
	for (; at && (at = strstr(at, name)) && at < end; at += size) {
		if (at[size] == '=' && at[size + 1] > ' ' && at[size + 1] != ';')
			return true;
	}
	return false;
}

void head_free(struct head *h)
{
	free(h->bytes);
	*h = (struct head){ 0 };
}

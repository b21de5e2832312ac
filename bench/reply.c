#include "bench/reply.h"

#include <string.h>
#include <strings.h>

enum { HEAD_MOST = 64 * 1024, BODY_DIGITS = 12 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK" */
static bool read_status(const char *line, size_t size, struct reply *r)
{
	static const char version[] = "HTTP/1.1 ";
	const size_t at = sizeof(version) - 1;
	if (size < at + 3 || memcmp(line, version, at) != 0)
		return false;
	for (size_t i = at; i < at + 3; i++) {
		if (!is_digit(line[i]))
			return false;
		r->status = r->status * 10 + (line[i] - '0');
	}
	return r->status >= 200 && (size == at + 3 || line[at + 3] == ' ');
}

static bool read_length(const char *text, size_t size, bool *known, size_t *ret)
{
	size_t length = 0;
	if (*known || size == 0 || size > BODY_DIGITS)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!is_digit(text[i]))
			return false;
		length = length * 10 + (size_t)(text[i] - '0');
	}
	*known = true;
	*ret = length;
	return true;
}

static bool name_is(const char *line, size_t size, const char *name)
{
	return strlen(name) == size && strncasecmp(line, name, size) == 0;
}

static bool read_header(const char *line, size_t size, struct reply *r, bool *known)
{
	const char *colon = memchr(line, ':', size);
	if (!colon || colon == line)
		return false;
	const size_t name = (size_t)(colon - line);
	const char *value = colon + 1;
	size_t length = size - name - 1;
	while (length > 0 && (*value == ' ' || *value == '\t')) {
		value++;
		length--;
	}
	if (name_is(line, name, "Content-Length"))
		return read_length(value, length, known, &r->body_size);
	if (name_is(line, name, "Connection"))
		r->keeps = length != strlen("close") || strncasecmp(value, "close", length) != 0;
	return !name_is(line, name, "Transfer-Encoding");
}

/* Status and headers in the first `size` bytes, which end with the last header's CRLF. */
static bool read_head(const char *bytes, size_t size, struct reply *r, bool *known)
{
	size_t at = 0;
	while (at < size) {
		const char *line = bytes + at;
		const char *end = memmem(line, size - at, "\r\n", 2);
		if (!end)
			return false;
		const size_t length = (size_t)(end - line);
		if (!(at == 0 ? read_status(line, length, r) : read_header(line, length, r, known)))
			return false;
		at += length + 2;
	}
	return true;
}

enum reply_state reply_read(const char *bytes, size_t size, struct reply *ret)
{
	struct reply r = { .keeps = true };
	bool known = false;
	const char *end = memmem(bytes, size, "\r\n\r\n", 4);
	if (!end)
		return size > HEAD_MOST ? REPLY_BROKEN : REPLY_MORE;
	const size_t head = (size_t)(end - bytes) + 4;
	if (!read_head(bytes, head - 2, &r, &known))
		return REPLY_BROKEN;
	if (!known && r.status != 204 && r.status != 304)
		return REPLY_BROKEN;
	if (size - head < r.body_size)
		return REPLY_MORE;
	r.body = bytes + head;
	r.size = head + r.body_size;
	*ret = r;
	return REPLY_WHOLE;
}

#include "web/http/http.h"

#include "base/buf.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

void http_header(struct http_out *out, const char *name, const char *value)
{
	assert(out->header_count < HTTP_HEADERS_MOST);
	out->header[out->header_count++] = (struct http_header){ name, value };
}

const char *http_header_of(const struct http_out *out, const char *name)
{
	for (size_t i = 0; i < out->header_count; i++) {
		if (strcasecmp(out->header[i].name, name) == 0)
			return out->header[i].value;
	}
	return NULL;
}

const char *http_cookie(struct arena *a, const char *header, const char *name)
{
	size_t length = strlen(name);
	while (header && *header) {
		header += strspn(header, " ;");
		size_t size = strcspn(header, ";");
		if (size > length && header[length] == '=' && strncmp(header, name, length) == 0)
			return arena_copy_n(a, header + length + 1, size - length - 1);
		header += size;
	}
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool http_decode(struct arena *a, const char *text, size_t size, bool plus, const char **ret,
		 size_t *ret_size)
{
	char *out = arena_alloc(a, size + 1);
	size_t n = 0;
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		if (c == '%') {
			int high = i + 2 < size ? hex_digit(text[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		out[n++] = c;
	}
	*ret = out;
	*ret_size = n;
	return true;
}

static bool unreserved(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("-._~", c));
}

const char *http_encode(struct arena *a, const char *text)
{
	struct buf out = buf_on(a);
	for (; *text; text++) {
		if (unreserved(*text))
			buf_add_char(&out, *text);
		else
			buf_print(&out, "%%%02X", (unsigned)(unsigned char)*text);
	}
	return out.text;
}

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} row[] = {
		{ 200, "OK" },
		{ 206, "Partial Content" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 503, "Service Unavailable" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (row[i].status == status)
			return row[i].reason;
	}
	return "Internal Server Error";
}

const char *http_refusal(struct arena *a, const struct catalog *catalog, int status,
			 const char *key)
{
	struct buf text = buf_on(a);
	for (size_t i = 0; catalog_languages[i]; i++)
		buf_print(&text, "%s\n", catalog_text(catalog, catalog_languages[i], key));
	return arena_print(a,
			   "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
			   "Content-Length: %zu\r\nCache-Control: no-store\r\n%sConnection: close"
			   "\r\n\r\n%s",
			   status, http_reason(status), text.length,
			   status == 429 || status == 503 ? "Retry-After: 30\r\n" : "", text.text);
}

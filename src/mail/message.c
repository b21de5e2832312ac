#include "mail/message.h"

#include "base/buf.h"
#include "base/day.h"

#include <sodium.h>
#include <string.h>

enum {
	WORD_BYTES = 42, /* an encoded word is at most 75 characters (RFC 2047, 2)    */
	LINE_BYTES = 57, /* 76 characters of base64 (RFC 2045, 6.8)                   */
	BASE64_MOST = 80,
};

static void add_base64(struct buf *out, const char *bytes, size_t size)
{
	char text[BASE64_MOST];
	(void)sodium_bin2base64(text, sizeof(text), (const unsigned char *)bytes, size,
				sodium_base64_VARIANT_ORIGINAL);
	buf_add(out, text);
}

/* As many bytes as fit, and no half of a character. */
static size_t whole_characters(const char *text, size_t left)
{
	size_t size = left < WORD_BYTES ? left : WORD_BYTES;
	while (size > 0 && size < left && ((unsigned char)text[size] & 0xC0) == 0x80)
		size--;
	return size;
}

/* Every word is encoded, so nothing in a text can become a header. */
static void add_words(struct buf *out, const char *text)
{
	size_t left = strlen(text);
	bool first = true;
	while (left > 0) {
		const size_t size = whole_characters(text, left);
		buf_add(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		add_base64(out, text, size);
		buf_add(out, "?=");
		text += size;
		left -= size;
		first = false;
	}
}

static void add_date(struct buf *out, int64_t date_ms)
{
	static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char text[INSTANT_TEXT_SIZE];
	const day d = day_of_instant(date_ms);
	const struct date date = day_to_date(d);
	instant_print(date_ms, text); /* "2026-03-02T10:15:00+05:00" */
	buf_print(out, "Date: %s, %d %s %d %.8s +0500\r\n", weekdays[day_weekday(d)], date.day,
		  months[date.month - 1], date.year, text + DAY_TEXT_SIZE);
}

static const char *one_line(struct arena *a, const char *text)
{
	char *line = arena_copy(a, text);
	for (char *at = line; *at; at++) {
		if (*at == '\r' || *at == '\n')
			*at = ' ';
	}
	return line;
}

static const char *with_crlf(struct arena *a, const char *text)
{
	struct buf out = buf_on(a);
	for (const char *at = text; *at; at++) {
		if (*at == '\n')
			buf_add_char(&out, '\r');
		buf_add_char(&out, *at);
	}
	return out.text;
}

const char *message_make(struct arena *a, const struct message *m)
{
	struct buf out = buf_on(a);
	const char *body = with_crlf(a, m->text);
	const char *host = strchr(m->from, '@');
	buf_add(&out, "From: ");
	add_words(&out, one_line(a, m->from_name));
	buf_print(&out, " <%s>\r\nTo: <%s>\r\nSubject: ", m->from, m->to);
	add_words(&out, one_line(a, m->subject));
	buf_add(&out, "\r\n");
	add_date(&out, m->date_ms);
	buf_print(&out, "Message-ID: <%s%s>\r\n", m->id, host ? host : "@localhost");
	buf_print(&out,
		  "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		  "Content-Transfer-Encoding: base64\r\nContent-Language: %s\r\n"
		  "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n\r\n",
		  m->language);
	for (size_t left = strlen(body); left > 0;) {
		const size_t size = left < LINE_BYTES ? left : LINE_BYTES;
		add_base64(&out, body, size);
		buf_add(&out, "\r\n");
		body += size;
		left -= size;
	}
	return out.text;
}

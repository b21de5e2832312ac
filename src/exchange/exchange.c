#include "exchange/exchange.h"

#include "exchange/reader.h"

#include <string.h>

enum { SIZE_MOST = 64 * 1024 * 1024 };

const char *exchange_format_name(enum exchange_format format)
{
	static const char *const names[] = { "qti", "moodle", "gift", "aiken", "csv" };
	return names[format];
}

/* A copy that ends, without the byte order mark. */
static const char *text_copy(struct arena *a, const void *bytes, size_t size, size_t *ret_size)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *from = bytes;
	if (size >= 3 && memcmp(from, mark, 3) == 0) {
		from += 3;
		size -= 3;
	}
	*ret_size = size;
	return arena_copy_n(a, from, size);
}

static bool read_xml(struct reader *r, const char *text, size_t size, struct err *e)
{
	xmlDoc *doc = parse_xml(text, size, e);
	if (!doc)
		return false;
	const bool moodle = is_element(xmlDocGetRootElement(doc), "quiz");
	r->set->format = moodle ? EXCHANGE_MOODLE : EXCHANGE_QTI;
	const bool ok = moodle ? read_moodle(r, doc, e) : read_qti_item(r, doc, e);
	xmlFreeDoc(doc);
	return ok;
}

static bool has_line(const char *text, const char *begin)
{
	const size_t size = strlen(begin);
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, begin, size) == 0)
			return true;
	}
	return false;
}

/* A first row with a column "key". */
static bool is_headed(const char *text)
{
	const size_t size = strcspn(text, "\r\n");
	for (const char *at = text; at && at < text + size; at = strpbrk(at, ",;")) {
		at += *at == ',' || *at == ';';
		if (strncmp(at, "key", 3) == 0 && strchr(",;\r\n", at[3]))
			return true;
	}
	return false;
}

static bool read_text(struct reader *r, const char *text, size_t size, struct err *e)
{
	if (strlen(text) != size)
		return err_input(e, "file", "exchange.error.format", "zero bytes in a text");
	if (has_line(text, "ANSWER:")) {
		r->set->format = EXCHANGE_AIKEN;
		return read_aiken(r, text, e);
	}
	if (strchr(text, '{') && !is_headed(text)) {
		r->set->format = EXCHANGE_GIFT;
		return read_gift(r, text, e);
	}
	r->set->format = EXCHANGE_CSV;
	return read_csv(r, text, size, e);
}

bool exchange_read(struct arena *a, const void *bytes, size_t size,
		   const struct exchange_options *options, struct exchange_set *ret, struct err *e)
{
	struct exchange_set set = { .format = EXCHANGE_QTI };
	struct reader r = { .arena = a, .options = options, .set = &set, .place = "" };
	size_t length = 0;
	bool ok = false;
	if (size > SIZE_MOST)
		return err_input(e, "file", "exchange.error.size", "too large");
	const char *text = text_copy(a, bytes, size, &length);
	const char *first = text + strspn(text, " \t\r\n");
	if (length >= 4 && memcmp(text, "PK\3\4", 4) == 0)
		ok = read_package(&r, bytes, size, e);
	else if (*first == '<')
		ok = read_xml(&r, text, length, e);
	else
		ok = read_text(&r, text, length, e);
	if (!ok)
		return false;
	reader_check(&r);
	if (set.item_count == 0 && set.finding_count == 0)
		return err_input(e, "file", "exchange.error.none", "no question");
	*ret = set;
	return true;
}

#include "exchange/exchange.h"

#include "exchange/reader.h"

#include <string.h>

enum { SIZE_MOST = 64 * 1024 * 1024 };

const char *exchange_format_name(enum exchange_format format)
{
	static const char *const names[EXCHANGE_FORMATS] = { "qti",   "moodle", "gift",
							     "aiken", "csv",    "xlsx" };
	return names[format];
}

static bool read_xml(struct reader *r, const char *text, size_t size, struct err *e)
{
	xmlDoc *doc = parse_xml(r->arena, text, size, e);
	if (!doc)
		return false;
	const bool moodle = is_element(xmlDocGetRootElement(doc), "quiz");
	r->set->format = moodle ? EXCHANGE_MOODLE : EXCHANGE_QTI;
	bool ok = true;
	if (moodle)
		read_moodle(r, doc);
	else
		ok = read_qti(r, doc, e);
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
	for (const char *at = text; at && at < text + size; at = strpbrk(at, ",;\t")) {
		at += strspn(at, ",;\t");
		at += *at == '"';
		if (strncasecmp(at, "key", 3) == 0 && strchr(",;\t\"\r\n", at[3]))
			return true;
		at += *at != '\0';
	}
	return false;
}

static bool is_table(const struct reader *r)
{
	return strcmp(r->options->language, EXCHANGE_TABLE) == 0;
}

static bool read_text(struct reader *r, const char *text, size_t size, struct err *e)
{
	if (is_table(r)) {
		r->set->format = EXCHANGE_CSV;
		return read_csv(r, text, size, e);
	}
	if (has_line(text, "ANSWER:")) {
		r->set->format = EXCHANGE_AIKEN;
		read_aiken(r, text);
		return true;
	}
	if (strchr(text, '{') && !is_headed(text)) {
		r->set->format = EXCHANGE_GIFT;
		read_gift(r, text);
		return true;
	}
	r->set->format = EXCHANGE_CSV;
	return read_csv(r, text, size, e);
}

/* Which format it is shows at its beginning. */
static bool read_any(struct reader *r, const void *bytes, size_t size, struct err *e)
{
	const char *text = NULL;
	if (size >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
		return read_zip(r, bytes, size, e);
	if (!door_text(r->arena, bytes, size, &text, &size, e))
		return false;
	if (!is_table(r) && text[strspn(text, " \t\r\n")] == '<')
		return read_xml(r, text, size, e);
	return read_text(r, text, size, e);
}

/* A package of questions is no table. */
static bool finish_table(const struct reader *r, struct exchange_set *ret, struct err *e)
{
	if (r->full)
		return err_input(e, "file", "exchange.error.many", "too many rows");
	if (r->set->row_count == 0)
		return err_input(e, "file", "exchange.error.head", "no row of names");
	*ret = *r->set;
	ret->item_count = 0;
	ret->finding_count = 0;
	return true;
}

bool exchange_read(struct arena *a, const void *bytes, size_t size,
		   const struct exchange_options *options, struct exchange_set *ret, struct err *e)
{
	struct exchange_set set = { .format = EXCHANGE_QTI };
	struct reader r = { .arena = a, .options = options, .set = &set, .place = "" };
	if (size > SIZE_MOST)
		return err_input(e, "file", "exchange.error.size", "too large");
	if (!read_any(&r, bytes, size, e))
		return false;
	if (is_table(&r))
		return finish_table(&r, ret, e);
	if (r.unsaid)
		return err_input(e, "language", "exchange.error.language", "one language, unsaid");
	reader_check(&r);
	if (r.full)
		return set.item_count == EXCHANGE_ITEMS_MOST
			       ? err_input(e, "file", "exchange.error.many", "too many questions")
			       : err_input(e, "file", "exchange.error.findings",
					   "too many findings");
	if (set.item_count == 0 && set.finding_count == 0)
		return err_input(e, "file", "exchange.error.none", "no question");
	*ret = set;
	return true;
}

#include "print/xhtml.h"

#include "base/buf.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/* ---- the subset ------------------------------------------------------------------- */

#define BIT(tag) (1U << (tag))
#define INLINE                                                                                     \
	(BIT(TAG_TEXT) | BIT(TAG_BR) | BIT(TAG_B) | BIT(TAG_I) | BIT(TAG_SMALL) | BIT(TAG_CODE))
#define LISTS (BIT(TAG_UL) | BIT(TAG_OL))
#define BLOCKS                                                                                     \
	(BIT(TAG_H1) | BIT(TAG_H2) | BIT(TAG_H3) | BIT(TAG_P) | BIT(TAG_DIV) | LISTS |             \
	 BIT(TAG_DL) | BIT(TAG_TABLE) | BIT(TAG_HR))
#define ALIGN (CLASS_CENTER | CLASS_RIGHT | CLASS_LEFT)

static const struct element {
	const char *name;
	unsigned holds;   /* bits of the tags inside */
	unsigned classes; /* that it may have        */
} elements[] = {
	[TAG_TEXT] = { "", 0, 0 },
	[TAG_BODY] = { "body", BLOCKS, 0 },
	[TAG_H1] = { "h1", INLINE, 0 },
	[TAG_H2] = { "h2", INLINE, CLASS_CENTER },
	[TAG_H3] = { "h3", INLINE, 0 },
	[TAG_P] = { "p", INLINE, ALIGN | CLASS_QUIET | CLASS_LINES | CLASS_QR },
	[TAG_DIV] = { "div", BLOCKS,
		      CLASS_HEAD | CLASS_KEEP | CLASS_ADDRESS | CLASS_NOTE | CLASS_BESIDE },
	[TAG_UL] = { "ul", BIT(TAG_LI), 0 },
	[TAG_OL] = { "ol", BIT(TAG_LI), 0 },
	[TAG_LI] = { "li", INLINE | BIT(TAG_P) | LISTS, 0 },
	[TAG_DL] = { "dl", BIT(TAG_DT) | BIT(TAG_DD), CLASS_SIGNATURES },
	[TAG_DT] = { "dt", INLINE, 0 },
	[TAG_DD] = { "dd", INLINE, CLASS_LINES },
	[TAG_TABLE] = { "table", BIT(TAG_THEAD) | BIT(TAG_TBODY), CLASS_PLAIN },
	[TAG_THEAD] = { "thead", BIT(TAG_TR), 0 },
	[TAG_TBODY] = { "tbody", BIT(TAG_TR), 0 },
	[TAG_TR] = { "tr", BIT(TAG_TH) | BIT(TAG_TD), 0 },
	[TAG_TH] = { "th", INLINE, CLASS_NUMBER | CLASS_CENTER },
	[TAG_TD] = { "td", INLINE, CLASS_NUMBER | CLASS_CENTER | CLASS_LINES },
	[TAG_HR] = { "hr", 0, CLASS_SHEET },
	[TAG_BR] = { "br", 0, 0 },
	[TAG_B] = { "b", INLINE, 0 },
	[TAG_I] = { "i", INLINE, 0 },
	[TAG_SMALL] = { "small", INLINE, 0 },
	[TAG_CODE] = { "code", INLINE, 0 },
};

static const struct {
	const char *name;
	enum class class;
} class_names[] = {
	{ "center", CLASS_CENTER },
	{ "right", CLASS_RIGHT },
	{ "left", CLASS_LEFT },
	{ "quiet", CLASS_QUIET },
	{ "lines", CLASS_LINES },
	{ "number", CLASS_NUMBER },
	{ "head", CLASS_HEAD },
	{ "keep", CLASS_KEEP },
	{ "address", CLASS_ADDRESS },
	{ "note", CLASS_NOTE },
	{ "signatures", CLASS_SIGNATURES },
	{ "plain", CLASS_PLAIN },
	{ "sheet", CLASS_SHEET },
	{ "qr", CLASS_QR },
	{ "beside", CLASS_BESIDE },
};

bool tag_is_inline(enum tag tag)
{
	return (INLINE & BIT(tag)) != 0;
}

/* ---- reading ----------------------------------------------------------------------- */

enum { DEPTH_MOST = 32 };

struct reading {
	struct arena *arena;
	XML_Parser parser;
	struct node *open[DEPTH_MOST];
	size_t depth;
	struct err *e;
	bool failed;
};

static void fail(struct reading *r, const char *what, const char *name)
{
	if (r->failed)
		return;
	r->failed = true;
	(void)XML_StopParser(r->parser, XML_FALSE);
	(void)err_set(r->e, ERR_SYSTEM, "error.paper", "line %lu: <%.24s> %s",
		      (unsigned long)XML_GetCurrentLineNumber(r->parser), name, what);
}

static struct node *add(struct reading *r, enum tag tag)
{
	struct node *n = arena_alloc(r->arena, sizeof(*n));
	n->tag = tag;
	n->line = (int)XML_GetCurrentLineNumber(r->parser);
	if (r->depth > 0) {
		struct node *parent = r->open[r->depth - 1];
		if (parent->last)
			parent->last->next = n;
		else
			parent->first = n;
		parent->last = n;
	}
	return n;
}

/* One of the words of class="..". */
static bool add_class(struct reading *r, struct node *n, const char *word, size_t size)
{
	for (size_t i = 0; i < COUNT(class_names); i++) {
		if (strlen(class_names[i].name) == size &&
		    memcmp(class_names[i].name, word, size) == 0 &&
		    (elements[n->tag].classes & class_names[i].class)) {
			n->classes |= class_names[i].class;
			return true;
		}
	}
	fail(r, "has a class that it cannot have", elements[n->tag].name);
	return false;
}

static void read_attribute(struct reading *r, struct node *n, const char *name, const char *value)
{
	if (strcmp(name, "class") == 0) {
		const char *at = value + strspn(value, " ");
		while (*at) {
			size_t size = strcspn(at, " ");
			if (!add_class(r, n, at, size))
				return;
			at += size;
			at += strspn(at, " ");
		}
		return;
	}
	bool cell = n->tag == TAG_TH || n->tag == TAG_TD;
	char *end = NULL;
	long width = cell && strcmp(name, "width") == 0 ? strtol(value, &end, 10) : 0;
	if (width < 1 || width > 100 || !end || strcmp(end, "%") != 0)
		fail(r, "has an attribute that a paper does not know", elements[n->tag].name);
	else
		n->width = (int)width;
}

static bool find_tag(const char *name, enum tag *ret)
{
	for (size_t i = TAG_BODY; i < COUNT(elements); i++) {
		if (strcmp(elements[i].name, name) == 0) {
			*ret = (enum tag)i;
			return true;
		}
	}
	return false;
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
	struct reading *r = user;
	enum tag tag = TAG_TEXT;
	if (r->failed)
		return;
	if (!find_tag(name, &tag)) {
		fail(r, "is no part of a paper", name);
	} else if (r->depth == DEPTH_MOST) {
		fail(r, "stands too deep", name);
	} else if (r->depth > 0 && !(elements[r->open[r->depth - 1]->tag].holds & BIT(tag))) {
		fail(r, "cannot stand here", name);
	} else {
		struct node *n = add(r, tag);
		for (const char **a = attributes; *a && !r->failed; a += 2)
			read_attribute(r, n, a[0], a[1]);
		r->open[r->depth++] = n;
	}
}

static void XMLCALL on_end(void *user, const char *name)
{
	struct reading *r = user;
	(void)name;
	if (!r->failed && r->depth > 1)
		r->depth--;
}

static bool is_blank(const char *text, int size)
{
	for (int i = 0; i < size; i++) {
		if (!strchr(" \t\r\n", text[i]))
			return false;
	}
	return true;
}

static void XMLCALL on_text(void *user, const char *text, int size)
{
	struct reading *r = user;
	if (r->failed || r->depth == 0)
		return;
	const struct node *parent = r->open[r->depth - 1];
	if (!(elements[parent->tag].holds & BIT(TAG_TEXT))) {
		if (!is_blank(text, size))
			fail(r, "holds text that stands in no paragraph",
			     elements[parent->tag].name);
		return;
	}
	add(r, TAG_TEXT)->text = arena_copy_n(r->arena, text, (size_t)size);
}

/* ---- text that comes from people ------------------------------------------------------ */

/* Bytes of the character at `at` that is not let through, 0 if it is; `ret` is what stands for
 * it.  XML allows no control characters, and a mark that turns the direction of writing could
 * make a name change how what stands after it reads. */
static size_t unwanted(const unsigned char *at, size_t left, const char **ret)
{
	*ret = "\xEF\xBF\xBD";
	if (at[0] < 0x20 && !strchr("\t\n\r", at[0]))
		return 1;
	if (at[0] == 0)
		return 1;
	if (left >= 3 && at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE)
		return 3; /* U+FFFE, U+FFFF */
	*ret = "";
	bool turns = left >= 3 && at[0] == 0xE2 &&
		     ((at[1] == 0x80 && at[2] >= 0xAA && at[2] <= 0xAE) ||
		      (at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9));
	return turns ? 3 : 0;
}

static struct buf clean(struct arena *a, const char *text, size_t size)
{
	struct buf out = buf_on(a);
	size_t from = 0;
	for (size_t i = 0; i < size;) {
		const char *instead = "";
		size_t bytes = unwanted((const unsigned char *)text + i, size - i, &instead);
		if (bytes == 0) {
			i++;
			continue;
		}
		buf_add_n(&out, text + from, i - from);
		buf_add(&out, instead);
		i += bytes;
		from = i;
	}
	buf_add_n(&out, text + from, size - from);
	return out;
}

static bool parse(struct reading *r, const char *text, size_t size, bool last)
{
	if (size <= INT32_MAX && XML_Parse(r->parser, text, (int)size, last) == XML_STATUS_OK &&
	    !r->failed)
		return true;
	if (!r->failed)
		(void)err_set(r->e, ERR_SYSTEM, "error.paper", "line %lu: %s",
			      (unsigned long)XML_GetCurrentLineNumber(r->parser),
			      XML_ErrorString(XML_GetErrorCode(r->parser)));
	r->failed = true;
	return false;
}

bool xhtml_read(struct arena *a, const char *text, size_t size, const struct node **ret,
		struct err *e)
{
	struct reading r = { .arena = a, .e = e, .parser = XML_ParserCreate("UTF-8") };
	if (!r.parser)
		return err_set(e, ERR_SYSTEM, "error.paper", "no memory for the parser");
	struct buf cleaned = clean(a, text, size);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	bool ok = parse(&r, "<body>", strlen("<body>"), false) &&
		  parse(&r, cleaned.text, cleaned.length, false) &&
		  parse(&r, "</body>", strlen("</body>"), true);
	XML_ParserFree(r.parser);
	if (ok)
		*ret = r.open[0];
	return ok;
}

/* write_qti.c - a package of QTI 2.2 or 3.0: one item for each language of a question, under the
 * same identifier; act, article, date and enemies stand in the metadata of the manifest. */
#include "exchange/writer.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* The names that differ between the versions. */
struct dialect {
	const char *space, *type, *manifest, *schema, *schema_version, *correct;
	const char *item, *adaptive, *timed, *declaration, *base_type, *response, *value, *outcome,
		*body, *interaction, *identifier, *most, *prompt, *choice, *processing;
};

static const struct dialect two = {
	"http://www.imsglobal.org/xsd/imsqti_v2p2",
	"imsqti_item_xmlv2p2",
	"http://www.imsglobal.org/xsd/imscp_v1p1",
	"QTIv2.2 Package",
	"1.0.0",
	"http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct",
	"assessmentItem",
	"adaptive",
	"timeDependent",
	"responseDeclaration",
	"baseType",
	"correctResponse",
	"value",
	"outcomeDeclaration",
	"itemBody",
	"choiceInteraction",
	"responseIdentifier",
	"maxChoices",
	"prompt",
	"simpleChoice",
	"responseProcessing",
};
static const struct dialect three = {
	"http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
	"imsqti_item_xmlv3p0",
	"http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
	"QTI Package",
	"3.0.0",
	"https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
	"qti-assessment-item",
	"adaptive",
	"time-dependent",
	"qti-response-declaration",
	"base-type",
	"qti-correct-response",
	"qti-value",
	"qti-outcome-declaration",
	"qti-item-body",
	"qti-choice-interaction",
	"response-identifier",
	"max-choices",
	"qti-prompt",
	"qti-simple-choice",
	"qti-response-processing",
};

/* Lines are paragraphs, so that reading gives them back; what paragraphs would swallow stands in
 * <pre>. */
static void add_lines(struct buf *b, const char *text)
{
	if (writer_keeps_blanks(text)) {
		buf_add(b, "<pre>");
		buf_add_html(b, text);
		buf_add(b, "</pre>");
		return;
	}
	while (*text) {
		const size_t size = strcspn(text, "\n");
		buf_add(b, "<p>");
		buf_add_html(b, arena_copy_n(b->arena, text, size));
		buf_add(b, "</p>");
		text += size;
		text += *text == '\n';
	}
}

static void add_item(struct buf *b, const struct dialect *d, const struct exchange_item *item,
		     const char *language, const struct item_text *text)
{
	buf_print(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"%s\" identifier=\"",
		  d->item, d->space);
	buf_add_html(b, item->code);
	buf_add(b, "\" title=\"");
	buf_add_html(b, item->code);
	buf_print(b, "\" %s=\"false\" %s=\"false\" xml:lang=\"%s\">\n", d->adaptive, d->timed,
		  language);
	buf_print(b,
		  "<%s identifier=\"RESPONSE\" cardinality=\"single\" %s=\"identifier\"><%s><%s>%c"
		  "</%s></%s></%s>\n",
		  d->declaration, d->base_type, d->response, d->value, 'A' + item->answer, d->value,
		  d->response, d->declaration);
	buf_print(b, "<%s identifier=\"SCORE\" cardinality=\"single\" %s=\"float\"/>\n", d->outcome,
		  d->base_type);
	buf_print(b, "<%s>", d->body);
	add_lines(b, text->stem);
	buf_print(b, "<%s %s=\"RESPONSE\" shuffle=\"true\" %s=\"1\">", d->interaction,
		  d->identifier, d->most);
	for (int i = 0; i < item->options; i++) {
		buf_print(b, "<%s identifier=\"%c\">", d->choice, 'A' + i);
		if (strchr(text->option[i], '\n') || writer_keeps_blanks(text->option[i]))
			add_lines(b, text->option[i]);
		else
			buf_add_html(b, text->option[i]);
		buf_print(b, "</%s>", d->choice);
	}
	buf_print(b, "</%s></%s>\n<%s template=\"%s\"/>\n</%s>\n", d->interaction, d->body,
		  d->processing, d->correct, d->item);
}

/* libzip frees what is added; the arena lives longer than the zip, so nothing is copied. */
static bool add_file(zip_t *zip, const char *name, const struct buf *b)
{
	zip_source_t *source = zip_source_buffer(zip, b->text, b->length, 0);
	if (source && zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0)
		return true;
	zip_source_free(source);
	return false;
}

static void add_resource(struct buf *b, const struct dialect *d, const struct exchange_item *item,
			 size_t number, const char *language, const char *name)
{
	char date[DAY_TEXT_SIZE] = "";
	if (item->dated)
		day_print(item->text_date, date);
	buf_print(b,
		  "<resource identifier=\"r%zu-%s\" type=\"%s\" href=\"%s\"><metadata>"
		  "<question xmlns=\"urn:konkurs:item:1\" act=\"",
		  number + 1, language, d->type, name);
	buf_add_html(b, item->act);
	buf_add(b, "\" article=\"");
	buf_add_html(b, item->article);
	buf_print(b, "\" text-date=\"%s\" enemies=\"", date);
	buf_add_html(b, item->enemies);
	buf_print(b, "\"/></metadata><file href=\"%s\"/></resource>\n", name);
}

static bool add_all(struct arena *a, zip_t *zip, const struct dialect *d,
		    const struct exchange_set *set)
{
	static const char *const languages[] = { "kk", "ru" };
	struct buf manifest = buf_on(a);
	buf_print(&manifest,
		  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"%s\""
		  " identifier=\"konkurs\"><metadata><schema>%s</schema><schemaversion>%s"
		  "</schemaversion></metadata><organizations/><resources>\n",
		  d->manifest, d->schema, d->schema_version);
	for (size_t i = 0; i < set->item_count; i++) {
		const struct exchange_item *item = &set->items[i];
		const struct item_text *const texts[] = { &item->kk, &item->ru };
		for (size_t l = 0; l < COUNT(languages); l++) {
			const char *name =
				arena_print(a, "items/%05zu.%s.xml", i + 1, languages[l]);
			struct buf file = buf_on(a);
			if (!texts[l]->stem)
				continue;
			add_item(&file, d, item, languages[l], texts[l]);
			add_resource(&manifest, d, item, i, languages[l], name);
			if (!add_file(zip, name, &file))
				return false;
		}
	}
	buf_add(&manifest, "</resources></manifest>\n");
	return add_file(zip, "imsmanifest.xml", &manifest);
}

/* The bytes that a closed zip has left in its source. */
static bool take_bytes(struct arena *a, zip_source_t *source, const void **ret, size_t *ret_size)
{
	zip_stat_t s;
	if (zip_source_stat(source, &s) != 0 || zip_source_open(source) != 0)
		return false;
	char *bytes = arena_alloc(a, (size_t)s.size + 1);
	const bool ok = zip_source_read(source, bytes, s.size) == (zip_int64_t)s.size;
	(void)zip_source_close(source);
	*ret = bytes;
	*ret_size = (size_t)s.size;
	return ok;
}

bool write_qti(struct arena *a, const struct exchange_set *set, int version, const void **ret,
	       size_t *ret_size, struct err *e)
{
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, NULL) : NULL;
	if (!zip) {
		if (source)
			zip_source_free(source);
		return err_set(e, ERR_SYSTEM, "error.system", "libzip");
	}
	zip_source_keep(source);
	bool ok = add_all(a, zip, version == 3 ? &three : &two, set);
	if (ok)
		ok = zip_close(zip) == 0;
	else
		zip_discard(zip);
	ok = ok && take_bytes(a, source, ret, ret_size);
	zip_source_free(source);
	return ok || err_set(e, ERR_SYSTEM, "error.system", "the package cannot be made");
}

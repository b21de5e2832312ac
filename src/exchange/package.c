/* package.c - a content package: a zip with imsmanifest.xml and one file for each item, or a file
 * with all of them (QTI 1.2).  Only what the manifest names is read. */
#include "exchange/package.h"
#include "exchange/parcel.h"

#include <libxml/uri.h>
#include <string.h>

enum { FILE_MOST = 16 * 1024 * 1024 };

struct package {
	struct reader *reader;
	struct parcel *zip;
	const char *folder; /* of the manifest, "" or "dir/" */
};

/* <question act article text-date enemies> in the metadata: written by our own export. */
static void take_metadata(struct reader *r, const xmlNode *resource, struct exchange_item *item)
{
	const xmlNode *q = child_of(child_of(resource, "metadata"), "question");
	if (!q)
		return;
	const char *date = attribute(r->arena, q, "text-date");
	item->act = attribute(r->arena, q, "act");
	item->article = attribute(r->arena, q, "article");
	item->enemies = attribute(r->arena, q, "enemies");
	item->dated = *date && day_parse(date, &item->text_date);
}

/* The finding of a file that cannot be had. */
static const char *key_of(enum parcel_answer answer)
{
	return answer == PARCEL_NONE      ? "exchange.missing"
	       : answer == PARCEL_DAMAGED ? "exchange.damaged"
					  : "exchange.file";
}

/* As it is written, and if there is no such file, with %20 as a blank. */
static enum parcel_answer read_href(struct package *p, const char *href, const void **ret,
				    size_t *ret_size)
{
	struct arena *a = p->reader->arena;
	if (!parcel_name_safe(href))
		return PARCEL_NONE;
	const char *name = arena_print(a, "%s%s", p->folder, href);
	if (strchr(href, '%') && !parcel_has(p->zip, name)) {
		char *plain = xmlURIUnescapeString(name, 0, NULL);
		name = plain ? arena_copy(a, plain) : name;
		xmlFree(plain);
	}
	return parcel_name_safe(name) ? parcel_read(p->zip, name, FILE_MOST, ret, ret_size)
				      : PARCEL_NONE;
}

static void take_file(struct package *p, const xmlNode *resource, const char *href)
{
	struct reader *r = p->reader;
	const void *bytes = NULL;
	size_t size = 0;
	struct err e = { 0 };
	reader_place(r, href);
	const enum parcel_answer answer = read_href(p, href, &bytes, &size);
	if (answer != PARCEL_READ) {
		reader_note(r, NULL, 0, true, key_of(answer), href);
		return;
	}
	xmlDoc *doc = parse_xml(r->arena, bytes, size, &e);
	const size_t before = r->set->item_count;
	if (!doc || !read_qti(r, doc, &e))
		reader_note(r, NULL, 0, true, "exchange.file", e.detail);
	if (r->set->item_count == before + 1)
		take_metadata(r, resource, &r->set->items[before]);
	xmlFreeDoc(doc);
}

/* "imsqti_item_xmlv2p1", "imsqti_item_xmlv3p0", "imsqti_apipitem_xmlv2p1"; "imsqti_xmlv1p2" holds
 * all.  Tests, pictures and style sheets are not read. */
static bool is_item(const struct reader *r, const xmlNode *resource)
{
	const char *type = attribute(r->arena, resource, "type");
	return strncmp(type, "imsqti_item_", 12) == 0 ||
	       strncmp(type, "imsqti_apipitem_", 16) == 0 ||
	       strncmp(type, "imsqti_xmlv1p", 13) == 0;
}

/* Canvas leaves the name to the first file. */
static const char *href_of(const struct reader *r, const xmlNode *resource)
{
	const char *href = attribute(r->arena, resource, "href");
	const xmlNode *file = child_of(resource, "file");
	return *href || !file ? href : attribute(r->arena, file, "href");
}

static bool read_manifest(struct package *p, struct err *e)
{
	struct reader *r = p->reader;
	const void *bytes = NULL;
	size_t size = 0;
	if (parcel_read(p->zip, arena_print(r->arena, "%simsmanifest.xml", p->folder), FILE_MOST,
			&bytes, &size) != PARCEL_READ)
		return err_input(e, "file", "exchange.error.manifest", "no imsmanifest.xml");
	xmlDoc *doc = parse_xml(r->arena, bytes, size, e);
	if (!doc)
		return false;
	const xmlNode *resources = child_of(xmlDocGetRootElement(doc), "resources");
	for (const xmlNode *n = resources ? resources->children : NULL; n && !r->full;
	     n = n->next) {
		if (is_element(n, "resource") && is_item(r, n))
			take_file(p, n, href_of(r, n));
	}
	xmlFreeDoc(doc);
	return true;
}

/* Some tools put everything into one folder. */
static const char *folder_of(const struct package *p)
{
	static const char manifest[] = "imsmanifest.xml";
	for (size_t i = 0; i < parcel_count(p->zip); i++) {
		const char *name = parcel_name(p->zip, i);
		const char *slash = strchr(name, '/');
		if (slash && strcmp(slash + 1, manifest) == 0)
			return arena_copy_n(p->reader->arena, name, (size_t)(slash + 1 - name));
	}
	return "";
}

bool read_package(struct reader *r, struct parcel *zip, struct err *e)
{
	struct package p = { r, zip, "" };
	if (!parcel_has(zip, "imsmanifest.xml"))
		p.folder = folder_of(&p);
	if (!read_manifest(&p, e))
		return false;
	join_languages(r);
	return true;
}

bool read_zip(struct reader *r, const void *bytes, size_t size, struct err *e)
{
	CLEANUP(parcel_close) struct parcel *zip = NULL;
	if (!parcel_open(r->arena, bytes, size, &zip, e))
		return false;
	if (parcel_has(zip, "xl/workbook.xml")) {
		r->set->format = EXCHANGE_XLSX;
		return read_workbook(r, zip, e);
	}
	return read_package(r, zip, e);
}

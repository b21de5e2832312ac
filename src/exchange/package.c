/* package.c - a content package: a zip with imsmanifest.xml and one file for each item.
 *
 * Nothing is unpacked to a disk: each file is read into memory by its name in the manifest, below
 * bounds that hold before anything is inflated. */
#include "exchange/reader.h"

#include <string.h>
#include <zip.h>

enum {
	ENTRIES_MOST = 2 * EXCHANGE_ITEMS_MOST + 1, /* an item a language, and the manifest */
	FILE_MOST = 16 * 1024 * 1024,               /* the manifest of so many is that large */
	ALL_MOST = 256 * 1024 * 1024,
	RATIO_MOST = 200, /* of a file that is larger than RATIO_FROM */
	RATIO_FROM = 1024 * 1024,
};

struct package {
	struct reader *reader;
	zip_t *zip;
	int64_t inflated;
	const char *folder; /* of the manifest, "" or "dir/" */
};

/* Relative, forward, without a way up: what a name inside a package may be. */
static bool is_safe(const char *name)
{
	const size_t size = strlen(name);
	if (size == 0 || name[0] == '/' || strchr(name, '\\') || strchr(name, ':') ||
	    strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0)
		return false;
	return !strstr(name, "/../") && !(size > 3 && strcmp(name + size - 3, "/..") == 0);
}

static bool check_sizes(struct package *p, struct err *e)
{
	const zip_int64_t count = zip_get_num_entries(p->zip, 0);
	int64_t all = 0;
	if (count > ENTRIES_MOST)
		return err_input(e, "file", "exchange.error.entries", "too many entries");
	for (zip_int64_t i = 0; i < count; i++) {
		zip_stat_t s;
		if (zip_stat_index(p->zip, (zip_uint64_t)i, 0, &s) != 0 || !is_safe(s.name))
			return err_input(e, "file", "exchange.error.name", "a bad name in the zip");
		all += s.size > ALL_MOST ? ALL_MOST + 1 : (int64_t)s.size;
		if (all > ALL_MOST ||
		    (s.size > RATIO_FROM && s.size / (s.comp_size + 1) > RATIO_MOST))
			return err_input(e, "file", "exchange.error.bomb", "inflates too far");
	}
	return true;
}

/* The bytes of a file of the package; false without an error if there is none. */
static bool read_entry(struct package *p, const char *name, const void **ret, size_t *ret_size)
{
	zip_stat_t s;
	if (zip_stat(p->zip, name, 0, &s) != 0 || s.size > FILE_MOST)
		return false;
	zip_file_t *file = zip_fopen_index(p->zip, s.index, 0);
	if (!file)
		return false;
	char *bytes = arena_alloc(p->reader->arena, (size_t)s.size + 1);
	const zip_int64_t size = zip_fread(file, bytes, s.size);
	(void)zip_fclose(file);
	p->inflated += size;
	*ret = bytes;
	*ret_size = (size_t)size;
	return size == (zip_int64_t)s.size;
}

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

static void take_resource(struct package *p, const xmlNode *resource)
{
	struct reader *r = p->reader;
	const char *href = attribute(r->arena, resource, "href");
	const void *bytes = NULL;
	size_t size = 0;
	struct err e = { 0 };
	r->place = href;
	if (!is_safe(href) ||
	    !read_entry(p, arena_print(r->arena, "%s%s", p->folder, href), &bytes, &size)) {
		reader_note(r, NULL, 0, true, "exchange.missing", href);
		return;
	}
	xmlDoc *doc = parse_xml(bytes, size, &e);
	const size_t before = r->set->item_count;
	if (!doc || !read_qti_item(r, doc, &e))
		reader_note(r, NULL, 0, true, e.key[0] ? "exchange.file" : "exchange.missing",
			    href);
	if (r->set->item_count > before)
		take_metadata(r, resource, &r->set->items[before]);
	xmlFreeDoc(doc);
}

/* "imsqti_item_xmlv2p1", "imsqti_item_xmlv3p0"; tests, pictures and style sheets are not read. */
static bool is_item(const struct reader *r, const xmlNode *resource)
{
	return strncmp(attribute(r->arena, resource, "type"), "imsqti_item_", 12) == 0;
}

static bool read_manifest(struct package *p, struct err *e)
{
	struct reader *r = p->reader;
	const void *bytes = NULL;
	size_t size = 0;
	if (!read_entry(p, arena_print(r->arena, "%simsmanifest.xml", p->folder), &bytes, &size))
		return err_input(e, "file", "exchange.error.manifest", "no imsmanifest.xml");
	xmlDoc *doc = parse_xml(bytes, size, e);
	if (!doc)
		return false;
	const xmlNode *resources = child_of(xmlDocGetRootElement(doc), "resources");
	for (const xmlNode *n = resources ? resources->children : NULL; n; n = n->next) {
		if (!is_element(n, "resource"))
			continue;
		if (is_item(r, n))
			take_resource(p, n);
	}
	xmlFreeDoc(doc);
	return true;
}

/* Some tools put everything into one folder. */
static const char *folder_of(struct package *p)
{
	static const char manifest[] = "imsmanifest.xml";
	const zip_int64_t count = zip_get_num_entries(p->zip, 0);
	for (zip_int64_t i = 0; i < count; i++) {
		const char *name = zip_get_name(p->zip, (zip_uint64_t)i, 0);
		const char *slash = name ? strchr(name, '/') : NULL;
		if (slash && strcmp(slash + 1, manifest) == 0)
			return arena_copy_n(p->reader->arena, name, (size_t)(slash + 1 - name));
	}
	return "";
}

bool read_package(struct reader *r, const void *bytes, size_t size, struct err *e)
{
	zip_error_t why;
	zip_error_init(&why);
	zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
	struct package p = { r,
			     source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why)
				    : NULL,
			     0, "" };
	if (!p.zip) {
		if (source)
			zip_source_free(source);
		zip_error_fini(&why);
		return err_input(e, "file", "exchange.error.zip", "no zip");
	}
	bool ok = check_sizes(&p, e);
	if (ok && zip_name_locate(p.zip, "imsmanifest.xml", 0) < 0)
		p.folder = folder_of(&p);
	ok = ok && read_manifest(&p, e);
	zip_discard(p.zip);
	zip_error_fini(&why);
	if (ok)
		join_languages(r);
	return ok;
}

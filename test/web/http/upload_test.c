/* F14: what an upload is, its content says: on each route that takes one. */
#include "stage.h"

#include "web/http/param.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What somebody would smuggle in, under names and types that say otherwise. */
static const struct {
	const char *why, *name, *bytes;
	size_t size;
	const char *media; /* what it is */
} content[] = {
	{ "a paper", "paper.pdf", "%PDF-1.7\n%%EOF\n", 15, "application/pdf" },
	{ "a picture", "photo.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16, "image/png" },
	{ "a photo", "photo.jpg", "\xff\xd8\xff\xe0\0\x10JFIF", 10, "image/jpeg" },
	{ "a zip", "x.zip", "PK\x03\x04\x14\0", 6, "application/zip" },
	{ "a page", "paper.pdf", "<!doctype html><script>1</script>", 33,
	  "application/octet-stream" },
	{ "a page with a mark inside", "paper.pdf", "<html>%PDF-1.7", 14,
	  "application/octet-stream" },
	{ "a picture that is a script", "photo.png", "<svg onload=alert(1)>", 21,
	  "application/octet-stream" },
	{ "a program of Windows", "paper.pdf", "MZ\x90\0%PDF-", 9, "application/octet-stream" },
	{ "a program of Linux", "photo.jpg",
	  "\x7f"
	  "ELF\x02\x01\x01",
	  7, "application/octet-stream" },
	{ "a mark behind a space", "paper.pdf", " %PDF-1.7", 9, "application/octet-stream" },
	{ "half a mark", "paper.pdf", "%PDF", 4, "application/octet-stream" },
	{ "PostScript", "paper.pdf", "%!PS-Adobe-3.0", 14, "application/octet-stream" },
	{ "GIF", "photo.png", "GIF89a", 6, "application/octet-stream" },
	{ "a document in a zip", "paper.pdf", "PK\x03\x04word/document.xml", 21,
	  "application/zip" },
	{ "nothing but zeros", "paper.pdf", "\0\0\0\0\0\0\0\0", 8, "application/octet-stream" },
};

static bool chosen(const struct param *p, const char *media)
{
	for (const char *const *c = p->choices; *c; c++) {
		if (strcmp(*c, media) == 0)
			return true;
	}
	return false;
}

/* Reads one file into parameter `p` of the route; what is left of it, or NULL. */
static const struct upload *read_one(struct harness *h, const struct route *route,
				     const struct param *p, const char *name, const char *bytes,
				     size_t size)
{
	struct call *c = call_new(&h->site);
	struct fields f = fields_on(h->arena);
	struct err e = { 0 };
	const struct field field = {
		.name = p->name, .bytes = bytes, .size = size, .file_name = name
	};
	struct upload *copy = NULL;
	assert_true(form_add(&f, field, &e));
	c->req.route = route;
	if (!params_read(&c->req, &f, &e))
		err_clear(&e); /* the rest of the form is missing */
	const struct upload *found = in_file(&c->req, p->name);
	if (found) {
		copy = arena_alloc(h->arena, sizeof(*copy));
		*copy = *found;
		copy->file_name = arena_copy(h->arena, found->file_name);
	}
	call_free(c);
	return copy;
}

static void check_param(struct harness *h, const struct route *route, const struct param *p)
{
	if (!p->choices || !p->choices[0] || p->max <= 0 || p->max > BODY_WITH_FILE_MOST)
		fail_msg("%s: %s takes anything", route->path, p->name);
	for (size_t i = 0; i < COUNT(content); i++) {
		const struct upload *u =
			read_one(h, route, p, content[i].name, content[i].bytes, content[i].size);
		const bool welcome = chosen(p, content[i].media);
		if ((u != NULL) != welcome)
			fail_msg("%s: %s: %s", route->path, p->name, content[i].why);
		if (u && strcmp(u->media, content[i].media) != 0)
			fail_msg("%s: %s is taken for %s", route->path, content[i].why, u->media);
	}
}

static void each_route_that_takes_one(void **state)
{
	struct harness *h = *state;
	const struct route *r = NULL;
	int count = 0;
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		for (const struct param *p = r->params; p->name; p++) {
			if (p->type != P_FILE)
				continue;
			if (r->method != POST)
				fail_msg("%s: a file in a GET", r->path);
			check_param(h, r, p);
			count++;
		}
	}
	assert_true(count >= 9); /* as many as there were when this was written */
}

/* Too large by a byte, for each. */
static void each_has_a_size(void **state)
{
	struct harness *h = *state;
	const struct route *r = NULL;
	char *bytes = arena_alloc(h->arena, BODY_WITH_FILE_MOST + 1);
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		for (const struct param *p = r->params; p->name; p++) {
			if (p->type != P_FILE)
				continue;
			/* zeros are no file of any kind that is known */
			const char *begin = chosen(p, "application/pdf")   ? "%PDF-"
					    : chosen(p, "application/zip") ? "PK\x03\x04 "
									   : "\0\0\0\0\0";
			memcpy(bytes, begin, 5);
			assert_non_null(read_one(h, r, p, "x.pdf", bytes, (size_t)p->max));
			if (read_one(h, r, p, "x.pdf", bytes, (size_t)p->max + 1))
				fail_msg("%s: %s is larger than it may be", r->path, p->name);
		}
	}
}

/* Whoever saves it gets a name that says what is in it, and no path. */
static void names(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *sent, *kept;
	} row[] = {
		{ "paper.pdf", "paper.pdf" },
		{ "PAPER.PDF", "PAPER.PDF" },
		{ "setup.exe", "setup.exe.pdf" },
		{ "photo.png", "photo.png.pdf" },
		{ "x.pdf.js", "x.pdf.js.pdf" },
		{ ".pdf", ".pdf.pdf" },
		{ "C:\\Users\\a\\құжат.pdf", "құжат.pdf" },
		{ "../../etc/passwd", "passwd.pdf" },
		{ "", "file.pdf" },
	};
	const struct route *r = NULL;
	for (struct route_walk w = { 0 }; (r = route_next(&w));) {
		const struct param *p = r->params;
		while (p->name && p->type != P_FILE)
			p++;
		if (!p->name || !chosen(p, "application/pdf"))
			continue;
		for (size_t i = 0; i < COUNT(row); i++) {
			const struct upload *u = read_one(h, r, p, row[i].sent, "%PDF-1.7", 8);
			assert_non_null(u);
			assert_string_equal(u->file_name, row[i].kept);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { HARNESS_TEST(each_route_that_takes_one),
					    HARNESS_TEST(each_has_a_size), HARNESS_TEST(names) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

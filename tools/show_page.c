/* show_page - looks at one page with a made-up model, without a server.
 *
 *   show_page DIR LANG PAGE MODEL.json
 *
 * PAGE is a name below pages/ ("competition/list") or the file of a template.  Writes
 * DIR/index.html and DIR/assets/...; serve DIR with any file server. */
#include "view/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static _Noreturn void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "show_page: %s: %s\n", what, why);
	exit(1);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) != 0)
		die(path, strerror(errno));
}

static void write_assets(struct arena *a, const char *dir)
{
	size_t count;
	const struct share_item *items = share_below(&share_built_in, "assets/", &count);
	(void)mkdir(dir, 0777);
	(void)mkdir(arena_print(a, "%s/assets", dir), 0777);
	for (size_t i = 0; i < count; i++) {
		char address[256];
		if (share_address(&share_built_in, items[i].path + strlen("assets/"), address,
				  sizeof(address)))
			write_file(arena_print(a, "%s%s", dir, address), items[i].bytes,
				   items[i].size);
	}
}

static struct buf read_file(struct arena *a, const char *path)
{
	struct buf text = buf_on(a);
	char part[4096];
	size_t size;
	FILE *f = fopen(path, "rb");
	if (!f)
		die(path, strerror(errno));
	while ((size = fread(part, 1, sizeof(part), f)) > 0)
		buf_add_n(&text, part, size);
	(void)fclose(f);
	return text;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct share_item *)a)->path, ((const struct share_item *)b)->path);
}

/* What is built in, and the file as page "shown". */
static struct share share_with(struct arena *a, const char *file)
{
	struct buf text = read_file(a, file);
	size_t count = share_built_in.count;
	struct share_item *items = arena_array(a, count + 1, sizeof(*items));
	memcpy(items, share_built_in.items, count * sizeof(*items));
	items[count] = (struct share_item){ .path = "pages/shown.html",
					    .bytes = (const unsigned char *)text.text,
					    .size = text.length,
					    .hash = "" };
	qsort(items, count + 1, sizeof(*items), by_path);
	return (struct share){ items, count + 1 };
}

int main(int argc, char **argv)
{
	if (argc != 5)
		die("usage", "show_page DIR LANG PAGE MODEL.json");
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *v = NULL;
	bool is_file = strstr(argv[3], ".html") != NULL;
	struct share share = is_file ? share_with(a, argv[3]) : share_built_in;
	struct buf out = buf_on(a);
	struct err e = { 0 };
	json_error_t why;
	json_t *model = json_load_file(argv[4], 0, &why);
	if (!model)
		die(argv[4], why.text);
	write_assets(a, argv[1]);
	if (!view_open(&share, &v, &e) ||
	    !view_render(v, argv[2], is_file ? "shown" : argv[3], model, &out, &e))
		die("page", e.detail);
	write_file(arena_print(a, "%s/index.html", argv[1]), out.text, out.length);
	json_decref(model);
	return 0;
}

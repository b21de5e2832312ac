#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct share_item *)a)->path, ((const struct share_item *)b)->path);
}

static struct share_item item_of(const char *path, const char *text)
{
	return (struct share_item){
		.path = path,
		.bytes = (const unsigned char *)text,
		.size = strlen(text),
		.hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};
}

static bool among(const struct share_item *items, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(items[i].path, path) == 0)
			return true;
	}
	return false;
}

struct share world_share(struct arena *a, const struct file *files)
{
	static const char *const locales[] = { "locale/en.json", "locale/kk.json",
					       "locale/ru.json" };
	size_t count = 0;
	while (files[count].path)
		count++;
	struct share_item *items = arena_array(a, count + COUNT(locales), sizeof(*items));
	for (size_t i = 0; i < count; i++)
		items[i] = item_of(files[i].path, files[i].text);
	for (size_t i = 0; i < COUNT(locales); i++) {
		if (!among(items, count, locales[i]))
			items[count++] = item_of(locales[i], "{}");
	}
	qsort(items, count, sizeof(*items), by_path);
	return (struct share){ items, count };
}

struct share world_with_page(struct arena *a, const char *file)
{
	struct buf text = buf_on(a);
	char part[4096];
	size_t size;
	FILE *f = fopen(file, "rb");
	if (!f)
		abort();
	while ((size = fread(part, 1, sizeof(part), f)) > 0)
		buf_add_n(&text, part, size);
	(void)fclose(f);
	size_t count = share_built_in.count;
	struct share_item *items = arena_array(a, count + 1, sizeof(*items));
	memcpy(items, share_built_in.items, count * sizeof(*items));
	items[count] = item_of("pages/shown.html", text.text);
	qsort(items, count + 1, sizeof(*items), by_path);
	return (struct share){ items, count + 1 };
}

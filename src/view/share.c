#include "view/share.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_DIGITS = 8, NAME_SIZE = 256 };

static int compare_path(const void *path, const void *item)
{
	return strcmp(path, ((const struct share_item *)item)->path);
}

const struct share_item *share_find_in(const struct share *s, const char *path)
{
	if (s->count == 0)
		return NULL;
	return bsearch(path, s->items, s->count, sizeof(s->items[0]), compare_path);
}

const struct share_item *share_find(const char *path)
{
	return share_find_in(&share_built_in, path);
}

const struct share_item *share_below(const struct share *s, const char *prefix, size_t *ret_count)
{
	size_t length = strlen(prefix), first = 0;
	while (first < s->count && strncmp(s->items[first].path, prefix, length) < 0)
		first++;
	size_t end = first;
	while (end < s->count && strncmp(s->items[end].path, prefix, length) == 0)
		end++;
	*ret_count = end - first;
	return s->items + first;
}

bool share_address(const struct share *s, const char *name, char *address, size_t size)
{
	char path[NAME_SIZE];
	int length = snprintf(path, sizeof(path), "assets/%s", name);
	if (length < 0 || (size_t)length >= sizeof(path))
		return false;
	const struct share_item *item = share_find_in(s, path);
	const char *ending = strrchr(name, '.');
	if (!item || !ending)
		return false;
	length = snprintf(address, size, "/assets/%.*s.%.*s%s", (int)(ending - name), name,
			  HASH_DIGITS, item->hash, ending);
	return length > 0 && (size_t)length < size;
}

const struct share_item *share_by_address(const struct share *s, const char *address)
{
	/* "/assets/" NAME "." HASH "." ENDING */
	const char *ending = strrchr(address, '.');
	if (strncmp(address, "/assets/", 8) != 0 || !ending)
		return NULL;
	size_t stem = (size_t)(ending - address);
	if (stem <= 8 + 1 + HASH_DIGITS || address[stem - HASH_DIGITS - 1] != '.')
		return NULL;
	char path[NAME_SIZE];
	int length = snprintf(path, sizeof(path), "%.*s%s", (int)(stem - HASH_DIGITS - 2),
			      address + 1, ending);
	if (length < 0 || (size_t)length >= sizeof(path))
		return NULL;
	const struct share_item *item = share_find_in(s, path);
	if (!item || strncmp(item->hash, address + stem - HASH_DIGITS, HASH_DIGITS) != 0)
		return NULL;
	return item;
}

const char *share_media(const char *path)
{
	static const struct {
		const char *ending, *media;
	} known[] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".ico", "image/vnd.microsoft.icon" },
		{ ".json", "application/json" },
		{ ".html", "text/html; charset=utf-8" },
		{ ".woff2", "font/woff2" },
		{ ".txt", "text/plain; charset=utf-8" },
	};
	const char *ending = strrchr(path, '.');
	for (size_t i = 0; ending && i < COUNT(known); i++) {
		if (strcmp(ending, known[i].ending) == 0)
			return known[i].media;
	}
	return "application/octet-stream";
}

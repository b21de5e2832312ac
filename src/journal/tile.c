#include "journal/tile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

unsigned tile_width(uint64_t size, unsigned level, uint64_t number)
{
	const uint64_t hashes = level < TILE_LEVELS ? size >> (8 * level) : 0;
	const uint64_t before = number > hashes / TILE_WIDTH ? hashes : number * TILE_WIDTH;
	return hashes - before < TILE_WIDTH ? (unsigned)(hashes - before) : TILE_WIDTH;
}

void tile_print(const struct tile_name *name, char ret[TILE_PATH_SIZE])
{
	char number[32] = "";
	char level[16] = "entries";
	char partial[8] = "";
	/* the groups from the last on, each before those that are there */
	for (uint64_t n = name->number, first = 1; n > 0 || first; n /= 1000, first = 0) {
		char rest[32];
		memcpy(rest, number, sizeof(rest));
		(void)snprintf(number, sizeof(number), "/%s%03u%.20s", first ? "" : "x",
			       (unsigned)(n % 1000), rest);
	}
	if (!name->entries)
		(void)snprintf(level, sizeof(level), "%u", name->level);
	if (name->width < TILE_WIDTH)
		(void)snprintf(partial, sizeof(partial), ".p/%u", name->width);
	const int length = snprintf(ret, TILE_PATH_SIZE, "tile/%s%s%s", level, number, partial);
	assert(length > 0 && length < TILE_PATH_SIZE);
}

/* Digits without leading zeros, up to `most`; moves behind them. */
static bool digits(const char **at, unsigned most, unsigned *ret)
{
	unsigned n = 0;
	const char *begin = *at;
	for (; **at >= '0' && **at <= '9' && n <= most; (*at)++)
		n = n * 10 + (unsigned)(**at - '0');
	*ret = n;
	return *at > begin && n <= most && (*begin != '0' || *at == begin + 1);
}

static bool three_digits(const char **at, uint64_t *n)
{
	for (int i = 0; i < 3; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*n = *n * 10 + (uint64_t)(**at - '0');
	}
	return true;
}

/* x001/x234/067, without leading groups of zeros. */
static bool groups(const char **at, uint64_t *ret)
{
	uint64_t n = 0;
	size_t count = 0;
	while (**at == 'x') {
		(*at)++;
		if (++count > 5 || !three_digits(at, &n) || n == 0 || *(*at)++ != '/')
			return false;
	}
	*ret = n;
	return three_digits(at, ret);
}

bool tile_parse(const char *path, struct tile_name *ret)
{
	static const char begin[] = "tile/";
	static const char entries[] = "entries/";
	struct tile_name name = { .width = TILE_WIDTH };
	if (strncmp(path, begin, strlen(begin)) != 0)
		return false;
	path += strlen(begin);
	name.entries = strncmp(path, entries, strlen(entries)) == 0;
	if (name.entries)
		path += strlen(entries);
	else if (!digits(&path, 63, &name.level) || *path++ != '/')
		return false;
	if (!groups(&path, &name.number))
		return false;
	if (strncmp(path, ".p/", 3) == 0) {
		path += 3;
		if (!digits(&path, TILE_WIDTH - 1, &name.width) || name.width == 0)
			return false;
	}
	*ret = name;
	return *path == '\0';
}

struct tree_hash tile_root(const struct tree_hash *hash, unsigned height)
{
	struct tree_hash row[TILE_WIDTH];
	assert(height <= 8);
	size_t count = (size_t)1 << height;
	memcpy(row, hash, count * sizeof(*row));
	for (; count > 1; count /= 2) {
		for (size_t i = 0; i < count / 2; i++)
			row[i] = tree_node(&row[2 * i], &row[2 * i + 1]);
	}
	return row[0];
}

#include "exchange/parcel.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

enum {
	RATIO_MOST = 200, /* of a file that is larger than RATIO_FROM */
	RATIO_FROM = 1024 * 1024,
	NAME_MOST = 500,
};

struct parcel {
	struct arena *arena;
	zip_t *zip;
	size_t count;
	const char **names;
};

bool parcel_name_safe(const char *name)
{
	const size_t size = strlen(name);
	if (size == 0 || size > NAME_MOST || name[0] == '/' || strchr(name, '\\') ||
	    strchr(name, ':') || !text_valid(name, size) || strpbrk(name, "\n\r\t") ||
	    strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0)
		return false;
	return !strstr(name, "/../") && !(size > 3 && strcmp(name + size - 3, "/..") == 0);
}

static bool is_link(zip_t *zip, zip_uint64_t i)
{
	zip_uint8_t system = 0;
	zip_uint32_t attributes = 0;
	return zip_file_get_external_attributes(zip, i, 0, &system, &attributes) == 0 &&
	       system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16);
}

static bool check_entries(struct parcel *z, struct err *e)
{
	int64_t all = 0;
	for (size_t i = 0; i < z->count; i++) {
		zip_stat_t s;
		if (zip_stat_index(z->zip, i, 0, &s) != 0 || !parcel_name_safe(s.name) ||
		    is_link(z->zip, i))
			return err_input(e, "file", "exchange.error.name", "a bad name in the zip");
		z->names[i] = arena_copy(z->arena, s.name);
		all += s.size > PARCEL_ALL_MOST ? (int64_t)PARCEL_ALL_MOST + 1 : (int64_t)s.size;
		if (all > PARCEL_ALL_MOST ||
		    (s.size > RATIO_FROM && s.size / (s.comp_size + 1) > RATIO_MOST))
			return err_input(e, "file", "exchange.error.bomb", "inflates too far");
	}
	return true;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Of two files of one name, or names that a system of another kind takes for one, each reader would
 * see another. */
static bool check_twice(struct parcel *z, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
	const char **folded = arena_array(scratch, z->count + 1, sizeof(*folded));
	for (size_t i = 0; i < z->count; i++)
		folded[i] = text_fold(scratch, z->names[i]);
	qsort(folded, z->count, sizeof(*folded), by_name);
	for (size_t i = 1; i < z->count; i++) {
		if (strcmp(folded[i - 1], folded[i]) == 0)
			return err_input(e, "file", "exchange.error.name", "a name twice");
	}
	return true;
}

static zip_t *open_zip(const void *bytes, size_t size)
{
	zip_error_t why;
	zip_error_init(&why);
	zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why) : NULL;
	if (source && !zip)
		zip_source_free(source);
	zip_error_fini(&why);
	return zip;
}

bool parcel_open(struct arena *a, const void *bytes, size_t size, struct parcel **ret,
		 struct err *e)
{
	CLEANUP(parcel_close) struct parcel *z = arena_alloc(a, sizeof(*z));
	z->arena = a;
	z->zip = open_zip(bytes, size);
	if (!z->zip)
		return err_input(e, "file", "exchange.error.zip", "no zip");
	const zip_int64_t count = zip_get_num_entries(z->zip, 0);
	if (count < 0 || count > PARCEL_ENTRIES_MOST)
		return err_input(e, "file", "exchange.error.entries", "too many entries");
	z->count = (size_t)count;
	z->names = arena_array(a, z->count + 1, sizeof(*z->names));
	if (!check_entries(z, e) || !check_twice(z, e))
		return false;
	*ret = z;
	z = NULL;
	return true;
}

void parcel_close(struct parcel **z)
{
	if (*z && (*z)->zip)
		zip_discard((*z)->zip);
	*z = NULL;
}

size_t parcel_count(const struct parcel *z)
{
	return z->count;
}

const char *parcel_name(const struct parcel *z, size_t i)
{
	return z->names[i];
}

bool parcel_has(const struct parcel *z, const char *name)
{
	return zip_name_locate(z->zip, name, 0) >= 0;
}

/* One byte more is asked for: only at its end is a file compared with its sum. */
enum parcel_answer parcel_read(struct parcel *z, const char *name, size_t most, const void **ret,
			       size_t *ret_size)
{
	zip_stat_t s;
	char more = 0;
	if (zip_stat(z->zip, name, 0, &s) != 0)
		return PARCEL_NONE;
	if (s.size > most)
		return PARCEL_LARGE;
	zip_file_t *file = zip_fopen_index(z->zip, s.index, 0);
	if (!file)
		return PARCEL_DAMAGED;
	char *bytes = arena_alloc(z->arena, (size_t)s.size + 1);
	const bool whole = zip_fread(file, bytes, s.size) == (zip_int64_t)s.size &&
			   zip_fread(file, &more, 1) == 0;
	(void)zip_fclose(file);
	if (!whole)
		return PARCEL_DAMAGED;
	*ret = bytes;
	*ret_size = (size_t)s.size;
	return PARCEL_READ;
}

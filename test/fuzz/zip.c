/* zip.c - a zip: as it is if the bytes begin one; else made of them, so that what is inside gets
 * its share: each line "@name" begins a file. */
#include "fuzz.h"
#include "reading.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { FILES_MOST = 12 };

static void add(zip_t *zip, struct arena *a, const char *name, const char *text, size_t size)
{
	zip_source_t *source = zip_source_buffer(zip, arena_copy_n(a, text, size), size, 0);
	const zip_int64_t i = source ? zip_file_add(zip, name, source, ZIP_FL_OVERWRITE) : -1;
	if (i < 0)
		zip_source_free(source);
	else
		(void)zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0);
}

/* To the next "\n@", or to the end. */
static size_t part_size(const char *text)
{
	const char *next = strstr(text, "\n@");
	return next ? (size_t)(next - text) : strlen(text);
}

static void add_all(zip_t *zip, struct arena *a, const char *text)
{
	for (int i = 0; i < FILES_MOST && *text == '@'; i++) {
		const size_t size = part_size(text);
		const size_t head = strcspn(text, "\n");
		const size_t begin = head < size ? head + 1 : size;
		add(zip, a, arena_copy_n(a, text + 1, head - 1), text + begin, size - begin);
		text += size;
		text += *text == '\n';
	}
}

static void read_made(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_source_keep(source);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
	zip_stat_t s;
	add_all(zip, a, arena_copy_n(a, bytes, size));
	if (zip_close(zip) == 0 && zip_source_stat(source, &s) == 0 && s.size > 0 &&
	    zip_source_open(source) == 0) {
		char *made = arena_alloc(a, s.size);
		if (zip_source_read(source, made, s.size) == (zip_int64_t)s.size)
			fuzz_read(made, s.size);
		(void)zip_source_close(source);
	}
	zip_source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size > 0 && bytes[0] == '@')
		read_made(bytes, size);
	else
		fuzz_read(bytes, size);
	return 0;
}

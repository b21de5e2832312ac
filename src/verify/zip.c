/* zip.c - APPNOTE.TXT 6.3: the directory at the end, stored and deflated files; no zip64, no
 * encryption, no archive over several disks, as what Konkurs writes needs none of them. */
#include "verify/zip.h"

#include <string.h>
#include <zlib.h>

enum {
	END_SIZE = 22,
	ENTRY_SIZE = 46,
	LOCAL_SIZE = 30,
	COMMENT_MOST = 0xffff,
	STORED = 0,
	DEFLATED = 8,
	ENCRYPTED = 1,
};

static bool no_zip(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "verify.error.zip", "zip: %s", why);
}

static unsigned two(const char *at)
{
	return (unsigned char)at[0] | (unsigned)(unsigned char)at[1] << 8;
}

static size_t four(const char *at)
{
	return two(at) | (size_t)two(at + 2) << 16;
}

bool bundle_is_zip(struct file file)
{
	return file.size >= 4 && memcmp(file.bytes, "PK\3\4", 4) == 0;
}

/* The end record; NULL if there is none. */
static const char *find_end(struct file zip)
{
	const size_t most = END_SIZE + COMMENT_MOST;
	for (size_t back = END_SIZE; back <= zip.size && back <= most; back++) {
		const char *at = zip.bytes + zip.size - back;
		if (memcmp(at, "PK\5\6", 4) == 0 && two(at + 20) == back - END_SIZE)
			return at;
	}
	return NULL;
}

/* "../x", "/x", "a\\b" and the like lead out of a folder, for whoever unpacks it. */
static bool is_name(const char *name, size_t size)
{
	if (size == 0 || size > BUNDLE_NAME_MOST || name[0] == '/' || memchr(name, '\0', size) ||
	    memchr(name, '\\', size))
		return false;
	for (size_t at = 0; at < size;) {
		const char *slash = memchr(name + at, '/', size - at);
		const size_t part = slash ? (size_t)(slash - name) - at : size - at;
		if (part == 2 && memcmp(name + at, "..", 2) == 0)
			return false;
		at += part + 1;
	}
	return true;
}

static bool inflate_whole(const char *packed, size_t packed_size, char *bytes, size_t size)
{
	z_stream z = { 0 };
	union {
		const char *from;
		Bytef *to;
	} in = { packed }; /* zlib does not write there */
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return false;
	z.next_in = in.to;
	z.avail_in = (uInt)packed_size;
	z.next_out = (Bytef *)bytes;
	z.avail_out = (uInt)size;
	const int said = inflate(&z, Z_FINISH);
	const bool whole = z.total_out == size && z.avail_in == 0;
	(void)inflateEnd(&z);
	return said == Z_STREAM_END && whole;
}

/* Where the bytes of an entry begin; NULL if they do not lie in the file. */
static const char *find_bytes(struct file zip, size_t offset, size_t packed)
{
	if (offset > zip.size || zip.size - offset < LOCAL_SIZE)
		return NULL;
	const char *local = zip.bytes + offset;
	const size_t rest = zip.size - offset - LOCAL_SIZE;
	const size_t before = two(local + 26) + (size_t)two(local + 28);
	if (memcmp(local, "PK\3\4", 4) != 0 || before > rest || packed > rest - before)
		return NULL;
	return local + LOCAL_SIZE + before;
}

static bool add_file(struct bundle *b, struct file zip, const char *entry, struct err *e)
{
	const unsigned method = two(entry + 10);
	const size_t packed = four(entry + 20);
	const size_t size = four(entry + 24);
	const size_t name_size = two(entry + 28);
	const char *from = find_bytes(zip, four(entry + 42), packed);
	if (!from || !is_name(entry + ENTRY_SIZE, name_size) || two(entry + 8) & ENCRYPTED)
		return no_zip(e, "an entry is malformed");
	if (entry[ENTRY_SIZE + name_size - 1] == '/')
		return true;
	if (size > BUNDLE_BYTES_MOST - b->bytes)
		return err_set(e, ERR_INPUT, "verify.error.large", "zip");
	/* nothing packs better than this: a small file cannot ask for all of the memory */
	if (method == DEFLATED ? size / 1032 > packed : method != STORED || size != packed)
		return no_zip(e, "sizes that cannot be");
	char *bytes = arena_alloc(b->arena, size + 1);
	if (method == STORED)
		memcpy(bytes, from, size);
	else if (!inflate_whole(from, packed, bytes, size))
		return no_zip(e, "damaged");
	if (crc32(0, (const Bytef *)bytes, (uInt)size) != four(entry + 16))
		return no_zip(e, "a sum is wrong");
	return bundle_add(
		b,
		(struct file){ arena_copy_n(b->arena, entry + ENTRY_SIZE, name_size), bytes, size },
		e);
}

bool bundle_zip(struct arena *a, struct file zip, struct bundle *ret, struct err *e)
{
	struct bundle b = { .arena = a };
	const char *end = find_end(zip);
	if (!end)
		return no_zip(e, "no directory");
	size_t left = two(end + 10);
	size_t at = four(end + 16);
	const size_t limit = (size_t)(end - zip.bytes);
	for (; left > 0; left--) {
		if (at > limit || limit - at < ENTRY_SIZE ||
		    memcmp(zip.bytes + at, "PK\1\2", 4) != 0)
			return no_zip(e, "the directory is cut off");
		const char *entry = zip.bytes + at;
		const size_t whole =
			ENTRY_SIZE + two(entry + 28) + (size_t)two(entry + 30) + two(entry + 32);
		if (whole > limit - at)
			return no_zip(e, "the directory is cut off");
		if (!add_file(&b, zip, entry, e))
			return false;
		at += whole;
	}
	if (!bundle_sort(&b, e))
		return false;
	*ret = b;
	return true;
}

#include "web/evidence/archive.h"

#include "base/buf.h"
#include "web/evidence/archive_place.h"

#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

struct archive {
	struct arena *arena;
	int64_t now_ms;
	zip_source_t *source; /* the zip as it grows; ours, beside libzip's hold on it */
	int fd;               /* of that source; -1: it is in memory                   */
	zip_t *zip;
	struct buf sums;
};

static bool failed(struct err *e, const char *what)
{
	return err_set(e, ERR_SYSTEM, "error.system", "zip: %s", what);
}

/* A copy: libzip 1.7 frees bytes that it was lent when it writes to them. */
static bool fill(zip_source_t *source, const void *bytes, size_t size)
{
	return zip_source_begin_write(source) == 0 &&
	       zip_source_write(source, bytes, size) == (zip_int64_t)size &&
	       zip_source_commit_write(source) == 0;
}

/* Takes over the archive's source. */
static bool begin(struct archive *archive, int flags, struct err *e)
{
	zip_source_keep(archive->source);
	archive->zip = zip_open_from_source(archive->source, flags, NULL);
	if (archive->zip)
		return true;
	zip_source_free(archive->source);
	return failed(e, "cannot begin");
}

static struct archive *new_archive(struct arena *a, int64_t now_ms)
{
	struct archive *archive = arena_alloc(a, sizeof(*archive));
	*archive = (struct archive){ .arena = a, .now_ms = now_ms, .fd = -1, .sums = buf_on(a) };
	return archive;
}

/* `bytes` are those of a zip to go on with; NULL begins one. */
static bool begin_in_memory(struct arena *a, int64_t now_ms, const void *bytes, size_t size,
			    struct archive **ret, struct err *e)
{
	struct archive *archive = new_archive(a, now_ms);
	archive->source = zip_source_buffer_create(NULL, 0, 0, NULL);
	if (!archive->source)
		return failed(e, "no memory");
	*ret = archive;
	if (bytes && !fill(archive->source, bytes, size))
		return failed(e, "no memory");
	return begin(archive, bytes ? 0 : ZIP_TRUNCATE, e);
}

bool archive_open_file(struct arena *a, int64_t now_ms, const char *folder, struct archive **ret,
		       struct err *e)
{
	struct archive *archive = new_archive(a, now_ms);
	if (!archive_place_open(folder, &archive->source, &archive->fd, e))
		return false;
	*ret = archive;
	return begin(archive, ZIP_TRUNCATE, e);
}

bool archive_open(struct arena *a, int64_t now_ms, struct archive **ret, struct err *e)
{
	return begin_in_memory(a, now_ms, NULL, 0, ret, e);
}

void archive_cleanup(struct archive **a)
{
	if (!*a)
		return;
	if ((*a)->zip)
		zip_discard((*a)->zip);
	zip_source_free((*a)->source);
	if ((*a)->fd >= 0)
		(void)close((*a)->fd);
}

/* The source is libzip's from here on.  Not packed: what is so already. */
static bool put_source(struct archive *a, const char *name, zip_source_t *source, bool packed,
		       struct err *e)
{
	if (!source)
		return failed(e, "no memory");
	zip_int64_t at = zip_file_add(a->zip, name, source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return failed(e, zip_strerror(a->zip));
	}
	if (zip_file_set_mtime(a->zip, (zip_uint64_t)at, (time_t)(a->now_ms / 1000), 0) != 0 ||
	    (!packed && zip_set_file_compression(a->zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) != 0))
		return failed(e, zip_strerror(a->zip));
	return true;
}

static bool put(struct archive *a, const char *name, const void *bytes, size_t size, struct err *e)
{
	return put_source(a, name, zip_source_buffer(a->zip, bytes, size, 0), true, e);
}

static const char *sum_of(struct arena *a, const void *bytes, size_t size)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *text = arena_alloc(a, sizeof(hash) * 2 + 1);
	(void)crypto_hash_sha256(hash, bytes, size);
	return sodium_bin2hex(text, sizeof(hash) * 2 + 1, hash, sizeof(hash));
}

bool archive_add(struct archive *a, const char *name, const void *bytes, size_t size, struct err *e)
{
	buf_print(&a->sums, "%s  %s\n", sum_of(a->arena, bytes, size), name);
	return put(a, name, bytes, size, e);
}

bool archive_add_stored(struct archive *a, const char *name, const char *path, int64_t size,
			const char *sum, struct err *e)
{
	struct stat status = { 0 };
	if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != size)
		return err_set(e, ERR_MISSING, "error.missing", "a stored file is not as known");
	buf_print(&a->sums, "%s  %s\n", sum, name);
	return put_source(a, name, zip_source_file(a->zip, path, 0, size), false, e);
}

/* What libzip has written into the source, as bytes of the arena. */
static bool read_all(struct archive *a, const void **ret, size_t *ret_size, struct err *e)
{
	zip_stat_t stat;
	if (zip_source_stat(a->source, &stat) != 0 || zip_source_open(a->source) != 0)
		return failed(e, "cannot be read");
	char *bytes = arena_alloc(a->arena, stat.size ? stat.size : 1);
	const zip_int64_t read = zip_source_read(a->source, bytes, stat.size);
	(void)zip_source_close(a->source);
	if (read < 0 || (zip_uint64_t)read != stat.size)
		return failed(e, "cannot be read whole");
	*ret = bytes;
	*ret_size = stat.size;
	return true;
}

/* libzip reads what was added, and writes. */
static bool write_zip(struct archive *a, struct err *e)
{
	if (zip_close(a->zip) != 0)
		return failed(e, zip_strerror(a->zip));
	a->zip = NULL;
	return true;
}

static bool put_sums(struct archive *a, const char **ret_sums, struct err *e)
{
	*ret_sums = sum_of(a->arena, a->sums.text, a->sums.length);
	return put(a, "SHA256SUMS", a->sums.text, a->sums.length, e);
}

bool archive_finish(struct archive *a, const void **ret, size_t *ret_size, const char **ret_sums,
		    struct err *e)
{
	return put_sums(a, ret_sums, e) && write_zip(a, e) && read_all(a, ret, ret_size, e);
}

bool archive_finish_file(struct archive *a, int *ret_fd, int64_t *ret_size, const char **ret_sums,
			 struct err *e)
{
	struct stat status = { 0 };
	if (!put_sums(a, ret_sums, e) || !write_zip(a, e))
		return false;
	if (fstat(a->fd, &status) != 0)
		return failed(e, "has no size");
	*ret_fd = a->fd;
	*ret_size = status.st_size;
	a->fd = -1;
	return true;
}

bool archive_append(struct arena *a, int64_t now_ms, const char *name, const char *text,
		    const void **bytes, size_t *size, struct err *e)
{
	CLEANUP(archive_cleanup) struct archive *archive = NULL;
	return begin_in_memory(a, now_ms, *bytes, *size, &archive, e) &&
	       put(archive, name, text, strlen(text), e) && write_zip(archive, e) &&
	       read_all(archive, bytes, size, e);
}

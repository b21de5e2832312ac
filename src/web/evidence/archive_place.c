#include "web/evidence/archive_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	int fd;
	off_t read_at, write_at;
	zip_error_t error;
};

static zip_int64_t fault(struct place *p)
{
	zip_error_set(&p->error, ZIP_ER_WRITE, errno);
	return -1;
}

static zip_int64_t tell_state(struct place *p, void *data, zip_uint64_t size)
{
	struct stat status = { 0 };
	zip_stat_t *stat = data;
	if (size < sizeof(*stat) || fstat(p->fd, &status) != 0)
		return fault(p);
	zip_stat_init(stat);
	stat->size = (zip_uint64_t)status.st_size;
	stat->valid |= ZIP_STAT_SIZE;
	return sizeof(*stat);
}

static zip_int64_t seek(struct place *p, off_t *at, void *data, zip_uint64_t size)
{
	struct stat status = { 0 };
	if (fstat(p->fd, &status) != 0)
		return fault(p);
	const zip_int64_t to = zip_source_seek_compute_offset(
		(zip_uint64_t)*at, (zip_uint64_t)status.st_size, data, size, &p->error);
	if (to < 0)
		return -1;
	*at = to;
	return 0;
}

static zip_int64_t take(struct place *p, void *data, zip_uint64_t size)
{
	const ssize_t got = pread(p->fd, data, size, p->read_at);
	if (got < 0)
		return fault(p);
	p->read_at += got;
	return got;
}

static zip_int64_t put(struct place *p, const void *data, zip_uint64_t size)
{
	const ssize_t sent = pwrite(p->fd, data, size, p->write_at);
	if (sent < 0)
		return fault(p);
	p->write_at += sent;
	return sent;
}

/* Nothing is there before it is written, so there is nothing to go back to either. */
static zip_int64_t on_command(void *user, void *data, zip_uint64_t size, zip_source_cmd_t command)
{
	struct place *p = user;
	switch (command) {
	case ZIP_SOURCE_OPEN:
	case ZIP_SOURCE_BEGIN_WRITE: p->read_at = p->write_at = 0; return 0;
	case ZIP_SOURCE_READ: return take(p, data, size);
	case ZIP_SOURCE_WRITE: return put(p, data, size);
	case ZIP_SOURCE_SEEK: return seek(p, &p->read_at, data, size);
	case ZIP_SOURCE_SEEK_WRITE: return seek(p, &p->write_at, data, size);
	case ZIP_SOURCE_TELL: return p->read_at;
	case ZIP_SOURCE_TELL_WRITE: return p->write_at;
	case ZIP_SOURCE_STAT: return tell_state(p, data, size);
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&p->error, data, size);
	case ZIP_SOURCE_CLOSE:
	case ZIP_SOURCE_COMMIT_WRITE:
	case ZIP_SOURCE_ROLLBACK_WRITE:
	case ZIP_SOURCE_REMOVE: return 0;
	case ZIP_SOURCE_FREE: free(p); return 0;
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(
			ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
			ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
			ZIP_SOURCE_SUPPORTS, ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_COMMIT_WRITE,
			ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE,
			ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE, -1);
	default: zip_error_set(&p->error, ZIP_ER_OPNOTSUPP, 0); return -1;
	}
}

bool archive_place_open(const char *folder, zip_source_t **ret, int *ret_fd, struct err *e)
{
	struct place *p = calloc(1, sizeof(*p));
	zip_error_t error;
	const int fd = p ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
	if (fd < 0) {
		free(p);
		return err_set(e, ERR_SYSTEM, "error.system", "no file for an archive: %s",
			       strerrorname_np(errno));
	}
	p->fd = fd;
	zip_error_init(&error);
	*ret = zip_source_function_create(on_command, p, &error);
	zip_error_fini(&error);
	if (!*ret) {
		(void)close(fd);
		free(p);
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for an archive");
	}
	*ret_fd = fd;
	return true;
}

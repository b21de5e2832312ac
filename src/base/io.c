#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <unistd.h>

void io_close(const int *file)
{
	if (*file >= 0)
		(void)close(*file);
}

bool io_write(int file, const void *bytes, size_t size)
{
	const char *at = bytes;
	while (size > 0) {
		const ssize_t done = write(file, at, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		size -= (size_t)done;
	}
	return true;
}

bool io_read(int file, void *bytes, size_t size, size_t *ret_size)
{
	char *at = bytes;
	size_t have = 0;
	while (have < size) {
		const ssize_t got = read(file, at + have, size - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*ret_size = have;
	return true;
}

bool io_read_all(int file, void *bytes, size_t size)
{
	size_t have = 0;
	if (!io_read(file, bytes, size, &have))
		return false;
	if (have < size)
		errno = EIO;
	return have == size;
}

bool io_sync(const char *path)
{
	CLEANUP(io_close) const int file = open(path, O_RDONLY | O_CLOEXEC);
	return file >= 0 && fsync(file) == 0;
}

bool io_sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	const char *end = strrchr(path, '/');
	const size_t size = end ? (size_t)(end - path) : 0;
	if (size >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(folder, path, size);
	folder[size] = '\0';
	return io_sync(!end ? "." : size == 0 ? "/" : folder);
}

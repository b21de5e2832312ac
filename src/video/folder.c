#include "video/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIGITS = FOLDER_NAME_SIZE - 1 };

static bool failed(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "error.system", "the name of the folder of records: %s",
		       strerror(errno));
}

/* Under its own name only when it is whole. */
static bool make_name(int folder, char ret[FOLDER_NAME_SIZE], struct err *e)
{
	static const char fresh[] = FOLDER_NAME_FILE ".new";
	unsigned char random[DIGITS / 2];
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(ret, FOLDER_NAME_SIZE, random, sizeof(random));
	const int fd =
		openat(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	bool ok = fd >= 0 && write(fd, ret, DIGITS) == DIGITS && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	ok = ok && renameat(folder, fresh, folder, FOLDER_NAME_FILE) == 0 && fsync(folder) == 0;
	return ok || failed(e);
}

static bool read_name(int folder, char ret[FOLDER_NAME_SIZE], struct err *e)
{
	char there[FOLDER_NAME_SIZE + 1] = "";
	const int fd = openat(folder, FOLDER_NAME_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		*ret = '\0';
		return true;
	}
	const ssize_t size = fd < 0 ? -1 : read(fd, there, sizeof(there));
	if (size < 0)
		(void)failed(e);
	if (fd >= 0)
		(void)close(fd);
	if (size < 0)
		return false;
	if (size != DIGITS || strspn(there, "0123456789abcdef") != DIGITS)
		return err_set(e, ERR_CONFLICT, "video.error.folder",
			       "the folder's name is none: " FOLDER_NAME_FILE);
	memcpy(ret, there, FOLDER_NAME_SIZE);
	return true;
}

bool folder_name(const char *folder, bool make, char ret[FOLDER_NAME_SIZE], struct err *e)
{
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(e);
	const bool ok = read_name(fd, ret, e) && (*ret || !make || make_name(fd, ret, e));
	(void)close(fd);
	return ok;
}

/* io_test.c - all of it or a failure, whatever a pipe gives at once; what is synced is there. */
#include "base/io.h"

#include "base_test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE = 1 << 20 }; /* more than a pipe holds */

struct feed {
	int file;
	const char *bytes;
	size_t size;
};

static void *feed(void *user)
{
	const struct feed *f = user;
	assert_true(io_write(f->file, f->bytes, f->size));
	io_close(&f->file);
	return NULL;
}

/* The reader of a pipe gets at most 64 KiB a time, the writer waits in the middle. */
static void through_a_pipe(size_t ask, size_t expected)
{
	int pipes[2];
	size_t got = 0;
	pthread_t thread;
	char *sent = malloc(LARGE);
	char *bytes = calloc(1, ask);
	assert_non_null(sent);
	assert_non_null(bytes);
	for (size_t i = 0; i < LARGE; i++)
		sent[i] = (char)(i * 7 % 251);
	assert_int_equal(pipe(pipes), 0);
	struct feed f = { pipes[1], sent, LARGE };
	assert_int_equal(pthread_create(&thread, NULL, feed, &f), 0);
	assert_true(io_read(pipes[0], bytes, ask, &got));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(got, expected);
	assert_memory_equal(bytes, sent, expected);
	io_close(&pipes[0]);
	free(sent);
	free(bytes);
}

static void pieces_become_whole(void **state)
{
	(void)state;
	through_a_pipe(LARGE, LARGE);
	through_a_pipe(LARGE + 1, LARGE);
}

static void what_ends_early_is_told(void **state)
{
	(void)state;
	int pipes[2];
	char bytes[8];
	assert_int_equal(pipe(pipes), 0);
	assert_true(io_write(pipes[1], "seven77", 7));
	io_close(&pipes[1]);
	assert_false(io_read_all(pipes[0], bytes, sizeof(bytes)));
	assert_int_equal(errno, EIO);
	io_close(&pipes[0]);
}

static void what_cannot_be_is_a_failure(void **state)
{
	(void)state;
	char bytes[8];
	size_t got = 77;
	const int none = -1;
	CLEANUP(io_close) const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_false(io_write(full, "x", 1));
	assert_int_equal(errno, ENOSPC);
	assert_true(io_write(full, "", 0));
	assert_false(io_read(none, bytes, sizeof(bytes), &got));
	assert_int_equal(got, 77); /* written only on success */
	io_close(&none);
}

static void files_and_folders_are_synced(void **state)
{
	(void)state;
	char name[] = "/tmp/konkurs-io-XXXXXX";
	char file[64];
	assert_non_null(mkdtemp(name));
	(void)snprintf(file, sizeof(file), "%s/file", name);
	assert_true(io_sync(name));
	assert_true(io_sync_folder_of(file)); /* it need not be there yet */
	assert_true(io_sync_folder_of("here"));
	assert_true(io_sync_folder_of("/here"));
	assert_false(io_sync(file));
	assert_int_equal(errno, ENOENT);
	const int made = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	assert_true(made >= 0);
	io_close(&made);
	assert_true(io_sync(file));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(name), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_become_whole),
		cmocka_unit_test(what_ends_early_is_told),
		cmocka_unit_test(what_cannot_be_is_a_failure),
		cmocka_unit_test(files_and_folders_are_synced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "proxy.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAIRS_MOST = 8, BUFFER = 65536, TICK_MS = 20, FOLDER_SIZE = 40 };

struct pair {
	int client, server;
	bool cutting; /* the next answer of the server is the one of COMMIT */
};

struct proxy {
	char folder[FOLDER_SIZE];
	struct sockaddr_un server;
	int listener;
	pthread_t thread;
	atomic_int mode;
	atomic_bool stopping;
	struct pair pair[PAIRS_MOST];
	size_t count;
};

static void drop(struct proxy *p, size_t i)
{
	(void)close(p->pair[i].client);
	(void)close(p->pair[i].server);
	p->pair[i] = p->pair[--p->count];
}

static void take(struct proxy *p)
{
	const int client = accept(p->listener, NULL, NULL);
	const int server = socket(AF_UNIX, SOCK_STREAM, 0);
	if (client < 0 || server < 0 || p->mode == PROXY_REFUSE || p->count == PAIRS_MOST ||
	    connect(server, (const struct sockaddr *)&p->server, sizeof(p->server)) != 0) {
		(void)close(client);
		(void)close(server);
		return;
	}
	p->pair[p->count++] = (struct pair){ client, server, false };
}

static bool write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		const ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

/* Whether the pair lives on.  A connection says the word when it prepares the statement, which is
 * at its first commit. */
static bool pass(struct proxy *p, struct pair *pair, bool from_client)
{
	static char bytes[BUFFER];
	const ssize_t n = read(from_client ? pair->client : pair->server, bytes, sizeof(bytes));
	if (n <= 0)
		return false;
	const bool commit = from_client && memmem(bytes, (size_t)n, "COMMIT", 6);
	if (p->mode == PROXY_CUT_REQUEST && commit) {
		p->mode = PROXY_REFUSE;
		return false;
	}
	if (pair->cutting && !from_client) {
		p->mode = PROXY_REFUSE;
		return false;
	}
	pair->cutting = pair->cutting || (p->mode == PROXY_CUT_REPLY && commit);
	return write_all(from_client ? pair->server : pair->client, bytes, (size_t)n);
}

static void *work(void *user)
{
	struct proxy *p = user;
	while (!p->stopping) {
		struct pollfd f[1 + 2 * PAIRS_MOST] = { { p->listener, POLLIN, 0 } };
		for (size_t i = 0; i < p->count; i++) {
			f[1 + 2 * i] = (struct pollfd){ p->pair[i].client, POLLIN, 0 };
			f[2 + 2 * i] = (struct pollfd){ p->pair[i].server, POLLIN, 0 };
		}
		if (p->mode == PROXY_SILENT) {
			(void)usleep(TICK_MS * 1000);
			continue;
		}
		const size_t count = p->count;
		if (poll(f, 1 + 2 * count, TICK_MS) <= 0 || p->mode == PROXY_SILENT)
			continue;
		for (size_t i = count; i-- > 0;) {
			if ((f[1 + 2 * i].revents && !pass(p, &p->pair[i], true)) ||
			    (f[2 + 2 * i].revents && !pass(p, &p->pair[i], false)))
				drop(p, i);
		}
		if (f[0].revents)
			take(p);
	}
	return NULL;
}

struct proxy *proxy_start(const char *server)
{
	struct proxy *p = calloc(1, sizeof(*p));
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	(void)snprintf(p->folder, sizeof(p->folder), "/tmp/konkurs-proxy-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->server.sun_family = AF_UNIX;
	(void)snprintf(p->server.sun_path, sizeof(p->server.sun_path), "%s", server);
	(void)snprintf(own.sun_path, sizeof(own.sun_path), "%s/.s.PGSQL.5432", p->folder);
	p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(p->listener >= 0);
	assert_int_equal(bind(p->listener, (const struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(listen(p->listener, PAIRS_MOST), 0);
	assert_int_equal(pthread_create(&p->thread, NULL, work, p), 0);
	return p;
}

void proxy_stop(struct proxy *p)
{
	char path[sizeof(p->folder) + 20];
	p->stopping = true;
	assert_int_equal(pthread_join(p->thread, NULL), 0);
	while (p->count > 0)
		drop(p, 0);
	(void)close(p->listener);
	(void)snprintf(path, sizeof(path), "%s/.s.PGSQL.5432", p->folder);
	(void)unlink(path);
	(void)rmdir(p->folder);
	free(p);
}

const char *proxy_folder(const struct proxy *p)
{
	return p->folder;
}

void proxy_set(struct proxy *p, enum proxy_mode mode)
{
	p->mode = (int)mode;
}

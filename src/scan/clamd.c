#include "scan/clamd.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

/* One call: a connection, and when it has to be over. */
struct talk {
	int fd;
	int64_t end_ms;
};

/* Until the other side can take or give; false when the time is over. */
static bool wait_for(const struct talk *t, short what)
{
	struct pollfd p = { .fd = t->fd, .events = what };
	for (;;) {
		const int64_t left = t->end_ms - clock_monotonic_ms();
		if (left <= 0)
			return false;
		const int ready = poll(&p, 1, (int)left);
		if (ready > 0)
			return true;
		if (ready == 0 || errno != EINTR)
			return false;
	}
}

/* A full queue of clamd is EAGAIN at once: as good as away, and tried again later. */
static bool call(const struct clamd *c, struct talk *t)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (strlen(c->socket) >= sizeof(to.sun_path))
		return false;
	(void)memcpy(to.sun_path, c->socket, strlen(c->socket) + 1);
	t->end_ms = clock_monotonic_ms() + c->timeout_ms;
	t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return t->fd >= 0 && connect(t->fd, (const struct sockaddr *)&to, sizeof(to)) == 0;
}

static void hang_up(struct talk *t)
{
	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
}

static bool send_all(const struct talk *t, const void *bytes, size_t size)
{
	const char *at = bytes;
	while (size > 0) {
		const ssize_t sent = send(t->fd, at, size, MSG_NOSIGNAL);
		if (sent >= 0) {
			at += sent;
			size -= (size_t)sent;
		} else if ((errno != EAGAIN && errno != EINTR) || !wait_for(t, POLLOUT)) {
			return false;
		}
	}
	return true;
}

/* Up to its NUL, which has to be the last byte before the other side closes; 0: no such answer. */
static size_t receive(const struct talk *t, char answer[CLAMD_ANSWER_MOST + 1])
{
	size_t size = 0;
	while (size <= CLAMD_ANSWER_MOST) {
		const ssize_t got = recv(t->fd, answer + size, CLAMD_ANSWER_MOST + 1 - size, 0);
		/* who shuts the door with bytes unread resets; what was said before counts */
		if (got == 0 || (got < 0 && errno == ECONNRESET))
			return size;
		if (got > 0)
			size += (size_t)got;
		else if ((errno != EAGAIN && errno != EINTR) || !wait_for(t, POLLIN))
			return 0;
	}
	return 0;
}

bool clamd_version(const struct clamd *c, struct clamd_version *ret)
{
	static const char ask[] = "zVERSION"; /* its NUL ends it */
	char answer[CLAMD_ANSWER_MOST + 1];
	struct talk t = { .fd = -1 };
	size_t size = 0;
	if (call(c, &t) && send_all(&t, ask, sizeof(ask)))
		size = receive(&t, answer);
	hang_up(&t);
	return clamd_read_version(answer, size, ret);
}

/* Each chunk with its length before it, in the order of the network; one of length 0 ends. */
static bool send_stream(const struct talk *t, const char *bytes, size_t size)
{
	static const char ask[] = "zINSTREAM";
	bool ok = send_all(t, ask, sizeof(ask));
	while (ok) {
		const size_t part = size < CHUNK ? size : CHUNK;
		const uint32_t length = htonl((uint32_t)part);
		ok = send_all(t, &length, sizeof(length)) && send_all(t, bytes, part);
		if (part == 0)
			break;
		bytes += part;
		size -= part;
	}
	return ok;
}

enum clamd_verdict clamd_scan(const struct clamd *c, const void *bytes, size_t size,
			      char ret_found[CLAMD_NAME_SIZE])
{
	char answer[CLAMD_ANSWER_MOST + 1];
	struct talk t = { .fd = -1 };
	ret_found[0] = '\0';
	if (!call(c, &t)) {
		hang_up(&t);
		return CLAMD_AWAY;
	}
	/* What is too large is answered before it is all sent, and then the door is shut. */
	const bool sent = send_stream(&t, bytes, size);
	const size_t got = receive(&t, answer);
	hang_up(&t);
	const enum clamd_verdict verdict = clamd_read_verdict(answer, got, ret_found);
	return sent || verdict == CLAMD_TOO_LARGE ? verdict : CLAMD_AWAY;
}

/* The load generator against a server of a few lines: what it counts, that a standstill is seen
 * in the times of all that were due meanwhile, and that a gap is found. */
#include "bench/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { MS = 1000 * 1000, STILL_MS = 200, REQUESTS = 50 };

/* Answers one connection: "ok", but "no" to every tenth, and stands still before the fifth. */
struct stub {
	int listener;
	uint16_t port;
	pthread_t thread;
	bool hangs_up; /* after the third request */
};

static void answer(int fd, int number)
{
	static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	static const char bad[] = "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno";
	const char *text = number % 10 == 9 ? bad : good;
	if (number == 4)
		(void)usleep(STILL_MS * 1000);
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void *serve(void *user)
{
	struct stub *s = user;
	char request[256];
	int fd = accept(s->listener, NULL, NULL);
	for (int number = 0; recv(fd, request, sizeof(request), 0) > 0; number++) {
		if (s->hangs_up && number == 3)
			break;
		answer(fd, number);
	}
	(void)close(fd);
	return NULL;
}

static struct stub open_stub(bool hangs_up)
{
	struct stub s = { .hangs_up = hangs_up };
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	s.listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s.listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(s.listener, 8), 0);
	assert_int_equal(getsockname(s.listener, (struct sockaddr *)&address, &size), 0);
	s.port = ntohs(address.sin_port);
	return s;
}

static struct load_figures *run(struct stub *s, const struct load_plan *plan)
{
	struct load_figures *f = NULL;
	struct err e = { 0 };
	struct load_plan with_port = *plan;
	with_port.port = s->port;
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	assert_true(load_run(&with_port, &f, &e));
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	(void)close(s->listener);
	return f;
}

struct script {
	int sent;
	int64_t begin_ns, pace_ns; /* 0: as fast as it goes */
};

static bool due(void *user, size_t client, int64_t now_ns, int64_t *ret_ns)
{
	struct script *s = user;
	(void)client;
	if (s->begin_ns == 0)
		s->begin_ns = now_ns;
	if (s->pace_ns > 0)
		*ret_ns = s->begin_ns + s->sent * s->pace_ns;
	return s->sent < REQUESTS;
}

static void make(void *user, size_t client, struct load_request *ret)
{
	struct script *s = user;
	(void)client;
	s->sent++;
	*ret = (struct load_request){ .bytes = "GET / HTTP/1.1\r\n\r\n", .size = 18 };
}

static bool answered(void *user, size_t client, unsigned kind, const struct reply *reply)
{
	(void)user;
	(void)client;
	(void)kind;
	return reply->status == 200;
}

static void test_closed_loop(void **state)
{
	struct stub s = open_stub(false);
	struct script script = { 0 };
	(void)state;
	const struct load_plan plan = { .clients = 1, .script = { due, make, answered, &script } };
	struct load_figures *f = run(&s, &plan);
	assert_int_equal(f->counted[0], REQUESTS - REQUESTS / 10);
	assert_int_equal(f->refused[0], REQUESTS / 10);
	assert_int_equal(load_refused(f), REQUESTS / 10);
	assert_int_equal(f->first_refusal, 409);
	assert_int_equal(f->unanswered, 0);
	/* the standstill is one slow answer here, and a gap */
	assert_true(f->latency[0].most >= STILL_MS * 1000);
	assert_true(histogram_quantile(&f->latency[0], 0.9) < STILL_MS * 1000 / 2);
	assert_true(f->longest_gap_ns >= STILL_MS * (int64_t)MS);
	assert_true(load_rate(f, 0) > 0);
	free(f);
}

/* One request every 5 ms: some 40 were due while the server stood still, and all of them waited. */
static void test_open_loop_counts_the_wait(void **state)
{
	struct stub s = open_stub(false);
	struct script script = { .pace_ns = 5 * MS };
	(void)state;
	const struct load_plan plan = { .clients = 1, .script = { due, make, answered, &script } };
	struct load_figures *f = run(&s, &plan);
	assert_true(histogram_quantile(&f->latency[0], 0.5) > STILL_MS * 1000 / 4);
	free(f);
}

static void test_length_ends_it(void **state)
{
	struct stub s = open_stub(false);
	struct script script = { .pace_ns = 5 * MS };
	(void)state;
	const struct load_plan plan = { .clients = 1,
					.length_ns = 20 * MS,
					.cold = true,
					.script = { due, make, answered, &script } };
	struct load_figures *f = run(&s, &plan);
	assert_int_equal(f->counted[0], 4);
	assert_int_equal(script.sent, 4); /* nothing is made that is not sent */
	free(f);
}

static void test_hang_up_is_unanswered(void **state)
{
	struct stub s = open_stub(true);
	struct script script = { 0 };
	(void)state;
	const struct load_plan plan = { .clients = 1, .script = { due, make, answered, &script } };
	struct load_figures *f = run(&s, &plan);
	assert_int_equal(f->counted[0], 3);
	assert_int_equal(f->unanswered, 1);
	assert_int_equal(load_refused(f), 1);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed_loop),
		cmocka_unit_test(test_open_loop_counts_the_wait),
		cmocka_unit_test(test_length_ends_it),
		cmocka_unit_test(test_hang_up_is_unanswered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "web/watch/ask.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct ask {
	pthread_mutex_t lock; /* of all below but `event` */
	pthread_cond_t answered;
	struct event *event;
	int descriptor; /* readable: there is a question */
	ask_fn *answer;
	void *user;
	uint64_t asked, done; /* questions */
	int64_t owed_ms;      /* monotonic: the oldest without an answer; 0 none */
	struct arena *text_in;
	const char *text; /* the newest answer */
};

/* All who have asked until now get the same. */
static void on_question(evutil_socket_t fd, short what, void *user)
{
	struct ask *q = user;
	uint64_t ignored = 0;
	struct arena *a = arena_new();
	(void)what;
	if (read(fd, &ignored, sizeof(ignored)) < 0)
		ignored = 0; /* it was counted already */
	const char *text = q->answer(q->user, a);
	(void)pthread_mutex_lock(&q->lock);
	arena_free(q->text_in);
	q->text_in = a;
	q->text = text;
	q->done = q->asked;
	q->owed_ms = 0;
	(void)pthread_cond_broadcast(&q->answered);
	(void)pthread_mutex_unlock(&q->lock);
}

static void init_locks(struct ask *q)
{
	pthread_condattr_t monotonic;
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->answered, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
}

bool ask_open(struct event_base *loop, ask_fn *answer, void *user, struct ask **ret, struct err *e)
{
	struct ask *q = calloc(1, sizeof(*q));
	if (!q)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	init_locks(q);
	q->answer = answer;
	q->user = user;
	q->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (q->descriptor >= 0)
		q->event = event_new(loop, q->descriptor, EV_READ | EV_PERSIST, on_question, q);
	if (!q->event || event_add(q->event, NULL) != 0) {
		ask_close(q);
		return err_set(e, ERR_SYSTEM, "error.system", "no questions to the loop");
	}
	*ret = q;
	return true;
}

void ask_close(struct ask *q)
{
	if (!q)
		return;
	if (q->event)
		event_free(q->event);
	if (q->descriptor >= 0)
		(void)close(q->descriptor);
	arena_free(q->text_in);
	(void)pthread_cond_destroy(&q->answered);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

static struct timespec from_now(int ms)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

const char *ask_loop(struct ask *q, int ms, struct arena *a)
{
	const uint64_t one = 1;
	const struct timespec until = from_now(ms);
	int end = 0;
	(void)pthread_mutex_lock(&q->lock);
	if (q->done == q->asked)
		q->owed_ms = clock_monotonic_ms();
	const uint64_t number = ++q->asked;
	if (write(q->descriptor, &one, sizeof(one)) < 0)
		end = 0; /* the counter is full: it is readable already */
	while (q->done < number && end == 0)
		end = pthread_cond_timedwait(&q->answered, &q->lock, &until);
	const char *text = q->done >= number ? arena_copy(a, q->text) : NULL;
	(void)pthread_mutex_unlock(&q->lock);
	return text;
}

int64_t ask_silent_ms(struct ask *q)
{
	(void)pthread_mutex_lock(&q->lock);
	const int64_t owed_ms = q->owed_ms;
	(void)pthread_mutex_unlock(&q->lock);
	return owed_ms == 0 ? 0 : clock_monotonic_ms() - owed_ms;
}

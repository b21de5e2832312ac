#include "web/http/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Of a database on a server.  A statement of an export takes its time; but who has asked for it
 * waits no longer, and a server that stands still must not keep the thread.  One that is away is
 * waited for in the loop. */
enum { ANSWER_MS = 30 * 1000, WAIT_MS = 1000 };

/* A ring of calls; at most WORKER_QUEUE_MOST are anywhere in the room. */
struct ring {
	struct call *call[WORKER_QUEUE_MOST];
	size_t first, count;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct ring waiting, done;
	size_t inside; /* given and not yet taken */
	bool ending;
	int descriptor;
	int count; /* threads that run */
	struct {
		pthread_t thread;
		struct db *db;
	} worker[WORKERS_MOST];
};

static void put(struct ring *ring, struct call *c)
{
	ring->call[(ring->first + ring->count++) % WORKER_QUEUE_MOST] = c;
}

static struct call *get(struct ring *ring)
{
	if (ring->count == 0)
		return NULL;
	struct call *c = ring->call[ring->first];
	ring->first = (ring->first + 1) % WORKER_QUEUE_MOST;
	ring->count--;
	return c;
}

static struct call *next_waiting(struct workers *w)
{
	(void)pthread_mutex_lock(&w->lock);
	while (w->waiting.count == 0 && !w->ending)
		(void)pthread_cond_wait(&w->wake, &w->lock);
	struct call *c = get(&w->waiting);
	(void)pthread_mutex_unlock(&w->lock);
	return c;
}

static void hand_back(struct workers *w, struct call *c)
{
	const uint64_t one = 1;
	(void)pthread_mutex_lock(&w->lock);
	put(&w->done, c);
	(void)pthread_mutex_unlock(&w->lock);
	/* A counter that is full is readable all the same. */
	if (write(w->descriptor, &one, sizeof(one)) < 0)
		return;
}

struct work {
	struct workers *room;
	struct db *db;
};

/* Whether it failed because its connection was lost: nothing that it has read counts. */
static bool read_lost(const struct call *c, const struct work *work)
{
	return c->err.kind == ERR_BUSY && db_is_lost(work->db);
}

/* A lost connection is no failure of the call: once more by a new one, and if there is none the
 * loop gives it again when the database is back. */
static void run_call(struct call *c, const struct work *work)
{
	enum { TRIES = 2 };
	const struct call before = *c;
	for (int i = 0; i < TRIES; i++) {
		call_slow(c, work->db);
		c->slow_done = true;
		if (!read_lost(c, work))
			return;
		call_again(c, &before);
	}
	c->read_lost = true;
}

static void *run_worker(void *argument)
{
	struct work work = *(struct work *)argument;
	free(argument);
	struct call *c = NULL;
	while ((c = next_waiting(work.room))) {
		if (call_fetches(c))
			call_fetch(c, work.db);
		else
			run_call(c, &work);
		hand_back(work.room, c);
	}
	return NULL;
}

static bool start(struct workers *w, const char *database, struct err *e)
{
	struct work *work = malloc(sizeof(*work));
	if (!work)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	struct db **db = &w->worker[w->count].db;
	if (!db_open_read_only(database, db, e) ||
	    (db_is_server(database) &&
	     (!db_wait_most(*db, WAIT_MS, e) || !db_answer_most(*db, ANSWER_MS, e)))) {
		db_close(*db);
		free(work);
		return false;
	}
	*work = (struct work){ w, w->worker[w->count].db };
	if (pthread_create(&w->worker[w->count].thread, NULL, run_worker, work) != 0) {
		free(work);
		db_close(w->worker[w->count].db);
		return err_set(e, ERR_SYSTEM, "error.system", "no thread for a worker");
	}
	w->count++;
	return true;
}

bool workers_open(const char *database, int count, struct workers **ret, struct err *e)
{
	struct workers *w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->wake, NULL);
	w->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	bool ok = w->descriptor >= 0 ||
		  err_set(e, ERR_SYSTEM, "error.system", "no eventfd for the workers");
	for (int i = 0; ok && i < count && i < WORKERS_MOST; i++)
		ok = start(w, database, e);
	if (!ok) {
		workers_close(w);
		return false;
	}
	*ret = w;
	return true;
}

void workers_close(struct workers *w)
{
	if (!w)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->ending = true;
	(void)pthread_cond_broadcast(&w->wake);
	(void)pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < w->count; i++) {
		(void)pthread_join(w->worker[i].thread, NULL);
		db_close(w->worker[i].db);
	}
	struct call *c = NULL;
	while ((c = get(&w->done)))
		call_free(c);
	(void)pthread_cond_destroy(&w->wake);
	(void)pthread_mutex_destroy(&w->lock);
	if (w->descriptor >= 0)
		(void)close(w->descriptor);
	free(w);
}

bool workers_give(struct workers *w, struct call *c)
{
	(void)pthread_mutex_lock(&w->lock);
	bool room = w->count > 0 && w->inside < WORKER_QUEUE_MOST;
	if (room) {
		w->inside++;
		put(&w->waiting, c);
		(void)pthread_cond_signal(&w->wake);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return room;
}

size_t workers_inside(struct workers *w)
{
	(void)pthread_mutex_lock(&w->lock);
	const size_t inside = w->inside;
	(void)pthread_mutex_unlock(&w->lock);
	return inside;
}

int workers_descriptor(const struct workers *w)
{
	return w->descriptor;
}

struct call *workers_take(struct workers *w)
{
	uint64_t ignored = 0;
	(void)pthread_mutex_lock(&w->lock);
	struct call *c = get(&w->done);
	if (c)
		w->inside--;
	else if (read(w->descriptor, &ignored, sizeof(ignored)) < 0)
		ignored = 0; /* nothing to read is what we want to find */
	(void)pthread_mutex_unlock(&w->lock);
	return c;
}

/* video_film.c - the second thread: films of closed segments, one after another (F71, F72).
 *
 * Which one is next the rows say: nothing waits in memory, however far it is behind. */
#include "cli/video.h"

#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	PATH_SIZE = 256,
	BEHIND = 10,
	REST_MS = 30 * 1000,
	LOOK_MS = 1000,
	FAILED_MOST = 32,
	END_MOST_S = 10
};

struct job {
	int64_t segment, wall_ms;
	char sound[PATH_SIZE], picture[PATH_SIZE], film[PATH_SIZE];
};

struct outcome {
	bool ok;
	struct film film;
	int64_t size;
	unsigned char hash[FOLLOW_HASH_SIZE];
	struct err why;
};

struct desk_film {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t change;
	const char *records;
	enum { FILM_FREE, FILM_GIVEN, FILM_DONE, FILM_ENDS } state; /* under the lock */
	struct job job;
	struct outcome outcome;
	/* of the loop alone: */
	int64_t rests_until, looked_at;
	int64_t failed[FAILED_MOST]; /* segments that are left alone for now */
	size_t failed_next;
};

/* ---- the thread ---------------------------------------------------------------------------- */

static struct outcome make(const struct desk_film *f, const struct job *job)
{
	struct outcome o = { .size = -1 };
	const struct film_parts parts = { .folder = f->records,
					  .sound = *job->sound ? job->sound : NULL,
					  .picture = *job->picture ? job->picture : NULL,
					  .wall_ms = job->wall_ms };
	o.ok = film_make(&parts, job->film, &o.film, &o.why) &&
	       follow_whole(f->records, job->film, &o.size, o.hash, &o.why);
	return o;
}

static void *work(void *user)
{
	struct desk_film *f = user;
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), BEHIND);
	(void)pthread_mutex_lock(&f->lock);
	while (f->state != FILM_ENDS) {
		if (f->state != FILM_GIVEN) {
			(void)pthread_cond_wait(&f->change, &f->lock);
			continue;
		}
		const struct job job = f->job;
		(void)pthread_mutex_unlock(&f->lock);
		const struct outcome done = make(f, &job);
		(void)pthread_mutex_lock(&f->lock);
		f->outcome = done;
		if (f->state != FILM_ENDS)
			f->state = FILM_DONE;
	}
	(void)pthread_mutex_unlock(&f->lock);
	return NULL;
}

bool desk_film_open(struct desk *d, struct err *e)
{
	struct desk_film *f = calloc(1, sizeof(*f));
	if (!f)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for films");
	f->records = d->records;
	(void)pthread_mutex_init(&f->lock, NULL);
	(void)pthread_cond_init(&f->change, NULL);
	if (pthread_create(&f->thread, NULL, work, f) != 0) {
		free(f);
		return err_set(e, ERR_SYSTEM, "error.system", "no thread for films");
	}
	d->film = f;
	return true;
}

static void set(struct desk_film *f, int state)
{
	(void)pthread_mutex_lock(&f->lock);
	f->state = state;
	(void)pthread_cond_signal(&f->change);
	(void)pthread_mutex_unlock(&f->lock);
}

static int state_of(struct desk_film *f)
{
	(void)pthread_mutex_lock(&f->lock);
	const int state = f->state;
	(void)pthread_mutex_unlock(&f->lock);
	return state;
}

void desk_film_close(struct desk *d)
{
	struct desk_film *f = d->film;
	if (!f)
		return;
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += END_MOST_S;
	set(f, FILM_ENDS);
	if (pthread_timedjoin_np(f->thread, NULL, &until) != 0)
		return; /* a program that hangs ends with this process */
	(void)pthread_cond_destroy(&f->change);
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
	d->film = NULL;
}

/* ---- the loop ------------------------------------------------------------------------------ */

static bool has_failed(const struct desk_film *f, int64_t segment)
{
	for (size_t i = 0; i < FAILED_MOST; i++) {
		if (f->failed[i] == segment)
			return true;
	}
	return false;
}

/* A program that is missing, or hangs: this one comes again when others have been tried. */
static void put_off(struct desk_film *f)
{
	log_failure("a film", &f->outcome.why);
	f->failed[f->failed_next++ % FAILED_MOST] = f->job.segment;
	f->rests_until = clock_monotonic_ms() + REST_MS;
}

static bool journal(struct desk *d, struct desk_film *f, struct err *e)
{
	const struct outcome *o = &f->outcome;
	struct video_finding findings[FILM_FINDINGS_MOST];
	const bool there = o->size > 0;
	const struct video_piece film = { there ? f->job.film : "", there ? o->size : 0,
					  there ? act_hex(d->act.arena, o->hash, sizeof(o->hash))
						: "" };
	for (size_t i = 0; i < o->film.finding_count; i++)
		findings[i] = (struct video_finding){ film_fault_name(o->film.findings[i].fault),
						      o->film.findings[i].from_ms,
						      o->film.findings[i].until_ms };
	return video_segment_checked(&d->act, f->job.segment, &film, o->film.length_ms, findings,
				     o->film.finding_count, e);
}

static bool copy(char to[PATH_SIZE], const char *from)
{
	const size_t size = strlen(from);
	if (size >= PATH_SIZE)
		return false;
	memcpy(to, from, size + 1);
	return true;
}

static bool give(struct desk *d, struct desk_film *f, const json_t *row)
{
	struct job job = { .segment = row_number(row, "id"),
			   .wall_ms = row_number(row, "until_ms") - row_number(row, "from_ms") };
	const char *base = video_file_base(d->act.arena, row_number(row, "room_id"),
					   row_number(row, "source_id"), row_number(row, "number"));
	if (!copy(job.sound, row_text(row, "audio_file")) ||
	    !copy(job.picture, row_text(row, "video_file")) ||
	    !copy(job.film, arena_print(d->act.arena, "%s.webm", base)))
		return false;
	f->job = job;
	set(f, FILM_GIVEN);
	return true;
}

static bool next(struct desk *d, struct desk_film *f, struct err *e)
{
	const int64_t now = clock_monotonic_ms();
	json_t *rows = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (now < f->rests_until || now - f->looked_at < LOOK_MS)
		return true;
	f->looked_at = now;
	if (!video_segments_open(&d->act, d->place, d->leads, &rows, e))
		return false;
	json_array_foreach (rows, i, row) {
		if (strcmp(row_text(row, "state"), "closed") == 0 &&
		    !has_failed(f, row_number(row, "id")) && give(d, f, row))
			return true;
	}
	memset(f->failed, 0, sizeof(f->failed)); /* all others are done: these again */
	return true;
}

bool desk_film_step(struct desk *d, struct err *e)
{
	struct desk_film *f = d->film;
	const int state = state_of(f);
	if (state == FILM_DONE) {
		if (!f->outcome.ok)
			put_off(f);
		else if (!journal(d, f, e))
			return false; /* again at the next turn */
		set(f, FILM_FREE);
		f->looked_at = 0;
	}
	return state == FILM_GIVEN || next(d, f, e);
}

#include "video_desk.h"

#include "app/video/line.h"
#include "app/video/work.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 30000, NAP_MS = 50 };

struct desk_words desk_words;

void desk_must(bool ok, const struct err *e, const char *call)
{
	if (!ok)
		fail_msg("%s: %s %s", call, e->key, e->detail);
}

/* ---- the process --------------------------------------------------------------------------- */

static pid_t start(struct desk *d, char *records, struct janus_made *janus)
{
	char secrets[96];
	(void)snprintf(secrets, sizeof(secrets), "%s/secrets", janus->folder);
	char *const words[] = { (char[]){ KONKURS_PROGRAM },
				(char[]){ "video" },
				(char[]){ "--db" },
				d->db,
				(char[]){ "--janus" },
				janus->url,
				(char[]){ "--janus-secrets" },
				secrets,
				(char[]){ "--records" },
				records,
				NULL };
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	const int to = open(d->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (to < 0 || dup2(to, STDOUT_FILENO) < 0 || dup2(to, STDERR_FILENO) < 0)
		_exit(126);
	(void)execv(words[0], words);
	_exit(127);
}

void desk_run(struct desk *d)
{
	d->pid = start(d, d->records, d->janus);
}

void desk_run_second(struct desk *d)
{
	d->second = start(d, d->elsewhere, d->other);
}

int desk_end(pid_t *pid, int how)
{
	int status = 0;
	if (*pid <= 0)
		return 0;
	assert_int_equal(kill(*pid, how), 0);
	while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
	}
	*pid = 0;
	return status;
}

void desk_until(struct desk *d, const char *why, bool (*so)(struct desk *d))
{
	const struct timespec step = { 0, NAP_MS * 1000000L };
	for (int ms = 0; ms < WAIT_MS; ms += NAP_MS) {
		if (so(d))
			return;
		(void)nanosleep(&step, NULL);
	}
	FILE *f = fopen(d->log, "r");
	char line[256];
	while (f && fgets(line, sizeof(line), f))
		print_message("# %s", line);
	if (f)
		(void)fclose(f);
	fail_msg("%s: not in %d ms", why, WAIT_MS);
}

/* ---- the database -------------------------------------------------------------------------- */

struct act desk_act(const struct desk *d)
{
	return harness_act(d->h, 0);
}

const char *desk_word(const json_t *rows)
{
	return row_text(json_array_get(rows, 0), "word");
}

bool desk_room_is_open(struct desk *d)
{
	return strcmp(WORD(d, "SELECT state AS word FROM video_room WHERE id = $1",
			   db_int(d->room)),
		      "open") == 0;
}

static bool line_is(struct desk *d, const char *state)
{
	return strcmp(WORD(d, "SELECT state AS word FROM video_line ORDER BY id DESC LIMIT $1",
			   db_int(1)),
		      state) == 0;
}

bool desk_line_is_told(struct desk *d)
{
	return line_is(d, "told");
}

bool desk_line_is_down(struct desk *d)
{
	return line_is(d, "down");
}

bool desk_segment_is_checked(struct desk *d)
{
	return strcmp(WORD(d, "SELECT state AS word FROM video_segment ORDER BY id LIMIT $1",
			   db_int(1)),
		      "checked") == 0;
}

/* ---- before and after ---------------------------------------------------------------------- */

struct desk *desk_open(struct janus_made *janus, struct janus_made *other)
{
	struct desk *d = calloc(1, sizeof(*d));
	struct video_source s = { 0 };
	struct err e = { 0 };
	assert_non_null(d);
	d->janus = janus;
	d->other = other;
	(void)snprintf(d->folder, sizeof(d->folder), "/tmp/konkurs-desk-XXXXXX");
	assert_non_null(mkdtemp(d->folder));
	test_db_place(d->db);
	(void)snprintf(d->records, sizeof(d->records), "%s/records", d->folder);
	(void)snprintf(d->log, sizeof(d->log), "%s/log", d->folder);
	(void)snprintf(d->elsewhere, sizeof(d->elsewhere), "%s/elsewhere", d->folder);
	d->h = harness_open_file(d->db);
	d->hall = hall_open(d->h);
	d->h->site.clock = clock_real(); /* the process has its own: that of the machine */
	const struct act act = desk_act(d);
	MUST(video_tell(&act, "", 1LL << 40, 0, &e));
	MUST(video_room_want(&act, d->hall.sitting, 0, "hall", &d->room, &e));
	MUST(video_source_want(&act, d->room, "hall", 1, &s, &e));
	d->camera = s.id;
	return d;
}

static int forget(const char *path, const struct stat *is, int what, struct FTW *at)
{
	(void)is;
	(void)what;
	(void)at;
	return remove(path);
}

void desk_close(struct desk *d)
{
	(void)desk_end(&d->pid, SIGKILL);
	(void)desk_end(&d->second, SIGKILL);
	harness_close(d->h);
	test_db_remove(d->db);
	assert_int_equal(nftw(d->folder, forget, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(d);
}

static const char *offer(struct desk *d)
{
	char *text = arena_alloc(d->h->arena, VIDEO_SDP_MOST);
	FILE *f = fopen(desk_words.offer, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, VIDEO_SDP_MOST - 1, f) > 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

void desk_send_offer(struct desk *d)
{
	struct act act = hall_operator(&d->hall);
	struct err e = { 0 };
	int64_t line = 0;
	MUST(video_line_send(&act, d->camera, offer(d), &line, &e));
}

void desk_put(struct desk *d, const char *from, const char *to)
{
	char bytes[4096];
	size_t size = 0;
	FILE *in = fopen(arena_print(d->h->arena, "%s/%s", desk_words.material, from), "r");
	FILE *out = fopen(arena_print(d->h->arena, "%s/%s", d->records, to), "w");
	assert_true(in && out);
	while ((size = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(in) + fclose(out), 0);
}

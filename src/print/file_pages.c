#include "print/file_pages.h"

#include "print/file_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h> /* wants stdio.h before */

#define QUALITY    80
#define GREY_SLACK 6 /* colours that differ by no more are grey */

static const char *program = "/proc/self/exe";

void file_pages_program(const char *path)
{
	program = path;
}

const char *file_state_name(enum file_state state)
{
	static const char *const name[] = { "drawn",    "cut",     "locked", "broken",
					    "too_much", "unknown", "no_room" };
	return name[state];
}

struct file_budget file_budget_new(void)
{
	return (struct file_budget){ BUNDLE_MS, BUNDLE_PICTURES_MOST };
}

static int64_t now_ms(void)
{
	struct timespec t = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- pixels to JPEG -------------------------------------------------------------------------- */

struct jump {
	struct jpeg_error_mgr base; /* first */
	jmp_buf back;
};

static void jump_back(j_common_ptr c)
{
	longjmp(((struct jump *)c->err)->back, 1);
}

static bool is_grey(const unsigned char *rgb, size_t dots)
{
	for (size_t i = 0; i < dots; i++, rgb += 3) {
		if (abs(rgb[0] - rgb[1]) > GREY_SLACK || abs(rgb[1] - rgb[2]) > GREY_SLACK)
			return false;
	}
	return true;
}

/* In place, as the first third. */
static void make_grey(unsigned char *rgb, size_t dots)
{
	for (size_t i = 0; i < dots; i++)
		rgb[i] = rgb[i * 3 + 1];
}

/* What libjpeg calls back with is on the heap or in `c`: nothing that longjmp() may clobber. */
static void compress_rows(struct jpeg_compress_struct *c, unsigned char *rgb,
			  const struct picture *p, int parts)
{
	c->image_width = (JDIMENSION)p->width;
	c->image_height = (JDIMENSION)p->height;
	c->input_components = parts;
	c->in_color_space = parts == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(c);
	jpeg_set_quality(c, QUALITY, TRUE);
	jpeg_start_compress(c, TRUE);
	while (c->next_scanline < c->image_height) {
		JSAMPROW row = rgb + (size_t)c->next_scanline * (size_t)p->width * (size_t)parts;
		(void)jpeg_write_scanlines(c, &row, 1);
	}
	jpeg_finish_compress(c);
}

struct packed {
	struct jpeg_compress_struct c;
	struct jump jump;
	unsigned char *bytes;
	unsigned long size;
};

static bool pack(struct packed *to, unsigned char *rgb, const struct picture *p, int parts)
{
	to->c.err = jpeg_std_error(&to->jump.base);
	to->jump.base.error_exit = jump_back;
	if (setjmp(to->jump.back)) {
		jpeg_destroy_compress(&to->c);
		return false;
	}
	jpeg_create_compress(&to->c);
	jpeg_mem_dest(&to->c, &to->bytes, &to->size);
	compress_rows(&to->c, rgb, p, parts);
	jpeg_destroy_compress(&to->c);
	return true;
}

static bool compress(struct arena *a, unsigned char *rgb, struct picture *p)
{
	struct packed to = { 0 };
	const size_t dots = (size_t)p->width * (size_t)p->height;
	const bool grey = is_grey(rgb, dots);
	if (grey)
		make_grey(rgb, dots);
	const bool ok = pack(&to, rgb, p, grey ? 1 : 3);
	if (ok) {
		p->jpeg = arena_copy_n(a, to.bytes, to.size);
		p->size = to.size;
	}
	free(to.bytes);
	return ok;
}

/* ---- the other process -------------------------------------------------------------------------
 */

struct child {
	pid_t pid;
	int from; /* what it says */
	int64_t until;
	bool late;
};

static bool write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;
	while (size > 0) {
		ssize_t n = write(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return lseek(fd, 0, SEEK_SET) == 0;
}

/* The file goes to it as a whole, so that nobody has to write while reading. */
static bool spawn(struct child *c, const char *media, int file, int to)
{
	char name[] = "konkurs";
	char command[] = "draw-file";
	char kind[32];
	char letters[] = "LANG=C.UTF-8";
	char *argv[] = { name, command, kind, NULL };
	char *environment[] = { letters, NULL }; /* nothing of ours */
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, usual;
	(void)snprintf(kind, sizeof(kind), "%s", media);
	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)sigaddset(&usual, SIGTERM);
	(void)sigaddset(&usual, SIGINT);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	bool ok = posix_spawn_file_actions_adddup2(&actions, file, 0) == 0 &&
		  posix_spawn_file_actions_adddup2(&actions, to, 1) == 0 &&
		  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0) == 0 &&
		  posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0 &&
		  posix_spawnattr_init(&attributes) == 0;
	if (ok) {
		ok = posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
		     posix_spawnattr_setsigdefault(&attributes, &usual) == 0 &&
		     posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
								   POSIX_SPAWN_SETSIGDEF) == 0 &&
		     posix_spawn(&c->pid, program, &actions, &attributes, argv, environment) == 0;
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return ok;
}

static bool start(struct child *c, const char *media, const void *bytes, size_t size, struct err *e)
{
	int ends[2] = { -1, -1 };
	int file = memfd_create("file", MFD_CLOEXEC);
	bool ok = file >= 0 && write_all(file, bytes, size) && pipe2(ends, O_CLOEXEC) == 0 &&
		  spawn(c, media, file, ends[1]);
	if (file >= 0)
		(void)close(file);
	if (ends[1] >= 0)
		(void)close(ends[1]);
	if (ok)
		c->from = ends[0];
	else if (ends[0] >= 0)
		(void)close(ends[0]);
	return ok || err_set(e, ERR_SYSTEM, "error.system", "no process to draw a file");
}

/* False: it ended, or its time is over. */
static bool take(struct child *c, void *to, size_t size)
{
	char *at = to;
	while (size > 0) {
		struct pollfd wait = { .fd = c->from, .events = POLLIN };
		int64_t left = c->until - now_ms();
		c->late = left <= 0;
		if (c->late)
			return false;
		int ready = poll(&wait, 1, (int)left);
		if (ready < 0 && errno != EINTR)
			return false;
		if (ready <= 0)
			continue;
		ssize_t n = read(c->from, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

/* It may be anywhere, so it is ended; how it had ended before says why it said no more. */
static enum file_state finish(struct child *c)
{
	int status = 0;
	if (c->late)
		(void)kill(c->pid, SIGKILL);
	(void)close(c->from);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (c->late ||
	    (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL ||
				     WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGTRAP)))
		return FILE_TOO_MUCH; /* libraries abort when there is no more memory */
	return FILE_BROKEN;
}

/* ---- a file
 * --------------------------------------------------------------------------------------- */

static bool take_page(struct arena *a, struct child *c, const struct file_head *h,
		      unsigned char *dots, struct file_pages *f)
{
	struct picture p = { .width = (int)h->a, .height = (int)h->b };
	if (h->a == 0 || h->b == 0 || h->a > FILE_BOX_WIDTH || h->b > FILE_BOX_HEIGHT ||
	    f->count == FILE_PAGES_MOST || !take(c, dots, (size_t)p.width * (size_t)p.height * 3) ||
	    !compress(a, dots, &p))
		return false;
	f->pictures[f->count++] = p;
	return true;
}

/* Believes nothing that it is told but dots.  False: it broke off or said nonsense. */
static bool listen_to(struct arena *a, struct child *c, struct file_budget *budget,
		      unsigned char *dots, struct file_pages *f)
{
	struct file_head h = { 0 };
	if (!take(c, &h, sizeof(h)) || h.mark != FILE_BEGIN || h.a > 1000000)
		return false;
	f->total = (int)h.a;
	while (take(c, &h, sizeof(h)) && h.mark == FILE_PAGE) {
		if (!take_page(a, c, &h, dots, f))
			return false;
		const size_t size = f->pictures[f->count - 1].size;
		if (size > budget->bytes) {
			f->state = FILE_NO_ROOM;
			return c->late = true;
		}
		budget->bytes -= size;
	}
	if (h.mark != FILE_END || h.a > FILE_UNKNOWN)
		return false;
	f->state = (enum file_state)h.a;
	return true;
}

static bool is_drawn(enum file_state state)
{
	return state == FILE_DRAWN || state == FILE_CUT;
}

bool file_pages_draw(struct arena *a, const char *media, const void *bytes, size_t size,
		     struct file_budget *budget, struct file_pages *ret, struct err *e)
{
	const int64_t begin = now_ms();
	struct child c = { .until = begin +
				    (budget->ms < FILE_WALL_MS ? budget->ms : FILE_WALL_MS) };
	*ret = (struct file_pages){ .state = FILE_NO_ROOM };
	if (budget->ms <= 0 || budget->bytes == 0)
		return true;
	if (size > FILE_BYTES_MOST) {
		ret->state = FILE_TOO_MUCH;
		return true;
	}
	if (!start(&c, media, bytes, size, e))
		return false;
	unsigned char *dots = calloc((size_t)FILE_BOX_WIDTH * FILE_BOX_HEIGHT, 3);
	ret->pictures = arena_array(a, FILE_PAGES_MOST, sizeof(*ret->pictures));
	const bool told = dots && listen_to(a, &c, budget, dots, ret);
	c.late = c.late || !dots;
	const enum file_state ended = finish(&c);
	free(dots);
	if (!told)
		ret->state = ended;
	if (!is_drawn(ret->state))
		ret->count = 0;
	budget->ms -= now_ms() - begin;
	return true;
}

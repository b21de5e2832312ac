/* `konkurs video` on two machines, each with its own Janus and its own folder (docs/nodes.md):
 * who stands by, who takes over, whose the files are (F69 to F71).
 * usage: video_nodes_test SCRIPT OFFER MATERIAL */
#include "video_desk.h"

#include "app/video/work.h"
#include "video/folder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct janus_made server, other;

static int64_t stands_by(struct desk *d)
{
	FILE *f = fopen(d->log, "r");
	char line[256];
	int64_t count = 0;
	while (f && fgets(line, sizeof(line), f))
		count += strstr(line, "this one stands by") != NULL;
	if (f)
		(void)fclose(f);
	return count;
}

static bool one_stands_by(struct desk *d)
{
	return stands_by(d) == 1;
}

static bool two_stood_by(struct desk *d)
{
	return stands_by(d) == 2;
}

static int64_t epoch(struct desk *d)
{
	struct err e = { 0 };
	int64_t n = 0;
	MUST(db_number(d->h->site.db, &e, &n, "SELECT epoch FROM lease WHERE name = 'video'"));
	return n;
}

static bool the_second_leads(struct desk *d)
{
	return epoch(d) == 2;
}

static bool the_first_leads_again(struct desk *d)
{
	return epoch(d) == 3;
}

static const char *state_of_segment(struct desk *d)
{
	return WORD(d, "SELECT state AS word FROM video_segment ORDER BY id LIMIT $1", db_int(1));
}

/* As the process has done before it died: a row, and what Janus wrote. */
static void leave_segment(struct desk *d)
{
	const struct act act = desk_act(d);
	char place[FOLDER_NAME_SIZE];
	struct err e = { 0 };
	int64_t id = 0;
	int64_t number = 0;
	MUST(folder_name(d->records, false, place, &e));
	assert_int_equal(strlen(place), FOLDER_NAME_SIZE - 1);
	MUST(video_segment_begin(&act, place, d->camera, &id, &number, &e));
	const char *base = video_file_base(d->h->arena, d->room, d->camera, number);
	desk_put(d, "sound.mjr", arena_print(d->h->arena, "%s-audio-0.mjr", base));
	desk_put(d, "picture.mjr", arena_print(d->h->arena, "%s-video-1.mjr", base));
}

/* One that is told to end while it stands by has done nothing: the leader's line stays. */
static void end_who_stands_by(struct desk *d)
{
	const struct timespec little = { 1, 0 };
	desk_run_second(d);
	desk_until(d, "the second one", one_stands_by);
	assert_int_equal(desk_end(&d->second, SIGTERM), 0);
	(void)nanosleep(&little, NULL);
	assert_true(desk_line_is_told(d));
	desk_run_second(d);
	desk_until(d, "the second one", two_stood_by);
}

/* docs/nodes.md: each has its own Janus and its own folder.  What lies in the other's folder is the
 * other's to end and to make films of, as soon as it is back. */
static void another_machine_takes_over(void **state)
{
	struct desk *d = desk_open(&server, &other);
	int status = 0;
	(void)state;
	desk_run(d);
	desk_until(d, "the room", desk_room_is_open);
	desk_send_offer(d);
	desk_until(d, "an answer", desk_line_is_told);
	end_who_stands_by(d);
	leave_segment(d);
	(void)desk_end(&d->pid, SIGKILL);
	desk_until(d, "the second one leads", the_second_leads);
	desk_until(d, "the line of the first", desk_line_is_down);
	desk_send_offer(d);
	desk_until(d, "an answer of the second", desk_line_is_told);
	assert_string_equal(state_of_segment(d), "growing");
	/* the first is back: it records nothing, and puts in order what it has */
	desk_run(d);
	desk_until(d, "the film", desk_segment_is_checked);
	assert_int_equal(stage_journalled(d->h, "video.segment"), 1);
	assert_int_equal(epoch(d), 2);
	assert_true(desk_line_is_told(d));
	assert_int_equal(access(arena_print(d->h->arena, "%s/%s", d->records,
					    WORD(d,
						 "SELECT film_file AS word FROM video_segment"
						 " LIMIT $1",
						 db_int(1))),
				F_OK),
			 0);
	/* one that is stopped for too long is over when it wakes up */
	assert_int_equal(kill(d->second, SIGSTOP), 0);
	desk_until(d, "the first one leads", the_first_leads_again);
	desk_until(d, "the line of the second", desk_line_is_down);
	assert_int_equal(kill(d->second, SIGCONT), 0);
	assert_int_equal(waitpid(d->second, &status, 0), d->second);
	d->second = 0;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	assert_int_equal(epoch(d), 3);
	desk_close(d);
}
static int open_servers(void **state)
{
	(void)state;
	janus_made_new(desk_words.script, &server);
	janus_made_run(desk_words.script, &server);
	janus_made_new(desk_words.script, &other);
	janus_made_run(desk_words.script, &other);
	return 0;
}

static int close_servers(void **state)
{
	(void)state;
	janus_made_end(&server);
	janus_made_end(&other);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_machine_takes_over),
	};
	if (argc < 4)
		return 2;
	desk_words = (struct desk_words){ argv[1], argv[2], argv[3] };
	return cmocka_run_group_tests(tests, open_servers, close_servers);
}

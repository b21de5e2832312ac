#include "web/http/ear.h"

#include "app/tell.h"

#include <stdlib.h>
#include <string.h>

#define BRAKE_CHANNEL "konkurs_brake"

enum { WAIT_MS = 300, ANSWER_MS = 1000 };

struct ear {
	struct site *site;
	struct event_base *base;
	struct db *db;
	struct event *event; /* NULL: the connection is lost */
	void (*live)(void *user);
	void *user;
};

static const char *const channels[] = { ACT_NOTICE, BRAKE_CHANNEL, NULL };

/* "<tag> <what was taken>"; one's own comes back too. */
static void hear_brake(struct ear *ear, const char *text)
{
	struct site *site = ear->site;
	const size_t tag = strlen(site->tag);
	const bool told = strlen(text) > tag && text[tag] == ' ';
	if (told && strncmp(text, site->tag, tag) != 0)
		brake_hear(&site->brake, text + tag + 1, clock_now(&site->clock));
}

/* NULL: something may have been missed. */
static void on_notice(void *user, const char *channel, const char *text)
{
	struct ear *ear = user;
	if (!channel || strcmp(channel, ACT_NOTICE) == 0)
		ear->live(ear->user);
	else
		hear_brake(ear, text);
}

static void unwatch(struct ear *ear)
{
	if (ear->event)
		event_free(ear->event);
	ear->event = NULL;
}

static void on_readable(evutil_socket_t fd, short what, void *user);

static void watch(struct ear *ear)
{
	const int fd = db_listen_fd(ear->db);
	if (fd < 0)
		return;
	ear->event = event_new(ear->base, fd, EV_READ | EV_PERSIST, on_readable, ear);
	if (ear->event && event_add(ear->event, NULL) != 0)
		unwatch(ear);
}

/* The descriptor may be another one afterwards under the same number: the loop must not know it
 * meanwhile.  A server that is away is told of by the loop's own connection. */
static void hear(struct ear *ear)
{
	struct err e = { 0 };
	unwatch(ear);
	if (db_hear(ear->db, on_notice, ear, &e))
		watch(ear);
	err_clear(&e);
}

static void on_readable(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	hear(user);
}

bool ear_open(struct site *site, struct event_base *base, const char *database,
	      void (*live)(void *user), void *user, struct ear **ret, struct err *e)
{
	*ret = NULL;
	if (!site->shared)
		return true;
	struct ear *ear = calloc(1, sizeof(*ear));
	if (!ear)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	*ear = (struct ear){ .site = site, .base = base, .live = live, .user = user };
	if (!db_open(database, &ear->db, e) || !db_wait_most(ear->db, WAIT_MS, e) ||
	    !db_answer_most(ear->db, ANSWER_MS, e) || !db_listen(ear->db, channels, e)) {
		ear_close(ear);
		return false;
	}
	watch(ear);
	*ret = ear;
	return true;
}

static void tell_brake(struct ear *ear)
{
	struct site *site = ear->site;
	const size_t tag = strlen(site->tag);
	char text[DB_NOTICE_MOST];
	struct err e = { 0 };
	memcpy(text, site->tag, tag);
	text[tag] = ' ';
	if (!brake_tell(&site->brake, text + tag + 1, sizeof(text) - tag - 1))
		return;
	if (!tell_nodes(site->db, BRAKE_CHANNEL, text, &e))
		site_failed(site, "brake", &e);
	err_clear(&e);
}

void ear_tick(struct ear *ear)
{
	if (!ear || ear->site->away)
		return;
	if (!ear->event)
		hear(ear);
	tell_brake(ear);
}

bool ear_hears(const struct ear *ear)
{
	return ear && ear->event;
}

void ear_close(struct ear *ear)
{
	if (!ear)
		return;
	unwatch(ear);
	db_close(ear->db);
	free(ear);
}

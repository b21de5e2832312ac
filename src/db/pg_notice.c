/* pg_notice.c - NOTIFY and LISTEN (db/db.h). */
#include "db/pg.h"

#include <poll.h>

enum { SQL_SIZE = 100 };

bool pg_notify(struct db *db, const char *channel, const char *text, struct err *e)
{
	return pg_run(db, "SELECT pg_notify($1, $2)", DB_ARGS(db_text(channel), db_text(text)),
		      NULL, NULL, NULL, e);
}

/* A channel is a name in SQL, where no parameter may stand. */
static bool is_channel(const char *channel)
{
	const size_t size = strspn(channel, "abcdefghijklmnopqrstuvwxyz_");
	return size > 0 && size < 60 && !channel[size];
}

bool pg_listen_again(struct pg *p, struct err *e)
{
	p->missed = p->channels != NULL;
	for (const char *const *channel = p->channels; channel && *channel; channel++) {
		char sql[SQL_SIZE];
		if (!is_channel(*channel))
			return err_set(e, ERR_DB, "error.storage", "no name of a channel");
		(void)snprintf(sql, sizeof(sql), "LISTEN %s", *channel);
		if (!pg_script(&p->db, sql, e))
			return false;
	}
	return true;
}

bool pg_listen(struct db *db, const char *const *channels, struct err *e)
{
	struct pg *p = (struct pg *)db;
	p->channels = channels;
	if (!p->conn)
		return pg_connect(p, true, e);
	if (!pg_listen_again(p, e))
		return false;
	p->missed = false;
	return true;
}

int pg_listen_fd(const struct db *db)
{
	const struct pg *p = (const struct pg *)db;
	return p->conn && p->channels ? PQsocket(p->conn) : -1;
}

/* Reads all that has come: what a server says before it goes is not the end yet. */
static void read_all(struct pg *p)
{
	struct pollfd f = { p->conn ? PQsocket(p->conn) : -1, POLLIN, 0 };
	while (p->conn && poll(&f, 1, 0) > 0) {
		if (!PQconsumeInput(p->conn))
			pg_lose(p);
	}
}

bool pg_hear(struct db *db, db_notice_fn *hear, void *user, struct err *e)
{
	struct pg *p = (struct pg *)db;
	read_all(p);
	if (!p->conn && !pg_connect(p, false, e))
		return false;
	if (p->missed) {
		p->missed = false;
		hear(user, NULL, NULL);
	}
	PGnotify *notice = NULL;
	while ((notice = PQnotifies(p->conn))) {
		hear(user, notice->relname, notice->extra);
		PQfreemem(notice);
	}
	return true;
}

/* mail.c - konkurs mail: sends what waits in the outbox (app/notice/mail.h).
 *
 * A process of its own: the server knows no mail server and no password, a mail server that hangs
 * holds up nobody, and either may be started again without the other. */
#include "cli/cli.h"

#include "app/access/session.h"
#include "app/lease.h"
#include "app/notice/mail.h"
#include "base/buf.h"
#include "base/log.h"
#include "mail/message.h"
#include "mail/smtp.h"
#include "view/view.h"

#include <assert.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	LOCK_WAIT_MS = 2000, /* the server's turns are short                       */
	ANSWER_MS = 10000,   /* a statement; a transaction that stands still ends  */
	LOOK_MS = 2000,      /* how often the outbox is looked at                 */
	PASSWORD_SIZE = 256,
};

struct mail_options {
	const char *db, *server, *from, *address, *user, *password_file, *authorities, *now;
	bool plain, once;
};

static volatile sig_atomic_t ends; /* set by a signal: the one way out of the loop */

static void on_signal(int signal)
{
	(void)signal;
	ends = 1;
}

static bool read_options(int argc, char **argv, struct mail_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "server", required_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'f' },
		{ "address", required_argument, NULL, 'a' },
		{ "user", required_argument, NULL, 'u' },
		{ "password-file", required_argument, NULL, 'p' },
		{ "authorities", required_argument, NULL, 'c' },
		{ "now", required_argument, NULL, 'n' },
		{ "log", required_argument, NULL, 'J' },
		{ "plain", no_argument, NULL, 'l' },
		{ "once", no_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 's': ret->server = optarg; break;
		case 'f': ret->from = optarg; break;
		case 'a': ret->address = optarg; break;
		case 'u': ret->user = optarg; break;
		case 'p': ret->password_file = optarg; break;
		case 'c': ret->authorities = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'J':
			if (!cli_log(optarg, NULL))
				return false;
			break;
		case 'l': ret->plain = true; break;
		case 'o': ret->once = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

static const char *fault(const struct mail_options *o)
{
	if (!o->db || !o->server || !o->from || !o->address)
		return "--db, --server, --from and --address are needed";
	if (!mail_address_valid(o->from))
		return "--from wants one plain address";
	if (strncmp(o->server, "smtp://", 7) != 0 && strncmp(o->server, "smtps://", 8) != 0)
		return "--server wants smtp://HOST:PORT or smtps://HOST:PORT";
	if (strncmp(o->address, "https://", 8) != 0 && strncmp(o->address, "http://", 7) != 0)
		return "--address wants the https:// address at which people open the site";
	if (!o->user != !o->password_file)
		return "--user and --password-file belong together";
	return NULL;
}

/* The first line of the file. */
static bool read_password(const char *path, char ret[PASSWORD_SIZE], struct err *e)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t size = fd < 0 ? -1 : read(fd, ret, PASSWORD_SIZE - 1);
	if (fd >= 0)
		(void)close(fd);
	if (size <= 0)
		return err_set(e, ERR_INPUT, "error.file", "the password file cannot be read");
	ret[size] = '\0';
	ret[strcspn(ret, "\r\n")] = '\0';
	return true;
}

/* ---- one mail -------------------------------------------------------------------------------- */

struct sender {
	struct act act;
	struct clock clock;
	const struct view *view;
	struct smtp smtp;
	const char *address; /* without "/" at the end */
	struct lease lease;  /* of several senders one sends                       */
	bool once;           /* then it is one command, and every mail is its row's */
};

static const char *said(const struct sender *s, const struct mail *m, const char *key)
{
	struct buf out = buf_on(s->act.arena);
	json_t *values = json_pack("{s:s,s:s}", "code", m->code, "address", s->address);
	const bool ok = catalog_format(view_catalog(s->view), m->language, key, values, &out, NULL);
	json_decref(values);
	return ok ? out.text : key;
}

/* Nothing of what it is about: a mail passes servers that are not ours, and screens that others
 * see. */
static const char *text_of(const struct sender *s, const struct mail *m)
{
	const char *text = said(s, m, arena_print(s->act.arena, "mail.%s.text", m->kind));
	const char *foot = said(s, m, "mail.foot");
	if (m->notice_id == 0)
		return arena_print(s->act.arena, "%s\n\n-- \n%s\n", text, foot);
	return arena_print(s->act.arena, "%s\n\n%s/notices/%lld\n\n-- \n%s\n", text, s->address,
			   (long long)m->notice_id, foot);
}

static bool send_one(struct sender *s, const struct mail *m, struct err *e)
{
	static const enum mail_outcome outcome[] = {
		[SMTP_SENT] = MAIL_SENT, [SMTP_LATER] = MAIL_LATER, [SMTP_NEVER] = MAIL_NEVER
	};
	const struct message message = {
		.from_name = said(s, m, "app.name"),
		.from = s->smtp.from,
		.to = m->address,
		.subject = said(s, m, arena_print(s->act.arena, "mail.%s.subject", m->kind)),
		.text = text_of(s, m),
		/* of the row, so that a mail that came twice is seen to be one */
		.id = arena_print(s->act.arena, "konkurs.%lld.%lld", (long long)m->id,
				  (long long)m->created_ms),
		.language = m->language,
		.date_ms = s->act.now_ms,
	};
	const char *problem = "";
	const enum smtp_result result =
		smtp_send(&s->smtp, m->address, message_make(s->act.arena, &message), &problem);
	if (result != SMTP_SENT)
		log_warn("mail %lld, attempt %d: %s", (long long)m->id, m->attempts, problem);
	s->act.now_ms = clock_now(&s->clock);
	/* by the row alone: a mail server may take longer than the lease lasts */
	db_fence(s->act.db, NULL, 0);
	return mail_settle(&s->act, m, outcome[result], problem, e);
}

static bool is_mine(struct sender *s, bool *ret, struct err *e)
{
	*ret = true;
	return s->once || lease_keep(s->act.db, &s->lease, ret, e);
}

/* All that are due; each in an arena of its own. */
static bool send_due(struct sender *s, struct err *e)
{
	bool found = true;
	bool mine = true;
	while (found && !ends) {
		if (!is_mine(s, &mine, e))
			return false;
		if (!mine)
			return true;
		CLEANUP(arena_cleanup) struct arena *arena = arena_new();
		struct mail m = { 0 };
		s->act.arena = arena;
		s->act.now_ms = clock_now(&s->clock);
		if (!mail_claim(&s->act, &m, &found, e) || (found && !send_one(s, &m, e)))
			return false;
	}
	return true;
}

/* ---- the loop -------------------------------------------------------------------------------- */

static bool look(struct sender *s, struct err *e)
{
	bool mine = false;
	if (!is_mine(s, &mine, e))
		return false;
	return !mine || (mail_seen(&s->act, s->smtp.server, e) && send_due(s, e));
}

static bool work(struct sender *s, struct err *e)
{
	const bool once = s->once;
	const struct timespec pause = { LOOK_MS / 1000, LOOK_MS % 1000 * 1000000L };
	do {
		CLEANUP(arena_cleanup) struct arena *arena = arena_new();
		struct err why = { 0 };
		s->act.arena = arena;
		s->act.now_ms = clock_now(&s->clock);
		const bool fine = look(s, &why);
		if (!fine && once) {
			*e = why;
			return false;
		}
		if (!fine && lease_was_lost(&s->lease, &why))
			log_info("another process sends now");
		else if (!fine)
			log_failure("mail", &why); /* the database is locked, or away: again */
		err_clear(&why);
		if (!once && !ends)
			(void)nanosleep(&pause, NULL);
	} while (!once && !ends);
	lease_give(s->act.db, &s->lease);
	return true;
}

/* Without "/" at the end. */
static const char *address_of(struct arena *a, const char *address)
{
	assert(address); /* fault() has looked */
	const size_t size = strlen(address);
	return arena_copy_n(a, address, size > 0 && address[size - 1] == '/' ? size - 1 : size);
}

static bool run(const struct mail_options *o, struct smtp smtp, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(view_cleanup) struct view *view = NULL;
	CLEANUP(arena_cleanup) struct arena *law = arena_new();
	struct law_book *book = NULL;
	struct sender s = { .smtp = smtp, .lease = lease_of("mail"), .once = o->once };
	bool playing = false;
	if (!cli_open_db(o->db, &db, e) || !db_wait_most(db, LOCK_WAIT_MS, e) ||
	    !db_answer_most(db, ANSWER_MS, e) || !database_is_demonstration(db, &playing, e))
		return false;
	if (o->now && !playing)
		return err_set(e, ERR_INPUT, "error.time",
			       "--now is for demonstration databases only");
	if (!cli_open_law(NULL, db, law, &book, e) || !view_open(&share_built_in, &view, e) ||
	    !cli_clock(o->now, &s.clock, e))
		return false;
	s.act = (struct act){ .db = db, .book = book };
	s.view = view;
	s.address = address_of(law, o->address);
	log_info("sending by %s", o->server);
	const bool fine = work(&s, e);
	log_info("ended");
	return fine;
}

int cli_mail(int argc, char **argv)
{
	struct mail_options o = { 0 };
	struct err e = { 0 };
	char password[PASSWORD_SIZE];
	const struct sigaction end = { .sa_handler = on_signal };
	if (!read_options(argc, argv, &o))
		return cli_usage("mail", "unknown option");
	const char *why = fault(&o);
	if (why)
		return cli_usage("mail", why);
	if (o.password_file && !read_password(o.password_file, password, &e))
		return cli_failed("mail", &e);
	if (!smtp_open() || sigaction(SIGTERM, &end, NULL) != 0 ||
	    sigaction(SIGINT, &end, NULL) != 0)
		return CLI_FAILED;
	const struct smtp smtp = { .server = o.server,
				   .from = o.from,
				   .user = o.user,
				   .password = o.password_file ? password : NULL,
				   .authorities = o.authorities,
				   .plain = o.plain };
	const bool fine = run(&o, smtp, &e);
	smtp_close();
	return fine ? CLI_OK : cli_failed("mail", &e);
}

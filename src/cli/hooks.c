/* hooks.c - konkurs hooks: sends what waits for other systems (app/hook/outbox.h).
 *
 * A process of its own, as konkurs mail is: the server speaks to nobody, and a receiver that hangs
 * holds up nobody but those who wait behind it here. */
#include "cli/cli.h"

#include "app/access/session.h"
#include "app/hook/outbox.h"
#include "app/lease.h"
#include "base/log.h"
#include "hook/post.h"

#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <time.h>

enum {
	LOCK_WAIT_MS = 2000, /* the server's turns are short                       */
	ANSWER_MS = 10000,   /* a statement; a transaction that stands still ends  */
	LOOK_MS = 1000,      /* how often the outbox is looked at                 */
};

struct hooks_options {
	const char *db, *key, *authorities, *now;
	bool once;
};

static volatile sig_atomic_t ends; /* set by a signal: the one way out of the loop */

static void on_signal(int signal)
{
	(void)signal;
	ends = 1;
}

static bool read_options(int argc, char **argv, struct hooks_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "authorities", required_argument, NULL, 'c' },
		{ "now", required_argument, NULL, 'n' },
		{ "log", required_argument, NULL, 'J' },
		{ "once", no_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'c': ret->authorities = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'J':
			if (!cli_log(optarg, NULL))
				return false;
			break;
		case 'o': ret->once = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

/* ---- one delivery ---------------------------------------------------------------------------- */

struct sender {
	struct act act;
	struct clock clock;
	const char *authorities;
	struct lease lease; /* of several senders one sends                           */
	bool once;          /* then it is one command, and every delivery is its row's */
};

static bool send_one(struct sender *s, struct hook_delivery *d, struct err *e)
{
	static const enum hook_end end[] = { [HOOK_TAKEN] = HOOK_END_SENT,
					     [HOOK_LATER] = HOOK_END_LATER,
					     [HOOK_GONE] = HOOK_END_GONE };
	const int64_t now_s = s->act.now_ms / 1000;
	const struct hook_post post = {
		.url = d->url,
		.inside = d->inside,
		.authorities = s->authorities,
		.id = d->message,
		.signature = hook_signature(s->act.arena, d->secret, sizeof(d->secret), d->message,
					    now_s, d->body),
		.body = d->body,
		.timestamp_s = now_s,
	};
	const char *problem = "";
	int status = 0;
	sodium_memzero(d->secret, sizeof(d->secret));
	const enum hook_outcome outcome = hook_post_send(s->act.arena, &post, &status, &problem);
	if (outcome != HOOK_TAKEN)
		log_warn("webhook %lld of address %lld, attempt %d: %s, status %d",
			 (long long)d->id, (long long)d->hook_id, d->attempts, problem, status);
	s->act.now_ms = clock_now(&s->clock);
	/* by the row alone: a receiver may take longer than the lease lasts */
	db_fence(s->act.db, NULL, 0);
	return hook_settle(&s->act, d, end[outcome], status, problem, e);
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
		struct hook_delivery d = { 0 };
		s->act.arena = arena;
		s->act.now_ms = clock_now(&s->clock);
		if (!hook_claim(&s->act, &d, &found, e) || (found && !send_one(s, &d, e)))
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
	return !mine || (hook_seen(&s->act, e) && send_due(s, e));
}

static bool work(struct sender *s, struct err *e)
{
	const struct timespec pause = { LOOK_MS / 1000, LOOK_MS % 1000 * 1000000L };
	do {
		CLEANUP(arena_cleanup) struct arena *arena = arena_new();
		struct err why = { 0 };
		s->act.arena = arena;
		s->act.now_ms = clock_now(&s->clock);
		const bool fine = look(s, &why);
		if (!fine && s->once) {
			*e = why;
			return false;
		}
		if (!fine && lease_was_lost(&s->lease, &why))
			log_info("another process sends now");
		else if (!fine)
			log_failure("hooks", &why); /* the database is locked, or away: again */
		err_clear(&why);
		if (!s->once && !ends)
			(void)nanosleep(&pause, NULL);
	} while (!s->once && !ends);
	lease_give(s->act.db, &s->lease);
	return true;
}

static bool run(const struct hooks_options *o, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(arena_cleanup) struct arena *law = arena_new();
	struct law_book *book = NULL;
	struct sender s = { .authorities = o->authorities,
			    .lease = lease_of("hooks"),
			    .once = o->once };
	bool playing = false;
	if (!cli_open_db(o->db, &db, e) || !db_wait_most(db, LOCK_WAIT_MS, e) ||
	    !db_answer_most(db, ANSWER_MS, e) || !database_is_demonstration(db, &playing, e))
		return false;
	if (o->now && !playing)
		return err_set(e, ERR_INPUT, "error.time",
			       "--now is for demonstration databases only");
	if (!cli_open_law(NULL, db, law, &book, e) || !cli_clock(o->now, &s.clock, e))
		return false;
	s.act = (struct act){ .db = db, .arena = law, .book = book, .now_ms = clock_now(&s.clock) };
	if (!cli_open_key(o->db, o->key, &s.act, &key, e))
		return false;
	log_info("sending webhooks");
	const bool fine = work(&s, e);
	log_info("ended");
	return fine;
}

int cli_hooks(int argc, char **argv)
{
	struct hooks_options o = { 0 };
	struct err e = { 0 };
	const struct sigaction end = { .sa_handler = on_signal };
	if (!read_options(argc, argv, &o))
		return cli_usage("hooks", "unknown option");
	if (!o.db)
		return cli_usage("hooks", "--db is missing");
	if (!hook_post_open() || sigaction(SIGTERM, &end, NULL) != 0 ||
	    sigaction(SIGINT, &end, NULL) != 0)
		return CLI_FAILED;
	const bool fine = run(&o, &e);
	hook_post_close();
	return fine ? CLI_OK : cli_failed("hooks", &e);
}

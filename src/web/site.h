/* site.h - what a running server holds between requests. */
#pragma once
#include "app/lease.h"
#include "base/clock.h"
#include "web/http/brake.h"
#include "web/installation/daily.h"
#include "web/web.h"

enum { SITE_KEY_SIZE = 32, SITE_TAG_SIZE = 17 };

/* Where an installation has its files; NULL what is not given. */
struct site_files {
	const char *db, *key, *rules;
	const struct tls_options *tls;
	const char *records; /* folder of sound and picture */
};

/* Where NCALayer listens at the computer of whoever signs. */
#define SITE_NCALAYER "wss://127.0.0.1:13579"

/* "ws" or "wss" at this computer itself, with a port: nothing else may stand in a policy. */
bool site_ncalayer_valid(const char *address);

struct figures;
struct probe;
struct turn_doubt; /* web/http/turn.c */

struct site {
	struct db *db; /* the loop's connection                      */
	const struct law_book *book;
	const struct service_key *service_key; /* of the bank's words: app/bank/vault_start.h */
	const struct view *view;
	const struct site_files *files; /* NULL: there are none (installation.h)     */
	const struct file_place
		*place; /* of kept files outside the database (app/file.h); or NULL */
	struct clock clock;
	bool clock_kept;           /* the clock is the service's: app/sitting/service_clock.h */
	int64_t clock_told_ms;     /* the deviation that was logged last         */
	struct daily_memory daily; /* jobs of the day                            */
	bool work_waits;           /* app/bulk.h, app/bank/import.h may have some      */
	const char *origin;        /* "https://konkurs.kz", NULL: told by nobody  */
	bool secure;               /* behind TLS: cookies are Secure             */
	bool demonstration;        /* every page says so                         */
	bool hall_node; /* the same; and what serves no sitting is refused (hall_only.h) */
	unsigned char key[SITE_KEY_SIZE]; /* of this installation, for small signatures */
	bool paced;                       /* nobody sends forms faster than people do   */
	bool braked;                      /* nor asks too often for what takes long     */
	struct brake brake;               /* these two, and wrong passwords             */
	const char *node;                 /* name of this process among several, "" the only one */
	struct figures *figures;          /* web/watch/figures.h; NULL: nothing is counted */
	struct probe *probe;              /* web/watch/probe.h; NULL: nobody looks       */
	bool log_requests;                /* a line each                                */
	bool mark_turns;                  /* the database is told whose turn it is      */
	const char *ncalayer;             /* address of NCALayer at people's computers */
	/* A database on a server that does not answer: nothing of it is asked meanwhile but whether
	 * it is there again. */
	bool away;
	int64_t away_ms, tried_ms, told_ms; /* monotonic: since when, asked last, logged last */
	bool away_told;                     /* that it is away now is in the log         */
	struct turn_doubt *doubt;           /* a turn whose commit is not known; NULL     */
	bool shared;                        /* others may serve the same database               */
	struct lease jobs;                  /* then: who does what the server does by itself    */
	char tag[SITE_TAG_SIZE];            /* random, of this process */
	int64_t tide;          /* grows with what boards show: http/live.h            */
	_Atomic bool draining; /* it ends soon: further requests go elsewhere; the loop says so */
};

enum {
	SITE_TRY_MS = 250,       /* between two questions to a database that is away     */
	SITE_TELL_MS = 60 * 1000 /* it comes and goes: a line of the log each minute     */
};

/* The connection is lost: logged once, and nothing is asked until site_reach() succeeds. */
void site_is_away(struct site *site, const struct err *why);

/* What the server does by itself has failed: logged, unless it is the database that is away. */
void site_failed(struct site *site, const char *what, const struct err *why);

/* Whether it is time to ask for it again; then that counts as asked. */
bool site_may_try(struct site *site) MUST_USE;

/* Asks whether the database is there; true at once if it is not away. */
bool site_reach(struct site *site) MUST_USE;

/* Reads the installation's key and mark from the (migrated) database, and binds it to the service
 * key (vault_begin()).  The site borrows
 * everything that is handed in. */
bool site_open(struct site *site, struct db *db, const struct service_key *service_key,
	       const struct law_book *book, const struct view *view, struct clock clock,
	       struct err *e) MUST_USE;

/* Of several processes over one database one does the work that nobody asked for: jobs of the day,
 * work for many, openings and records that are over.  The server keeps its lease each second. */
void site_keep_jobs(struct site *site);
bool site_has_jobs(const struct site *site);

/* Gives the lease back: another one need not wait for it. */
void site_end(struct site *site);

/* Looks whether the service's clock has to be set (app/sitting/service_clock.h); the server does
 * now and then.  A failure is logged. */
void site_keep_clock(struct site *site);

/* Ends openings of the bank and forgets forms whose time is over; the server does now and then.  A
 * failure is logged.
 */
void site_keep_vault(struct site *site);

/* A record that nobody follows any more is an incident (app/video/work.h), likewise. */
void site_keep_records(struct site *site);

/* A little of what is to be done for many candidates (app/bulk.h) or questions (app/bank/import.h),
 * or of the journal's tree (journal/log.h); whether there is more to do at once.  A failure is
 * logged, and tried again at the next call. */
bool site_work(struct site *site);

/* The law that is built into the program: rules/ of the share.  Lives in the arena. */
bool site_built_in_law(struct arena *a, struct law_book **ret, struct err *e) MUST_USE;

enum { SITE_MAC_SIZE = 33 };

/* A keyed hash of a text for one purpose, in hexadecimal. */
void site_mac(const struct site *site, const char *purpose, const char *text,
	      char ret[SITE_MAC_SIZE]);

/* call.h - one request's way through the site, without a socket.
 *
 *   call_new      an arena and an empty request; the caller fills call->in
 *   call_begin    finds the route, checks method and size            no database
 *   call_slow     only if call_is_slow(): who asks, what is sent, route->slow; papers go to where
 *                 files lie                          any thread, read-only connection
 *   call_run      who asks, may they, is the form ours, what is sent, the handler
 *                                                    the loop, inside the turn's transaction
 *   call_fail     the turn could not be committed
 *   call_fetch    only if call_fetches(): the kept file that it sends    any thread, as call_slow
 *   call_answer   makes call->out: page, JSON, file, redirect       after the commit
 *   call_free
 *
 * A failure at any station stays in call->err and the later ones pass over it; call_answer
 * always has an answer. */
#pragma once
#include "app/access/session.h"
#include "base/trace.h"
#include "web/http/form.h"
#include "web/http/http.h"
#include "web/route.h"
#include "web/site.h"

enum {
	BODY_MOST = 256 * 1024,
	BODY_WITH_FILE_MOST = 26 * 1024 * 1024,
	TARGET_MOST = 4096 /* bytes of path and query */
};

#define COOKIE_SESSION  "konkurs_session"
#define COOKIE_VISITOR  "konkurs_visitor"
#define COOKIE_LANGUAGE "konkurs_language"
#define COOKIE_NOTICE   "konkurs_notice"
#define COOKIE_STEP     "konkurs_step" /* between password and second factor */
#define COOKIE_DEVICE                                                                              \
	"konkurs_device" /* somebody has signed in here before (app/access/device.h) */

struct call {
	struct site *site;
	struct arena *arena;
	struct http_in in;
	struct http_out out;
	struct req req;
	struct path path;
	struct fields fields;
	bool fields_read; /* parsed and checked, by call_slow or call_run       */
	bool slow_done;
	bool kept;              /* a file of the form has waited here (kept.h)                */
	struct session session; /* person_id 0: nobody is signed in                   */
	const char *token;      /* of the session cookie, or NULL                     */
	bool must_enrol;        /* an office demands a second factor that is not there */
	bool nobody_known;      /* nobody could be asked who it is: not "nobody is signed in"  */
	const char *visitor;    /* of the visitor cookie; "" signed in                */
	bool visitor_is_new;    /* the cookie is to be set                            */
	const char *csrf;       /* the form token of this session or visitor          */
	json_t *model;
	struct err err;     /* why it failed, if it did                           */
	int status;         /* of the failure when its kind does not say it, or 0 */
	int64_t again_s;    /* of a 429: in how many seconds it will be taken     */
	struct trace trace; /* from call_begin() on                               */
	int64_t arrived_us; /* clock_monotonic_us() of the whole request; 0 of none */
	/* server.c: where the connection's request stands, NULL when the sender has gone.  The
	 * loop's alone, in a place of its own: a worker copies the call and puts it back
	 * (call_again()). */
	void **owner;
	bool shown_again;        /* the model is the refused form's page               */
	const char *to_language; /* the form only asks for another one (switch.h); or NULL */
	const char *again_page;  /* of another form that comes before; NULL the route's */
	bool entered;            /* who asks is known: call_enter()                     */
	bool counted;            /* by the brake of forms: not again when it is run again */
	bool read_lost;          /* call_slow() lost its connection: a worker's once more */
	int64_t waits_ms;        /* monotonic: since when it waits for the database; 0    */
};

struct call *call_new(struct site *site);
void call_free(struct call *c);

void call_begin(struct call *c);
bool call_is_slow(const struct call *c);

/* False: it is answered without asking the database anything. */
bool call_needs_database(const struct call *c);

/* Whether it has to run inside a transaction that is committed. */
bool call_writes(const struct call *c);
void call_slow(struct call *c, struct db *db);
void call_run(struct call *c, struct db *db);

/* Within a flat transaction, before call_run(), of calls whose route has `ahead`: first
 * call_identify_ahead() of each sends the question who asks, then call_enter() of each learns that,
 * reads what is sent, and says ahead what the handler will read.  Both may be left out. */
bool call_looks_ahead(const struct call *c);
bool call_identify_ahead(const struct call *c, struct db *db, struct err *e) MUST_USE;
bool call_enter(struct call *c, struct db *db, struct err *e) MUST_USE;

/* Makes `c` what it was before call_run(), as the copy `before` has it, to be run again. */
void call_again(struct call *c, const struct call *before);
void call_fail(struct call *c, const struct err *why);
/* The database was away too long: nothing was done; the answer is a 503 in the sender's language.
 */
void call_fail_away(struct call *c);
/* What was typed, to be sent again from the page of that answer: {action, fields: [{name, value}]}
 * of a form without secrets and files, else NULL.  The caller's. */
json_t *call_offer(struct call *c);

/* A kept file is read after the commit, and by whoever may wait; call_answer() does if nobody has.
 */
bool call_fetches(const struct call *c);
void call_fetch(struct call *c, struct db *db);
void call_answer(struct call *c);

/* Whether the session's `seen` has become old; the loop writes it when the turn is over. */
bool call_wants_touch(const struct call *c);

/* ---- between the files of web/ ---------------------------------------------- */

/* identity.c: the site as a whole (--secure), or the way that this request has taken. */
bool call_is_secure(const struct call *c);

/* identity.c: the value of a cookie of ours, or NULL; behind TLS its name has the prefix __Host-.
 */
const char *call_cookie(const struct call *c, const char *name);
const char *call_cookie_name(const struct call *c, const char *name);

/* identity.c: who asks, in which language; the csrf token. */
bool call_identify(struct call *c, struct db *db, struct err *e) MUST_USE;

/* identity.c: somebody whom nobody can be asked about: their language, and nothing else. */
void call_identify_nobody(struct call *c);

/* identity.c: whether a POST comes from a form of ours. */
bool call_form_is_ours(const struct call *c, struct err *e) MUST_USE;

/* dispatch.c: the handler of the route, or what a list taken as a file leaves behind. */
bool call_handle(struct call *c, struct err *e) MUST_USE;

/* dispatch.c: the fields of a POST, by its media type; unchecked. */
bool call_parse_body(struct call *c, struct err *e) MUST_USE;

/* turn.c: the handler, in a savepoint of its own if the call writes. */
bool turn_handle(struct call *c, struct err *e) MUST_USE;

/* answer.c */
bool call_wants_json(const struct call *c);
int call_status(const struct call *c);

/* page.c: puts "page" into the model of page `name`, and an empty "form" if it has none. */
void page_fill(struct call *c, const char *name, json_t *model);

/* clause.c: where the Rules of this page stand, below /rules/ (O-2); NULL if there are none. */
const char *clause_rules(const struct call *c);

/* page.c: {"kind","key","text","clause","field"} of a failure, and the text alone, in the
 * language of the request. */
json_t *page_error(const struct call *c, const struct err *e);
const char *page_text(const struct call *c, const struct err *e);

/* One path of this site: begins with a single "/", and nothing in it that a browser drops or turns
 * (tabs, line ends, "\\"), which would make two of one. */
bool path_is_local(const char *path);

/* web.h - what a page is made of: routes, requests, answers.
 *
 * A request comes in through the one table in routes.c, is read into declared
 * parameters, and is answered by a handler that fills a model; the model is
 * the page (through its template) and the JSON twin of the page alike.
 *
 *   GET  handler: SQL reads -> model.       (reads only: db_exec does not occur in web/)
 *   POST handler: one call into app/ -> r->redirect.
 *
 * Errors take the same road: ERR_INPUT and ERR_LAW of a POST show the form again
 * with what was typed, the message at its field and the clause. */
#pragma once
#include "app/act.h"
#include "view/view.h"

/* ---- who ------------------------------------------------------------------- */

/* What a person may be; a route names the set that it serves.  There is no default:
 * a route without `who` does not pass the test of the table. */
enum role {
	ROLE_PUBLIC = 1 << 0, /* everybody, signed in or not                     */
	ROLE_PERSON = 1 << 1, /* anybody signed in: may apply as a candidate     */
	ROLE_HR = 1 << 2,
	ROLE_SECURITY = 1 << 3,
	ROLE_POLYGRAPH = 1 << 4,
	ROLE_PSYCHO = 1 << 5,
	ROLE_OPERATOR = 1 << 6,
	ROLE_AUDITOR = 1 << 7,
	ROLE_ADMIN = 1 << 8,
	/* from commission_member of an appointed commission: */
	ROLE_MEMBER = 1 << 9, /* chair and members: those who vote               */
	ROLE_SECRETARY = 1 << 10,
	ROLE_INVITED = 1 << 11,
	ROLE_BODY = 1 << 12, /* an account of another body: its referrals and requests */
	/* of the question bank (F25): */
	ROLE_AUTHOR = 1 << 13,
	ROLE_REVIEWER = 1 << 14,
	ROLE_APPROVER = 1 << 15,
	ROLE_KEEPER = 1 << 16, /* of a share of the bank's key (F28) */
};

struct actor {
	int64_t person_id; /* 0: nobody is signed in */
	unsigned roles;    /* of enum role           */
	const char *name;  /* as shown in the head of the page */
};

/* ---- what comes in ---------------------------------------------------------- */

enum method { GET, POST };

enum param_type {
	P_INT,    /* min..max                                                        */
	P_TEXT,   /* min..max characters; UTF-8, brought to NFC and trimmed           */
	P_SECRET, /* the same exactly as typed, in NFC; never shown again              */
	P_DAY,    /* YYYY-MM-DD                                                       */
	P_TIME,   /* YYYY-MM-DDTHH:MM, gives milliseconds                             */
	P_CHOICE, /* one of `choices`                                                 */
	P_FLAG,   /* a check box: present is true                                     */
	P_LIST,   /* the name may come many times; texts of max characters            */
	P_FILE    /* an upload of at most max bytes, of media types in `choices`      */
};

struct param {
	const char *name;
	enum param_type type;
	int64_t min, max;
	bool required;              /* absent or empty is refused at the field          */
	const char *const *choices; /* NULL-terminated                                */
};

struct upload {
	const char *name;      /* of the field                                       */
	const char *file_name; /* the sender's, for people's eyes, without path      */
	const char *media;     /* told from the content, never from the sender       */
	const void *bytes;
	size_t size;
};

struct req {
	struct arena *arena;
	struct db *db; /* the turn's connection; a read-only one in `slow` */
	const struct law_book *book;
	const struct service_key *key; /* as struct act has it */
	int64_t now_ms;
	const char *language; /* "kk", "ru" or "en"                            */
	struct actor actor;
	const struct route *route;
	const struct daily_call *job; /* the system's own job (daily.h): nobody asks; or NULL */
	json_t *in; /* declared parameters, checked; absent optional ones are not there */
	const struct upload *uploads;
	size_t upload_count;
	json_t *found;                     /* what `slow` found out for the handler, or NULL */
	const void *opened;                /* the same, of a type of the route's own         */
	const struct file_object *objects; /* uploads that lie outside already (app/file.h) */
	bool as_candidate;                 /* the person competes there (candidacy.h)        */
	bool shown_again;                  /* `again` is running: the POST was refused       */
	struct site *site;                 /* the running server: for web/'s own files only */
	const char *session_token;         /* of the person's session; NULL not signed in    */
	const char *session_hash; /* of that token, as the table has it; "" not signed in */
	bool must_enrol;          /* an office demands a second factor that is not there */
	const char *binding;      /* form token: what a challenge is bound to       */
	const char *step_token;   /* between password and second factor; NULL none  */
	const char *device_token; /* of this browser; NULL none                     */
	const char *device;       /* "Firefox, Windows"                             */
	const char *host;         /* that the request was sent to; "" unknown       */
	const char *certificate;  /* PEM that a trusted proxy has verified; "" none   */
	const char *address;      /* of the sender, for counting failures; "" unknown */
	/* answers of a POST: */
	const char *redirect; /* where to go; set by the handler               */
	const char *notice;   /* message key shown there once, or NULL         */
	/* A refusal that has something to keep (a counted failure): the handler sets it
	 * and returns true, so that its rows are committed and the answer still is no. */
	struct err refused;
	/* cookies, set by sign-in, sign-out and language alone: NULL leaves them alone */
	const char *new_session; /* token of the session, "" ends it              */
	const char *new_language;
	const char *new_csrf;   /* the form token of a session that was renewed   */
	const char *new_step;   /* "" ends it                                     */
	const char *new_device; /* of a browser that is known from now on         */
	/* answers of a GET that is not a page: */
	const struct upload *download;  /* sent as it is instead of the page           */
	const struct stored_file *file; /* the same from the disk                     */
	const struct fetch *fetch;      /* the same of a kept file: send_blob() of row.h */
	/* Of a download for programs: its Cache-Control; then it is shown, not saved, and the same
	 * for everybody who may have it.  NULL: nothing is kept. */
	const char *cache;
	/* Of a route for programs, which has no page: a status that is not 200; or 0. */
	int status;
	/* A list asked for as a file (list.h): "csv", "xlsx", NULL for the page; its rows. */
	const char *file_ending;
	int64_t file_rows;
};

/* Parameters by name; they must be declared.  Absent: 0, "" (text), false. */
bool in_has(const struct req *r, const char *name);
int64_t in_int(const struct req *r, const char *name);
const char *in_text(const struct req *r, const char *name);
day in_day(const struct req *r, const char *name);
bool in_flag(const struct req *r, const char *name);
const struct upload *in_file(const struct req *r, const char *name); /* NULL: none sent */
const json_t *in_list(const struct req *r, const char *name); /* array of texts, maybe empty */

/* In r->in a P_DAY is the text "YYYY-MM-DD", a P_TIME the instant in milliseconds (read
 * it with in_int), a P_FLAG true, a P_LIST an array; a P_FILE is in r->uploads. */

/* A file of the disk, open, as a whole: sent as it is, or the part of it that is asked for
 * (http/range.h), never read into memory. */
struct stored_file {
	int fd; /* closed with the request: row_send_open() of row.h */
	int64_t size;
	const char *media;
	const char *tag;  /* names these very bytes: their hash  */
	const char *name; /* under which it is saved             */
};

/* A kept file that is to be sent (app/file.h), read when the turn is over: it may lie elsewhere. */
struct fetch {
	const char *hash, *name;
};

/* The act of this request's person, for calls into app/. */
struct act req_act(const struct req *r);
bool req_is(const struct req *r, unsigned roles); /* holds one of them */

/* Sets r->redirect by a format. */
void req_go(struct req *r, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- the table --------------------------------------------------------------- */

struct route {
	enum method method;
	const char *path; /* "/competitions/:competition": a part with ':' is a parameter */
	unsigned who;     /* of enum role                                      */
	bool (*handler)(struct req *r, json_t *model, struct err *e);
	const char *page; /* template below pages/, without .html; of a POST: the page that
			   * shows its form again when it is refused             */
	const struct param *params; /* ends with PARAMS_END                          */
	const char *help;           /* one sentence, English, for the API description    */
	/* Runs on a worker thread before the handler, with a read-only connection: for
	 * what takes longer than a turn may (Argon2, PDF).  May set r->found. */
	bool (*slow)(struct req *r, struct err *e);
	/* Fills the model of `page` again when this POST is refused (usually the GET
	 * handler of the same page). */
	bool (*again)(struct req *r, json_t *model, struct err *e);
	const char *extra; /* model keys that are for the JSON twin only, comma-separated */
	/* A GET whose view is journalled (restricted papers): it calls app/ and is committed
	 * before it is answered, as a POST is. */
	bool journalled;
	/* Also for a person whose password is of somebody else's making: who knows it besides has
	 * registered nothing (ASVS 6.4.1).  Public routes are anyway. */
	bool temporary;
	/* Also for a person whose office demands a second factor that is not there yet, as those
	 * that are `temporary`. */
	bool enrolling;
	/* What everybody may read: answered with an ETag, so that whoever has it already gets 304.
	 */
	bool cached;
	/* The page talks to NCALayer at site.ncalayer, which signs (signature.h). */
	bool ncalayer;
	/* The page uses camera and microphone, and plays what it has recorded itself; no other may.
	 */
	bool media;
	/* Asks nothing of the database and of nobody who they are: answered while it is away. */
	bool live;
	/* Answered when there is something new (http/live.h). */
	bool waits;
	/* db_ahead() of what `handler` reads, where many such calls come in one turn.  Nothing of
	 * that, and of what other routes with `ahead` read, is written by a call of such a route,
	 * unless both have the same value for their first parameter. */
	bool (*ahead)(struct req *r, struct err *e);
	/* Shows a list, which is there as .csv and .xlsx too (list.h). */
	const struct list *list;
	/* Of a GET without page that sends no JSON: the media types of what it sends, with ", "
	 * between them, for the API description. */
	const char *gives;
};

/* The last line of a list of parameters:
 *   const struct param vote_params[] = { { "choice", ... }, PARAMS_END };
 * The list is defined in the group's file and declared in its header. */
#define PARAMS_END                                                                                 \
	{                                                                                          \
		NULL, P_INT, 0, 0, false, NULL                                                     \
	}

extern const struct param no_params[];

/* The routes of an area, NULL path last, stand in a file of the area; routes.c lists the areas,
 * NULL last.  Walk all of them:
 *   const struct route *r;
 *   for (struct route_walk w = { 0 }; (r = route_next(&w));) ... */
extern const struct route *const route_areas[];
struct route_walk {
	size_t area, at;
};
const struct route *route_next(struct route_walk *w);

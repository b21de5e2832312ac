/* harness.h - the whole site without a socket, for tests of pages and of use cases.
 *
 *   struct harness *h = harness_open();              a fresh database (test_db.h), the real
 *                                                     law, pages and messages, a clock that stands
 *   int64_t hr = harness_person(h, ROLE_HR);          a signed-in person with those roles
 *   struct answer a = harness_post(h, hr, "/competitions", "organ=pgo&vacancies=1");
 *   assert_int_equal(a.status, 200);                  JSON twin: 200 and a location, where a
 *   a = harness_get(h, hr, a.location);                browser gets a 303
 *   assert_string_equal(answer_text(&a, "competition.state"), "draft");
 *   harness_check_page(h, hr, "/competitions/1");     HTML in three languages, no word of its own,
 * no leak harness_close(h);
 *
 * Requests go through the same stations and the same turn (one commit) as in the server;
 * slow routes run at once.  Answers live until harness_close().  Failures of the harness itself
 * fail the test. */
#pragma once
#include "web/http/call.h"

struct harness {
	struct site site;     /* site.db: for preparing rows and looking at them */
	struct arena *arena;  /* of the test                                      */
	const char *language; /* of the requests: "ru"                            */
	struct service_key *key;
};

struct answer {
	int status;
	const char *type; /* Content-Type, "" if none                       */
	const char *body; /* terminated                                     */
	size_t size;
	json_t *json;               /* the body if it is JSON, else NULL              */
	const char *location;       /* where a POST leads, or a redirect; "" if nowhere */
	const char *error;          /* message key of the refusal; "" if it is none   */
	const char *field, *clause; /* of the refusal                           */
	const struct http_out *out; /* headers                                  */
};

/* The day of the harness when it begins: Monday 2 March 2026, 10:00. */
#define HARNESS_BEGIN "2026-03-02T10:00"

struct harness *harness_open(void);

/* A test of cmocka whose *state is a harness of its own; <cmocka.h> before. */
#define HARNESS_TEST(test) cmocka_unit_test_setup_teardown(test, harness_setup, harness_teardown)
int harness_setup(void **state);
int harness_teardown(void **state);

/* The same with the database at `where`, a file or what test_db_place() gives, and its key file. */
struct harness *harness_open_file(const char *where);
void harness_close(struct harness *h);

/* Sets the clock: "YYYY-MM-DDTHH:MM" in the zone.  Sessions stay open. */
void harness_at(struct harness *h, const char *time);

/* A new person in organ "pgo" who is signed in.  Of `roles`: HR... ADMIN become grants for
 * "pgo"; MEMBER, SECRETARY and INVITED an appointed commission of their own. */
int64_t harness_person(struct harness *h, unsigned roles);

/* What use cases want: harness_act(h, 0) is the system itself. */
struct act harness_act(struct harness *h, int64_t person);

/* Second factors are demanded from now on, as in a real installation. */
void harness_demand_factors(struct harness *h);

/* The person has said for what the restricted papers of an application are opened (F76). */
void harness_open_papers(struct harness *h, int64_t person, int64_t application);

/* As the JSON twin.  person 0: nobody is signed in. */
struct answer harness_get(struct harness *h, int64_t person, const char *path);

/* `form` is urlencoded: "a=1&b=2"; the form token is added. */
struct answer harness_post(struct harness *h, int64_t person, const char *path, const char *form);

/* The same with one upload in field `field`. */
struct answer harness_upload(struct harness *h, int64_t person, const char *path, const char *form,
			     const char *field, const char *file_name, const void *bytes,
			     size_t size);

/* The body of such a request, whose media type is HARNESS_PARTS. */
#define HARNESS_PARTS "multipart/form-data; boundary=harness"
struct buf harness_parts(struct harness *h, const char *token, const char *form, const char *field,
			 const char *file_name, const void *bytes, size_t size);

/* As a browser sees them. */
struct answer harness_html(struct harness *h, int64_t person, const char *path);
struct answer harness_post_html(struct harness *h, int64_t person, const char *path,
				const char *form);

/* The jobs of the day that are due, one after another, as the server does them by itself. */
void harness_daily(struct harness *h);

/* A request made by hand; cookies and form token are the caller's. */
struct answer harness_send(struct harness *h, const struct http_in *in);

/* "konkurs_session=...", and the form token, of a person. */
const char *harness_cookie(struct harness *h, int64_t person);
const char *harness_csrf(struct harness *h, int64_t person);

/* Fails the test unless the page answers 200 in kk, ru and en, all its words are messages or data
 * (pseudo.h), and its JSON twin has no name that the page hides and the route does not declare. */
void harness_check_page(struct harness *h, int64_t person, const char *path);

/* The names that it hides ("rows.iin"), as an array. */
json_t *harness_leaks(struct harness *h, int64_t person, const char *path);

/* The line of the person's first page (web/home/lines.h) with that key, of whichever group; NULL if
 * there is none. */
json_t *harness_waits(struct harness *h, int64_t person, const char *key);

/* A value of the JSON by its path, "rows.0.name": text ("" if it is none), number, any. */
const char *answer_text(const struct answer *a, const char *path);
int64_t answer_number(const struct answer *a, const char *path);
json_t *answer_value(const struct answer *a, const char *path);

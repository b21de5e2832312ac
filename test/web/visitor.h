/* visitor.h - a browser with a jar of cookies, for tests of the door.
 *
 *   struct visitor v = visitor_new(h, "192.0.2.7");
 *   struct answer a = visitor_post(&v, "/sign-in", "iin=...&password=...");
 *   a = visitor_get(&v, a.location); */
#pragma once
#include "harness.h"

#include "sign/totp.h"

enum { VISITOR_COOKIES = 8 };

struct visitor {
	struct harness *h;
	const char *address;
	const char *host; /* "konkurs.test"                                  */
	bool html;        /* asks for pages instead of the JSON twin         */
	const char *name[VISITOR_COOKIES], *value[VISITOR_COOKIES];
	size_t count;
};

struct visitor visitor_new(struct harness *h, const char *address);

/* What is sent carries the jar; what comes back goes into it. */
struct answer visitor_get(struct visitor *v, const char *path);
/* The form token is that of a page that is fetched first. */
struct answer visitor_post(struct visitor *v, const char *path, const char *form);

/* The same with one upload in field `field`. */
struct answer visitor_upload(struct visitor *v, const char *path, const char *form,
			     const char *field, const char *file_name, const void *bytes,
			     size_t size);

/* The value of a cookie, or NULL. */
const char *visitor_cookie(const struct visitor *v, const char *name);
void visitor_drop(struct visitor *v, const char *name);

/* An account with password VISITOR_PASSWORD for the person; its IIN. */
#define VISITOR_PASSWORD "сынақ құпиясөзі осы"
const char *visitor_account(struct harness *h, int64_t person);

/* "iin=...&password=...&back=/account" */
const char *visitor_form(struct harness *h, const char *iin, const char *password);

/* The secret of a generator as the page shows it, back to bytes. */
void visitor_secret(const char *base32, unsigned char ret[TOTP_SECRET_SIZE]);

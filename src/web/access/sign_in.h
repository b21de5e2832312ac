/* sign_in.h - the door: signing in and out, choosing a language.
 *
 *   IIN and password ── no second factor ──────────────────────────► session
 *                    └─ has one: /sign-in/code ── code or passkey ─► session
 *   certificate: the challenge signed by its key ──────────────────► session
 *   passkey alone ─────────────────────────────────────────────────► session
 *
 * A passkey is two factors in one: the authenticator has verified the person. */
#pragma once
#include "app/access/device.h"
#include "web/web.h"

extern const struct route sign_in_routes[];

/* ---- between its files ------------------------------------------------------- */

/* The person is who it says: opens the session, by `factor`, makes the browser known, and leads
 * back to where the person wanted to go.  A disabled account is r->refused. */
bool sign_in_enter(struct req *r, int64_t person, const char *factor, struct err *e) MUST_USE;

/* A wrong try, counted where it came from and journalled; the refusal goes to `field`. */
bool sign_in_refuse(struct req *r, int64_t person, const char *field, const char *key,
		    struct err *e) MUST_USE;

/* How many wrong tries are free where this request comes from, and one more was made there: for
 * whoever counts them otherwise than sign_in_refuse(). */
int64_t sign_in_free(const struct req *r);
void sign_in_guessed(struct req *r);

/* Whether the person has to wait before the next try from this browser. */
bool sign_in_waits(struct req *r, int64_t person, bool *ret, struct err *e) MUST_USE;

/* "back" of the request if it is a path of this site, else "/". */
const char *sign_in_back(const struct req *r);

/* A code as it was typed: six digits are a telephone's, more are one from paper.  On a worker: what
 * a code from paper hashes to, into r->found. */
bool sign_in_code_slow(struct req *r, int64_t person, struct err *e) MUST_USE;
/* Whether it is one of this person's that was not used; "totp" or "recovery", NULL if it is not. */
bool sign_in_code_take(struct req *r, int64_t person, const char **ret_factor,
		       struct err *e) MUST_USE;

/* sign_in_code.c */
bool sign_in_code_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool sign_in_code(struct req *r, json_t *model, struct err *e) MUST_USE;
bool sign_in_code_work(struct req *r, struct err *e) MUST_USE;
bool sign_in_passkey(struct req *r, json_t *model, struct err *e) MUST_USE;
extern const struct param sign_in_code_params[], sign_in_passkey_params[];

/* sign_in_certificate.c */
bool sign_in_certificate_form(struct req *r, json_t *model, struct err *e) MUST_USE;
bool sign_in_challenge_file(struct req *r, json_t *model, struct err *e) MUST_USE;
bool sign_in_certificate_slow(struct req *r, struct err *e) MUST_USE;
bool sign_in_certificate(struct req *r, json_t *model, struct err *e) MUST_USE;
extern const struct param sign_in_challenge_params[], sign_in_certificate_params[];

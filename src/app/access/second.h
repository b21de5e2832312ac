/* second.h - the second official agrees here and now (F20, F43, F44; ASVS 2.3.5).
 *
 * What one official may not do alone at the desk of a hall, two do: both stand there, the first one
 * fills in the form, the second one gives his own password in it, and his code if he has a factor.
 * So nobody is named who was not there.
 *
 *   struct second      what he has typed, looked at by a worker: Argon2id is slow
 *   struct agreed      who has agreed, and by what he has shown who he is: for the rows and the
 *                      journal; made by second_agree() alone
 *
 * A use case takes a `struct second`, looks whether that person may be the second one of its act,
 * and then asks second_agree() inside its transaction, before it writes.  A wrong password or code
 * is counted like one at the door (app/access/device.h), outside of that transaction:
 * second_count().
 *
 * A passkey cannot be asked for in the browser of another: whoever has nothing else gives a code on
 * paper (docs/access.md).  What is not done at a desk is proposed, and confirmed from the second
 * one's own account (app/access/access_request.h). */
#pragma once
#include "app/access/device.h"
#include "app/access/factor.h"

enum { SECOND_CODE_MOST = 20 };

struct second {
	int64_t person_id;
	bool right;       /* his password                                            */
	const char *code; /* as typed, of his telephone or from paper; "" none       */
	bool on_paper;    /* `paper` is what it hashes to                            */
	unsigned char paper[RECOVERY_HASH_SIZE];
	struct device device; /* the browser in which it was typed                       */
	int64_t free;         /* wrong tries from there before the next one has to wait  */
};

struct agreed {
	int64_t person_id; /* 0: nobody had to */
	const char *by;    /* "password", "password+totp", "password+recovery" */
};

/* Looks at what was typed: person_id, right, code and paper of `ret`.  Slow on purpose, and as slow
 * for a person without an account.  Reads only: for worker threads. */
bool second_prove(struct db *db, struct arena *a, int64_t person_id, const char *password,
		  const char *code, struct second *ret, struct err *e) MUST_USE;

/* In the caller's transaction, who has looked whether this person may be the second one.  His code
 * is used now, his count of wrong tries begins anew.  ERR_INPUT
 *   at "second":          "second.error.self", "second.error.disabled", "second.error.enrol"
 *                         without a factor where offices demand one, "second.error.temporary" with
 *                         a password of another's making;
 *   at "second_password": "second.error.password", also while he has to wait;
 *   at "second_code":     "second.error.code" for a wrong or used one, "second.error.code_missing",
 *                         "second.error.passkey" for whoever has a passkey and nothing else. */
bool second_agree(const struct act *act, const struct second *second, struct agreed *ret,
		  struct err *e) MUST_USE;

/* Whether second_agree() has refused a guess, not a person. */
bool second_is_guess(const struct err *why);

/* Counts that guess, and journals it with whoever acts: he stood beside it. */
bool second_count(const struct act *act, const struct second *second, const struct err *why,
		  struct err *e) MUST_USE;

/* Adds "second" and "second_by" to what the journal is told; `content` comes back. */
json_t *second_told(json_t *content, const struct agreed *agreed);

/* vault_opening.h - the sealed bank is opened, by two keepers of its key, for one purpose (F28).
 *
 * An opening is asked for, waits for two shares of two different people, and is open from the
 * second one on until its hours are over, what it was for is done, or somebody closes it. Meanwhile
 * the shares lie in the database under the service key, so that another process, or the same one
 * after kill -9, goes on; when it ends they are deleted.  Each step is journalled. */
#pragma once
#include "app/bank/bank_text.h"

#define VAULT_SITTING "sitting" /* the forms of one sitting are sealed */
#define VAULT_WORK    "work"    /* who works in the bank reads and exports */
#define VAULT_RENEWAL "renewal" /* the bank gets a new key */

enum {
	VAULT_WAIT_HOURS =
		12, /* for the shares; ours, as the next two: the law knows no sealed bank */
	VAULT_HOURS_MOST = 8,
	VAULT_REASON_MOST = 500,
};

struct vault_request {
	const char *purpose;
	int64_t sitting;    /* of VAULT_SITTING, else 0          */
	const char *reason; /* needed unless it is for a sitting */
	int64_t hours;      /* 1 to VAULT_HOURS_MOST             */
};

/* Who may ask: for a sitting its operators and HR, before it starts; for work whoever writes,
 * reviews or approves questions; for a renewal approvers and administrators.  The keepers are told.
 * ERR_CONFLICT "vault.error.unsealed" if the bank is not sealed, "vault.error.asked" if such an
 * opening waits or is open; ERR_INPUT at "reason". */
bool vault_ask(const struct act *act, const struct vault_request *request, int64_t *ret_id,
	       struct err *e) MUST_USE;

/* A keeper gives the own share; `key` comes from keeper_derive().  `ret_right` is false for a wrong
 * passphrase, which is counted: the caller commits that and refuses.  ERR_DENIED for who is no
 * keeper; ERR_CONFLICT "vault.error.ended", "vault.error.given" for who has given one,
 * "vault.error.share_none" for a keeper of a later day, "vault.error.waits" after too many wrong
 * ones. */
bool vault_give(const struct act *act, int64_t opening, const unsigned char key[32],
		bool *ret_right, struct err *e) MUST_USE;

/* Keepers, approvers and administrators: the share of a paper.  ERR_INPUT at "paper"
 * "vault.error.paper" if it is mistyped, "vault.error.paper_old" if it is of another key; the
 * conflicts of vault_give(). */
bool vault_give_paper(const struct act *act, int64_t opening, const char *paper,
		      struct err *e) MUST_USE;

/* Who asked, any keeper, approvers and administrators. */
bool vault_close(const struct act *act, int64_t opening, struct err *e) MUST_USE;

/* What an opening for this sitting was for is done ("started") or not wanted ("cancelled"); in the
 * caller's transaction.  Nothing happens if there is none. */
bool vault_done(const struct act *act, int64_t sitting, const char *ended, struct err *e) MUST_USE;

/* Ends openings whose time is over: by the system itself, now and then. */
bool vault_expire(const struct act *act, struct err *e) MUST_USE;

/* Whether the bank is open for this purpose. */
bool vault_is_open(const struct act *act, const char *purpose, int64_t sitting, bool *ret,
		   struct err *e) MUST_USE;

/* The bank's secret key, from the two shares of an opening that lasts; `ret_open` is false if there
 * is none.  For bank_text.c and vault.c alone. */
bool vault_secret(const struct act *act, const char *purpose, int64_t sitting,
		  struct bank_secret *ret, bool *ret_open, struct err *e) MUST_USE;

/* Ends one opening: the shares are deleted, it is journalled.  For vault.c. */
bool vault_end(const struct act *act, int64_t opening, const char *ended, struct err *e) MUST_USE;

/* What the boxes of a sitting are called (sign/box.h): the key of its seal, and the data key of a
 * version under that. */
const char *vault_seal_name(struct arena *a, int64_t sitting);
const char *vault_form_name(struct arena *a, int64_t sitting, int64_t version);

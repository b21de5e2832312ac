/* hook.h - webhooks: addresses of other systems that are told what happens.
 *
 * An administrator asks for an address and the kinds of journal entries that it is told; another
 * one answers (asking.h), as nobody alone lets the system speak to somewhere else.  The secret that
 * signs is made here, given to whoever asked this once, and lies under the service key.  One
 * administrator is enough to end it; to begin again takes two.
 *
 * What is told is written in the transaction of its entry (act_journal()), so nobody is told what
 * did not happen; it goes out afterwards, by `konkurs hooks` (outbox.h). */
#pragma once
#include "app/act.h"
#include "hook/signature.h"

enum { HOOK_REASON_MOST = 500, HOOKS_MOST = 50 };

/* The kinds of entries that may be told, in alphabetical order, NULL last: of competitions and
 * papers that are public or whose subject is a number. */
extern const char *const hook_kinds[];

struct hook_form {
	const char *url, *reason;
	bool inside;          /* it may lie in a network of our own   */
	const json_t *events; /* array of texts                       */
};

/* Administrators; `ret_secret` lives in the arena.  ERR_INPUT at "url", "reason" or "events";
 * ERR_CONFLICT "hook.error.known" while the same address is asked for or on, "hook.error.many". */
bool hook_ask(const struct act *act, const struct hook_form *form, int64_t *ret_id,
	      const char **ret_secret, struct err *e) MUST_USE;

/* One that is off, or was refused or answered too late, is asked for again. */
bool hook_ask_again(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* Another administrator.  ERR_DENIED "hook.error.same" for the one who asked; ERR_CONFLICT
 * "hook.error.answered". */
bool hook_answer(const struct act *act, int64_t id, bool yes, struct err *e) MUST_USE;

/* Nothing more is sent there; what waits stays.  ERR_CONFLICT "hook.error.off". */
bool hook_off(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* A message of the kind "test" is queued.  ERR_CONFLICT "hook.error.off". */
bool hook_test(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* A delivery goes at once, or once more, under the same id; one that waits is not sent at all:
 * ERR_CONFLICT "hook.error.ended". */
bool hook_resend(const struct act *act, int64_t delivery_id, struct err *e) MUST_USE;
bool hook_drop(const struct act *act, int64_t delivery_id, struct err *e) MUST_USE;

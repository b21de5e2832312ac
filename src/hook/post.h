/* post.h - hands a webhook to its receiver, by libcurl.
 *
 * TLS is verified, no redirect is followed, no proxy asked, and what comes as an answer is not
 * read: the status alone counts. */
#pragma once
#include "base/arena.h"

struct hook_post {
	const char *url;         /* hook_url_fault() has found nothing     */
	bool inside;             /* HOOK_INSIDE is allowed, too            */
	const char *authorities; /* file of certificates; NULL: the system's */
	const char *id, *signature, *body;
	int64_t timestamp_s;
};

enum hook_outcome {
	HOOK_TAKEN, /* 2xx                              */
	HOOK_LATER, /* anything else: it is tried again */
	HOOK_GONE   /* 410: nobody wants it any more    */
};

/* Once in the program, before any thread. */
bool hook_post_open(void) MUST_USE;
void hook_post_close(void);

/* Waits for the receiver, at most a quarter of a minute.  `ret_status` is 0 without an answer;
 * `ret_problem` a word: "" taken, "status", "redirect", "gone", "tls", "address" (where it leads is
 * not allowed), "slow", "unreachable". */
enum hook_outcome hook_post_send(struct arena *a, const struct hook_post *post, int *ret_status,
				 const char **ret_problem);

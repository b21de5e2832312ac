/* form_done.h - a form that comes again does what it did once.
 *
 * Whoever did not hear the answer sends again: a person, a browser, a proxy after a node has died.
 * A form that has led somewhere leaves its key in the transaction of what it did; the same form
 * again is answered with the place that it led to.  Keys live FORM_DONE_MS: whoever says the same
 * later means it. */
#pragma once
#include "app/act.h"

enum { FORM_DONE_MS = 10 * 60 * 1000 };

struct form_done {
	const char *location;
	const char *notice; /* NULL: none */
};

/* `ret_found` false: it was not done, or longer ago. */
bool form_done_find(const struct act *act, const char *key, struct form_done *ret, bool *ret_found,
		    struct err *e) MUST_USE;
bool form_done_note(const struct act *act, const char *key, const struct form_done *done,
		    struct err *e) MUST_USE;
/* Everybody's that are older. */
bool form_done_forget_old(const struct act *act, struct err *e) MUST_USE;

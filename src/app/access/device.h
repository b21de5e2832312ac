/* device.h - browsers in which somebody has signed in before, and how long guesses have to wait.
 *
 * Wrong passwords are counted where they come from, so that nobody can lock another out:
 *
 *   a browser in which this person has signed in before      has a count of its own
 *   a browser of an enrolled seat, whoever sits there        has one for each person
 *   any other browser                                        shares the count of the account
 *
 * So guesses from elsewhere delay only who comes from elsewhere, and never for good: the wait
 * doubles from 30 seconds to a quarter of an hour.  An address is never refused, whatever is
 * guessed from it - a hall sits behind one; while many guesses come from an address, other browsers
 * there have two guesses free instead of five (web/http/brake.h).
 *
 * A device is known by a random token in a cookie; the table has its hash. */
#pragma once
#include "app/act.h"

enum {
	DEVICE_HASH_SIZE = 65,
	FAILURES_FREE = 5,         /* wrong ones before the next has to wait */
	FAILURES_FREE_CROWDED = 2, /* where many guesses come from           */
	FAILURE_WAIT_MS = 30 * 1000,
	FAILURE_WAIT_MOST_MS = 15 * 60 * 1000,
	FAILURES_TOLD = 10, /* of an account: then its person is told */
};

struct device {
	char hash[DEVICE_HASH_SIZE]; /* "" of a browser that has no token */
	bool own;                    /* has a count of its own for this person */
};

/* What the browser with this token (NULL or "" none) is to the person.  Reads only. */
bool device_find(struct db *db, const char *token, int64_t person_id, struct device *ret,
		 struct err *e) MUST_USE;

/* Whether the person has to wait before the next try from there. */
bool device_waits(const struct act *act, const struct device *d, int64_t person_id, bool *ret,
		  struct err *e) MUST_USE;

/* Counts a wrong try.  `free`: FAILURES_FREE or FAILURES_FREE_CROWDED. */
bool device_failed(const struct act *act, const struct device *d, int64_t person_id, int64_t free,
		   struct err *e) MUST_USE;

/* act->person_id has signed in there: it is known from now on, and its counts begin anew. */
bool device_prove(const struct act *act, const struct device *d, struct err *e) MUST_USE;

/* The same without signing in there: the person has shown who it is beside whoever has
 * (app/access/second.h).  The count there begins anew; the browser is not known for it. */
bool device_shown(const struct act *act, const struct device *d, struct err *e) MUST_USE;

/* The browser stands at an enrolled seat. */
bool device_is_hall(const struct act *act, const struct device *d, struct err *e) MUST_USE;

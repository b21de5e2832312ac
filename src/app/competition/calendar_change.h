/* calendar_change.h - the calendar in force, and what an officer changes in it (rules.md 5, F5).
 *
 * The calendar of rules/ is changed by rows alone, each by an order with number and date.  Every
 * open term is counted anew at once, in the same transaction; whom it concerns is told. */
#pragma once
#include "app/act.h"

/* Today's calendar: that of the book with the changes that were not withdrawn; NULL for an act
 * without a book.  Lives as long as the act. */
bool calendar_in_force(const struct act *act, const struct calendar **ret, struct err *e) MUST_USE;

struct calendar_change {
	/* "moved": a day off that no rule carries (Kurban Ait, WD-2) goes from `day` to `other`;
	 * "transfer": `day` is off and `other`, a Saturday or Sunday, is worked (WD-4). */
	const char *kind;
	day day, other;
	const char *order; /* its number */
	day order_day;
};

/* A term that would fall, or fell, on another day. */
struct moved_term {
	int64_t competition_id;
	const char *post; /* code */
	const char *term; /* term_kind_name() */
	day before, after;
	bool unlawful; /* "interview": the day is no longer lawful; `after` is the nearest
			* lawful day, if there is one (has_after) */
	bool has_after;
};
struct moved_terms {
	struct moved_term *list;
	size_t count;
};

/* What the change would do to the open terms; nothing is written.  Errors as below. */
bool calendar_change_preview(const struct act *act, const struct calendar_change *change,
			     struct moved_terms *ret, struct err *e) MUST_USE;

/* HR of the first organ of the book, to which the others stand under.  ERR_INPUT at "day" or
 * "other": "calendar.error.no_day_off" for a day that cannot be moved, "calendar.error.past" for
 * one that is not after today, else as calendar_build() refuses it.  An announced filing term is
 * prolonged and never shortened (ours: who relied on it must not lose it); an interview that has
 * become unlawful stays and is flagged, as only HR can move it.  Tells HR of the competition
 * ("term.moved.*", "interview.unlawful") and, of the filing term, every candidate. */
bool calendar_change_add(const struct act *act, const struct calendar_change *change,
			 struct err *e) MUST_USE;

/* Takes a change back, by an order; the terms are counted anew likewise.  ERR_CONFLICT
 * "calendar.error.withdrawn"; "calendar.error.past" as above. */
bool calendar_change_withdraw(const struct act *act, int64_t id, const char *order,
			      struct err *e) MUST_USE;

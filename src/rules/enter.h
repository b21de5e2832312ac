/* enter.h - values that the published text does not tell, entered into a rule set (F2).
 *
 * A rule set of the program marks such a value `assumed`.  Whoever installs it enters what the act
 * of the organ says, with the clause and the act; what comes out is a whole rule set again, with
 * everything else as it was, byte for byte.  What is not entered stays assumed.  The switch that
 * leaves records of sittings off, a demonstration's, is not in it (R28-3). */
#pragma once
#include "law/rule_set.h"
#include "rules/law_book.h"

struct entered_value {
	const char *name; /* param_name() */
	int64_t value;
	const char *clause; /* of `act` */
	const char *act;    /* "" these Rules themselves */
};

/* What is entered into one rule set. */
struct entered {
	const struct entered_value *values;
	size_t count;
	const char
		*from_act; /* that tells the day from which the set is in force; "" not entered */
	const char *from;  /* that day, "YYYY-MM-DD"; "" as the set has it                  */
};

/* Values of `rules` that are assumed, by name, and "in_force_from" if its day is: an array of texts
 * in the arena, NULL last. */
const char *const *rule_set_assumed(struct arena *a, const struct rule_set *rules);

/* Between which values a sane file has this parameter, both in; 0 and 1 of what is a rule. */
void rule_set_param_bounds(enum param_id id, int64_t *least, int64_t *most);

/* The text of `file` with these values; lives in the arena.  ERR_INPUT, `field` the name of the
 * value: "rules.enter.unknown" for one that is no parameter, "rules.enter.known" for one that the
 * Rules tell themselves, "rules.enter.bounds" (what may be in `value`), "rules.enter.clause"
 * without one, "rules.enter.text" for a text with a quotation mark, a backslash or a line feed,
 * "rules.enter.day"; and what law_book_read_rule_set() says of the whole. */
bool rule_set_enter(struct arena *a, const struct law_file *file, const struct entered *entered,
		    const char **ret, struct err *e) MUST_USE;

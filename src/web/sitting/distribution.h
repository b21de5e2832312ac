/* distribution.h - how many have how many right answers, with the pass mark, for
 * pages/chart/distribution.html:
 *
 *   {mark, most, people, below, at, above, reached, others, least, mark_x,
 *    scores [{score, people, outcome, x, y, width, height}]}
 *
 * mark and most (questions asked) are those that most results have; `others` are left out. `scores`
 * is empty, and nothing but `people` is told, of fewer than `least` (ENOUGH_FACILITY) results: a
 * few bars are no distribution, and tell of persons.  x, y, width, height are units of 800 x 300.
 */
#pragma once
#include "web/web.h"

/* So many people who had `correct` right of `asked` where `mark` was enough. */
struct distribution_part {
	int64_t correct, asked, mark, people;
};

/* A new object, null if nobody has a result. */
json_t *distribution_of(const struct distribution_part *part, size_t count);

/* The same of rows (correct, asked, pass_mark, people). */
json_t *distribution_of_rows(struct req *r, const json_t *rows);

/* sheet.h - a form with the answers that count and the keys as they are today (F59, F61, F62).
 *
 * A result is nothing but what score_count() makes of this: when it is fixed, when a key is
 * corrected, and when somebody recomputes it. */
#pragma once
#include "app/competition/competition.h"
#include "exam/score.h"

enum { SHEET_HASH_SIZE = 32 };

struct sheet {
	const struct rule_set *rules; /* of the competition                     */
	struct arena *arena;
	struct answered_question *question; /* number n at n - 1                      */
	int64_t *item;                      /* version of number n at n - 1           */
	size_t count;
};

/* Reads the form of an attempt, which is opened, with every correction of its versions. */
bool sheet_read(const struct act *act, int64_t attempt_id, const struct rule_set *rules,
		struct sheet *ret, struct err *e) MUST_USE;

/* Applies one more finding about a version; false if the form does not have it. */
bool sheet_apply(struct sheet *sheet, int64_t item_id, const struct key_finding *finding);

/* What a finding does under this rule set. */
struct key_rule sheet_rule(const struct rule_set *rules);

/* A sign per question, in their order: the item figures come from these (F31, F32). */
const char *sheet_points(const struct sheet *sheet);

/* BLAKE2b-256 over "number:choice;" of every question: binds the result to the answers. */
void sheet_hash(const struct sheet *sheet, unsigned char ret[SHEET_HASH_SIZE]);

/* R44-2: positive is not lower than the mark of clause 36. */
bool sheet_positive(const struct sheet *sheet, const struct score *score);

/* snapshot.h - the bank a sitting draws from, as rows of sitting_item and sitting_enemy (F30 to
 * F33).
 *
 * Taken when the forms are sealed, and read again by whoever verifies the draw. */
#pragma once
#include "app/act.h"
#include "exam/draw.h"

struct snapshot {
	struct blueprint blueprint;
	struct bank bank;
	struct bank_entry *items; /* what bank.items points to */
	uint32_t *scratch;        /* room for bank.count numbers */
	int64_t *place;           /* place of an item by its id, -1 for none */
	int64_t id_most;
};

/* From the bank as it is now: figures, resting items, strata, enemies.  ERR_CONFLICT
 * "exam.bank.shortage" with the act in `value` (F29). */
bool snapshot_take(const struct act *act, const struct rule_set *rules, int64_t forms_most,
		   struct snapshot *ret, struct err *e) MUST_USE;

/* The same, whether or not an act is short. */
bool snapshot_read(const struct act *act, const struct rule_set *rules, int64_t forms_most,
		   struct snapshot *ret, struct err *e) MUST_USE;

/* Items in use and enemies alone, to count what each act has (F29): no item rests, none has a
 * stratum, and no answer is read for it. */
bool snapshot_count(const struct act *act, const struct rule_set *rules, struct snapshot *ret,
		    struct err *e) MUST_USE;

/* Stores it for a sitting; snapshot_drop() takes it away again. */
bool snapshot_store(const struct act *act, int64_t sitting, const struct snapshot *s,
		    struct err *e) MUST_USE;
bool snapshot_drop(const struct act *act, int64_t sitting, struct err *e) MUST_USE;

/* As it was stored. */
bool snapshot_load(const struct act *act, int64_t sitting, const struct rule_set *rules,
		   struct snapshot *ret, struct err *e) MUST_USE;

/* F30: marks what the candidate of an attempt had in earlier attempts, and nothing else.
 * `stored`: as it was noted when the form was drawn; otherwise as it is now. */
bool snapshot_mark_seen(const struct act *act, int64_t attempt, bool stored, struct snapshot *s,
			struct err *e) MUST_USE;

/* Notes the marks for the attempt. */
bool snapshot_store_seen(const struct act *act, int64_t attempt, const struct snapshot *s,
			 struct err *e) MUST_USE;

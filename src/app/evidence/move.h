/* move.h - an installation that moves to another database, as both tell it (docs/moving.md).
 *
 * From its first row on until the move has ended, nobody may write to either of them but who moves
 * it; after it the old one is closed for good, as two that are both served would each go on with
 * the same journal.  Rows are copied by db/transfer.h. */
#pragma once
#include "app/act.h"
#include "db/transfer.h"

struct move {
	const char *name;  /* of the move: random, the same in both; "" it has never moved */
	const char *way;   /* out, in                       */
	const char *state; /* under_way, done, given_up     */
	int64_t begun_ms, done_ms; /* done_ms 0: not yet    */
};

/* Tables that are each database's own, and not moved; NULL last. */
extern const char *const move_leaves[];

bool move_read(struct db *db, struct arena *a, struct move *ret, struct err *e) MUST_USE;

/* ERR_CONFLICT if the database is not to be written to: "move.error.under_way" while it moves away,
 * "move.error.gone" when it has, "move.error.half" while not all rows have come. */
bool move_allows(struct db *db, struct err *e) MUST_USE;

/* The one that is left: begins, or goes on with what was begun.  `ret_name` is that of the move. */
bool move_leave(const struct act *act, const char **ret_name, struct err *e) MUST_USE;

/* The new one, as the migrations have made it: becomes the target of that move. */
bool move_arrive(const struct act *act, const char *name, const struct transfer *t,
		 struct err *e) MUST_USE;

/* The one that is left, when all rows are in the other: nobody serves it any more. */
bool move_left(const struct act *act, struct err *e) MUST_USE;

/* Then the new one, which may be served from now on.  One entry of its journal tells of the move:
 * how many rows there were, and the root of the journal that came. */
struct journal_state;
bool move_settle(const struct act *act, int64_t rows, const struct journal_state *came,
		 struct err *e) MUST_USE;

/* The one that is left is served again.  The other one must never be: this cannot see to that, but
 * an entry of the journal tells of it.  ERR_CONFLICT "move.error.none" if it does not move. */
bool move_give_up(const struct act *act, const char *reason, struct err *e) MUST_USE;

/* results.h - finished sittings with the answers of candidates who are made up, for looking at the
 * figures, for measuring them, and for tests that must know what is true.
 *
 * Questions follow the three-parameter logistic model, a difficulty, slope and time of their own;
 * candidates have an ability and a pace.  The same seed makes the same answers.  Rows are written
 * directly, in the order in which the events of a hall would come; people come from the use case.
 */
#pragma once
#include "app/act.h"

struct bench_results_plan {
	int sittings, seats; /* candidates of each; every second one has the test in Kazakh */
	uint64_t seed;
	bool strange_items; /* see bench_item_kind() */
	/* In the last sitting: seat 5 copies from seat 4 a few seconds later, seat 9 guesses the
	 * last third of the form in a second each, seat 14 knows a third of it beforehand. */
	bool signs;
};

enum {
	BENCH_FROM = 4,
	BENCH_COPIER = 5,
	BENCH_GUESSER = 9,
	BENCH_KNOWER = 14,
};

/* What is wrong with a question: of each forty one has another language, one another key than the
 * right one, one an option that nobody takes, one that tells nothing. */
enum bench_item_kind {
	BENCH_ITEM_FINE,
	BENCH_ITEM_HARD_IN_KAZAKH,
	BENCH_ITEM_BAD_KEY,
	BENCH_ITEM_DEAD_OPTION,
	BENCH_ITEM_BLUNT
};
enum bench_item_kind bench_item_kind(int64_t item);

/* In a database with the demonstration and a bank.  `ret_last`: the last sitting. */
bool bench_results(const struct act *act, const struct bench_results_plan *plan, int64_t *ret_last,
		   struct err *e) MUST_USE;

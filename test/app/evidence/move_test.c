/* An installation that moves, as both databases tell it (docs/moving.md): who may write when, and
 * nothing by halves.  That the rows arrive is test/db/transfer_test.c, the whole of it
 * test/cli/move_test.py. */
#include "destroy.h"
#include "faulty.h"
#include "stage.h"

#include "app/evidence/move.h"
#include "journal/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct journal_state came = { .size = 12, .root = { 0xab } };

static int set_up(void **state)
{
	*state = harness_open();
	return 0;
}

static int take_down(void **state)
{
	harness_close(*state);
	return 0;
}

/* The key of the refusal, "" if one may write. */
static const char *refusal(struct harness *h)
{
	struct err e = { 0 };
	return move_allows(h->site.db, &e) ? "" : arena_copy(h->arena, e.key);
}

static const char *state_of(struct harness *h)
{
	struct move m = { 0 };
	struct err e = { 0 };
	must_be(move_read(h->site.db, h->arena, &m, &e), &e);
	return arena_print(h->arena, "%s %s", m.way, m.state);
}

static int64_t entries(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t n = 0;
	must_be(db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM journal_entry WHERE kind = $1",
			  db_text(kind)),
		&e);
	return n;
}

static void the_old_one_is_closed(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const char *name = NULL;
	const char *again = NULL;
	assert_string_equal(refusal(h), "");
	must_be(move_leave(&act, &name, &e), &e);
	assert_string_equal(refusal(h), "move.error.under_way");
	/* broken off, it is the same move that goes on */
	must_be(move_leave(&act, &again, &e), &e);
	assert_string_equal(name, again);
	must_be(move_left(&act, &e) && move_leave(&act, &again, &e), &e);
	assert_string_equal(name, again);
	assert_string_equal(refusal(h), "move.error.gone");
	assert_string_equal(state_of(h), "out done");
	assert_int_equal(entries(h, "installation.moved"), 0);
}

static void the_new_one_is_closed_until_all_is_there(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const char *name = NULL;
	CLEANUP(db_cleanup) struct db *from = NULL;
	must_be(db_open(":memory:", &from, &e) && db_migrate(from, &e), &e);
	/* it is as the migrations leave it but for what the harness put there */
	const struct transfer t = { .from = from, .to = h->site.db, .leave = move_leaves };
	must_be(move_arrive(&act, "name", &t, &e), &e);
	assert_string_equal(refusal(h), "move.error.half");
	/* and cannot be left meanwhile */
	assert_false(move_leave(&act, &name, &e));
	assert_string_equal(e.key, "move.error.half");
	err_clear(&e);
	must_be(move_settle(&act, 34, &came, &e), &e);
	assert_string_equal(refusal(h), "");
	assert_int_equal(entries(h, "installation.moved"), 1);
	/* one day it may move on */
	must_be(move_leave(&act, &name, &e), &e);
	assert_string_not_equal(name, "name");
}

static void giving_up_is_on_record(void **state)
{
	struct harness *h = *state;
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const char *first = NULL;
	const char *second = NULL;
	assert_false(move_give_up(&act, "why", &e));
	assert_string_equal(e.key, "move.error.none");
	err_clear(&e);
	must_be(move_leave(&act, &first, &e) && move_give_up(&act, "why", &e), &e);
	assert_string_equal(refusal(h), "");
	assert_int_equal(entries(h, "installation.move_given_up"), 1);
	must_be(move_leave(&act, &second, &e), &e);
	assert_string_not_equal(first, second);
}

static bool settle(const struct act *act, struct err *e)
{
	return move_settle(act, 34, &came, e);
}

static bool give_up(const struct act *act, struct err *e)
{
	return move_give_up(act, "why", e);
}

/* After each failure it is as before, and nothing is in the journal. */
static void nothing_is_done_by_halves(void **state)
{
	static const struct {
		bool (*step)(const struct act *act, struct err *e);
		const char *entry;
	} steps[] = {
		{ give_up, "installation.move_given_up" },
		{ settle, "installation.moved" },
	};
	struct harness *h = *state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct act act = harness_act(h, 0);
		struct err e = { 0 };
		const char *name = NULL;
		must_be(move_leave(&act, &name, &e), &e);
		for (int n = 0;; n++) {
			struct faulty faulty;
			faulty_init(&faulty, h->site.db, n);
			act.db = &faulty.db;
			err_clear(&e);
			if (steps[i].step(&act, &e))
				break;
			assert_string_equal(state_of(h), "out under_way");
			assert_int_equal(entries(h, steps[i].entry), 0);
		}
		assert_int_equal(entries(h, steps[i].entry), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_old_one_is_closed, set_up, take_down),
		cmocka_unit_test_setup_teardown(the_new_one_is_closed_until_all_is_there, set_up,
						take_down),
		cmocka_unit_test_setup_teardown(giving_up_is_on_record, set_up, take_down),
		cmocka_unit_test_setup_teardown(nothing_is_done_by_halves, set_up, take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

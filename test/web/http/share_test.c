/* What one address and one session may have. */
#include "web/http/address.h"
#include "web/http/brake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void one_address(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} row[] = {
		{ "10.0.0.1", "10.0.0.1", true },
		{ "10.0.0.1", "10.0.0.2", false },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::1", true }, /* one network */
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "::ffff:10.0.0.1", "10.0.0.1", true },
		{ "::ffff:10.0.0.1", "::ffff:10.0.0.2", false },
		{ "", "10.0.0.1", false },
	};
	struct addresses *a = addresses_open();
	assert_non_null(a);
	for (size_t i = 0; i < COUNT(row); i++)
		assert_int_equal(addresses_slot(a, row[i].a) == addresses_slot(a, row[i].b),
				 row[i].same);
	addresses_close(a);
	assert_true(address_is_here("127.0.0.1") && address_is_here("::1"));
	assert_false(address_is_here("127.0.0.2") || address_is_here("") ||
		     address_is_here("10.127.0.0.1"));
}

/* A hall of 200 computers with six connections each behind one address is within its share as long
 * as the server is not nearly full. */
static void shares(void **state)
{
	(void)state;
	enum { MOST = 4096, HALL = 1200 };
	struct addresses *a = addresses_open();
	assert_non_null(a);
	const size_t hall = addresses_slot(a, "10.0.0.1");
	for (int i = 0; i < HALL; i++) {
		assert_true(addresses_count(a, hall) < addresses_share(a, (size_t)i, MOST));
		addresses_enter(a, hall);
	}
	assert_int_equal(addresses_largest(a), hall);
	assert_int_equal(addresses_share(a, 0, MOST), MOST / 2);
	/* nearly full with one address: the next gets half; with many, an eighth at least */
	assert_int_equal(addresses_share(a, MOST - 1, MOST), MOST / 2);
	for (int i = 0; i < 50; i++) {
		char text[16];
		(void)snprintf(text, sizeof(text), "10.0.1.%d", i);
		addresses_enter(a, addresses_slot(a, text));
	}
	assert_int_equal(addresses_share(a, MOST - 1, MOST), MOST / 8);
	for (int i = 0; i < HALL; i++)
		addresses_leave(a, hall);
	assert_int_equal(addresses_count(a, hall), 0);
	addresses_close(a);
}

/* ---- brakes ------------------------------------------------------------------ */

static void stores(void **state)
{
	(void)state;
	struct brake *b = calloc(1, sizeof(*b));
	assert_non_null(b);
	for (int i = 0; i < BRAKE_SLOW_MOST; i++)
		assert_int_equal(brake_take_slow(b, "a", "10.0.0.1", 1000), 0);
	assert_int_equal(brake_take_slow(b, "a", "10.0.0.1", 1000), BRAKE_SLOW_MS);
	assert_int_equal(brake_take_slow(b, "b", "10.0.0.1", 1000), 0); /* another's is full */
	assert_int_equal(brake_take_slow(b, "a", "10.0.0.1", 1000 + BRAKE_SLOW_MS - 1), 1);
	assert_int_equal(brake_take_slow(b, "a", "10.0.0.1", 1000 + BRAKE_SLOW_MS), 0);
	assert_int_equal(brake_take_slow(b, "a", "10.0.0.1", 1000 + BRAKE_SLOW_MS), BRAKE_SLOW_MS);
	/* after a pause all of it is there again, and no more */
	const int64_t later = 1000 + (int64_t)BRAKE_SLOW_MS * BRAKE_SLOW_MOST * 3;
	for (int i = 0; i < BRAKE_SLOW_MOST; i++)
		assert_int_equal(brake_take_slow(b, "a", "10.0.0.1", later), 0);
	assert_int_not_equal(brake_take_slow(b, "a", "10.0.0.1", later), 0);
	free(b);
}

/* Cookies that nobody has given out are no way around: the address has its own store. */
static void made_up_sessions(void **state)
{
	(void)state;
	struct brake *b = calloc(1, sizeof(*b));
	int taken = 0;
	assert_non_null(b);
	for (int i = 0; i < 3 * BRAKE_ADDRESS_MOST; i++) {
		char session[16];
		(void)snprintf(session, sizeof(session), "made-up-%d", i);
		taken += brake_take_slow(b, session, "10.0.0.1", 1000) == 0;
	}
	assert_int_equal(taken, BRAKE_ADDRESS_MOST);
	assert_int_equal(brake_take_slow(b, NULL, "10.0.0.2", 1000), 0);
	assert_int_equal(brake_take_slow(b, "x", "127.0.0.1", 1000), 0); /* the proxy counts */
	free(b);
}

/* What was taken at one node counts at another, whatever its clock says; nothing is told twice. */
static void nodes_count_together(void **state)
{
	enum { AHEAD_MS = 90 * 1000 };
	(void)state;
	struct brake *one = calloc(1, sizeof(*one));
	struct brake *two = calloc(1, sizeof(*two));
	char text[2000];
	int told = 0;
	assert_non_null(one);
	assert_non_null(two);
	assert_false(brake_tell(one, text, sizeof(text)));
	for (int i = 0; i < BRAKE_SLOW_MOST; i++)
		assert_int_equal(brake_take_slow(one, "a", "10.0.0.1", 1000), 0);
	for (; brake_tell(one, text, sizeof(text)); told++)
		brake_hear(two, text, 1000 + AHEAD_MS);
	assert_int_equal(told, 1);
	assert_int_equal(brake_take_slow(two, "a", "10.0.0.1", 1000 + AHEAD_MS), BRAKE_SLOW_MS);
	assert_int_equal(brake_take_slow(two, "b", "10.0.0.1", 1000 + AHEAD_MS), 0);
	assert_int_equal(brake_level(two, "10.0.0.1", &brake_slow_address, 1000 + AHEAD_MS),
			 BRAKE_SLOW_MOST + 1);
	assert_true(brake_tell(two, text, sizeof(text))); /* its own, not what it has heard */
	brake_hear(one, text, 1000);
	assert_int_equal(brake_level(one, "a", &brake_slow, 1000), BRAKE_SLOW_MOST);
	assert_int_equal(brake_level(one, "b", &brake_slow, 1000), 1);
	free(one);
	free(two);
}

/* More than fits into a notice comes with the next one, and nonsense is nothing. */
static void notices_are_of_any_length(void **state)
{
	static const char *const nonsense[] = { "",    "x",    "1",   "1+",
						"1+1", "0+1,", "+1,", "1+ffffffff," };
	(void)state;
	struct brake *one = calloc(1, sizeof(*one));
	struct brake *two = calloc(1, sizeof(*two));
	char text[300];
	assert_non_null(one);
	assert_non_null(two);
	for (int i = 0; i < 2 * BRAKE_SHARES; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "session-%d", i);
		(void)brake_take(one, name, &brake_slow, 1000);
	}
	int heard = 0;
	while (brake_tell(one, text, sizeof(text)))
		brake_hear(two, text, 1000);
	for (size_t i = 0; i < BRAKE_SLOTS; i++)
		heard += two->slot[i].who != 0;
	assert_in_range(heard, BRAKE_SHARES - BRAKE_SHARES / 8,
			BRAKE_SHARES); /* some share a slot */
	memset(two->slot, 0, sizeof(two->slot));
	for (size_t i = 0; i < COUNT(nonsense); i++)
		brake_hear(two, nonsense[i], 1000);
	for (size_t i = 0; i < BRAKE_SLOTS; i++)
		assert_true(two->slot[i].who == 0);
	free(one);
	free(two);
}

/* The slots that a name may have; the brake is as it was before. */
static size_t group_of(struct brake *b, const struct brake_limit *limit, const char *name)
{
	size_t i = 0;
	(void)brake_take(b, name, limit, 1000);
	while (b->slot[i].who == 0)
		i++;
	b->slot[i] = (struct brake_slot){ 0, 0 };
	return i / BRAKE_WAYS;
}

static const char *fake_session(int n, char ret[32])
{
	(void)snprintf(ret, 32, "session-%d", n);
	return ret;
}

static const char *fake_network(int n, char ret[32])
{
	(void)snprintf(ret, 32, "2001:db8:0:%x::1", (unsigned)n);
	return ret;
}

/* The first of those names, from `n` on, that meets the slots. */
static int meets(struct brake *b, const struct brake_limit *limit,
		 const char *(*name)(int n, char ret[32]), int n, size_t group)
{
	char text[32];
	while (group_of(b, limit, name(n, text)) != group)
		n++;
	return n;
}

/* Whether a hall has to wait when somebody has filled what he thinks is its store. */
static bool hall_waits(struct brake *b, const int session[BRAKE_WAYS], int network)
{
	char name[32];
	for (int i = 0; i < BRAKE_WAYS; i++) {
		for (int k = 0; k < BRAKE_SLOW_MOST; k++)
			(void)brake_take(b, fake_session(session[i], name), &brake_slow, 1000);
	}
	for (int k = 0; k < BRAKE_CROWDED; k++)
		(void)brake_take(b, fake_network(network, name), &brake_guesses, 1000);
	return brake_take_slow(b, NULL, "10.0.0.1", 1000) > 0;
}

/* ASVS 6.1.1: made-up cookies and wrong passwords from elsewhere shut no hall out, as nobody knows
 * where its store is. */
static void nobody_aims_at_a_hall(void **state)
{
	(void)state;
	struct brake *known = calloc(1, sizeof(*known));
	struct brake *ours = calloc(1, sizeof(*ours));
	int session[BRAKE_WAYS];
	int next = 0;
	assert_true(known && ours);
	memset(ours->key, 0x5a, sizeof(ours->key));
	const size_t group = group_of(known, &brake_slow_address, "10.0.0.1");
	for (int i = 0; i < BRAKE_WAYS; i++) {
		session[i] = meets(known, &brake_slow, fake_session, next, group);
		next = session[i] + 1;
	}
	const int network = meets(known, &brake_guesses, fake_network, 0, group);
	assert_true(hall_waits(known, session, network)); /* with a key that he knows */
	assert_false(hall_waits(ours, session, network));
	free(known);
	free(ours);
}

/* Whoever has a network of IPv6 has all its addresses. */
static void a_network_has_one_store(void **state)
{
	(void)state;
	struct brake *b = calloc(1, sizeof(*b));
	int taken = 0;
	char address[32];
	assert_non_null(b);
	for (int i = 0; i < 2 * BRAKE_ADDRESS_MOST; i++) {
		(void)snprintf(address, sizeof(address), "2001:db8:1:2::%x", (unsigned)i);
		taken += brake_take_slow(b, NULL, address, 1000) == 0;
		(void)brake_take(b, address, &brake_guesses, 1000);
	}
	assert_int_equal(taken, BRAKE_ADDRESS_MOST);
	assert_int_equal(brake_level(b, "2001:db8:1:2::", &brake_guesses, 1000),
			 BRAKE_GUESSES_MOST);
	assert_int_equal(brake_level(b, "2001:db8:1:3::", &brake_guesses, 1000), 0);
	free(b);
}

/* A name has a store of each kind; a level goes down with time, and nobody is forgotten for others.
 */
static void kinds_and_levels(void **state)
{
	(void)state;
	struct brake *b = calloc(1, sizeof(*b));
	assert_non_null(b);
	for (int i = 0; i < BRAKE_GUESSES_MOST + 10; i++)
		(void)brake_take(b, "10.0.0.1", &brake_guesses, 1000);
	assert_int_equal(brake_level(b, "10.0.0.1", &brake_guesses, 1000), BRAKE_GUESSES_MOST);
	assert_int_equal(brake_wait(b, "10.0.0.1", &brake_forms, 1000), 0);
	for (int i = 0; i < BRAKE_SLOTS / 2; i++) {
		char session[16];
		(void)snprintf(session, sizeof(session), "s-%d", i);
		(void)brake_take(b, session, &brake_forms, 1000);
	}
	assert_in_range(brake_level(b, "10.0.0.1", &brake_guesses, 1000 + BRAKE_GUESSES_MS),
			BRAKE_GUESSES_MOST - 1, BRAKE_GUESSES_MOST);
	assert_int_equal(brake_level(b, "10.0.0.1", &brake_guesses,
				     1000 + (int64_t)BRAKE_GUESSES_MS * (BRAKE_GUESSES_MOST + 1)),
			 0);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_address),
					    cmocka_unit_test(shares),
					    cmocka_unit_test(stores),
					    cmocka_unit_test(made_up_sessions),
					    cmocka_unit_test(nodes_count_together),
					    cmocka_unit_test(notices_are_of_any_length),
					    cmocka_unit_test(kinds_and_levels),
					    cmocka_unit_test(nobody_aims_at_a_hall),
					    cmocka_unit_test(a_network_has_one_store) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* bank_screen.c - konkurs bank screen: signs in the answers of a sitting (F67). */
#include "cli/bank.h"

#include "app/result/screening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_chance(double chance)
{
	printf("  by chance in honest sittings: %.3g\n", chance);
}

static double real(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void print_speed(const json_t *f)
{
	printf("  %lld of %lld answers too fast (effort %.2f), %lld of those right; longest run "
	       "%lld\n",
	       (long long)row_number(f, "fast"), (long long)row_number(f, "judged"),
	       real(f, "effort"), (long long)row_number(f, "fast_right"),
	       (long long)row_number(f, "run"));
}

static void print_pair(const json_t *f)
{
	printf("  %lld questions in common: %lld answered alike (%.1f expected), %lld wrong alike"
	       " (%.1f), %lld at the same time (%.1f)\n",
	       (long long)row_number(f, "common"), (long long)row_number(f, "same"),
	       real(f, "expected_same"), (long long)row_number(f, "same_wrong"),
	       real(f, "expected_wrong"), (long long)row_number(f, "linked"),
	       real(f, "expected_linked"));
}

static bool print_signal(const struct act *act, const json_t *signal, struct err *e)
{
	const json_t *f = json_object_get(signal, "figures");
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT a.seat, a.code, COALESCE(b.seat, '') AS seat_b,"
		       " COALESCE(b.code, '') AS code_b FROM attempt a"
		       "  LEFT JOIN attempt b ON b.id = $2 WHERE a.id = $1",
		       db_int(row_number(signal, "a")), db_int(row_number(signal, "b")));
	if (!row)
		return false;
	printf("%-10s seat %s (%s)", row_text(signal, "kind"), row_text(row, "seat"),
	       row_text(row, "code"));
	if (row_number(signal, "b") != 0)
		printf(", seat %s (%s)", row_text(row, "seat_b"), row_text(row, "code_b"));
	(void)putchar('\n');
	if (row_number(signal, "b") != 0)
		print_pair(f);
	else
		print_speed(f);
	print_chance(real(f, "chance"));
	return true;
}

static bool print_found(const struct act *act, const json_t *found, struct err *e)
{
	size_t i = 0;
	const json_t *signal = NULL;
	const json_t *signals = json_object_get(found, "signals");
	printf("%lld candidates, %lld with enough times; %lld pairs with enough questions in"
	       " common, %lld of them neighbours.\n",
	       (long long)row_number(found, "attempts"), (long long)row_number(found, "judged"),
	       (long long)row_number(found, "pairs"), (long long)row_number(found, "neighbours"));
	json_array_foreach (signals, i, signal) {
		if (!print_signal(act, signal, e))
			return false;
	}
	printf("%zu signals.  A signal is for a person to look at, and no verdict.\n",
	       json_array_size(signals));
	return true;
}

int bank_screen(const char *sitting, const char *file, const char *rules, bool as_json)
{
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	json_t *found = NULL;
	char *end = NULL;
	const long long id = strtoll(sitting, &end, 10);
	if (*end || id < 1)
		return cli_usage("bank", "say: bank screen SITTING");
	/* read only: what is found here is kept by the page alone, where a person answers for it */
	if (!db_open_read_only(file, &db, &e) || !cli_open_law(rules, db, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!screening_find(&act, id, &found, &e))
		return cli_failed("bank", &e);
	if (as_json) {
		(void)json_dumpf(found, stdout,
				 JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(8));
		(void)putchar('\n');
	} else if (!print_found(&act, found, &e)) {
		return cli_failed("bank", &e);
	}
	return CLI_OK;
}

int bank_screen_set(const char *setting, const char *file, const char *rules)
{
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	char *end = NULL;
	const char *equals = strchr(setting, '=');
	const long long value = equals ? strtoll(equals + 1, &end, 10) : 0;
	if (!equals || !equals[1] || *end)
		return cli_usage("bank", "say: bank screen --set NAME=NUMBER");
	if (!cli_open_db(file, &db, &e) || !cli_open_law(rules, db, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e))
		return cli_failed("bank", &e);
	const struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!screening_set(&act, arena_copy_n(a, setting, (size_t)(equals - setting)), value, &e))
		return cli_failed("bank", &e);
	return CLI_OK;
}

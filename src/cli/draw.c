/* draw.c - konkurs draw verify | export | results: the draw of a sitting and its results for those
 * who check them (F33, F62). */
#include "cli/cli.h"
#include "cli/one.h"

#include "app/result/recount.h"
#include "app/result/redraw.h"

#include <stdio.h>
#include <string.h>

#define WHAT_TO_SAY "say: draw verify SITTING, draw export SITTING, or draw results SITTING"

/* The draw first: results of forms that were not drawn say nothing. */
static bool check(const struct act *act, int64_t sitting, struct redraw_report *ret,
		  struct recount_report *ret_count, struct err *e)
{
	if (!redraw_verify(act, sitting, ret, e))
		return false;
	if (*ret->why)
		return true;
	if (!recount_verify(act, sitting, ret_count, e))
		return false;
	ret->why = ret_count->why;
	ret->attempt = ret_count->attempt;
	return true;
}

static int verify(const struct act *act, const struct one_options *o)
{
	struct redraw_report report = { 0 };
	struct recount_report count = { 0 };
	struct err e = { 0 };
	if (!check(act, o->number, &report, &count, &e))
		return cli_failed("draw", &e);
	if (o->json) {
		json_t *json =
			json_pack("{s:b,s:I,s:I,s:I,s:s,s:I,s:s}", "whole", !*report.why, "forms",
				  (json_int_t)report.forms, "results", (json_int_t)count.results,
				  "corrected", (json_int_t)count.corrected, "why", report.why,
				  "attempt", (json_int_t)report.attempt, "seed", report.seed);
		cli_print_json(json);
		json_decref(json);
	} else if (*report.why) {
		printf("The draw of sitting %lld does not hold", (long long)o->number);
		if (report.attempt)
			printf(" at attempt %lld", (long long)report.attempt);
		printf(": %s.\n", report.why);
	} else {
		printf("The draw of sitting %lld holds: commitment, coins, bank and %lld forms "
		       "come "
		       "out as the journal tells.\n%lld results come out of answers and keys, "
		       "%lld of them corrected.\nSeed: %s\n",
		       (long long)o->number, (long long)report.forms, (long long)count.results,
		       (long long)count.corrected, report.seed);
	}
	return *report.why ? CLI_FAILED : CLI_OK;
}

static int export(const struct act *act, const struct one_options *o)
{
	json_t *json = NULL;
	struct err e = { 0 };
	if (!redraw_export(act, o->number, &json, &e))
		return cli_failed("draw", &e);
	cli_print_json(json);
	return CLI_OK;
}

static int results(const struct act *act, const struct one_options *o)
{
	json_t *json = NULL;
	struct err e = { 0 };
	if (!recount_export(act, o->number, &json, &e))
		return cli_failed("draw", &e);
	cli_print_json(json);
	return CLI_OK;
}

static const struct {
	const char *name;
	int (*run)(const struct act *act, const struct one_options *o);
} actions[] = {
	{ "verify", verify },
	{ "export", export },
	{ "results", results },
};

int cli_draw(int argc, char **argv)
{
	struct one_options options = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	size_t action = 0;
	if (!cli_read_one(argc, argv, &options))
		return cli_usage("draw", WHAT_TO_SAY);
	while (action < COUNT(actions) && strcmp(options.action, actions[action].name) != 0)
		action++;
	if (action == COUNT(actions))
		return cli_usage("draw", WHAT_TO_SAY);
	if (!options.db)
		return cli_usage("draw", "--db is missing");
	/* read only: a judge's expert looks at a copy, and nothing may change it */
	if (!db_open_read_only(options.db, &db, &e) ||
	    !cli_open_law(options.rules, db, a, &book, &e))
		return cli_failed("draw", &e);
	const struct act act = { .db = db, .arena = a, .book = book };
	return actions[action].run(&act, &options);
}

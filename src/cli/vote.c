/* vote.c - konkurs vote verify: a candidate's tally, counted again from the journal (F82). */
#include "cli/cli.h"
#include "cli/one.h"

#include "app/interview/vote_verify.h"
#include "journal/journal.h"

#include <stdio.h>
#include <string.h>

static void print_json(const struct vote_report *r, bool whole)
{
	json_t *json =
		json_pack("{s:b,s:b,s:s,s:I,s:b,s:s,s:s,s:i,s:i,s:i,s:i,s:i,s:O}", "agrees",
			  whole && !*r->why, "journal_whole", whole, "why", r->why, "entry",
			  (json_int_t)r->seq, "decided", r->decided, "outcome", r->outcome, "rule",
			  vote_rule_name(r->counted.rule), "for", r->counted.in_favour, "against",
			  r->counted.against, "members", r->counted.members, "present",
			  r->counted.present, "quorum", r->counted.quorum, "roll", r->roll);
	cli_print_json(json);
	json_decref(json);
}

static void print_text(const struct one_options *o, const struct vote_report *r, bool whole)
{
	const struct vote *v = &r->counted;
	if (!whole)
		printf("The journal is broken: what is counted from it proves nothing.\n");
	for (size_t i = 0; i < json_array_size(r->roll); i++) {
		const json_t *row = json_array_get(r->roll, i);
		printf("seat %-5lld %-8s %s\n",
		       (long long)json_integer_value(json_object_get(row, "member_id")),
		       json_string_value(json_object_get(row, "role")),
		       json_string_value(json_object_get(row, "choice")));
	}
	printf("Members who count %d, present %d, quorum %d; for %d, against %d; rule: %s.\n",
	       v->members, v->present, v->quorum, v->in_favour, v->against,
	       vote_rule_name(v->rule));
	if (*r->why && r->seq)
		printf("The vote on application %lld does not agree at entry %lld: %s.\n",
		       (long long)o->number, (long long)r->seq, r->why);
	else if (*r->why)
		printf("The vote on application %lld does not agree: %s.\n", (long long)o->number,
		       r->why);
	else if (r->decided)
		printf("The decision on application %lld is what the journal tells: %s.\n",
		       (long long)o->number, r->outcome);
	else
		printf("There is no decision on application %lld yet.\n", (long long)o->number);
}

int cli_vote(int argc, char **argv)
{
	struct one_options options = { 0 };
	struct vote_report report = { 0 };
	struct journal_report chain = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct law_book *book = NULL;
	if (!cli_read_one(argc, argv, &options) || strcmp(options.action, "verify") != 0)
		return cli_usage("vote", "say: vote verify APPLICATION");
	if (!options.db)
		return cli_usage("vote", "--db is missing");
	/* read only: an auditor looks at a copy, and nothing may change it */
	if (!db_open_read_only(options.db, &db, &e) ||
	    !cli_open_law(options.rules, db, a, &book, &e))
		return cli_failed("vote", &e);
	const struct act act = { .db = db, .arena = a, .book = book };
	if (!journal_verify(db, &chain, &e) || !vote_verify(&act, options.number, &report, &e))
		return cli_failed("vote", &e);
	const bool whole = chain.broken_seq == 0;
	if (options.json)
		print_json(&report, whole);
	else
		print_text(&options, &report, whole);
	return whole && !*report.why ? CLI_OK : CLI_FAILED;
}

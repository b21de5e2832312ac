/* journal.c - konkurs journal verify: is the chain of entries whole? */
#include "cli/cli.h"

#include "journal/journal.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct journal_options {
	const char *db, *action;
	bool json;
};

static bool read_options(int argc, char **argv, struct journal_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	if (optind + 1 != argc)
		return false;
	ret->action = argv[optind];
	return true;
}

static void head_text(const struct journal_report *report, char ret[JOURNAL_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < JOURNAL_HASH_SIZE; i++) {
		ret[2 * i] = digits[report->head[i] >> 4];
		ret[2 * i + 1] = digits[report->head[i] & 15];
	}
	ret[JOURNAL_TEXT_SIZE - 1] = '\0';
}

static void print_json(const struct journal_report *report, const char *head)
{
	json_t *result = json_pack(
		"{s:b,s:I,s:I,s:I,s:s,s:s}", "whole", report->broken_seq == 0, "entries",
		(json_int_t)report->entries, "destroyed", (json_int_t)report->destroyed,
		"broken_entry", (json_int_t)report->broken_seq, "why", report->why, "head", head);
	(void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
	json_decref(result);
}

static void print_text(const struct journal_report *report, const char *head)
{
	if (report->broken_seq == 0) {
		printf("The journal is whole: %lld entries", (long long)report->entries);
		if (report->destroyed > 0)
			printf(", the content of %lld destroyed by act",
			       (long long)report->destroyed);
		printf(".\nNewest entry: %s\n", head);
		return;
	}
	printf("The journal is broken at entry %lld: %s.\n"
	       "The %lld entries before it fit.  Hash of the last good entry: %s\n",
	       (long long)report->broken_seq, report->why, (long long)report->broken_seq - 1, head);
}

int cli_journal(int argc, char **argv)
{
	struct journal_options options = { 0 };
	struct journal_report report = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	char head[JOURNAL_TEXT_SIZE];
	if (!read_options(argc, argv, &options) || strcmp(options.action, "verify") != 0)
		return cli_usage("journal", "say: journal verify");
	if (!options.db)
		return cli_usage("journal", "--db is missing");
	/* read only: an auditor looks at a copy, and nothing may change it */
	if (!db_open_read_only(options.db, &db, &e) || !journal_verify(db, &report, &e))
		return cli_failed("journal", &e);
	head_text(&report, head);
	if (options.json)
		print_json(&report, head);
	else
		print_text(&report, head);
	return report.broken_seq == 0 ? CLI_OK : CLI_FAILED;
}

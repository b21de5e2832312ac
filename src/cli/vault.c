/* vault.c - konkurs vault: the sealed bank at the machine, where no keeper is at hand (F28). */
#include "cli/cli.h"

#include "app/bank/vault.h"
#include "app/sitting/service_clock.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 256 };

struct vault_options {
	const char *action, *db, *key, *rules;
	bool json;
};

static bool read_options(int argc, char **argv, struct vault_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "rules", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	if (optind + 1 != argc)
		return false;
	ret->action = argv[optind];
	return true;
}

/* ---- status ---------------------------------------------------------------------------------- */

static void print_json(const json_t *row, const char *fingerprint)
{
	json_t *json =
		json_pack("{s:b,s:s,s:I,s:I,s:I,s:I}", "sealed", *fingerprint != '\0', "key",
			  fingerprint, "versions_sealed", (json_int_t)row_number(row, "sealed"),
			  "versions_open", (json_int_t)row_number(row, "open"), "keepers",
			  (json_int_t)row_number(row, "keepers"), "openings",
			  (json_int_t)row_number(row, "openings"));
	cli_print_json(json);
	json_decref(json);
}

static bool status(const struct act *act, const struct vault_options *o, struct err *e)
{
	const json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT (SELECT COUNT(*) FROM item_key WHERE holder = 'bank' AND NOT EXISTS"
		"  (SELECT 1 FROM item_key s WHERE s.item_id = item_key.item_id"
		"   AND s.holder = 'service')) AS sealed,"
		" (SELECT COUNT(*) FROM item_key WHERE holder = 'service') AS open,"
		" (SELECT COUNT(*) FROM keeper_key) AS keepers,"
		" (SELECT COUNT(*) FROM bank_opening WHERE ended_ms IS NULL AND until_ms > $1)"
		"  AS openings",
		db_int(act->now_ms));
	const json_t *keys = db_rows(act->db, act->arena, e,
				     "SELECT fingerprint FROM bank_key WHERE ended_ms IS NULL");
	if (!row || !keys)
		return false;
	const char *fingerprint = row_text(json_array_get(keys, 0), "fingerprint");
	if (o->json) {
		print_json(row, fingerprint);
		return true;
	}
	printf("The bank is %s%s%s.\n", *fingerprint ? "sealed under key " : "not sealed",
	       fingerprint, *fingerprint ? "" : ": konkurs check says what to do");
	printf("Versions sealed: %lld; readable for who works at them: %lld.\n",
	       (long long)row_number(row, "sealed"), (long long)row_number(row, "open"));
	printf("Keepers with keys: %lld; openings that wait or last: %lld.\n",
	       (long long)row_number(row, "keepers"), (long long)row_number(row, "openings"));
	return true;
}

/* ---- recovery -------------------------------------------------------------------------------- */

static bool read_line(char line[LINE], struct err *e)
{
	if (!fgets(line, LINE, stdin))
		return err_set(e, ERR_INPUT, "vault.error.paper",
			       "two lines are wanted: what stands on the two papers");
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

static bool recover(const struct act *act, const struct vault_options *o, struct err *e)
{
	(void)o;
	char line[VAULT_PAPERS][LINE] = { "", "" };
	const char *const paper[VAULT_PAPERS] = { line[0], line[1] };
	struct vault_papers papers = { .keepers = 0 };
	const bool ok = read_line(line[0], e) && read_line(line[1], e) &&
			vault_recover(act, paper, &papers, e);
	sodium_memzero(line, sizeof(line));
	if (!ok)
		return false;
	printf("The bank has a new key, %s, split among %lld keepers; %lld versions are under it.\n"
	       "The old papers and shares are void.  Write these down now; nothing keeps them:\n",
	       papers.fingerprint, (long long)papers.keepers, (long long)papers.questions);
	for (size_t i = 0; i < VAULT_PAPERS; i++)
		printf("%lld  %s\n", (long long)papers.number[i], papers.text[i]);
	sodium_memzero(&papers, sizeof(papers));
	return true;
}

/* ---- the command ----------------------------------------------------------------------------- */

static bool run(const struct vault_options *o,
		bool (*action)(const struct act *act, const struct vault_options *o, struct err *e),
		struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	struct clock_reading reading;
	int64_t now_ms = 0;
	if (!cli_open_db(o->db, &db, e) || !cli_open_law(o->rules, db, a, &book, e))
		return false;
	service_clock_read(&reading);
	if (!service_clock_instant(db, &reading, &now_ms, e))
		return false;
	struct act act = { .db = db, .arena = a, .now_ms = now_ms, .book = book };
	return cli_open_key(o->db, o->key, &act, &key, e) && action(&act, o, e);
}

int cli_vault(int argc, char **argv)
{
	struct vault_options options = { 0 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options) || !options.db)
		return cli_usage("vault",
				 "say: vault status --db FILE, or vault recover --db FILE");
	if (strcmp(options.action, "status") == 0)
		return run(&options, status, &e) ? CLI_OK : cli_failed("vault", &e);
	if (strcmp(options.action, "recover") == 0)
		return run(&options, recover, &e) ? CLI_OK : cli_failed("vault", &e);
	return cli_usage("vault", "say: vault status --db FILE, or vault recover --db FILE");
}

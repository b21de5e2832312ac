/* trust.c - konkurs trust: authorities and lists of revoked certificates, at the machine (F12).
 *
 * An anchor is only asked for here: an administrator agrees on the page /trust. */
#include "cli/cli.h"

#include "app/signature/trust.h"
#include "app/sitting/service_clock.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"say: trust list, trust add FILE, trust remove NUMBER or trust crl FILE, "
	"with --db FILE";

struct trust_options {
	const char *action, *what, *db, *reason, *rules;
	bool authority, json;
};

static bool read_options(int argc, char **argv, struct trust_options *ret)
{
	static const struct option table[] = {
		{ "authority", no_argument, NULL, 'a' },
		{ "db", required_argument, NULL, 'd' },
		{ "reason", required_argument, NULL, 'w' },
		{ "rules", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'a': ret->authority = true; break;
		case 'd': ret->db = optarg; break;
		case 'w': ret->reason = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	if (optind >= argc || optind + 2 < argc)
		return false;
	ret->action = argv[optind];
	ret->what = optind + 1 < argc ? argv[optind + 1] : NULL;
	return true;
}

static bool read_file(struct arena *a, const char *path, void **ret, size_t *ret_size,
		      struct err *e)
{
	const size_t room = (size_t)CRL_MOST * 2; /* of base64 */
	FILE *file = path ? fopen(path, "rb") : NULL;
	if (!file)
		return err_set(e, ERR_INPUT, "error.file", "the file cannot be read");
	char *bytes = arena_alloc(a, room + 1);
	const size_t size = fread(bytes, 1, room + 1, file);
	(void)fclose(file);
	if (size > room)
		return err_set(e, ERR_INPUT, "error.file", "the file is too large");
	*ret = bytes;
	*ret_size = size;
	return true;
}

static void print_time(int64_t instant_ms)
{
	char text[INSTANT_TEXT_SIZE];
	instant_print(instant_ms, text);
	printf("%.10s", text);
}

static bool list(const struct act *act, const struct trust_options *o, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *certificates =
		db_rows(act->db, act->arena, e,
			"SELECT id, kind, state, subject, fingerprint, not_after_ms"
			" FROM trust_certificate WHERE state IN ('asked', 'trusted', 'leaving')"
			" ORDER BY id");
	const json_t *lists = db_rows(act->db, act->arena, e,
				      "SELECT issuer, number, made_ms, certificates FROM trust_list"
				      " WHERE current = 1 ORDER BY id");
	if (!certificates || !lists)
		return false;
	if (o->json) {
		json_t *json = json_pack("{s:O,s:O}", "certificates", certificates, "lists", lists);
		cli_print_json(json);
		json_decref(json);
		return true;
	}
	json_array_foreach (certificates, i, row) {
		printf("%lld  %s, %s, until ", (long long)row_number(row, "id"),
		       row_text(row, "kind"), row_text(row, "state"));
		print_time(row_number(row, "not_after_ms"));
		printf("\n   %s\n   SHA-256 %s\n", row_text(row, "subject"),
		       row_text(row, "fingerprint"));
	}
	json_array_foreach (lists, i, row) {
		printf("CRL %s of ", row_text(row, "number"));
		print_time(row_number(row, "made_ms"));
		printf(", %lld revoked\n   %s\n", (long long)row_number(row, "certificates"),
		       row_text(row, "issuer"));
	}
	return true;
}

static bool add(const struct act *act, const struct trust_options *o, struct err *e)
{
	void *bytes = NULL;
	size_t size = 0;
	int64_t id = 0;
	if (!read_file(act->arena, o->what, &bytes, &size, e))
		return false;
	const struct trust_form form = { bytes, size, !o->authority, o->reason ? o->reason : "" };
	if (!trust_add(act, &form, &id, e))
		return false;
	printf(o->authority ? "Authority %lld counts.\n"
			    : "Anchor %lld waits: an administrator agrees at /trust.\n",
	       (long long)id);
	return true;
}

static bool take_away(const struct act *act, const struct trust_options *o, struct err *e)
{
	char *end = NULL;
	const long long id = o->what ? strtoll(o->what, &end, 10) : 0;
	if (id <= 0 || *end)
		return err_set(e, ERR_INPUT, "error.missing", "no such number");
	if (!trust_remove(act, id, o->reason ? o->reason : "", e))
		return false;
	printf("Recorded.  An anchor counts until an administrator agrees at /trust.\n");
	return true;
}

static bool crl(const struct act *act, const struct trust_options *o, struct err *e)
{
	void *bytes = NULL;
	size_t size = 0;
	if (!read_file(act->arena, o->what, &bytes, &size, e) ||
	    !trust_add_list(act, bytes, size, e))
		return false;
	printf("The list is imported.\n");
	return true;
}

static bool run(const struct trust_options *o, bool *ret_known, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	struct clock_reading reading;
	int64_t now_ms = 0;
	if (!cli_open_db(o->db, &db, e) || !cli_open_law(o->rules, db, a, &book, e))
		return false;
	service_clock_read(&reading);
	if (!service_clock_instant(db, &reading, &now_ms, e))
		return false;
	const struct act act = { .db = db, .arena = a, .now_ms = now_ms, .book = book };
	if (strcmp(o->action, "list") == 0 && !o->what)
		return list(&act, o, e);
	if (strcmp(o->action, "add") == 0)
		return add(&act, o, e);
	if (strcmp(o->action, "remove") == 0)
		return take_away(&act, o, e);
	if (strcmp(o->action, "crl") == 0)
		return crl(&act, o, e);
	*ret_known = false;
	return false;
}

int cli_trust(int argc, char **argv)
{
	struct trust_options options = { 0 };
	struct err e = { 0 };
	bool known = true;
	if (!read_options(argc, argv, &options) || !options.db)
		return cli_usage("trust", usage);
	if (run(&options, &known, &e))
		return CLI_OK;
	return known ? cli_failed("trust", &e) : cli_usage("trust", usage);
}

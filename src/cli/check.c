/* check.c - konkurs check: what is wrong with an installation, and how to mend it. */
#include "cli/cli.h"

#include "app/backup_note.h"
#include "app/service_clock.h"
#include "app/session.h"
#include "app/vault_start.h"
#include "db/migrations.h"
#include "view/view.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct check_options {
	const char *db, *key, *rules, *lang, *now;
	bool json;
};

/* An error keeps the installation from its work or opens it to strangers; a warning is a
 * thing to know before a real competition. */
enum level { LEVEL_WARNING, LEVEL_ERROR };

struct check {
	const struct check_options *options;
	struct arena *arena;
	struct view *view;
	const struct catalog *catalog;
	day today;
	json_t *findings; /* [{level, what, text, mend}] */
	bool bad;         /* one of them is an error     */
};

static bool read_options(int argc, char **argv, struct check_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'r' },
		{ "key", required_argument, NULL, 'k' },
		{ "lang", required_argument, NULL, 'l' },
		{ "now", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'l': ret->lang = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	return optind == argc && catalog_has_language(ret->lang);
}

/* The finding `what`: message "cli.check.WHAT", its {value}, and how to mend it. */
static bool find(struct check *c, enum level level, const char *what, const char *value,
		 struct err *e)
{
	const char *key = arena_print(c->arena, "cli.check.%s", what);
	const char *mend = arena_print(c->arena, "cli.check.%s.mend", what);
	const char *lang = c->options->lang;
	struct buf text = buf_on(c->arena);
	json_t *values = json_pack("{s:s}", "value", value);
	bool ok = catalog_format(c->catalog, lang, key, values, &text, e);
	json_decref(values);
	if (!ok)
		return false;
	c->bad = c->bad || level == LEVEL_ERROR;
	json_t *row = json_pack("{s:s,s:s,s:s,s:s?}", "level",
				level == LEVEL_ERROR ? "error" : "warning", "what", what, "text",
				text.text, "mend", catalog_text(c->catalog, lang, mend));
	return json_array_append_new(c->findings, row) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

static void list_add(struct buf *list, const char *text)
{
	if (list->length > 0)
		buf_add(list, ", ");
	buf_add(list, text);
}

/* ---- the law ------------------------------------------------------------------ */

static bool check_years(struct check *c, const struct calendar *calendar, struct err *e)
{
	int year = day_to_date(c->today).year;
	for (int y = year; y <= year + 1; y++) {
		if (calendar_year(calendar, y) < 0 &&
		    !find(c, LEVEL_ERROR, "year", arena_print(c->arena, "%d", y), e))
			return false;
	}
	struct buf provisional = buf_on(c->arena);
	for (size_t i = 0; i < calendar->count; i++) {
		char text[DAY_TEXT_SIZE];
		day_print(calendar->exceptions[i].day, text);
		if (calendar->exceptions[i].provisional)
			list_add(&provisional, text);
	}
	return provisional.length == 0 ||
	       find(c, LEVEL_WARNING, "provisional", provisional.text, e);
}

static bool check_parameters(struct check *c, const struct rule_set *rules, struct err *e)
{
	struct buf unset = buf_on(c->arena);
	struct buf assumed = buf_on(c->arena);
	for (enum param_id id = 0; id < PARAM_COUNT; id++) {
		const struct parameter *p = &rules->params[id];
		if (!p->set)
			list_add(&unset, param_name(id));
		else if (p->assumed)
			list_add(&assumed, param_name(id));
	}
	if (rules->in_force_assumed)
		list_add(&assumed, "in_force_from");
	return (unset.length == 0 || find(c, LEVEL_WARNING, "unset", unset.text, e)) &&
	       (assumed.length == 0 || find(c, LEVEL_WARNING, "assumed", assumed.text, e)) &&
	       (!rules->recording_may_be_off || find(c, LEVEL_WARNING, "recording", rules->id, e));
}

/* O-4: what a competition announced today would run under. */
static bool check_law(struct check *c, struct err *e)
{
	struct law_book *book = NULL;
	struct err why = { 0 };
	if (!cli_open_book(c->options->rules, c->arena, &book, &why))
		return find(c, LEVEL_ERROR, "rules", why.detail, e);
	const struct law_file *rules = law_book_rule_set_on(book, c->today);
	const struct law_file *table = law_book_qualification_on(book, c->today);
	if (!check_years(c, &book->calendar, e))
		return false;
	if (rules ? !check_parameters(c, rules->rule_set, e)
		  : !find(c, LEVEL_ERROR, "no_rule_set", "", e))
		return false;
	if (!table)
		return find(c, LEVEL_ERROR, "no_qualification", "", e);
	return !table->qualification->assumed ||
	       find(c, LEVEL_WARNING, "qualification", table->name, e);
}

/* ---- the database ------------------------------------------------------------- */

static bool check_mode(struct check *c, bool demonstration, struct err *e)
{
	static const char *const ending[] = { "", "-wal", "-shm" };
	struct buf open = buf_on(c->arena);
	for (size_t i = 0; i < COUNT(ending); i++) {
		struct stat status;
		const char *path = arena_print(c->arena, "%s%s", c->options->db, ending[i]);
		if (stat(path, &status) == 0 && (status.st_mode & S_IRWXO) != 0)
			list_add(&open, path);
	}
	return open.length == 0 ||
	       find(c, demonstration ? LEVEL_WARNING : LEVEL_ERROR, "mode", open.text, e);
}

/* A copy of the folder takes both when the key lies beside the database. */
static bool check_key_place(struct check *c, const char *path, bool demonstration, struct err *e)
{
	const char *file = strrchr(path, '/');
	const char *database = strrchr(c->options->db, '/');
	const size_t size = file ? (size_t)(file - path) : 0;
	const size_t other = database ? (size_t)(database - c->options->db) : 0;
	struct stat status;
	if (stat(path, &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
	    !find(c, LEVEL_ERROR, "key_mode", path, e))
		return false;
	return demonstration || size != other || memcmp(path, c->options->db, size) != 0 ||
	       find(c, LEVEL_WARNING, "key_place", path, e);
}

/* F28: the key file of this database, and whether the bank is sealed. */
static bool check_bank(struct check *c, struct db *db, bool demonstration, struct err *e)
{
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	const char *path =
		c->options->key ? c->options->key : vault_key_path(c->arena, c->options->db);
	struct err why = { 0 };
	bool sealed = false;
	const json_t *rows = db_rows(db, c->arena, e, "SELECT fingerprint FROM service_key");
	if (!rows || !db_exists(db, e, &sealed, "SELECT 1 FROM bank_key WHERE ended_ms IS NULL") ||
	    (!sealed && !demonstration && !find(c, LEVEL_WARNING, "unsealed", "", e)))
		return false;
	const char *bound = row_text(json_array_get(rows, 0), "fingerprint");
	if (!*bound)
		return true; /* before the first start of the server */
	if (!service_key_read(path, &key, &why))
		return find(c, LEVEL_ERROR, "key_missing", path, e);
	if (strcmp(bound, key->fingerprint) != 0)
		return find(c, LEVEL_ERROR, "key_other", path, e);
	return check_key_place(c, path, demonstration, e);
}

static const char *demonstration_password(struct arena *a)
{
	const struct share_item *file = share_find("sample/demo.json");
	json_t *people = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
	const char *password = json_string_value(json_object_get(people, "password"));
	char *copy = password ? arena_copy(a, password) : NULL;
	json_decref(people);
	return copy;
}

/* Everybody's password against the one that is printed in the repository: slow, as a
 * password check is.  People are named by their number, not by name. */
static bool check_passwords(struct check *c, struct db *db, struct err *e)
{
	const char *password = demonstration_password(c->arena);
	struct buf found = buf_on(c->arena);
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *accounts = db_rows(db, c->arena, e,
					 "SELECT person_id, password FROM account"
					 " ORDER BY person_id");
	if (!accounts)
		return false;
	json_array_foreach (accounts, i, row) {
		const char *hash = json_string_value(json_object_get(row, "password"));
		json_int_t person = json_integer_value(json_object_get(row, "person_id"));
		if (password && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0)
			list_add(&found, arena_print(c->arena, "%lld", (long long)person));
	}
	return found.length == 0 || find(c, LEVEL_ERROR, "password", found.text, e);
}

static bool check_admin(struct check *c, struct db *db, struct err *e)
{
	bool there = false;
	if (!db_exists(db, e, &there,
		       "SELECT 1 FROM role_grant JOIN account USING (person_id)"
		       " WHERE role = 'admin' AND revoked_ms IS NULL"))
		return false;
	return there || find(c, LEVEL_WARNING, "no_admin", "", e);
}

/* How far the service's clock is from the wall clock (F51). */
static bool check_clock(struct check *c, struct db *db, struct err *e)
{
	struct clock_reading now;
	int64_t deviation = 0;
	service_clock_read(&now);
	if (!service_clock_deviation(db, &now, &deviation, e))
		return false;
	return llabs(deviation) <= CLOCK_DEVIATION_MS ||
	       find(c, LEVEL_WARNING, "clock", arena_print(c->arena, "%lld", (long long)deviation),
		    e);
}

/* F91: a copy of the last day, restored and found whole. */
static bool check_backup(struct check *c, struct db *db, bool demonstration, struct err *e)
{
	struct clock clock = { 0 };
	struct backup_state s = { 0 };
	char at[INSTANT_TEXT_SIZE];
	const enum level level = demonstration ? LEVEL_WARNING : LEVEL_ERROR;
	if (!cli_clock(c->options->now, &clock, e) ||
	    !backup_state(db, c->arena, clock_now(&clock), &s, e))
		return false;
	if (s.made_ms == 0)
		return find(c, level, "backup_none", "", e);
	if (*s.why)
		return find(c, level, "backup_bad", s.why, e);
	instant_print(s.checked_ms, at);
	return !s.late || find(c, level, "backup_late", s.checked_ms ? at : "-", e);
}

/* False if it cannot be looked into any further; then that is a finding. */
static bool read_version(struct check *c, struct db *db, bool *ret_usable, struct err *e)
{
	int64_t done = 0;
	struct err why = { 0 };
	*ret_usable = false;
	if (!db_number(db, &why, &done, "SELECT COALESCE(MAX(number), 0) FROM schema_done"))
		return find(c, LEVEL_ERROR, "no_database", c->options->db, e);
	const char *value = arena_print(c->arena, "%lld/%d", (long long)done, db_migration_count);
	if (done > db_migration_count)
		return find(c, LEVEL_ERROR, "newer", value, e);
	if (done < db_migration_count)
		return find(c, LEVEL_WARNING, "older", value, e);
	*ret_usable = true;
	return true;
}

static bool check_database(struct check *c, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct err why = { 0 };
	bool usable = false;
	bool demonstration = false;
	if (!db_open_read_only(c->options->db, &db, &why))
		return find(c, LEVEL_ERROR, "no_database", c->options->db, e);
	if (!read_version(c, db, &usable, e))
		return false;
	if (usable && !database_is_demonstration(db, &demonstration, e))
		return false;
	if (!check_mode(c, demonstration, e))
		return false;
	if (usable && (!check_clock(c, db, e) || !check_bank(c, db, demonstration, e) ||
		       !check_backup(c, db, demonstration, e)))
		return false;
	return !usable || demonstration || (check_passwords(c, db, e) && check_admin(c, db, e));
}

/* ---- the program's own texts and pages ------------------------------------------ */

/* A plural form need not be there in every language, its family must. */
static bool has_text(struct check *c, const char *lang, const char *key)
{
	static const char *const form[] = { ".one", ".few", ".many", ".other" };
	size_t length = strlen(key);
	if (catalog_text(c->catalog, lang, key))
		return true;
	for (size_t i = 0; i < COUNT(form); i++) {
		size_t tail = strlen(form[i]);
		if (length > tail && strcmp(key + length - tail, form[i]) == 0 &&
		    catalog_has(c->catalog, lang, arena_copy_n(c->arena, key, length - tail)))
			return true;
	}
	return false;
}

static bool check_keys(struct check *c, const char *from, const char *to, struct err *e)
{
	const struct share_item *file = share_find(arena_print(c->arena, "locale/%s.json", from));
	json_t *texts = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
	struct buf missing = buf_on(c->arena);
	const char *key = NULL;
	json_t *text = NULL;
	json_object_foreach (texts, key, text) {
		if (!has_text(c, to, key))
			list_add(&missing, key);
	}
	json_decref(texts);
	return missing.length == 0 || find(c, LEVEL_ERROR, "untranslated",
					   arena_print(c->arena, "%s: %s", to, missing.text), e);
}

static bool check_texts(struct check *c, struct err *e)
{
	for (size_t from = 0; catalog_languages[from]; from++) {
		for (size_t to = 0; catalog_languages[to]; to++) {
			if (from != to &&
			    !check_keys(c, catalog_languages[from], catalog_languages[to], e))
				return false;
		}
	}
	size_t i = 0;
	const json_t *fault = NULL;
	json_t *faults = json_array();
	struct buf list = buf_on(c->arena);
	view_check(c->view, faults);
	json_array_foreach (faults, i, fault)
		list_add(&list, json_string_value(fault));
	json_decref(faults);
	return list.length == 0 || find(c, LEVEL_ERROR, "page", list.text, e);
}

/* ---- all of it ------------------------------------------------------------------ */

static void print(const struct check *c)
{
	size_t i = 0;
	const json_t *row = NULL;
	if (c->options->json) {
		json_t *result = json_pack("{s:b,s:O}", "good", !c->bad, "findings", c->findings);
		(void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		(void)putchar('\n');
		json_decref(result);
		return;
	}
	json_array_foreach (c->findings, i, row) {
		const char *mend = json_string_value(json_object_get(row, "mend"));
		printf("%s: %s\n    %s\n", json_string_value(json_object_get(row, "level")),
		       json_string_value(json_object_get(row, "text")), mend ? mend : "");
	}
	puts(catalog_text(c->catalog, c->options->lang,
			  c->bad ? "cli.check.bad" : "cli.check.good"));
}

static bool check_all(struct check *c, struct err *e)
{
	struct clock clock = { 0 };
	if (!cli_clock(c->options->now, &clock, e) || !view_open(&share_built_in, &c->view, e))
		return false;
	if (sodium_init() < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libsodium does not start");
	c->catalog = view_catalog(c->view);
	c->today = day_of_instant(clock_now(&clock));
	if (!check_law(c, e) || (c->options->db && !check_database(c, e)) || !check_texts(c, e))
		return false;
	print(c);
	return true;
}

int cli_check(int argc, char **argv)
{
	struct check_options options = { .lang = "en" };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options))
		return cli_usage("check", "unknown option");
	struct check c = { .options = &options, .arena = arena_new(), .findings = json_array() };
	bool ok = check_all(&c, &e);
	json_decref(c.findings);
	view_close(c.view);
	arena_free(c.arena);
	if (!ok)
		return cli_failed("check", &e);
	return c.bad ? CLI_FAILED : CLI_OK;
}

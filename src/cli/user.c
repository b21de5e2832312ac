/* user.c - konkurs user: people, their passwords, roles and accounts.
 *
 * The one door that is open before anybody can sign in: whoever may write the database file
 * acts as the system itself, and the journal says so. */
#include "cli/cli.h"

#include "app/access/access.h"
#include "app/access/account.h"
#include "app/access/password.h"
#include "app/access/people.h"
#include "app/access/session.h"
#include "app/sitting/service_clock.h"
#include "base/text.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct user_options {
	const char *action, *db, *rules, *role, *reason, *value;
	struct person_form form;
};

struct user_run {
	struct act act;
	struct user_options *options;
};

static bool read_options(int argc, char **argv, struct user_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'u' },
		{ "iin", required_argument, NULL, 'i' },
		{ "family", required_argument, NULL, 'f' },
		{ "given", required_argument, NULL, 'g' },
		{ "patronymic", required_argument, NULL, 'p' },
		{ "organ", required_argument, NULL, 'o' },
		{ "role", required_argument, NULL, 'r' },
		{ "reason", required_argument, NULL, 'w' },
		{ "position-kk", required_argument, NULL, 'k' },
		{ "position-ru", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'u': ret->rules = optarg; break;
		case 'i': ret->form.iin = optarg; break;
		case 'f': ret->form.family = optarg; break;
		case 'g': ret->form.given = optarg; break;
		case 'p': ret->form.patronymic = optarg; break;
		case 'o': ret->form.organ = optarg; break;
		case 'r': ret->role = optarg; break;
		case 'w': ret->reason = optarg; break;
		case 'k': ret->form.position_kk = optarg; break;
		case 's': ret->form.position_ru = optarg; break;
		default: return false;
		}
	}
	if (optind + 1 != argc && optind + 2 != argc)
		return false;
	ret->action = argv[optind];
	ret->value = optind + 2 == argc ? argv[optind + 1] : NULL;
	return true;
}

static bool find_person(const struct user_run *run, int64_t *ret, struct err *e)
{
	struct err why = { 0 };
	if (db_number(run->act.db, &why, ret, "SELECT id FROM person WHERE iin = $1",
		      db_text(run->options->form.iin)))
		return true;
	if (why.kind == ERR_MISSING)
		return err_set(e, ERR_MISSING, "cli.user.person", "nobody has this IIN");
	*e = why;
	return false;
}

/* The texts of a shell may come in any normal form. */
static bool accept_texts(const struct user_run *run, struct err *e)
{
	struct person_form *f = &run->options->form;
	const char **text[] = { &f->family,      &f->given,       &f->patronymic,
				&f->position_kk, &f->position_ru, &run->options->reason };
	for (size_t i = 0; i < COUNT(text); i++) {
		if (!text_accept(run->act.arena, *text[i], strlen(*text[i]), text[i], e))
			return false;
	}
	return true;
}

static bool add(const struct user_run *run, struct err *e)
{
	int64_t id = 0;
	if (!accept_texts(run, e) || !person_add(&run->act, &run->options->form, &id, e))
		return false;
	printf("person %lld added\n", (long long)id);
	return true;
}

/* One line, so that a password may be typed or piped; it never is an argument, because
 * everybody sees those. */
static bool read_password(char *ret, size_t size, struct err *e)
{
	if (!fgets(ret, (int)size, stdin))
		ret[0] = '\0';
	ret[strcspn(ret, "\r\n")] = '\0';
	size_t length = text_valid(ret, strlen(ret)) ? text_length(ret) : 0;
	if (length >= PASSWORD_LEAST && length <= PASSWORD_MOST)
		return true; /* the rest is password_accept()'s */
	return err_input(e, "password", "cli.user.password", "a password has %d to %d characters",
			 PASSWORD_LEAST, PASSWORD_MOST);
}

static bool password(const struct user_run *run, struct err *e)
{
	char text[PASSWORD_MOST * 4 + 2];
	int64_t id = 0;
	const char *normal = "";
	bool ok = find_person(run, &id, e) && read_password(text, sizeof(text), e) &&
		  text_accept_secret(run->act.arena, text, strlen(text), &normal, e) &&
		  password_accept(&run->act, id, normal, "password", e) &&
		  person_set_password(&run->act, id, normal, e);
	sodium_memzero(text, sizeof(text));
	if (ok)
		printf("person %lld has a new password\n", (long long)id);
	return ok;
}

static bool check_role(const char *role, struct err *e)
{
	static const char *const roles[] = {
		ROLE_NAME_HR,       ROLE_NAME_SECURITY, ROLE_NAME_POLYGRAPH, ROLE_NAME_PSYCHO,
		ROLE_NAME_OPERATOR, ROLE_NAME_AUDITOR,  ROLE_NAME_ADMIN,     ROLE_NAME_AUTHOR,
		ROLE_NAME_REVIEWER, ROLE_NAME_APPROVER, ROLE_NAME_KEEPER
	};
	for (size_t i = 0; i < COUNT(roles); i++) {
		if (strcmp(role, roles[i]) == 0)
			return true;
	}
	(void)err_input(e, "role", "cli.user.role",
			"a role is hr, security, polygraph, psycho, operator, auditor, admin,"
			" author, reviewer, approver or keeper");
	return err_value(e, role);
}

static bool grant(const struct user_run *run, struct err *e)
{
	const struct user_options *o = run->options;
	int64_t id = 0;
	if (!check_role(o->role, e) || !find_person(run, &id, e) ||
	    !person_grant(&run->act, id, o->role, o->form.organ, e))
		return false;
	printf("person %lld is %s of %s\n", (long long)id, o->role, o->form.organ);
	return true;
}

static bool switch_account(const struct user_run *run,
			   bool (*act_on)(const struct act *act, int64_t person_id,
					  const char *reason, struct err *e),
			   const char *done, struct err *e)
{
	int64_t id = 0;
	if (!accept_texts(run, e) || !find_person(run, &id, e) ||
	    !act_on(&run->act, id, run->options->reason, e))
		return false;
	printf("the account of person %lld is %s\n", (long long)id, done);
	return true;
}

static bool disable(const struct user_run *run, struct err *e)
{
	return switch_account(run, account_disable, "disabled", e);
}

static bool enable(const struct user_run *run, struct err *e)
{
	return switch_account(run, account_enable, "enabled", e);
}

static bool second_factor(const struct user_run *run, struct err *e)
{
	const char *value = run->options->value;
	const bool on = value && strcmp(value, "on") == 0;
	if (!access_factors_set(&run->act, on, e))
		return false;
	printf("second factors are %s\n", on ? "demanded" : "not demanded");
	return true;
}

static bool run_action(struct user_options *options,
		       bool (*action)(const struct user_run *run, struct err *e), struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	struct clock_reading reading;
	int64_t now_ms = 0;
	if (sodium_init() < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libsodium does not start");
	if (!cli_open_db(options->db, &db, e) || !cli_open_law(options->rules, db, a, &book, e))
		return false;
	/* the server's line: an instant of a wall clock that is wrong would stay in the journal
	 * (F51) */
	service_clock_read(&reading);
	if (!service_clock_instant(db, &reading, &now_ms, e))
		return false;
	const struct user_run run = { { .db = db, .arena = a, .now_ms = now_ms, .book = book },
				      options };
	return action(&run, e);
}

/* What an action has to be told; NULL if nothing is missing. */
static const char *what_is_missing(const struct user_options *o)
{
	const bool adds = strcmp(o->action, "add") == 0;
	const bool grants = strcmp(o->action, "grant") == 0;
	const bool switches = strcmp(o->action, "disable") == 0 || strcmp(o->action, "enable") == 0;
	if (!*o->db)
		return "say which --db";
	if (strcmp(o->action, "second-factor") == 0)
		return o->value && (strcmp(o->value, "on") == 0 || strcmp(o->value, "off") == 0)
			       ? NULL
			       : "second-factor wants on or off";
	if (o->value || !*o->form.iin)
		return "say what to do, --db and --iin";
	if ((adds && (!*o->form.family || !*o->form.given)) || (grants && !*o->role) ||
	    ((adds || grants) && !*o->form.organ) || (switches && !*o->reason))
		return "an option is missing";
	return NULL;
}

int cli_user(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(const struct user_run *run, struct err *e);
	} actions[] = { { "add", add },       { "password", password },
			{ "grant", grant },   { "disable", disable },
			{ "enable", enable }, { "second-factor", second_factor } };
	struct user_options o = {
		.db = "",
		.role = "",
		.reason = "",
		.form = { .iin = "",
			  .family = "",
			  .given = "",
			  .patronymic = "",
			  .organ = "",
			  .position_kk = "",
			  .position_ru = "" },
	};
	struct err e = { 0 };
	const char *wrong = read_options(argc, argv, &o) ? what_is_missing(&o) : "say what to do";
	if (wrong)
		return cli_usage("user", wrong);
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(o.action, actions[i].name) == 0)
			return run_action(&o, actions[i].run, &e) ? CLI_OK : cli_failed("user", &e);
	}
	return cli_usage("user", "no such action");
}

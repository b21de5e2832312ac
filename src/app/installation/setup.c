#include "app/installation/setup.h"

#include "app/access/password.h"
#include "app/access/people.h"
#include "app/access/session.h"
#include "app/installation/own_law.h"
#include "app/signature/trust.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

bool installation_in_earnest(struct db *db, bool *ret, struct err *e)
{
	return db_exists(db, e, ret, "SELECT 1 FROM installation");
}

bool installation_may_be_made(struct db *db, struct err *e)
{
	bool made = false;
	bool demonstration = false;
	bool people = false;
	if (!installation_in_earnest(db, &made, e) ||
	    !database_is_demonstration(db, &demonstration, e) ||
	    !db_exists(db, e, &people, "SELECT 1 FROM person"))
		return false;
	if (made)
		return err_set(e, ERR_CONFLICT, "setup.error.made",
			       "an installation stands there already");
	if (demonstration)
		return err_set(e, ERR_CONFLICT, "setup.error.demonstration",
			       "the database is a demonstration");
	return !people ||
	       err_set(e, ERR_CONFLICT, "setup.error.not_empty", "the database has people already");
}

/* ---- the law --------------------------------------------------------------------------------- */

static bool is_left_open(const struct plan *plan, const char *name)
{
	return names_hold(&plan->left_open, "all") || names_hold(&plan->left_open, name);
}

static bool stands_in(const char *const *list, const char *name)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* Nothing is left out by mistake: what is not entered is said to be open. */
static bool check_open(struct arena *a, const struct plan *plan, const struct rule_set *before,
		       const struct rule_set *after, struct err *e)
{
	const char *const *assumed = rule_set_assumed(a, before);
	struct buf missing = buf_on(a);
	for (size_t i = 0; i < plan->left_open.count; i++) {
		const char *name = plan->left_open.names[i];
		if (strcmp(name, "all") != 0 && !stands_in(assumed, name)) {
			(void)err_input(e, "left_open", "rules.enter.unknown",
					"no such value that is assumed");
			return err_value(e, name);
		}
	}
	for (const char *const *name = rule_set_assumed(a, after); *name; name++) {
		if (!is_left_open(plan, *name))
			buf_print(&missing, "%s%s", missing.length ? ", " : "", *name);
	}
	if (missing.length == 0)
		return true;
	(void)err_input(e, "values", "setup.error.left",
			"assumed values that are neither entered nor left open");
	return err_value(e, missing.text);
}

/* O-4: values go into the set in force today. */
static bool enter_values(const struct act *act, const struct plan *plan, struct law_source *ret,
			 struct err *e)
{
	const struct law_file *file = law_book_rule_set_on(act->book, act_today(act));
	const struct rule_set *after = NULL;
	if (!file)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	*ret = (struct law_source){ file->name, file->body };
	return rule_set_enter(act->arena, file, &plan->rules, &ret->body, e) &&
	       law_book_read_rule_set(act->arena, file->name, ret->body, &after, e) &&
	       check_open(act->arena, plan, file->rule_set, after, e);
}

/* WD-4: somebody has compared the working days of this year with its decrees; those of the next
 * one are not decreed for most of a year (konkurs check tells). */
static bool check_calendar(const struct act *act, const struct plan *plan,
			   const struct law_book *book, struct err *e)
{
	const int year = day_to_date(act_today(act)).year;
	const char *text = arena_print(act->arena, "%d", year);
	if (calendar_year(&book->calendar, year) >= 0 && names_hold(&plan->calendar_checked, text))
		return true;
	(void)err_input(e, "calendar_checked", "setup.error.calendar",
			"a year of the calendar that nobody has checked");
	return err_value(e, text);
}

static bool check_table(const struct setup *s, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < s->law_count; i++) {
		const struct qualification_table *table = NULL;
		if (strncmp(s->law[i].name, "qualification/", 14) != 0)
			continue;
		if (!law_book_read_qualification(a, s->law[i].name, s->law[i].body, &table, e))
			return false;
		if (table->assumed)
			return err_input(e, "qualification", "setup.error.assumed",
					 "a table of requirements that is marked assumed");
	}
	return true;
}

static bool make_law(const struct act *act, const struct setup *s, const struct law_book **ret,
		     struct err *e)
{
	struct law_source *files = arena_array(act->arena, s->law_count + 1, sizeof(*files));
	const size_t count = s->law_count;
	for (size_t i = 0; i < count; i++)
		files[i] = s->law[i];
	if (!check_table(s, act->arena, e) || !enter_values(act, s->plan, &files[count], e))
		return false;
	/* always: the switch of a demonstration goes with it (R28-3) */
	return own_law_enter(act, files, count + 1, "konkurs init", ret, e) &&
	       check_calendar(act, s->plan, *ret, e);
}

/* ---- people ---------------------------------------------------------------------------------- */

static bool check_people(const struct plan *plan, struct err *e)
{
	size_t admins = 0;
	size_t hr = 0;
	for (size_t i = 0; i < plan->people_count; i++) {
		const struct plan_person *p = &plan->people[i];
		const bool admin = strcmp(p->role, ROLE_NAME_ADMIN) == 0;
		admins += admin;
		hr += !admin;
		for (size_t k = 0; k < i; k++) {
			if (strcmp(p->iin, plan->people[k].iin) == 0)
				return err_input(e, "people", "setup.error.both",
						 "one person stands twice");
		}
	}
	if (admins < 2)
		return err_input(e, "people", "setup.error.admins",
				 "fewer than two administrators");
	return hr > 0 || err_input(e, "people", "setup.error.hr", "no officer of HR");
}

/* The part of the plan that a failure is about: "people.3.iin". */
static bool at(const struct act *act, const char *list, size_t i, struct err *e)
{
	char field[sizeof(e->field)];
	(void)memcpy(field, e->field, sizeof(field));
	e->field[0] = '\0';
	return err_field(e, *field ? arena_print(act->arena, "%s.%zu.%s", list, i + 1, field)
				   : arena_print(act->arena, "%s.%zu", list, i + 1));
}

/* Whoever is not an administrator may get one later: `konkurs user password`. */
static bool set_password(const struct act *act, int64_t id, const struct plan_person *p,
			 const char *password, struct err *e)
{
	if (!password)
		return strcmp(p->role, ROLE_NAME_ADMIN) != 0 ||
		       err_input(e, "password", "setup.error.password",
				 "an administrator without a password");
	return password_accept(act, id, password, "password", e) &&
	       person_set_password(act, id, password, e);
}

static bool add_person(const struct act *act, const struct setup *s, size_t i, struct err *e)
{
	const struct plan_person *p = &s->plan->people[i];
	const struct person_form form = {
		.iin = p->iin,
		.family = p->family,
		.given = p->given,
		.patronymic = p->patronymic,
		.organ = *p->organ ? p->organ : s->plan->organ,
		.position_kk = p->position_kk,
		.position_ru = p->position_ru,
	};
	const bool admin = strcmp(p->role, ROLE_NAME_ADMIN) == 0;
	int64_t id = 0;
	return person_add(act, &form, &id, e) &&
	       /* an administrator is one of the whole installation */
	       person_grant(act, id, p->role, admin ? act->book->organs[0].code : form.organ, e) &&
	       set_password(act, id, p, s->passwords ? s->passwords[i] : NULL, e);
}

static bool add_people(const struct act *act, const struct setup *s, struct err *e)
{
	for (size_t i = 0; i < s->plan->people_count; i++) {
		if (!add_person(act, s, i, e))
			return at(act, "people", i, e);
	}
	return true;
}

static bool add_anchors(const struct act *act, const struct setup *s, struct err *e)
{
	for (size_t i = 0; i < s->anchor_count; i++) {
		const struct setup_file *file = &s->anchors[i];
		const struct trust_form form = { file->bytes, file->size, true, "konkurs init" };
		int64_t id = 0;
		if (!trust_add(act, &form, &id, e))
			return at(act, "anchors", i, e);
	}
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static json_t *told(const struct setup *s, const char *const *left_open)
{
	json_t *open = json_array();
	for (; *left_open; left_open++)
		(void)json_array_append_new(open, json_string(*left_open));
	return json_pack("{s:s,s:I,s:I,s:I,s:o}", "organ", s->plan->organ, "people",
			 (json_int_t)s->plan->people_count, "values",
			 (json_int_t)s->plan->rules.count, "anchors", (json_int_t)s->anchor_count,
			 "left_open", open);
}

static bool mark(const struct act *act, const char *organ, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO installation (id, organ, made_ms) VALUES (1, $1, $2)",
		       db_text(organ), db_int(act->now_ms));
}

/* What the law says of a real competition now (F2). */
static void look_at_law(const struct act *act, struct setup_done *done)
{
	const struct law_file *rules = law_book_rule_set_on(done->book, act_today(act));
	const struct law_file *table = law_book_qualification_on(done->book, act_today(act));
	struct err why = { 0 };
	done->left_open = rule_set_assumed(act->arena, rules->rule_set);
	done->opens = table && rule_set_opens(rules->rule_set, false, &why) &&
		      qualification_opens(table->qualification, false, &why);
}

bool installation_make(const struct act *act, const struct setup *setup, struct setup_done *ret,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct act within = *act;
	const struct law_book *book = act->book;
	struct setup_done done = { 0 };
	if (act->person_id != 0)
		return err_set(e, ERR_DENIED, "error.denied", "not from a page");
	if (!check_people(setup->plan, e) || !db_begin(act->db, &tx, e) ||
	    !installation_may_be_made(act->db, e) || !make_law(act, setup, &book, e))
		return false;
	if (!law_book_organ(book, setup->plan->organ))
		return err_input(e, "organ", "error.organ", "unknown organ");
	within.book = book;
	done.book = book;
	look_at_law(&within, &done);
	if (!mark(&within, setup->plan->organ, e) || !add_people(&within, setup, e) ||
	    !add_anchors(&within, setup, e) ||
	    !act_journal(&within, "installation.made", 0, "", told(setup, done.left_open), e) ||
	    !db_commit(&tx, e))
		return false;
	*ret = done;
	return true;
}

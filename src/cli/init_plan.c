/* init_plan.c - what a plan names, and a plan to fill in. */
#include "cli/init.h"

#include "web/installation/installation.h"

#include <stdio.h>
#include <string.h>

static const struct law_file *rules_of(const struct init_run *run)
{
	return law_book_rule_set_on(run->book, day_of_instant(run->now_ms));
}

/* ---- a plan to fill in ----------------------------------------------------------------------- */

static void print_person(const char *role, const char *organ)
{
	printf("  - role: \"%s\"\n    iin: \"000000000000\"\n    family: \"...\"\n"
	       "    given: \"...\"\n    position_kk: \"...\"\n    position_ru: \"...\"\n"
	       "    organ: \"%s\"\n",
	       role, organ);
}

/* Each assumed value as a comment: nobody takes over a demonstration value by forgetting it. */
static void print_values(const struct init_run *run)
{
	const struct rule_set *rules = rules_of(run)->rule_set;
	for (const char *const *name = rule_set_assumed(run->arena, rules); *name; name++) {
		printf("# %s\n", init_param(run, *name));
		if (strcmp(*name, "in_force_from") == 0)
			continue;
		printf("#  - { name: \"%s\", value: ..., clause: \"...\", act: \"...\" }\n", *name);
	}
}

void init_template(const struct init_run *run)
{
	static const char *const files[] = { "organs", "posts", "qualification", "calendar" };
	const char *organ = run->book->organs[0].code;
	printf("# %s\n", init_text(run, "init.file.head", ""));
	printf("# %s\norgan: \"%s\"\n", init_text(run, "init.file.organ", ""), organ);
	printf("# %s\npeople:\n", init_text(run, "init.file.people", ""));
	print_person(ROLE_NAME_ADMIN, organ);
	print_person(ROLE_NAME_ADMIN, organ);
	print_person(ROLE_NAME_HR, organ);
	printf("# %s\n#values:\n", init_text(run, "init.file.values", rules_of(run)->rule_set->id));
	print_values(run);
	printf("#in_force_from: { day: \"YYYY-MM-DD\", act: \"...\" }\n");
	printf("# %s\nleft_open: [ \"all\" ]\n", init_text(run, "init.file.left_open", ""));
	for (size_t i = 0; i < COUNT(files); i++)
		printf("# %s\n#%s: \"%s.yaml\"\n",
		       init_text(run, arena_print(run->arena, "init.file.%s", files[i]), ""),
		       files[i], files[i]);
	printf("# %s\n#calendar_checked: [ \"%d\" ]\n", init_text(run, "init.file.checked", ""),
	       init_year(run));
	printf("# %s\n#anchors: [ \"root.pem\" ]\n", init_text(run, "init.file.anchors", ""));
	printf("# %s\n#tls: { certificate: \"server.pem\", key: \"server.key\" }\n",
	       init_text(run, "init.file.tls", ""));
}

/* ---- what it names --------------------------------------------------------------------------- */

/* Under which name a file of its own stands: a table by its day, so that it takes the place of that
 * of the program. */
static bool name_of(const struct init_run *run, const char *part, const char *path,
		    const char *body, const char **ret, struct err *e)
{
	const struct qualification_table *table = NULL;
	char from[DAY_TEXT_SIZE];
	*ret = arena_print(run->arena, "%s.yaml", part);
	if (strcmp(part, "qualification") != 0)
		return true;
	if (!law_book_read_qualification(run->arena, path, body, &table, e))
		return false;
	day_print(table->in_force_from, from);
	*ret = arena_print(run->arena, "qualification/%s.yaml", from);
	return true;
}

static bool gather_law(const struct init_run *run, struct setup *ret, struct err *e)
{
	const struct plan *p = &run->plan;
	const struct {
		const char *part, *path;
	} given[] = { { "organs", p->organs },
		      { "posts", p->posts },
		      { "qualification", p->qualification },
		      { "calendar", p->calendar } };
	struct law_source *law = arena_array(run->arena, COUNT(given), sizeof(*law));
	for (size_t i = 0; i < COUNT(given); i++) {
		struct law_source *file = &law[ret->law_count];
		size_t size = 0;
		if (!*given[i].path)
			continue;
		if (!init_read_file(run->arena, given[i].path, &file->body, &size, e) ||
		    !name_of(run, given[i].part, given[i].path, file->body, &file->name, e))
			return err_field(e, given[i].part);
		ret->law_count++;
	}
	ret->law = law;
	return true;
}

bool init_gather(const struct init_run *run, struct setup *ret, struct err *e)
{
	const struct list_of_names *anchors = &run->plan.anchors;
	struct setup_file *files = arena_array(run->arena, anchors->count + 1, sizeof(*files));
	struct setup setup = { .plan = &run->plan,
			       .passwords = run->passwords,
			       .anchors = files,
			       .anchor_count = anchors->count };
	for (size_t i = 0; i < anchors->count; i++) {
		const char *bytes = NULL;
		files[i].name = anchors->names[i];
		if (!init_read_file(run->arena, files[i].name, &bytes, &files[i].size, e))
			return err_field(e, "anchors");
		files[i].bytes = bytes;
	}
	if (!gather_law(run, &setup, e))
		return false;
	*ret = setup;
	return true;
}

bool init_check_tls(const struct init_run *run, struct err *e)
{
	const struct tls_options tls = { .certificate = run->plan.tls_certificate,
					 .key = run->plan.tls_key };
	struct installation c = installation_new(run->arena, run->view, run->lang);
	size_t i = 0;
	const json_t *row = NULL;
	if (!*tls.certificate)
		return true;
	c.tls = &tls;
	c.now_ms = run->now_ms;
	c.today = day_of_instant(run->now_ms);
	if (!*tls.key)
		return err_input(e, "tls", "init.error.tls_key", "a certificate without its key");
	if (!installation_certificate(&c, e))
		return false;
	json_array_foreach (c.findings, i, row) {
		const char *text = json_string_value(json_object_get(row, "text"));
		if (c.errors > 0) {
			(void)err_input(e, "tls", "init.error.tls",
					"a certificate that will not do");
			return err_value(e, text);
		}
		(void)fprintf(stderr, "%s\n", text);
	}
	return true;
}

/* ---- what will be ---------------------------------------------------------------------------- */

static void show_people(const struct init_run *run)
{
	for (size_t i = 0; i < run->plan.people_count; i++) {
		const struct plan_person *p = &run->plan.people[i];
		const char *organ = *p->organ ? p->organ : run->plan.organ;
		const bool ready = run->passwords && run->passwords[i];
		printf("  %s %s, %s, %s%s%s\n", p->family, p->given,
		       init_text(run, arena_print(run->arena, "access.role.%s", p->role), ""),
		       organ, ready ? "" : ", ",
		       ready ? "" : init_text(run, "init.no_password", ""));
	}
}

static void show_values(const struct init_run *run)
{
	const struct entered *r = &run->plan.rules;
	for (size_t i = 0; i < r->count; i++)
		printf("  %s: %lld (%s%s%s)\n", init_param(run, r->values[i].name),
		       (long long)r->values[i].value, r->values[i].act,
		       *r->values[i].act ? ", " : "", r->values[i].clause);
	if (*r->from_act)
		printf("  %s: %s (%s)\n", init_param(run, "in_force_from"), r->from, r->from_act);
	if (r->count == 0)
		printf("  %s\n", init_text(run, "init.no_values", ""));
}

void init_show(const struct init_run *run)
{
	const struct plan *p = &run->plan;
	const char *const own[] = { p->organs, p->posts, p->qualification, p->calendar };
	const struct organ *organ = law_book_organ(run->book, p->organ);
	const char *name = !organ                         ? p->organ
			   : strcmp(run->lang, "kk") == 0 ? organ->name_kk
							  : organ->name_ru;
	printf("%s: %s\n%s:\n", init_text(run, "init.section.organ", ""), name,
	       init_text(run, "init.section.people", ""));
	show_people(run);
	printf("%s:\n", init_text(run, "init.section.values", ""));
	show_values(run);
	for (size_t i = 0; i < COUNT(own); i++) {
		if (*own[i])
			printf("%s: %s\n", init_text(run, "init.section.law", ""), own[i]);
	}
	for (size_t i = 0; i < p->anchors.count; i++)
		printf("%s: %s\n", init_text(run, "init.section.anchors", ""), p->anchors.names[i]);
	if (*p->tls_certificate)
		printf("%s: %s\n", init_text(run, "init.section.tls", ""), p->tls_certificate);
}

/* init_answer.c - the questions of `konkurs init`, and what their answers say.
 *
 * The list of questions is made anew after each answer: how many people there are, whether a value
 * is entered, whether there is one more certificate.  So going back is one question less, and
 * nothing but the answers has to be kept. */
#include "cli/init.h"

#include "app/access/password.h"
#include "law/iin.h"
#include "sign/certificate.h"

#include <stdlib.h>
#include <string.h>

static const char *const sections[INIT_SECTIONS] = { "organ",    "people",  "values", "law",
						     "calendar", "anchors", "tls" };

int init_section(const char *section)
{
	for (int i = 0; i < INIT_SECTIONS; i++) {
		if (strcmp(sections[i], section) == 0)
			return i + 1;
	}
	return INIT_SECTIONS;
}

static const char *said(const json_t *answers, const char *id)
{
	const char *text = json_string_value(json_object_get(answers, id));
	return text ? text : "";
}

enum { PEOPLE_MOST = 20 };
static const char *const roles[] = { ROLE_NAME_ADMIN, ROLE_NAME_HR };

/* How many of a role there are to be. */
static int people_of(const struct init_run *run, const json_t *answers, const char *role)
{
	const long count =
		strtol(said(answers, arena_print(run->arena, "people.%s", role)), NULL, 10);
	return count < 0 ? 0 : count > PEOPLE_MOST ? PEOPLE_MOST : (int)count;
}

static const struct rule_set *rules_of(const struct init_run *run)
{
	return law_book_rule_set_on(run->book, day_of_instant(run->now_ms))->rule_set;
}

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
	const struct init_run *run;
	const json_t *answers;
	struct init_question *list;
	size_t count;
};

static struct init_question *add(struct listing *l, const char *section, const char *id,
				 const char *label)
{
	struct init_question *q = &l->list[l->count];
	l->count += l->count + 1 < INIT_QUESTIONS_MOST;
	*q = (struct init_question){ .id = id, .section = section, .label = label, .hint = "" };
	return q;
}

static const char *text(const struct listing *l, const char *key)
{
	return init_text(l->run, key, "");
}

static void add_person(struct listing *l, const char *role, int i)
{
	static const struct {
		const char *part;
		bool optional;
	} parts[] = { { "iin", false },       { "family", false },     { "given", false },
		      { "patronymic", true }, { "position_kk", true }, { "position_ru", true },
		      { "password", false },  { "again", false } };
	struct arena *a = l->run->arena;
	const bool admin = strcmp(role, ROLE_NAME_ADMIN) == 0;
	for (size_t n = 0; n < COUNT(parts); n++) {
		const bool secret = n >= 6;
		const char *id = arena_print(a, "%s.%d.%s", role, i, parts[n].part);
		if (strcmp(parts[n].part, "again") == 0 &&
		    !*said(l->answers, arena_print(a, "%s.%d.password", role, i)))
			continue;
		struct init_question *q = add(
			l, "people", id,
			arena_print(a, "%s %d, %s", text(l, arena_print(a, "access.role.%s", role)),
				    i, text(l, arena_print(a, "init.%s", parts[n].part))));
		q->secret = secret;
		q->optional = parts[n].optional || (secret && !admin);
		q->hint =
			n == 6 ? text(l, admin ? "init.password.hint" : "init.password.later") : "";
	}
}

static void add_people(struct listing *l, const char *role, const char *least)
{
	struct arena *a = l->run->arena;
	const char *id = arena_print(a, "people.%s", role);
	struct init_question *q = add(l, "people", id, text(l, arena_print(a, "init.%s", id)));
	q->hint = init_text(l->run, "init.people.hint", least);
	for (int i = 1; i <= people_of(l->run, l->answers, role); i++)
		add_person(l, role, i);
}

/* An assumed value, and where it stands if it is entered. */
static void add_value(struct listing *l, const char *name)
{
	struct arena *a = l->run->arena;
	const struct rule_set *rules = rules_of(l->run);
	const char *id = arena_print(a, "value.%s", name);
	const bool is_day = strcmp(name, "in_force_from") == 0;
	struct init_question *q = add(l, "values", id, init_param(l->run, name));
	q->optional = true;
	for (int i = 0; !is_day && i < PARAM_COUNT; i++) {
		if (strcmp(param_name((enum param_id)i), name) == 0)
			q->hint = init_text(
				l->run, i >= PARAM_RULES ? "init.value.rule" : "init.value.hint",
				arena_print(a, "%lld", (long long)rules->params[i].value));
	}
	if (!*said(l->answers, id))
		return;
	if (!is_day)
		add(l, "values", arena_print(a, "%s.clause", id), text(l, "init.clause"));
	q = add(l, "values", arena_print(a, "%s.act", id), text(l, "init.act"));
	q->optional = !is_day;
	q->hint = is_day ? "" : text(l, "init.act.hint");
}

static void add_file(struct listing *l, const char *section, const char *id)
{
	struct init_question *q =
		add(l, section, id, text(l, arena_print(l->run->arena, "init.%s", id)));
	q->optional = true;
	q->hint = text(l, arena_print(l->run->arena, "init.%s.hint", id));
}

static void add_calendar(struct listing *l)
{
	struct arena *a = l->run->arena;
	const int year = init_year(l->run);
	const int days = calendar_year(&l->run->book->calendar, year);
	/* how many another file has is not known yet */
	const bool known = !*said(l->answers, "calendar.file") && days >= 0;
	struct init_question *q =
		add(l, "calendar", "calendar.checked",
		    init_text(l->run, known ? "init.calendar" : "init.calendar.own",
			      arena_print(a, "%d", known ? days : year)));
	q->hint = init_text(l->run, "init.calendar.hint", arena_print(a, "%d", year));
}

static void add_anchors(struct listing *l)
{
	bool more = true;
	for (int i = 1; more && i <= PEOPLE_MOST; i++) {
		const char *id = arena_print(l->run->arena, "anchor.%d", i);
		struct init_question *q = add(l, "anchors", id, text(l, "init.anchor"));
		q->optional = true;
		q->hint = text(l, "init.anchor.hint");
		more = *said(l->answers, id) != '\0';
	}
}

size_t init_questions(const struct init_run *run, const json_t *answers,
		      struct init_question ret[INIT_QUESTIONS_MOST])
{
	struct listing l = { run, answers, ret, 0 };
	add(&l, "organ", "organ", text(&l, "init.organ"))->hint = text(&l, "init.organ.hint");
	add_people(&l, ROLE_NAME_ADMIN, "2");
	add_people(&l, ROLE_NAME_HR, "1");
	for (const char *const *name = rule_set_assumed(run->arena, rules_of(run)); *name; name++)
		add_value(&l, *name);
	add_file(&l, "law", "qualification");
	add_file(&l, "law", "calendar.file");
	add_calendar(&l);
	add_anchors(&l);
	add_file(&l, "tls", "tls.certificate");
	if (*said(answers, "tls.certificate"))
		add(&l, "tls", "tls.key", text(&l, "init.tls.key"));
	return l.count;
}

/* ---- one answer ------------------------------------------------------------------------------ */

static bool ends_with(const char *id, const char *part)
{
	const size_t size = strlen(id);
	const size_t tail = strlen(part);
	return size > tail && strcmp(id + size - tail, part) == 0;
}

/* The answer to another part of the same person. */
static const char *beside(const struct init_run *run, const json_t *answers, const char *id,
			  const char *part)
{
	const char *dot = strrchr(id, '.');
	return said(answers, arena_print(run->arena, "%.*s.%s", (int)(dot - id), id, part));
}

static bool accept_number(const struct init_run *run, const char *answer, int64_t least,
			  int64_t most, struct err *e)
{
	char *end = NULL;
	const long long number = strtoll(answer, &end, 10);
	if (end != answer && !*end && number >= least && number <= most)
		return true;
	(void)err_input(e, "answer", "init.error.number", "no such number");
	return err_value(e,
			 arena_print(run->arena, "%lld - %lld", (long long)least, (long long)most));
}

static bool accept_iin(const struct init_run *run, const json_t *answers, const char *id,
		       const char *answer, struct err *e)
{
	if (iin_check(answer) != IIN_VALID)
		return err_input(e, "iin", "error.iin", "an IIN that fails the check");
	for (size_t r = 0; r < COUNT(roles); r++) {
		for (int i = 1; i <= people_of(run, answers, roles[r]); i++) {
			const char *other = arena_print(run->arena, "%s.%d.iin", roles[r], i);
			if (strcmp(other, id) != 0 && strcmp(said(answers, other), answer) == 0)
				return err_input(e, "iin", "setup.error.both",
						 "one person stands twice");
		}
	}
	return true;
}

/* As password_accept() judges it when the person is there. */
static bool accept_password(const struct init_run *run, const json_t *answers, const char *id,
			    const char *answer, struct err *e)
{
	const struct organ *organ = law_book_organ(run->book, said(answers, "organ"));
	const char *const words[] = {
		beside(run, answers, id, "family"),
		beside(run, answers, id, "given"),
		beside(run, answers, id, "patronymic"),
		beside(run, answers, id, "iin"),
		organ ? organ->code : "",
		organ ? organ->name_kk : "",
		organ ? organ->name_ru : "",
	};
	return password_accept_beside(run->arena, answer, words, COUNT(words), "password", e);
}

static bool accept_value(const struct init_run *run, const char *id, const char *answer,
			 struct err *e)
{
	const char *name = id + strlen("value.");
	int64_t least = 0;
	int64_t most = 0;
	day d = { 0 };
	if (strchr(name, '.'))
		return !strpbrk(answer, "\"\\") ||
		       err_input(e, name, "rules.enter.text", "a text that YAML does not bear");
	if (strcmp(name, "in_force_from") == 0)
		return day_parse(answer, &d) || err_input(e, name, "rules.enter.day", "not a day");
	for (int i = 0; i < PARAM_COUNT; i++) {
		if (strcmp(param_name((enum param_id)i), name) == 0)
			rule_set_param_bounds((enum param_id)i, &least, &most);
	}
	return accept_number(run, answer, least, most, e);
}

static bool accept_file(const struct init_run *run, const char *id, const char *path, struct err *e)
{
	const struct qualification_table *table = NULL;
	struct certificate certificate = { .name = "" };
	const char *bytes = NULL;
	size_t size = 0;
	if (!init_read_file(run->arena, path, &bytes, &size, e))
		return false;
	if (strncmp(id, "anchor.", 7) == 0)
		return certificate_read(run->arena, bytes, size, &certificate, e);
	if (strcmp(id, "qualification") != 0)
		return true;
	return law_book_read_qualification(run->arena, path, bytes, &table, e) &&
	       (!table->assumed || err_input(e, "qualification", "setup.error.assumed",
					     "a table that is marked assumed"));
}

static bool accept_organ(const struct init_run *run, const char *answer, struct err *e)
{
	return law_book_organ(run->book, answer) ||
	       err_input(e, "organ", "error.organ", "unknown organ");
}

bool init_accept(const struct init_run *run, const json_t *answers, const struct init_question *q,
		 const char *answer, struct err *e)
{
	const char *id = q->id;
	if (!*answer)
		return q->optional || err_input(e, "answer", "error.required", "no answer");
	if (strcmp(id, "organ") == 0)
		return accept_organ(run, answer, e);
	if (strncmp(id, "people.", 7) == 0)
		return accept_number(run, answer, strcmp(id, "people.admin") == 0 ? 2 : 1,
				     PEOPLE_MOST, e);
	if (ends_with(id, ".iin"))
		return accept_iin(run, answers, id, answer, e);
	if (ends_with(id, ".password"))
		return accept_password(run, answers, id, answer, e);
	if (ends_with(id, ".again"))
		return strcmp(answer, beside(run, answers, id, "password")) == 0 ||
		       err_input(e, "again", "init.error.again", "another password");
	if (strncmp(id, "value.", 6) == 0)
		return accept_value(run, id, answer, e);
	if (strcmp(id, "calendar.checked") == 0)
		return strcmp(answer, arena_print(run->arena, "%d", init_year(run))) == 0 ||
		       err_input(e, "calendar", "init.error.year", "another year");
	if (strcmp(q->section, "law") == 0 || strcmp(q->section, "anchors") == 0 ||
	    strcmp(q->section, "tls") == 0)
		return accept_file(run, id, answer, e);
	return true;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void take_person(struct init_run *run, const json_t *answers, const char *role, int i,
			struct plan_person *p, const char **password)
{
	const char *id = arena_print(run->arena, "%s.%d.iin", role, i);
	const char *given = beside(run, answers, id, "password");
	*p = (struct plan_person){
		.role = role,
		.iin = said(answers, id),
		.family = beside(run, answers, id, "family"),
		.given = beside(run, answers, id, "given"),
		.patronymic = beside(run, answers, id, "patronymic"),
		.organ = "",
		.position_kk = beside(run, answers, id, "position_kk"),
		.position_ru = beside(run, answers, id, "position_ru"),
	};
	*password = *given ? given : NULL;
}

static void take_people(struct init_run *run, const json_t *answers)
{
	const size_t most = 2 * (size_t)PEOPLE_MOST;
	struct plan_person *people = arena_array(run->arena, most, sizeof(*people));
	size_t n = 0;
	run->passwords = arena_array(run->arena, most, sizeof(char *));
	for (size_t r = 0; r < COUNT(roles); r++) {
		for (int i = 1; i <= people_of(run, answers, roles[r]); i++, n++)
			take_person(run, answers, roles[r], i, &people[n], &run->passwords[n]);
	}
	run->plan.people = people;
	run->plan.people_count = n;
}

static void take_values(struct init_run *run, const json_t *answers)
{
	struct arena *a = run->arena;
	struct entered_value *values = arena_array(a, PARAM_COUNT, sizeof(*values));
	struct entered *entered = &run->plan.rules;
	*entered = (struct entered){ values, 0, "", "" };
	for (int i = 0; i < PARAM_COUNT; i++) {
		const char *id = arena_print(a, "value.%s", param_name((enum param_id)i));
		const char *value = said(answers, id);
		if (*value)
			values[entered->count++] = (struct entered_value){
				.name = param_name((enum param_id)i),
				.value = strtoll(value, NULL, 10),
				.clause = said(answers, arena_print(a, "%s.clause", id)),
				.act = said(answers, arena_print(a, "%s.act", id)),
			};
	}
	if (*said(answers, "value.in_force_from")) {
		entered->from = said(answers, "value.in_force_from");
		entered->from_act = said(answers, "value.in_force_from.act");
	}
}

void init_take(struct init_run *run, const json_t *answers)
{
	static const char *const open[] = { "all" };
	const char **anchors = arena_array(run->arena, PEOPLE_MOST, sizeof(*anchors));
	const char **years = arena_array(run->arena, 1, sizeof(*years));
	size_t count = 0;
	for (; count < PEOPLE_MOST; count++) {
		anchors[count] = said(answers, arena_print(run->arena, "anchor.%zu", count + 1));
		if (!*anchors[count])
			break;
	}
	years[0] = said(answers, "calendar.checked");
	run->plan = (struct plan){
		.organ = said(answers, "organ"),
		.organs = "",
		.posts = "",
		.qualification = said(answers, "qualification"),
		.calendar = said(answers, "calendar.file"),
		/* an empty answer says so */
		.left_open = { open, 1 },
		.calendar_checked = { years, 1 },
		.anchors = { anchors, count },
		.tls_certificate = said(answers, "tls.certificate"),
		.tls_key = said(answers, "tls.key"),
	};
	take_people(run, answers);
	take_values(run, answers);
}

/* enter.c - a rule set with values that an officer has entered: its text is changed line by line,
 * then read again as a whole and compared with what was entered. */
#include "rules/enter.h"

#include "base/buf.h"
#include "base/text.h"
#include "rules/readers.h"

#include <stdlib.h>
#include <string.h>

const char *const *rule_set_assumed(struct arena *a, const struct rule_set *rules)
{
	const char **list = arena_array(a, PARAM_COUNT + 2, sizeof(*list));
	size_t n = 0;
	for (int i = 0; i < PARAM_COUNT; i++) {
		if (!rules->params[i].set || rules->params[i].assumed)
			list[n++] = param_name((enum param_id)i);
	}
	if (rules->in_force_assumed)
		list[n++] = "in_force_from";
	return list;
}

/* ---- what may be entered --------------------------------------------------------------------- */

/* What can stand between quotation marks of YAML as it is. */
static bool check_text(struct arena *a, const char *name, const char *text, struct err *e)
{
	const char *clean = NULL;
	if (!strpbrk(text, "\"\\\n\r\t") && text_accept(a, text, strlen(text), &clean, NULL) &&
	    strcmp(clean, text) == 0)
		return true;
	return err_input(e, name, "rules.enter.text", "a text that does not fit a line of YAML");
}

static bool find_param(const char *name, enum param_id *ret)
{
	for (int i = 0; i < PARAM_COUNT; i++) {
		if (strcmp(param_name((enum param_id)i), name) == 0) {
			*ret = (enum param_id)i;
			return true;
		}
	}
	return false;
}

static bool check_value(struct arena *a, const struct rule_set *rules,
			const struct entered_value *v, struct err *e)
{
	enum param_id id = PARAM_COUNT;
	int64_t least = 0;
	int64_t most = 0;
	if (!find_param(v->name, &id)) {
		(void)err_input(e, "values", "rules.enter.unknown", "no such parameter");
		return err_value(e, v->name);
	}
	if (rules->params[id].set && !rules->params[id].assumed)
		return err_input(e, v->name, "rules.enter.known",
				 "a value that the Rules tell themselves");
	rule_set_param_bounds(id, &least, &most);
	if (v->value < least || v->value > most) {
		(void)err_input(e, v->name, "rules.enter.bounds", "a value out of bounds");
		return err_value(e,
				 arena_print(a, "%lld - %lld", (long long)least, (long long)most));
	}
	if (!*v->clause)
		return err_input(e, v->name, "rules.enter.clause", "a value without its clause");
	return check_text(a, v->name, v->clause, e) && check_text(a, v->name, v->act, e);
}

static bool check_all(struct arena *a, const struct rule_set *rules, const struct entered *entered,
		      struct err *e)
{
	day from = { 0 };
	for (size_t i = 0; i < entered->count; i++) {
		if (!check_value(a, rules, &entered->values[i], e))
			return false;
		for (size_t k = 0; k < i; k++) {
			if (strcmp(entered->values[k].name, entered->values[i].name) == 0) {
				(void)err_input(e, "values", "rules.twice",
						"a value that is entered twice");
				return err_value(e, entered->values[i].name);
			}
		}
	}
	if (*entered->from && !day_parse(entered->from, &from))
		return err_input(e, "in_force_from", "rules.enter.day", "not a day");
	if (*entered->from && !*entered->from_act)
		return err_input(e, "in_force_from", "rules.enter.clause", "a day without its act");
	return check_text(a, "in_force_from", entered->from_act, e);
}

/* ---- the text -------------------------------------------------------------------------------- */

static void add_value(struct buf *out, const struct entered_value *v)
{
	buf_print(out, "  - { name: \"%s\", value: %lld, clause: \"%s\", assumed: false", v->name,
		  (long long)v->value, v->clause);
	if (*v->act)
		buf_print(out, ", act: \"%s\"", v->act);
	buf_add(out, " }\n");
}

static const struct entered_value *value_of_line(struct arena *a, const struct entered *entered,
						 const char *line)
{
	for (size_t i = 0; i < entered->count; i++) {
		const struct entered_value *v = &entered->values[i];
		if (strncmp(line, "  - { name: \"", 13) == 0 &&
		    strstr(line, arena_print(a, "{ name: \"%s\",", v->name)))
			return v;
	}
	return NULL;
}

/* What is not in the file at all comes right under the key of the list. */
static void add_new(struct buf *out, const struct rule_set *rules, const struct entered *entered)
{
	for (size_t i = 0; i < entered->count; i++) {
		enum param_id id = PARAM_COUNT;
		if (find_param(entered->values[i].name, &id) && !rules->params[id].set)
			add_value(out, &entered->values[i]);
	}
}

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static void change_line(struct buf *out, const struct rule_set *rules,
			const struct entered *entered, const char *line, bool in_list)
{
	const bool from = *entered->from_act != '\0';
	const struct entered_value *v = in_list ? value_of_line(out->arena, entered, line) : NULL;
	if (v)
		add_value(out, v);
	else if (from && *entered->from && begins(line, "in_force_from:"))
		buf_print(out, "in_force_from: \"%s\"\n", entered->from);
	else if (from && begins(line, "in_force_assumed:"))
		buf_print(out, "in_force_assumed: false\nin_force_act: \"%s\"\n",
			  entered->from_act);
	else if (begins(line, "recording_may_be_off:"))
		buf_add(out, "recording_may_be_off: false\n");
	else if (!(from && begins(line, "in_force_act:")))
		buf_print(out, "%s\n", line);
	if (begins(line, "parameters:"))
		add_new(out, rules, entered);
}

static const char *change_text(struct arena *a, const struct law_file *file,
			       const struct entered *entered)
{
	struct buf out = buf_on(a);
	bool in_list = false;
	for (const char *at = file->body; *at;) {
		const size_t size = strcspn(at, "\n");
		const char *line = arena_copy_n(a, at, size);
		/* a list ends with the next key of the file itself */
		if (*line && *line != ' ' && *line != '#')
			in_list = begins(line, "parameters:");
		change_line(&out, file->rule_set, entered, line, in_list);
		at += size + (at[size] == '\n');
	}
	return out.text;
}

/* ---- and back -------------------------------------------------------------------------------- */

static bool is_entered(const struct rule_set *rules, const struct entered_value *v)
{
	enum param_id id = PARAM_COUNT;
	if (!find_param(v->name, &id))
		return false;
	const struct parameter *p = &rules->params[id];
	return p->set && !p->assumed && p->value == v->value && strcmp(p->act, v->act) == 0 &&
	       strcmp(*v->act ? p->act_clause : p->clause, v->clause) == 0;
}

static bool lost(const char *name, struct err *e)
{
	(void)err_set(e, ERR_SYSTEM, "rules.schema",
		      "a value did not come into the file: its entry has no line of its own");
	return err_value(e, name);
}

bool rule_set_enter(struct arena *a, const struct law_file *file, const struct entered *entered,
		    const char **ret, struct err *e)
{
	const struct rule_set *rules = NULL;
	if (!check_all(a, file->rule_set, entered, e))
		return false;
	const char *text = change_text(a, file, entered);
	if (!law_book_read_rule_set(a, file->name, text, &rules, e))
		return false;
	for (size_t i = 0; i < entered->count; i++) {
		if (!is_entered(rules, &entered->values[i]))
			return lost(entered->values[i].name, e);
	}
	if (*entered->from_act && rules->in_force_assumed)
		return lost("in_force_from", e);
	*ret = text;
	return true;
}

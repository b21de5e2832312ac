/* init_ask.c - asks what an installation is to be made of, at a terminal. */
#include "cli/init.h"

#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum answered { ANSWER, BACK, HELP, END };

/* What is typed is not shown while this is on. */
static void echo(bool on)
{
	struct termios t;
	if (tcgetattr(STDIN_FILENO, &t) != 0)
		return;
	t.c_lflag = on ? t.c_lflag | ECHO : t.c_lflag & ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

/* Hidden before the question is there: whoever is quick is not seen either. */
static bool read_line(const char *question, char *line, bool secret)
{
	if (secret)
		echo(false);
	(void)fputs(question, stdout);
	(void)fflush(stdout);
	const bool got = fgets(line, INIT_LINE_MOST, stdin) != NULL;
	if (secret) {
		echo(true);
		(void)putchar('\n');
	}
	line[strcspn(line, "\r\n")] = '\0';
	return got;
}

/* "<" back, "?" help, "-" nothing, an empty line what stands in brackets. */
static enum answered hear(const struct init_run *run, const struct init_question *q,
			  const char *before, const char **ret, struct err *e)
{
	char line[INIT_LINE_MOST] = "";
	const bool kept = *before != '\0';
	const char *question = arena_print(run->arena, "%s%s%s%s: ", q->label, kept ? " [" : "",
					   q->secret && kept ? "***" : before, kept ? "]" : "");
	if (!read_line(question, line, q->secret))
		return END;
	if (strcmp(line, "<") == 0)
		return BACK;
	if (strcmp(line, "?") == 0)
		return HELP;
	*ret = !*line ? before : strcmp(line, "-") == 0 ? "" : NULL;
	if (*ret)
		return ANSWER;
	const bool ok = q->secret ? text_accept_secret(run->arena, line, strlen(line), ret, e)
				  : text_accept(run->arena, line, strlen(line), ret, e);
	sodium_memzero(line, sizeof(line));
	if (!ok)
		*ret = NULL;
	return ANSWER;
}

static void print_organs(const struct init_run *run)
{
	for (size_t i = 0; i < run->book->organ_count; i++) {
		const struct organ *o = &run->book->organs[i];
		printf("  %-18s %s\n", o->code,
		       strcmp(run->lang, "kk") == 0 ? o->name_kk : o->name_ru);
	}
}

static void help(const struct init_run *run, const struct init_question *q)
{
	if (*q->hint)
		puts(q->hint);
	if (strcmp(q->id, "organ") == 0)
		print_organs(run);
	puts(init_text(run, "init.help", ""));
}

static void head(const struct init_run *run, const struct init_question *q, const char *before)
{
	if (strcmp(q->section, before) == 0)
		return;
	printf("\n[%d/%d] %s\n", init_section(q->section), INIT_SECTIONS,
	       init_text(run, arena_print(run->arena, "init.section.%s", q->section), ""));
	puts(init_text(run, arena_print(run->arena, "init.section.%s.hint", q->section), ""));
}

/* All questions from `from` on; false when somebody has ended it. */
static bool go_through(const struct init_run *run, json_t *answers, size_t from)
{
	struct init_question *list = arena_array(run->arena, INIT_QUESTIONS_MOST, sizeof(*list));
	size_t count = init_questions(run, answers, list);
	const char *section = "";
	for (size_t at = from < count ? from : count - 1; at < count;) {
		const struct init_question *q = &list[at];
		const char *before = json_string_value(json_object_get(answers, q->id));
		const char *answer = NULL;
		struct err why = { 0 };
		head(run, q, section);
		section = q->section;
		const enum answered heard = hear(run, q, before ? before : "", &answer, &why);
		if (heard == END)
			return false;
		if (heard == HELP) {
			help(run, q);
		} else if (heard == BACK) {
			at -= at > 0;
		} else if (!answer || !init_accept(run, answers, q, answer, &why)) {
			printf("  ! %s\n", init_why(run, &why));
		} else {
			(void)json_object_set_new(answers, q->id, json_string(answer));
			count = init_questions(run, answers, list);
			at++;
		}
	}
	return true;
}

/* Shows all and asks for the word; "<" goes back to the last question. */
static enum answered confirm(const struct init_run *run)
{
	char line[INIT_LINE_MOST];
	printf("\n%s\n", init_text(run, "init.summary", db_shown(run->db, run->arena)));
	init_show(run);
	const char *question = arena_print(run->arena, "%s ", init_text(run, "init.confirm", ""));
	for (;;) {
		if (!read_line(question, line, false))
			return END;
		if (strcmp(line, "<") == 0)
			return BACK;
		if (strcmp(line, init_text(run, "init.yes", "")) == 0)
			return ANSWER;
		if (strcmp(line, init_text(run, "init.no", "")) == 0)
			return END;
	}
}

bool init_ask(struct init_run *run, bool *ret_go, struct err *e)
{
	json_t *answers = json_object();
	(void)e;
	json_in_arena(run->arena, answers);
	(void)json_object_set_new(answers, "people.admin", json_string("2"));
	(void)json_object_set_new(answers, "people.hr", json_string("1"));
	printf("%s\n", init_text(run, "init.hello", db_shown(run->db, run->arena)));
	enum answered heard = BACK;
	for (size_t from = 0; heard == BACK; from = INIT_QUESTIONS_MOST) {
		if (!go_through(run, answers, from)) {
			(void)putchar('\n');
			*ret_go = false;
			return true;
		}
		init_take(run, answers);
		heard = confirm(run);
	}
	*ret_go = heard == ANSWER;
	return true;
}

/* init.h - what the parts of `konkurs init` share.
 *
 * The command makes a plan (rules/plan_file.h) - of a file, or of what somebody answers at a
 * terminal - tries it in a database in memory, and only then touches the real one: what is wrong
 * is told while nothing is there yet. */
#pragma once
#include "app/installation/setup.h"
#include "cli/cli.h"
#include "view/view.h"

enum { INIT_FILE_MOST = 1024 * 1024, INIT_LINE_MOST = 4096 };

struct init_run {
	struct arena *arena;
	const struct view *view;
	const char *lang;
	const char *db;
	const struct law_book *book; /* of the program */
	int64_t now_ms;
	struct plan plan;
	const char **passwords; /* of plan.people, in the arena; NULL where there is none */
};

/* A message in the language of the run; {value} is `value`. */
const char *init_text(const struct init_run *run, const char *key, const char *value);

/* Why something was refused, as the person at the terminal reads it. */
const char *init_why(const struct init_run *run, const struct err *e);

/* The label of a parameter, or of "in_force_from". */
const char *init_param(const struct init_run *run, const char *name);

/* A file of somebody's, INIT_FILE_MOST at most and ending with a NUL beyond its size.  ERR_INPUT
 * "init.error.file", the path in `value`. */
bool init_read_file(struct arena *a, const char *path, const char **ret, size_t *ret_size,
		    struct err *e) MUST_USE;

/* The year whose working days have to be checked. */
int init_year(const struct init_run *run);

/* ---- init_ask.c ------------------------------------------------------------------------------ */

/* Asks at the terminal, step by step, and fills in the plan and the passwords.  `ret_go` false:
 * whoever sits there has ended it, and nothing is to be made. */
bool init_ask(struct init_run *run, bool *ret_go, struct err *e) MUST_USE;

/* ---- init_answer.c --------------------------------------------------------------------------- */

/* One question, as it stands among the others.  `id` says what it is: "organ", "admin.1.iin",
 * "value.pass_mark", "value.pass_mark.act", "anchor.2" ... */
struct init_question {
	const char *id, *section; /* section: message "init.section.SECTION" */
	const char *label, *hint; /* hint: "" none                           */
	bool secret, optional;
};
enum { INIT_QUESTIONS_MOST = 600, INIT_SECTIONS = 7 };

/* All questions there are, after the answers so far ({id: text}); gives their number. */
size_t init_questions(const struct init_run *run, const json_t *answers,
		      struct init_question ret[INIT_QUESTIONS_MOST]);

/* The number of a section from 1, of INIT_SECTIONS. */
int init_section(const char *section);

/* Whether the answer will do, by itself and beside the others. */
bool init_accept(const struct init_run *run, const json_t *answers, const struct init_question *q,
		 const char *answer, struct err *e) MUST_USE;

/* The plan and the passwords that the answers say. */
void init_take(struct init_run *run, const json_t *answers);

/* ---- init_plan.c ----------------------------------------------------------------------------- */

/* A file to fill in: YAML with what each part is, and each assumed value. */
void init_template(const struct init_run *run);

/* Reads what the plan names. */
bool init_gather(const struct init_run *run, struct setup *ret, struct err *e) MUST_USE;

/* Errors of the certificate of the server that the plan names refuse it ("init.error.tls"),
 * warnings are told. */
bool init_check_tls(const struct init_run *run, struct err *e) MUST_USE;

/* What is, or was, made: lines for people. */
void init_show(const struct init_run *run);

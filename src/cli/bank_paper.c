#include "cli/bank_paper.h"

#include "app/bank/paper_form.h"
#include "app/evidence/paper.h"
#include "view/view.h"
#include "web/print/print.h"
#include "web/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_number(const char *text, int64_t *ret)
{
	char *end = NULL;
	errno = 0;
	const long long number = strtoll(text, &end, 10);
	*ret = number;
	return errno == 0 && end != text && !*end && number > 0;
}

/* The file has questions in use: for its owner alone. */
static bool write_file(const char *path, const struct buf *pdf, struct err *e)
{
	enum { OWNER = 0600 };
	const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, OWNER);
	FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
	if (!file)
		return err_set(e, ERR_SYSTEM, "error.system", "the file cannot be made");
	const bool whole = fwrite(pdf->text, 1, pdf->length, file) == pdf->length;
	return (fclose(file) == 0 && whole) ||
	       err_set(e, ERR_SYSTEM, "error.system", "the file cannot be written");
}

/* The paper of the page, as the site prints it, and its place in the register. */
static bool print(const struct act *act, struct site *site, const struct bank_paper_options *o,
		  int64_t form, struct err *e)
{
	const struct req r = { .arena = act->arena,
			       .db = act->db,
			       .book = act->book,
			       .key = act->key,
			       .now_ms = act->now_ms,
			       .language = o->language,
			       .in = NULL,
			       .site = site };
	const struct paper_kind *kind = paper_kind_named(o->answers ? "form-key" : "form");
	struct buf pdf = buf_on(act->arena);
	struct paper paper = { 0 };
	int64_t competition = 0;
	if (!print_make(&r, kind, form, &paper, &competition, e) || !paper_pdf(&paper, &pdf, e))
		return false;
	const struct issued_paper issued = { .hash = paper.hash,
					     .kind = kind->name,
					     .competition_id = competition,
					     .language = paper.language,
					     .seq = paper.seq };
	return write_file(o->out, &pdf, e) && paper_issue(act, &issued, e);
}

static bool make(const struct act *act, const struct bank_paper_options *o, int64_t questions,
		 int64_t *ret, struct err *e)
{
	const struct paper_form_ask ask = { .act = o->act ? o->act : "",
					    .questions = (int)questions,
					    .reason = o->reason };
	return paper_form_make(act, &ask, ret, e);
}

static int run(const struct bank_paper_options *o, int64_t form, int64_t questions)
{
	struct site site = { 0 };
	struct clock clock = { 0 };
	struct err e = { 0 };
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(view_cleanup) struct view *view = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct law_book *book = NULL;
	if (!cli_open_db(o->db, &db, &e) || !cli_open_law(o->rules, db, a, &book, &e) ||
	    !cli_clock(NULL, &clock, &e) || !view_open(&share_built_in, &view, &e))
		return cli_failed("bank", &e);
	struct act act = { .db = db, .arena = a, .book = book, .now_ms = clock_now(&clock) };
	if (!cli_open_key(o->db, o->key, &act, &key, &e) ||
	    !site_open(&site, db, key, book, view, clock, &e) ||
	    (form == 0 && !make(&act, o, questions, &form, &e)) || !print(&act, &site, o, form, &e))
		return cli_failed("bank", &e);
	printf("Form %lld, %s.\n", (long long)form,
	       o->answers ? "its key" : "questions and answer sheet");
	return CLI_OK;
}

int cli_bank_paper(const struct bank_paper_options *o)
{
	int64_t form = 0;
	int64_t questions = 0;
	if (!o->language || (strcmp(o->language, "kk") != 0 && strcmp(o->language, "ru") != 0))
		return cli_usage("bank", "--language is kk or ru");
	if (!o->out)
		return cli_usage("bank", "--out is missing");
	if (o->form && !read_number(o->form, &form))
		return cli_usage("bank", "--form is no number");
	if (o->questions && (!read_number(o->questions, &questions) || questions > INT16_MAX))
		return cli_usage("bank", "--questions is no number");
	if (!o->form && !o->reason)
		return cli_usage("bank", "--reason is missing: why is a form made?");
	return run(o, form, questions);
}

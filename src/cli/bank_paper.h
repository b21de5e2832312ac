/* bank_paper.h - konkurs bank paper: a test on paper as PDF (F27, F49). */
#pragma once
#include "cli/cli.h"

struct bank_paper_options {
	const char *db, *key, *rules;
	const char *language, *out;
	const char *act;       /* questions of this act alone; NULL the programme */
	const char *questions; /* how many of them                                */
	const char *reason;    /* why a new form is made                          */
	const char *form;      /* number of one to print again; NULL a new one    */
	bool answers;          /* its key instead of the form                     */
};

int cli_bank_paper(const struct bank_paper_options *o);

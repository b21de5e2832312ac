/* groups.h - who is told of what on the first page, a file of src/web/home/ for each kind of work.
 * Each asks for the role itself, and adds nothing for whoever does not hold it. */
#pragma once
#include "web/home/lines.h"

bool lines_hr(struct req *r, struct lines *l, struct err *e) MUST_USE;      /* hr.c, auditors too */
bool lines_papers(struct req *r, struct lines *l, struct err *e) MUST_USE;  /* papers.c: HR */
bool lines_officer(struct req *r, struct lines *l, struct err *e) MUST_USE; /* officer.c */
bool lines_commission(struct req *r, struct lines *l, struct err *e) MUST_USE;
bool lines_bank(struct req *r, struct lines *l, struct err *e) MUST_USE;
/* own.c: the candidate; adds "applications", [{id, state, post, stage, appeal}]. */
bool lines_own(struct req *r, struct lines *l, json_t *model, struct err *e) MUST_USE;
bool lines_admin(struct req *r, struct lines *l, struct err *e) MUST_USE;

/* What an office counts is of competitions of others: whoever competes is told of the own as a
 * candidate.  Of SQL; the person is $1. */
#define OTHERS(competition) " AND " competition " NOT IN " CANDIDATE_COMPETITIONS("$1")

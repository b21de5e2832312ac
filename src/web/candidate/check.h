/* check.h - HR's list of candidates and the check of one. */
#pragma once
#include "web/web.h"

extern const struct param candidates_params[];
extern const struct list candidates_listing;
extern const char *const candidate_steps[];

/* The ids of those whom q, state and step of the list find, as a new array; the right is not asked.
 */
bool candidates_found(const struct req *r, json_t **ret, struct err *e) MUST_USE;
extern const struct param check_papers_params[];
extern const struct param check_finding_params[];
extern const struct param check_decision_params[];
extern const struct param check_answer_params[];

bool candidates_list(struct req *r, json_t *model, struct err *e);
bool check_show(struct req *r, json_t *model, struct err *e);
bool check_set_papers(struct req *r, json_t *model, struct err *e);
bool check_set_finding(struct req *r, json_t *model, struct err *e);
bool check_set_decision(struct req *r, json_t *model, struct err *e);
bool check_set_answer(struct req *r, json_t *model, struct err *e);

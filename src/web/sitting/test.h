/* test.h - the candidate's test: its page, one question at a time, answers, pulse, end; the sheet
 * of its result (result.c). */
#pragma once
#include "web/web.h"

extern const struct param test_params[];
extern const struct param test_question_params[];
extern const struct param test_answer_params[];
extern const struct param test_pulse_params[];

bool test_current(struct req *r, json_t *model, struct err *e);
bool test_show(struct req *r, json_t *model, struct err *e);
bool test_state(struct req *r, json_t *model, struct err *e);
bool test_question(struct req *r, json_t *model, struct err *e);
bool test_answer(struct req *r, json_t *model, struct err *e);
bool test_pulse(struct req *r, json_t *model, struct err *e);

/* What test_answer() and test_pulse() read is of one attempt, and written by that one's calls
 * alone.
 */
bool test_answer_ahead(struct req *r, struct err *e);
bool test_pulse_ahead(struct req *r, struct err *e);
bool test_finish(struct req *r, json_t *model, struct err *e);
bool test_result(struct req *r, json_t *model, struct err *e);

/* The values of the draw of its sitting, once they are out, for whoever may read the result (F33).
 */
bool test_draw_slow(struct req *r, struct err *e);
bool test_draw(struct req *r, json_t *model, struct err *e);

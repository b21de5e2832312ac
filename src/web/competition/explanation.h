/* explanation.h - a counted date in words (F6): the model of pages/dossier/term.html. */
#pragma once
#include "law/calendar.h"

#include <jansson.h>

/* {wanted, last, steps: [{day, reason, number}]}: each day from the one that a term counts from to
 * its last, and why it counted; number is null for one that did not. */
json_t *explanation_model(const struct calendar_explanation *x);

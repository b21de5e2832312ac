/* exposure.h - how often a version of a question has been shown (F31): the one place that counts.
 *
 * A form counts for each of its questions: of whatever attempt, void ones as well, from its opening
 * on, and on paper from when its papers were first issued.  A form on paper counts once: how many
 * copies were made of it nobody knows. */
#pragma once
#include "app/act.h"

/* For the WITH of a SELECT: shown (item_id, act, attempt_id, number), a row for each question of
 * each form; attempt_id is NULL on paper.  What is issued is known by the place in the journal that
 * stands on the paper, which is the newest entry about its form. */
#define EXPOSURE_SHOWN                                                                             \
	"issued (form_id) AS (SELECT p.id FROM paper_form p WHERE EXISTS (SELECT 1"                \
	"  FROM paper_form_issued f JOIN journal_entry j ON j.seq = f.seq"                         \
	"  WHERE f.kind = 'form' AND j.subject = 'paper_form/' || p.id)),"                         \
	" shown (item_id, act, attempt_id, number) AS ("                                           \
	"  SELECT q.item_id, q.act, q.attempt_id, q.number FROM form_question q"                   \
	"  UNION ALL SELECT p.item_id, i.act, NULL, p.number FROM paper_form_question p"           \
	"   JOIN issued n ON n.form_id = p.form_id JOIN item i ON i.id = p.item_id)"

/* A question that was shown this often, and to more than so many in a hundred, is over-exposed;
 * delivery of the bank. */
enum { EXPOSURE_SHARE = 20, EXPOSURE_LEAST = 2 };

struct exposure {
	int64_t all;  /* forms that were shown */
	int64_t most; /* a question rests from so many on, as the newest sitting has it; 0: never */
	int64_t *forms; /* of a version by its id; in the act's arena */
	int64_t id_most;
};

/* Reads every form there is: for a worker's thread. */
bool exposure_read(const struct act *act, struct exposure *ret, struct err *e) MUST_USE;

/* "rests", "often" (over-exposed), "" neither; of the version that is in use, as the draw takes it;
 * 0: none. */
const char *exposure_of(const struct exposure *x, int64_t version, int64_t *ret_forms);

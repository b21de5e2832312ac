#include "dispute.h"

#include "app/result/challenge.h"
#include "app/sitting/sitting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s %s %s: %s", err_kind_name(e->kind), e->key, e->field, e->detail);
}

/* The click of `person` on the option at `position` of the item. */
static void click(struct dispute *d, int who, int64_t number, int position)
{
	struct act act = harness_act(d->h, d->person[who]);
	struct err e = { 0 };
	struct answer_ack ack = { 0 };
	const void *key = NULL;
	size_t size = 0;
	const char *shown = "";
	char token[TOKEN_SIZE];
	must(db_bytes(act.db, act.arena, &e, &key, &size,
		      "SELECT token_key FROM attempt WHERE id = $1", db_int(d->attempt[who])) &&
		     db_string(act.db, act.arena, &e, &shown,
			       "SELECT shown FROM form_question WHERE attempt_id = $1"
			       " AND number = $2",
			       db_int(d->attempt[who]), db_int(number)),
	     &e);
	option_token(key, size, number, strchr(shown, '0' + position) - shown, token);
	must(attempt_answer(&act, d->attempt[who], HALL_SESSION, number, token,
			    arena_print(d->h->arena, "click-%d-%lld", who, (long long)number), &ack,
			    &e),
	     &e);
}

static int key_of_number(struct dispute *d, int who, int64_t number)
{
	struct err e = { 0 };
	int64_t answer = 0;
	must(db_number(d->h->site.db, &e, &answer,
		       "SELECT i.answer FROM form_question q JOIN item i ON i.id = q.item_id"
		       " WHERE q.attempt_id = $1 AND q.number = $2",
		       db_int(d->attempt[who]), db_int(number)),
	     &e);
	return (int)answer;
}

/* Answers `right` questions rightly, leaving out the one that is disputed. */
static void answer(struct dispute *d, int who, int right)
{
	for (int64_t number = 1; right > 0; number++) {
		if (number == d->number[who])
			continue;
		click(d, who, number, key_of_number(d, who, number));
		right--;
	}
}

static int64_t number_of(struct dispute *d, int who)
{
	struct err e = { 0 };
	json_t *rows = db_rows(d->h->site.db, d->h->arena, &e,
			       "SELECT number FROM form_question WHERE attempt_id = $1"
			       " AND item_id = $2",
			       db_int(d->attempt[who]), db_int(d->item));
	return row_number(json_array_get(rows, 0), "number");
}

/* A question that the first two had and the third had not. */
static void find_item(struct dispute *d)
{
	struct err e = { 0 };
	json_t *row = db_row(d->h->site.db, d->h->arena, &e,
			     "SELECT i.id, i.answer, i.options FROM item i"
			     " JOIN form_question a ON a.item_id = i.id AND a.attempt_id = $1"
			     " JOIN form_question b ON b.item_id = i.id AND b.attempt_id = $2"
			     " WHERE NOT EXISTS (SELECT 1 FROM form_question c"
			     "  WHERE c.item_id = i.id AND c.attempt_id = $3)"
			     " ORDER BY i.id LIMIT 1",
			     db_int(d->attempt[0]), db_int(d->attempt[1]), db_int(d->attempt[2]));
	must(row != NULL, &e);
	d->item = row_number(row, "id");
	d->old = (int)row_number(row, "answer");
	d->options = (int)row_number(row, "options");
	d->right = (d->old + 1) % d->options;
	for (int i = 0; i < DISPUTE_PEOPLE; i++)
		d->number[i] = number_of(d, i);
}

/* A bank of one and a half forms: a sitting's first forms share questions only if they have to. */
static void keep_few(struct dispute *d)
{
	struct err e = { 0 };
	must(db_exec(d->h->site.db, &e, NULL,
		     "UPDATE item SET retired_ms = 1 WHERE id IN (SELECT id FROM"
		     "  (SELECT id, act, ROW_NUMBER() OVER (PARTITION BY act ORDER BY id) AS place"
		     "   FROM item) AS numbered"
		     " WHERE place > CASE WHEN act LIKE 'criminal-%' THEN 30 ELSE 15 END)"),
	     &e);
}

static void sit(struct dispute *d)
{
	struct err e = { 0 };
	bool pen = false;
	keep_few(d);
	hall_start(&d->hall);
	for (int i = 1; i < DISPUTE_PEOPLE; i++) {
		struct act act = harness_act(d->h, d->person[i]);
		must(attempt_enter(&act, d->attempt[i], HALL_SESSION, false, &pen, &e), &e);
	}
	find_item(d);
	click(d, 0, d->number[0], d->right);
	click(d, 1, d->number[1], d->old);
	answer(d, 0, 83);
	answer(d, 1, 83);
	answer(d, 2, 5);
}

struct dispute dispute_open(struct harness *h)
{
	struct dispute d = { .hall = hall_open(h), .h = h };
	struct err e = { 0 };
	d.attempt[0] = d.hall.attempt;
	d.attempt[1] = hall_admit(&d.hall, 2);
	d.attempt[2] = hall_admit(&d.hall, 3);
	for (int i = 0; i < DISPUTE_PEOPLE; i++)
		d.person[i] = hall_candidate_of(&d.hall, d.attempt[i]);
	d.hr = d.hall.stage.hr;
	d.hr2 = harness_person(h, ROLE_HR);
	d.reviewer = harness_person(h, ROLE_REVIEWER);
	d.approver = harness_person(h, ROLE_APPROVER);
	sit(&d);
	for (int i = 0; i < DISPUTE_PEOPLE; i++) {
		struct act act = harness_act(h, d.person[i]);
		must(attempt_finish(&act, d.attempt[i], HALL_SESSION, &e), &e);
	}
	struct act act = hall_operator(&d.hall);
	must(sitting_close(&act, d.hall.sitting, &e), &e);
	return d;
}

void dispute_names(struct dispute *d)
{
	struct act one = hall_operator(&d->hall);
	struct act two = harness_act(d->h, d->hr);
	struct err e = { 0 };
	must(sitting_open_names(&one, d->hall.sitting, &e) &&
		     sitting_open_names(&two, d->hall.sitting, &e),
	     &e);
}

int64_t dispute_file(struct dispute *d)
{
	struct act act = harness_act(d->h, d->person[0]);
	struct err e = { 0 };
	int64_t id = 0;
	must(challenge_file(&act, d->attempt[0], d->number[0], "Жауап басқа", "15-бап", &id, &e),
	     &e);
	return id;
}

int64_t dispute_find(struct dispute *d, int64_t challenge, enum finding_kind kind)
{
	struct act act = harness_act(d->h, d->reviewer);
	const struct finding_form form = {
		.finding = { kind, kind == FINDING_KEY ? d->right : NO_OPTION },
		.article = "15-бап",
		.reasons = "Заң мәтіні солай дейді",
	};
	struct err e = { 0 };
	int64_t id = 0;
	must(finding_propose(&act, challenge, &form, &id, &e), &e);
	return id;
}

void dispute_confirm(struct dispute *d, int64_t finding)
{
	struct act act = harness_act(d->h, d->approver);
	struct err e = { 0 };
	struct finding_answer answer = { .confirmed = true, .note = "№ 7" };
	must(finding_newest(&act, d->item, &answer.newest, &e) &&
		     finding_reply(&act, finding, &answer, &e),
	     &e);
}

int64_t dispute_correct(struct dispute *d, int64_t attempt)
{
	struct err e = { 0 };
	int64_t correct = 0;
	must(db_number(d->h->site.db, &e, &correct,
		       "SELECT correct FROM result WHERE attempt_id = $1", db_int(attempt)),
	     &e);
	return correct;
}

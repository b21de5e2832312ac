#include "hall.h"

#include "ready.h"

#include "app/bank/bank.h"
#include "app/sitting/hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const unsigned char hall_key[SEAL_KEY_SIZE] = { 1, 2, 3 };
const unsigned char hall_salt[SEAL_SALT_SIZE] = { 4, 5, 6 };

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s %s: %s", err_kind_name(e->kind), e->key, e->detail);
}

int64_t hall_of_kind(struct harness *h, const char *kind)
{
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	int64_t before = 0;
	int64_t id = 0;
	must(db_number(system.db, &e, &before, "SELECT COUNT(*) FROM hall"), &e);
	const char *name =
		before ? arena_print(h->arena, "Зал %lld", (long long)before + 1) : "Зал";
	const struct hall_form form = { .organ = strcmp(kind, "central") == 0    ? "pgo"
						 : strcmp(kind, "regional") == 0 ? "reg-akmola"
										 : "dist-demo",
					.name_kk = name,
					.name_ru = name,
					.seats = HALL_SEATS };
	must(hall_add(&system, &form, &id, &e), &e);
	return id;
}

void hall_add_bank(struct harness *h)
{
	struct act system = harness_act(h, 0);
	const struct bank_file *bank = ready_bank();
	for (size_t i = 0; i < READY_BANK_FILES; i++) {
		struct err e = { 0 };
		struct bank_import done = { 0 };
		must(bank_import(&system, &bank[i], &done, &e), &e);
	}
}

struct act hall_operator(struct hall *w)
{
	return harness_act(w->stage.h, w->operator);
}

struct act hall_candidate(struct hall *w)
{
	return harness_act(w->stage.h, w->candidate);
}

const struct second *hall_consent(struct hall *w, int64_t person)
{
	struct second *s = arena_alloc(w->stage.h->arena, sizeof(*s));
	*s = (struct second){
		.person_id = person, .right = true, .code = "", .free = FAILURES_FREE
	};
	return s;
}

const struct second *hall_second(struct hall *w)
{
	return hall_consent(w, w->second);
}

int64_t hall_admit(struct hall *w, int64_t seat)
{
	struct act act = hall_operator(w);
	struct err e = { 0 };
	int64_t attempt = 0;
	int64_t application = stage_candidate(&w->stage, STAGE_MET);
	must(db_exec(act.db, &e, NULL, "UPDATE application SET test_language = 'ru' WHERE id = $1",
		     db_int(application)),
	     &e);
	must(sitting_admit(&act, w->sitting, application, "id_card", seat, &e), &e);
	must(db_number(act.db, &e, &attempt, "SELECT id FROM attempt WHERE application_id = $1",
		       db_int(application)),
	     &e);
	return attempt;
}

int64_t hall_candidate_of(struct hall *w, int64_t attempt)
{
	struct err e = { 0 };
	int64_t person = 0;
	must(db_number(w->stage.h->site.db, &e, &person,
		       "SELECT a.person_id FROM application a JOIN attempt t"
		       " ON t.application_id = a.id WHERE t.id = $1",
		       db_int(attempt)),
	     &e);
	return person;
}

struct hall hall_open(struct harness *h)
{
	struct hall w = { .stage = stage_open(h), .operator= harness_person(h, ROLE_OPERATOR) };
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	w.second = harness_person(h, ROLE_OPERATOR);
	w.id = hall_of_kind(h, "central");
	const struct sitting_plan plan = { .competition_id = w.stage.competition,
					   .hall_id = w.id,
					   .binding = "none" };
	must(sitting_open(&act, &plan, &w.sitting, &e), &e);
	w.attempt = hall_admit(&w, 1);
	w.candidate = hall_candidate_of(&w, w.attempt);
	must(db_number(act.db, &e, &w.application,
		       "SELECT application_id FROM attempt WHERE id = $1", db_int(w.attempt)),
	     &e);
	hall_add_bank(h);
	return w;
}

void hall_coins(struct hall *w)
{
	struct act act = hall_operator(w);
	struct err e = { 0 };
	must(seal_coin(&act, w->sitting, 1, "Куә А.", "heads", &e), &e);
	must(seal_coin(&act, w->sitting, 2, "Свидетель Б.", "7 Қазақ", &e), &e);
}

void hall_seal(struct hall *w)
{
	struct act act = hall_operator(w);
	struct err e = { 0 };
	hall_coins(w);
	must(seal_forms(&act, w->sitting, hall_second(w), hall_salt, hall_key, &e), &e);
}

void hall_start(struct hall *w)
{
	struct act act = hall_operator(w);
	struct act candidate = hall_candidate(w);
	struct err e = { 0 };
	bool pen = false;
	hall_seal(w);
	must(sitting_record(&act, w->sitting, "switched_off", &e), &e);
	must(sitting_start(&act, w->sitting, hall_second(w), hall_key, &e), &e);
	must(attempt_enter(&candidate, w->attempt, HALL_SESSION, false, &pen, &e), &e);
	assert_true(pen);
}

const char *hall_token(struct hall *w, int64_t number, int64_t place)
{
	struct err e = { 0 };
	const void *key = NULL;
	size_t size = 0;
	char *token = arena_alloc(w->stage.h->arena, TOKEN_SIZE);
	must(db_bytes(w->stage.h->site.db, w->stage.h->arena, &e, &key, &size,
		      "SELECT token_key FROM attempt WHERE id = $1", db_int(w->attempt)),
	     &e);
	option_token(key, size, number, place, token);
	return token;
}

int64_t hall_right_place(struct hall *w, int64_t number)
{
	struct err e = { 0 };
	json_t *row = db_row(w->stage.h->site.db, w->stage.h->arena, &e,
			     "SELECT q.shown, i.answer FROM form_question q"
			     " JOIN item i ON i.id = q.item_id"
			     " WHERE q.attempt_id = $1 AND q.number = $2",
			     db_int(w->attempt), db_int(number));
	must(row != NULL, &e);
	const char *shown = row_text(row, "shown");
	return strchr(shown, (char)('0' + row_number(row, "answer"))) - shown;
}

bool hall_click(struct hall *w, int64_t number, int64_t place, const char *key,
		struct answer_ack *ret, struct err *e)
{
	struct act act = hall_candidate(w);
	return attempt_answer(&act, w->attempt, HALL_SESSION, number,
			      place < 0 ? "" : hall_token(w, number, place), key, ret, e);
}

void hall_answer_right(struct hall *w, int right)
{
	for (int number = 1; number <= right; number++) {
		struct err e = { 0 };
		struct answer_ack ack = { 0 };
		char key[32];
		(void)snprintf(key, sizeof(key), "right-%04d", number);
		must(hall_click(w, number, hall_right_place(w, number), key, &ack, &e), &e);
		assert_true(ack.accepted);
	}
}

/* One officer proposes to destroy, another one carries it out (F20, F74, ASVS 2.3.5). */
#include "destroy.h"
#include "stage.h"

#include "app/access/people.h"
#include "app/access/reauth.h"
#include "app/access/second.h"
#include "app/competition/complaint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A competition whose records may go today. */
struct over {
	struct stage s;
	struct harness *h;
	int64_t application, competition, first, second;
};

static struct over over_of(struct harness *h)
{
	struct over o = { .s = stage_open(h), .h = h };
	o.application = stage_candidate(&o.s, STAGE_COMPLETE);
	o.competition = o.s.competition;
	o.first = o.s.hr;
	o.second = harness_person(h, ROLE_HR);
	close_competition(h, o.competition);
	harness_at(h, "2029-06-01T10:00");
	return o;
}

static bool there(const struct over *o)
{
	struct err e = { 0 };
	bool found = false;
	must_be(db_exists(o->h->site.db, &e, &found,
			  "SELECT 1 FROM application WHERE competition_id = $1",
			  db_int(o->competition)),
		&e);
	return found;
}

static void answer_refused(const struct over *o, const char *why, int64_t person, int64_t id,
			   enum err_kind kind, const char *key)
{
	const struct act act = harness_act(o->h, person);
	struct err e = { 0 };
	int64_t made = 0;
	stage_refused(why, destruction_answer(&act, id, true, "", &made, &e), &e, kind, key, NULL);
	assert_true(there(o));
}

static const char *state_of(const struct over *o, int64_t id)
{
	struct err e = { 0 };
	const char *state = "";
	must_be(db_string(o->h->site.db, o->h->arena, &e, &state,
			  "SELECT state FROM destruction_proposal WHERE id = $1", db_int(id)),
		&e);
	return state;
}

static int64_t waiting(const struct over *o, int64_t person)
{
	const struct act act = harness_act(o->h, person);
	struct err e = { 0 };
	int64_t count = 0;
	int64_t first = 0;
	must_be(destruction_waiting(&act, &count, &first, &e), &e);
	return count;
}

/* ---- what is proposed ------------------------------------------------------------------------ */

static void a_form_is_whole(void **state)
{
	const struct over o = over_of(*state);
	const struct act act = harness_act(o.h, o.first);
	const struct act admin = harness_act(o.h, harness_person(o.h, ROLE_ADMIN));
	const struct act system = harness_act(o.h, 0);
	const day today = act_today(&act);
	const struct {
		const char *why;
		const struct act *act;
		struct destruction_form form;
		enum err_kind kind;
		const char *key, *field;
	} row[] = {
		{ "no number",
		  &act,
		  { o.competition, 0, "", today, "x" },
		  ERR_INPUT,
		  "error.required",
		  "number" },
		{ "no reason",
		  &act,
		  { o.competition, 0, "1", today, "" },
		  ERR_INPUT,
		  "error.required",
		  "reason" },
		{ "dated ahead",
		  &act,
		  { o.competition, 0, "1", { today.n + 1 }, "x" },
		  ERR_INPUT,
		  "destruction.error.day",
		  "day" },
		{ "dated within the term",
		  &act,
		  { o.competition, 0, "1", { today.n - 100 }, "x" },
		  ERR_INPUT,
		  "destruction.error.day",
		  "day" },
		{ "an administrator",
		  &admin,
		  { o.competition, 0, "1", today, "x" },
		  ERR_DENIED,
		  "error.denied",
		  NULL },
		{ "the system is nobody",
		  &system,
		  { o.competition, 0, "1", today, "x" },
		  ERR_DENIED,
		  "error.denied",
		  NULL },
		{ "no such competition",
		  &act,
		  { 9999, 0, "1", today, "x" },
		  ERR_MISSING,
		  "error.missing",
		  NULL },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t id = 0;
		stage_refused(row[i].why, destruction_propose(row[i].act, &row[i].form, &id, &e),
			      &e, row[i].kind, row[i].key, row[i].field);
	}
	assert_int_equal(stage_journalled(o.h, "destruction.proposed"), 0);
}

/* Both see the same numbers, and nothing happens before the second has answered. */
static void one_proposes_another_carries_out(void **state)
{
	const struct over o = over_of(*state);
	const struct act first = harness_act(o.h, o.first);
	const struct act second = harness_act(o.h, o.second);
	struct destruction seen = { 0 };
	json_t *before = NULL;
	json_t *now = NULL;
	struct err e = { 0 };
	int64_t made = 0;
	must_be(destruction_contents(&first, o.competition, 0, &before, &e), &e);
	assert_true(row_number(before, "applications") > 0 && row_number(before, "entries") > 0);
	const int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	assert_true(there(&o));
	assert_int_equal(waiting(&o, o.second), 1);
	assert_int_equal(waiting(&o, o.first), 0);
	assert_int_equal(stage_told(o.h, o.second, "destruction.asked"), 1);
	assert_int_equal(stage_told(o.h, o.first, "destruction.asked"), 0);
	const struct destruction_form again = { o.competition, 0, "4", act_today(&first), "x" };
	stage_refused("twice", destruction_propose(&first, &again, &made, &e), &e, ERR_CONFLICT,
		      "destruction.error.asked", NULL);
	answer_refused(&o, "the first", o.first, id, ERR_DENIED, "destruction.error.same");
	answer_refused(&o, "no officer", harness_person(o.h, ROLE_ADMIN), id, ERR_DENIED,
		       "error.denied");
	answer_refused(&o, "the system", 0, id, ERR_DENIED, "error.denied");
	err_clear(&e);
	must_be(destruction_load(&second, id, &seen, &e), &e);
	assert_true(seen.answers && !seen.own && !seen.changed && seen.waits);
	must_be(destruction_contents(&second, o.competition, 0, &now, &e), &e);
	/* but for the entry of the proposal itself */
	(void)json_object_set_new(before, "entries",
				  json_integer(row_number(before, "entries") + 1));
	assert_true(json_equal(before, now));
	must_be(destruction_answer(&second, id, true, "", &made, &e), &e);
	assert_false(there(&o));
	assert_string_equal(state_of(&o, id), "done");
	assert_int_equal(waiting(&o, o.second), 0);
	assert_int_equal(stage_told(o.h, o.first, "destruction.answered"), 1);
	assert_int_equal(stage_journalled(o.h, "destruction.confirmed"), 1);
	json_t *row = db_row(o.h->site.db, o.h->arena, &e,
			     "SELECT by_id, second_id, number FROM destruction_act WHERE id = $1",
			     db_int(made));
	assert_int_equal(row_number(row, "by_id"), o.first);
	assert_int_equal(row_number(row, "second_id"), o.second);
	assert_string_equal(row_text(row, "number"), "3-a");
}

/* ---- what ends without an act ---------------------------------------------------------------- */

static void the_second_refuses(void **state)
{
	const struct over o = over_of(*state);
	const struct act second = harness_act(o.h, o.second);
	const int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	struct err e = { 0 };
	int64_t made = 1;
	stage_refused("without a reason", destruction_answer(&second, id, false, "", &made, &e), &e,
		      ERR_INPUT, "error.required", "reason");
	err_clear(&e);
	must_be(destruction_answer(&second, id, false, "Ерте", &made, &e), &e);
	assert_int_equal(made, 0);
	assert_string_equal(state_of(&o, id), "refused");
	assert_int_equal(stage_journalled(o.h, "destruction.refused"), 1);
	assert_int_equal(stage_told(o.h, o.first, "destruction.answered"), 1);
	answer_refused(&o, "refused already", o.second, id, ERR_CONFLICT, "destruction.error.over");
	/* a refusal is no change of the records */
	(void)destroy_by(o.h, o.first, o.second, o.competition, 0);
	assert_false(there(&o));
}

static void the_first_withdraws(void **state)
{
	const struct over o = over_of(*state);
	const struct act first = harness_act(o.h, o.first);
	const struct act second = harness_act(o.h, o.second);
	const int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	struct err e = { 0 };
	stage_refused("the second", destruction_withdraw(&second, id, &e), &e, ERR_DENIED,
		      "destruction.error.other", NULL);
	err_clear(&e);
	must_be(destruction_withdraw(&first, id, &e), &e);
	assert_string_equal(state_of(&o, id), "withdrawn");
	assert_int_equal(stage_journalled(o.h, "destruction.withdrawn"), 1);
	answer_refused(&o, "withdrawn", o.second, id, ERR_CONFLICT, "destruction.error.over");
	stage_refused("twice", destruction_withdraw(&first, id, &e), &e, ERR_CONFLICT,
		      "destruction.error.over", NULL);
}

static void a_week_is_all(void **state)
{
	const struct over o = over_of(*state);
	const int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	harness_at(o.h, "2029-06-08T10:00");
	answer_refused(&o, "after a week", o.second, id, ERR_CONFLICT, "destruction.error.over");
	assert_int_equal(waiting(&o, o.second), 0);
	(void)destroy_by(o.h, o.first, o.second, o.competition, 0);
	assert_false(there(&o));
}

/* ---- what came between ----------------------------------------------------------------------- */

static void a_complaint_holds(void **state)
{
	const struct over o = over_of(*state);
	const int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	struct act hr = harness_act(o.h, o.first);
	struct err e = { 0 };
	int64_t complaint = 0;
	must_be(complaint_open(&hr, o.application, "7", "Шағым", &complaint, &e), &e);
	answer_refused(&o, "held", o.second, id, ERR_CONFLICT, "retention.error.held");
	const struct complaint_answer answer = { "refused", "Жоқ", (const int64_t[]){ 1 }, 1 };
	must_be(complaint_answer(&hr, complaint, &answer, &e), &e);
	answer_refused(&o, "it has left its records", o.second, id, ERR_CONFLICT,
		       "destruction.error.changed");
}

/* By the program, which says so in the journal, and past it. */
static void other_records_are_not_taken(void **state)
{
	const struct over o = over_of(*state);
	const struct act act = harness_act(o.h, o.first);
	const struct act second = harness_act(o.h, o.second);
	int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	struct destruction seen = { 0 };
	struct err e = { 0 };
	{
		CLEANUP(db_rollback) struct db_tx tx = { 0 };
		must_be(db_begin(o.h->site.db, &tx, &e) &&
				act_journal(&act, "case.exported", o.competition,
					    act_subject(&act, "application", o.application),
					    json_object(), &e) &&
				db_commit(&tx, &e),
			&e);
	}
	answer_refused(&o, "an entry", o.second, id, ERR_CONFLICT, "destruction.error.changed");
	must_be(destruction_load(&second, id, &seen, &e), &e);
	assert_true(seen.changed && seen.answers);
	must_be(destruction_withdraw(&act, id, &e), &e);
	id = destroy_propose(o.h, o.first, o.competition, 0);
	must_be(db_exec(o.h->site.db, &e, NULL,
			"INSERT INTO service_fact (application_id, kind, leadership, category,"
			" organisation, position, from_day)"
			" VALUES ($1, 'service', 0, '', 'x', 'x', 1)",
			db_int(o.application)),
		&e);
	answer_refused(&o, "a row", o.second, id, ERR_CONFLICT, "destruction.error.changed");
}

/* ---- who answers ----------------------------------------------------------------------------- */

static void whoever_competes_answers_nothing(void **state)
{
	const struct over o = over_of(*state);
	struct err e = { 0 };
	must_be(db_exec(o.h->site.db, &e, NULL,
			"UPDATE application SET person_id = $1, state = 'sent' WHERE id = $2",
			db_int(o.second), db_int(o.application)),
		&e);
	const int64_t id = destroy_propose(o.h, o.first, o.competition, 0);
	answer_refused(&o, "a candidate", o.second, id, ERR_DENIED, "candidate.error.competes");
	assert_int_equal(waiting(&o, o.second), 0);
	assert_int_equal(stage_told(o.h, o.second, "destruction.asked"), 0);
}

/* Each from a session of the own that has just proved whose it is (ASVS 7.5.3). */
static void both_prove_once_more(void **state)
{
	const struct over o = over_of(*state);
	struct act first = harness_act(o.h, o.first);
	struct act second = harness_act(o.h, o.second);
	const struct destruction_form form = { o.competition, 0, "1", act_today(&first), "x" };
	struct err e = { 0 };
	int64_t id = 0;
	first.session = second.session = "unproved";
	stage_refused("the first", destruction_propose(&first, &form, &id, &e), &e, ERR_DENIED,
		      "access.error.reauth", NULL);
	id = destroy_propose(o.h, o.first, o.competition, 0);
	for (int yes = 0; yes < 2; yes++) {
		int64_t made = 0;
		err_clear(&e);
		stage_refused("the second",
			      destruction_answer(&second, id, yes == 1, "x", &made, &e), &e,
			      ERR_DENIED, "access.error.reauth", NULL);
	}
	assert_true(there(&o));
}

/* ---- all or nothing -------------------------------------------------------------------------- */

static int64_t add_person(struct harness *h)
{
	const struct act act = harness_act(h, 0);
	const struct person_form form = { .iin = "850312300012",
					  .family = "Ақжолов",
					  .given = "Дәурен",
					  .patronymic = "Серікұлы",
					  .organ = "pgo",
					  .position_kk = "прокурор",
					  .position_ru = "прокурор" };
	struct err e = { 0 };
	int64_t id = 0;
	must_be(person_add(&act, &form, &id, &e), &e);
	return id;
}

struct step {
	int64_t competition, person, proposal;
};

static bool run_propose(const struct act *act, void *user, struct err *e)
{
	struct step *s = user;
	const struct destruction_form form = { s->competition, s->person, "1", act_today(act),
					       "x" };
	return destruction_propose(act, &form, &s->proposal, e);
}

static bool run_answer(const struct act *act, void *user, struct err *e)
{
	const struct step *s = user;
	int64_t made = 0;
	return destruction_answer(act, s->proposal, true, "", &made, e);
}

static bool run_refuse(const struct act *act, void *user, struct err *e)
{
	const struct step *s = user;
	int64_t made = 0;
	return destruction_answer(act, s->proposal, false, "x", &made, e);
}

static bool run_withdraw(const struct act *act, void *user, struct err *e)
{
	const struct step *s = user;
	return destruction_withdraw(act, s->proposal, e);
}

static void all_or_nothing(void **state)
{
	struct harness *h = *state;
	const int64_t person = add_person(h);
	const struct over o = over_of(h);
	struct step of_person = { .person = person };
	struct step s = { .competition = o.competition };
	stage_all_or_nothing(h, o.first, run_propose, &of_person);
	stage_all_or_nothing(h, o.second, run_answer, &of_person);
	stage_all_or_nothing(h, o.first, run_propose, &s);
	stage_all_or_nothing(h, o.second, run_refuse, &s);
	stage_all_or_nothing(h, o.first, run_propose, &s);
	stage_all_or_nothing(h, o.first, run_withdraw, &s);
	stage_all_or_nothing(h, o.first, run_propose, &s);
	stage_all_or_nothing(h, o.second, run_answer, &s);
	assert_false(there(&o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_form_is_whole),
		HARNESS_TEST(one_proposes_another_carries_out),
		HARNESS_TEST(the_second_refuses),
		HARNESS_TEST(the_first_withdraws),
		HARNESS_TEST(a_week_is_all),
		HARNESS_TEST(a_complaint_holds),
		HARNESS_TEST(other_records_are_not_taken),
		HARNESS_TEST(whoever_competes_answers_nothing),
		HARNESS_TEST(both_prove_once_more),
		HARNESS_TEST(all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

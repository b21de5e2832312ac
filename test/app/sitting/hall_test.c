/* The register of halls (R28-1, F35): who may enter, change and close one, what is refused, and
 * that a hall beside the journal is found (F88). */
#include "hall.h"

#include "app/sitting/hall.h"
#include "app/sitting/sitting.h"
#include "app/verify/verify.h"
#include "faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct hall_form good = {
	.organ = "pgo", .name_kk = "Екінші зал", .name_ru = "Второй зал", .seats = 20
};

static int64_t entered(const struct act *act)
{
	struct err e = { 0 };
	int64_t id = 0;
	if (!hall_add(act, &good, &id, &e))
		fail_msg("%s %s", e.key, e.detail);
	return id;
}

static struct hall_row row_of(struct harness *h, int64_t id)
{
	const struct act act = harness_act(h, 0);
	struct hall_row row = { 0 };
	struct err e = { 0 };
	assert_true(hall_load(&act, id, &row, &e));
	return row;
}

static int64_t count(struct harness *h)
{
	struct err e = { 0 };
	int64_t n = 0;
	assert_true(db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM hall"));
	return n;
}

/* ---- who ------------------------------------------------------------------------------------- */

/* HR enters halls, nobody else does: not the one who runs sittings, nor the administrator. */
static void of_all_roles_hr_alone(void **state)
{
	struct harness *h = *state;
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	const int64_t id = entered(&hr);
	struct hall_form form = good;
	form.name_kk = form.name_ru = "Зал 3";
	for (unsigned role = ROLE_PERSON; role <= ROLE_KEEPER; role <<= 1) {
		const struct act act = harness_act(h, harness_person(h, role));
		struct err e = { 0 };
		int64_t new = 0;
		if (role == ROLE_HR)
			continue;
		stage_refused("adds", hall_add(&act, &form, &new, &e), &e, ERR_DENIED,
			      "error.denied", NULL);
		err_clear(&e);
		stage_refused("changes", hall_change(&act, id, &form, false, &e), &e, ERR_DENIED,
			      "error.denied", NULL);
		err_clear(&e);
		stage_refused("closes", hall_close(&act, id, "x", &e), &e, ERR_DENIED,
			      "error.denied", NULL);
	}
	assert_int_equal(count(h), 1);
	assert_string_equal(row_of(h, id).name_ru, good.name_ru);
	assert_false(row_of(h, id).closed);
}

static int64_t hr_of(struct harness *h, const char *organ)
{
	const int64_t person = harness_person(h, ROLE_HR);
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE role_grant SET organ = $1 WHERE person_id = $2", db_text(organ),
			    db_int(person)));
	return person;
}

/* HR of a region has the halls of its region, not those above or beside it; HR above has both. */
static void of_the_own_organ(void **state)
{
	struct harness *h = *state;
	const struct act above = harness_act(h, harness_person(h, ROLE_HR));
	const struct act region = harness_act(h, hr_of(h, "reg-akmola"));
	struct hall_form form = good;
	struct err e = { 0 };
	int64_t id = 0;
	const int64_t high = entered(&above);
	stage_refused("above", hall_add(&region, &good, &id, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
	err_clear(&e);
	stage_refused("closes above", hall_close(&region, high, "x", &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	form.organ = "reg-abai";
	stage_refused("beside", hall_add(&region, &form, &id, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
	err_clear(&e);
	form.organ = "reg-akmola";
	assert_true(hall_add(&region, &form, &id, &e));
	assert_string_equal(row_of(h, id).kind, "regional");
	form.organ = "reg-abai";
	stage_refused("moves it beside", hall_change(&region, id, &form, false, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	assert_true(hall_change(&above, id, &form, false, &e));
	assert_string_equal(row_of(h, id).organ, "reg-abai");
}

/* ---- what is refused ----------------------------------------------------------------------- */

static void what_cannot_be_entered(void **state)
{
	struct harness *h = *state;
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	const int64_t id = entered(&hr);
	static const struct {
		const char *why;
		struct hall_form form;
		enum err_kind kind;
		const char *key, *place;
	} row[] = {
		{ "R28-1: of a district",
		  { "dist-demo", "А", "А", 8 },
		  ERR_LAW,
		  "law.sitting.hall",
		  "28" },
		{ "R28-1: of a city, without the switch",
		  { "city-astana", "А", "А", 8 },
		  ERR_LAW,
		  "law.sitting.hall",
		  "28" },
		{ "no name", { "pgo", "", "А", 8 }, ERR_INPUT, "error.required", "name_kk" },
		{ "no Russian name",
		  { "pgo", "А", "", 8 },
		  ERR_INPUT,
		  "error.required",
		  "name_ru" },
		{ "the name of another",
		  { "pgo", "Екінші зал", "А", 8 },
		  ERR_INPUT,
		  "hall.error.name",
		  "name_kk" },
		{ "the Russian one",
		  { "pgo", "А", "Второй зал", 8 },
		  ERR_INPUT,
		  "hall.error.name",
		  "name_ru" },
		{ "no seat", { "pgo", "А", "А", 0 }, ERR_INPUT, "hall.error.seats", "seats" },
		{ "too many",
		  { "pgo", "А", "А", HALL_SEATS_MOST + 1 },
		  ERR_INPUT,
		  "hall.error.seats",
		  "seats" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		int64_t other = 0;
		stage_refused(row[i].why, hall_add(&hr, &row[i].form, &other, &e), &e, row[i].kind,
			      row[i].key, row[i].place);
	}
	assert_int_equal(count(h), 1);
	struct hall_form form = good;
	struct err e = { 0 };
	int64_t other = 0;
	form.organ = "reg-akmola"; /* the same name elsewhere is another hall's */
	assert_true(hall_add(&hr, &form, &other, &e));
	form.organ = "pgo";
	stage_refused("R28-1: moved onto a name", hall_change(&hr, other, &form, false, &e), &e,
		      ERR_INPUT, "hall.error.name", "name_kk");
	err_clear(&e);
	assert_true(hall_change(&hr, id, &good, false, &e)); /* its own name is its own */
}

static void an_organ_nobody_knows(void **state)
{
	struct harness *h = *state;
	const struct act system = harness_act(h, 0);
	struct hall_form form = good;
	struct err e = { 0 };
	int64_t id = 0;
	form.organ = "nowhere";
	stage_refused("unknown", hall_add(&system, &form, &id, &e), &e, ERR_INPUT,
		      "hall.error.organ", "organ");
}

/* A sitting is going on: the hall stays what it is, and open. */
static void a_hall_in_use(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const struct act hr = harness_act(h, w.stage.hr);
	const struct act operator= hall_operator(&w);
	struct hall_form form = { "reg-akmola", "Зал", "Зал", HALL_SEATS };
	struct err e = { 0 };
	stage_refused("its organ", hall_change(&hr, w.id, &form, false, &e), &e, ERR_INPUT,
		      "hall.error.organ_used", "organ");
	err_clear(&e);
	stage_refused("closed under them", hall_close(&hr, w.id, "x", &e), &e, ERR_CONFLICT,
		      "hall.error.sitting", NULL);
	err_clear(&e);
	(void)hall_admit(&w, 7);
	form.organ = "pgo";
	form.seats = 6;
	stage_refused("a taken seat", hall_change(&hr, w.id, &form, false, &e), &e, ERR_INPUT,
		      "hall.error.seats_used", "seats");
	assert_string_equal(e.value, "7");
	err_clear(&e);
	form.seats = 7;
	assert_true(hall_change(&hr, w.id, &form, false, &e));
	assert_int_equal(row_of(h, w.id).seats, 7);
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE sitting SET state = 'closed'"));
	form.organ = "reg-akmola";
	stage_refused("its organ, afterwards", hall_change(&hr, w.id, &form, false, &e), &e,
		      ERR_INPUT, "hall.error.organ_used", "organ");
	err_clear(&e);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO seat_key (hall_id, seat, kind, fingerprint, public_key,"
			    " enrolled_by, enrolled_ms) VALUES ($1, '5', 'key', 'x', '', $2, 0)",
			    db_int(w.id), db_int(operator.person_id)));
	form.organ = "pgo";
	form.seats = 4;
	stage_refused("an enrolled computer", hall_change(&hr, w.id, &form, false, &e), &e,
		      ERR_INPUT, "hall.error.seats_used", "seats");
	assert_string_equal(e.value, "5");
	err_clear(&e);
	assert_true(hall_close(&hr, w.id, "Жөндеу", &e));
}

/* ---- closed, and opened again -------------------------------------------------------------- */

static bool opens(struct hall *w, struct err *e)
{
	const struct act operator= hall_operator(w);
	const struct sitting_plan plan = { .competition_id = w->stage.competition,
					   .hall_id = w->id,
					   .planned_ms = operator.now_ms,
					   .binding = "none" };
	int64_t id = 0;
	return sitting_open(&operator, & plan, &id, e);
}

static void closed_and_opened_again(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	const struct act hr = harness_act(h, w.stage.hr);
	const struct hall_form form = { "pgo", "Зал", "Зал", HALL_SEATS };
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE sitting SET state = 'cancelled'"));
	stage_refused("no reason", hall_close(&hr, w.id, "", &e), &e, ERR_INPUT,
		      "hall.error.reason", "reason");
	err_clear(&e);
	assert_true(hall_close(&hr, w.id, "Жөндеу", &e));
	assert_true(row_of(h, w.id).closed);
	stage_refused("twice", hall_close(&hr, w.id, "x", &e), &e, ERR_CONFLICT,
		      "hall.error.closed", NULL);
	err_clear(&e);
	stage_refused("a new sitting", opens(&w, &e), &e, ERR_INPUT, "sitting.error.hall_closed",
		      "hall");
	err_clear(&e);
	assert_true(hall_change(&hr, w.id, &form, false, &e));
	assert_true(row_of(h, w.id).closed);
	assert_true(hall_change(&hr, w.id, &form, true, &e));
	assert_false(row_of(h, w.id).closed);
	assert_true(opens(&w, &e));
	assert_int_equal(stage_journalled(h, "hall.closed"), 1);
	assert_int_equal(stage_journalled(h, "hall.changed"), 2);
}

/* ---- beside the journal -------------------------------------------------------------------- */

/* What `konkurs verify` says of halls: "12 rows of hall ...". */
static const char *findings(struct harness *h)
{
	const struct act act = harness_act(h, 0);
	struct verify_report report = { .findings = json_array() };
	struct err e = { 0 };
	const char *text = "";
	size_t i = 0;
	const json_t *row = NULL;
	json_in_arena(h->arena, report.findings);
	if (!verify_states(&act, &report, &e))
		fail_msg("%s %s", e.key, e.detail);
	json_array_foreach (report.findings, i, row) {
		if (strcmp(row_text(row, "at"), "hall") == 0)
			text = arena_print(h->arena, "%s%lld %s;", text,
					   (long long)row_number(row, "number"),
					   row_text(row, "why"));
	}
	return text;
}

#define DOCTOR(h, sql)                                                                             \
	do {                                                                                       \
		struct err doctor_e = { 0 };                                                       \
		int64_t changed = 0;                                                               \
		assert_true(db_exec((h)->site.db, &doctor_e, &changed, sql));                      \
		assert_int_equal(changed, 1);                                                      \
	} while (0)

/* F88 */
static void beside_the_journal(void **state)
{
	struct harness *h = *state;
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	struct err e = { 0 };
	assert_int_equal(entered(&hr), 1);
	assert_true(hall_close(&hr, 1, "Жөндеу", &e));
	assert_string_equal(findings(h), "");
	DOCTOR(h, "UPDATE hall SET seats = 21");
	assert_string_equal(findings(h), "1 rows of hall are not those of its newest entry;");
	DOCTOR(h, "UPDATE hall SET seats = 20, kind = 'regional'");
	assert_string_equal(findings(h), "1 rows of hall are not those of its newest entry;");
	DOCTOR(h, "UPDATE hall SET kind = 'central'");
	assert_string_equal(findings(h), "");
	DOCTOR(h, "UPDATE hall_closing SET reopened_by = closed_by, reopened_ms = closed_ms");
	assert_string_equal(findings(h),
			    "1 rows of hall_closing are not those of its newest entry;");
	DOCTOR(h, "UPDATE hall_closing SET reopened_by = NULL, reopened_ms = NULL");
	DOCTOR(h, "INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
		  " VALUES ('pgo', 'central', 'x', 'x', 10)");
	assert_string_equal(findings(h), "2 rows that the journal does not tell of;");
}

static bool add_one(const struct act *act, void *user, struct err *e)
{
	return hall_add(act, &good, user, e);
}

struct change {
	int64_t id;
	struct hall_form form;
};

static bool change_one(const struct act *act, void *user, struct err *e)
{
	const struct change *c = user;
	return hall_change(act, c->id, &c->form, true, e);
}

static bool close_one(const struct act *act, void *user, struct err *e)
{
	return hall_close(act, *(int64_t *)user, "Жөндеу", e);
}

static void all_or_nothing(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	int64_t id = 0;
	stage_all_or_nothing(h, hr, add_one, &id);
	stage_all_or_nothing(h, hr, close_one, &id);
	struct change c = { id, good };
	c.form.seats = 12;
	stage_all_or_nothing(h, hr, change_one, &c);
	assert_int_equal(row_of(h, id).seats, 12);
	assert_false(row_of(h, id).closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(of_all_roles_hr_alone),  HARNESS_TEST(of_the_own_organ),
		HARNESS_TEST(what_cannot_be_entered), HARNESS_TEST(an_organ_nobody_knows),
		HARNESS_TEST(a_hall_in_use),          HARNESS_TEST(closed_and_opened_again),
		HARNESS_TEST(beside_the_journal),     HARNESS_TEST(all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

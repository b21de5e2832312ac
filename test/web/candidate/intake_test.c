/* Pages of the second route: from the first one's failure to the answered request (L33, R20-1,
 * R23-1, F4, F17, F21). */
#include "stage.h"

#include "app/access/people.h"
#include "app/candidate/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *print(struct harness *h, const char *format, int64_t id)
{
	const char *at = strchr(format, '*');
	return arena_print(h->arena, "%.*s%lld%s", (int)(at - format), format, (long long)id,
			   at + 1);
}

/* The id at the end of where a POST led. */
static int64_t led_to(const struct answer *a)
{
	const char *at = strrchr(a->location, '/');
	assert_non_null(at);
	return strtoll(at + 1, NULL, 10);
}

static int64_t officer_of(struct harness *h, const char *body)
{
	struct err e = { 0 };
	const int64_t person = harness_person(h, 0);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			    " VALUES ($1, 'body', $2, 1)",
			    db_int(person), db_text(body)));
	return person;
}

static int64_t second(struct stage *s)
{
	struct harness *h = s->h;
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1 WHERE id = $2",
			    db_int(clock_now(&h->site.clock)), db_int(s->competition)));
	harness_check_page(h, s->hr, print(h, "/competitions/*", s->competition));
	struct answer a =
		harness_post(h, s->hr, print(h, "/competitions/*/second", s->competition), "");
	const int64_t id = led_to(&a);
	harness_check_page(h, s->hr, print(h, "/competitions/*", s->competition));
	a = harness_post(h, s->hr, print(h, "/competitions/*/announce", id), "");
	assert_true(*a.location);
	harness_check_page(h, s->hr, print(h, "/competitions/*", id));
	harness_check_page(h, 0, print(h, "/announcements/*", id));
	return id;
}

/* L33: a draft is nobody's but HR's. */
static void test_draft(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	const int64_t body = officer_of(h, "internal-affairs");
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1 WHERE id = $2",
			    db_int(clock_now(&h->site.clock)), db_int(s.competition)));
	struct answer a =
		harness_post(h, s.hr, print(h, "/competitions/*/second", s.competition), "");
	const char *list = print(h, "/competitions/*/intake", led_to(&a));
	assert_int_equal(harness_get(h, body, list).status, 404);
	assert_int_equal(harness_get(h, s.hr, list).status, 200);
}

static const char referral[] = "body=internal-affairs&number=15-3&day=2026-03-02&iin=791028302728"
			       "&family=Akhmetov&given=Erlan&position=Head";

static int64_t refer(struct stage *s, int64_t competition, int64_t who)
{
	struct harness *h = s->h;
	struct answer a =
		harness_post(h, who, print(h, "/competitions/*/intake", competition), referral);
	assert_true(*a.location);
	return led_to(&a);
}

/* The body enters, fills in and attaches on the candidate's page; HR sees it in the list. */
static void test_referral(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t other = second(&s);
	const int64_t body = officer_of(h, "internal-affairs");
	const int64_t fire = officer_of(h, "fire-service");
	const char *list = print(h, "/competitions/*/intake", other);
	harness_check_page(h, s.hr, list);
	harness_check_page(h, body, list);
	harness_check_page(h, body, "/referrals");
	const int64_t id = refer(&s, other, body);
	const char *page = print(h, "/applications/*", id);
	harness_check_page(h, body, page);
	struct answer a = harness_post(h, body, print(h, "/applications/*/profile", id),
				       "organ=internal-affairs&position=Head&phone=1");
	assert_true(*a.location);
	a = harness_upload(h, body, print(h, "/applications/*/documents", id),
			   "paper=recommendation&signatory=Ivanov&signed_as=sending_hr"
			   "&signed_day=2026-03-02",
			   "file", "a.pdf", STAGE_PDF, sizeof(STAGE_PDF) - 1);
	assert_int_equal(a.status, 422);
	assert_string_equal(a.clause, "20");
	a = harness_upload(h, body, print(h, "/applications/*/documents", id),
			   "paper=service_list&signatory=Ivanov&signed_as=sending_hr"
			   "&signed_day=2026-03-02",
			   "file", "a.pdf", STAGE_PDF, sizeof(STAGE_PDF) - 1);
	assert_true(*a.location);
	a = harness_upload(h, body, print(h, "/applications/*/referral-rating", id),
			   "value=81.5&number=7&day=2026-03-02&issuer=MIA", "rating_file", "r.pdf",
			   STAGE_PDF, sizeof(STAGE_PDF) - 1);
	assert_true(*a.location);
	harness_check_page(h, body, page);
	harness_check_page(h, s.hr, page);
	harness_check_page(h, s.hr, list);
	harness_check_page(h, body, "/referrals");
	const char *sheet = print(h, "/applications/*/referral", id);
	harness_check_page(h, body, sheet);
	harness_check_page(h, s.hr, sheet);
	a = harness_get(h, s.hr, sheet);
	assert_string_equal(answer_text(&a, "attached.0.as"), "signatory.sending_hr");
	assert_int_equal(harness_get(h, fire, sheet).status, 404);
	a = harness_get(h, body, print(h, "/applications/*/referral.pdf", id));
	assert_int_equal(a.status, 200);
	assert_int_equal(harness_get(h, fire, page).status, 404);
	a = harness_get(h, fire, list);
	assert_int_equal(json_array_size(answer_value(&a, "entered")), 0);
	assert_int_equal(harness_get(h, s.security, list).status, 403);
}

static struct answer sign_in(struct harness *h, const char *iin, const char *password)
{
	return harness_post(h, 0, "/sign-in",
			    arena_print(h->arena, "iin=%s&password=%s", iin, password));
}

/* F17: on the first route HR enters what came on paper. */
static void test_paper(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	const char *list = print(h, "/competitions/*/intake", s.competition);
	harness_check_page(h, s.hr, list);
	struct answer a = harness_post(h, s.hr, list,
				       "organ=pgo&number=1&day=2026-03-02&iin=791028302728"
				       "&family=Akhmetov&given=Erlan&position=Head");
	const int64_t id = led_to(&a);
	harness_check_page(h, s.hr, print(h, "/applications/*", id));
	harness_check_page(h, s.hr, list);
	harness_check_page(h, s.hr, print(h, "/applications/*/account", id));
	/* the password is shown once; until it is used a further one replaces it */
	a = harness_post(h, s.hr, print(h, "/applications/*/account", id), "");
	assert_int_equal(strlen(answer_text(&a, "issued")), 19);
	const char *first = arena_copy(h->arena, answer_text(&a, "issued"));
	a = harness_get(h, s.hr, print(h, "/applications/*/account", id));
	assert_true(json_is_null(answer_value(&a, "issued")));
	a = harness_post_html(h, s.hr, print(h, "/applications/*/account", id), "");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "data-password"));
	a = sign_in(h, "791028302728", first);
	assert_int_equal(a.status, 422);
	/* the second officer finds it on the first page; both names stand on the application */
	const int64_t other = harness_person(h, ROLE_HR);
	a = harness_get(h, other, "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "home.task.entered");
	assert_int_equal(answer_number(&a, "due.count"), 1);
	a = harness_get(h, s.hr, "/");
	assert_int_equal(answer_number(&a, "due.count"), 0);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE application SET state = 'sent', sent_ms = 1, receipt = 'abc'"
			    " WHERE id = $1",
			    db_int(id)) &&
		    db_exec(h->site.db, &e, NULL,
			    "UPDATE intake SET confirmed_by = $1, confirmed_ms = 1",
			    db_int(other)));
	harness_check_page(h, s.hr, print(h, "/applications/*", id));
	harness_check_page(h, s.hr, print(h, "/applications/*/receipt", id));
	a = harness_get(h, s.hr, print(h, "/applications/*", id));
	assert_true(*answer_text(&a, "intake.entered_by"));
	assert_true(*answer_text(&a, "intake.confirmed_by"));
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE account SET temporary = 0"));
	a = harness_post(h, s.hr, print(h, "/applications/*/account", id), "");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, "intake.error.account");
}

/* The request of that number is granted by an administrator. */
static void agree(struct harness *h, int64_t request)
{
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	assert_int_equal(
		harness_post(h, admin, print(h, "/admin/requests/*/answer", request), "answer=yes")
			.status,
		200);
}

static void test_bodies(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	static const char form[] = "body=internal-affairs&iin=791028302728&family=Akhmetov"
				   "&given=Erlan&position=HR";
	harness_check_page(h, s.hr, "/bodies");
	struct answer a = harness_get(h, s.hr, "/bodies");
	assert_true(json_is_false(answer_value(&a, "bodies.4.listed"))); /* until 30.06.2025 */
	a = harness_post(h, s.hr, "/bodies", form);
	assert_int_equal(strlen(answer_text(&a, "issued")), 19);
	harness_check_page(h, s.hr, "/bodies");
	a = harness_get(h, s.hr, "/bodies");
	assert_int_equal(json_array_size(answer_value(&a, "officers")), 1);
	assert_true(json_is_true(answer_value(&a, "officers.0.waits")));
	agree(h, 1); /* F20: an administrator besides HR */
	harness_check_page(h, s.hr, "/bodies");
	a = harness_get(h, s.hr, "/bodies");
	assert_int_equal(json_array_size(answer_value(&a, "officers")), 1);
	assert_true(json_is_false(answer_value(&a, "officers.0.waits")));
	const int64_t grant = answer_number(&a, "officers.0.id");
	assert_int_equal(harness_post(h, s.security, "/bodies", form).status, 403);
	/* everybody may read the list of a day, and nobody else who has accounts */
	harness_check_page(h, 0, "/bodies?on=2025-06-30");
	a = harness_get(h, 0, "/bodies?on=2025-06-30");
	assert_true(json_is_true(answer_value(&a, "bodies.4.listed")));
	assert_int_equal(json_array_size(answer_value(&a, "officers")), 0);
	assert_int_equal(harness_get(h, 0, "/bodies?on=1990-01-01").status, 400);
	a = harness_post(h, s.hr, "/bodies/revoke",
			 arena_print(h->arena, "grant=%lld", (long long)grant));
	assert_string_equal(a.location, "/bodies");
	a = harness_post(h, s.hr, "/bodies/revoke",
			 arena_print(h->arena, "grant=%lld", (long long)grant));
	assert_int_equal(a.status, 404);
}

/* ASVS 2.3.5: HR gives no office alone, none to itself, and makes no password of an officer. */
static void test_invited_by_two(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	const struct act act = harness_act(h, s.hr);
	const int64_t keeper = harness_person(h, ROLE_KEEPER);
	const int64_t both[] = { s.hr, keeper };
	int64_t rights = 0;
	bool opened = true;
	for (size_t i = 0; i < COUNT(both); i++) {
		const json_t *p = db_row(h->site.db, h->arena, &e,
					 "SELECT iin, family, given FROM person WHERE id = $1",
					 db_int(both[i]));
		const struct intake_form form = { .iin = row_text(p, "iin"),
						  .family = row_text(p, "family"),
						  .given = row_text(p, "given"),
						  .patronymic = "",
						  .body = "internal-affairs",
						  .position = "HR" };
		const bool ok = intake_invite(&act, &form, "x", &opened, &e);
		assert_int_equal(ok, both[i] != s.hr);
		if (!ok)
			assert_string_equal(e.key, "access.error.self");
		err_clear(&e);
	}
	assert_false(opened);
	assert_true(db_number(h->site.db, &e, &rights,
			      "SELECT COUNT(*) FROM role_grant WHERE role = 'body'"));
	assert_int_equal(rights, 0);
	assert_int_equal(stage_journalled(h, "access.asked"), 1);
	assert_int_equal(stage_journalled(h, "role.granted"), 0);
	agree(h, 1);
	assert_int_equal(stage_journalled(h, "role.granted"), 1);
}

static void add_account(struct harness *h, int64_t person, const char *password, int temporary)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	assert_true(person_set_password(&act, person, password, &e) &&
		    db_exec(h->site.db, &e, NULL,
			    "UPDATE account SET temporary = $1 WHERE person_id = $2",
			    db_int(temporary), db_int(person)));
}

/* F17: with a password of somebody else's making nothing opens but the form for an own one. */
static void test_temporary(void **state)
{
	static const char old[] = "long-enough-for-all";
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t person = harness_person(h, ROLE_HR);
	add_account(h, person, old, 1);
	struct answer a = harness_get(h, person, "/competitions");
	assert_int_equal(a.status, 403);
	assert_string_equal(a.error, "account.error.temporary");
	a = harness_html(h, person, "/competitions");
	assert_int_equal(a.status, 303);
	assert_string_equal(a.location, "/password");
	a = harness_post(h, person, "/bodies", "");
	assert_string_equal(a.error, "account.error.temporary");
	assert_int_equal(harness_get(h, person, "/announcements").status, 200);
	harness_check_page(h, person, "/password");
	static const struct {
		const char *why, *form, *error, *field;
	} row[] = {
		{ "wrong", "old=x&new=another-long-one&again=another-long-one", "account.error.old",
		  "old" },
		{ "short", "old=long-enough-for-all&new=short&again=short", "error.short", "new" },
		{ "not twice", "old=long-enough-for-all&new=another-long-one&again=another",
		  "account.error.again", "again" },
		{ "the same",
		  "old=long-enough-for-all&new=long-enough-for-all"
		  "&again=long-enough-for-all",
		  "account.error.same", "new" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		a = harness_post(h, person, "/password", row[i].form);
		if (a.status != 422 || strcmp(a.field, row[i].field) != 0 ||
		    (i != 1 && strcmp(a.error, row[i].error) != 0))
			fail_msg("%s: %d %s at %s", row[i].why, a.status, a.error, a.field);
	}
	a = harness_post(h, person, "/password",
			 "old=long-enough-for-all&new=another-long-one&again=another-long-one");
	assert_string_equal(a.location, "/");
	assert_int_equal(harness_get(h, person, "/competitions").status, 200);
	harness_check_page(h, person, "/password");
	assert_int_equal(stage_journalled(h, "account.password"), 2);
}

/* R23-1 */
static void test_request(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	struct err e = { 0 };
	const int64_t other = second(&s);
	const int64_t body = officer_of(h, "internal-affairs");
	const int64_t fire = officer_of(h, "fire-service");
	const int64_t id = refer(&s, other, body);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE application SET state = 'sent', sent_ms = 1 WHERE id = $1",
			    db_int(id)) &&
		    db_exec(h->site.db, &e, NULL,
			    "INSERT INTO qualification_decision (application_id, outcome, reason,"
			    " by_id, at_ms) VALUES ($1, 'met', '', $2, 1)",
			    db_int(id), db_int(s.hr)));
	const char *requests = print(h, "/competitions/*/requests", other);
	struct answer a = harness_post(h, s.hr, requests,
				       "asked_body=internal-affairs&kind=information"
				       "&request_number=1&due=2026-03-16");
	assert_int_equal(a.status, 422);
	assert_string_equal(a.clause, "24"); /* R14-1 */
	a = harness_post(h, s.hr, requests,
			 "asked_body=internal-affairs&kind=conclusions&request_number=2"
			 "&due=2026-03-16");
	assert_string_equal(a.location, "/requests/1");
	a = harness_post(h, s.hr, requests,
			 "asked_body=internal-affairs&kind=information&request_number=3"
			 "&due=2026-03-16&reason=Why");
	assert_true(*a.location);
	const char *told = arena_copy(h->arena, a.location);
	harness_check_page(h, s.hr, "/requests/1");
	harness_check_page(h, body, "/requests/1");
	harness_check_page(h, body, told);
	harness_check_page(h, s.hr, print(h, "/competitions/*/intake", other));
	harness_check_page(h, body, print(h, "/competitions/*/intake", other));
	harness_check_page(h, s.hr, requests);
	harness_check_page(h, body, requests);
	assert_int_equal(harness_html(h, s.hr, arena_print(h->arena, "%s.csv", requests)).status,
			 200);
	assert_int_equal(harness_get(h, fire, "/requests/1").status, 404);
	a = harness_post(h, s.hr, "/requests/1/remind", "");
	assert_string_equal(a.location, "/requests/1");
	a = harness_get(h, body, "/requests/1");
	const int64_t entry = answer_number(&a, "open_conclusions.0.id");
	a = harness_upload(h, body, "/requests/1/conclusion",
			   arena_print(h->arena,
				       "entry=%lld&outcome=undergone&number=4&day=2026-03-02",
				       (long long)entry),
			   "file", "a.pdf", STAGE_PDF, sizeof(STAGE_PDF) - 1);
	assert_string_equal(a.location, "/requests/1");
	harness_check_page(h, s.hr, "/requests/1");
	a = harness_get(h, body, told);
	const int64_t informed = answer_number(&a, "open_informations.0.id");
	a = harness_post(h, body, arena_print(h->arena, "%s/information", told),
			 arena_print(h->arena, "informed=%lld&text=Nothing", (long long)informed));
	assert_true(*a.location);
	/* what it says is for HR alone */
	a = harness_get(h, s.hr, told);
	assert_string_equal(answer_text(&a, "entries.0.text"), "Nothing");
	a = harness_get(h, body, told);
	assert_string_equal(answer_text(&a, "entries.0.text"), "");
	harness_at(h, "2026-03-17T10:00");
	harness_check_page(h, s.hr, "/requests/1");
	a = harness_get(h, s.hr, print(h, "/competitions/*/intake", other));
	assert_string_equal(answer_text(&a, "requests.1.state"), "late");
	/* the job of the day tells of it, once */
	int64_t count = 0;
	harness_daily(h);
	harness_daily(h);
	h->site.daily = (struct daily_memory){ 0 }; /* a restart */
	harness_daily(h);
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM notice WHERE kind = 'request.overdue'"
			      " AND person_id = $1",
			      db_int(body)));
	assert_int_equal(count, 1);
	harness_check_page(h, s.hr, "/");
	harness_check_page(h, body, "/");
	assert_non_null(harness_waits(h, body, "home.task.requests"));
	assert_non_null(harness_waits(h, s.hr, "home.task.asked_body"));
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_referral),       WITH_HARNESS(test_paper),
		WITH_HARNESS(test_bodies),         WITH_HARNESS(test_request),
		WITH_HARNESS(test_draft),          WITH_HARNESS(test_temporary),
		WITH_HARNESS(test_invited_by_two),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

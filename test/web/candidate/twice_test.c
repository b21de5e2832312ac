/* Two tabs, one person: what is sent twice at one instant, which is one turn of the server, is one
 * application with one receipt (F13). */
#include "stage.h"

#include "app/candidate/application.h"
#include "web/http/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TABS = 2 };

struct tabs {
	struct harness *h;
	int64_t person;
	struct call *call[TABS];
};

/* The same form from each tab, run in one turn. */
static void send_at_once(struct tabs *t, const char *path)
{
	for (size_t i = 0; i < TABS; i++) {
		const char *body =
			arena_print(t->h->arena, "csrf=%s", harness_csrf(t->h, t->person));
		t->call[i] = call_new(&t->h->site);
		t->call[i]->in = (struct http_in){
			.method = "POST",
			.path = path,
			.host = "konkurs.test",
			.origin = "https://konkurs.test",
			.fetch_site = "same-origin",
			.cookie = harness_cookie(t->h, t->person),
			.accept = "application/json",
			.address = "192.0.2.1",
			.content_type = "application/x-www-form-urlencoded",
			.body = body,
			.size = strlen(body),
		};
		call_begin(t->call[i]);
	}
	turn_run(&t->h->site, t->call, TABS);
}

static void leave(struct tabs *t)
{
	for (size_t i = 0; i < TABS; i++)
		call_free(t->call[i]);
}

static int64_t number(struct tabs *t, const char *what)
{
	struct err e = { 0 };
	int64_t n = -1;
	const bool ok =
		strcmp(what, "applications") == 0
			? db_number(t->h->site.db, &e, &n,
				    "SELECT COUNT(*) FROM application WHERE person_id = $1",
				    db_int(t->person))
			: db_number(t->h->site.db, &e, &n,
				    "SELECT COUNT(DISTINCT receipt) FROM application WHERE state ="
				    " 'sent' AND person_id = $1",
				    db_int(t->person));
	assert_true(ok);
	return n;
}

static void add_paper(const struct act *act, int64_t id, const char *kind, const char *position)
{
	static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf",
					    "a.pdf" };
	struct application_document d = { kind, "Басшы", position, { 0 }, &pdf };
	struct err e = { 0 };
	assert_true(day_parse("2026-03-02", &d.signed_day));
	assert_true(application_add_document(act, id, &d, &e));
}

/* A draft to which nothing is missing. */
static int64_t whole_draft(struct stage *s, int64_t person)
{
	const struct act act = harness_act(s->h, person);
	const struct application_profile profile = { "reg-akmola", "Прокурор",    "+7 700",
						     "higher-law", "КазНУ, 2008", "kk" };
	struct application_period period = { .kind = "prosecution",
					     .leadership = true,
					     .category = "C-5",
					     .organisation = "Прокуратура",
					     .position = "Прокурор" };
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(day_parse("2012-01-10", &period.from));
	assert_true(application_begin(&act, s->competition, &id, &e));
	assert_true(application_profile(&act, id, &profile, &e));
	assert_true(application_add_period(&act, id, &period, &e));
	add_paper(&act, id, "certificate", "direct_supervisor");
	add_paper(&act, id, "recommendation", "head_of_body_deputy");
	return id;
}

static void begun_twice(void **state)
{
	struct stage s = stage_open(*state);
	struct tabs t = { .h = s.h, .person = harness_person(s.h, ROLE_PERSON) };
	send_at_once(&t,
		     arena_print(s.h->arena, "/competitions/%lld/apply", (long long)s.competition));
	for (size_t i = 0; i < TABS; i++) {
		assert_int_equal(t.call[i]->out.status, 200);
		assert_non_null(strstr(t.call[i]->out.body, "/applications/1"));
	}
	assert_int_equal(number(&t, "applications"), 1);
	assert_int_equal(stage_journalled(s.h, "application.opened"), 1);
	leave(&t);
}

static void sent_twice(void **state)
{
	struct stage s = stage_open(*state);
	struct tabs t = { .h = s.h, .person = harness_person(s.h, ROLE_PERSON) };
	const int64_t id = whole_draft(&s, t.person);
	send_at_once(&t, arena_print(s.h->arena, "/applications/%lld/send", (long long)id));
	assert_int_equal(t.call[0]->out.status, 200);
	assert_int_equal(t.call[1]->out.status, 409);
	assert_non_null(strstr(t.call[1]->out.body, "application.error.frozen"));
	assert_int_equal(number(&t, "receipts"), 1);
	assert_int_equal(stage_journalled(s.h, "application.sent"), 1);
	leave(&t);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = { WITH_HARNESS(begun_twice), WITH_HARNESS(sent_twice) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

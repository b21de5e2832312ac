/* Who may come in and what they may see: sessions, offices that demand a second
 * factor, lock-out, restricted papers (F20, F76; ASVS 5.0 V6 to V8). */
#include "visitor.h"

#include "app/access/access.h"
#include "app/access/device.h"
#include "stage.h"
#include "web/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void later(struct harness *h, int64_t ms)
{
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + ms);
}

static struct visitor signed_in(struct harness *h, int64_t person, const char *address)
{
	struct visitor v = visitor_new(h, address);
	struct answer a = visitor_post(
		&v, "/sign-in", visitor_form(h, visitor_account(h, person), VISITOR_PASSWORD));
	assert_string_equal(a.location, "/account");
	return v;
}

/* ---- routes times roles times states of the factors ------------------------------- */

static const char *sample_path(struct harness *h, const struct route *route)
{
	struct buf out = buf_on(h->arena);
	for (const char *at = route->path; *at;) {
		if (*at != ':') {
			buf_add_char(&out, *at++);
			continue;
		}
		size_t size = strcspn(at + 1, "/");
		for (const struct param *p = route->params; p->name; p++) {
			if (strlen(p->name) == size && memcmp(p->name, at + 1, size) == 0)
				buf_add(&out, p->type == P_CHOICE ? p->choices[0] : "1");
		}
		at += size + 1;
	}
	return out.text;
}

static void set_all(struct harness *h, const char *factor, int temporary)
{
	struct err e = { 0 };
	assert_true(
		db_exec(h->site.db, &e, NULL, "UPDATE session SET factor = $1", db_text(factor)));
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE account SET temporary = $1",
			    db_int(temporary)));
}

static const struct {
	const char *factor, *error;
	int temporary;
} state_of[] = {
	{ "", "access.error.enrol", 0 },
	{ "totp", "", 0 },
	{ "totp", "account.error.temporary", 1 },
};

/* One route for one person in state k: refused with the reason that leads on, if it has to be. */
static void check_state(struct harness *h, const struct route *r, unsigned role, int64_t person,
			size_t k)
{
	const bool demanded = k == 2 || (k == 0 && role != ROLE_PERSON);
	const char *path = sample_path(h, r);
	struct answer a = r->method == POST ? harness_post(h, person, path, "")
					    : harness_get(h, person, path);
	const bool refused = strcmp(a.error, state_of[k].error) == 0 && a.status == 403;
	const bool open = r->temporary || (r->enrolling && !state_of[k].temporary);
	if (*state_of[k].error && refused != (demanded && !open))
		fail_msg("%s, %s in state %zu: %d %s", r->path, role_name(role), k, a.status,
			 a.error);
	if (strcmp(a.error, "access.error.enrol") == 0 && k != 0)
		fail_msg("%s: a factor was shown", r->path);
}

/* Every route for every role in three states: what is not for an unready account is refused, and
 * nothing else is. */
static void each_route_in_each_state(void **state)
{
	static const unsigned roles[] = { ROLE_PERSON,    ROLE_HR,       ROLE_SECURITY,
					  ROLE_POLYGRAPH, ROLE_PSYCHO,   ROLE_OPERATOR,
					  ROLE_AUDITOR,   ROLE_ADMIN,    ROLE_MEMBER,
					  ROLE_SECRETARY, ROLE_INVITED,  ROLE_BODY,
					  ROLE_AUTHOR,    ROLE_REVIEWER, ROLE_APPROVER,
					  ROLE_KEEPER };
	struct harness *h = *state;
	harness_demand_factors(h);
	for (size_t i = 0; i < COUNT(roles) * COUNT(state_of); i++) {
		const unsigned role = roles[i / COUNT(state_of)];
		const size_t k = i % COUNT(state_of);
		const int64_t person = harness_person(h, role);
		const struct route *r = NULL;
		visitor_account(h, person);
		set_all(h, state_of[k].factor, state_of[k].temporary);
		for (struct route_walk w = { 0 }; (r = route_next(&w));) {
			if (!r->journalled && (r->who & (role | ROLE_PERSON)) &&
			    !(r->method == POST && /* ends sessions, changes factors */
			      (r->temporary || (r->enrolling && !state_of[k].temporary))))
				check_state(h, r, role, person, k);
		}
	}
}

/* ASVS 6.4.1: whoever knows a password that he has given to another registers nothing with it. */
static void a_password_of_anothers_making_registers_nothing(void **state)
{
	static const char *const path[] = { "/account/codes", "/account/codes/confirm",
					    "/account/passkeys", "/account/recovery", "/reauth" };
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	visitor_account(h, person);
	set_all(h, "", 1);
	for (size_t i = 0; i < COUNT(path); i++)
		assert_string_equal(harness_post(h, person, path[i], "").error,
				    "account.error.temporary");
	struct answer a = harness_html(h, person, "/account/passkeys/new");
	assert_int_equal(a.status, 303);
	assert_string_equal(a.location, "/password");
	assert_int_equal(harness_get(h, person, "/password").status, 200);
	set_all(h, "", 0);
	assert_string_equal(harness_post(h, person, "/account/codes", "").location,
			    "/account/codes");
}

static void pages_lead_to_what_comes_before(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	harness_demand_factors(h);
	assert_string_equal(harness_html(h, admin, "/help/routes").location, "/account");
	struct answer a = harness_get(h, admin, "/account");
	assert_true(json_is_true(answer_value(&a, "must")));
	assert_int_equal(harness_post(h, admin, "/admin/mail/test", "").status, 403);
}

/* ---- sessions ------------------------------------------------------------------------ */

/* ASVS 7.3.1, 7.3.2: by office, the strictest counts. */
static void offices_end_sessions(void **state)
{
	static const struct {
		const char *why;
		unsigned roles;
		int64_t minutes, steps; /* used every so long, so often */
		bool alive;
	} row[] = {
		{ "a candidate after 59 minutes", 0, 59, 1, true },
		{ "a candidate after an hour", 0, 60, 1, false },
		{ "an administrator after 14 minutes", ROLE_ADMIN, 14, 1, true },
		{ "an administrator after 15", ROLE_ADMIN, 15, 1, false },
		{ "HR after 29 minutes", ROLE_HR, 29, 1, true },
		{ "HR who keeps a key after 29", ROLE_HR | ROLE_KEEPER, 29, 1, false },
		{ "an administrator all day", ROLE_ADMIN, 10, 48, false },
		{ "a member all day", ROLE_MEMBER, 10, 48, true },
		{ "a member for twelve hours", ROLE_MEMBER, 10, 72, false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = *state;
		struct visitor v = signed_in(h, harness_person(h, row[i].roles), "192.0.2.7");
		struct answer a = { 0 };
		for (int64_t k = 0; k < row[i].steps; k++) {
			later(h, row[i].minutes * 60 * 1000);
			a = visitor_get(&v, "/account");
		}
		if ((a.status == 200) != row[i].alive)
			fail_msg("%s: %d", row[i].why, a.status);
	}
}

/* ASVS 7.5.2 */
static void sessions_are_listed_and_ended(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	struct visitor v[3] = { signed_in(h, person, "192.0.2.7") };
	const char *iin = NULL;
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "DELETE FROM session WHERE token_hash <> ''"
			    " AND device = ''"));
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	for (int i = 1; i < 3; i++) {
		later(h, 1000);
		v[i] = visitor_new(h, "10.1.2.3");
		(void)visitor_post(&v[i], "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD));
	}
	struct answer a = visitor_get(&v[0], "/account");
	assert_int_equal(json_array_size(answer_value(&a, "sessions")), 3);
	assert_true(json_is_true(answer_value(&a, "sessions.2.here")));
	assert_string_equal(answer_text(&a, "sessions.0.place"), "inside");
	a = visitor_post(&v[0], "/account/sessions/end",
			 arena_print(h->arena, "session=%s", answer_text(&a, "sessions.0.id")));
	assert_string_equal(a.location, "/account");
	assert_int_equal(visitor_get(&v[2], "/account").status, 403);
	assert_int_equal(visitor_get(&v[1], "/account").status, 200);
	assert_int_equal(visitor_post(&v[0], "/account/sessions/end-others", "").status, 200);
	assert_int_equal(visitor_get(&v[1], "/account").status, 403);
	assert_int_equal(visitor_get(&v[0], "/account").status, 200);
	/* another's session is none */
	struct visitor w = signed_in(h, harness_person(h, 0), "192.0.2.8");
	a = visitor_get(&w, "/account");
	const char *others = arena_print(h->arena, "session=%s", answer_text(&a, "sessions.0.id"));
	assert_int_equal(visitor_post(&v[0], "/account/sessions/end", others).status, 404);
	assert_int_equal(visitor_get(&w, "/account").status, 200);
}

/* ASVS 6.3.7, 7.4.3: the others end, and the person hears of it. */
static void a_new_password(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	struct visitor v = signed_in(h, person, "192.0.2.7");
	const char *old = http_encode(h->arena, VISITOR_PASSWORD);
	static const struct {
		const char *password, *error;
	} row[] = {
		{ "kurzes%20Wort", "password.error.short" },
		{ "momsanaladventure", "password.error.common" },
		{ "zxcvbnm,./mnbvcxz.,/", "password.error.pattern" },
		{ "%20%20blau%20und%20rund%20", "" }, /* blanks are as typed */
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct answer a = visitor_post(&v, "/password",
					       arena_print(h->arena, "old=%s&new=%s&again=%s", old,
							   row[i].password, row[i].password));
		assert_string_equal(a.error, row[i].error);
		assert_string_equal(a.field, *row[i].error ? "new" : "");
	}
	assert_int_equal(stage_told(h, person, "account.password"), 1);
	assert_int_equal(harness_get(h, person, "/account").status, 200); /* opened anew */
	const char *iin = NULL;
	struct err e = { 0 };
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	struct visitor w = visitor_new(h, "192.0.2.8");
	assert_string_equal(
		visitor_post(&w, "/sign-in", visitor_form(h, iin, "blau und rund")).error,
		"error.sign_in");
	assert_string_equal(
		visitor_post(&w, "/sign-in", visitor_form(h, iin, "  blau und rund ")).location,
		"/account");
}

/* ---- lock-out (ASVS 6.1.1, 6.3.1) ------------------------------------------------------- */

/* Two hundred people behind one address sign in for the first time, at the computers of a hall,
 * while somebody at that address guesses at the passwords of all of them all the time. */
static void a_hall_is_not_locked_out(void **state)
{
	enum { PEOPLE = 200 };
	struct harness *h = *state;
	struct visitor seat = signed_in(h, harness_person(h, ROLE_OPERATOR), "192.0.2.50");
	struct visitor attacker = visitor_new(h, "192.0.2.50");
	struct err e = { 0 };
	const char *iin[PEOPLE];
	/* as /halls/:hall/enrol does at this browser */
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE known_device SET hall = 1"));
	for (int i = 0; i < PEOPLE; i++)
		iin[i] = visitor_account(h, harness_person(h, 0));
	for (int i = 0; i < PEOPLE; i++) {
		for (int k = 0; k < FAILURES_FREE + 2; k++)
			(void)visitor_post(&attacker, "/sign-in",
					   visitor_form(h, iin[(i + k) % PEOPLE], "guess of mine"));
		visitor_drop(&seat, COOKIE_SESSION);
		struct answer a =
			visitor_post(&seat, "/sign-in", visitor_form(h, iin[i], VISITOR_PASSWORD));
		if (strcmp(a.location, "/account") != 0)
			fail_msg("person %d: %d %s", i, a.status, a.error);
	}
	/* the attacker waits, even with a right one; who comes from elsewhere in a browser that is
	 * known, does not */
	assert_string_equal(visitor_post(&attacker, "/sign-in",
					 visitor_form(h, iin[PEOPLE - 1], VISITOR_PASSWORD))
				    .error,
			    "error.sign_in");
}

/* A known browser has a count of its own: others' guesses do not hold it up, its own do. */
static void a_known_browser_waits_for_its_own_guesses(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	struct visitor v = signed_in(h, person, "192.0.2.7");
	struct visitor attacker = visitor_new(h, "192.0.2.66");
	const char *iin = NULL;
	struct err e = { 0 };
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	for (int i = 0; i < FAILURES_TOLD; i++)
		(void)visitor_post(&attacker, "/sign-in", visitor_form(h, iin, "guess"));
	assert_int_equal(stage_told(h, person, "account.guessed"), 1); /* ASVS 6.3.5 */
	visitor_drop(&v, COOKIE_SESSION);
	assert_string_equal(
		visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD)).location,
		"/account");
	visitor_drop(&v, COOKIE_SESSION);
	for (int i = 0; i < FAILURES_FREE; i++)
		(void)visitor_post(&v, "/sign-in", visitor_form(h, iin, "guess"));
	assert_string_equal(
		visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD)).error,
		"error.sign_in");
	later(h, 2LL * FAILURE_WAIT_MS); /* the one just now was one more */
	assert_string_equal(
		visitor_post(&v, "/sign-in", visitor_form(h, iin, VISITOR_PASSWORD)).location,
		"/account");
}

/* ---- restricted papers (F76) ------------------------------------------------------------- */

static void papers_are_opened_for_a_reason(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const char *form = arena_print(h->arena, "/restricted/study/%lld", (long long)id);
	static const struct {
		const char *fields, *field;
	} row[] = {
		{ "back=/", "reason" },
		{ "reason=curiosity", "reason" },
		{ "reason=other", "words" },
	};
	harness_check_page(h, s.hr, form);
	for (size_t i = 0; i < COUNT(row); i++)
		assert_string_equal(harness_post(h, s.hr, form, row[i].fields).field, row[i].field);
	struct answer a =
		harness_post(h, s.hr, form, "reason=other&words=order%2014&back=/studies/files/1");
	assert_string_equal(a.location, "/studies/files/1");
	assert_int_equal(harness_get(h, s.hr, a.location).status, 200);
	assert_int_equal(harness_get(h, s.polygraph, "/studies/files/1").status, 200);
	/* for all candidates at once, as a bundle wants */
	const int64_t second = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	struct err e = { 0 };
	int64_t opened = 0;
	assert_int_equal(
		harness_post(h, harness_person(h, ROLE_HR),
			     arena_print(h->arena, "/restricted/study/%lld", (long long)second),
			     "reason=dossier&all=1")
			.status,
		200);
	assert_true(db_number(h->site.db, &e, &opened,
			      "SELECT COUNT(*) FROM restricted_opening WHERE reason = 'dossier'"));
	assert_int_equal(opened, 2);
	/* each of them in the journal, as one of so many */
	assert_true(
		db_number(h->site.db, &e, &opened,
			  "SELECT COUNT(*) FROM journal_entry j JOIN journal_content c"
			  " ON c.seq = j.seq WHERE j.kind = 'restricted.opened'"
			  " AND j.subject IN ($1, $2) AND c.content LIKE '%\"all\":true%'"
			  " AND c.content LIKE '%\"count\":2%'",
			  db_text(arena_print(h->arena, "application/%lld", (long long)id)),
			  db_text(arena_print(h->arena, "application/%lld", (long long)second))));
	assert_int_equal(opened, 2);
	/* a reason is for one kind of papers of one candidate, and one person */
	assert_string_equal(
		harness_get(h, s.hr,
			    arena_print(h->arena, "/applications/%lld/security", (long long)id))
			.error,
		"restricted.error.reason");
	assert_string_equal(harness_get(h, stage_chair(&s), "/studies/files/1").error,
			    "restricted.error.reason");
	a = harness_get(h, auditor, "/audit/views");
	assert_int_equal(json_array_size(answer_value(&a, "views")), 2);
	assert_string_equal(answer_text(&a, "views.0.reason"), "duty");
	assert_string_equal(answer_text(&a, "views.1.words"), "order 14");
	harness_check_page(h, auditor, "/audit/views?what=study&from=2026-03-01&to=2026-03-31");
	a = harness_get(h, auditor, "/audit/views?what=security");
	assert_int_equal(json_array_size(answer_value(&a, "views")), 0);
	a = harness_get(h, auditor, "/audit/views.csv");
	assert_non_null(strstr(a.body, "order 14"));
	h->site.clock = clock_fixed(clock_now(&h->site.clock) + (int64_t)9 * 60 * 60 * 1000);
	assert_string_equal(harness_get(h, s.hr, "/studies/files/1").error,
			    "restricted.error.reason"); /* good for a working day */
}

/* Roles hold for an organ: another organ's HR and auditor see nothing. */
static void other_organs_see_nothing(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE role_grant SET organ = $1 WHERE person_id IN ($2, $3)",
			    db_text(h->site.book->organs[1].code), db_int(hr), db_int(auditor)));
	assert_string_equal(
		harness_post(h, hr, arena_print(h->arena, "/restricted/study/%lld", (long long)id),
			     "reason=check")
			.error,
		"error.denied");
	harness_open_papers(h, s.hr, id);
	assert_int_equal(harness_get(h, s.hr, "/studies/files/1").status, 200);
	struct answer a = harness_get(h, auditor, "/audit/views");
	assert_int_equal(a.status, 200);
	assert_int_equal(json_array_size(answer_value(&a, "views")), 0);
	assert_int_equal(harness_get(h, hr, "/studies/files/1").status, 403);
}

/* ---- administrators (F20) ----------------------------------------------------------------- */

static void two_administrators(void **state)
{
	struct harness *h = *state;
	const int64_t one = harness_person(h, ROLE_ADMIN);
	const int64_t two = harness_person(h, ROLE_ADMIN);
	const int64_t person = harness_person(h, 0);
	const char *page = arena_print(h->arena, "/admin/accounts/%lld", (long long)person);
	visitor_account(h, person);
	visitor_account(h, one);
	harness_check_page(h, one, "/admin/accounts");
	harness_check_page(h, one, page);
	harness_check_page(h, one, arena_print(h->arena, "/admin/accounts/%lld", (long long)one));
	struct answer a = harness_post(h, one, arena_print(h->arena, "%s/requests", page),
				       "kind=grant&role=auditor&organ=pgo&reason=order");
	assert_string_equal(a.location, "/admin/requests");
	assert_int_equal(stage_told(h, two, "access.asked"), 1);
	harness_check_page(h, two, "/admin/requests");
	harness_check_page(h, harness_person(h, ROLE_AUDITOR), "/admin/requests");
	assert_int_equal(harness_get(h, person, "/audit/views").status, 403);
	assert_string_equal(harness_post(h, one, "/admin/requests/1/answer", "answer=yes").error,
			    "access.error.same");
	assert_int_equal(harness_post(h, two, "/admin/requests/1/answer", "answer=yes").status,
			 200);
	assert_int_equal(harness_get(h, person, "/audit/views").status,
			 200); /* at once: ASVS 8.3.2 */
	assert_int_equal(
		harness_post(h, one, arena_print(h->arena, "%s/sessions/end", page), "").status,
		200);
}

/* F20: asked for and answered on the pages, and found in the list. */
static void accounts_are_disabled_on_pages(void **state)
{
	struct harness *h = *state;
	const int64_t one = harness_person(h, ROLE_ADMIN);
	const int64_t two = harness_person(h, ROLE_ADMIN);
	const int64_t person = harness_person(h, 0);
	const char *page = arena_print(h->arena, "/admin/accounts/%lld", (long long)person);
	visitor_account(h, person);
	visitor_account(h, one);
	struct answer a = harness_post(h, one, arena_print(h->arena, "%s/requests", page),
				       "kind=disable&reason=left%20the%20service");
	assert_string_equal(a.location, "/admin/requests");
	assert_int_equal(harness_get(h, person, "/account").status, 200); /* not by one */
	assert_int_equal(harness_post(h, two, "/admin/requests/1/answer", "answer=yes").status,
			 200);
	assert_string_equal(harness_get(h, person, "/account").error, "error.signed_out");
	a = harness_get(h, one, "/admin/accounts?state=disabled");
	assert_int_equal(json_array_size(answer_value(&a, "accounts")), 1);
	assert_int_equal(answer_number(&a, "accounts.0.id"), person);
	a = harness_get(h, one, "/admin/accounts?state=open");
	assert_int_equal(json_array_size(answer_value(&a, "accounts")), 1);
	assert_int_equal(answer_number(&a, "accounts.0.id"), one);
	a = harness_get(h, one, page);
	assert_string_equal(answer_text(&a, "person.disabled.reason"), "left the service");
	assert_string_equal(answer_text(&a, "kinds.0.id"), "enable");
	harness_check_page(h, one, page);
	harness_check_page(h, one, "/admin/accounts?state=disabled");
	harness_check_page(h, one, "/admin/requests");
	assert_string_equal(harness_post(h, person, "/account/codes", "").error,
			    "error.signed_out");
}

/* F76: what was opened and seen is not written anew. */
/* What the log says while `person` asks for a page. */
static const char *log_of(struct harness *h, int64_t person, const char *path)
{
	FILE *kept = tmpfile();
	const int before = dup(STDERR_FILENO);
	assert_true(kept && before >= 0);
	(void)fflush(stderr);
	assert_true(dup2(fileno(kept), STDERR_FILENO) >= 0);
	(void)harness_get(h, person, path);
	(void)fflush(stderr);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	(void)close(before);
	char *text = arena_alloc(h->arena, 4096);
	rewind(kept);
	text[fread(text, 1, 4095, kept)] = '\0';
	(void)fclose(kept);
	return text;
}

/* ASVS 16.3.2: who goes through numbers of others leaves a line for each, and no number of them. */
static void refusals_are_in_the_log(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, 0);
	static const struct {
		const char *path, *line;
	} row[] = {
		{ "/applications/7777777777",
		  "refused: /applications/:application, person %lld, error.missing" },
		{ "/documents/7878787878",
		  "refused: /documents/:document, person %lld, error.missing" },
		{ "/audit/views", "refused: /audit/views, person %lld, error.role" },
		{ "/no-such-page", NULL },
		{ "/account", NULL },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const char *line = row[i].line ? row[i].line : "refused";
		const char *at = strstr(line, "%lld");
		if (at)
			line = arena_print(h->arena, "%.*s%lld%s", (int)(at - line), line,
					   (long long)person, at + 4);
		const char *log = log_of(h, person, row[i].path);
		if ((strstr(log, line) != NULL) != (row[i].line != NULL))
			fail_msg("%s: %s", row[i].path, log);
		/* longer than what a trace has of its own */
		assert_true(!strstr(log, "7777777777") && !strstr(log, "7878787878"));
	}
}

static void openings_and_views_stay(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_RELEASED);
	struct err e = { 0 };
	harness_open_papers(h, s.hr, id);
	assert_int_equal(harness_get(h, s.hr, "/studies/files/1").status, 200);
#define STAYS(sql)                                                                                 \
	do {                                                                                       \
		assert_false(db_exec(h->site.db, &e, NULL, sql));                                  \
		err_clear(&e);                                                                     \
	} while (0)
	STAYS("UPDATE restricted_opening SET reason = 'duty'");
	STAYS("DELETE FROM restricted_opening");
	STAYS("UPDATE restricted_view SET at_ms = 0");
	STAYS("DELETE FROM restricted_view");
#undef STAYS
}

/* ASVS 2.4.2: a script that goes through a list is told to slow down, a person never. */
static void forms_come_as_people_send_them(void **state)
{
	struct harness *h = *state;
	const int64_t one = harness_person(h, 0);
	const int64_t other = harness_person(h, 0);
	h->site.paced = true;
	for (int i = 0; i < BRAKE_FORMS_MOST; i++)
		assert_int_not_equal(harness_post(h, one, "/mail", "address=x").status, 429);
	struct answer a = harness_post(h, one, "/mail", "address=x");
	assert_int_equal(a.status, 429);
	assert_string_equal(a.error, "error.too_fast");
	assert_string_equal(http_header_of(a.out, "Retry-After"), "1");
	assert_int_not_equal(harness_post(h, other, "/mail", "address=x").status, 429);
	/* another session of the same person is no way around */
	char who[24];
	(void)snprintf(who, sizeof(who), "%lld", (long long)one);
	assert_int_not_equal(
		brake_wait(&h->site.brake, who, &brake_forms, clock_now(&h->site.clock)), 0);
	assert_int_equal(harness_get(h, one, "/mail").status, 200); /* looking is free */
	later(h, BRAKE_FORMS_MS);
	assert_int_not_equal(harness_post(h, one, "/mail", "address=x").status, 429);
	assert_int_equal(harness_post(h, one, "/mail", "address=x").status, 429);
}

/* Who was too fast sees the form as it was typed, and when to send it. */
static void what_was_typed_stays(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, ROLE_HR);
	h->site.paced = true;
	for (int i = 0; i < BRAKE_FORMS_MOST; i++)
		(void)harness_post(h, person, "/mail", "address=x");
	struct answer a = harness_post_html(h, person, "/mail", "address=typed%40example.kz");
	assert_int_equal(a.status, 429);
	assert_non_null(strstr(a.body, "value=\"typed@example.kz\""));
	assert_non_null(strstr(a.body, "через 1 с."));
	/* what takes long is refused before anybody knows who asks */
	h->site.braked = true;
	struct visitor v = visitor_new(h, "192.0.2.7");
	for (int i = 0; i < BRAKE_ADDRESS_MOST; i++)
		(void)brake_take(&h->site.brake, "192.0.2.7", &brake_slow_address,
				 clock_now(&h->site.clock));
	v.html = true;
	a = visitor_post(&v, "/sign-in", visitor_form(h, "850312400118", "a secret of mine"));
	assert_int_equal(a.status, 429);
	assert_non_null(strstr(a.body, "value=\"850312400118\""));
	assert_null(strstr(a.body, "a secret of mine"));
	assert_non_null(strstr(a.body, "1 секундтан кейін"));
	/* and never shown to who may not have it */
	for (int i = 0; i < BRAKE_SLOW_MOST; i++)
		(void)brake_take(&h->site.brake,
				 arena_print(h->arena, "token-%lld", (long long)person),
				 &brake_slow, clock_now(&h->site.clock));
	assert_int_equal(harness_post_html(h, person, "/bank/vault/key", "phrase=x").status, 403);
}

/* ASVS 3.3: behind TLS a cookie is this very host's. */
static void cookies_have_the_prefix(void **state)
{
	struct harness *h = *state;
	struct visitor v = visitor_new(h, "192.0.2.7");
	h->site.secure = true;
	v.html = true;
	struct answer a = visitor_get(&v, "/sign-in");
	const char *cookie = http_header_of(a.out, "Set-Cookie");
	assert_non_null(cookie);
	assert_int_equal(strncmp(cookie, "__Host-konkurs_visitor=", 23), 0);
	assert_non_null(strstr(cookie, "; Path=/; HttpOnly; SameSite=Lax"));
	assert_non_null(strstr(cookie, "; Secure"));
	assert_null(strstr(cookie, "Domain"));
	assert_non_null(
		strstr(http_header_of(a.out, "Strict-Transport-Security"), "includeSubDomains"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(each_route_in_each_state),
		HARNESS_TEST(pages_lead_to_what_comes_before),
		HARNESS_TEST(a_password_of_anothers_making_registers_nothing),
		HARNESS_TEST(offices_end_sessions),
		HARNESS_TEST(sessions_are_listed_and_ended),
		HARNESS_TEST(a_new_password),
		HARNESS_TEST(a_hall_is_not_locked_out),
		HARNESS_TEST(a_known_browser_waits_for_its_own_guesses),
		HARNESS_TEST(papers_are_opened_for_a_reason),
		HARNESS_TEST(other_organs_see_nothing),
		HARNESS_TEST(two_administrators),
		HARNESS_TEST(accounts_are_disabled_on_pages),
		HARNESS_TEST(openings_and_views_stay),
		HARNESS_TEST(refusals_are_in_the_log),
		HARNESS_TEST(forms_come_as_people_send_them),
		HARNESS_TEST(what_was_typed_stays),
		HARNESS_TEST(cookies_have_the_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

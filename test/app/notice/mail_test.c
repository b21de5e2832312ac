/* Addresses, codes, the outbox and its sender (F84). */
#include "stage.h"

#include "app/notice/mail.h"
#include "app/notice/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		bool good;
	} row[] = {
		{ "aliya@prokuror.kz", true },
		{ "a.b+c@x.y.kz", true },
		{ "o'neil_1@x.kz", true },
		{ "", false },
		{ "@x.kz", false },
		{ "a@", false },
		{ "a@kz", false },
		{ "a@.kz", false },
		{ "a@x.kz.", false },
		{ ".a@x.kz", false },
		{ "a.@x.kz", false },
		{ "a..b@x.kz", false },
		{ "a@b@x.kz", false },
		{ "a b@x.kz", false },
		{ "a@x.kz\r\nBcc: b@x.kz", false },
		{ "a@x.kz,b@x.kz", false },
		{ "<a@x.kz>", false },
		{ "\"a\"@x.kz", false },
		{ "әлия@x.kz", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (mail_address_valid(row[i].address) != row[i].good)
			fail_msg("%s", row[i].address);
	}
}

static void test_pauses(void **state)
{
	(void)state;
	assert_int_equal(mail_pause_ms(1), 60 * 1000);
	assert_int_equal(mail_pause_ms(2), 2 * 60 * 1000);
	assert_int_equal(mail_pause_ms(4), 8 * 60 * 1000);
	assert_int_equal(mail_pause_ms(9), 4 * 60 * 60 * 1000);
	assert_int_equal(mail_pause_ms(100), 4 * 60 * 60 * 1000);
	assert_int_equal(mail_pause_ms(0), 60 * 1000);
}

/* ---- a person with an address ---------------------------------------------------------------- */

static const char *code_of(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	const char *code = NULL;
	assert_true(db_string(h->site.db, h->arena, &e, &code,
			      "SELECT code FROM mail WHERE person_id = $1 AND kind = 'code'"
			      " ORDER BY id DESC LIMIT 1",
			      db_int(person)));
	return code;
}

static int64_t proved(struct harness *h)
{
	const int64_t person = harness_person(h, ROLE_HR);
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	bool right = false;
	assert_true(mail_set_address(&act, "a@x.kz", "kk", &e));
	assert_true(mail_confirm(&act, code_of(h, person), &right, &e));
	assert_true(right);
	return person;
}

static void send_notice(struct harness *h, int64_t person)
{
	const struct act act = harness_act(h, 0);
	const struct notice n = { .person_id = person, .kind = "minutes.sign", .href = "/" };
	struct err e = { 0 };
	assert_true(notice_send(&act, &n, &e));
}

static int64_t queued(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t count = 0;
	assert_true(db_number(h->site.db, &e, &count,
			      "SELECT COUNT(*) FROM mail WHERE state = 'queued' AND kind = $1",
			      db_text(kind)));
	return count;
}

/* Only to a proved address of somebody who wants it. */
static void test_who_gets_mail(void **state)
{
	struct harness *h = *state;
	const int64_t none = harness_person(h, ROLE_HR);
	const int64_t person = proved(h);
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	send_notice(h, none);
	assert_int_equal(queued(h, "notice"), 0);
	send_notice(h, person);
	assert_int_equal(queued(h, "notice"), 1);
	assert_true(mail_choose(&act, false, "ru", &e));
	send_notice(h, person);
	assert_int_equal(queued(h, "notice"), 1);
	assert_true(mail_choose(&act, true, "ru", &e));
	harness_at(h, "2026-03-02T10:05");
	const struct act later = harness_act(h, person);
	assert_true(mail_set_address(&later, "b@x.kz", "ru", &e)); /* not proved yet */
	send_notice(h, person);
	assert_int_equal(queued(h, "notice"), 1);
	assert_true(mail_forget(&later, &e));
	assert_int_equal(queued(h, "notice"), 0);
	assert_int_equal(queued(h, "code"), 0);
	const struct act other = harness_act(h, none);
	stage_refused("no address", mail_choose(&other, true, "kk", &e), &e, ERR_CONFLICT,
		      "mail.error.none", NULL);
}

static void test_codes(void **state)
{
	struct harness *h = *state;
	const int64_t person = harness_person(h, ROLE_HR);
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	bool right = true;
	stage_refused("not an address", mail_set_address(&act, "a@x.kz\nBcc: b@x.kz", "kk", &e), &e,
		      ERR_INPUT, "mail.error.address", "address");
	err_clear(&e);
	assert_true(mail_set_address(&act, "a@x.kz", "kk", &e));
	stage_refused("another at once", mail_set_address(&act, "b@x.kz", "kk", &e), &e,
		      ERR_CONFLICT, "mail.error.often", NULL);
	err_clear(&e);
	const char *code = code_of(h, person);
	assert_int_equal(strlen(code), MAIL_CODE_DIGITS);
	for (int i = 0; i < 5; i++) {
		assert_true(mail_confirm(&act, "x", &right, &e));
		assert_false(right);
	}
	stage_refused("after five wrong ones", mail_confirm(&act, code, &right, &e), &e, ERR_INPUT,
		      "mail.error.code_over", "code");
	err_clear(&e);
	harness_at(h, "2026-03-02T10:02");
	const struct act again = harness_act(h, person);
	assert_true(mail_set_address(&again, "a@x.kz", "kk", &e));
	code = code_of(h, person);
	harness_at(h, "2026-03-03T10:03");
	const struct act next_day = harness_act(h, person);
	stage_refused("after a day", mail_confirm(&next_day, code, &right, &e), &e, ERR_INPUT,
		      "mail.error.code_over", "code");
}

/* ---- the sender ------------------------------------------------------------------------------ */

/* Claimed once, put off, given up after ten attempts; nothing of the person stays behind. */
static void test_sender(void **state)
{
	struct harness *h = *state;
	const int64_t person = proved(h);
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	struct mail m = { 0 };
	bool found = false;
	assert_true(mail_claim(&act, &m, &found, &e)); /* the code */
	assert_true(found);
	assert_string_equal(m.kind, "code");
	assert_true(mail_settle(&act, &m, MAIL_SENT, "", &e));
	send_notice(h, person);
	for (int attempt = 1; attempt <= 10; attempt++) {
		assert_true(mail_claim(&act, &m, &found, &e));
		assert_true(found);
		assert_int_equal(m.attempts, attempt);
		assert_string_equal(m.address, "a@x.kz");
		struct mail other = { 0 };
		assert_true(mail_claim(&act, &other, &found, &e));
		assert_false(found); /* it is put off before it is sent */
		assert_true(mail_settle(&act, &m, MAIL_LATER, "unreachable", &e));
		act.now_ms += mail_pause_ms(attempt);
	}
	assert_true(mail_claim(&act, &m, &found, &e));
	assert_false(found);
	int64_t left = 0;
	assert_true(db_number(h->site.db, &e, &left,
			      "SELECT COUNT(*) FROM mail WHERE address <> '' OR code <> ''"
			      " OR state = 'queued'"));
	assert_int_equal(left, 0);
}

/* A sender that was stopped until another one had taken its mail comes too late: what that one does
 * counts. */
static void test_two_senders(void **state)
{
	struct harness *h = *state;
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	struct mail stopped = { 0 };
	struct mail m = { 0 };
	bool found = false;
	int64_t queued = 0;
	(void)proved(h);
	assert_true(mail_claim(&act, &stopped, &found, &e));
	assert_true(found);
	act.now_ms += mail_pause_ms(1);
	assert_true(mail_claim(&act, &m, &found, &e));
	assert_int_equal(m.id, stopped.id);
	assert_true(mail_settle(&act, &stopped, MAIL_NEVER, "refused", &e));
	assert_true(db_number(h->site.db, &e, &queued,
			      "SELECT COUNT(*) FROM mail WHERE state = 'queued' AND problem = ''"));
	assert_int_equal(queued, 1);
	assert_true(mail_settle(&act, &m, MAIL_SENT, "", &e));
	assert_true(db_number(h->site.db, &e, &queued,
			      "SELECT COUNT(*) FROM mail WHERE state = 'sent'"));
	assert_int_equal(queued, 1);
}

static void test_administrator(void **state)
{
	struct harness *h = *state;
	const int64_t person = proved(h);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const struct act hr = harness_act(h, person);
	const struct act act = harness_act(h, admin);
	struct err e = { 0 };
	send_notice(h, person);
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id, "SELECT MAX(id) FROM mail"));
	stage_refused("not an administrator", mail_give_up(&hr, id, &e), &e, ERR_DENIED,
		      "error.denied", NULL);
	err_clear(&e);
	stage_refused("without an address", mail_queue_test(&act, &e), &e, ERR_CONFLICT,
		      "mail.error.none", NULL);
	err_clear(&e);
	assert_true(mail_retry(&act, id, &e));
	assert_true(mail_give_up(&act, id, &e));
	stage_refused("twice", mail_give_up(&act, id, &e), &e, ERR_CONFLICT, "mail.error.ended",
		      NULL);
	err_clear(&e);
	stage_refused("none of that number", mail_retry(&act, 999, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
}

/* ---- all or nothing -------------------------------------------------------------------------- */

static bool run_set(const struct act *act, void *user, struct err *e)
{
	struct act later = *act;
	later.now_ms += (*(int *)user)++ * 61000LL; /* a code a minute */
	return mail_set_address(&later, "c@x.kz", "kk", e);
}

static bool run_notice(const struct act *act, void *user, struct err *e)
{
	const struct notice n = { .person_id = *(int64_t *)user, .kind = "minutes.sign" };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && notice_send(act, &n, e) && db_commit(&tx, e);
}

static void test_all_or_nothing(void **state)
{
	struct harness *h = *state;
	int64_t person = proved(h);
	int minute = 2;
	stage_all_or_nothing(h, person, run_notice, &person);
	stage_all_or_nothing(h, person, run_set, &minute);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_addresses),     HARNESS_TEST(test_pauses),
		HARNESS_TEST(test_who_gets_mail), HARNESS_TEST(test_codes),
		HARNESS_TEST(test_sender),        HARNESS_TEST(test_two_senders),
		HARNESS_TEST(test_administrator), HARNESS_TEST(test_all_or_nothing),
	};
	return cmocka_run_group_tests_name("app mail", tests, NULL, NULL);
}

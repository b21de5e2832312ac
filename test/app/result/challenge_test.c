/* Challenges of a question: who, until when, from paper, and the finding about it (F63, F17, F20).
 */
#include "dispute.h"

#include "app/notice/notice.h"
#include "app/result/challenge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define refused(why, call, e, kind, key, place)                                                    \
	do {                                                                                       \
		err_clear(e);                                                                      \
		stage_refused(why, call, e, kind, key, place);                                     \
	} while (0)

static const char *state_of(struct dispute *d, int64_t id)
{
	struct err e = { 0 };
	const char *state = "";
	assert_true(db_string(d->h->site.db, d->h->arena, &e, &state,
			      "SELECT state FROM challenge WHERE id = $1", db_int(id)));
	return state;
}

/* F63: the own question, with grounds, once. */
static void test_file(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act own = harness_act(d.h, d.person[0]);
	struct act other = harness_act(d.h, d.person[1]);
	struct err e = { 0 };
	int64_t id = 0;
	const int64_t t = d.attempt[0];
	const int64_t n = d.number[0];
	refused("another's test", challenge_file(&other, t, n, "x", "", &id, &e), &e, ERR_MISSING,
		"error.missing", NULL);
	refused("no such question", challenge_file(&own, t, 121, "x", "", &id, &e), &e, ERR_MISSING,
		"error.missing", NULL);
	refused("no grounds", challenge_file(&own, t, n, "", "", &id, &e), &e, ERR_INPUT,
		"error.required", "grounds");
	refused("another's text", challenge_look(&other, t, n, &e), &e, ERR_MISSING,
		"error.missing", NULL);
	err_clear(&e);
	bool looked = true;
	assert_true(challenge_looked(&own, t, n, &looked, &e));
	assert_false(looked);
	assert_true(challenge_look(&own, t, n, &e));
	assert_int_equal(stage_journalled(d.h, "challenge.viewed"), 1);
	assert_true(challenge_looked(&own, t, n, &looked, &e));
	assert_true(looked);
	assert_true(challenge_looked(&own, t, n == 1 ? 2 : 1, &looked, &e));
	assert_false(looked);
	assert_true(challenge_looked(&other, t, n, &looked, &e));
	assert_false(looked);
	id = dispute_file(&d);
	assert_string_equal(state_of(&d, id), "open");
	assert_int_equal(stage_told(d.h, d.hr2, "challenge.filed"), 1);
	refused("twice", challenge_file(&own, t, n, "x", "", &id, &e), &e, ERR_CONFLICT,
		"challenge.error.twice", NULL);
	refused("another withdraws", challenge_withdraw(&other, id, &e), &e, ERR_MISSING,
		"error.missing", NULL);
	err_clear(&e);
	assert_true(challenge_withdraw(&own, id, &e));
	assert_string_equal(state_of(&d, id), "withdrawn");
	refused("withdrawn already", challenge_withdraw(&own, id, &e), &e, ERR_CONFLICT,
		"challenge.error.state", NULL);
	refused("not again", challenge_file(&own, t, n, "x", "", &id, &e), &e, ERR_CONFLICT,
		"challenge.error.twice", NULL);
}

static const char *shut(struct dispute *d)
{
	struct act act = harness_act(d->h, d->person[0]);
	struct challenge_term term = { 0 };
	struct err e = { 0 };
	assert_true(challenge_term(&act, d->attempt[0], &term, &e));
	return term.shut ? term.shut : "";
}

/* At once in the hall; then one working day from the service of the result (Monday 2 March). */
static void test_term(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act own = harness_act(d.h, d.person[0]);
	struct err e = { 0 };
	int64_t notice = 0;
	assert_string_equal(shut(&d), "");
	dispute_names(&d);
	harness_at(d.h, "2026-03-06T10:00");
	assert_string_equal(shut(&d), ""); /* not served yet: nothing has begun */
	own = harness_act(d.h, d.person[0]);
	assert_true(db_number(own.db, &e, &notice,
			      "SELECT id FROM notice WHERE person_id = $1 AND kind = 'test.failed'",
			      db_int(d.person[0])));
	assert_true(notice_open(&own, notice, &e));
	struct challenge_term term = { 0 };
	assert_true(challenge_term(&own, d.attempt[0], &term, &e));
	char last[DAY_TEXT_SIZE];
	assert_true(term.has_last && !term.shut);
	day_print(term.last, last);
	assert_string_equal(last, "2026-03-10"); /* 9 March is a day off (8 March is a Sunday) */
	harness_at(d.h, "2026-03-10T23:59");
	assert_string_equal(shut(&d), "");
	harness_at(d.h, "2026-03-11T00:00");
	assert_string_equal(shut(&d), "challenge.error.late");
	own = harness_act(d.h, d.person[0]);
	int64_t id = 0;
	refused("too late", challenge_file(&own, d.attempt[0], d.number[0], "x", "", &id, &e), &e,
		ERR_CONFLICT, "challenge.error.late", NULL);
	assert_string_equal(e.value, "2026-03-10");
	refused("too late to read it", challenge_look(&own, d.attempt[0], d.number[0], &e), &e,
		ERR_CONFLICT, "challenge.error.late", NULL);
}

static void set(struct dispute *d, const char *what)
{
	struct err e = { 0 };
	struct db *db = d->h->site.db;
	bool ok = false;
	if (strcmp(what, "running") == 0)
		ok = db_exec(db, &e, NULL, "UPDATE attempt SET finished_ms = NULL WHERE id = $1",
			     db_int(d->attempt[0]));
	else if (strcmp(what, "void") == 0)
		ok = db_exec(db, &e, NULL, "UPDATE attempt SET void = 1 WHERE id = $1",
			     db_int(d->attempt[0]));
	else if (strcmp(what, "breach") == 0)
		ok = db_exec(db, &e, NULL, "UPDATE attempt SET finish = 'breach' WHERE id = $1",
			     db_int(d->attempt[0]));
	else
		ok = db_exec(db, &e, NULL, "UPDATE competition SET state = 'closed'");
	assert_true(ok);
}

static void test_shut(void **state)
{
	static const struct {
		const char *what, *key;
	} row[] = {
		{ "closed", "challenge.error.closed" },
		{ "breach", "challenge.error.no_result" },
		{ "void", "challenge.error.no_result" },
		{ "running", "challenge.error.running" },
	};
	struct dispute d = dispute_open(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		set(&d, row[i].what);
		assert_string_equal(shut(&d), row[i].key);
	}
}

/* F17: two officers of HR, under the code. */
static void test_paper(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act hr = harness_act(d.h, d.hr);
	struct act second = harness_act(d.h, d.hr2);
	struct act stranger = harness_act(d.h, harness_person(d.h, ROLE_PERSON));
	struct err e = { 0 };
	int64_t id = 0;
	const char *code = "";
	assert_true(db_string(hr.db, hr.arena, &e, &code, "SELECT code FROM attempt WHERE id = $1",
			      db_int(d.attempt[0])));
	const struct challenge_paper good = { .code = code,
					      .number = d.number[0],
					      .paper = "12-ш",
					      .day = act_today(&hr),
					      .grounds = "Жауап басқа",
					      .basis = "" };
	static const struct {
		const char *why, *key, *field;
	} row[] = {
		{ "an unknown code", "challenge.error.code", "code" },
		{ "no such question", "challenge.error.number", "number" },
		{ "no number", "error.required", "paper" },
		{ "a day ahead", "challenge.error.ahead", "day" },
		{ "no grounds", "error.required", "grounds" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct challenge_paper bad = good;
		bad.code = i == 0 ? "ЖОҚ-1" : bad.code;
		bad.number = i == 1 ? 121 : bad.number;
		bad.paper = i == 2 ? "" : bad.paper;
		bad.day.n += i == 3;
		bad.grounds = i == 4 ? "" : bad.grounds;
		refused(row[i].why, challenge_enter(&hr, &bad, &id, &e), &e, ERR_INPUT, row[i].key,
			row[i].field);
	}
	refused("no officer", challenge_enter(&stranger, &good, &id, &e), &e, ERR_INPUT,
		"challenge.error.code", "code");
	err_clear(&e);
	assert_true(challenge_enter(&hr, &good, &id, &e));
	assert_string_equal(state_of(&d, id), "entered");
	refused("the same officer", challenge_compare(&hr, id, true, &e), &e, ERR_CONFLICT,
		"challenge.error.same_person", NULL);
	refused("no HR", challenge_compare(&stranger, id, true, &e), &e, ERR_DENIED, "error.denied",
		NULL);
	err_clear(&e);
	assert_true(challenge_compare(&second, id, false, &e));
	assert_string_equal(state_of(&d, id), "returned");
	assert_true(challenge_enter(&hr, &good, &id, &e) &&
		    challenge_compare(&second, id, true, &e));
	assert_string_equal(state_of(&d, id), "open");
	refused("open already", challenge_compare(&second, id, true, &e), &e, ERR_CONFLICT,
		"challenge.error.state", NULL);
	refused("entered twice", challenge_enter(&hr, &good, &id, &e), &e, ERR_CONFLICT,
		"challenge.error.twice", NULL);
}

static void test_readers(void **state)
{
	struct dispute d = dispute_open(*state);
	const int64_t id = dispute_file(&d);
	const struct {
		const char *why;
		int64_t person;
		bool own, hr, auditor, expert, may;
	} row[] = {
		{ "the candidate", d.person[0], true, false, false, false, true },
		{ "another candidate", d.person[1], false, false, false, false, false },
		{ "HR", d.hr2, false, true, false, false, true },
		{ "a reviewer", d.reviewer, false, false, false, true, true },
		{ "an approver", d.approver, false, false, false, true, true },
		{ "an auditor", harness_person(d.h, ROLE_AUDITOR), false, false, true, false,
		  true },
		{ "an author", harness_person(d.h, ROLE_AUTHOR), false, false, false, false,
		  false },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct act act = harness_act(d.h, row[i].person);
		struct challenge_reader r = { 0 };
		struct err e = { 0 };
		if (challenge_may_read(&act, id, &r, &e) != row[i].may || r.own != row[i].own ||
		    r.hr != row[i].hr || r.auditor != row[i].auditor || r.expert != row[i].expert)
			fail_msg("%s", row[i].why);
	}
}

/* F20, F25: who may find, what it takes, who answers. */
static void test_finding(void **state)
{
	struct dispute d = dispute_open(*state);
	struct act expert = harness_act(d.h, d.reviewer);
	struct act approver = harness_act(d.h, d.approver);
	struct act hr = harness_act(d.h, d.hr);
	struct err e = { 0 };
	int64_t id = 0;
	const int64_t challenge = dispute_file(&d);
	const struct finding_form good = { { FINDING_KEY, d.right }, "15", "Солай" };
	struct finding_form bad = good;
	refused("no expert", finding_propose(&hr, challenge, &good, &id, &e), &e, ERR_DENIED,
		"error.denied", NULL);
	bad.finding.answer = d.options;
	refused("no option", finding_propose(&expert, challenge, &bad, &id, &e), &e, ERR_INPUT,
		"challenge.error.right", "right");
	bad.finding.answer = d.old;
	refused("the key", finding_propose(&expert, challenge, &bad, &id, &e), &e, ERR_INPUT,
		"challenge.error.same_key", "right");
	bad = good;
	bad.article = "";
	refused("no article", finding_propose(&expert, challenge, &bad, &id, &e), &e, ERR_INPUT,
		"error.required", "article");
	bad = good;
	bad.reasons = "";
	refused("no reasons", finding_propose(&expert, challenge, &bad, &id, &e), &e, ERR_INPUT,
		"error.required", "reasons");
	err_clear(&e);
	assert_true(finding_propose(&expert, challenge, &good, &id, &e));
	int64_t other = 0;
	refused("one waits", finding_propose(&approver, challenge, &good, &other, &e), &e,
		ERR_CONFLICT, "challenge.error.proposed", NULL);
	struct finding_answer answer = { .confirmed = false, .note = "" };
	assert_true(finding_newest(&approver, d.item, &answer.newest, &e));
	refused("a reviewer does not answer", finding_reply(&expert, id, &answer, &e), &e,
		ERR_DENIED, "error.denied", NULL);
	refused("no reason", finding_reply(&approver, id, &answer, &e), &e, ERR_INPUT,
		"error.required", "note");
	answer.note = "Бабы көрсетілсін";
	answer.newest++;
	refused("a newer challenge", finding_reply(&approver, id, &answer, &e), &e, ERR_CONFLICT,
		"challenge.error.newer", NULL);
	answer.newest--;
	err_clear(&e);
	assert_true(finding_reply(&approver, id, &answer, &e));
	refused("answered already", finding_reply(&approver, id, &answer, &e), &e, ERR_CONFLICT,
		"challenge.error.answered", NULL);
	assert_string_equal(state_of(&d, challenge), "open");
	err_clear(&e);
	assert_true(finding_propose(&approver, challenge, &good, &id, &e));
	refused("the own finding", finding_reply(&approver, id, &answer, &e), &e, ERR_CONFLICT,
		"challenge.error.involved", NULL);
}

/* F25: whoever wrote or signed the version, or had it in the own test, neither finds nor answers.
 */
static void test_involved(void **state)
{
	struct dispute d = dispute_open(*state);
	struct err e = { 0 };
	struct db *db = d.h->site.db;
	const int64_t challenge = dispute_file(&d);
	const struct finding_form form = { { FINDING_VOID, NO_OPTION }, "15", "Солай" };
	struct act writer = harness_act(d.h, harness_person(d.h, ROLE_REVIEWER));
	struct act signer = harness_act(d.h, harness_person(d.h, ROLE_APPROVER));
	struct act self = harness_act(d.h, d.person[0]);
	struct act asked = harness_act(d.h, d.person[1]); /* challenges nothing */
	int64_t id = 0;
	assert_true(
		db_exec(db, &e, NULL, "UPDATE bank_revision SET author_id = $1 WHERE item_id = $2",
			db_int(writer.person_id), db_int(d.item)) &&
		db_exec(db, &e, NULL,
			"INSERT INTO bank_sign (bank_item_id, revision, part, person_id,"
			" verdict, reason, at_ms) SELECT bank_item_id, number, 'approval', $1,"
			" 'agreed', '', 0 FROM bank_revision WHERE item_id = $2",
			db_int(signer.person_id), db_int(d.item)) &&
		db_exec(db, &e, NULL,
			"INSERT INTO role_grant (person_id, role, organ, granted_by, granted_ms)"
			" VALUES ($1, 'approver', 'pgo', $1, 0), ($2, 'approver', 'pgo', $2, 0),"
			" ($3, 'approver', 'pgo', $3, 0)",
			db_int(self.person_id), db_int(asked.person_id), db_int(writer.person_id)));
	refused("wrote it", finding_propose(&writer, challenge, &form, &id, &e), &e, ERR_CONFLICT,
		"challenge.error.involved", NULL);
	refused("approved it", finding_propose(&signer, challenge, &form, &id, &e), &e,
		ERR_CONFLICT, "challenge.error.involved", NULL);
	refused("challenges it", finding_propose(&self, challenge, &form, &id, &e), &e, ERR_DENIED,
		"candidate.error.competes", NULL);
	refused("competes with who challenges it",
		finding_propose(&asked, challenge, &form, &id, &e), &e, ERR_DENIED,
		"candidate.error.competes", NULL);
	/* competes no more, but knows what was asked */
	assert_true(db_exec(db, &e, NULL,
			    "UPDATE application SET state = 'withdrawn' WHERE person_id = $1",
			    db_int(asked.person_id)));
	refused("was asked it", finding_propose(&asked, challenge, &form, &id, &e), &e,
		ERR_CONFLICT, "challenge.error.involved", NULL);
	struct challenge_reader who = { 0 };
	err_clear(&e);
	refused("reads it, though asked it", challenge_may_read(&asked, challenge, &who, &e), &e,
		ERR_MISSING, "error.missing", NULL);
	err_clear(&e);
	assert_true(challenge_may_read(&writer, challenge, &who, &e) && who.expert);
	const struct finding_answer answer = { true, "", challenge };
	id = dispute_find(&d, challenge, FINDING_VOID);
	const struct {
		const char *why;
		const struct act *act;
	} row[] = {
		{ "answers about the own test", &asked },
		{ "wrote it and answers", &writer },
		{ "approved it and answers", &signer },
	};
	for (size_t i = 0; i < COUNT(row); i++)
		refused(row[i].why, finding_reply(row[i].act, id, &answer, &e), &e, ERR_CONFLICT,
			"challenge.error.involved", NULL);
	refused("answers the own challenge", finding_reply(&self, id, &answer, &e), &e, ERR_DENIED,
		"candidate.error.competes", NULL);
	err_clear(&e);
	dispute_confirm(&d, id);
}

/* ---- all or nothing ------------------------------------------------------------------------- */

struct attemptable {
	struct dispute *d;
	int64_t id;
};

static bool run_file(const struct act *act, void *user, struct err *e)
{
	const struct attemptable *x = user;
	int64_t id = 0;
	return challenge_file(act, x->d->attempt[0], x->d->number[0], "x", "", &id, e);
}

static bool run_withdraw(const struct act *act, void *user, struct err *e)
{
	return challenge_withdraw(act, ((const struct attemptable *)user)->id, e);
}

static bool run_propose(const struct act *act, void *user, struct err *e)
{
	const struct attemptable *x = user;
	const struct finding_form form = { { FINDING_KEY, x->d->right }, "15", "Солай" };
	int64_t id = 0;
	return finding_propose(act, x->id, &form, &id, e);
}

static void test_whole(void **state)
{
	struct dispute d = dispute_open(*state);
	struct attemptable x = { &d, 0 };
	stage_all_or_nothing(d.h, d.person[0], run_file, &x);
	struct err e = { 0 };
	assert_true(db_number(d.h->site.db, &e, &x.id, "SELECT MAX(id) FROM challenge"));
	stage_all_or_nothing(d.h, d.reviewer, run_propose, &x);
	stage_all_or_nothing(d.h, d.person[0], run_withdraw, &x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_file),     HARNESS_TEST(test_term),    HARNESS_TEST(test_shut),
		HARNESS_TEST(test_paper),    HARNESS_TEST(test_readers), HARNESS_TEST(test_finding),
		HARNESS_TEST(test_involved), HARNESS_TEST(test_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The route of other bodies, and what is entered on somebody's behalf (L33, R20-1, R23-1, R14-1,
 * F4, F17, F21). */
#include "stage.h"

#include "app/candidate/application.h"
#include "app/candidate/body_request.h"
#include "app/candidate/candidate.h"
#include "app/candidate/dossier.h"
#include "app/candidate/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

static day on(const char *text)
{
	day d = { 0 };
	assert_true(day_parse(text, &d));
	return d;
}

static void close_first(struct stage *s)
{
	struct err e = { 0 };
	assert_true(db_exec(s->h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1 WHERE id = $2",
			    db_int(clock_now(&s->h->site.clock)), db_int(s->competition)));
}

/* The second competition, announced. */
static int64_t second(struct stage *s)
{
	struct act act = harness_act(s->h, s->hr);
	struct err e = { 0 };
	int64_t id = 0;
	close_first(s);
	if (!second_open(&act, s->competition, &id, &e) || !competition_announce(&act, id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	return id;
}

static struct intake_form referral(const char *body)
{
	return (struct intake_form){ .iin = "791028302728",
				     .family = "Ахметов",
				     .given = "Ерлан",
				     .patronymic = "",
				     .body = body,
				     .organ = "",
				     .position = "Бөлім бастығы",
				     .number = "15-3",
				     .day = on("2026-03-02") };
}

static int64_t officer_of(struct stage *s, const char *body)
{
	struct err e = { 0 };
	const int64_t person = harness_person(s->h, 0);
	assert_true(db_exec(s->h->site.db, &e, NULL,
			    "INSERT INTO role_grant (person_id, role, organ, granted_ms)"
			    " VALUES ($1, 'body', $2, 1)",
			    db_int(person), db_text(body)));
	return person;
}

/* ---- L33 ----------------------------------------------------------------------------------- */

static void test_second(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("the first runs", second_open(&act, s.competition, &id, &e), &e, ERR_LAW,
		      "law.route.sequence", "33(1-1)");
	const int64_t candidate = stage_candidate(&s, STAGE_ADMITTED | STAGE_DECIDED);
	close_first(&s);
	err_clear(&e);
	stage_refused("somebody was positive", second_open(&act, s.competition, &id, &e), &e,
		      ERR_LAW, "law.route.sequence", "33(1-1)");
	err_clear(&e);
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "UPDATE decision SET outcome = 'negative' WHERE application_id = $1",
			    db_int(candidate)));
	assert_true(second_open(&act, s.competition, &id, &e));
	struct competition c = { 0 };
	assert_true(competition_load(&act, id, &c, &e));
	assert_string_equal(c.route, "other");
	assert_int_equal(c.filing_days, c.rules->params[PARAM_FILING_DAYS_OTHER].value);
	stage_refused("a third one", second_open(&act, s.competition, &id, &e), &e, ERR_CONFLICT,
		      "second.error.exists", NULL);
	err_clear(&e);
	stage_refused("after a second one", second_open(&act, c.id, &id, &e), &e, ERR_LAW,
		      "law.route.sequence", "33(1-1)");
}

/* ---- R20-1 --------------------------------------------------------------------------------- */

static void test_refused(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t body = officer_of(&s, "internal-affairs");
	const int64_t fire = officer_of(&s, "fire-service");
	const int64_t first = s.competition;
	const int64_t other = second(&s);
	const struct {
		const char *why;
		int64_t who, competition;
		const char *body;
		enum err_kind kind;
		const char *key;
	} row[] = {
		{ "another body", fire, other, "internal-affairs", ERR_DENIED, "error.denied" },
		{ "nobody of it", s.security, other, "internal-affairs", ERR_DENIED,
		  "error.denied" },
		{ "a referral on the first route", s.hr, first, "internal-affairs", ERR_LAW,
		  "intake.error.route" },
		{ "no referral on the second", s.hr, other, "", ERR_LAW, "intake.error.route" },
		{ "left the list in 2025", s.hr, other, "anti-corruption", ERR_LAW,
		  "intake.error.body" },
		{ "no body at all", s.hr, other, "circus", ERR_LAW, "intake.error.body" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct act act = harness_act(s.h, row[i].who);
		const struct intake_form form = referral(row[i].body);
		struct err e = { 0 };
		int64_t id = 0;
		stage_refused(row[i].why, intake_begin(&act, row[i].competition, &form, &id, &e),
			      &e, row[i].kind, row[i].key, NULL);
	}
	struct act act = harness_act(s.h, body);
	struct intake_form form = referral("internal-affairs");
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(intake_begin(&act, other, &form, &id, &e));
	stage_refused("stands there", intake_begin(&act, other, &form, &id, &e), &e, ERR_CONFLICT,
		      "intake.error.exists", NULL);
	form.family = "Басқа";
	err_clear(&e);
	stage_refused("another's IIN", intake_begin(&act, other, &form, &id, &e), &e, ERR_INPUT,
		      "intake.error.name", "iin");
	struct act own = harness_act(s.h, harness_person(s.h, 0));
	err_clear(&e);
	stage_refused("by himself", application_begin(&own, other, &id, &e), &e, ERR_LAW,
		      "application.error.referral", "20");
}

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s at %s: %s", e->key, e->field, e->detail);
}

/* Everything but the papers. */
static void fill(struct act *act, int64_t id)
{
	struct err e = { 0 };
	const struct application_profile profile = { "",    "Бөлім бастығы", "+7 701",
						     "law", "КазГЮУ",        "kk" };
	const struct application_period period = { .kind = "law_enforcement",
						   .leadership = true,
						   .category = "",
						   .organisation = "ІІМ",
						   .position = "Бөлім бастығы",
						   .from = on("2010-01-01") };
	struct application_profile p = profile;
	struct competition c = { 0 };
	json_t *row = db_row(act->db, act->arena, &e,
			     "SELECT competition_id FROM application WHERE id = $1", db_int(id));
	must(competition_load(act, row_number(row, "competition_id"), &c, &e), &e);
	p.education = c.qualification->educations[0].code;
	must(application_profile(act, id, &p, &e), &e);
	must(application_add_period(act, id, &period, &e), &e);
}

static bool attach(struct act *act, int64_t id, const char *kind, const char *position,
		   struct err *e)
{
	const struct application_document d = { kind, "Иванов И. И.", position, on("2026-03-02"),
						&pdf };
	return application_add_document(act, id, &d, e);
}

/* R20-1: four papers, two of them signed by whom clause 20 names; a deputy is not named. */
static void attach_all(struct act *act, int64_t id)
{
	struct err e = { 0 };
	static const struct {
		const char *why, *kind, *position, *key;
	} wrong[] = {
		{ "certified by the supervisor", "service_list", "direct_supervisor",
		  "law.signatory.service_list" },
		{ "signed by HR", "recommendation", "sending_hr", "law.signatory.referral" },
		{ "signed by a deputy", "recommendation", "direct_supervisor_deputy",
		  "law.signatory.referral" },
	};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		err_clear(&e);
		stage_refused(wrong[i].why, attach(act, id, wrong[i].kind, wrong[i].position, &e),
			      &e, ERR_LAW, wrong[i].key, "20");
	}
	err_clear(&e);
	const struct rating_form rating = { "81.5", "7", on("2026-03-02"), "ІІМ", &pdf };
	must(attach(act, id, "service_list", "sending_hr", &e), &e);
	must(attach(act, id, "certificate", "", &e), &e);
	must(attach(act, id, "recommendation", "direct_supervisor", &e), &e);
	stage_refused("without the rating", application_send(act, id, &e), &e, ERR_LAW,
		      "application.error.incomplete", "20");
	err_clear(&e);
	must(rating_record(act, id, &rating, &e), &e);
}

static int64_t refer(struct stage *s, int64_t competition, int64_t who)
{
	struct act act = harness_act(s->h, who);
	const struct intake_form form = referral("internal-affairs");
	struct err e = { 0 };
	int64_t id = 0;
	must(intake_begin(&act, competition, &form, &id, &e), &e);
	fill(&act, id);
	attach_all(&act, id);
	return id;
}

/* The body sends what it has entered. */
static void test_body_refers(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t body = officer_of(&s, "internal-affairs");
	const int64_t id = refer(&s, second(&s), body);
	struct act act = harness_act(s.h, body);
	struct err e = { 0 };
	must(application_send(&act, id, &e), &e);
	assert_int_equal(stage_journalled(s.h, "application.entered"), 1);
	assert_int_equal(stage_journalled(s.h, "application.sent"), 1);
}

/* F17: what HR has entered a second officer sends. */
static void test_two_names(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id = refer(&s, second(&s), s.hr);
	struct act first = harness_act(s.h, s.hr);
	struct act other = harness_act(s.h, harness_person(s.h, ROLE_HR));
	struct act fire = harness_act(s.h, officer_of(&s, "fire-service"));
	struct err e = { 0 };
	stage_refused("the same officer", application_send(&first, id, &e), &e, ERR_DENIED,
		      "intake.error.same_officer", NULL);
	err_clear(&e);
	stage_refused("another body", application_send(&fire, id, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	must(application_send(&other, id, &e), &e);
}

/* F17: a paper application of the first route, which stays the candidate's own. */
static void test_paper(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct intake_form form = referral("");
	struct err e = { 0 };
	int64_t id = 0;
	form.organ = "circus";
	stage_refused("no such organ", intake_begin(&act, s.competition, &form, &id, &e), &e,
		      ERR_INPUT, "error.organ", "organ");
	form.organ = "pgo";
	err_clear(&e);
	must(intake_begin(&act, s.competition, &form, &id, &e), &e);
	err_clear(&e);
	stage_refused("the matrix of clause 10 holds",
		      attach(&act, id, "recommendation", "direct_supervisor", &e), &e, ERR_LAW,
		      "law.signatory.recommendation", "10");
	harness_at(s.h, "2026-04-02T10:00");
	act = harness_act(s.h, s.hr);
	form.iin = "850312400118";
	err_clear(&e);
	stage_refused("after the term", intake_begin(&act, s.competition, &form, &id, &e), &e,
		      ERR_LAW, "application.error.term", "9");
}

/* R20-1: a referral speaks for the body: its candidate neither changes nor sends it. */
static void test_candidate(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t id = refer(&s, second(&s), officer_of(&s, "internal-affairs"));
	struct act own = harness_act(s.h, stage_person_of(&s, id));
	struct application_profile p = { "", "Бастық", "1", "", "", "kk" };
	struct err e = { 0 };
	stage_refused("changed by the candidate", application_profile(&own, id, &p, &e), &e,
		      ERR_LAW, "application.error.referral", "20");
	err_clear(&e);
	stage_refused("sent by the candidate", application_send(&own, id, &e), &e, ERR_LAW,
		      "application.error.referral", "20");
}

/* F15, F17, R20-1: the receipt binds the referral, its rating and the two names; nothing of it is
 * exchanged afterwards. */
static void test_sent(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct act other = harness_act(s.h, harness_person(s.h, ROLE_HR));
	const int64_t id = refer(&s, second(&s), s.hr);
	struct err e = { 0 };
	int64_t count = 0;
	must(application_send(&other, id, &e), &e);
	must(db_number(s.h->site.db, &e, &count,
		       "SELECT COUNT(*) FROM intake WHERE entered_by = $1 AND confirmed_by = $2",
		       db_int(s.hr), db_int(other.person_id)),
	     &e);
	assert_int_equal(count, 1);
	json_t *row = db_row(s.h->site.db, s.h->arena, &e,
			     "SELECT c.content FROM journal_entry j JOIN journal_content c"
			     "  ON c.seq = j.seq WHERE j.kind = 'application.sent'");
	assert_non_null(row);
	assert_non_null(strstr(row_text(row, "content"), "\"number\":\"15-3\""));
	assert_non_null(strstr(row_text(row, "content"), "\"value\":\"81.5\""));
	const struct rating_form rating = { "99", "8", on("2026-03-02"), "ІІМ", &pdf };
	stage_refused("another rating", rating_record(&hr, id, &rating, &e), &e, ERR_LAW,
		      "dossier.error.referred", "20");
	err_clear(&e);
	stage_refused("another service list", dossier_add_service_list(&hr, id, &pdf, &e), &e,
		      ERR_LAW, "dossier.error.referred", "20");
}

/* Whoever has withdrawn may be referred again within the term, as one and the same application. */
static void test_again(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t body = officer_of(&s, "internal-affairs");
	const int64_t other = second(&s);
	const int64_t id = refer(&s, other, body);
	struct act act = harness_act(s.h, body);
	struct intake_form form = referral("internal-affairs");
	struct err e = { 0 };
	int64_t again = 0;
	must(application_send(&act, id, &e), &e);
	must(application_withdraw(&act, id, "Қате", &e), &e);
	form.number = "15-4";
	must(intake_begin(&act, other, &form, &again, &e), &e);
	assert_int_equal(again, id);
	must(application_send(&act, id, &e), &e);
	stage_refused("sent again", intake_begin(&act, other, &form, &again, &e), &e, ERR_CONFLICT,
		      "intake.error.exists", NULL);
}

/* ---- R23-1 --------------------------------------------------------------------------------- */

static int64_t qualified(struct stage *s, int64_t competition)
{
	const int64_t id = refer(s, competition, officer_of(s, "internal-affairs"));
	struct err e = { 0 };
	must(db_exec(s->h->site.db, &e, NULL,
		     "UPDATE application SET state = 'sent', sent_ms = 1 WHERE id = $1",
		     db_int(id)),
	     &e);
	must(db_exec(s->h->site.db, &e, NULL,
		     "INSERT INTO qualification_decision (application_id, outcome, reason, by_id,"
		     " at_ms) VALUES ($1, 'met', '', $2, 1)",
		     db_int(id), db_int(s->hr)),
	     &e);
	return id;
}

static struct body_request_form request(const char *kind, const char *due)
{
	return (struct body_request_form){ "internal-affairs", kind, "9-1", "", on(due) };
}

static void test_request(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	const int64_t first = s.competition;
	const int64_t other = second(&s);
	struct body_request_form form = request("conclusions", "2026-03-16");
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("nobody is qualified", body_request_send(&hr, other, &form, &id, &e), &e,
		      ERR_CONFLICT, "body_request.error.nobody", NULL);
	const int64_t candidate = qualified(&s, other);
	err_clear(&e);
	stage_refused("the first route", body_request_send(&hr, first, &form, &id, &e), &e, ERR_LAW,
		      "body_request.error.route", "23");
	form.due = on("2026-03-02");
	err_clear(&e);
	stage_refused("due today", body_request_send(&hr, other, &form, &id, &e), &e, ERR_INPUT,
		      "body_request.error.due", "due");
	form = request("information", "2026-03-16");
	err_clear(&e);
	stage_refused("without a reason", body_request_send(&hr, other, &form, &id, &e), &e,
		      ERR_LAW, "law.route.reason", "24"); /* R14-1 */
	form = request("conclusions", "2026-03-16");
	err_clear(&e);
	must(body_request_send(&hr, other, &form, &id, &e), &e);
	stage_refused("asked already", body_request_send(&hr, other, &form, &id, &e), &e,
		      ERR_CONFLICT, "body_request.error.nobody", NULL);
	err_clear(&e);
	must(body_request_remind(&hr, id, &e), &e);
	/* the prosecution's own officers do not hold these studies */
	struct act polygraph = harness_act(s.h, s.polygraph);
	struct study_form study = { "polygraph", "undergone", "4", on("2026-03-02"), "", &pdf };
	stage_refused("held here", study_record(&polygraph, candidate, &study, &e), &e, ERR_LAW,
		      "study.error.elsewhere", "23");
}

/* What the body answers is on record as the study of the candidate. */
static void test_answers(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t other = second(&s);
	const int64_t candidate = qualified(&s, other);
	struct act hr = harness_act(s.h, s.hr);
	struct act body = harness_act(s.h, officer_of(&s, "internal-affairs"));
	struct act fire = harness_act(s.h, officer_of(&s, "fire-service"));
	const struct body_request_form form = request("conclusions", "2026-03-16");
	struct study_form study = { "", "undergone", "4", on("2026-03-02"), "", NULL };
	struct candidate c = { 0 };
	struct err e = { 0 };
	int64_t id = 0;
	must(body_request_send(&hr, other, &form, &id, &e), &e);
	stage_refused("without its paper", body_request_conclude(&body, 1, &study, &e), &e,
		      ERR_INPUT, "study.error.file", "file");
	study.file = &pdf;
	err_clear(&e);
	stage_refused("another body", body_request_conclude(&fire, 1, &study, &e), &e, ERR_MISSING,
		      "error.missing", NULL);
	err_clear(&e);
	must(body_request_conclude(&body, 1, &study, &e), &e);
	stage_refused("twice", body_request_conclude(&body, 1, &study, &e), &e, ERR_CONFLICT,
		      "body_request.error.answered", NULL);
	err_clear(&e);
	must(body_request_conclude(&hr, 2, &study, &e), &e); /* on paper */
	must(candidate_load(&hr, candidate, &c, &e), &e);
	assert_int_equal(c.record.polygraph, STUDY_UNDERGONE);
	assert_int_equal(c.record.psycho, STUDY_UNDERGONE);
	stage_refused("all is there", body_request_remind(&hr, id, &e), &e, ERR_CONFLICT,
		      "body_request.error.whole", NULL);
}

/* F21: a study that was postponed is asked for again, one that was undergone is not. */
static void test_asked_again(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t other = second(&s);
	(void)qualified(&s, other);
	struct act hr = harness_act(s.h, s.hr);
	struct body_request_form form = request("conclusions", "2026-03-16");
	struct study_form study = { "", "postponed", "4", on("2026-03-02"), "", NULL };
	struct err e = { 0 };
	int64_t id = 0;
	int64_t open = 0;
	must(body_request_send(&hr, other, &form, &id, &e), &e);
	must(body_request_conclude(&hr, 1, &study, &e), &e);
	study.outcome = "undergone";
	study.file = &pdf;
	must(body_request_conclude(&hr, 2, &study, &e), &e);
	form.number = "9-2";
	must(body_request_send(&hr, other, &form, &id, &e), &e);
	must(db_number(s.h->site.db, &e, &open,
		       "SELECT COUNT(*) FROM body_request_entry WHERE request_id = $1"
		       " AND kind = 'polygraph'",
		       db_int(id)),
	     &e);
	assert_int_equal(open, 1);
	must(db_number(s.h->site.db, &e, &open,
		       "SELECT COUNT(*) FROM body_request_entry WHERE request_id = $1", db_int(id)),
	     &e);
	assert_int_equal(open, 1);
}

static int64_t told(struct stage *s, int64_t person)
{
	struct err e = { 0 };
	int64_t count = 0;
	must(db_number(s->h->site.db, &e, &count,
		       "SELECT COUNT(*) FROM notice WHERE kind = 'request.overdue'"
		       " AND person_id = $1",
		       db_int(person)),
	     &e);
	return count;
}

/* F21: the day after the term the body and HR are told, once, and nobody of another body. */
static void test_overdue(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t other = second(&s);
	(void)qualified(&s, other);
	const int64_t body = officer_of(&s, "internal-affairs");
	const int64_t fire = officer_of(&s, "fire-service");
	struct act hr = harness_act(s.h, s.hr);
	const struct body_request_form form = request("conclusions", "2026-03-16");
	struct err e = { 0 };
	int64_t id = 0;
	must(body_request_send(&hr, other, &form, &id, &e), &e);
	static const struct {
		const char *why, *at;
		int count;
	} row[] = {
		{ "the last day", "2026-03-16T23:50", 0 },
		{ "the day after", "2026-03-17T00:10", 1 },
		{ "again on that day", "2026-03-17T10:00", 1 },
		{ "a week later", "2026-03-24T10:00", 1 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		harness_at(s.h, row[i].at);
		const struct act system = harness_act(s.h, 0);
		must(body_request_tell_overdue(&system, &e), &e);
		if (told(&s, body) != row[i].count || told(&s, s.hr) != row[i].count ||
		    told(&s, fire) != 0)
			fail_msg("%s", row[i].why);
	}
	assert_int_equal(stage_journalled(s.h, "body_request.overdue"), 1);
}

static bool run_overdue(const struct act *act, void *user, struct err *e)
{
	(void)user;
	return body_request_tell_overdue(act, e);
}

static void test_overdue_whole(void **state)
{
	struct stage s = stage_open(*state);
	const int64_t other = second(&s);
	(void)qualified(&s, other);
	struct act hr = harness_act(s.h, s.hr);
	const struct body_request_form form = request("conclusions", "2026-03-16");
	struct err e = { 0 };
	int64_t id = 0;
	must(body_request_send(&hr, other, &form, &id, &e), &e);
	harness_at(s.h, "2026-03-17T10:00");
	stage_all_or_nothing(s.h, 0, run_overdue, NULL);
}

struct beginning {
	int64_t competition;
	struct intake_form form;
};

static bool run_begin(const struct act *act, void *user, struct err *e)
{
	const struct beginning *b = user;
	int64_t id = 0;
	return intake_begin(act, b->competition, &b->form, &id, e);
}

static void test_all_or_nothing(void **state)
{
	struct stage s = stage_open(*state);
	struct beginning b = { second(&s), referral("internal-affairs") };
	stage_all_or_nothing(s.h, s.hr, run_begin, &b);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_second),      WITH_HARNESS(test_refused),
		WITH_HARNESS(test_body_refers), WITH_HARNESS(test_two_names),
		WITH_HARNESS(test_paper),       WITH_HARNESS(test_request),
		WITH_HARNESS(test_answers),     WITH_HARNESS(test_all_or_nothing),
		WITH_HARNESS(test_candidate),   WITH_HARNESS(test_sent),
		WITH_HARNESS(test_again),       WITH_HARNESS(test_asked_again),
		WITH_HARNESS(test_overdue),     WITH_HARNESS(test_overdue_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

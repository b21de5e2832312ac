/* Whoever competes holds no office in that competition (conflict of interest, section 4 of
 * rules.md): every use case of an office refuses, whatever door it comes by. */
#include "competing.h"

#include "app/access/restricted.h"
#include "app/bulk.h"
#include "app/candidate/body_request.h"
#include "app/candidate/case_file.h"
#include "app/candidate/check.h"
#include "app/candidate/dossier.h"
#include "app/candidate/intake.h"
#include "app/candidate/security.h"
#include "app/candidate/study.h"
#include "app/competition/commission_order.h"
#include "app/competition/competition.h"
#include "app/competition/complaint.h"
#include "app/evidence/destruction.h"
#include "app/interview/interview.h"
#include "app/interview/interview_plan.h"
#include "app/interview/mark.h"
#include "app/interview/minutes.h"
#include "app/interview/vote.h"
#include "app/notice/notice.h"
#include "app/notice/told.h"
#include "app/result/challenge.h"
#include "app/result/correction.h"
#include "app/result/screening.h"
#include "app/signature/signature.h"
#include "app/sitting/sitting.h"
#include "app/sitting/stop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

#define CASE(name, call)                                                                           \
	static bool name(const struct act *act, struct competing *w, const int64_t *id,            \
			 struct err *e)                                                            \
	{                                                                                          \
		const int64_t application = id[THING_APPLICATION];                                 \
		const int64_t competition = id[THING_COMPETITION];                                 \
		int64_t made = 0;                                                                  \
		(void)w;                                                                           \
		(void)application;                                                                 \
		(void)competition;                                                                 \
		(void)made;                                                                        \
		return call;                                                                       \
	}

static const struct check_finding found = { 0, 0, true, "c", "" };
static const struct security_form informed = { "5", { 20500 }, "Жоқ", NULL };
static const struct study_form studied = { "polygraph", "undergone", "7", { 20500 }, "", &pdf };
static const struct rating_form rated = { "87.5", "3", { 20500 }, "HR", &pdf };
static const struct seat_form seated_form = { 1, "member", "other", true };
static const struct order_form ordered = { .number = "3", .day = { 20500 } };
static const struct finding_form judged = { { FINDING_REJECTED, NO_OPTION }, "1-бап", "Себеп" };
static const struct body_request_form asked = { "internal-affairs", "conclusions", "4", "", { 0 } };

CASE(uc_papers, check_papers(act, application, true, "", e))
CASE(uc_find, check_find(act, application, &found, e))
CASE(uc_decide, check_decide(act, application, true, "", e))
CASE(uc_answer_refusal, check_answer(act, application, true, "", e))
CASE(uc_inform, security_inform(act, application, &informed, e))
CASE(uc_view_information, security_view(act, application, e))
CASE(uc_send_list, security_send_list(act, competition, "7", &made, e))
CASE(uc_study, study_record(act, application, &studied, e))
CASE(uc_study_view, study_view(act, id[THING_STUDY], e))
CASE(uc_rating, rating_record(act, application, &rated, e))
CASE(uc_service_list, dossier_add_service_list(act, application, &pdf, e))
CASE(uc_release, dossier_release(act, application, e))
CASE(uc_reason, restricted_open(act, application, RESTRICTED_SECURITY, "check", "", false, e))
CASE(uc_case, case_may_export(act, application, e))
CASE(uc_complaint_answer,
     complaint_answer(act, id[THING_COMPLAINT],
		      &(struct complaint_answer){ "granted", "Иә", NULL, 0 }, e))
CASE(uc_compare, challenge_compare(act, id[THING_CHALLENGE], true, e))
CASE(uc_propose, finding_propose(act, id[THING_CHALLENGE], &judged, &made, e))
CASE(uc_stop, stop_clock(act, id[THING_SITTING], 0, "failure", "Себеп",
			 hall_consent(&w->d.hall, w->d.hr), e))
CASE(uc_extra, extra_time_give(act, id[THING_SITTING], id[THING_ATTEMPT], 5, "Себеп", "1",
			       hall_consent(&w->d.hall, w->d.hr), e))
CASE(uc_names, sitting_open_names(act, id[THING_SITTING], e))
CASE(uc_close_sitting, sitting_close(act, id[THING_SITTING], e))
CASE(uc_screen, screening_find(act, id[THING_SITTING], &(json_t *){ NULL }, e))
CASE(uc_seat, commission_seat(act, competition, &seated_form, &made, e))
CASE(uc_appoint, commission_appoint(act, competition, e))
CASE(uc_order, commission_order_draft(act, competition, &ordered, e))
CASE(uc_plan, interview_plan(act, competition, 1, "1", e))
CASE(uc_warn, interview_warn(act, application, e))
CASE(uc_opinion, interview_opinion(act, application, "Пікір", e))
CASE(uc_vote, vote_cast(act, application, true, e))
CASE(uc_close_vote, vote_close(act, application, NULL, e))
CASE(uc_mark, mark_enter(act, application, json_null(), e))
CASE(uc_remind, minutes_remind_one(act, id[THING_INTERVIEW], &made, e))
CASE(uc_bulk, bulk_open(act, "met", competition, json_null(), &made, e))
CASE(uc_letter, told_on_paper(act, competition, 1, "1", (day){ 20500 }, e))
CASE(uc_note, correction_note(act, id[THING_ATTEMPT], "Иә", e))
CASE(uc_ask_body, body_request_send(act, competition, &asked, &made, e))
CASE(uc_signatory, signature_decide(act, id[THING_SIGNATURE], true, "Иә", e))
CASE(uc_destroy,
     destruction_propose(act,
			 &(struct destruction_form){ competition, 0, "3-a", { 20500 }, "Себеп" },
			 &made, e))
CASE(uc_destroy_second, destruction_answer(act, id[THING_DESTRUCTION_PROPOSAL], true, "", &made, e))
CASE(uc_correct, competition_correct(act, competition, "к", "р", "к", "р", e))
CASE(uc_close, competition_close(act, competition, e))

static const struct {
	const char *why;
	bool (*run)(const struct act *act, struct competing *w, const int64_t *id, struct err *e);
} cases[] = {
	{ "papers complete", uc_papers },
	{ "a condition met", uc_find },
	{ "R13-1: requirements met", uc_decide },
	{ "F20: a refusal confirmed", uc_answer_refusal },
	{ "R15-1: own security informs", uc_inform },
	{ "its information read", uc_view_information },
	{ "R14-1: the list to own security", uc_send_list },
	{ "a study recorded", uc_study },
	{ "a study read", uc_study_view },
	{ "L1: the rating", uc_rating },
	{ "the service list", uc_service_list },
	{ "R16-2: the dossier released", uc_release },
	{ "F76: a reason said", uc_reason },
	{ "F89: the case taken out", uc_case },
	{ "F90: a complaint answered", uc_complaint_answer },
	{ "a challenge compared", uc_compare },
	{ "a finding", uc_propose },
	{ "F43: the clock stopped", uc_stop },
	{ "F44: extra time", uc_extra },
	{ "F9: names", uc_names },
	{ "a sitting closed", uc_close_sitting },
	{ "screening", uc_screen },
	{ "R41-1: a seat given", uc_seat },
	{ "the commission appointed", uc_appoint },
	{ "an order about it", uc_order },
	{ "the interview planned", uc_plan },
	{ "R47-2: the warning", uc_warn },
	{ "R41-3: an opinion", uc_opinion },
	{ "a vote", uc_vote },
	{ "a vote closed", uc_close_vote },
	{ "marks", uc_mark },
	{ "minutes reminded of", uc_remind },
	{ "a bulk", uc_bulk },
	{ "a letter served", uc_letter },
	{ "a correction noted", uc_note },
	{ "the signatory of a signature", uc_signatory },
	{ "R23-1: a request to a body", uc_ask_body },
	{ "records proposed to be destroyed", uc_destroy },
	{ "records destroyed", uc_destroy_second },
	{ "the announcement corrected", uc_correct },
	{ "the competition closed", uc_close },
};

static void give_seat(struct competing *w, const char *role)
{
	struct err e = { 0 };
	assert_true(db_exec(w->h->site.db, &e, NULL,
			    "DELETE FROM commission_member WHERE person_id = $1"
			    " AND commission_id = (SELECT id FROM commission"
			    "  WHERE competition_id = $2)",
			    db_int(w->officer), db_int(w->own[THING_COMPETITION])));
	assert_true(db_exec(w->h->site.db, &e, NULL,
			    "INSERT INTO commission_member (commission_id, person_id, role, kind,"
			    " employee) SELECT id, $1, $2, 'other', 1 FROM commission"
			    "  WHERE competition_id = $3",
			    db_int(w->officer), db_text(role), db_int(w->own[THING_COMPETITION])));
}

/* By the other doors, too: nothing of the route table stands before these.  A seat from before the
 * application helps nobody. */
static void test_use_cases(void **state)
{
	struct competing w = competing_open(*state);
	const struct act act = harness_act(w.h, w.officer);
	const int64_t *const whose[] = { w.own, w.rival };
	static const char *const seats[] = { "member", "secretary", "invited" };
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t n = 0; n < COUNT(whose) * COUNT(seats); n++) {
			struct err e = { 0 };
			give_seat(&w, seats[n / COUNT(whose)]);
			stage_refused(cases[i].why,
				      cases[i].run(&act, &w, whose[n % COUNT(whose)], &e), &e,
				      ERR_DENIED, COMPETES_KEY, NULL);
		}
	}
}

/* A rival's complaint is not registered by the officer, the own one is opened as a candidate. */
static void test_complaints(void **state)
{
	struct competing w = competing_open(*state);
	const struct act act = harness_act(w.h, w.officer);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_exec(w.h->site.db, &e, NULL, "UPDATE complaint SET state = 'answered'"));
	stage_refused("a rival's",
		      complaint_open(&act, w.rival[THING_APPLICATION], "1", "Шағым", &id, &e), &e,
		      ERR_DENIED, COMPETES_KEY, NULL);
	err_clear(&e);
	assert_true(complaint_open(&act, w.own[THING_APPLICATION], "", "Шағым", &id, &e));
	err_clear(&e);
	stage_refused("read as HR", complaint_may_read(&act, w.rival[THING_COMPLAINT], &e), &e,
		      ERR_DENIED, COMPETES_KEY, NULL);
}

static void set_state(struct competing *w, const char *state)
{
	struct err e = { 0 };
	assert_true(db_exec(w->h->site.db, &e, NULL,
			    "UPDATE application SET state = $1 WHERE id = $2", db_text(state),
			    db_int(w->own[THING_APPLICATION])));
}

/* When one competes: sent is, a draft and a withdrawal leave the office over all but the own
 * papers. */
static void test_states(void **state)
{
	struct competing w = competing_open(*state);
	static const struct {
		const char *state;
		bool own, rival, competition;
	} row[] = {
		{ "draft", true, false, false },
		{ "sent", true, true, true },
		{ "withdrawn", true, false, false },
	};
	const struct act officer = harness_act(w.h, w.officer);
	const struct act other = harness_act(w.h, w.d.hr);
	const struct act system = harness_act(w.h, 0);
	struct err e = { 0 };
	bool is = true;
	for (size_t i = 0; i < COUNT(row); i++) {
		set_state(&w, row[i].state);
		for (int thing = THING_APPLICATION; thing < THING_SITTING; thing++) {
			if (thing == THING_CHALLENGED_ITEM)
				continue; /* both have challenged it */
			assert_true(candidate_competes(&officer, (enum candidate_thing)thing,
						       w.own[thing], &is, &e));
			if (is != row[i].own)
				fail_msg("%s: own thing %d: %d", row[i].state, thing, is);
			assert_true(candidate_competes(&officer, (enum candidate_thing)thing,
						       w.rival[thing], &is, &e));
			if (is != row[i].rival)
				fail_msg("%s: rival's thing %d: %d", row[i].state, thing, is);
		}
		assert_true(candidate_competes(&officer, THING_COMPETITION,
					       w.own[THING_COMPETITION], &is, &e));
		assert_int_equal(is, row[i].competition);
		/* whoever was there was there */
		assert_true(candidate_competes(&officer, THING_SITTING, w.own[THING_SITTING], &is,
					       &e) &&
			    is);
		assert_true(candidate_competes(&officer, THING_INTERVIEW, w.own[THING_INTERVIEW],
					       &is, &e) &&
			    is);
		assert_true(candidate_competes(&other, THING_APPLICATION, w.own[THING_APPLICATION],
					       &is, &e) &&
			    !is);
		assert_true(candidate_competes(&system, THING_APPLICATION, w.own[THING_APPLICATION],
					       &is, &e) &&
			    !is);
	}
}

/* The second official of a stop is nobody who competes; what the office is told of the competition
 * does not reach its candidates (R15-1: own security's information has come). */
static void test_second_and_notices(void **state)
{
	struct competing w = competing_open(*state);
	const struct act operator= harness_act(w.h, w.d.hall.operator);
	const struct act system = harness_act(w.h, 0);
	const struct notice n = { .kind = "complaint.opened",
				  .competition_id = w.own[THING_COMPETITION],
				  .href = "/complaints/1" };
	struct sitting s = { 0 };
	struct err e = { 0 };
	assert_true(sitting_load(&operator, w.own[THING_SITTING], &s, &e));
	stage_refused("second", sitting_require_second(&operator, & s, w.officer, &e), &e,
		      ERR_INPUT, "sitting.error.second_competes", "second");
	err_clear(&e);
	assert_true(sitting_require_second(&operator, & s, w.d.hr, &e));
	assert_true(notice_send_role(&system, ROLE_NAME_HR, "pgo", &n, &e));
	assert_int_equal(stage_told(w.h, w.d.hr, "complaint.opened"), 1);
	assert_int_equal(stage_told(w.h, w.officer, "complaint.opened"), 0);
}

static void name_person(struct stage *s, int64_t person, struct intake_form *form)
{
	struct err e = { 0 };
	json_t *row = db_row(s->h->site.db, s->h->arena, &e,
			     "SELECT iin, family, given, patronymic FROM person WHERE id = $1",
			     db_int(person));
	form->iin = row_text(row, "iin");
	form->family = row_text(row, "family");
	form->given = row_text(row, "given");
	form->patronymic = row_text(row, "patronymic");
}

/* R20-1, F17: nobody enters the own paper. */
static void test_nobody_enters_himself(void **state)
{
	struct stage s = stage_open(*state);
	const struct act act = harness_act(s.h, s.hr);
	struct err e = { 0 };
	int64_t id = 0;
	struct intake_form form = { .body = "",
				    .organ = "pgo",
				    .number = "1",
				    .day = act_today(&act),
				    .position = "прокурор" };
	name_person(&s, s.hr, &form);
	stage_refused("the own", intake_begin(&act, s.competition, &form, &id, &e), &e, ERR_INPUT,
		      "intake.error.self", "iin");
	err_clear(&e);
	name_person(&s, s.security, &form);
	assert_true(intake_begin(&act, s.competition, &form, &id, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_use_cases),
		HARNESS_TEST(test_complaints),
		HARNESS_TEST(test_states),
		HARNESS_TEST(test_second_and_notices),
		HARNESS_TEST(test_nobody_enters_himself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

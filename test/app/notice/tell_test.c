/* Who is told what at each step (F84): in the step's transaction, nothing that the reader may not
 * see, in three languages. */
#include "hall.h"
#include "room.h"

#include "app/candidate/application.h"
#include "app/candidate/check.h"
#include "app/candidate/dossier.h"
#include "app/candidate/intake.h"
#include "app/candidate/security.h"
#include "app/interview/interview_plan.h"
#include "app/notice/tell.h"
#include "app/sitting/stop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct file_in pdf = { STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", "a.pdf" };

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

/* Everything that the person was told is said in words, and no word is a key. */
static void reads(struct harness *h, int64_t person)
{
	static const char *const languages[] = { "kk", "ru", "en" };
	struct err e = { 0 };
	json_t *rows = db_rows(h->site.db, h->arena, &e,
			       "SELECT id, kind FROM notice WHERE person_id = $1 ORDER BY id",
			       db_int(person));
	assert_true(json_array_size(rows) > 0);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *kind = row_text(row, "kind");
		const char *page =
			arena_print(h->arena, "/notices/%lld", (long long)row_number(row, "id"));
		for (size_t k = 0; k < COUNT(languages); k++) {
			h->language = languages[k];
			struct answer a = harness_get(h, person, page);
			if (a.status != 200 || strcmp(answer_text(&a, "notice.text"), kind) == 0 ||
			    strcmp(answer_text(&a, "notice.title"), kind) == 0)
				fail_msg("%s in %s: %d %s", kind, languages[k], a.status,
					 answer_text(&a, "notice.text"));
			const char *href = answer_text(&a, "notice.href");
			/* restricted papers ask for a reason first (F76) */
			struct answer there = *href ? harness_get(h, person, href) : a;
			if (there.status != 200 &&
			    strcmp(there.error, "restricted.error.reason") != 0)
				fail_msg("%s leads to %s: %d", kind, href, there.status);
		}
		h->language = "ru";
		harness_check_page(h, person, page);
	}
}

/* What a notice says must not hold this. */
static void hides(struct harness *h, int64_t person, const char *word)
{
	struct err e = { 0 };
	json_t *rows =
		db_rows(h->site.db, h->arena, &e,
			"SELECT kind, content FROM notice WHERE person_id = $1", db_int(person));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		if (strstr(row_text(row, "content"), word))
			fail_msg("%s says %s", row_text(row, "kind"), word);
	}
}

static const char *family_of(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	const char *family = NULL;
	must(db_string(h->site.db, h->arena, &e, &family, "SELECT family FROM person WHERE id = $1",
		       db_int(person)),
	     &e);
	return family;
}

static struct competition load(struct stage *s)
{
	struct act act = harness_act(s->h, 0);
	struct competition c = { 0 };
	struct err e = { 0 };
	must(competition_load(&act, s->competition, &c, &e), &e);
	return c;
}

/* ---- application and check -------------------------------------------------------------- */

static void test_application(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct act second = harness_act(s.h, harness_person(s.h, ROLE_HR));
	struct err e = { 0 };
	const int64_t id = stage_candidate(&s, STAGE_SENT);
	const int64_t person = stage_person_of(&s, id);
	struct act own = harness_act(s.h, person);
	const struct competition c = load(&s);
	must(tell_received(&own, &c, id, "a1b2", &e), &e);
	must(check_papers(&hr, id, false, "нет рекомендательного письма", &e), &e);
	assert_int_equal(stage_told(s.h, person, "application.received"), 1);
	assert_int_equal(stage_told(s.h, person, "application.incomplete"), 1);
	harness_at(s.h, "2026-03-20T10:00");
	hr = harness_act(s.h, s.hr);
	must(check_papers(&hr, id, false, "нет справки", &e), &e);
	assert_int_equal(stage_told(s.h, person, "application.lacking"), 1);
	must(check_papers(&hr, id, true, "", &e), &e);
	assert_int_equal(stage_told(s.h, person, "application.lacking"), 1);
	must(check_decide(&hr, id, false, "стаж меньше требуемого", &e), &e);
	assert_int_equal(stage_told(s.h, person, "check.refused"),
			 0); /* F20: it waits for the second */
	second.now_ms = hr.now_ms;
	must(check_answer(&second, id, true, "", &e), &e);
	assert_int_equal(stage_told(s.h, person, "check.refused"), 1);
	reads(s.h, person);
	own.now_ms = hr.now_ms;
	must(application_withdraw(&own, id, "по семейным обстоятельствам", &e), &e);
	assert_int_equal(stage_told(s.h, person, "application.withdrawn"), 1);
	assert_int_equal(stage_told(s.h, s.hr, "application.withdrawal"), 1);
	assert_int_equal(stage_told(s.h, s.security, "application.withdrawal"), 0);
	hides(s.h, s.hr, "семейным");
	hides(s.h, s.hr, family_of(s.h, person));
	reads(s.h, s.hr);
	reads(s.h, person);
}

/* R13-1, R23-1: the studies are asked of the officers here, of the body elsewhere. */
static void test_met(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct err e = { 0 };
	struct competition c = load(&s);
	const int64_t one = stage_candidate(&s, STAGE_MET);
	const int64_t two = stage_candidate(&s, STAGE_MET);
	must(tell_met(&hr, &c, one, &e) && tell_met(&hr, &c, two, &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, one), "check.met"), 1);
	assert_int_equal(stage_told(s.h, s.polygraph, "study.asked"),
			 1); /* unread: one is enough */
	assert_int_equal(stage_told(s.h, s.psycho, "study.asked"), 1);
	assert_int_equal(stage_told(s.h, s.security, "study.asked"), 0);
	reads(s.h, s.polygraph);
	reads(s.h, s.psycho);
	reads(s.h, stage_person_of(&s, one));
	c.route = "other";
	must(tell_met(&hr, &c, one, &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, one), "check.met_elsewhere"), 1);
	assert_int_equal(stage_told(s.h, s.polygraph, "study.asked"), 1);
	reads(s.h, stage_person_of(&s, one));
}

/* R14-1, R15-1: what own security says goes to HR alone, and never by a notice. */
static void test_security(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct act security = harness_act(s.h, s.security);
	struct err e = { 0 };
	int64_t list = 0;
	const int64_t id = stage_candidate(&s, STAGE_MET);
	const struct security_form form = {
		.number = "15-7", .day = act_today(&hr), .content = "Есть сведения", .file = &pdf
	};
	must(security_send_list(&hr, s.competition, "12-1", &list, &e), &e);
	must(security_inform(&security, id, &form, &e), &e);
	assert_int_equal(stage_told(s.h, s.security, "security.listed"), 1);
	assert_int_equal(stage_told(s.h, s.hr, "security.informed"), 1);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, id), "security.informed"), 0);
	hides(s.h, s.hr, "сведения");
	hides(s.h, s.hr, family_of(s.h, stage_person_of(&s, id)));
	hides(s.h, s.security, family_of(s.h, stage_person_of(&s, id)));
	reads(s.h, s.hr);
	reads(s.h, s.security);
}

/* ---- the test --------------------------------------------------------------------------- */

/* R28-1: called when the sitting is opened, or when found to meet the requirements later. */
static void test_sitting(void **state)
{
	struct stage s = stage_open(*state);
	struct err e = { 0 };
	const int64_t early = stage_candidate(&s, STAGE_MET);
	const int64_t sent = stage_candidate(&s, STAGE_SENT);
	const int64_t operator_id = harness_person(s.h, ROLE_OPERATOR);
	struct act act = harness_act(s.h, operator_id);
	const struct competition c = load(&s);
	const struct sitting_plan plan = { .competition_id = s.competition,
					   .hall_id = hall_of_kind(s.h, "central"),
					   .planned_ms = act.now_ms + 86400000,
					   .binding = "none" };
	int64_t sitting = 0;
	must(sitting_open(&act, &plan, &sitting, &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, early), "test.called"), 1);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, sent), "test.called"), 0);
	must(tell_met(&act, &c, sent, &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, sent), "test.called"), 1);
	struct sitting_plan moved = plan;
	moved.planned_ms += 3600000;
	stage_refused("the same hour", sitting_postpone(&act, sitting, plan.planned_ms, &e), &e,
		      ERR_INPUT, "sitting.error.moment", "planned");
	err_clear(&e);
	stage_refused("not ahead", sitting_postpone(&act, sitting, act.now_ms, &e), &e, ERR_INPUT,
		      "sitting.error.moment", "planned");
	err_clear(&e);
	stage_refused("no operator",
		      sitting_postpone(&(struct act){ .db = act.db,
						      .arena = act.arena,
						      .now_ms = act.now_ms,
						      .person_id = s.hr,
						      .book = act.book },
				       sitting, moved.planned_ms, &e),
		      &e, ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	must(sitting_postpone(&act, sitting, moved.planned_ms, &e), &e);
	assert_int_equal(stage_journalled(s.h, "sitting.postponed"), 1);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, early), "test.moved"), 1);
	reads(s.h, stage_person_of(&s, early));
	harness_check_page(s.h, operator_id,
			   arena_print(s.h->arena, "/sittings/%lld", (long long)sitting));
	stage_refused("no reason", sitting_cancel(&act, sitting, "", &e), &e, ERR_INPUT,
		      "sitting.error.reason", "reason");
	err_clear(&e);
	must(sitting_cancel(&act, sitting, "Электр жоқ", &e), &e);
	assert_int_equal(stage_journalled(s.h, "sitting.cancelled"), 1);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, early), "test.cancelled"), 1);
	reads(s.h, stage_person_of(&s, early));
	stage_refused("cancelled already", sitting_cancel(&act, sitting, "x", &e), &e, ERR_CONFLICT,
		      "sitting.error.started", NULL);
	err_clear(&e);
	stage_refused("moved when cancelled",
		      sitting_postpone(&act, sitting, act.now_ms + 7200000, &e), &e, ERR_CONFLICT,
		      "sitting.error.started", NULL);
	err_clear(&e);
	harness_check_page(s.h, operator_id,
			   arena_print(s.h->arena, "/sittings/%lld", (long long)sitting));
	harness_check_page(s.h, operator_id, "/sittings");
	/* the same people are called to another */
	must(sitting_open(&act, &plan, &sitting, &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, early), "test.called"), 2);
}

/* Whoever has checked in sits there: it is not moved any more. */
static void test_sitting_checked_in(void **state)
{
	struct hall w = hall_open(*state);
	struct act act = hall_operator(&w);
	struct err e = { 0 };
	stage_refused("checked in", sitting_postpone(&act, w.sitting, act.now_ms + 3600000, &e), &e,
		      ERR_CONFLICT, "sitting.error.checked_in", NULL);
	err_clear(&e);
	stage_refused("checked in", sitting_cancel(&act, w.sitting, "x", &e), &e, ERR_CONFLICT,
		      "sitting.error.checked_in", NULL);
}

/* R44-2, F9: a result is told when its name is open, and of an annulled attempt never. */
static void test_results(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct err e = { 0 };
	const struct competition c = load(&s);
	const int64_t passed = stage_candidate(&s, STAGE_MET | STAGE_TEST);
	const int64_t failed = stage_candidate(&s, STAGE_MET | STAGE_TEST_NEGATIVE);
	json_t *rows = db_rows(s.h->site.db, s.h->arena, &e,
			       "SELECT id, sitting_id FROM attempt ORDER BY id");
	for (size_t i = 0; i < json_array_size(rows); i++)
		must(tell_results(&hr, &c, row_number(json_array_get(rows, i), "sitting_id"), &e),
		     &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, passed), "test.passed"), 1);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, passed), "test.failed"), 0);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, failed), "test.failed"), 1);
	const int64_t attempt = row_number(json_array_get(rows, 0), "id");
	must(tell_attempt(&hr, &c, attempt, "test.annulled", &e) &&
		     tell_attempt(&hr, &c, attempt, "test.void", &e),
	     &e);
	must(db_exec(s.h->site.db, &e, NULL, "UPDATE attempt SET finish = 'breach'"), &e);
	must(tell_results(&hr, &c, row_number(json_array_get(rows, 0), "sitting_id"), &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, passed), "test.passed"), 1);
	reads(s.h, stage_person_of(&s, passed));
	reads(s.h, stage_person_of(&s, failed));
}

/* ---- commission, interview, decision ---------------------------------------------------- */

/* R41-2, R41-3: everybody who sits, each with what the seat is for; F82. */
static void test_commission(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	struct act hr = harness_act(h, w.stage.hr);
	struct err e = { 0 };
	const struct competition c = load(&w.stage);
	assert_int_equal(stage_told(h, w.person[ROOM_CHAIR], "commission.appointed"), 1);
	assert_int_equal(stage_told(h, w.person[ROOM_SECRETARY], "commission.secretary"), 1);
	assert_int_equal(stage_told(h, w.person[ROOM_INVITED], "commission.invited"), 1);
	must(vote_conflict(&(struct act){ .db = hr.db,
					  .arena = hr.arena,
					  .now_ms = hr.now_ms,
					  .person_id = w.person[1],
					  .book = hr.book },
			   w.application, "родственник", &e),
	     &e);
	must(tell_dossier(&hr, &c, w.application, &e) && tell_dossier(&hr, &c, w.application, &e),
	     &e);
	assert_int_equal(stage_told(h, w.person[ROOM_CHAIR], "dossier.released"), 1);
	assert_int_equal(stage_told(h, w.person[1], "dossier.released"),
			 0); /* a declared conflict */
	hides(h, w.person[ROOM_CHAIR], family_of(h, stage_person_of(&w.stage, w.application)));
	reads(h, w.person[ROOM_CHAIR]);
	reads(h, w.person[ROOM_SECRETARY]);
	reads(h, w.person[ROOM_INVITED]);
}

static void plan(struct stage *s, const char *start, const char *place)
{
	struct act hr = harness_act(s->h, s->hr);
	struct err e = { 0 };
	int64_t ms = 0;
	assert_true(instant_parse(start, &ms));
	must(interview_plan(&hr, s->competition, ms, place, &e), &e);
}

/* Called once for an hour and a place, told again when either moves, and who comes later too. */
static void test_interview(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct err e = { 0 };
	const int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED);
	const int64_t person = stage_person_of(&s, id);
	const int64_t away = stage_person_of(&s, stage_candidate(&s, STAGE_SENT));
	plan(&s, "2026-03-26T10:00", "Зал 1");
	plan(&s, "2026-03-26T10:00", "Зал 1");
	assert_int_equal(stage_told(s.h, person, "interview.called"), 1);
	assert_int_equal(stage_told(s.h, person, "interview.moved"), 0);
	plan(&s, "2026-03-26T11:00", "Зал 1");
	plan(&s, "2026-03-26T11:00", "Зал 2");
	assert_int_equal(stage_told(s.h, person, "interview.moved"), 2);
	assert_int_equal(stage_told(s.h, away, "interview.called"), 0); /* R44-1 */
	const int64_t later = stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED);
	must(dossier_release(&hr, later, &e), &e);
	assert_int_equal(stage_told(s.h, stage_person_of(&s, later), "interview.called"), 1);
	assert_int_equal(stage_told(s.h, person, "interview.moved"), 2);
	reads(s.h, person);
	reads(s.h, stage_person_of(&s, later));
}

static void test_decision(void **state)
{
	static const struct {
		int in_favour;
		const char *kind, *other, *closed;
	} row[] = {
		{ 4, "decision.positive", "decision.negative", "competition.closed" },
		{ 1, "decision.negative", "decision.positive", "competition.failed" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct harness *h = harness_open();
		struct room w = room_open(h);
		struct act act;
		struct err e = { 0 };
		struct competition c;
		const int64_t person = stage_person_of(&w.stage, w.application);
		room_hear(&w);
		room_vote(&w, row[i].in_favour);
		assert_int_equal(stage_told(h, person, row[i].kind), 0);
		room_decide(&w);
		assert_int_equal(stage_told(h, person, row[i].kind), 1);
		assert_int_equal(stage_told(h, person, row[i].other), 0);
		act = harness_act(h, w.stage.hr);
		c = load(&w.stage);
		must(tell_closed(&act, &c, &e), &e);
		assert_int_equal(stage_told(h, person, row[i].closed), 1);
		reads(h, person);
		harness_close(h);
	}
}

/* ---- the competition -------------------------------------------------------------------- */

/* L33: bodies hear of a second competition, those on the list today. */
static void test_announced(void **state)
{
	struct stage s = stage_open(*state);
	struct act hr = harness_act(s.h, s.hr);
	struct err e = { 0 };
	struct competition c = load(&s);
	const int64_t other = harness_person(s.h, ROLE_HR);
	static const char *const bodies[] = { "internal-affairs", "anti-corruption" };
	int64_t body[2];
	for (size_t i = 0; i < 2; i++) {
		body[i] = harness_person(s.h, 0);
		must(db_exec(s.h->site.db, &e, NULL,
			     "INSERT INTO role_grant (person_id, role, organ, granted_by,"
			     " granted_ms) VALUES ($1, 'body', $2, $3, 0)",
			     db_int(body[i]), db_text(bodies[i]), db_int(s.hr)),
		     &e);
	}
	must(tell_announced(&hr, &c, &e), &e);
	assert_int_equal(stage_told(s.h, other, "competition.announced"), 1);
	assert_int_equal(stage_told(s.h, s.hr, "competition.announced"), 0); /* did it */
	assert_int_equal(stage_told(s.h, body[0], "competition.second"), 0);
	c.route = "other";
	must(tell_announced(&hr, &c, &e), &e);
	assert_int_equal(stage_told(s.h, body[0], "competition.second"), 1);
	assert_int_equal(stage_told(s.h, body[1], "competition.second"),
			 0); /* left the list in 2025 */
	reads(s.h, other);
	reads(s.h, body[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_application),  HARNESS_TEST(test_met),
		HARNESS_TEST(test_security),     HARNESS_TEST(test_sitting),
		HARNESS_TEST(test_results),      HARNESS_TEST(test_sitting_checked_in),
		HARNESS_TEST(test_commission),   HARNESS_TEST(test_interview),
		cmocka_unit_test(test_decision), HARNESS_TEST(test_announced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

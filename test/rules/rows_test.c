/* Sections 1 and 4 of rules.md, row by row, with the shipped rule set: one row here for each row
 * there, in its order.  What a row means for pages, journal and papers is tested where it is built
 * (script/trace ID lists the places); this table is what the law and its data alone can say. */
#include "rules_test.h"

#include "law/admission.h"
#include "law/commission.h"
#include "law/completeness.h"
#include "law/route.h"
#include "law/signatory.h"
#include "law/sitting.h"
#include "law/terms.h"
#include "law/vote.h"

struct law {
	const struct law_book *book;
	const struct rule_set *rules;
	const struct rule_set_notes *notes;
};

static int64_t value(const struct law *l, enum param_id id)
{
	return rule_set_value(l->rules, id);
}

static bool holds(const struct law *l, enum param_id id)
{
	return rule_set_holds(l->rules, id);
}

/* A refusal, by this clause. */
static bool refused(bool ok, const struct err *e, const char *clause)
{
	return !ok && e->kind == ERR_LAW && strcmp(e->clause, clause) == 0;
}

/* ---- section 1 ------------------------------------------------------------------------------- */

static bool o4(const struct law *l)
{
	const struct law_file *before = law_book_rule_set_on(l->book, on("2025-05-16"));
	const struct law_file *after = law_book_rule_set_on(l->book, on("2025-05-17"));
	return before && after && before != after;
}

/* The register of who has read it names the rule set by its hash. */
static bool o3(const struct law *l)
{
	const struct law_file *f = law_book_rule_set_on(l->book, on("2026-03-26"));
	const struct law_file *found = law_book_file(l->book, f->hash);
	return strlen(f->hash) == 64 && found && found->rule_set == f->rule_set;
}

static bool o2(const struct law *l)
{
	const struct clause_text *c = rule_set_clause(l->rules, "10");
	return c && *c->text_kk && *c->text_ru && *c->change;
}

static bool r5_1(const struct law *l)
{
	return l->notes->criteria.count == 3;
}

static bool r5_2(const struct law *l)
{
	return law_book_qualification_on(l->book, on("2026-02-17")) !=
	       law_book_qualification_on(l->book, on("2026-02-18"));
}

static const struct admission_record all_done = { .sent = true,
						  .check = CHECK_MET,
						  .rating = true,
						  .polygraph = STUDY_UNDERGONE,
						  .psycho = STUDY_UNDERGONE,
						  .test = TEST_POSITIVE,
						  .interviewed = true };

static bool r6_1(const struct law *l)
{
	struct admission_record no_rating = all_done;
	no_rating.rating = false;
	return PART_COUNT == 6 && l->notes->parts.count == 6 &&
	       admission_judge(&all_done).decidable && !admission_judge(&no_rating).decidable;
}

static bool r6_2(const struct law *l)
{
	struct admission_record r = { .sent = true };
	(void)l;
	if (admission_judge(&r).to_studies)
		return false;
	r.check = CHECK_MET;
	return admission_judge(&r).to_studies && !admission_judge(&r).to_interview;
}

static bool r10_1(const struct law *l)
{
	const struct document_present one[] = { { "certificate", POSITION_DIRECT_SUPERVISOR } };
	struct err e = { 0 };
	return l->rules->own_document_count == 2 &&
	       !completeness_own(l->rules, l->book->organs[0].place, one, 1).complete &&
	       !completeness_own(l->rules, l->book->organs[0].place, NULL, 0).complete &&
	       refused(signatory_check_certificate("head_of_body", &e), &e, "10");
}

static bool r13_1(const struct law *l)
{
	struct admission_record r = all_done;
	struct admission a;
	struct err e = { 0 };
	(void)l;
	r.check = CHECK_NOT_MET;
	a = admission_judge(&r);
	return !a.to_studies && refused(admission_require_studies(&a, &e), &e, "13");
}

static bool r13_2(const struct law *l)
{
	return l->notes->studies.count == 2 &&
	       (l->notes->studies.list[0].restricted || l->notes->studies.list[1].restricted);
}

static bool r14_1(const struct law *l)
{
	struct err e = { 0 };
	(void)l;
	return !route_require_own_information(ROUTE_OWN, "why", &e) &&
	       !route_require_own_information(ROUTE_OTHER, "", &e) &&
	       route_require_own_information(ROUTE_OTHER, "why", &e);
}

static bool r15_1(const struct law *l)
{
	day d = { 0 };
	return terms_security_last(&l->book->calendar, l->rules, on("2026-03-26"), &d) &&
	       d.n == on("2026-03-16").n &&
	       terms_security_last(&l->book->calendar, l->rules, on("2026-05-28"), &d) &&
	       d.n == on("2026-05-20").n;
}

static bool r16_1(const struct law *l)
{
	static const char *const items[] = { "service_list", "certificate", "recommendation",
					     "test",         "polygraph",   "rating",
					     "psycho" };
	for (size_t i = 0; i < COUNT(items); i++) {
		if (!names_hold(&l->rules->dossier, items[i]))
			return false;
	}
	return l->rules->dossier.count == COUNT(items);
}

static bool r16_2(const struct law *l)
{
	day d = { 0 };
	return terms_dossier_last(&l->book->calendar, l->rules, on("2026-03-26"), &d) &&
	       d.n == on("2026-03-18").n &&
	       terms_dossier_last(&l->book->calendar, l->rules, on("2026-05-28"), &d) &&
	       d.n == on("2026-05-22").n;
}

static bool r20_1(const struct law *l)
{
	struct err e = { 0 };
	return l->rules->other_document_count == 4 &&
	       refused(signatory_check_referral("direct_supervisor_deputy", &e), &e, "20") &&
	       !completeness_other(l->rules, NULL, 0).complete;
}

static bool r23_1(const struct law *l)
{
	(void)l;
	return route_studies_elsewhere(ROUTE_OTHER) && !route_studies_elsewhere(ROUTE_OWN);
}

static bool r28_1(const struct law *l)
{
	struct err e = { 0 };
	bool ok = l->rules->hall_kinds.count == 2;
	for (size_t i = 0; i < l->rules->hall_kinds.count; i++)
		ok = ok && sitting_require_hall(l->rules, l->rules->hall_kinds.names[i], &e);
	return ok && refused(sitting_require_hall(l->rules, "city", &e), &e, "28");
}

static bool r28_2(const struct law *l)
{
	struct err e = { 0 };
	(void)l;
	return sitting_require_language("kk", &e) && sitting_require_language("ru", &e) &&
	       refused(sitting_require_language("en", &e), &e, "28");
}

static bool r28_3(const struct law *l)
{
	struct err e = { 0 };
	return sitting_require_recording(l->rules, RECORDING_CONFIRMED, &e) &&
	       refused(sitting_require_recording(l->rules, RECORDING_NONE, &e), &e, "28");
}

static bool a5_1(const struct law *l)
{
	static const int questions[] = { 20, 20, 10, 10, 10, 10, 10, 10, 10, 10 };
	bool ok = l->rules->act_count == COUNT(questions) && rule_set_questions(l->rules) == 120;
	for (size_t i = 0; ok && i < COUNT(questions); i++)
		ok = l->rules->acts[i].questions == questions[i];
	return ok;
}

/* Five with the chair, one of each kind, a secretary of HR. */
static size_t lawful_commission(struct seat_holder holders[8])
{
	const struct seat_holder all[] = {
		{ SEAT_CHAIR, "subdivision_head", true },
		{ SEAT_MEMBER, "own_security", true },
		{ SEAT_MEMBER, "hr", true },
		{ SEAT_MEMBER, "other", true },
		{ SEAT_MEMBER, "other", true },
		{ SEAT_SECRETARY, "hr", true },
	};
	memcpy(holders, all, sizeof(all));
	return COUNT(all);
}

static bool composed(const struct law *l, const struct seat_holder *holders, size_t count)
{
	return commission_check(l->rules, holders, count).count == 0;
}

static bool r41_1(const struct law *l)
{
	struct seat_holder h[8];
	size_t n = lawful_commission(h);
	bool ok = composed(l, h, n);
	for (size_t i = 0; i < 3; i++) {
		(void)lawful_commission(h);
		h[i].kind = "other";
		ok = ok && !composed(l, h, n);
	}
	return ok;
}

static bool r41_2(const struct law *l)
{
	struct seat_holder h[8];
	size_t n = lawful_commission(h);
	struct err e = { 0 };
	h[5].kind = "other";
	return !composed(l, h, n) && !seat_votes(SEAT_SECRETARY) &&
	       refused(seat_require_vote(SEAT_SECRETARY, &e), &e, "41");
}

static bool r41_3(const struct law *l)
{
	struct seat_holder h[8];
	size_t n = lawful_commission(h);
	struct err e = { 0 };
	h[n++] = (struct seat_holder){ SEAT_INVITED, "psychologist", false };
	const struct composition c = commission_check(l->rules, h, n);
	return c.count == 0 && c.members == 5 && !seat_votes(SEAT_INVITED) &&
	       refused(seat_require_vote(SEAT_INVITED, &e), &e, "41");
}

static bool r44_1(const struct law *l)
{
	struct admission_record r = all_done;
	r.rating = false; /* no fifth */
	bool ok = l->notes->admission.count == 4 && admission_judge(&r).to_interview;
	r.polygraph = STUDY_REFUSED;
	ok = ok && !admission_judge(&r).to_interview;
	r = all_done;
	r.psycho = STUDY_ABSENT;
	ok = ok && !admission_judge(&r).to_interview;
	r = all_done;
	r.test = TEST_NEGATIVE;
	ok = ok && !admission_judge(&r).to_interview;
	r = all_done;
	r.check = CHECK_NOT_MET;
	return ok && !admission_judge(&r).to_interview;
}

static bool r44_2(const struct law *l)
{
	const int by_act[16] = { 0 };
	const int mark = (int)value(l, PARAM_PASS_MARK);
	return rule_set_test_positive(l->rules, mark, by_act) &&
	       !rule_set_test_positive(l->rules, mark - 1, by_act);
}

static bool r47_2(const struct law *l)
{
	struct err e = { 0 };
	(void)l;
	return interview_require_warning(true, &e) &&
	       refused(interview_require_warning(false, &e), &e, "47");
}

static bool r52_53(const struct law *l)
{
	return names_hold(&l->rules->deleted_clauses, "52") &&
	       names_hold(&l->rules->deleted_clauses, "53") && *l->rules->appeal_kk &&
	       *l->rules->appeal_ru;
}

static bool l33(const struct law *l)
{
	struct first_competition first = { .exists = true, .own_route = true, .closed = true };
	struct err e = { 0 };
	(void)l;
	bool ok = route_require_second(&first, &e);
	first.positive = 1;
	ok = ok && !route_require_second(&first, &e);
	first = (struct first_competition){ .exists = true, .own_route = true };
	return ok && !route_require_second(&first, &e);
}

/* The value of a rating is nowhere in what admission is judged by. */
static bool l1(const struct law *l)
{
	struct admission_record with = all_done, without = all_done;
	(void)l;
	without.rating = false;
	return admission_judge(&with).to_interview == admission_judge(&without).to_interview;
}

/* HR decides: nothing of attestation is among the four conditions either. */
static bool l47(const struct law *l)
{
	return !names_hold(&l->notes->admission, "attestation");
}

/* ---- section 4 ------------------------------------------------------------------------------- */

static bool s4_1(const struct law *l)
{
	return value(l, PARAM_PASS_MARK) == 84 && rule_set_questions(l->rules) == 120;
}

static bool s4_2(const struct law *l)
{
	const int none[16] = { 0 };
	return !holds(l, PARAM_PASS_MARKS_PER_ACT) && rule_set_test_positive(l->rules, 84, none);
}

static bool s4_3(const struct law *l)
{
	return value(l, PARAM_TEST_MINUTES) == 120;
}

static bool s4_4(const struct law *l)
{
	return value(l, PARAM_OPTIONS_LEAST) == 4 && value(l, PARAM_OPTIONS_MOST) == 5;
}

static bool s4_5(const struct law *l)
{
	return sitting_after_failure(l->rules, 30LL * 60 * 1000) == FAILURE_GO_ON &&
	       sitting_after_failure(l->rules, 30LL * 60 * 1000 + 1) == FAILURE_NEW_DATE;
}

static bool s4_6(const struct law *l)
{
	struct admission_record r = all_done;
	r.test = TEST_ANNULLED;
	return holds(l, PARAM_BREACH_ANNULS) && !admission_judge(&r).to_interview;
}

static bool s4_7(const struct law *l)
{
	struct err e = { 0 };
	return sitting_require_new_date(l->rules, true, &e) &&
	       !sitting_require_new_date(l->rules, false, &e);
}

static bool s4_8(const struct law *l)
{
	struct err e = { 0 };
	return sitting_require_first(l->rules, 0, &e) &&
	       refused(sitting_require_first(l->rules, 1, &e), &e, "36");
}

static bool s4_9(const struct law *l)
{
	return value(l, PARAM_FILING_DAYS_OWN) == 7 && value(l, PARAM_FILING_DAYS_OTHER) == 10;
}

static bool s4_10(const struct law *l)
{
	day d = { 0 };
	return terms_check_last(&l->book->calendar, l->rules, on("2026-06-10"), &d) &&
	       d.n == on("2026-06-17").n;
}

static bool s4_11(const struct law *l)
{
	struct seat_holder h[8];
	size_t n = lawful_commission(h);
	h[4] = h[5]; /* four and the secretary */
	return !composed(l, h, n - 1) && vote_quorum(l->rules, 5) == 4 &&
	       vote_quorum(l->rules, 6) == 4 && vote_quorum(l->rules, 7) == 5;
}

/* Letters as in test/law/vote_test.c: the chair first, + - . and x in conflict. */
static struct vote counted(const struct law *l, const char *text)
{
	struct voter v[8] = { 0 };
	for (size_t i = 0; text[i]; i++)
		v[i] = (struct voter){ .chair = i == 0,
				       .present = text[i] != '.',
				       .conflicted = text[i] == 'x',
				       .voted = text[i] == '+' || text[i] == '-',
				       .in_favour = text[i] == '+' };
	return vote_count(l->rules, v, strlen(text));
}

static bool s4_12(const struct law *l)
{
	return holds(l, PARAM_OPEN_VOTE) && holds(l, PARAM_MAJORITY_OF_PRESENT) &&
	       counted(l, "+++-.").state == VOTE_POSITIVE &&
	       counted(l, "++---").state == VOTE_NEGATIVE &&
	       counted(l, "+-+-.").state == VOTE_POSITIVE && counted(l, "-+-+.").chair_decided;
}

static bool s4_13(const struct law *l)
{
	const struct vote v = counted(l, "+++-x");
	return v.members == 4 && v.quorum == 3 && v.state == VOTE_POSITIVE;
}

static bool s4_14(const struct law *l)
{
	return holds(l, PARAM_REPLACEMENT_BY_ORDER);
}

static bool s4_15(const struct law *l)
{
	day d = { 0 };
	return terms_minutes_last(&l->book->calendar, l->rules, on("2026-07-03"), &d) &&
	       d.n == on("2026-07-09").n;
}

static bool s4_16(const struct law *l)
{
	day d = { 0 };
	return terms_notice_last(&l->book->calendar, l->rules, on("2026-05-26"), &d) &&
	       d.n == on("2026-06-01").n && *l->rules->appeal_kk;
}

static bool s4_17(const struct law *l)
{
	return value(l, PARAM_POSITIVE_PER_VACANCY) == 1;
}

static bool s4_18(const struct law *l)
{
	return value(l, PARAM_RECORD_YEARS) == 3;
}

static bool s4_19(const struct law *l)
{
	return holds(l, PARAM_NTH_DAY_IN_TIME) && terms_dossier_days(l->rules) == 3 &&
	       terms_security_days(l->rules) == 5;
}

static bool s4_20(const struct law *l)
{
	const struct interview_facts facts = { .today = on("2026-03-17") };
	const struct interview_check check =
		terms_interview(&l->book->calendar, l->rules, &facts, on("2026-03-26"));
	struct err e = { 0 };
	return check.security_late && check.has_nearest && check.nearest.n > on("2026-03-26").n &&
	       refused(terms_require_interview(&check, &e), &e, "15");
}

static bool s4_21(const struct law *l)
{
	static const char *const bodies[] = { "internal-affairs", "fire-service",
					      "economic-investigation", "civil-protection" };
	bool ok = rule_set_body_on(l->rules, "anti-corruption", on("2025-06-30")) &&
		  !rule_set_body_on(l->rules, "anti-corruption", on("2025-07-01"));
	for (size_t i = 0; i < COUNT(bodies); i++) {
		if (!rule_set_body_on(l->rules, bodies[i], on("2026-03-26")))
			fail_msg("S4-21: no %s", bodies[i]);
	}
	return ok;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct {
	const char *id, *row;
	bool (*check)(const struct law *l);
} rows[] = {
	{ "O-4", "two rule sets coexist, by the day of the announcement", o4 },
	{ "O-3", "which rule set was read is known by its hash", o3 },
	{ "O-2", "clauses with their change, in both languages", o2 },
	{ "R5-1", "exactly three criteria", r5_1 },
	{ "R5-2", "Qualification Requirements in versions", r5_2 },
	{ "R6-1", "six parts, no decision while one is absent", r6_1 },
	{ "R6-2", "the check first, the interview last", r6_2 },
	{ "R10-1", "certificate and letter, and who signs", r10_1 },
	{ "R13-1", "all three if and only if qualified", r13_1 },
	{ "R13-2", "two procedures as references, one for official use", r13_2 },
	{ "R14-1", "information of the own body: other route, with a reason", r14_1 },
	{ "R15-1", "five working days before", r15_1 },
	{ "R16-1", "exactly seven items", r16_1 },
	{ "R16-2", "three working days before", r16_2 },
	{ "R20-1", "four papers; a deputy is not named", r20_1 },
	{ "R23-1", "studies where the candidate serves", r23_1 },
	{ "R28-1", "halls of two kinds", r28_1 },
	{ "R28-2", "Kazakh or Russian", r28_2 },
	{ "R28-3", "no start without a record", r28_3 },
	{ "A5-1", "ten acts, 120 questions", a5_1 },
	{ "R41-1", "one of each of three kinds", r41_1 },
	{ "R41-2", "a secretary of HR without a ballot", r41_2 },
	{ "R41-3", "the invited count for nothing", r41_3 },
	{ "R44-1", "four conditions and no fifth", r44_1 },
	{ "R44-2", "equality passes", r44_2 },
	{ "R47-1", "minutes: their term", s4_15 },
	{ "R47-2", "told of the record", r47_2 },
	{ "R52/53", "deleted; the appeal text is data", r52_53 },
	{ "L33", "second only after a closed first without a positive conclusion", l33 },
	{ "L1", "the rating bars nobody", l1 },
	{ "L47", "attestation bars nobody", l47 },
	{ "S4-1", "pass mark 84 of 120", s4_1 },
	{ "S4-2", "no pass mark by act", s4_2 },
	{ "S4-3", "120 minutes", s4_3 },
	{ "S4-4", "4 or 5 options", s4_4 },
	{ "S4-5", "a failure of 30 minutes goes on, a longer one does not", s4_5 },
	{ "S4-6", "a breach annuls", s4_6 },
	{ "S4-7", "late or absent: a new date for a valid reason", s4_7 },
	{ "S4-8", "no second test", s4_8 },
	{ "S4-9", "filing 7 and 10 working days", s4_9 },
	{ "S4-10", "HR's check 5 working days", s4_10 },
	{ "S4-11", "at least five; quorum two thirds", s4_11 },
	{ "S4-12", "majority of those present, a tie with the chair", s4_12 },
	{ "S4-13", "a conflict: no vote, the quorum anew", s4_13 },
	{ "S4-14", "replaced by a new order alone", s4_14 },
	{ "S4-15", "minutes within 3 working days", s4_15 },
	{ "S4-16", "notice within 3 working days, with the appeal text", s4_16 },
	{ "S4-17", "one recommended per vacancy", s4_17 },
	{ "S4-18", "records kept 3 years", s4_18 },
	{ "S4-19", "the N-th working day back is in time", s4_19 },
	{ "S4-20", "a missed term: refused, the nearest lawful day", s4_20 },
	{ "S4-21", "other bodies, dated", s4_21 },
};

static void test_rows(void **state)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct law_book *book = shipped_book(a);
	const struct law_file *file = law_book_rule_set_on(book, on("2026-03-26"));
	const struct law l = { book, file->rule_set, file->notes };
	int wrong = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].check(&l))
			continue;
		wrong++;
		print_error("%s: %s: does not hold\n", rows[i].id, rows[i].row);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

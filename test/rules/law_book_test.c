/* The shipped files: what they hold, by name and number, and how the book is asked. */
#include "rules_test.h"

#include "base/buf.h"
#include "base/text.h"
#include "law/admission.h"
#include "law/signatory.h"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct rule_set *amended(struct arena *a)
{
	return law_book_rule_set_on(shipped_book(a), on("2026-03-26"))->rule_set;
}

/* O-4: two rule sets and two tables side by side, chosen by the day of the announcement. */
static void test_by_date(void **state)
{
	static const struct {
		const char *why, *on, *rules, *qualification;
	} row[] = {
		{ "before the first order", "2018-10-09", NULL, "90/2013-08-28" },
		{ "its first day", "2018-10-10", "118/2018-10-10", "90/2013-08-28" },
		{ "the day before the amendment", "2025-05-16", "118/2018-10-10", "90/2013-08-28" },
		{ "O-4: in force", "2025-05-17", "118/2025-05-17", "90/2013-08-28" },
		{ "the day before Order 26", "2026-02-17", "118/2025-05-17", "90/2013-08-28" },
		{ "R5-2: restated", "2026-02-18", "118/2025-05-17", "26/2026-02-18" },
		{ "before everything", "2013-08-27", NULL, NULL },
	};
	const struct law_book *book = shipped_book(*state);
	assert_int_equal(book->rule_set_count, 2);
	assert_int_equal(book->qualification_count, 2);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct law_file *r = law_book_rule_set_on(book, on(row[i].on));
		const struct law_file *q = law_book_qualification_on(book, on(row[i].on));
		if (!r != !row[i].rules || !q != !row[i].qualification)
			fail_msg("%s: there or not", row[i].why);
		if (r && strcmp(r->rule_set->id, row[i].rules) != 0)
			fail_msg("%s: %s", row[i].why, r->rule_set->id);
		if (q && strcmp(q->qualification->id, row[i].qualification) != 0)
			fail_msg("%s: %s", row[i].why, q->qualification->id);
	}
}

/* Section 4 of rules.md, value by value; R15-1 and R16-2 alone come from the order. */
static void test_parameters(void **state)
{
	static const struct {
		enum param_id id;
		int64_t value;
		bool assumed;
	} row[] = {
		{ PARAM_PASS_MARK, 84, true },          { PARAM_TEST_MINUTES, 120, true },
		{ PARAM_OPTIONS_LEAST, 4, true },       { PARAM_OPTIONS_MOST, 5, true },
		{ PARAM_FAILURE_MINUTES, 30, true },    { PARAM_REPEAT_TEST, 0, true },
		{ PARAM_FILING_DAYS_OWN, 7, true },     { PARAM_FILING_DAYS_OTHER, 10, true },
		{ PARAM_CHECK_DAYS, 5, true },          { PARAM_SECURITY_DAYS, 5, false },
		{ PARAM_DOSSIER_DAYS, 3, false },       { PARAM_COMMISSION_LEAST, 5, true },
		{ PARAM_QUORUM_NUMERATOR, 2, true },    { PARAM_QUORUM_DENOMINATOR, 3, true },
		{ PARAM_TIE_WITH_CHAIR, 1, true },      { PARAM_MINUTES_DAYS, 3, true },
		{ PARAM_NOTICE_DAYS, 3, true },         { PARAM_APPEAL_MONTHS, 3, true },
		{ PARAM_RECORD_YEARS, 3, true },        { PARAM_POSITIVE_PER_VACANCY, 1, true },
		{ PARAM_PASS_MARKS_PER_ACT, 0, true },  { PARAM_BREACH_ANNULS, 1, true },
		{ PARAM_NEW_DATE_FOR_REASON, 1, true }, { PARAM_NTH_DAY_IN_TIME, 1, true },
		{ PARAM_OPEN_VOTE, 1, true },           { PARAM_MAJORITY_OF_PRESENT, 1, true },
		{ PARAM_CONFLICT_NO_QUORUM, 1, true },  { PARAM_REPLACEMENT_BY_ORDER, 1, true },
		{ PARAM_CHALLENGE_DAYS, 1, true },      { PARAM_KEY_REPLACED, 1, true },
		{ PARAM_VOID_FOR_ALL, 1, true },
	};
	const struct rule_set *rules = amended(*state);
	assert_int_equal(COUNT(row), PARAM_COUNT);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct parameter *p = &rules->params[row[i].id];
		if (!p->set || p->value != row[i].value || p->assumed != row[i].assumed)
			fail_msg("%s: %lld%s", param_name(row[i].id), (long long)p->value,
				 p->assumed ? ", assumed" : "");
	}
	assert_string_equal(rules->params[PARAM_SECURITY_DAYS].clause, "15");
	assert_string_equal(rules->params[PARAM_DOSSIER_DAYS].clause, "16");
	assert_true(rules->in_force_assumed);
}

/* F2: what is assumed opens a demonstration and no real competition. */
static void test_demonstration_alone(void **state)
{
	const struct law_book *book = shipped_book(*state);
	for (size_t i = 0; i < book->rule_set_count; i++) {
		struct err e = { 0 };
		assert_true(rule_set_opens(book->rule_sets[i].rule_set, true, &e));
		assert_false(rule_set_opens(book->rule_sets[i].rule_set, false, &e));
	}
	for (size_t i = 0; i < book->qualification_count; i++)
		assert_true(book->qualifications[i].qualification->assumed);
	assert_true(book->posts_assumed);
}

/* A5-1: ten acts, 120 questions; the earlier rule set has others. */
static void test_programme(void **state)
{
	static const struct {
		const char *act;
		int questions;
	} row[] = {
		{ "criminal-code", 20 },
		{ "criminal-procedure-code", 20 },
		{ "civil-code", 10 },
		{ "civil-procedure-code", 10 },
		{ "administrative-procedural-code", 10 },
		{ "administrative-offences-code", 10 },
		{ "prosecutors-office-law", 10 },
		{ "law-enforcement-service-law", 10 },
		{ "anti-corruption-law", 10 },
		{ "code-of-ethics", 10 },
	};
	const struct rule_set *rules = amended(*state);
	assert_int_equal(rules->act_count, COUNT(row));
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_string_equal(rules->acts[i].code, row[i].act);
		assert_int_equal(rules->acts[i].questions, row[i].questions);
	}
	assert_int_equal(rule_set_questions(rules), 120);
	const struct law_file *earlier =
		law_book_rule_set_on(shipped_book(*state), on("2020-01-01"));
	assert_int_equal(rule_set_questions(earlier->rule_set), 100);
	assert_int_equal(rule_set_value(earlier->rule_set, PARAM_PASS_MARK), 70);
}

static void same_names(const char *why, const struct list_of_names *list, const char *want)
{
	struct arena *a = arena_new();
	struct buf got = buf_on(a);
	for (size_t i = 0; i < list->count; i++)
		buf_print(&got, "%s%s", i ? " " : "", list->names[i]);
	if (strcmp(got.text, want) != 0)
		fail_msg("%s: %s", why, got.text);
	arena_free(a);
}

static void test_lists(void **state)
{
	const struct rule_set *rules = amended(*state);
	same_names("R16-1: the dossier is exactly seven items", &rules->dossier,
		   "service_list certificate recommendation test polygraph rating psycho");
	same_names("R41-1: at least one of each", &rules->commission_kinds,
		   "subdivision_head own_security hr");
	same_names("R28-1: of the Prosecutor General's Office or of a region", &rules->hall_kinds,
		   "central regional");
	same_names("R52/53", &rules->deleted_clauses, "52 53");
	assert_true(*rules->appeal_kk && *rules->appeal_ru);
}

/* R10-1, R20-1: the papers of both routes, and who signs them. */
static void test_documents(void **state)
{
	static const struct {
		bool own;
		const char *kind, *signed_by;
	} row[] = {
		{ true, "certificate", "direct_supervisor" },
		{ true, "recommendation", "matrix" },
		{ false, "service_list", "sending_hr" },
		{ false, "certificate", "" },
		{ false, "rating", "" },
		{ false, "recommendation", "direct_supervisor" },
	};
	const struct rule_set *rules = amended(*state);
	size_t own = 0, other = 0;
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct required_document *d = row[i].own ? &rules->own_documents[own++]
							       : &rules->other_documents[other++];
		assert_string_equal(d->kind, row[i].kind);
		assert_string_equal(d->signed_by, row[i].signed_by);
		assert_string_equal(d->clause, row[i].own ? "10" : "20");
	}
	assert_int_equal(rules->own_document_count, own);
	assert_int_equal(rules->other_document_count, other);
}

/* S2-1 to S2-7: for a candidate of each organ, by its place. */
static void test_signatories(void **state)
{
	static const struct {
		const char *id, *organ, *position;
	} row[] = {
		{ "S2-1", "pgo", "head_of_subdivision" },
		{ "S2-2", "reg-akmola", "head_of_body" },
		{ "S2-2", "city-astana", "head_of_body" },
		{ "S2-2", "dist-kokshetau", "head_of_body" },
		{ "S2-3", "mil", "head_of_body" },
		{ "S2-3", "trans", "head_of_body" },
		{ "S2-4", "acad", "head_of_academy" },
		{ "S2-5", "cls", "head_of_committee" },
		{ "S2-6", "car", "head_of_committee" },
		{ "S2-6", "car-astana", "head_of_committee" },
		{ "S2-7", "cls-akmola", "chief_of_territorial_body" },
	};
	const struct law_book *book = shipped_book(*state);
	const struct rule_set *rules = amended(*state);
	assert_int_equal(rules->signatory_count, 7);
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct organ *o = law_book_organ(book, row[i].organ);
		const struct signatory_row *found = o ? signatory_row(rules, o->place) : NULL;
		if (!found || strcmp(found->position, row[i].position) != 0 || !found->deputy)
			fail_msg("%s: %s", row[i].id, row[i].organ);
	}
}

/* R5-1, R6-1, R13-2, R44-1: what the file states of itself. */
static void test_notes(void **state)
{
	const struct law_book *book = shipped_book(*state);
	const struct rule_set_notes *notes = law_book_rule_set_on(book, on("2026-03-26"))->notes;
	assert_int_equal(notes->criteria.count, 3);
	assert_string_equal(notes->criteria.list[1].code, "reputation");
	same_names("R6-1: six parts", &notes->parts,
		   "qualification rating polygraph psycho test interview");
	assert_int_equal(notes->parts.count, PART_COUNT);
	same_names("R44-1: four conditions and no fifth", &notes->admission,
		   "qualification test polygraph psycho");
	assert_int_equal(notes->studies.count, 2);
	assert_false(notes->studies.list[0].restricted);
	assert_true(notes->studies.list[1].restricted);
	assert_non_null(strstr(notes->studies.list[0].title_ru, "683"));
	assert_int_equal(notes->sources.count, 3);
	assert_true(notes->ru_unofficial);
}

/* O-2: every clause that the order touches has its text, and its change. */
static void test_clauses(void **state)
{
	static const struct {
		const char *number, *change, *holds;
	} row[] = {
		{ "5", "changed", "№ 8780" },
		{ "6", "changed", "цифрлық рейтинг" },
		{ "10", "changed", "Активтерді қайтару" },
		{ "13", "changed", "№ 683" },
		{ "14", "changed", "өзіндік қауіпсіздік" },
		{ "15", "changed", "бес жұмыс күнінен" },
		{ "16", "changed", "үш жұмыс күнінен" },
		{ "20", "changed", "куәландырған" },
		{ "23", "changed", "сұрау салу" },
		{ "24", "changed", "сұратылуы мүмкін" },
		{ "25", "changed", "бес жұмыс күнінен" },
		{ "26", "changed", "үш жұмыс күнінен" },
		{ "28", "changed", "облыс прокуратурасының" },
		{ "41", "changed", "дауыс беруге қатыспайды" },
		{ "44", "changed", "төмен емес" },
		{ "47", "changed", "ескертіледі" },
		{ "52", "deleted", "Алып тасталды" },
		{ "53", "deleted", "Алып тасталды" },
		{ "annex-5", "changed", "№ 81" },
	};
	const struct rule_set *rules = amended(*state);
	assert_int_equal(rules->clause_count, COUNT(row));
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct clause_text *c = rule_set_clause(rules, row[i].number);
		if (!c || strcmp(c->change, row[i].change) != 0 ||
		    !strstr(c->text_kk, row[i].holds))
			fail_msg("clause %s", row[i].number);
		assert_true(text_length(c->text_ru) > 5);
	}
}

/* L33: dated data; the anti-corruption service left the list on 30.06.2025. */
static void test_bodies(void **state)
{
	const struct rule_set *rules = amended(*state);
	assert_non_null(rule_set_body_on(rules, "anti-corruption", on("2025-06-30")));
	assert_null(rule_set_body_on(rules, "anti-corruption", on("2025-07-01")));
	assert_non_null(rule_set_body_on(rules, "internal-affairs", on("2026-03-26")));
	assert_non_null(rule_set_body_on(rules, "fire-service", on("2026-03-26")));
	assert_non_null(rule_set_body_on(rules, "economic-investigation", on("2026-03-26")));
	assert_non_null(rule_set_body_on(rules, "civil-protection", on("2026-03-26")));
}

static size_t organs_of(const struct law_book *book, const char *kind)
{
	size_t count = 0;
	for (size_t i = 0; i < book->organ_count; i++)
		count += strcmp(book->organs[i].kind, kind) == 0;
	return count;
}

static void test_organs(void **state)
{
	static const struct {
		const char *kind;
		size_t count;
	} row[] = {
		{ "central", 1 },
		{ "regional", 17 },
		{ "city", 3 },
		{ "military", 1 },
		{ "transport", 1 },
		{ "academy", 1 },
		{ "legal-statistics", 1 },
		{ "legal-statistics-territorial", 20 },
		{ "asset-recovery", 1 },
		{ "asset-recovery-territorial", 3 },
		{ "district", 4 },
	};
	const struct law_book *book = shipped_book(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		if (organs_of(book, row[i].kind) != row[i].count)
			fail_msg("%s: %zu", row[i].kind, organs_of(book, row[i].kind));
	}
	assert_string_equal(book->organs[0].code, "pgo");
	assert_int_equal(book->post_count, 14);
	assert_true(law_book_under(book, "dist-kokshetau", "reg-akmola"));
	assert_true(law_book_under(book, "dist-kokshetau", "pgo"));
	assert_true(law_book_under(book, "reg-akmola", "reg-akmola"));
	assert_false(law_book_under(book, "reg-akmola", "dist-kokshetau"));
	assert_false(law_book_under(book, "dist-kokshetau", "reg-abai"));
	assert_false(law_book_under(book, "nowhere", "pgo"));
	assert_null(law_book_organ(book, "nowhere"));
	assert_null(law_book_post(book, "nobody"));
	assert_string_equal(law_book_post(book, "district-prosecutor")->category, "C-4");
}

/* R28-1: halls of the Prosecutor General's Office and of regions; not those of cities, which
 * clause 28 does not equate with regions. */
static void test_halls(void **state)
{
	const struct law_book *book = shipped_book(*state);
	const struct rule_set *rules = amended(*state);
	for (size_t i = 0; i < book->organ_count; i++) {
		const struct organ *o = &book->organs[i];
		bool may = strcmp(o->kind, "central") == 0 || strcmp(o->kind, "regional") == 0;
		if (names_hold(&rules->hall_kinds, o->test_hall) != may)
			fail_msg("%s: %s", o->code, o->test_hall);
	}
}

/* Section 5: WD-1 to WD-5 as the shipped calendar has them. */
static void test_calendar(void **state)
{
	static const struct {
		int year, working;
	} row[] = { { 2024, 249 }, { 2025, 246 }, { 2026, 247 }, { 2027, 247 } };
	static const struct {
		const char *why, *day;
		bool works;
	} days[] = {
		{ "WD-2: 7 January", "2026-01-07", false },
		{ "WD-3: 21 March, a Saturday, is carried", "2026-03-24", false },
		{ "WD-3: 22 March, a Sunday, is carried", "2026-03-25", false },
		{ "WD-3: no further", "2026-03-26", true },
		{ "WD-4: a Saturday worked", "2024-05-04", true },
		{ "WD-4: off for it", "2024-05-08", false },
		{ "WD-4: a Sunday worked", "2025-01-05", true },
		{ "WD-4: off for it", "2025-01-03", false },
		{ "WD-1: 30 August until 2025, carried to the Monday", "2025-09-01", false },
		{ "WD-1: no longer in 2026", "2026-08-31", true },
		{ "WD-1: 15 March from 2027", "2027-03-15", false },
		{ "WD-1: not before", "2024-03-15", true },
		{ "WD-2: Kurban Ait", "2026-05-27", false },
		{ "WD-2: a Sunday, not carried", "2024-06-17", true },
	};
	const struct law_book *book = shipped_book(*state);
	for (size_t i = 0; i < COUNT(row); i++)
		assert_int_equal(calendar_year(&book->calendar, row[i].year), row[i].working);
	for (size_t i = 0; i < COUNT(days); i++) {
		if (calendar_works(&book->calendar, on(days[i].day)) != days[i].works)
			fail_msg("%s", days[i].why);
	}
	size_t provisional = 0;
	for (size_t i = 0; i < book->calendar_source->day_count; i++)
		provisional += book->calendar_source->days[i].provisional;
	assert_int_equal(provisional, 1);
}

/* WD-6: the examples of section 5. */
static void test_examples(void **state)
{
	static const struct {
		const char *interview, *security, *dossier;
	} row[] = {
		{ "2026-03-26", "2026-03-16", "2026-03-18" },
		{ "2026-05-28", "2026-05-20", "2026-05-22" },
	};
	const struct law_book *book = shipped_book(*state);
	const struct rule_set *rules = amended(*state);
	for (size_t i = 0; i < COUNT(row); i++) {
		day d = { 0 };
		int security = (int)rule_set_value(rules, PARAM_SECURITY_DAYS);
		int dossier = (int)rule_set_value(rules, PARAM_DOSSIER_DAYS);
		assert_true(
			calendar_last_before(&book->calendar, on(row[i].interview), security, &d));
		assert_int_equal(d.n, on(row[i].security).n);
		assert_true(
			calendar_last_before(&book->calendar, on(row[i].interview), dossier, &d));
		assert_int_equal(d.n, on(row[i].dossier).n);
	}
}

/* R5-2: categories, and a table that says something of each post. */
static void test_qualification(void **state)
{
	const struct law_book *book = shipped_book(*state);
	for (size_t i = 0; i < book->qualification_count; i++) {
		const struct qualification_table *t = book->qualifications[i].qualification;
		for (size_t k = 0; k < book->post_count; k++) {
			const struct category *c =
				qualification_category(t, book->posts[k].category);
			assert_non_null(c);
			assert_true(c->count >= 1 && c->count <= ALTERNATIVES_MOST);
			assert_int_equal(c->alternatives[0].conditions[0].kind,
					 CONDITION_EDUCATION);
		}
	}
}

/* F1: a competition pins bytes and reads them again. */
static void test_pinned_bytes(void **state)
{
	const struct law_book *book = shipped_book(*state);
	assert_int_equal(book->file_count, 7);
	for (size_t i = 0; i < book->file_count; i++) {
		const struct law_file *f = &book->files[i];
		assert_int_equal(strlen(f->hash), 64);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(f->hash, book->files[k].hash);
	}
	const struct law_file *pinned = law_book_rule_set_on(book, on("2026-03-26"));
	const struct rule_set *again = NULL;
	struct err e = { 0 };
	assert_true(law_book_read_rule_set(*state, "pinned", pinned->body, &again, &e));
	assert_string_equal(again->id, pinned->rule_set->id);
	assert_int_equal(rule_set_questions(again), rule_set_questions(pinned->rule_set));
	const struct law_file *table = law_book_qualification_on(book, on("2026-03-26"));
	const struct qualification_table *second = NULL;
	assert_true(law_book_read_qualification(*state, "pinned", table->body, &second, &e));
	assert_string_equal(second->id, table->qualification->id);
	assert_string_equal(law_file_kind_name(pinned->kind), "rule_set");
	assert_string_equal(law_file_kind_name(table->kind), "qualification");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_date),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_demonstration_alone),
		cmocka_unit_test(test_programme),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_signatories),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_clauses),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_organs),
		cmocka_unit_test(test_halls),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_qualification),
		cmocka_unit_test(test_pinned_bytes),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

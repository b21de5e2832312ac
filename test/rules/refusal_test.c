/* Each way in which one file of the law can be wrong: refused with file, line and reason. */
#include "rules_test.h"

struct row {
	struct change change;
	const char *key;
};

/* Every row changes a sound file in one place and must be refused at that line. */
static void each(const char *name, const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena *a = arena_new();
		struct law_book *book = NULL;
		struct err e = { 0 };
		int line = 0;
		const char *body = changed(a, shipped(a, arena_print(a, "rules/%s", name)),
					   &row[i].change, &line);
		if (load_with(a, name, body, &book, &e))
			fail_msg("%s: accepted", row[i].change.why);
		refused_at(row[i].change.why, &e, row[i].key, name, line);
		assert_null(book);
		arena_free(a);
	}
}

/* What libcyaml and libyaml find, with their line. */
static void test_form(void **state)
{
	static const struct row row[] = {
		{ { "a key nobody knows", "in_force_assumed: true", "in_force_presumed: true",
		    NULL },
		  "rules.schema" },
		{ { "a word where a number belongs", "value: 84", "value: many", NULL },
		  "rules.schema" },
		{ { "a number that is none", "value: 84", "value: 84x", NULL }, "rules.schema" },
		{ { "a number in eights", "value: 84", "value: 0124", NULL }, "rules.schema" },
		{ { "a number in sixteens", "value: 84", "value: 0x54", NULL }, "rules.schema" },
		{ { "a number beyond all numbers", "value: 84", "value: 99999999999999999999",
		    NULL },
		  "rules.schema" },
		{ { "questions beyond all numbers", "\"civil-code\", questions: 10",
		    "\"civil-code\", questions: 4294967306", NULL },
		  "rules.schema" },
		{ { "neither true nor false", "in_force_assumed: true", "in_force_assumed: perhaps",
		    NULL },
		  "rules.schema" },
		{ { "a list where a text belongs", "id: \"118/2025-05-17\"", "id: [ a ]", NULL },
		  "rules.schema" },
		{ { "a field that is missing", "{ name: \"check_days\", value: 5, ",
		    "{ name: \"check_days\", ", NULL },
		  "rules.schema" },
		{ { "no Russian text", ", ru: \"Правила", ", en: \"Правила", NULL },
		  "rules.schema" },
		{ { "a text that an anchor repeats", "hall_kinds: [\"central\", \"regional\"]",
		    "hall_kinds: [&x \"central\", *x]", NULL },
		  "rules.schema" },
		{ { "a key twice", "recording_may_be_off: true",
		    "recording_may_be_off: true\nrecording_may_be_off: false",
		    "recording_may_be_off: f" },
		  "rules.twice" },
		{ { "an empty text", "kk: \"Ұсынымхат (2-қосымша)\"", "kk: \"\"", NULL },
		  "rules.empty" },
		{ { "white space around a text", "ru: \"Исключён.\"", "ru: \" Исключён.\"", NULL },
		  "rules.text" },
		{ { "letters not in normal form", "ru: \"Исключён.\"", "ru: \"Исключе\xcc\x88н.\"",
		    NULL },
		  "rules.text" },
	};
	(void)state;
	each("order-118/2025-05-17.yaml", row, COUNT(row));
}

static void test_parameters(void **state)
{
	static const struct row row[] = {
		{ { "an unknown parameter", "\"pass_mark\"", "\"pass_marx\"", NULL },
		  "rules.unknown" },
		{ { "F81: a scale upside down", "marks: { least: 1, most: 5",
		    "marks: { least: 5, most: 1", NULL },
		  "rules.bounds" },
		{ { "F81: a scale beyond all marks", "marks: { least: 1, most: 5",
		    "marks: { least: 1, most: 500", NULL },
		  "rules.bounds" },
		{ { "a parameter twice", "\"options_most\"", "\"options_least\"", NULL },
		  "rules.twice" },
		{ { "neither clause nor assumed", "value: 5, clause: \"15\"",
		    "value: 5, clause: \"\"", NULL },
		  "rules.clause" },
		{ { "nobody can fail", "value: 84", "value: 0", NULL }, "rules.bounds" },
		{ { "a negative number", "value: 84", "value: -84", NULL }, "rules.bounds" },
		{ { "more than all questions", "value: 84", "value: 121", NULL }, "rules.order" },
		{ { "a test of no time", "\"test_minutes\", value: 120",
		    "\"test_minutes\", value: 0", NULL },
		  "rules.bounds" },
		{ { "one option", "\"options_least\", value: 4", "\"options_least\", value: 1",
		    NULL },
		  "rules.bounds" },
		{ { "six options", "\"options_most\", value: 5", "\"options_most\", value: 6",
		    NULL },
		  "rules.bounds" },
		{ { "least above most",
		    "\"options_least\", value: 4, clause: \"\", assumed: true }\n"
		    "  - { name: \"options_most\", value: 5",
		    "\"options_least\", value: 5, clause: \"\", assumed: true }\n"
		    "  - { name: \"options_most\", value: 4",
		    NULL },
		  "rules.order" },
		{ { "a quorum above all", "\"quorum_numerator\", value: 2",
		    "\"quorum_numerator\", value: 4", NULL },
		  "rules.order" },
		{ { "a fraction of nothing", "\"quorum_denominator\", value: 3",
		    "\"quorum_denominator\", value: 0", NULL },
		  "rules.bounds" },
		{ { "no term at all", "\"security_days\", value: 5", "\"security_days\", value: 0",
		    NULL },
		  "rules.bounds" },
		{ { "a rule that is half", "\"open_vote\", value: 1", "\"open_vote\", value: 2",
		    NULL },
		  "rules.bounds" },
		{ { "no day", "in_force_from: \"2025-05-17\"", "in_force_from: \"2025-02-30\"",
		    NULL },
		  "rules.day" },
	};
	(void)state;
	each("order-118/2025-05-17.yaml", row, COUNT(row));
}

/* A5-1, R10-1, R20-1, S2: programme, papers, matrix. */
static void test_programme(void **state)
{
	static const struct row row[] = {
		{ { "A5-1: not the control sum", "questions: 120 #", "questions: 121 #", NULL },
		  "rules.sum" },
		{ { "A5-1: an act of no questions", "\"civil-code\", questions: 10",
		    "\"civil-code\", questions: 0", NULL },
		  "rules.bounds" },
		{ { "an act twice", "\"civil-procedure-code\"", "\"civil-code\"", NULL },
		  "rules.twice" },
		{ { "an act without a code", "code: \"civil-code\"", "code: \"гражданский\"",
		    NULL },
		  "rules.code" },
		{ { "a mark above the act's questions", "\"civil-code\", questions: 10",
		    "\"civil-code\", pass_mark: 11, questions: 10", NULL },
		  "rules.bounds" },
		{ { "R10-1: an unknown paper", "kind: \"certificate\"", "kind: \"certificat\"",
		    NULL },
		  "rules.unknown" },
		{ { "R10-1: a paper twice", "kind: \"recommendation\"", "kind: \"certificate\"",
		    NULL },
		  "rules.twice" },
		{ { "R20-1: nobody of that name signs", "\"sending_hr\"", "\"somebody\"", NULL },
		  "rules.unknown" },
		{ { "S2: a place twice", "place: \"regional\"", "place: \"central\"", NULL },
		  "rules.twice" },
		{ { "S2: no code of a place", "place: \"regional\"", "place: \"the regions\"",
		    NULL },
		  "rules.code" },
		{ { "S2: a deputy is no position", "\"head_of_subdivision\"",
		    "\"head_of_subdivision_deputy\"", NULL },
		  "rules.code" },
	};
	(void)state;
	each("order-118/2025-05-17.yaml", row, COUNT(row));
}

/* R16-1, R41-1, R28-1, R52/53, L33, R6-1, R44-1: lists. */
static void test_lists(void **state)
{
	static const struct row row[] = {
		{ { "R16-1: an unknown item", "dossier: [\"service_list\"",
		    "dossier: [\"security\"", NULL },
		  "rules.unknown" },
		{ { "R16-1: an item twice", "dossier: [\"service_list\", \"certificate\"",
		    "dossier: [\"service_list\", \"service_list\"", NULL },
		  "rules.twice" },
		{ { "R41-1: nobody must be there",
		    "commission_kinds: [\"subdivision_head\", \"own_security\", \"hr\"]",
		    "commission_kinds: []", NULL },
		  "rules.empty" },
		{ { "R41-1: an unknown kind", "[\"subdivision_head\"", "[\"head\"", NULL },
		  "rules.unknown" },
		{ { "R28-1: an unknown kind of hall", "hall_kinds: [\"central\"",
		    "hall_kinds: [\"rented\"", NULL },
		  "rules.unknown" },
		{ { "R52/53: deleted in the text alone", "deleted_clauses: [\"52\", \"53\"]",
		    "deleted_clauses: [\"52\"]",
		    "change: \"deleted\"\n    text:\n      kk: \"Алып тасталды.\"\n      ru: "
		    "\"Исключён.\"\n  - number: \"annex" },
		  "rules.deleted" },
		{ { "R52/53: deleted in the list alone", "deleted_clauses: [\"52\", \"53\"]",
		    "deleted_clauses: [\"52\", \"53\", \"54\"]", NULL },
		  "rules.deleted" },
		{ { "an unknown change", "change: \"changed\"", "change: \"altered\"", NULL },
		  "rules.unknown" },
		{ { "a clause twice", "number: \"6\"", "number: \"5\"", NULL }, "rules.twice" },
		{ { "L33: no code", "code: \"internal-affairs\"", "code: \"internal affairs\"",
		    NULL },
		  "rules.code" },
		{ { "L33: no day", "until: \"2025-06-30\"", "until: \"2025-06-31\"", NULL },
		  "rules.day" },
		{ { "L33: ends before it begins", "until: \"2025-06-30\"", "until: \"2017-06-30\"",
		    NULL },
		  "rules.order" },
		{ { "L33: twice on one day", "code: \"anti-corruption\"",
		    "code: \"internal-affairs\"", NULL },
		  "rules.twice" },
		{ { "R6-1: a seventh part", "parts: [\"qualification\"",
		    "parts: [\"character\", \"qualification\"", NULL },
		  "rules.unknown" },
		{ { "R6-1: five parts", "parts: [\"qualification\", \"rating\", ",
		    "parts: [\"qualification\", ", NULL },
		  "rules.parts" },
		{ { "R44-1: a fifth condition", "admission: [\"qualification\"",
		    "admission: [\"rating\", \"qualification\"", NULL },
		  "rules.unknown" },
		{ { "R5-1: a criterion twice", "code: \"reputation\"", "code: \"qualification\"",
		    NULL },
		  "rules.twice" },
		{ { "R13-2: no code", "- { code: \"polygraph\"", "- { code: \"полиграф\"", NULL },
		  "rules.code" },
	};
	(void)state;
	each("order-118/2025-05-17.yaml", row, COUNT(row));
}

static void test_organs(void **state)
{
	static const struct row organs[] = {
		{ { "an organ twice", "code: \"reg-akmola\"", "code: \"reg-abai\"", NULL },
		  "rules.twice" },
		{ { "no code", "code: \"reg-akmola\"", "code: \"reg akmola\"", NULL },
		  "rules.code" },
		{ { "an unknown kind", "kind: \"academy\"", "kind: \"school\"", NULL },
		  "rules.unknown" },
		{ { "a parent that is not there", "parent: \"cls\"", "parent: \"klc\"", NULL },
		  "rules.parent" },
		{ { "a parent that comes later",
		    "\"reg-abai\", kind: \"regional\", parent: \"pgo\"",
		    "\"reg-abai\", kind: \"regional\", parent: \"reg-akmola\"", NULL },
		  "rules.parent" },
		{ { "the top under itself", "kind: \"central\", parent: \"\"",
		    "kind: \"central\", parent: \"pgo\"", NULL },
		  "rules.parent" },
		{ { "R28-1: a hall of a kind that its organ is not", "test_hall: \"city\"",
		    "test_hall: \"regional\"", NULL },
		  "rules.unknown" },
		{ { "S2: a place without signatory", "place: \"academy\"", "place: \"school\"",
		    NULL },
		  "rules.reference" },
		{ { "no name", "name_ru: \"Прокуратура области Абай\"", "name_ru: \"\"", NULL },
		  "rules.empty" },
	};
	static const struct row posts[] = {
		{ { "a post twice", "code: \"head-service\"", "code: \"head-department\"", NULL },
		  "rules.twice" },
		{ { "no code", "code: \"head-service\"", "code: \"\\u0441\"", NULL },
		  "rules.code" },
		{ { "a category that no table has", "category: \"C-1\"", "category: \"C-0\"",
		    NULL },
		  "rules.reference" },
	};
	(void)state;
	each("organs.yaml", organs, COUNT(organs));
	each("posts.yaml", posts, COUNT(posts));
}

/* R5-2 */
static void test_qualification(void **state)
{
	static const struct row row[] = {
		{ { "no day", "\"2026-02-18\"", "\"2026-2-18\"", NULL }, "rules.day" },
		{ { "doubt for years", "doubt_days: 31", "doubt_days: 1000", NULL },
		  "rules.bounds" },
		{ { "an education twice", "code: \"higher-other\"", "code: \"higher-law\"", NULL },
		  "rules.twice" },
		{ { "an education without code", "code: \"higher-other\"", "code: \"a b\"", NULL },
		  "rules.code" },
		{ { "a category twice", "- code: \"C-2\"", "- code: \"C-1\"", NULL },
		  "rules.twice" },
		{ { "a category without code", "- code: \"C-2\"", "- code: \"C 2\"", NULL },
		  "rules.code" },
		{ { "a rank twice", "rank: 2", "rank: 1", NULL }, "rules.twice" },
		{ { "a rank out of bounds", "rank: 1", "rank: 0", NULL }, "rules.bounds" },
		{ { "an unknown condition", "kind: \"leadership\"", "kind: \"courage\"", NULL },
		  "rules.unknown" },
		{ { "an unknown education",
		    "code: \"higher-law\" }\n          - { kind: \"category\"",
		    "code: \"lower-law\" }\n          - { kind: \"category\"", NULL },
		  "rules.unknown" },
		{ { "no years", "kind: \"leadership\", years: 6", "kind: \"leadership\"", NULL },
		  "rules.bounds" },
		{ { "a century", "kind: \"leadership\", years: 6",
		    "kind: \"leadership\", years: 100", NULL },
		  "rules.bounds" },
		{ { "years of an education",
		    "code: \"higher-law\" }\n          - { kind: \"category\"",
		    "code: \"higher-law\", years: 2 }\n          - { kind: \"category\"", NULL },
		  "rules.bounds" },
		{ { "a code of years", "kind: \"leadership\", years: 6",
		    "kind: \"leadership\", code: \"C-2\", years: 6", NULL },
		  "rules.unknown" },
		{ { "an unknown category", "code: \"C-2\", years", "code: \"C-9\", years", NULL },
		  "rules.unknown" },
		{ { "R5-2: the category itself is not a lower one", "code: \"C-2\", years",
		    "code: \"C-1\", years", NULL },
		  "rules.order" },
	};
	(void)state;
	each("qualification/2026-02-18.yaml", row, COUNT(row));
}

/* Section 5: WD-1 to WD-4. */
static void test_calendar(void **state)
{
	static const struct row row[] = {
		{ { "years in disorder", "last_year: 2027", "last_year: 2023", NULL },
		  "rules.order" },
		{ { "years of another age", "first_year: 2024", "first_year: 1024", NULL },
		  "rules.bounds" },
		{ { "WD-1: 30 February", "month: 3, day: 8", "month: 2, day: 30", NULL },
		  "rules.day" },
		{ { "WD-1: a thirteenth month", "month: 3, day: 8", "month: 13, day: 8", NULL },
		  "rules.day" },
		{ { "WD-1: ends before it begins", "until: 2025", "until: 1990", NULL },
		  "rules.order" },
		{ { "WD-1: a holiday twice", "month: 3, day: 22", "month: 3, day: 21", NULL },
		  "rules.twice" },
		{ { "WD-2: no day", "\"2026-05-27\"", "\"2026-05-32\"", NULL }, "rules.day" },
		{ { "WD-2: outside the years", "\"2026-05-27\"", "\"2028-05-27\"", NULL },
		  "rules.bounds" },
		{ { "an unknown kind", "kind: \"moved_off\"", "kind: \"moved\"", NULL },
		  "rules.unknown" },
		{ { "WD-4: worked on a day that is worked anyway", "\"2024-05-04\"",
		    "\"2024-05-03\"", NULL },
		  "rules.calendar" },
		{ { "WD-4: off on a Sunday", "\"2024-05-08\"", "\"2024-05-12\"", NULL },
		  "rules.calendar" },
		{ { "WD-2: a day twice, at the second", "{ day: \"2025-01-07\"",
		    "{ day: \"2024-01-07\"", NULL },
		  "rules.calendar" },
	};
	(void)state;
	each("calendar.yaml", row, COUNT(row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),      cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_programme), cmocka_unit_test(test_lists),
		cmocka_unit_test(test_organs),    cmocka_unit_test(test_qualification),
		cmocka_unit_test(test_calendar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

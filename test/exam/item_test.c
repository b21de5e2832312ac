/* A version of a question is its content: F22. */
#include "exam_test.h"

#include "exam/item.h"

#include <sodium.h>

static struct item sample(void)
{
	struct item item = {
		.act = "criminal-code",
		.article = "15",
		.options = 4,
		.answer = 1,
		.kk = { "Қылмыстық жауаптылық неше жастан басталады?",
			{ "он төрт", "он алты", "он сегіз", "жиырма бір" } },
		.ru = { "С какого возраста наступает уголовная ответственность?",
			{ "с четырнадцати", "с шестнадцати", "с восемнадцати",
			  "с двадцати одного" } },
	};
	assert_true(day_parse("2026-01-01", &item.text_date));
	return item;
}

/* Worked out from the words of item.h by another program in another language. */
static void test_known(void **state)
{
	unsigned char hash[ITEM_HASH_SIZE];
	struct item item = sample();
	(void)state;
	item_hash(&item, hash);
	same_bytes("the sample", hash, sizeof(hash),
		   "eee8b014d3e84bfdbd2f86eef4796cb0e88ced1e7c2a538ea0e97fcce7ba114c");
}

static void change_act(struct item *i)
{
	i->act = "civil-code";
}

static void change_article(struct item *i)
{
	i->article = "15-1";
}

static void change_date(struct item *i)
{
	i->text_date.n++;
}

static void change_answer(struct item *i)
{
	i->answer = 2;
}

static void change_kk(struct item *i)
{
	i->kk.stem = "Қылмыстық жауаптылық неше жастан басталады";
}

static void change_ru(struct item *i)
{
	i->ru.stem = "с какого возраста наступает уголовная ответственность?";
}

static void change_kk_option(struct item *i)
{
	i->kk.option[0] = "он торт";
}

static void change_ru_option(struct item *i)
{
	i->ru.option[3] = "с двадцати одного ";
}

static void swap_options(struct item *i)
{
	i->ru.option[0] = "с шестнадцати";
	i->ru.option[1] = "с четырнадцати";
}

static void fewer_options(struct item *i)
{
	i->options = 3;
}

static void one_more_option(struct item *i)
{
	i->options = 5;
	i->kk.option[4] = "";
	i->ru.option[4] = "";
}

/* Lengths stand before texts: a word that moves from one field to the next is seen. */
static void move_between_fields(struct item *i)
{
	i->act = "criminal-code1";
	i->article = "5";
}

static void move_between_options(struct item *i)
{
	i->kk.option[0] = "он төртон";
	i->kk.option[1] = " алты";
}

/* F22: whatever changes, it is another version. */
static void test_every_field_counts(void **state)
{
	static const struct {
		const char *why;
		void (*change)(struct item *item);
	} row[] = {
		{ "act", change_act },
		{ "article", change_article },
		{ "date of the text", change_date },
		{ "key", change_answer },
		{ "Kazakh question", change_kk },
		{ "case of one Russian letter", change_ru },
		{ "one letter of a Kazakh option", change_kk_option },
		{ "a space in a Russian option", change_ru_option },
		{ "order of options", swap_options },
		{ "one option less", fewer_options },
		{ "one empty option more", one_more_option },
		{ "a digit from the article into the act", move_between_fields },
		{ "a word into the next option", move_between_options },
	};
	unsigned char seen[COUNT(row) + 1][ITEM_HASH_SIZE];
	struct item first = sample();
	(void)state;
	item_hash(&first, seen[0]);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct item item = sample();
		row[i].change(&item);
		item_hash(&item, seen[i + 1]);
		for (size_t k = 0; k <= i; k++) {
			if (memcmp(seen[k], seen[i + 1], ITEM_HASH_SIZE) == 0)
				fail_msg("%s: the same as number %zu", row[i].why, k);
		}
	}
}

/* What lies behind the last option is no part of the item. */
static void test_unused_options_do_not_count(void **state)
{
	unsigned char one[ITEM_HASH_SIZE];
	unsigned char two[ITEM_HASH_SIZE];
	struct item item = sample();
	(void)state;
	item_hash(&item, one);
	item.kk.option[4] = "артық";
	item.ru.option[4] = "лишний";
	item_hash(&item, two);
	assert_memory_equal(one, two, sizeof(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_every_field_counts),
		cmocka_unit_test(test_unused_options_do_not_count),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

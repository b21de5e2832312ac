/* figures.c - figures of the test and of its questions, with their pictures (F64 to F66).
 *
 * Reading the attempts takes long, so it runs on a worker; a file of the list does so anyway. */
#include "app/figures.h"
#include "app/bank_review.h"
#include "web/bank.h"
#include "web/list.h"
#include "web/row.h"

#include <math.h>
#include <string.h>

enum {
	PERCENT = 100,
	PLOT_WIDTH = 800,
	PLOT_HEIGHT = 300,
	PLOT_BANDS = 8, /* of BANDS / PLOT_BANDS each: a curve, not a saw */
	PLOT_LEAST = 5, /* answers in a band that is drawn */
};

const struct param figures_params[] = { LIST_PARAMS, PARAMS_END };
const struct param figures_item_params[] = {
	{ "item", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param figures_hold_params[] = { PARAMS_END };

static const struct list_column columns[] = {
	{ "code", "bank.code", LIST_TEXT, LIST_SORTS, NULL },
	{ "act_name", "bank.act", LIST_TEXT, LIST_SORTS, NULL },
	{ "answered", "figures.answered", LIST_NUMBER, LIST_SORTS, NULL },
	{ "facility", "figures.facility", LIST_NUMBER, LIST_SORTS, NULL },
	{ "item_rest", "figures.item_rest", LIST_NUMBER, LIST_SORTS, NULL },
	{ "exposure", "figures.exposure", LIST_NUMBER, LIST_SORTS, NULL },
	{ "median", "figures.median", LIST_NUMBER, LIST_SORTS, NULL },
	{ "delta", "figures.delta", LIST_NUMBER, LIST_SORTS, NULL },
	{ "dif", "figures.dif", LIST_CODE, LIST_SORTS, "figures.class" },
	{ 0 },
};
const struct list figures_listing = { "items", "figures.title", columns, 50 };

/* ---- reading -----------------------------------------------------------------------------------
 */

/* A figure as a whole number of its hundredths; null is not enough data. */
static json_t *hundredths(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_number(value) ? json_integer(lround(json_number_value(value) * PERCENT))
				     : json_null();
}

static json_t *whole(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_number(value) ? json_integer(lround(json_number_value(value))) : json_null();
}

/* The class as a message key ends: "a", "b", "c"; "" for none. */
static const char *class_code(const json_t *dif)
{
	static const char *const codes[] = { "a", "b", "c" };
	const char name = *row_text(dif, "class");
	return name >= 'A' && name <= 'C' ? codes[name - 'A'] : "";
}

static json_t *item_row(const struct req *r, const struct figures *f, size_t i)
{
	json_t *item = figures_item_json(f, i);
	const json_t *both = json_object_get(item, "both");
	const json_t *dif = json_object_get(item, "dif");
	json_t *row = json_pack(
		"{s:I,s:s,s:s,s:I,s:o,s:o,s:o,s:o,s:o,s:s}", "id", (json_int_t)f->items[i].id,
		"code", f->items[i].code, "act_name", bank_act_name(r, row_text(item, "act")),
		"answered", (json_int_t)row_number(both, "answered"), "facility",
		hundredths(both, "facility"), "item_rest", hundredths(both, "item_rest"),
		"exposure", hundredths(both, "exposure"), "median", whole(both, "time_median_s"),
		"delta", hundredths(dif, "delta"), "dif", class_code(dif));
	json_decref(item);
	return row;
}

/* How many had so many right: bars of ten groups of scores would hide the mark, so one for each. */
static json_t *distribution(const struct figures *f)
{
	const int64_t mark = rule_set_value(f->rules, PARAM_PASS_MARK);
	const int questions = f->test.questions;
	int64_t most = 1;
	json_t *list = json_array();
	for (int i = 0; i <= questions; i++)
		most = f->test.score[i] > most ? f->test.score[i] : most;
	for (int i = 0; i <= questions; i++) {
		const int64_t height = f->test.score[i] * PLOT_HEIGHT / most;
		if (f->test.score[i] > 0)
			(void)json_array_append_new(
				list, json_pack("{s:i,s:I,s:i,s:I,s:I,s:b}", "score", i, "people",
						(json_int_t)f->test.score[i], "x",
						i * PLOT_WIDTH / (questions + 1), "y",
						(json_int_t)(PLOT_HEIGHT - height), "height",
						(json_int_t)height, "passed", i >= mark));
	}
	return list;
}

static void drop_json(void *json)
{
	json_decref(json);
}

/* In the request's arena. */
static json_t *read_all(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	struct figures *f = arena_alloc(r->arena, sizeof(*f));
	if (!figures_read(&act, NULL, f, e))
		return NULL;
	json_t *items = json_array();
	int large = 0;
	for (size_t i = 0; i < f->item_count; i++) {
		json_t *row = item_row(r, f, i);
		large += f->items[i].in_use && strcmp(row_text(row, "dif"), "c") == 0;
		(void)json_array_append_new(items, row);
	}
	json_t *test = figures_test_json(f);
	const int64_t mark = row_number(test, "pass_mark");
	(void)json_object_set_new(
		test, "mark_x",
		json_integer((json_int_t)(mark * PLOT_WIDTH / (f->test.questions + 1))));
	json_t *all = json_pack("{s:o,s:o,s:o,s:i}", "test", test, "items", items, "distribution",
				distribution(f), "large", large);
	arena_defer(r->arena, drop_json, all);
	return all;
}

bool figures_slow(struct req *r, struct err *e)
{
	r->found = read_all(r, e);
	return r->found != NULL;
}

bool figures_show(struct req *r, json_t *model, struct err *e)
{
	json_t *all = r->found ? r->found : read_all(r, e);
	if (!all)
		return false;
	if (r->route->list)
		list_rows(r, model, json_object_get(all, "items"));
	(void)json_object_set(model, "test", json_object_get(all, "test"));
	(void)json_object_set(model, "distribution", json_object_get(all, "distribution"));
	(void)json_object_set(model, "large", json_object_get(all, "large"));
	(void)json_object_set_new(model, "approver", json_boolean(req_is(r, ROLE_APPROVER)));
	return true;
}

/* ---- one item
 * ------------------------------------------------------------------------------------ */

/* The share of one answer from the weakest band to the strongest, as the points of a line. */
static const char *points_of(const struct req *r, const struct item_tally *t, int option)
{
	const int step = BANDS / PLOT_BANDS;
	const char *text = "";
	for (int band = 0; band < PLOT_BANDS; band++) {
		int64_t answered = 0;
		int64_t chosen = 0;
		for (int i = band * step; i < (band + 1) * step; i++) {
			for (int o = 0; o <= ITEM_OPTIONS_MOST; o++)
				answered += t->band[i][o];
			chosen += t->band[i][option];
		}
		if (answered < PLOT_LEAST)
			continue;
		text = arena_print(r->arena, "%s%s%d,%lld", text, *text ? " " : "",
				   (2 * band + 1) * PLOT_WIDTH / (2 * PLOT_BANDS),
				   (long long)(PLOT_HEIGHT - chosen * PLOT_HEIGHT / answered));
	}
	return text;
}

static json_t *language_row(const json_t *item, const char *language)
{
	const json_t *f = json_object_get(item, language);
	return json_pack("{s:s,s:I,s:o,s:o,s:o,s:I,s:I,s:o,s:o}", "language", language, "answered",
			 (json_int_t)row_number(f, "answered"), "facility",
			 hundredths(f, "facility"), "error", hundredths(f, "facility_error"),
			 "item_rest", hundredths(f, "item_rest"), "omitted",
			 (json_int_t)row_number(f, "omitted"), "changed",
			 (json_int_t)row_number(f, "changed"), "median", whole(f, "time_median_s"),
			 "p95", whole(f, "time_p95_s"));
}

static json_t *option_rows(const struct req *r, const struct figures *f, size_t i,
			   const json_t *item)
{
	const struct item_tally both =
		item_tally_join(&f->tallies[i * LANGUAGES], &f->tallies[i * LANGUAGES + 1]);
	const bool enough = both.answered >= ENOUGH_CORRELATION;
	json_t *list = json_array();
	for (int o = 0; o < f->items[i].options; o++) {
		json_t *row = json_pack("{s:s,s:b,s:i,s:s}", "letter",
					arena_print(r->arena, "%c", 'a' + o), "right",
					o == f->items[i].answer, "line", o, "points",
					enough ? points_of(r, &both, o) : "");
		static const char *const parts[] = { "kk", "ru", "both" };
		for (size_t p = 0; p < COUNT(parts); p++) {
			const json_t *of = json_array_get(
				json_object_get(json_object_get(item, parts[p]), "options"),
				(size_t)o);
			(void)json_object_set_new(row, arena_print(r->arena, "%s_share", parts[p]),
						  hundredths(of, "share"));
			(void)json_object_set_new(row, arena_print(r->arena, "%s_rest", parts[p]),
						  hundredths(of, "rest"));
		}
		(void)json_array_append_new(list, row);
	}
	return list;
}

bool figures_item_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	struct figures *f = arena_alloc(r->arena, sizeof(*f));
	size_t i = 0;
	if (!figures_read(&act, NULL, f, e))
		return false;
	while (i < f->item_count && f->items[i].id != in_int(r, "item"))
		i++;
	if (i == f->item_count)
		return err_set(e, ERR_MISSING, "error.missing", "no such version");
	json_t *item = figures_item_json(f, i);
	const json_t *dif = json_object_get(item, "dif");
	r->found = json_pack(
		"{s:s,s:s,s:s,s:[o,o,o],s:o,s:o,s:b}", "code", f->items[i].code, "act_name",
		bank_act_name(r, row_text(item, "act")), "article", f->items[i].article,
		"languages", language_row(item, "kk"), language_row(item, "ru"),
		language_row(item, "both"), "options", option_rows(r, f, i, item), "dif",
		json_is_object(dif)
			? json_pack("{s:o,s:o,s:o,s:s}", "alpha", hundredths(dif, "alpha"), "delta",
				    hundredths(dif, "delta"), "p_dif", hundredths(dif, "p_dif"),
				    "class", class_code(dif))
			: json_null(),
		"drawn",
		row_number(json_object_get(item, "both"), "answered") >= ENOUGH_CORRELATION);
	arena_defer(r->arena, drop_json, r->found);
	json_decref(item);
	return true;
}

bool figures_item(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set(model, "question", r->found);
	return true;
}

/* F66 */
bool figures_do_hold(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct figures *f = arena_alloc(r->arena, sizeof(*f));
	int64_t held = 0;
	(void)model;
	r->notice = "figures.notice.held";
	req_go(r, "/bank/questions?state=hold");
	return figures_read(&act, NULL, f, e) && figures_hold(&act, f, &held, e);
}

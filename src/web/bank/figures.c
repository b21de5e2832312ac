/* figures.c - figures of the test and of its questions, with their pictures (F64 to F66).
 *
 * Reading the attempts takes long, so it runs on a worker; a file of the list does so anyway. */
#include "app/result/figures.h"
#include "app/bank/bank_review.h"
#include "web/bank/bank.h"
#include "web/list.h"
#include "web/row.h"
#include "web/sitting/distribution.h"

#include <math.h>
#include <string.h>

enum {
	PERCENT = 100,
	PLOT_WIDTH = 800,
	PLOT_HEIGHT = 300,
};

static const char *const flag_names[] = { "key",  "rival", "weak", "language",
					  "hard", "easy",  "dead", NULL };

const struct param figures_params[] = {
	LIST_PARAMS,
	{ "act", P_TEXT, 0, 64, false, NULL },
	{ "flag", P_CHOICE, 0, 0, false, flag_names },
	PARAMS_END,
};
const struct param figures_item_params[] = {
	{ "item", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param figures_hold_params[] = { PARAMS_END };

/* The file has each language version by itself. */
static const struct list_column columns[] = {
	{ "code", "bank.code", LIST_TEXT, LIST_SORTS, NULL },
	{ "act_name", "bank.act", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "answered", "figures.answered", LIST_NUMBER, LIST_SORTS, NULL },
	{ "facility", "figures.facility", LIST_NUMBER, LIST_SORTS, NULL },
	{ "item_rest", "figures.item_rest", LIST_DECIMAL, LIST_SORTS, NULL },
	{ "exposure", "figures.exposure", LIST_NUMBER, LIST_SORTS, NULL },
	{ "median", "figures.median", LIST_NUMBER, LIST_SORTS, NULL },
	{ "delta", "figures.delta", LIST_DECIMAL, LIST_SORTS, NULL },
	{ "dif", "figures.dif", LIST_CODE, LIST_SORTS, "figures.class" },
	{ "flag", "figures.flag", LIST_CODE, LIST_SORTS, "figures.flag" },
	{ "omitted", "figures.omitted", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "changed", "figures.changed", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "p95", "figures.p95", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "kk_answered", "figures.file.kk_answered", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "kk_facility", "figures.file.kk_facility", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "kk_item_rest", "figures.file.kk_item_rest", LIST_DECIMAL, LIST_HIDDEN, NULL },
	{ "ru_answered", "figures.file.ru_answered", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "ru_facility", "figures.file.ru_facility", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "ru_item_rest", "figures.file.ru_item_rest", LIST_DECIMAL, LIST_HIDDEN, NULL },
	{ 0 },
};
const struct list figures_listing = { "items", "figures.title", columns, 50 };

/* ---- reading --------------------------------------------------------------------------------- */

/* A share as whole percent; null is not enough data. */
static json_t *percent(const json_t *object, const char *key)
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

static json_t *decimal(const json_t *object, const char *key, int digits)
{
	const json_t *value = json_object_get(object, key);
	return json_is_number(value) ? decimal_json(json_number_value(value), digits) : json_null();
}

/* The class as a message key ends: "a", "b", "c"; "" for none. */
static const char *class_code(const json_t *dif)
{
	static const char *const codes[] = { "a", "b", "c" };
	const char name = *row_text(dif, "class");
	return name >= 'A' && name <= 'C' ? codes[name - 'A'] : "";
}

/* The most serious flag, and the others behind it as [{what}]. */
static void add_flags(const json_t *item, json_t *row)
{
	const json_t *flags = json_object_get(item, "flags");
	json_t *more = json_array();
	for (size_t i = 1; i < json_array_size(flags); i++)
		(void)json_array_append_new(more,
					    json_pack("{s:O}", "what", json_array_get(flags, i)));
	const json_t *first = json_array_get(flags, 0);
	(void)json_object_set_new(row, "flag", json_string(first ? json_string_value(first) : ""));
	(void)json_object_set_new(row, "more", more);
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
		percent(both, "facility"), "item_rest", decimal(both, "item_rest", 2), "exposure",
		percent(both, "exposure"), "median", whole(both, "time_median_s"), "delta",
		decimal(dif, "delta", 2), "dif", class_code(dif));
	add_flags(item, row);
	if (r->file_ending) {
		const json_t *kk = json_object_get(item, "kk");
		const json_t *ru = json_object_get(item, "ru");
		(void)json_object_update_new(
			row, json_pack("{s:I,s:I,s:o,s:I,s:o,s:o,s:I,s:o,s:o}", "omitted",
				       (json_int_t)row_number(both, "omitted"), "changed",
				       (json_int_t)row_number(both, "changed"), "p95",
				       whole(both, "time_p95_s"), "kk_answered",
				       (json_int_t)row_number(kk, "answered"), "kk_facility",
				       percent(kk, "facility"), "kk_item_rest",
				       decimal(kk, "item_rest", 2), "ru_answered",
				       (json_int_t)row_number(ru, "answered"), "ru_facility",
				       percent(ru, "facility"), "ru_item_rest",
				       decimal(ru, "item_rest", 2)));
	}
	json_decref(item);
	return row;
}

/* Whether the filter of the page leaves item `i`. */
static bool is_asked(const struct req *r, const struct figures *f, size_t i)
{
	const char *act = in_text(r, "act");
	const char *flag = in_text(r, "flag");
	bool has = !*flag;
	const unsigned flags = has ? 0 : figures_flags(f, i);
	for (int k = 0; k < FLAG_COUNT && !has; k++)
		has = (flags & (1U << k)) && strcmp(figures_flag_name(k), flag) == 0;
	return has && (!*act || strcmp(f->rules->acts[f->items[i].act].code, act) == 0);
}

/* How many had so many right: bars of ten groups of scores would hide the mark, so one for each. */
static json_t *distribution(const struct req *r, const struct figures *f)
{
	const size_t count = (size_t)f->test.questions + 1;
	const int64_t mark = rule_set_value(f->rules, PARAM_PASS_MARK);
	struct distribution_part *part = arena_array(r->arena, count, sizeof(*part));
	for (size_t i = 0; i < count; i++)
		part[i] = (struct distribution_part){ (int64_t)i, f->test.questions, mark,
						      f->test.score[i] };
	return distribution_of(part, count);
}

/* The figures of the test as they are read: three places, and null for not enough data. */
static json_t *test_row(const struct figures *f)
{
	static const char *const named[] = { "mean",        "variance",         "sd",
					     "kr20",        "stratified_alpha", "sem",
					     "sem_at_mark", "consistency" };
	json_t *test = figures_test_json(f);
	const int64_t attempts = row_number(test, "attempts");
	for (size_t i = 0; i < COUNT(named); i++) {
		const bool share = i == 3 || i == 4 || i == 7;
		(void)json_object_set_new(test, named[i], decimal(test, named[i], share ? 3 : 2));
	}
	(void)json_object_del(test, "score"); /* the page has `distribution` */
	(void)json_object_set_new(test, "share",
				  attempts > 0 ? decimal_json((double)row_number(test, "passed") *
								      PERCENT / (double)attempts,
							      1)
					       : json_null());
	return test;
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
		const struct item_tally *t = &f->tallies[i * LANGUAGES];
		large += f->items[i].in_use &&
			 dif_of_item(&t[0], &t[1], f->items[i].answer).class == 'C';
		if (is_asked(r, f, i))
			(void)json_array_append_new(items, item_row(r, f, i));
	}
	json_t *all = json_pack("{s:o,s:o,s:o,s:i}", "test", test_row(f), "items", items,
				"distribution", distribution(r, f), "large", large);
	json_in_arena(r->arena, all);
	return all;
}

bool figures_slow(struct req *r, struct err *e)
{
	r->found = read_all(r, e);
	return r->found != NULL;
}

/* [{id, chosen}] */
static json_t *flag_options(const struct req *r)
{
	json_t *list = json_array();
	for (const char *const *name = flag_names; *name; name++)
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:b}", "id", *name, "chosen",
						      strcmp(*name, in_text(r, "flag")) == 0));
	return list;
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
	(void)json_object_set_new(model, "acts", bank_act_options(r, in_text(r, "act")));
	(void)json_object_set_new(model, "flags", flag_options(r));
	return true;
}

/* ---- one item -------------------------------------------------------------------------------- */

/* The share of one answer from the weakest band to the strongest, as the points of a line. */
static const char *points_of(const struct req *r, const struct item_tally *t, int option)
{
	struct band_figure curve[CURVE_BANDS];
	const char *text = "";
	figures_curve(t, curve);
	for (int band = 0; band < CURVE_BANDS; band++) {
		if (curve[band].answered < CURVE_LEAST)
			continue;
		text = arena_print(r->arena, "%s%s%d,%ld", text, *text ? " " : "",
				   (2 * band + 1) * PLOT_WIDTH / (2 * CURVE_BANDS),
				   PLOT_HEIGHT - lround(curve[band].share[option] * PLOT_HEIGHT));
	}
	return text;
}

static json_t *language_row(const json_t *item, const char *language)
{
	const json_t *f = json_object_get(item, language);
	const json_t *value = json_object_get(f, "facility_error");
	json_t *error = json_is_number(value) ? decimal_json(json_number_value(value) * PERCENT, 1)
					      : json_null();
	return json_pack("{s:s,s:I,s:o,s:o,s:o,s:I,s:I,s:o,s:o,s:o}", "language", language,
			 "answered", (json_int_t)row_number(f, "answered"), "facility",
			 percent(f, "facility"), "error", error, "item_rest",
			 decimal(f, "item_rest", 2), "omitted",
			 (json_int_t)row_number(f, "omitted"), "changed",
			 (json_int_t)row_number(f, "changed"), "exposure", percent(f, "exposure"),
			 "median", whole(f, "time_median_s"), "p95", whole(f, "time_p95_s"));
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
						  percent(of, "share"));
			(void)json_object_set_new(row, arena_print(r->arena, "%s_rest", parts[p]),
						  decimal(of, "rest", 2));
		}
		(void)json_array_append_new(list, row);
	}
	return list;
}

/* The groups of candidates behind the curves: from which score to which, how many answers, and of
 * each option the share with its standard error in percent.  A group that tells too little is left
 * out; none at all of too few answers. */
static json_t *band_rows(const struct req *r, const struct figures *f, size_t i)
{
	const struct item_tally both =
		item_tally_join(&f->tallies[i * LANGUAGES], &f->tallies[i * LANGUAGES + 1]);
	struct band_figure band[CURVE_BANDS];
	json_t *list = json_array();
	figures_curve(&both, band);
	for (int b = 0; both.answered >= ENOUGH_CORRELATION && b < CURVE_BANDS; b++) {
		if (band[b].answered < CURVE_LEAST)
			continue;
		json_t *shares = json_array();
		for (int o = 0; o < f->items[i].options; o++) {
			const double p = band[b].share[o];
			const double error = sqrt(p * (1 - p) / (double)band[b].answered);
			(void)json_array_append_new(
				shares, json_pack("{s:s,s:o,s:o}", "letter",
						  arena_print(r->arena, "%c", 'a' + o), "share",
						  decimal_json(p * PERCENT, 1), "error",
						  decimal_json(error * PERCENT, 1)));
		}
		(void)json_array_append_new(
			list,
			json_pack("{s:i,s:i,s:i,s:I,s:o}", "group", b + 1, "low",
				  figures_band_low(f, b), "high", figures_band_low(f, b + 1) - 1,
				  "answered", (json_int_t)band[b].answered, "shares", shares));
	}
	return list;
}

/* The question itself, for those who may open it. */
static bool add_link(struct req *r, json_t *row, const char *code, struct err *e)
{
	enum { BANK = ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER };
	const json_t *rows = db_rows(r->db, r->arena, e, "SELECT id FROM bank_item WHERE code = $1",
				     db_text(code));
	const json_t *found = json_array_get(rows, 0);
	(void)json_object_set_new(row, "link",
				  found && req_is(r, BANK)
					  ? json_integer((json_int_t)row_number(found, "id"))
					  : json_null());
	return rows != NULL;
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
		"{s:s,s:s,s:s,s:[o,o,o],s:o,s:o,s:o,s:b,s:i,s:i,s:I}", "code", f->items[i].code,
		"act_name", bank_act_name(r, row_text(item, "act")), "article", f->items[i].article,
		"languages", language_row(item, "kk"), language_row(item, "ru"),
		language_row(item, "both"), "options", option_rows(r, f, i, item), "bands",
		band_rows(r, f, i), "dif",
		json_is_object(dif)
			? json_pack("{s:o,s:o,s:o,s:o,s:s}", "alpha", decimal(dif, "alpha", 2),
				    "delta", decimal(dif, "delta", 2), "delta_error",
				    decimal(dif, "delta_error", 2), "p_dif", percent(dif, "p_dif"),
				    "class", class_code(dif))
			: json_null(),
		"drawn",
		row_number(json_object_get(item, "both"), "answered") >= ENOUGH_CORRELATION,
		"least", ENOUGH_CORRELATION, "group_least", CURVE_LEAST, "answered",
		(json_int_t)row_number(json_object_get(item, "both"), "answered"));
	add_flags(item, r->found);
	json_in_arena(r->arena, r->found);
	json_decref(item);
	return add_link(r, r->found, f->items[i].code, e);
}

bool figures_item(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set(model, "question", r->found);
	return true;
}

/* ---- class C (F66)
 * ------------------------------------------------------------------------------- */

bool figures_hold_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	struct figures *f = arena_alloc(r->arena, sizeof(*f));
	if (!figures_read(&act, NULL, f, e))
		return false;
	r->found = figures_large(f);
	json_in_arena(r->arena, r->found);
	return true;
}

/* Holds what the worker has found: reading the attempts here would stop everybody. */
bool figures_do_hold(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const json_t *held = NULL;
	(void)model;
	r->notice = "figures.notice.held";
	req_go(r, "/bank/questions?state=hold");
	return figures_hold(&act, r->found, &held, e);
}

#include "app/result/figures.h"

#include "app/bank/bank.h"
#include "app/bank/bank_review.h"
#include "app/bank/exposure.h"
#include "app/notice/notice.h"
#include "app/sitting/attempt.h"

#include <math.h>
#include <string.h>

enum { PAGE = 500 };

struct reading {
	struct figures *f;
	const struct figures_watch *watch;
	struct arena *arena;
	int64_t *place; /* of an item's id, -1 for none */
	int64_t id_most;
	struct answer_record *answer; /* of the attempt that is read */
	const char *points;
	size_t point_count;
	char (*shown)[ITEM_OPTIONS_MOST + 1];
	size_t count;
	int64_t before_ms;
	bool strange; /* a form that does not fit today's programme */
};

/* ---- items ----------------------------------------------------------------------------------- */

static int act_place(const struct rule_set *rules, const char *code)
{
	for (size_t i = 0; i < rules->act_count; i++) {
		if (strcmp(rules->acts[i].code, code) == 0)
			return (int)i;
	}
	return -1;
}

/* Columns: id, code, article, act, answer, options, in use. */
static bool take_item(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	struct figures *f = r->f;
	const int act = act_place(f->rules, column[3].bytes);
	(void)count;
	(void)e;
	if (act < 0)
		return true;
	r->place[column[0].number] = (int64_t)f->item_count;
	f->act_of[f->item_count] = act;
	f->items[f->item_count++] = (struct figures_item){
		.id = column[0].number,
		.code = arena_copy_n(r->arena, column[1].bytes, column[1].size),
		.article = arena_copy_n(r->arena, column[2].bytes, column[2].size),
		.act = act,
		.answer = (int)column[4].number,
		.options = (int)column[5].number,
		.in_use = column[6].number != 0,
	};
	return true;
}

static bool read_items(const struct act *act, struct reading *r, struct err *e)
{
	struct figures *f = r->f;
	int64_t count = 0;
	if (!db_number(act->db, e, &count, "SELECT COUNT(*) FROM item") ||
	    !db_number(act->db, e, &r->id_most, "SELECT COALESCE(MAX(id), 0) FROM item"))
		return false;
	r->place = arena_array(act->arena, (size_t)r->id_most + 1, sizeof(*r->place));
	for (int64_t i = 0; i <= r->id_most; i++)
		r->place[i] = -1;
	f->items = arena_array(act->arena, (size_t)count + 1, sizeof(*f->items));
	f->act_of = arena_array(act->arena, (size_t)count + 1, sizeof(*f->act_of));
	if (!db_each(act->db, e, take_item, r,
		     "SELECT id, code, article, act, answer, options,"
		     " CASE WHEN " ITEM_IN_USE " THEN 1 ELSE 0 END"
		     "  FROM item WHERE approved_ms IS NOT NULL ORDER BY code, id"))
		return false;
	const size_t size = f->item_count * LANGUAGES + 1;
	f->tallies = arena_array(act->arena, size, sizeof(*f->tallies));
	memset(f->tallies, 0, size * sizeof(*f->tallies));
	return true;
}

/* Columns: item, forms. */
static bool take_papers(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	const int64_t item = column[0].number;
	const int64_t place = item >= 0 && item <= r->id_most ? r->place[item] : -1;
	(void)count;
	(void)e;
	if (place >= 0)
		r->f->items[place].papers = column[1].number;
	return true;
}

static bool read_papers(const struct act *act, struct reading *r, struct err *e)
{
	return db_number(act->db, e, &r->f->papers,
			 "WITH " EXPOSURE_SHOWN
			 " SELECT COUNT(*) FROM shown WHERE attempt_id IS NULL AND number = 1") &&
	       db_each(act->db, e, take_papers, r,
		       "WITH " EXPOSURE_SHOWN " SELECT item_id, COUNT(*) FROM shown"
		       " WHERE attempt_id IS NULL GROUP BY item_id");
}

/* ---- an attempt ------------------------------------------------------------------------------ */

/* Columns: number, item, act, shown. */
static bool take_question(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	const int64_t item = column[1].number;
	const int64_t place = item >= 0 && item <= r->id_most ? r->place[item] : -1;
	const int act = act_place(r->f->rules, column[2].bytes);
	(void)count;
	(void)e;
	if (place < 0 || act < 0 || (int)r->count == r->f->test.questions ||
	    column[0].number != (int64_t)r->count + 1 || r->count >= r->point_count ||
	    column[3].size > ITEM_OPTIONS_MOST) {
		r->strange = true;
		return true;
	}
	memcpy(r->shown[r->count], column[3].bytes, column[3].size);
	r->shown[r->count][column[3].size] = '\0';
	r->answer[r->count] = (struct answer_record){
		.item = (size_t)place,
		.act = act,
		.option = NO_CHOICE,
		.right = r->points[r->count] == '1',
		.time_ms = -1,
	};
	r->count++;
	return true;
}

/* Columns: number, choice, time.  In the order they came: the last one stays.  The time of a
 * question is what went by since the click before it, whichever question that was of. */
static bool take_event(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	const int64_t number = column[0].number;
	(void)count;
	(void)e;
	if (number < 1 || number > (int64_t)r->count)
		return true;
	struct answer_record *a = &r->answer[number - 1];
	const char *shown = r->shown[number - 1];
	const int64_t spent = column[2].number - r->before_ms;
	if (a->time_ms >= 0)
		a->changes++;
	a->time_ms = (a->time_ms < 0 ? 0 : a->time_ms) + (spent > 0 ? spent : 0);
	a->at_ms = column[2].number;
	r->before_ms = column[2].number;
	a->option = NO_CHOICE;
	if (column[1].type == DB_INT && column[1].number >= 0 &&
	    column[1].number < (int64_t)strlen(shown))
		a->option = shown[column[1].number] - '0';
	return true;
}

static bool read_attempt(const struct act *act, struct reading *r, const json_t *row, struct err *e)
{
	const int64_t id = row_number(row, "id");
	r->points = row_text(row, "points");
	r->point_count = strlen(r->points);
	r->count = 0;
	r->strange = false;
	r->before_ms = row_number(row, "entered_ms");
	if (!db_each(act->db, e, take_question, r,
		     "SELECT number, item_id, act, shown FROM form_question"
		     " WHERE attempt_id = $1 ORDER BY number",
		     db_int(id)) ||
	    !db_each(act->db, e, take_event, r,
		     EVENTS_OF_ATTEMPT
		     "SELECT number, choice, at_ms FROM event WHERE accepted = 1 ORDER BY id",
		     db_int(id)))
		return false;
	const int language = strcmp(row_text(row, "language"), "kk") == 0 ? 0 : 1;
	if (r->strange ||
	    !statistics_add(&r->f->test, r->f->tallies, language, r->answer, r->count))
		r->f->skipped++;
	else if (r->watch->attempt)
		r->watch->attempt(r->watch->user, id, r->answer, r->count);
	return true;
}

static bool read_page(const struct act *act, struct reading *r, int64_t *last, size_t *ret,
		      struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, a, e,
			"SELECT t.id, t.language, t.entered_ms, r.points FROM attempt t"
			" JOIN result r ON r.attempt_id = t.id WHERE t.id > $1 AND t.void = 0"
			" AND t.finish <> 'breach' ORDER BY t.id LIMIT $2",
			db_int(*last), db_int(PAGE));
	json_array_foreach (rows, i, row) {
		if (!read_attempt(act, r, row, e))
			return false;
		*last = row_number(row, "id");
	}
	*ret = json_array_size(rows);
	return rows != NULL;
}

bool figures_read(const struct act *act, const struct figures_watch *watch, struct figures *ret,
		  struct err *e)
{
	static const struct figures_watch nobody = { NULL, NULL, NULL };
	const struct law_file *law = law_book_rule_set_on(act->book, act_today(act));
	struct reading r = { .f = ret, .watch = watch ? watch : &nobody, .arena = act->arena };
	int64_t all = 0;
	int64_t done = 0;
	int64_t last = 0;
	size_t page = PAGE;
	if (!law)
		return err_set(e, ERR_CONFLICT, "bank.error.rules", "no rule set is in force");
	*ret = (struct figures){ .rules = law->rule_set };
	ret->test.questions = rule_set_questions(law->rule_set);
	ret->test.acts = (int)law->rule_set->act_count;
	const size_t most = (size_t)ret->test.questions + 1;
	r.answer = arena_array(act->arena, most, sizeof(*r.answer));
	r.shown = arena_array(act->arena, most, sizeof(*r.shown));
	if (!read_items(act, &r, e) || !read_papers(act, &r, e) ||
	    !db_number(act->db, e, &all, "SELECT COUNT(*) FROM result"))
		return false;
	while (page == PAGE) {
		if (!read_page(act, &r, &last, &page, e))
			return false;
		done += (int64_t)page;
		if (r.watch->progress)
			r.watch->progress(r.watch->user, done, all);
	}
	return true;
}

/* ---- told ------------------------------------------------------------------------------------ */

/* Five figures are more than any of these is worth. */
static json_t *rounded(double value)
{
	return json_real(round(value * 100000) / 100000);
}

static json_t *figure_json(struct figure f)
{
	return f.known ? rounded(f.value) : json_null();
}

bool figures_has_scores(const struct figures *f)
{
	return f->test.attempts >= ENOUGH_FACILITY;
}

static json_t *score_json(const struct figures *f)
{
	json_t *list = json_array();
	for (int i = 0; i <= f->test.questions; i++)
		(void)json_array_append_new(list, json_integer((json_int_t)f->test.score[i]));
	return list;
}

json_t *figures_test_json(const struct figures *f)
{
	const int64_t mark = rule_set_value(f->rules, PARAM_PASS_MARK);
	const struct test_statistics s =
		test_statistics_of(&f->test, f->tallies, f->act_of, f->item_count, (int)mark);
	return json_pack("{s:I,s:I,s:I,s:i,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o*}", "attempts",
			 (json_int_t)s.attempts, "passed", (json_int_t)s.passed, "skipped",
			 (json_int_t)f->skipped, "questions", f->test.questions, "pass_mark",
			 (json_int_t)mark, "mean", figure_json(s.mean), "variance",
			 figure_json(s.variance), "sd", figure_json(s.sd), "kr20",
			 figure_json(s.kr20), "stratified_alpha", figure_json(s.stratified_alpha),
			 "sem", figure_json(s.sem), "sem_at_mark", rounded(s.sem_at_mark),
			 "consistency", figure_json(s.consistency), "score",
			 figures_has_scores(f) ? score_json(f) : NULL);
}

void figures_curve(const struct item_tally *t, struct band_figure ret[CURVE_BANDS])
{
	enum { STEP = BANDS / CURVE_BANDS };
	struct item_tally joined = { 0 };
	struct band_figure narrow[BANDS];
	for (int i = 0; i < BANDS; i++) {
		for (int o = 0; o <= ITEM_OPTIONS_MOST; o++)
			joined.band[i / STEP][o] += t->band[i][o];
	}
	item_curve(&joined, narrow);
	memcpy(ret, narrow, CURVE_BANDS * sizeof(*ret));
}

int figures_band_low(const struct figures *f, int band)
{
	enum { STEP = BANDS / CURVE_BANDS };
	int score = 0;
	while (score <= f->test.questions && score_band(score, f->test.questions) / STEP < band)
		score++;
	return score;
}

static json_t *curve_json(const struct item_tally *tally, int options)
{
	struct band_figure band[CURVE_BANDS];
	json_t *list = json_array();
	figures_curve(tally, band);
	for (int b = 0; b < CURVE_BANDS; b++) {
		json_t *share = band[b].answered < CURVE_LEAST ? json_null() : json_array();
		for (int o = 0; json_is_array(share) && o < options; o++)
			(void)json_array_append_new(share, rounded(band[b].share[o]));
		(void)json_array_append_new(list, json_pack("{s:I,s:o}", "answered",
							    (json_int_t)band[b].answered, "share",
							    share));
	}
	return list;
}

/* The share of the forms: of attempts that count, and of `papers`. */
static double exposure(const struct figures *f, const struct item_statistics *s, int64_t papers)
{
	const double attempts = (double)f->test.attempts;
	const double forms = attempts + (double)(papers >= 0 ? f->papers : 0);
	return papers < 0 || forms <= 0 ? s->exposure
					: (s->exposure * attempts + (double)papers) / forms;
}

/* `papers` is -1 for one language: a form on paper is of both. */
static json_t *language_json(const struct figures *f, const struct item_tally *tally, int options,
			     int64_t papers)
{
	const struct item_statistics s = item_statistics_of(tally, f->test.attempts);
	json_t *list = json_array();
	for (int i = 0; i < options; i++)
		(void)json_array_append_new(list,
					    json_pack("{s:o,s:o}", "share", figure_json(s.share[i]),
						      "rest", figure_json(s.option_rest[i])));
	json_t *curve =
		tally->answered >= ENOUGH_CORRELATION ? curve_json(tally, options) : json_null();
	return json_pack("{s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "answered",
			 (json_int_t)s.answered, "omitted", (json_int_t)s.omitted, "changed",
			 (json_int_t)s.changed, "facility", figure_json(s.facility),
			 "facility_error", figure_json(s.facility_error), "item_rest",
			 figure_json(s.item_rest), "exposure", rounded(exposure(f, &s, papers)),
			 "time_median_s", figure_json(s.time_median_s), "time_p95_s",
			 figure_json(s.time_p95_s), "options", list, "curve", curve);
}

static json_t *dif_json(const struct dif *d)
{
	const char name[2] = { d->class, '\0' };
	return d->known ? json_pack("{s:o,s:o,s:o,s:o,s:s}", "alpha", rounded(d->alpha), "delta",
				    rounded(d->delta), "delta_error", rounded(d->delta_error),
				    "p_dif", rounded(d->p_dif), "class", name)
			: json_null();
}

const char *figures_flag_name(enum figures_flag flag)
{
	static const char *const names[] = { "key",  "rival", "weak", "language",
					     "hard", "easy",  "dead" };
	return names[flag];
}

/* Of the wrong options: one that nearly nobody takes, one that the strong ones prefer. */
static unsigned option_flags(const struct item_statistics *s, const struct figures_item *item)
{
	unsigned flags = 0;
	for (int o = 0; s->item_rest.known && o < item->options; o++) {
		if (o == item->answer)
			continue;
		flags |= s->share[o].value < 0.02 ? 1U << FLAG_DEAD : 0;
		flags |= s->option_rest[o].value > s->item_rest.value ? 1U << FLAG_RIVAL : 0;
	}
	return flags;
}

unsigned figures_flags(const struct figures *f, size_t i)
{
	const struct figures_item *item = &f->items[i];
	const struct item_tally *t = &f->tallies[i * LANGUAGES];
	const struct item_tally both = item_tally_join(&t[0], &t[1]);
	const struct item_statistics s = item_statistics_of(&both, f->test.attempts);
	unsigned flags = option_flags(&s, item);
	if (s.item_rest.known && s.item_rest.value < 0)
		flags |= 1U << FLAG_KEY;
	else if (s.item_rest.known && s.item_rest.value < 0.15)
		flags |= 1U << FLAG_WEAK;
	if (s.facility.known && s.facility.value < 0.25)
		flags |= 1U << FLAG_HARD;
	if (s.facility.known && s.facility.value > 0.95)
		flags |= 1U << FLAG_EASY;
	if (dif_of_item(&t[0], &t[1], item->answer).class == 'C')
		flags |= 1U << FLAG_LANGUAGE;
	return flags;
}

static json_t *flags_json(unsigned flags)
{
	json_t *list = json_array();
	for (int flag = 0; flag < FLAG_COUNT; flag++) {
		if (flags & (1U << flag))
			(void)json_array_append_new(list, json_string(figures_flag_name(flag)));
	}
	return list;
}

json_t *figures_item_json(const struct figures *f, size_t i)
{
	const struct figures_item *item = &f->items[i];
	const struct item_tally *kk = &f->tallies[i * LANGUAGES];
	const struct item_tally *ru = &f->tallies[i * LANGUAGES + 1];
	const struct item_tally both = item_tally_join(kk, ru);
	const struct dif dif = dif_of_item(kk, ru, item->answer);
	return json_pack(
		"{s:I,s:s,s:s,s:s,s:b,s:i,s:o,s:o,s:o,s:o,s:o}", "item", (json_int_t)item->id,
		"code", item->code, "act", f->rules->acts[item->act].code, "article", item->article,
		"in_use", item->in_use, "answer", item->answer, "flags",
		flags_json(figures_flags(f, i)), "kk", language_json(f, kk, item->options, -1),
		"ru", language_json(f, ru, item->options, -1), "both",
		language_json(f, &both, item->options, item->papers), "dif", dif_json(&dif));
}

/* ---- class C --------------------------------------------------------------------------------- */

json_t *figures_large(const struct figures *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->item_count; i++) {
		const struct item_tally *t = &f->tallies[i * LANGUAGES];
		const struct dif d = dif_of_item(&t[0], &t[1], f->items[i].answer);
		if (d.class == 'C' && f->items[i].in_use)
			(void)json_array_append_new(list, json_pack("{s:I,s:s,s:o}", "item",
								    (json_int_t)f->items[i].id,
								    "code", f->items[i].code,
								    "delta", rounded(d.delta)));
	}
	return list;
}

/* Whether an approver has put this version back into use after it was held for its figures. */
static bool was_released(const struct act *act, int64_t id, int64_t item, bool *ret, struct err *e)
{
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM journal_entry j JOIN journal_content c ON c.seq = j.seq"
			 " WHERE j.subject = $1 AND j.kind <> 'test.answer'"
			 " AND j.kind = 'bank.released' AND c.content LIKE $2"
			 " AND j.at_ms >= (SELECT approved_ms FROM item WHERE id = $3)",
			 db_text(act_subject(act, "question", id)),
			 db_text("%\"part\":\"" BANK_HOLD_FIGURES "\"%"), db_int(item));
}

/* The question whose version in use is `item`; 0 for none, or none that may be held. */
static bool to_hold(const struct act *act, int64_t item, int64_t *ret, struct err *e)
{
	bool released = false;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT b.id FROM bank_item b JOIN item i ON i.id = b.used_id"
				     " WHERE i.id = $1 AND i.held_ms IS NULL"
				     " AND i.retired_ms IS NULL",
				     db_int(item));
	const int64_t id =
		json_array_size(rows) > 0 ? row_number(json_array_get(rows, 0), "id") : 0;
	if (!rows || (id && !act->person_id && !was_released(act, id, item, &released, e)))
		return false;
	*ret = released ? 0 : id;
	return true;
}

static bool hold_one(const struct act *act, json_t *large, json_t *held, struct err *e)
{
	const double delta = json_number_value(json_object_get(large, "delta"));
	int64_t id = 0;
	if (!to_hold(act, row_number(large, "item"), &id, e))
		return false;
	if (id == 0)
		return true;
	(void)json_array_append(held, large);
	return bank_hold_for(act, id, BANK_HOLD_FIGURES,
			     arena_print(act->arena, "DIF C, Δ %.2f", delta), e);
}

static bool tell_held(const struct act *act, size_t count, struct err *e)
{
	const struct notice n = { .kind = "bank.held",
				  .href = "/bank/questions?state=hold",
				  .values = json_pack("{s:I}", "count", (json_int_t)count) };
	return notice_send_role(act, ROLE_NAME_APPROVER, act->book->organs[0].code, &n, e);
}

bool figures_hold(const struct act *act, const json_t *large, const json_t **ret, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *held = json_array();
	size_t i = 0;
	json_t *one = NULL;
	json_in_arena(act->arena, held);
	if (!bank_require(act, ROLE_NAME_APPROVER, e) || !db_begin(act->db, &tx, e))
		return false;
	json_array_foreach (large, i, one) {
		if (!hold_one(act, one, held, e))
			return false;
	}
	const size_t count = json_array_size(held);
	if ((!act->person_id && count > 0 && !tell_held(act, count, e)) || !db_commit(&tx, e))
		return false;
	*ret = held;
	return true;
}

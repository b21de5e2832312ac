#include "app/result/screening.h"

#include "app/candidate/candidate.h"
#include "app/result/figures.h"
#include "app/sitting/sitting.h"

#include <stdlib.h>
#include <string.h>

enum { PERMILLE = 1000 };

/* One candidate of the sitting. */
struct seated {
	int64_t attempt, seat;
	size_t count;
	struct answer_record *answers; /* NULL: the result does not stand */
	int score;
	struct screened screened; /* answers with known shares */
};

struct screen {
	const struct act *act;
	struct screening_rules rules;
	struct figures figures;
	struct seated *seated; /* by number of the attempt */
	size_t count;
	json_t *signals;
	int64_t judged, pairs, neighbours, started_ms;
};

/* ---- settings -------------------------------------------------------------------------------- */

struct setting {
	const char *name;
	int64_t least, most;
};

static const struct setting settings[] = {
	{ "fast_percent", 1, 50 },        { "fast_least_ms", 0, 60000 },
	{ "fast_most_ms", 1000, 120000 }, { "effort_percent", 1, 100 },
	{ "run_least", 2, TEST_MOST },    { "judged_least", 1, TEST_MOST },
	{ "common_least", 5, TEST_MOST }, { "link_ms", 1000, 600000 },
	{ "seats_in_row", 0, 1000 },      { "alarm_permille", 1, 100 },
};

static bool read_setting(const struct act *act, const struct setting *s, int64_t *ret,
			 struct err *e)
{
	return db_number(act->db, e, ret, "SELECT value FROM screening_setting WHERE name = $1",
			 db_text(s->name));
}

bool screening_rules(const struct act *act, struct screening_rules *ret, struct err *e)
{
	int64_t value[COUNT(settings)] = { 0 };
	for (size_t i = 0; i < COUNT(settings); i++) {
		if (!read_setting(act, &settings[i], &value[i], e))
			return false;
	}
	*ret = (struct screening_rules){
		.fast_percent = (int)value[0],
		.fast_least_ms = value[1],
		.fast_most_ms = value[2],
		.effort_percent = (int)value[3],
		.run_least = (int)value[4],
		.judged_least = (int)value[5],
		.common_least = (int)value[6],
		.link_ms = value[7],
		.seats_in_row = (int)value[8],
		.alarm_permille = (int)value[9],
	};
	return true;
}

bool screening_set(const struct act *act, const char *name, int64_t value, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	size_t i = 0;
	if (act->person_id != 0)
		return err_set(e, ERR_DENIED, "error.denied", "for the command line alone");
	while (i < COUNT(settings) && strcmp(settings[i].name, name) != 0)
		i++;
	if (i == COUNT(settings) || value < settings[i].least || value > settings[i].most)
		return err_input(e, "set", "screening.error.setting", "no such setting");
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL, "UPDATE screening_setting SET value = $2 WHERE name = $1",
		       db_text(name), db_int(value)) &&
	       act_journal(act, "screening.setting", 0, "screening",
			   json_pack("{s:s,s:I}", "name", name, "value", (json_int_t)value), e) &&
	       db_commit(&tx, e);
}

static json_t *settings_json(const struct screening_rules *r)
{
	return json_pack("{s:i,s:I,s:I,s:i,s:i,s:i,s:i,s:I,s:i,s:i}", "fast_percent",
			 r->fast_percent, "fast_least_ms", (json_int_t)r->fast_least_ms,
			 "fast_most_ms", (json_int_t)r->fast_most_ms, "effort_percent",
			 r->effort_percent, "run_least", r->run_least, "judged_least",
			 r->judged_least, "common_least", r->common_least, "link_ms",
			 (json_int_t)r->link_ms, "seats_in_row", r->seats_in_row, "alarm_permille",
			 r->alarm_permille);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int by_attempt(const void *a, const void *b)
{
	const int64_t x = ((const struct seated *)a)->attempt;
	const int64_t y = ((const struct seated *)b)->attempt;
	return x < y ? -1 : x > y;
}

static bool read_seats(struct screen *s, int64_t sitting, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(s->act->db, s->act->arena, e,
				     "SELECT t.id, t.seat, t.started_ms FROM attempt t"
				     " WHERE t.sitting_id = $1 ORDER BY t.id",
				     db_int(sitting));
	s->seated = arena_array(s->act->arena, json_array_size(rows) + 1, sizeof(*s->seated));
	json_array_foreach (rows, i, row) {
		s->seated[s->count++] =
			(struct seated){ .attempt = row_number(row, "id"),
					 .seat = strtoll(row_text(row, "seat"), NULL, 10) };
		s->started_ms = row_number(row, "started_ms");
	}
	return rows != NULL;
}

/* Called for every attempt whose result stands, of whatever sitting. */
static void take_attempt(void *user, int64_t attempt, const struct answer_record *answers,
			 size_t count)
{
	struct screen *s = user;
	const struct seated wanted = { .attempt = attempt };
	struct seated *seated =
		bsearch(&wanted, s->seated, s->count, sizeof(*s->seated), by_attempt);
	if (!seated)
		return;
	seated->count = count;
	seated->answers = arena_array(s->act->arena, count + 1, sizeof(*answers));
	memcpy(seated->answers, answers, count * sizeof(*answers));
	for (size_t i = 0; i < count; i++)
		seated->score += answers[i].right;
}

static struct item_tally both_languages(const struct screen *s, size_t item)
{
	const struct item_tally *t = &s->figures.tallies[item * LANGUAGES];
	return item_tally_join(&t[0], &t[1]);
}

/* ---- one candidate --------------------------------------------------------------------------- */

/* An answer with its place on the form, to be put in the order of time. */
struct placed {
	const struct answer_record *answer;
	int number; /* on the form, from 1 */
	int64_t threshold_ms;
};

static int by_moment(const void *a, const void *b)
{
	const struct placed *x = a;
	const struct placed *y = b;
	if (x->answer->at_ms != y->answer->at_ms)
		return x->answer->at_ms < y->answer->at_ms ? -1 : 1;
	return x->number - y->number;
}

static size_t place_answers(const struct screen *s, const struct seated *who, struct placed *ret)
{
	size_t count = 0;
	for (size_t i = 0; who->answers && i < who->count; i++) {
		const struct answer_record *a = &who->answers[i];
		const struct item_tally tally = both_languages(s, a->item);
		if (a->time_ms >= 0 && a->option >= 0)
			ret[count++] = (struct placed){ a, (int)i + 1,
							speed_threshold(&s->rules, &tally) };
	}
	qsort(ret, count, sizeof(*ret), by_moment);
	return count;
}

/* What a picture of it needs: number, moment, time, threshold (all in ms), right or not. */
static json_t *strip_json(const struct screen *s, const struct placed *placed, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct answer_record *a = placed[i].answer;
		(void)json_array_append_new(
			list, json_pack("{s:i,s:I,s:I,s:I,s:b}", "number", placed[i].number, "at",
					(json_int_t)(a->at_ms - s->started_ms), "time",
					(json_int_t)a->time_ms, "threshold",
					(json_int_t)placed[i].threshold_ms, "right", a->right));
	}
	return list;
}

static void add_signal(const struct screen *s, const char *kind, int64_t a, int64_t b,
		       json_t *figures)
{
	(void)json_array_append_new(s->signals,
				    json_pack("{s:s,s:I,s:I,s:o}", "kind", kind, "a", (json_int_t)a,
					      "b", (json_int_t)b, "figures", figures));
}

static void screen_speed(struct screen *s, const struct seated *who)
{
	struct placed placed[TEST_MOST];
	struct timed_answer timed[TEST_MOST];
	const size_t count = place_answers(s, who, placed);
	for (size_t i = 0; i < count; i++)
		timed[i] =
			(struct timed_answer){ placed[i].answer->time_ms, placed[i].threshold_ms,
					       placed[i].answer->right,
					       s->figures.items[placed[i].answer->item].options };
	const struct speed speed = speed_of(timed, count);
	if (speed.judged < s->rules.judged_least)
		return;
	s->judged++;
	const bool fast =
		speed.effort * 100 < s->rules.effort_percent || speed.run >= s->rules.run_least;
	/* Each candidate is one of as many that might look so by chance.  Who knows the law is
	 * fast and right now and then, so a few such answers say nothing. */
	const double known = speed.known * (double)s->count;
	const bool knew =
		speed.fast >= s->rules.run_least && known * PERMILLE < s->rules.alarm_permille;
	if (fast || knew) {
		json_t *figures = json_pack(
			"{s:i,s:i,s:i,s:i,s:f,s:f,s:o}", "judged", speed.judged, "fast", speed.fast,
			"fast_right", speed.fast_right, "run", speed.run, "effort", speed.effort,
			"chance", known < 1 ? known : 1, "strip", strip_json(s, placed, count));
		add_signal(s, knew ? SCREENING_KNOWN : SCREENING_FAST, who->attempt, 0, figures);
	}
}

/* ---- two candidates -------------------------------------------------------------------------- */

static int by_item(const void *a, const void *b)
{
	const size_t x = ((const struct screened_answer *)a)->item;
	const size_t y = ((const struct screened_answer *)b)->item;
	return x < y ? -1 : x > y;
}

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void prepare(const struct screen *s, struct seated *who)
{
	const int band = score_band(who->score, s->figures.test.questions);
	struct screened_answer *list = arena_array(s->act->arena, who->count + 1, sizeof(*list));
	int64_t *times = arena_array(s->act->arena, who->count + 1, sizeof(*times));
	size_t count = 0;
	for (size_t i = 0; who->answers && i < who->count; i++) {
		const struct answer_record *a = &who->answers[i];
		const struct figures_item *item = &s->figures.items[a->item];
		const struct item_tally tally = both_languages(s, a->item);
		if (a->option < 0 || !option_shares(&tally, item->options, band, list[count].share))
			continue;
		list[count].item = a->item;
		list[count].option = a->option;
		list[count].answer = item->answer;
		list[count].at_ms = a->at_ms;
		times[count++] = a->at_ms;
	}
	qsort(list, count, sizeof(*list), by_item);
	qsort(times, count, sizeof(*times), by_size);
	who->screened = (struct screened){ list, times, count };
}

/* One of the family of neighbours, or of all others. */
struct candidate_pair {
	double p;
	uint32_t a, b;
};

static int by_chance(const void *a, const void *b)
{
	const struct candidate_pair *x = a;
	const struct candidate_pair *y = b;
	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return x->a != y->a ? (x->a < y->a ? -1 : 1) : (x->b < y->b ? -1 : x->b > y->b);
}

static int number_of(const struct seated *who, size_t item)
{
	size_t i = 0;
	while (who->answers[i].item != item)
		i++;
	return (int)i + 1;
}

/* Side by side: the numbers on both forms, the options, the moments in ms from the start. */
static json_t *side_by_side(const struct screen *s, const struct seated *a, const struct seated *b)
{
	json_t *list = json_array();
	for (size_t i = 0, k = 0; i < a->screened.count && k < b->screened.count;) {
		const struct screened_answer *x = &a->screened.answers[i];
		const struct screened_answer *y = &b->screened.answers[k];
		if (x->item == y->item)
			(void)json_array_append_new(
				list,
				json_pack("{s:i,s:i,s:i,s:i,s:b,s:b,s:I,s:I}", "number_a",
					  number_of(a, x->item), "number_b", number_of(b, x->item),
					  "a", x->option, "b", y->option, "right_a",
					  x->option == x->answer, "right_b", y->option == y->answer,
					  "at_a", (json_int_t)(x->at_ms - s->started_ms), "at_b",
					  (json_int_t)(y->at_ms - s->started_ms)));
		i += x->item <= y->item;
		k += y->item <= x->item;
	}
	return list;
}

static void tell_pair(const struct screen *s, const char *kind, const struct candidate_pair *of,
		      double chance)
{
	const struct seated *a = &s->seated[of->a];
	const struct seated *b = &s->seated[of->b];
	struct pair p = { 0 };
	if (!pair_of(&s->rules, &a->screened, &b->screened, &p))
		return;
	add_signal(s, kind, a->attempt, b->attempt,
		   json_pack("{s:i,s:i,s:i,s:i,s:f,s:f,s:f,s:f,s:f,s:f,s:o}", "common", p.common,
			     "same", p.same, "same_wrong", p.same_wrong, "linked", p.linked,
			     "expected_same", p.expected_same, "expected_wrong", p.expected_wrong,
			     "expected_linked", p.expected_linked, "match", p.match_p, "link",
			     p.link_p, "chance", chance, "answers", side_by_side(s, a, b)));
}

/* The signals of a family: what stays rare after all its pairs are counted. */
static void screen_family(const struct screen *s, const char *kind, struct candidate_pair *list,
			  size_t count)
{
	double *p = arena_array(s->act->arena, count + 1, sizeof(*p));
	qsort(list, count, sizeof(*list), by_chance);
	for (size_t i = 0; i < count; i++)
		p[i] = list[i].p;
	holm_adjust(p, count);
	for (size_t i = 0; i < count && p[i] * PERMILLE <= s->rules.alarm_permille; i++)
		tell_pair(s, kind, &list[i], p[i]);
}

static void screen_pairs(struct screen *s)
{
	const size_t most = s->count * (s->count + 1) / 2 + 1;
	struct candidate_pair *beside = arena_array(s->act->arena, most, sizeof(*beside));
	struct candidate_pair *apart = arena_array(s->act->arena, most, sizeof(*apart));
	size_t near = 0;
	size_t far = 0;
	for (size_t a = 0; a < s->count; a++) {
		for (size_t b = a + 1; b < s->count; b++) {
			const struct seated *x = &s->seated[a];
			const struct seated *y = &s->seated[b];
			struct pair p = { 0 };
			if (!pair_of(&s->rules, &x->screened, &y->screened, &p))
				continue;
			const bool touch = seats_touch(&s->rules, x->seat, y->seat);
			const struct candidate_pair pair = { p.p, (uint32_t)a, (uint32_t)b };
			if (touch)
				beside[near++] = pair;
			else
				apart[far++] = pair;
		}
	}
	s->neighbours = (int64_t)near;
	s->pairs = (int64_t)(near + far);
	screen_family(s, SCREENING_NEIGHBOURS, beside, near);
	screen_family(s, SCREENING_PAIR, apart, far);
}

/* ---- the sitting ----------------------------------------------------------------------------- */

static bool load_closed(const struct act *act, int64_t sitting, struct sitting *ret, struct err *e)
{
	if (!sitting_load(act, sitting, ret, e) ||
	    !act_require(act, ROLE_NAME_HR, ret->competition.organ, e) ||
	    !candidate_require_other(act, THING_SITTING, sitting, e))
		return false;
	return strcmp(ret->state, "closed") == 0 ||
	       err_set(e, ERR_CONFLICT, "screening.error.not_closed", "the sitting is not closed");
}

bool screening_find(const struct act *act, int64_t sitting, json_t **ret, struct err *e)
{
	struct screen s = { .act = act };
	struct sitting of = { 0 };
	int64_t attempts = 0;
	if (!load_closed(act, sitting, &of, e) || !screening_rules(act, &s.rules, e) ||
	    !read_seats(&s, sitting, e))
		return false;
	const struct figures_watch watch = { .attempt = take_attempt, .user = &s };
	if (!figures_read(act, &watch, &s.figures, e))
		return false;
	s.signals = json_array();
	for (size_t i = 0; i < s.count; i++) {
		attempts += s.seated[i].answers != NULL;
		prepare(&s, &s.seated[i]);
		screen_speed(&s, &s.seated[i]);
	}
	screen_pairs(&s);
	*ret = json_pack("{s:I,s:I,s:I,s:I,s:o,s:o}", "attempts", (json_int_t)attempts, "judged",
			 (json_int_t)s.judged, "pairs", (json_int_t)s.pairs, "neighbours",
			 (json_int_t)s.neighbours, "settings", settings_json(&s.rules), "signals",
			 s.signals);
	json_in_arena(act->arena, *ret);
	return true;
}

/* ---- keeping it ------------------------------------------------------------------------------ */

static const char *text_of(const struct act *act, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(8));
	const char *copy = arena_copy(act->arena, text);
	free(text);
	return copy;
}

static bool keep_signal(const struct act *act, int64_t sitting, const json_t *signal, struct err *e)
{
	const int64_t b = row_number(signal, "b");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO screening_signal (sitting_id, kind, attempt_a, attempt_b,"
		       " figures, state, looked, reason)"
		       " SELECT $1, $2, $3, CAST($4 AS BIGINT), $5, 'open', '', ''"
		       " WHERE NOT EXISTS (SELECT 1 FROM screening_signal WHERE sitting_id = $1"
		       "  AND kind = $2 AND attempt_a = $3 AND COALESCE(attempt_b, 0) = $6)",
		       db_int(sitting), db_text(row_text(signal, "kind")),
		       db_int(row_number(signal, "a")), b ? db_int(b) : db_null(),
		       db_text(text_of(act, json_object_get(signal, "figures"))), db_int(b));
}

/* What was looked at, without the signals and the answers they rest on. */
static json_t *content_of(const json_t *found)
{
	static const char *const kept[] = { "attempts", "judged", "pairs", "neighbours",
					    "settings" };
	json_t *content = json_object();
	for (size_t i = 0; i < COUNT(kept); i++)
		(void)json_object_set(content, kept[i], json_object_get(found, kept[i]));
	return content;
}

bool screening_keep(const struct act *act, int64_t sitting, const json_t *found, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting of = { 0 };
	size_t i = 0;
	const json_t *signal = NULL;
	const json_t *signals = json_object_get(found, "signals");
	json_t *content = content_of(found);
	const char *text = text_of(act, content);
	(void)json_object_set_new(content, "signals",
				  json_integer((json_int_t)json_array_size(signals)));
	json_in_arena(act->arena, content);
	if (!db_begin(act->db, &tx, e) || !load_closed(act, sitting, &of, e) ||
	    !db_exec(act->db, e, NULL,
		     "INSERT INTO screening (sitting_id, by_id, at_ms, content)"
		     " VALUES ($1, $2, $3, $4) ON CONFLICT (sitting_id) DO UPDATE SET"
		     " by_id = excluded.by_id, at_ms = excluded.at_ms, content = excluded.content",
		     db_int(sitting), act->person_id ? db_int(act->person_id) : db_null(),
		     db_int(act->now_ms), db_text(text)) ||
	    !db_exec(act->db, e, NULL,
		     "DELETE FROM screening_signal WHERE sitting_id = $1 AND state = 'open'",
		     db_int(sitting)))
		return false;
	json_array_foreach (signals, i, signal) {
		if (!keep_signal(act, sitting, signal, e))
			return false;
	}
	return act_journal(act, "screening.done", of.competition.id,
			   act_subject(act, "sitting", sitting), json_incref(content), e) &&
	       db_commit(&tx, e);
}

/* ---- what came of it ------------------------------------------------------------------------- */

static bool check_outcome(const struct act *act, const json_t *signal,
			  const struct screening_outcome *o, struct err *e)
{
	bool fits = false;
	if (!o->record && !o->log && !o->spoken)
		return err_input(e, "looked", "screening.error.looked", "nothing was looked at");
	if (!*o->reason)
		return err_input(e, "reason", "screening.error.reason", "no reason");
	if (strcmp(o->state, "act") != 0)
		return true;
	return db_exists(act->db, e, &fits,
			 "SELECT 1 FROM sitting_act WHERE id = $1 AND kind = 'breach'"
			 " AND attempt_id IN ($2, $3)",
			 db_int(o->act), db_int(row_number(signal, "attempt_a")),
			 db_int(row_number(signal, "attempt_b"))) &&
	       (fits || err_input(e, "act", "screening.error.act", "no act about them"));
}

bool screening_settle(const struct act *act, int64_t signal, const struct screening_outcome *o,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting of = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e))
		return false;
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT sitting_id, attempt_a, attempt_b, kind"
				   " FROM screening_signal WHERE id = $1",
				   db_int(signal));
	if (!row || !load_closed(act, row_number(row, "sitting_id"), &of, e) ||
	    !check_outcome(act, row, o, e))
		return false;
	const char *looked = arena_print(act->arena, "%s%s%s", o->record ? "record," : "",
					 o->log ? "log," : "", o->spoken ? "spoken," : "");
	if (!db_exec(act->db, e, &changed,
		     "UPDATE screening_signal SET state = $2, looked = $3, reason = $4,"
		     " act_id = $5, by_id = $6, at_ms = $7 WHERE id = $1 AND state = 'open'",
		     db_int(signal), db_text(o->state), db_text(looked), db_text(o->reason),
		     strcmp(o->state, "act") == 0 ? db_int(o->act) : db_null(),
		     db_int(act->person_id), db_int(act->now_ms)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "screening.error.settled", "settled already");
	return act_journal(act, "screening.settled", of.competition.id,
			   act_subject(act, "sitting", of.id),
			   json_pack("{s:I,s:s,s:s,s:s,s:s}", "signal", (json_int_t)signal, "kind",
				     row_text(row, "kind"), "state", o->state, "looked", looked,
				     "reason", o->reason),
			   e) &&
	       db_commit(&tx, e);
}

/* figures.h - figures of the test and of its items from the results that stand (F64 to F66).
 *
 * One pass over the attempts in their order; what is held grows with the bank and not with the
 * attempts.  Void attempts and those that an act of a breach has ended are left out, and forms of
 * another length than today's rule set wants. */
#pragma once
#include "app/act.h"
#include "exam/dif.h"

struct figures_item {
	int64_t id; /* of the version (item.id) */
	const char *code, *article;
	int act, answer, options;
	int64_t papers; /* forms on paper that it was on */
	bool in_use;
};

struct figures {
	struct test_tally test;
	const struct rule_set *rules;
	struct figures_item *items;
	struct item_tally *tallies; /* LANGUAGES for each item */
	int *act_of;
	size_t item_count;
	int64_t skipped; /* attempts with a form of another length */
	int64_t papers;  /* forms on paper that were issued: they count in the exposure of both
			  * languages together, and in nothing else (app/bank/exposure.h) */
};

/* Who looks on while the attempts are read; each may be NULL. */
struct figures_watch {
	/* now and then: attempts done, and all there are */
	void (*progress)(void *user, int64_t done, int64_t all);
	/* each that counts; a place among the items is one in `figures` */
	void (*attempt)(void *user, int64_t attempt, const struct answer_record *answers,
			size_t count);
	void *user;
};

/* Lives in the act's arena.  The caller has checked the right to read it: no person and no word of
 * a question is in it.  `watch` may be NULL. */
bool figures_read(const struct act *act, const struct figures_watch *watch, struct figures *ret,
		  struct err *e) MUST_USE;

/* What a person should look at in the figures of an item, both languages together.  The bounds are
 * ours, after Haladyna & Rodriguez, Developing and Validating Test Items (2013), chapter 15. */
enum figures_flag {
	FLAG_KEY,      /* the strong ones choose it less often: is the key right? */
	FLAG_RIVAL,    /* a wrong option goes with a high score more than the right one */
	FLAG_WEAK,     /* item-rest correlation below 0.15: it hardly tells */
	FLAG_LANGUAGE, /* DIF class C (F66) */
	FLAG_HARD,     /* fewer than 25 of 100 are right */
	FLAG_EASY,     /* more than 95 of 100 are right */
	FLAG_DEAD,     /* a wrong option that not even 2 of 100 choose */
	FLAG_COUNT
};

/* "key", "rival" ...: ends of message keys and values of JSON. */
const char *figures_flag_name(enum figures_flag flag);

/* Bits 1 << flag; the more serious ones first.  Nothing is said from too few answers. */
unsigned figures_flags(const struct figures *f, size_t i);

/* The distribution of the scores is worth telling. */
bool figures_has_scores(const struct figures *f);

/* {attempts, passed, mean, variance, sd, kr20, stratified_alpha, sem, sem_at_mark, consistency,
 * pass_mark, questions, skipped, score [attempts with 0, 1 .. right]}; null is "not enough data",
 * and `score` is absent then. */
json_t *figures_test_json(const struct figures *f);

/* How the options of an item are chosen from the weakest candidates to the strongest: the bands of
 * its tally joined to so many, a curve and not a saw.  A band with fewer answers than CURVE_LEAST
 * is noise. */
enum { CURVE_BANDS = 8, CURVE_LEAST = 5 };
void figures_curve(const struct item_tally *t, struct band_figure ret[CURVE_BANDS]);

/* The lowest score of the test that is in band `band`; of CURVE_BANDS: one more than can be right.
 */
int figures_band_low(const struct figures *f, int band);

/* {item, code, act, article, in_use, flags [..], kk {..}, ru {..}, both {..}, dif {..}} of item
 * `i`; each language {answered, omitted, changed, facility, facility_error, item_rest, exposure,
 * time_median_s, time_p95_s, options [{share, rest}], curve [{answered, share [..]}]}, where
 * `curve` and each of its shares is null for not enough data; dif {alpha, delta, p_dif, class}. */
json_t *figures_item_json(const struct figures *f, size_t i);

/* Questions in use that work differently in the languages, class C (F66): [{item, code, delta}].  A
 * new object. */
json_t *figures_large(const struct figures *f);

/* Approvers, or the system itself, which then tells them.  Those of figures_large() go on hold; no
 * figure is read again, only whether the version that was found is still in use.  The system leaves
 * alone what an approver has released since: a person has looked at it.  `ret` are those that went
 * on hold, in the act's arena. */
bool figures_hold(const struct act *act, const json_t *large, const json_t **ret,
		  struct err *e) MUST_USE;

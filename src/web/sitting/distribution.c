#include "web/sitting/distribution.h"

#include "exam/statistics.h"
#include "web/row.h"

#include <string.h>

enum { PLOT_WIDTH = 800, PLOT_HEIGHT = 300 };

/* A kind of test, and how many have done it. */
struct kind {
	int64_t asked, mark, people;
};

static bool is_of(const struct distribution_part *p, const struct kind *k)
{
	return p->asked == k->asked && p->mark == k->mark;
}

/* The kind of test that most have done. */
static struct kind most_frequent(const struct distribution_part *part, size_t count)
{
	struct kind best = { 0 };
	for (size_t i = 0; i < count; i++) {
		struct kind k = { part[i].asked, part[i].mark, 0 };
		for (size_t j = 0; j < count; j++)
			k.people += is_of(&part[j], &k) ? part[j].people : 0;
		best = k.people > best.people ? k : best;
	}
	return best;
}

static const char *outcome_of(int64_t score, int64_t mark)
{
	return score < mark ? "below" : score == mark ? "at" : "above";
}

/* One bar for each score that somebody has, from the lowest. */
static json_t *bars(const struct distribution_part *part, size_t count, const struct kind *kind)
{
	int64_t people[TEST_MOST + 1] = { 0 };
	int64_t most = 1;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		if (is_of(&part[i], kind) && part[i].correct >= 0 && part[i].correct <= TEST_MOST)
			people[part[i].correct] += part[i].people;
	}
	for (int i = 0; i <= TEST_MOST; i++)
		most = people[i] > most ? people[i] : most;
	for (int64_t i = 0; i <= TEST_MOST && i <= kind->asked; i++) {
		const int64_t height = people[i] * PLOT_HEIGHT / most;
		if (people[i] > 0)
			(void)json_array_append_new(
				list, json_pack("{s:I,s:I,s:s,s:I,s:I,s:I,s:I}", "score",
						(json_int_t)i, "people", (json_int_t)people[i],
						"outcome", outcome_of(i, kind->mark), "x",
						(json_int_t)(i * PLOT_WIDTH / (kind->asked + 1)),
						"y", (json_int_t)(PLOT_HEIGHT - height), "width",
						(json_int_t)(PLOT_WIDTH / (kind->asked + 1)),
						"height", (json_int_t)height));
	}
	return list;
}

json_t *distribution_of(const struct distribution_part *part, size_t count)
{
	const struct kind kind = most_frequent(part, count);
	int64_t below = 0;
	int64_t at = 0;
	int64_t all = 0;
	for (size_t i = 0; i < count; i++) {
		all += part[i].people;
		below += is_of(&part[i], &kind) && part[i].correct < kind.mark ? part[i].people : 0;
		at += is_of(&part[i], &kind) && part[i].correct == kind.mark ? part[i].people : 0;
	}
	if (all == 0)
		return json_null();
	const bool enough = kind.people >= ENOUGH_FACILITY;
	json_t *o = json_pack("{s:I,s:i,s:o}", "people", (json_int_t)kind.people, "least",
			      ENOUGH_FACILITY, "scores",
			      enough ? bars(part, count, &kind) : json_array());
	if (enough)
		(void)json_object_update_new(
			o, json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "mark",
				     (json_int_t)kind.mark, "most", (json_int_t)kind.asked, "below",
				     (json_int_t)below, "at", (json_int_t)at, "above",
				     (json_int_t)(kind.people - below - at), "reached",
				     (json_int_t)(kind.people - below), "others",
				     (json_int_t)(all - kind.people), "mark_x",
				     (json_int_t)(kind.mark * PLOT_WIDTH / (kind.asked + 1))));
	return o;
}

json_t *distribution_of_rows(struct req *r, const json_t *rows)
{
	const size_t count = json_array_size(rows);
	struct distribution_part *part = arena_array(r->arena, count ? count : 1, sizeof(*part));
	for (size_t i = 0; i < count; i++) {
		const json_t *row = json_array_get(rows, i);
		part[i] = (struct distribution_part){ row_number(row, "correct"),
						      row_number(row, "asked"),
						      row_number(row, "pass_mark"),
						      row_number(row, "people") };
	}
	return distribution_of(part, count);
}

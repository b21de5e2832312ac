/* hr.c - the terms of competitions, and what is to be done within them: HR, and who only watches.
 */
#include "app/candidate/candidate.h"
#include "app/notice/told.h"
#include "web/home/groups.h"
#include "web/row.h"

#include <stdlib.h>
#include <string.h>

/* Candidates of a competition with whom something is to be done. */
enum todo {
	TODO_CHECK,  /* their applications are not checked                    */
	TODO_ANSWER, /* a refusal that another officer proposes               */
	TODO_ASKED,  /* one that this officer has proposed                    */
	TODO_LIST,   /* own security is not asked yet                         */
	TODO_INFORM, /* it has not answered yet                               */
	TODO_POLYGRAPH,
	TODO_PSYCHO,
	TODO_TEST, /* they have not been at a test                          */
	TODO_COUNT
};

struct found {
	int64_t count;
	int64_t first; /* application */
};

/* A competition that runs, with what is to be done there. */
struct work {
	const struct competition_terms *terms;
	struct found todo[TODO_COUNT];
	bool appointed; /* its commission */
};

struct desk {
	struct req *r;
	struct lines *l;
	struct work *list; /* by the competition's number */
	size_t count;
};

static struct work *work_of(const struct desk *d, int64_t id)
{
	for (size_t low = 0, high = d->count; low < high;) {
		const size_t at = low + (high - low) / 2;
		const int64_t here = d->list[at].terms->competition.id;
		if (here == id)
			return &d->list[at];
		if (here < id)
			low = at + 1;
		else
			high = at;
	}
	return NULL;
}

/* Where the qualification check of each application stands: not decided yet or sent back, a refusal
 * of another officer's or of one's own, or over. */
static bool read_checks(const struct desk *d, struct err *e)
{
	static const struct {
		const char *stand;
		enum todo todo;
	} row_of[] = { { "check", TODO_CHECK },
		       { "answer", TODO_ANSWER },
		       { "asked", TODO_ASKED } };
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(
		d->r->db, d->r->arena, e,
		"SELECT x.competition_id, x.stand, COUNT(*) AS count, MIN(x.id) AS first FROM"
		" (SELECT a.id, a.competition_id, COALESCE((SELECT CASE"
		"   WHEN q.outcome = 'met' OR q.answer = 'confirmed' THEN 'over'"
		"   WHEN q.answer = 'sent_back' THEN 'check'"
		"   WHEN q.by_id = $1 THEN 'asked' ELSE 'answer' END"
		"   FROM qualification_decision q WHERE q.application_id = a.id"
		"   ORDER BY q.id DESC LIMIT 1), 'check') AS stand"
		"  FROM application a JOIN competition c ON c.id = a.competition_id"
		"   AND c.state = 'announced' WHERE a.state = 'sent') x"
		" GROUP BY x.competition_id, x.stand",
		db_int(d->r->actor.person_id));
	json_array_foreach (rows, i, row) {
		struct work *w = work_of(d, row_number(row, "competition_id"));
		for (size_t k = 0; w && k < COUNT(row_of); k++) {
			if (strcmp(row_text(row, "stand"), row_of[k].stand) == 0)
				w->todo[row_of[k].todo] =
					(struct found){ row_number(row, "count"),
							row_number(row, "first") };
		}
	}
	return rows != NULL;
}

#define ADDED(name) "COUNT(x." name ") AS " name "_count, MIN(x." name ") AS " name "_first"

/* Of those who meet the requirements: what is not on record yet (R6-1, R13-1, R14-1). */
static bool read_parts(const struct desk *d, struct err *e)
{
	static const struct {
		const char *count, *first;
		enum todo todo;
	} column[] = {
		{ "list_count", "list_first", TODO_LIST },
		{ "inform_count", "inform_first", TODO_INFORM },
		{ "polygraph_count", "polygraph_first", TODO_POLYGRAPH },
		{ "psycho_count", "psycho_first", TODO_PSYCHO },
		{ "test_count", "test_first", TODO_TEST },
	};
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(
		d->r->db, d->r->arena, e,
		/* materialized, lest each condition be asked for every column that uses it */
		"WITH x AS MATERIALIZED (SELECT a.competition_id,"
		" CASE WHEN c.route = 'own' AND a.id NOT IN"
		"  (SELECT l.application_id FROM security_list_entry l) THEN a.id END AS list,"
		" CASE WHEN a.id IN (SELECT l.application_id FROM security_list_entry l)"
		"  AND NOT EXISTS (SELECT 1 FROM security_information s"
		"   WHERE s.application_id = a.id) THEN a.id END AS inform,"
		" CASE WHEN c.route = 'own' AND NOT EXISTS (SELECT 1 FROM study s"
		"  WHERE s.application_id = a.id AND s.kind = 'polygraph') THEN a.id END"
		"  AS polygraph,"
		" CASE WHEN c.route = 'own' AND NOT EXISTS (SELECT 1 FROM study s"
		"  WHERE s.application_id = a.id AND s.kind = 'psycho') THEN a.id END AS psycho,"
		" CASE WHEN NOT EXISTS (SELECT 1 FROM attempt t WHERE t.application_id = a.id"
		"  AND t.void = 0) THEN a.id END AS test"
		"  FROM application a JOIN competition c ON c.id = a.competition_id"
		"   AND c.state = 'announced' WHERE a.state = 'sent'"
		"  AND EXISTS (SELECT 1 FROM qualification_decision q"
		"   WHERE q.application_id = a.id AND q.outcome = 'met'))"
		" SELECT competition_id, " ADDED("list") ", " ADDED("inform") ", " ADDED(
			"polygraph") ", " ADDED("psycho") ", " ADDED("test") " FROM x GROUP BY "
									     "competition_id");
	json_array_foreach (rows, i, row) {
		struct work *w = work_of(d, row_number(row, "competition_id"));
		for (size_t k = 0; w && k < COUNT(column); k++)
			w->todo[column[k].todo] =
				(struct found){ row_number(row, column[k].count),
						row_number(row, column[k].first) };
	}
	return rows != NULL;
}

static bool read_commissions(const struct desk *d, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(d->r->db, d->r->arena, e,
			       "SELECT competition_id FROM commission WHERE state = 'appointed'");
	json_array_foreach (rows, i, row) {
		struct work *w = work_of(d, row_number(row, "competition_id"));
		if (w)
			w->appointed = true;
	}
	return rows != NULL;
}

/* ---- lines ------------------------------------------------------------------------------ */

/* To the one candidate, or to the list of all of them. */
static const char *to_candidates(const struct desk *d, const struct work *w, enum todo todo,
				 const char *page, const char *step)
{
	const struct found *f = &w->todo[todo];
	if (f->count == 1)
		return arena_print(d->r->arena, "/applications/%lld/%s", (long long)f->first, page);
	return arena_print(d->r->arena, "/competitions/%lld/candidates%s%s",
			   (long long)w->terms->competition.id, *step ? "?step=" : "", step);
}

static const char *to_page(const struct desk *d, const struct work *w, const char *page)
{
	return arena_print(d->r->arena, "/competitions/%lld%s", (long long)w->terms->competition.id,
			   page);
}

static void add_todo(const struct desk *d, const struct work *w, enum todo todo, struct line line,
		     const struct term *term)
{
	const struct competition *c = &w->terms->competition;
	const struct found *f = &w->todo[todo];
	if (f->count == 0)
		return;
	line.count = f->count;
	line.application = f->count == 1 ? f->first : 0;
	line.post = c->post;
	line.list = line.list ? line.list : "/competitions?state=announced";
	if (term && term->state != TERM_WAITS) {
		line.calendar = c->calendar;
		line.last = term->last;
	}
	lines_add(d->l, &line);
}

static bool is_open(const struct term *t)
{
	return t->state == TERM_OPEN || t->state == TERM_AT_RISK || t->state == TERM_MISSED;
}

/* A term itself, where nothing says more exactly what is to be done. */
static void add_term(const struct desk *d, const struct work *w, const struct term *t,
		     const char *page, bool own)
{
	const struct competition *c = &w->terms->competition;
	if (!is_open(t))
		return;
	const struct line line = {
		.key = arena_print(d->r->arena, "term.%s", term_kind_name(t->kind)),
		.href = to_page(d, w, page),
		.list = "/terms",
		.post = c->post,
		.clause = t->clause,
		.who = own ? NULL : t->who,
		.calendar = c->calendar,
		.last = t->last,
		.calm = t->kind == TERM_INTERVIEW || t->kind == TERM_FILING,
	};
	lines_add(d->l, &line);
}

static void add_checks(const struct desk *d, const struct work *w, const struct term *line)
{
	const struct term *check = &line[TERM_CHECK];
	add_todo(d, w, TODO_CHECK,
		 (struct line){ .key = "home.task.check",
				.clause = "13",
				.href = to_candidates(d, w, TODO_CHECK, "check", "") },
		 check);
	add_todo(d, w, TODO_ANSWER,
		 (struct line){ .key = "home.task.second",
				.clause = "13",
				.href = to_candidates(d, w, TODO_ANSWER, "check", "answer") },
		 check);
	add_todo(d, w, TODO_ASKED,
		 (struct line){ .key = "home.task.asked",
				.clause = "13",
				.who = "second",
				.href = to_candidates(d, w, TODO_ASKED, "check", "answer") },
		 check);
}

static void add_parts(const struct desk *d, const struct work *w, const struct term *line)
{
	const struct term *dossier = &line[TERM_DOSSIER];
	add_todo(d, w, TODO_LIST,
		 (struct line){ .key = "home.task.list",
				.clause = "14",
				.href = to_page(d, w, "/security-list") },
		 &line[TERM_SECURITY]);
	add_todo(d, w, TODO_INFORM,
		 (struct line){ .key = "home.task.security",
				.clause = "15",
				.who = "security",
				.href = to_page(d, w, "/security-list") },
		 &line[TERM_SECURITY]);
	add_todo(d, w, TODO_POLYGRAPH,
		 (struct line){ .key = "home.task.polygraph",
				.clause = "13",
				.who = "polygraph",
				.href = to_candidates(d, w, TODO_POLYGRAPH, "story", "met") },
		 dossier);
	add_todo(d, w, TODO_PSYCHO,
		 (struct line){ .key = "home.task.psycho",
				.clause = "13",
				.who = "psycho",
				.href = to_candidates(d, w, TODO_PSYCHO, "story", "met") },
		 dossier);
	add_todo(d, w, TODO_TEST,
		 (struct line){ .key = "home.task.untested",
				.clause = "28",
				.who = "operator",
				.list = "/sittings",
				.href = arena_print(d->r->arena, "/sittings?competition=%lld",
						    (long long)w->terms->competition.id) },
		 dossier);
}

/* What has no term of its own, once applications are in. */
static void add_next(const struct desk *d, const struct work *w)
{
	const struct competition *c = &w->terms->competition;
	const struct term_facts *f = &w->terms->facts;
	if (f->done[TERM_FILING] && !w->appointed)
		lines_add(d->l, &(struct line){ .key = "home.task.commission",
						.href = to_page(d, w, "/commission"),
						.list = "/competitions?state=announced",
						.post = c->post,
						.clause = "41" });
	if (f->done[TERM_CHECK] && !f->planned)
		lines_add(d->l, &(struct line){ .key = "home.task.plan",
						.href = to_page(d, w, "/interview"),
						.list = "/competitions?state=announced",
						.post = c->post,
						.clause = "15" });
}

static void add_competition(const struct desk *d, const struct work *w)
{
	const struct competition *c = &w->terms->competition;
	struct term line[TERM_COUNT];
	if (!term_line(c->calendar, c->rules, &w->terms->facts, line))
		return;
	add_term(d, w, &line[TERM_FILING], "", false);
	add_checks(d, w, line);
	add_parts(d, w, line);
	add_next(d, w);
	add_term(d, w, &line[TERM_DOSSIER], "/candidates", true);
	add_term(d, w, &line[TERM_INTERVIEW], "/interview", false);
	if (line[TERM_NOTICE].state != TERM_MISSED) /* those stand with how many it are: told.c */
		add_term(d, w, &line[TERM_NOTICE], "/told", true);
	add_term(d, w, &line[TERM_MINUTES], "/terms", false);
}

/* For whoever watches. */
static void add_watched(const struct desk *d, const struct work *w)
{
	const struct competition *c = &w->terms->competition;
	struct term line[TERM_COUNT];
	if (!term_line(c->calendar, c->rules, &w->terms->facts, line))
		return;
	for (size_t i = 0; i < TERM_COUNT; i++)
		add_term(d, w, &line[i], "/terms", false);
}

/* ---- who looks ---------------------------------------------------------------------------- */

static bool competes(const struct req *r, json_t **ret, struct err *e)
{
	*ret = db_rows(r->db, r->arena, e,
		       "SELECT competition_id FROM application WHERE person_id = $1"
		       " AND state = 'sent'",
		       db_int(r->actor.person_id));
	return *ret != NULL;
}

static bool is_own(const json_t *own, int64_t id)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (own, i, row) {
		if (row_number(row, "competition_id") == id)
			return true;
	}
	return false;
}

/* Those of the person's organs that the person does not compete in. */
static bool choose(struct desk *d, const char *role, struct err *e)
{
	const struct competition_terms *running = NULL;
	size_t count = 0;
	json_t *own = NULL;
	if (!lines_running(d->l, &running, &count, e) || !competes(d->r, &own, e))
		return false;
	d->list = arena_array(d->r->arena, count ? count : 1, sizeof(*d->list));
	d->count = 0;
	for (size_t i = 0; i < count; i++) {
		bool may = false;
		if (!lines_may(d->l, role, running[i].competition.organ, &may, e))
			return false;
		if (may && !is_own(own, running[i].competition.id))
			d->list[d->count++] = (struct work){ .terms = &running[i] };
	}
	return true;
}

bool lines_hr(struct req *r, struct lines *l, struct err *e)
{
	struct desk d = { .r = r, .l = l };
	if (req_is(r, ROLE_HR)) {
		if (!choose(&d, ROLE_NAME_HR, e) || !read_checks(&d, e) || !read_parts(&d, e) ||
		    !read_commissions(&d, e))
			return false;
		for (size_t i = 0; i < d.count; i++)
			add_competition(&d, &d.list[i]);
		return true;
	}
	if (!req_is(r, ROLE_AUDITOR))
		return true;
	if (!choose(&d, ROLE_NAME_AUDITOR, e))
		return false;
	for (size_t i = 0; i < d.count; i++)
		add_watched(&d, &d.list[i]);
	return true;
}

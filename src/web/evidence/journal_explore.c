/* journal_explore.c - entries of the journal, found: by kind, period, office, competition,
 * application, words of the subject, all of that together (F85).
 *
 * A journal has millions of entries, nearly all of them clicks of tests, which are shown when they
 * are asked for.  One reads on from an entry, never from a number of page (list.h); what is asked
 * decides which index leads, as a statement whose conditions may be absent is read along the whole
 * journal by either engine; and no more than EXPLORE_MOST are counted.  Runs on a worker. */
#include "app/candidate/candidate.h"
#include "app/entry_kind.h"
#include "base/text.h"
#include "web/evidence/journal.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <stdlib.h>
#include <string.h>

/* Entries that are counted, and that a file holds. */
enum { EXPLORE_MOST = 100000, PAGE = 50 };

#define CLICK           "test.answer"
#define ROLE_SYSTEM     "system"
#define ROLE_CANDIDATE  "candidate"
#define ROLE_COMMISSION "commission"

static const char *const roles[] = {
	ROLE_NAME_HR,       ROLE_COMMISSION,     ROLE_CANDIDATE,     ROLE_NAME_OPERATOR,
	ROLE_NAME_SECURITY, ROLE_NAME_POLYGRAPH, ROLE_NAME_PSYCHO,   ROLE_NAME_BODY,
	ROLE_NAME_AUTHOR,   ROLE_NAME_REVIEWER,  ROLE_NAME_APPROVER, ROLE_NAME_KEEPER,
	ROLE_NAME_AUDITOR,  ROLE_NAME_ADMIN,     ROLE_SYSTEM,        NULL
};

const struct param journal_entries_params[] = {
	LIST_KEY_PARAMS,
	{ "kind", P_TEXT, 0, 60, false, NULL },
	{ "from", P_DAY, 0, 0, false, NULL },
	{ "to", P_DAY, 0, 0, false, NULL },
	{ "role", P_CHOICE, 0, 0, false, roles },
	{ "actor", P_INT, 0, INT64_MAX, false, NULL },
	{ "competition", P_INT, 1, INT64_MAX, false, NULL },
	{ "application", P_INT, 1, INT64_MAX, false, NULL },
	{ "subject", P_TEXT, 0, 60, false, NULL },
	{ "number", P_INT, 1, INT64_MAX, false, NULL },
	{ "answers", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};

static const struct list_column entry_columns[] = {
	{ "seq", "journal.seq", LIST_NUMBER, LIST_SORTS, NULL },
	{ "at_ms", "journal.at", LIST_TIME, 0, NULL },
	{ "kind", "journal.kind", LIST_CODE, 0, "event" },
	{ "code", "explore.code", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "competition_id", "list.competition", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "subject", "journal.subject", LIST_TEXT, 0, NULL },
	{ "actor_id", "journal.actor", LIST_NUMBER, 0, NULL },
	{ 0 },
};
const struct list entry_listing = { "entries", "journal.entries.title", entry_columns, PAGE };

/* ---- what is asked --------------------------------------------------------------------------- */

/* Which index leads to what is asked. */
enum lead { BY_SUBJECT, BY_KIND, BY_COMPETITION, BUT_ANSWERS, BY_NUMBER };

struct question {
	enum lead lead;
	const char *kind, *subject, *pattern, *role;
	int64_t competition, actor; /* actor -1: whoever */
	int64_t from_ms, to_ms;
	int64_t first, last; /* entries, both ends      */
	bool answers;        /* clicks of tests, too    */
};

static enum lead lead_of(const struct question *q)
{
	const bool clicks = q->answers || strcmp(q->kind, CLICK) == 0;
	if (q->first == q->last)
		return BY_NUMBER;
	if (*q->subject && !clicks)
		return BY_SUBJECT;
	if (*q->kind && !clicks)
		return BY_KIND;
	if (q->competition)
		return BY_COMPETITION;
	return clicks ? BY_NUMBER : BUT_ANSWERS;
}

static struct question question_of(const struct req *r)
{
	const bool one = in_has(r, "number");
	const int64_t application = in_int(r, "application");
	struct question q = {
		.kind = in_text(r, "kind"),
		.subject = application ? arena_print(r->arena, "application/%lld",
						     (long long)application)
				       : in_text(r, "subject"),
		.pattern = list_pattern(r->arena, in_text(r, "q")),
		.role = in_text(r, "role"),
		.competition = in_int(r, "competition"),
		.actor = in_has(r, "actor") ? in_int(r, "actor") : -1,
		.from_ms = in_has(r, "from") ? day_begins_ms(in_day(r, "from")) : INT64_MIN,
		.to_ms =
			in_has(r, "to") ? day_begins_ms((day){ in_day(r, "to").n + 1 }) : INT64_MAX,
		.first = one ? in_int(r, "number") : 1,
		.last = one ? in_int(r, "number") : INT64_MAX,
		.answers = in_flag(r, "answers") || one || strcmp(in_text(r, "kind"), CLICK) == 0,
	};
	q.lead = lead_of(&q);
	return q;
}

/* The office that the person held in that moment; of candidates and commissions, in that
 * competition. */
#define OF_ROLE                                                                                    \
	"($11 = '" ROLE_SYSTEM "' AND j.actor_id = 0)"                                             \
	" OR ($11 = '" ROLE_CANDIDATE "' AND EXISTS (SELECT 1 FROM application a"                  \
	"  WHERE a.person_id = j.actor_id AND a.competition_id = j.competition_id))"               \
	" OR ($11 = '" ROLE_COMMISSION "' AND EXISTS (SELECT 1 FROM commission_member m"           \
	"  JOIN commission k ON k.id = m.commission_id"                                            \
	"  WHERE m.person_id = j.actor_id AND k.competition_id = j.competition_id))"               \
	" OR (j.actor_id IN (SELECT h.person_id FROM role_grant h WHERE h.role = $11)"             \
	"  AND EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = j.actor_id"                  \
	"   AND g.role = $11 AND g.granted_ms <= j.at_ms"                                          \
	"   AND (g.revoked_ms IS NULL OR g.revoked_ms > j.at_ms)))"

/* Whoever competes does not see here how the own competition goes. */
#define FILTER                                                                                     \
	"($1 = '' OR j.kind = $1) AND ($2 = '' OR j.subject = $2)"                                 \
	" AND ($3 = 0 OR j.competition_id = $3) AND ($4 < 0 OR j.actor_id = $4)"                   \
	" AND j.at_ms >= $5 AND j.at_ms < $6 AND j.seq >= $7 AND j.seq <= $8"                      \
	" AND ($9 = '%%' OR j.kind LIKE $9 ESCAPE '\\' OR j.subject LIKE $9 ESCAPE '\\')"          \
	" AND j.competition_id NOT IN " CANDIDATE_COMPETITIONS(                                    \
		"$10") " AND ($11 = '' OR " OF_ROLE ")"                                            \
		       " AND ($12 = 1 OR j.kind <> '" CLICK "')"

#define LEAD_SUBJECT     "j.subject = $2 AND j.kind <> '" CLICK "' AND "
#define LEAD_KIND        "j.kind = $1 AND j.kind <> '" CLICK "' AND "
#define LEAD_COMPETITION "j.competition_id = $3 AND "
#define LEAD_BUT_ANSWERS "j.kind <> '" CLICK "' AND "

#define ASKED                                                                                      \
	db_text(q->kind), db_text(q->subject), db_int(q->competition), db_int(q->actor),           \
		db_int(q->from_ms), db_int(q->to_ms), db_int(q->first), db_int(q->last),           \
		db_text(q->pattern), db_int(r->actor.person_id), db_text(q->role),                 \
		db_int(q->answers), db_int(limit)

#define ROWS(lead, order)                                                                          \
	db_rows(r->db, r->arena, e,                                                                \
		"SELECT j.seq, j.at_ms, j.kind, j.competition_id, j.subject, j.actor_id"           \
		"  FROM journal_entry j WHERE " lead FILTER " ORDER BY j.seq " order " LIMIT $13", \
		ASKED)

#define FOUND(lead)                                                                                \
	db_number(r->db, e, ret,                                                                   \
		  "SELECT COUNT(*) FROM (SELECT 1 AS one FROM journal_entry j WHERE " lead FILTER  \
		  " LIMIT $13) found",                                                             \
		  ASKED)

static json_t *read_falling(const struct req *r, const struct question *q, int64_t limit,
			    struct err *e)
{
	switch (q->lead) {
	case BY_SUBJECT: return ROWS(LEAD_SUBJECT, "DESC");
	case BY_KIND: return ROWS(LEAD_KIND, "DESC");
	case BY_COMPETITION: return ROWS(LEAD_COMPETITION, "DESC");
	case BUT_ANSWERS: return ROWS(LEAD_BUT_ANSWERS, "DESC");
	default: return ROWS("", "DESC");
	}
}

static json_t *read_rising(const struct req *r, const struct question *q, int64_t limit,
			   struct err *e)
{
	switch (q->lead) {
	case BY_SUBJECT: return ROWS(LEAD_SUBJECT, "ASC");
	case BY_KIND: return ROWS(LEAD_KIND, "ASC");
	case BY_COMPETITION: return ROWS(LEAD_COMPETITION, "ASC");
	case BUT_ANSWERS: return ROWS(LEAD_BUT_ANSWERS, "ASC");
	default: return ROWS("", "ASC");
	}
}

/* How many there are, EXPLORE_MOST + 1 for more than that. */
static bool count(const struct req *r, const struct question *q, int64_t *ret, struct err *e)
{
	const int64_t limit = EXPLORE_MOST + 1;
	switch (q->lead) {
	case BY_SUBJECT: return FOUND(LEAD_SUBJECT);
	case BY_KIND: return FOUND(LEAD_KIND);
	case BY_COMPETITION: return FOUND(LEAD_COMPETITION);
	case BUT_ANSWERS: return FOUND(LEAD_BUT_ANSWERS);
	default: return FOUND("");
	}
}

/* ---- the page that is asked for -------------------------------------------------------------- */

static bool is_keyed(const struct req *r)
{
	return in_has(r, LIST_AFTER) || in_has(r, LIST_BEFORE);
}

/* Behind the key in the order of the list, or before it. */
static void from_key(const struct req *r, bool down, struct question *q, bool *ret_back)
{
	const bool back = in_has(r, LIST_BEFORE) && !in_has(r, LIST_AFTER);
	const int64_t key = back ? in_int(r, LIST_BEFORE) : in_int(r, LIST_AFTER);
	*ret_back = back;
	if (key == 0)
		return;
	if (down != back && key - 1 < q->last)
		q->last = key - 1;
	if (down == back && key < INT64_MAX && key + 1 > q->first)
		q->first = key + 1;
}

static int64_t seq_at(const json_t *rows, size_t i)
{
	return row_number(json_array_get(rows, i), "seq");
}

/* {rows, before, after}: one row more than a page has was read, which says that there are more. */
static json_t *page_of_rows(const struct req *r, const json_t *rows, bool back)
{
	const size_t read = json_array_size(rows);
	const size_t shown = read > PAGE ? PAGE : read;
	const bool more = read > PAGE;
	json_t *list = json_array();
	for (size_t i = 0; i < shown; i++)
		(void)json_array_append(list, json_array_get(rows, back ? shown - 1 - i : i));
	const bool before = shown > 0 && (back ? more : is_keyed(r));
	const bool after = shown > 0 && (back || more);
	json_t *page = json_pack("{s:I,s:I}", "before",
				 before ? (json_int_t)seq_at(list, 0) : (json_int_t)0, "after",
				 after ? (json_int_t)seq_at(list, shown - 1) : (json_int_t)0);
	(void)json_object_set_new(page, "rows", list);
	json_in_arena(r->arena, page);
	return page;
}

static bool read_file(const struct req *r, const struct question *q, bool down, int64_t total,
		      json_t **ret, struct err *e)
{
	if (total > EXPLORE_MOST)
		return err_set(e, ERR_INPUT, "explore.error.most", "more than a file holds");
	json_t *rows =
		down ? read_falling(r, q, EXPLORE_MOST, e) : read_rising(r, q, EXPLORE_MOST, e);
	*ret = json_pack("{s:I,s:I,s:O?}", "before", (json_int_t)0, "after", (json_int_t)0, "rows",
			 rows);
	json_in_arena(r->arena, *ret);
	return rows != NULL;
}

/* A page, and how many there are in all: a list that ends on its first page is not read twice. */
static bool read_page(const struct req *r, const struct question *q, bool down, json_t **ret,
		      int64_t *ret_total, struct err *e)
{
	struct question from = *q;
	bool back = false;
	from_key(r, down, &from, &back);
	json_t *rows = down != back ? read_falling(r, &from, PAGE + 1, e)
				    : read_rising(r, &from, PAGE + 1, e);
	if (!rows)
		return false;
	const bool whole = !is_keyed(r) && json_array_size(rows) <= PAGE;
	*ret_total = (int64_t)json_array_size(rows);
	if (!whole && !count(r, q, ret_total, e))
		return false;
	*ret = page_of_rows(r, rows, back);
	return true;
}

static bool read_entries(const struct req *r, json_t **ret, struct err *e)
{
	const struct question q = question_of(r);
	const bool down = list_down(r);
	int64_t total = 0;
	if (r->file_ending ? !count(r, &q, &total, e) || !read_file(r, &q, down, total, ret, e)
			   : !read_page(r, &q, down, ret, &total, e))
		return false;
	(void)json_object_set_new(*ret, "total", json_integer((json_int_t)total));
	return true;
}

bool journal_entries_slow(struct req *r, struct err *e)
{
	json_t *found = NULL;
	if (!read_entries(r, &found, e))
		return false;
	r->found = found;
	return true;
}

/* ---- the model ------------------------------------------------------------------------------- */

/* What an older version of Konkurs wrote, or somebody past it, is shown as it stands. */
void journal_mark_known(json_t *rows)
{
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "known",
					  json_boolean(entry_kind_is_known(row_text(row, "kind"))));
}

struct named {
	const char *id, *name, *order;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->order, ((const struct named *)b)->order);
}

/* Kinds by what they are called, in the order of the alphabet. */
static json_t *kind_options(const struct req *r)
{
	size_t count = 0;
	while (entry_kinds[count])
		count++;
	struct named *list = arena_array(r->arena, count, sizeof(*list));
	json_t *options = json_array();
	count = 0;
	for (const char *const *k = entry_kinds; *k; k++) {
		const char *key = arena_print(r->arena, "event.%s", *k);
		const char *name = catalog_text(view_catalog(r->site->view), r->language, key);
		name = name ? name : *k;
		list[count++] = (struct named){ *k, name, text_sort_key(r->arena, name) };
	}
	qsort(list, count, sizeof(*list), by_name);
	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(
			options, json_pack("{s:s,s:s}", "id", list[i].id, "name", list[i].name));
	return options;
}

static json_t *role_options(const struct req *r)
{
	json_t *options = json_array();
	for (const char *const *name = roles; *name; name++)
		(void)json_array_append_new(options, json_pack("{s:s,s:s}", "id", *name, "key",
							       journal_role_key(r->arena, *name)));
	return options;
}

const char *journal_role_key(struct arena *a, const char *role)
{
	const bool ours = strcmp(role, ROLE_SYSTEM) == 0 || strcmp(role, ROLE_CANDIDATE) == 0 ||
			  strcmp(role, ROLE_COMMISSION) == 0;
	return arena_print(a, "%s.role.%s", ours ? "explore" : "access", role);
}

static bool add_competitions(const struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.id, c.post FROM competition c WHERE c.id NOT"
			       " IN " CANDIDATE_COMPETITIONS("$1") " ORDER BY c.id DESC",
			       db_int(r->actor.person_id));
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
	(void)json_object_set(model, "competitions", rows);
	return rows != NULL;
}

/* What was asked, for the form. */
static void add_asked(const struct req *r, json_t *model)
{
	static const char *const texts[] = { "kind", "subject", "role" };
	static const char *const numbers[] = { "actor", "competition", "application", "number" };
	static const char *const days[] = { "from", "to" };
	bool more = in_flag(r, "answers");
	for (size_t i = 0; i < COUNT(texts); i++)
		(void)json_object_set_new(model, texts[i], json_string(in_text(r, texts[i])));
	for (size_t i = 0; i < COUNT(numbers); i++) {
		const char *name = numbers[i];
		more = more || in_has(r, name);
		(void)json_object_set_new(
			model, name,
			in_has(r, name) ? json_string(arena_print(r->arena, "%lld",
								  (long long)in_int(r, name)))
					: json_null());
	}
	for (size_t i = 0; i < COUNT(days); i++)
		(void)json_object_set_new(model, days[i],
					  in_has(r, days[i]) ? day_json(in_day(r, days[i]))
							     : json_null());
	(void)json_object_set_new(model, "answers", json_boolean(in_flag(r, "answers")));
	(void)json_object_set_new(
		model, "more", json_boolean(more || *in_text(r, "role") || *in_text(r, "subject")));
}

bool journal_entries(struct req *r, json_t *model, struct err *e)
{
	json_t *found = r->found;
	size_t i = 0;
	json_t *row = NULL;
	if (!found && !read_entries(r, &found, e))
		return false;
	json_t *rows = json_object_get(found, "rows");
	const int64_t total = row_number(found, "total");
	const struct list_ends ends = { row_number(found, "before"), row_number(found, "after") };
	journal_mark_known(rows);
	json_array_foreach (rows, i, row)
		(void)json_object_set(row, "code", json_object_get(row, "kind"));
	list_keyed(r, model, json_incref(rows), total, &ends);
	(void)json_object_set_new(model, "endless", json_boolean(total > EXPLORE_MOST));
	(void)json_object_set_new(model, "most", json_integer(EXPLORE_MOST));
	(void)json_object_set_new(model, "kinds", kind_options(r));
	(void)json_object_set_new(model, "roles", role_options(r));
	add_asked(r, model);
	return add_competitions(r, model, e);
}

/* feed.c - a person's terms as iCalendar (RFC 5545), written by libical. */
#include "app/notice/feed.h"
#include "app/competition/competition_terms.h"
#include "app/notice/told.h"
#include "web/competition/term.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <libical/ical.h>
#include <sodium.h>
#include <string.h>

/* ---- the address ------------------------------------------------------------------------ */

static void token_of(const struct req *r, int64_t person, int64_t made_ms, char ret[SITE_MAC_SIZE])
{
	site_mac(r->site, "feed",
		 arena_print(r->arena, "%lld/%lld", (long long)person, (long long)made_ms), ret);
}

bool feed_show(struct req *r, json_t *model, struct err *e)
{
	char token[SITE_MAC_SIZE];
	const int64_t person = r->actor.person_id;
	json_t *rows = db_rows(r->db, r->arena, e, "SELECT made_ms FROM feed WHERE person_id = $1",
			       db_int(person));
	if (!rows)
		return false;
	json_t *feed = json_null();
	if (json_array_size(rows) > 0) {
		const int64_t made_ms = row_number(json_array_get(rows, 0), "made_ms");
		token_of(r, person, made_ms, token);
		feed = json_pack("{s:s,s:I}", "path",
				 arena_print(r->arena, "/feeds/%lld/%s", (long long)person, token),
				 "made_ms", (json_int_t)made_ms);
	}
	(void)json_object_set_new(model, "feed", feed);
	return true;
}

bool feed_make(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	req_go(r, "/feed");
	return feed_begin(&act, r->language, e);
}

bool feed_end(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	req_go(r, "/feed");
	return feed_finish(&act, e);
}

/* ---- what is in it ---------------------------------------------------------------------- */

struct feed {
	struct req *r;
	struct act act; /* of the person whose feed it is */
	const char *language;
	icalcomponent *calendar;
};

static const char *say(const struct feed *f, const char *key, const char *post, struct err *e)
{
	struct buf out = buf_on(f->r->arena);
	json_t *values = json_pack("{s:s}", "post", post);
	const bool ok =
		catalog_format(view_catalog(f->r->site->view), f->language, key, values, &out, e);
	json_decref(values);
	return ok ? out.text : NULL;
}

static const char *post_of(const struct feed *f, const char *code)
{
	const struct post *post = law_book_post(f->act.book, code);
	if (!post)
		return code;
	return strcmp(f->language, "kk") == 0 ? post->name_kk : post->name_ru;
}

/* One entry; `thing` and `id` make it the same entry when it is fetched again. */
static bool add(const struct feed *f, const char *thing, int64_t id, const char *key,
		const char *post, struct icaltimetype when, struct err *e)
{
	const char *text = say(f, key, post_of(f, post), e);
	if (!text)
		return false;
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	icalcomponent_set_uid(event,
			      arena_print(f->r->arena, "%s-%lld@konkurs", thing, (long long)id));
	icalcomponent_set_dtstamp(event,
				  icaltime_from_timet_with_zone((time_t)(f->act.now_ms / 1000), 0,
								icaltimezone_get_utc_timezone()));
	icalcomponent_set_dtstart(event, when);
	icalcomponent_set_summary(event, text);
	icalcomponent_add_component(f->calendar, event);
	return true;
}

static struct icaltimetype whole_day(day d)
{
	const struct date date = day_to_date(d);
	struct icaltimetype t = icaltime_null_date();
	t.year = date.year;
	t.month = date.month;
	t.day = date.day;
	return t;
}

static struct icaltimetype moment(int64_t ms)
{
	return icaltime_from_timet_with_zone((time_t)(ms / 1000), 0,
					     icaltimezone_get_utc_timezone());
}

/* Which terms of a competition concern the person. */
static bool concerns(const struct feed *f, const struct competition *c, bool ret[TERM_COUNT],
		     struct err *e)
{
	bool hr = false;
	bool security = false;
	bool seat = false;
	bool applied = false;
	if (!act_holds(&f->act, ROLE_NAME_HR, c->organ, &hr, e) ||
	    !act_holds(&f->act, ROLE_NAME_SECURITY, c->organ, &security, e) ||
	    !db_exists(f->act.db, e, &seat,
		       "SELECT 1 FROM commission_member m JOIN commission k"
		       " ON k.id = m.commission_id WHERE k.competition_id = $1"
		       " AND k.state = 'appointed' AND m.person_id = $2 AND m.left_ms IS NULL",
		       db_int(c->id), db_int(f->act.person_id)) ||
	    !db_exists(f->act.db, e, &applied,
		       "SELECT 1 FROM application WHERE competition_id = $1 AND person_id = $2"
		       " AND state IN ('draft', 'sent')",
		       db_int(c->id), db_int(f->act.person_id)))
		return false;
	for (int kind = 0; kind < TERM_COUNT; kind++)
		ret[kind] = hr;
	ret[TERM_FILING] |= applied;
	ret[TERM_SECURITY] |= security;
	ret[TERM_INTERVIEW] |= seat;
	ret[TERM_MINUTES] |= seat;
	return true;
}

static bool add_competition(const struct feed *f, int64_t id, struct err *e)
{
	struct competition c = { 0 };
	struct term_facts facts = { 0 };
	struct term line[TERM_COUNT];
	bool wanted[TERM_COUNT] = { false };
	if (!competition_load(&f->act, id, &c, e) || !concerns(f, &c, wanted, e) ||
	    !competition_term_facts(&f->act, &c, &facts, e))
		return false;
	if (!term_line(c.calendar, c.rules, &facts, line))
		return true;
	for (size_t i = 0; i < TERM_COUNT; i++) {
		const char *name = term_kind_name(line[i].kind);
		if (wanted[i] && line[i].state != TERM_WAITS &&
		    !add(f, name, id, arena_print(f->r->arena, "term.feed.%s", name), c.post,
			 whole_day(line[i].last), e))
			return false;
	}
	return true;
}

/* The candidate's own hours: the test and the interview. */
static bool add_own(const struct feed *f, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		f->act.db, f->act.arena, e,
		"SELECT 'test' AS what, t.id, s.planned_ms AS at_ms, c.post FROM attempt t"
		"  JOIN sitting s ON s.id = t.sitting_id JOIN application a"
		"   ON a.id = t.application_id JOIN competition c ON c.id = a.competition_id"
		" WHERE a.person_id = $1 AND t.void = 0 UNION ALL"
		" SELECT 'heard', a.id, n.start_ms, c.post FROM interview_candidate x"
		"  JOIN interview n ON n.id = x.interview_id JOIN application a"
		"   ON a.id = x.application_id JOIN competition c ON c.id = a.competition_id"
		" WHERE a.person_id = $1",
		db_int(f->act.person_id));
	json_array_foreach (rows, i, row) {
		const char *what = row_text(row, "what");
		if (!add(f, what, row_number(row, "id"),
			 arena_print(f->r->arena, "term.feed.%s", what), row_text(row, "post"),
			 moment(row_number(row, "at_ms")), e))
			return false;
	}
	return rows != NULL;
}

/* F84: until when the candidate may appeal. */
static bool add_appeals(const struct feed *f, struct err *e)
{
	json_t *rows = db_rows(f->act.db, f->act.arena, e,
			       "SELECT a.id, c.post FROM application a JOIN competition c"
			       " ON c.id = a.competition_id WHERE a.person_id = $1 ORDER BY a.id",
			       db_int(f->act.person_id));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const int64_t id = row_number(row, "id");
		struct told t = { 0 };
		if (!told_of_application(&f->act, id, &t, e))
			return false;
		if (t.has_last && !t.over &&
		    !add(f, "appeal", id, "term.feed.appeal", row_text(row, "post"),
			 whole_day(t.last), e))
			return false;
	}
	return rows != NULL;
}

static bool fill(const struct feed *f, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(f->act.db, f->act.arena, e,
			       "SELECT id FROM competition WHERE state = 'announced' ORDER BY id");
	json_array_foreach (rows, i, row) {
		if (!add_competition(f, row_number(row, "id"), e))
			return false;
	}
	return rows && add_own(f, e) && add_appeals(f, e);
}

/* A wrong address and one that has ended are the same to whoever asks. */
static bool find(struct req *r, const char **ret_language, struct err *e)
{
	char token[SITE_MAC_SIZE];
	const int64_t person = in_int(r, "person");
	const char *given = in_text(r, "token");
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT language, made_ms FROM feed WHERE person_id = $1", db_int(person));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	token_of(r, person, row_number(row, "made_ms"), token);
	if (!row || strlen(given) != strlen(token) ||
	    sodium_memcmp(given, token, strlen(token)) != 0)
		return err_set(e, ERR_MISSING, "error.missing", "no such feed");
	*ret_language = row_text(row, "language");
	return true;
}

bool feed_send(struct req *r, json_t *model, struct err *e)
{
	struct feed f = { .r = r, .act = req_act(r) };
	(void)model;
	if (!find(r, &f.language, e))
		return false;
	f.act.person_id = in_int(r, "person");
	f.calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
					 icalproperty_new_prodid("-//Konkurs//terms//KK"), NULL);
	const bool ok = fill(&f, e);
	if (ok) {
		char *text = icalcomponent_as_ical_string_r(f.calendar);
		struct upload *file = arena_alloc(r->arena, sizeof(*file));
		*file = (struct upload){ .name = "feed",
					 .file_name = "konkurs.ics",
					 .media = "text/calendar; charset=utf-8",
					 .bytes = arena_copy(r->arena, text),
					 .size = strlen(text) };
		free(text);
		r->download = file;
	}
	icalcomponent_free(f.calendar);
	return ok;
}

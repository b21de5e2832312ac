#include "web/candidate/path.h"

#include "app/competition/competition_terms.h"
#include "web/competition/explanation.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

const char *path_stage_name(enum path_stage stage)
{
	static const char *const name[PATH_STAGES] = {
		"draft",  "unsent",  "withdrawn", "check", "refused", "studies", "test",
		"barred", "dossier", "interview", "heard", "unread",  "decided",
	};
	return name[stage];
}

/* ---- what is on record ------------------------------------------------------------------- */

/* What a path is read from, besides the dossier. */
struct facts {
	const struct dossier *d;
	const json_t *own;     /* of the application                        */
	const json_t *sitting; /* the candidate's, or the next; NULL none   */
	const json_t *heard;   /* the interview; NULL none is planned       */
	day today;
};

static bool read_own(const struct req *r, struct facts *f, struct err *e)
{
	f->own = db_row(r->db, r->arena, e,
			"SELECT a.sent_ms, (SELECT d.at_ms FROM decision d"
			"  WHERE d.application_id = a.id) AS decided_ms"
			"  FROM application a WHERE a.id = $1",
			db_int(f->d->candidate.application_id));
	return f->own != NULL;
}

/* The sitting at which the candidate is, or else the next one that takes people in. */
static bool read_sitting(const struct req *r, struct facts *f, struct err *e)
{
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT s.planned_ms, s.state, h.name_kk, h.name_ru, t.id AS attempt,"
		" t.finished_ms FROM sitting s JOIN hall h ON h.id = s.hall_id"
		"  LEFT JOIN attempt t ON t.sitting_id = s.id AND t.application_id = $1"
		"   AND t.void = 0"
		" WHERE s.competition_id = $2 AND (t.id IS NOT NULL OR s.state = 'open')"
		" ORDER BY CASE WHEN t.id IS NULL THEN 1 ELSE 0 END, s.planned_ms, s.id LIMIT 1",
		db_int(f->d->candidate.application_id), db_int(f->d->candidate.competition.id));
	f->sitting = json_array_get(rows, 0);
	return rows != NULL;
}

static bool read_interview(const struct req *r, struct facts *f, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT i.start_ms, i.place, i.state, x.ended_ms FROM interview i"
			       "  LEFT JOIN interview_candidate x ON x.interview_id = i.id"
			       "   AND x.application_id = $1"
			       " WHERE i.competition_id = $2",
			       db_int(f->d->candidate.application_id),
			       db_int(f->d->candidate.competition.id));
	f->heard = json_array_get(rows, 0);
	return rows != NULL;
}

/* ---- where one stands -------------------------------------------------------------------- */

static bool is_state(const struct facts *f, const char *state)
{
	return strcmp(f->d->candidate.state, state) == 0;
}

static bool in_term(const struct facts *f)
{
	const struct competition *c = &f->d->candidate.competition;
	return strcmp(c->state, "announced") == 0 && f->today.n <= c->filing_last.n;
}

static bool is_barred(const struct admission *a)
{
	for (int i = 0; i < PART_COUNT; i++) {
		if (a->part[i] == PART_FAILED)
			return true;
	}
	return false;
}

/* Of what is sent, until the decision. */
static enum path_stage stage_underway(const struct facts *f)
{
	const struct admission *a = &f->d->candidate.admission;
	if (a->part[PART_QUALIFICATION] == PART_FAILED)
		return PATH_REFUSED;
	if (a->part[PART_QUALIFICATION] != PART_DONE)
		return PATH_CHECK;
	if (f->sitting && row_has(f->sitting, "attempt") && !row_has(f->sitting, "finished_ms"))
		return PATH_TEST;
	if (is_barred(a))
		return PATH_BARRED;
	if (!a->to_interview)
		return PATH_STUDIES;
	if (f->heard &&
	    (row_has(f->heard, "ended_ms") || strcmp(row_text(f->heard, "state"), "closed") == 0))
		return PATH_HEARD;
	return f->d->released && f->heard ? PATH_INTERVIEW : PATH_DOSSIER;
}

static enum path_stage stage_of(const struct facts *f, const struct path *p)
{
	if (is_state(f, "withdrawn"))
		return PATH_WITHDRAWN;
	if (!is_state(f, "sent"))
		return in_term(f) ? PATH_DRAFT : PATH_UNSENT;
	if (p->decided_ms)
		return p->told.notice_id && !p->told.served ? PATH_UNREAD : PATH_DECIDED;
	return stage_underway(f);
}

/* ---- by when, and who --------------------------------------------------------------------- */

/* The term of the competition counts for the candidate, too. */
static void use_term(const struct facts *f, struct path *p, enum term_kind kind)
{
	const struct term *t = &p->line[kind];
	if (!p->known || t->state == TERM_WAITS)
		return;
	p->has_last = true;
	p->last = t->last;
	p->left = t->left;
	p->assumed = t->assumed;
	p->from = t->from;
	p->back = t->wanted < 0;
	if (*t->clause)
		p->clause = t->clause;
	p->counted = term_explain(f->d->candidate.competition.calendar, t, &p->how);
}

static void use_hour(const struct req *r, const struct facts *f, struct path *p)
{
	if (p->stage == PATH_INTERVIEW) {
		p->at_ms = row_number(f->heard, "start_ms");
		p->place = row_text(f->heard, "place");
	} else if (f->sitting && p->stage == PATH_STUDIES &&
		   f->d->candidate.admission.part[PART_TEST] == PART_ABSENT) {
		p->at_ms = row_number(f->sitting, "planned_ms");
		p->place = row_text(f->sitting, in_kazakh(r) ? "name_kk" : "name_ru");
	}
}

static void use_appeal(const struct facts *f, struct path *p)
{
	const struct told *t = &p->told;
	if (t->notice_id && t->has_last && !t->over) {
		p->has_last = true;
		p->last = t->last;
		p->left = calendar_between(f->d->candidate.competition.calendar, f->today, t->last);
		p->assumed = f->d->candidate.competition.rules->params[PARAM_APPEAL_MONTHS].assumed;
		p->clause = f->d->candidate.competition.rules->params[PARAM_APPEAL_MONTHS].clause;
	}
}

static void set_button(const struct req *r, const struct facts *f, struct path *p)
{
	const long long id = (long long)f->d->candidate.application_id;
	switch (p->stage) {
	case PATH_DRAFT:
		p->act = "send";
		p->href = arena_print(r->arena, "/applications/%lld", id);
		break;
	case PATH_WITHDRAWN:
		if (in_term(f)) {
			p->act = "again";
			p->href = arena_print(r->arena, "/announcements/%lld",
					      (long long)f->d->candidate.competition.id);
		}
		break;
	case PATH_TEST:
		p->act = "test";
		p->href = "/test";
		break;
	case PATH_UNREAD:
		p->act = "read";
		p->href = arena_print(r->arena, "/applications/%lld/notice", id);
		break;
	default: break;
	}
}

static void judge(const struct req *r, const struct facts *f, struct path *p)
{
	static const struct {
		const char *who, *clause;
		enum term_kind kind; /* TERM_COUNT: none */
	} row[PATH_STAGES] = {
		[PATH_DRAFT] = { "", "10", TERM_FILING },
		[PATH_UNSENT] = { "", "10", TERM_COUNT },
		[PATH_WITHDRAWN] = { "", "10", TERM_COUNT },
		[PATH_CHECK] = { "hr", "13", TERM_CHECK },
		[PATH_REFUSED] = { "", "13", TERM_COUNT },
		[PATH_STUDIES] = { "officers", "13", TERM_DOSSIER },
		[PATH_TEST] = { "", "28", TERM_COUNT },
		[PATH_BARRED] = { "", "44", TERM_COUNT },
		[PATH_DOSSIER] = { "hr", "16", TERM_DOSSIER },
		[PATH_INTERVIEW] = { "commission", "44", TERM_INTERVIEW },
		[PATH_HEARD] = { "commission", "47", TERM_COUNT },
		[PATH_UNREAD] = { "", "", TERM_COUNT },
		[PATH_DECIDED] = { "", "", TERM_COUNT },
	};
	p->stage = stage_of(f, p);
	p->who = row[p->stage].who;
	p->clause = row[p->stage].clause;
	if (row[p->stage].kind != TERM_COUNT)
		use_term(f, p, row[p->stage].kind);
	if (p->stage == PATH_REFUSED || p->stage == PATH_BARRED || p->stage == PATH_DECIDED)
		use_appeal(f, p);
	use_hour(r, f, p);
	set_button(r, f, p);
}

bool path_of(const struct req *r, const struct dossier *d, struct path *ret, struct err *e)
{
	const struct act act = req_act(r);
	const struct competition *c = &d->candidate.competition;
	struct facts f = { .d = d, .today = act_today(&act) };
	struct term_facts terms = { 0 };
	struct path p = { .who = "", .act = "", .href = "", .clause = "", .place = "" };
	if (!read_own(r, &f, e) || !read_sitting(r, &f, e) || !read_interview(r, &f, e) ||
	    !told_of_application(&act, d->candidate.application_id, &p.told, e) ||
	    !competition_term_facts(&act, c, &terms, e))
		return false;
	p.known = c->announced && term_line(c->calendar, c->rules, &terms, p.line);
	p.sent_ms = row_number(f.own, "sent_ms");
	p.decided_ms = row_number(f.own, "decided_ms");
	p.attempt = f.sitting ? row_number(f.sitting, "attempt") : 0;
	judge(r, &f, &p);
	*ret = p;
	return true;
}

/* ---- the model --------------------------------------------------------------------------- */

static json_t *now_model(const struct path *p, bool own)
{
	json_t *counted = p->counted ? explanation_model(&p->how) : json_null();
	(void)json_object_del(counted, "last"); /* it is the term's own */
	json_t *o =
		json_pack("{s:s,s:s,s:s,s:s,s:b,s:i,s:b,s:s,s:o}", "stage",
			  path_stage_name(p->stage), "who", p->who, "act", own ? p->act : "",
			  "href", own ? p->href : "", "assumed", p->has_last && p->assumed, "left",
			  p->left, "back", p->back, "place", p->place, "counted", counted);
	(void)json_object_set_new(o, "clause", *p->clause ? json_string(p->clause) : json_null());
	(void)json_object_set_new(o, "last", p->has_last ? day_json(p->last) : json_null());
	(void)json_object_set_new(o, "from", p->counted ? day_json(p->from) : json_null());
	(void)json_object_set_new(o, "at_ms",
				  p->at_ms ? json_integer((json_int_t)p->at_ms) : json_null());
	return o;
}

/* A step: "path.step.<name>". */
static void add_step(json_t *past, json_t *ahead, const char *name, const char *state,
		     const char *clause, json_t *due, int64_t at_ms)
{
	const bool is_past = strcmp(state, "done") == 0 || strcmp(state, "failed") == 0;
	json_t *o = json_pack("{s:s,s:s,s:s,s:o}", "name", name, "state", state, "clause", clause,
			      "due", is_past ? json_null() : json_incref(due));
	(void)json_object_set_new(o, "at_ms",
				  at_ms ? json_integer((json_int_t)at_ms) : json_null());
	(void)json_array_append_new(is_past ? past : ahead, o);
	json_decref(due);
}

static json_t *term_day(const struct path *p, enum term_kind kind)
{
	return p->known && p->line[kind].state != TERM_WAITS ? day_json(p->line[kind].last)
							     : json_null();
}

void path_model(const struct dossier *d, const struct path *p, bool own, json_t *model)
{
	static const char *const clause[PART_COUNT] = { "13", "6", "13", "13", "28", "44" };
	const bool first = strcmp(d->candidate.competition.route, "other") != 0;
	json_t *past = json_array();
	json_t *ahead = json_array();
	(void)json_object_set_new(model, "now", now_model(p, own));
	(void)json_object_set_new(model, "past", past);
	(void)json_object_set_new(model, "ahead", ahead);
	add_step(past, ahead, "application", p->sent_ms ? "done" : "absent", first ? "10" : "20",
		 term_day(p, TERM_FILING), p->sent_ms);
	for (int i = 0; i < PART_COUNT; i++) {
		if (i == PART_INTERVIEW)
			add_step(past, ahead, "dossier", d->released ? "done" : "absent", "16",
				 term_day(p, TERM_DOSSIER), d->released ? d->released_ms : 0);
		add_step(past, ahead, part_name((enum part)i),
			 part_state_name(d->candidate.admission.part[i]), clause[i],
			 i == PART_QUALIFICATION ? term_day(p, TERM_CHECK)
			 : i == PART_INTERVIEW   ? term_day(p, TERM_INTERVIEW)
						 : term_day(p, TERM_DOSSIER),
			 0);
	}
	add_step(past, ahead, "decision", p->decided_ms ? "done" : "absent", "47", json_null(),
		 p->decided_ms);
	(void)json_object_set_new(model, "walked", json_integer((json_int_t)json_array_size(past)));
	(void)json_object_set_new(model, "to_come", json_boolean(json_array_size(ahead) > 0));
}

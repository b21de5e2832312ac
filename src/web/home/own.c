/* own.c - the candidate: the own applications, where each stands, and what is to be done. */
#include "web/candidate/path.h"
#include "web/home/groups.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

/* Nothing follows: it stands among the own applications, and in no group. */
static bool is_over(const struct path *p)
{
	static const enum path_stage over[] = { PATH_UNSENT, PATH_WITHDRAWN, PATH_REFUSED,
						PATH_BARRED, PATH_DECIDED };
	for (size_t i = 0; i < COUNT(over); i++) {
		if (p->stage == over[i])
			return true;
	}
	return false;
}

static void add_line(struct req *r, struct lines *l, const struct dossier *d, const struct path *p)
{
	const long long id = (long long)d->candidate.application_id;
	struct line line = {
		.key = arena_print(r->arena, "path.at.%s", path_stage_name(p->stage)),
		.href = *p->href ? p->href : arena_print(r->arena, "/applications/%lld/story", id),
		.list = "/applications",
		.post = d->candidate.competition.post,
		.clause = p->clause,
		.who = p->at_ms || !*p->who ? NULL : p->who, /* one has to appear */
		.at_ms = p->at_ms,
		.calm = p->at_ms != 0 || p->stage == PATH_INTERVIEW,
	};
	if (p->at_ms || p->has_last) {
		line.calendar = d->candidate.competition.calendar;
		line.last = p->at_ms ? day_of_instant(p->at_ms) : p->last;
	}
	lines_add(l, &line);
}

/* Until when one may appeal is a right and no duty: it stands with the application. */
static json_t *application_model(const struct req *r, const struct dossier *d, const struct path *p)
{
	json_t *o = json_pack("{s:I,s:s,s:s,s:s}", "id", (json_int_t)d->candidate.application_id,
			      "state", d->candidate.state, "post",
			      post_name(r, d->candidate.competition.post), "stage",
			      path_stage_name(p->stage));
	(void)json_object_set_new(o, "appeal",
				  is_over(p) && p->has_last ? day_json(p->last) : json_null());
	return o;
}

bool lines_own(struct req *r, struct lines *l, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *list = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id FROM application WHERE person_id = $1 ORDER BY id DESC",
			       db_int(r->actor.person_id));
	(void)json_object_set_new(model, "applications", list);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		struct dossier d = { 0 };
		struct path p = { 0 };
		if (!dossier_load(&act, row_number(json_array_get(rows, i), "id"), &d, e) ||
		    !path_of(r, &d, &p, e))
			return false;
		(void)json_array_append_new(list, application_model(r, &d, &p));
		if (!is_over(&p))
			add_line(r, l, &d, &p);
	}
	return rows != NULL;
}

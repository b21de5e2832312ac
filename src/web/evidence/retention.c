/* retention.c - what is kept until when, what is held, and the acts that end it (F74). */
#include "app/access/asking.h"
#include "app/candidate/candidate.h"
#include "app/evidence/destruction.h"
#include "app/evidence/retention_rows.h"
#include "web/competition/complaint.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { IIN_SIZE = 12 };

static const char *const answers[] = { "yes", "no", NULL };

const struct param retention_show_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
#define PROPOSAL_PARAMS                                                                            \
	{ "number", P_TEXT, 1, DESTRUCTION_NUMBER_MOST, true, NULL },                              \
		{ "day", P_DAY, 0, 0, true, NULL },                                                \
	{                                                                                          \
		"reason", P_TEXT, 1, DESTRUCTION_REASON_MOST, true, NULL                           \
	}
const struct param retention_propose_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	PROPOSAL_PARAMS,
	PARAMS_END,
};
const struct param retention_person_params[] = {
	{ "iin", P_TEXT, IIN_SIZE, IIN_SIZE, true, NULL },
	PROPOSAL_PARAMS,
	PARAMS_END,
};
const struct param retention_proposal_params[] = {
	{ "proposal", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param retention_answer_params[] = {
	{ "proposal", P_INT, 1, INT64_MAX, true, NULL },
	{ "answer", P_CHOICE, 0, 0, true, answers },
	{ "reason", P_TEXT, 0, DESTRUCTION_REASON_MOST, false, NULL },
	PARAMS_END,
};
const struct param retention_list_params[] = { LIST_PARAMS, PARAMS_END };
static const struct list_column retention_columns[] = {
	{ "id", "list.competition", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "retention.competition", LIST_TEXT, LIST_SORTS, NULL },
	{ "until", "retention.until", LIST_DAY, LIST_SORTS, NULL },
	{ "state", "retention.state", LIST_CODE, LIST_SORTS, "retention.state" },
	{ 0 },
};
const struct list retention_listing = { "competitions", "retention.list.title", retention_columns,
					50 };
const struct param retention_act_params[] = {
	{ "act", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* "destroyed", "held", "due", "kept" */
static const char *state_of(const struct retention *r)
{
	if (r->destroyed)
		return "destroyed";
	if (r->held)
		return "held";
	return r->due ? "due" : "kept";
}

static bool may_read(const struct req *r, const char *organ, bool *ret, struct err *e)
{
	const struct act act = req_act(r);
	return act_holds(&act, ROLE_NAME_HR, organ, ret, e) &&
	       (*ret || act_holds(&act, ROLE_NAME_AUDITOR, organ, ret, e));
}

static bool require_reader(const struct req *r, const char *organ, struct err *e)
{
	bool may = false;
	return may_read(r, organ, &may, e) &&
	       (may || err_set(e, ERR_MISSING, "error.missing", "not this person's organ"));
}

/* The organ whose act it is, and what it is about. */
static bool find_about(struct req *r, const json_t *row, json_t *o, const char **ret_organ,
		       struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	const int64_t person = row_number(row, "person_id");
	const int64_t id = row_number(row, "competition_id");
	if (person > 0 ? !retention_organ_of(&act, person, ret_organ, e)
		       : !competition_load(&act, id, &c, e))
		return false;
	if (person == 0)
		*ret_organ = c.organ;
	(void)json_object_set_new(o, "person", person > 0 ? json_integer(person) : json_null());
	(void)json_object_set_new(o, "competition",
				  person > 0 ? json_null()
					     : json_pack("{s:I,s:s}", "id", (json_int_t)id, "post",
							 post_name(r, c.post)));
	(void)json_object_set_new(o, "organ", json_string(organ_name(r, *ret_organ)));
	return true;
}

static bool add_one(struct req *r, int64_t id, json_t *list, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct retention kept = { 0 };
	bool may = false;
	bool competes = false;
	if (!competition_load(&act, id, &c, e) || !may_read(r, c.organ, &may, e) ||
	    !candidate_competes(&act, THING_COMPETITION, id, &competes, e))
		return false;
	if (!may || competes)
		return true;
	if (!retention_of(&act, &c, &kept, e))
		return false;
	json_t *o = json_pack("{s:I,s:s,s:s}", "id", (json_int_t)id, "post", post_name(r, c.post),
			      "state", state_of(&kept));
	(void)json_object_set_new(o, "until", day_json(kept.until));
	(void)json_array_append_new(list, o);
	return true;
}

/* Proposals that wait: those of persons are found nowhere else. */
static bool add_proposals(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	(void)json_object_set_new(model, "proposals", list);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, number, asked_ms, COALESCE(person_id, 0) AS person_id,"
			       " COALESCE(competition_id, 0) AS competition_id"
			       "  FROM destruction_proposal"
			       " WHERE state = 'asked' AND asked_ms > $1 ORDER BY id",
			       db_int(r->now_ms - ASKING_LIFE_MS));
	json_array_foreach (rows, i, row) {
		const char *organ = "";
		bool may = false;
		bool competes = false;
		json_t *o = json_pack("{s:I,s:s,s:I}", "id", (json_int_t)row_number(row, "id"),
				      "number", row_text(row, "number"), "asked_ms",
				      (json_int_t)row_number(row, "asked_ms"));
		json_in_arena(r->arena, o);
		if (!find_about(r, row, o, &organ, e) || !may_read(r, organ, &may, e) ||
		    !candidate_competes(&act, THING_COMPETITION, row_number(row, "competition_id"),
					&competes, e))
			return false;
		(void)json_object_del(o, "organ");
		if (may && !competes)
			(void)json_array_append(list, o);
	}
	return rows != NULL;
}

bool retention_list(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *list = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id FROM competition WHERE state = 'closed'"
			       " ORDER BY closed_ms, id");
	bool fine = rows != NULL;
	json_array_foreach (rows, i, row)
		fine = fine && add_one(r, row_number(row, "id"), list, e);
	list_rows(r, model, list);
	json_decref(list);
	(void)json_object_set_new(model, "may_destroy",
				  json_boolean((r->actor.roles & ROLE_HR) != 0));
	return fine && add_proposals(r, model, e);
}

/* ---- proposals ------------------------------------------------------------------------------- */

/* [{group, count}] in the order of retention_groups, entries last; what there is none of is not
 * there. */
static json_t *contents_json(const struct req *r, const json_t *contents)
{
	json_t *list = json_array();
	for (const char *const *g = retention_groups; *g; g++) {
		const int64_t count = row_number(contents, *g);
		if (count > 0)
			(void)json_array_append_new(
				list, json_pack("{s:s,s:I}", "key",
						arena_print(r->arena, "destruction.rows.%s", *g),
						"count", (json_int_t)count));
	}
	(void)json_array_append_new(list, json_pack("{s:s,s:I}", "key", "destruction.rows.entries",
						    "count",
						    (json_int_t)row_number(contents, "entries")));
	return list;
}

static bool add_contents(struct req *r, int64_t competition, int64_t person, json_t *o,
			 struct err *e)
{
	const struct act act = req_act(r);
	json_t *contents = NULL;
	if (!destruction_contents(&act, competition, person, &contents, e))
		return false;
	(void)json_object_set_new(o, "would",
				  json_pack("{s:o}", "rows", contents_json(r, contents)));
	return true;
}

/* The proposal that waits, null if none does. */
static bool add_open(struct req *r, int64_t competition, json_t *o, struct err *e)
{
	int64_t id = 0;
	if (!db_number(r->db, e, &id,
		       "SELECT COALESCE(MAX(id), 0) FROM destruction_proposal"
		       " WHERE competition_id = $1 AND state = 'asked' AND asked_ms > $2",
		       db_int(competition), db_int(r->now_ms - ASKING_LIFE_MS)))
		return false;
	(void)json_object_set_new(o, "proposal",
				  id > 0 ? json_integer((json_int_t)id) : json_null());
	return true;
}

bool retention_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct retention kept = { 0 };
	if (!competition_load(&act, in_int(r, "competition"), &c, e) ||
	    !act_require(&act, ROLE_NAME_HR, c.organ, e) || !retention_of(&act, &c, &kept, e))
		return false;
	json_t *done =
		db_rows(r->db, r->arena, e,
			"SELECT id FROM destruction_act WHERE competition_id = $1 ORDER BY id DESC",
			db_int(c.id));
	if (!done)
		return false;
	const struct parameter *years = &c.rules->params[PARAM_RECORD_YEARS];
	json_t *o = json_object();
	(void)json_object_set_new(model, "retention", o);
	(void)json_object_set_new(
		model, "competition",
		json_pack("{s:I,s:s}", "id", (json_int_t)c.id, "post", post_name(r, c.post)));
	(void)json_object_update_new(
		o,
		json_pack("{s:s,s:o,s:I,s:b,s:s,s:o}", "state", state_of(&kept), "until",
			  kept.over ? day_json(kept.until) : json_null(), "years",
			  (json_int_t)years->value, "assumed", years->assumed, "clause",
			  years->clause, "act",
			  kept.destroyed ? json_integer(row_number(json_array_get(done, 0), "id"))
					 : json_null()));
	(void)json_object_set_new(o, "would", json_null());
	if (!add_open(r, c.id, o, e) || (kept.due && !add_contents(r, c.id, 0, o, e)))
		return false;
	const bool form = kept.due && json_is_null(json_object_get(o, "proposal"));
	(void)json_object_set_new(o, "form",
				  form ? json_pack("{s:o}", "today", day_json(act_today(&act)))
				       : json_null());
	return true;
}

static bool propose(struct req *r, int64_t competition, int64_t person, struct err *e)
{
	const struct act act = req_act(r);
	const struct destruction_form form = { competition, person, in_text(r, "number"),
					       in_day(r, "day"), in_text(r, "reason") };
	int64_t id = 0;
	if (!destruction_propose(&act, &form, &id, e))
		return false;
	r->notice = "destruction.notice.proposed";
	req_go(r, "/destruction-proposals/%lld", (long long)id);
	return true;
}

bool retention_propose(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return propose(r, in_int(r, "competition"), 0, e);
}

bool retention_person(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)e;
	(void)json_object_set_new(model, "today", day_json(act_today(&act)));
	return true;
}

bool retention_propose_person(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const json_t *rows = db_rows(r->db, r->arena, e, "SELECT id FROM person WHERE iin = $1",
				     db_text(in_text(r, "iin")));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_input(e, "iin", "retention.error.nobody", "nobody has this IIN");
	return propose(r, 0, row_number(json_array_get(rows, 0), "id"), e);
}

static const char *short_name(struct req *r, const json_t *row, const char *prefix)
{
	return arena_print(r->arena, "%s %s %s",
			   row_text(row, arena_print(r->arena, "%s_family", prefix)),
			   row_text(row, arena_print(r->arena, "%s_given", prefix)),
			   row_text(row, arena_print(r->arena, "%s_patronymic", prefix)));
}

bool retention_act(struct req *r, json_t *model, struct err *e)
{
	const char *organ = "";
	json_t *o = json_object();
	(void)json_object_set_new(model, "act", o);
	json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT d.id, d.number, COALESCE(d.competition_id, 0) AS competition_id,"
		" COALESCE(d.person_id, 0) AS person_id, d.kept_until, d.at_ms, d.seat_events,"
		" d.entries, a.family AS by_family, a.given AS by_given,"
		" a.patronymic AS by_patronymic, b.family AS second_family,"
		" b.given AS second_given, b.patronymic AS second_patronymic,"
		" COALESCE(x.id, 0) AS proposal, COALESCE(x.day, 0) AS day,"
		" COALESCE(x.reason, '') AS reason"
		"  FROM destruction_act d JOIN person a ON a.id = d.by_id"
		"  JOIN person b ON b.id = d.second_id"
		"  LEFT JOIN destruction_proposal x ON x.act_id = d.id WHERE d.id = $1",
		db_int(in_int(r, "act")));
	if (!row || !find_about(r, row, o, &organ, e) || !require_reader(r, organ, e))
		return false;
	const day until = { (int32_t)row_number(row, "kept_until") };
	const day dated = { (int32_t)row_number(row, "day") };
	(void)json_object_set_new(
		o, "proposal",
		row_number(row, "proposal") == 0
			? json_null()
			: json_pack("{s:I,s:o,s:s}", "id", (json_int_t)row_number(row, "proposal"),
				    "day", day_json(dated), "reason", row_text(row, "reason")));
	(void)json_object_update_new(
		o,
		json_pack("{s:I,s:s,s:s,s:s,s:I,s:I,s:I,s:o}", "id",
			  (json_int_t)row_number(row, "id"), "number", row_text(row, "number"),
			  "by", short_name(r, row, "by"), "second", short_name(r, row, "second"),
			  "at_ms", (json_int_t)row_number(row, "at_ms"), "seat_events",
			  (json_int_t)row_number(row, "seat_events"), "entries",
			  (json_int_t)row_number(row, "entries"), "kept_until", day_json(until)));
	return true;
}

/* ---- one proposal ---------------------------------------------------------------------------- */

/* "asked", "late", "refused", "withdrawn", "done" */
static const char *stands(const struct destruction *d)
{
	const char *state = row_text(d->row, "state");
	return strcmp(state, "asked") == 0 && !d->waits ? "late" : state;
}

static const char *person_name(struct req *r, int64_t id, struct err *e)
{
	json_t *row =
		db_row(r->db, r->arena, e,
		       "SELECT family, given, patronymic FROM person WHERE id = $1", db_int(id));
	if (!row)
		return NULL;
	row_name(r, row);
	return row_text(row, "name");
}

/* Who has answered and when, null before. */
static bool add_answer(struct req *r, const json_t *row, json_t *o, struct err *e)
{
	const int64_t act = row_number(row, "act_id");
	const int64_t by = row_number(row, "answered_by");
	const char *name = by > 0 ? person_name(r, by, e) : "";
	(void)json_object_set_new(o, "act", act > 0 ? json_integer((json_int_t)act) : json_null());
	(void)json_object_set_new(o, "answered",
				  by == 0 || !name
					  ? json_null()
					  : json_pack("{s:s,s:I,s:s}", "by", name, "at_ms",
						      (json_int_t)row_number(row, "answered_ms"),
						      "reason", row_text(row, "answer")));
	return name != NULL;
}

static bool describe(struct req *r, const struct destruction *d, json_t *o, struct err *e)
{
	const json_t *row = d->row;
	const day dated = { (int32_t)row_number(row, "day") };
	const json_int_t until_ms = row_number(row, "asked_ms") + ASKING_LIFE_MS;
	const char *by = person_name(r, row_number(row, "asked_by"), e);
	if (!by || !add_answer(r, row, o, e))
		return false;
	(void)json_object_update_new(
		o, json_pack("{s:I,s:s,s:s,s:o,s:s,s:s,s:I,s:I}", "id",
			     (json_int_t)row_number(row, "id"), "stands", stands(d), "number",
			     row_text(row, "number"), "day", day_json(dated), "reason",
			     row_text(row, "reason"), "by", by, "asked_ms",
			     (json_int_t)row_number(row, "asked_ms"), "until_ms", until_ms));
	/* why it cannot be carried out although it waits */
	(void)json_object_set_new(o, "held", json_boolean(d->waits && !d->kept.due));
	(void)json_object_set_new(o, "changed", json_boolean(d->kept.due && d->changed));
	(void)json_object_set_new(o, "answers", json_boolean(d->answers && req_is(r, ROLE_HR)));
	(void)json_object_set_new(o, "confirms",
				  json_boolean(d->answers && d->kept.due && !d->changed));
	(void)json_object_set_new(o, "own", json_boolean(d->own));
	return true;
}

bool destruction_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct destruction d = { 0 };
	const char *organ = "";
	json_t *o = json_object();
	(void)json_object_set_new(model, "proposal", o);
	if (!destruction_load(&act, in_int(r, "proposal"), &d, e) ||
	    !find_about(r, d.row, o, &organ, e) || !require_reader(r, organ, e) ||
	    !describe(r, &d, o, e))
		return false;
	(void)json_object_set_new(o, "would", json_null());
	return !d.waits || add_contents(r, row_number(d.row, "competition_id"),
					row_number(d.row, "person_id"), o, e);
}

bool destruction_do_answer(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const bool yes = strcmp(in_text(r, "answer"), "yes") == 0;
	int64_t made = 0;
	(void)model;
	if (!destruction_answer(&act, in_int(r, "proposal"), yes, in_text(r, "reason"), &made, e))
		return false;
	r->notice = yes ? "retention.notice.destroyed" : "destruction.notice.refused";
	if (yes)
		req_go(r, "/destruction-acts/%lld", (long long)made);
	else
		req_go(r, "/destruction-proposals/%lld", (long long)in_int(r, "proposal"));
	return true;
}

bool destruction_do_withdraw(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	r->notice = "destruction.notice.withdrawn";
	req_go(r, "/destruction-proposals/%lld", (long long)in_int(r, "proposal"));
	return destruction_withdraw(&act, in_int(r, "proposal"), e);
}

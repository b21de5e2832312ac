#include "web/candidate/dossier.h"

#include "app/candidate/dossier.h"
#include "app/candidate/scan.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"
#include "web/evidence/signature.h"
#include "web/row.h"

#include <string.h>

const struct param dossier_service_list_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "file", P_FILE, 1, PAPER_MOST, true, paper_media },
	PARAMS_END,
};
const struct param dossier_rating_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "value", P_TEXT, 1, 12, true, NULL },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	{ "issuer", P_TEXT, 1, 200, true, NULL },
	{ "rating_file", P_FILE, 1, PAPER_MOST, true, paper_media },
	PARAMS_END,
};
const struct param rating_file_params[] = {
	{ "rating", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

/* ---- rights -------------------------------------------------------------------------- */

bool dossier_may_read(const struct req *r, const struct candidate *c, bool *ret_hr, struct err *e)
{
	const struct act act = req_act(r);
	bool commission = false;
	if (!conflict_refuse_view(&act, c->application_id, e) ||
	    !act_holds(&act, ROLE_NAME_HR, c->competition.organ, ret_hr, e) ||
	    !commission_has(&act, c->application_id, &commission, e))
		return false;
	return *ret_hr || commission ||
	       err_set(e, ERR_DENIED, "error.denied", "the dossier is not released to this person");
}

/* ---- the page -------------------------------------------------------------------------- */

/* Where the paper of an item is opened. */
static const char *address_of(const struct req *r, const struct dossier_item *item)
{
	static const struct {
		const char *kind, *before, *after;
	} row[] = {
		{ "test", "/results/", "" },
		{ "polygraph", "/studies/files/", "" },
		{ "psycho", "/studies/files/", "" },
		{ "rating", "/ratings/", "/file" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(row[i].kind, item->kind) == 0)
			return arena_print(r->arena, "%s%lld%s", row[i].before,
					   (long long)item->row_id, row[i].after);
	}
	return arena_print(r->arena, "/documents/%lld", (long long)item->row_id);
}

/* '' the paper may be opened (app/candidate/scan.h); the sheet of the test is ours. */
static bool held_of(const struct req *r, const struct dossier_item *item, const char **ret,
		    struct err *e)
{
#define HELD_OF(table)                                                                             \
	db_string(r->db, r->arena, e, ret,                                                         \
		  "SELECT " SCAN_HELD " FROM " table " d WHERE d.id = $1", db_int(item->row_id))
	*ret = "";
	if (item->row_id == 0 || strcmp(item->kind, "test") == 0)
		return true;
	if (strcmp(item->kind, "polygraph") == 0 || strcmp(item->kind, "psycho") == 0)
		return HELD_OF("study");
	return strcmp(item->kind, "rating") == 0 ? HELD_OF("rating") : HELD_OF("document");
#undef HELD_OF
}

static json_t *items_model(const struct req *r, const struct dossier *d, struct err *e)
{
	json_t *list = json_array();
	json_in_arena(r->arena, list);
	for (size_t i = 0; i < d->count; i++) {
		const struct dossier_item *item = &d->item[i];
		const char *held = "";
		if (!held_of(r, item, &held, e))
			return NULL;
		json_t *o = json_pack("{s:s,s:s,s:s}", "kind", item->kind, "state",
				      dossier_state_name(item->state), "held", held);
		(void)json_object_set_new(o, "at_ms",
					  item->row_id ? json_integer((json_int_t)item->at_ms)
						       : json_null());
		(void)json_object_set_new(
			o, "href", item->row_id ? json_string(address_of(r, item)) : json_null());
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *terms_model(const struct dossier *d, bool hr)
{
	if (!d->planned)
		return json_null();
	json_t *o = json_object();
	(void)json_object_set_new(o, "interview", day_json(d->interview));
	(void)json_object_set_new(o, "dossier_last", day_json(d->dossier_last));
	(void)json_object_set_new(o, "security_last",
				  hr ? day_json(d->security_last) : json_null());
	return o;
}

/* Own security's information goes to HR and is no item of the dossier (R16-1). */
static json_t *security_model(const struct dossier *d, bool hr)
{
	if (!hr)
		return json_null();
	return json_pack("{s:b,s:o}", "received", d->security_received, "at_ms",
			 d->security_received ? json_integer((json_int_t)d->security_ms)
					      : json_null());
}

static json_t *rating_model(struct req *r, int64_t application_id, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT value, number, day, issuer FROM rating"
			       " WHERE application_id = $1 ORDER BY id DESC LIMIT 1",
			       db_int(application_id));
	json_t *row = json_array_get(rows, 0);
	if (row)
		row_day(row, "day");
	return rows;
}

bool dossier_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct dossier d = { 0 };
	bool hr = false;
	if (!dossier_load(&act, in_int(r, "application"), &d, e) ||
	    !dossier_may_read(r, &d.candidate, &hr, e))
		return false;
	json_t *rating = rating_model(r, d.candidate.application_id, e);
	json_t *items = items_model(r, &d, e);
	if (!rating || !items || !signature_fill_papers(r, d.candidate.application_id, model, e))
		return false;
	model_candidate(r, &d.candidate, model);
	(void)json_object_set(model, "items", items);
	(void)json_object_set_new(model, "terms", terms_model(&d, hr));
	(void)json_object_set_new(model, "security", security_model(&d, hr));
	(void)json_object_set(model, "rating", rating);
	(void)json_object_set_new(
		model, "hr",
		hr ? json_pack("{s:I,s:b}", "competition", (json_int_t)d.candidate.competition.id,
			       "own_route", strcmp(d.candidate.competition.route, "own") == 0)
		   : json_null());
	(void)json_object_set_new(model, "complete", json_boolean(d.complete));
	(void)json_object_set_new(model, "released_ms",
				  d.released ? json_integer((json_int_t)d.released_ms)
					     : json_null());
	return true;
}

/* ---- what HR does -------------------------------------------------------------------- */

static void back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/applications/%lld/dossier", (long long)in_int(r, "application"));
}

bool dossier_service_list(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	bool sent = row_upload(r, "file", &file);
	if (!dossier_add_service_list(&act, in_int(r, "application"), sent ? &file : NULL, e))
		return false;
	back(r, "dossier.notice.service_list");
	return true;
}

bool dossier_rating(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	const struct rating_form form = {
		.value = in_text(r, "value"),
		.number = in_text(r, "number"),
		.day = in_day(r, "day"),
		.issuer = in_text(r, "issuer"),
		.file = row_upload(r, "rating_file", &file) ? &file : NULL,
	};
	if (!rating_record(&act, in_int(r, "application"), &form, e))
		return false;
	back(r, "dossier.notice.rating");
	return true;
}

bool dossier_send(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!dossier_release(&act, in_int(r, "application"), e))
		return false;
	back(r, "dossier.notice.released");
	return true;
}

bool rating_file(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	bool hr = false;
	json_t *row =
		db_row(r->db, r->arena, e,
		       "SELECT application_id, blob_hash, file_name FROM rating WHERE id = $1",
		       db_int(in_int(r, "rating")));
	return row && candidate_load(&act, row_number(row, "application_id"), &c, e) &&
	       dossier_may_read(r, &c, &hr, e) &&
	       send_blob(r, row_text(row, "blob_hash"), row_text(row, "file_name"), e);
}

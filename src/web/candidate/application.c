#include "web/candidate/application.h"

#include "app/access/restricted.h"
#include "app/candidate/application.h"
#include "app/candidate/candidate.h"
#include "app/candidate/intake.h"
#include "app/candidate/scan.h"
#include "app/candidate/study.h"
#include "app/competition/conflict.h"
#include "app/signature/signature.h"
#include "law/signatory.h"
#include "web/candidate/intake.h"
#include "web/evidence/signature.h"
#include "web/list.h"
#include "web/names.h"
#include "web/notice/told.h"
#include "web/row.h"
#include "web/video/video.h"

#include <string.h>

static const char *const languages[] = { "kk", "ru", NULL };
static const char *const service_kinds[] = { "prosecution", "law_enforcement", "other", NULL };

#define APPLICATION                                                                                \
	{                                                                                          \
		"application", P_INT, 1, INT64_MAX, true, NULL                                     \
	}

const struct param application_profile_params[] = {
	APPLICATION,
	{ "organ", P_TEXT, 1, 64, true, NULL },
	{ "position", P_TEXT, 1, 300, true, NULL },
	{ "phone", P_TEXT, 0, 40, false, NULL },
	{ "education", P_TEXT, 0, 64, false, NULL },
	{ "education_note", P_TEXT, 0, 500, false, NULL },
	{ "test_language", P_CHOICE, 0, 0, false, languages },
	PARAMS_END,
};
const struct param application_period_params[] = {
	APPLICATION,
	{ "kind", P_CHOICE, 0, 0, true, service_kinds },
	{ "leadership", P_FLAG, 0, 0, false, NULL },
	{ "category", P_TEXT, 0, 64, false, NULL },
	{ "organisation", P_TEXT, 1, 300, true, NULL },
	{ "held", P_TEXT, 1, 300, true, NULL },
	{ "from", P_DAY, 0, 0, true, NULL },
	{ "to", P_DAY, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param application_period_remove_params[] = {
	APPLICATION,
	{ "period", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};
const struct param application_document_params[] = {
	APPLICATION,
	{ "paper", P_TEXT, 1, 64, true, NULL },
	{ "signatory", P_TEXT, 1, 200, true, NULL },
	{ "signed_as", P_TEXT, 1, 64, true, NULL },
	{ "signed_day", P_DAY, 0, 0, true, NULL },
	{ "file", P_FILE, 1, PAPER_MOST, true, paper_media },
	PARAMS_END,
};
const struct param application_withdraw_params[] = {
	APPLICATION,
	{ "reason", P_TEXT, 1, 1000, true, NULL },
	PARAMS_END,
};
const struct param document_params[] = {
	{ "document", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

static void back(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/applications/%lld", (long long)in_int(r, "application"));
}

/* ---- beginning and list --------------------------------------------------------------- */

bool application_apply(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	int64_t id = 0;
	if (!application_begin(&act, in_int(r, "competition"), &id, e))
		return false;
	req_go(r, "/applications/%lld", (long long)id);
	return true;
}

const struct param application_list_params[] = { LIST_PARAMS, PARAMS_END };
static const struct list_column application_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "organ", "competition.organ", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "state", "competition.state", LIST_CODE, LIST_SORTS, "application.state" },
	{ "filing_last", "competition.filing_last", LIST_DAY, LIST_SORTS, NULL },
	{ "sent_ms", "application.sent", LIST_TIME, LIST_SORTS, NULL },
	{ 0 },
};
const struct list application_listing = { "applications", "application.list.title",
					  application_columns, 25 };

bool application_list(struct req *r, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, a.state, a.sent_ms, c.post, c.organ, c.filing_last"
			       "  FROM application a JOIN competition c ON c.id = a.competition_id"
			       " WHERE a.person_id = $1 ORDER BY a.id DESC",
			       db_int(r->actor.person_id));
	size_t i = 0;
	json_t *row = NULL;
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		row_day(row, "filing_last");
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_set_new(row, "organ",
					  json_string(organ_name(r, row_text(row, "organ"))));
	}
	list_rows(r, model, rows);
	return true;
}

/* ---- choices ---------------------------------------------------------------------------- */

static void add_choice(json_t *list, const char *id, const char *name)
{
	(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", id, "name", name));
}

static void add_key(const struct req *r, json_t *list, const char *id, const char *prefix)
{
	(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", id, "key",
						    arena_print(r->arena, "%s.%s", prefix, id)));
}

/* Who may sign at the candidate's place, deputies among them, and the direct supervisor. */
static json_t *position_choices(const struct req *r, const struct rule_set *rules)
{
	json_t *list = json_array();
	add_key(r, list, POSITION_DIRECT_SUPERVISOR, "signatory");
	for (size_t i = 0; i < rules->signatory_count; i++) {
		const struct signatory_row *row = &rules->signatories[i];
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen = seen || strcmp(rules->signatories[k].position, row->position) == 0;
		if (seen)
			continue;
		add_key(r, list, row->position, "signatory");
		add_key(r, list,
			arena_print(r->arena, "%s%s", row->position, POSITION_DEPUTY_SUFFIX),
			"signatory");
	}
	return list;
}

/* Of a referral: whom clause 20 names. */
static json_t *referral_positions(const struct req *r)
{
	json_t *list = json_array();
	add_key(r, list, POSITION_DIRECT_SUPERVISOR, "signatory");
	add_key(r, list, POSITION_SENDING_HR, "signatory");
	add_key(r, list, "not_named", "signatory");
	return list;
}

static bool is_other(const struct competition *c)
{
	return strcmp(c->route, "other") == 0;
}

/* The papers that the competition's route asks for; the rating of a referral has a form of its own.
 */
static json_t *paper_choices(const struct req *r, const struct competition *c)
{
	const struct rule_set *rules = c->rules;
	const struct required_document *list =
		is_other(c) ? rules->other_documents : rules->own_documents;
	const size_t count = is_other(c) ? rules->other_document_count : rules->own_document_count;
	json_t *papers = json_array();
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].kind, "rating") != 0)
			add_choice(papers, list[i].kind,
				   in_kazakh(r) ? list[i].name_kk : list[i].name_ru);
	}
	return papers;
}

static void add_choices(const struct req *r, const struct competition *c, json_t *model)
{
	bool kk = in_kazakh(r);
	json_t *educations = json_array();
	json_t *categories = json_array();
	json_t *kinds = json_array();
	json_t *tongues = json_array();
	for (size_t i = 0; i < c->qualification->education_count; i++) {
		const struct education *x = &c->qualification->educations[i];
		add_choice(educations, x->code, kk ? x->name_kk : x->name_ru);
	}
	for (size_t i = 0; i < c->qualification->category_count; i++) {
		const struct category *x = &c->qualification->categories[i];
		add_choice(categories, x->code, kk ? x->name_kk : x->name_ru);
	}
	for (const char *const *k = service_kinds; *k; k++)
		add_key(r, kinds, *k, "application.service");
	for (const char *const *l = languages; *l; l++)
		add_key(r, tongues, *l, "application.language");
	(void)json_object_set_new(model, "organs", organ_options(r));
	(void)json_object_set_new(model, "educations", educations);
	(void)json_object_set_new(model, "categories", categories);
	(void)json_object_set_new(model, "kinds", kinds);
	(void)json_object_set_new(model, "languages", tongues);
	(void)json_object_set_new(model, "papers", paper_choices(r, c));
	(void)json_object_set_new(model, "positions",
				  is_other(c) ? referral_positions(r)
					      : position_choices(r, c->rules));
}

/* ---- one application ---------------------------------------------------------------------- */

/* What is still missing, as message keys and names of papers (F10). */
static json_t *gaps_model(const struct req *r, const struct application_gaps *g)
{
	const struct {
		bool missing;
		const char *key;
	} row[] = {
		{ g->position, "application.gap.position" },
		{ g->phone, "application.gap.phone" },
		{ g->education, "application.gap.education" },
		{ g->periods, "application.gap.periods" },
		{ g->test_language, "application.gap.test_language" },
	};
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT(row); i++) {
		if (row[i].missing)
			(void)json_array_append_new(list,
						    json_pack("{s:s,s:s,s:s}", "key", row[i].key,
							      "paper", "", "clause", ""));
	}
	for (size_t i = 0; i < g->papers.count; i++) {
		const struct required_document *d = g->papers.document[i];
		if (g->papers.state[i] == DOCUMENT_PRESENT)
			continue;
		const char *key = g->papers.state[i] == DOCUMENT_MISSING
					  ? "application.gap.paper"
					  : "application.gap.signatory";
		(void)json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "key", key, "paper",
							    in_kazakh(r) ? d->name_kk : d->name_ru,
							    "clause", d->clause));
	}
	return list;
}

static const char *paper_name(const struct req *r, const struct competition *c, const char *kind)
{
	const struct rule_set *rules = c->rules;
	const struct required_document *list =
		is_other(c) ? rules->other_documents : rules->own_documents;
	const size_t count = is_other(c) ? rules->other_document_count : rules->own_document_count;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].kind, kind) == 0)
			return in_kazakh(r) ? list[i].name_kk : list[i].name_ru;
	}
	return kind;
}

static bool add_details(struct req *r, const struct competition *c, int64_t id, json_t *model,
			struct err *e)
{
	json_t *periods = db_rows(r->db, r->arena, e,
				  "SELECT id, kind, leadership, category, organisation, position,"
				  " from_day, to_day FROM service_fact WHERE application_id = $1"
				  " ORDER BY from_day, id",
				  db_int(id));
	json_t *documents = db_rows(r->db, r->arena, e,
				    "SELECT id, kind, file_name, signatory, signatory_position,"
				    " signed_day, " SCAN_HELD " AS held"
				    " FROM document d WHERE application_id = $1"
				    " AND replaced_ms IS NULL"
				    " AND (kind <> 'service_list' OR $2 = 'other')"
				    " ORDER BY id",
				    db_int(id), db_text(c->route));
	json_t *events = db_rows(r->db, r->arena, e,
				 "SELECT kind, note, at_ms FROM application_event"
				 " WHERE application_id = $1 ORDER BY id",
				 db_int(id));
	size_t i = 0;
	json_t *row = NULL;
	if (!periods || !documents || !events)
		return false;
	json_array_foreach (periods, i, row) {
		row_day(row, "from_day");
		row_day(row, "to_day");
	}
	json_array_foreach (documents, i, row) {
		row_day(row, "signed_day");
		(void)json_object_set_new(row, "kind",
					  json_string(paper_name(r, c, row_text(row, "kind"))));
	}
	(void)json_object_set(model, "periods", periods);
	(void)json_object_set(model, "documents", documents);
	(void)json_object_set(model, "events", events);
	return signature_fill_rows(r, SIGNATURE_PAPER, true, documents, e);
}

/* Who may sign the recommendation at the candidate's place, in words (F11). */
static json_t *signer_model(const struct req *r, const struct rule_set *rules, const char *place)
{
	const struct signatory_row *row = signatory_row(rules, place);
	bool kk = in_kazakh(r);
	if (!row)
		return json_null();
	return json_pack("{s:s,s:s,s:b}", "place", kk ? row->place_kk : row->place_ru, "position",
			 kk ? row->position_kk : row->position_ru, "deputy", row->deputy);
}

/* The candidate, or whoever has entered it on the candidate's behalf (F17). */
static bool may_write(const struct req *r, int64_t id, struct err *e)
{
	const struct act act = req_act(r);
	bool may = false;
	bool own = false;
	if (!intake_may_write(&act, id, &may, e) ||
	    !db_exists(r->db, e, &own, "SELECT 1 FROM application WHERE id = $1 AND person_id = $2",
		       db_int(id), db_int(r->actor.person_id)))
		return false;
	return may || own || err_set(e, ERR_MISSING, "error.missing", "not this person's");
}

/* Who may change it, and where this reader comes from: a candidate from the own applications,
 * whoever enters it from the list of the competition.  R20-1: a referral is changed by whoever
 * has entered it, never by its candidate. */
static bool add_reader(struct req *r, const struct competition *c, json_t *row, json_t *model,
		       struct err *e)
{
	const struct act act = req_act(r);
	const bool own = row_number(row, "person_id") == r->actor.person_id;
	bool hr = false;
	if (!act_holds(&act, ROLE_NAME_HR, c->organ, &hr, e) ||
	    !signature_fill(r, SIGNATURE_APPLICATION, row_number(row, "id"),
			    own && strcmp(row_text(row, "state"), "sent") == 0, model, e))
		return false;
	(void)json_object_set_new(model, "own", json_boolean(own));
	(void)json_object_set_new(model, "storied", json_boolean(own || hr));
	(void)json_object_set_new(model, "editable",
				  json_boolean(strcmp(row_text(row, "state"), "draft") == 0 &&
					       !(own && is_other(c))));
	(void)json_object_del(row, "person_id");
	return true;
}

bool application_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct competition c = { 0 };
	struct application_gaps gaps = { 0 };
	int64_t id = in_int(r, "application");
	json_t *row = db_row(
		r->db, r->arena, e,
		"SELECT id, competition_id, person_id, state, organ, place_kind, position, phone,"
		" education, education_note, test_language, sent_ms, receipt"
		" FROM application WHERE id = $1",
		db_int(id));
	if (!row || !may_write(r, id, e) || !intake_model(r, id, model, e) ||
	    !competition_load(&act, row_number(row, "competition_id"), &c, e) ||
	    !application_gaps(&act, id, &gaps, e) || !add_details(r, &c, id, model, e) ||
	    !add_reader(r, &c, row, model, e))
		return false;
	bool in_term = c.announced && day_of_instant(r->now_ms).n <= c.filing_last.n;
	(void)json_object_set_new(model, "signer",
				  signer_model(r, c.rules, row_text(row, "place_kind")));
	(void)json_object_set_new(model, "signer_free", json_boolean(is_other(&c)));
	(void)json_object_del(row, "place_kind");
	(void)json_object_set_new(row, "post", json_string(post_name(r, c.post)));
	(void)json_object_set_new(row, "filing_last",
				  c.announced ? day_json(c.filing_last) : json_null());
	(void)json_object_set_new(row, "in_term", json_boolean(in_term));
	(void)json_object_set(model, "application", row);
	(void)json_object_set_new(model, "gaps", gaps_model(r, &gaps));
	add_choices(r, &c, model);
	(void)json_object_set_new(model, "told", json_null());
	return video_interview_link(r, id, model, e) &&
	       (!json_is_true(json_object_get(model, "storied")) || model_told(r, id, model, e));
}

/* ---- changes -------------------------------------------------------------------------- */

bool application_set_profile(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct application_profile profile = {
		.organ = in_text(r, "organ"),
		.position = in_text(r, "position"),
		.phone = in_text(r, "phone"),
		.education = in_text(r, "education"),
		.education_note = in_text(r, "education_note"),
		.test_language = in_text(r, "test_language"),
	};
	if (!application_profile(&act, in_int(r, "application"), &profile, e))
		return false;
	back(r, "application.notice.saved");
	return true;
}

/* The form's fields have names of their own, so that a refusal stands in the right form. */
static bool rename_field(struct err *e, const char *from, const char *to)
{
	if (strcmp(e->field, from) == 0)
		(void)snprintf(e->field, sizeof(e->field), "%s", to);
	return false;
}

bool application_period_add(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	const struct application_period period = {
		.kind = in_text(r, "kind"),
		.leadership = in_flag(r, "leadership"),
		.category = in_text(r, "category"),
		.organisation = in_text(r, "organisation"),
		.position = in_text(r, "held"),
		.from = in_day(r, "from"),
		.ended = in_has(r, "to"),
		.to = in_has(r, "to") ? in_day(r, "to") : (day){ 0 },
	};
	if (!application_add_period(&act, in_int(r, "application"), &period, e))
		return false;
	back(r, "application.notice.period");
	return true;
}

bool application_period_drop(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!application_remove_period(&act, in_int(r, "application"), in_int(r, "period"), e))
		return false;
	back(r, "application.notice.period_removed");
	return true;
}

bool application_document(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	bool sent = row_upload(r, "file", &file);
	const struct application_document document = {
		.kind = in_text(r, "paper"),
		.signatory = in_text(r, "signatory"),
		.position = in_text(r, "signed_as"),
		.signed_day = in_day(r, "signed_day"),
		.file = sent ? &file : NULL,
	};
	if (!application_add_document(&act, in_int(r, "application"), &document, e))
		return rename_field(e, "position", "signed_as") || rename_field(e, "kind", "paper");
	back(r, "application.notice.document");
	return true;
}

bool application_submit(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!application_send(&act, in_int(r, "application"), e))
		return false;
	r->notice = "application.notice.sent";
	req_go(r, "/applications/%lld/receipt", (long long)in_int(r, "application"));
	return true;
}

bool application_back_out(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	if (!application_withdraw(&act, in_int(r, "application"), in_text(r, "reason"), e))
		return false;
	back(r, "application.notice.withdrawn");
	return true;
}

/* ---- receipt and papers ------------------------------------------------------------------ */

/* The candidate's own, or HR's of the organ. */
static bool may_read(struct req *r, const struct candidate *c, struct err *e)
{
	const struct act act = req_act(r);
	bool may = c->person_id == r->actor.person_id;
	if (!may && !act_holds(&act, ROLE_NAME_HR, c->competition.organ, &may, e))
		return false;
	if (!may && !intake_may_write(&act, c->application_id, &may, e))
		return false;
	return may || err_set(e, ERR_MISSING, "error.missing", "not this person's");
}

/* F15: hash and journal position, so that any clerk can check the receipt later. */
bool application_receipt(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	if (!candidate_load(&act, in_int(r, "application"), &c, e) || !may_read(r, &c, e))
		return false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT a.sent_ms, a.receipt, (SELECT MAX(j.seq) FROM journal_entry j"
			     "  WHERE j.subject = $2 AND j.kind <> 'test.answer'"
			     "   AND j.kind = 'application.sent') AS seq"
			     "  FROM application a WHERE a.id = $1 AND a.receipt IS NOT NULL",
			     db_int(c.application_id),
			     db_text(act_subject(&act, "application", c.application_id)));
	if (!row)
		return false;
	bool hr = false;
	if (!act_holds(&act, ROLE_NAME_HR, c.competition.organ, &hr, e) ||
	    !intake_model(r, c.application_id, model, e) ||
	    !signature_fill(r, SIGNATURE_APPLICATION, c.application_id,
			    c.person_id == r->actor.person_id, model, e))
		return false;
	json_t *intake = json_object_get(model, "intake"); /* null: these do nothing */
	(void)json_object_del(intake, "name");
	(void)json_object_del(intake, "rating");
	(void)json_object_del(intake, "by_body");
	model_candidate(r, &c, model);
	(void)json_object_set(model, "receipt", row);
	(void)json_object_set_new(model, "storied",
				  json_boolean(hr || c.person_id == r->actor.person_id));
	return true;
}

bool document_file(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	bool commission = false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT application_id, blob_hash, file_name FROM document"
			     " WHERE id = $1",
			     db_int(in_int(r, "document")));
	if (!row || !candidate_load(&act, row_number(row, "application_id"), &c, e) ||
	    (c.person_id != act.person_id && !conflict_refuse_view(&act, c.application_id, e)) ||
	    !commission_has(&act, c.application_id, &commission, e) ||
	    (!commission && !may_read(r, &c, e)))
		return false;
	if (c.person_id != r->actor.person_id && /* F76 */
	    !restricted_view_file(&act, c.application_id, in_int(r, "document"), e))
		return false;
	return send_blob(r, row_text(row, "blob_hash"), row_text(row, "file_name"), e);
}

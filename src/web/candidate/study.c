#include "web/candidate/study.h"

#include "app/candidate/candidate.h"
#include "app/candidate/scan.h"
#include "app/candidate/study.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

static const char *const outcomes[] = { "undergone", "refused", "postponed", "absent", NULL };

const struct param study_record_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "outcome", P_CHOICE, 0, 0, true, outcomes },
	{ "number", P_TEXT, 1, 60, true, NULL },
	{ "day", P_DAY, 0, 0, true, NULL },
	{ "note", P_TEXT, 0, 2000, false, NULL },
	{ "file", P_FILE, 0, PAPER_MOST, false, paper_media },
	PARAMS_END,
};
const struct param study_file_params[] = {
	{ "study", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

const struct param study_inbox_params[] = { LIST_PARAMS, PARAMS_END };
static const struct list_column study_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "candidate.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "position", "candidate.position", LIST_TEXT, LIST_HIDDEN, NULL },
	{ "post", "competition.post", LIST_TEXT, LIST_SORTS, NULL },
	{ "outcome", "study.outcome", LIST_CODE, LIST_SORTS, "study.outcome" },
	{ "day", "study.day", LIST_DAY, LIST_HIDDEN, NULL },
	{ 0 },
};
const struct list study_listing = { "candidates", "study.inbox.title", study_columns, 50 };

static const char *role_name_of(const char *kind)
{
	return strcmp(kind, "polygraph") == 0 ? ROLE_NAME_POLYGRAPH : ROLE_NAME_PSYCHO;
}

/* R13-1: candidates who are admitted to the studies.  Those of other bodies undergo them where they
 * serve (R23-1). */
static bool inbox(struct req *r, const char *kind, json_t *model, struct err *e)
{
	const char *const role[] = { role_name_of(kind), NULL };
	(void)json_object_set_new(model, "kind", json_string(kind));
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT a.id, p.family, p.given, p.patronymic, a.position, c.post, c.organ,"
		" (SELECT s.outcome FROM study s WHERE s.application_id = a.id AND s.kind = $1"
		"   ORDER BY s.id DESC LIMIT 1) AS outcome,"
		" (SELECT s.day FROM study s WHERE s.application_id = a.id AND s.kind = $1"
		"   ORDER BY s.id DESC LIMIT 1) AS day"
		"  FROM application a JOIN person p ON p.id = a.person_id"
		" JOIN competition c ON c.id = a.competition_id AND c.state = 'announced'"
		"  AND c.route = 'own'"
		" WHERE a.state = 'sent' AND EXISTS (SELECT 1 FROM qualification_decision q"
		"  WHERE q.application_id = a.id AND q.outcome = 'met')"
		" AND NOT " CANDIDATE_COMPETES("$2", "a.id",
					       "c.id") " ORDER BY c.id DESC, p.sort_key",
		db_text(kind), db_int(r->actor.person_id));
	return row_inbox(r, role, rows, "day", model, e);
}

static bool form(struct req *r, const char *kind, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	if (!candidate_load(&act, in_int(r, "application"), &c, e) ||
	    !act_require(&act, role_name_of(kind), c.competition.organ, e))
		return false;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, outcome, number, day, note, file_name, at_ms,"
			       " " SCAN_HELD " AS held FROM study d"
			       " WHERE application_id = $1 AND kind = $2 ORDER BY id DESC",
			       db_int(c.application_id), db_text(kind));
	size_t i = 0;
	json_t *row = NULL;
	(void)json_object_set_new(model, "outcomes", word_options(r, outcomes, "study.outcome"));
	json_array_foreach (rows, i, row)
		row_day(row, "day");
	/* Notes of earlier records are for official use: showing them is a view (F76). */
	if (!rows || (json_array_size(rows) > 0 &&
		      !study_view(&act, row_number(json_array_get(rows, 0), "id"), e)))
		return false;
	model_candidate(r, &c, model);
	(void)json_object_set_new(model, "kind", json_string(kind));
	(void)json_object_set(model, "records", rows);
	return true;
}

static bool record(struct req *r, const char *kind, struct err *e)
{
	const struct act act = req_act(r);
	struct file_in file = { 0 };
	const struct study_form f = {
		.kind = kind,
		.outcome = in_text(r, "outcome"),
		.number = in_text(r, "number"),
		.day = in_day(r, "day"),
		.note = in_text(r, "note"),
		.file = row_upload(r, "file", &file) ? &file : NULL,
	};
	if (!study_record(&act, in_int(r, "application"), &f, e))
		return false;
	r->notice = "study.notice.recorded";
	req_go(r, "/studies/%s", kind);
	return true;
}

bool study_inbox_polygraph(struct req *r, json_t *model, struct err *e)
{
	return inbox(r, "polygraph", model, e);
}

bool study_inbox_psycho(struct req *r, json_t *model, struct err *e)
{
	return inbox(r, "psycho", model, e);
}

bool study_form_polygraph(struct req *r, json_t *model, struct err *e)
{
	return form(r, "polygraph", model, e);
}

bool study_form_psycho(struct req *r, json_t *model, struct err *e)
{
	return form(r, "psycho", model, e);
}

bool study_record_polygraph(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return record(r, "polygraph", e);
}

bool study_record_psycho(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return record(r, "psycho", e);
}

/* F76: the view is journalled before the paper is sent. */
bool study_file(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	const struct act act = req_act(r);
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT blob_hash, file_name FROM study"
			     " WHERE id = $1 AND blob_hash IS NOT NULL",
			     db_int(in_int(r, "study")));
	return row && study_view(&act, in_int(r, "study"), e) &&
	       send_blob(r, row_text(row, "blob_hash"), row_text(row, "file_name"), e);
}

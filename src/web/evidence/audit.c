/* audit.c - the auditor's desk: how the journal stands, who has vouched for it, what verify and the
 * drill have said last, who looks at what (F76, F85 to F88). */
#include "web/evidence/audit.h"

#include "app/candidate/candidate.h"
#include "app/evidence/audit_report.h"
#include "app/evidence/backup_note.h"
#include "app/evidence/checkpoint.h"
#include "journal/log.h"
#include "web/evidence/journal.h"
#include "web/list.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum {
	WEEK_MS = 7 * 24 * 60 * 60 * 1000, /* a witness that has not signed for so long is late */
	LAST = 5                           /* reports on the page of the drill */
};

/* ---- the desk ----------------------------------------------------------------------------------
 */

static bool add_journal(const struct req *r, json_t *model, struct err *e)
{
	struct checkpoint c = { 0 };
	int64_t entries = 0;
	int64_t alarms = 0;
	if (!journal_size(r->db, &entries, e) || !checkpoint_newest(r->db, r->arena, &c, e) ||
	    !db_number(r->db, e, &alarms, "SELECT COUNT(*) FROM log_alarm"))
		return false;
	(void)json_object_set_new(model, "journal",
				  json_pack("{s:I,s:I,s:I,s:I}", "entries", (json_int_t)entries,
					    "size", (json_int_t)c.size, "uncovered",
					    (json_int_t)(entries - c.size), "alarms",
					    (json_int_t)alarms));
	(void)json_object_set_new(json_object_get(model, "journal"), "at_ms",
				  c.id ? json_integer((json_int_t)c.at_ms) : json_null());
	return true;
}

static bool add_witnesses(const struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"SELECT w.holder, MAX(c.size) AS size, MAX(s.signed_s) AS signed_s FROM witness w"
		"  JOIN witness_step t ON t.witness_id = w.id AND t.step = 'confirmed'"
		"  LEFT JOIN witness_signature s ON s.witness_id = w.id"
		"  LEFT JOIN checkpoint c ON c.id = s.checkpoint_id"
		" WHERE NOT EXISTS (SELECT 1 FROM witness_step x WHERE x.witness_id = w.id"
		"  AND x.step = 'ended') GROUP BY w.id, w.holder ORDER BY w.id");
	json_array_foreach (rows, i, row) {
		const int64_t signed_ms = row_number(row, "signed_s") * 1000;
		(void)json_object_del(row, "signed_s");
		(void)json_object_set_new(row, "signed_ms",
					  signed_ms ? json_integer((json_int_t)signed_ms)
						    : json_null());
		(void)json_object_set_new(row, "late",
					  json_boolean(signed_ms < r->now_ms - WEEK_MS));
	}
	(void)json_object_set(model, "witnesses", rows);
	return rows != NULL;
}

/* The newest report of a kind; null where there is none. */
static bool add_newest(const struct req *r, const char *kind, json_t *model, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, good, at_ms FROM audit_report WHERE kind = $1"
			       " ORDER BY id DESC LIMIT 1",
			       db_text(kind));
	json_t *row = json_array_get(rows, 0);
	if (row)
		(void)json_object_set_new(row, "good", json_boolean(row_number(row, "good")));
	(void)json_object_set_new(model, kind, row ? json_incref(row) : json_null());
	return rows != NULL;
}

/* What goes on besides: views of restricted papers in seven days, requests that wait, copies. */
static bool add_counts(const struct req *r, json_t *model, struct err *e)
{
	int64_t views = 0;
	int64_t requests = 0;
	struct backup_state copies = { 0 };
	if (!db_number(r->db, e, &views,
		       "SELECT COUNT(*) FROM restricted_view v"
		       " JOIN application a ON a.id = v.application_id WHERE v.at_ms >= $1"
		       " AND NOT " CANDIDATE_COMPETES("$2", "a.id", "a.competition_id"),
		       db_int(r->now_ms - WEEK_MS), db_int(r->actor.person_id)) ||
	    !db_number(r->db, e, &requests,
		       "SELECT COUNT(*) FROM access_request WHERE state = 'asked'") ||
	    !backup_state(r->db, r->arena, r->now_ms, &copies, e))
		return false;
	(void)json_object_set_new(model, "views", json_integer((json_int_t)views));
	(void)json_object_set_new(model, "requests", json_integer((json_int_t)requests));
	(void)json_object_set_new(model, "copies_late", json_boolean(copies.late));
	(void)json_object_set_new(model, "auditor", json_boolean(req_is(r, ROLE_AUDITOR)));
	return true;
}

static bool audit_desk(struct req *r, json_t *model, struct err *e)
{
	return add_journal(r, model, e) && add_witnesses(r, model, e) &&
	       add_newest(r, AUDIT_VERIFY, model, e) && add_newest(r, AUDIT_DRILL, model, e) &&
	       add_counts(r, model, e);
}

/* ---- the drill
 * ----------------------------------------------------------------------------------- */

static bool audit_drill(struct req *r, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT id, kind, good, at_ms FROM audit_report ORDER BY id DESC"
			       " LIMIT $1",
			       db_int(LAST));
	json_array_foreach (rows, i, row)
		(void)json_object_set_new(row, "good", json_boolean(row_number(row, "good")));
	(void)json_object_set(model, "reports", rows);
	return rows != NULL;
}

static bool audit_take(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "file");
	int64_t id = 0;
	(void)model;
	if (!file)
		return err_input(e, "file", "error.required", "no report");
	if (!audit_report_take(&act, file->bytes, file->size, &id, e))
		return false;
	r->notice = "audit.notice.taken";
	req_go(r, "/audit/reports/%lld", (long long)id);
	return true;
}

/* ---- one report
 * ---------------------------------------------------------------------------------- */

/* `key` if there is such a message, or "": a report may be of another version. */
static const char *known(const struct req *r, const char *key)
{
	return catalog_has(view_catalog(r->site->view), r->language, key) ? key : "";
}

/* Attacks of a drill, findings of verify: {what, key, by, found}; `key` the message for `what`. */
static json_t *rows_model(const struct req *r, const json_t *report, bool drill)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *list = json_array();
	json_array_foreach (json_object_get(report, drill ? "attacks" : "findings"), i, row) {
		const char *what = row_text(row, drill ? "attack" : "part");
		const char *found = row_text(row, "found");
		const char *key =
			known(r, arena_print(r->arena, "%s.%s",
					     drill ? "drill.attack" : "verify.part", what));
		const bool word = *known(r, arena_print(r->arena, "drill.found.%s", found));
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:s,s:I,s:s}", "what", what, "key", key,
					"found", word ? found : "", "at", row_text(row, "at"),
					"number", (json_int_t)row_number(row, "number"), "why",
					row_text(row, "why")));
	}
	return list;
}

/* Whether this journal had that root when it had so many entries; null for a drill, and for a
 * report of more entries than there are. */
static bool add_fits(const struct req *r, const json_t *report, json_t *ret, struct err *e)
{
	const int64_t entries = row_number(report, "entries");
	int64_t size = 0;
	struct tree_hash root;
	char text[TREE_TEXT_SIZE];
	(void)json_object_set_new(ret, "fits", json_null());
	if (!journal_size(r->db, &size, e))
		return false;
	if (entries < 1 || entries > size)
		return true;
	if (!journal_root(r->db, entries, &root, e))
		return false;
	tree_print(&root, text);
	(void)json_object_set_new(ret, "fits",
				  json_pack("{s:b,s:I}", "same",
					    strcmp(text, row_text(report, "root")) == 0, "entries",
					    (json_int_t)entries));
	return true;
}

static bool audit_report(struct req *r, json_t *model, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT x.id, x.kind, x.good, x.sha256, x.report, x.at_ms,"
			     " p.family, p.given, p.patronymic FROM audit_report x"
			     "  JOIN person p ON p.id = x.by_id WHERE x.id = $1",
			     db_int(in_int(r, "report")));
	if (!row)
		return false;
	json_t *report = json_loads(row_text(row, "report"), 0, NULL);
	const bool drill = strcmp(row_text(row, "kind"), AUDIT_DRILL) == 0;
	json_in_arena(r->arena, report);
	row_name(r, row);
	(void)json_object_del(row, "report");
	(void)json_object_set_new(row, "good", json_boolean(row_number(row, "good")));
	(void)json_object_set_new(row, "rows", rows_model(r, report, drill));
	(void)json_object_set_new(
		row, "drill",
		drill ? json_pack("{s:I,s:I,s:I}", "played",
				  (json_int_t)row_number(report, "played"), "missed",
				  (json_int_t)row_number(report, "missed"), "absent",
				  (json_int_t)row_number(report, "absent"))
		      : json_null());
	(void)json_object_set(model, "report", row);
	return add_fits(r, report, row, e);
}

static bool audit_report_file(struct req *r, json_t *model, struct err *e)
{
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	json_t *row =
		db_row(r->db, r->arena, e, "SELECT kind, report FROM audit_report WHERE id = $1",
		       db_int(in_int(r, "report")));
	(void)model;
	if (!row)
		return false;
	*file = (struct upload){ .name = "",
				 .file_name = arena_print(r->arena, "%s-%lld.json",
							  row_text(row, "kind"),
							  (long long)in_int(r, "report")),
				 .media = "application/json",
				 .bytes = row_text(row, "report"),
				 .size = strlen(row_text(row, "report")) };
	r->download = file;
	return true;
}

static const char *const report_media[] = { "application/octet-stream", "application/json", NULL };
static const struct param take_params[] = {
	{ "file", P_FILE, 1, AUDIT_REPORT_MOST, true, report_media },
	PARAMS_END,
};
static const struct param report_params[] = {
	{ "report", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

#include "web/route_table.h" /* last */

const struct route audit_routes[] = {
	{ GET, "/audit", ROLES_WATCH, audit_desk, "audit/desk", no_params,
	  "The auditor's desk: the journal, its witnesses, what verify and the drill said last." },
	{ GET, "/audit/drill", ROLES_WATCH, audit_drill, "audit/drill", no_params,
	  "What the drill is, how it is run, and the last reports." },
	{ POST, "/audit/reports", ROLES_WATCH, audit_take, "audit/drill", take_params,
	  "Takes a report of konkurs verify or konkurs drill (F88).", .again = audit_drill },
	{ GET, "/audit/reports/:report", ROLES_WATCH, audit_report, "audit/report", report_params,
	  "One report of konkurs verify or konkurs drill." },
	{ GET, "/audit/reports/:report/report.json", ROLES_WATCH, audit_report_file, NULL,
	  report_params, "The same as the program has printed it." },
	{ 0 },
};

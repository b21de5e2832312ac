#include "app/candidate/dossier.h"

#include "app/notice/tell.h"
#include "law/terms.h"

#include <string.h>

const char *dossier_state_name(enum dossier_state state)
{
	static const char *const name[] = { "present", "missing", "late" };
	return name[state];
}

/* ---- reading ------------------------------------------------------------------- */

/* The row that stands for one kind of item, and when it came. */
static json_t *find_rows(const struct act *act, int64_t id, const char *kind, struct err *e)
{
	if (strcmp(kind, "test") == 0)
		return db_rows(
			act->db, act->arena, e,
			"SELECT t.id, r.fixed_ms AS at_ms FROM attempt t"
			" JOIN result r ON r.attempt_id = t.id"
			" JOIN sitting s ON s.id = t.sitting_id AND s.names_ms IS NOT NULL"
			" WHERE t.application_id = $1 AND t.void = 0 AND t.finish <> 'breach'",
			db_int(id));
	if (strcmp(kind, "rating") == 0)
		return db_rows(act->db, act->arena, e,
			       "SELECT id, at_ms FROM rating WHERE application_id = $1"
			       " ORDER BY id DESC LIMIT 1",
			       db_int(id));
	if (strcmp(kind, "polygraph") == 0 || strcmp(kind, "psycho") == 0)
		return db_rows(act->db, act->arena, e,
			       "SELECT s.id, s.at_ms FROM study s WHERE s.id = (SELECT MAX(x.id)"
			       " FROM study x WHERE x.application_id = $1 AND x.kind = $2)"
			       " AND s.outcome = 'undergone'",
			       db_int(id), db_text(kind));
	return db_rows(act->db, act->arena, e,
		       "SELECT id, added_ms AS at_ms FROM document WHERE application_id = $1"
		       " AND kind = $2 AND replaced_ms IS NULL ORDER BY id DESC LIMIT 1",
		       db_int(id), db_text(kind));
}

/* Late: not there though its last day has passed. */
static bool read_item(const struct act *act, struct dossier *d, const char *kind,
		      struct dossier_item *ret, struct err *e)
{
	json_t *rows = find_rows(act, d->candidate.application_id, kind, e);
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	*ret = (struct dossier_item){ kind, DOSSIER_PRESENT, row_number(row, "at_ms"),
				      row_number(row, "id") };
	if (!row) {
		bool passed = d->planned && act_today(act).n > d->dossier_last.n;
		ret->state = passed ? DOSSIER_LATE : DOSSIER_MISSING;
		d->complete = false;
	}
	return true;
}

/* R15-1, R16-2: the terms are known once the interview is planned. */
static bool read_terms(const struct act *act, struct dossier *d, struct err *e)
{
	const struct competition *c = &d->candidate.competition;
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT day FROM interview WHERE competition_id = $1", db_int(c->id));
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return true;
	d->interview = (day){ (int32_t)row_number(json_array_get(rows, 0), "day") };
	d->planned = terms_dossier_last(c->calendar, c->rules, d->interview, &d->dossier_last) &&
		     terms_security_last(c->calendar, c->rules, d->interview, &d->security_last);
	return true;
}

static bool read_facts(const struct act *act, struct dossier *d, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT (SELECT at_ms FROM dossier_release WHERE application_id = $1)"
			     " AS released_ms, (SELECT MAX(at_ms) FROM security_information"
			     "  WHERE application_id = $1) AS security_ms",
			     db_int(d->candidate.application_id));
	if (!row)
		return false;
	d->released = json_is_integer(json_object_get(row, "released_ms"));
	d->released_ms = row_number(row, "released_ms");
	d->security_received = json_is_integer(json_object_get(row, "security_ms"));
	d->security_ms = row_number(row, "security_ms");
	return true;
}

bool dossier_load(const struct act *act, int64_t application_id, struct dossier *ret, struct err *e)
{
	struct dossier d = { .complete = true };
	if (!candidate_load(act, application_id, &d.candidate, e) || !read_terms(act, &d, e) ||
	    !read_facts(act, &d, e))
		return false;
	const struct list_of_names *kinds = &d.candidate.competition.rules->dossier;
	for (size_t i = 0; i < kinds->count && i < DOSSIER_ITEMS_MOST; i++) {
		if (!read_item(act, &d, kinds->names[i], &d.item[d.count++], e))
			return false;
	}
	*ret = d;
	return true;
}

/* R20-1: on the second route the sending body certifies it, and the referral has brought it. */
static bool require_own_route(const struct candidate *c, struct err *e)
{
	return strcmp(c->competition.route, "own") == 0 ||
	       err_law(e, "20", "dossier.error.referred", "it came with the referral");
}

/* ---- service list ----------------------------------------------------------------- */

bool dossier_add_service_list(const struct act *act, int64_t application_id,
			      const struct file_in *file, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct candidate c = { 0 };
	const char *hash = NULL;
	const char *name = NULL;
	if (!file)
		return err_input(e, "file", "error.required", "no file");
	return db_begin(act->db, &tx, e) && candidate_load(act, application_id, &c, e) &&
	       act_require(act, ROLE_NAME_HR, c.competition.organ, e) &&
	       candidate_require_other(act, THING_APPLICATION, application_id, e) &&
	       require_own_route(&c, e) && file_keep(act, file, &hash, &name, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE document SET replaced_ms = $1 WHERE application_id = $2"
		       " AND kind = 'service_list' AND replaced_ms IS NULL",
		       db_int(act->now_ms), db_int(application_id)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO document (application_id, kind, blob_hash, file_name,"
		       " signatory, signatory_position, added_by, added_ms)"
		       " VALUES ($1, 'service_list', $2, $3, '', '', $4, $5)",
		       db_int(application_id), db_text(hash), db_text(name), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       act_journal(act, "document.added", c.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:s,s:s}", "kind", "service_list", "file", hash), e) &&
	       db_commit(&tx, e);
}

/* ---- release --------------------------------------------------------------------- */

/* R16-1, R16-2 */
static bool may_release(const struct act *act, const struct dossier *d, struct err *e)
{
	char last[DAY_TEXT_SIZE];
	if (d->released)
		return err_set(e, ERR_CONFLICT, "dossier.error.released", "released already");
	if (!admission_require_interview(&d->candidate.admission, e))
		return false;
	if (!d->planned)
		return err_law(e, "16", "dossier.error.unplanned", "no interview is planned");
	if (!d->complete)
		return err_law(e, "16", "dossier.error.incomplete", "an item is missing");
	if (act_today(act).n <= d->dossier_last.n)
		return true;
	day_print(d->dossier_last, last);
	(void)err_law(e, "16", "dossier.error.late", "the term has passed");
	return err_value(e, last);
}

/* Whoever was admitted after the interview was planned is heard last. */
static bool add_to_interview(const struct act *act, const struct dossier *d, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO interview_candidate (interview_id, application_id, turn)"
		       " SELECT i.id, $1, COALESCE((SELECT MAX(x.turn) FROM interview_candidate x"
		       "  WHERE x.interview_id = i.id), 0) + 1"
		       "  FROM interview i WHERE i.competition_id = $2"
		       " ON CONFLICT (application_id) DO NOTHING",
		       db_int(d->candidate.application_id), db_int(d->candidate.competition.id));
}

bool dossier_release(const struct act *act, int64_t application_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct dossier d = { 0 };
	return db_begin(act->db, &tx, e) && dossier_load(act, application_id, &d, e) &&
	       act_require(act, ROLE_NAME_HR, d.candidate.competition.organ, e) &&
	       candidate_require_other(act, THING_APPLICATION, application_id, e) &&
	       may_release(act, &d, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO dossier_release (application_id, by_id, at_ms)"
		       " VALUES ($1, $2, $3)",
		       db_int(application_id), db_int(act->person_id), db_int(act->now_ms)) &&
	       add_to_interview(act, &d, e) &&
	       act_journal(act, "dossier.released", d.candidate.competition.id,
			   act_subject(act, "application", application_id), json_object(), e) &&
	       tell_dossier(act, &d.candidate.competition, application_id, e) && db_commit(&tx, e);
}

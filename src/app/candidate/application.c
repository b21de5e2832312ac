#include "app/candidate/application.h"

#include "app/candidate/intake.h"
#include "app/competition/commission.h"
#include "app/evidence/checkpoint.h"
#include "app/notice/tell.h"
#include "law/signatory.h"
#include "law/sitting.h"

#include <sodium.h>
#include <string.h>

/* ---- beginning ------------------------------------------------------------------- */

static bool within_term(const struct act *act, const struct competition *c, struct err *e)
{
	char last[DAY_TEXT_SIZE];
	if (strcmp(c->state, "announced") != 0)
		return err_set(e, ERR_CONFLICT, "application.error.not_open",
			       "the competition is not announced");
	if (act_today(act).n <= c->filing_last.n)
		return true;
	day_print(c->filing_last, last);
	(void)err_law(e, "9", "application.error.term", "after the last day for applications");
	return err_value(e, last);
}

/* Takes over `content`, as act_journal() does. */
static bool note_event(const struct act *act, int64_t id, int64_t competition_id, const char *kind,
		       const char *note, json_t *content, struct err *e)
{
	json_in_arena(act->arena, content);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO application_event (application_id, kind, note, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(id), db_text(kind), db_text(note), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       act_journal(act, arena_print(act->arena, "application.%s", kind), competition_id,
			   act_subject(act, "application", id), json_incref(content), e);
}

/* Prefilled with where the person serves now. */
static bool insert(const struct act *act, int64_t competition_id, int64_t *ret_id, struct err *e)
{
	json_t *person = db_row(act->db, act->arena, e,
				"SELECT organ, position_ru, position_kk FROM person WHERE id = $1",
				db_int(act->person_id));
	if (!person)
		return false;
	const struct organ *organ = law_book_organ(act->book, row_text(person, "organ"));
	return db_number(act->db, e, ret_id,
			 "INSERT INTO application (competition_id, person_id, state, organ,"
			 " place_kind, position, phone, education, education_note, test_language,"
			 " created_ms, changed_ms)"
			 " VALUES ($1, $2, 'draft', $3, $4, $5, '', '', '', '', $6, $6)"
			 " RETURNING id",
			 db_int(competition_id), db_int(act->person_id),
			 db_text(row_text(person, "organ")), db_text(organ ? organ->place : ""),
			 db_text(row_text(person, "position_kk")), db_int(act->now_ms)) &&
	       note_event(act, *ret_id, competition_id, "opened", "", json_object(), e);
}

static bool reopen(const struct act *act, int64_t id, int64_t competition_id, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE application SET state = 'draft', sent_ms = NULL, receipt = NULL,"
		       " changed_ms = $1 WHERE id = $2 AND state = 'withdrawn'",
		       db_int(act->now_ms), db_int(id)) &&
	       note_event(act, id, competition_id, "reopened", "", json_object(), e);
}

/* F13: UNIQUE (competition, person) makes many tabs one application. */
bool application_begin(const struct act *act, int64_t competition_id, int64_t *ret_id,
		       struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e))
		return false;
	/* R20-1: whoever serves in another body is referred by it */
	if (strcmp(c.route, "own") != 0)
		return err_law(e, "20", "application.error.referral", "a route of referrals");
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id, state FROM application WHERE competition_id = $1"
			       " AND person_id = $2",
			       db_int(competition_id), db_int(act->person_id));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	id = json_integer_value(json_object_get(row, "id"));
	bool withdrawn = strcmp(row_text(row, "state"), "withdrawn") == 0;
	if (!row || withdrawn) {
		if (!within_term(act, &c, e) ||
		    !commission_require_unseated(act, competition_id, act->person_id, e) ||
		    (withdrawn ? !reopen(act, id, competition_id, e)
			       : !insert(act, competition_id, &id, e)))
			return false;
	}
	if (!db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

/* ---- changing a draft ---------------------------------------------------------------- */

struct own {
	int64_t id, competition_id, person_id;
	const char *state, *place;
	bool on_behalf; /* by whoever has entered it, not by the candidate */
	struct competition competition;
};

/* Somebody else's application is as missing as none, but to whoever has entered it. */
static bool load_own(const struct act *act, int64_t id, struct own *ret, struct err *e)
{
	bool may = false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT competition_id, state, place_kind, person_id FROM application"
			     " WHERE id = $1",
			     db_int(id));
	if (!row || !intake_may_write(act, id, &may, e))
		return false;
	if (!may && row_number(row, "person_id") != act->person_id)
		return err_set(e, ERR_MISSING, "error.missing", "not this person's");
	ret->id = id;
	ret->competition_id = json_integer_value(json_object_get(row, "competition_id"));
	ret->state = row_text(row, "state");
	ret->place = row_text(row, "place_kind");
	ret->person_id = row_number(row, "person_id");
	ret->on_behalf = may && row_number(row, "person_id") != act->person_id;
	return competition_load(act, ret->competition_id, &ret->competition, e);
}

static bool load_draft(const struct act *act, int64_t id, struct own *ret, struct err *e)
{
	if (!load_own(act, id, ret, e))
		return false;
	if (strcmp(ret->state, "draft") != 0)
		return err_set(e, ERR_CONFLICT, "application.error.frozen", "no draft");
	/* R20-1: a referral speaks for the body, not for its candidate */
	if (!ret->on_behalf && strcmp(ret->competition.route, "own") != 0)
		return err_law(e, "20", "application.error.referral", "by the candidate");
	return within_term(act, &ret->competition, e);
}

static bool changed(const struct act *act, const struct own *own, const char *kind, json_t *content,
		    struct err *e)
{
	return act_journal(act, kind, own->competition_id, act_subject(act, "application", own->id),
			   content, e) &&
	       db_exec(act->db, e, NULL, "UPDATE application SET changed_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(own->id));
}

static bool known_education(const struct competition *c, const char *code)
{
	for (size_t i = 0; i < c->qualification->education_count; i++) {
		if (strcmp(c->qualification->educations[i].code, code) == 0)
			return true;
	}
	return *code == '\0';
}

bool application_profile(const struct act *act, int64_t id, const struct application_profile *p,
			 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct own own = { 0 };
	if (!db_begin(act->db, &tx, e) || !load_draft(act, id, &own, e))
		return false;
	/* the body of a referral stays what the referral says */
	const bool referral = strcmp(own.competition.route, "other") == 0;
	const struct organ *organ = law_book_organ(act->book, p->organ);
	if (!organ && !referral)
		return err_input(e, "organ", "error.organ", "unknown organ");
	if (!known_education(&own.competition, p->education))
		return err_input(e, "education", "application.error.education", "unknown code");
	if (*p->test_language && !sitting_require_language(p->test_language, e))
		return err_field(e, "test_language");
	return db_exec(act->db, e, NULL,
		       "UPDATE application SET organ = CASE WHEN $9 = 1 THEN organ ELSE $1 END,"
		       " place_kind = $2, position = $3, phone = $4, education = $5,"
		       " education_note = $6, test_language = $7 WHERE id = $8",
		       db_text(p->organ), db_text(organ && !referral ? organ->place : ""),
		       db_text(p->position), db_text(p->phone), db_text(p->education),
		       db_text(p->education_note), db_text(p->test_language), db_int(id),
		       db_int(referral)) &&
	       changed(act, &own, "application.profile",
		       json_pack("{s:s,s:s,s:s,s:s}", "organ", referral ? "" : p->organ, "position",
				 p->position, "education", p->education, "test_language",
				 p->test_language),
		       e) &&
	       db_commit(&tx, e);
}

static bool check_period(const struct act *act, const struct own *own,
			 const struct application_period *p, struct err *e)
{
	if (!file_day_past(act, p->from, "from", e))
		return false;
	if (p->ended && p->to.n < p->from.n)
		return err_input(e, "to", "application.error.period", "ends before it begins");
	if (p->ended && !file_day_past(act, p->to, "to", e))
		return false;
	return !*p->category ||
	       qualification_category(own->competition.qualification, p->category) ||
	       err_input(e, "category", "application.error.category", "unknown category");
}

bool application_add_period(const struct act *act, int64_t id, const struct application_period *p,
			    struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct own own = { 0 };
	return db_begin(act->db, &tx, e) && load_draft(act, id, &own, e) &&
	       check_period(act, &own, p, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO service_fact (application_id, kind, leadership, category,"
		       " organisation, position, from_day, to_day)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       db_int(id), db_text(p->kind), db_int(p->leadership), db_text(p->category),
		       db_text(p->organisation), db_text(p->position), db_int(p->from.n),
		       p->ended ? db_int(p->to.n) : db_null()) &&
	       changed(act, &own, "application.period_added",
		       json_pack("{s:s,s:i}", "kind", p->kind, "from", p->from.n), e) &&
	       db_commit(&tx, e);
}

bool application_remove_period(const struct act *act, int64_t id, int64_t period_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct own own = { 0 };
	int64_t removed = 0;
	return db_begin(act->db, &tx, e) && load_draft(act, id, &own, e) &&
	       db_exec(act->db, e, &removed,
		       "DELETE FROM service_fact WHERE id = $1 AND application_id = $2",
		       db_int(period_id), db_int(id)) &&
	       (removed == 1 || err_set(e, ERR_MISSING, "error.missing", "no such period")) &&
	       changed(act, &own, "application.period_removed",
		       json_pack("{s:I}", "period", (json_int_t)period_id), e) &&
	       db_commit(&tx, e);
}

/* R20-1: whom the Rules name for a paper of a referral; a deputy is not named. */
static bool check_referred(const struct required_document *wanted, const char *position,
			   struct err *e)
{
	if (strcmp(wanted->signed_by, POSITION_SENDING_HR) == 0)
		return signatory_check_service_list(position, e);
	return strcmp(wanted->signed_by, POSITION_DIRECT_SUPERVISOR) != 0 ||
	       signatory_check_referral(position, e);
}

/* R10-1, S2-1 to S2-7, R20-1: who signed decides whether the paper is taken. */
static bool check_signatory(const struct own *own, const struct application_document *d,
			    struct err *e)
{
	const struct rule_set *rules = own->competition.rules;
	const bool other = strcmp(own->competition.route, "other") == 0;
	const struct required_document *list =
		other ? rules->other_documents : rules->own_documents;
	const size_t count = other ? rules->other_document_count : rules->own_document_count;
	for (size_t i = 0; i < count; i++) {
		const struct required_document *wanted = &list[i];
		if (strcmp(wanted->kind, d->kind) != 0)
			continue;
		bool ok = other ? check_referred(wanted, d->position, e)
			  : strcmp(wanted->signed_by, "matrix") == 0
				  ? signatory_check(rules, own->place, d->position, e)
				  : signatory_check_certificate(d->position, e);
		return ok || err_field(e, "position");
	}
	return err_input(e, "kind", "application.error.kind", "no paper of the rule set");
}

bool application_add_document(const struct act *act, int64_t id,
			      const struct application_document *d, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct own own = { 0 };
	const char *hash = NULL;
	const char *name = NULL;
	if (!d->file)
		return err_input(e, "file", "error.required", "no file");
	return file_day_past(act, d->signed_day, "signed_day", e) && db_begin(act->db, &tx, e) &&
	       load_draft(act, id, &own, e) && check_signatory(&own, d, e) &&
	       file_keep(act, d->file, &hash, &name, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE document SET replaced_ms = $1 WHERE application_id = $2"
		       " AND kind = $3 AND replaced_ms IS NULL",
		       db_int(act->now_ms), db_int(id), db_text(d->kind)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO document (application_id, kind, blob_hash, file_name,"
		       " signatory, signatory_position, signed_day, added_by, added_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       db_int(id), db_text(d->kind), db_text(hash), db_text(name),
		       db_text(d->signatory), db_text(d->position), db_int(d->signed_day.n),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       changed(act, &own, "document.added",
		       json_pack("{s:s,s:s,s:s}", "kind", d->kind, "file", hash, "position",
				 d->position),
		       e) &&
	       db_commit(&tx, e);
}

/* ---- what is missing ----------------------------------------------------------------- */

enum { PAPERS_MOST = 32 };

static bool read_papers(const struct act *act, int64_t id, struct document_present *papers,
			size_t *ret_count, struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT kind, signatory_position FROM document"
			" WHERE application_id = $1 AND replaced_ms IS NULL UNION ALL"
			" SELECT 'rating', '' FROM rating WHERE application_id = $1 LIMIT 32",
			db_int(id));
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row)
		papers[i] = (struct document_present){ row_text(row, "kind"),
						       row_text(row, "signatory_position") };
	*ret_count = json_array_size(rows);
	return rows != NULL;
}

bool application_gaps(const struct act *act, int64_t id, struct application_gaps *ret,
		      struct err *e)
{
	struct document_present papers[PAPERS_MOST];
	size_t count = 0;
	struct competition c = { 0 };
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT competition_id, place_kind, position, phone, education,"
			     " test_language, (SELECT COUNT(*) FROM service_fact f"
			     "  WHERE f.application_id = a.id) AS periods"
			     "  FROM application a WHERE a.id = $1",
			     db_int(id));
	if (!row || !read_papers(act, id, papers, &count, e) ||
	    !competition_load(act, json_integer_value(json_object_get(row, "competition_id")), &c,
			      e))
		return false;
	struct application_gaps gaps = {
		.position = !*row_text(row, "position"),
		.phone = !*row_text(row, "phone"),
		.education = !*row_text(row, "education"),
		.periods = json_integer_value(json_object_get(row, "periods")) == 0,
		.test_language = !*row_text(row, "test_language"),
		.papers = strcmp(c.route, "other") == 0
				  ? completeness_other(c.rules, papers, count)
				  : completeness_own(c.rules, row_text(row, "place_kind"), papers,
						     count),
	};
	gaps.ready = !gaps.position && !gaps.phone && !gaps.education && !gaps.periods &&
		     !gaps.test_language && gaps.papers.complete;
	*ret = gaps;
	return true;
}

/* ---- sending, withdrawing -------------------------------------------------------------- */

/* What was entered on the candidate's behalf, with the rating of a referral (R20-1, F17). */
static bool add_entered(const struct act *act, int64_t id, json_t *sent, struct err *e)
{
	json_t *intake = db_rows(act->db, act->arena, e,
				 "SELECT body, number, day, entered_by, confirmed_by FROM intake"
				 " WHERE application_id = $1",
				 db_int(id));
	json_t *rating = db_rows(act->db, act->arena, e,
				 "SELECT value, number, day, issuer, blob_hash FROM rating"
				 " WHERE application_id = $1 ORDER BY id DESC LIMIT 1",
				 db_int(id));
	if (!intake || !rating)
		return false;
	if (json_array_size(intake) == 0)
		return true;
	(void)json_object_set(sent, "intake", json_array_get(intake, 0));
	if (json_array_size(rating) > 0)
		(void)json_object_set(sent, "rating", json_array_get(rating, 0));
	return true;
}

/* Everything that is sent, as canonical JSON, so that the receipt binds it (F15). */
static json_t *snapshot(const struct act *act, int64_t id, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT competition_id, person_id, organ, place_kind, position, phone,"
			     " education, education_note, test_language FROM application"
			     " WHERE id = $1",
			     db_int(id));
	json_t *periods = db_rows(act->db, act->arena, e,
				  "SELECT kind, leadership, category, organisation, position,"
				  " from_day, to_day FROM service_fact WHERE application_id = $1"
				  " ORDER BY id",
				  db_int(id));
	json_t *papers = db_rows(act->db, act->arena, e,
				 "SELECT kind, blob_hash, signatory, signatory_position, signed_day"
				 " FROM document WHERE application_id = $1 AND replaced_ms IS NULL"
				 " ORDER BY id",
				 db_int(id));
	if (!row || !periods || !papers || !add_entered(act, id, row, e))
		return NULL;
	(void)json_object_set(row, "periods", periods);
	(void)json_object_set(row, "papers", papers);
	return row;
}

static const char *receipt_of(struct arena *a, const json_t *sent)
{
	enum { SIZE = 32 };
	unsigned char hash[SIZE];
	char *text = json_dumps(sent, JSON_COMPACT | JSON_SORT_KEYS);
	char *hex = arena_alloc(a, SIZE * 2 + 1);
	crypto_generichash(hash, SIZE, (const unsigned char *)text, strlen(text), NULL, 0);
	free(text);
	return sodium_bin2hex(hex, SIZE * 2 + 1, hash, SIZE);
}

/* R10-1: without its papers an application is incomplete and cannot be sent. */
bool application_send(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct own own = { 0 };
	struct application_gaps gaps = { 0 };
	if (!db_begin(act->db, &tx, e) || !load_draft(act, id, &own, e) ||
	    !commission_require_unseated(act, own.competition_id, own.person_id, e) ||
	    !application_gaps(act, id, &gaps, e))
		return false;
	const char *clause = strcmp(own.competition.route, "own") == 0 ? "10" : "20";
	if (!gaps.ready)
		return err_law(e, clause, "application.error.incomplete", "something is missing");
	if (!intake_confirm(act, id, e))
		return false;
	json_t *sent = snapshot(act, id, e);
	if (!sent)
		return false;
	const char *receipt = receipt_of(act->arena, sent);
	return db_exec(act->db, e, NULL,
		       "UPDATE application SET state = 'sent', sent_ms = $1, receipt = $2"
		       " WHERE id = $3",
		       db_int(act->now_ms), db_text(receipt), db_int(id)) &&
	       note_event(act, id, own.competition_id, "sent", "",
			  json_pack("{s:s,s:O}", "receipt", receipt, "application", sent), e) &&
	       tell_received(act, &own.competition, id, receipt, e) &&
	       checkpoint_make(act, CHECKPOINT_RECEIPT, act_subject(act, "application", id), e) &&
	       db_commit(&tx, e);
}

bool application_withdraw(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct own own = { 0 };
	bool begun = false;
	int64_t count = 0;
	if (!*reason)
		return err_input(e, "reason", "error.required", "no reason");
	if (!db_begin(act->db, &tx, e) || !load_own(act, id, &own, e) ||
	    !db_exists(act->db, e, &begun,
		       "SELECT 1 FROM interview_candidate WHERE application_id = $1"
		       " AND started_ms IS NOT NULL",
		       db_int(id)))
		return false;
	if (begun)
		return err_set(e, ERR_CONFLICT, "application.error.too_late",
			       "the interview has begun");
	return db_exec(act->db, e, &count,
		       "UPDATE application SET state = 'withdrawn', changed_ms = $1"
		       " WHERE id = $2 AND state = 'sent'",
		       db_int(act->now_ms), db_int(id)) &&
	       (count == 1 ||
		err_set(e, ERR_CONFLICT, "application.error.not_sent", "nothing was sent")) &&
	       note_event(act, id, own.competition_id, "withdrawn", reason,
			  json_pack("{s:s}", "reason", reason), e) &&
	       tell_withdrawn(act, &own.competition, id, e) && db_commit(&tx, e);
}

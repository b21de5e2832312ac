#include "app/evidence/retention_rows.h"

#include "app/file.h"

/* One walk over all rows: it takes them, or counts what it would take. */
struct walk {
	const struct act *act;
	int64_t id;
	json_t *counts;    /* NULL: it takes */
	const char *group; /* of retention_groups */
	int64_t count;
};

static bool add(struct walk *w)
{
	const json_int_t sum = row_number(w->counts, w->group) + w->count;
	return json_object_set_new(w->counts, w->group, json_integer(sum)) == 0;
}

/* SQL is a literal: WHERE what belongs to the competition, or person, $1. */
#define GONE(where)                                                                                \
	(w->counts ? db_number(w->act->db, e, &w->count, "SELECT COUNT(*) FROM " where,            \
			       db_int(w->id)) &&                                                   \
			     add(w)                                                                \
		   : db_exec(w->act->db, e, NULL, "DELETE FROM " where, db_int(w->id)))
#define SITTINGS       "(SELECT s.id FROM sitting s WHERE s.competition_id = $1)"
#define ATTEMPTS       "(SELECT t.id FROM attempt t WHERE t.sitting_id IN " SITTINGS ")"
#define APPLICATIONS   "(SELECT a.id FROM application a WHERE a.competition_id = $1)"
#define INTERVIEWS     "(SELECT i.id FROM interview i WHERE i.competition_id = $1)"
#define COMMISSIONS    "(SELECT k.id FROM commission k WHERE k.competition_id = $1)"
#define NOTICES        "(SELECT n.id FROM notice n WHERE n.competition_id = $1)"
#define OF_SITTING     " WHERE sitting_id IN " SITTINGS
#define OF_ATTEMPT     " WHERE attempt_id IN " ATTEMPTS
#define OF_APPLICATION " WHERE application_id IN " APPLICATIONS
#define OF_INTERVIEW   " WHERE interview_id IN " INTERVIEWS
#define ROOMS                                                                                      \
	"(SELECT r.id FROM video_room r WHERE r.sitting_id IN " SITTINGS                           \
	" OR r.interview_id IN " INTERVIEWS ")"
#define OF_ROOM   " WHERE room_id IN " ROOMS
#define OF_PERSON " WHERE person_id = $1"

/* ---- a competition --------------------------------------------------------------------------- */

/* No index leads from an attempt to its clicks, as it would cost each click; without one each
 * attempt that goes would be looked for among the clicks of all. */
static bool forget_clicks(struct walk *w, struct err *e)
{
	w->group = "answers";
	return GONE("seat_event" OF_ATTEMPT) && GONE("seat_pulse" OF_ATTEMPT) &&
	       GONE("answer_newest" OF_ATTEMPT) &&
	       (w->counts || db_exec(w->act->db, e, NULL,
				     "CREATE INDEX answer_event_of ON answer_event"
				     " (attempt_id)")) &&
	       GONE("answer_event" OF_ATTEMPT) && GONE("form_question" OF_ATTEMPT) &&
	       GONE("attempt_seen" OF_ATTEMPT);
}

/* Records of sound and picture: the files that no row knows any more are removed by `konkurs video`
 * (app/video/work.h), as a transaction cannot take a file. */
static bool forget_records(struct walk *w, struct err *e)
{
	w->group = "record_mib";
	if (w->counts &&
	    (!db_number(
		     w->act->db, e, &w->count,
		     "SELECT (CAST(COALESCE(SUM(audio_size + video_size + film_size), 0) AS BIGINT)"
		     " + 1048575) / 1048576 FROM video_segment" OF_ROOM,
		     db_int(w->id)) ||
	     !add(w)))
		return false;
	w->group = "records";
	return GONE("video_view" OF_ROOM) && GONE("video_incident" OF_ROOM) &&
	       GONE("video_segment" OF_ROOM) && GONE("video_line" OF_ROOM) &&
	       GONE("video_rehearsal" OF_ATTEMPT) && GONE("video_source" OF_ROOM) &&
	       GONE("video_room WHERE id IN " ROOMS);
}

static bool forget_results(struct walk *w, struct err *e)
{
	w->group = "results";
	return GONE("result_version_act" OF_ATTEMPT) && GONE("result_version" OF_ATTEMPT) &&
	       GONE("result_act" OF_ATTEMPT) && GONE("result" OF_ATTEMPT) &&
	       GONE("challenge" OF_ATTEMPT);
}

static bool forget_attempts(struct walk *w, struct err *e)
{
	w->group = "tests";
	return GONE("sitting_given" OF_SITTING) && GONE("screening_signal" OF_SITTING) &&
	       GONE("screening" OF_SITTING) && GONE("sitting_act" OF_SITTING) &&
	       GONE("extra_time" OF_ATTEMPT) && GONE("stop_hold" OF_ATTEMPT) &&
	       GONE("stop" OF_SITTING) && GONE("sitting_coin" OF_SITTING) &&
	       GONE("attempt" OF_SITTING) &&
	       (w->counts || db_exec(w->act->db, e, NULL, "DROP INDEX answer_event_of"));
}

static bool forget_votes(struct walk *w, struct err *e)
{
	w->group = "votes";
	return GONE("minutes_signature" OF_INTERVIEW) && GONE("minutes" OF_INTERVIEW) &&
	       GONE("attendance" OF_INTERVIEW) && GONE("decision_roll" OF_APPLICATION) &&
	       GONE("decision" OF_APPLICATION) && GONE("ballot" OF_APPLICATION) &&
	       GONE("mark" OF_APPLICATION) && GONE("mark_excuse" OF_APPLICATION) &&
	       GONE("mark_opening" OF_APPLICATION) && GONE("conflict" OF_APPLICATION) &&
	       GONE("conflict_error" OF_APPLICATION) && GONE("opinion" OF_APPLICATION) &&
	       GONE("interview_question" OF_APPLICATION) && GONE("question_draft" OF_APPLICATION) &&
	       GONE("member_note" OF_APPLICATION) && GONE("interview_candidate" OF_APPLICATION) &&
	       GONE("interview WHERE competition_id = $1");
}

static bool forget_commission(struct walk *w, struct err *e)
{
	w->group = "commission";
	return GONE("commission_change WHERE order_id IN (SELECT o.id FROM commission_order o"
		    " WHERE o.commission_id IN " COMMISSIONS ")") &&
	       GONE("commission_order WHERE commission_id IN " COMMISSIONS) &&
	       GONE("commission_member WHERE commission_id IN " COMMISSIONS) &&
	       GONE("commission WHERE competition_id = $1");
}

static bool forget_lists(struct walk *w, struct err *e)
{
	w->group = "lists";
	return GONE("security_list_entry" OF_APPLICATION) &&
	       GONE("security_list WHERE competition_id = $1") &&
	       GONE("body_request_entry" OF_APPLICATION) &&
	       GONE("body_request WHERE competition_id = $1") && GONE("bulk_item" OF_APPLICATION) &&
	       GONE("bulk WHERE competition_id = $1") && GONE("restricted_view" OF_APPLICATION) &&
	       GONE("restricted_opening" OF_APPLICATION);
}

static bool forget_applications(struct walk *w, struct err *e)
{
	w->group = "applications";
	return GONE("complaint_record WHERE complaint_id IN (SELECT c.id FROM complaint c"
		    " WHERE c.application_id IN " APPLICATIONS ")") &&
	       GONE("complaint" OF_APPLICATION) && GONE("security_information" OF_APPLICATION) &&
	       GONE("study" OF_APPLICATION) && GONE("rating" OF_APPLICATION) &&
	       GONE("qualification_decision" OF_APPLICATION) &&
	       GONE("qualification_finding" OF_APPLICATION) &&
	       GONE("completeness_check" OF_APPLICATION) && GONE("document" OF_APPLICATION) &&
	       GONE("service_fact" OF_APPLICATION) && GONE("application_event" OF_APPLICATION) &&
	       GONE("dossier_release" OF_APPLICATION) && GONE("intake" OF_APPLICATION) &&
	       GONE("application WHERE competition_id = $1");
}

static bool forget_papers(struct walk *w, struct err *e)
{
	w->group = "notices";
	return GONE("signature_decision WHERE signature_id IN (SELECT s.id"
		    " FROM document_signature s WHERE s.competition_id = $1)") &&
	       GONE("document_signature WHERE competition_id = $1") &&
	       GONE("mail WHERE notice_id IN " NOTICES) &&
	       GONE("notice_paper WHERE notice_id IN " NOTICES) &&
	       GONE("notice WHERE competition_id = $1") && GONE("paper WHERE competition_id = $1");
}

/* The files of the competition, as long as its rows tell which these are. */
static json_t *find_files(const struct act *act, int64_t id, struct err *e)
{
	return db_rows(
		act->db, act->arena, e,
		"SELECT blob_hash FROM document" OF_APPLICATION
		" UNION SELECT blob_hash FROM security_information" OF_APPLICATION
		" AND blob_hash IS NOT NULL"
		" UNION SELECT blob_hash FROM study" OF_APPLICATION " AND blob_hash IS NOT NULL"
		" UNION SELECT blob_hash FROM rating" OF_APPLICATION
		" UNION SELECT blob_hash FROM document_signature WHERE competition_id = $1"
		" UNION SELECT blob_hash FROM commission_order WHERE commission_id IN " COMMISSIONS
		" AND blob_hash IS NOT NULL",
		db_int(id));
}

/* Those that nothing else rests on. */
static bool forget_files(const struct act *act, const json_t *files, struct err *e)
{
	size_t i = 0;
	const json_t *file = NULL;
	json_array_foreach (files, i, file) {
		const char *hash = row_text(file, "blob_hash");
		bool needed = true;
		if (!db_exists(act->db, e, &needed,
			       "SELECT 1 FROM document WHERE blob_hash = $1"
			       " UNION ALL SELECT 1 FROM security_information WHERE blob_hash = $1"
			       " UNION ALL SELECT 1 FROM study WHERE blob_hash = $1"
			       " UNION ALL SELECT 1 FROM rating WHERE blob_hash = $1"
			       " UNION ALL SELECT 1 FROM document_signature WHERE blob_hash = $1"
			       " UNION ALL SELECT 1 FROM commission_order WHERE blob_hash = $1",
			       db_text(hash)) ||
		    (!needed && !file_forget(act, hash, e)))
			return false;
	}
	return true;
}

static bool walk_competition(struct walk *w, struct err *e)
{
	const json_t *files = find_files(w->act, w->id, e);
	if (!files || !forget_records(w, e) || !forget_clicks(w, e) || !forget_results(w, e) ||
	    !forget_attempts(w, e) || !forget_votes(w, e) || !forget_commission(w, e) ||
	    !forget_lists(w, e) || !forget_papers(w, e) || !forget_applications(w, e))
		return false;
	w->group = "files";
	w->count = (int64_t)json_array_size(files);
	return w->counts ? add(w) : forget_files(w->act, files, e);
}

bool retention_forget_competition(const struct act *act, int64_t id, struct err *e)
{
	struct walk w = { .act = act, .id = id };
	return walk_competition(&w, e);
}

/* ---- a person -------------------------------------------------------------------------------- */

static bool forget_access(struct walk *w, struct err *e)
{
	w->group = "access";
	return GONE("session" OF_PERSON) && GONE("sign_in_step" OF_PERSON) &&
	       GONE("known_device" OF_PERSON) && GONE("totp" OF_PERSON) &&
	       GONE("recovery_code" OF_PERSON) && GONE("passkey" OF_PERSON) &&
	       GONE("access_request" OF_PERSON) && GONE("role_grant" OF_PERSON) &&
	       GONE("account" OF_PERSON);
}

static bool forget_letters(struct walk *w, struct err *e)
{
	w->group = "letters";
	return GONE("mail" OF_PERSON) && GONE("mail_address" OF_PERSON) &&
	       GONE("notice_paper WHERE notice_id IN (SELECT n.id FROM notice n"
		    " WHERE n.person_id = $1)") &&
	       GONE("notice" OF_PERSON) && GONE("feed" OF_PERSON) &&
	       GONE("acquaintance" OF_PERSON) && GONE("bank_view" OF_PERSON) &&
	       GONE("keeper_key" OF_PERSON);
}

static bool walk_person(struct walk *w, struct err *e)
{
	return forget_access(w, e) && forget_letters(w, e);
}

bool retention_forget_person(const struct act *act, int64_t id, struct err *e)
{
	struct walk w = { .act = act, .id = id };
	return walk_person(&w, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE person SET iin = '-' || id, family = '№ ' || id, given = '',"
		       " patronymic = '', sort_key = '', search = '', position_kk = '',"
		       " position_ru = '', under_attestation = 0 WHERE id = $1",
		       db_int(id));
}

/* ---- how much it is -------------------------------------------------------------------------- */

const char *const retention_groups[] = {
	"applications", "tests", "answers", "results",    "votes",  "commission", "lists",
	"notices",      "files", "records", "record_mib", "access", "letters",    NULL,
};

bool retention_count(const struct act *act, int64_t competition_id, int64_t person_id, json_t *ret,
		     struct err *e)
{
	struct walk w = { .act = act,
			  .id = competition_id > 0 ? competition_id : person_id,
			  .counts = ret };
	return competition_id > 0 ? walk_competition(&w, e) : walk_person(&w, e);
}

#include "app/evidence/row_state.h"

#include "app/evidence/row_seal.h"

#include <stdlib.h>
#include <string.h>

struct part {
	const char *thing, *table, *sql;
	bool (*add)(const struct act *act, int64_t id, crypto_hash_sha256_state *hash,
		    struct err *e);
};

/* SQL is a literal, so each table has a function of its own. */
#define PART(thing, table, sql)                                                                    \
	static const char thing##_##table##_sql[] = sql;                                           \
	static bool thing##_##table(const struct act *act, int64_t id,                             \
				    crypto_hash_sha256_state *hash, struct err *e)                 \
	{                                                                                          \
		return db_each(act->db, e, row_hash_add, hash, sql, db_int(id));                   \
	}
/* The same, as far as an instant: what came later has entries of another thing. */
#define PART_UNTIL(thing, table, sql)                                                              \
	static const char thing##_##table##_sql[] = sql;                                           \
	static bool thing##_##table(const struct act *act, int64_t id,                             \
				    crypto_hash_sha256_state *hash, struct err *e)                 \
	{                                                                                          \
		return db_each(act->db, e, row_hash_add, hash, sql, db_int(id),                    \
			       db_int(act->now_ms));                                               \
	}
#define OF(thing, table, key, columns, order)                                                      \
	PART(thing, table, "SELECT " columns " FROM " #table " WHERE " key " = $1 ORDER BY " order)

/* ---- an application (F13 to F21) ------------------------------------------------------------- */

#define OF_APPLICATION(table, columns, order)                                                      \
	OF(application, table, "application_id", columns, order)

OF(application, application, "id",
   "id, competition_id, person_id, state, organ, place_kind, position, phone, education,"
   " education_note, test_language, created_ms, sent_ms, receipt",
   "id")
OF_APPLICATION(application_event, "id, kind, note, by_id, at_ms", "id")
OF_APPLICATION(service_fact,
	       "id, kind, leadership, category, organisation, position, from_day, to_day", "id")
OF_APPLICATION(document,
	       "id, kind, blob_hash, file_name, signatory, signatory_position, signed_day,"
	       " added_by, added_ms, replaced_ms",
	       "id")
OF_APPLICATION(completeness_check, "id, complete, note, by_id, at_ms", "id")
OF_APPLICATION(qualification_finding, "id, condition, verdict, source, note, by_id, at_ms", "id")
OF_APPLICATION(qualification_decision,
	       "id, outcome, reason, by_id, at_ms, answer, answer_note, answered_by, answered_ms",
	       "id")
OF_APPLICATION(security_information, "id, number, day, content, blob_hash, file_name, by_id, at_ms",
	       "id")
OF_APPLICATION(study, "id, kind, outcome, number, day, note, blob_hash, file_name, by_id, at_ms",
	       "id")
OF_APPLICATION(rating, "id, value, number, day, issuer, blob_hash, file_name, by_id, at_ms", "id")
OF_APPLICATION(intake,
	       "body, number, day, by_body, entered_by, entered_ms, confirmed_by, confirmed_ms",
	       "application_id")
OF_APPLICATION(opinion, "id, member_id, text, at_ms", "id")
OF_APPLICATION(conflict, "id, member_id, reason, at_ms", "id")
OF_APPLICATION(conflict_error, "id, member_id, declared, declared_ms, reason, by_id, at_ms", "id")
OF_APPLICATION(interview_question, "id, number, version, asked_by, question, answer, by_id, at_ms",
	       "id")
OF_APPLICATION(dossier_release, "by_id, at_ms", "id")
OF_APPLICATION(complaint,
	       "id, number, text, state, opened_by, opened_ms, outcome, answer, answered_by,"
	       " answered_ms",
	       "id")
PART(application, complaint_record,
     "SELECT r.id, r.complaint_id, r.kind, r.subject, r.content, r.hash, r.cited"
     "  FROM complaint_record r JOIN complaint c ON c.id = r.complaint_id"
     " WHERE c.application_id = $1 ORDER BY r.id")
PART(application, result_version,
     "SELECT v.attempt_id, v.number, v.correct, v.asked, v.pass_mark, v.positive, v.points,"
     " v.answers_hash, v.correction_id, v.at_ms, v.replaces, v.for_all, v.stage, v.noted_by,"
     " v.noted_ms, v.note FROM result_version v JOIN attempt t ON t.id = v.attempt_id"
     " WHERE t.application_id = $1 ORDER BY v.attempt_id, v.number")
PART(application, result_version_act,
     "SELECT v.attempt_id, v.number, v.act, v.correct, v.asked FROM result_version_act v"
     " JOIN attempt t ON t.id = v.attempt_id"
     " WHERE t.application_id = $1 ORDER BY v.attempt_id, v.number, v.act")
OF_APPLICATION(restricted_opening, "id, person_id, what, reason, words, at_ms, until_ms", "id")
OF_APPLICATION(restricted_view, "id, person_id, opening_id, what, at_ms", "id")

/* ---- a person: who may what, and with what he proves that he is it --------------------------- */

#define OF_PERSON(table, columns, order) OF(person, table, "person_id", columns, order)

OF(person, person, "id",
   "id, iin, family, given, patronymic, organ, position_kk, position_ru, under_attestation,"
   " added_ms",
   "id")
OF_PERSON(account, "password, temporary", "person_id")
OF_PERSON(role_grant, "id, role, organ, granted_by, granted_ms, revoked_ms", "id")
OF_PERSON(access_request,
	  "id, kind, role, organ, reason, asked_by, asked_ms, state, answered_by, answered_ms",
	  "id")
OF_PERSON(passkey, "id, credential, algorithm, public_key, name, made_ms, removed_ms", "id")
PART(person, totp,
     "SELECT secret, made_ms, confirmed_ms FROM totp WHERE person_id = $1"
     " AND confirmed_ms IS NOT NULL")
OF_PERSON(acquaintance, "rule_set, read_ms, acknowledged_ms", "rule_set")
OF_PERSON(keeper_key, "public_key, made_ms", "person_id")

/* ---- a competition and its commission -------------------------------------------------------- */

OF(competition, competition, "id",
   "id, route, previous_id, organ, post, category, vacancies, demonstration, filing_days,"
   " draft_kk, draft_ru, state, created_by, created_ms, rule_set, qualification, announced_ms,"
   " filing_last, closed_ms, closed_by",
   "id")
OF(competition, announcement, "competition_id",
   "id, version, text_kk, text_ru, reason_kk, reason_ru, hash, published_by, published_ms", "id")
OF(competition, commission, "competition_id", "id, order_number, order_day, created_by, created_ms",
   "id")
OF(commission, commission, "id",
   "id, competition_id, order_number, order_day, state, created_by, created_ms, appointed_ms", "id")
OF(commission, commission_member, "commission_id", "id, person_id, role, kind, employee, left_ms",
   "id")
OF(commission, commission_order, "commission_id",
   "id, number, day, blob_hash, file_name, state, by_id, at_ms, in_force_ms", "id")
PART(commission, commission_change,
     "SELECT c.id, c.order_id, c.what, c.person_id, c.role, c.kind, c.employee"
     "  FROM commission_change c JOIN commission_order o ON o.id = c.order_id"
     " WHERE o.commission_id = $1 ORDER BY c.id")
OF(interview, interview, "id",
   "id, competition_id, day, start_ms, place, state, planned_by, planned_ms, started_ms,"
   " closed_ms, ordering",
   "id")
OF(sitting, sitting_given, "sitting_id",
   "id, node_id, state, package_hash, given_by, given_ms, ended_by, ended_second, ended_ms,"
   " reason, segment_hash",
   "id")
OF(sitting, sitting_act, "sitting_id",
   "id, attempt_id, kind, number, text, seat_log, state, by_id, at_ms, answered_by,"
   " answered_ms, answer",
   "id")

/* ---- what is asked and taken down about candidates ------------------------------------------- */

OF(security_list, security_list, "id", "id, competition_id, number, sent_by, sent_ms", "id")
OF(security_list, security_list_entry, "list_id", "application_id", "application_id")
OF(body_request, body_request, "id",
   "id, competition_id, body, kind, number, reason, due, sent_by, sent_ms", "id")
PART(body_request, body_request_entry,
     "SELECT id, application_id, kind, text, CASE WHEN kind = 'information' THEN answered_by END,"
     " CASE WHEN kind = 'information' THEN answered_ms END"
     "  FROM body_request_entry WHERE request_id = $1 ORDER BY id")
OF(notice, notice, "id",
   "id, person_id, kind, competition_id, content, created_ms, served_ms, acknowledged_ms", "id")
OF(notice, notice_paper, "notice_id", "number, day, by_id, at_ms", "notice_id")
OF(destruction_act, destruction_act, "id",
   "id, competition_id, person_id, number, kept_until, by_id, second_id, at_ms, last_seq,"
   " seat_events, entries",
   "id")
OF(destruction_proposal, destruction_proposal, "id",
   "id, competition_id, person_id, number, day, reason, contents, last_seq, asked_by, asked_ms,"
   " state, answered_by, answered_ms, answer, act_id",
   "id")

/* ---- questions (F22 to F25, F28, F62, F63) --------------------------------------------------- */

PART_UNTIL(question, bank_revision,
	   "SELECT r.number, r.item_id, r.author_id, r.at_ms, i.code, i.act, i.article, i.text_day,"
	   " i.answer, i.options, i.hash FROM bank_revision r JOIN item i ON i.id = r.item_id"
	   " WHERE r.bank_item_id = $1 AND r.at_ms <= $2 ORDER BY r.number")
OF(question, bank_sign, "bank_item_id", "id, revision, part, person_id, verdict, at_ms", "id")
OF(challenge, challenge, "id",
   "id, attempt_id, number, item_id, grounds, basis, paper, filed_day, state, by_id, at_ms,"
   " second_id, ended_ms, finding_id",
   "id")
OF(finding, finding, "id",
   "id, item_id, kind, answer, article, reasons, state, by_id, at_ms, answered_by, answered_ms,"
   " answer_note",
   "id")
OF(finding, key_correction, "finding_id",
   "id, item_id, kind, old_answer, answer, new_item_id, had, changed, at_ms", "id")
OF(bank_key, bank_key, "id", "id, public_key, fingerprint, made_by, made_ms", "id")
OF(bank_key, bank_share, "bank_key_id", "number, keeper_id, mark", "number")
OF(opening, bank_opening, "id",
   "id, bank_key_id, purpose, sitting_id, reason, asked_by, asked_ms, hours, until_ms, opened_ms,"
   " ended_ms, ended",
   "id")
OF(opening, bank_opening_share, "opening_id", "number, person_id, paper, at_ms", "number")
OF(bank_export, bank_export, "id",
   "id, by_id, format, act, state, reason, asked_ms, agreed_id, agreed_ms", "id")
OF(paper_form, paper_form, "id",
   "id, by_id, act, reason, seed, bank_hash, form_hash, made_ms, agreed_id, agreed_ms", "id")
OF(act_change, act_change, "id", "id, act, articles, text_day, document, held, by_id, at_ms", "id")

/* ---- the installation ------------------------------------------------------------------------ */

OF(calendar_change, calendar_change, "id",
   "id, kind, day, other_day, order_number, order_day, by_id, at_ms, withdrawn_order,"
   " withdrawn_by, withdrawn_ms",
   "id")
OF(hall, hall, "id", "id, organ, kind, name_kk, name_ru, seats", "id")
OF(hall, hall_closing, "hall_id", "id, reason, closed_by, closed_ms, reopened_by, reopened_ms",
   "id")
OF(hall, hall_node, "hall_id", "id, party, added_by, added_ms, removed_by, removed_ms", "id")
OF(hall, seat_key, "hall_id",
   "id, seat, kind, fingerprint, public_key, enrolled_by, enrolled_ms, revoked_ms", "id")
OF(trust, trust_certificate, "id",
   "id, kind, state, fingerprint, subject, issuer, serial, not_before_ms, not_after_ms, reason,"
   " asked_by, asked_ms, answered_by, answered_ms",
   "id")
OF(witness, witness, "id", "id, name, vkey, holder, proposed_by, proposed_ms", "id")
OF(witness, witness_step, "witness_id", "id, step, reason, by_id, at_ms", "id")
OF(log_alarm, log_alarm, "id", "id, kind, witness_id, size, root, note, by_id, at_ms", "id")
OF(scan, scan, "id", "id, blob_hash, verdict, found, engine, signatures, at_ms", "id")
OF(scan_service, scan_service, "id", "id, required", "id")

#define ROW(thing, table)                                                                          \
	{                                                                                          \
#thing, #table, thing##_##table##_sql, thing##_##table                             \
	}

static const struct part parts[] = {
	ROW(application, application),
	ROW(application, application_event),
	ROW(application, service_fact),
	ROW(application, document),
	ROW(application, completeness_check),
	ROW(application, qualification_finding),
	ROW(application, qualification_decision),
	ROW(application, security_information),
	ROW(application, study),
	ROW(application, rating),
	ROW(application, intake),
	ROW(application, opinion),
	ROW(application, conflict),
	ROW(application, conflict_error),
	ROW(application, interview_question),
	ROW(application, dossier_release),
	ROW(application, complaint),
	ROW(application, complaint_record),
	ROW(application, result_version),
	ROW(application, result_version_act),
	ROW(application, restricted_opening),
	ROW(application, restricted_view),
	ROW(person, person),
	ROW(person, account),
	ROW(person, role_grant),
	ROW(person, access_request),
	ROW(person, passkey),
	ROW(person, totp),
	ROW(person, acquaintance),
	ROW(person, keeper_key),
	ROW(competition, competition),
	ROW(competition, announcement),
	ROW(competition, commission),
	ROW(commission, commission),
	ROW(commission, commission_member),
	ROW(commission, commission_order),
	ROW(commission, commission_change),
	ROW(interview, interview),
	ROW(sitting, sitting_act),
	ROW(sitting, sitting_given),
	ROW(security_list, security_list),
	ROW(security_list, security_list_entry),
	ROW(body_request, body_request),
	ROW(body_request, body_request_entry),
	ROW(notice, notice),
	ROW(notice, notice_paper),
	ROW(destruction_act, destruction_act),
	ROW(destruction_proposal, destruction_proposal),
	ROW(question, bank_revision),
	ROW(question, bank_sign),
	ROW(challenge, challenge),
	ROW(finding, finding),
	ROW(finding, key_correction),
	ROW(bank_key, bank_key),
	ROW(bank_key, bank_share),
	ROW(opening, bank_opening),
	ROW(opening, bank_opening_share),
	ROW(bank_export, bank_export),
	ROW(paper_form, paper_form),
	ROW(act_change, act_change),
	ROW(calendar_change, calendar_change),
	ROW(hall, hall),
	ROW(hall, hall_closing),
	ROW(hall, hall_node),
	ROW(hall, seat_key),
	ROW(trust, trust_certificate),
	ROW(witness, witness),
	ROW(witness, witness_step),
	ROW(log_alarm, log_alarm),
	ROW(scan, scan),
	ROW(scan_service, scan_service),
};

const char *row_state_table(size_t n, const char **ret_thing, const char **ret_sql)
{
	if (n >= COUNT(parts))
		return NULL;
	*ret_thing = parts[n].thing;
	*ret_sql = parts[n].sql;
	return parts[n].table;
}

/* ---- states ---------------------------------------------------------------------------------- */

/* 12 of "application/12" if that is a thing of this name, else 0. */
static int64_t number_in(const char *subject, const char *thing)
{
	const size_t size = strlen(thing);
	return strncmp(subject, thing, size) == 0 && subject[size] == '/'
		       ? strtoll(subject + size + 1, NULL, 10)
		       : 0;
}

bool row_state_of(const char *kind, const char *subject)
{
	if (strcmp(kind, "test.answer") == 0 || strcmp(kind, "test.result") == 0)
		return false;
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (number_in(subject, parts[i].thing) > 0)
			return true;
	}
	return false;
}

/* NULL `*ret`: the table has no row of the thing. */
static bool hash_part(const struct act *act, const struct part *part, int64_t id, const char **ret,
		      struct err *e)
{
	crypto_hash_sha256_state empty;
	crypto_hash_sha256_state hash;
	crypto_hash_sha256_init(&empty);
	crypto_hash_sha256_init(&hash);
	if (!part->add(act, id, &hash, e))
		return false;
	const char *none = row_hash_end(act->arena, &empty);
	*ret = row_hash_end(act->arena, &hash);
	if (strcmp(*ret, none) == 0)
		*ret = NULL;
	return true;
}

bool row_state(const struct act *act, const char *subject, json_t **ret, struct err *e)
{
	json_t *state = json_object();
	for (size_t i = 0; i < COUNT(parts); i++) {
		const int64_t id = number_in(subject, parts[i].thing);
		const char *hash = NULL;
		if (id == 0)
			continue;
		if (!hash_part(act, &parts[i], id, &hash, e)) {
			json_decref(state);
			return false;
		}
		if (hash)
			(void)json_object_set_new(state, parts[i].table, json_string(hash));
	}
	*ret = state;
	return true;
}

bool row_state_differs(const struct act *act, const char *subject, const json_t *state,
		       const char **ret, struct err *e)
{
	json_t *now = NULL;
	*ret = "";
	if (!row_state(act, subject, &now, e))
		return false;
	for (size_t i = 0; i < COUNT(parts) && !**ret; i++) {
		if (number_in(subject, parts[i].thing) > 0 &&
		    strcmp(row_text(now, parts[i].table), row_text(state, parts[i].table)) != 0)
			*ret = parts[i].table;
	}
	json_decref(now);
	return true;
}

/* ---- rows that nothing tells of -------------------------------------------------------------- */

json_t *row_state_untold(const struct act *act, struct err *e)
{
	return db_rows(act->db, act->arena, e,
		       "SELECT t.subject FROM ("
		       " SELECT 'application/' || id AS subject FROM application"
		       " UNION ALL SELECT 'person/' || id FROM person"
		       " UNION ALL SELECT 'competition/' || id FROM competition"
		       " UNION ALL SELECT 'interview/' || id FROM interview"
		       " UNION ALL SELECT 'security_list/' || id FROM security_list"
		       " UNION ALL SELECT 'body_request/' || id FROM body_request"
		       " UNION ALL SELECT 'destruction_act/' || id FROM destruction_act"
		       " UNION ALL SELECT 'destruction_proposal/' || id FROM destruction_proposal"
		       " UNION ALL SELECT 'challenge/' || id FROM challenge"
		       " UNION ALL SELECT 'finding/' || id FROM finding"
		       " UNION ALL SELECT 'bank_key/' || id FROM bank_key"
		       " UNION ALL SELECT 'opening/' || id FROM bank_opening"
		       " UNION ALL SELECT 'bank_export/' || id FROM bank_export"
		       " UNION ALL SELECT 'calendar_change/' || id FROM calendar_change"
		       " UNION ALL SELECT 'hall/' || id FROM hall"
		       " UNION ALL SELECT 'trust/' || id FROM trust_certificate"
		       " UNION ALL SELECT 'witness/' || id FROM witness"
		       " UNION ALL SELECT 'scan/' || id FROM scan WHERE at_ms IS NOT NULL"
		       " UNION ALL SELECT 'scan_service/' || id FROM scan_service"
		       ") t WHERE NOT EXISTS (SELECT 1 FROM journal_entry j"
		       " WHERE j.subject = t.subject AND j.kind <> 'test.answer')");
}

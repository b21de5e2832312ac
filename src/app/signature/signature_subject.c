/* What can be signed, by whom, and the hash that stands for it. */
#include "app/candidate/intake.h"

#include "app/candidate/candidate.h"
#include "app/file.h"
#include "app/signature/signature.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char *sha256_of(const struct act *act, const void *bytes, size_t size)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	(void)crypto_hash_sha256(hash, bytes, size);
	return act_hex(act->arena, hash, sizeof(hash));
}

/* The hash of an object as canonical text; takes it over. */
static const char *sha256_of_json(const struct act *act, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	const char *hash = text ? sha256_of(act, text, strlen(text)) : NULL;
	free(text);
	json_decref(object);
	return hash;
}

static bool nothing(struct err *e)
{
	return err_set(e, ERR_MISSING, "error.missing", "nothing to be signed");
}

/* Where it belongs; the row has both, but minutes are of no one application. */
static void place(struct signature_subject *s, const json_t *row)
{
	s->competition_id = row_number(row, "competition_id");
	s->application_id = row_number(row, "application_id");
}

/* What one person alone may sign, with a key in his own name: the row says who. */
static void place_own(const struct act *act, struct signature_subject *s, const json_t *row)
{
	place(s, row);
	s->own = true;
	s->may_sign = row_number(row, "person_id") == act->person_id;
}

/* ---- one function a kind --------------------------------------------------------------------- */

/* The receipt is a hash of all that was sent, and what was sent stands in the journal (F15). */
static bool of_application(const struct act *act, struct signature_subject *s, struct err *e)
{
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT id AS application_id, person_id, competition_id, receipt,"
		       " sent_ms"
		       "  FROM application WHERE id = $1 AND state = 'sent'",
		       db_int(s->id));
	if (!row)
		return false;
	place_own(act, s, row);
	s->sha256 = sha256_of_json(act, json_pack("{s:I,s:s,s:I}", "application", (json_int_t)s->id,
						  "receipt", row_text(row, "receipt"), "sent",
						  (json_int_t)row_number(row, "sent_ms")));
	return true;
}

/* Whoever enters papers for a candidate brings their signatures, too (F17): HR of the organ, or the
 * body that has entered the referral. */
static bool may_bring(const struct act *act, const json_t *row, bool *ret, struct err *e)
{
	bool writes = false;
	bool hr = false;
	if (!intake_may_write(act, row_number(row, "application_id"), &writes, e) ||
	    !act_holds(act, ROLE_NAME_HR, row_text(row, "organ"), &hr, e))
		return false;
	const bool own = row_number(row, "person_id") == act->person_id;
	*ret = own || writes || hr;
	return own || candidate_require_other(act, THING_APPLICATION,
					      row_number(row, "application_id"), e);
}

/* R10-1: certificate of results, recommendation letter, service list. */
static bool of_paper(const struct act *act, struct signature_subject *s, struct err *e)
{
	const json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT d.application_id, d.signatory, d.blob_hash, a.competition_id, "
		       "a.person_id, p.iin,"
		       " c.organ"
		       "  FROM document d JOIN application a ON a.id = d.application_id"
		       "  JOIN person p ON p.id = a.person_id JOIN competition c ON c.id = "
		       "a.competition_id"
		       " WHERE d.id = $1 AND d.replaced_ms IS NULL",
		       db_int(s->id));
	if (!row || !file_sha256(act, row_text(row, "blob_hash"), &s->sha256, e) ||
	    !may_bring(act, row, &s->may_sign, e))
		return false;
	place(s, row);
	s->not_iin = row_text(row, "iin");
	s->signatory = row_text(row, "signatory");
	s->organ = row_text(row, "organ");
	return true;
}

static bool of_security(const struct act *act, struct signature_subject *s, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT i.application_id, i.number, i.day, i.content,"
				   " i.by_id AS person_id,"
				   " COALESCE(i.blob_hash, '') AS file, a.competition_id"
				   "  FROM security_information i"
				   "  JOIN application a ON a.id = i.application_id"
				   " WHERE i.id = $1",
				   db_int(s->id));
	if (!row)
		return false;
	place_own(act, s, row);
	s->sha256 = sha256_of_json(
		act, json_pack("{s:I,s:s,s:I,s:s,s:s}", "application",
			       (json_int_t)s->application_id, "content", row_text(row, "content"),
			       "day", (json_int_t)row_number(row, "day"), "file",
			       row_text(row, "file"), "number", row_text(row, "number")));
	return true;
}

/* F82 */
static bool of_ballot(const struct act *act, struct signature_subject *s, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT b.application_id, b.member_id, b.choice, b.at_ms,"
				   " m.person_id, a.competition_id FROM ballot b"
				   "  JOIN commission_member m ON m.id = b.member_id"
				   "  JOIN application a ON a.id = b.application_id"
				   " WHERE b.id = $1",
				   db_int(s->id));
	if (!row)
		return false;
	place_own(act, s, row);
	s->sha256 = sha256_of_json(act, json_pack("{s:I,s:s,s:I,s:I}", "application",
						  (json_int_t)s->application_id, "choice",
						  row_text(row, "choice"), "instant",
						  (json_int_t)row_number(row, "at_ms"), "member",
						  (json_int_t)row_number(row, "member_id")));
	return true;
}

/* Whoever signs them in the account may sign them with a key. */
static bool of_minutes(const struct act *act, struct signature_subject *s, struct err *e)
{
	const json_t *row = db_row(act->db, act->arena, e,
				   "SELECT COALESCE(n.hash, '') AS hash, i.competition_id"
				   "  FROM minutes n JOIN interview i ON i.id = n.interview_id"
				   " WHERE n.interview_id = $1",
				   db_int(s->id));
	if (!row || !db_exists(act->db, e, &s->may_sign,
			       "SELECT 1 FROM minutes_signature x"
			       "  JOIN commission_member m ON m.id = x.member_id"
			       " WHERE x.interview_id = $1 AND m.person_id = $2",
			       db_int(s->id), db_int(act->person_id)))
		return false;
	if (!*row_text(row, "hash"))
		return nothing(e);
	place(s, row);
	s->own = true;
	s->sha256 = row_text(row, "hash");
	return true;
}

/* ---- all of them --------------------------------------------------------------------------- */

static const struct {
	const char *kind;
	bool (*load)(const struct act *act, struct signature_subject *s, struct err *e);
} kinds[] = {
	{ SIGNATURE_APPLICATION, of_application }, { SIGNATURE_PAPER, of_paper },
	{ SIGNATURE_SECURITY, of_security },       { SIGNATURE_BALLOT, of_ballot },
	{ SIGNATURE_MINUTES, of_minutes },
};

const char *signature_text_of(struct arena *a, const char *kind, int64_t id, const char *sha256)
{
	return arena_print(a, "{\"document\":\"%s/%lld\",\"format\":\"%s\",\"sha256\":\"%s\"}",
			   kind, (long long)id, SIGNATURE_FORMAT, sha256);
}

static bool add_text(const struct act *act, struct signature_subject *s, struct err *e)
{
	if (!s->sha256)
		return err_set(e, ERR_SYSTEM, "error.system", "a record that is no text");
	s->text = signature_text_of(act->arena, s->kind, s->id, s->sha256);
	return true;
}

bool signature_subject(const struct act *act, const char *kind, int64_t id,
		       struct signature_subject *ret, struct err *e)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct signature_subject s = { .kind = kinds[i].kind, .id = id };
		if (strcmp(kind, kinds[i].kind) != 0)
			continue;
		if (!kinds[i].load(act, &s, e) || !add_text(act, &s, e))
			return false;
		if (s.own && act->person_id != 0 &&
		    !db_string(act->db, act->arena, e, &s.iin,
			       "SELECT iin FROM person WHERE id = $1", db_int(act->person_id)))
			return false;
		*ret = s;
		return true;
	}
	return nothing(e);
}

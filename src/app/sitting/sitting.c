#include "app/sitting/sitting.h"

#include "app/bank/vault_opening.h"
#include "app/candidate/candidate.h"
#include "app/evidence/checkpoint.h"
#include "app/evidence/row_seal.h"
#include "app/notice/tell.h"
#include "app/sitting/attempt.h"
#include "app/sitting/hall.h"
#include "app/sitting/record.h"
#include "app/video/room.h"
#include "exam/draw.h"
#include "law/sitting.h"

#include <sodium.h>
#include <string.h>

bool sitting_load(const struct act *act, int64_t id, struct sitting *ret, struct err *e)
{
	json_t *row = db_row(
		act->db, act->arena, e,
		"SELECT s.competition_id, s.hall_id, s.state, s.recording, s.minutes,"
		" s.record, s.binding, s.round, s.forms_most, s.started_ms, s.names_asked_by,"
		" s.names_ms, h.organ, h.kind, h.seats FROM sitting s"
		" JOIN hall h ON h.id = s.hall_id WHERE s.id = $1",
		db_int(id));
	if (!row)
		return false;
	struct sitting s = {
		.id = id,
		.hall_id = row_number(row, "hall_id"),
		.seats = row_number(row, "seats"),
		.minutes = row_number(row, "minutes"),
		.state = row_text(row, "state"),
		.round = row_number(row, "round"),
		.forms_most = row_number(row, "forms_most"),
		.started_ms = row_number(row, "started_ms"),
		.names_asked_by = row_number(row, "names_asked_by"),
		.names_ms = row_number(row, "names_ms"),
		.recording = row_text(row, "recording"),
		.binding = row_text(row, "binding"),
		.record = row_text(row, "record"),
		.hall_organ = row_text(row, "organ"),
		.hall_kind = row_text(row, "kind"),
	};
	if (!competition_load(act, row_number(row, "competition_id"), &s.competition, e))
		return false;
	*ret = s;
	return true;
}

bool sitting_load_operator(const struct act *act, int64_t id, struct sitting *ret, struct err *e)
{
	return sitting_load(act, id, ret, e) &&
	       act_require(act, ROLE_NAME_OPERATOR, ret->hall_organ, e) &&
	       candidate_require_other(act, THING_SITTING, id, e) &&
	       sitting_require_here(ret->state, e);
}

bool sitting_require_here(const char *state, struct err *e)
{
	return strcmp(state, "given") != 0 || err_set(e, ERR_CONFLICT, "sitting.error.given",
						      "it is at a hall node, or was there");
}

bool sitting_note(const struct act *act, const struct sitting *s, const char *kind, json_t *content,
		  struct err *e)
{
	return act_journal(act, kind, s->competition.id, act_subject(act, "sitting", s->id),
			   content, e);
}

/* F43, F44 */
bool sitting_require_second(const struct act *act, const struct sitting *s, int64_t second,
			    struct err *e)
{
	struct act other = *act;
	bool competes = false;
	bool may = false;
	other.person_id = second;
	other.as_candidate = false;
	if (second <= 0 || second == act->person_id)
		return err_input(e, "second", "sitting.error.second", "the same person");
	if (!act_holds(&other, ROLE_NAME_OPERATOR, s->hall_organ, &may, e) ||
	    (!may && !act_holds(&other, ROLE_NAME_HR, s->hall_organ, &may, e)) ||
	    (!may && !act_holds(&other, ROLE_NAME_HR, s->competition.organ, &may, e)) ||
	    !candidate_competes(&other, THING_SITTING, s->id, &competes, e))
		return false;
	if (!may)
		return err_input(e, "second", "sitting.error.second", "not an official of these");
	return !competes || err_input(e, "second", "sitting.error.second_competes", "a candidate");
}

bool sitting_agree(const struct act *act, const struct sitting *s, const struct second *second,
		   struct agreed *ret, struct err *e)
{
	return sitting_require_second(act, s, second->person_id, e) &&
	       second_agree(act, second, ret, e);
}

void sitting_secret(unsigned char secret[SITTING_SECRET_SIZE],
		    unsigned char commitment[COMMITMENT_SIZE])
{
	randombytes_buf(secret, SITTING_SECRET_SIZE);
	draw_commitment(secret, commitment);
}

/* ---- opening, checking in --------------------------------------------------------------- */

static bool insert_sitting(const struct act *act, const struct sitting_plan *plan,
			   const struct competition *c, const char *record,
			   const unsigned char *secret, const unsigned char *commitment,
			   int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO sitting (competition_id, hall_id, planned_ms, state,"
			 " forms_most, binding, recording, minutes, opened_by, opened_ms, round,"
			 " commitment, secret, record)"
			 " VALUES ($1, $2, $3, 'open', $4, $5, '', $6, $7, $8, 1, $9, $10, $11)"
			 " RETURNING id",
			 db_int(plan->competition_id), db_int(plan->hall_id),
			 db_int(plan->planned_ms), db_int(plan->forms_most), db_text(plan->binding),
			 db_int(rule_set_value(c->rules, PARAM_TEST_MINUTES)),
			 db_int(act->person_id), db_int(act->now_ms),
			 db_blob(commitment, COMMITMENT_SIZE), db_blob(secret, SITTING_SECRET_SIZE),
			 db_text(record));
}

/* R28-1: the competition, whose law says where it may be tested, and the hall. */
static bool load_places(const struct act *act, const struct sitting_plan *plan,
			struct competition *ret, int64_t *ret_seats, struct err *e)
{
	struct hall_row hall = { 0 };
	if (!hall_load(act, plan->hall_id, &hall, e) ||
	    !competition_load(act, plan->competition_id, ret, e) ||
	    !act_require(act, ROLE_NAME_OPERATOR, hall.organ, e))
		return false;
	if (strcmp(ret->state, "announced") != 0)
		return err_input(e, "competition", "sitting.error.competition", "not announced");
	if (!sitting_require_hall(ret->rules, hall.kind, e))
		return err_field(e, "hall");
	*ret_seats = hall.seats;
	return !hall.closed || err_input(e, "hall", "sitting.error.hall_closed", "a closed hall");
}

/* R28-1, F33 */
bool sitting_open(const struct act *act, const struct sitting_plan *plan, int64_t *ret_id,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	unsigned char secret[SITTING_SECRET_SIZE];
	unsigned char commitment[COMMITMENT_SIZE];
	char hex[COMMITMENT_SIZE * 2 + 1];
	const char *record = "";
	int64_t seats = 0;
	int64_t id = 0;
	if (!db_begin(act->db, &tx, e) || !load_places(act, plan, &c, &seats, e) ||
	    !sitting_record_settle(act, plan, &c, seats, &record, e))
		return false;
	sitting_secret(secret, commitment);
	sodium_bin2hex(hex, sizeof(hex), commitment, sizeof(commitment));
	if (!insert_sitting(act, plan, &c, record, secret, commitment, &id, e) ||
	    !sitting_record_open(act, id, record, plan->cameras, e) ||
	    !act_journal(act, "sitting.opened", c.id, act_subject(act, "sitting", id),
			 json_pack("{s:I,s:i,s:s,s:s,s:s}", "hall", (json_int_t)plan->hall_id,
				   "round", 1, "commitment", hex, "binding", plan->binding,
				   "record", record),
			 e) ||
	    !tell_sitting(act, &c, id, "test.called", e) || !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static bool is_open(const struct sitting *s, struct err *e)
{
	return strcmp(s->state, "open") == 0 ||
	       err_set(e, ERR_CONFLICT, "sitting.error.started", "the sitting has started");
}

/* Whoever has checked in sits there: neither its hour nor its being changes any more. */
static bool is_empty(const struct act *act, const struct sitting *s, struct err *e)
{
	bool here = false;
	if (!is_open(s, e) ||
	    !db_exists(act->db, e, &here, "SELECT 1 FROM attempt WHERE sitting_id = $1",
		       db_int(s->id)))
		return false;
	return !here ||
	       err_set(e, ERR_CONFLICT, "sitting.error.checked_in", "somebody has checked in");
}

static bool may_postpone(const struct act *act, const struct sitting *s, int64_t planned_ms,
			 int64_t *ret_before, struct err *e)
{
	if (!is_empty(act, s, e) ||
	    !db_number(act->db, e, ret_before, "SELECT planned_ms FROM sitting WHERE id = $1",
		       db_int(s->id)))
		return false;
	return (planned_ms > act->now_ms && planned_ms != *ret_before) ||
	       err_input(e, "planned", "sitting.error.moment", "not ahead, or the same");
}

bool sitting_postpone(const struct act *act, int64_t id, int64_t planned_ms, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	int64_t before = 0;
	return db_begin(act->db, &tx, e) && sitting_load_operator(act, id, &s, e) &&
	       may_postpone(act, &s, planned_ms, &before, e) &&
	       db_exec(act->db, e, NULL, "UPDATE sitting SET planned_ms = $1 WHERE id = $2",
		       db_int(planned_ms), db_int(id)) &&
	       sitting_note(act, &s, "sitting.postponed",
			    json_pack("{s:I,s:I}", "before", (json_int_t)before, "after",
				      (json_int_t)planned_ms),
			    e) &&
	       tell_sitting(act, &s.competition, id, "test.moved", e) && db_commit(&tx, e);
}

bool sitting_cancel(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!*reason)
		return err_input(e, "reason", "sitting.error.reason", "no reason given");
	return db_begin(act->db, &tx, e) && sitting_load_operator(act, id, &s, e) &&
	       is_empty(act, &s, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'cancelled', closed_ms = $1,"
		       " cancelled_reason = $2 WHERE id = $3",
		       db_int(act->now_ms), db_text(reason), db_int(id)) &&
	       vault_done(act, id, "cancelled", e) && video_room_leave(act, id, 0, e) &&
	       sitting_note(act, &s, "sitting.cancelled", json_pack("{s:s}", "reason", reason),
			    e) &&
	       tell_sitting(act, &s.competition, id, "test.cancelled", e) && db_commit(&tx, e);
}

enum { TOKEN_KEY_SIZE = 16 };

/* R13-1, R28-2; one attempt in a competition (section 4: no repeat test). */
static bool may_sit(const struct act *act, const struct sitting *s, const struct candidate *c,
		    int64_t seat, struct err *e)
{
	bool taken = false;
	int64_t attempts = 0;
	if (c->competition.id != s->competition.id)
		return err_input(e, "application", "sitting.error.candidate",
				 "a candidate of another competition");
	if (!admission_require_studies(&c->admission, e) ||
	    !sitting_require_language(c->test_language, e) ||
	    !db_number(act->db, e, &attempts,
		       "SELECT COUNT(*) FROM attempt WHERE application_id = $1 AND void = 0",
		       db_int(c->application_id)) ||
	    !sitting_require_first(s->competition.rules, (int)attempts, e))
		return false;
	if (attempts > 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.attempt", "has an attempt already");
	if (seat < 1 || seat > s->seats)
		return err_input(e, "seat", "sitting.error.seat", "the hall has no such seat");
	if (!db_exists(act->db, e, &taken,
		       "SELECT 1 FROM attempt WHERE sitting_id = $1 AND seat = $2", db_int(s->id),
		       db_text(arena_print(act->arena, "%d", (int)seat))))
		return false;
	return !taken || err_input(e, "seat", "sitting.error.seat_taken", "the seat is taken");
}

/* F9: eight signs of an alphabet without those that look alike. */
static const char *new_code(const struct act *act)
{
	static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
	char code[9];
	for (size_t i = 0; i < sizeof(code) - 1; i++)
		code[i] = alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
	code[sizeof(code) - 1] = '\0';
	return arena_print(act->arena, "%.4s-%s", code, code + 4);
}

static bool insert_attempt(const struct act *act, int64_t sitting, const struct candidate *c,
			   const char *document_seen, int64_t seat, int64_t *ret_id, struct err *e)
{
	unsigned char token_key[TOKEN_KEY_SIZE];
	randombytes_buf(token_key, sizeof(token_key));
	return db_number(act->db, e, ret_id,
			 "INSERT INTO attempt (sitting_id, application_id, code, language,"
			 " document_seen, seat, admitted_by, admitted_ms, token_key, pen, extra_ms,"
			 " void) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, 0)"
			 " RETURNING id",
			 db_int(sitting), db_int(c->application_id), db_text(new_code(act)),
			 db_text(c->test_language), db_text(document_seen),
			 db_text(arena_print(act->arena, "%d", (int)seat)), db_int(act->person_id),
			 db_int(act->now_ms), db_blob(token_key, sizeof(token_key)));
}

bool sitting_admit(const struct act *act, int64_t id, int64_t application_id,
		   const char *document_seen, int64_t seat, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct candidate c = { 0 };
	int64_t attempt = 0;
	return db_begin(act->db, &tx, e) && sitting_load_operator(act, id, &s, e) &&
	       is_open(&s, e) && candidate_load(act, application_id, &c, e) &&
	       may_sit(act, &s, &c, seat, e) &&
	       insert_attempt(act, id, &c, document_seen, seat, &attempt, e) &&
	       sitting_record_seat(act, &s, attempt, e) &&
	       act_journal(act, "test.admitted", s.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I,s:s,s:I,s:s}", "sitting", (json_int_t)id, "document",
				     document_seen, "seat", (json_int_t)seat, "language",
				     c.test_language),
			   e) &&
	       db_commit(&tx, e);
}

/* R28-3 */
bool sitting_record(const struct act *act, int64_t id, const char *recording, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, id, &s, e))
		return false;
	if (s.started_ms != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.started", "the sitting has started");
	if (strcmp(s.record, "outside") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.recorded", "it is recorded here");
	return sitting_require_recording(s.competition.rules, recording_of(recording), e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET recording = $1, recording_by = $2 WHERE id = $3",
		       db_text(recording), db_int(act->person_id), db_int(id)) &&
	       sitting_note(act, &s, "sitting.recording",
			    json_pack("{s:s}", "recording", recording), e) &&
	       db_commit(&tx, e);
}

/* ---- the end ------------------------------------------------------------------------------ */

/* F52: fixes what the clock has ended. */
static bool settle_all(const struct act *act, int64_t id, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM attempt WHERE sitting_id = $1", db_int(id));
	json_array_foreach (rows, i, row) {
		if (!attempt_settle(act, row_number(row, "id"), e))
			return false;
	}
	return rows != NULL;
}

static bool may_close(const struct act *act, const struct sitting *s, struct err *e)
{
	bool running = false;
	bool proposed = false;
	if (!db_exists(act->db, e, &running,
		       "SELECT 1 FROM attempt WHERE sitting_id = $1 AND finished_ms IS NULL",
		       db_int(s->id)) ||
	    !db_exists(act->db, e, &proposed,
		       "SELECT 1 FROM sitting_act WHERE sitting_id = $1 AND state = 'proposed'",
		       db_int(s->id)))
		return false;
	if (running)
		return err_set(e, ERR_CONFLICT, "sitting.error.running", "somebody still writes");
	return !proposed || err_set(e, ERR_CONFLICT, "sitting.error.acts", "an act is not signed");
}

/* F33: the secret is revealed when nothing can be gained by it.  F88: what has settled with the end
 * is committed to, row by row. */
static bool reveal(const struct act *act, const struct sitting *s, struct err *e)
{
	const void *secret = NULL;
	size_t size = 0;
	if (!db_bytes(act->db, act->arena, e, &secret, &size,
		      "SELECT secret FROM sitting WHERE id = $1", db_int(s->id)))
		return false;
	json_t *rows = NULL;
	if (!row_seal(act, ROW_SEAL_SITTING, s->id, &rows, e))
		return false;
	return sitting_note(
		act, s, "sitting.closed",
		json_pack("{s:s,s:o}", "secret", act_hex(act->arena, secret, size), "rows", rows),
		e);
}

bool sitting_close(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!db_begin(act->db, &tx, e) || !sitting_load_operator(act, id, &s, e))
		return false;
	if (strcmp(s.state, "running") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_running", "not running");
	return settle_all(act, id, e) && may_close(act, &s, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'closed', closed_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       video_room_leave(act, id, 0, e) && reveal(act, &s, e) &&
	       checkpoint_make(act, CHECKPOINT_SITTING, act_subject(act, "sitting", id), e) &&
	       db_commit(&tx, e);
}

static bool may_name(const struct act *act, const struct sitting *s, struct err *e)
{
	bool may = false;
	if (!act_holds(act, ROLE_NAME_OPERATOR, s->hall_organ, &may, e) ||
	    (!may && !act_require(act, ROLE_NAME_HR, s->competition.organ, e)) ||
	    !candidate_require_other(act, THING_SITTING, s->id, e))
		return false;
	if (strcmp(s->state, "closed") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_closed", "not closed yet");
	if (s->names_ms != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.named", "opened already");
	return s->names_asked_by != act->person_id ||
	       err_set(e, ERR_CONFLICT, "sitting.error.same_person", "asked by the same person");
}

/* F9 */
bool sitting_open_names(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	if (!db_begin(act->db, &tx, e) || !sitting_load(act, id, &s, e) || !may_name(act, &s, e))
		return false;
	bool asked = s.names_asked_by != 0;
	return (asked ? db_exec(act->db, e, NULL,
				"UPDATE sitting SET names_by = $1, names_ms = $2 WHERE id = $3",
				db_int(act->person_id), db_int(act->now_ms), db_int(id))
		      : db_exec(act->db, e, NULL,
				"UPDATE sitting SET names_asked_by = $1, names_asked_ms = $2"
				" WHERE id = $3",
				db_int(act->person_id), db_int(act->now_ms), db_int(id))) &&
	       sitting_note(act, &s, asked ? "sitting.named" : "sitting.names_asked", json_object(),
			    e) &&
	       (!asked || tell_results(act, &s.competition, id, e)) && db_commit(&tx, e);
}

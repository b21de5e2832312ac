#include "app/sitting/seat.h"

#include "sign/device_key.h"

#include <string.h>

static bool fingerprint_of(const struct act *act, const struct seat_proof *proof,
			   char ret[DEVICE_FINGERPRINT_SIZE], struct err *e)
{
	if (strcmp(proof->kind, "certificate") == 0)
		return certificate_fingerprint(proof->certificate, ret) ||
		       err_input(e, "certificate", "seat.error.certificate", "no certificate");
	return (device_key_fingerprint(act->arena, proof->public_key, ret) &&
		device_key_signed(act->arena, proof->public_key, proof->challenge,
				  proof->signature)) ||
	       err_input(e, "public_key", "seat.error.key", "the key did not sign");
}

/* One computer is one seat. */
static bool is_no_other(const struct act *act, int64_t hall, const char *seat,
			const char *fingerprint, struct err *e)
{
	bool other = false;
	if (!db_exists(act->db, e, &other,
		       "SELECT 1 FROM seat_key WHERE fingerprint = $1 AND revoked_ms IS NULL"
		       " AND NOT (hall_id = $2 AND seat = $3)",
		       db_text(fingerprint), db_int(hall), db_text(seat)))
		return false;
	return !other || err_input(e, "seat", "seat.error.other", "another seat's computer");
}

static bool replace(const struct act *act, int64_t hall, const char *seat,
		    const struct seat_proof *proof, const char *fingerprint, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE seat_key SET revoked_ms = $1 WHERE hall_id = $2 AND seat = $3"
		       " AND kind = $4 AND revoked_ms IS NULL",
		       db_int(act->now_ms), db_int(hall), db_text(seat), db_text(proof->kind)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO seat_key (hall_id, seat, kind, fingerprint, public_key,"
		       " enrolled_by, enrolled_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(hall), db_text(seat), db_text(proof->kind), db_text(fingerprint),
		       db_text(proof->public_key), db_int(act->person_id), db_int(act->now_ms));
}

bool seat_enrol(const struct act *act, int64_t hall, int64_t seat, const struct seat_proof *proof,
		struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	char fingerprint[DEVICE_FINGERPRINT_SIZE] = "";
	const char *place = arena_print(act->arena, "%d", (int)seat);
	json_t *row = db_row(act->db, act->arena, e, "SELECT organ, seats FROM hall WHERE id = $1",
			     db_int(hall));
	if (!row || !db_begin(act->db, &tx, e) ||
	    !act_require(act, ROLE_NAME_OPERATOR, row_text(row, "organ"), e))
		return false;
	if (seat < 1 || seat > row_number(row, "seats"))
		return err_input(e, "seat", "seat.error.number", "the hall has no such seat");
	return fingerprint_of(act, proof, fingerprint, e) &&
	       is_no_other(act, hall, place, fingerprint, e) &&
	       replace(act, hall, place, proof, fingerprint, e) &&
	       act_journal(act, "seat.enrolled", 0, act_subject(act, "hall", hall),
			   json_pack("{s:I,s:s,s:s}", "seat", (json_int_t)seat, "kind", proof->kind,
				     "fingerprint", fingerprint),
			   e) &&
	       db_commit(&tx, e);
}

bool seat_revoke(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT k.hall_id, k.seat, h.organ FROM seat_key k"
			     " JOIN hall h ON h.id = k.hall_id WHERE k.id = $1"
			     " AND k.revoked_ms IS NULL",
			     db_int(id));
	return row && act_require(act, ROLE_NAME_OPERATOR, row_text(row, "organ"), e) &&
	       db_exec(act->db, e, NULL, "UPDATE seat_key SET revoked_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       act_journal(
		       act, "seat.revoked", 0, act_subject(act, "hall", row_number(row, "hall_id")),
		       json_pack("{s:s,s:I}", "seat", row_text(row, "seat"), "key", (json_int_t)id),
		       e) &&
	       db_commit(&tx, e);
}

/* The enrolled key of the seat has signed the challenge, or its certificate is shown. */
static bool fits(const struct act *act, const json_t *row, const struct seat_proof *proof)
{
	char fingerprint[DEVICE_FINGERPRINT_SIZE] = "";
	if (strcmp(row_text(row, "binding"), proof->kind) != 0 || !*row_text(row, "fingerprint"))
		return false;
	if (strcmp(proof->kind, "certificate") == 0)
		return certificate_fingerprint(proof->certificate, fingerprint) &&
		       strcmp(fingerprint, row_text(row, "fingerprint")) == 0;
	return device_key_signed(act->arena, row_text(row, "public_key"), proof->challenge,
				 proof->signature);
}

bool seat_proves(const struct act *act, int64_t attempt, const struct seat_proof *proof, bool *ret,
		 struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT s.binding, k.fingerprint, k.public_key FROM attempt t"
			     " JOIN application a ON a.id = t.application_id"
			     " JOIN sitting s ON s.id = t.sitting_id"
			     " LEFT JOIN seat_key k ON k.hall_id = s.hall_id AND k.seat = t.seat"
			     "  AND k.kind = s.binding AND k.revoked_ms IS NULL"
			     " WHERE t.id = $1 AND a.person_id = $2",
			     db_int(attempt), db_int(act->person_id));
	if (!row)
		return false;
	*ret = fits(act, row, proof);
	return true;
}

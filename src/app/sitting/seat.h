/* seat.h - the computers of a hall, and the proof that a candidate sits at the right one (F35).
 *
 * A computer is enrolled once, by an operator who stands before it: its browser makes a key that
 * does not leave it, or the connection shows a certificate.  A sitting that binds its seats gives
 * the pen of an attempt only to the computer of the attempt's seat. */
#pragma once
#include "app/act.h"

struct seat_proof {
	const char *kind;        /* "key", "certificate"                                  */
	const char *public_key;  /* base64 of SubjectPublicKeyInfo; "" of a certificate   */
	const char *challenge;   /* what was to be signed; "" of a certificate            */
	const char *signature;   /* base64; "" of a certificate                           */
	const char *certificate; /* PEM; "" of a key                                     */
};

/* Enrols the computer of a seat in place of the one before.  Operators of the hall's organ.
 * ERR_INPUT "seat.error.number" at "seat", "seat.error.key" when the key has not signed the
 * challenge or is no key, "seat.error.certificate"; "seat.error.other" at "seat" when this computer
 * is another seat of a hall already. */
bool seat_enrol(const struct act *act, int64_t hall, int64_t seat, const struct seat_proof *proof,
		struct err *e) MUST_USE;

/* Takes an enrolment back. */
bool seat_revoke(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* Whether the computer that made `proof` is the one enrolled for the seat of the person's own
 * attempt, by the kind that the sitting wants. */
bool seat_proves(const struct act *act, int64_t attempt, const struct seat_proof *proof, bool *ret,
		 struct err *e) MUST_USE;

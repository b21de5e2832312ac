/* people.h - persons, their accounts and rights. */
#pragma once
#include "app/act.h"

/* What is known of a person; texts in NFC. */
struct person_form {
	const char *iin; /* twelve digits with a right check digit (rules.md 6) */
	const char *family, *given, *patronymic; /* the last may be empty          */
	const char *organ; /* code in rules/organs.yaml                            */
	const char *position_kk, *position_ru;
};

/* ERR_INPUT at field "iin" for a wrong number, at "organ" for an unknown organ;
 * ERR_CONFLICT if the IIN is taken.  Administrators and the system only. */
bool person_add(const struct act *act, const struct person_form *form, int64_t *ret_id,
		struct err *e) MUST_USE;

/* The same checks alone, without a look at who is there: ERR_INPUT at the field. */
bool person_check(const struct act *act, const struct person_form *form, struct err *e) MUST_USE;

/* Name, organ and position of the person with form->iin are those of the form from now on; the IIN
 * stays.  ERR_MISSING if nobody has it; else as person_add(). */
bool person_change(const struct act *act, const struct person_form *form, struct err *e) MUST_USE;

/* The person with this IIN, who is added if nobody has it; the caller has checked the right.
 * `organ` may be a body of the second route.  ERR_INPUT at "iin" "intake.error.name" if the IIN is
 * somebody's of another name. */
bool person_ensure(const struct act *act, const struct person_form *form, int64_t *ret_id,
		   struct err *e) MUST_USE;

/* Stores Argon2id of `password`, good for one sign-in: whoever has it from somebody else chooses an
 * own one.  The person's sessions end, and who had an account is told (ASVS 6.3.7, 6.4.1, 7.4.3).
 * Slow on purpose (about a tenth of a second): not for the loop. */
bool person_set_password(const struct act *act, int64_t person_id, const char *password,
			 struct err *e) MUST_USE;

/* A password for good, as a hash that password_hash() has made: of a demonstration's people. */
bool person_set_hash(const struct act *act, int64_t person_id, const char *hash,
		     struct err *e) MUST_USE;

/* Gives a role (act.h) for an organ and those under it.  Giving it again is harmless. */
bool person_grant(const struct act *act, int64_t person_id, const char *role, const char *organ,
		  struct err *e) MUST_USE;

/* person.h - who a certificate says its holder is (F12).
 *
 * The number of a person (IIN) is looked for by the attribute's identifier alone, 2.5.4.5
 * (serialNumber), and there must be exactly one: a second one could be read by somebody else as the
 * first.  The number of an organisation (BIN) stands in OU. */
#pragma once
#include "sign/certificate.h"

enum { PERSON_NUMBER_SIZE = 13 };

struct person {
	char iin[PERSON_NUMBER_SIZE]; /* "" with a fault */
	char bin[PERSON_NUMBER_SIZE]; /* "" without an organisation */
	const char *name;             /* CN and patronymic */
	const char *organisation;     /* O, or "" */
};

/* 0, FAULT_SERIAL_NUMBERS, FAULT_NO_IIN or FAULT_FORMAT.  The check digit is not looked at: it is
 * the acting person's number, which was, that this one must equal. */
fault_set person_of(struct arena *a, const struct certificate *certificate,
		    struct person *ret) MUST_USE;

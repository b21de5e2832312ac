#include "sign/person.h"

#include "sign/x509_text.h"

enum { DIGITS = PERSON_NUMBER_SIZE - 1, PREFIX = 3 };

/* "IIN" or "BIN" and twelve digits. */
static bool read_number(const char *text, const char *prefix, char ret[PERSON_NUMBER_SIZE])
{
	if (strncmp(text, prefix, PREFIX) != 0 || strlen(text) != PREFIX + DIGITS ||
	    strspn(text + PREFIX, "0123456789") != DIGITS)
		return false;
	memcpy(ret, text + PREFIX, PERSON_NUMBER_SIZE);
	return true;
}

/* The text of an attribute after place `*at`, which moves to it; NULL if there is none. */
static const char *next_text(struct arena *a, const X509_NAME *subject, int nid, int *at)
{
	const char *text = NULL;
	*at = X509_NAME_get_index_by_NID(subject, nid, *at);
	if (*at < 0)
		return NULL;
	return x509_text(a, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, *at)), &text)
		       ? text
		       : "";
}

static fault_set read_iin(struct arena *a, const X509_NAME *subject, char ret[PERSON_NUMBER_SIZE])
{
	int at = -1;
	const char *number = next_text(a, subject, NID_serialNumber, &at);
	if (!number)
		return FAULT_BIT(FAULT_NO_IIN);
	if (next_text(a, subject, NID_serialNumber, &at))
		return FAULT_BIT(FAULT_SERIAL_NUMBERS);
	return read_number(number, "IIN", ret) ? 0 : FAULT_BIT(FAULT_NO_IIN);
}

fault_set person_of(struct arena *a, const struct certificate *certificate, struct person *ret)
{
	const X509_NAME *subject = X509_get_subject_name(certificate->x509);
	struct person p = { .name = certificate->name, .organisation = "" };
	const fault_set faults = read_iin(a, subject, p.iin);
	int at = -1;
	const char *patronymic = next_text(a, subject, NID_givenName, &at);
	at = -1;
	const char *organisation = next_text(a, subject, NID_organizationName, &at);
	at = -1;
	for (const char *unit; (unit = next_text(a, subject, NID_organizationalUnitName, &at));) {
		if (read_number(unit, "BIN", p.bin))
			break;
	}
	if (patronymic && *patronymic)
		p.name = arena_print(a, "%s %s", p.name, patronymic);
	if (organisation)
		p.organisation = organisation;
	*ret = p;
	return faults;
}

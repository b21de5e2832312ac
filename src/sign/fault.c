#include "sign/fault.h"

static const char *const names[] = {
	[FAULT_FORMAT] = "format",
	[FAULT_NO_SIGNER] = "no_signer",
	[FAULT_TAMPERED] = "tampered",
	[FAULT_DOCUMENT] = "document",
	[FAULT_ATTRIBUTES] = "attributes",
	[FAULT_NO_CERTIFICATE] = "no_certificate",
	[FAULT_CERTIFICATE] = "certificate",
	[FAULT_ALGORITHM] = "algorithm",
	[FAULT_WEAK] = "weak",
	[FAULT_ANCHOR] = "anchor",
	[FAULT_EXPIRED] = "expired",
	[FAULT_NOT_YET] = "not_yet",
	[FAULT_AUTHORITY_TIME] = "authority_time",
	[FAULT_NOT_AUTHORITY] = "not_authority",
	[FAULT_PATH_LENGTH] = "path_length",
	[FAULT_USAGE] = "usage",
	[FAULT_EXTENSION] = "extension",
	[FAULT_REVOKED] = "revoked",
	[FAULT_CRL_MISSING] = "crl_missing",
	[FAULT_CRL_OLD] = "crl_old",
	[FAULT_SERIAL_NUMBERS] = "serial_numbers",
	[FAULT_NO_IIN] = "no_iin",
	[FAULT_PERSON] = "person",
	[FAULT_TIME] = "time",
	[FAULT_TIMESTAMP] = "timestamp",
};
_Static_assert(COUNT(names) == FAULT_COUNT, "each fault has a name");

const char *signature_fault_name(enum signature_fault fault)
{
	return names[fault];
}

/* server_certificate.h - what there is to know of the certificate that a server shows: until when
 * it is good, and whether anybody should still believe it. */
#pragma once
#include "base/err.h"

struct server_certificate {
	int64_t begins_ms, ends_ms;
	int bits;         /* of its key: RSA's, or the curve's         */
	bool weak;        /* RSA below 2048, a curve below 256, or signed with SHA-1 or older */
	bool fits;        /* the private key is this certificate's; true if none was asked for */
	bool not_by_name; /* no name in it that a browser compares with the address            */
};

/* Of the first certificate in the file; `key` may be NULL.  ERR_SYSTEM "error.system" with the name
 * of the file that cannot be read. */
bool server_certificate_read(const char *certificate, const char *key,
			     struct server_certificate *ret, struct err *e) MUST_USE;

/* When the first of the lists of withdrawn certificates in the file ends; INT64_MAX if none says.
 * ERR_SYSTEM "error.system" with the name of a file that has none. */
bool withdrawn_list_ends(const char *path, int64_t *ret_ms, struct err *e) MUST_USE;

/* service_key.h - the key of an installation, which lies in a file beside the database and never in
 * it.
 *
 * The file is one line of text, "konkurs-service-key-1 " and 64 hexadecimal digits, and nobody's
 * but the service's (mode 0600).  In memory the key lies between guard pages, is not swapped out
 * where the machine allows that, cannot be written to, and is wiped when it is closed. */
#pragma once
#include "sign/box.h"

enum { SERVICE_FINGERPRINT_SIZE = 33 };

struct service_key {
	unsigned char bytes[BOX_KEY_SIZE];
	/* of BLAKE2b over the key, hexadecimal: tells keys apart and gives nothing away */
	char fingerprint[SERVICE_FINGERPRINT_SIZE];
};

/* Of databases in memory. */
bool service_key_random(struct service_key **ret, struct err *e) MUST_USE;

/* A new one, in a new file that is on disk on return.  ERR_CONFLICT "vault.error.key_file" if the
 * file is there already, ERR_SYSTEM if it cannot be written. */
bool service_key_make(const char *path, struct service_key **ret, struct err *e) MUST_USE;

/* ERR_MISSING "vault.error.key_missing" if there is no such file, ERR_INPUT "vault.error.key_file"
 * if it is no key. */
bool service_key_read(const char *path, struct service_key **ret, struct err *e) MUST_USE;

void service_key_close(struct service_key *key);    /* NULL is fine */
void service_key_cleanup(struct service_key **key); /* for CLEANUP() */

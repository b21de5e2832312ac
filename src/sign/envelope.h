/* envelope.h - what one installation sends another: signed by the sender, locked for the receiver.
 *
 * Each installation has one pair to sign with (Ed25519) and one to receive with (X25519); both
 * follow from its service key (BLAKE2b's key derivation), so that there is no other key to keep.
 * The public halves are one line of text, "konkurs-party-1 " and 128 hexadecimal digits, which
 * people carry from one installation to the other and compare by its fingerprint.
 *
 * An envelope is "konkurs-envelope-1\n" and a sealed box for the receiver (libsodium's
 * crypto_box_seal) around the sender's key, the signature, and the content.  The signature covers
 * what it is for ("package"), the receiver's key and the content: an envelope cannot be passed on
 * as another's, or taken for another kind. */
#pragma once
#include "base/arena.h"
#include "sign/service_key.h"

enum {
	ENVELOPE_KEY_SIZE = 32,
	ENVELOPE_HASH_SIZE = 32,
	ENVELOPE_TEXT_SIZE = 16 + 128 + 1, /* of a party's public keys, terminated */
	ENVELOPE_FINGERPRINT_SIZE = 33,
	ENVELOPE_MOST = 256 * 1024 * 1024,
};

/* The public keys of an installation. */
struct envelope_party {
	unsigned char sign[ENVELOPE_KEY_SIZE], box[ENVELOPE_KEY_SIZE];
};

/* Of the installation that has this service key. */
void envelope_party_of(const struct service_key *key, struct envelope_party *ret);

void envelope_party_print(const struct envelope_party *party, char ret[ENVELOPE_TEXT_SIZE]);

/* ERR_INPUT "hall.error.party" if the text is none; white space around it is fine. */
bool envelope_party_read(const char *text, struct envelope_party *ret, struct err *e) MUST_USE;

/* Hexadecimal, of both keys: what people compare. */
void envelope_fingerprint(const struct envelope_party *party, char ret[ENVELOPE_FINGERPRINT_SIZE]);

bool envelope_same(const struct envelope_party *a, const struct envelope_party *b);

/* `what` is the kind of content.  `ret` lives in the arena. */
bool envelope_close(struct arena *a, const struct service_key *key, const struct envelope_party *to,
		    const char *what, const void *content, size_t size, const void **ret,
		    size_t *ret_size, struct err *e) MUST_USE;

/* Opens one that `from` has sent.  `ret` is terminated and lives in the arena.  ERR_INPUT
 * "hall.error.envelope" if it is for another installation, was changed, or is something else;
 * "hall.error.sender" if another one than `from` has signed it. */
bool envelope_open(struct arena *a, const struct service_key *key,
		   const struct envelope_party *from, const char *what, const void *envelope,
		   size_t size, const char **ret, size_t *ret_size, struct err *e) MUST_USE;

/* The same of whoever has sent it: `ret_from` says who signed. */
bool envelope_open_any(struct arena *a, const struct service_key *key, const char *what,
		       const void *envelope, size_t size, unsigned char ret_from[ENVELOPE_KEY_SIZE],
		       const char **ret, size_t *ret_size, struct err *e) MUST_USE;

/* Who says that they have sent it: read from its first bytes, whatever its size, without opening
 * it.  Nobody may be believed who says so; but whoever is not expected can be turned away.
 * ERR_INPUT "hall.error.envelope" if it is none. */
bool envelope_from(const struct service_key *key, const void *envelope, size_t size,
		   unsigned char ret[ENVELOPE_KEY_SIZE], struct err *e) MUST_USE;

/* BLAKE2b-256 in hexadecimal, in the arena: what the journal calls a package or a segment by. */
const char *envelope_hash(struct arena *a, const void *bytes, size_t size);

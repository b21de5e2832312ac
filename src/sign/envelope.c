#include "sign/envelope.h"

#include <assert.h>
#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char party_word[] = "konkurs-party-1 ";
static const char magic[] = "konkurs-envelope-1\n";

enum {
	MAGIC = sizeof(magic) - 1,
	HEAD = ENVELOPE_KEY_SIZE + crypto_sign_BYTES, /* in the box, before the content */
	KEY_DIGITS = 2 * ENVELOPE_KEY_SIZE,           /* of one public key, in hexadecimal */
	PARTY_DIGITS = 2 * KEY_DIGITS,
	SIGN_KEY = 1, /* numbers of the two keys under the service key */
	BOX_KEY = 2,
};

static_assert(ENVELOPE_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "a key is a key");
static_assert(ENVELOPE_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "a key is a key");
static_assert(BOX_KEY_SIZE == crypto_kdf_KEYBYTES, "a service key derives others");
static_assert(ENVELOPE_TEXT_SIZE == sizeof(party_word) + PARTY_DIGITS, "a line of a party");

/* ---- keys ------------------------------------------------------------------------------------ */

struct pairs {
	struct envelope_party party;
	unsigned char sign[crypto_sign_SECRETKEYBYTES], box[crypto_box_SECRETKEYBYTES];
};

static void wipe(struct pairs *p)
{
	sodium_memzero(p, sizeof(*p));
}

static void derive(const struct service_key *key, struct pairs *ret)
{
	unsigned char seed[crypto_sign_SEEDBYTES];
	(void)crypto_kdf_derive_from_key(seed, sizeof(seed), SIGN_KEY, "konkhall", key->bytes);
	(void)crypto_sign_seed_keypair(ret->party.sign, ret->sign, seed);
	(void)crypto_kdf_derive_from_key(seed, sizeof(seed), BOX_KEY, "konkhall", key->bytes);
	(void)crypto_box_seed_keypair(ret->party.box, ret->box, seed);
	sodium_memzero(seed, sizeof(seed));
}

void envelope_party_of(const struct service_key *key, struct envelope_party *ret)
{
	CLEANUP(wipe) struct pairs p = { 0 };
	derive(key, &p);
	*ret = p.party;
}

void envelope_party_print(const struct envelope_party *party, char ret[ENVELOPE_TEXT_SIZE])
{
	const size_t word = sizeof(party_word) - 1;
	memcpy(ret, party_word, word);
	(void)sodium_bin2hex(ret + word, KEY_DIGITS + 1, party->sign, ENVELOPE_KEY_SIZE);
	(void)sodium_bin2hex(ret + word + KEY_DIGITS, KEY_DIGITS + 1, party->box,
			     ENVELOPE_KEY_SIZE);
}

bool envelope_party_read(const char *text, struct envelope_party *ret, struct err *e)
{
	struct envelope_party p;
	size_t got = 0;
	while (isspace((unsigned char)*text))
		text++;
	const bool word = strncmp(text, party_word, sizeof(party_word) - 1) == 0;
	const char *digits = word ? text + sizeof(party_word) - 1 : text;
	const char *end = digits + strspn(digits, "0123456789abcdef");
	const bool whole =
		word && end - digits == PARTY_DIGITS && end[strspn(end, " \t\r\n")] == '\0';
	if (!whole ||
	    sodium_hex2bin(p.sign, sizeof(p.sign), digits, KEY_DIGITS, NULL, &got, NULL) != 0 ||
	    sodium_hex2bin(p.box, sizeof(p.box), digits + KEY_DIGITS, KEY_DIGITS, NULL, &got,
			   NULL) != 0)
		return err_set(e, ERR_INPUT, "hall.error.party",
			       "no public keys of an installation");
	*ret = p;
	return true;
}

void envelope_fingerprint(const struct envelope_party *party, char ret[ENVELOPE_FINGERPRINT_SIZE])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	(void)crypto_generichash_update(&state, party->sign, ENVELOPE_KEY_SIZE);
	(void)crypto_generichash_update(&state, party->box, ENVELOPE_KEY_SIZE);
	(void)crypto_generichash_final(&state, hash, sizeof(hash));
	(void)sodium_bin2hex(ret, ENVELOPE_FINGERPRINT_SIZE, hash, sizeof(hash));
}

bool envelope_same(const struct envelope_party *a, const struct envelope_party *b)
{
	return memcmp(a->sign, b->sign, ENVELOPE_KEY_SIZE) == 0 &&
	       memcmp(a->box, b->box, ENVELOPE_KEY_SIZE) == 0;
}

const char *envelope_hash(struct arena *a, const void *bytes, size_t size)
{
	unsigned char hash[ENVELOPE_HASH_SIZE];
	char *text = arena_alloc(a, 2 * sizeof(hash) + 1);
	(void)crypto_generichash(hash, sizeof(hash), bytes, size, NULL, 0);
	return sodium_bin2hex(text, 2 * sizeof(hash) + 1, hash, sizeof(hash));
}

/* ---- envelopes ------------------------------------------------------------------------------- */

/* What is signed: the kind with its terminator, the receiver, the content. */
static void digest(const char *what, const unsigned char *to, const void *content, size_t size,
		   unsigned char ret[ENVELOPE_HASH_SIZE])
{
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, NULL, 0, ENVELOPE_HASH_SIZE);
	(void)crypto_generichash_update(&state, (const unsigned char *)magic, MAGIC);
	(void)crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
	(void)crypto_generichash_update(&state, to, ENVELOPE_KEY_SIZE);
	(void)crypto_generichash_update(&state, content, size);
	(void)crypto_generichash_final(&state, ret, ENVELOPE_HASH_SIZE);
}

bool envelope_close(struct arena *a, const struct service_key *key, const struct envelope_party *to,
		    const char *what, const void *content, size_t size, const void **ret,
		    size_t *ret_size, struct err *e)
{
	CLEANUP(wipe) struct pairs p = { 0 };
	unsigned char hash[ENVELOPE_HASH_SIZE];
	if (size > ENVELOPE_MOST)
		return err_set(e, ERR_INPUT, "hall.error.envelope", "too large for an envelope");
	unsigned char *plain = arena_alloc(a, HEAD + size);
	unsigned char *out = arena_alloc(a, MAGIC + HEAD + size + crypto_box_SEALBYTES);
	derive(key, &p);
	digest(what, to->box, content, size, hash);
	memcpy(plain, p.party.sign, ENVELOPE_KEY_SIZE);
	(void)crypto_sign_detached(plain + ENVELOPE_KEY_SIZE, NULL, hash, sizeof(hash), p.sign);
	memcpy(plain + HEAD, content, size);
	memcpy(out, magic, MAGIC);
	const bool ok = crypto_box_seal(out + MAGIC, plain, HEAD + size, to->box) == 0;
	sodium_memzero(plain, HEAD + size);
	if (!ok)
		return err_set(e, ERR_INPUT, "hall.error.party", "the receiver's key is none");
	*ret = out;
	*ret_size = MAGIC + HEAD + size + crypto_box_SEALBYTES;
	return true;
}

static bool is_envelope(const void *envelope, size_t size, struct err *e)
{
	const size_t least = MAGIC + HEAD + crypto_box_SEALBYTES;
	return (size >= least && size <= ENVELOPE_MOST + least &&
		memcmp(envelope, magic, MAGIC) == 0) ||
	       err_set(e, ERR_INPUT, "hall.error.envelope", "no envelope");
}

/* A sealed box is the public key of a pair made for it and a box of that pair, whose nonce is the
 * hash of both public keys; the box is XSalsa20's stream, of which the first 32 bytes are the key
 * of its authenticator. */
bool envelope_from(const struct service_key *key, const void *envelope, size_t size,
		   unsigned char ret[ENVELOPE_KEY_SIZE], struct err *e)
{
	CLEANUP(wipe) struct pairs p = { 0 };
	enum { SKIPPED = 32 };
	unsigned char shared[crypto_box_BEFORENMBYTES];
	unsigned char nonce[crypto_box_NONCEBYTES];
	unsigned char head[SKIPPED + ENVELOPE_KEY_SIZE] = { 0 };
	crypto_generichash_state state;
	if (!is_envelope(envelope, size, e))
		return false;
	const unsigned char *box = (const unsigned char *)envelope + MAGIC;
	derive(key, &p);
	(void)crypto_generichash_init(&state, NULL, 0, sizeof(nonce));
	(void)crypto_generichash_update(&state, box, crypto_box_PUBLICKEYBYTES);
	(void)crypto_generichash_update(&state, p.party.box, sizeof(p.party.box));
	(void)crypto_generichash_final(&state, nonce, sizeof(nonce));
	if (crypto_box_beforenm(shared, box, p.box) != 0)
		return err_set(e, ERR_INPUT, "hall.error.envelope", "a box of no key");
	memcpy(head + SKIPPED, box + crypto_box_SEALBYTES, ENVELOPE_KEY_SIZE);
	(void)crypto_stream_xsalsa20_xor(head, head, sizeof(head), nonce, shared);
	memcpy(ret, head + SKIPPED, ENVELOPE_KEY_SIZE);
	sodium_memzero(shared, sizeof(shared));
	sodium_memzero(head, sizeof(head));
	return true;
}

bool envelope_open_any(struct arena *a, const struct service_key *key, const char *what,
		       const void *envelope, size_t size, unsigned char ret_from[ENVELOPE_KEY_SIZE],
		       const char **ret, size_t *ret_size, struct err *e)
{
	CLEANUP(wipe) struct pairs p = { 0 };
	unsigned char hash[ENVELOPE_HASH_SIZE];
	const unsigned char *in = envelope;
	if (!is_envelope(envelope, size, e))
		return false;
	const size_t inside = size - (MAGIC + HEAD + crypto_box_SEALBYTES);
	unsigned char *plain = arena_alloc(a, HEAD + inside + 1);
	derive(key, &p);
	if (crypto_box_seal_open(plain, in + MAGIC, size - MAGIC, p.party.box, p.box) != 0)
		return err_set(e, ERR_INPUT, "hall.error.envelope", "another's, or changed");
	digest(what, p.party.box, plain + HEAD, inside, hash);
	if (crypto_sign_verify_detached(plain + ENVELOPE_KEY_SIZE, hash, sizeof(hash), plain) != 0)
		return err_set(e, ERR_INPUT, "hall.error.envelope", "its signature does not hold");
	plain[HEAD + inside] = '\0';
	memcpy(ret_from, plain, ENVELOPE_KEY_SIZE);
	*ret = (const char *)plain + HEAD;
	*ret_size = inside;
	return true;
}

bool envelope_open(struct arena *a, const struct service_key *key,
		   const struct envelope_party *from, const char *what, const void *envelope,
		   size_t size, const char **ret, size_t *ret_size, struct err *e)
{
	unsigned char sender[ENVELOPE_KEY_SIZE];
	if (!envelope_open_any(a, key, what, envelope, size, sender, ret, ret_size, e))
		return false;
	return memcmp(sender, from->sign, sizeof(sender)) == 0 ||
	       err_set(e, ERR_INPUT, "hall.error.sender", "signed by another installation");
}

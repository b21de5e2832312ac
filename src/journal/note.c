#include "journal/note.h"

#include "base/base64.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SIGNATURE = crypto_sign_BYTES, TIME = 8, ID = 4, COSIGNED_MOST = 4096 };

static const char dash[] = "\xE2\x80\x94 "; /* U+2014 and a space */
enum { DASH = sizeof(dash) - 1 };
static const char private_key[] = "PRIVATE+KEY+";

/* ---- text ------------------------------------------------------------------------------------ */

/* How many bytes the character at `s` has, or 0 if it is no UTF-8; `ret` is the character. */
static size_t character(const unsigned char *s, size_t size, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t length = s[0] < 0x80             ? 1
			      : (s[0] & 0xE0) == 0xC0 ? 2
			      : (s[0] & 0xF0) == 0xE0 ? 3
			      : (s[0] & 0xF8) == 0xF0 ? 4
						      : 0;
	if (length == 0 || length > size)
		return 0;
	uint32_t c = length == 1 ? s[0] : s[0] & (0x7FU >> length);
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3F);
	}
	if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*ret = c;
	return length;
}

/* Unicode's White_Space. */
static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
	       c == 0x205F || c == 0x3000;
}

static bool is_text(const char *text, size_t size)
{
	uint32_t c = 0;
	for (size_t at = 0; at < size;) {
		const size_t length = character((const unsigned char *)text + at, size - at, &c);
		if (length == 0 || (c < ' ' && c != '\n'))
			return false;
		at += length;
	}
	return true;
}

static bool is_name(const char *name, size_t size)
{
	uint32_t c = 0;
	if (size == 0 || size >= NOTE_NAME_SIZE)
		return false;
	for (size_t at = 0; at < size;) {
		const size_t length = character((const unsigned char *)name + at, size - at, &c);
		if (length == 0 || is_space(c) || c == '+' || c < ' ' || c == 0x7F)
			return false;
		at += length;
	}
	return true;
}

/* Exactly `size` bytes of base64, and nothing that printing them would not give. */
static bool read_base64(const char *text, size_t length, unsigned char *ret, size_t size)
{
	size_t got = 0;
	return length == sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL) - 1 &&
	       base64_read(text, length, BASE64_PLAIN, ret, size, &got) && got == size;
}

/* ---- keys ------------------------------------------------------------------------------------ */

bool note_key_make(const char *name, enum note_kind kind,
		   const unsigned char public_key[NOTE_PUBLIC_SIZE], struct note_key *ret)
{
	const size_t length = strlen(name);
	const unsigned char between[2] = { '\n', (unsigned char)kind };
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	struct note_key key = { .kind = kind };
	if (!is_name(name, length))
		return false;
	memcpy(key.name, name, length);
	memcpy(key.public_key, public_key, NOTE_PUBLIC_SIZE);
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, (const unsigned char *)name, length);
	(void)crypto_hash_sha256_update(&state, between, sizeof(between));
	(void)crypto_hash_sha256_update(&state, public_key, NOTE_PUBLIC_SIZE);
	(void)crypto_hash_sha256_final(&state, hash);
	memcpy(key.id, hash, ID);
	*ret = key;
	return true;
}

static void print_key(const char *before, const struct note_key *key, const unsigned char *bytes,
		      char *ret, size_t size)
{
	unsigned char all[1 + NOTE_PUBLIC_SIZE] = { (unsigned char)key->kind };
	char id[2 * ID + 1];
	char text[sodium_base64_ENCODED_LEN(sizeof(all), sodium_base64_VARIANT_ORIGINAL)];
	memcpy(all + 1, bytes, NOTE_PUBLIC_SIZE);
	(void)sodium_bin2hex(id, sizeof(id), key->id, ID);
	(void)sodium_bin2base64(text, sizeof(text), all, sizeof(all),
				sodium_base64_VARIANT_ORIGINAL);
	const int length = snprintf(ret, size, "%s%s+%s+%s", before, key->name, id, text);
	assert(length > 0 && (size_t)length < size);
	sodium_memzero(all, sizeof(all));
	sodium_memzero(text, sizeof(text));
}

void note_key_print(const struct note_key *key, char ret[NOTE_KEY_SIZE])
{
	print_key("", key, key->public_key, ret, NOTE_KEY_SIZE);
}

void note_secret_print(const struct note_key *key, const unsigned char seed[NOTE_SEED_SIZE],
		       char ret[NOTE_SECRET_SIZE])
{
	print_key(private_key, key, seed, ret, NOTE_SECRET_SIZE);
}

void note_public_of(const unsigned char seed[NOTE_SEED_SIZE], unsigned char ret[NOTE_PUBLIC_SIZE])
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	(void)crypto_sign_seed_keypair(ret, secret, seed);
	sodium_memzero(secret, sizeof(secret));
}

/* "<name>+<id>+<base64>" in parts; `ret_bytes` is the kind and what follows it. */
static bool read_key(const char *text, char name[NOTE_NAME_SIZE], unsigned char id[ID],
		     unsigned char ret_bytes[1 + NOTE_PUBLIC_SIZE])
{
	const char *first = strchr(text, '+');
	size_t got = 0;
	const char *end = NULL;
	const size_t digits = 2 * (size_t)ID;
	if (!first || !is_name(text, (size_t)(first - text)) || strlen(first) < digits + 2 ||
	    first[digits + 1] != '+' ||
	    sodium_hex2bin(id, ID, first + 1, digits, NULL, &got, &end) != 0 || got != ID)
		return false;
	memset(name, 0, NOTE_NAME_SIZE);
	memcpy(name, text, (size_t)(first - text));
	const char *rest = first + digits + 2;
	return read_base64(rest, strlen(rest), ret_bytes, 1 + NOTE_PUBLIC_SIZE) &&
	       (ret_bytes[0] == NOTE_ED25519 || ret_bytes[0] == NOTE_COSIGNATURE);
}

bool note_key_parse(const char *text, struct note_key *ret)
{
	char name[NOTE_NAME_SIZE];
	unsigned char id[ID];
	unsigned char bytes[1 + NOTE_PUBLIC_SIZE];
	struct note_key key;
	if (!read_key(text, name, id, bytes) ||
	    !note_key_make(name, (enum note_kind)bytes[0], bytes + 1, &key) ||
	    memcmp(key.id, id, ID) != 0)
		return false;
	*ret = key;
	return true;
}

bool note_secret_parse(const char *text, struct note_key *ret,
		       unsigned char ret_seed[NOTE_SEED_SIZE])
{
	const size_t before = sizeof(private_key) - 1;
	char name[NOTE_NAME_SIZE];
	unsigned char id[ID];
	unsigned char bytes[1 + NOTE_SEED_SIZE];
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	struct note_key key;
	if (strncmp(text, private_key, before) != 0 || !read_key(text + before, name, id, bytes))
		return false;
	note_public_of(bytes + 1, public_key);
	const bool ok = note_key_make(name, (enum note_kind)bytes[0], public_key, &key) &&
			memcmp(key.id, id, ID) == 0;
	if (ok) {
		*ret = key;
		memcpy(ret_seed, bytes + 1, NOTE_SEED_SIZE);
	}
	sodium_memzero(bytes, sizeof(bytes));
	return ok;
}

/* ---- notes ----------------------------------------------------------------------------------- */

/* The bytes behind the id, where they can be a signature of ours; others are passed over. */
static bool read_signature(const char *text, size_t length, struct note_signature *ret)
{
	enum { ROOM = 8192 }; /* of kinds that are not ours */
	unsigned char bytes[ROOM];
	size_t size = 0;
	if (!base64_read(text, length, BASE64_PLAIN, bytes, sizeof(bytes), &size) || size <= ID)
		return false;
	memcpy(ret->id, bytes, ID);
	if (size - ID <= sizeof(ret->bytes)) {
		ret->size = size - ID;
		memcpy(ret->bytes, bytes + ID, ret->size);
	}
	return true;
}

/* "— <name> <base64>", without its line feed. */
static bool read_line(const char *line, size_t size, struct note_signature *ret)
{
	struct note_signature s = { .line = line, .line_size = size };
	if (size <= DASH || memcmp(line, dash, DASH) != 0)
		return false;
	s.name = line + DASH;
	const char *space = memchr(s.name, ' ', size - DASH);
	if (!space)
		return false;
	s.name_size = (size_t)(space - s.name);
	if (!is_name(s.name, s.name_size) ||
	    !read_signature(space + 1, size - DASH - s.name_size - 1, &s))
		return false;
	*ret = s;
	return true;
}

bool note_parse(const char *text, size_t size, struct note *ret)
{
	struct note note = { .text = text };
	const char *last = NULL;
	if (size < 3 || size > NOTE_MOST || text[size - 1] != '\n' || !is_text(text, size))
		return false;
	/* the last empty line parts the text from the signatures */
	for (size_t i = size - 1; i > 0 && !last; i--) {
		if (text[i] == '\n' && text[i - 1] == '\n')
			last = text + i;
	}
	if (!last)
		return false;
	note.text_size = (size_t)(last - text);
	for (const char *at = last + 1; at < text + size;) {
		const char *end = memchr(at, '\n', (size_t)(text + size - at));
		if (note.count == NOTE_SIGNATURES_MOST ||
		    !read_line(at, (size_t)(end - at), &note.signature[note.count]))
			return false;
		note.count++;
		at = end + 1;
	}
	*ret = note;
	return note.count > 0;
}

/* What a cosignature of that time signs; 0 if it does not fit. */
static size_t cosigned(const char *text, size_t size, int64_t time_s, char ret[COSIGNED_MOST])
{
	const int head = snprintf(ret, COSIGNED_MOST, "cosignature/v1\ntime %" PRId64 "\n", time_s);
	if (head <= 0 || size > COSIGNED_MOST - (size_t)head)
		return 0;
	memcpy(ret + head, text, size);
	return (size_t)head + size;
}

static bool is_of(const struct note_signature *s, const struct note_key *key)
{
	return s->name_size == strlen(key->name) && memcmp(s->name, key->name, s->name_size) == 0 &&
	       memcmp(s->id, key->id, ID) == 0;
}

const struct note_signature *note_line_of(const struct note *note, const struct note_key *key)
{
	for (size_t i = 0; i < note->count; i++) {
		if (is_of(&note->signature[i], key))
			return &note->signature[i];
	}
	return NULL;
}

/* Whether the line holds; of a cosignature its time. */
static bool holds(const struct note *note, const struct note_signature *s,
		  const struct note_key *key, int64_t *ret_time_s)
{
	char message[COSIGNED_MOST];
	uint64_t time_s = 0;
	*ret_time_s = 0;
	if (key->kind == NOTE_ED25519)
		return s->size == SIGNATURE &&
		       crypto_sign_verify_detached(s->bytes, (const unsigned char *)note->text,
						   note->text_size, key->public_key) == 0;
	if (s->size != TIME + SIGNATURE)
		return false;
	for (size_t i = 0; i < TIME; i++)
		time_s = time_s << 8 | s->bytes[i];
	if (time_s > INT64_MAX)
		return false;
	*ret_time_s = (int64_t)time_s;
	const size_t size = cosigned(note->text, note->text_size, *ret_time_s, message);
	return size > 0 &&
	       crypto_sign_verify_detached(s->bytes + TIME, (const unsigned char *)message, size,
					   key->public_key) == 0;
}

enum note_found note_check(const struct note *note, const struct note_key *key, int64_t *ret_time_s)
{
	enum note_found found = NOTE_UNSIGNED;
	int64_t newest = 0;
	for (size_t i = 0; i < note->count; i++) {
		int64_t time_s = 0;
		if (!is_of(&note->signature[i], key))
			continue;
		if (!holds(note, &note->signature[i], key, &time_s))
			return NOTE_WRONG;
		found = NOTE_GOOD;
		newest = time_s > newest ? time_s : newest;
	}
	if (ret_time_s)
		*ret_time_s = newest;
	return found;
}

static void sign(const unsigned char seed[NOTE_SEED_SIZE], const char *message, size_t size,
		 unsigned char ret[SIGNATURE])
{
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	(void)crypto_sign_seed_keypair(public_key, secret, seed);
	(void)crypto_sign_detached(ret, NULL, (const unsigned char *)message, size, secret);
	sodium_memzero(secret, sizeof(secret));
}

/* The time, and the signature over it and the text. */
static void cosign(const unsigned char seed[NOTE_SEED_SIZE], const char *text, size_t size,
		   int64_t time_s, unsigned char ret[TIME + SIGNATURE])
{
	char message[COSIGNED_MOST];
	const size_t length = cosigned(text, size, time_s, message);
	assert(length > 0); /* checkpoints alone are cosigned, and are short */
	for (unsigned i = 0; i < TIME; i++)
		ret[i] = (unsigned char)((uint64_t)time_s >> (8 * (TIME - 1 - i)));
	sign(seed, message, length, ret + TIME);
}

void note_sign(const struct note_key *key, const unsigned char seed[NOTE_SEED_SIZE],
	       const char *text, size_t size, int64_t time_s, char ret[NOTE_LINE_SIZE])
{
	unsigned char bytes[ID + TIME + SIGNATURE];
	char encoded[sodium_base64_ENCODED_LEN(sizeof(bytes), sodium_base64_VARIANT_ORIGINAL)];
	const bool timed = key->kind == NOTE_COSIGNATURE;
	assert(size > 0 && text[size - 1] == '\n');
	memcpy(bytes, key->id, ID);
	if (timed)
		cosign(seed, text, size, time_s, bytes + ID);
	else
		sign(seed, text, size, bytes + ID);
	(void)sodium_bin2base64(encoded, sizeof(encoded), bytes,
				ID + (timed ? TIME : 0) + SIGNATURE,
				sodium_base64_VARIANT_ORIGINAL);
	const int length = snprintf(ret, NOTE_LINE_SIZE, "%s%s %s\n", dash, key->name, encoded);
	assert(length > 0 && length < NOTE_LINE_SIZE);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The line at *at, without its line feed; moves behind it. */
static bool next_line(const struct note *note, size_t *at, const char **ret, size_t *ret_size)
{
	const char *line = note->text + *at;
	const char *end = memchr(line, '\n', note->text_size - *at);
	if (!end || end == line)
		return false;
	*ret = line;
	*ret_size = (size_t)(end - line);
	*at += *ret_size + 1;
	return true;
}

/* Decimal, without leading zeros, as large as a journal can be. */
static bool read_size(const char *text, size_t length, uint64_t *ret)
{
	uint64_t n = 0;
	if (length == 0 || length > 18 || (length > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	*ret = n;
	return true;
}

bool note_checkpoint_parse(const struct note *note, struct note_checkpoint *ret)
{
	struct note_checkpoint c = { .size = 0 };
	const char *line = NULL;
	size_t size = 0;
	size_t at = 0;
	if (!next_line(note, &at, &line, &size) || size >= NOTE_NAME_SIZE)
		return false;
	memcpy(c.origin, line, size);
	if (!next_line(note, &at, &line, &size) || !read_size(line, size, &c.size) ||
	    !next_line(note, &at, &line, &size) || !tree_parse(line, size, &c.root) ||
	    at != note->text_size)
		return false;
	*ret = c;
	return true;
}

void note_checkpoint_print(const struct note_checkpoint *checkpoint, char ret[NOTE_CHECKPOINT_SIZE])
{
	char root[TREE_TEXT_SIZE];
	tree_print(&checkpoint->root, root);
	const int length = snprintf(ret, NOTE_CHECKPOINT_SIZE, "%s\n%" PRIu64 "\n%s\n",
				    checkpoint->origin, checkpoint->size, root);
	assert(length > 0 && length < NOTE_CHECKPOINT_SIZE);
}

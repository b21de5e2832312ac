#include "verify/packed.h"

#include "base/buf.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum {
	BARE = 1,  /* versions: without content */
	WHOLE = 2, /* and with it               */
	HEX_MARK = 1,
	HEX_LEAST = 8, /* digits worth it       */
	HEX_MOST = 255,
	BASE = 41,
	PACKED_MOST = 4096, /* bytes: the largest tree there can be has 65 hashes */
	SEVEN = 7,
	MORE = 0x80,
	BLANKS = 4,
};

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*-./:";

/* ---- base 41 --------------------------------------------------------------------------------- */

static const char *print_digits(struct arena *a, const unsigned char *bytes, size_t size)
{
	struct buf out = buf_on(a);
	for (size_t i = 0; i < size; i += 2) {
		unsigned n = bytes[i];
		if (i + 1 < size)
			n = n << 8 | bytes[i + 1];
		buf_add_char(&out, digits[n % BASE]);
		buf_add_char(&out, digits[n / BASE % BASE]);
		if (i + 1 < size)
			buf_add_char(&out, digits[n / BASE / BASE]);
	}
	return out.text;
}

static bool read_digits(const char *text, size_t size, unsigned char ret[PACKED_MOST],
			size_t *ret_size)
{
	size_t out = 0;
	if (size % 3 == 1 || size > (size_t)PACKED_MOST / 2 * 3)
		return false;
	for (size_t i = 0; i < size; i += 3) {
		const size_t count = size - i < 3 ? 2 : 3;
		unsigned n = 0;
		for (size_t k = count; k-- > 0;) {
			const char *at = memchr(digits, text[i + k], BASE);
			if (!at)
				return false;
			n = n * BASE + (unsigned)(at - digits);
		}
		if (n > (count == 3 ? 0xffffU : 0xffU))
			return false;
		if (count == 3)
			ret[out++] = (unsigned char)(n >> 8);
		ret[out++] = (unsigned char)n;
	}
	*ret_size = out;
	return true;
}

/* ---- packing --------------------------------------------------------------------------------- */

static void add_number(struct buf *out, uint64_t n)
{
	while (n >= MORE) {
		buf_add_char(out, (char)(unsigned char)(n % MORE + MORE));
		n /= MORE;
	}
	buf_add_char(out, (char)n);
}

static void add_word(struct buf *out, const char *word)
{
	buf_add_char(out, (char)strlen(word)); /* below LEAF_WORD_SIZE */
	buf_add(out, word);
}

static void add_hash(struct buf *out, const struct tree_hash *hash)
{
	buf_add_n(out, hash->bytes, TREE_HASH_SIZE);
}

static void add_leaf(struct buf *out, const struct leaf *leaf)
{
	add_number(out, (uint64_t)leaf->actor);
	add_number(out, (uint64_t)leaf->at_ms);
	add_number(out, (uint64_t)leaf->competition);
	add_number(out, (uint64_t)leaf->seq);
	add_word(out, leaf->kind);
	add_word(out, leaf->subject);
	add_hash(out, &leaf->content);
	add_hash(out, &leaf->previous);
}

/* Text of JSON has no control characters, so that HEX_MARK is none of it. */
static void add_content(struct buf *out, const char *text)
{
	struct buf packed = buf_on(out->arena);
	while (*text) {
		unsigned char bytes[HEX_MOST];
		size_t run = strspn(text, "0123456789abcdef") / 2 * 2;
		if (run < HEX_LEAST) {
			buf_add_char(&packed, *text++);
			continue;
		}
		if (run > sizeof(bytes) * 2)
			run = sizeof(bytes) * 2;
		(void)sodium_hex2bin(bytes, sizeof(bytes), text, run, NULL, NULL, NULL);
		buf_add_char(&packed, HEX_MARK);
		buf_add_char(&packed, (char)(unsigned char)(run / 2));
		buf_add_n(&packed, bytes, run / 2);
		text += run;
	}
	add_number(out, packed.length);
	buf_add_n(out, packed.text, packed.length);
}

const char *packed_print(struct arena *a, const struct receipt *r)
{
	struct buf out = buf_on(a);
	struct leaf leaf;
	struct note note;
	struct note_checkpoint c;
	struct note_key key;
	if (!leaf_parse(r->leaf, strlen(r->leaf), &leaf) || leaf.actor < 0 || leaf.at_ms < 0 ||
	    leaf.competition < 0 || leaf.seq < 1 || r->index != (uint64_t)leaf.seq - 1 ||
	    !note_parse(r->checkpoint, strlen(r->checkpoint), &note) ||
	    !note_checkpoint_parse(&note, &c) || !note_key_parse(r->key, &key) ||
	    strcmp(key.name, c.origin) != 0 || key.kind != NOTE_ED25519 ||
	    strlen(c.origin) >= LEAF_WORD_SIZE)
		return NULL;
	const struct note_signature *line = note_line_of(&note, &key);
	if (!line || line->size != crypto_sign_BYTES ||
	    (r->whole && (!*r->content || strchr(r->content, HEX_MARK))))
		return NULL;
	buf_add_char(&out, r->whole ? WHOLE : BARE);
	add_leaf(&out, &leaf);
	buf_add_char(&out, (char)r->proof.count);
	for (size_t i = 0; i < r->proof.count; i++)
		add_hash(&out, &r->proof.hash[i]);
	add_number(&out, c.size);
	add_hash(&out, &c.root);
	add_word(&out, c.origin);
	buf_add_n(&out, key.public_key, sizeof(key.public_key));
	buf_add_n(&out, line->bytes, line->size);
	if (r->whole) {
		buf_add_n(&out, r->salt, sizeof(r->salt));
		add_content(&out, r->content);
	}
	if (out.length > PACKED_MOST)
		return NULL;
	return print_digits(a, (const unsigned char *)out.text, out.length);
}

/* ---- unpacking ------------------------------------------------------------------------------- */

struct unpacking {
	const unsigned char *at, *end;
	bool ok;
};

static unsigned take_byte(struct unpacking *u)
{
	if (!u->ok || u->at == u->end) {
		u->ok = false;
		return 0;
	}
	return *u->at++;
}

/* The shortest form alone, and what fits into a signed number. */
static int64_t take_number(struct unpacking *u)
{
	uint64_t n = 0;
	for (unsigned shift = 0; shift < 63; shift += SEVEN) {
		const unsigned byte = take_byte(u);
		n |= (uint64_t)(byte & (MORE - 1)) << shift;
		if (byte < MORE) {
			u->ok = u->ok && (byte != 0 || shift == 0);
			return (int64_t)n;
		}
	}
	u->ok = false;
	return 0;
}

static void take(struct unpacking *u, void *ret, size_t size)
{
	if (!u->ok || (size_t)(u->end - u->at) < size) {
		u->ok = false;
		return;
	}
	memcpy(ret, u->at, size);
	u->at += size;
}

static void take_word(struct unpacking *u, char ret[LEAF_WORD_SIZE])
{
	const unsigned size = take_byte(u);
	if (size >= LEAF_WORD_SIZE)
		u->ok = false;
	take(u, ret, u->ok ? size : 0);
	ret[u->ok ? size : 0] = '\0';
	u->ok = u->ok && strlen(ret) == size;
}

static void take_leaf(struct unpacking *u, struct leaf *ret)
{
	ret->actor = take_number(u);
	ret->at_ms = take_number(u);
	ret->competition = take_number(u);
	ret->seq = take_number(u);
	take_word(u, ret->kind);
	take_word(u, ret->subject);
	take(u, ret->content.bytes, TREE_HASH_SIZE);
	take(u, ret->previous.bytes, TREE_HASH_SIZE);
}

static void take_proof(struct unpacking *u, struct tree_proof *ret)
{
	ret->count = take_byte(u);
	if (ret->count > TREE_PROOF_MOST) {
		u->ok = false;
		ret->count = 0;
	}
	take(u, ret->hash, ret->count * TREE_HASH_SIZE);
}

static bool is_text(const char *text, size_t size)
{
	json_t *kept = memchr(text, '\0', size) ? NULL : json_stringn(text, size);
	const bool is = kept != NULL;
	json_decref(kept);
	return is;
}

static void take_content(struct unpacking *u, struct arena *a, struct receipt *r)
{
	struct buf text = buf_on(a);
	take(u, r->salt, sizeof(r->salt));
	const int64_t size = take_number(u);
	if (!u->ok || size < 1 || size != u->end - u->at) {
		u->ok = false;
		return;
	}
	while (u->ok && u->at < u->end) {
		const unsigned c = take_byte(u);
		unsigned char bytes[HEX_MOST];
		char hex[2 * HEX_MOST + 1];
		const unsigned count = c == HEX_MARK ? take_byte(u) : 0;
		if (c != HEX_MARK) {
			buf_add_char(&text, (char)c);
			continue;
		}
		take(u, bytes, count);
		if (u->ok)
			buf_add(&text, sodium_bin2hex(hex, sizeof(hex), bytes, count));
	}
	u->ok = u->ok && text.length > 0 && is_text(text.text, text.length);
	r->content = text.text;
	r->whole = true;
}

/* The note as the log has written it. */
static bool take_note(struct unpacking *u, struct arena *a, struct receipt *r)
{
	struct note_checkpoint c = { .size = (uint64_t)take_number(u) };
	char origin[LEAF_WORD_SIZE] = "";
	unsigned char public_key[NOTE_PUBLIC_SIZE] = { 0 };
	unsigned char signature[4 + crypto_sign_BYTES] = { 0 };
	struct note_key key;
	char text[NOTE_CHECKPOINT_SIZE];
	char vkey[NOTE_KEY_SIZE];
	char base64[2 * sizeof(signature)];
	take(u, c.root.bytes, TREE_HASH_SIZE);
	take_word(u, origin);
	take(u, public_key, sizeof(public_key));
	take(u, signature + 4, crypto_sign_BYTES);
	if (!u->ok || !note_key_make(origin, NOTE_ED25519, public_key, &key))
		return false;
	memcpy(signature, key.id, sizeof(key.id));
	memcpy(c.origin, key.name, sizeof(c.origin));
	note_checkpoint_print(&c, text);
	note_key_print(&key, vkey);
	(void)sodium_bin2base64(base64, sizeof(base64), signature, sizeof(signature),
				sodium_base64_VARIANT_ORIGINAL);
	r->key = arena_copy(a, vkey);
	r->checkpoint = arena_print(a, "%s\n\xe2\x80\x94 %s %s\n", text, origin, base64);
	return true;
}

bool packed_read(struct arena *a, const char *text, size_t size, struct receipt *ret)
{
	unsigned char bytes[PACKED_MOST];
	char header[LEAF_TEXT_SIZE];
	struct receipt r = { 0 };
	struct leaf leaf = { 0 };
	size_t count = 0;
	while (size > 0 && memchr(" \t\r\n", text[size - 1], BLANKS))
		size--;
	if (!read_digits(text, size, bytes, &count))
		return false;
	struct unpacking u = { bytes, bytes + count, true };
	const unsigned version = take_byte(&u);
	if (version != BARE && version != WHOLE)
		return false;
	take_leaf(&u, &leaf);
	take_proof(&u, &r.proof);
	if (!take_note(&u, a, &r))
		return false;
	if (version == WHOLE)
		take_content(&u, a, &r);
	if (!u.ok || u.at != u.end || leaf.seq < 1 || !leaf_print(&leaf, header))
		return false;
	r.leaf = arena_copy(a, header);
	r.index = (uint64_t)leaf.seq - 1;
	*ret = r;
	return true;
}

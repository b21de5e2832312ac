/* receipt.c - receipts as JSON, and the short code.  The packed form is in packed.c. */
#include "verify/receipt.h"

#include "verify/packed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { BLANKS = 4, CODE_LETTERS = 16, GROUP = 4, LETTER_BITS = 5 };

/* ---- reading --------------------------------------------------------------------------------- */

static bool no_receipt(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "verify.error.format", "no receipt: %s", what);
}

static const char *text_in(struct arena *a, const json_t *o, const char *name)
{
	const json_t *text = json_object_get(o, name);
	return json_is_string(text) && strlen(json_string_value(text)) == json_string_length(text)
		       ? arena_copy(a, json_string_value(text))
		       : NULL;
}

static bool read_proof(const json_t *list, struct tree_proof *ret)
{
	size_t i = 0;
	const json_t *hash = NULL;
	if (!json_is_array(list) || json_array_size(list) > TREE_PROOF_MOST)
		return false;
	json_array_foreach (list, i, hash) {
		if (!json_is_string(hash) ||
		    !tree_parse(json_string_value(hash), json_string_length(hash), &ret->hash[i]))
			return false;
	}
	ret->count = json_array_size(list);
	return true;
}

static bool read_content(struct arena *a, const json_t *o, struct receipt *r)
{
	const char *salt = text_in(a, o, "salt");
	size_t size = 0;
	r->content = text_in(a, o, "content");
	r->whole = salt != NULL && r->content != NULL;
	if (!r->whole)
		return !json_object_get(o, "salt") && !json_object_get(o, "content");
	return sodium_hex2bin(r->salt, sizeof(r->salt), salt, strlen(salt), NULL, &size, NULL) ==
		       0 &&
	       size == sizeof(r->salt);
}

bool receipt_take(struct arena *a, const json_t *o, struct receipt *ret, struct err *e)
{
	struct receipt r = { 0 };
	const char *format = text_in(a, o, "format");
	const json_t *index = json_object_get(o, "index");
	if (!format || strcmp(format, RECEIPT_FORMAT) != 0)
		return no_receipt(e, "its format is another one");
	r.leaf = text_in(a, o, "leaf");
	r.checkpoint = text_in(a, o, "checkpoint");
	r.key = text_in(a, o, "key");
	if (!r.leaf || !r.checkpoint || !r.key || !json_is_integer(index) ||
	    json_integer_value(index) < 0)
		return no_receipt(e, "a part is missing");
	r.index = (uint64_t)json_integer_value(index);
	if (!read_proof(json_object_get(o, "proof"), &r.proof) || !read_content(a, o, &r))
		return no_receipt(e, "a part is malformed");
	*ret = r;
	return true;
}

bool receipt_read(struct arena *a, const char *bytes, size_t size, struct receipt *ret,
		  struct err *e)
{
	if (size > RECEIPT_MOST)
		return err_set(e, ERR_INPUT, "verify.error.large", "%zu bytes", size);
	while (size > 0 && memchr(" \t\r\n", bytes[0], BLANKS)) {
		bytes++;
		size--;
	}
	const size_t prefix = strlen(RECEIPT_PREFIX);
	if (size >= prefix && memcmp(bytes, RECEIPT_PREFIX, prefix) == 0)
		return packed_read(a, bytes + prefix, size - prefix, ret) ||
		       no_receipt(e, "the code is damaged");
	json_error_t why;
	json_t *o = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
	if (!o)
		return no_receipt(e, "neither JSON nor a code");
	const bool ok = receipt_take(a, o, ret, e);
	json_decref(o);
	return ok;
}

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *proof_json(const struct tree_proof *proof)
{
	json_t *list = json_array();
	for (size_t i = 0; i < proof->count; i++) {
		char text[TREE_TEXT_SIZE];
		tree_print(&proof->hash[i], text);
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

const char *receipt_json(struct arena *a, const struct receipt *r)
{
	json_t *o = json_pack("{s:s,s:s,s:I,s:o,s:s,s:s}", "format", RECEIPT_FORMAT, "leaf",
			      r->leaf, "index", (json_int_t)r->index, "proof",
			      proof_json(&r->proof), "checkpoint", r->checkpoint, "key", r->key);
	struct leaf leaf;
	if (leaf_parse(r->leaf, strlen(r->leaf), &leaf))
		(void)json_object_set_new(o, "kind", json_string(leaf.kind));
	if (r->whole) {
		char salt[RECEIPT_SALT_SIZE * 2 + 1];
		sodium_bin2hex(salt, sizeof(salt), r->salt, sizeof(r->salt));
		(void)json_object_set_new(o, "salt", json_string(salt));
		(void)json_object_set_new(o, "content", json_string(r->content));
	}
	char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	const char *kept = arena_copy(a, text ? text : "");
	free(text);
	json_decref(o);
	return kept;
}

const char *receipt_compact(struct arena *a, const struct receipt *r)
{
	struct receipt bare = *r;
	const char *packed = packed_print(a, r);
	bare.whole = false;
	if (r->whole && (!packed || strlen(RECEIPT_PREFIX) + strlen(packed) > RECEIPT_PACKED_MOST))
		packed = packed_print(a, &bare);
	return packed ? arena_print(a, RECEIPT_PREFIX "%s", packed) : NULL;
}

/* ---- the short code -------------------------------------------------------------------------- */

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void receipt_code(const struct tree_hash *leaf, char ret[RECEIPT_CODE_SIZE])
{
	size_t at = 0;
	for (unsigned i = 0; i < CODE_LETTERS; i++) {
		const unsigned bit = i * LETTER_BITS;
		const unsigned pair =
			(unsigned)leaf->bytes[bit / 8] << 8 |
			(bit / 8 + 1 < RECEIPT_CODE_BYTES ? leaf->bytes[bit / 8 + 1] : 0U);
		if (i > 0 && i % GROUP == 0)
			ret[at++] = '-';
		ret[at++] = letters[pair >> (16 - LETTER_BITS - bit % 8) & 31U];
	}
	ret[at] = '\0';
}

/* 32 for what is no letter of a code. */
static unsigned value_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return 0;
	if (c == 'I' || c == 'L')
		return 1;
	const char *at = c ? strchr(letters, c) : NULL;
	return at ? (unsigned)(at - letters) : 32;
}

bool receipt_code_parse(const char *text, unsigned char ret[RECEIPT_CODE_BYTES])
{
	unsigned char bytes[RECEIPT_CODE_BYTES] = { 0 };
	unsigned n = 0;
	for (; *text; text++) {
		if (strchr(" -\t\r\n", *text))
			continue;
		const unsigned value = value_of(*text);
		if (value > 31 || n == CODE_LETTERS)
			return false;
		for (unsigned b = 0; b < LETTER_BITS; b++) {
			const unsigned bit = n * LETTER_BITS + b;
			if (value >> (LETTER_BITS - 1 - b) & 1U)
				bytes[bit / 8] |= (unsigned char)(0x80U >> bit % 8);
		}
		n++;
	}
	if (n != CODE_LETTERS)
		return false;
	memcpy(ret, bytes, sizeof(bytes));
	return true;
}

#include "verify/leaf.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_SIZE = TREE_HASH_SIZE * 2 + 1, DIGITS_MOST = 20 };

/* ---- printing -------------------------------------------------------------------------------- */

bool leaf_print(const struct leaf *leaf, char ret[LEAF_TEXT_SIZE])
{
	char content[HEX_SIZE];
	char previous[HEX_SIZE];
	sodium_bin2hex(content, sizeof(content), leaf->content.bytes, TREE_HASH_SIZE);
	sodium_bin2hex(previous, sizeof(previous), leaf->previous.bytes, TREE_HASH_SIZE);
	const int size = snprintf(
		ret, LEAF_TEXT_SIZE,
		"{\"actor\":%lld,\"at\":%lld,\"competition\":%lld,\"content\":\"%s\","
		"\"kind\":\"%s\",\"previous\":\"%s\",\"seq\":%lld,\"subject\":\"%s\"}",
		(long long)leaf->actor, (long long)leaf->at_ms, (long long)leaf->competition,
		content, leaf->kind, previous, (long long)leaf->seq, leaf->subject);
	return size > 0 && size < LEAF_TEXT_SIZE && tree_is_plain(leaf->kind) &&
	       tree_is_plain(leaf->subject);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reader {
	const char *at;
	bool ok;
};

static void expect(struct reader *r, const char *text)
{
	const size_t size = strlen(text);
	if (r->ok && strncmp(r->at, text, size) == 0)
		r->at += size;
	else
		r->ok = false;
}

/* Too large a number is cut off by strtoll() and so prints as another one. */
static int64_t read_number(struct reader *r)
{
	const size_t size = strspn(r->at, "-0123456789");
	if (!r->ok || size == 0 || size > DIGITS_MOST) {
		r->ok = false;
		return 0;
	}
	const int64_t number = strtoll(r->at, NULL, 10);
	r->at += size;
	return number;
}

static void read_word(struct reader *r, char ret[LEAF_WORD_SIZE])
{
	const size_t size = r->ok ? strcspn(r->at, "\"") : 0;
	if (!r->ok || size >= LEAF_WORD_SIZE) {
		r->ok = false;
		return;
	}
	memcpy(ret, r->at, size);
	ret[size] = '\0';
	r->at += size;
}

static void read_hash(struct reader *r, struct tree_hash *ret)
{
	char text[LEAF_WORD_SIZE] = "";
	size_t size = 0;
	read_word(r, text);
	if (r->ok && (sodium_hex2bin(ret->bytes, TREE_HASH_SIZE, text, strlen(text), NULL, &size,
				     NULL) != 0 ||
		      size != TREE_HASH_SIZE))
		r->ok = false;
}

bool leaf_parse(const char *text, size_t size, struct leaf *ret)
{
	struct leaf leaf = { 0 };
	char kept[LEAF_TEXT_SIZE];
	char again[LEAF_TEXT_SIZE];
	if (size >= sizeof(kept) || memchr(text, '\0', size))
		return false;
	memcpy(kept, text, size);
	kept[size] = '\0';
	struct reader r = { kept, true };
	expect(&r, "{\"actor\":");
	leaf.actor = read_number(&r);
	expect(&r, ",\"at\":");
	leaf.at_ms = read_number(&r);
	expect(&r, ",\"competition\":");
	leaf.competition = read_number(&r);
	expect(&r, ",\"content\":\"");
	read_hash(&r, &leaf.content);
	expect(&r, "\",\"kind\":\"");
	read_word(&r, leaf.kind);
	expect(&r, "\",\"previous\":\"");
	read_hash(&r, &leaf.previous);
	expect(&r, "\",\"seq\":");
	leaf.seq = read_number(&r);
	expect(&r, ",\"subject\":\"");
	read_word(&r, leaf.subject);
	expect(&r, "\"}");
	if (!r.ok || !leaf_print(&leaf, again) || strcmp(again, kept) != 0)
		return false;
	*ret = leaf;
	return true;
}

struct tree_hash leaf_content_hash(const void *salt, size_t salt_size, const char *content,
				   size_t content_size)
{
	struct tree_hash hash;
	crypto_hash_sha256_state state;
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, salt, salt_size);
	(void)crypto_hash_sha256_update(&state, (const unsigned char *)content, content_size);
	(void)crypto_hash_sha256_final(&state, hash.bytes);
	return hash;
}

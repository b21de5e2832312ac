/* segment.c - what a node brings: its journal from the first entry to the last. */
#include "app/hall_node/part.h"

#include "journal/header.h"

#include <sodium.h>
#include <string.h>

enum { ENTRY_PARTS = 3 };

static bool refuse(struct err *e, const char *why, int64_t seq)
{
	return err_set(e, ERR_INPUT, "hall.error.segment", "entry %lld: %s", (long long)seq, why);
}

static bool hex(const char *text, unsigned char *ret, size_t size)
{
	size_t got = 0;
	const char *end = NULL;
	return strlen(text) == 2 * size &&
	       sodium_hex2bin(ret, size, text, 2 * size, NULL, &got, &end) == 0 && got == size;
}

/* The header as it would be printed of its values: nothing else stands in it. */
static bool read_header(struct arena *a, const char *text, struct journal_header *ret)
{
	char again[JOURNAL_HEADER_SIZE];
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	json_in_arena(a, json);
	struct journal_header h = { .seq = row_number(json, "seq"),
				    .at_ms = row_number(json, "at"),
				    .actor_id = row_number(json, "actor"),
				    .competition_id = row_number(json, "competition"),
				    .kind = row_text(json, "kind"),
				    .subject = row_text(json, "subject") };
	if (!hex(row_text(json, "content"), h.content_hash, sizeof(h.content_hash)) ||
	    !hex(row_text(json, "previous"), h.previous_hash, sizeof(h.previous_hash)) ||
	    !journal_header_print(&h, again) || strcmp(again, text) != 0)
		return false;
	*ret = h;
	return true;
}

/* SHA-256 over salt and content, as journal.h has it. */
static bool content_fits(const struct journal_header *h, const char *salt_text, const char *content)
{
	unsigned char salt[JOURNAL_SALT_SIZE];
	unsigned char hash[JOURNAL_HASH_SIZE];
	crypto_hash_sha256_state state;
	if (!hex(salt_text, salt, sizeof(salt)))
		return false;
	(void)crypto_hash_sha256_init(&state);
	(void)crypto_hash_sha256_update(&state, salt, sizeof(salt));
	(void)crypto_hash_sha256_update(&state, (const unsigned char *)content, strlen(content));
	(void)crypto_hash_sha256_final(&state, hash);
	return memcmp(hash, h->content_hash, sizeof(hash)) == 0;
}

/* `head` is the hash of the entry before, and becomes that of this one. */
static bool read_entry(struct arena *a, const json_t *json, int64_t seq,
		       unsigned char head[JOURNAL_HASH_SIZE], struct segment_entry *ret,
		       struct err *e)
{
	const char *text[ENTRY_PARTS];
	struct journal_header h = { 0 };
	for (size_t i = 0; i < COUNT(text); i++) {
		text[i] = json_string_value(json_array_get(json, i));
		if (!text[i])
			return refuse(e, "not an entry", seq);
	}
	if (!read_header(a, text[0], &h) || h.seq != seq)
		return refuse(e, "its header is none", seq);
	if (memcmp(h.previous_hash, head, JOURNAL_HASH_SIZE) != 0)
		return refuse(e, "it does not follow the one before", seq);
	if (!content_fits(&h, text[1], text[2]))
		return refuse(e, "its content is another", seq);
	json_t *content = json_loads(text[2], JSON_REJECT_DUPLICATES, NULL);
	json_in_arena(a, content);
	if (!json_is_object(content))
		return refuse(e, "its content is no object", seq);
	const struct tree_hash hash = tree_leaf(text[0], strlen(text[0]));
	memcpy(head, hash.bytes, JOURNAL_HASH_SIZE);
	*ret = (struct segment_entry){ h.seq,  h.at_ms,   h.actor_id, h.competition_id,
				       h.kind, h.subject, content };
	return true;
}

static bool check_ends(const struct segment *s, const char *package_hash, struct err *e)
{
	const struct segment_entry *first = s->count ? &s->entry[0] : NULL;
	const struct segment_entry *last = s->count ? &s->entry[s->count - 1] : NULL;
	if (!first || strcmp(first->kind, "node.taken") != 0 ||
	    strcmp(row_text(first->content, "package"), package_hash) != 0)
		return refuse(e, "it does not begin with the package", 1);
	return strcmp(last->kind, "node.returned") == 0 ||
	       refuse(e, "it does not end where the node ended it", last->seq);
}

static bool read_key(struct segment *s, struct err *e)
{
	const char *text = row_text(s->json, "seal_key");
	s->started = *text != '\0';
	return !s->started || hex(text, s->seal_key, sizeof(s->seal_key)) ||
	       refuse(e, "the key of the seal is none", 0);
}

bool segment_read(struct arena *a, json_t *json, const char *package_hash, struct segment *ret,
		  struct err *e)
{
	const json_t *list = json_object_get(json, "entries");
	unsigned char head[JOURNAL_HASH_SIZE] = { 0 };
	struct segment s = { .json = json, .count = json_array_size(list) };
	s.entry = arena_array(a, s.count + 1, sizeof(*s.entry));
	for (size_t i = 0; i < s.count; i++) {
		if (!read_entry(a, json_array_get(list, i), (int64_t)i + 1, head, &s.entry[i], e))
			return false;
	}
	s.head = act_hex(a, head, sizeof(head));
	if (!check_ends(&s, package_hash, e) || !read_key(&s, e))
		return false;
	*ret = s;
	return true;
}

#include "base/alike.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum { FIRST_ROOM = 256, PER_CENT = 100 };

/* A text: `count` words from `first` on in alike.words.  They are hashes first, then ranks: the
 * rarer the word, the smaller its rank. */
struct record {
	size_t owner, first;
	uint32_t count;
};

struct alike {
	struct arena *arena;
	struct record *records;
	size_t count, room;
	uint64_t *words;
	size_t word_count, word_room;
};

struct alike *alike_new(struct arena *a)
{
	struct alike *s = arena_alloc(a, sizeof(*s));
	s->arena = a;
	return s;
}

/* ---- words ----------------------------------------------------------------------------------- */

static void *grown(struct arena *a, const void *old, size_t count, size_t *room, size_t size)
{
	*room = *room ? *room * 2 : FIRST_ROOM;
	void *bytes = arena_array(a, *room, size);
	if (count > 0)
		memcpy(bytes, old, count * size);
	return bytes;
}

static int by_value(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left;
	const uint64_t b = *(const uint64_t *)right;
	return (a > b) - (a < b);
}

/* Negative for what is no character. */
static UChar32 next_character(const uint8_t *bytes, int32_t *at)
{
	UChar32 c = 0;
	U8_NEXT(bytes, *at, -1, c);
	return c;
}

/* FNV-1a, 64 bits, of the letters and digits from *at on; past what stands between words. */
static bool next_word(const char *text, int32_t *at, uint64_t *ret)
{
	const uint8_t *bytes = (const uint8_t *)text;
	uint64_t hash = 14695981039346656037u;
	bool inside = false;
	while (bytes[*at]) {
		const int32_t begin = *at;
		const UChar32 c = next_character(bytes, at);
		if (c >= 0 && u_isalnum(c)) {
			for (int32_t i = begin; i < *at; i++)
				hash = (hash ^ bytes[i]) * 1099511628211u;
			inside = true;
		} else if (inside) {
			break;
		}
	}
	*ret = hash;
	return inside;
}

static size_t keep_once(uint64_t *words, size_t count)
{
	size_t kept = 0;
	qsort(words, count, sizeof(*words), by_value);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || words[kept - 1] != words[i])
			words[kept++] = words[i];
	}
	return kept;
}

void alike_words_of(const char *text, struct alike_words *ret)
{
	CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
	const char *folded = text_fold(scratch, text);
	int32_t at = 0;
	size_t count = 0;
	while (count < ALIKE_WORDS_MOST && next_word(folded, &at, &ret->word[count]))
		count++;
	ret->count = keep_once(ret->word, count);
}

void alike_add(struct alike *s, size_t owner, const char *text)
{
	struct alike_words words;
	alike_words_of(text, &words);
	const size_t count = words.count;
	if (count < ALIKE_WORDS_LEAST)
		return;
	if (s->count == s->room)
		s->records = grown(s->arena, s->records, s->count, &s->room, sizeof(*s->records));
	while (s->word_count + count > s->word_room)
		s->words =
			grown(s->arena, s->words, s->word_count, &s->word_room, sizeof(*s->words));
	memcpy(s->words + s->word_count, words.word, count * sizeof(*words.word));
	s->records[s->count++] = (struct record){ owner, s->word_count, (uint32_t)count };
	s->word_count += count;
}

/* ---- ranks ----------------------------------------------------------------------------------- */

struct word {
	uint64_t hash;
	uint32_t texts; /* that have it */
	uint32_t rank;
};

static int by_hash(const void *left, const void *right)
{
	return by_value(&((const struct word *)left)->hash, &((const struct word *)right)->hash);
}

static int by_rarity(const void *left, const void *right)
{
	const struct word *a = *(struct word *const *)left;
	const struct word *b = *(struct word *const *)right;
	return a->texts != b->texts ? (a->texts > b->texts) - (a->texts < b->texts) : by_hash(a, b);
}

/* Every word once, sorted by hash, with its rank. */
static struct word *rank_words(const struct alike *s, size_t *ret_count)
{
	uint64_t *all = arena_array(s->arena, s->word_count + 1, sizeof(*all));
	if (s->word_count > 0)
		memcpy(all, s->words, s->word_count * sizeof(*all));
	qsort(all, s->word_count, sizeof(*all), by_value);
	struct word *words = arena_array(s->arena, s->word_count + 1, sizeof(*words));
	size_t count = 0;
	for (size_t i = 0; i < s->word_count; i++) {
		if (count == 0 || words[count - 1].hash != all[i])
			words[count++] = (struct word){ .hash = all[i] };
		words[count - 1].texts++;
	}
	struct word **rare = arena_array(s->arena, count + 1, sizeof(struct word *));
	for (size_t i = 0; i < count; i++)
		rare[i] = &words[i];
	qsort(rare, count, sizeof(struct word *), by_rarity);
	for (size_t i = 0; i < count; i++)
		rare[i]->rank = (uint32_t)i;
	*ret_count = count;
	return words;
}

/* Puts ranks in the place of hashes, the rarest first in each text; how many words there are. */
static size_t put_ranks(struct alike *s)
{
	size_t count = 0;
	const struct word *words = rank_words(s, &count);
	for (size_t i = 0; i < s->word_count; i++) {
		const struct word key = { .hash = s->words[i] };
		const struct word *found = bsearch(&key, words, count, sizeof(*words), by_hash);
		s->words[i] = found ? found->rank : 0; /* each is there */
	}
	for (size_t i = 0; i < s->count; i++)
		qsort(s->words + s->records[i].first, s->records[i].count, sizeof(*s->words),
		      by_value);
	return count;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* A text that has a word among its rarest; the next one of the same word, by number plus one. */
struct posting {
	size_t record;
	size_t next;
};

struct search {
	const struct alike *set;
	size_t *heads; /* of each word: its newest posting plus one, 0 none */
	struct posting *postings;
	size_t posting_count;
	size_t *looked_at; /* each text: by which text last, plus one */
	size_t *told;      /* each thing: to which thing last, plus one */
	size_t most;
	alike_fn *each;
	void *user;
};

/* How many of a text's rarest words have to be looked up: if all of them are missing in another
 * text, what is left is too little. */
static uint32_t prefix_of(const struct record *r)
{
	const uint32_t needed = (r->count * ALIKE_PERCENT + PER_CENT - 1) / PER_CENT;
	return r->count - needed + 1;
}

/* Of two sorted lists. */
static size_t count_common(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
	size_t i = 0;
	size_t k = 0;
	size_t common = 0;
	while (i < a_count && k < b_count) {
		const bool same = a[i] == b[k];
		const bool forward = a[i] <= b[k];
		common += same;
		k += same || !forward;
		i += forward;
	}
	return common;
}

int alike_percent(const struct alike_words *a, const struct alike_words *b)
{
	if (a->count < ALIKE_WORDS_LEAST || b->count < ALIKE_WORDS_LEAST)
		return 0;
	const size_t common = count_common(a->word, a->count, b->word, b->count);
	return (int)(common * PER_CENT / (a->count + b->count - common));
}

static bool are_alike(const struct alike *s, const struct record *x, const struct record *y)
{
	const size_t common =
		count_common(s->words + x->first, x->count, s->words + y->first, y->count);
	return common * PER_CENT >= (x->count + y->count - common) * ALIKE_PERCENT;
}

/* Looks through the texts before `n` that share one of its rarest words. */
static size_t look_up(struct search *q, size_t n, uint64_t word, size_t found)
{
	const struct record *r = &q->set->records[n];
	for (size_t p = q->heads[word]; p != 0 && found < q->most; p = q->postings[p - 1].next) {
		const size_t other = q->postings[p - 1].record;
		const struct record *o = &q->set->records[other];
		if (q->looked_at[other] == n + 1)
			continue;
		q->looked_at[other] = n + 1;
		if (o->owner == r->owner || q->told[o->owner] == r->owner + 1 ||
		    !are_alike(q->set, r, o))
			continue;
		q->told[o->owner] = r->owner + 1;
		q->each(q->user, r->owner, o->owner);
		found++;
	}
	return found;
}

static void enter(struct search *q, size_t n, uint64_t word)
{
	q->postings[q->posting_count++] = (struct posting){ n, q->heads[word] };
	q->heads[word] = q->posting_count;
}

static struct search search_of(struct alike *s, size_t most, alike_fn *each, void *user)
{
	struct search q = { .set = s, .most = most, .each = each, .user = user };
	const size_t words = put_ranks(s);
	const size_t owners = s->count ? s->records[s->count - 1].owner + 1 : 1;
	size_t postings = 0;
	for (size_t i = 0; i < s->count; i++)
		postings += prefix_of(&s->records[i]);
	q.heads = arena_array(s->arena, words + 1, sizeof(*q.heads));
	q.postings = arena_array(s->arena, postings + 1, sizeof(*q.postings));
	q.looked_at = arena_array(s->arena, s->count + 1, sizeof(*q.looked_at));
	q.told = arena_array(s->arena, owners, sizeof(*q.told));
	return q;
}

void alike_each(struct alike *s, size_t first, size_t most, alike_fn *each, void *user)
{
	struct search q = search_of(s, most, each, user);
	size_t found = 0;
	for (size_t n = 0; n < s->count; n++) {
		const struct record *r = &s->records[n];
		const uint32_t prefix = prefix_of(r);
		if (n == 0 || s->records[n - 1].owner != r->owner)
			found = 0;
		for (uint32_t i = 0; i < prefix && r->owner >= first; i++)
			found = look_up(&q, n, s->words[r->first + i], found);
		for (uint32_t i = 0; i < prefix; i++)
			enter(&q, n, s->words[r->first + i]);
	}
}

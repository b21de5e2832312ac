/* s3.c - objects in an S3-compatible store: libcurl, which signs requests itself (AWS Signature
 * Version 4).
 *
 * What Debian 12's libcurl (7.88) does not do for S3 is done here: the header x-amz-content-sha256,
 * without which S3 refuses, and names that are the same whether escaped or not, since it signs the
 * path as it is given.  It also signs a header that is taken away ("Expect:"), so none is. */
#include "store/place.h"

#include "base/buf.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	CONNECT_S = 3,
	SLOW_S = 10, /* with less than SLOW_BYTES a second for so long it is away */
	SLOW_BYTES = 1024,
	WHOLE_S = 120,
	SILENT_S = 15, /* so long nobody waits again for one that has let somebody wait */
	ANSWER_MOST = 1024 * 1024, /* of an answer that is no object */
	HASH_TEXT = crypto_hash_sha256_BYTES * 2 + 1
};

/* What comes back. */
struct answer {
	struct arena *arena;
	char *bytes;
	size_t size, room, most;
	long status;
};

struct asking {
	const char *method, *url;
	const void *bytes;
	size_t size, given;
};

static size_t take(char *from, size_t one, size_t count, void *user)
{
	struct answer *r = user;
	const size_t size = one * count;
	if (size > r->most - r->size)
		return 0;
	if (r->size + size + 1 > r->room) {
		const size_t room = (r->size + size) * 2 + 4096;
		char *more = arena_alloc(r->arena, room);
		if (r->size > 0)
			memcpy(more, r->bytes, r->size);
		r->bytes = more;
		r->room = room;
	}
	memcpy(r->bytes + r->size, from, size);
	r->size += size;
	r->bytes[r->size] = '\0';
	return size;
}

static size_t give(char *to, size_t one, size_t count, void *user)
{
	struct asking *q = user;
	const size_t room = one * count;
	const size_t left = q->size - q->given;
	const size_t size = left < room ? left : room;
	if (size > 0)
		memcpy(to, (const char *)q->bytes + q->given, size);
	q->given += size;
	return size;
}

/* A connection that the place has closed meanwhile is asked for again from the first byte. */
static int again(void *user, curl_off_t offset, int origin)
{
	struct asking *q = user;
	if (origin != SEEK_SET || offset < 0 || (size_t)offset > q->size)
		return CURL_SEEKFUNC_CANTSEEK;
	q->given = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* ---- a request ------------------------------------------------------------------------------- */

static CURL *take_curl(struct store *s)
{
	CURL *curl = NULL;
	(void)pthread_mutex_lock(&s->lock);
	if (s->idle_count > 0)
		curl = s->idle[--s->idle_count];
	(void)pthread_mutex_unlock(&s->lock);
	return curl ? curl : curl_easy_init();
}

/* Its options go, its connection stays. */
static void give_curl(struct store *s, CURL *curl)
{
	curl_easy_reset(curl);
	(void)pthread_mutex_lock(&s->lock);
	const bool room = s->idle_count < STORE_CURLS;
	if (room)
		s->idle[s->idle_count++] = curl;
	(void)pthread_mutex_unlock(&s->lock);
	if (!room)
		curl_easy_cleanup(curl);
}

/* The hash of the body is signed: S3 refuses a request without it, and a body that was changed on
 * the way. */
static struct curl_slist *headers_of(struct arena *a, const struct asking *q)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[HASH_TEXT];
	(void)crypto_hash_sha256(hash, q->bytes, q->size);
	(void)sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	return curl_slist_append(NULL, arena_print(a, "x-amz-content-sha256: %s", text));
}

static bool set_place(CURL *curl, struct store *s)
{
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, s->plain ? "http" : "https") ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, s->sign) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_USERPWD, s->login) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S) == CURLE_OK &&
	       (!s->authorities ||
		curl_easy_setopt(curl, CURLOPT_CAINFO, s->authorities) == CURLE_OK);
}

static bool set_request(CURL *curl, struct asking *q, struct answer *r, struct curl_slist *headers)
{
	const bool puts = strcmp(q->method, "PUT") == 0;
	return curl_easy_setopt(curl, CURLOPT_URL, q->url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, r) == CURLE_OK &&
	       (strcmp(q->method, "HEAD") != 0 ||
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L) == CURLE_OK) &&
	       (strcmp(q->method, "DELETE") != 0 ||
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE") == CURLE_OK) &&
	       (!puts || (curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
			  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give) == CURLE_OK &&
			  curl_easy_setopt(curl, CURLOPT_READDATA, q) == CURLE_OK &&
			  curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, again) == CURLE_OK &&
			  curl_easy_setopt(curl, CURLOPT_SEEKDATA, q) == CURLE_OK &&
			  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->size) ==
				  CURLE_OK));
}

/* <Code>SignatureDoesNotMatch</Code> of an answer; the rest may hold anything. */
static const char *code_of(const struct answer *r)
{
	const char *at = r->size > 0 ? strstr(r->bytes, "<Code>") : NULL;
	const size_t length =
		at ? strspn(at + 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") : 0;
	return length > 0 ? arena_copy_n(r->arena, at + 6, length < 64 ? length : 64) : "";
}

static bool judge(const struct asking *q, const struct answer *r, struct err *e)
{
	const char *code = code_of(r);
	if ((r->status >= 200 && r->status < 300) || r->status == 404)
		return true;
	if (r->status == 400 || r->status == 401 || r->status == 403 || r->status == 301 ||
	    r->status == 307)
		return err_set(e, ERR_BUSY, "store.error.refused",
			       "the file store refuses %s: %ld %s", q->method, r->status, code);
	return place_away(e, arena_print(r->arena, "%s: %ld %s", q->method, r->status, code));
}

static int64_t seconds(void)
{
	struct timespec now = { 0, 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* A place that does not even refuse would hold up every thread that asks it, and with them whatever
 * else these do: sign-ins, papers.  One waits, the others are told. */
static bool is_silent(struct store *s)
{
	(void)pthread_mutex_lock(&s->lock);
	const bool silent = seconds() < s->silent_until;
	(void)pthread_mutex_unlock(&s->lock);
	return silent;
}

static void note_silence(struct store *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->silent_until = seconds() + SILENT_S;
	(void)pthread_mutex_unlock(&s->lock);
}

/* Any answer but one of success or 404 is a failure. */
static bool ask(struct store *s, struct asking *q, struct answer *r, struct err *e)
{
	if (is_silent(s))
		return place_away(e, "it did not answer just now");
	CURL *curl = take_curl(s);
	struct curl_slist *headers = headers_of(r->arena, q);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	if (curl && headers && set_place(curl, s) && set_request(curl, q, r, headers)) {
		code = curl_easy_perform(curl);
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &r->status);
	}
	if (curl)
		give_curl(s, curl);
	curl_slist_free_all(headers);
	if (code == CURLE_OPERATION_TIMEDOUT)
		note_silence(s);
	if (code != CURLE_OK)
		return place_away(e, curl_easy_strerror(code));
	return judge(q, r, e);
}

static const char *url_of(struct store *s, struct arena *a, const char *name)
{
	return arena_print(a, "%s/%s%s", s->base, s->prefix, name);
}

/* ---- one object ------------------------------------------------------------------------------ */

/* 404 of a PUT: there is no bucket. */
static bool no_bucket(struct err *e)
{
	return err_set(e, ERR_BUSY, "store.error.refused", "the file store has no such bucket");
}

static bool put(struct store *s, const char *name, const void *bytes, size_t size, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct asking q = { "PUT", url_of(s, a, name), bytes, size, 0 };
	struct answer r = { .arena = a, .most = ANSWER_MOST };
	return ask(s, &q, &r, e) && (r.status != 404 || no_bucket(e));
}

static bool get(struct store *s, struct arena *a, const char *name, const void **ret,
		size_t *ret_size, struct err *e)
{
	struct asking q = { .method = "GET", .url = url_of(s, a, name) };
	struct answer r = { .arena = a, .most = STORE_OBJECT_MOST };
	if (!ask(s, &q, &r, e))
		return false;
	if (r.status == 404)
		return strcmp(code_of(&r), "NoSuchBucket") == 0 ? no_bucket(e)
								: place_missing(e, name);
	*ret = r.size > 0 ? r.bytes : "";
	*ret_size = r.size;
	return true;
}

static bool has(struct store *s, const char *name, bool *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct asking q = { .method = "HEAD", .url = url_of(s, a, name) };
	struct answer r = { .arena = a, .most = ANSWER_MOST };
	if (!ask(s, &q, &r, e))
		return false;
	*ret = r.status != 404;
	return true;
}

static bool take_away(struct store *s, const char *name, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct asking q = { .method = "DELETE", .url = url_of(s, a, name) };
	struct answer r = { .arena = a, .most = ANSWER_MOST };
	return ask(s, &q, &r, e) &&
	       (r.status != 404 || strcmp(code_of(&r), "NoSuchBucket") != 0 || no_bucket(e));
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Every character that is not plain, since libcurl signs the query as it is given. */
static const char *escaped(struct arena *a, const char *text)
{
	struct buf out = buf_on(a);
	for (; *text; text++) {
		if (*text == '/')
			buf_add(&out, "%2F");
		else
			buf_add_char(&out, *text);
	}
	return out.text;
}

/* <Key>prefix2026-11-30/0a...</Key>: names of ours hold nothing that XML escapes. */
static void read_keys(struct store *s, struct arena *a, const char *at, struct store_names *ret)
{
	const size_t prefix = strlen(s->prefix);
	while ((at = strstr(at, "<Key>")) && ret->count < STORE_LIST_MOST) {
		at += 5;
		const char *key = arena_copy_n(a, at, strcspn(at, "<"));
		if (strncmp(key, s->prefix, prefix) == 0 && store_name_valid(key + prefix))
			ret->name[ret->count++] = key + prefix;
	}
}

/* The parameters in the order of their names, as they are signed. */
static bool list(struct store *s, struct arena *a, const char *after, struct store_names *ret,
		 struct err *e)
{
	struct asking q = {
		.method = "GET",
		.url = arena_print(
			a, "%s?list-type=2&max-keys=%d&prefix=%s%s%s", s->base, STORE_LIST_MOST,
			escaped(a, s->prefix), *after ? "&start-after=" : "",
			*after ? escaped(a, arena_print(a, "%s%s", s->prefix, after)) : ""),
	};
	struct answer r = { .arena = a, .most = ANSWER_MOST };
	ret->count = 0;
	if (!ask(s, &q, &r, e))
		return false;
	if (r.status == 404)
		return no_bucket(e);
	if (r.size > 0)
		read_keys(s, a, r.bytes, ret);
	return true;
}

const struct place place_s3 = { put, get, has, take_away, list };

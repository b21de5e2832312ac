#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RANDOM = 16, DAY = 10, PORT_MOST = 65535 };

static bool no_place(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "store.error.place", "%s", why);
}

bool place_away(struct err *e, const char *why)
{
	return err_set(e, ERR_BUSY, "store.error.away", "the file store: %s", why);
}

bool place_missing(struct err *e, const char *name)
{
	return err_set(e, ERR_MISSING, "store.error.missing", "no object %.80s", name);
}

/* ---- names ----------------------------------------------------------------------------------- */

const char *store_new_name(struct arena *a, const char *day)
{
	unsigned char random[RANDOM];
	char text[RANDOM * 2 + 1];
	randombytes_buf(random, sizeof(random));
	return arena_print(a, "%.10s/%s", day,
			   sodium_bin2hex(text, sizeof(text), random, sizeof(random)));
}

/* "2026-11-30/" and 32 hexadecimal digits. */
bool store_name_valid(const char *name)
{
	static const char form[] = "dddd-dd-dd/";
	for (size_t i = 0; form[i]; i++) {
		const bool digit = name[i] >= '0' && name[i] <= '9';
		if (form[i] == 'd' ? !digit : name[i] != form[i])
			return false;
	}
	const size_t rest = sizeof(form) - 1;
	return strspn(name + rest, "0123456789abcdef") == (size_t)RANDOM * 2 &&
	       name[rest + (size_t)RANDOM * 2] == '\0';
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The first line of a file that is its owner's alone. */
static bool read_secret(const char *path, char ret[STORE_SECRET_SIZE], struct err *e)
{
	struct stat status = { 0 };
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	const bool there = file >= 0 && fstat(file, &status) == 0;
	const bool own = there && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
	const ssize_t size = own ? read(file, ret, STORE_SECRET_SIZE - 1) : -1;
	if (file >= 0)
		(void)close(file);
	if (!there)
		return no_place(e, "the file of the secret cannot be read");
	if (!own)
		return no_place(e, "the file of the secret is for its owner alone: chmod 600");
	ret[size > 0 ? size : 0] = '\0';
	ret[strcspn(ret, "\r\n")] = '\0';
	return *ret != '\0' || no_place(e, "the file of the secret is empty");
}

static bool is_plain_text(const char *text, const char *more)
{
	for (; *text; text++) {
		const char c = *text;
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr(more, c)))
			return false;
	}
	return true;
}

static bool is_of_this_machine(const char *host)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const size_t length = strlen(names[i]);
		if (strncmp(host, names[i], length) == 0 &&
		    (host[length] == ':' || host[length] == '\0'))
			return true;
	}
	return false;
}

/* The port behind the host; `fallback` without one, 0 if it is none. */
static uint16_t port_of(const char *host, uint16_t fallback)
{
	const char *bracket = strchr(host, ']');
	const char *colon = strchr(bracket ? bracket : host, ':');
	char *end = NULL;
	if (!colon)
		return fallback;
	const long port = strtol(colon + 1, &end, 10);
	return port > 0 && port <= PORT_MOST && *end == '\0' ? (uint16_t)port : 0;
}

/* https://HOST[:PORT], no path: buckets stand there. */
static bool take_endpoint(struct store *s, const char *endpoint, struct err *e)
{
	const bool tls = strncmp(endpoint, "https://", 8) == 0;
	const char *host = endpoint + (tls ? 8 : 7);
	if (!tls && strncmp(endpoint, "http://", 7) != 0)
		return no_place(e, "endpoint wants https://HOST[:PORT]");
	if (!*host || !is_plain_text(host, ".-:[]"))
		return no_place(e, "endpoint wants https://HOST[:PORT], nothing behind it");
	if (!tls && !is_of_this_machine(host))
		return no_place(e, "endpoint without TLS is for this machine alone");
	s->plain = !tls;
	s->port = port_of(host, tls ? 443 : 80);
	return s->port != 0 || no_place(e, "endpoint with a port that is none");
}

struct words {
	const char *endpoint, *region, *bucket, *access_key, *secret_file, *prefix, *authorities;
	json_int_t most;
};

static bool read_words(struct arena *a, const char *path, struct words *w, struct err *e)
{
	json_error_t error;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	*w = (struct words){ .prefix = "", .most = STORE_IN_DATABASE_MOST };
	if (!json)
		return no_place(e, "the file of the place is not there, or is no JSON");
	arena_defer(a, (void (*)(void *))json_decref, json);
	if (json_unpack_ex(json, &error, JSON_STRICT, "{s:s,s:s,s:s,s:s,s:s,s?s,s?s,s?I}",
			   "endpoint", &w->endpoint, "region", &w->region, "bucket", &w->bucket,
			   "access_key", &w->access_key, "secret_file", &w->secret_file, "prefix",
			   &w->prefix, "authorities", &w->authorities, "in_database_most",
			   &w->most) == 0)
		return true;
	return err_set(e, ERR_INPUT, "store.error.place", "the file of the place: %.150s",
		       error.text);
}

static bool check_words(const struct words *w, struct err *e)
{
	const size_t prefix = strlen(w->prefix);
	if (!*w->region || !is_plain_text(w->region, "-"))
		return no_place(e, "region of letters, digits and -");
	if (!*w->bucket || !is_plain_text(w->bucket, ".-"))
		return no_place(e, "bucket of letters, digits, . and -");
	if (!*w->access_key || strchr(w->access_key, ':'))
		return no_place(e, "access_key without a colon");
	if (!is_plain_text(w->prefix, "-/") || (prefix > 0 && w->prefix[prefix - 1] != '/'))
		return no_place(e, "prefix of letters, digits, - and /, with / at its end");
	return (w->most >= 0 && w->most <= STORE_OBJECT_MOST) ||
	       no_place(e, "in_database_most is a number of bytes");
}

/* A secret with a colon in it is one all the same: the first one parts the two. */
static bool open_s3(struct store *s, const char *path, struct err *e)
{
	struct words w;
	char secret[STORE_SECRET_SIZE];
	if (!read_words(s->arena, path, &w, e) || !check_words(&w, e) ||
	    !take_endpoint(s, w.endpoint, e) || !read_secret(w.secret_file, secret, e))
		return false;
	s->place = &place_s3;
	s->base = arena_print(s->arena, "%s/%s", w.endpoint, w.bucket);
	s->name = s->base;
	s->prefix = w.prefix;
	s->sign = arena_print(s->arena, "aws:amz:%s:s3", w.region);
	s->access_key = w.access_key;
	s->authorities = w.authorities;
	s->in_database_most = w.most;
	s->login = arena_print(s->arena, "%s:%s", w.access_key, secret);
	sodium_memzero(secret, sizeof(secret));
	return true;
}

static bool open_folder(struct store *s, const char *folder, struct err *e)
{
	struct stat status = { 0 };
	if (*folder != '/')
		return no_place(e, "file: wants a path from /");
	if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
		return no_place(e, "there is no such folder");
	s->place = &place_folder;
	s->folder = arena_copy(s->arena, folder);
	s->name = arena_print(s->arena, "file:%s", folder);
	return true;
}

bool store_open(const char *place, struct store **ret, struct err *e)
{
	struct arena *a = arena_new();
	struct store *s = arena_alloc(a, sizeof(*s));
	s->arena = a;
	s->in_database_most = STORE_IN_DATABASE_MOST;
	(void)pthread_mutex_init(&s->lock, NULL);
	const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	const bool ok = !ready ? err_set(e, ERR_SYSTEM, "error.system", "libcurl does not start")
			: strncmp(place, "file:", 5) == 0 ? open_folder(s, place + 5, e)
							  : open_s3(s, place, e);
	if (!ok) {
		store_close(s);
		return false;
	}
	*ret = s;
	return true;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->idle_count; i++)
		curl_easy_cleanup(s->idle[i]);
	if (s->login)
		sodium_memzero(s->login, strlen(s->login));
	curl_global_cleanup();
	(void)pthread_mutex_destroy(&s->lock);
	arena_free(s->arena);
}

void store_cleanup(struct store **s)
{
	store_close(*s);
}

/* ---- what it is ------------------------------------------------------------------------------ */

const char *store_name(const struct store *s)
{
	return s->name;
}

int64_t store_in_database_most(const struct store *s)
{
	return s->in_database_most;
}

const char *store_folder(const struct store *s)
{
	return s->folder;
}

uint16_t store_port(const struct store *s)
{
	return s->port;
}

const char *store_authorities(const struct store *s)
{
	return s->authorities;
}

/* ---- what it does ---------------------------------------------------------------------------- */

/* A row of a database that came from elsewhere may name anything. */
static bool check_name(const char *name, struct err *e)
{
	return store_name_valid(name) || place_missing(e, "of a name that is none of ours");
}

bool store_put(struct store *s, const char *name, const void *bytes, size_t size, struct err *e)
{
	if (size > STORE_OBJECT_MOST)
		return err_set(e, ERR_SYSTEM, "error.system", "an object of %zu bytes", size);
	return check_name(name, e) && s->place->put(s, name, bytes, size, e);
}

bool store_get(struct store *s, struct arena *a, const char *name, const void **ret,
	       size_t *ret_size, struct err *e)
{
	return check_name(name, e) && s->place->get(s, a, name, ret, ret_size, e);
}

bool store_has(struct store *s, const char *name, bool *ret, struct err *e)
{
	return check_name(name, e) && s->place->has(s, name, ret, e);
}

bool store_remove(struct store *s, const char *name, struct err *e)
{
	return check_name(name, e) && s->place->remove(s, name, e);
}

bool store_list(struct store *s, struct arena *a, const char *after, struct store_names *ret,
		struct err *e)
{
	return s->place->list(s, a, after, ret, e);
}

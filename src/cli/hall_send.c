/* hall_send.c - a hall node brings its segment by itself, when the line is back. */
#include "cli/hall.h"

#include "base/arena.h"
#include "base/buf.h"
#include "db/row.h"

#include <curl/curl.h>
#include <jansson.h>
#include <string.h>

enum {
	CONNECT_S = 15,
	WHOLE_S = 600,
	ANSWER_MOST = 64 * 1024,
	DONE = 200,
	REFUSED = 400,
	TOO_MANY = 429,
	FAILED = 500
};

/* What the centre has answered. */
struct answer {
	struct buf text;
	bool too_long;
};

static size_t hear(char *bytes, size_t size, size_t count, void *user)
{
	struct answer *a = user;
	const size_t n = size * count;
	if (a->text.length + n > ANSWER_MOST)
		return 0;
	buf_add_n(&a->text, bytes, n);
	return n;
}

static bool is_here(const char *url)
{
	static const char *const here[] = { "http://127.0.0.1:", "http://localhost:",
					    "http://[::1]:" };
	for (size_t i = 0; i < COUNT(here); i++) {
		if (strncmp(url, here[i], strlen(here[i])) == 0)
			return true;
	}
	return false;
}

static bool set_up(CURL *curl, const char *url, const char *authorities)
{
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_here(url) ? "http" : "https") ==
		       CURLE_OK &&
	       (!authorities || curl_easy_setopt(curl, CURLOPT_CAINFO, authorities) == CURLE_OK) &&
	       curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, hear) == CURLE_OK;
}

/* One request; the JSON of its answer, in the arena. */
static bool ask(CURL *curl, struct arena *a, long *ret_status, json_t **ret, struct err *e)
{
	struct answer answer = { .text = buf_on(a) };
	if (curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer) != CURLE_OK)
		return err_set(e, ERR_SYSTEM, "error.system", "libcurl");
	const CURLcode code = curl_easy_perform(curl);
	if (code != CURLE_OK)
		return err_set(e, ERR_BUSY, "hall.error.line", "%s", curl_easy_strerror(code));
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
	*ret = json_loadb(answer.text.text, answer.text.length, 0, NULL);
	json_in_arena(a, *ret);
	return true;
}

static bool judge(long status, const json_t *said, struct err *e)
{
	const char *why = json_string_value(json_object_get(json_object_get(said, "error"), "key"));
	if (status == DONE)
		return true;
	if (status == TOO_MANY || status >= FAILED || status < REFUSED)
		return err_set(e, ERR_BUSY, "hall.error.line", "the centre answers %ld", status);
	(void)err_set(e, ERR_INPUT, "hall.error.refused", "the centre answers %ld: %s", status,
		      why ? why : "no reason");
	return err_value(e, why ? why : "");
}

static bool post(CURL *curl, struct arena *a, const char *csrf, const void *segment, size_t size,
		 struct err *e)
{
	curl_mime *form = curl_mime_init(curl);
	curl_mimepart *token = curl_mime_addpart(form);
	curl_mimepart *file = curl_mime_addpart(form);
	json_t *said = NULL;
	long status = 0;
	bool ok = (form && token && file && curl_mime_name(token, "csrf") == CURLE_OK &&
		   curl_mime_data(token, csrf, CURL_ZERO_TERMINATED) == CURLE_OK &&
		   curl_mime_name(file, "segment") == CURLE_OK &&
		   curl_mime_filename(file, "segment") == CURLE_OK &&
		   curl_mime_data(file, segment, size) == CURLE_OK &&
		   curl_easy_setopt(curl, CURLOPT_MIMEPOST, form) == CURLE_OK) ||
		  err_set(e, ERR_SYSTEM, "error.system", "libcurl");
	ok = ok && ask(curl, a, &status, &said, e) && judge(status, said, e);
	curl_mime_free(form);
	return ok;
}

/* Where the centre is, without a stroke at the end. */
static bool go_to(CURL *curl, struct arena *a, const char *url, const char *path, struct err *e)
{
	const size_t length = strlen(url);
	const char *address = arena_print(
		a, "%.*s%s", (int)(length && url[length - 1] == '/' ? length - 1 : length), url,
		path);
	return curl_easy_setopt(curl, CURLOPT_URL, address) == CURLE_OK ||
	       err_set(e, ERR_SYSTEM, "error.system", "libcurl");
}

/* As any form of somebody who is not signed in: a page gives the cookie, which a token belongs to.
 */
static bool deliver(CURL *curl, struct arena *a, const char *url, struct curl_slist *json,
		    const void *segment, size_t size, struct err *e)
{
	json_t *said = NULL;
	long status = 0;
	if (!go_to(curl, a, url, "/sign-in", e) || !ask(curl, a, &status, &said, e) ||
	    !judge(status, said, e) || !go_to(curl, a, url, "/hall-segments", e))
		return false;
	if (curl_easy_setopt(curl, CURLOPT_HTTPHEADER, json) != CURLE_OK)
		return err_set(e, ERR_SYSTEM, "error.system", "libcurl");
	if (!ask(curl, a, &status, &said, e) || !judge(status, said, e))
		return false;
	const char *csrf = json_string_value(json_object_get(said, "csrf"));
	if (!csrf)
		return err_set(e, ERR_BUSY, "hall.error.line", "this is no Konkurs");
	return post(curl, a, csrf, segment, size, e);
}

bool hall_send(const char *url, const char *authorities, const void *segment, size_t size,
	       struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CURL *curl = curl_easy_init();
	if (!curl)
		return err_set(e, ERR_SYSTEM, "error.system", "libcurl");
	struct curl_slist *accept = curl_slist_append(NULL, "Accept: application/json");
	const bool ok = ((accept && set_up(curl, url, authorities)) ||
			 err_set(e, ERR_SYSTEM, "error.system", "libcurl")) &&
			deliver(curl, a, url, accept, segment, size, e);
	curl_easy_cleanup(curl);
	curl_slist_free_all(accept);
	return ok;
}

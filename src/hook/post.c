#include "hook/post.h"

#include "hook/address.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_S = 5, WHOLE_S = 15 };

bool hook_post_open(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void hook_post_close(void)
{
	curl_global_cleanup();
}

struct door {
	bool inside;
	bool refused; /* an address was not allowed */
};

/* Called for each address that the name stands for, before it is opened. */
static curl_socket_t open_door(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct door *door = user;
	const enum hook_network network = hook_network_of(&address->addr);
	if (purpose != CURLSOCKTYPE_IPCXN || network == HOOK_NEVER ||
	    (network == HOOK_INSIDE && !door->inside)) {
		door->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* The status has come before: nothing of the rest is wanted.  As libcurl calls it:
 * NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t ignore(char *bytes, size_t size, size_t count, void *user)
{
	(void)bytes;
	(void)size;
	(void)count;
	(void)user;
	return 0;
}

static struct curl_slist *headers_of(struct arena *a, const struct hook_post *p)
{
	const char *const lines[] = {
		"Content-Type: application/json",
		"Expect:",
		arena_print(a, "webhook-id: %s", p->id),
		arena_print(a, "webhook-timestamp: %lld", (long long)p->timestamp_s),
		arena_print(a, "webhook-signature: %s", p->signature),
	};
	struct curl_slist *list = NULL;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct curl_slist *longer = curl_slist_append(list, lines[i]);
		if (!longer) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

static bool set_limits(CURL *curl)
{
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_USERAGENT, "Konkurs") == CURLE_OK;
}

static CURLcode perform(CURL *curl, const struct hook_post *p, struct curl_slist *headers,
			struct door *door)
{
	if (!set_limits(curl) || curl_easy_setopt(curl, CURLOPT_URL, p->url) != CURLE_OK ||
	    (p->authorities &&
	     curl_easy_setopt(curl, CURLOPT_CAINFO, p->authorities) != CURLE_OK) ||
	    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, p->body) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_door) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, door) != CURLE_OK)
		return CURLE_FAILED_INIT;
	return curl_easy_perform(curl);
}

static const char *fault_of(CURLcode code, const struct door *door)
{
	switch (code) {
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE: return "tls";
	case CURLE_OPERATION_TIMEDOUT: return "slow";
	default: return door->refused ? "address" : "unreachable";
	}
}

static enum hook_outcome judge(int status, const char **ret_problem)
{
	if (status >= 200 && status < 300) {
		*ret_problem = "";
		return HOOK_TAKEN;
	}
	*ret_problem = status == 410                   ? "gone"
		       : status >= 300 && status < 400 ? "redirect"
						       : "status";
	return status == 410 ? HOOK_GONE : HOOK_LATER;
}

enum hook_outcome hook_post_send(struct arena *a, const struct hook_post *post, int *ret_status,
				 const char **ret_problem)
{
	struct door door = { .inside = post->inside };
	struct curl_slist *headers = headers_of(a, post);
	CURL *curl = curl_easy_init();
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long status = 0;
	if (curl && headers) {
		code = perform(curl, post, headers, &door);
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	/* an answer with a body ends as a write that failed: its status is there all the same */
	const bool answered = code == CURLE_OK || code == CURLE_WRITE_ERROR;
	*ret_status = answered ? (int)status : 0;
	if (answered)
		return judge((int)status, ret_problem);
	*ret_problem = fault_of(code, &door);
	return HOOK_LATER;
}

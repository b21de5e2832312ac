#include "mail/smtp.h"

#include <curl/curl.h>
#include <string.h>

enum { CONNECT_S = 15, WHOLE_S = 60 };

struct reader {
	const char *at;
	size_t left;
};

bool smtp_open(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void smtp_close(void)
{
	curl_global_cleanup();
}

static size_t give(char *to, size_t size, size_t count, void *user)
{
	struct reader *r = user;
	const size_t room = size * count;
	const size_t taken = r->left < room ? r->left : room;
	(void)memcpy(to, r->at, taken);
	r->at += taken;
	r->left -= taken;
	return taken;
}

/* Encrypted, or not at all; the certificate has to be good. */
static bool set_security(CURL *curl, const struct smtp *smtp)
{
	return curl_easy_setopt(curl, CURLOPT_USE_SSL,
				smtp->plain ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL) ==
		       CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
	       (!smtp->authorities ||
		curl_easy_setopt(curl, CURLOPT_CAINFO, smtp->authorities) == CURLE_OK) &&
	       (!smtp->user ||
		(curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user) == CURLE_OK &&
		 curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password) == CURLE_OK));
}

static CURLcode perform(CURL *curl, const struct smtp *smtp, struct curl_slist *to,
			struct reader *reader)
{
	if (!set_security(curl, smtp) ||
	    curl_easy_setopt(curl, CURLOPT_URL, smtp->server) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, smtp->from) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_READDATA, reader) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S) != CURLE_OK)
		return CURLE_FAILED_INIT;
	return curl_easy_perform(curl);
}

/* RFC 5321, 4.2.1: 4yz may be tried again, 5yz may not. */
static enum smtp_result judge(CURLcode code, long status, const char **ret_problem)
{
	if (code == CURLE_OK) {
		*ret_problem = "";
		return SMTP_SENT;
	}
	switch (code) {
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		*ret_problem = "tls"; /* mended by an administrator, not by the person */
		return SMTP_LATER;
	case CURLE_LOGIN_DENIED: *ret_problem = "login"; return SMTP_LATER;
	default: break;
	}
	if (status >= 500 && status < 600) {
		*ret_problem = "refused";
		return SMTP_NEVER;
	}
	*ret_problem = status >= 400 && status < 500 ? "later" : "unreachable";
	return SMTP_LATER;
}

enum smtp_result smtp_send(const struct smtp *smtp, const char *to, const char *message,
			   const char **ret_problem)
{
	struct reader reader = { message, strlen(message) };
	struct curl_slist *list = curl_slist_append(NULL, to);
	CURL *curl = curl_easy_init();
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long status = 0;
	if (curl && list) {
		code = perform(curl, smtp, list, &reader);
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(list);
	return judge(code, status, ret_problem);
}

#include "hook/address.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>

/* ---- networks -------------------------------------------------------------------------------- */

struct block {
	uint32_t from;
	int bits;
	enum hook_network network;
};

/* IANA's special-purpose registry (RFC 6890); the first that fits counts. */
static const struct block blocks[] = {
	{ 0x00000000, 8, HOOK_NEVER },   /* "this" network               */
	{ 0x0a000000, 8, HOOK_INSIDE },  /* RFC 1918                     */
	{ 0x64400000, 10, HOOK_INSIDE }, /* RFC 6598, shared             */
	{ 0x7f000000, 8, HOOK_INSIDE },  /* loopback                     */
	{ 0xa9fe0000, 16, HOOK_NEVER },  /* link-local: metadata         */
	{ 0xac100000, 12, HOOK_INSIDE }, /* RFC 1918                     */
	{ 0xc0000000, 24, HOOK_NEVER },  /* IETF protocol assignments    */
	{ 0xc0000200, 24, HOOK_NEVER },  /* documentation                */
	{ 0xc0586300, 24, HOOK_NEVER },  /* 6to4 relays                  */
	{ 0xc0a80000, 16, HOOK_INSIDE }, /* RFC 1918                     */
	{ 0xc6120000, 15, HOOK_NEVER },  /* benchmarks                   */
	{ 0xc6336400, 24, HOOK_NEVER },  /* documentation                */
	{ 0xcb007100, 24, HOOK_NEVER },  /* documentation                */
	{ 0xe0000000, 3, HOOK_NEVER },   /* multicast, reserved, all     */
};

static enum hook_network of_four(uint32_t address)
{
	for (size_t i = 0; i < COUNT(blocks); i++) {
		if ((address ^ blocks[i].from) >> (32 - blocks[i].bits) == 0)
			return blocks[i].network;
	}
	return HOOK_OUTSIDE;
}

static uint32_t last_four(const uint8_t *bytes)
{
	return (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 | (uint32_t)bytes[14] << 8 |
	       bytes[15];
}

static enum hook_network of_six(const uint8_t *bytes)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t translated[12] = { 0x00, 0x64, 0xff, 0x9b };
	if (memcmp(bytes, loopback, sizeof(loopback)) == 0)
		return HOOK_INSIDE;
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0 ||
	    memcmp(bytes, translated, sizeof(translated)) == 0)
		return of_four(last_four(bytes));
	if ((bytes[0] & 0xfeU) == 0xfcU) /* unique local, RFC 4193 */
		return HOOK_INSIDE;
	/* 2000::/3 is the world, but for documentation, Teredo and 6to4, which hide IPv4 */
	const bool world = (bytes[0] & 0xe0U) == 0x20U;
	const bool special =
		(bytes[0] == 0x20 && bytes[1] == 0x02) ||
		(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02) ||
		(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0d && bytes[3] == 0xb8);
	return world && !special ? HOOK_OUTSIDE : HOOK_NEVER;
}

enum hook_network hook_network_of(const struct sockaddr *address)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	if (address->sa_family == AF_INET) {
		memcpy(&four, address, sizeof(four));
		return of_four(ntohl(four.sin_addr.s_addr));
	}
	if (address->sa_family != AF_INET6)
		return HOOK_NEVER;
	memcpy(&six, address, sizeof(six));
	return of_six(six.sin6_addr.s6_addr);
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool has(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	const bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
	curl_free(text);
	return there;
}

static bool is(CURLU *url, CURLUPart part, const char *const *words)
{
	char *text = NULL;
	bool found = false;
	if (curl_url_get(url, part, &text, 0) == CURLUE_OK) {
		for (; *words && !found; words++)
			found = strcmp(*words, text) == 0;
	}
	curl_free(text);
	return found;
}

static bool is_plain(const char *url)
{
	for (; *url; url++) {
		if (*url <= ' ' || *url > '~' || *url == '\\')
			return false;
	}
	return true;
}

static const char *fault_of(CURLU *url)
{
	static const char *const https[] = { "https", NULL }, *const http[] = { "http", NULL };
	static const char *const here[] = { "localhost", "127.0.0.1", "[::1]", NULL };
	if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD) ||
	    has(url, CURLUPART_FRAGMENT))
		return "hook.error.url.parts";
	if (is(url, CURLUPART_SCHEME, https))
		return NULL;
	return is(url, CURLUPART_SCHEME, http) && is(url, CURLUPART_HOST, here)
		       ? NULL
		       : "hook.error.url.scheme";
}

const char *hook_url_fault(const char *url)
{
	const char *fault = "hook.error.url";
	if (!is_plain(url) || strlen(url) > HOOK_URL_MOST)
		return fault;
	CURLU *parts = curl_url();
	if (parts && curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		fault = fault_of(parts);
	curl_url_cleanup(parts);
	return fault;
}

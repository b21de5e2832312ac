/* Where a webhook may go, and how it is signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base64.h"
#include "hook/address.h"
#include "hook/signature.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const struct {
	const char *why, *address;
	enum hook_network want;
} networks[] = {
	{ "a public address", "8.8.8.8", HOOK_OUTSIDE },
	{ "below RFC 1918", "9.255.255.255", HOOK_OUTSIDE },
	{ "RFC 1918", "10.0.0.1", HOOK_INSIDE },
	{ "RFC 1918, its end", "10.255.255.255", HOOK_INSIDE },
	{ "above it", "11.0.0.0", HOOK_OUTSIDE },
	{ "RFC 1918", "172.16.0.1", HOOK_INSIDE },
	{ "its end", "172.31.255.255", HOOK_INSIDE },
	{ "above it", "172.32.0.0", HOOK_OUTSIDE },
	{ "RFC 1918", "192.168.1.1", HOOK_INSIDE },
	{ "shared", "100.64.0.1", HOOK_INSIDE },
	{ "below shared", "100.63.255.255", HOOK_OUTSIDE },
	{ "above shared", "100.128.0.0", HOOK_OUTSIDE },
	{ "this machine", "127.0.0.1", HOOK_INSIDE },
	{ "this machine, another way", "127.1.2.3", HOOK_INSIDE },
	{ "metadata of a cloud", "169.254.169.254", HOOK_NEVER },
	{ "nothing", "0.0.0.0", HOOK_NEVER },
	{ "multicast", "224.0.0.1", HOOK_NEVER },
	{ "all", "255.255.255.255", HOOK_NEVER },
	{ "the last public ones", "223.255.255.255", HOOK_OUTSIDE },
	{ "documentation", "192.0.2.1", HOOK_NEVER },
	{ "benchmarks", "198.19.0.1", HOOK_NEVER },
	{ "IPv6, public", "2606:4700:4700::1111", HOOK_OUTSIDE },
	{ "IPv6, this machine", "::1", HOOK_INSIDE },
	{ "IPv6, nothing", "::", HOOK_NEVER },
	{ "unique local", "fd12:3456::1", HOOK_INSIDE },
	{ "link-local", "fe80::1", HOOK_NEVER },
	{ "multicast", "ff02::1", HOOK_NEVER },
	{ "mapped: this machine", "::ffff:127.0.0.1", HOOK_INSIDE },
	{ "mapped: metadata", "::ffff:169.254.169.254", HOOK_NEVER },
	{ "mapped: public", "::ffff:8.8.8.8", HOOK_OUTSIDE },
	{ "NAT64: private", "64:ff9b::a00:1", HOOK_INSIDE },
	{ "6to4 hides IPv4", "2002:a00:1::1", HOOK_NEVER },
	{ "Teredo hides IPv4", "2001:0:1::1", HOOK_NEVER },
	{ "documentation", "2001:db8::1", HOOK_NEVER },
};

static void networks_of_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(networks); i++) {
		struct sockaddr_in four = { .sin_family = AF_INET };
		struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
		const bool old = inet_pton(AF_INET, networks[i].address, &four.sin_addr) == 1;
		if (!old)
			assert_int_equal(inet_pton(AF_INET6, networks[i].address, &six.sin6_addr),
					 1);
		const enum hook_network got = hook_network_of(old ? (const struct sockaddr *)&four
								  : (const struct sockaddr *)&six);
		if (got != networks[i].want)
			fail_msg("%s: %s is %d", networks[i].why, networks[i].address, got);
	}
	const struct sockaddr other = { .sa_family = AF_UNIX };
	assert_int_equal(hook_network_of(&other), HOOK_NEVER);
}

static const struct {
	const char *url, *fault;
} urls[] = {
	{ "https://example.kz", NULL },
	{ "https://example.kz:8443/a/b?c=d", NULL },
	{ "https://10.0.0.1/", NULL }, /* the connection is refused, not the name */
	{ "http://localhost:8080/x", NULL },
	{ "http://127.0.0.1/", NULL },
	{ "http://[::1]:9/", NULL },
	{ "http://example.kz/", "hook.error.url.scheme" },
	{ "http://127.0.0.1.example.kz/", "hook.error.url.scheme" },
	{ "ftp://example.kz/", "hook.error.url.scheme" },
	{ "file:///etc/passwd", "hook.error.url.scheme" },
	{ "https://user@example.kz/", "hook.error.url.parts" },
	{ "https://user:word@example.kz/", "hook.error.url.parts" },
	{ "http://localhost@example.kz/", "hook.error.url.parts" },
	{ "https://example.kz/#x", "hook.error.url.parts" },
	{ "", "hook.error.url" },
	{ "example.kz", "hook.error.url" },
	{ "https://", "hook.error.url" },
	{ "https://exa mple.kz/", "hook.error.url" },
	{ "https://example.kz/\r\nX: y", "hook.error.url" },
	{ "https://example.kz\\@other.kz/", "hook.error.url" },
	{ "https://\xd2\x9b\xd0\xb7.kz/", "hook.error.url" },
};

static void which_addresses_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		const char *fault = hook_url_fault(urls[i].url);
		const char *want = urls[i].fault ? urls[i].fault : "";
		if (strcmp(fault ? fault : "", want) != 0)
			fail_msg("%s: %s, wanted %s", urls[i].url, fault ? fault : "none", want);
	}
	char *longest = test_calloc(HOOK_URL_MOST + 2, 1);
	memset(longest, 'a', HOOK_URL_MOST + 1);
	memcpy(longest, "https://a.kz/", strlen("https://a.kz/"));
	assert_string_equal(hook_url_fault(longest), "hook.error.url");
	longest[HOOK_URL_MOST] = '\0';
	assert_null(hook_url_fault(longest));
	test_free(longest);
}

/* The example that libraries of Standard Webhooks test themselves with. */
static void signature_is_that_of_the_standard(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	static const char text[] = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
	unsigned char secret[HOOK_SECRET_SIZE];
	size_t size = 0;
	assert_true(base64_read(text, strlen(text), BASE64_PLAIN, secret, sizeof(secret), &size));
	assert_string_equal(hook_signature(a, secret, size, "msg_p5jXN8AQM9LWM0D4loKWxJek",
					   1614265330, "{\"test\": 2432232314}"),
			    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void secret_as_text(void **state)
{
	(void)state;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const unsigned char secret[HOOK_SECRET_SIZE] = { 0xff, 0xfe };
	assert_string_equal(hook_secret_text(a, secret),
			    "whsec_//4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_of_addresses),
		cmocka_unit_test(which_addresses_are_taken),
		cmocka_unit_test(signature_is_that_of_the_standard),
		cmocka_unit_test(secret_as_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The licences of the program and of its parts: the page, and the texts that go along with each
 * copy. */
#include "harness.h"

#include "view/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void everybody_may_read(void **state)
{
	struct harness *h = *state;
	char address[128];
	harness_check_page(h, 0, "/help/licences");
	harness_check_page(h, harness_person(h, ROLE_HR), "/help/licences");
	assert_true(share_address(&share_built_in, "notices.txt", address, sizeof(address)));
	struct answer a = harness_html(h, 0, "/help/licences");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, address));
	a = harness_html(h, 0, "/announcements");
	assert_non_null(strstr(a.body, "href=\"/help/licences\"")); /* at the foot of each page */
}

static void texts_go_along(void **state)
{
	static const char *const part[] = { "@tabler/core",   "@tabler/icons",
					    "@popperjs/core", "idb",
					    "@noble/ed25519", "@noble/hashes",
					    "@noble/ciphers", "qr",
					    "SecLists" };
	struct harness *h = *state;
	char address[128];
	assert_true(share_address(&share_built_in, "notices.txt", address, sizeof(address)));
	const struct http_in in = { .method = "GET", .path = address, .address = "" };
	const struct answer a = harness_send(h, &in);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "text/plain; charset=utf-8");
	const char *text = arena_print(h->arena, "%.*s", (int)a.size, a.body);
	for (size_t i = 0; i < COUNT(part); i++) {
		if (!strstr(text, part[i]))
			fail_msg("no notice of %s", part[i]);
	}
	assert_non_null(strstr(text, "Permission is hereby granted, free of charge"));
	assert_non_null(strstr(text, "Jake Archibald"));
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(everybody_may_read),
		WITH_HARNESS(texts_go_along),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

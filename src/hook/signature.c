#include "hook/signature.h"

#include <sodium.h>
#include <string.h>

static const char *in_base64(struct arena *a, const unsigned char *bytes, size_t size)
{
	const size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
	return sodium_bin2base64(arena_alloc(a, room), room, bytes, size,
				 sodium_base64_VARIANT_ORIGINAL);
}

const char *hook_secret_text(struct arena *a, const unsigned char secret[HOOK_SECRET_SIZE])
{
	return arena_print(a, "whsec_%s", in_base64(a, secret, HOOK_SECRET_SIZE));
}

const char *hook_signature(struct arena *a, const unsigned char *secret, size_t size,
			   const char *id, int64_t timestamp_s, const char *body)
{
	crypto_auth_hmacsha256_state state;
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	const char *head = arena_print(a, "%s.%lld.", id, (long long)timestamp_s);
	(void)crypto_auth_hmacsha256_init(&state, secret, size);
	(void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)head, strlen(head));
	(void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
	(void)crypto_auth_hmacsha256_final(&state, hash);
	sodium_memzero(&state, sizeof(state));
	return arena_print(a, "v1,%s", in_base64(a, hash, sizeof(hash)));
}

#include "base/base64.h"

#include <sodium.h>

static const struct {
	int variant;
	const char *ignored;
} kinds[] = {
	[BASE64_PLAIN] = { sodium_base64_VARIANT_ORIGINAL, NULL },
	[BASE64_LINES] = { sodium_base64_VARIANT_ORIGINAL, " \t\r\n" },
	[BASE64_BARE] = { sodium_base64_VARIANT_ORIGINAL_NO_PADDING, NULL },
	[BASE64_URL] = { sodium_base64_VARIANT_URLSAFE_NO_PADDING, NULL },
};

static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] > 0x7f)
			return false;
	}
	return true;
}

bool base64_read(const char *text, size_t length, enum base64 kind, void *ret, size_t room,
		 size_t *ret_size)
{
	return is_ascii(text, length) &&
	       sodium_base642bin(ret, room, text, length, kinds[kind].ignored, ret_size, NULL,
				 kinds[kind].variant) == 0;
}

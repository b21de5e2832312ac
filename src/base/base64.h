/* base64.h - reading base64, of which each value has one text.
 *
 * The one door to libsodium's reader, which is lenient: 1.0.18 takes any byte above 0x7f for the
 * last letter of the alphabet, so that one key, hash or signature would have many texts. */
#pragma once
#include "base/err.h"

#include <stddef.h>

enum base64 {
	BASE64_PLAIN, /* + and /, padded                                      */
	BASE64_LINES, /* the same with blanks and line ends, as files have it */
	BASE64_BARE,  /* + and /, not padded                                  */
	BASE64_URL,   /* - and _, not padded                                  */
};

/* Up to `room` bytes.  False for whatever printing them would not give, or if they are more. */
bool base64_read(const char *text, size_t length, enum base64 kind, void *ret, size_t room,
		 size_t *ret_size) MUST_USE;

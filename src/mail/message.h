/* message.h - a mail as it goes over the wire: RFC 5322, RFC 2045, RFC 2047.
 *
 * Own code: libcurl makes MIME parts but no encoded words, which a subject in Kazakh needs; no
 * other library in Debian does that in C without bringing a mail program along. */
#pragma once
#include "base/arena.h"

#include <stdint.h>

struct message {
	const char *from_name; /* UTF-8                                            */
	const char *from, *to; /* plain addresses, checked (mail_address_valid())  */
	const char *subject;   /* UTF-8; line ends in it become blanks             */
	const char *text;      /* UTF-8, lines end with LF                         */
	const char *id;        /* the part of Message-ID before "@": letters, digits, "." and "-" */
	const char *language;  /* "kk", "ru"                                       */
	int64_t date_ms;
};

/* Headers and body with CRLF; the same message gives the same bytes. */
const char *message_make(struct arena *a, const struct message *m);

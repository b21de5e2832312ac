/* smtp.h - hands a message to a mail server, by libcurl. */
#pragma once
#include "base/arena.h"

struct smtp {
	const char *server;          /* "smtp://mail.example:587", "smtps://..."         */
	const char *from;            /* of the envelope                                 */
	const char *user, *password; /* NULL: the server takes it without               */
	const char *authorities;     /* file of certificates that are trusted; NULL: the system's */
	bool plain;                  /* also without TLS: for a server on this machine   */
};

enum smtp_result {
	SMTP_SENT,
	SMTP_LATER, /* away, or 4xx: the same message may go another time */
	SMTP_NEVER  /* 5xx: it will never be taken                        */
};

/* Once in the program, before any thread. */
bool smtp_open(void) MUST_USE;
void smtp_close(void);

/* Waits for the server, at most a minute.  `ret_problem` is a word: "" sent, "refused" (5xx),
 * "later" (4xx), "tls" (no trusted encryption), "login", "unreachable". */
enum smtp_result smtp_send(const struct smtp *smtp, const char *to, const char *message,
			   const char **ret_problem);

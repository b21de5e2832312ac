/* receipt.h - receipts a person may take home (F15, F60), and the tools that check them. */
#pragma once
#include "web/web.h"

extern const struct route receipt_routes[];

/* What is handed out with a case, too (src/verify): made with the program, part of it. */
struct handout {
	const char *name; /* "konkurs-verify", "verify.html" */
	const char *media;
	const unsigned char *bytes;
	size_t size;
	const char *sum; /* SHA-256, printed on checkpoints: whoever has one knows a false tool */
};
extern const struct handout handout_program, handout_page;

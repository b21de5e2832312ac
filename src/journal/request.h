/* request.h - what a witness is given: the body of C2SP tlog-witness' add-checkpoint (F87).  Pure.
 *
 *   old 23                                            entries that it has signed before, 0 for none
 *   CjQLXWVYmpl/mKJLRQ29e0GcJMGN2unoEhacIxrOY/o=      the consistency proof from there, lowest
 * first
 *
 *   konkurs/4a60ab9632260611                          the checkpoint, a signed note
 *   ...
 *
 * A bare checkpoint is taken for one too: then nothing is said of what came before. */
#pragma once
#include "journal/tree.h"

struct log_request {
	bool has_old;
	uint64_t old;
	struct tree_proof proof;
	const char *note; /* borrowed from the text; not looked into yet: note_parse() */
	size_t size;
};

/* False for what begins as a request and is none. */
bool log_request_parse(const char *text, size_t size, struct log_request *ret) MUST_USE;

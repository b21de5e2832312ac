/* exam_test.h - what the tests of exam/ share: cmocka, a made-up bank, the programme. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "exam/draw.h"

#include <string.h>

enum { PROGRAMME_ACTS = 10, PROGRAMME_QUESTIONS = 120 };

/* A5-1: two acts with twenty questions, eight with ten (rules.md 3). */
struct blueprint programme(void);

/* Items 0 to count - 1: item i has the hash BLAKE2b-256("item i"), act i mod `acts`, 4 options
 * or, where i is odd, 5; its id is i.  In no particular order. */
void fill_bank(struct bank_entry *bank, size_t count, int acts);

/* Fails with the reason unless `bytes` are what `hex` says. */
void same_bytes(const char *why, const unsigned char *bytes, size_t size, const char *hex);

/* Every draw of the tests is from this seed: the bytes 0 to 31. */
extern const unsigned char test_seed[DRAW_SEED_SIZE];

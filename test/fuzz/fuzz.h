/* fuzz.h - one target a file: it must bear any bytes, and what it accepts must hold together.
 *
 * With libFuzzer (`script/test fuzz`) each is run on bytes that nobody has thought of; without it
 * main.c runs the corpus as an ordinary test.  A finding goes into corpus/TARGET/ and stays. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* reading.h - what every target that reads a file of questions does. */
#pragma once
#include <stddef.h>

/* Reads the bytes; what comes out must pass over the wire and be the same on the other side. */
void fuzz_read(const void *bytes, size_t size);

/* file_wire.h - what the process that draws a file says to the one that asked.  Only for print/.
 *
 * A head; for each page a page head and width * height dots of three bytes (red, green, blue); a
 * head whose mark is FILE_END.  Both are the same program on the same machine: no byte order. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define FILE_BEGIN 0x4b4b4231u
#define FILE_PAGE  0x4b4b5031u
#define FILE_END   0x4b4b4531u

struct file_head {
	uint32_t mark;
	uint32_t a; /* begin: pages of the file; page: width;  end: enum file_state */
	uint32_t b; /* page: height                                                 */
};

/* file_confine.c: leaves this process only what drawing takes; for good. */
bool file_child_confine(void);

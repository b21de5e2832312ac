/* hall.h - konkurs hall: what its files share. */
#pragma once
#include "base/err.h"

#include <stddef.h>

/* Sends a segment to the centre at `url` ("https://konkurs.kz") over HTTPS; over HTTP to this
 * machine alone.  `authorities`: a file of certificates, or NULL for the system's.
 *
 * False: ERR_BUSY "hall.error.line" if the line is down or the centre is busy, worth another try;
 * ERR_INPUT "hall.error.refused" with what the centre has said in `value`, which is not. */
bool hall_send(const char *url, const char *authorities, const void *segment, size_t size,
	       struct err *e) MUST_USE;

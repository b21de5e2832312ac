/* qr.h - a QR code for a page of the screen, which is printed as it stands. */
#pragma once
#include "base/arena.h"

/* The dark squares as the path of an SVG picture of ret_side by ret_side units, quiet zone inside;
 * NULL if `text` is too long for one. */
const char *qr_path(struct arena *a, const char *text, int *ret_side);

/* qr.c - a QR code as one path, so that no seams show between its squares. */
#include "print/qr.h"

#include "base/buf.h"
#include "print/sheet.h"

#include <qrencode.h>

enum {
	QUIET_ZONE = 2,   /* what is left around it on the sheet is white as well */
	VERSION_MOST = 27 /* that still prints well at the level that bears more dirt */
};

/* Level M bears 15 % of damage, L 7 %: a code of many small squares is the worse one. */
static QRcode *encode(const char *text)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (code && code->version <= VERSION_MOST)
		return code;
	QRcode_free(code);
	return QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
}

int qr_units(const char *text)
{
	QRcode *code = encode(text);
	const int units = code ? code->width + 2 * QUIET_ZONE : 0;
	QRcode_free(code);
	return units;
}

bool qr_draw(cairo_t *cr, const char *text, double x, double y, double side)
{
	QRcode *code = encode(text);
	if (!code)
		return false;
	const double unit = side / (code->width + 2 * QUIET_ZONE);
	for (int row = 0; row < code->width; row++) {
		const unsigned char *dark = code->data + (ptrdiff_t)row * code->width;
		for (int from = 0; from < code->width;) {
			int to = from;
			while (to < code->width && (dark[to] & 1))
				to++;
			if (to > from)
				cairo_rectangle(cr, x + (from + QUIET_ZONE) * unit,
						y + (row + QUIET_ZONE) * unit, (to - from) * unit,
						unit);
			from = to + 1;
		}
	}
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_fill(cr);
	QRcode_free(code);
	return true;
}

const char *qr_path(struct arena *a, const char *text, int *ret_side)
{
	struct buf path = buf_on(a);
	QRcode *code = encode(text);
	if (!code)
		return NULL;
	for (int row = 0; row < code->width; row++) {
		const unsigned char *dark = code->data + (ptrdiff_t)row * code->width;
		for (int from = 0; from < code->width;) {
			int to = from;
			while (to < code->width && (dark[to] & 1))
				to++;
			if (to > from)
				buf_print(&path, "M%d %dh%dv1h-%dz", from + 2 * QUIET_ZONE,
					  row + 2 * QUIET_ZONE, to - from, to - from);
			from = to + 1;
		}
	}
	*ret_side = code->width + 4 * QUIET_ZONE;
	QRcode_free(code);
	return path.text;
}

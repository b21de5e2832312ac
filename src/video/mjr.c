#include "video/mjr.h"

#include <jansson.h>
#include <string.h>

enum { MAGIC = 8, START = MAGIC + 2, FRAME = 10, RTP_LEAST = 12 };

/* What lies before a packet: "MEET", milliseconds, length. */
struct frame {
	uint32_t ms;
	size_t size;              /* of the RTP packet */
	const unsigned char *rtp; /* inside the bytes  */
};

static uint32_t read_32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t read_16(const unsigned char *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static bool is_none(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "video.error.mjr", "a recording: %s", why);
}

static bool read_head(const json_t *json, struct mjr_head *h)
{
	const char *type = json_string_value(json_object_get(json, "t"));
	const char *codec = json_string_value(json_object_get(json, "c"));
	const size_t length = codec ? strlen(codec) : 0;
	if (!type || (strcmp(type, "a") != 0 && strcmp(type, "v") != 0))
		return false;
	if (length == 0 || length >= sizeof(h->codec) ||
	    strspn(codec, "abcdefghijklmnopqrstuvwxyz0123456789") != length)
		return false;
	h->sound = *type == 'a';
	(void)memcpy(h->codec, codec, length + 1);
	h->made_us = json_integer_value(json_object_get(json, "s"));
	h->first_us = json_integer_value(json_object_get(json, "u"));
	return h->made_us >= 0 && h->first_us >= 0;
}

bool mjr_head(const unsigned char *bytes, size_t size, struct mjr_head *ret, struct err *e)
{
	struct mjr_head h = { .sound = false };
	if (size < START || memcmp(bytes, "MJR00002", MAGIC) != 0)
		return is_none(e, "it does not begin like one");
	const size_t length = read_16(bytes + MAGIC);
	if (size < START + length)
		return is_none(e, "its header is longer than it is");
	json_t *json =
		json_loadb((const char *)bytes + START, length, JSON_REJECT_DUPLICATES, NULL);
	const bool ok = json && read_head(json, &h);
	json_decref(json);
	if (!ok)
		return is_none(e, "its header cannot be read");
	h.size = START + length;
	*ret = h;
	return true;
}

/* The packet at `at`, if it is there to its end. */
static bool read_frame(const unsigned char *bytes, size_t size, size_t at, struct frame *ret)
{
	if (size - at < FRAME || memcmp(bytes + at, "MEET", 4) != 0)
		return false;
	const struct frame f = { read_32(bytes + at + 4), read_16(bytes + at + 8),
				 bytes + at + FRAME };
	if (f.size < RTP_LEAST || f.size > size - at - FRAME)
		return false;
	*ret = f;
	return true;
}

/* RTP numbers run from 0 to 65535 and begin again; packets may overtake each other a little. */
struct numbers {
	uint16_t newest;
	int64_t at, highest, lowest;
};

static void count_number(struct numbers *n, const struct frame *f, bool first)
{
	const uint16_t number = read_16(f->rtp + 2);
	if (!first)
		n->at += (int16_t)(uint16_t)(number - n->newest);
	n->newest = number;
	n->highest = n->at > n->highest ? n->at : n->highest;
	n->lowest = n->at < n->lowest ? n->at : n->lowest;
}

static void add_frame(struct mjr_shape *s, struct numbers *n, const struct frame *f)
{
	const bool first = s->packets == 0;
	const int64_t gap = first ? 0 : (int64_t)f->ms - s->until_ms;
	count_number(n, f, first);
	if (first)
		s->from_ms = s->until_ms = f->ms;
	if (gap > s->longest_gap_ms) {
		s->longest_gap_ms = gap;
		s->gap_from_ms = s->until_ms;
	}
	if (f->ms > s->until_ms)
		s->until_ms = f->ms;
	s->packets++;
}

bool mjr_shape(const unsigned char *bytes, size_t size, const struct mjr_head *head,
	       struct mjr_shape *ret, struct err *e)
{
	struct mjr_shape s = { .whole = head->size };
	struct numbers n = { .at = 0 };
	struct frame f = { .ms = 0 };
	if (head->size < START || head->size > size)
		return is_none(e, "the header is not of this file");
	while (read_frame(bytes, size, s.whole, &f)) {
		add_frame(&s, &n, &f);
		s.whole += FRAME + f.size;
	}
	s.lost = n.highest - n.lowest + 1 - s.packets;
	if (s.packets == 0 || s.lost < 0)
		s.lost = 0; /* some came twice */
	*ret = s;
	return true;
}

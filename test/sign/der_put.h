/* der_put.h - DER for tests, put together by hand, so that it can also be wrong on purpose. */
#pragma once
#include "base/arena.h"
#include "sign/der.h"

enum {
	PUT_BOOLEAN = 0x01,
	PUT_INTEGER = 0x02,
	PUT_BITS = 0x03,
	PUT_OCTETS = 0x04,
	PUT_ENUMERATED = 0x0a,
	PUT_UTF8 = 0x0c,
	PUT_PRINTABLE = 0x13,
	PUT_GENERALIZED = 0x18,
	PUT_PIECES = 0x24, /* OCTET STRING of several, as BER has it */
	PUT_SEQUENCE = 0x30,
	PUT_SET = 0x31,
	PUT_CONTEXT = 0xa0 /* [0]; + n for [n] */
};

/* `parts` end with one of this size. */
#define DER_END          SIZE_MAX
#define PUT(a, tag, ...) der_put((a), (tag), (struct der[]){ __VA_ARGS__, { NULL, DER_END } })
struct der der_put(struct arena *a, int tag, const struct der *parts);

/* The same in BER: without a length, with an end. */
#define PUT_BER(a, tag, ...)                                                                       \
	der_put_ber((a), (tag), (struct der[]){ __VA_ARGS__, { NULL, DER_END } })
struct der der_put_ber(struct arena *a, int tag, const struct der *parts);

/* One after another, without a tag. */
#define PUT_ALL(a, ...) put_all((a), (struct der[]){ __VA_ARGS__, { NULL, DER_END } })
struct der put_all(struct arena *a, const struct der *parts);

struct der put_nothing(void);
struct der put_text(struct arena *a, int tag, const char *text);
struct der put_bytes(struct arena *a, int tag, const void *bytes, size_t size);
struct der put_oid(struct arena *a, const char *oid);
struct der put_number(struct arena *a, long number);
struct der put_time(struct arena *a, int64_t instant_ms);
struct der put_general_time(struct arena *a, int64_t instant_ms);
struct der put_bits(struct arena *a, struct der bytes);
/* BMPString: two bytes a letter. */
struct der put_wide(struct arena *a, const char *text);
struct der put_null(struct arena *a);

#include "der_put.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>

struct der put_all(struct arena *a, const struct der *parts)
{
	size_t size = 0;
	for (size_t i = 0; parts[i].size != DER_END; i++)
		size += parts[i].size;
	unsigned char *bytes = arena_alloc(a, size + 1);
	struct der all = { bytes, size };
	for (size_t i = 0; parts[i].size != DER_END; i++) {
		if (parts[i].size)
			memcpy(bytes, parts[i].bytes, parts[i].size);
		bytes += parts[i].size;
	}
	return all;
}

struct der put_bytes(struct arena *a, int tag, const void *bytes, size_t size)
{
	enum { SHORT = 0x80, ONE = 0x81, TWO = 0x82, THREE = 0x83, BYTE = 8, HEADER = 5 };
	unsigned char *whole = arena_alloc(a, size + HEADER);
	unsigned char *at = whole;
	*at++ = (unsigned char)tag;
	if (size >= 1U << (BYTE * 2)) {
		*at++ = THREE;
		*at++ = (unsigned char)(size >> (BYTE * 2));
		*at++ = (unsigned char)(size >> BYTE);
	} else if (size >= 1U << BYTE) {
		*at++ = TWO;
		*at++ = (unsigned char)(size >> BYTE);
	} else if (size >= SHORT) {
		*at++ = ONE;
	}
	*at++ = (unsigned char)size;
	if (size)
		memcpy(at, bytes, size);
	return (struct der){ whole, (size_t)(at - whole) + size };
}

struct der der_put(struct arena *a, int tag, const struct der *parts)
{
	const struct der content = put_all(a, parts);
	return put_bytes(a, tag, content.bytes, content.size);
}

struct der der_put_ber(struct arena *a, int tag, const struct der *parts)
{
	enum { OPEN = 0x80 };
	unsigned char *head = arena_alloc(a, 2);
	static const unsigned char end[2] = { 0, 0 };
	head[0] = (unsigned char)tag;
	head[1] = OPEN;
	return PUT_ALL(a, { head, 2 }, put_all(a, parts), { end, sizeof(end) });
}

struct der put_nothing(void)
{
	return (struct der){ NULL, 0 };
}

struct der put_text(struct arena *a, int tag, const char *text)
{
	return put_bytes(a, tag, text, strlen(text));
}

struct der put_wide(struct arena *a, const char *text)
{
	enum { PUT_BMP = 0x1e };
	ASN1_STRING *wide = NULL;
	(void)ASN1_mbstring_copy(&wide, (const unsigned char *)text, -1, MBSTRING_UTF8,
				 B_ASN1_BMPSTRING);
	struct der out = put_bytes(a, PUT_BMP, ASN1_STRING_get0_data(wide),
				   (size_t)ASN1_STRING_length(wide));
	ASN1_STRING_free(wide);
	return out;
}

struct der put_oid(struct arena *a, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	struct der out = put_bytes(a, DER_OID, OBJ_get0_data(object), OBJ_length(object));
	ASN1_OBJECT_free(object);
	return out;
}

struct der put_number(struct arena *a, long number)
{
	unsigned char *der = NULL;
	ASN1_INTEGER *integer = ASN1_INTEGER_new();
	(void)ASN1_INTEGER_set(integer, number);
	const int size = i2d_ASN1_INTEGER(integer, &der);
	struct der out = { (unsigned char *)arena_copy_n(a, der, (size_t)size), (size_t)size };
	OPENSSL_free(der);
	ASN1_INTEGER_free(integer);
	return out;
}

struct der put_time(struct arena *a, int64_t instant_ms)
{
	enum { UTC = 0x17, GENERALIZED = 0x18, TURN = 150, CENTURY = 2, SECOND = 1000 };
	struct tm parts;
	char text[32];
	const time_t seconds = (time_t)(instant_ms / SECOND);
	(void)gmtime_r(&seconds, &parts);
	const bool is_short = parts.tm_year < TURN;
	(void)strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &parts);
	return put_text(a, is_short ? UTC : GENERALIZED, is_short ? text + CENTURY : text);
}

struct der put_general_time(struct arena *a, int64_t instant_ms)
{
	enum { SECOND = 1000 };
	struct tm parts;
	char text[32];
	const time_t seconds = (time_t)(instant_ms / SECOND);
	(void)gmtime_r(&seconds, &parts);
	(void)strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &parts);
	return put_text(a, PUT_GENERALIZED, text);
}

struct der put_bits(struct arena *a, struct der bytes)
{
	static const unsigned char unused = 0;
	return PUT(a, PUT_BITS, { &unused, 1 }, bytes);
}

struct der put_null(struct arena *a)
{
	enum { PUT_NULL = 5 };
	return put_bytes(a, PUT_NULL, "", 0);
}

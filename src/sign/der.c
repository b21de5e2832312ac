#include "sign/der.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/objects.h>

bool der_take(struct der *in, struct der_item *ret)
{
	enum { INDEFINITE = 1, FAILED = 0x80 };
	const unsigned char *at = in->bytes;
	long size = 0;
	int tag = 0;
	int class = 0;
	if (in->size == 0 || in->size > INT_MAX)
		return false;
	const int got = ASN1_get_object(&at, &size, &tag, &class, (long)in->size);
	if ((got & (FAILED | INDEFINITE)) != 0)
		return false;
	const size_t whole = (size_t)(at - in->bytes) + (size_t)size;
	*ret = (struct der_item){ .tag = class == V_ASN1_UNIVERSAL ? tag : -1,
				  .content = { at, (size_t)size },
				  .whole = { in->bytes, whole } };
	*in = (struct der){ in->bytes + whole, in->size - whole };
	return true;
}

bool der_take_tag(struct der *in, enum der_tag tag, struct der *ret_content)
{
	struct der rest = *in;
	struct der_item item;
	if (!der_take(&rest, &item) || item.tag != (int)tag)
		return false;
	*in = rest;
	*ret_content = item.content;
	return true;
}

bool der_signed_part(struct der in, struct der *ret)
{
	struct der content;
	struct der_item item;
	if (!der_take_tag(&in, DER_SEQUENCE, &content) || !der_take(&content, &item))
		return false;
	*ret = item.whole;
	return true;
}

void der_oid_text(struct der oid, char ret[DER_OID_TEXT_SIZE])
{
	enum { HEADER = 2, SHORT = 100 };
	unsigned char whole[HEADER + SHORT] = { DER_OID };
	ret[0] = '\0';
	if (oid.size == 0 || oid.size > SHORT)
		return;
	whole[1] = (unsigned char)oid.size;
	for (size_t i = 0; i < oid.size; i++)
		whole[HEADER + i] = oid.bytes[i];
	const unsigned char *at = whole;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &at, (long)(HEADER + oid.size));
	if (object && OBJ_obj2txt(ret, DER_OID_TEXT_SIZE, object, 1) >= DER_OID_TEXT_SIZE)
		ret[0] = '\0';
	ASN1_OBJECT_free(object);
}

bool der_take_algorithm(struct der *in, char ret[DER_OID_TEXT_SIZE])
{
	struct der oid;
	if (!der_take_tag(in, DER_OID, &oid))
		return false;
	der_oid_text(oid, ret);
	return true;
}

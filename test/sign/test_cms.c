/* CMS for tests: SignedData with everything that can be wrong in it (authority.h). */
#include "authority.h"
#include "test_key.h"

#include <openssl/evp.h>

static const char data_oid[] = "1.2.840.113549.1.7.1";

static struct der text_bytes(const char *text)
{
	return (struct der){ (const unsigned char *)text, strlen(text) };
}

static struct der attribute(struct arena *a, const char *oid, struct der value)
{
	return PUT(a, PUT_SEQUENCE, put_oid(a, oid), PUT(a, PUT_SET, value));
}

static struct der ess(struct arena *a, const struct test_signer *s)
{
	const struct test_holder *named = s->ess ? s->ess : s->holder;
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	if (s->no_ess)
		return put_nothing();
	(void)EVP_Digest(named->certificate.der.bytes, named->certificate.der.size, hash, &size,
			 s->old_ess ? EVP_sha1() : EVP_sha256(), NULL);
	return attribute(a,
			 s->old_ess ? "1.2.840.113549.1.9.16.2.12" : "1.2.840.113549.1.9.16.2.47",
			 PUT(a, PUT_SEQUENCE,
			     PUT(a, PUT_SEQUENCE,
				 PUT(a, PUT_SEQUENCE, put_bytes(a, PUT_OCTETS, hash, size)))));
}

static struct der twice(struct arena *a, struct der one, bool two)
{
	return PUT_ALL(a, one, two ? one : put_nothing());
}

static struct der attributes(struct arena *a, const struct test_signer *s, const char *type_oid,
			     struct der signed_bytes)
{
	const struct der hash = test_hash_of(a, s->holder->plan.key, s->hash, signed_bytes);
	const struct der digest = attribute(a, "1.2.840.113549.1.9.4",
					    put_bytes(a, PUT_OCTETS, hash.bytes, hash.size));
	const struct der type =
		attribute(a, "1.2.840.113549.1.9.3",
			  put_oid(a, s->odd_type ? "1.2.840.113549.1.7.2" : type_oid));
	const struct der time =
		s->signed_ms ? attribute(a, "1.2.840.113549.1.9.5", put_time(a, s->signed_ms))
			     : put_nothing();
	const struct der unknown =
		s->two_unknown ? attribute(a, "1.2.3.4", put_null(a)) : put_nothing();
	return PUT_ALL(a, s->no_type ? put_nothing() : twice(a, type, s->two_types),
		       twice(a, time, s->two_times),
		       s->no_digest ? put_nothing() : twice(a, digest, s->two_digests),
		       twice(a, unknown, s->two_unknown), ess(a, s));
}

/* IssuerAndSerialNumber, out of the certificate itself. */
static struct der signer_name(struct arena *a, const struct certificate *certificate)
{
	struct der part;
	struct der_item item;
	struct der serial;
	if (!der_signed_part(certificate->der, &part) ||
	    !der_take_tag(&part, DER_SEQUENCE, &part) || !der_take(&part, &item) ||
	    !der_take(&part, &item))
		abort();
	serial = item.whole;
	if (!der_take(&part, &item) || !der_take(&part, &item))
		abort();
	return PUT(a, PUT_SEQUENCE, item.whole, serial);
}

static struct der unsigned_attributes(struct arena *a, const struct test_signer *s,
				      struct der signature)
{
	if (!s->stamp)
		return put_nothing();
	return PUT(
		a, PUT_CONTEXT + 1,
		attribute(a, "1.2.840.113549.1.9.16.2.14", s->stamp(a, s->stamp_plan, signature)));
}

static struct der signer_info(struct arena *a, const struct test_signer *s, const char *type,
			      struct der document)
{
	const struct test_key key = s->holder->plan.key;
	const struct der signed_bytes = s->signed_text ? text_bytes(s->signed_text) : document;
	const struct der set = attributes(a, s, type, signed_bytes);
	struct der signature = s->no_attributes
				       ? test_sign(a, key, s->hash, s->form, signed_bytes)
				       : test_sign(a, key, s->hash, s->form,
						   put_bytes(a, PUT_SET, set.bytes, set.size));
	if (s->broken) {
		unsigned char *copy =
			(unsigned char *)arena_copy_n(a, signature.bytes, signature.size);
		copy[signature.size / 2] ^= 1;
		signature.bytes = copy;
	}
	return PUT(
		a, PUT_SEQUENCE, put_number(a, 1), signer_name(a, &s->holder->certificate),
		test_hash_algorithm(a, key, s->hash),
		s->no_attributes ? put_nothing() : put_bytes(a, PUT_CONTEXT, set.bytes, set.size),
		s->key_oid ? test_key_algorithm(a, key) : test_signature_algorithm(a, key, s->hash),
		put_bytes(a, PUT_OCTETS, signature.bytes, signature.size),
		unsigned_attributes(a, s, signature));
}

/* ContentInfo around SignedData; in BER the contents are two pieces. */
static struct der wrap(struct arena *a, const struct test_cms *p, struct der hashes,
		       struct der content, struct der rest)
{
	const char *type = p->type ? p->type : data_oid;
	if (!p->ber)
		return PUT(a, PUT_SEQUENCE, put_oid(a, "1.2.840.113549.1.7.2"),
			   PUT(a, PUT_CONTEXT,
			       PUT(a, PUT_SEQUENCE, put_number(a, p->type ? 3 : 1), hashes,
				   PUT(a, PUT_SEQUENCE, put_oid(a, type),
				       p->attached ? PUT(a, PUT_CONTEXT,
							 put_bytes(a, PUT_OCTETS, content.bytes,
								   content.size))
						   : put_nothing()),
				   rest)));
	const size_t half = content.size / 2;
	const struct der inside = PUT_BER(
		a, PUT_CONTEXT,
		PUT_BER(a, PUT_PIECES, put_bytes(a, PUT_OCTETS, content.bytes, half),
			put_bytes(a, PUT_OCTETS, content.bytes + half, content.size - half)));
	return PUT_BER(a, PUT_SEQUENCE, put_oid(a, "1.2.840.113549.1.7.2"),
		       PUT_BER(a, PUT_CONTEXT,
			       PUT_BER(a, PUT_SEQUENCE, put_number(a, 1), hashes,
				       PUT_BER(a, PUT_SEQUENCE, put_oid(a, type),
					       p->attached ? inside : put_nothing()),
				       rest)));
}

struct der test_cms_bytes(struct arena *a, const struct test_cms *p)
{
	struct der hashes = put_nothing();
	struct der certificates = put_nothing();
	struct der infos = put_nothing();
	const struct der document = p->bytes.size ? p->bytes : text_bytes(p->document);
	for (size_t i = 0; i < p->count; i++) {
		const struct test_signer *s = &p->signers[i];
		hashes = PUT_ALL(a, hashes, test_hash_algorithm(a, s->holder->plan.key, s->hash));
		if (!s->no_certificate)
			certificates = PUT_ALL(a, certificates, s->holder->certificate.der);
		infos = PUT_ALL(a, infos,
				signer_info(a, s, p->type ? p->type : data_oid, document));
	}
	if (p->extra)
		certificates = PUT_ALL(a, certificates, p->extra->certificate.der);
	return wrap(a, p, put_bytes(a, PUT_SET, hashes.bytes, hashes.size),
		    p->content ? text_bytes(p->content) : document,
		    PUT_ALL(a,
			    certificates.size ? put_bytes(a, PUT_CONTEXT, certificates.bytes,
							  certificates.size)
					      : put_nothing(),
			    p->lists.size ? PUT(a, PUT_CONTEXT + 1, p->lists) : put_nothing(),
			    put_bytes(a, PUT_SET, infos.bytes, infos.size)));
}

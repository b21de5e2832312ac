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

static struct der attributes(struct arena *a, const struct test_signer *s, struct der signed_bytes)
{
	const struct der hash = test_hash_of(a, s->holder->plan.key, s->hash, signed_bytes);
	const struct der digest = attribute(a, "1.2.840.113549.1.9.4",
					    put_bytes(a, PUT_OCTETS, hash.bytes, hash.size));
	const struct der type =
		attribute(a, "1.2.840.113549.1.9.3",
			  put_oid(a, s->odd_type ? "1.2.840.113549.1.7.2" : data_oid));
	return PUT_ALL(a, s->no_type ? put_nothing() : type,
		       s->signed_ms
			       ? attribute(a, "1.2.840.113549.1.9.5", put_time(a, s->signed_ms))
			       : put_nothing(),
		       s->no_digest ? put_nothing() : digest,
		       s->two_digests ? digest : put_nothing(), ess(a, s));
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

static struct der signer_info(struct arena *a, const struct test_signer *s, const char *document)
{
	const struct test_key key = s->holder->plan.key;
	const struct der signed_bytes = text_bytes(s->signed_text ? s->signed_text : document);
	const struct der set = attributes(a, s, signed_bytes);
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
		put_bytes(a, PUT_OCTETS, signature.bytes, signature.size));
}

struct der test_cms_bytes(struct arena *a, const struct test_cms *p)
{
	struct der hashes = put_nothing();
	struct der certificates = put_nothing();
	struct der infos = put_nothing();
	for (size_t i = 0; i < p->count; i++) {
		const struct test_signer *s = &p->signers[i];
		hashes = PUT_ALL(a, hashes, test_hash_algorithm(a, s->holder->plan.key, s->hash));
		if (!s->no_certificate)
			certificates = PUT_ALL(a, certificates, s->holder->certificate.der);
		infos = PUT_ALL(a, infos, signer_info(a, s, p->document));
	}
	if (p->extra)
		certificates = PUT_ALL(a, certificates, p->extra->certificate.der);
	const struct der content = text_bytes(p->content ? p->content : p->document);
	const struct der inside =
		p->attached
			? PUT(a, PUT_CONTEXT, put_bytes(a, PUT_OCTETS, content.bytes, content.size))
			: put_nothing();
	const struct der data = PUT(
		a, PUT_SEQUENCE, put_number(a, 1), put_bytes(a, PUT_SET, hashes.bytes, hashes.size),
		PUT(a, PUT_SEQUENCE, put_oid(a, data_oid), inside),
		certificates.size ? put_bytes(a, PUT_CONTEXT, certificates.bytes, certificates.size)
				  : put_nothing(),
		put_bytes(a, PUT_SET, infos.bytes, infos.size));
	return PUT(a, PUT_SEQUENCE, put_oid(a, "1.2.840.113549.1.7.2"), PUT(a, PUT_CONTEXT, data));
}

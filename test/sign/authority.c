#include "authority.h"

#include "test_key.h"

#include <stdlib.h>

static const char key_usage[] = "2.5.29.15";

static struct der attribute(struct arena *a, const char *oid, const char *text, bool wide)
{
	return text ? PUT(a, PUT_SET,
			  PUT(a, PUT_SEQUENCE, put_oid(a, oid),
			      wide ? put_wide(a, text) : put_text(a, PUT_UTF8, text)))
		    : put_nothing();
}

static struct der name_of(struct arena *a, const struct test_plan *p)
{
	return PUT(a, PUT_SEQUENCE, attribute(a, "2.5.4.3", p->name, p->wide),
		   attribute(a, "2.5.4.5", p->numbers[0], p->wide),
		   attribute(a, "2.5.4.5", p->numbers[1], p->wide),
		   attribute(a, "2.5.4.6", "KZ", false),
		   attribute(a, "2.5.4.42", p->patronymic, p->wide),
		   attribute(a, "2.5.4.10", p->organisation, p->wide),
		   attribute(a, "2.5.4.11", p->unit, p->wide));
}

static struct der boolean(struct arena *a)
{
	static const unsigned char yes = 0xff;
	return put_bytes(a, PUT_BOOLEAN, &yes, 1);
}

static struct der extension(struct arena *a, const char *oid, bool critical, struct der value)
{
	return PUT(a, PUT_SEQUENCE, put_oid(a, oid), critical ? boolean(a) : put_nothing(),
		   put_bytes(a, PUT_OCTETS, value.bytes, value.size));
}

static struct der usage_bits(struct arena *a, unsigned usage)
{
	enum { BITS = 8, HIGH = 0x80 };
	unsigned char bytes[2] = { 0, 0 };
	for (unsigned bit = 0; bit < BITS; bit++) {
		if (usage & 1U << bit)
			bytes[1] = (unsigned char)(bytes[1] | HIGH >> bit);
	}
	return put_bytes(a, PUT_BITS, bytes, sizeof(bytes));
}

static struct der key_name(struct arena *a, struct test_key key)
{
	enum { SIZE = 20 };
	static const struct test_key any = { TEST_EC, 0 };
	struct der out = test_hash_of(a, any, TEST_GOOD, test_key_info(a, key));
	out.size = SIZE;
	return out;
}

static struct der key_names(struct arena *a, const struct test_plan *p, const struct test_plan *by)
{
	if (p->anonymous)
		return put_nothing();
	const struct der own = key_name(a, p->key);
	const struct der issuers = key_name(a, by->key);
	return PUT_ALL(
		a, extension(a, "2.5.29.14", false, put_bytes(a, PUT_OCTETS, own.bytes, own.size)),
		extension(a, "2.5.29.35", false,
			  PUT(a, PUT_SEQUENCE, put_bytes(a, 0x80, issuers.bytes, issuers.size))));
}

static struct der constraints(struct arena *a, const struct test_plan *p)
{
	if (!p->authority || p->no_constraints)
		return put_nothing();
	return extension(a, "2.5.29.19", true,
			 PUT(a, PUT_SEQUENCE, boolean(a),
			     p->most ? put_number(a, p->most - 1) : put_nothing()));
}

static struct der purposes(struct arena *a, const struct test_plan *p)
{
	if (!p->purposes[0])
		return put_nothing();
	return extension(a, "2.5.29.37", !p->loose,
			 PUT(a, PUT_SEQUENCE, put_oid(a, p->purposes[0]),
			     p->purposes[1] ? put_oid(a, p->purposes[1]) : put_nothing()));
}

static struct der extensions(struct arena *a, const struct test_plan *p, const struct test_plan *by)
{
	const struct der usage =
		p->usage ? extension(a, key_usage, true, usage_bits(a, p->usage)) : put_nothing();
	return PUT(a, PUT_CONTEXT + 3,
		   PUT(a, PUT_SEQUENCE, usage, p->twice ? usage : put_nothing(), purposes(a, p),
		       constraints(a, p), key_names(a, p, by),
		       p->strange ? extension(a, p->strange, true, put_null(a)) : put_nothing()));
}

struct der test_certificate(struct arena *a, const struct test_plan *p,
			    const struct test_holder *issuer)
{
	const struct test_plan *by = issuer ? &issuer->plan : p;
	const struct der algorithm = test_signature_algorithm(a, by->key, p->hash);
	const int64_t year_ms = 365 * TEST_DAY_MS;
	const struct der part = PUT(
		a, PUT_SEQUENCE, PUT(a, PUT_CONTEXT, put_number(a, 2)), put_number(a, p->serial),
		algorithm, name_of(a, by),
		PUT(a, PUT_SEQUENCE, put_time(a, p->from_ms ? p->from_ms : TEST_NOW_MS - year_ms),
		    put_time(a, p->to_ms ? p->to_ms : TEST_NOW_MS + year_ms)),
		name_of(a, p), test_key_info(a, p->key), extensions(a, p, by));
	return PUT(a, PUT_SEQUENCE, part, algorithm,
		   put_bits(a, test_sign(a, by->key, p->hash, p->form, part)));
}

struct test_holder test_issue(struct arena *a, const struct test_plan *plan,
			      const struct test_holder *issuer)
{
	struct test_holder holder = { .plan = *plan };
	const struct der der = test_certificate(a, plan, issuer);
	if (!certificate_read(a, der.bytes, der.size, &holder.certificate, NULL))
		abort();
	return holder;
}

static struct der revoked_entry(struct arena *a, const struct test_list *p, long serial)
{
	const unsigned char code = (unsigned char)(p->reason - 1);
	const struct der odd =
		p->odd_entry ? extension(a, "2.5.29.29", true, put_null(a)) : put_nothing();
	const struct der reason =
		p->reason ? extension(a, "2.5.29.21", false, put_bytes(a, PUT_ENUMERATED, &code, 1))
			  : put_nothing();
	const struct der since =
		p->invalid_ms ? extension(a, "2.5.29.24", false, put_general_time(a, p->invalid_ms))
			      : put_nothing();
	const struct der extensions = PUT_ALL(a, odd, reason, since);
	return PUT(a, PUT_SEQUENCE, put_number(a, serial),
		   put_time(a, p->revoked_ms ? p->revoked_ms : p->made_ms - TEST_DAY_MS),
		   extensions.size ? PUT(a, PUT_SEQUENCE, extensions) : put_nothing());
}

static struct der list_extensions(struct arena *a, const struct test_list *p)
{
	const struct der number =
		p->number ? extension(a, "2.5.29.20", false, put_number(a, p->number))
			  : put_nothing();
	const struct der delta =
		p->delta ? extension(a, "2.5.29.27", true, put_number(a, 1)) : put_nothing();
	static const unsigned char yes = 0xff;
	enum { ONLY_USERS = 0x81 };
	const struct der part =
		p->part ? extension(a, "2.5.29.28", true,
				    PUT(a, PUT_SEQUENCE, put_bytes(a, ONLY_USERS, &yes, 1)))
			: put_nothing();
	if (!number.size && !delta.size && !part.size)
		return put_nothing();
	return PUT(a, PUT_CONTEXT, PUT(a, PUT_SEQUENCE, number, delta, part));
}

struct der test_crl_bytes(struct arena *a, const struct test_list *p)
{
	const struct test_plan *by = &p->issuer->plan;
	const struct der algorithm = test_signature_algorithm(a, by->key, p->hash);
	struct der revoked = put_nothing();
	for (size_t i = 0; i < COUNT(p->revoked) && p->revoked[i]; i++)
		revoked = PUT_ALL(a, revoked, revoked_entry(a, p, p->revoked[i]));
	const struct der part =
		PUT(a, PUT_SEQUENCE, put_number(a, 1), algorithm, name_of(a, by),
		    put_time(a, p->made_ms), put_time(a, p->made_ms + 7 * TEST_DAY_MS),
		    revoked.size ? PUT(a, PUT_SEQUENCE, revoked) : put_nothing(),
		    list_extensions(a, p));
	return PUT(a, PUT_SEQUENCE, part, algorithm,
		   put_bits(a, test_sign(a, by->key, p->hash, TEST_LITTLE, part)));
}

struct crl test_crl(struct arena *a, const struct test_list *plan)
{
	struct crl list;
	const struct der der = test_crl_bytes(a, plan);
	if (!crl_read(a, der.bytes, der.size, &list, NULL))
		abort();
	return list;
}

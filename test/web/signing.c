#include "signing.h"

#include "app/signature/signature.h"
#include "app/signature/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

struct signing signing_open(struct harness *h)
{
	return signing_open_with(h, TEST_GOST_512);
}

struct signing signing_open_with(struct harness *h, enum test_kind kind)
{
	const struct test_plan plan = { .key = { kind, 0 },
					.name = "ТЕСТ КУӘЛАНДЫРУ ОРТАЛЫҒЫ",
					.serial = 1,
					.authority = true,
					.usage = USAGE_CERTIFICATES | USAGE_LISTS };
	struct signing s = { .h = h, .now_ms = harness_act(h, 0).now_ms };
	struct err e = { 0 };
	int64_t id = 0;
	s.admin = harness_person(h, ROLE_ADMIN);
	s.other = harness_person(h, ROLE_ADMIN);
	s.root = test_issue(h->arena, &plan, NULL);
	const struct der der = s.root.certificate.der;
	const struct der list =
		test_crl_bytes(h->arena, &(struct test_list){ .issuer = &s.root,
							      .number = 10,
							      .made_ms = s.now_ms - TEST_DAY_MS,
							      .revoked = { 66 } });
	const struct act one = harness_act(h, s.admin);
	const struct act two = harness_act(h, s.other);
	must(trust_add(&one, &(struct trust_form){ der.bytes, der.size, true, "акт 1" }, &id, &e) &&
		     trust_answer(&two, id, true, &e) &&
		     trust_add_list(&one, list.bytes, list.size, &e),
	     &e);
	return s;
}

struct test_holder signing_holder(struct signing *s, int64_t person, const struct test_plan *change)
{
	struct err e = { 0 };
	const char *iin = NULL;
	struct test_plan plan = change ? *change : (struct test_plan){ .serial = 7 };
	must(db_string(s->h->site.db, s->h->arena, &e, &iin, "SELECT iin FROM person WHERE id = $1",
		       db_int(person)),
	     &e);
	plan.key = (struct test_key){ s->root.plan.key.kind, 1 };
	plan.name = "СЫНАҚ АДАМ";
	plan.numbers[0] = arena_print(s->h->arena, "IIN%s", iin);
	if (!plan.usage)
		plan.usage = USAGE_NON_REPUDIATION;
	return test_issue(s->h->arena, &plan, &s->root);
}

struct der signing_cms_of(struct signing *s, const struct test_holder *holder, const char *text)
{
	const struct test_signer signer = { .holder = holder,
					    .signed_ms = harness_act(s->h, 0).now_ms };
	return test_cms_bytes(
		s->h->arena,
		&(struct test_cms){ .document = text, .signers = &signer, .count = 1 });
}

struct der signing_cms(struct signing *s, int64_t person, const char *text)
{
	struct test_holder *holder = arena_alloc(s->h->arena, sizeof(*holder));
	*holder = signing_holder(s, person, NULL);
	return signing_cms_of(s, holder, text);
}

void signing_sign(struct signing *s, int64_t person, const char *kind, int64_t id)
{
	const struct act act = harness_act(s->h, person);
	struct signature_subject subject;
	json_t *verdict = NULL;
	struct err e = { 0 };
	must(signature_subject(&act, kind, id, &subject, &e), &e);
	const struct der cms = signing_cms(s, person, subject.text);
	must(signature_judge(&act, &subject, cms, &verdict, &e) &&
		     signature_keep(&act, kind, id, cms, verdict, &e),
	     &e);
}

struct signature_subject signing_subject(struct harness *h, int64_t person, const char *kind,
					 int64_t id)
{
	const struct act act = harness_act(h, person);
	struct signature_subject s;
	struct err e = { 0 };
	if (!signature_subject(&act, kind, id, &s, &e))
		fail_msg("%s/%lld: %s %s", kind, (long long)id, e.key, e.detail);
	return s;
}

/* Judges and keeps, as a request does. */
bool signing_bring(struct harness *h, int64_t person, const char *kind, int64_t id, struct der cms,
		   struct err *e)
{
	const struct act act = harness_act(h, person);
	struct signature_subject s;
	json_t *verdict = NULL;
	return signature_subject(&act, kind, id, &s, e) &&
	       signature_judge(&act, &s, cms, &verdict, e) &&
	       signature_keep(&act, kind, id, cms, verdict, e);
}

int64_t signing_paper(struct harness *h, const char *kind, int64_t application)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(h->site.db, &e, &id,
			      "SELECT id FROM document WHERE application_id = $1 AND kind = $2",
			      db_int(application), db_text(kind)));
	return id;
}

/* The paper's signatory as somebody has typed it. */
void signing_name(struct harness *h, int64_t paper, const char *name)
{
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE document SET signatory = $2 WHERE id = $1", db_int(paper),
			    db_text(name)));
}

const json_t *signing_last(struct harness *h, int64_t person, int64_t paper)
{
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	json_t *list = NULL;
	assert_true(signature_list(&act, SIGNATURE_PAPER, paper, &list, &e));
	return json_array_get(list, json_array_size(list) - 1);
}

#include "cms_world.h"

#include <string.h>

struct cms_world cms_world(struct arena *a, enum test_kind kind)
{
	struct test_plan plan = { .key = { kind, 0 },
				  .name = "ROOT",
				  .serial = 1,
				  .authority = true,
				  .usage = USAGE_CERTIFICATES | USAGE_LISTS };
	struct cms_world w = { .arena = a, .root = test_issue(a, &plan, NULL) };
	plan.key.number = 3;
	w.fake = test_issue(a, &plan, NULL);
	w.list = test_crl(a, &(struct test_list){ .issuer = &w.root,
						  .number = 12,
						  .made_ms = TEST_NOW_MS - TEST_DAY_MS,
						  .revoked = { 66 } });
	return w;
}

struct test_holder cms_person(const struct cms_world *w, enum test_kind kind, long serial)
{
	const struct test_plan plan = { .key = { kind, 2 },
					.name = "PERSON",
					.numbers = { "IIN791028302728" },
					.serial = serial,
					.usage = USAGE_NON_REPUDIATION };
	return test_issue(w->arena, &plan, &w->root);
}

struct cms_verdict cms_judge(const struct cms_world *w, struct der cms, const char *text)
{
	struct cms_verdict v;
	const struct trust trust = { .anchors = &w->root.certificate,
				     .anchor_count = 1,
				     .lists = &w->list,
				     .list_count = 1,
				     .list_most_ms = 7 * TEST_DAY_MS };
	cms_verify(
		w->arena,
		&(struct cms_question){ .trust = &trust,
					.document = { (const unsigned char *)text, strlen(text) },
					.cms = cms,
					.at_ms = TEST_NOW_MS,
					.iin = iin },
		&v);
	return v;
}

struct cms_verdict cms_judge_signer(const struct cms_world *w, const struct test_signer *signer)
{
	return cms_judge(w,
			 test_cms_bytes(w->arena, &(struct test_cms){ .document = document,
								      .signers = signer,
								      .count = 1 }),
			 document);
}

/* cms_world.h - an authority that is trusted, persons with its keys, and what a signature of theirs
 * comes to. */
#pragma once
#include "authority.h"

#include "sign/cms.h"

static const char document[] = "{\"document\":\"application/12\"}";
static const char iin[] = "791028302728";

/* A root that is trusted, a fake one of the same name, persons of every kind of key. */
struct cms_world {
	struct arena *arena;
	struct test_holder root, fake;
	struct crl list;
	struct trust trust;
};

struct cms_world cms_world(struct arena *a, enum test_kind kind);

struct test_holder cms_person(const struct cms_world *w, enum test_kind kind, long serial);

/* Of the person with `iin`, over the text; or over `document` by a signer. */
struct cms_verdict cms_judge(const struct cms_world *w, struct der cms, const char *text);
struct cms_verdict cms_judge_signer(const struct cms_world *w, const struct test_signer *signer);

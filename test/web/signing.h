/* signing.h - an installation that trusts a test authority, and persons who have its keys (F12). */
#pragma once
#include "authority.h"
#include "stage.h"

#include "app/signature/signature.h"

struct signing {
	struct harness *h;
	int64_t admin, other; /* two administrators */
	struct test_holder root;
	int64_t now_ms; /* when it was opened */
};

/* The anchor added by two, its list of revoked certificates (number 10, of yesterday, serial 66).
 */
struct signing signing_open(struct harness *h);

/* The same with keys of another kind than GOST of 512 bits. */
struct signing signing_open_with(struct harness *h, enum test_kind kind);

/* What a person signs with; `change` may be NULL. */
struct test_holder signing_holder(struct signing *s, int64_t person,
				  const struct test_plan *change);

/* The person's signature over the text, as of now. */
struct der signing_cms(struct signing *s, int64_t person, const char *text);
/* Signs a document and brings the signature, as the page does. */
void signing_sign(struct signing *s, int64_t person, const char *kind, int64_t id);

struct der signing_cms_of(struct signing *s, const struct test_holder *holder, const char *text);

/* What is signed of a document; judges a signature of it and keeps it, as a request does. */
struct signature_subject signing_subject(struct harness *h, int64_t person, const char *kind,
					 int64_t id);
bool signing_bring(struct harness *h, int64_t person, const char *kind, int64_t id, struct der cms,
		   struct err *e);

/* The number of an application's paper of a kind; its signatory as somebody types it; the last
 * signature of it as the person is shown it. */
int64_t signing_paper(struct harness *h, const char *kind, int64_t application);
void signing_name(struct harness *h, int64_t paper, const char *name);
const json_t *signing_last(struct harness *h, int64_t person, int64_t paper);

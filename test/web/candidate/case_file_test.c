/* The case of a candidate in one archive, checked by what is in it (F89). */
#include "hall.h"
#include "room.h"
#include "signing.h"

#include "app/evidence/checkpoint.h"
#include "app/signature/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What `command` (of the shell, in `folder`) ends with. */
static int run(const char *folder, const char *command)
{
	char text[1024];
	(void)snprintf(text, sizeof(text), "cd %s && %s", folder, command);
	const int status = system(text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static const char *path_of(struct hall *w)
{
	return arena_print(w->stage.h->arena, "/applications/%lld/case.zip",
			   (long long)w->application);
}

/* The journal has the sum of the sums; entries newer than the case's own checkpoint are proved
 * under that of the export. */
#define EXPORT_BINDS                                                                               \
	"import hashlib, json; x = json.load(open(\"export.json\"));"                              \
	"told = json.loads(x[\"content\"]);"                                                       \
	"sums = hashlib.sha256(open(\"SHA256SUMS\", \"rb\").read()).hexdigest();"                  \
	"entries = json.load(open(\"journal.json\"))[\"entries\"];"                                \
	"later = [str(e[\"seq\"]) for e in entries if e[\"proof\"] is None];"                      \
	"assert (told[\"sums\"], told[\"entries\"]) == (sums, len(entries)), told;"                \
	"assert later and sorted(later) == sorted(x[\"later\"]), later;"                           \
	"assert \"export.json\" not in open(\"SHA256SUMS\").read()"

/* It opens, everything in it is what its sums and hashes say, and a change of it is found. */
static void test_archive(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	char folder[] = "/tmp/konkurs-case-XXXXXX";
	char zip[64];
	hall_start(&w);
	hall_answer_right(&w, 3);
	assert_non_null(mkdtemp(folder));
	struct answer a = harness_html(h, w.stage.hr, path_of(&w));
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/zip");
	(void)snprintf(zip, sizeof(zip), "%s/case.zip", folder);
	write_file(zip, a.body, a.size);
	assert_int_equal(run(folder, "/usr/bin/python3 -m zipfile -e case.zip . >/dev/null"), 0);
	assert_int_equal(run(folder, "/usr/bin/python3 verify.py >said"), 0);
	assert_int_equal(run(folder, "grep -q ' 0 faults' said"), 0);
	assert_int_equal(run(folder, "grep -q '\"kind\": \"test.answer\"' journal.json"), 0);
	assert_int_equal(run(folder, "grep -q '<h1>' index.html"), 0);
	assert_int_equal(run(folder, "sed -i 's/test.answer/test.another/' journal.json"), 0);
	assert_int_equal(run(folder, "/usr/bin/python3 verify.py >said"), 1);
	assert_int_equal(run(folder, "grep -q 'journal.json: not as it was exported' said"), 0);
	assert_int_equal(run(folder, "grep -q 'the header was changed' said"), 0);
	assert_int_equal(stage_journalled(h, "case.exported"), 1);
	assert_int_equal(run(folder, "/usr/bin/python3 -c '" EXPORT_BINDS "'"), 0);
	/* facts changed and the sums made to fit */
	assert_int_equal(run(folder, "/usr/bin/python3 -m zipfile -e case.zip . && "
				     "/usr/bin/python3 verify.py >said"),
			 0);
	assert_int_equal(run(folder, "echo '{}' >facts.json && grep -v facts.json SHA256SUMS >s;"
				     " sha256sum facts.json >>s; mv s SHA256SUMS"),
			 0);
	assert_int_equal(run(folder, "/usr/bin/python3 verify.py >said"), 1);
	assert_int_equal(run(folder, "grep -q 'SHA256SUMS: not the list' said"), 0);
	assert_int_equal(run("/tmp", arena_print(h->arena, "rm -r %s", folder)), 0);
}

/* F12: the signatures of the case come along, as they came and with their verdicts; own security's
 * is no part of it (R16-1). */
static void test_signatures(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_MET | STAGE_LISTED | STAGE_INFORMED);
	const int64_t candidate = stage_person_of(&stage, id);
	char folder[] = "/tmp/konkurs-case-XXXXXX";
	signing_sign(&s, candidate, "application", id);
	signing_sign(&s, stage.security, "security", 1);
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	assert_true(checkpoint_daily(&system, &e)); /* a proof needs one */
	assert_non_null(mkdtemp(folder));
	struct answer a = harness_html(
		h, stage.hr, arena_print(h->arena, "/applications/%lld/case.zip", (long long)id));
	assert_int_equal(a.status, 200);
	write_file(arena_print(h->arena, "%s/case.zip", folder), a.body, a.size);
	assert_int_equal(run(folder, "/usr/bin/python3 -m zipfile -e case.zip . >/dev/null"), 0);
	assert_int_equal(run(folder, "/usr/bin/python3 verify.py >said"), 0);
	assert_int_equal(run(folder, "test $(ls papers/*signature.cms | wc -l) = 1"), 0);
	assert_int_equal(run(folder, "openssl cms -cmsout -inform DER -in papers/*signature.cms"
				     " -noout"),
			 0);
	assert_int_equal(run(folder, "grep -q 'GOST 34.10-2015, 512' facts.json"), 0);
	assert_int_equal(run("/tmp", arena_print(h->arena, "rm -r %s", folder)), 0);
}

/* An intermediate authority below the anchor, trusted, with a list of its own; it issues from now
 * on. */
static void add_middle(struct signing *s)
{
	struct harness *h = s->h;
	const struct test_plan plan = { .key = { s->root.plan.key.kind, 2 },
					.name = "АРАЛЫҚ ОРТАЛЫҚ",
					.serial = 2,
					.authority = true,
					.usage = USAGE_CERTIFICATES | USAGE_LISTS };
	const struct test_holder middle = test_issue(h->arena, &plan, &s->root);
	const struct der der = middle.certificate.der;
	const struct der list =
		test_crl_bytes(h->arena, &(struct test_list){ .issuer = &middle,
							      .number = 20,
							      .made_ms = s->now_ms - TEST_DAY_MS });
	const struct act admin = harness_act(h, s->admin);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(trust_add(&admin, &(struct trust_form){ der.bytes, der.size, false, "акт 2" },
			      &id, &e) &&
		    trust_add_list(&admin, list.bytes, list.size, &e));
	s->root = middle;
}

/* F12: years later an outsider checks the signatures with OpenSSL's command line and what the case
 * has brought along, RSA and ECDSA; of another text, and without the authority, they do not hold.
 */
static void test_outsider(void **state)
{
	struct harness *h = *state;
	static const struct {
		enum test_kind kind;
		bool middle;
	} row[] = { { TEST_EC, false }, { TEST_RSA, true } };
	struct stage stage = stage_open(h);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct signing s = signing_open_with(h, row[i].kind);
		const int64_t id = stage_candidate(&stage, STAGE_MET);
		char folder[] = "/tmp/konkurs-case-XXXXXX";
		if (row[i].middle)
			add_middle(&s);
		signing_sign(&s, stage_person_of(&stage, id), "application", id);
		assert_non_null(mkdtemp(folder));
		struct answer a = harness_html(
			h, stage.hr,
			arena_print(h->arena, "/applications/%lld/case.zip", (long long)id));
		assert_int_equal(a.status, 200);
		write_file(arena_print(h->arena, "%s/case.zip", folder), a.body, a.size);
		assert_int_equal(run(folder, "/usr/bin/python3 -m zipfile -e case.zip . && mv "
					     "signatures/01-application-* one"),
				 0);
		assert_int_equal(run(folder, "cd one && sh verify.sh 2>said"), 0);
		assert_int_equal(run(folder, "grep -q 'signatures/' index.html"), 0);
		assert_int_equal(run(folder, "cd one && sed 's/application/paper/' -i text.json && "
					     "! sh verify.sh 2>said"),
				 0);
		assert_int_equal(run(folder, "cd one && sed 's/paper/application/' -i text.json && "
					     "sh verify.sh 2>said"),
				 0);
		if (row[i].middle)
			assert_int_equal(run(folder, "cd one && sed '1,/END/d' -i trusted.pem && "
						     "! sh verify.sh 2>said"),
					 0);
		/* neither the authority nor the lists may be missing */
		if (!row[i].middle)
			assert_int_equal(
				run(folder, "cd one && openssl crl -in trusted.pem -out list.pem &&"
					    " openssl x509 -in trusted.pem -out only.pem && "
					    "cp list.pem trusted.pem && ! sh verify.sh 2>said && "
					    "cp only.pem trusted.pem && ! sh verify.sh 2>said && "
					    "cat list.pem >>trusted.pem && sh verify.sh 2>said"),
				0);
		assert_int_equal(run("/tmp", arena_print(h->arena, "rm -r %s", folder)), 0);
	}
}

/* F84: the case says when the decision was served, and until when one may appeal. */
static void test_service(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	const int64_t person = stage_person_of(&w.stage, w.application);
	char folder[] = "/tmp/konkurs-case-XXXXXX";
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	assert_int_equal(harness_get(h, person,
				     arena_print(h->arena, "/applications/%lld/notice",
						 (long long)w.application))
				 .status,
			 200);
	assert_non_null(mkdtemp(folder));
	struct answer a = harness_html(
		h, w.stage.hr,
		arena_print(h->arena, "/applications/%lld/case.zip", (long long)w.application));
	assert_int_equal(a.status, 200);
	write_file(arena_print(h->arena, "%s/case.zip", folder), a.body, a.size);
	assert_int_equal(run(folder, "/usr/bin/python3 -m zipfile -e case.zip . >/dev/null"), 0);
	assert_int_equal(run(folder, "grep -q 'decision.positive' facts.json"), 0);
	assert_int_equal(run(folder, "grep -q 'notice.served' journal.json"), 0);
	assert_int_equal(run(folder, "grep -q '26' index.html && grep -q 2026 index.html"), 0);
	assert_int_equal(run(folder, "/usr/bin/python3 verify.py >said"), 0);
	assert_int_equal(run("/tmp", arena_print(h->arena, "rm -r %s", folder)), 0);
}

/* R16-1: own security's information does not leave with the case. */
static void test_without_security(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = stage_candidate(&s, STAGE_COMPLETE | STAGE_LISTED | STAGE_INFORMED);
	const char *path = arena_print(h->arena, "/applications/%lld/case.zip", (long long)id);
	struct answer a = harness_html(h, s.hr, path);
	assert_int_equal(a.status, 200);
	assert_null(memmem(a.body, a.size, "security", strlen("security")));
	assert_non_null(memmem(a.body, a.size, "papers/01-", strlen("papers/01-")));
}

/* F76: the paper of a study leaves with the case only of whoever has said for what, and each is a
 * view; for all others its hash stands there. */
static void test_restricted_papers(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	const int64_t id = stage_candidate(&s, STAGE_COMPLETE);
	const char *path = arena_print(h->arena, "/applications/%lld/case.zip", (long long)id);
	static const char *const papers[] = { "-polygraph.pdf", "-psycho.pdf" };
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const struct {
		const char *why;
		int64_t person;
		bool reason, held;
		int64_t views; /* after it */
	} row[] = {
		{ "HR without a reason", s.hr, false, false, 0 },
		{ "an auditor", auditor, false, false, 0 },
		{ "HR with one", s.hr, true, true, 2 },
		{ "another officer of HR", harness_person(h, ROLE_HR), false, false, 2 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		char folder[] = "/tmp/konkurs-case-XXXXXX";
		if (row[i].reason)
			harness_open_papers(h, row[i].person, id);
		struct answer a = harness_html(h, row[i].person, path);
		assert_int_equal(a.status, 200);
		for (size_t n = 0; n < COUNT(papers); n++) {
			if (!memmem(a.body, a.size, papers[n], strlen(papers[n])) == row[i].held)
				fail_msg("%s: %s", row[i].why, papers[n]);
		}
		assert_int_equal(stage_journalled(h, "study.viewed"), row[i].views);
		assert_non_null(mkdtemp(folder));
		write_file(arena_print(h->arena, "%s/case.zip", folder), a.body, a.size);
		assert_int_equal(
			run(folder, "/usr/bin/python3 -m zipfile -e case.zip . >/dev/null"), 0);
		assert_int_equal(run(folder, "grep -q BLAKE2b index.html"), row[i].held ? 1 : 0);
		assert_int_equal(run(folder, "test $(grep -c '\"file\": \"' facts.json) = 2"), 0);
		assert_int_equal(run("/tmp", arena_print(h->arena, "rm -r %s", folder)), 0);
	}
	struct err e = { 0 };
	int64_t views = 0;
	assert_true(db_number(h->site.db, &e, &views,
			      "SELECT COUNT(*) FROM restricted_view WHERE person_id = $1"
			      " AND what = 'study' AND opening_id IS NOT NULL",
			      db_int(s.hr)));
	assert_int_equal(views, 2);
}

static void test_rights(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	static const struct {
		const char *why;
		unsigned role;
		int status;
	} row[] = {
		{ "a stranger", 0, 403 },
		{ "own security", ROLE_SECURITY, 403 },
		{ "a member of a commission", ROLE_MEMBER, 403 },
		{ "an auditor", ROLE_AUDITOR, 200 },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const int status =
			harness_html(h, harness_person(h, row[i].role), path_of(&w)).status;
		if (status != row[i].status)
			fail_msg("%s: %d", row[i].why, status);
	}
	assert_int_equal(harness_html(h, w.candidate, path_of(&w)).status, 403);
	assert_int_equal(harness_html(h, w.stage.hr, "/applications/999/case.zip").status, 404);
	assert_int_equal(stage_journalled(h, "case.exported"), 1);
}

#define WITH_HARNESS(test) HARNESS_TEST(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HARNESS(test_archive),          WITH_HARNESS(test_signatures),
		WITH_HARNESS(test_outsider),         WITH_HARNESS(test_service),
		WITH_HARNESS(test_without_security), WITH_HARNESS(test_restricted_papers),
		WITH_HARNESS(test_rights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

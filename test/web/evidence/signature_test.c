/* Pages of electronic signatures and of whom the installation trusts (F12, F82): what is shown in
 * three languages, what is taken in both ways, what a policy allows. */
#include "room.h"
#include "signing.h"

#include "law/signatory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

static const char *address(struct harness *h, const char *kind, int64_t id)
{
	return arena_print(h->arena, "/signatures/%s/%lld", kind, (long long)id);
}

static const char *text_of(struct harness *h, int64_t person, const char *page)
{
	const struct answer a = harness_get(h, person, page);
	assert_int_equal(a.status, 200);
	return answer_text(&a, "subject.text");
}

static struct answer upload(struct harness *h, int64_t person, const char *page, struct der cms)
{
	return harness_upload(h, person, page, "", "file", "letter.cms", cms.bytes, cms.size);
}

/* As the page's script sends what NCALayer gives. */
static const char *form_of(struct harness *h, struct der cms)
{
	const size_t room = sodium_base64_encoded_len(cms.size, sodium_base64_VARIANT_ORIGINAL);
	char *base64 = arena_alloc(h->arena, room);
	(void)sodium_bin2base64(base64, room, cms.bytes, cms.size, sodium_base64_VARIANT_ORIGINAL);
	return arena_print(h->arena, "signature=%s", http_encode(h->arena, base64));
}

static void test_application(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const char *page = address(h, "application", id);
	const char *text = text_of(h, candidate, page);
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL, "UPDATE document SET signatory_position = $1",
			    db_text(POSITION_DIRECT_SUPERVISOR)));
	harness_check_page(h, candidate, page);
	assert_int_equal(harness_get(h, stage.hr, page).status, 404);
	assert_int_equal(harness_get(h, 0, page).status, 403);
	/* a refusal names every fault, and shows the page again */
	struct answer a = upload(h, candidate, page, signing_cms(&s, stage.hr, "{}"));
	assert_int_equal(a.status, 422);
	assert_string_equal(a.error, "signature.fault.document");
	assert_string_equal(a.field, "file");
	a = harness_post_html(h, candidate, page, form_of(h, signing_cms(&s, stage.hr, "{}")));
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "Подпись стоит под другим документом."));
	assert_non_null(strstr(a.body, "data-fault=\"person\""));
	a = harness_post(h, candidate, page, "");
	assert_string_equal(a.error, "error.required");
	a = harness_post(h, candidate, page, form_of(h, signing_cms(&s, candidate, text)));
	assert_int_equal(a.status, 200);
	assert_string_equal(a.location, arena_print(h->arena, "/applications/%lld", (long long)id));
	a = harness_get(h, candidate, a.location);
	assert_string_equal(answer_text(&a, "signed.rows.0.name"), "СЫНАҚ АДАМ");
	assert_string_equal(answer_text(&a, "signed.rows.0.algorithm"), "GOST 34.10-2015, 512");
	harness_check_page(h, candidate, page);
	harness_check_page(h, candidate,
			   arena_print(h->arena, "/applications/%lld", (long long)id));
	harness_check_page(h, stage.hr,
			   arena_print(h->arena, "/applications/%lld/check", (long long)id));
	a = harness_html(h, candidate, arena_print(h->arena, "/applications/%lld", (long long)id));
	assert_non_null(strstr(a.body, "Подписано электронно:"));
	assert_null(strstr(a.body, signing_holder(&s, candidate, NULL).plan.numbers[0]));
}

/* The text goes out to the byte, and what came in comes out again. */
static void test_files(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const char *page = address(h, "application", id);
	const char *text = text_of(h, candidate, page);
	struct answer a = harness_get(h, candidate, arena_print(h->arena, "%s/text", page));
	assert_int_equal(a.size, strlen(text));
	assert_memory_equal(a.body, text, a.size);
	const struct der cms = signing_cms(&s, candidate, text);
	assert_int_equal(upload(h, candidate, page, cms).status, 200);
	a = harness_get(h, candidate, page);
	const int64_t signature = answer_number(&a, "rows.0.id");
	const char *file = arena_print(h->arena, "%s/files/%lld", page, (long long)signature);
	a = harness_get(h, candidate, file);
	assert_int_equal(a.size, cms.size);
	assert_memory_equal(a.body, cms.bytes, cms.size);
	assert_int_equal(harness_get(h, stage.hr, file).status, 404);
}

/* Who enters papers for a candidate brings their signatures; everybody who reads the papers sees
 * them. */
static void test_paper(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t chief = harness_person(h, 0);
	struct err e = { 0 };
	int64_t paper = 0;
	assert_true(db_number(h->site.db, &e, &paper,
			      "SELECT MIN(id) FROM document WHERE application_id = $1",
			      db_int(id)));
	const char *page = address(h, "paper", paper);
	const char *text = text_of(h, candidate, page);
	harness_check_page(h, candidate, page);
	harness_check_page(h, stage.hr, page);
	assert_string_equal(upload(h, candidate, page, signing_cms(&s, candidate, text)).error,
			    "signature.fault.person");
	assert_int_equal(upload(h, candidate, page, signing_cms(&s, chief, text)).status, 200);
	const struct answer a = harness_get(
		h, stage.hr, arena_print(h->arena, "/applications/%lld/check", (long long)id));
	assert_string_equal(answer_text(&a, "documents.0.signed.rows.0.name"), "СЫНАҚ АДАМ");
}

/* R10-1: another signer than the signatory is told to everybody who reads the papers, and HR alone
 * decides. */
static void test_other(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT | STAGE_PAPERS);
	const int64_t candidate = stage_person_of(&stage, id);
	const int64_t chief = harness_person(h, 0);
	struct err e = { 0 };
	int64_t paper = 0;
	assert_true(db_number(h->site.db, &e, &paper,
			      "SELECT MIN(id) FROM document WHERE application_id = $1",
			      db_int(id)));
	assert_true(db_exec(
		h->site.db, &e, NULL,
		"UPDATE document SET signatory = 'Серікова Бағила',"
		" signatory_position = 'direct_supervisor', signed_day = 20500 WHERE id = $1",
		db_int(paper)));
	const char *page = address(h, "paper", paper);
	assert_int_equal(
		upload(h, candidate, page, signing_cms(&s, chief, text_of(h, candidate, page)))
			.status,
		200);
	const char *check = arena_print(h->arena, "/applications/%lld/check", (long long)id);
	struct answer a = harness_get(h, stage.hr, check);
	assert_string_equal(answer_text(&a, "documents.0.signed.rows.0.other.state"), "open");
	assert_true(json_is_true(answer_value(&a, "documents.0.signed.rows.0.other.decides")));
	const char *decide =
		arena_print(h->arena, "/signature-decisions/%lld",
			    (long long)answer_number(&a, "documents.0.signed.rows.0.id"));
	a = harness_html(h, candidate, page);
	assert_non_null(strstr(a.body, "Подписал не тот, кто назван в документе."));
	assert_non_null(strstr(a.body, "Серікова Бағила"));
	assert_null(strstr(a.body, decide));
	assert_non_null(strstr(harness_html(h, stage.hr, check).body, decide));
	assert_int_equal(harness_get(h, candidate, decide).status, 403);
	harness_check_page(h, stage.hr, decide);
	harness_check_page(h, stage.hr, check);
	a = harness_post(h, stage.hr, decide, "counts=yes&reason=");
	assert_string_equal(a.field, "reason");
	a = harness_post(h, stage.hr, decide, "counts=no&reason=бұйрық+жоқ");
	assert_string_equal(a.location, check);
	a = harness_get(h, stage.hr, check);
	assert_string_equal(answer_text(&a, "documents.0.signed.rows.0.other.state"), "refused");
	assert_int_equal(harness_get(h, stage.hr, decide).status, 404);
	harness_check_page(h, stage.hr, check);
	harness_check_page(h, candidate, page);
	/* the dossier tells it, on its page and on its paper */
	const char *dossier = arena_print(h->arena, "/applications/%lld/dossier", (long long)id);
	a = harness_get(h, stage.hr, dossier);
	assert_string_equal(answer_text(&a, "signed_papers.0.rows.0.other.state"), "refused");
	harness_check_page(h, stage.hr, dossier);
	assert_int_equal(harness_get(h, stage.hr,
				     arena_print(h->arena, "/applications/%lld/dossier-cover.pdf",
						 (long long)id))
				 .status,
			 200);
}

/* What a file is called does not matter: a CMS is taken under any name, anything else under none.
 */
static void test_content(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	const char *page = address(h, "application", id);
	const struct der cms = signing_cms(&s, candidate, text_of(h, candidate, page));
	static const char *const names[] = { "a.cms", "a.p7s", "a.pdf" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct answer a = harness_upload(h, candidate, page, "", "file", names[i],
						       STAGE_PDF, sizeof(STAGE_PDF) - 1);
		assert_int_not_equal(a.status, 200);
		assert_string_equal(a.field, "file");
	}
	const struct answer a =
		harness_upload(h, candidate, page, "", "file", "a.pdf", cms.bytes, cms.size);
	assert_int_equal(a.status, 200);
}

static void test_security(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_MET | STAGE_LISTED | STAGE_INFORMED);
	const char *where = arena_print(h->arena, "/applications/%lld/security", (long long)id);
	struct answer a = harness_get(h, stage.security, where);
	const char *page = address(h, "security", answer_number(&a, "information.0.id"));
	assert_true(json_is_true(answer_value(&a, "information.0.signed.may_sign")));
	const char *text = text_of(h, stage.security, page);
	a = upload(h, stage.security, page, signing_cms(&s, stage.security, text));
	assert_string_equal(a.location, where);
	harness_check_page(h, stage.security, where);
	a = harness_get(h, stage.security, where);
	assert_false(json_is_true(answer_value(&a, "information.0.signed.may_sign"))); /* once */
	harness_open_papers(h, stage.hr, id);                                          /* F76 */
	a = harness_get(h, stage.hr, where);
	assert_string_equal(answer_text(&a, "information.0.signed.rows.0.serial"), "07");
	assert_false(json_is_true(answer_value(&a, "information.0.signed.may_sign")));
}

/* F82: a member signs the own ballot, and those who sign the minutes sign them with a key, too. */
static void test_commission(void **state)
{
	struct harness *h = *state;
	struct room w = room_open(h);
	room_hear(&w);
	room_vote(&w, 3);
	struct signing s = signing_open(h);
	const int64_t member = w.person[1];
	const char *where =
		room_path(&w, arena_print(h->arena, "/candidates/%lld", (long long)w.application));
	struct answer a = harness_get(h, member, where);
	const char *page = address(h, "ballot", answer_number(&a, "candidate.my_ballot"));
	harness_check_page(h, member, page);
	a = upload(h, member, page, signing_cms(&s, member, text_of(h, member, page)));
	assert_string_equal(a.location, where);
	a = harness_get(h, member, where);
	assert_string_equal(answer_text(&a, "candidate.signed_ballots.0.name"), "СЫНАҚ АДАМ");
	assert_true(json_is_null(answer_value(&a, "candidate.my_ballot")));
	harness_check_page(h, member, where);
	room_decide(&w);
	const char *decision =
		arena_print(h->arena, "/applications/%lld/decision", (long long)w.application);
	harness_check_page(h, member, decision);
	room_close(&w);
	room_number(&w);
	page = address(h, "minutes", w.interview);
	a = upload(h, member, page, signing_cms(&s, member, text_of(h, member, page)));
	assert_string_equal(a.location, room_path(&w, "/minutes"));
	a = harness_get(h, member, a.location);
	assert_string_equal(answer_text(&a, "signed.rows.0.name"), "СЫНАҚ АДАМ");
	harness_check_page(h, member, room_path(&w, "/minutes"));
}

/* Printed papers say so, too. */
static void test_printed(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	struct signing s = signing_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	struct err e = { 0 };
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE application SET receipt = 'abc' WHERE id = $1", db_int(id)));
	const char *page = address(h, "application", id);
	const char *paper = arena_print(h->arena, "/applications/%lld/receipt.pdf", (long long)id);
	const size_t before = harness_get(h, candidate, paper).size;
	assert_int_equal(
		upload(h, candidate, page, signing_cms(&s, candidate, text_of(h, candidate, page)))
			.status,
		200);
	const struct answer a = harness_get(h, candidate, paper);
	assert_int_equal(a.status, 200);
	assert_true(a.size > before);
	harness_check_page(h, candidate,
			   arena_print(h->arena, "/applications/%lld/receipt", (long long)id));
}

/* Only a page that signs may talk to NCALayer, and to nothing else. */
static void test_policy(void **state)
{
	struct harness *h = *state;
	struct stage stage = stage_open(h);
	const int64_t id = stage_candidate(&stage, STAGE_SENT);
	const int64_t candidate = stage_person_of(&stage, id);
	struct answer a = harness_html(h, candidate, address(h, "application", id));
	const char *policy = http_header_of(a.out, "Content-Security-Policy");
	assert_non_null(strstr(policy, "connect-src 'self' wss://127.0.0.1:13579"));
	assert_null(strstr(strstr(policy, "13579"), " "));
	a = harness_html(h, candidate, arena_print(h->arena, "/applications/%lld", (long long)id));
	assert_null(strstr(http_header_of(a.out, "Content-Security-Policy"), "13579"));
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		bool valid;
	} row[] = {
		{ "wss://127.0.0.1:13579", true },
		{ "ws://127.0.0.1:80", true },
		{ "wss://127.0.0.1:", false },
		{ "wss://127.0.0.1", false },
		{ "wss://127.0.0.1:13579/x", false },
		{ "wss://127.0.0.1:13579; script-src *", false },
		{ "wss://127.0.0.1:135790", false },
		{ "wss://example.kz:13579", false },
		{ "https://127.0.0.1:13579", false },
		{ "", false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (site_ncalayer_valid(row[i].address) != row[i].valid)
			fail_msg("%s", row[i].address);
	}
}

static const struct test_plan other_root = { .key = { TEST_EC, 0 },
					     .name = "БАСҚА ОРТАЛЫҚ",
					     .serial = 1,
					     .authority = true,
					     .usage = USAGE_CERTIFICATES | USAGE_LISTS };

static void test_trust(void **state)
{
	struct harness *h = *state;
	struct signing s = signing_open(h);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	const struct test_holder root = test_issue(h->arena, &other_root, NULL);
	const struct der der = root.certificate.der;
	struct answer a = harness_upload(h, s.admin, "/trust", "kind=anchor&reason=17", "file",
					 "root.cer", der.bytes, der.size);
	assert_string_equal(a.location, "/trust");
	a = harness_get(h, s.admin, "/trust");
	const int64_t id = answer_number(&a, "certificates.0.id");
	assert_string_equal(answer_text(&a, "certificates.0.state"), "asked");
	assert_true(json_is_true(answer_value(&a, "certificates.0.waits")));
	harness_check_page(h, s.admin, "/trust");
	harness_check_page(h, s.other, "/trust");
	harness_check_page(h, auditor, "/trust");
	const char *answer = arena_print(h->arena, "/trust/%lld/answer", (long long)id);
	a = harness_post(h, s.admin, answer, "answer=yes");
	assert_string_equal(a.error, "trust.error.self");
	a = harness_post(h, s.other, answer, "answer=yes");
	assert_string_equal(a.location, "/trust");
	const struct der list = test_crl_bytes(
		h->arena,
		&(struct test_list){ .issuer = &root, .number = 1, .made_ms = s.now_ms - 1000 });
	a = harness_upload(h, s.admin, "/trust/lists", "", "list", "a.crl", list.bytes, list.size);
	assert_string_equal(a.location, "/trust");
	a = harness_upload(h, s.admin, "/trust/lists", "", "list", "a.crl", list.bytes, list.size);
	assert_string_equal(a.error, "trust.error.older");
	a = harness_upload(h, s.admin, "/trust/lists", "", "list", "a.crl", der.bytes, der.size);
	assert_string_equal(a.error, "signature.error.crl");
	assert_string_equal(a.field, "list");
	a = harness_post(h, s.admin, "/trust/settings", "days=30");
	assert_string_equal(a.location, "/trust");
	a = harness_post(h, s.other, arena_print(h->arena, "/trust/%lld/remove", (long long)id),
			 "why=17");
	assert_string_equal(a.location, "/trust");
	a = harness_get(h, auditor, "/trust");
	assert_string_equal(answer_text(&a, "certificates.0.state"), "leaving");
	assert_int_equal(answer_number(&a, "most"), 30);
	harness_check_page(h, auditor, "/trust");
	harness_check_page(h, s.admin, "/trust");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_application), HARNESS_TEST(test_files),
		HARNESS_TEST(test_paper),       HARNESS_TEST(test_security),
		HARNESS_TEST(test_commission),  HARNESS_TEST(test_printed),
		HARNESS_TEST(test_policy),      cmocka_unit_test(test_addresses),
		HARNESS_TEST(test_trust),       HARNESS_TEST(test_other),
		HARNESS_TEST(test_content),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Pages of the sealed bank, and what other pages say about it (F28). */
#include "hall.h"
#include "vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PHRASE "phrase=correct horse battery"

static void done(struct harness *h, int64_t person, const char *path, const char *form)
{
	struct answer a = harness_post(h, person, path, form);
	if (a.status != 200)
		fail_msg("%s %s: %d %s at %s", path, form, a.status, a.error, a.field);
}

static void refused(struct harness *h, int64_t person, const char *path, const char *form,
		    const char *error)
{
	struct answer a = harness_post(h, person, path, form);
	if (strcmp(a.error, error) != 0)
		fail_msg("%s %s: %d %s", path, form, a.status, a.error);
}

/* From three people with a role to an opening by two of them, with real passphrases. */
static void test_way(void **state)
{
	struct harness *h = *state;
	int64_t keeper[3];
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	const int64_t auditor = harness_person(h, ROLE_AUDITOR);
	harness_check_page(h, admin, "/bank/vault");
	refused(h, admin, "/bank/vault/make", "", "vault.error.keepers");
	for (size_t i = 0; i < COUNT(keeper); i++) {
		keeper[i] = harness_person(h, ROLE_KEEPER);
		harness_check_page(h, keeper[i], "/bank/vault");
		refused(h, keeper[i], "/bank/vault/key", PHRASE "&again=another",
			"account.error.again");
		done(h, keeper[i], "/bank/vault/key", PHRASE "&again=correct horse battery");
	}
	harness_check_page(h, admin, "/bank/vault");
	refused(h, author, "/bank/vault/openings", "purpose=work&hours=2&reason=x",
		"vault.error.unsealed");
	struct answer a = harness_post(h, admin, "/bank/vault/make", "");
	assert_int_equal(a.status, 200);
	assert_int_equal(json_array_size(answer_value(&a, "papers.list")), 2);
	assert_int_equal(strlen(answer_text(&a, "papers.list.1.text")), VAULT_PAPER_SIZE - 1);
	a = harness_get(h, admin, "/bank/vault");
	assert_true(json_is_null(answer_value(&a, "papers"))); /* this once */
	done(h, author, "/bank/vault/openings", "purpose=work&hours=2&reason=Үйрену");
	const int64_t all[] = { author, admin, auditor, keeper[0] };
	for (size_t i = 0; i < COUNT(all); i++) {
		harness_check_page(h, all[i], "/bank/vault");
		harness_check_page(h, all[i], "/bank/vault/openings/1");
	}
	a = harness_get(h, keeper[2], "/");
	assert_string_equal(answer_text(&a, "due.lines.0.key"), "home.task.vault");
	refused(h, keeper[0], "/bank/vault/openings/1/share", "passphrase=wrong",
		"vault.error.passphrase");
	assert_int_equal(stage_journalled(h, "vault.wrong"), 1); /* counted, although refused */
	done(h, keeper[0], "/bank/vault/openings/1/share", "passphrase=correct horse battery");
	harness_check_page(h, keeper[0], "/bank/vault/openings/1");
	done(h, keeper[1], "/bank/vault/openings/1/share", "passphrase=correct horse battery");
	a = harness_get(h, author, "/bank");
	assert_string_equal(answer_text(&a, "bank.state"), "open");
	harness_check_page(h, author, "/bank");
	harness_check_page(h, author, "/bank/vault/openings/1");
	done(h, author, "/bank/vault/openings/1/close", "");
	harness_check_page(h, auditor, "/bank/vault/openings/1");
	assert_int_equal(harness_get(h, auditor, "/bank/vault.csv").status, 200);
	assert_int_equal(harness_get(h, auditor, "/bank/vault/openings/9").status, 404);
	a = harness_post_html(h, keeper[0], "/bank/vault/phrase",
			      "old=wrong&" PHRASE "&again=correct horse battery");
	assert_int_equal(a.status, 422);
	assert_non_null(strstr(a.body, "action=\"/bank/vault/phrase\""));
	done(h, keeper[0], "/bank/vault/phrase",
	     "old=correct horse battery&phrase=another long phrase&again=another long phrase");
}

/* Passphrases and papers are nowhere in the answers that show a form again. */
static void test_again(void **state)
{
	struct harness *h = *state;
	struct vault v = vault_seal(h);
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	(void)vault_asked(&v, VAULT_WORK, 0, author);
	struct answer a = harness_post_html(h, v.keeper[0], "/bank/vault/openings/1/share",
					    "passphrase=secret-of-mine");
	assert_int_equal(a.status, 422);
	assert_null(strstr(a.body, "secret-of-mine"));
	a = harness_post_html(h, v.approver, "/bank/vault/openings/1/paper", "paper=MISTYPED");
	assert_int_equal(a.status, 422);
}

static void test_renewal(void **state)
{
	struct harness *h = *state;
	struct vault v = vault_seal(h);
	refused(h, v.approver, "/bank/vault/renew", "", "vault.error.renewal");
	(void)vault_open_for(&v, VAULT_RENEWAL, 0, v.approver);
	harness_check_page(h, v.approver, "/bank/vault");
	harness_check_page(h, v.approver, "/bank/vault/openings/1");
	struct answer a = harness_post(h, v.approver, "/bank/vault/renew", "");
	assert_int_equal(a.status, 200);
	assert_int_equal(json_array_size(answer_value(&a, "papers.list")), 2);
	harness_check_page(h, v.approver, "/bank/vault/openings/1");
}

/* A sealed question shows its head and no words; open for work it shows them, journalled. */
static void test_question(void **state)
{
	struct harness *h = *state;
	hall_add_bank(h);
	struct vault v = vault_seal(h);
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	struct answer a = harness_get(h, author, "/bank/questions/1");
	assert_int_equal(a.status, 200);
	assert_true(json_is_true(answer_value(&a, "question.sealed")));
	assert_string_equal(answer_text(&a, "question.ru_stem"), "");
	assert_string_equal(answer_text(&a, "question.key"), "");
	assert_int_equal(json_array_size(answer_value(&a, "options")), 0);
	assert_int_equal(stage_journalled(h, "bank.viewed"), 0);
	harness_check_page(h, author, "/bank/questions/1");
	harness_check_page(h, v.approver, "/bank/questions/1");
	harness_check_page(h, author, "/bank");
	a = harness_get(h, author, "/bank/questions/1/edit");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, "bank.error.sealed");
	assert_int_equal(harness_get(h, author, "/bank/questions/1/revisions/1").status, 409);
	(void)vault_asked(&v, VAULT_WORK, 0, author);
	harness_check_page(h, author, "/bank");
	vault_share(&v, 1, v.keeper[0]);
	vault_share(&v, 1, v.keeper[2]);
	a = harness_get(h, author, "/bank/questions/1");
	assert_true(strlen(answer_text(&a, "question.ru_stem")) > 10);
	assert_true(strlen(answer_text(&a, "options.3.kk")) > 0);
	assert_true(stage_journalled(h, "bank.viewed") > 0);
	harness_check_page(h, author, "/bank/questions/1");
	harness_check_page(h, author, "/bank/questions/1/edit");
}

static void test_sitting(void **state)
{
	struct hall w = hall_open(*state);
	struct harness *h = w.stage.h;
	char path[64];
	char ask[80];
	(void)snprintf(path, sizeof(path), "/sittings/%lld", (long long)w.sitting);
	(void)snprintf(ask, sizeof(ask), "%s/bank", path);
	harness_check_page(h, w.operator, path);
	refused(h, w.operator, ask, "", "vault.error.unsealed");
	struct vault v = vault_seal(h);
	struct answer a = harness_get(h, w.operator, path);
	assert_string_equal(answer_text(&a, "bank.state"), "sealed");
	harness_check_page(h, w.operator, path);
	done(h, w.operator, ask, "");
	refused(h, w.stage.hr, ask, "", "vault.error.asked");
	harness_check_page(h, w.stage.hr, path);
	vault_share(&v, 1, v.keeper[0]);
	a = harness_get(h, w.operator, path);
	assert_int_equal(answer_number(&a, "bank.given"), 1);
	vault_share(&v, 1, v.keeper[1]);
	harness_check_page(h, w.operator, path);
	hall_start(&w);
	a = harness_get(h, w.candidate, "/tests/1/questions/1");
	if (a.status != 200) /* the pen is another session's */
		assert_string_equal(a.error, "test.error.moved");
	harness_check_page(h, v.keeper[0], "/bank/vault/openings/1");
	a = harness_get(h, v.keeper[0], "/bank/vault/openings/1");
	assert_string_equal(answer_text(&a, "opening.state"), "started");
}

static void test_rights(void **state)
{
	struct harness *h = *state;
	struct vault v = vault_seal(h);
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	static const unsigned others[] = { 0, ROLE_HR, ROLE_OPERATOR, ROLE_MEMBER };
	(void)vault_asked(&v, VAULT_WORK, 0, author);
	for (size_t i = 0; i < COUNT(others); i++) {
		const int64_t person = harness_person(h, others[i]);
		assert_int_equal(harness_get(h, person, "/bank/vault").status, 403);
		assert_int_equal(harness_get(h, person, "/bank/vault/openings/1").status, 403);
		assert_int_equal(harness_post(h, person, "/bank/vault/openings/1/close", "").status,
				 403);
	}
	assert_int_equal(harness_post(h, author, "/bank/vault/make", "").status, 403);
	assert_int_equal(harness_post(h, v.keeper[0], "/bank/vault/renew", "").status, 403);
}

/* F34: an operator has no other part in the bank, and sees and ends the opening asked for. */
static void test_own(void **state)
{
	struct harness *h = *state;
	struct hall w = hall_open(h);
	struct vault v = vault_seal(h);
	const int64_t id = vault_open_for(&v, VAULT_SITTING, w.sitting, w.operator);
	const char *page = arena_print(h->arena, "/bank/vault/openings/%lld", (long long)id);
	const char *close = arena_print(h->arena, "%s/close", page);
	const int64_t other = harness_person(h, ROLE_OPERATOR);
	harness_check_page(h, w.operator, page);
	assert_int_equal(harness_get(h, other, page).status, 403);
	assert_int_equal(harness_post(h, other, close, "").status, 403);
	assert_int_equal(harness_get(h, w.operator, "/bank/vault").status, 403);
	done(h, w.operator, close, "");
	harness_check_page(h, w.operator, page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_way),     HARNESS_TEST(test_again),    HARNESS_TEST(test_renewal),
		HARNESS_TEST(test_sitting), HARNESS_TEST(test_question), HARNESS_TEST(test_own),
		HARNESS_TEST(test_rights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

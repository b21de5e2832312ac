/* Receipts: whose they are, what they hold, and that anybody can have one checked without learning
 * whose it is (F15, F60). */
#include "golden.h"
#include "hall.h"
#include "room.h"

#include "app/evidence/checkpoint.h"
#include "app/evidence/evidence.h"
#include "verify/check.h"
#include "web/evidence/receipt.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- scenes ---------------------------------------------------------------------------------- */

static int64_t entry(struct harness *h, int64_t application, const char *kind)
{
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t seq = 0;
	assert_true(evidence_newest(&act, application, kind, "", &seq, &e));
	assert_true(seq > 0);
	return seq;
}

/* A candidate whose test is over. */
static struct hall finished(struct harness *h)
{
	struct hall w = hall_open(h);
	struct err e = { 0 };
	hall_start(&w);
	hall_answer_right(&w, 61);
	const struct act candidate = hall_candidate(&w);
	assert_true(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e));
	return w;
}

static const char *path(struct harness *h, int64_t seq, const char *rest)
{
	return arena_print(h->arena, "/receipts/%lld%s", (long long)seq, rest);
}

static struct receipt fetch(struct harness *h, int64_t person, int64_t seq)
{
	struct receipt r = { 0 };
	struct err e = { 0 };
	const struct answer a = harness_html(h, person, path(h, seq, "/receipt.json"));
	assert_int_equal(a.status, 200);
	assert_string_equal(a.type, "application/json");
	if (!receipt_read(h->arena, a.body, a.size, &r, &e))
		fail_msg("%s", e.detail);
	return r;
}

/* Findings that are bad, under the log's own key. */
static int64_t bad(struct harness *h, const struct receipt *receipt)
{
	struct trust trust = { .pinned = true };
	struct report *report = check_new(h->arena);
	struct err e = { 0 };
	assert_true(checkpoint_key(h->site.db, &trust.log, &e));
	check_receipt(report, receipt, &trust);
	return report->bad;
}

/* ---- one's own ------------------------------------------------------------------------------- */

static void a_result_is_its_candidates(void **state)
{
	struct hall w = finished(*state);
	struct harness *h = w.stage.h;
	const int64_t seq = entry(h, w.application, "test.result");
	struct answer a = harness_get(h, w.candidate, "/receipts");
	assert_int_equal(answer_number(&a, "receipts.0.seq"), seq);
	a = harness_get(h, w.candidate, path(h, seq, ""));
	assert_string_equal(answer_text(&a, "receipt.kind"), "test.result");
	assert_int_equal(answer_number(&a, "receipt.result.correct"), 61);
	harness_check_page(h, w.candidate, "/receipts");
	harness_check_page(h, w.candidate, path(h, seq, ""));
	struct receipt r = fetch(h, w.candidate, seq);
	assert_true(r.whole);
	assert_int_equal(bad(h, &r), 0);
	const int64_t others[] = { w.stage.hr, w.operator, harness_person(h, ROLE_AUDITOR),
				   harness_person(h, 0) };
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_int_equal(harness_get(h, others[i], path(h, seq, "")).status, 404);
		assert_int_equal(harness_get(h, others[i], path(h, seq, "/receipt.json")).status,
				 404);
		a = harness_get(h, others[i], "/receipts");
		assert_int_equal(json_array_size(answer_value(&a, "receipts")), 0);
	}
	/* an entry there are no receipts of */
	assert_int_equal(harness_get(h, w.candidate, path(h, seq - 1, "")).status, 404);
	assert_int_equal(harness_get(h, w.candidate, path(h, 100000, "")).status, 404);
}

/* The same entry gives the same receipt, whatever was journalled since. */
static void it_stays_the_same(void **state)
{
	struct hall w = finished(*state);
	struct harness *h = w.stage.h;
	const int64_t seq = entry(h, w.application, "test.result");
	const struct act act = harness_act(h, 0);
	struct err e = { 0 };
	int64_t size = 0;
	const struct receipt before = fetch(h, w.candidate, seq);
	assert_true(checkpoint_ask(&act, &size, &e));
	const struct receipt after = fetch(h, w.candidate, seq);
	assert_true(size > seq);
	assert_string_equal(receipt_json(h->arena, &before), receipt_json(h->arena, &after));
}

/* A candidate learns the outcome, not how many voted how; a member has the own vote (R41-1). */
static void a_decision_without_its_figures(void **state)
{
	struct room w = room_open(*state);
	struct harness *h = w.stage.h;
	const int64_t person = stage_person_of(&w.stage, w.application);
	room_hear(&w);
	room_vote(&w, 4);
	room_decide(&w);
	const int64_t seq = entry(h, w.application, "decision.recorded");
	struct receipt r = fetch(h, person, seq);
	assert_false(r.whole);
	assert_int_equal(bad(h, &r), 0);
	harness_check_page(h, person, path(h, seq, ""));
	const int64_t vote = entry(h, w.application, "vote.cast"); /* of the last voter */
	r = fetch(h, w.person[ROOM_VOTERS - 1], vote);
	assert_true(r.whole);
	assert_non_null(strstr(r.content, "against"));
	assert_int_equal(bad(h, &r), 0);
	harness_check_page(h, w.person[ROOM_VOTERS - 1], path(h, vote, ""));
	harness_check_page(h, w.person[ROOM_VOTERS - 1], "/receipts");
	assert_int_equal(harness_get(h, person, path(h, vote, "")).status, 404);
	assert_int_equal(harness_get(h, w.person[ROOM_CHAIR], path(h, vote, "")).status, 404);
	assert_int_equal(harness_get(h, w.person[ROOM_CHAIR], path(h, seq, "")).status, 404);
}

static void none_before_a_checkpoint(void **state)
{
	struct stage s = stage_open(*state);
	struct harness *h = s.h;
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct act act = harness_act(h, 0);
	struct receipt r;
	struct err e = { 0 };
	const int64_t id = stage_candidate(&s, STAGE_MET);
	assert_true(db_begin(act.db, &tx, &e));
	assert_true(act_journal(&act, "application.sent", s.competition,
				act_subject(&act, "application", id), json_object(), &e));
	assert_true(db_commit(&tx, &e));
	const int64_t seq = entry(h, id, "application.sent");
	assert_false(evidence_receipt(h->site.db, h->arena, seq, true, &r, &e));
	stage_refused("no checkpoint", false, &e, ERR_MISSING, "receipt.error.none", NULL);
	assert_int_equal(harness_get(h, stage_person_of(&s, id), path(h, seq, "")).status, 404);
}

/* ---- anybody --------------------------------------------------------------------------------- */

static const char *encoded(struct harness *h, const char *text)
{
	return arena_print(h->arena, "text=%s", http_encode(h->arena, text));
}

static const char *code_of(struct harness *h, const struct receipt *r)
{
	char code[RECEIPT_CODE_SIZE];
	const struct tree_hash hash = tree_leaf(r->leaf, strlen(r->leaf));
	receipt_code(&hash, code);
	return arena_copy(h->arena, code);
}

/* Nothing leads to a person. */
static void check_nameless(const struct answer *a)
{
	assert_int_equal(a->status, 200);
	assert_null(strstr(a->body, "application/"));
	assert_null(strstr(a->body, ">61<")); /* what the result is */
	assert_null(strstr(a->body, "61 / "));
	assert_null(strstr(a->body, "actor"));
}

static void anybody_can_have_one_checked(void **state)
{
	struct hall w = finished(*state);
	struct harness *h = w.stage.h;
	const int64_t seq = entry(h, w.application, "test.result");
	const struct receipt r = fetch(h, w.candidate, seq);
	const char *json = receipt_json(h->arena, &r);
	struct answer a =
		harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", code_of(h, &r)));
	assert_int_equal(answer_number(&a, "found.seq"), seq);
	assert_string_equal(answer_text(&a, "found.entry"), "test.result");
	check_nameless(&a);
	a = harness_post(h, 0, "/verify", encoded(h, receipt_compact(h->arena, &r)));
	assert_true(json_is_true(answer_value(&a, "checked.whole")));
	assert_true(json_is_false(answer_value(&a, "checked.part")));
	assert_int_equal(answer_number(&a, "found.seq"), seq);
	check_nameless(&a);
	/* what the code itself says, to be held beside the sheet it stands on */
	assert_non_null(strstr(a.body, ": 61\""));
	struct receipt bare = r;
	bare.whole = false; /* a code of before it had a content */
	a = harness_post(h, 0, "/verify", encoded(h, receipt_compact(h->arena, &bare)));
	assert_true(json_is_true(answer_value(&a, "checked.whole")));
	assert_true(json_is_true(answer_value(&a, "checked.part")));
	assert_null(strstr(a.body, ": 61\""));
	a = harness_post(h, 0, "/verify", encoded(h, json));
	assert_true(json_is_true(answer_value(&a, "checked.whole")));
	check_nameless(&a);
	a = harness_upload(h, 0, "/verify", "", "file", "receipt.json", json, strlen(json));
	assert_true(json_is_true(answer_value(&a, "checked.whole")));
	assert_int_equal(harness_post_html(h, 0, "/verify", encoded(h, json)).status, 200);
	a = harness_post(h, 0, "/verify", "text=0000-0000-0000-0000");
	assert_true(json_is_true(answer_value(&a, "unknown")));
	assert_true(json_is_false(answer_value(&a, "malformed")));
}

static void a_forged_one_is_found(void **state)
{
	struct hall w = finished(*state);
	struct harness *h = w.stage.h;
	const int64_t seq = entry(h, w.application, "test.result");
	const struct receipt r = fetch(h, w.candidate, seq);
	struct receipt forged = r;
	char *content = arena_copy(h->arena, r.content);
	*strstr(content, "61") = '9';
	forged.content = content;
	struct answer a =
		harness_post(h, 0, "/verify", encoded(h, receipt_json(h->arena, &forged)));
	assert_true(json_is_false(answer_value(&a, "checked.whole")));
	forged = r;
	char *leaf = arena_copy(h->arena, r.leaf);
	*strstr(leaf, "application/") = 'o';
	forged.leaf = leaf;
	a = harness_post(h, 0, "/verify", encoded(h, receipt_json(h->arena, &forged)));
	assert_true(json_is_false(answer_value(&a, "checked.whole")));
	assert_true(json_is_null(answer_value(&a, "found")));
	assert_true(json_is_true(answer_value(&a, "unknown")));
	const char *junk = arena_print(h->arena, "%0300d", 7);
	a = harness_post(h, 0, "/verify", encoded(h, junk));
	assert_true(json_is_true(answer_value(&a, "malformed")));
	a = harness_upload(h, 0, "/verify", "", "file", "x.json", "{}", 2);
	assert_true(json_is_true(answer_value(&a, "malformed")));
}

/* ---- on paper -------------------------------------------------------------------------------- */

static const char *scan(struct harness *h, int64_t person, const char *of, const char **ret_text)
{
	const struct answer a = harness_html(h, person, of);
	struct buf pdf = buf_on(h->arena);
	assert_int_equal(a.status, 200);
	buf_add_n(&pdf, a.body, a.size);
	struct pdf_file f = pdf_keep(h->arena, &pdf);
	*ret_text = arena_copy(h->arena, pdf_text(&f));
	const char *scanned = arena_copy(
		h->arena,
		pdf_tool(&f, "pdftoppm -r 150 -l 1 -singlefile -gray FILE DIR/q &&"
			     " zbarimg -q --raw -Sdisable -Sqrcode.enable DIR/q.pgm 2>/dev/null"));
	pdf_drop(&f);
	return scanned;
}

/* One code on the sheet: the receipt, whole, as a telephone reads it. */
static void a_sheet_carries_it(void **state)
{
	struct hall w = finished(*state);
	struct harness *h = w.stage.h;
	const int64_t seq = entry(h, w.application, "test.result");
	const struct receipt r = fetch(h, w.candidate, seq);
	const char *of =
		arena_print(h->arena, "/results/%lld/result.pdf?language=kk", (long long)w.attempt);
	const char *text = NULL;
	const char *scanned = scan(h, w.candidate, of, &text);
	assert_string_equal(scanned, arena_print(h->arena, "%s\n", receipt_compact(h->arena, &r)));
	assert_non_null(strstr(text, code_of(h, &r)));
	/* F9: without the name the entry would tell whose it is */
	scanned = scan(h, w.operator, of, &text);
	assert_memory_equal(scanned, "KONKURS ", 8);
	assert_null(strstr(text, code_of(h, &r)));
}

/* ---- tools ----------------------------------------------------------------------------------- */

/* What is printed on checkpoints is the sum of what is handed out. */
static void check_sum(const struct answer *a, const struct handout *handout)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[crypto_hash_sha256_BYTES * 2 + 1];
	(void)crypto_hash_sha256(hash, (const unsigned char *)a->body, a->size);
	sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
	assert_string_equal(text, handout->sum);
}

static void the_tools_are_handed_out(void **state)
{
	struct harness *h = *state;
	struct answer a = harness_html(h, 0, "/verify/verify.html");
	assert_int_equal(a.status, 200);
	assert_non_null(memmem(a.body, a.size, "default-src 'none'", 18));
	assert_null(memmem(a.body, a.size, "http-equiv=\"refresh", 19));
	check_sum(&a, &handout_page);
	a = harness_html(h, 0, "/verify/konkurs-verify");
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body, "\177ELF", 4);
	check_sum(&a, &handout_program);
	harness_check_page(h, 0, "/verify");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_result_is_its_candidates),
		HARNESS_TEST(it_stays_the_same),
		HARNESS_TEST(a_decision_without_its_figures),
		HARNESS_TEST(none_before_a_checkpoint),
		HARNESS_TEST(anybody_can_have_one_checked),
		HARNESS_TEST(a_forged_one_is_found),
		HARNESS_TEST(a_sheet_carries_it),
		HARNESS_TEST(the_tools_are_handed_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

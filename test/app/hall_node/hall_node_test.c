/* A sitting at a hall node: given, taken, held there, brought, received; and what is refused (F88:
 * one writer, nothing believed that the entries do not give). */
#include "hall.h"

#include "app/hall_node/part.h"
#include "app/result/redraw.h"
#include "app/sitting/stop.h"
#include "app/verify/verify.h"
#include "base/clock.h"
#include "journal/header.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s %s: %s", err_kind_name(e->kind), e->key, e->detail);
}

/* A centre, and a machine in its hall. */
struct pair {
	struct hall centre, node;
	struct harness *h; /* of the node */
	int64_t other;     /* attempt of the second candidate */
	int64_t epoch;
	const void *package;
	size_t size;
};

static struct envelope_party party_of(const struct harness *h)
{
	struct envelope_party party;
	envelope_party_of(h->key, &party);
	return party;
}

static const char *party_text(struct harness *h)
{
	const struct envelope_party party = party_of(h);
	char *text = arena_alloc(h->arena, ENVELOPE_TEXT_SIZE);
	envelope_party_print(&party, text);
	return text;
}

static struct harness *open_node(void)
{
	struct harness *h = harness_open();
	struct err e = { 0 };
	/* the package has the centre's */
	must(db_exec(h->site.db, &e, NULL, "DELETE FROM access_setting"), &e);
	return h;
}

static void take(struct pair *p)
{
	struct act act = harness_act(p->h, 0);
	const struct envelope_party centre = party_of(p->centre.stage.h);
	struct err e = { 0 };
	must(hall_take(&act, &centre, p->package, p->size, &e), &e);
	p->node = p->centre;
	p->node.stage.h = p->h;
}

/* Sealed, with two candidates, and a node that is known. */
static struct pair pair_sealed(struct harness *h)
{
	struct pair p = { .centre = hall_open(h), .h = open_node() };
	struct act hr = harness_act(h, p.centre.stage.hr);
	struct err e = { 0 };
	int64_t id = 0;
	p.other = hall_admit(&p.centre, 2);
	hall_seal(&p.centre);
	must(hall_node_add(&hr, p.centre.id, party_text(p.h), &id, &e), &e);
	return p;
}

static void give(struct pair *p)
{
	struct act hr = harness_act(p->centre.stage.h, p->centre.stage.hr);
	struct err e = { 0 };
	must(hall_give(&hr, p->centre.sitting, &p->epoch, &e), &e);
	must(hall_package(&hr, p->centre.sitting, &p->package, &p->size, &e), &e);
}

static struct pair pair_given(struct harness *h)
{
	struct pair p = pair_sealed(h);
	give(&p);
	take(&p);
	return p;
}

static void node_start(struct pair *p)
{
	struct act act = hall_operator(&p->node);
	struct act candidate = hall_candidate(&p->node);
	struct err e = { 0 };
	bool pen = false;
	must(sitting_record(&act, p->node.sitting, "switched_off", &e), &e);
	must(sitting_start(&act, p->node.sitting, hall_second(&p->node), hall_key, &e), &e);
	must(attempt_enter(&candidate, p->node.attempt, HALL_SESSION, false, &pen, &e), &e);
	assert_true(pen);
}

static void node_finish(struct pair *p)
{
	struct act act = hall_operator(&p->node);
	struct act candidate = hall_candidate(&p->node);
	struct err e = { 0 };
	must(attempt_finish(&candidate, p->node.attempt, HALL_SESSION, &e), &e);
	harness_at(p->h, "2026-03-02T14:00");
	act = hall_operator(&p->node);
	must(sitting_close(&act, p->node.sitting, &e), &e);
}

static void bring(struct pair *p, const void **ret, size_t *ret_size)
{
	struct act act = harness_act(p->h, 0);
	struct err e = { 0 };
	must(hall_bring(&act, ret, ret_size, &e), &e);
}

static bool receive(struct pair *p, const void *segment, size_t size, struct hall_received *ret,
		    struct err *e)
{
	struct act act = harness_act(p->centre.stage.h, 0);
	return hall_receive(&act, segment, size, ret, e);
}

/* The same segment with its text changed, in an envelope of `key`. */
static void forge(struct pair *p, const struct service_key *key, const void *segment, size_t size,
		  void (*change)(json_t *all), const void **ret, size_t *ret_size)
{
	struct harness *h = p->centre.stage.h;
	const struct envelope_party centre = party_of(h);
	unsigned char from[ENVELOPE_KEY_SIZE];
	const char *text = "";
	size_t length = 0;
	struct err e = { 0 };
	must(envelope_open_any(h->arena, h->key, SEGMENT_KIND, segment, size, from, &text, &length,
			       &e),
	     &e);
	json_t *all = json_loadb(text, length, 0, NULL);
	change(all);
	const char *other = hall_text(h->arena, all);
	json_decref(all);
	must(envelope_close(h->arena, key, &centre, SEGMENT_KIND, other, strlen(other), ret,
			    ret_size, &e),
	     &e);
}

static int64_t number(struct harness *h, int which)
{
	struct err e = { 0 };
	int64_t n = -1;
	const bool ok =
		which == 0   ? db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM answer_event")
		: which == 1 ? db_number(h->site.db, &e, &n,
					 "SELECT COALESCE(SUM(correct), -1) FROM result")
			     : db_number(h->site.db, &e, &n, "SELECT COUNT(*) FROM journal_entry");
	must(ok, &e);
	return n;
}

static const char *state_of(struct harness *h, int64_t sitting)
{
	struct act act = harness_act(h, 0);
	struct sitting s = { 0 };
	struct err e = { 0 };
	must(sitting_load(&act, sitting, &s, &e), &e);
	return s.state;
}

/* What verify finds in the rows that the harness writes itself is no matter here. */
static json_t *findings(struct harness *h)
{
	struct act act = harness_act(h, 0);
	struct verify_report report = { 0 };
	struct err e = { 0 };
	must(verify_all(&act, NULL, 0, &report, &e), &e);
	return report.findings;
}

static void expect_nothing_new(struct harness *h, const json_t *before)
{
	size_t i = 0;
	size_t k = 0;
	const json_t *row = NULL;
	const json_t *old = NULL;
	const json_t *now = findings(h);
	json_array_foreach (now, i, row) {
		bool known = false;
		json_array_foreach (before, k, old)
			known = known || json_equal(row, old);
		if (!known)
			fail_msg("found: %s", hall_text(h->arena, row));
	}
}

/* ---- the way there and back ------------------------------------------------------------------ */

/* Everything that may be done at a desk. */
static void node_incidents(struct pair *p)
{
	struct act act = hall_operator(&p->node);
	struct act candidate = hall_candidate(&p->node);
	struct act other = harness_act(p->h, hall_candidate_of(&p->node, p->other));
	struct attempt own;
	struct err e = { 0 };
	struct answer_ack ack = { 0 };
	int64_t stop = 0;
	int64_t id = 0;
	bool pen = false;
	hall_answer_right(&p->node, 40);
	must(attempt_enter(&other, p->other, "another-session", false, &pen, &e), &e);
	harness_at(p->h, "2026-03-02T10:10");
	candidate = hall_candidate(&p->node);
	must(attempt_pulse(&candidate, p->node.attempt, HALL_SESSION, 1, 20000, 20000, &own, &e),
	     &e);
	act = hall_operator(&p->node);
	must(stop_clock(&act, p->node.sitting, 0, "other", "свет", hall_second(&p->node), &e), &e);
	harness_at(p->h, "2026-03-02T10:15");
	act = hall_operator(&p->node);
	must(db_number(act.db, &e, &stop, "SELECT MAX(id) FROM stop"), &e);
	must(stop_end(&act, p->node.sitting, stop, &e), &e);
	must(act_reversal(&act, p->node.sitting, stop, "1-А", "по ошибке", hall_second(&p->node),
			  &id, &e),
	     &e);
	must(extra_time_give(&act, p->node.sitting, p->other, 5, "врач", "№ 7",
			     hall_second(&p->node), &e),
	     &e);
	must(seat_move(&act, p->node.sitting, p->node.attempt, 9, "экран", hall_second(&p->node),
		       &e),
	     &e);
	/* of the seat that was cut: kept, and does not count */
	must(hall_click(&p->node, 1, 0, "moved-0001", &ack, &e), &e);
	assert_string_equal(ack.refusal, "moved");
	harness_at(p->h, "2026-03-02T10:20");
	candidate = hall_candidate(&p->node);
	must(attempt_enter(&candidate, p->node.attempt, HALL_SESSION, false, &pen, &e), &e);
	assert_true(pen);
	must(hall_click(&p->node, 41, -1, "back-0001", &ack, &e), &e);
}

static void a_sitting_goes_there_and_comes_back(void **state)
{
	struct pair p = pair_sealed(*state);
	struct harness *centre = p.centre.stage.h;
	const json_t *before = findings(centre);
	const void *segment = NULL;
	const void *again = NULL;
	size_t size = 0;
	struct hall_received got = { 0 };
	struct redraw_report draw = { 0 };
	struct err e = { 0 };
	give(&p);
	assert_string_equal(state_of(centre, p.centre.sitting), "given");
	take(&p);
	node_start(&p);
	node_incidents(&p);
	node_finish(&p);
	harness_at(centre, "2026-03-02T15:00");
	bring(&p, &segment, &size);
	must(receive(&p, segment, size, &got, &e), &e);
	assert_false(got.before);
	assert_int_equal(got.answers, number(p.h, 0));
	assert_int_equal(number(centre, 0), number(p.h, 0));
	assert_int_equal(number(centre, 1), number(p.h, 1));
	assert_int_equal(number(centre, 1), 40);
	assert_string_equal(state_of(centre, p.centre.sitting), "closed");
	expect_nothing_new(centre, before);
	struct act act = harness_act(centre, 0);
	must(redraw_verify(&act, p.centre.sitting, &draw, &e), &e);
	assert_string_equal(draw.why, "");
	/* the acknowledgement was lost on the way: the same once more is harmless */
	const int64_t entries = number(centre, 2);
	bring(&p, &again, &size);
	must(receive(&p, again, size, &got, &e), &e);
	assert_true(got.before);
	assert_int_equal(number(centre, 2), entries);
	harness_close(p.h);
}

/* A full hall, each with every question; prints what it costs (docs/halls.md).  With a server as
 * the second engine a part of it, as the node, which is one here too, waits for it at each answer;
 * KONKURS_FULL_HALL asks for all. */
static void a_full_hall_comes_back(void **state)
{
	enum { QUESTIONS = 120 };
	struct pair p = { .centre = hall_open(*state), .h = open_node() };
	struct harness *centre = p.centre.stage.h;
	struct act hr = harness_act(centre, p.centre.stage.hr);
	int64_t attempt[HALL_SEATS] = { p.centre.attempt };
	const void *segment = NULL;
	size_t size = 0;
	struct hall_received got = { 0 };
	const struct hall_segment *opened = NULL;
	struct err e = { 0 };
	const int full = getenv("KONKURS_TEST_DB") && !getenv("KONKURS_FULL_HALL") ? HALL_SEATS / 6
										   : HALL_SEATS;
	int64_t id = 0;
	for (int i = 1; i < full; i++)
		attempt[i] = hall_admit(&p.centre, i + 1);
	hall_seal(&p.centre);
	must(hall_node_add(&hr, p.centre.id, party_text(p.h), &id, &e), &e);
	give(&p);
	take(&p);
	node_start(&p);
	for (int i = 0; i < full; i++) {
		struct hall one = p.node;
		bool pen = false;
		one.attempt = attempt[i];
		one.candidate = hall_candidate_of(&p.node, attempt[i]);
		const struct act act = hall_candidate(&one);
		must(attempt_enter(&act, attempt[i], HALL_SESSION, false, &pen, &e), &e);
		for (int n = 1; n <= QUESTIONS; n++) {
			struct answer_ack ack = { 0 };
			char key[32];
			(void)snprintf(key, sizeof(key), "%d-%d", i, n);
			must(hall_click(&one, n, (i + n) % 4, key, &ack, &e), &e);
		}
	}
	node_finish(&p);
	harness_at(centre, "2026-03-02T15:00");
	bring(&p, &segment, &size);
	const struct act act = harness_act(centre, 0);
	const int64_t begin_us = clock_monotonic_us();
	must(hall_segment_open(&act, segment, size, &opened, &e), &e);
	const int64_t opened_us = clock_monotonic_us();
	must(hall_segment_take(&act, opened, &got, &e), &e);
	const int64_t end_us = clock_monotonic_us();
	assert_int_equal(got.answers, full * QUESTIONS);
	assert_int_equal(number(centre, 1), number(p.h, 1));
	print_message(
		"# package %zu KB, segment %zu KB, %lld entries read in %lld ms, taken over in"
		" %lld ms\n",
		p.size / 1024, size / 1024, (long long)got.entries,
		(long long)(opened_us - begin_us) / 1000, (long long)(end_us - opened_us) / 1000);
	harness_close(p.h);
}

/* Handed back without having been used: it is sealed here as before, and can be given again. */
static void a_sitting_that_was_not_started_comes_back(void **state)
{
	struct pair p = pair_given(*state);
	const void *segment = NULL;
	size_t size = 0;
	struct hall_received got = { 0 };
	struct err e = { 0 };
	bring(&p, &segment, &size);
	struct act there = hall_operator(&p.node);
	stage_refused("at the node after it",
		      sitting_record(&there, p.node.sitting, "confirmed", &e), &e, ERR_CONFLICT,
		      "sitting.error.given", NULL);
	err_clear(&e);
	must(receive(&p, segment, size, &got, &e), &e);
	assert_int_equal(got.entries, 0);
	assert_string_equal(state_of(p.centre.stage.h, p.centre.sitting), "sealed");
	give(&p);
	harness_close(p.h);
}

/* ---- one writer ------------------------------------------------------------------------------ */

static void nobody_writes_at_the_centre_meanwhile(void **state)
{
	struct pair p = pair_given(*state);
	struct act act = hall_operator(&p.centre);
	struct act candidate = hall_candidate(&p.centre);
	struct act hr = harness_act(p.centre.stage.h, p.centre.stage.hr);
	struct attempt own;
	struct err e = { 0 };
	int64_t epoch = 0;
	bool pen = false;
	stage_refused("the start",
		      sitting_start(&act, p.centre.sitting, hall_second(&p.centre), hall_key, &e),
		      &e, ERR_CONFLICT, "sitting.error.given", NULL);
	err_clear(&e);
	stage_refused("taking the seal off", seal_remove(&act, p.centre.sitting, "x", &e), &e,
		      ERR_CONFLICT, "sitting.error.given", NULL);
	err_clear(&e);
	stage_refused("a candidate",
		      attempt_enter(&candidate, p.centre.attempt, "s", false, &pen, &e), &e,
		      ERR_CONFLICT, "sitting.error.given", NULL);
	err_clear(&e);
	stage_refused("a sign of life",
		      attempt_pulse(&candidate, p.centre.attempt, "", 0, 0, 0, &own, &e), &e,
		      ERR_CONFLICT, "sitting.error.given", NULL);
	err_clear(&e);
	stage_refused("given twice", hall_give(&hr, p.centre.sitting, &epoch, &e), &e, ERR_CONFLICT,
		      "sitting.error.not_sealed", NULL);
	err_clear(&e);
	stage_refused("forgetting the node", hall_node_remove(&hr, p.centre.id, &e), &e,
		      ERR_CONFLICT, "hall.error.holds", NULL);
	harness_close(p.h);
}

/* Two officials end it; what the node brings later is refused, and so is an older epoch. */
static void what_was_taken_back_is_fenced_off(void **state)
{
	struct pair p = pair_given(*state);
	struct act hr = harness_act(p.centre.stage.h, p.centre.stage.hr);
	const void *segment = NULL;
	size_t size = 0;
	struct hall_received got = { 0 };
	struct err e = { 0 };
	node_start(&p);
	hall_answer_right(&p.node, 3);
	node_finish(&p);
	bring(&p, &segment, &size);
	stage_refused("without a reason",
		      hall_take_back(&hr, p.centre.sitting, "", hall_second(&p.centre), &e), &e,
		      ERR_INPUT, "error.required", "reason");
	err_clear(&e);
	stage_refused("alone",
		      hall_take_back(&hr, p.centre.sitting, "x",
				     hall_consent(&p.centre, hr.person_id), &e),
		      &e, ERR_INPUT, "sitting.error.second", "second");
	err_clear(&e);
	must(hall_take_back(&hr, p.centre.sitting, "машина украдена", hall_second(&p.centre), &e),
	     &e);
	assert_string_equal(state_of(p.centre.stage.h, p.centre.sitting), "sealed");
	harness_at(p.centre.stage.h, "2026-03-02T15:00");
	stage_refused("after it", receive(&p, segment, size, &got, &e), &e, ERR_CONFLICT,
		      "hall.error.taken_back", NULL);
	err_clear(&e);
	give(&p);
	stage_refused("of the epoch before", receive(&p, segment, size, &got, &e), &e, ERR_CONFLICT,
		      "hall.error.taken_back", NULL);
	assert_int_equal(number(p.centre.stage.h, 0), 0);
	harness_close(p.h);
}

/* ---- forgeries ------------------------------------------------------------------------------- */

static void nothing(json_t *all)
{
	(void)all;
}

static json_t *entries_in(json_t *all)
{
	return json_object_get(all, "entries");
}

/* The first entry of this kind. */
static json_t *entry_in(json_t *all, const char *kind)
{
	size_t i = 0;
	json_t *entry = NULL;
	json_array_foreach (entries_in(all), i, entry) {
		if (strstr(json_string_value(json_array_get(entry, 0)), kind))
			return entry;
	}
	fail_msg("no %s", kind);
	return NULL;
}

static void change_answer(json_t *all)
{
	json_t *entry = entry_in(all, "\"test.answer\"");
	json_t *content = json_loads(json_string_value(json_array_get(entry, 2)), 0, NULL);
	const json_int_t choice = json_integer_value(json_object_get(content, "choice"));
	(void)json_object_set_new(content, "choice", json_integer(choice == 0 ? 1 : 0));
	char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);
	(void)json_array_set_new(entry, 2, json_string(text));
	free(text);
	json_decref(content);
}

static void drop_last(json_t *all)
{
	json_t *list = entries_in(all);
	(void)json_array_remove(list, json_array_size(list) - 1);
}

static void drop_middle(json_t *all)
{
	(void)json_array_remove(entries_in(all), json_array_size(entries_in(all)) / 2);
}

static void other_package(json_t *all)
{
	(void)json_object_set_new(all, "package", json_string("00"));
}

static void other_key(json_t *all)
{
	const char *key = json_string_value(json_object_get(all, "seal_key"));
	char *copy = strdup(key);
	copy[0] = copy[0] == 'f' ? '0' : 'f';
	(void)json_object_set_new(all, "seal_key", json_string(copy));
	free(copy);
}

/* Somebody at the node, with its key, makes a chain that is whole: every hash is made anew. */
static void make_chain_anew(json_t *all)
{
	unsigned char head[JOURNAL_HASH_SIZE] = { 0 };
	size_t i = 0;
	json_t *entry = NULL;
	json_array_foreach (entries_in(all), i, entry) {
		static const unsigned char salt[JOURNAL_SALT_SIZE] = { 1 };
		const char *content = json_string_value(json_array_get(entry, 2));
		json_t *h = json_loads(json_string_value(json_array_get(entry, 0)), 0, NULL);
		char text[JOURNAL_HEADER_SIZE];
		char hex[2 * JOURNAL_SALT_SIZE + 1];
		struct journal_header header = { .seq = (int64_t)i + 1,
						 .at_ms = row_number(h, "at"),
						 .actor_id = row_number(h, "actor"),
						 .competition_id = row_number(h, "competition"),
						 .kind = row_text(h, "kind"),
						 .subject = row_text(h, "subject") };
		crypto_hash_sha256_state state;
		(void)crypto_hash_sha256_init(&state);
		(void)crypto_hash_sha256_update(&state, salt, sizeof(salt));
		(void)crypto_hash_sha256_update(&state, (const unsigned char *)content,
						strlen(content));
		(void)crypto_hash_sha256_final(&state, header.content_hash);
		memcpy(header.previous_hash, head, sizeof(head));
		assert_true(journal_header_print(&header, text));
		const struct tree_hash hash = tree_leaf(text, strlen(text));
		memcpy(head, hash.bytes, sizeof(head));
		(void)json_array_set_new(entry, 0, json_string(text));
		(void)json_array_set_new(
			entry, 1,
			json_string(sodium_bin2hex(hex, sizeof(hex), salt, sizeof(salt))));
		json_decref(h);
	}
}

static void rewrite_answer(json_t *all)
{
	change_answer(all);
	make_chain_anew(all);
}

/* The same click once more: at the node it would have been no entry. */
static void answer_twice(json_t *all)
{
	json_t *entry = entry_in(all, "\"test.answer\"");
	size_t at = 0;
	while (json_array_get(entries_in(all), at) != entry)
		at++;
	(void)json_array_insert_new(entries_in(all), at + 1, json_deep_copy(entry));
	make_chain_anew(all);
}

/* One content with another number in `key`. */
static void rewrite_number(json_t *all, const char *kind, const char *key, json_int_t number)
{
	json_t *entry = entry_in(all, kind);
	json_t *content = json_loads(json_string_value(json_array_get(entry, 2)), 0, NULL);
	(void)json_object_set_new(content, key, json_integer(number));
	char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);
	(void)json_array_set_new(entry, 2, json_string(text));
	free(text);
	json_decref(content);
	make_chain_anew(all);
}

static void rewrite_second(json_t *all)
{
	rewrite_number(all, "\"sitting.started\"", "second", 1); /* HR, who was not there */
}

static void rewrite_result(json_t *all)
{
	rewrite_number(all, "\"test.result\"", "correct", 120);
}

static void rewrite_attempt(json_t *all)
{
	rewrite_number(all, "\"test.result\"", "attempt", 999);
}

static void forgeries_are_found(void **state)
{
	static const struct {
		const char *what, *key;
		bool strangers; /* signed by another installation */
		void (*change)(json_t *all);
	} row[] = {
		{ "another node", "hall.error.sender", true, nothing },
		{ "an answer that is changed", "hall.error.segment", false, change_answer },
		{ "the last entry is missing", "hall.error.segment", false, drop_last },
		{ "one in the middle is missing", "hall.error.segment", false, drop_middle },
		{ "of another package", "hall.error.segment", false, other_package },
		{ "another key of the seal", "hall.error.follows", false, other_key },
		{ "an answer in a chain made anew", "hall.error.follows", false, rewrite_answer },
		{ "an answer twice", "hall.error.follows", false, answer_twice },
		{ "a better result", "hall.error.follows", false, rewrite_result },
		{ "the result of another test", "hall.error.follows", false, rewrite_attempt },
		{ "a second official who was not there", "hall.error.follows", false,
		  rewrite_second },
	};
	struct pair p = pair_given(*state);
	struct harness *centre = p.centre.stage.h;
	struct harness *stranger = open_node();
	const void *segment = NULL;
	size_t size = 0;
	struct hall_received got = { 0 };
	struct err e = { 0 };
	node_start(&p);
	hall_answer_right(&p.node, 5);
	node_finish(&p);
	bring(&p, &segment, &size);
	harness_at(centre, "2026-03-02T15:00");
	const int64_t entries = number(centre, 2);
	for (size_t i = 0; i < COUNT(row); i++) {
		const void *forged = NULL;
		size_t length = 0;
		forge(&p, row[i].strangers ? stranger->key : p.h->key, segment, size, row[i].change,
		      &forged, &length);
		stage_refused(row[i].what, receive(&p, forged, length, &got, &e), &e, ERR_INPUT,
			      row[i].key, NULL);
		err_clear(&e);
		/* all of it or nothing */
		assert_int_equal(number(centre, 2), entries);
		assert_int_equal(number(centre, 0), 0);
		assert_string_equal(state_of(centre, p.centre.sitting), "given");
	}
	must(receive(&p, segment, size, &got, &e), &e);
	harness_close(stranger);
	harness_close(p.h);
}

/* Whoever is no node of this installation is turned away by the first bytes, whatever comes after
 * them; of a node everything is looked at. */
static void what_a_stranger_sends_is_not_opened(void **state)
{
	enum { HEAD = 19 + 48 + 32 + 64, LARGE = 20 * 1024 * 1024 };
	struct pair p = pair_given(*state);
	struct harness *centre = p.centre.stage.h;
	struct harness *stranger = open_node();
	const struct service_key *const key[] = { stranger->key, p.h->key };
	static const char *const said[] = { "hall.error.sender", "hall.error.envelope" };
	struct hall_received got = { 0 };
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(key); i++) {
		const struct envelope_party to = party_of(centre);
		unsigned char from[ENVELOPE_KEY_SIZE];
		struct envelope_party own;
		const void *envelope = NULL;
		size_t size = 0;
		char *content = arena_alloc(centre->arena, LARGE);
		memset(content, '[', LARGE);
		must(envelope_close(centre->arena, key[i], &to, SEGMENT_KIND, content, LARGE,
				    &envelope, &size, &e),
		     &e);
		must(envelope_from(centre->key, envelope, size, from, &e), &e);
		envelope_party_of(key[i], &own);
		assert_memory_equal(from, own.sign, sizeof(from));
		unsigned char *copy = (unsigned char *)arena_copy_n(centre->arena, envelope, size);
		memset(copy + HEAD, 0, size - HEAD);
		stage_refused(said[i], receive(&p, copy, size, &got, &e), &e, ERR_INPUT, said[i],
			      NULL);
		err_clear(&e);
		stage_refused("cut off", receive(&p, copy, HEAD - 1, &got, &e), &e, ERR_INPUT,
			      "hall.error.envelope", NULL);
		err_clear(&e);
	}
	harness_close(stranger);
	harness_close(p.h);
}

/* What was true when it was read is asked again when it is taken over. */
static void what_changes_between_reading_and_taking_is_seen(void **state)
{
	struct pair p = pair_given(*state);
	struct harness *centre = p.centre.stage.h;
	struct act act = harness_act(centre, 0);
	const void *bytes = NULL;
	size_t size = 0;
	const struct hall_segment *segment = NULL;
	const struct hall_segment *twin = NULL;
	struct hall_received got = { 0 };
	struct err e = { 0 };
	node_start(&p);
	hall_answer_right(&p.node, 3);
	node_finish(&p);
	bring(&p, &bytes, &size);
	harness_at(centre, "2026-03-02T15:00");
	act = harness_act(centre, 0);
	const int64_t entries = number(centre, 2);
	must(hall_segment_open(&act, bytes, size, &segment, &e), &e);
	must(hall_segment_open(&act, bytes, size, &twin, &e), &e);
	assert_int_equal(number(centre, 2), entries);
	must(hall_segment_take(&act, segment, &got, &e), &e);
	assert_int_equal(got.answers, 3);
	assert_false(got.before);
	/* delivered twice at once: the second one finds the first one's */
	must(hall_segment_take(&act, twin, &got, &e), &e);
	assert_true(got.before);
	assert_int_equal(number(centre, 0), 3);
	harness_close(p.h);
}

static void what_was_taken_back_meanwhile_is_refused(void **state)
{
	struct pair p = pair_given(*state);
	struct harness *centre = p.centre.stage.h;
	struct act act = harness_act(centre, 0);
	struct act hr = harness_act(centre, p.centre.stage.hr);
	const void *bytes = NULL;
	size_t size = 0;
	const struct hall_segment *segment = NULL;
	struct hall_received got = { 0 };
	struct err e = { 0 };
	bring(&p, &bytes, &size);
	must(hall_segment_open(&act, bytes, size, &segment, &e), &e);
	must(hall_take_back(&hr, p.centre.sitting, "потерян", hall_second(&p.centre), &e), &e);
	stage_refused("taken back meanwhile", hall_segment_take(&act, segment, &got, &e), &e,
		      ERR_CONFLICT, "hall.error.taken_back", NULL);
	harness_close(p.h);
}

/* A package is for one node, and from one centre. */
static void packages_are_for_their_node(void **state)
{
	struct pair p = pair_sealed(*state);
	struct harness *stranger = open_node();
	struct act act = harness_act(stranger, 0);
	struct act own = harness_act(p.h, 0);
	const struct envelope_party centre = party_of(p.centre.stage.h);
	const struct envelope_party wrong = party_of(stranger);
	struct err e = { 0 };
	give(&p);
	stage_refused("at another machine", hall_take(&act, &centre, p.package, p.size, &e), &e,
		      ERR_INPUT, "hall.error.envelope", NULL);
	err_clear(&e);
	stage_refused("from another centre", hall_take(&own, &wrong, p.package, p.size, &e), &e,
		      ERR_INPUT, "hall.error.sender", NULL);
	err_clear(&e);
	own.now_ms -= (int64_t)2 * HALL_CLOCK_MS;
	stage_refused("with a clock that is behind",
		      hall_take(&own, &centre, p.package, p.size, &e), &e, ERR_CONFLICT,
		      "hall.error.clock", NULL);
	err_clear(&e);
	take(&p);
	own.now_ms += (int64_t)2 * HALL_CLOCK_MS;
	stage_refused("twice", hall_take(&own, &centre, p.package, p.size, &e), &e, ERR_CONFLICT,
		      "hall.error.not_fresh", NULL);
	harness_close(stranger);
	harness_close(p.h);
}

/* The node has its people and no others, and no word of a question without the officials' codes. */
static void a_node_has_what_it_needs(void **state)
{
	struct pair p = pair_given(*state);
	struct act act = hall_operator(&p.node);
	struct err e = { 0 };
	int64_t people = 0;
	bool more = false;
	must(db_number(act.db, &e, &people, "SELECT COUNT(*) FROM person"), &e);
	assert_int_equal(people, 4); /* two candidates, two officials */
	must(db_exists(act.db, &e, &more,
		       "SELECT 1 FROM application WHERE phone <> '' UNION"
		       " SELECT 1 FROM item_key UNION SELECT 1 FROM form_question UNION"
		       " SELECT 1 FROM sitting WHERE secret IS NOT NULL"),
	     &e);
	assert_false(more);
	/* while somebody writes nothing is brought */
	node_start(&p);
	const void *segment = NULL;
	size_t size = 0;
	struct act system = harness_act(p.h, 0);
	stage_refused("while it runs", hall_bring(&system, &segment, &size, &e), &e, ERR_CONFLICT,
		      "hall.error.running", NULL);
	harness_close(p.h);
}

static void who_may_do_what(void **state)
{
	struct pair p = pair_sealed(*state);
	struct act operator= hall_operator(&p.centre);
	struct act hr = harness_act(p.centre.stage.h, p.centre.stage.hr);
	struct err e = { 0 };
	int64_t id = 0;
	stage_refused("an operator gives", hall_give(&operator, p.centre.sitting, &id, &e), &e,
		      ERR_DENIED, "error.denied", NULL);
	err_clear(&e);
	stage_refused("a second node", hall_node_add(&hr, p.centre.id, party_text(p.h), &id, &e),
		      &e, ERR_CONFLICT, "hall.error.node", NULL);
	err_clear(&e);
	must(hall_node_remove(&hr, p.centre.id, &e), &e);
	stage_refused("no node", hall_give(&hr, p.centre.sitting, &id, &e), &e, ERR_CONFLICT,
		      "hall.error.no_node", NULL);
	err_clear(&e);
	stage_refused("what is no key",
		      hall_node_add(&hr, p.centre.id, "konkurs-party-1 00", &id, &e), &e, ERR_INPUT,
		      "hall.error.party", "party");
	err_clear(&e);
	stage_refused("the centre itself",
		      hall_node_add(&hr, p.centre.id, party_text(p.centre.stage.h), &id, &e), &e,
		      ERR_INPUT, "hall.error.party_own", "party");
	harness_close(p.h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(a_sitting_goes_there_and_comes_back),
		HARNESS_TEST(a_full_hall_comes_back),
		HARNESS_TEST(a_sitting_that_was_not_started_comes_back),
		HARNESS_TEST(nobody_writes_at_the_centre_meanwhile),
		HARNESS_TEST(what_was_taken_back_is_fenced_off),
		HARNESS_TEST(forgeries_are_found),
		HARNESS_TEST(what_a_stranger_sends_is_not_opened),
		HARNESS_TEST(what_changes_between_reading_and_taking_is_seen),
		HARNESS_TEST(what_was_taken_back_meanwhile_is_refused),
		HARNESS_TEST(packages_are_for_their_node),
		HARNESS_TEST(a_node_has_what_it_needs),
		HARNESS_TEST(who_may_do_what),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

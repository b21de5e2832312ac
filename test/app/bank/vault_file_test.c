/* The sealed bank as files: what a thief of them reads, a key file that is not there, a kill
 * between two shares, and a database of before the encryption (F28). */
#include "hall.h"
#include "loot.h"
#include "test_db.h"
#include "vault.h"

#include "app/bank/bank.h"
#include "app/bank/bank_item.h"
#include "app/bank/bank_review.h"
#include "app/bank/bank_text.h"
#include "app/bank/import.h"
#include "app/bank/vault_keeper.h"
#include "app/bank/vault_start.h"
#include "faulty.h"
#include "rules/bank_file.h"
#include "view/share.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH = 128 };

struct folder {
	char name[32], db[64], key[PATH];
};

static struct folder folder_open(void)
{
	struct folder f = { .name = "/tmp/konkurs-vault-XXXXXX" };
	assert_non_null(mkdtemp(f.name));
	(void)snprintf(f.db, sizeof(f.db), "%s/bank.db", f.name);
	(void)snprintf(f.key, sizeof(f.key), "%s.key", f.db);
	return f;
}

static void folder_remove(const struct folder *f)
{
	static const char *const ending[] = { "",     "-wal",  "-shm",     "-journal",
					      ".key", ".copy", ".copy.key" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		char path[PATH + 16];
		(void)snprintf(path, sizeof(path), "%s%s", f->db, ending[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(f->name), 0);
}

/* ---- what a thief has ------------------------------------------------------------------------ */

/* Two bytes for each character of the plane that we write in. */
static size_t to_utf16(const char *text, bool big, unsigned char *ret)
{
	size_t n = 0;
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		unsigned code = *c++;
		const int more = code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;
		code &= more == 2 ? 0x0fu : more == 1 ? 0x1fu : 0x7fu;
		for (int i = 0; i < more; i++)
			code = code << 6 | (*c++ & 0x3fu);
		ret[n++] = (unsigned char)(big ? code >> 8 : code);
		ret[n++] = (unsigned char)(big ? code : code >> 8);
	}
	return n;
}

static void expect_nowhere(const struct loot *loot, size_t count, const char *text)
{
	unsigned char wide[2][8192];
	size_t size = 0;
	assert_true(strlen(text) < sizeof(wide[0]) / 2);
	for (int big = 0; big < 2; big++)
		size = to_utf16(text, big, wide[big]);
	for (size_t i = 0; i < count; i++) {
		if (loot_holds(&loot[i], text, strlen(text)) ||
		    loot_holds(&loot[i], wide[0], size) || loot_holds(&loot[i], wide[1], size))
			fail_msg("bank.db%s has: %s", loot[i].ending, text);
	}
}

/* Short options ("3 года") may stand in a file by chance, and what the law says in the law. */
enum { LONG_OPTION = 40 };

static bool is_law(const char *text)
{
	size_t count = 0;
	const struct share_item *file = share_below(&share_built_in, "rules/", &count);
	for (size_t i = 0; i < count; i++) {
		if (memmem(file[i].bytes, file[i].size, text, strlen(text)))
			return true;
	}
	return false;
}

static size_t expect_no_words(const struct loot *loot, size_t count)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	size_t files = 0;
	size_t looked_for = 0;
	const struct share_item *file = share_below(&share_built_in, "sample/bank/", &files);
	for (size_t i = 0; i < files; i++) {
		struct bank_file bank = { 0 };
		struct err e = { 0 };
		assert_true(
			bank_file_read(a, file[i].path, (const char *)file[i].bytes, &bank, &e));
		for (size_t k = 0; k < bank.item_count; k++) {
			const struct bank_text *text[] = { &bank.items[k].kk, &bank.items[k].ru };
			for (size_t t = 0; t < COUNT(text); t++) {
				expect_nowhere(loot, count, text[t]->stem);
				looked_for++;
				for (size_t o = 0; o < text[t]->option_count; o++) {
					if (strlen(text[t]->options[o]) < LONG_OPTION ||
					    is_law(text[t]->options[o]))
						continue;
					expect_nowhere(loot, count, text[t]->options[o]);
					looked_for++;
				}
			}
		}
	}
	return looked_for;
}

static void steal_all(const char *db, struct loot loot[3])
{
	static const char *const ending[] = { "", "-wal", "-journal" };
	for (size_t i = 0; i < COUNT(ending); i++) {
		loot[i] = (struct loot){ .ending = ending[i] };
		loot_steal(db, &loot[i]);
	}
	assert_true(loot[0].size > 0);
}

static void drop_all(struct loot loot[3])
{
	for (size_t i = 0; i < 3; i++)
		loot_drop(&loot[i]);
}

/* F28: after a whole sitting no stem and no long option is in the bytes of the database or its log.
 */
static void test_thief(void **state)
{
	const struct folder f = folder_open();
	struct harness *h = harness_open_file(f.db);
	struct hall w = hall_open(h);
	struct vault v = vault_seal(h);
	struct loot loot[3];
	struct err e = { 0 };
	(void)state;
	(void)vault_open_for(&v, VAULT_SITTING, w.sitting, w.operator);
	hall_start(&w);
	for (int number = 1; number <= 120; number++) {
		const char *path = arena_print(h->arena, "/tests/%lld/questions/%d",
					       (long long)w.attempt, number);
		struct item_text ru = { .stem = NULL };
		const struct act act = hall_candidate(&w);
		assert_true(bank_text_of_attempt(&act, w.attempt, number, NULL, &ru, &e));
		(void)path;
	}
	hall_answer_right(&w, 90);
	const struct act candidate = hall_candidate(&w);
	assert_true(attempt_finish(&candidate, w.attempt, HALL_SESSION, &e));
	steal_all(f.db, loot);
	assert_true(loot[1].size > 0); /* the log is there too */
	assert_true(expect_no_words(loot, COUNT(loot)) > 1000);
	drop_all(loot);
	harness_close(h);
	folder_remove(&f);
}

/* ---- what quotes words --------------------------------------------------------------------- */

#define QUOTED_STEM   "Какой срок исковой давности назван в прочитанном вопросе?"
#define QUOTED_OPTION "Сроки, которые установлены соглашением сторон"
#define OPTION_TWICE  "\"" QUOTED_OPTION "\",\"" QUOTED_OPTION "\""
#define QUOTED_CODE   "Заголовок вопроса на месте кода"

enum { REASONS = 5 };
static const char *const reasons[REASONS] = {
	"Қайтарылды: «" QUOTED_STEM "» екі мағыналы", "Бекітілмейді: «" QUOTED_STEM "» анық емес",
	"Тоқтатылды: «" QUOTED_STEM "» тексеріледі",  "Қайта берілді: «" QUOTED_STEM "» дұрыс",
	"Шығарылды: «" QUOTED_STEM "» ескірді",
};

static int64_t draft_of(const struct act *author, const char *code)
{
	const char *kk = arena_print(author->arena, "Оқылған сұрақ %s: қай мерзім?", code);
	const struct bank_item_form form = {
		.code = code,
		.act = "civil-code",
		.article = "15",
		.text_date = { 20000 },
		.kk = { kk, { "бір", "екі", "үш", "төрт", "" } },
		.ru = { QUOTED_STEM, { "один", "два", "три", "четыре", "" } },
		.enemies = "",
		.why = "",
	};
	struct err e = { 0 };
	int64_t id = 0;
	if (!bank_item_add(author, &form, &id, &e) || !bank_send(author, id, &e))
		fail_msg("%s at %s", e.key, e.field);
	return id;
}

/* Returned by a reviewer, then by the approver; then in use, held, released and retired. */
static void give_reasons(struct harness *h)
{
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	const struct act kk = harness_act(h, harness_person(h, ROLE_REVIEWER));
	const struct act ru = harness_act(h, harness_person(h, ROLE_REVIEWER));
	const struct act approver = harness_act(h, harness_person(h, ROLE_APPROVER));
	const struct bank_verdict yes = { 1, true, "" };
	const struct bank_verdict no = { 1, false, reasons[0] };
	const struct bank_verdict never = { 1, false, reasons[1] };
	struct err e = { 0 };
	const int64_t id = draft_of(&author, "quoted-1");
	assert_true(bank_sign(&kk, id, "kk", &yes, &e) && bank_sign(&ru, id, "ru", &yes, &e) &&
		    bank_approve(&approver, id, &yes, &e) &&
		    bank_hold(&approver, id, reasons[2], &e));
	const json_t *row = db_row(h->site.db, h->arena, &e,
				   "SELECT reason FROM bank_item WHERE id = $1", db_int(id));
	const char *plain = NULL;
	assert_true(bank_note_open(&approver, row_text(row, "reason"), &plain, &e));
	assert_string_equal(plain, reasons[2]);
	assert_true(bank_release(&approver, id, reasons[3], &e) &&
		    bank_retire(&approver, id, reasons[4], &e));
	json_t *kept =
		db_rows(h->site.db, h->arena, &e, "SELECT text FROM bank_comment ORDER BY id");
	assert_true(bank_notes_open(&approver, kept, "text", &e));
	assert_int_equal(json_array_size(kept), 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(row_text(json_array_get(kept, i), "text"), reasons[i + 2]);
	/* the same words under other codes */
	assert_true(bank_sign(&kk, draft_of(&author, "quoted-2"), "kk", &no, &e) &&
		    bank_approve(&approver, draft_of(&author, "quoted-3"), &never, &e));
}

/* A stem among the dates, an option that stands there twice, and a title where the code should be.
 */
static void import_findings(struct harness *h)
{
	static const char file[] =
		"code,act,article,text_date,key,ru,ru_a,ru_b,ru_c,ru_d\n"
		"quoted-4,civil-code,15," QUOTED_STEM ",a,Что здесь не так?,1,2,3,4\n"
		"quoted-5,civil-code,15,2025-05-01,a,А что здесь?," OPTION_TWICE
		",3,4\n" QUOTED_CODE ",civil-code,15,2025-05-01,a,Что с кодом?,1,2,3,4\n";
	const struct import_form form = {
		.name = "q.csv", .language = "ru", .act = "", .article = "", .text_date = { 20000 }
	};
	const struct act author = harness_act(h, harness_person(h, ROLE_AUTHOR));
	const struct act system = harness_act(h, 0);
	struct err e = { 0 };
	json_t *packed = NULL;
	int64_t id = 0;
	bool more = true;
	if (!import_read(&author, file, strlen(file), &form, &packed, &e) ||
	    !import_open(&author, &form, packed, &id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	while (more)
		assert_true(import_step(&system, &more, &e));
	json_t *rows =
		db_rows(h->site.db, h->arena, &e, "SELECT value FROM bank_import_row ORDER BY id");
	assert_true(bank_notes_open(&system, rows, "value", &e));
	char *report = json_dumps(rows, 0);
	assert_non_null(report);
	assert_non_null(strstr(report, QUOTED_STEM)); /* it is quoted, and legible to us */
	assert_non_null(strstr(report, QUOTED_OPTION));
	free(report);
}

/* What is said about questions quotes them: reasons of every kind, and findings of an import. */
static void test_quotes(void **state)
{
	static const char *const quoted[] = { QUOTED_STEM, QUOTED_OPTION, QUOTED_CODE };
	const struct folder f = folder_open();
	struct harness *h = harness_open_file(f.db);
	struct loot loot[3];
	(void)state;
	give_reasons(h);
	import_findings(h);
	steal_all(f.db, loot);
	for (size_t i = 0; i < COUNT(quoted); i++)
		expect_nowhere(loot, COUNT(loot), quoted[i]);
	for (size_t i = 0; i < REASONS; i++)
		expect_nowhere(loot, COUNT(loot), reasons[i]);
	drop_all(loot);
	harness_close(h);
	folder_remove(&f);
}

/* The search itself finds what is there. */
static void test_search(void **state)
{
	unsigned char wide[64];
	static const char text[] = "Қай баптың";
	(void)state;
	assert_int_equal(to_utf16("Қa", false, wide), 4);
	assert_memory_equal(wide, "\x9a\x04\x61\x00", 4);
	struct loot loot = { .ending = "", .size = 40 };
	unsigned char bytes[40] = { 0 };
	loot.bytes = bytes;
	assert_false(loot_holds(&loot, text, strlen(text)));
	loot_mark(&loot);
	assert_false(loot_holds(&loot, text, strlen(text)));
	for (size_t at = 0; at + strlen(text) <= sizeof(bytes); at++) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes + at, text, strlen(text));
		loot_mark(&loot);
		assert_true(loot_holds(&loot, text, strlen(text)));
		assert_true(loot_holds(&loot, text, 5)); /* less than a window */
	}
	free(loot.windows);
}

/* ---- the key file ---------------------------------------------------------------------------- */

static bool open_key(const struct folder *f, const char *path, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	assert_true(db_open(f->db, &db, e) && db_migrate(db, e));
	return vault_key_open(db, f->db, path, &key, e);
}

static void test_key_file(void **state)
{
	const struct folder f = folder_open();
	char copy[PATH + 16];
	struct err e = { 0 };
	(void)state;
	(void)snprintf(copy, sizeof(copy), "%s.copy", f.db);
	harness_close(harness_open_file(f.db));
	assert_true(open_key(&f, NULL, &e));
	assert_int_equal(rename(f.key, copy), 0);
	stage_refused("it is gone", open_key(&f, NULL, &e), &e, ERR_CONFLICT,
		      "vault.error.key_missing", NULL);
	assert_int_not_equal(access(f.key, F_OK), 0); /* and no other is made */
	err_clear(&e);
	assert_true(open_key(&f, copy, &e)); /* it is elsewhere */
	struct service_key *other = NULL;
	assert_true(service_key_make(f.key, &other, &e));
	service_key_close(other);
	stage_refused("of another database", open_key(&f, NULL, &e), &e, ERR_CONFLICT,
		      "vault.error.key_other", NULL);
	folder_remove(&f);
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

/* In another process: the first share is given and committed, then it is killed. */
static void give_and_die(const struct folder *f, int64_t opening, int64_t keeper)
{
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct vault v = { .h = harness_open_file(f->db) };
		vault_share(&v, opening, keeper);
		(void)raise(SIGKILL);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_killed(void **state)
{
	const struct folder f = folder_open();
	struct harness *h = harness_open_file(f.db);
	struct item_text ru = { .stem = NULL };
	struct err e = { 0 };
	(void)state;
	hall_add_bank(h);
	struct vault v = vault_seal(h);
	const int64_t author = harness_person(h, ROLE_AUTHOR);
	const int64_t id = vault_asked(&v, VAULT_WORK, 0, author);
	harness_close(h);
	give_and_die(&f, id, v.keeper[0]);
	v.h = harness_open_file(f.db);
	const struct act act = harness_act(v.h, author);
	assert_false(bank_text_read(&act, 1, NULL, &ru, &e));
	err_clear(&e);
	vault_share(&v, id, v.keeper[2]);
	assert_true(bank_text_read(&act, 1, NULL, &ru, &e));
	harness_close(v.h);
	v.h = harness_open_file(f.db); /* and it is open for the next process too */
	const struct act again = harness_act(v.h, author);
	assert_true(bank_text_read(&again, 1, NULL, &ru, &e));
	harness_close(v.h);
	folder_remove(&f);
}

/* ---- a database of before -------------------------------------------------------------------- */

/* What the schema before had: a question, a comment, a sitting that has started. */
static const char *const before[] = {
	"Бұрынғы сұрақтың ашық жатқан мәтіні қайда?",
	"Где открыто лежит текст прежнего вопроса?",
	"Первый вариант прежнего вопроса, открытый",
	"Комментарий, который приводит слова вопроса",
	"Причина, которая приводит слова вопроса",
	"Причина возврата, которая приводит слова вопроса",
	"Причина, по которой вопрос отложен и приведён",
};

static void fill_old(struct db *db, struct err *e)
{
	static const unsigned char hash[32] = { 5 };
	static const unsigned char seal[32] = { 6 };
	assert_true(
		db_exec(db, e, NULL,
			"INSERT INTO person (iin, family, given, patronymic, sort_key, search,"
			" organ, position_kk, position_ru, added_ms) VALUES ('1', 'A', 'B', '', '',"
			" '', 'pgo', '', '', 0)") &&
		db_exec(db, e, NULL,
			"INSERT INTO item (code, act, article, text_day, answer, options, hash,"
			" sample, added_ms) VALUES ('q-1', 'civil-code', '1', 0, 0, 1, $1, 0, 0)",
			db_blob(hash, sizeof(hash))) &&
		db_exec(db, e, NULL,
			"INSERT INTO item_text_plain (item_id, language, part, text)"
			" VALUES (1, 'kk', 0, $1), (1, 'kk', 1, $3), (1, 'ru', 0, $2),"
			" (1, 'ru', 1, $3)",
			db_text(before[0]), db_text(before[1]), db_text(before[2])) &&
		db_exec(db, e, NULL,
			"INSERT INTO bank_item (code, act, state, revision, newest_id, hold_kind,"
			" reason, changed_ms) VALUES ('q-1', 'civil-code', 'hold', 1, 1,"
			" 'officer', $1, 0)",
			db_text(before[6])) &&
		db_exec(db, e, NULL,
			"INSERT INTO bank_sign (bank_item_id, revision, part, person_id, verdict,"
			" reason, at_ms) VALUES (1, 1, 'kk', 1, 'returned', $1, 0)",
			db_text(before[5])) &&
		db_exec(db, e, NULL,
			"INSERT INTO bank_comment (bank_item_id, revision, person_id, text, at_ms)"
			" VALUES (1, 1, 1, $1, 0)",
			db_text(before[3])) &&
		db_exec(db, e, NULL,
			"INSERT INTO bank_revision (bank_item_id, number, item_id, why, at_ms)"
			" VALUES (1, 1, 1, $1, 0)",
			db_text(before[4])) &&
		db_exec(db, e, NULL,
			"INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
			" VALUES ('pgo', 'central', '', '', 1)") &&
		db_exec(db, e, NULL,
			"INSERT INTO competition (route, organ, post, category, vacancies,"
			" demonstration, filing_days, draft_kk, draft_ru, state, created_by,"
			" created_ms) VALUES ('own', 'pgo', '', '', 1, 1, 7, '', '', 'draft', 1, "
			"0)") &&
		db_exec(db, e, NULL,
			"INSERT INTO sitting (competition_id, hall_id, planned_ms, state,"
			" forms_most, binding, recording, minutes, opened_by, opened_ms, round,"
			" commitment, form_key, started_ms) VALUES (1, 1, 0, 'running', 0, 'none',"
			" '', 120, 1, 0, 1, $1, $2, 1)",
			db_blob(hash, sizeof(hash)), db_blob(seal, sizeof(seal))) &&
		db_exec(db, e, NULL,
			"INSERT INTO sitting_item (sitting_id, item_id, stratum, rests)"
			" VALUES (1, 1, 0, 0)"));
}

static void fill_form(struct db *db, struct err *e)
{
	static const unsigned char key[16] = { 7 };
	assert_true(
		db_exec(db, e, NULL,
			"INSERT INTO application (competition_id, person_id, state, organ,"
			" place_kind, position, phone, education, education_note, test_language,"
			" created_ms, changed_ms) VALUES (1, 1, 'sent', 'pgo', 'central', '', '',"
			" '', '', 'ru', 0, 0)") &&
		db_exec(db, e, NULL,
			"INSERT INTO attempt (sitting_id, application_id, code, language,"
			" document_seen, seat, admitted_by, admitted_ms, token_key, pen, extra_ms,"
			" void) VALUES (1, 1, 'K-1', 'ru', 'id_card', '1', 1, 0, $1, '', 0, 0)",
			db_blob(key, sizeof(key))) &&
		db_exec(db, e, NULL,
			"INSERT INTO form_question (attempt_id, number, item_id, act, shown)"
			" VALUES (1, 1, 1, 'civil-code', '0')"));
}

static void expect_encrypted(const struct folder *f)
{
	struct loot loot[3];
	steal_all(f->db, loot);
	for (size_t i = 0; i < COUNT(before); i++)
		expect_nowhere(loot, COUNT(loot), before[i]);
	drop_all(loot);
}

/* The first start with a key encrypts everything that was there, and scrubs the file. */
static void test_before(void **state)
{
	const struct folder f = folder_open();
	struct db *db = NULL;
	struct err e = { 0 };
	struct item_text kk = { .stem = NULL };
	struct item_text ru = { .stem = NULL };
	struct loot loot[3];
	(void)state;
	assert_true(db_open(f.db, &db, &e) && db_migrate(db, &e));
	fill_old(db, &e);
	fill_form(db, &e);
	db_close(db);
	steal_all(f.db, loot);
	assert_true(loot_holds(&loot[0], before[1], strlen(before[1])));
	drop_all(loot);
	struct harness *h = harness_open_file(f.db);
	const struct act act = harness_act(h, 0);
	expect_encrypted(&f); /* while it runs, too */
	assert_true(bank_text_read(&act, 1, &kk, &ru, &e));
	assert_string_equal(kk.stem, before[0]);
	assert_string_equal(ru.stem, before[1]);
	assert_string_equal(ru.option[0], before[2]);
	assert_true(bank_text_of_attempt(&act, 1, 1, NULL, &ru, &e));
	assert_string_equal(ru.stem, before[1]);
	json_t *rows = db_rows(h->site.db, h->arena, &e, "SELECT text FROM bank_comment");
	assert_true(bank_notes_open(&act, rows, "text", &e));
	assert_string_equal(row_text(json_array_get(rows, 0), "text"), before[3]);
	rows = db_rows(h->site.db, h->arena, &e,
		       "SELECT reason FROM bank_sign UNION ALL SELECT reason FROM bank_item");
	assert_true(bank_notes_open(&act, rows, "reason", &e));
	assert_string_equal(row_text(json_array_get(rows, 0), "reason"), before[5]);
	assert_string_equal(row_text(json_array_get(rows, 1), "reason"), before[6]);
	assert_int_equal(stage_journalled(h, "vault.encrypted"), 1);
	harness_close(h);
	expect_encrypted(&f);
	harness_close(harness_open_file(f.db)); /* once */
	folder_remove(&f);
}

/* Every call of the database failing once: nothing is encrypted by halves. */
static void test_before_whole(void **state)
{
	enum { CALLS_MOST = 200 };
	struct db *db = test_db_open();
	struct err e = { 0 };
	struct service_key *key = NULL;
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	int n = 0;
	(void)state;
	fill_old(db, &e);
	assert_true(service_key_random(&key, &e));
	for (bool done = false; !done; n++) {
		struct faulty faulty;
		struct err why = { 0 };
		int64_t plain = -1;
		int64_t boxes = -1;
		faulty_init(&faulty, db, n);
		const struct act act = { .db = &faulty.db, .arena = a, .key = key };
		done = vault_begin(&act, &why);
		assert_true(db_number(db, &e, &boxes, "SELECT COUNT(*) FROM item_text"));
		assert_true(boxes == 0 || boxes == 4);
		if (boxes == 0)
			assert_true(
				db_number(db, &e, &plain, "SELECT COUNT(*) FROM item_text_plain") &&
				plain == 4);
		assert_true(n < CALLS_MOST);
	}
	assert_true(n > 20);
	service_key_close(key);
	test_db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thief),        cmocka_unit_test(test_search),
		cmocka_unit_test(test_quotes),       cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_killed),       cmocka_unit_test(test_before),
		cmocka_unit_test(test_before_whole),
	};
	const struct CMUnitTest no_files[] = { cmocka_unit_test(test_before_whole) };
	if (test_db_not_here("what a thief of SQLite's files reads"))
		return cmocka_run_group_tests(no_files, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

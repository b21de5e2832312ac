/* The end of what is kept (F74): by an act of two officers, after its term, of a competition or of
 * a person; nothing is left of it but what the journal's hashes commit to.  How the two come to it
 * is destruction_test.c's. */
#include "destroy.h"
#include "hall.h"
#include "room.h"
#include "test_db.h"

#include "app/access/people.h"
#include "app/bank/vault_start.h"
#include "app/competition/complaint.h"
#include "app/evidence/paper.h"
#include "app/evidence/retention.h"
#include "app/verify/verify.h"
#include "db/copy.h"
#include "journal/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct journal_report journal_of(struct harness *h)
{
	struct journal_report report;
	struct err e = { 0 };
	must_be(journal_verify(h->site.db, &report, &e), &e);
	return report;
}

static int64_t number(struct harness *h, const char *table)
{
	struct err e = { 0 };
	const json_t *counts = db_row_counts(h->site.db, h->arena, &e);
	assert_non_null(counts);
	return json_integer_value(json_object_get(counts, table));
}

/* ---- a competition --------------------------------------------------------------------------- */

static int64_t complain(struct hall *w)
{
	const struct act act = hall_candidate(w);
	struct err e = { 0 };
	int64_t id = 0;
	must_be(complaint_open(&act, w->application, "", "Сағат тоқтап қалды", &id, &e), &e);
	return id;
}

/* A candidate who has sat the test, and whose restricted papers were opened and looked at. */
static struct hall heard(struct harness *h)
{
	struct hall w = hall_open(h);
	struct err e = { 0 };
	hall_start(&w);
	hall_answer_right(&w, 90);
	harness_open_papers(h, w.stage.hr, w.application);
	must_be(db_exec(h->site.db, &e, NULL,
			"INSERT INTO restricted_view (person_id, application_id, opening_id, what,"
			" at_ms) SELECT person_id, application_id, id, what, at_ms"
			" FROM restricted_opening WHERE application_id = $1",
			db_int(w.application)),
		&e);
	return w;
}

static bool proposed(const struct act *act, int64_t competition, int64_t person, struct err *e)
{
	const struct destruction_form form = { competition, person, "1", act_today(act), "Мерзім" };
	int64_t id = 0;
	err_clear(e);
	return destruction_propose(act, &form, &id, e);
}

/* Three years, never while a complaint is open, and the chain stays whole. */
static void test_refused(void **state)
{
	struct hall w = heard(*state);
	struct harness *h = w.stage.h;
	const int64_t competition = w.stage.competition;
	const int64_t second = harness_person(h, ROLE_HR);
	struct err e = { 0 };
	struct act hr = harness_act(h, w.stage.hr);
	stage_refused("it runs", proposed(&hr, competition, 0, &e), &e, ERR_CONFLICT,
		      "retention.error.running", NULL);
	close_competition(h, competition);
	const int64_t complaint = complain(&w);
	harness_at(h, "2029-03-02T10:00");
	hr = harness_act(h, w.stage.hr);
	stage_refused("held", proposed(&hr, competition, 0, &e), &e, ERR_CONFLICT,
		      "retention.error.held", NULL);
	const int64_t cited[] = { 1 };
	const struct complaint_answer answer = { "refused", "Жоқ", cited, 1 };
	err_clear(&e);
	assert_true(complaint_answer(&hr, complaint, &answer, &e));
	stage_refused("the last day", proposed(&hr, competition, 0, &e), &e, ERR_CONFLICT,
		      "retention.error.early", NULL);
	assert_string_equal(e.value, "2029-03-02");
	harness_at(h, "2029-03-03T10:00");
	hr = harness_act(h, w.stage.hr);
	(void)destroy_by(h, w.stage.hr, second, competition, 0);
	assert_int_equal(number(h, "seat_event"), 0);
	stage_refused("twice", proposed(&hr, competition, 0, &e), &e, ERR_CONFLICT,
		      "retention.error.destroyed", NULL);
	const struct journal_report report = journal_of(h);
	assert_int_equal(report.broken_seq, 0);
	assert_true(report.destroyed >= 90);
	assert_int_equal(report.by_acts, report.destroyed);
}

/* A competition with a test, and one with a commission that has voted, both over. */
static void fill(struct harness *h, int64_t ret_competition[2], int64_t *ret_hr)
{
	struct hall hall = heard(h);
	struct err e = { 0 };
	struct act act = hall_candidate(&hall);
	must_be(attempt_finish(&act, hall.attempt, HALL_SESSION, &e), &e);
	harness_at(h, "2026-03-02T12:30");
	act = hall_operator(&hall);
	must_be(sitting_close(&act, hall.sitting, &e), &e);
	struct room room = room_open(h);
	room_hear(&room);
	room_vote(&room, 3);
	room_decide(&room);
	room_close(&room);
	room_number(&room);
	const struct issued_paper paper = { "0123456789abcdef0123456789abcdef"
					    "0123456789abcdef0123456789abcdef",
					    "minutes", room.stage.competition, "kk", 1 };
	act = room_act(&room, ROOM_CHAIR);
	must_be(paper_issue(&act, &paper, &e), &e);
	close_competition(h, hall.stage.competition);
	close_competition(h, room.stage.competition);
	ret_competition[0] = hall.stage.competition;
	ret_competition[1] = room.stage.competition;
	*ret_hr = hall.stage.hr;
}

static void destroy_all(struct harness *h, const int64_t competition[2], int64_t hr)
{
	const int64_t second = harness_person(h, ROLE_HR);
	harness_at(h, "2029-06-01T10:00");
	for (int i = 0; i < 2; i++)
		(void)destroy_by(h, hr, second, competition[i], 0);
}

/* Tables of which no row may be left: whatever leads to an application, an attempt, an interview, a
 * commission or a notice, also by way of others, and so each table that is added to these. */
static json_t *tables_of_cases(struct harness *h)
{
	struct err e = { 0 };
#define CASE_TABLES                                                                                \
	" case_table (name) AS (VALUES ('application'), ('interview'), ('commission'),"            \
	"  ('notice'), ('attempt'), ('paper'), ('screening'), ('stop'), ('sitting_act'),"          \
	"  ('security_list'), ('body_request'), ('bulk'), ('sitting_coin')"                        \
	"  UNION SELECT link.child FROM link JOIN case_table"                                      \
	"  ON case_table.name = link.parent)"                                                      \
	" SELECT name FROM case_table ORDER BY name"
	json_t *rows =
		test_db_is_server()
			? db_rows(h->site.db, h->arena, &e,
				  "WITH RECURSIVE link (child, parent) AS ("
				  "  SELECT CAST(f.conrelid::regclass AS TEXT),"
				  "   CAST(f.confrelid::regclass AS TEXT)"
				  "  FROM pg_constraint f WHERE f.contype = 'f')," CASE_TABLES)
			: db_rows(h->site.db, h->arena, &e,
				  "WITH RECURSIVE link (child, parent) AS ("
				  "  SELECT m.name, f.\"table\""
				  "  FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f"
				  "  WHERE m.type = 'table')," CASE_TABLES);
#undef CASE_TABLES
	assert_true(json_array_size(rows) > 50);
	return rows;
}

/* But that the people of the stage were never told of: their rows are written directly. */
static void must_agree(const struct verify_report *report)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (report->findings, i, row) {
		if (strcmp(row_text(row, "at"), "person") != 0 ||
		    strcmp(row_text(row, "why"), "rows that the journal does not tell of") != 0)
			fail_msg("%s %lld: %s", row_text(row, "at"),
				 (long long)row_number(row, "number"), row_text(row, "why"));
	}
}

/* Nothing is left, and what is gone is gone by act: every check agrees. */
static void test_nothing_left(void **state)
{
	struct harness *h = *state;
	int64_t competition[2];
	int64_t hr = 0;
	size_t i = 0;
	const json_t *row = NULL;
	struct err e = { 0 };
	fill(h, competition, &hr);
	assert_true(number(h, "ballot") > 0 && number(h, "answer_event") >= 90);
	assert_true(number(h, "minutes") > 0 && number(h, "blob") > 0 && number(h, "paper") > 0);
	const int64_t officers = number(h, "role_grant");
	destroy_all(h, competition, hr);
	/* what the two officers were told is of no competition */
	must_be(db_exec(h->site.db, &e, NULL,
			"DELETE FROM notice WHERE kind LIKE 'destruction.%'"
			" AND competition_id IS NULL"),
		&e);
	json_array_foreach (tables_of_cases(h), i, row) {
		const char *table = row_text(row, "name");
		if (number(h, table) != 0)
			fail_msg("%s: %lld rows are left", table, (long long)number(h, table));
	}
	assert_int_equal(number(h, "blob"), 0);
	assert_int_equal(number(h, "competition"), 2);
	assert_int_equal(number(h, "announcement"), 2);
	assert_true(number(h, "role_grant") > officers);
	struct verify_report report = { 0 };
	const struct act act = harness_act(h, 0);
	harness_demand_factors(h); /* that there are none the harness has told no journal */
	must_be(verify_all(&act, NULL, 0, &report, &e), &e);
	must_agree(&report);
	const struct journal_report journal = journal_of(h);
	assert_int_equal(journal.by_acts, journal.destroyed);
	assert_int_equal(stage_journalled(h, "records.destroyed"), 2);
}

/* Which contents are gone stands in the entry of the act, and in no other way can they go. */
static void test_listed(void **state)
{
	struct harness *h = *state;
	int64_t competition[2];
	int64_t hr = 0;
	struct err e = { 0 };
	const char *content = "";
	const char *gone = "";
	fill(h, competition, &hr);
	destroy_all(h, competition, hr);
	must_be(db_string(h->site.db, h->arena, &e, &content,
			  "SELECT c.content FROM journal_content c JOIN journal_entry j"
			  " ON j.seq = c.seq WHERE j.kind = 'records.destroyed'"
			  " AND j.competition_id = $1",
			  db_int(competition[1])) &&
			db_string(h->site.db, h->arena, &e, &gone,
				  "SELECT MIN(seq) || '' FROM journal_entry WHERE"
				  " competition_id = $1",
				  db_int(competition[1])),
		&e);
	assert_non_null(strstr(content, arena_print(h->arena, "\"seqs\":\"%s", gone)));
	bool left = true;
	must_be(db_exists(h->site.db, &e, &left,
			  "SELECT 1 FROM journal_content c JOIN journal_entry j ON j.seq = c.seq"
			  " WHERE j.competition_id > 0 AND j.kind <> 'records.destroyed'"
			  "  AND j.kind <> 'destruction.confirmed'"),
		&e);
	assert_false(left);
}

/* ---- what verify says of an act that was doctored -------------------------------------------- */

#define ACT_GONE  "an act of destruction without its row or its entry"
#define ACT_OTHER "an act of destruction is not the one that the journal tells of"
#define ACT_ALONE "an act of destruction that one has not proposed and another confirmed"
#define ROWS_LEFT "rows that an act has destroyed are there"

static bool says(struct harness *h, const char *why)
{
	struct verify_report report = { .findings = json_array() };
	struct err e = { 0 };
	const struct act act = harness_act(h, 0);
	size_t i = 0;
	const json_t *row = NULL;
	bool found = false;
	json_in_arena(h->arena, report.findings);
	must_be(verify_destroyed(&act, &report, &e), &e);
	json_array_foreach (report.findings, i, row)
		found = found || strcmp(row_text(row, "why"), why) == 0;
	return found;
}

static void must_say(struct harness *h, const char *why, const char *what)
{
	if (!says(h, why))
		fail_msg("%s is not found", what);
}

/* Each is undone again. */
#define DOCTORED(h, sql, why)                                                                      \
	do {                                                                                       \
		struct err doctor_error = { 0 };                                                   \
		CLEANUP(db_rollback) struct db_tx tx = { 0 };                                      \
		must_be(db_begin((h)->site.db, &tx, &doctor_error), &doctor_error);                \
		must_be(db_exec((h)->site.db, &doctor_error, NULL, sql), &doctor_error);           \
		must_say(h, why, sql);                                                             \
	} while (0)

static void test_doctored(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	int64_t competition[2];
	int64_t hr = 0;
	fill(h, competition, &hr);
	destroy_all(h, competition, hr);
	must_be(db_disarm(h->site.db, &e), &e);
	assert_false(says(h, ACT_GONE) || says(h, ACT_OTHER) || says(h, ROWS_LEFT));
	DOCTORED(h, "DELETE FROM destruction_act WHERE id = 1", ACT_GONE);
	DOCTORED(h,
		 "INSERT INTO destruction_act (competition_id, number, kept_until, by_id,"
		 " second_id, at_ms, last_seq, seat_events, entries)"
		 " VALUES (9, '1', 1, 1, 2, 1, 3, 0, 1)",
		 ACT_GONE);
	DOCTORED(h, "UPDATE destruction_act SET at_ms = at_ms + 1", ACT_GONE);
	DOCTORED(h, "UPDATE destruction_act SET number = '6'", ACT_OTHER);
	DOCTORED(h, "DELETE FROM destruction_proposal", ACT_ALONE);
	DOCTORED(h, "UPDATE destruction_proposal SET asked_by = answered_by", ACT_ALONE);
	DOCTORED(h, "UPDATE destruction_proposal SET answered_by = asked_by", ACT_ALONE);
	DOCTORED(h, "UPDATE destruction_proposal SET state = 'refused'", ACT_ALONE);
	DOCTORED(h, "UPDATE destruction_proposal SET asked_ms = asked_ms - 1", ACT_ALONE);
	DOCTORED(h,
		 "UPDATE journal_entry SET actor_id = actor_id + 1"
		 " WHERE kind = 'destruction.confirmed'",
		 ACT_ALONE);
	DOCTORED(h, "UPDATE destruction_act SET second_id = second_id - 1", ACT_OTHER);
	DOCTORED(h, "UPDATE destruction_act SET entries = entries - 1", ACT_OTHER);
	DOCTORED(h,
		 "INSERT INTO application SELECT 1, 1, 1, 'sent', 'pgo', '', '', '', '', '', '',"
		 " 1, 1, 1, ''",
		 ROWS_LEFT);
}

/* ---- the files of the database --------------------------------------------------------------- */

static bool file_has(const char *path, const char *text)
{
	FILE *file = fopen(path, "rbe");
	if (!file)
		return false;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	const size_t size = (size_t)ftell(file);
	rewind(file);
	char *bytes = malloc(size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, size, file), size);
	(void)fclose(file);
	const bool has = memmem(bytes, size, text, strlen(text)) != NULL;
	free(bytes);
	return has;
}

/* Neither the database nor its log says a word of it once the night has scrubbed them. */
static void test_files(void **state)
{
	static const char words[] = "Сағат тоқтап қалды, 18-орын";
	static const char log[] = "-wal";
	char path[] = "/tmp/konkurs-retention-XXXXXX";
	char wal[sizeof(path) + sizeof(log)];
	struct err e = { 0 };
	int64_t id = 0;
	(void)state;
	if (test_db_not_here("it looks into SQLite's file and its log"))
		return;
	const int fd = mkstemp(path);
	assert_true(fd >= 0 && close(fd) == 0);
	(void)snprintf(wal, sizeof(wal), "%s%s", path, log);
	struct harness *h = harness_open_file(path);
	struct hall w = heard(h);
	const int64_t second = harness_person(h, ROLE_HR);
	const struct act own = hall_candidate(&w);
	must_be(complaint_open(&own, w.application, "", words, &id, &e), &e);
	const struct act hr = harness_act(h, w.stage.hr);
	const struct complaint_answer answer = { "refused", "Жоқ", (const int64_t[]){ 1 }, 1 };
	must_be(complaint_answer(&hr, id, &answer, &e), &e);
	close_competition(h, w.stage.competition);
	assert_true(file_has(path, words) || file_has(wal, words));
	harness_at(h, "2029-06-01T10:00");
	(void)destroy_by(h, w.stage.hr, second, w.stage.competition, 0);
	assert_true(file_has(wal, words)); /* until it is scrubbed */
	const struct act system = harness_act(h, 0);
	must_be(vault_scrub(&system, &e), &e);
	assert_false(file_has(path, words));
	assert_false(file_has(wal, words));
	bool due = true;
	must_be(db_exists(h->site.db, &e, &due, "SELECT 1 FROM service_key WHERE scrubbed = 0"),
		&e);
	assert_false(due);
	harness_close(h);
	(void)unlink(path);
	(void)unlink(wal);
}

/* ---- a person -------------------------------------------------------------------------------- */

static int64_t add_person(struct harness *h)
{
	const struct act act = harness_act(h, 0);
	const struct person_form form = { .iin = "850312300012",
					  .family = "Ақжолов",
					  .given = "Дәурен",
					  .patronymic = "Серікұлы",
					  .organ = "pgo",
					  .position_kk = "прокурор",
					  .position_ru = "прокурор" };
	struct err e = { 0 };
	int64_t id = 0;
	must_be(person_add(&act, &form, &id, &e), &e);
	return id;
}

/* A notice of no competition, opened by the person. */
static void open_notice(struct harness *h, int64_t person)
{
	const struct act act = harness_act(h, person);
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	must_be(db_begin(h->site.db, &tx, &e) &&
			act_journal(&act, "notice.served", 0, "notice/1",
				    json_pack("{s:s}", "kind", "account.password"), &e) &&
			db_commit(&tx, &e),
		&e);
}

static bool is_there(struct harness *h, int64_t person, const char *words)
{
	struct err e = { 0 };
	bool there = false;
	must_be(db_exists(h->site.db, &e, &there,
			  "SELECT 1 FROM person WHERE id = $1 AND (iin = $2 OR family = $2)"
			  " UNION ALL SELECT 1 FROM journal_content WHERE content LIKE '%' || $2 ||"
			  " '%'",
			  db_int(person), db_text(words)),
		&e);
	return there;
}

/* As long as an office or a competition needs the person, and three years more, the data stays. */
static void test_person(void **state)
{
	struct harness *h = *state;
	const int64_t hr = harness_person(h, ROLE_HR);
	const int64_t second = harness_person(h, ROLE_HR);
	const int64_t person = add_person(h);
	struct act system = harness_act(h, 0);
	struct err e = { 0 };
	must_be(person_grant(&system, person, ROLE_NAME_HR, "pgo", &e) &&
			db_exec(h->site.db, &e, NULL,
				"INSERT INTO account (person_id, password) VALUES ($1, 'x')",
				db_int(person)),
		&e);
	open_notice(h, person);
	open_notice(h, hr);
	harness_at(h, "2030-03-03T10:00");
	struct act act = harness_act(h, hr);
	stage_refused("an office", proposed(&act, 0, person, &e), &e, ERR_CONFLICT,
		      "retention.error.in_use", NULL);
	err_clear(&e);
	must_be(db_exec(h->site.db, &e, NULL,
			"UPDATE role_grant SET revoked_ms = granted_ms WHERE person_id = $1",
			db_int(person)),
		&e);
	harness_at(h, "2029-03-02T10:00");
	act = harness_act(h, hr);
	stage_refused("early", proposed(&act, 0, person, &e), &e, ERR_CONFLICT,
		      "retention.error.early", NULL);
	assert_string_equal(e.value, "2029-03-02");
	harness_at(h, "2029-03-03T10:00");
	act = harness_act(h, hr);
	const struct act other = harness_act(h, harness_person(h, ROLE_ADMIN));
	stage_refused("not HR", proposed(&other, 0, person, &e), &e, ERR_DENIED, "error.denied",
		      NULL);
	err_clear(&e);
	stage_refused("nobody", proposed(&act, 0, 9999, &e), &e, ERR_MISSING, "error.missing",
		      NULL);
	err_clear(&e);
	assert_true(is_there(h, person, "850312300012") && is_there(h, person, "Ақжолов"));
	(void)destroy_by(h, hr, second, 0, person);
	assert_false(is_there(h, person, "850312300012") || is_there(h, person, "Ақжолов"));
	bool left = true;
	must_be(db_exists(h->site.db, &e, &left,
			  "SELECT 1 FROM account WHERE person_id = $1"
			  " UNION ALL SELECT 1 FROM role_grant WHERE person_id = $1",
			  db_int(person)),
		&e);
	assert_false(left);
	stage_refused("twice", proposed(&act, 0, person, &e), &e, ERR_CONFLICT,
		      "retention.error.destroyed", NULL);
	const struct journal_report report = journal_of(h);
	assert_int_equal(report.broken_seq, 0);
	assert_int_equal(report.destroyed, 3);
	assert_int_equal(report.by_acts, 3);
}

/* A candidate's own data waits for the competition. */
static void test_candidate(void **state)
{
	struct hall w = heard(*state);
	struct harness *h = w.stage.h;
	const int64_t second = harness_person(h, ROLE_HR);
	const int64_t person = w.candidate;
	struct err e = { 0 };
	close_competition(h, w.stage.competition);
	harness_at(h, "2029-06-01T10:00");
	const struct act act = harness_act(h, w.stage.hr);
	stage_refused("a candidate", proposed(&act, 0, person, &e), &e, ERR_CONFLICT,
		      "retention.error.in_use", NULL);
	err_clear(&e);
	(void)destroy_by(h, w.stage.hr, second, w.stage.competition, 0);
	(void)destroy_by(h, w.stage.hr, second, 0, person);
	struct verify_report report = { 0 };
	harness_demand_factors(h); /* that there are none the harness has told no journal */
	must_be(verify_all(&act, NULL, 0, &report, &e), &e);
	must_agree(&report);
	assert_int_equal(journal_of(h).broken_seq, 0);
}

/* ---- terms ----------------------------------------------------------------------------------- */

/* 29 February ends on the 28th. */
static void test_leap_day(void **state)
{
	struct stage s = stage_open(*state);
	struct act act = harness_act(s.h, s.hr);
	struct competition c = { 0 };
	struct retention r = { 0 };
	struct err e = { 0 };
	int64_t closed = 0;
	char text[DAY_TEXT_SIZE];
	assert_true(instant_parse("2028-02-29T10:00", &closed));
	assert_true(db_exec(s.h->site.db, &e, NULL,
			    "UPDATE competition SET state = 'closed', closed_ms = $1",
			    db_int(closed)));
	assert_true(competition_load(&act, s.competition, &c, &e) &&
		    retention_of(&act, &c, &r, &e));
	day_print(r.until, text);
	assert_string_equal(text, "2031-02-28");
	assert_false(r.due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_refused),   HARNESS_TEST(test_nothing_left),
		HARNESS_TEST(test_listed),    HARNESS_TEST(test_doctored),
		cmocka_unit_test(test_files), HARNESS_TEST(test_person),
		HARNESS_TEST(test_candidate), HARNESS_TEST(test_leap_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

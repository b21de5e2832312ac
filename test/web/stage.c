#include "stage.h"

#include "app/competition/competition.h"
#include "app/sitting/hall.h"
#include "faulty.h"
#include "picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

struct stage stage_open(struct harness *h)
{
	struct stage s = {
		.h = h,
		.hr = harness_person(h, ROLE_HR),
		.security = harness_person(h, ROLE_SECURITY),
		.polygraph = harness_person(h, ROLE_POLYGRAPH),
		.psycho = harness_person(h, ROLE_PSYCHO),
	};
	const struct competition_form form = {
		.organ = "pgo",
		.post = "head-department",
		.vacancies = 1,
		.filing_days = 7,
		.demonstration = true,
		.text_kk = "Конкурс жарияланады",
		.text_ru = "Объявляется конкурс",
	};
	struct act act = harness_act(h, s.hr);
	struct err e = { 0 };
	must(competition_open(&act, &form, &s.competition, &e) &&
		     competition_announce(&act, s.competition, &e),
	     &e);
	return s;
}

/* ---- rows ----------------------------------------------------------------------- */

static const char *file_of(struct harness *h)
{
	struct act act = harness_act(h, 0);
	struct err e = { 0 };
	const char *hash = NULL;
	must(act_keep_file(&act, STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", &hash, &e),
	     &e);
	return hash;
}

#define ROW(h, sql, ...)                                                                           \
	do {                                                                                       \
		struct err row_e = { 0 };                                                          \
		must(db_exec((h)->site.db, &row_e, NULL, sql, __VA_ARGS__), &row_e);               \
	} while (0)

static void add_study(struct stage *s, int64_t id, const char *kind, int64_t by, int64_t now)
{
	ROW(s->h,
	    "INSERT INTO study (application_id, kind, outcome, number, day, note, blob_hash,"
	    " file_name, by_id, at_ms) VALUES ($1, $2, 'undergone', '7', 20500, '', $3, 'a.pdf',"
	    " $4, $5)",
	    db_int(id), db_text(kind), db_text(file_of(s->h)), db_int(by), db_int(now));
}

static void add_document(struct stage *s, int64_t id, const char *kind, int64_t now)
{
	ROW(s->h,
	    "INSERT INTO document (application_id, kind, blob_hash, file_name, signatory,"
	    " signatory_position, added_by, added_ms) VALUES ($1, $2, $3, 'b.pdf', '', '', $4, $5)",
	    db_int(id), db_text(kind), db_text(file_of(s->h)), db_int(s->hr), db_int(now));
}

/* One for all tests that are only rows. */
static bool find_hall(struct harness *h, int64_t *ret, struct err *e)
{
	static const char name[] = "Зал";
	const struct act system = harness_act(h, 0);
	const struct hall_form form = {
		.organ = "pgo", .name_kk = name, .name_ru = name, .seats = 10
	};
	return db_number(h->site.db, e, ret,
			 "SELECT COALESCE(MAX(id), 0) FROM hall WHERE name_kk = $1",
			 db_text(name)) &&
	       (*ret > 0 || hall_add(&system, &form, ret, e));
}

static void add_test(struct stage *s, int64_t id, bool positive, int64_t now)
{
	struct err e = { 0 };
	int64_t hall = 0;
	int64_t sitting = 0;
	int64_t attempt = 0;
	must(find_hall(s->h, &hall, &e) &&
		     db_number(s->h->site.db, &e, &sitting,
			       "INSERT INTO sitting (competition_id, hall_id, planned_ms, state,"
			       " forms_most, binding, recording, minutes, opened_by, opened_ms,"
			       " round, commitment, names_ms) VALUES ($1, $2, $3, 'closed', 0,"
			       " 'none', 'confirmed', 120, $4, $3, 1, $5, $3) RETURNING id",
			       db_int(s->competition), db_int(hall), db_int(now), db_int(s->hr),
			       db_blob("c", 1)) &&
		     db_number(
			     s->h->site.db, &e, &attempt,
			     "INSERT INTO attempt (sitting_id, application_id, code, language,"
			     " document_seen, seat, admitted_by, admitted_ms, finished_ms, finish,"
			     " token_key, pen, extra_ms, void)"
			     " VALUES ($1, $2, $5, 'ru', 'id_card', '1', $3, $4, $4, 'candidate',"
			     " $6, '', 0, 0) RETURNING id",
			     db_int(sitting), db_int(id), db_int(s->hr), db_int(now),
			     db_text(arena_print(s->h->arena, "STAGE-%lld", (long long)id)),
			     db_blob("k", 1)),
	     &e);
	ROW(s->h,
	    "INSERT INTO result (attempt_id, correct, asked, pass_mark, positive, points,"
	    " answers_hash, fixed_ms) VALUES ($1, $2, 120, 84, $3, '', $4, $5)",
	    db_int(attempt), db_int(positive ? 84 : 83), db_int(positive), db_blob("h", 1),
	    db_int(now));
}

static void add_list(struct stage *s, int64_t id, int64_t now)
{
	struct err e = { 0 };
	int64_t list = 0;
	must(db_number(s->h->site.db, &e, &list,
		       "INSERT INTO security_list (competition_id, number, sent_by, sent_ms)"
		       " VALUES ($1, '12-3', $2, $3) RETURNING id",
		       db_int(s->competition), db_int(s->hr), db_int(now)),
	     &e);
	ROW(s->h, "INSERT INTO security_list_entry (list_id, application_id) VALUES ($1, $2)",
	    db_int(list), db_int(id));
}

static void add_checks(struct stage *s, int64_t id, unsigned done, int64_t now)
{
	if (done & STAGE_MET)
		ROW(s->h,
		    "INSERT INTO qualification_decision (application_id, outcome, reason, by_id,"
		    " at_ms) VALUES ($1, 'met', '', $2, $3)",
		    db_int(id), db_int(s->hr), db_int(now));
	if (done & STAGE_LISTED)
		add_list(s, id, now);
	if (done & STAGE_INFORMED)
		ROW(s->h,
		    "INSERT INTO security_information (application_id, number, day, content, by_id,"
		    " at_ms) VALUES ($1, '5', 20500, 'Сведений нет', $2, $3)",
		    db_int(id), db_int(s->security), db_int(now));
}

static void add_parts(struct stage *s, int64_t id, unsigned done, int64_t now)
{
	if (done & STAGE_POLYGRAPH)
		add_study(s, id, "polygraph", s->polygraph, now);
	if (done & STAGE_PSYCHO)
		add_study(s, id, "psycho", s->psycho, now);
	if (done & STAGE_RATING)
		ROW(s->h,
		    "INSERT INTO rating (application_id, value, number, day, issuer, blob_hash,"
		    " file_name, by_id, at_ms) VALUES ($1, '87.5', '3', 20500, 'HR', $2, 'c.pdf',"
		    " $3, $4)",
		    db_int(id), db_text(file_of(s->h)), db_int(s->hr), db_int(now));
	if (done & (STAGE_TEST | STAGE_TEST_NEGATIVE))
		add_test(s, id, (done & STAGE_TEST) != 0, now);
	if (done & STAGE_PAPERS) {
		add_document(s, id, "certificate", now);
		add_document(s, id, "recommendation", now);
	}
	if (done & STAGE_SERVICE_LIST)
		add_document(s, id, "service_list", now);
	if (done & STAGE_RELEASED)
		ROW(s->h,
		    "INSERT INTO dossier_release (application_id, by_id, at_ms)"
		    " VALUES ($1, $2, $3)",
		    db_int(id), db_int(s->hr), db_int(now));
	if (done & STAGE_DECIDED)
		ROW(s->h,
		    "INSERT INTO decision (application_id, outcome, votes_for, votes_against,"
		    " present, quorum, chair_decided, by_id, at_ms)"
		    " VALUES ($1, 'positive', 5, 0, 5, 4, 0, $2, $3)",
		    db_int(id), db_int(s->hr), db_int(now));
}

int64_t stage_candidate(struct stage *s, unsigned done)
{
	struct err e = { 0 };
	int64_t now = clock_now(&s->h->site.clock);
	int64_t person = harness_person(s->h, 0);
	int64_t id = 0;
	must(db_number(s->h->site.db, &e, &id,
		       "INSERT INTO application (competition_id, person_id, state, organ,"
		       " place_kind, position, phone, education, education_note, test_language,"
		       " created_ms, changed_ms, sent_ms) VALUES ($1, $2, $3, 'pgo', 'central',"
		       " 'прокурор', '', 'higher-law', '', 'ru', $4, $4, $4) RETURNING id",
		       db_int(s->competition), db_int(person),
		       db_text(done & (STAGE_SENT | STAGE_MET) ? "sent" : "draft"), db_int(now)),
	     &e);
	add_checks(s, id, done, now);
	add_parts(s, id, done, now);
	return id;
}

int64_t stage_person_of(struct stage *s, int64_t application)
{
	struct err e = { 0 };
	int64_t person = 0;
	must(db_number(s->h->site.db, &e, &person,
		       "SELECT person_id FROM application WHERE id = $1", db_int(application)),
	     &e);
	return person;
}

void stage_plan(struct stage *s, const char *start)
{
	int64_t start_ms = 0;
	assert_true(instant_parse(start, &start_ms));
	ROW(s->h,
	    "INSERT INTO interview (competition_id, day, start_ms, place, state, planned_by,"
	    " planned_ms) VALUES ($1, $2, $3, 'каб. 1', 'planned', $4, $5)",
	    db_int(s->competition), db_int(day_of_instant(start_ms).n), db_int(start_ms),
	    db_int(s->hr), db_int(clock_now(&s->h->site.clock)));
}

int64_t stage_chair(struct stage *s)
{
	struct err e = { 0 };
	int64_t person = harness_person(s->h, 0);
	int64_t commission = 0;
	must(db_number(s->h->site.db, &e, &commission,
		       "INSERT INTO commission (competition_id, order_number, order_day, state,"
		       " created_by, created_ms) VALUES ($1, '1', 20500, 'appointed', $2, 0)"
		       " RETURNING id",
		       db_int(s->competition), db_int(s->hr)),
	     &e);
	ROW(s->h,
	    "INSERT INTO commission_member (commission_id, person_id, role, kind, employee)"
	    " VALUES ($1, $2, 'chair', 'subdivision_head', 1)",
	    db_int(commission), db_int(person));
	return person;
}

int64_t stage_journalled(struct harness *h, const char *kind)
{
	struct err e = { 0 };
	int64_t count = 0;
	must(db_number(h->site.db, &e, &count, "SELECT COUNT(*) FROM journal_entry WHERE kind = $1",
		       db_text(kind)),
	     &e);
	return count;
}

int64_t stage_told(struct harness *h, int64_t person, const char *kind)
{
	struct err e = { 0 };
	int64_t count = 0;
	must(db_number(h->site.db, &e, &count,
		       "SELECT COUNT(*) FROM notice WHERE person_id = $1 AND kind = $2",
		       db_int(person), db_text(kind)),
	     &e);
	return count;
}

/* ---- all or nothing -------------------------------------------------------------- */

enum { CALLS_MOST = 3000 };

typedef bool use_case(const struct act *act, void *user, struct err *e);

/* One request of a turn: in a transaction of its own, as web/http/turn.c does it. */
static bool as_request(const struct act *act, use_case *run, void *user, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && run(act, user, e) && db_commit(&tx, e);
}

/* Whether the n-th call was reached, and failed as it should. */
static bool fails_at(struct harness *h, int64_t person, int n, bool in_turn, use_case *run,
		     void *user)
{
	struct faulty faulty;
	struct act act = harness_act(h, person);
	struct err e = { 0 };
	faulty_init(&faulty, h->site.db, n);
	act.db = &faulty.db;
	bool ok = in_turn ? as_request(&act, run, user, &e) : run(&act, user, &e);
	if (!faulty.failed) {
		must(ok, &e);
		assert_true(n > 2);
		return false;
	}
	if (ok || e.kind != ERR_DB)
		fail_msg("call %d failed: %d %s", n, ok, e.key);
	return true;
}

/* Fails if the rows are not those of `before`; `pages` become today's. */
static void nothing_left(struct harness *h, int n, const struct picture *before,
			 struct picture_pages *pages)
{
	struct picture after;
	struct picture_pages now;
	picture_pages_take(h->site.db, &now);
	if (!picture_pages_same(pages, &now)) {
		picture_take(h->site.db, &after);
		if (picture_diff(before, &after))
			fail_msg("call %d left something behind in %s", n,
				 picture_diff(before, &after));
	}
	picture_pages_free(pages);
	*pages = now;
}

static void count_up(struct harness *h, int64_t person, bool in_turn, use_case *run, void *user)
{
	struct picture before;
	struct picture_pages pages;
	picture_take(h->site.db, &before);
	picture_pages_take(h->site.db, &pages);
	for (int n = 0; fails_at(h, person, n, in_turn, run, user); n++) {
		nothing_left(h, n, &before, &pages);
		if (n == CALLS_MOST)
			fail_msg("more than %d calls", CALLS_MOST);
	}
	picture_pages_free(&pages);
}

/* What another request of the same turn has written stays, whatever becomes of this one.  Undone
 * at the end, with the turn. */
static void count_up_in_turn(struct harness *h, int64_t person, use_case *run, void *user)
{
	CLEANUP(db_rollback) struct db_tx turn = { 0 };
	struct act act = harness_act(h, person);
	struct err e = { 0 };
	must(db_begin(h->site.db, &turn, &e) &&
		     act_journal(&act, "hall.added", 0, "", json_object(), &e),
	     &e);
	count_up(h, person, true, run, user);
}

void stage_all_or_nothing(struct harness *h, int64_t person, use_case *run, void *user)
{
	count_up_in_turn(h, person, run, user);
	count_up(h, person, false, run, user);
}

void stage_refused(const char *why, bool ok, const struct err *e, enum err_kind kind,
		   const char *key, const char *place)
{
	if (ok)
		fail_msg("%s: not refused", why);
	if (e->kind != kind || strcmp(e->key, key) != 0)
		fail_msg("%s: %s %s: %s", why, err_kind_name(e->kind), e->key, e->detail);
	if (place && strcmp(kind == ERR_LAW ? e->clause : e->field, place) != 0)
		fail_msg("%s: clause '%s', field '%s'", why, e->clause, e->field);
}

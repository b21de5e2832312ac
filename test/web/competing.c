#include "competing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t application_of(struct competing *w, int64_t attempt)
{
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(db_number(w->h->site.db, &e, &id,
			      "SELECT application_id FROM attempt WHERE id = $1", db_int(attempt)));
	return id;
}

#define MAKE(ret, sql, ...)                                                                        \
	do {                                                                                       \
		struct err make_e = { 0 };                                                         \
		if (!db_number(w->h->site.db, &make_e, ret, sql " RETURNING id", __VA_ARGS__))     \
			fail_msg("%s: %s", make_e.key, make_e.detail);                             \
	} while (0)

/* A file is there from the sample bank's candidates, or is kept now. */
static const char *a_file(struct competing *w)
{
	struct act act = harness_act(w->h, 0);
	struct err e = { 0 };
	const char *hash = NULL;
	assert_true(act_keep_file(&act, STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", &hash,
				  &e));
	return hash;
}

static void add_things_of_one(struct competing *w, int64_t *id, int64_t attempt)
{
	const struct db_value file = db_text(a_file(w));
	const struct db_value hr = db_int(w->d.hr);
	const struct db_value application = db_int(application_of(w, attempt));
	id[THING_ATTEMPT] = attempt;
	id[THING_APPLICATION] = application.number;
	MAKE(&id[THING_DOCUMENT],
	     "INSERT INTO document (application_id, kind, blob_hash, file_name, signatory,"
	     " signatory_position, added_by, added_ms)"
	     " VALUES ($1, 'service_list', $2, 'b.pdf', '', '', $3, 1)",
	     application, file, hr);
	MAKE(&id[THING_STUDY],
	     "INSERT INTO study (application_id, kind, outcome, number, day, note, blob_hash,"
	     " file_name, by_id, at_ms)"
	     " VALUES ($1, 'polygraph', 'undergone', '7', 20500, '', $2, 'a.pdf', $3, 1)",
	     application, file, hr);
	MAKE(&id[THING_RATING],
	     "INSERT INTO rating (application_id, value, number, day, issuer, blob_hash, file_name,"
	     " by_id, at_ms) VALUES ($1, '87.5', '3', 20500, 'HR', $2, 'c.pdf', $3, 1)",
	     application, file, hr);
	MAKE(&id[THING_INFORMATION],
	     "INSERT INTO security_information (application_id, number, day, content, by_id,"
	     " at_ms) VALUES ($1, '5', 20500, 'Сведений нет', $2, 1)",
	     application, hr);
	MAKE(&id[THING_COMPLAINT],
	     "INSERT INTO complaint (application_id, number, text, state, opened_by, opened_ms)"
	     " VALUES ($1, '', 'Шағым', 'open', $2, 1)",
	     application, hr);
	MAKE(&id[THING_SIGNATURE],
	     "INSERT INTO document_signature (kind, subject_id, competition_id, application_id,"
	     " sha256, signer, blob_hash, verdict, list, by_id, at_ms)"
	     " SELECT 'application', id, competition_id, id, '', '', $1, '{}', '', $2, 1"
	     " FROM application WHERE id = $3",
	     db_text(a_file(w)), hr, application);
	MAKE(&id[THING_CHALLENGE],
	     "INSERT INTO challenge (attempt_id, number, item_id, grounds, basis, paper, filed_day,"
	     " state, by_id, at_ms) VALUES ($1, 99, $2, 'Негіз', '', '1-ө', 20500, 'entered', $3, "
	     "1)",
	     db_int(attempt), db_int(w->d.item), db_int(w->d.hr2));
}

static void add_sitting_and_interview(struct competing *w, int64_t *id)
{
	const struct db_value hr = db_int(w->d.hr);
	const struct db_value sitting = db_int(w->d.hall.sitting);
	int64_t bank_key = 0;
	int64_t seat = 0;
	id[THING_SITTING] = w->d.hall.sitting;
	MAKE(&id[THING_SITTING_ACT],
	     "INSERT INTO sitting_act (sitting_id, attempt_id, kind, number, text, seat_log, state,"
	     " by_id, at_ms) VALUES ($1, $2, 'breach', '1', 'Мәтін', '[]', 'proposed', $3, 1)",
	     sitting, db_int(w->d.attempt[1]), hr);
	MAKE(&bank_key,
	     "INSERT INTO bank_key (public_key, fingerprint, made_ms) VALUES ($1, 'f', $2)",
	     db_blob("k", 1), db_int(1));
	MAKE(&id[THING_OPENING],
	     "INSERT INTO bank_opening (bank_key_id, purpose, sitting_id, reason, asked_by,"
	     " asked_ms, hours, until_ms, ended) VALUES ($1, 'sitting', $2, '', $3, 1, 2, $4, '')",
	     db_int(bank_key), sitting, hr, db_int(clock_now(&w->h->site.clock) + 1000));
	stage_plan(&w->d.hall.stage, "2026-03-26T10:00");
	id[THING_INTERVIEW] = 1;
	for (int i = 0; i < DISPUTE_PEOPLE; i++)
		MAKE(&seat,
		     "INSERT INTO interview_candidate (interview_id, application_id, turn)"
		     " VALUES (1, $1, $2)",
		     db_int(application_of(w, w->d.attempt[i])), db_int(i + 1));
}

static void add_things_of_all(struct competing *w, int64_t *id)
{
	const struct db_value hr = db_int(w->d.hr);
	const struct db_value competition = db_int(w->d.hall.stage.competition);
	struct err e = { 0 };
	id[THING_COMPETITION] = competition.number;
	(void)stage_chair(&w->d.hall.stage);
	MAKE(&id[THING_COMMISSION_ORDER],
	     "INSERT INTO commission_order (commission_id, number, day, blob_hash, file_name,"
	     " state, by_id, at_ms) SELECT id, '2', 20500, $1, 'o.pdf', 'draft', $2, 1"
	     " FROM commission WHERE competition_id = $3",
	     db_text(a_file(w)), hr, competition);
	MAKE(&id[THING_SECURITY_LIST],
	     "INSERT INTO security_list (competition_id, number, sent_by, sent_ms)"
	     " VALUES ($1, '12-3', $2, 1)",
	     competition, hr);
	MAKE(&id[THING_BODY_REQUEST],
	     "INSERT INTO body_request (competition_id, body, kind, number, reason, due, sent_by,"
	     " sent_ms) VALUES ($1, 'internal-affairs', 'information', '4', '', 20600, $2, 1)",
	     competition, hr);
	MAKE(&id[THING_BULK],
	     "INSERT INTO bulk (kind, competition_id, by_id, started_ms, stopped)"
	     " VALUES ('remind', $1, $2, 1, 0)",
	     competition, hr);
	MAKE(&id[THING_DESTRUCTION_ACT],
	     "INSERT INTO destruction_act (competition_id, number, kept_until, by_id, second_id,"
	     " at_ms, last_seq, seat_events, entries) VALUES ($1, '3-a', 20500, $2, $3, 1,"
	     " 0, 0, 0)",
	     competition, hr, db_int(w->d.hr2));
	MAKE(&id[THING_DESTRUCTION_PROPOSAL],
	     "INSERT INTO destruction_proposal (competition_id, number, day, reason, contents,"
	     " last_seq, asked_by, asked_ms, state, answer)"
	     " VALUES ($1, '3-a', 20500, 'x', '{}', 1, $2, 1, 'asked', '')",
	     competition, hr);
	assert_true(db_number(w->h->site.db, &e, &id[THING_JOURNAL_ENTRY],
			      "SELECT MAX(seq) FROM journal_entry WHERE competition_id = $1",
			      competition));
}

struct competing competing_open(struct harness *h)
{
	struct competing w = { .d = dispute_open(h), .h = h };
	struct err e = { 0 };
	dispute_names(&w.d);
	w.officer = harness_person(h, COMPETING_OFFICES);
	add_things_of_one(&w, w.own, w.d.attempt[0]);
	add_things_of_one(&w, w.rival, w.d.attempt[1]);
	add_sitting_and_interview(&w, w.own);
	add_things_of_all(&w, w.own);
	for (int i = THING_SITTING; i < THING_COUNT; i++)
		w.rival[i] = w.own[i];
	assert_true(db_exec(h->site.db, &e, NULL,
			    "UPDATE application SET person_id = $1 WHERE id = $2",
			    db_int(w.officer), db_int(w.own[THING_APPLICATION])));
	return w;
}

#include "office.h"

#include "signing.h"
#include "stage.h"

#include "app/access/access_request.h"
#include "app/access/people.h"
#include "app/access/reauth.h"
#include "app/candidate/application.h"
#include "app/candidate/check.h"
#include "app/candidate/scan.h"
#include "app/competition/calendar_change.h"
#include "app/competition/complaint.h"
#include "app/sitting/hall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run(bool ok, const struct err *e)
{
	if (!ok) {
		(void)fprintf(stderr, "%s: %s\n", e->key, e->detail);
		exit(1);
	}
}

static void check_first(struct stage *s, int64_t application)
{
	struct err e = { 0 };
	const struct act hr = harness_act(s->h, s->hr);
	const struct check_finding found = { 0, 0, true, "диплом", "" };
	run(check_papers(&hr, application, false, "Нет рекомендации", &e) &&
		    check_find(&hr, application, &found, &e) &&
		    check_decide(&hr, application, false, "Стаж не подтверждён", &e),
	    &e);
}

static void complain(struct stage *s, int64_t application)
{
	struct err e = { 0 };
	int64_t id = 0;
	const struct act candidate = harness_act(s->h, stage_person_of(s, application));
	run(complaint_open(&candidate, application, "", "Не согласен.", &id, &e), &e);
}

static void withdraw(struct stage *s, int64_t application)
{
	struct err e = { 0 };
	const struct act candidate = harness_act(s->h, stage_person_of(s, application));
	run(application_withdraw(&candidate, application, "Передумал", &e), &e);
}

/* The receipts that a real sending would have given. */
static void give_receipts(struct harness *h)
{
	struct err e = { 0 };
	run(db_exec(h->site.db, &e, NULL, "UPDATE application SET receipt = 'receipt-' || id"), &e);
}

/* Given and taken back a minute later. */
static void give_office(struct harness *h, int64_t officer)
{
	struct err e = { 0 };
	struct act system = harness_act(h, 0);
	run(person_set_password(&system, officer, "a long password of nobody", &e), &e);
	harness_at(h, "2026-03-02T10:01");
	system = harness_act(h, 0);
	run(person_grant(&system, officer, ROLE_NAME_AUDITOR, "pgo", &e), &e);
}

static void take_office(struct harness *h, struct signing *admins, int64_t officer)
{
	struct err e = { 0 };
	int64_t id = 0;
	const struct request_form form = { REQUEST_REVOKE, officer, ROLE_NAME_AUDITOR, "pgo",
					   "ошибка" };
	harness_at(h, "2026-03-02T10:02");
	const struct act one = harness_act(h, admins->admin);
	const struct act two = harness_act(h, admins->other);
	run(request_ask(&one, &form, &id, &e), &e);
	harness_at(h, "2026-03-02T10:03");
	struct act later = two;
	later.now_ms = one.now_ms + 60000;
	run(request_answer(&later, id, true, &e), &e);
}

static void move_day(struct stage *s)
{
	struct err e = { 0 };
	const struct act hr = harness_act(s->h, s->hr);
	struct calendar_change change = { .kind = "transfer", .order = "17" };
	run((day_parse("2026-05-08", &change.day) && day_parse("2026-05-16", &change.other) &&
	     day_parse("2026-03-01", &change.order_day)) ||
		    err_set(&e, ERR_INPUT, "day", "no day"),
	    &e);
	run(calendar_change_add(&hr, &change, &e), &e);
}

/* An authority that was refused, as a row: the use case wants a certificate of one. */
static void refuse_authority(struct harness *h)
{
	struct err e = { 0 };
	run(db_exec(h->site.db, &e, NULL,
		    "UPDATE trust_certificate SET state = 'refused' WHERE id = (SELECT MIN(id)"
		    " FROM trust_certificate)"),
	    &e);
}

/* A scanner has answered, and has found something in a file. */
static void find_virus(struct harness *h)
{
	static const char bytes[] = "%PDF-1.4 infected";
	static const struct scanner scanner = { "ClamAV 1.4.3", "27800" };
	const struct act act = harness_act(h, 0);
	const char *hash = NULL;
	struct scan_file file = { 0 };
	struct err e = { 0 };
	bool found = true;
	run(act_keep_file(&act, bytes, sizeof(bytes) - 1, "application/pdf", &hash, &e) &&
		    scan_answered(&act, &scanner, &e),
	    &e);
	while (found) {
		run(scan_claim(&act, &file, &found, &e), &e);
		const bool it = found && strcmp(file.hash, hash) == 0;
		run(!found || scan_settle(&act, &file, &scanner, it ? "Test.Virus" : "", &e), &e);
	}
}

/* R28-1: a hall is entered, gets more seats, and is closed. */
static void keep_hall(struct stage *s)
{
	struct err e = { 0 };
	const struct act hr = harness_act(s->h, s->hr);
	struct hall_form form = {
		.organ = "pgo", .name_kk = "Ескі зал", .name_ru = "Старый зал", .seats = 12
	};
	int64_t id = 0;
	run(hall_add(&hr, &form, &id, &e), &e);
	form.seats = 16;
	run(hall_change(&hr, id, &form, false, &e), &e);
	run(hall_close(&hr, id, "Жөндеу", &e), &e);
}

void office_play(struct harness *h)
{
	struct signing admins = signing_open_with(h, TEST_EC);
	struct stage s = stage_open(h);
	const int64_t first = stage_candidate(&s, STAGE_SENT | STAGE_PAPERS);
	const int64_t second = stage_candidate(&s, STAGE_MET | STAGE_PAPERS);
	const int64_t third = stage_candidate(&s, STAGE_SENT | STAGE_PAPERS);
	(void)harness_person(h, 0); /* who never applied */
	give_receipts(h);
	check_first(&s, first);
	complain(&s, second);
	withdraw(&s, third);
	move_day(&s);
	keep_hall(&s);
	refuse_authority(h);
	const int64_t officer = harness_person(h, 0);
	give_office(h, officer);
	take_office(h, &admins, officer);
	find_virus(h);
}

static void tell(struct harness *h, const char *subject)
{
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct act act = harness_act(h, 0);
	run(db_begin(h->site.db, &tx, &e) &&
		    act_journal(&act, "demonstration.made", 0, subject, json_object(), &e) &&
		    db_commit(&tx, &e),
	    &e);
}

void office_tell(struct harness *h)
{
	size_t i = 0;
	const json_t *row = NULL;
	struct err e = { 0 };
	run(db_exec(h->site.db, &e, NULL,
		    "INSERT INTO bank_sign (bank_item_id, revision, part, person_id, verdict,"
		    " reason, at_ms) SELECT MIN(id), 1, 'approval', 1, 'agreed', '', 1"
		    "  FROM bank_item"),
	    &e);
	const json_t *rows = db_rows(h->site.db, h->arena, &e,
				     "SELECT 'application/' || id AS subject FROM application"
				     " UNION ALL SELECT 'person/' || id FROM person"
				     " UNION ALL SELECT 'competition/' || id FROM competition"
				     " UNION ALL SELECT 'commission/' || id FROM commission"
				     " UNION ALL SELECT 'interview/' || id FROM interview"
				     " UNION ALL SELECT 'security_list/' || id FROM security_list"
				     " UNION ALL SELECT 'trust/' || id FROM trust_certificate"
				     " UNION ALL SELECT 'question/' || MIN(id) FROM bank_item");
	run(rows != NULL, &e);
	json_array_foreach (rows, i, row)
		tell(h, row_text(row, "subject"));
}

#include "scene.h"

#include "hall.h"
#include "signing.h"
#include "test_db.h"

#include "app/bank/bank.h"
#include "app/evidence/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t number_of(struct scene *s, const char *what)
{
	struct err e = { 0 };
	int64_t n = 0;
	struct db *db = s->stage.h->site.db;
	bool ok = strcmp(what, "attempt") == 0
			  ? db_number(db, &e, &n, "SELECT MIN(id) FROM attempt")
		  : strcmp(what, "interview") == 0
			  ? db_number(db, &e, &n, "SELECT MIN(id) FROM interview")
			  : db_number(db, &e, &n, "SELECT MIN(id) FROM security_list");
	if (!ok)
		fail_msg("%s: %s", what, e.detail);
	return n;
}

static int64_t person(struct scene *s, const char *family, const char *given,
		      const char *patronymic)
{
	int64_t id = harness_person(s->stage.h, 0);
	ROW(s,
	    "UPDATE person SET family = $2, given = $3, patronymic = $4,"
	    " position_kk = 'аға прокурор', position_ru = 'старший прокурор' WHERE id = $1",
	    db_int(id), db_text(family), db_text(given), db_text(patronymic));
	return id;
}

static void rename_person(struct scene *s, int64_t application, const char *family,
			  const char *given, const char *patronymic)
{
	ROW(s, "UPDATE person SET family = $2, given = $3, patronymic = $4 WHERE id = $1",
	    db_int(stage_person_of(&s->stage, application)), db_text(family), db_text(given),
	    db_text(patronymic));
}

/* The test of the first candidate: a form, figures by act, a breach of another. */
static void add_test(struct scene *s)
{
	const int64_t now = clock_now(&s->stage.h->site.clock);
	const struct rule_set *rules = s->stage.h->site.book->rule_sets[0].rule_set;
	s->attempt = number_of(s, "attempt");
	ROW(s,
	    "UPDATE attempt SET form_hash = $2, started_ms = $3 - 5400000, code = 'ҚЖ-17'"
	    " WHERE id = $1",
	    db_int(s->attempt), db_blob("0123456789abcdef0123456789abcdef", 32), db_int(now));
	ROW(s, "UPDATE sitting SET commitment = $1, bank_hash = $1, secret = $1",
	    db_blob("0123456789abcdef0123456789abcdef", 32));
	for (size_t i = 0; i < rules->act_count; i++)
		ROW(s,
		    "INSERT INTO result_act (attempt_id, act, correct, asked) VALUES ($1, $2, $3, "
		    "$4)",
		    db_int(s->attempt), db_text(rules->acts[i].code),
		    db_int(rules->acts[i].questions - 3), db_int(rules->acts[i].questions));
	ROW(s, "UPDATE result SET correct = 90 WHERE attempt_id = $1", db_int(s->attempt));
	ROW(s,
	    "INSERT INTO sitting_act (sitting_id, attempt_id, kind, number, text, seat_log, state,"
	    " by_id, at_ms, answered_by, answered_ms) VALUES ((SELECT sitting_id FROM attempt"
	    " WHERE id = $1), $1, 'technical', '3-т', $2, '', 'signed', $3, $4, $3, $4)",
	    db_int(s->attempt),
	    db_text("Залда электр қуаты 34 минутқа өшті.\nВ зале на 34 минуты пропало "
		    "электричество."),
	    db_int(s->chair), db_int(now));
}

static int64_t seat(struct scene *s, int64_t commission, int64_t who, const char *role,
		    const char *kind)
{
	struct err e = { 0 };
	int64_t member = 0;
	assert_true(db_number(s->stage.h->site.db, &e, &member,
			      "INSERT INTO commission_member (commission_id, person_id, role, kind,"
			      " employee) VALUES ($1, $2, $3, $4, 1) RETURNING id",
			      db_int(commission), db_int(who), db_text(role), db_text(kind)));
	ROW(s, "INSERT INTO attendance (interview_id, member_id, at_ms) VALUES ($1, $2, 0)",
	    db_int(s->interview), db_int(member));
	return member;
}

static void add_vote(struct scene *s, int64_t member, const char *choice)
{
	ROW(s,
	    "INSERT INTO ballot (member_id, application_id, choice, at_ms) VALUES ($1, $2, $3, 0)",
	    db_int(member), db_int(s->application), db_text(choice));
}

static void add_interview(struct scene *s)
{
	const int64_t now = clock_now(&s->stage.h->site.clock);
	struct err e = { 0 };
	int64_t commission = 0;
	stage_plan(&s->stage, "2026-03-26T10:00");
	s->interview = number_of(s, "interview");
	assert_true(db_number(s->stage.h->site.db, &e, &commission,
			      "INSERT INTO commission (competition_id, order_number, order_day,"
			      " state, created_by, created_ms) VALUES ($1, '15-к', 20510,"
			      " 'appointed', $2, 0) RETURNING id",
			      db_int(s->stage.competition), db_int(s->stage.hr)));
	add_vote(s, seat(s, commission, s->chair, "chair", "subdivision_head"), "for");
	int64_t member = person(s, "Өмірбекова", "Ұлжан", "Ғабитқызы");
	add_vote(s, seat(s, commission, member, "member", "own_security"), "for");
	member = person(s, "Петров", "Пётр", "Петрович");
	add_vote(s, seat(s, commission, member, "member", "other"), "against");
	(void)seat(s, commission, s->secretary, "secretary", "hr");
	ROW(s,
	    "UPDATE interview SET state = 'closed', started_ms = start_ms, closed_ms = start_ms +"
	    " 7200000 WHERE id = $1",
	    db_int(s->interview));
	ROW(s,
	    "INSERT INTO interview_candidate (interview_id, application_id, turn, warned_ms,"
	    " warned_by, started_ms, ended_ms) VALUES ($1, $2, 1, $3, $4, $3 + 60000, $3 +"
	    " 1500000)",
	    db_int(s->interview), db_int(s->application), db_int(now), db_int(s->secretary));
	ROW(s,
	    "INSERT INTO decision (application_id, outcome, votes_for, votes_against, present,"
	    " quorum, chair_decided, by_id, at_ms) VALUES ($1, 'positive', 2, 1, 3, 2, 0, $2, $3)",
	    db_int(s->application), db_int(s->secretary), db_int(now + 1600000));
	ROW(s,
	    "INSERT INTO decision_roll (application_id, member_id, role, choice)"
	    " SELECT $1, m.id, m.role, b.choice FROM commission_member m"
	    "  JOIN ballot b ON b.member_id = m.id AND b.application_id = $1",
	    db_int(s->application));
	ROW(s,
	    "INSERT INTO minutes_signature (interview_id, member_id, role, dissent, signed_ms)"
	    " SELECT $1, m.id, m.role, CASE m.role WHEN 'member' THEN 'Қарсымын.' ELSE '' END,"
	    " CASE m.role WHEN 'secretary' THEN NULL ELSE $2 END FROM commission_member m",
	    db_int(s->interview), db_int(now + 7200000));
	ROW(s,
	    "INSERT INTO interview_question (application_id, number, version, asked_by, question,"
	    " answer, by_id, at_ms) SELECT $1, 1, 1, m.id, 'Неліктен?', 'Себебі.', $2, $3"
	    "  FROM commission_member m WHERE m.role = 'chair'",
	    db_int(s->application), db_int(s->secretary), db_int(now));
	ROW(s, "INSERT INTO minutes (interview_id, number, by_id, at_ms) VALUES ($1, '7', $2, $3)",
	    db_int(s->interview), db_int(s->secretary), db_int(now));
}

static void add_receipt(struct scene *s)
{
	static const char receipt[] =
		"8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b7a1234";
	struct act act = harness_act(s->stage.h, s->person);
	struct err e = { 0 };
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	ROW(s, "UPDATE application SET receipt = $2 WHERE id = $1", db_int(s->application),
	    db_text(receipt));
	assert_true(db_begin(act.db, &tx, &e) &&
		    act_journal(&act, "application.sent", s->stage.competition,
				act_subject(&act, "application", s->application),
				json_pack("{s:s}", "receipt", receipt), &e) &&
		    db_commit(&tx, &e));
}

/* What comes of a second route, and after the years (R23-1, F74). */
static void add_others(struct scene *s)
{
	const int64_t now = clock_now(&s->stage.h->site.clock);
	ROW(s,
	    "INSERT INTO body_request (id, competition_id, body, kind, number, reason, due, "
	    "sent_by,"
	    " sent_ms) VALUES (1, $1, 'internal-affairs', 'conclusions', '5-с', '', 20530, $2, $3)",
	    db_int(s->stage.competition), db_int(s->stage.hr), db_int(now));
	ROW(s,
	    "INSERT INTO body_request_entry (request_id, application_id, kind)"
	    " VALUES (1, $1, 'polygraph')",
	    db_int(s->application));
	ROW(s,
	    "INSERT INTO destruction_act (id, competition_id, number, kept_until, by_id, second_id,"
	    " at_ms, last_seq, seat_events, entries)"
	    " VALUES (1, $1, '1-ж', 21600, $2, $3, $4, 0, 120, 3400)",
	    db_int(s->stage.competition), db_int(s->secretary), db_int(s->chair), db_int(now));
}

/* A question was challenged, and its key corrected (F62, F63). */
static void add_challenge(struct scene *s)
{
	const int64_t now = clock_now(&s->stage.h->site.clock);
	ROW(s,
	    "INSERT INTO item (id, code, act, article, text_day, answer, options, hash, sample,"
	    " added_ms) VALUES (1, 'civ-001', 'civil-code', '152', 20000, 1, 4, $1, 0, $2)",
	    db_blob("0123456789abcdef0123456789abcdef", 32), db_int(now));
	ROW(s,
	    "INSERT INTO form_question (attempt_id, number, item_id, act, shown)"
	    " VALUES ($1, 17, 1, 'civil-code', '2031')",
	    db_int(s->attempt));
	ROW(s,
	    "INSERT INTO finding (id, item_id, kind, answer, article, reasons, state, by_id, at_ms,"
	    " answered_by, answered_ms, answer_note) VALUES (1, 1, 'key', 2,"
	    " 'АК 152-бабының 2-тармағы', 'Кілт бұрынғы мәтінге сай.\nКлюч по прежнему тексту.',"
	    " 'confirmed', $1, $3, $2, $3, '')",
	    db_int(s->secretary), db_int(s->chair), db_int(now));
	ROW(s,
	    "INSERT INTO challenge (id, attempt_id, number, item_id, grounds, basis, paper,"
	    " filed_day, state, by_id, at_ms, ended_ms, finding_id) VALUES (1, $1, 17, 1,"
	    " 'Дұрыс жауап – үшінші нұсқа.', 'Азаматтық кодекс, 152-бап', '', $2, 'decided', $3,"
	    " $4, $4, 1)",
	    db_int(s->attempt), db_int(day_of_instant(now).n), db_int(s->person), db_int(now));
	ROW(s,
	    "INSERT INTO key_correction (id, finding_id, item_id, kind, old_answer, answer, had,"
	    " changed, at_ms) VALUES (1, 1, 1, 'key', 1, 2, 1, 1, $1)",
	    db_int(now));
	for (int number = 1; number <= 2; number++)
		ROW(s,
		    "INSERT INTO result_version (attempt_id, number, correct, asked, pass_mark,"
		    " positive, points, answers_hash, correction_id, at_ms, stage, note)"
		    " VALUES ($1, $2, $3, 120, 84, 1, '', $4, $5, $6, '', '')",
		    db_int(s->attempt), db_int(number), db_int(88 + number), db_blob("h", 1),
		    number == 2 ? db_int(1) : db_null(), db_int(now - 60000 * (2 - number)));
}

/* A question of a form on paper, with so many options. */
static void add_question(struct scene *s, int64_t number, int options)
{
	const struct act system = harness_act(s->stage.h, 0);
	struct arena *a = s->stage.h->arena;
	struct item item = {
		.act = "civil-code",
		.article = "152",
		.text_date = { 20000 },
		.options = options,
		.answer = (int)(number % options),
		.kk = { .stem = arena_print(a,
					    "%lld-сұрақ. Мәміленің жазбаша нысаны қашан міндетті?",
					    (long long)number) },
		.ru = { .stem = arena_print(a, "Вопрос %lld. Когда обязательна письменная форма?",
					    (long long)number) },
	};
	struct err e = { 0 };
	int64_t id = 0;
	for (int i = 0; i < options; i++) {
		item.kk.option[i] = arena_print(a, "%d-нұсқа: әрқашан", i + 1);
		item.ru.option[i] = arena_print(a, "вариант %d: всегда", i + 1);
	}
	if (!bank_version(&system, arena_print(a, "paper-%lld", (long long)number), &item, true,
			  &id, &e))
		fail_msg("%s: %s", e.key, e.detail);
	ROW(s,
	    "INSERT INTO paper_form_question (form_id, number, item_id, shown)"
	    " VALUES (1, $1, $2, $3)",
	    db_int(number), db_int(id), db_text(options == 5 ? "43210" : "1032"));
}

/* As paper_form_make() leaves one, without its luck. */
static void add_form(struct scene *s)
{
	enum { QUESTIONS = 30 };
	const char *hash = "0123456789abcdef0123456789abcdef";
	s->approver = harness_person(s->stage.h, ROLE_APPROVER);
	ROW(s,
	    "INSERT INTO paper_form (id, act, questions, reason, seed, bank_hash, form_hash,"
	    " made_ms, agreed_ms) VALUES (1, '', $1, 'Нет связи', $2, $2, $2, $3, $3)",
	    db_int(QUESTIONS), db_blob(hash, 32), db_int(clock_now(&s->stage.h->site.clock)));
	for (int64_t i = 1; i <= QUESTIONS; i++)
		add_question(s, i, i == 7 ? 5 : 4);
}

/* Own security's letter, signed with a key (F12). */
static void add_letter(struct scene *s)
{
	const int64_t now = clock_now(&s->stage.h->site.clock);
	ROW(s,
	    "UPDATE person SET family = 'Оспанова', given = 'Әсел', patronymic = 'Маратқызы'"
	    " WHERE id = $1",
	    db_int(s->stage.security));
	ROW(s,
	    "INSERT INTO security_information (id, application_id, number, day, content, blob_hash,"
	    " file_name, by_id, at_ms) VALUES (1, $1, '15-қ', 20536, $2, NULL, NULL, $3, $4)",
	    db_int(s->application),
	    db_text("Кандидат туралы мәліметтер тексерілді.\nСведения о кандидате проверены."),
	    db_int(s->stage.security), db_int(now));
	struct signing signing = signing_open(s->stage.h);
	signing_sign(&signing, s->stage.security, "security", 1);
}

struct scene scene_set(struct harness *h)
{
	struct scene s = { .stage = stage_open(h) };
	const unsigned done = STAGE_COMPLETE | STAGE_RELEASED | STAGE_LISTED | STAGE_SENT;
	s.chair = person(&s, "Қайратұлы", "Әлімжан", "Серікұлы");
	s.secretary = person(&s, "Иванова", "Анна", "Сергеевна");
	s.application = stage_candidate(&s.stage, done);
	s.person = stage_person_of(&s.stage, s.application);
	rename_person(&s, s.application, "Тілеубергенова", "Гүлнұр", "Һасанқызы");
	s.other = stage_candidate(&s.stage, STAGE_MET);
	rename_person(&s, s.other, "Сидоров", "Семён", "Семёнович");
	s.list = number_of(&s, "list");
	add_test(&s);
	add_challenge(&s);
	test_db_number(s.stage.h->site.db);
	add_receipt(&s);
	harness_at(h, "2026-03-26T10:00");
	add_interview(&s);
	add_others(&s);
	add_form(&s);
	add_letter(&s);
	return s;
}

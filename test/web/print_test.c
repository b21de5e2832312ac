/* Papers of a competition as PDF: what stands on them, whose they are, in both languages. */
#include "golden.h"
#include "hall.h"
#include "signing.h"

#include "app/bank.h"
#include "app/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A competition that is over: rows are written directly, as in stage.h. */
struct scene {
	struct stage stage;
	int64_t application, person, other, attempt, list, interview, secretary, chair, approver;
};

#define ROW(s, sql, ...)                                                                           \
	do {                                                                                       \
		struct err row_e = { 0 };                                                          \
		if (!db_exec((s)->stage.h->site.db, &row_e, NULL, sql, __VA_ARGS__))               \
			fail_msg("%s: %s", row_e.key, row_e.detail);                               \
	} while (0)

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

static struct scene set(struct harness *h)
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
	add_receipt(&s);
	harness_at(h, "2026-03-26T10:00");
	add_interview(&s);
	add_others(&s);
	add_form(&s);
	add_letter(&s);
	return s;
}

/* ---- papers ---------------------------------------------------------------------------------- */

static const char *path_of(struct scene *s, const char *pattern, int64_t id, const char *language)
{
	struct arena *a = s->stage.h->arena;
	const char *hole = strchr(pattern, '#');
	return arena_print(a, "%.*s%lld%s?language=%s", (int)(hole - pattern), pattern,
			   (long long)id, hole + 1, language);
}

static struct buf fetch(struct scene *s, int64_t person_id, const char *path)
{
	if (person_id != 0 && s->application != 0)
		harness_open_papers(s->stage.h, person_id, s->application);
	if (person_id != 0 && s->other != 0)
		harness_open_papers(s->stage.h, person_id, s->other);
	struct answer a = harness_get(s->stage.h, person_id, path);
	if (a.status != 200)
		fail_msg("%s: %d %s", path, a.status, a.error);
	assert_string_equal(a.type, "application/pdf");
	struct buf pdf = buf_on(s->stage.h->arena);
	buf_add_n(&pdf, a.body, a.size);
	return pdf;
}

/* For whoever wants to look at them: KONKURS_PAPERS=FOLDER. */
static void keep_for_eyes(struct scene *s, const struct buf *pdf, const char *name)
{
	const char *folder = getenv("KONKURS_PAPERS");
	FILE *file = folder ? fopen(arena_print(s->stage.h->arena, "%s/%s.pdf", folder, name), "wb")
			    : NULL;
	if (file) {
		(void)fwrite(pdf->text, 1, pdf->length, file);
		(void)fclose(file);
	}
}

enum whose { OF_HR, OF_CANDIDATE, OF_CHAIR, OF_APPROVER, OF_NOBODY };
enum thing { COMPETITION, APPLICATION, LIST, ATTEMPT, FIRST, INTERVIEW };

static const struct {
	const char *name, *path;
	enum thing thing;
	enum whose reader, refused;
} papers[] = {
	{ "announcement", "/announcements/#/announcement.pdf", COMPETITION, OF_NOBODY, OF_NOBODY },
	{ "receipt", "/applications/#/receipt.pdf", APPLICATION, OF_CANDIDATE, OF_CHAIR },
	{ "security-list", "/security-lists/#/list.pdf", LIST, OF_HR, OF_CANDIDATE },
	{ "security-letter", "/security-letters/#/letter.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "test-list", "/competitions/#/test-list.pdf", COMPETITION, OF_HR, OF_CANDIDATE },
	{ "result", "/results/#/result.pdf", ATTEMPT, OF_CANDIDATE, OF_NOBODY },
	{ "act", "/sitting-acts/#/act.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "request", "/requests/#/request.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "challenge", "/challenges/#/challenge.pdf", FIRST, OF_HR, OF_CHAIR },
	{ "verdict", "/challenges/#/decision.pdf", FIRST, OF_CANDIDATE, OF_CHAIR },
	{ "destruction", "/destruction-acts/#/act.pdf", FIRST, OF_HR, OF_CANDIDATE },
	{ "dossier", "/applications/#/dossier-cover.pdf", APPLICATION, OF_CHAIR, OF_CANDIDATE },
	{ "invitation", "/applications/#/invitation.pdf", APPLICATION, OF_CANDIDATE, OF_CHAIR },
	{ "ballot", "/applications/#/decision.pdf", APPLICATION, OF_CHAIR, OF_CANDIDATE },
	{ "minutes", "/interviews/#/minutes.pdf", INTERVIEW, OF_CHAIR, OF_CANDIDATE },
	{ "notice", "/applications/#/notice.pdf", APPLICATION, OF_CANDIDATE, OF_NOBODY },
	{ "form", "/bank/forms/#/form.pdf", FIRST, OF_APPROVER, OF_HR },
	{ "form-key", "/bank/forms/#/key.pdf", FIRST, OF_APPROVER, OF_HR },
	{ "bundle-dossier", "/applications/#/dossier.pdf", APPLICATION, OF_HR, OF_CANDIDATE },
	{ "bundle-competition", "/competitions/#/bundle.pdf", COMPETITION, OF_HR, OF_CHAIR },
};

static int64_t id_of(const struct scene *s, enum thing thing)
{
	switch (thing) {
	case COMPETITION: return s->stage.competition;
	case APPLICATION: return s->application;
	case LIST: return s->list;
	case ATTEMPT: return s->attempt;
	case FIRST: return 1;
	case INTERVIEW: return s->interview;
	}
	return 0;
}

static int64_t who(const struct scene *s, enum whose whose)
{
	switch (whose) {
	case OF_HR: return s->stage.hr;
	case OF_CANDIDATE: return s->person;
	case OF_CHAIR: return s->chair;
	case OF_APPROVER: return s->approver;
	case OF_NOBODY: return 0;
	}
	return 0;
}

/* Every paper in both languages; F2: each says that its values are for demonstration. */
static void test_papers(void **state)
{
	static const struct {
		const char *language, *mark;
	} tongue[] = { { "kk", "КӨРСЕТІЛІМ" }, { "ru", "ДЕМОНСТРАЦИЯ" } };
	struct scene s = set(*state);
	s.stage.h->site.demonstration = true; /* a form on paper is of no competition */
	for (size_t i = 0; i < COUNT(papers); i++) {
		for (size_t k = 0; k < COUNT(tongue); k++) {
			const char *name = arena_print(s.stage.h->arena, "%s.%s", papers[i].name,
						       tongue[k].language);
			const struct buf pdf =
				fetch(&s, who(&s, papers[i].reader),
				      path_of(&s, papers[i].path, id_of(&s, papers[i].thing),
					      tongue[k].language));
			struct pdf_file f = pdf_keep(s.stage.h->arena, &pdf);
			keep_for_eyes(&s, &pdf, name);
			pdf_fonts_inside(&f);
			const char *page = pdf_tool(&f, "pdftotext -layout -l 1 FILE -");
			if (!strstr(page, tongue[k].mark))
				fail_msg("%s does not say that it is a demonstration", name);
			golden_text(&f, name);
			pdf_drop(&f);
		}
	}
}

/* Whoever may not see the page gets no paper. */
static void test_rights(void **state)
{
	struct scene s = set(*state);
	for (size_t i = 0; i < COUNT(papers); i++) {
		const char *path = path_of(&s, papers[i].path, id_of(&s, papers[i].thing), "ru");
		int64_t outsider = harness_person(s.stage.h, 0);
		if (papers[i].reader == OF_NOBODY)
			continue;
		struct answer a = harness_get(s.stage.h, outsider, path);
		if (a.status != 403 && a.status != 404)
			fail_msg("%s: an outsider gets %d", path, a.status);
		if (papers[i].refused == OF_NOBODY)
			continue;
		a = harness_get(s.stage.h, who(&s, papers[i].refused), path);
		if (a.status != 403 && a.status != 404)
			fail_msg("%s: %d for who may not", path, a.status);
	}
}

/* F76: whoever is given the letter on paper has seen it, and that is written down; HR says first
 * for what, own security does not. */
static void test_letter(void **state)
{
	struct scene s = set(*state);
	struct harness *h = s.stage.h;
	const char *path = path_of(&s, "/security-letters/#/letter.pdf", 1, "kk");
	struct answer a = harness_get(h, s.stage.hr, path);
	assert_int_equal(a.status, 403);
	assert_string_equal(a.error, "restricted.error.reason");
	assert_int_equal(stage_journalled(h, "security.viewed"), 0);
	assert_int_equal(stage_journalled(h, "paper.issued"), 0);
	a = harness_get(h, s.stage.security, path);
	assert_int_equal(a.status, 200);
	assert_int_equal(stage_journalled(h, "security.viewed"), 1);
	(void)fetch(&s, s.stage.hr, path);
	assert_int_equal(stage_journalled(h, "security.viewed"), 2);
	assert_int_equal(stage_journalled(h, "paper.issued"), 1);
	assert_int_equal(harness_get(h, s.person, path).status, 403);
	assert_int_equal(harness_get(h, s.chair, path).status, 403);
	assert_int_equal(harness_get(h, s.stage.hr, "/security-letters/9/letter.pdf").status, 404);
}

/* The same paper again is the same file, whoever asks for it. */
static void test_same(void **state)
{
	struct scene s = set(*state);
	const char *path = path_of(&s, "/interviews/#/minutes.pdf", s.interview, "kk");
	const struct buf one = fetch(&s, s.chair, path);
	harness_at(s.stage.h, "2026-03-27T10:00");
	const struct buf two = fetch(&s, s.stage.hr, path);
	assert_int_equal(one.length, two.length);
	assert_memory_equal(one.text, two.text, one.length);
}

/* Handed out twice, registered once; anybody can verify any paper. */
static void test_register(void **state)
{
	struct scene s = set(*state);
	struct harness *h = s.stage.h;
	const char *path = path_of(&s, "/interviews/#/minutes.pdf", s.interview, "kk");
	struct err e = { 0 };
	const char *hash = "";
	(void)fetch(&s, s.chair, path);
	(void)fetch(&s, s.stage.hr, path);
	assert_int_equal(stage_journalled(h, "paper.issued"), 1);
	assert_true(db_string(h->site.db, h->arena, &e, &hash, "SELECT hash FROM paper"));
	struct answer a = harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", hash));
	assert_string_equal(answer_text(&a, "found.kind"), "minutes");
	/* A form on paper is of no competition. */
	(void)fetch(&s, s.approver, "/bank/forms/1/form.pdf?language=ru");
	(void)fetch(&s, s.approver, "/bank/forms/1/form.pdf?language=ru");
	assert_true(
		db_string(h->site.db, h->arena, &e, &hash, "SELECT hash FROM paper_form_issued"));
	a = harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", hash));
	assert_string_equal(answer_text(&a, "found.kind"), "form");
	assert_int_equal(stage_journalled(h, "paper.issued"), 2);
	/* A bundle registers what is in it, and itself. */
	(void)fetch(&s, s.stage.hr,
		    path_of(&s, "/competitions/#/bundle.pdf", s.stage.competition, "kk"));
	assert_in_range(stage_journalled(h, "paper.issued"), 10, 30);
}

static bool issue(const struct act *act, void *user, struct err *e)
{
	const struct scene *s = user;
	const struct issued_paper paper = { .hash = "ab",
					    .kind = "minutes",
					    .competition_id = s->stage.competition,
					    .language = "kk",
					    .seq = 1 };
	return paper_issue(act, &paper, e);
}

static void test_register_whole(void **state)
{
	struct scene s = set(*state);
	stage_all_or_nothing(s.stage.h, s.stage.hr, issue, &s);
}

/* F15: anybody can look whether a receipt is ours; nothing leads to a person. */
static void test_verify(void **state)
{
	struct scene s = set(*state);
	struct harness *h = s.stage.h;
	const struct buf pdf = fetch(
		&s, s.person, path_of(&s, "/applications/#/receipt.pdf", s.application, "ru"));
	struct pdf_file f = pdf_keep(h->arena, &pdf);
	char *scanned = arena_copy(
		h->arena,
		pdf_tool(&f, "pdftoppm -r 120 -l 1 -singlefile -gray FILE DIR/q &&"
			     " zbarimg -q --raw -Sdisable -Sqrcode.enable DIR/q.pgm 2>/dev/null"));
	pdf_drop(&f);
	for (char *at = scanned; *at; at++)
		*at = (char)(*at == ' ' ? '+' : *at == '\n' ? '\0' : *at);
	struct answer a = harness_get(h, 0, arena_print(h->arena, "/verify?hash=%s", scanned));
	assert_int_equal(a.status, 200);
	assert_string_equal(answer_text(&a, "found.kind"), "receipt");
	assert_true(answer_number(&a, "found.seq") > 0);
	assert_null(strstr(a.body, "Тілеубергенова"));
	a = harness_get(h, 0, "/verify?hash=8d1c1a1b");
	assert_true(json_is_true(answer_value(&a, "malformed")));
	a = harness_get(h, 0,
			"/verify?hash=ffff1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b"
			"7a1234");
	assert_true(json_is_true(answer_value(&a, "unknown")));
	assert_true(json_is_null(answer_value(&a, "found")));
}

/* F59: a test that nobody has closed yet has no sheet. */
static void test_open_result(void **state)
{
	struct scene s = set(*state);
	ROW(&s, "UPDATE attempt SET finish = NULL, finished_ms = NULL WHERE id = $1",
	    db_int(s.attempt));
	struct answer a = harness_get(s.stage.h, s.person,
				      path_of(&s, "/results/#/result.pdf", s.attempt, "ru"));
	assert_int_equal(a.status, 404);
}

static void test_pages(void **state)
{
	struct scene s = set(*state);
	struct harness *h = s.stage.h;
	harness_check_page(h, 0, "/verify");
	harness_check_page(h, 0,
			   "/verify?hash=8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c6b7a8d1c1a1b0f3e4d5c"
			   "6b7a1234");
	harness_check_page(h, s.stage.hr,
			   arena_print(h->arena, "/competitions/%lld/test-list",
				       (long long)s.stage.competition));
	struct answer a = harness_get(h, s.stage.hr,
				      arena_print(h->arena, "/competitions/%lld/test-list",
						  (long long)s.stage.competition));
	assert_int_equal(json_array_size(answer_value(&a, "candidates")), 2);
}

static int open_harness(void **state)
{
	*state = harness_open();
	return 0;
}

static int close_harness(void **state)
{
	harness_close(*state);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_harness, close_harness)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_papers),   TEST(test_rights),         TEST(test_same),
		TEST(test_register), TEST(test_register_whole), TEST(test_verify),
		TEST(test_pages),    TEST(test_open_result),    TEST(test_letter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

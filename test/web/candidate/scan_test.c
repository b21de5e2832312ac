/* ASVS 5.4.3: uploaded files and a real virus scanner, through the pages and `konkurs scan` itself
 * (test/scan/with_clamd.py starts clamd). */
#include "stage.h"

#include "golden.h"
#include "scan_made.h"
#include "test_db.h"

#include "app/candidate/application.h"
#include "app/candidate/check.h"
#include "app/candidate/scan.h"
#include "app/evidence/row_state.h"
#include "app/verify/verify.h"
#include "web/installation/installation.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[TEST_DB_WHERE]; /* of the database: `konkurs scan` is another process */
	struct stage s;
	struct harness *h;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	test_db_place(w->path);
	w->h = harness_open_file(w->path);
	w->s = stage_open(w->h);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	harness_close(w->h);
	test_db_remove(w->path);
	free(w);
	return 0;
}

/* ---- the program ----------------------------------------------------------------------------- */

/* "konkurs scan --db DATABASE WORD...": its status.  Inside its fences, but for a sanitizer. */
static int konkurs(const struct world *w, const char *const *words)
{
	const char *const first[] = { KONKURS_PROGRAM, "scan", "--db", w->path };
	char *line[16] = { NULL };
	int status = 0;
	size_t n = 0;
	for (; n < COUNT(first); n++)
		line[n] = arena_copy(w->h->arena, first[n]);
	for (; *words; words++)
		line[n++] = arena_copy(w->h->arena, *words);
	(void)fflush(NULL);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const int nothing = open("/dev/null", O_WRONLY);
		(void)dup2(nothing, STDOUT_FILENO);
		(void)dup2(nothing, STDERR_FILENO);
		(void)execv(KONKURS_PROGRAM, line);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int scan_at(const struct world *w, const char *socket)
{
	return konkurs(w, (const char *const[]){ "--socket", socket, "--once",
						 "--require-confinement", NULL });
}

/* All that is due. */
static void scan(const struct world *w)
{
	const char *socket = getenv("KONKURS_CLAMD");
	assert_non_null(socket);
	assert_int_equal(scan_at(w, socket), 0);
}

/* ---- papers ---------------------------------------------------------------------------------- */

static const struct file_in good = { SCAN_CLEAN_PDF, sizeof(SCAN_CLEAN_PDF) - 1, "application/pdf",
				     "good.pdf" };
static const struct file_in bad = { SCAN_BAD_PDF, sizeof(SCAN_BAD_PDF) - 1, "application/pdf",
				    "bad.pdf" };

/* A draft of the person with one paper; the address of that paper. */
static const char *draft(struct world *w, int64_t person, const struct file_in *file,
			 int64_t *ret_id)
{
	const struct act act = harness_act(w->h, person);
	struct err e = { 0 };
	int64_t document = 0;
	struct application_document d = {
		"certificate", "Басшы", "direct_supervisor", { 0 }, file
	};
	assert_true(day_parse("2026-03-02", &d.signed_day));
	assert_true(application_begin(&act, w->s.competition, ret_id, &e));
	if (!application_add_document(&act, *ret_id, &d, &e))
		fail_msg("%s %s: %s", e.key, e.field, e.detail);
	assert_true(db_number(w->h->site.db, &e, &document, "SELECT MAX(id) FROM document"));
	return arena_print(w->h->arena, "/documents/%lld", (long long)document);
}

static const char *at(struct world *w, int64_t id, const char *rest)
{
	return arena_print(w->h->arena, "/applications/%lld%s", (long long)id, rest);
}

static void is_shown(struct world *w, int64_t person, const char *path)
{
	struct answer a = harness_html(w->h, person, path);
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body, "%PDF-", 5);
}

static void is_back(struct world *w, int64_t person, const char *path, const char *why)
{
	struct answer a = harness_get(w->h, person, path);
	assert_int_equal(a.status, 409);
	assert_string_equal(a.error, why);
	a = harness_html(w->h, person, path);
	assert_int_equal(a.status, 409);
	assert_null(strstr(a.body, "%PDF-"));
}

static const char *held_of(struct world *w, int64_t person, const char *page)
{
	struct answer a = harness_get(w->h, person, page);
	assert_int_equal(a.status, 200);
	return answer_text(&a, "documents.0.held");
}

/* ---- as before ------------------------------------------------------------------------------- */

static void without_a_scanner(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	int64_t id = 0;
	const char *paper = draft(w, person, &bad, &id);
	is_shown(w, person, paper);
	assert_string_equal(held_of(w, person, at(w, id, "")), "");
	assert_int_equal(scan_at(w, "/tmp/there/is/no/such/socket"), 1);
	is_shown(w, person, paper); /* a path that is mistyped holds nothing back */
	assert_int_equal(stage_journalled(w->h, "scan.required"), 0);
}

/* ---- from the first answer on ---------------------------------------------------------------- */

static void clean(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	int64_t id = 0;
	scan(w);
	assert_int_equal(stage_journalled(w->h, "scan.required"), 1);
	const char *paper = draft(w, person, &good, &id); /* taken at once */
	is_back(w, person, paper, "scan.error.waiting");
	assert_string_equal(held_of(w, person, at(w, id, "")), "waiting");
	harness_check_page(w->h, person, at(w, id, ""));
	scan(w);
	is_shown(w, person, paper);
	assert_string_equal(held_of(w, person, at(w, id, "")), "");
	harness_check_page(w->h, person, at(w, id, ""));
	assert_int_equal(stage_told(w->h, person, "paper.infected"), 0);
	scan(w); /* once is enough */
	assert_int_equal(stage_journalled(w->h, "paper.scanned"), 1);
}

/* Neither the file's hash nor its name, nor a person's. */
static void the_entry(struct world *w)
{
	struct err e = { 0 };
	const json_t *row = db_row(w->h->site.db, w->h->arena, &e,
				   "SELECT j.subject, j.actor_id, c.content FROM journal_entry j"
				   " JOIN journal_content c ON c.seq = j.seq"
				   " WHERE j.kind = 'paper.scanned' ORDER BY j.seq DESC LIMIT 1");
	json_t *content = json_loads(row_text(row, "content"), 0, NULL);
	json_in_arena(w->h->arena, content);
	assert_memory_equal(row_text(row, "subject"), "scan/", 5);
	assert_int_equal(row_number(row, "actor_id"), 0);
	assert_int_equal(json_object_size(content), 5);
	assert_string_equal(row_text(content, "verdict"), "infected");
	assert_non_null(strstr(row_text(content, "found"), "Konkurs.Test.Eicar"));
	assert_memory_equal(row_text(content, "engine"), "ClamAV ", 7);
	assert_non_null(json_object_get(content, "signatures"));
	assert_non_null(json_object_get(json_object_get(content, "state"), "scan"));
}

static void infected(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	int64_t id = 0;
	scan(w);
	const char *paper = draft(w, person, &bad, &id);
	is_back(w, person, paper, "scan.error.waiting");
	scan(w);
	is_back(w, person, paper, "scan.error.infected");
	assert_string_equal(held_of(w, person, at(w, id, "")), "infected");
	harness_check_page(w->h, person, at(w, id, ""));
	the_entry(w);
	assert_int_equal(stage_told(w->h, person, "paper.infected"), 1);
	assert_int_equal(stage_told(w->h, w->s.hr, "paper.infected_hr"), 1);
	harness_check_page(w->h, person, "/notices");
	/* replaced, while the application is not sent */
	is_back(w, person, draft(w, person, &good, &id), "scan.error.waiting");
	scan(w);
	assert_string_equal(held_of(w, person, at(w, id, "")), "");
	/* told once: the same bytes again are known, and told no more */
	is_back(w, person, draft(w, person, &bad, &id), "scan.error.infected");
	scan(w);
	assert_int_equal(stage_told(w->h, person, "paper.infected"), 1);
}

/* ---- what officers see ----------------------------------------------------------------------- */

static struct answer upload(struct world *w, int64_t who, const char *path, const char *form,
			    const char *field, const struct file_in *file)
{
	struct answer a =
		harness_upload(w->h, who, path, form, field, file->name, file->bytes, file->size);
	assert_int_equal(a.status, 200);
	return a;
}

static const char *bundle_text(struct world *w, int64_t id)
{
	struct answer a = harness_html(w->h, w->s.hr, at(w, id, "/dossier.pdf"));
	assert_int_equal(a.status, 200);
	struct buf pdf = buf_on(w->h->arena);
	buf_add_n(&pdf, a.body, a.size);
	struct pdf_file f = pdf_keep(w->h->arena, &pdf);
	const char *text = pdf_tool(&f, "pdftotext FILE - | tr '\\n' ' '");
	pdf_drop(&f);
	return text;
}

static void dossier(void **state)
{
	struct world *w = *state;
	const int64_t id = stage_candidate(&w->s, STAGE_COMPLETE | STAGE_RELEASED);
	scan(w); /* what was there before is looked at too */
	harness_open_papers(w->h, w->s.hr, id);
	(void)upload(w, w->s.hr, at(w, id, "/service-list"), "", "file", &bad);
	struct answer a = harness_get(w->h, w->s.hr, at(w, id, "/dossier"));
	assert_string_equal(answer_text(&a, "items.0.held"), "waiting");
	assert_string_equal(answer_text(&a, "items.1.held"), "");
	assert_non_null(strstr(bundle_text(w, id), "ещё не проверен антивирусом"));
	scan(w);
	a = harness_get(w->h, w->s.hr, at(w, id, "/dossier"));
	assert_string_equal(answer_text(&a, "items.0.held"), "infected");
	harness_check_page(w->h, w->s.hr, at(w, id, "/dossier"));
	harness_check_page(w->h, w->s.hr, at(w, id, "/check"));
	harness_check_page(w->h, stage_chair(&w->s), at(w, id, "/dossier"));
	assert_non_null(strstr(bundle_text(w, id), "вредоносное"));
	/* the candidate has no part in it: HR has sent it in */
	assert_int_equal(stage_told(w->h, w->s.hr, "paper.infected_hr"), 1);
}

/* Own security's file and a study's: on their pages, in no download. */
static void offices(void **state)
{
	struct world *w = *state;
	const int64_t id = stage_candidate(&w->s, STAGE_MET | STAGE_LISTED);
	scan(w);
	(void)upload(w, w->s.security, at(w, id, "/security/new"),
		     "number=1&day=2026-03-02&content=c", "file", &bad);
	(void)upload(w, w->s.polygraph, at(w, id, "/studies/polygraph"),
		     "outcome=undergone&number=1&day=2026-03-02", "file", &bad);
	scan(w);
	struct answer a = harness_get(w->h, w->s.security, at(w, id, "/security"));
	assert_string_equal(answer_text(&a, "information.0.held"), "infected");
	a = harness_get(w->h, w->s.polygraph, at(w, id, "/studies/polygraph"));
	assert_string_equal(answer_text(&a, "records.0.held"), "infected");
	harness_check_page(w->h, w->s.security, at(w, id, "/security"));
	harness_check_page(w->h, w->s.polygraph, at(w, id, "/studies/polygraph"));
	is_back(w, w->s.security, "/security/files/1", "scan.error.infected");
	assert_int_equal(stage_told(w->h, w->s.security, "paper.infected"), 1);
	assert_int_equal(stage_told(w->h, w->s.polygraph, "paper.infected"), 1);
	assert_int_equal(stage_told(w->h, stage_person_of(&w->s, id), "paper.infected"), 0);
}

static int run(const char *folder, const char *line)
{
	char all[512];
	(void)snprintf(all, sizeof(all), "cd %s && %s", folder, line);
	const int status = system(all); /* NOLINT(cert-env33-c): of this test */
	return WEXITSTATUS(status);
}

/* The case tells the hash and why, and has not a byte of it. */
static void the_case(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	char folder[] = "/tmp/konkurs-case-XXXXXX";
	int64_t id = 0;
	struct err e = { 0 };
	scan(w);
	(void)draft(w, person, &bad, &id);
	assert_true(db_exec(w->h->site.db, &e, NULL,
			    "UPDATE application SET state = 'sent', sent_ms = 1 WHERE id = $1",
			    db_int(id)));
	scan(w);
	struct answer a = harness_html(w->h, w->s.hr, at(w, id, "/case.zip"));
	assert_int_equal(a.status, 200);
	assert_non_null(mkdtemp(folder));
	FILE *file = fopen(arena_print(w->h->arena, "%s/case.zip", folder), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(a.body, 1, a.size, file), a.size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(run(folder, "/usr/bin/python3 -m zipfile -e case.zip . >/dev/null"), 0);
	assert_int_equal(run(folder, "/usr/bin/python3 verify.py >said"), 0);
	assert_int_equal(run(folder, "grep -q 'Найдено вредоносное содержимое: <code>' index.html"),
			 0);
	assert_int_not_equal(run(folder, "grep -rq EICAR ."), 0);
	assert_int_equal(run("/tmp", arena_print(w->h->arena, "rm -r %s", folder)), 0);
}

/* ---- when the scanner is away ---------------------------------------------------------------- */

static bool finds(struct world *w, const char *what)
{
	struct installation c = installation_new(w->h->arena, w->h->site.view, "ru");
	struct err e = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	c.base = w->h->site.db;
	c.now_ms = clock_now(&w->h->site.clock);
	assert_true(installation_scan(&c, &e));
	json_array_foreach (c.findings, i, row) {
		if (strcmp(row_text(row, "what"), what) == 0)
			return *row_text(row, "mend") != '\0';
	}
	return false;
}

static bool waits_for_admin(struct world *w, int64_t admin)
{
	return harness_waits(w->h, admin, "home.task.scan") != NULL;
}

static void away(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	const int64_t admin = harness_person(w->h, ROLE_ADMIN);
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(finds(w, "scan_none"));
	scan(w);
	/* the program goes by the real clock, the harness by its own */
	assert_true(db_exec(w->h->site.db, &e, NULL, "UPDATE scan_service SET answered_ms = $1",
			    db_int(clock_now(&w->h->site.clock))));
	assert_false(finds(w, "scan_none") || finds(w, "scan_away") || waits_for_admin(w, admin));
	const char *paper = draft(w, person, &good, &id);
	harness_at(w->h, "2026-03-02T10:04");
	assert_false(finds(w, "scan_away") || waits_for_admin(w, admin));
	harness_at(w->h, "2026-03-02T10:06");
	assert_int_equal(scan_at(w, "/tmp/there/is/no/such/socket"), 1);
	assert_true(finds(w, "scan_away") && waits_for_admin(w, admin));
	harness_check_page(w->h, admin, "/");
	harness_check_page(w->h, admin, "/installation");
	is_back(w, person, paper, "scan.error.waiting");
	scan(w);
	is_shown(w, person, paper);
	assert_false(finds(w, "scan_away") || waits_for_admin(w, admin));
}

/* One that is larger than the scanner takes waits, is told, and holds up no other. */
static void too_large(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	const int64_t admin = harness_person(w->h, ROLE_ADMIN);
	struct err e = { 0 };
	int64_t id = 0;
	const size_t size = 3 << 20; /* its StreamMaxLength is 2M */
	char *bytes = arena_alloc(w->h->arena, size);
	(void)memset(bytes, '%', size);
	(void)memcpy(bytes, good.bytes, good.size);
	const struct file_in large = { bytes, size, "application/pdf", "large.pdf" };
	scan(w);
	const char *first = draft(w, person, &large, &id);
	const int64_t other = harness_person(w->h, ROLE_PERSON);
	const char *second = draft(w, other, &good, &id);
	scan(w);
	is_back(w, person, first, "scan.error.waiting");
	is_shown(w, other, second);
	assert_true(finds(w, "scan_waits"));
	assert_true(waits_for_admin(w, admin));
	bool put_off = false;
	assert_true(db_exists(w->h->site.db, &e, &put_off,
			      "SELECT 1 FROM scan WHERE problem = 'too_large' AND attempts = 1"
			      " AND verdict = 'waiting' AND due_ms IS NOT NULL"));
	assert_true(put_off);
}

/* ---- the process that ends in the middle ----------------------------------------------------- */

static void pauses(void **state)
{
	(void)state;
	assert_int_equal(scan_pause_ms(0), 15 * 1000);
	assert_int_equal(scan_pause_ms(1), 15 * 1000);
	assert_int_equal(scan_pause_ms(2), 30 * 1000);
	assert_int_equal(scan_pause_ms(8), 32 * 60 * 1000);
	assert_int_equal(scan_pause_ms(9), 60 * 60 * 1000);
	assert_int_equal(scan_pause_ms(100), 60 * 60 * 1000);
}

static void after_a_crash(void **state)
{
	struct world *w = *state;
	const struct act act = harness_act(w->h, 0);
	struct scan_file f = { 0 };
	struct err e = { 0 };
	bool found = false;
	int64_t id = 0;
	(void)draft(w, harness_person(w->h, ROLE_PERSON), &good, &id);
	assert_true(scan_claim(&act, &f, &found, &e));
	assert_true(found);
	assert_int_equal(f.size, good.size);
	assert_memory_equal(f.bytes, good.bytes, good.size);
	assert_true(scan_claim(&act, &f, &found, &e));
	assert_false(found); /* another one would have its turn */
	harness_at(w->h, "2026-03-02T10:01");
	const struct act later = harness_act(w->h, 0);
	assert_true(scan_claim(&later, &f, &found, &e));
	assert_true(found);
	assert_int_equal(f.attempts, 2);
	/* one that was stopped since the first attempt comes too late */
	const struct scanner s = { "ClamAV 1", "1" };
	struct scan_file stopped = f;
	stopped.attempts = 1;
	int64_t verdicts = 0;
	assert_true(scan_settle(&later, &stopped, &s, "Bad", &e));
	assert_true(scan_fail(&later, &stopped, "failed", &e));
	assert_true(
		db_number(w->h->site.db, &e, &verdicts,
			  "SELECT COUNT(*) FROM scan WHERE verdict <> 'waiting' OR problem <> ''"));
	assert_int_equal(verdicts, 0);
}

static bool settle(const struct act *act, void *user, struct err *e)
{
	static const struct scanner s = { "ClamAV 1", "1" };
	return scan_settle(act, user, &s, "Bad", e);
}

/* The verdict, its entry and its notices: all of them or none. */
static void at_once(void **state)
{
	struct world *w = *state;
	const struct act act = harness_act(w->h, 0);
	struct scan_file f = { 0 };
	struct err e = { 0 };
	bool found = false;
	int64_t id = 0;
	(void)draft(w, harness_person(w->h, ROLE_PERSON), &bad, &id);
	assert_true(scan_claim(&act, &f, &found, &e));
	stage_all_or_nothing(w->h, 0, settle, &f);
}

/* ---- again, and no more ---------------------------------------------------------------------- */

static void again(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	int64_t id = 0;
	scan(w);
	const char *paper = draft(w, person, &good, &id);
	scan(w);
	assert_int_equal(konkurs(w, (const char *const[]){ "--all", NULL }), 0);
	is_shown(w, person, paper); /* what was found counts until then */
	scan(w);
	assert_int_equal(stage_journalled(w->h, "paper.scanned"), 2);
}

static void no_more(void **state)
{
	struct world *w = *state;
	const int64_t person = harness_person(w->h, ROLE_PERSON);
	const int64_t other = harness_person(w->h, ROLE_PERSON);
	int64_t id = 0;
	assert_int_equal(konkurs(w, (const char *const[]){ "--end", "--reason", "x", NULL }), 1);
	scan(w);
	const char *infected_one = draft(w, other, &bad, &id);
	scan(w);
	const char *paper = draft(w, person, &good, &id);
	is_back(w, person, paper, "scan.error.waiting");
	assert_int_equal(konkurs(w, (const char *const[]){ "--end", NULL }), 2);
	assert_int_equal(konkurs(w, (const char *const[]){ "--end", "--reason", "", NULL }), 1);
	is_back(w, person, paper, "scan.error.waiting");
	assert_int_equal(
		konkurs(w, (const char *const[]){ "--end", "--reason", "It is broken", NULL }), 0);
	is_shown(w, person, paper);
	is_back(w, other, infected_one, "scan.error.infected"); /* what is known stays known */
	assert_int_equal(stage_journalled(w->h, "scan.ended"), 1);
	assert_true(finds(w, "scan_none"));
}

/* ---- evidence (F88) -------------------------------------------------------------------------- */

static size_t faults(struct world *w)
{
	const struct act act = harness_act(w->h, 0);
	struct verify_report r = { .findings = json_array() };
	struct err e = { 0 };
	size_t i = 0;
	size_t count = 0;
	const json_t *row = NULL;
	json_in_arena(w->h->arena, r.findings);
	assert_true(verify_states(&act, &r, &e));
	json_array_foreach (r.findings, i, row)
		count += strncmp(row_text(row, "at"), "scan", 4) == 0;
	return count;
}

static void forged(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	int64_t id = 0;
	scan(w);
	(void)draft(w, harness_person(w->h, ROLE_PERSON), &bad, &id);
	scan(w);
	assert_int_equal(faults(w), 0);
#define FORGE(sql)                                                                                 \
	do {                                                                                       \
		struct db_tx tx = { 0 };                                                           \
		assert_true(db_begin(w->h->site.db, &tx, &e));                                     \
		assert_true(db_exec(w->h->site.db, &e, NULL, sql));                                \
		if (faults(w) == 0)                                                                \
			fail_msg("%s: not found", sql);                                            \
		db_rollback(&tx);                                                                  \
	} while (0)
	FORGE("UPDATE scan SET verdict = 'clean' WHERE verdict = 'infected'");
	FORGE("UPDATE scan SET blob_hash = 'another' WHERE verdict = 'infected'");
	FORGE("DELETE FROM scan WHERE verdict = 'infected'");
	FORGE("INSERT INTO scan (blob_hash, verdict, found, engine, signatures, at_ms, attempts,"
	      " problem) VALUES ('new', 'clean', '', '', '', 1, 0, '')");
	FORGE("UPDATE scan_service SET required = 0");
#undef FORGE
	/* a file that is destroyed takes its row along, and says so */
	const struct act act = harness_act(w->h, 0);
	const char *hash = NULL;
	assert_true(db_string(w->h->site.db, w->h->arena, &e, &hash,
			      "SELECT blob_hash FROM scan WHERE verdict = 'infected'"));
	struct db_tx tx = { 0 };
	assert_true(db_begin(w->h->site.db, &tx, &e));
	assert_true(scan_forget(&act, hash, &e) && db_commit(&tx, &e));
	assert_int_equal(faults(w), 0);
	assert_int_equal(stage_journalled(w->h, "paper.scan_forgotten"), 1);
}

#define SCAN_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCAN_TEST(without_a_scanner),
		SCAN_TEST(clean),
		SCAN_TEST(infected),
		SCAN_TEST(dossier),
		SCAN_TEST(offices),
		SCAN_TEST(the_case),
		SCAN_TEST(away),
		SCAN_TEST(too_large),
		cmocka_unit_test(pauses),
		SCAN_TEST(after_a_crash),
		SCAN_TEST(at_once),
		SCAN_TEST(again),
		SCAN_TEST(no_more),
		SCAN_TEST(forged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

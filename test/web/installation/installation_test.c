/* The administrator's page of the installation, and each check of it with something to find. */
#include "destroy.h"
#include "doctor.h"
#include "stage.h"
#include "test_db.h"
#include "visitor.h"

#include "app/daily.h"
#include "app/sitting/hall.h"
#include "db/driver.h"
#include "journal/journal.h"
#include "web/installation/installation.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder of its own with a database in it, so far good. */
struct place {
	char folder[64];
	char *db;
};

static void make_place(struct harness *h, struct place *p)
{
	(void)snprintf(p->folder, sizeof(p->folder), "/tmp/konkurs-place-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->db = arena_print(h->arena, "%s/k.db", p->folder);
	const int fd = open(p->db, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
}

static void drop_place(const struct place *p)
{
	(void)unlink(p->db);
	(void)rmdir(p->folder);
}

static struct installation looking(struct harness *h, const char *db)
{
	struct installation c = installation_new(h->arena, h->site.view, "ru");
	c.base = h->site.db;
	c.db = db;
	c.now_ms = clock_now(&h->site.clock);
	c.today = day_of_instant(c.now_ms);
	return c;
}

/* The level of finding `what`; "" if it was not found. */
static const char *level_of(const struct installation *c, const char *what)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (c->findings, i, row) {
		if (strcmp(json_string_value(json_object_get(row, "what")), what) == 0) {
			assert_non_null(json_string_value(json_object_get(row, "mend")));
			return json_string_value(json_object_get(row, "level"));
		}
	}
	return "";
}

static void the_page(void **state)
{
	struct harness *h = *state;
	const int64_t admin = harness_person(h, ROLE_ADMIN);
	harness_check_page(h, admin, "/installation");
	struct answer a = harness_get(h, admin, "/installation");
	assert_int_equal(a.status, 200);
	assert_true(answer_number(&a, "warnings") > 0); /* assumed values at least */
	assert_int_equal(harness_get(h, harness_person(h, ROLE_HR), "/installation").status, 403);
}

/* What a server of PostgreSQL lacks is told, and a row that leads nowhere; of a file, nothing. */
static void the_server_of_the_database(void **state)
{
	static const char *const never[] = { "server_version", "server_encoding",
					     "server_collation", "server_open", "server_rows" };
	struct harness *h = *state;
	struct err e = { 0 };
	struct installation c = looking(h, "postgresql://");
	struct installation file = looking(h, "/nowhere/konkurs.db");
	assert_true(installation_server(&file, &e) && installation_rows(&file, &e));
	assert_int_equal(json_array_size(file.findings), 0);
	if (!test_db_is_server())
		return;
	must_be(installation_server(&c, &e) && installation_rows(&c, &e), &e);
	/* script/postgres: alone, and the account that made it */
	assert_string_equal(level_of(&c, "server_alone"), "warning");
	assert_string_equal(level_of(&c, "server_super"), "warning");
	assert_string_equal(level_of(&c, "server_checksums"), "warning");
	for (size_t i = 0; i < COUNT(never); i++)
		if (*level_of(&c, never[i]))
			fail_msg("%s", never[i]);
	must_be(h->site.db->driver->script(h->site.db, "SET synchronous_commit = off", &e), &e);
	must_be(installation_server(&c, &e), &e);
	assert_string_not_equal(level_of(&c, "server_durable"), "");
}

/* F72, F74: the folder of sound and picture is there, nobody else's, and told to a server that has
 * records to show. */
static void the_folder_of_records(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	make_place(h, &p);
	const char *folder = arena_print(h->arena, "%s/records", p.folder);
	const struct {
		mode_t mode; /* 0: it is not there */
		const char *what, *level;
	} row[] = {
		{ 0, "records_folder", "error" },
		{ 0700, "records_mode", "" },
		{ 02770, "records_mode", "" },
		{ 0755, "records_mode", "error" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct installation c = looking(h, p.db);
		c.records = folder;
		if (row[i].mode)
			(void)mkdir(folder, 0700);
		if (row[i].mode && chmod(folder, row[i].mode) != 0)
			fail_msg("no folder");
		assert_true(installation_records(&c, &e));
		assert_string_equal(level_of(&c, row[i].what), row[i].level);
		assert_string_equal(level_of(&c, "records_none"), "");
	}
	struct installation c = looking(h, p.db);
	c.inside = true;
	assert_true(installation_records(&c, &e));
	assert_string_equal(level_of(&c, "records_none"), ""); /* nothing was recorded */
	assert_true(doctor_unbind(h->site.db, "video_segment", &e) &&
		    db_exec(h->site.db, &e, NULL,
			    "INSERT INTO video_segment (room_id, source_id, number, state,"
			    " begun_ms, ended, audio_file, audio_size, audio_hash, video_file,"
			    " video_size, video_hash, film_file, film_size, film_hash, film_ms)"
			    " VALUES (1, 1, 1, 'checked', 0, '', '', 0, '', '', 0, '', 'f', 1,"
			    " 'h', 1)"));
	assert_true(installation_records(&c, &e));
	assert_string_equal(level_of(&c, "records_none"), "warning");
	(void)rmdir(folder);
	drop_place(&p);
}

static void modes_and_folders(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	make_place(h, &p);
	static const struct {
		mode_t file, folder;
		const char *what, *level;
	} row[] = {
		{ 0600, 0700, "mode", "" },
		{ 0640, 0750, "mode", "" },
		{ 0600, 0750, "mode_group", "" },
		{ 0640, 0750, "mode_group", "warning" }, /* somebody's decision */
		{ 0660, 0750, "mode_group", "error" },
		{ 0600, 0750, "folder_group", "" },
		{ 0600, 01770, "folder_group", "" },
		{ 0600, 0770, "folder_group", "error" },
		{ 0644, 0700, "mode", "error" },
		{ 0602, 0700, "mode", "error" },
		{ 0600, 0700, "folder_write", "" },
		{ 0600, 0777, "folder_write", "error" },
		{ 0600, 01777, "folder_write", "" }, /* as /tmp is */
		{ 0600, 0711, "folder_read", "" },
		{ 0600, 0755, "folder_read", "warning" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct installation c = looking(h, p.db);
		assert_int_equal(chmod(p.db, row[i].file), 0);
		/* root's own group is root */
		assert_int_equal(geteuid() == 0 ? chown(p.folder, 0, 12345) : 0, 0);
		assert_int_equal(chmod(p.folder, row[i].folder), 0);
		assert_true(installation_modes(&c, &e) && installation_folders(&c, &e));
		if (strcmp(level_of(&c, row[i].what), row[i].level) != 0)
			fail_msg("%o %o: %s", row[i].file, row[i].folder,
				 level_of(&c, row[i].what));
	}
	/* a demonstration may lie anywhere, and says so */
	struct installation c = looking(h, p.db);
	c.demonstration = true;
	assert_int_equal(chmod(p.db, 0644), 0);
	assert_true(installation_modes(&c, &e));
	assert_string_equal(level_of(&c, "mode"), "warning");
	drop_place(&p);
}

static void another_owner(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	if (geteuid() != 0)
		return; /* nobody else can give files away */
	make_place(h, &p);
	const char *log = arena_print(h->arena, "%s-wal", p.db);
	assert_int_equal(close(open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), 0);
	struct installation c = looking(h, p.db);
	assert_true(installation_modes(&c, &e));
	assert_string_equal(level_of(&c, "owner"), "");
	assert_int_equal(chown(log, 12345, 12345), 0);
	assert_true(installation_modes(&c, &e));
	assert_string_equal(level_of(&c, "owner"), "error");
	(void)unlink(log);
	assert_true(installation_folders(&c, &e));
	assert_string_equal(level_of(&c, "folder_owner"), "");
	/* the account's own folder, and one of somebody else, who may rename what lies in it */
	assert_int_equal(chown(p.db, 12345, 12345), 0);
	assert_int_equal(chown(p.folder, 12345, 12345), 0);
	assert_true(installation_folders(&c, &e));
	assert_string_equal(level_of(&c, "folder_owner"), "");
	assert_int_equal(chown(p.folder, 12346, 12345), 0);
	assert_int_equal(chmod(p.folder, 01700), 0);
	assert_true(installation_folders(&c, &e));
	assert_string_equal(level_of(&c, "folder_owner"), "error");
	drop_place(&p);
}

/* Whether the finding "written" names the path. */
static bool is_written(const struct installation *c, const char *path)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (c->findings, i, row) {
		if (strcmp(json_string_value(json_object_get(row, "what")), "written") == 0 &&
		    strstr(json_string_value(json_object_get(row, "text")), path))
			return true;
	}
	return false;
}

/* Program, law and keys are believed as they lie there. */
static void what_others_may_change(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	make_place(h, &p);
	const char *rules = arena_print(h->arena, "%s/rules", p.folder);
	const char *law = arena_print(h->arena, "%s/calendar.yaml", rules);
	const char *key = arena_print(h->arena, "%s/key", p.folder);
	assert_int_equal(chmod(p.folder, 0700), 0);
	assert_int_equal(mkdir(rules, 0700), 0);
	assert_int_equal(close(open(law, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), 0);
	assert_int_equal(close(open(key, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)), 0);
	const struct {
		const char *path;
		mode_t good, bad;
	} row[] = { { rules, 0755, 0757 }, { law, 0644, 0646 }, { key, 0600, 0602 } };
	for (size_t i = 0; i < COUNT(row) * 2; i++) {
		const size_t n = i / 2;
		struct installation c = looking(h, p.db);
		c.rules = rules;
		c.key = key;
		assert_int_equal(chmod(row[n].path, i % 2 ? row[n].bad : row[n].good), 0);
		assert_true(installation_written(&c, &e));
		if (is_written(&c, row[n].path) != (i % 2 == 1))
			fail_msg("%s: %zu", row[n].path, i);
		assert_int_equal(chmod(row[n].path, row[n].good), 0);
	}
	if (geteuid() == 0) { /* nobody else can give files away */
		struct installation c = looking(h, p.db);
		c.key = key;
		assert_int_equal(chown(key, 12345, 0), 0);
		assert_true(installation_written(&c, &e));
		assert_true(is_written(&c, key));
	}
	assert_int_equal(unlink(law) | unlink(key) | rmdir(rules), 0);
	drop_place(&p);
}

/* What a process that serves was told, as /proc has it. */
static void command_lines(void **state)
{
	struct harness *h = *state;
	static const struct {
		const char *words;
		bool closed, fenced;
	} row[] = {
		{ "k\nserve\n--db\nd\n", false, true },
		{ "k\nserve\n--db\nd\n--secure\n", true, true },
		{ "k\nserve\n--db\nd\n--listen\n127.0.0.1:8080\n--secure\n", true, true },
		{ "k\nserve\n--db\nd\n--listen=[::1]:8080\n--secure\n", true, true },
		{ "k\nserve\n--db\nd\n--listen\n0.0.0.0:80\n--secure\n", false, true },
		{ "k\nserve\n--db\nd\n--secure\n--listen=[::]:80\n", false, true },
		{ "k\nserve\n--listen\n127.0.0.1:80\n--listen\n10.0.0.1:80\n--secure\n", false,
		  true },
		{ "k\nserve\n--db\n--secure\n--listen\n10.0.0.1:80\n", false, true },
		{ "k\nserve\n--listen\n10.0.0.1:80\n--tls-certificate\nc\n", true, true },
		{ "k\nserve\n--listen\n10.0.0.1:80\n--tls-certificate=c\n", true, true },
		{ "k\nserve\n--secure\n--no-confinement\n", true, false },
		{ "k\nserve\n--secure\n--no-conf\n", true, false },
		{ "k\nserve\n--secure\n--require-confinement\n", true, true },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (installation_closed(h->arena, row[i].words) != row[i].closed ||
		    installation_fenced("Seccomp:\t2\n", row[i].words) != row[i].fenced)
			fail_msg("%s", row[i].words);
	}
	assert_false(installation_fenced("Seccomp:\t0\n", row[0].words));
}

static void openssl(const struct place *p, struct harness *h, const char *words)
{
	const char *line =
		arena_print(h->arena, "cd %s && openssl %s >/dev/null 2>&1", p->folder, words);
	assert_int_equal(system(line), 0); /* NOLINT(cert-env33-c): of this test */
}

#define SELF "req -x509 -nodes -subj /CN=x -out c.pem -keyout k.pem "
#define NAME "-addext subjectAltName=DNS:x "
#define P256 "-newkey ec -pkeyopt ec_paramgen_curve:P-256 "

/* The harness' day is 2 March 2026: certificates are as long as the row says from today on. */
static void certificates(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	struct clock real = clock_real();
	make_place(h, &p);
	static const struct {
		const char *why, *make, *what;
		int64_t later_days;
		const char *level;
	} row[] = {
		{ "good", SELF NAME P256 "-days 90", "tls_expires", 0, "" },
		{ "ends soon", SELF NAME P256 "-days 90", "tls_expires", 65, "warning" },
		{ "has ended", SELF NAME P256 "-days 90", "tls_expired", 91, "error" },
		{ "has not begun", SELF NAME P256 "-days 90", "tls_expired", -1, "error" },
		{ "strong", SELF NAME P256 "-days 90", "tls_weak", 0, "" },
		{ "short", SELF NAME "-newkey rsa:1024 -days 90", "tls_weak", 0, "error" },
		{ "old hash", SELF NAME "-newkey rsa:2048 -sha1 -days 90", "tls_weak", 0, "error" },
		{ "no name", SELF P256 "-days 90", "tls_name", 0, "error" },
		{ "of another key", SELF NAME P256 "-days 90", "tls_key", 0, "" },
		{ "of another key", "ecparam -name prime256v1 -genkey -noout -out k.pem", "tls_key",
		  0, "error" },
		{ "no key", "version >/dev/null; echo x > k.pem", "tls_file", 0, "error" },
		{ "no certificate", "version >/dev/null; echo x > c.pem", "tls_file", 0, "error" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		const struct tls_options tls = {
			.certificate = arena_print(h->arena, "%s/c.pem", p.folder),
			.key = arena_print(h->arena, "%s/k.pem", p.folder)
		};
		struct installation c = looking(h, p.db);
		c.tls = &tls;
		c.now_ms = clock_now(&real) + row[i].later_days * 86400000;
		openssl(&p, h, row[i].make);
		assert_int_equal(chmod(tls.key, 0600), 0);
		assert_true(installation_certificate(&c, &e));
		if (strcmp(level_of(&c, row[i].what), row[i].level) != 0)
			fail_msg("%s: %s", row[i].why, level_of(&c, row[i].what));
		assert_int_equal(chmod(tls.key, 0604), 0);
		assert_true(installation_certificate(&c, &e));
		assert_string_equal(level_of(&c, "tls_key_mode"), "error");
	}
	openssl(&p, h, "version >/dev/null; rm c.pem k.pem");
	drop_place(&p);
}

/* F35: a list that is over shuts the halls out. */
static void the_list_of_the_halls(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	struct clock real = clock_real();
	make_place(h, &p);
	static const struct {
		int64_t later_days;
		const char *over, *end, *unreadable;
	} row[] = {
		{ 0, "", "", "" },
		{ 24, "", "warning", "" },
		{ 31, "error", "", "" },
		{ 0, "", "", "error" },
	};
	openssl(&p, h, SELF NAME P256 "-days 90");
	openssl(&p, h,
		"version >/dev/null; : > index; echo 01 > number;"
		" printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=index\\ncrlnumber=number\\n'"
		" > ca.cnf; openssl ca -gencrl -config ca.cnf -cert c.pem -keyfile k.pem"
		" -md sha256 -crldays 30 -out l.pem 2>/dev/null");
	const struct tls_options tls = { .client_crl =
						 arena_print(h->arena, "%s/l.pem", p.folder) };
	for (size_t i = 0; i < COUNT(row); i++) {
		struct installation c = looking(h, p.db);
		c.tls = &tls;
		c.now_ms = clock_now(&real) + row[i].later_days * 86400000;
		if (*row[i].unreadable)
			openssl(&p, h, "version >/dev/null; cp c.pem l.pem");
		assert_true(installation_withdrawn(&c, &e));
		assert_string_equal(level_of(&c, "halls_over"), row[i].over);
		assert_string_equal(level_of(&c, "halls_end"), row[i].end);
		assert_string_equal(level_of(&c, "tls_file"), row[i].unreadable);
	}
	openssl(&p, h, "version >/dev/null; rm -f c.pem k.pem l.pem ca.cnf index* number*");
	drop_place(&p);
}

/* A changed entry of the journal, and the clock that was never set. */
static void the_database(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	struct place p;
	make_place(h, &p);
	(void)harness_person(h, ROLE_HR);
	const struct act act = harness_act(h, 0);
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *content = json_pack("{s:i}", "n", 1);
	const struct journal_entry entry = { act.now_ms, 0, "test.entry", 0, "", content };
	assert_true(db_begin(h->site.db, &tx, &e) && journal_append(h->site.db, &entry, &e) &&
		    db_commit(&tx, &e));
	json_decref(content);
	struct installation c = looking(h, p.db);
	assert_true(installation_journal(&c, &e) && installation_clock(&c, &e));
	assert_string_equal(level_of(&c, "journal"), "");
	assert_string_equal(level_of(&c, "no_clock"), "warning");
	/* an entry that somebody has put behind the last one by hand */
	assert_true(db_exec(
		h->site.db, &e, NULL,
		"INSERT INTO journal_entry (seq, at_ms, actor_id, kind, competition_id, subject,"
		" content_hash, previous_hash, hash)"
		" SELECT seq + 1, at_ms, 0, kind, 0, '', content_hash, hash, hash"
		"   FROM journal_entry ORDER BY seq DESC LIMIT 1"));
	assert_true(installation_journal(&c, &e));
	assert_string_equal(level_of(&c, "journal"), "error");
	assert_true(installation_admin(&c, &e));
	assert_string_equal(level_of(&c, "no_admin"), "warning");
	(void)visitor_account(h, harness_person(h, ROLE_ADMIN));
	c = looking(h, p.db);
	assert_true(installation_admin(&c, &e));
	assert_string_equal(level_of(&c, "one_admin"), "warning");
	(void)visitor_account(h, harness_person(h, ROLE_ADMIN));
	c = looking(h, p.db);
	assert_true(installation_admin(&c, &e));
	assert_string_equal(level_of(&c, "one_admin"), "");
	drop_place(&p);
}

/* A job is late after 26 hours without it, counted from the first entry if it never was done. */
static void jobs(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	const struct act act = harness_act(h, 0);
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	json_t *content = json_object();
	const struct journal_entry entry = { act.now_ms, 0, "test.entry", 0, "", content };
	assert_true(db_begin(h->site.db, &tx, &e) && journal_append(h->site.db, &entry, &e) &&
		    db_commit(&tx, &e));
	json_decref(content);
	for (int i = 0; i < 4; i++) {
		struct installation c = looking(h, NULL);
		c.now_ms += DAILY_LATE_MS + (i % 2);
		if (i >= 2) /* all but one have been done later */
			for (const struct daily_job *job = daily_jobs + 1; job->name; job++)
				assert_true(
					db_exec(h->site.db, &e, NULL,
						"INSERT INTO daily_job (name, day, done_ms, error)"
						" VALUES ($1, $2, $3, '') ON CONFLICT DO NOTHING",
						db_text(job->name), db_int(1), db_int(c.now_ms)));
		assert_true(installation_jobs(&c, &e));
		assert_string_equal(level_of(&c, "daily"), i % 2 ? "warning" : "");
		if (i == 3) {
			const char *text = json_string_value(
				json_object_get(json_array_get(c.findings, 0), "text"));
			assert_non_null(strstr(text, daily_jobs[0].name));
			assert_null(strstr(text, daily_jobs[1].name));
		}
	}
}

/* Trust in signatures, and what opens an office: found where it is wrong, silent where it is right.
 */
static void doors(void **state)
{
	struct harness *h = *state;
	struct err e = { 0 };
	for (int i = 0; i < 3; i++) {
		struct installation c = looking(h, NULL);
		if (i == 1) { /* a second factor is asked for, an authority has no list */
			harness_demand_factors(h);
			assert_true(db_exec(
				h->site.db, &e, NULL,
				"INSERT INTO trust_certificate (kind, state, fingerprint, body,"
				" subject, issuer, serial, not_before_ms, not_after_ms, reason,"
				" asked_ms) VALUES ('anchor', 'trusted', 'f', $1, 'the authority',"
				" '', '', 0, 1, '', 0)",
				db_blob("x", 1)));
		}
		if (i == 2) /* of today */
			assert_true(db_exec(
				h->site.db, &e, NULL,
				"INSERT INTO trust_list (fingerprint, authority, issuer, number,"
				" made_ms, certificates, body, current, at_ms)"
				" VALUES ('l', 'f', '', '', $1, 0, $2, 1, 0)",
				db_int(c.now_ms - 1), db_blob("x", 1)));
		assert_true(installation_factor(&c, &e) && installation_lists(&c, &e));
		assert_string_equal(level_of(&c, "second_factor"), i == 0 ? "error" : "");
		assert_string_equal(level_of(&c, "lists"), i == 1 ? "warning" : "");
	}
	struct installation later = looking(h, NULL);
	later.now_ms += (int64_t)8 * 24 * 60 * 60 * 1000; /* a list counts for seven days */
	assert_true(installation_lists(&later, &e));
	assert_string_equal(level_of(&later, "lists"), "warning");
}

/* R28-1: no test without a hall, nor with halls that are closed; a demonstration has its own. */
static void a_hall_to_test_in(void **state)
{
	struct harness *h = *state;
	const struct act hr = harness_act(h, harness_person(h, ROLE_HR));
	const struct hall_form form = {
		.organ = "pgo", .name_kk = "Зал", .name_ru = "Зал", .seats = 20
	};
	struct err e = { 0 };
	int64_t id = 0;
	static const char *const want[] = { "warning", "", "warning", "" };
	for (int i = 0; i < 4; i++) {
		struct installation c = looking(h, NULL);
		if (i == 1)
			assert_true(hall_add(&hr, &form, &id, &e));
		if (i == 2)
			assert_true(hall_close(&hr, id, "Жөндеу", &e));
		if (i == 3)
			assert_true(hall_change(&hr, id, &form, true, &e));
		assert_true(installation_halls(&c, &e));
		assert_string_equal(level_of(&c, "no_hall"), want[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(the_page),
		HARNESS_TEST(the_server_of_the_database),
		HARNESS_TEST(the_folder_of_records),
		HARNESS_TEST(modes_and_folders),
		HARNESS_TEST(another_owner),
		HARNESS_TEST(command_lines),
		HARNESS_TEST(certificates),
		HARNESS_TEST(the_database),
		HARNESS_TEST(jobs),
		HARNESS_TEST(doors),
		HARNESS_TEST(what_others_may_change),
		HARNESS_TEST(the_list_of_the_halls),
		HARNESS_TEST(a_hall_to_test_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

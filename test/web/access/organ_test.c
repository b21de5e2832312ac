/* Roles hold for an organ (F20, ASVS 8.2.2, 8.4.1): whatever a route's path names, a person of the
 * very role that the route serves, but of another organ, of another commission or of another
 * candidate, is refused - by GET and by POST, and with a form that is right.
 *
 * Driven by the route table: a new route whose path names something is tried as it is; if this
 * world has nothing of that name, or nobody of its own is let in to it, the test fails. */
#include "dispute.h"
#include "room.h"

#include "web/help.h"
#include "web/http/param.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* ---- what is of no organ ----------------------------------------------------- */

/* By what a path begins with, and why nobody can be of the wrong organ there. */
static const struct {
	const char *prefix, *why;
} common[] = {
	{ "/acquaintance/", "rules, for everybody to read" },
	{ "/admin/", "administrators are of the highest organ alone" },
	{ "/announcements/", "for everybody" },
	{ "/audit/reports/", "one journal for all" },
	{ "/bank/", "one bank for all; its openings are of the house" },
	{ "/competitions/:competition/apply", "whoever wants to applies" },
	{ "/calendar/changes/", "one calendar for all" },
	{ "/feeds/", "by a secret in the address" },
	{ "/journal/", "one journal for all" },
	{ "/log/", "hashes, for everybody" },
	{ "/rules/", "for everybody" },
	{ "/trust/", "one list of authorities for all" },
};

static bool is_common(const struct route *r)
{
	if (r->who & ROLE_PUBLIC)
		return true;
	for (size_t i = 0; i < COUNT(common); i++) {
		if (strncmp(r->path, common[i].prefix, strlen(common[i].prefix)) == 0)
			return true;
	}
	return false;
}

/* ---- the world ---------------------------------------------------------------- */

/* Something that a path names; of an organ, a commission or a candidate. */
struct thing {
	const char *prefix, *name; /* of the path, "" any; of the parameter */
	int64_t id;
};

enum { THINGS_MOST = 40 };

struct organ_world {
	struct harness *h;
	struct dispute dispute;
	struct room room;
	struct thing thing[THINGS_MOST];
	size_t count;
};

static void add(struct organ_world *w, const char *prefix, const char *name, int64_t id)
{
	assert_true(w->count < THINGS_MOST && id > 0);
	w->thing[w->count++] = (struct thing){ prefix, name, id };
}

#define INSERT(w, ret, sql, ...)                                                                   \
	do {                                                                                       \
		struct err insert_e = { 0 };                                                       \
		if (!db_number((w)->h->site.db, &insert_e, ret, sql, __VA_ARGS__))                 \
			fail_msg("%s: %s", insert_e.key, insert_e.detail);                         \
	} while (0)

static int64_t first(struct organ_world *w, const char *what)
{
	struct err e = { 0 };
	int64_t id = 0;
	bool ok = false;
#define FIRST(name, sql)                                                                           \
	if (strcmp(what, name) == 0)                                                               \
	ok = db_number(w->h->site.db, &e, &id, sql, db_int(w->room.application))
	FIRST("document", "SELECT MIN(id) FROM document WHERE application_id = $1");
	FIRST("study", "SELECT MIN(id) FROM study WHERE application_id = $1");
	FIRST("rating", "SELECT MIN(id) FROM rating WHERE application_id = $1");
	FIRST("list", "SELECT MIN(list_id) FROM security_list_entry WHERE application_id <> $1");
	FIRST("information", "SELECT MIN(id) FROM security_information WHERE application_id <> $1");
	FIRST("candidate", "SELECT person_id FROM application WHERE id = $1");
#undef FIRST
	if (!ok)
		fail_msg("%s: %s %s", what, e.key, e.detail);
	return id;
}

#define ROW(w, sql, ...)                                                                           \
	do {                                                                                       \
		struct err row_e = { 0 };                                                          \
		if (!db_exec((w)->h->site.db, &row_e, NULL, sql, __VA_ARGS__))                     \
			fail_msg("%s: %s", row_e.key, row_e.detail);                               \
	} while (0)

/* Papers, and what is found in a sitting. */
static void add_papers(struct organ_world *w)
{
	const int64_t sitting = w->dispute.hall.sitting;
	const int64_t hr = w->room.stage.hr;
	const struct act act = harness_act(w->h, hr);
	const char *paper = NULL;
	struct err e = { 0 };
	int64_t id = 0;
	assert_true(act_keep_file(&act, STAGE_PDF, sizeof(STAGE_PDF) - 1, "application/pdf", &paper,
				  &e));
	INSERT(w, &id,
	       "INSERT INTO commission_order (commission_id, number, day, blob_hash, file_name, "
	       "state,"
	       " by_id, at_ms) SELECT MAX(id), '2', 20500, $1, 'a.pdf', 'draft', $2, 0"
	       " FROM commission WHERE competition_id = $3 RETURNING id",
	       db_text(paper), db_int(hr), db_int(w->room.stage.competition));
	add(w, "/commission-orders/", "order", id);
	ROW(w, "UPDATE security_information SET blob_hash = $1, file_name = 'a.pdf'",
	    db_text(paper));
	ROW(w, "INSERT INTO screening (sitting_id, at_ms, content) VALUES ($1, 0, '{}')",
	    db_int(sitting));
	INSERT(w, &id,
	       "INSERT INTO screening_signal (sitting_id, kind, attempt_a, figures, state, looked,"
	       " reason) VALUES ($1, 'fast', $2, '{}', 'open', '', '') RETURNING id",
	       db_int(sitting), db_int(w->dispute.attempt[2]));
	add(w, "", "signal", id);
	INSERT(w, &id,
	       "INSERT INTO document_signature (kind, subject_id, competition_id, application_id,"
	       " sha256, signer, blob_hash, verdict, list, by_id, at_ms)"
	       " VALUES ('application', $1, $2, $1, 'x', '', $3, '{}', '', $4, 0) RETURNING id",
	       db_int(w->room.application), db_int(w->room.stage.competition), db_text(paper),
	       db_int(hr));
	add(w, "/signatures/", "signature", id);
	add(w, "/signatures/", "subject", w->room.application);
}

/* Rows of what comes at other times of a competition. */
static void add_rows(struct organ_world *w)
{
	const int64_t competition = w->room.stage.competition;
	const int64_t hr = w->room.stage.hr;
	const int64_t candidate = first(w, "candidate");
	int64_t id = 0;
	INSERT(w, &id,
	       "INSERT INTO body_request (competition_id, body, kind, number, reason, due, sent_by,"
	       " sent_ms) VALUES ($1, 'antikor', 'information', '1', 'x', 20600, $2, 0)"
	       " RETURNING id",
	       db_int(competition), db_int(hr));
	add(w, "/requests/", "request", id);
	INSERT(w, &id,
	       "INSERT INTO bulk (kind, competition_id, by_id, started_ms, ended_ms, stopped)"
	       " VALUES ('papers', $1, $2, 0, 1, 0) RETURNING id",
	       db_int(competition), db_int(hr));
	add(w, "/bulks/", "bulk", id);
	ROW(w,
	    "INSERT INTO bulk_item (bulk_id, application_id, state, error, value, clause)"
	    " VALUES ($1, $2, 'done', '', '', '')",
	    db_int(id), db_int(w->room.application));
	ROW(w,
	    "INSERT INTO decision (application_id, outcome, votes_for, votes_against, present,"
	    " quorum, chair_decided, by_id, at_ms) VALUES ($1, 'positive', 5, 0, 5, 4, 0, $2, 0)",
	    db_int(w->room.application), db_int(hr));
	ROW(w,
	    "INSERT INTO intake (application_id, body, number, day, by_body, entered_by, "
	    "entered_ms)"
	    " VALUES ($1, '', '1', 20500, 0, $2, 0)",
	    db_int(w->room.application), db_int(hr));
	ROW(w, "UPDATE application SET receipt = 'x' WHERE id = $1", db_int(w->room.application));
	const struct act act = harness_act(w->h, candidate);
	struct err e = { 0 };
	struct db_tx tx = { 0 };
	assert_true(db_begin(act.db, &tx, &e) &&
		    act_journal(&act, "application.sent", competition,
				act_subject(&act, "application", w->room.application),
				json_pack("{s:s}", "receipt", "x"), &e) &&
		    db_commit(&tx, &e));
	INSERT(w, &id, "SELECT MAX(seq) FROM journal_entry WHERE actor_id = $1", db_int(candidate));
	add(w, "/receipts/", "entry", id);
	INSERT(w, &id,
	       "INSERT INTO complaint (application_id, number, text, state, opened_by, opened_ms)"
	       " VALUES ($1, '', 'x', 'open', $2, 0) RETURNING id",
	       db_int(w->room.application), db_int(candidate));
	add(w, "/complaints/", "complaint", id);
	INSERT(w, &id,
	       "INSERT INTO notice (person_id, kind, competition_id, href, content, created_ms)"
	       " VALUES ($1, 'account.password', $2, '/account', '{}', 0) RETURNING id",
	       db_int(candidate), db_int(competition));
	add(w, "", "notice", id);
	INSERT(w, &id,
	       "INSERT INTO destruction_act (competition_id, number, kept_until, by_id, second_id,"
	       " at_ms, last_seq, seat_events, entries) VALUES ($1, '1', 1, $2, $2, 0, 0, 0, 0)"
	       " RETURNING id",
	       db_int(w->dispute.hall.stage.competition), db_int(hr));
	add(w, "/destruction-acts/", "act", id);
	INSERT(w, &id,
	       "INSERT INTO destruction_proposal (competition_id, number, day, reason, contents,"
	       " last_seq, asked_by, asked_ms, state, answer)"
	       " VALUES ($1, '1', 1, 'x', '{}', 1, $2, 0, 'asked', '') RETURNING id",
	       db_int(w->dispute.hall.stage.competition), db_int(hr));
	add(w, "", "proposal", id);
	INSERT(w, &id,
	       "INSERT INTO sitting_act (sitting_id, attempt_id, kind, number, text, seat_log,"
	       " state, by_id, at_ms) VALUES ($1, $2, 'breach', '1', 'x', '[]', 'proposed', $3, 0)"
	       " RETURNING id",
	       db_int(w->dispute.hall.sitting), db_int(w->dispute.attempt[2]), db_int(hr));
	add(w, "/sitting-acts/", "act", id);
}

/* A record of the sitting. */
static void add_record(struct organ_world *w)
{
	int64_t room = 0;
	int64_t source = 0;
	int64_t id = 0;
	INSERT(w, &room,
	       "INSERT INTO video_room (sitting_id, needs, state, number, pin, secret, created_ms)"
	       " VALUES ($1, 'seats', 'open', 7, 'x', 'x', 0) RETURNING id",
	       db_int(w->dispute.hall.sitting));
	INSERT(w, &source,
	       "INSERT INTO video_source (room_id, kind, attempt_id, number, audio_ms, video_ms)"
	       " VALUES ($1, 'seat', $2, 1, 0, 0) RETURNING id",
	       db_int(room), db_int(w->dispute.hall.attempt));
	add(w, "", "source", source);
	INSERT(w, &id,
	       "INSERT INTO video_room (interview_id, needs, state, number, pin, secret,"
	       " created_ms) VALUES ($1, 'audio', 'open', 8, 'x', 'x', 0) RETURNING id",
	       db_int(w->room.interview));
	INSERT(w, &id,
	       "INSERT INTO video_incident (room_id, source_id, kind, from_ms, choice, reason)"
	       " VALUES ($1, $2, 'lost', 0, '', '') RETURNING id",
	       db_int(room), db_int(source));
	add(w, "", "incident", id);
	INSERT(w, &id,
	       "INSERT INTO video_segment (room_id, source_id, number, state, begun_ms, ended,"
	       " audio_file, audio_size, audio_hash, video_file, video_size, video_hash, film_file,"
	       " film_size, film_hash, film_ms) VALUES ($1, $2, 1, 'closed', 0, 'stopped', '', 0,"
	       " '', '', 0, '', '', 0, '', 0) RETURNING id",
	       db_int(room), db_int(source));
	add(w, "", "segment", id);
	INSERT(w, &id,
	       "INSERT INTO video_line (room_id, source_id, way, person_id, state, offer, answer,"
	       " problem, created_ms, heard_ms) VALUES ($1, $2, 'watch', $3, 'up', '', '', '', 0,"
	       " 0) RETURNING id",
	       db_int(room), db_int(source), db_int(w->dispute.hall.operator));
	add(w, "", "line", id);
}

static struct organ_world world_of(struct harness *h)
{
	struct organ_world w = { .h = h, .dispute = dispute_open(h) };
	dispute_names(&w.dispute);
	add(&w, "", "challenge", dispute_file(&w.dispute));
	w.room = room_open(h);
	(void)stage_candidate(&w.room.stage, STAGE_MET | STAGE_LISTED | STAGE_INFORMED);
	add(&w, "", "sitting", w.dispute.hall.sitting);
	add(&w, "", "attempt", w.dispute.hall.attempt);
	add(&w, "", "hall", w.dispute.hall.id);
	add(&w, "", "competition", w.room.stage.competition);
	add(&w, "", "application", w.room.application);
	add(&w, "", "interview", w.room.interview);
	add_rows(&w);
	add_papers(&w);
	add_record(&w);
	add(&w, "", "document", first(&w, "document"));
	add(&w, "", "study", first(&w, "study"));
	add(&w, "", "rating", first(&w, "rating"));
	add(&w, "", "list", first(&w, "list"));
	add(&w, "", "information", first(&w, "information"));
	return w;
}

/* ---- a request with everything in its place ----------------------------------------- */

static const struct thing *find(const struct organ_world *w, const char *path, const char *name)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct thing *t = &w->thing[i];
		if (strcmp(t->name, name) == 0 && strncmp(path, t->prefix, strlen(t->prefix)) == 0)
			return t;
	}
	return NULL;
}

static const char *letters(struct harness *h, int64_t count)
{
	struct buf out = buf_on(h->arena);
	for (int64_t i = 0; i < count || i == 0; i++)
		buf_add(&out, "x");
	return out.text;
}

/* Where more is asked of a text than its length. */
static const char *sample_of_name(const char *name)
{
	static const struct {
		const char *name, *value;
	} row[] = {
		{ "signed_day", "2026-03-01" }, /* not to come   */
		{ "day", "2026-03-01" },
		{ "value", "87.5" },
		{ "code_2", "another code of eight" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(row[i].name, name) == 0)
			return row[i].value;
	}
	return NULL;
}

/* What fits the parameter. */
static const char *sample(const struct organ_world *w, const char *path, const struct param *p)
{
	const struct thing *t = p->type == P_INT ? find(w, path, p->name) : NULL;
	if (sample_of_name(p->name))
		return sample_of_name(p->name);
	if (t)
		return arena_print(w->h->arena, "%lld", (long long)t->id);
	switch (p->type) {
	case P_INT: return arena_print(w->h->arena, "%lld", (long long)(p->min > 1 ? p->min : 1));
	case P_TEXT:
	case P_SECRET: return letters(w->h, p->min);
	case P_DAY: return "2026-03-27";
	case P_TIME: return "2026-03-27T10:00";
	case P_CHOICE: return p->choices[0];
	case P_FLAG:
	case P_LIST:
	case P_FILE: break;
	}
	return "1";
}

static const struct param *param_of(const struct route *r, const char *name, size_t size)
{
	for (const struct param *p = r->params; p->name; p++) {
		if (strlen(p->name) == size && memcmp(p->name, name, size) == 0)
			return p;
	}
	return NULL;
}

static const char *path_of(const struct organ_world *w, const struct route *r)
{
	struct buf out = buf_on(w->h->arena);
	for (const char *at = r->path; *at;) {
		const size_t size = *at == ':' ? strcspn(at + 1, "/") : 0;
		const struct param *p = size ? param_of(r, at + 1, size) : NULL;
		if (p) {
			buf_add(&out, sample(w, r->path, p));
			at += size + 1;
		} else {
			buf_add_char(&out, *at++);
		}
	}
	return out.text;
}

static const char *form_of(const struct organ_world *w, const struct route *r)
{
	struct buf out = buf_on(w->h->arena);
	for (const struct param *p = r->params; p->name; p++) {
		if (p->type != P_FILE && !strstr(r->path, arena_print(w->h->arena, ":%s", p->name)))
			buf_print(&out, "%s%s=%s", out.length ? "&" : "", p->name,
				  http_encode(w->h->arena, sample(w, r->path, p)));
	}
	return out.text;
}

/* What it has to be told besides its path. */
static bool asks_for_more(const struct route *r)
{
	for (const struct param *p = r->params; p->name; p++) {
		if (p->required && !strstr(r->path, p->name))
			return true;
	}
	return false;
}

static struct answer ask(const struct organ_world *w, const struct route *r, int64_t person)
{
	const char *path = path_of(w, r);
	if (r->method == GET)
		return harness_get(w->h, person,
				   asks_for_more(r)
					   ? arena_print(w->h->arena, "%s?%s", path, form_of(w, r))
					   : path);
	for (const struct param *p = r->params; p->name; p++) {
		const bool pdf = p->type == P_FILE && strcmp(p->choices[0], "application/pdf") == 0;
		if (p->type == P_FILE)
			return harness_upload(w->h, person, path, form_of(w, r), p->name, "a.pdf",
					      pdf ? STAGE_PDF : "0000",
					      pdf ? sizeof(STAGE_PDF) - 1 : 4);
	}
	return harness_post(w->h, person, path, form_of(w, r));
}

static bool names_something(const struct route *r)
{
	return strchr(r->path, ':') && !is_common(r);
}

/* ---- who ------------------------------------------------------------------------------ */

static const unsigned roles[] = {
	ROLE_PERSON,  ROLE_HR,       ROLE_SECURITY, ROLE_POLYGRAPH, ROLE_PSYCHO,  ROLE_OPERATOR,
	ROLE_AUDITOR, ROLE_ADMIN,    ROLE_MEMBER,   ROLE_SECRETARY, ROLE_INVITED, ROLE_BODY,
	ROLE_AUTHOR,  ROLE_REVIEWER, ROLE_APPROVER, ROLE_KEEPER,
};

/* One of each role, in an organ beside that of the world; commissions are of other competitions. */
static void strangers_of(struct organ_world *w, int64_t ret[COUNT(roles)])
{
	struct err e = { 0 };
	for (size_t i = 0; i < COUNT(roles); i++) {
		ret[i] = harness_person(w->h, roles[i]);
		assert_true(db_exec(w->h->site.db, &e, NULL,
				    "UPDATE role_grant SET organ = $1 WHERE person_id = $2",
				    db_text(w->h->site.book->organs[1].code), db_int(ret[i])));
	}
}

/* Whatever the thing is like and whatever was typed: a stranger does not learn it. */
static void check_stranger(const struct organ_world *w, const struct route *r, unsigned role,
			   int64_t person)
{
	const struct answer a = ask(w, r, person);
	if ((a.status != 403 && a.status != 404) || strcmp(a.error, "error.role") == 0)
		fail_msg("%s %s: %s of another organ: %d %s %s", method_name(r->method), r->path,
			 role_name(role), a.status, a.error, a.field);
}

static void strangers_are_refused(void **state)
{
	struct organ_world w = world_of(*state);
	int64_t stranger[COUNT(roles)];
	const struct route *r = NULL;
	strangers_of(&w, stranger);
	for (struct route_walk k = { 0 }; (r = route_next(&k));) {
		for (size_t i = 0; names_something(r) && i < COUNT(roles); i++) {
			if (r->who & (roles[i] | ROLE_PERSON))
				check_stranger(&w, r, roles[i], stranger[i]);
		}
	}
}

/* Each line of `common` is of some route. */
static void nothing_is_listed_in_vain(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(common); i++) {
		const struct route *r = NULL;
		bool used = false;
		for (struct route_walk k = { 0 }; (r = route_next(&k));)
			used = used ||
			       strncmp(r->path, common[i].prefix, strlen(common[i].prefix)) == 0;
		if (!used)
			fail_msg("%s (%s): no route", common[i].prefix, common[i].why);
	}
}

/* ---- their own ---------------------------------------------------------------------------- */

enum { OWN = 14 };

/* Those whom the world's things belong to: else a refusal would prove nothing. */
static void own_of(struct organ_world *w, int64_t ret[OWN])
{
	const int64_t own[OWN] = {
		w->room.stage.hr,
		w->room.stage.security,
		w->room.stage.polygraph,
		w->room.stage.psycho,
		w->dispute.hall.operator,
		harness_person(w->h, ROLE_AUDITOR),
		harness_person(w->h, ROLE_OPERATOR),
		w->room.person[ROOM_CHAIR],
		w->room.person[ROOM_SECRETARY],
		w->room.person[ROOM_INVITED],
		stage_person_of(&w->room.stage, w->room.application),
		w->dispute.person[0],
		w->dispute.hr,
		w->dispute.approver,
	};
	for (size_t i = 0; i < OWN; i++) {
		ret[i] = own[i];
		harness_open_papers(w->h, own[i], w->room.application);
	}
}

/* What this world has not got to; there a stranger's refusal is shown by the test that is named. */
static const struct {
	const char *path, *test;
} later[] = {
	{ "/applications/:application/referral", "intake_test.c test_referral" },
	{ "/applications/:application/referral.pdf", "intake_test.c test_referral" },
	{ "/applications/:application/reader/:item/:page", "reader_test.c pages_are_pictures" },
	{ "/challenges/:challenge/decision.pdf", "print_test.c, its table of papers" },
	{ "/sittings/:sitting/node/package", "hall_node_test.c stranger_gets_no_package" },
	{ "/signature-decisions/:signature",
	  "signature_test.c, whose paper names another signatory" },
};

static bool is_later(const struct route *r)
{
	for (size_t i = 0; i < COUNT(later); i++) {
		if (strcmp(r->path, later[i].path) == 0)
			return true;
	}
	return false;
}

/* Let in, or refused for what the thing is and not for who asks. */
static bool lets_in(struct organ_world *w, const struct route *r, const int64_t own[OWN])
{
	for (size_t i = 0; i < OWN; i++) {
		const int status = ask(w, r, own[i]).status;
		if (status != 403 && status != 404)
			return true;
	}
	return false;
}

static void their_own_are_let_in(void **state)
{
	struct organ_world w = world_of(*state);
	int64_t own[OWN];
	const struct route *r = NULL;
	own_of(&w, own);
	for (struct route_walk k = { 0 }; (r = route_next(&k));) {
		if (r->method == GET && names_something(r) && lets_in(&w, r, own) == is_later(r))
			fail_msg("%s %s", r->path,
				 is_later(r) ? "is listed as later, and is there"
					     : "lets nobody in, or this world has no such thing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(strangers_are_refused),
		HARNESS_TEST(their_own_are_let_in),
		cmocka_unit_test(nothing_is_listed_in_vain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* case_file.c - index.html, facts.json, journal.json, the papers, receipts, the tools that check
 * all of it, and the sums. */
#include "web/candidate/case_file.h"

#include "app/candidate/candidate.h"
#include "app/candidate/case_file.h"
#include "app/candidate/scan.h"
#include "app/candidate/study.h"
#include "app/notice/told.h"
#include "journal/journal.h"
#include "web/candidate/case_proof.h"
#include "web/evidence/archive.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct case_file {
	struct req *r;
	struct archive *archive;
	int64_t application;
	json_t *index; /* the model of pages/case/index.html */
	json_t *later; /* numbers of entries that no checkpoint covers yet */
};

static bool add_json(struct case_file *f, const char *name, const json_t *value, struct err *e)
{
	char *text = json_dumps(value, JSON_INDENT(1) | JSON_SORT_KEYS);
	const char *kept = arena_copy(f->r->arena, text ? text : "null");
	free(text);
	return archive_add(f->archive, name, kept, strlen(kept), e);
}

/* ---- facts ------------------------------------------------------------------------------ */

/* Columns that are blobs are left out: papers are files of their own, hashes are in the journal. */
#define FACT(name, sql)                                                                            \
	json_object_set(facts, name, db_rows(r->db, r->arena, e, sql, db_int(f->application)))

static bool add_facts(struct case_file *f, struct err *e)
{
	struct req *r = f->r;
	json_t *facts = json_object();
	const int failures =
		FACT("application", "SELECT id, competition_id, state, organ, place_kind, position,"
				    " education, education_note, test_language, sent_ms, receipt"
				    " FROM application WHERE id = $1") +
		FACT("service", "SELECT kind, leadership, category, organisation, position,"
				" from_day, to_day FROM service_fact WHERE application_id = $1"
				" ORDER BY id") +
		FACT("completeness", "SELECT complete, note, at_ms FROM completeness_check"
				     " WHERE application_id = $1 ORDER BY id") +
		FACT("findings", "SELECT condition, verdict, source, note, at_ms"
				 " FROM qualification_finding WHERE application_id = $1"
				 " ORDER BY id") +
		FACT("qualification", "SELECT outcome, reason, at_ms, answer, answer_note,"
				      " answered_ms FROM qualification_decision"
				      " WHERE application_id = $1 ORDER BY id") +
		FACT("studies", "SELECT kind, outcome, number, day, at_ms, blob_hash AS file"
				" FROM study WHERE application_id = $1 ORDER BY id") +
		FACT("rating", "SELECT value, number, day, issuer, at_ms FROM rating"
			       " WHERE application_id = $1 ORDER BY id") +
		FACT("attempts", "SELECT id, sitting_id, code, seat, language, started_ms, ends_ms,"
				 " extra_ms, finished_ms, finish, void FROM attempt"
				 " WHERE application_id = $1 ORDER BY id") +
		FACT("results", "SELECT r.attempt_id, r.correct, r.asked, r.pass_mark, r.positive,"
				" r.points, r.fixed_ms FROM result r JOIN attempt t"
				" ON t.id = r.attempt_id WHERE t.application_id = $1"
				" ORDER BY r.attempt_id") +
		FACT("result_versions",
		     "SELECT v.attempt_id, v.number, v.correct, v.asked, v.pass_mark, v.positive,"
		     " v.points, v.at_ms, v.replaces, v.for_all, v.stage, v.note, k.kind,"
		     " k.old_answer, k.answer, f.article, q.number AS question"
		     " FROM result_version v JOIN attempt t ON t.id = v.attempt_id"
		     " LEFT JOIN key_correction k ON k.id = v.correction_id"
		     " LEFT JOIN finding f ON f.id = k.finding_id"
		     " LEFT JOIN form_question q ON q.attempt_id = v.attempt_id"
		     "  AND q.item_id = k.item_id WHERE t.application_id = $1"
		     " ORDER BY v.attempt_id, v.number") +
		FACT("challenges",
		     "SELECT x.id, x.attempt_id, x.number, x.grounds, x.basis, x.paper, "
		     "x.filed_day,"
		     " x.state, x.at_ms, x.ended_ms, f.kind, f.article, f.reasons FROM challenge x"
		     " JOIN attempt t ON t.id = x.attempt_id"
		     " LEFT JOIN finding f ON f.id = x.finding_id WHERE t.application_id = $1"
		     " ORDER BY x.id") +
		FACT("acts", "SELECT x.kind, x.number, x.text, x.state, x.seat_log, x.at_ms"
			     " FROM sitting_act x JOIN attempt t ON t.id = x.attempt_id"
			     " WHERE t.application_id = $1 ORDER BY x.id") +
		/* F70: what was recorded of the candidate, by its hashes; the films stay */
		FACT("records",
		     "SELECT v.kind, v.warned_ms, g.id AS segment, g.number, g.state, g.from_ms,"
		     " g.until_ms, g.ended, g.audio_file, g.audio_size, g.audio_hash, g.video_file,"
		     " g.video_size, g.video_hash, g.film_file, g.film_size, g.film_hash"
		     " FROM video_source v LEFT JOIN attempt t ON t.id = v.attempt_id"
		     " JOIN video_segment g ON g.source_id = v.id"
		     " WHERE COALESCE(t.application_id, v.application_id) = $1"
		     " AND g.state IN ('closed', 'checked') ORDER BY v.id, g.number") +
		FACT("opinions", "SELECT text, at_ms FROM opinion WHERE application_id = $1"
				 " ORDER BY id") +
		FACT("conflicts", "SELECT member_id, reason, at_ms FROM conflict"
				  " WHERE application_id = $1 ORDER BY id") +
		FACT("ballots", "SELECT b.member_id, m.role, b.choice, b.at_ms FROM ballot b"
				" JOIN commission_member m ON m.id = b.member_id"
				" WHERE b.application_id = $1 ORDER BY b.id") +
		FACT("signatures", "SELECT kind, subject_id, sha256, verdict, list, at_ms"
				   " FROM document_signature WHERE application_id = $1"
				   " AND kind <> 'security' ORDER BY id") +
		FACT("decision", "SELECT outcome, votes_for, votes_against, present, quorum,"
				 " chair_decided, at_ms FROM decision WHERE application_id = $1") +
		FACT("notices", "SELECT n.kind, n.created_ms, n.served_ms, n.acknowledged_ms,"
				" p.number AS letter, p.day AS letter_day FROM application a"
				" JOIN notice n ON n.person_id = a.person_id"
				" AND n.competition_id = a.competition_id"
				" LEFT JOIN notice_paper p ON p.notice_id = n.id"
				" WHERE a.id = $1 ORDER BY n.id") +
		FACT("complaints", "SELECT number, text, state, opened_ms, outcome, answer,"
				   " answered_ms FROM complaint WHERE application_id = $1"
				   " ORDER BY id");
	/* a query that failed gives nothing to set, and the reason stands in e */
	const bool ok = failures == 0 && add_json(f, "facts.json", facts, e);
	json_decref(facts);
	return ok;
}

/* ---- papers ----------------------------------------------------------------------------- */

static const char *ending_of(const char *media)
{
	static const struct {
		const char *media, *ending;
	} row[] = {
		{ "application/pdf", "pdf" },
		{ "image/jpeg", "jpg" },
		{ "image/png", "png" },
		{ "application/pkcs7-signature", "cms" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(row[i].media, media) == 0)
			return row[i].ending;
	}
	return "bin";
}

/* F76: a study's paper leaves with the case if this officer has said for what; else its hash stands
 * there, by which the paper can be told when it is shown.  So does that of a paper that the virus
 * scanner holds back (app/candidate/scan.h). */
static bool may_hold(struct case_file *f, const json_t *row, bool *ret, struct err *e)
{
	const struct act act = req_act(f->r);
	const int64_t study = row_number(row, "study");
	*ret = !*row_text(row, "held");
	if (study == 0 || !*ret)
		return true;
	if (!case_may_hold(&act, f->application, study, ret, e))
		return false;
	if (*ret)
		(void)json_array_append_new(json_object_get(f->r->found, "studies"),
					    json_integer((json_int_t)study));
	return true;
}

/* By kind and number, never by the sender's name: it may hold anything (F14). */
static bool add_paper(struct case_file *f, size_t number, const json_t *row, struct err *e)
{
	const struct act act = req_act(f->r);
	struct file_bytes file;
	bool held = false;
	const char *kind = row_text(row, "kind");
	const char *hash = row_text(row, "blob_hash");
	const char *name = arena_print(f->r->arena, "papers/%02zu-%s.%s", number, kind,
				       ending_of(row_text(row, "media")));
	if (!may_hold(f, row, &held, e))
		return false;
	(void)json_array_append_new(json_object_get(f->index, "papers"),
				    json_pack("{s:o,s:s,s:s,s:s,s:I}", "href",
					      held ? json_string(name) : json_null(), "kind", kind,
					      "hash", hash, "scan", row_text(row, "held"), "at_ms",
					      (json_int_t)row_number(row, "added_ms")));
	return !held || (file_read(&act, f->r->arena, hash, &file, e) &&
			 archive_add(f->archive, name, file.bytes, file.size, e));
}

/* The papers of the candidate and of the six parts.  Own security's information is for HR alone
 * and no part of the case (R16-1). */
static bool add_papers(struct case_file *f, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(f->r->db, f->r->arena, e,
			       "SELECT d.kind, d.blob_hash, d.added_ms, d.study, b.media,"
			       " " SCAN_HELD " AS held FROM ("
			       " SELECT kind, blob_hash, added_ms, 0 AS study FROM document"
			       "  WHERE application_id = $1"
			       " UNION ALL SELECT kind, blob_hash, at_ms, id FROM study"
			       "  WHERE application_id = $1 AND blob_hash IS NOT NULL"
			       " UNION ALL SELECT 'rating', blob_hash, at_ms, 0 FROM rating"
			       "  WHERE application_id = $1"
			       " UNION ALL SELECT 'signature', blob_hash, at_ms, 0"
			       "  FROM document_signature"
			       "  WHERE application_id = $1 AND kind <> 'security') d"
			       " JOIN blob b ON b.hash = d.blob_hash"
			       " ORDER BY d.added_ms, d.kind",
			       db_int(f->application));
	json_array_foreach (rows, i, row) {
		if (!add_paper(f, i + 1, row, e))
			return false;
	}
	return rows != NULL;
}

/* ---- the journal ------------------------------------------------------------------------ */

struct entries {
	json_t *list;
};

static void set_hex(json_t *o, const char *name, const struct db_value *v)
{
	char text[2 * JOURNAL_HASH_SIZE + 1];
	if (v->type != DB_BLOB || v->size > JOURNAL_HASH_SIZE) {
		(void)json_object_set_new(o, name, json_null());
		return;
	}
	(void)json_object_set_new(
		o, name, json_string(sodium_bin2hex(text, sizeof(text), v->bytes, v->size)));
}

/* Columns: seq, at, actor, kind, competition, subject, content hash, previous, hash, salt, text. */
static bool take_entry(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct entries *entries = user;
	(void)count;
	(void)e;
	json_t *o = json_pack("{s:I,s:I,s:I,s:s,s:I,s:s}", "seq", (json_int_t)column[0].number,
			      "at", (json_int_t)column[1].number, "actor",
			      (json_int_t)column[2].number, "kind", column[3].bytes, "competition",
			      (json_int_t)column[4].number, "subject", column[5].bytes);
	set_hex(o, "content", &column[6]);
	set_hex(o, "previous", &column[7]);
	set_hex(o, "hash", &column[8]);
	set_hex(o, "salt", &column[9]);
	(void)json_object_set_new(o, "text",
				  column[10].type == DB_TEXT ? json_string(column[10].bytes)
							     : json_null());
	(void)json_array_append_new(entries->list, o);
	return true;
}

/* Of the records of the candidate's own seat and hearing, which are entries of the sitting or the
 * interview.  Contents have their keys in order and no blanks, and no free text in these kinds. */
static bool read_records(struct case_file *f, struct entries *entries, struct err *e)
{
	return db_each(
		f->r->db, e, take_entry, entries,
		"SELECT j.seq, j.at_ms, j.actor_id, j.kind, j.competition_id, j.subject,"
		" j.content_hash, j.previous_hash, j.hash, c.salt, c.content FROM video_source v"
		"  JOIN video_room r ON r.id = v.room_id"
		"  LEFT JOIN attempt t ON t.id = v.attempt_id"
		"  JOIN journal_entry j ON j.subject = CASE WHEN r.sitting_id IS NULL"
		"   THEN 'interview/' || r.interview_id ELSE 'sitting/' || r.sitting_id END"
		"   AND j.kind <> 'test.answer'"
		"   AND j.kind IN ('video.segment', 'video.checked', 'video.warned')"
		"  JOIN journal_content c ON c.seq = j.seq"
		" WHERE COALESCE(t.application_id, v.application_id) = $1"
		"  AND (c.content LIKE '%\"source\":' || v.id || ',%'"
		"   OR c.content LIKE '%\"source\":' || v.id || '}%') ORDER BY j.seq",
		db_int(f->application));
}

/* All about the application, about the attempts of the test, the clicks too, about what was told,
 * and the acts by which contents are gone. */
static bool read_entries(struct case_file *f, struct entries *entries, struct err *e)
{
	const struct act act = req_act(f->r);
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(f->r->db, f->r->arena, e,
			       "SELECT 'attempt' AS what, id FROM attempt"
			       " WHERE application_id = $1"
			       " UNION ALL SELECT 'challenge', x.id FROM challenge x"
			       "  JOIN attempt t ON t.id = x.attempt_id WHERE t.application_id = $1"
			       " UNION ALL SELECT DISTINCT 'finding', x.finding_id FROM challenge x"
			       "  JOIN attempt t ON t.id = x.attempt_id WHERE t.application_id = $1"
			       "  AND x.finding_id IS NOT NULL"
			       " UNION ALL SELECT 'destruction_act', d.id FROM application a"
			       "  JOIN destruction_act d ON d.competition_id = a.competition_id"
			       "  WHERE a.id = $1"
			       " UNION ALL SELECT 'notice', n.id"
			       " FROM application a JOIN notice n ON n.person_id = a.person_id"
			       " AND n.competition_id = a.competition_id WHERE a.id = $1"
			       " ORDER BY 1, 2",
			       db_int(f->application));
	if (!rows || !db_each(f->r->db, e, take_entry, entries,
			      "SELECT j.seq, j.at_ms, j.actor_id, j.kind, j.competition_id,"
			      " j.subject, j.content_hash, j.previous_hash, j.hash, c.salt,"
			      " c.content FROM journal_entry j"
			      " LEFT JOIN journal_content c ON c.seq = j.seq"
			      " WHERE j.subject = $1 AND j.kind <> 'test.answer'"
			      "  AND j.kind NOT IN ('security.informed', 'security.viewed')"
			      " ORDER BY j.seq",
			      db_text(act_subject(&act, "application", f->application))))
		return false;
	json_array_foreach (rows, i, row) {
		if (!db_each(f->r->db, e, take_entry, entries,
			     "SELECT j.seq, j.at_ms, j.actor_id, j.kind, j.competition_id,"
			     " j.subject, j.content_hash, j.previous_hash, j.hash, c.salt,"
			     " c.content FROM journal_entry j"
			     " LEFT JOIN journal_content c ON c.seq = j.seq"
			     " WHERE j.subject = $1 ORDER BY j.seq",
			     db_text(act_subject(&act, row_text(row, "what"),
						 row_number(row, "id")))))
			return false;
	}
	return read_records(f, entries, e);
}

static bool add_journal(struct case_file *f, struct err *e)
{
	struct entries entries = { json_array() };
	char head[JOURNAL_TEXT_SIZE];
	int64_t seq = 0;
	json_t *journal = json_object();
	(void)json_object_set_new(journal, "entries", entries.list);
	bool ok = read_entries(f, &entries, e) && case_proofs(f->r, journal, e) &&
		  journal_head(f->r->db, head, &seq, e);
	if (ok) {
		json_t *newest = json_pack("{s:I,s:s}", "seq", (json_int_t)seq, "hash", head);
		(void)json_object_set(f->index, "head", newest);
		(void)json_object_set_new(journal, "head", newest);
		f->later = case_later(journal);
		(void)json_object_set_new(f->index, "entries",
					  json_integer((json_int_t)json_array_size(entries.list)));
		ok = add_json(f, "journal.json", journal, e);
	}
	json_decref(journal);
	return ok;
}

/* ---- all of it -------------------------------------------------------------------------- */

static json_t *index_model(struct req *r, const struct candidate *c)
{
	json_t *model =
		json_pack("{s:s,s:s,s:s,s:I,s:I,s:o}", "name", c->name, "post",
			  post_name(r, c->competition.post), "organ",
			  organ_name(r, c->competition.organ), "at_ms", (json_int_t)r->now_ms,
			  "application", (json_int_t)c->application_id, "papers", json_array());
	json_t *parts = json_array();
	for (int i = 0; i < PART_COUNT; i++)
		(void)json_array_append_new(
			parts, json_pack("{s:s,s:s}", "part", part_name((enum part)i), "state",
					 part_state_name(c->admission.part[i])));
	(void)json_object_set_new(model, "parts", parts);
	(void)json_object_set_new(model, "told", json_null());
	(void)json_object_set_new(model, "page", json_pack("{s:s}", "lang", r->language));
	return model;
}

/* F84: of what can be appealed against, when it was served and until when one may. */
static bool add_service(struct case_file *f, struct err *e)
{
	const struct act act = req_act(f->r);
	struct told t = { 0 };
	if (!told_of_application(&act, f->application, &t, e))
		return false;
	if (t.notice_id != 0)
		(void)json_object_set_new(
			f->index, "told",
			json_pack("{s:s,s:o,s:s,s:o}", "what",
				  arena_print(f->r->arena, "notice.%s.title", t.kind), "served",
				  t.served ? day_json(t.served_day) : json_null(), "letter",
				  t.number, "last", t.has_last ? day_json(t.last) : json_null()));
	return true;
}

static bool add_index(struct case_file *f, struct err *e)
{
	struct buf page = buf_on(f->r->arena);
	return view_render(f->r->site->view, f->r->language, "case/index", f->index, &page, e) &&
	       archive_add(f->archive, "index.html", page.text, page.length, e);
}

static bool put_together(struct case_file *f, struct upload *ret, struct err *e)
{
	const char *sums = "";
	if (!add_papers(f, e) || !add_facts(f, e) || !add_journal(f, e) || !add_service(f, e) ||
	    !case_receipts(f->r, f->application, f->archive, e) ||
	    !case_signatures(f->r, f->application, f->archive, f->index, e) ||
	    !case_draws(f->r, f->application, f->archive, e) || !add_index(f, e) ||
	    !case_tools(f->archive, e) ||
	    !archive_finish(f->archive, &ret->bytes, &ret->size, &sums, e))
		return false;
	(void)json_object_update_new(
		f->r->found, json_pack("{s:s,s:O,s:O}", "sums", sums, "entries",
				       json_object_get(f->index, "entries"), "later", f->later));
	return true;
}

bool case_slow(struct req *r, struct err *e)
{
	CLEANUP(archive_cleanup) struct archive *archive = NULL;
	const struct act act = req_act(r);
	struct case_file f = { .r = r, .application = in_int(r, "application") };
	struct candidate c = { 0 };
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	*file = (struct upload){ .name = "case", .media = "application/zip" };
	file->file_name = arena_print(r->arena, "case-%lld.zip", (long long)f.application);
	if (!case_may_export(&act, f.application, e) ||
	    !candidate_load(&act, f.application, &c, e) ||
	    !archive_open(r->arena, r->now_ms, &archive, e))
		return false;
	f.archive = archive;
	r->found = json_pack("{s:[]}", "studies");
	json_in_arena(r->arena, r->found);
	f.index = index_model(r, &c);
	const bool ok = put_together(&f, file, e);
	json_decref(f.index);
	json_decref(f.later);
	if (ok)
		r->download = file;
	return ok;
}

static bool note_views(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	const json_t *study = NULL;
	json_array_foreach (json_object_get(r->found, "studies"), i, study) {
		if (!study_view(&act, json_integer_value(study), e))
			return false;
	}
	return true;
}

/* The archive was made on the worker's thread; here the journal takes it down, and its receipt goes
 * in beside the sums. */
bool case_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	const char *receipt = NULL;
	int64_t seq = 0;
	(void)model;
	*file = *r->download;
	r->download = file;
	return note_views(r, e) &&
	       case_exported(&act, in_int(r, "application"), row_text(r->found, "sums"),
			     row_number(r->found, "entries"), &seq, e) &&
	       case_export_receipt(r, seq, json_object_get(r->found, "later"), &receipt, e) &&
	       archive_append(r->arena, r->now_ms, "export.json", receipt, &file->bytes,
			      &file->size, e);
}

static const struct param case_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	PARAMS_END,
};

#include "web/route_table.h"

const struct route case_routes[] = {
	{ GET, "/applications/:application/case.zip", ROLE_HR | ROLE_AUDITOR, case_send, NULL,
	  case_params, "The case of a candidate as an archive; taking it out is journalled.",
	  .slow = case_slow, .journalled = true, .gives = "application/zip" },
	{ 0 },
};

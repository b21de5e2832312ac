/* print_bundle.c - the papers of a candidate, or of a whole competition, as one PDF.
 * The papers of a candidate are followed by the files of the dossier.
 *
 * What there is not yet, and what this person may not see, is left out: the contents say what is
 * in it.  Any other failure of a paper is one of the whole. */
#include "app/candidate/candidate.h"
#include "web/names.h"
#include "web/print/print_file.h"
#include "web/row.h"

#include <string.h>

struct bundle {
	const struct req *r; /* the reader                    */
	struct req *to;      /* the request that is answered  */
	struct paper *papers;
	size_t count, room;
	const char *group;
	const char *mark; /* of the paper before */
	struct file_budget files;
};

static void put_paper(void *user, const struct paper *p)
{
	struct bundle *b = user;
	if (b->count == b->room) {
		struct paper *old = b->papers;
		b->room = b->room ? b->room * 2 : 32;
		b->papers = arena_array(b->r->arena, b->room, sizeof(*b->papers));
		if (b->count)
			memcpy(b->papers, old, b->count * sizeof(*old));
	}
	b->papers[b->count++] = *p;
}

static bool add_paper(struct bundle *b, const char *kind, int64_t id, struct err *e)
{
	struct err why = { 0 };
	struct paper p = { 0 };
	int64_t competition = 0;
	if (!print_make(b->r, paper_kind_named(kind), id, &p, &competition, &why)) {
		if (why.kind == ERR_MISSING || why.kind == ERR_DENIED || why.kind == ERR_CONFLICT)
			return true;
		*e = why;
		return false;
	}
	p.group = b->group;
	print_note(b->to, kind, competition, &p);
	b->mark = p.mark;
	put_paper(b, &p);
	return true;
}

/* One paper for each id of the rows. */
static bool add_each(struct bundle *b, const char *kind, const json_t *rows, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		if (!add_paper(b, kind, row_number(row, "id"), e))
			return false;
	}
	return rows != NULL;
}

/* ---- a candidate ----------------------------------------------------------------------------- */

/* R16-1: the items themselves, below the bookmark of each. */
static bool add_files(struct bundle *b, int64_t application, struct err *e)
{
	const char *own = print_text(b->r, "paper.bundle.files");
	const struct print_files to = { .answered = b->to,
					.budget = &b->files,
					.group = b->group ? b->group : own,
					.mark = b->mark ? b->mark : "",
					.add = put_paper,
					.user = b };
	return print_files_add(b->r, application, &to, e);
}

static bool add_candidate(struct bundle *b, int64_t application, struct err *e)
{
	const struct req *r = b->r;
	json_t *attempts = db_rows(r->db, r->arena, e,
				   "SELECT id FROM attempt WHERE application_id = $1"
				   " AND (void = 1 OR finish <> '') ORDER BY id",
				   db_int(application));
	json_t *acts = attempts ? db_rows(r->db, r->arena, e,
					  "SELECT x.id FROM sitting_act x"
					  " JOIN attempt t ON t.id = x.attempt_id"
					  " WHERE t.application_id = $1 ORDER BY x.id",
					  db_int(application))
				: NULL;
	json_t *challenges = acts ? db_rows(r->db, r->arena, e,
					    "SELECT x.id FROM challenge x"
					    " JOIN attempt t ON t.id = x.attempt_id"
					    " WHERE t.application_id = $1 ORDER BY x.id",
					    db_int(application))
				  : NULL;
	return challenges && add_paper(b, "dossier", application, e) &&
	       add_paper(b, "referral", application, e) &&
	       add_paper(b, "receipt", application, e) && add_each(b, "result", attempts, e) &&
	       add_each(b, "challenge", challenges, e) && add_each(b, "verdict", challenges, e) &&
	       add_each(b, "act", acts, e) && add_paper(b, "invitation", application, e) &&
	       add_paper(b, "ballot", application, e) && add_paper(b, "notice", application, e) &&
	       add_files(b, application, e);
}

/* ---- cover and answer ------------------------------------------------------------------------ */

/* The hash of a bundle is that of its cover, which names every paper in it by its hash. */
static bool send_bundle(struct bundle *b, json_t *model, const char *name, int64_t competition,
			int64_t id, struct err *e)
{
	const struct req *r = b->r;
	struct buf xhtml = buf_on(r->arena);
	struct buf hashes = buf_on(r->arena);
	struct buf pdf = buf_on(r->arena);
	char *hash = arena_alloc(r->arena, PAPER_HASH_SIZE);
	if (b->count == 0)
		return err_set(e, ERR_MISSING, "error.missing", "no papers for this person");
	if (!print_render(r, "bundle", model, &xhtml, e))
		return false;
	buf_add(&hashes, xhtml.text);
	struct paper cover = b->papers[0];
	for (size_t i = 0; i < b->count; i++) {
		buf_print(&hashes, "%s\n", b->papers[i].hash);
		if (b->papers[i].seq > cover.seq) {
			cover.seq = b->papers[i].seq;
			cover.at_ms = b->papers[i].at_ms;
		}
	}
	paper_hash(hashes.text, hashes.length, hash);
	cover.title = print_text(r, arena_print(r->arena, "paper.%s", name));
	cover.xhtml = xhtml.text;
	cover.size = xhtml.length;
	cover.method = "SHA-256";
	cover.hash = hash;
	cover.group = NULL;
	if (!paper_bundle(&cover, b->papers, b->count, &pdf, e))
		return false;
	print_note(b->to, name, competition, &cover);
	print_send(b->to, &pdf,
		   arena_print(r->arena, "%s-%lld-%s.pdf", strchr(name, '.') + 1, (long long)id,
			       r->language));
	return true;
}

static json_t *cover_model(const struct req *r, const struct competition *c, const char *candidate)
{
	json_t *model = json_pack("{s:s,s:s,s:s?}", "post", post_name(r, c->post), "organ",
				  organ_name(r, c->organ), "candidate", candidate);
	json_in_arena(r->arena, model);
	return model;
}

/* The reader has the right to the dossier's own page, or there is nothing (its cover comes first).
 */
bool print_dossier_slow(struct req *r, struct err *e)
{
	const struct req reader = print_reader(r);
	const struct act act = req_act(&reader);
	const int64_t id = in_int(r, "application");
	struct bundle b = { .r = &reader, .to = r, .files = file_budget_new() };
	struct candidate c = { 0 };
	struct paper cover = { 0 };
	int64_t competition = 0;
	return candidate_load(&act, id, &c, e) &&
	       print_make(&reader, paper_kind_named("dossier"), id, &cover, &competition, e) &&
	       add_candidate(&b, id, e) &&
	       send_bundle(&b, cover_model(&reader, &c.competition, c.name), "bundle.dossier",
			   competition, id, e);
}

/* ---- a competition --------------------------------------------------------------------------- */

static bool add_candidates(struct bundle *b, int64_t competition, struct err *e)
{
	const struct req *r = b->r;
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, p.family, p.given, p.patronymic FROM application a"
			       " JOIN person p ON p.id = a.person_id WHERE a.competition_id = $1"
			       " AND a.sent_ms IS NOT NULL ORDER BY p.sort_key, a.id",
			       db_int(competition));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		b->group = row_text(row, "name");
		if (!add_candidate(b, row_number(row, "id"), e))
			return false;
	}
	b->group = NULL;
	return rows != NULL;
}

bool print_competition_slow(struct req *r, struct err *e)
{
	const struct req reader = print_reader(r);
	const struct act act = req_act(&reader);
	const int64_t id = in_int(r, "competition");
	struct bundle b = { .r = &reader, .to = r, .files = file_budget_new() };
	struct competition c = { 0 };
	if (!competition_load(&act, id, &c, e) || !act_require(&act, ROLE_NAME_HR, c.organ, e))
		return false;
	json_t *lists = db_rows(r->db, r->arena, e,
				"SELECT id FROM security_list WHERE competition_id = $1"
				" ORDER BY id",
				db_int(id));
	json_t *sittings = db_rows(r->db, r->arena, e,
				   "SELECT id FROM sitting WHERE competition_id = $1"
				   " AND state = 'closed' ORDER BY id",
				   db_int(id));
	json_t *interviews =
		db_rows(r->db, r->arena, e, "SELECT id FROM interview WHERE competition_id = $1",
			db_int(id));
	json_t *requests = db_rows(r->db, r->arena, e,
				   "SELECT id FROM body_request WHERE competition_id = $1"
				   " ORDER BY id",
				   db_int(id));
	return lists && sittings && interviews && requests &&
	       add_paper(&b, "announcement", id, e) && add_each(&b, "security-list", lists, e) &&
	       add_each(&b, "request", requests, e) && add_paper(&b, "test-list", id, e) &&
	       add_each(&b, "protocol", sittings, e) && add_candidates(&b, id, e) &&
	       add_each(&b, "minutes", interviews, e) &&
	       send_bundle(&b, cover_model(&reader, &c, NULL), "bundle.competition", id, id, e);
}

/* reader.c - papers of a dossier read within the page: pages as pictures, one candidate's or two
 * beside each other, with the reader's own notes (R16-1, F76, F81).
 *
 * A paper that somebody has sent is hostile: it is drawn page by page in a process of its own
 * (print/file_pages.h), and nothing of it but dots gets into a page.  All that one does here -
 * page, size, turning - is an address, so it works without scripts; assets/reader.js adds the
 * keyboard. */
#include "web/candidate/reader.h"

#include "app/candidate/dossier_file.h"
#include "app/candidate/scan.h"
#include "app/competition/commission.h"
#include "app/competition/conflict.h"
#include "app/interview/mark.h"
#include "base/buf.h"
#include "print/file_pages.h"
#include "web/candidate/dossier.h"
#include "web/row.h"

#include <string.h>

enum { COLUMNS = 2, ITEM_MOST = 40 };

static const char *const sizes[] = { "fit", "100", "150", "200", NULL };

static const struct param reader_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "item", P_TEXT, 0, ITEM_MOST, false, NULL },
	{ "page", P_INT, 1, FILE_PAGE_LAST, false, NULL },
	{ "turn", P_INT, 0, FILE_TURNS - 1, false, NULL },
	{ "size", P_CHOICE, 0, 0, false, sizes },
	{ "beside", P_INT, 1, INT64_MAX, false, NULL },
	{ "beside_page", P_INT, 1, FILE_PAGE_LAST, false, NULL },
	PARAMS_END,
};
static const struct param picture_params[] = {
	{ "application", P_INT, 1, INT64_MAX, true, NULL },
	{ "item", P_TEXT, 1, ITEM_MOST, true, NULL },
	{ "page", P_INT, 1, FILE_PAGE_LAST, true, NULL },
	{ "turn", P_INT, 0, FILE_TURNS - 1, false, NULL },
	PARAMS_END,
};

/* ---- what is asked --------------------------------------------------------------------------- */

/* All that an address of this page says. */
struct place {
	int64_t application, beside; /* 0: nobody beside */
	const char *item, *size;
	int64_t page[COLUMNS];
	int64_t turn;
};

static struct place place_of(const struct req *r)
{
	const int64_t beside = in_int(r, "beside");
	struct place p = {
		.application = in_int(r, "application"),
		.beside = beside == in_int(r, "application") ? 0 : beside,
		.item = in_text(r, "item"),
		.size = in_has(r, "size") ? in_text(r, "size") : "fit",
		.page = { in_int(r, "page"), in_int(r, "beside_page") },
		.turn = in_int(r, "turn"),
	};
	for (size_t i = 0; i < COLUMNS; i++)
		p.page[i] = p.page[i] > 0 ? p.page[i] : 1;
	return p;
}

static json_t *link_to(const struct req *r, const struct place *p)
{
	struct buf out = buf_on(r->arena);
	buf_print(&out, "/applications/%lld/reader?size=%s", (long long)p->application, p->size);
	if (*p->item)
		buf_print(&out, "&item=%s", p->item);
	if (p->page[0] > 1)
		buf_print(&out, "&page=%lld", (long long)p->page[0]);
	if (p->turn)
		buf_print(&out, "&turn=%lld", (long long)p->turn);
	if (p->beside)
		buf_print(&out, "&beside=%lld", (long long)p->beside);
	if (p->beside && p->page[1] > 1)
		buf_print(&out, "&beside_page=%lld", (long long)p->page[1]);
	return json_string(out.text);
}

/* ---- one paper ------------------------------------------------------------------------------- */

/* A candidate's papers for this reader, and the one that is meant; file NULL: it is not there. */
struct desk {
	struct dossier dossier;
	struct dossier_files files;
	const struct dossier_file *file;
	const char *held; /* why it may not be opened (scan.h), "" */
	bool hr;
};

static bool load(const struct req *r, int64_t application, const char *item, struct desk *d,
		 struct err *e)
{
	const struct act act = req_act(r);
	d->held = "";
	d->file = NULL;
	if (!dossier_load(&act, application, &d->dossier, e) ||
	    !dossier_may_read(r, &d->dossier.candidate, &d->hr, e) ||
	    !dossier_files(&act, application, &d->files, e))
		return false;
	for (size_t i = 0; i < d->files.count && !d->file; i++) {
		if (!*item || strcmp(d->files.file[i].item, item) == 0)
			d->file = &d->files.file[i];
	}
	return !d->file || scan_held(&act, d->file->blob, &d->held, e);
}

/* The bytes live no longer than their drawing. */
static bool draw(const struct req *r, const struct desk *d, int page, int turns,
		 struct file_pages *ret, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	const struct act act = req_act(r);
	struct file_bytes file;
	return file_read(&act, own, d->file->blob, &file, e) &&
	       file_page_draw(r->arena, d->file->media, file.bytes, file.size, page, turns, ret, e);
}

/* ---- on a worker ----------------------------------------------------------------------------- */

/* [{total, state}] of each column: how many pages the paper has, or why it cannot be drawn. */
static bool reader_slow(struct req *r, struct err *e)
{
	const struct place p = place_of(r);
	const int64_t who[COLUMNS] = { p.application, p.beside };
	json_t *found = json_array();
	json_in_arena(r->arena, found);
	for (size_t i = 0; i < COLUMNS && who[i]; i++) {
		struct desk *d = arena_alloc(r->arena, sizeof(*d));
		struct file_pages pages = { .state = FILE_DRAWN };
		if (!load(r, who[i], p.item, d, e) ||
		    (d->file && !*d->held && !draw(r, d, FILE_NO_PAGE, 0, &pages, e)))
			return false;
		(void)json_array_append_new(found,
					    json_pack("{s:i,s:s}", "total", pages.total, "state",
						      file_state_name(pages.state)));
	}
	r->found = found;
	return true;
}

static bool picture_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t application = in_int(r, "application");
	struct desk *d = arena_alloc(r->arena, sizeof(*d));
	struct file_pages pages = { .state = FILE_DRAWN };
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	if (!load(r, application, in_text(r, "item"), d, e))
		return false;
	if (!d->file || *d->held)
		return err_set(e, ERR_MISSING, "error.missing", "no such paper, or it is held");
	if (!dossier_file_require_open(&act, application, d->file, e) ||
	    !draw(r, d, (int)in_int(r, "page"), (int)in_int(r, "turn"), &pages, e))
		return false;
	if (pages.count == 0)
		return err_set(e, ERR_MISSING, "error.missing", "no such page: %s",
			       file_state_name(pages.state));
	*file = (struct upload){ .name = "",
				 .file_name = "page.jpg",
				 .media = "image/jpeg",
				 .bytes = pages.pictures[0].jpeg,
				 .size = pages.pictures[0].size };
	r->download = file;
	return true;
}

static bool picture(struct req *r, json_t *model, struct err *e)
{
	(void)model;
	return r->download != NULL || err_set(e, ERR_SYSTEM, "error.system", "no page was drawn");
}

/* ---- the page -------------------------------------------------------------------------------- */

/* The seven items: those that can be read here lead to themselves, the sheet of the test to its
 * own page. */
static json_t *items_model(const struct req *r, const struct place *p, const struct desk *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->dossier.count; i++) {
		const struct dossier_item *item = &d->dossier.item[i];
		const bool here = d->file && strcmp(d->file->item, item->kind) == 0;
		json_t *href = json_null();
		for (size_t k = 0; k < d->files.count; k++) {
			struct place to = *p;
			if (strcmp(d->files.file[k].item, item->kind) != 0)
				continue;
			to.item = item->kind;
			to.page[0] = to.page[1] = 1;
			to.turn = 0;
			href = link_to(r, &to);
		}
		if (item->row_id && strcmp(item->kind, "test") == 0)
			href = json_string(
				arena_print(r->arena, "/results/%lld", (long long)item->row_id));
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:s,s:b,s:o}", "kind", item->kind,
						      "state", dossier_state_name(item->state),
						      "here", here, "href", href));
	}
	return list;
}

/* The paper with its page; null where this candidate has none. */
static json_t *file_model(const struct req *r, const struct place *p, const struct desk *d,
			  size_t column, const json_t *told)
{
	const int64_t total = row_number(told, "total");
	const int64_t page = p->page[column];
	struct place before = *p;
	struct place after = *p;
	if (!d->file)
		return json_null();
	before.page[column]--;
	after.page[column]++;
	const bool drawn = total > 0 && page <= total && !*d->held &&
			   strcmp(row_text(told, "state"), "drawn") == 0;
	json_t *o = json_pack(
		"{s:s,s:s,s:I,s:s,s:s,s:I,s:I}", "item", d->file->item, "file_name", d->file->name,
		"size", (json_int_t)d->file->size, "held", d->held, "state",
		*d->held || drawn                               ? ""
		: strcmp(row_text(told, "state"), "drawn") == 0 ? "no_page"
								: row_text(told, "state"),
		"page", (json_int_t)page, "total", (json_int_t)total);
	(void)json_object_set_new(
		o, "picture",
		drawn ? json_string(arena_print(r->arena,
						"/applications/%lld/reader/%s/%lld?turn=%lld",
						(long long)d->dossier.candidate.application_id,
						d->file->item, (long long)page, (long long)p->turn))
		      : json_null());
	(void)json_object_set_new(o, "previous",
				  drawn && page > 1 ? link_to(r, &before) : json_null());
	(void)json_object_set_new(o, "next",
				  drawn && page < total ? link_to(r, &after) : json_null());
	return o;
}

/* The member's own note, of the interview there is; null for who makes none. */
static bool add_note(const struct req *r, const struct candidate *c, json_t *ret, struct err *e)
{
	const struct act act = req_act(r);
	struct seated seated = { 0 };
	struct err why = { 0 };
	const char *text = "";
	(void)json_object_set_new(ret, "note", json_null());
	if (!commission_seated(&act, c->competition.id, &seated, &why))
		return why.kind == ERR_DENIED || err_set(e, why.kind, why.key, "%s", why.detail);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT i.id, i.state FROM interview i JOIN interview_candidate c"
			       "  ON c.interview_id = i.id AND c.application_id = $1",
			       db_int(c->application_id));
	if (!rows || !note_read(&act, c->application_id, &text, e))
		return false;
	const json_t *row = json_array_get(rows, 0);
	if (row && seat_votes(seated.seat))
		(void)json_object_set_new(ret, "note",
					  json_pack("{s:I,s:s,s:b}", "interview",
						    (json_int_t)row_number(row, "id"), "text", text,
						    "open",
						    strcmp(row_text(row, "state"), "closed") != 0));
	return true;
}

static bool add_column(struct req *r, const struct place *p, size_t column, int64_t application,
		       json_t *columns, struct err *e)
{
	const struct act act = req_act(r);
	struct desk *d = arena_alloc(r->arena, sizeof(*d));
	int64_t seen = 0;
	if (!load(r, application, p->item, d, e))
		return false;
	if (d->file && (!dossier_file_seen(&act, application, d->file, &seen, e) ||
			(!*d->held && !dossier_file_open(&act, application, d->file, e))))
		return false;
	json_t *one = json_pack("{s:I,s:s}", "application", (json_int_t)application, "name",
				d->dossier.candidate.name);
	(void)json_array_append_new(columns, one);
	(void)json_object_set_new(one, "items", items_model(r, p, d));
	(void)json_object_set_new(one, "file",
				  file_model(r, p, d, column, json_array_get(r->found, column)));
	(void)json_object_set_new(one, "seen_ms",
				  seen ? json_integer((json_int_t)seen) : json_null());
	return add_note(r, &d->dossier.candidate, one, e);
}

/* Whose dossiers may lie beside this one: of the same competition, released, without a conflict. */
static bool add_others(struct req *r, const struct place *p, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	size_t i = 0;
	json_t *row = NULL;
	json_t *others = json_array();
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT a.id, p.family, p.given, p.patronymic FROM application a"
			       "  JOIN person p ON p.id = a.person_id"
			       "  JOIN dossier_release d ON d.application_id = a.id"
			       " WHERE a.competition_id = (SELECT o.competition_id"
			       "  FROM application o WHERE o.id = $1) AND a.id <> $1"
			       " ORDER BY p.sort_key, a.id",
			       db_int(p->application));
	json_array_foreach (rows, i, row) {
		bool conflict = false;
		if (!conflict_stands(&act, row_number(row, "id"), &conflict, e))
			return false;
		row_name(r, row);
		if (!conflict)
			(void)json_array_append(others, row);
	}
	(void)json_object_set_new(model, "others", others);
	return rows != NULL;
}

/* Sizes, and turning to both sides. */
static void add_views(const struct req *r, const struct place *p, json_t *model)
{
	json_t *list = json_array();
	struct place left = *p;
	struct place right = *p;
	left.turn = (p->turn + FILE_TURNS - 1) % FILE_TURNS;
	right.turn = (p->turn + 1) % FILE_TURNS;
	for (const char *const *size = sizes; *size; size++) {
		struct place to = *p;
		to.size = *size;
		(void)json_array_append_new(list, json_pack("{s:s,s:o,s:b}", "size", *size, "href",
							    link_to(r, &to), "here",
							    strcmp(*size, p->size) == 0));
	}
	(void)json_object_set_new(model, "sizes", list);
	(void)json_object_set_new(model, "size", json_string(p->size));
	(void)json_object_set_new(model, "left", link_to(r, &left));
	(void)json_object_set_new(model, "right", link_to(r, &right));
	(void)json_object_set_new(model, "item", json_string(p->item));
	(void)json_object_set_new(model, "here", link_to(r, p));
}

static bool add_interview(const struct req *r, const struct place *p, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct candidate c = { 0 };
	struct seated seated = { 0 };
	struct err why = { 0 };
	if (!candidate_load(&act, p->application, &c, e))
		return false;
	model_candidate(r, &c, model);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT interview_id AS id FROM interview_candidate"
			       " WHERE application_id = $1",
			       db_int(p->application));
	const bool seat = commission_seated(&act, c.competition.id, &seated, &why);
	const json_t *row = seat ? json_array_get(rows, 0) : NULL;
	(void)json_object_set_new(model, "interview",
				  row ? json_integer((json_int_t)row_number(row, "id"))
				      : json_null());
	return rows != NULL;
}

static bool reader_show(struct req *r, json_t *model, struct err *e)
{
	const struct place p = place_of(r);
	json_t *columns = json_array();
	(void)json_object_set_new(model, "columns", columns);
	if (!add_interview(r, &p, model, e) || !add_column(r, &p, 0, p.application, columns, e) ||
	    (p.beside && !add_column(r, &p, 1, p.beside, columns, e)) ||
	    !add_others(r, &p, model, e))
		return false;
	(void)json_object_set_new(model, "beside", json_integer((json_int_t)p.beside));
	add_views(r, &p, model);
	return true;
}

#include "web/route_table.h" /* last */

enum { ROLES_READ = ROLE_HR | ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED };

const struct route reader_routes[] = {
	{ GET, "/applications/:application/reader", ROLES_READ, reader_show, "reader/show",
	  reader_params,
	  "Papers of a dossier as pictures of their pages, of one candidate or of two beside each "
	  "other; each is journalled once it is opened.",
	  .slow = reader_slow, .journalled = true },
	{ GET, "/applications/:application/reader/:item/:page", ROLES_READ, picture, NULL,
	  picture_params, "One page of a paper as a picture.", .slow = picture_slow },
	{ 0 },
};

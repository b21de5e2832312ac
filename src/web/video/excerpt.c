/* excerpt.c - a part of a record as an archive: films, recordings, receipts (F70). */
#include "app/video/excerpt.h"

#include "app/evidence/evidence.h"
#include "web/evidence/archive.h"
#include "web/evidence/receipt.h"
#include "web/row.h"
#include "web/site.h"
#include "web/video/record.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking -------------------------------------------------------------------------------- */

/* Two digits below `most`. */
static bool read_two(const char **at, int64_t most, int64_t *ret)
{
	const char *t = *at;
	if (t[0] < '0' || t[0] > '9' || t[1] < '0' || t[1] > '9')
		return false;
	*ret = (t[0] - '0') * 10 + (t[1] - '0');
	*at += 2;
	return *ret < most;
}

/* "10:31:05" or "10:31": the first such moment that is not before the record begins. */
static bool read_clock(const char *text, int64_t begin_ms, int64_t *ret)
{
	int64_t hours = 0;
	int64_t minutes = 0;
	int64_t seconds = 0;
	if (!read_two(&text, 24, &hours) || *text++ != ':' || !read_two(&text, 60, &minutes) ||
	    (*text == ':' && (text++, !read_two(&text, 60, &seconds))) || *text != '\0')
		return false;
	const int64_t midnight = begin_ms - (begin_ms + ZONE_OFFSET_MS) % DAY_MS;
	const int64_t at = midnight + (hours * 3600 + minutes * 60 + seconds) * 1000;
	/* of a record over midnight; its own first second was cut to whole ones */
	*ret = at < begin_ms - 1000 ? at + DAY_MS : at;
	return true;
}

static bool read_times(struct req *r, const struct video_source *source, int64_t *ret_from,
		       int64_t *ret_until, struct err *e)
{
	int64_t begin = 0;
	if (!db_number(r->db, e, &begin,
		       "SELECT COALESCE(MIN(from_ms), 0) FROM video_segment WHERE source_id = $1",
		       db_int(source->id)))
		return false;
	if (!read_clock(in_text(r, "from"), begin, ret_from))
		return err_input(e, "from", "record.error.time", "no time");
	return read_clock(in_text(r, "until"), begin, ret_until) ||
	       err_input(e, "until", "record.error.time", "no time");
}

/* The field has another name than that of the page's other form. */
static bool ask(const struct act *act, const struct video_source *source, int64_t from,
		int64_t until, const char *reason, struct err *e)
{
	if (video_excerpt_ask(act, source, from, until, reason, e))
		return true;
	if (strcmp(e->field, "reason") == 0)
		(void)snprintf(e->field, sizeof(e->field), "excerpt_reason");
	return false;
}

bool record_excerpt_ask(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	int64_t from = 0;
	int64_t until = 0;
	(void)model;
	if (!video_source_load(&act, in_int(r, "source"), &source, e) ||
	    !video_view_may(&act, source.room_id, source.id, e) ||
	    !read_times(r, &source, &from, &until, e) ||
	    !ask(&act, &source, from, until, in_text(r, "excerpt_reason"), e))
		return false;
	req_go(r, "/video/sources/%lld/excerpt.zip?from_ms=%lld&until_ms=%lld",
	       (long long)source.id, (long long)from, (long long)until);
	return true;
}

/* ---- putting it together ------------------------------------------------------------------- */

struct excerpt {
	struct req *r;
	struct archive *archive;
	const char *folder; /* of the records */
	json_t *list;       /* video_excerpt() */
};

/* Named as among the records, by which its receipt has it.  A file that is not as its row says is
 * no proof of anything. */
static bool add_piece(struct excerpt *x, const json_t *row, const char *what, struct err *e)
{
	struct arena *a = x->r->arena;
	const char *path = row_text(row, arena_print(a, "%s_file", what));
	const int64_t size = row_number(row, arena_print(a, "%s_size", what));
	const char *hash = row_text(row, arena_print(a, "%s_hash", what));
	if (!*path || size == 0)
		return true;
	if (!strstr(path, "..") && *path != '/' &&
	    archive_add_stored(x->archive, arena_print(a, "records/%s", path),
			       arena_print(a, "%s/%s", x->folder, path), size, hash, e))
		return true;
	err_clear(e);
	return err_set(e, ERR_CONFLICT, "record.error.excerpt_file",
		       "a file of the record is not as its row says");
}

static bool add_receipts(struct excerpt *x, const json_t *row, struct err *e)
{
	struct req *r = x->r;
	size_t i = 0;
	const json_t *entry = NULL;
	json_array_foreach (json_object_get(row, "entries"), i, entry) {
		struct receipt receipt = { 0 };
		const json_int_t seq = json_integer_value(entry);
		if (!evidence_receipt(r->db, r->arena, seq, true, &receipt, e))
			return false;
		const char *text = receipt_json(r->arena, &receipt);
		if (!archive_add(x->archive,
				 arena_print(r->arena, "receipts/%lld.json", (long long)seq), text,
				 strlen(text), e))
			return false;
	}
	return true;
}

static bool add_segments(struct excerpt *x, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (json_object_get(x->list, "segments"), i, row) {
		if (!add_piece(x, row, "film", e) || !add_piece(x, row, "audio", e) ||
		    !add_piece(x, row, "video", e) || !add_receipts(x, row, e))
			return false;
	}
	return true;
}

/* What it is, in all languages; its parts for programs; and the tools that check it
 * (verify/excerpt.c knows these names). */
static bool add_texts(struct excerpt *x, struct err *e)
{
	static const struct handout *const tools[] = { &handout_program, &handout_page };
	struct req *r = x->r;
	struct buf words = buf_on(r->arena);
	const struct catalog *catalog = view_catalog(r->site->view);
	for (size_t i = 0; catalog_languages[i]; i++)
		buf_print(&words, "%s\n\n",
			  catalog_text(catalog, catalog_languages[i], "record.excerpt.text"));
	char *text = json_dumps(x->list, JSON_INDENT(1) | JSON_SORT_KEYS);
	const char *kept = arena_copy(r->arena, text ? text : "{}");
	free(text);
	for (size_t i = 0; i < COUNT(tools); i++) {
		if (!archive_add(x->archive, tools[i]->name, tools[i]->bytes, tools[i]->size, e))
			return false;
	}
	return archive_add(x->archive, "README.txt", words.text, words.length, e) &&
	       archive_add(x->archive, "excerpt.json", kept, strlen(kept), e);
}

static bool put_together(struct excerpt *x, struct err *e)
{
	struct req *r = x->r;
	struct stored_file file = { .media = "application/zip" };
	if (!add_segments(x, e) || !add_texts(x, e) ||
	    !archive_finish_file(x->archive, &file.fd, &file.size, &file.tag, e))
		return false;
	file.name = arena_print(r->arena, "record-%lld.zip", (long long)in_int(r, "source"));
	row_send_open(r, &file);
	r->found = json_pack("{s:s}", "sums", file.tag);
	json_in_arena(r->arena, r->found);
	return true;
}

/* On a worker: half an hour of record may be two hundred megabytes, from disk to disk. */
bool record_excerpt_slow(struct req *r, struct err *e)
{
	CLEANUP(archive_cleanup) struct archive *archive = NULL;
	const struct act act = req_act(r);
	const struct site_files *files = r->site->files;
	struct video_source source = { 0 };
	struct excerpt x = { .r = r };
	if (!video_source_load(&act, in_int(r, "source"), &source, e) ||
	    !video_excerpt(&act, &source, in_int(r, "from_ms"), in_int(r, "until_ms"), &x.list, e))
		return false;
	if (!files || !files->records || !files->db)
		return err_set(e, ERR_CONFLICT, "record.error.folder", "serve has no --records");
	if (!archive_open_file(r->arena, r->now_ms, dirname(arena_copy(r->arena, files->db)),
			       &archive, e))
		return false;
	x.archive = archive;
	x.folder = files->records;
	return put_together(&x, e);
}

/* The file was made on the worker's thread; here the journal takes it down. */
bool record_excerpt_send(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct video_source source = { 0 };
	(void)model;
	return video_source_load(&act, in_int(r, "source"), &source, e) &&
	       video_excerpt_taken(&act, &source, in_int(r, "from_ms"), in_int(r, "until_ms"),
				   row_text(r->found, "sums"), e);
}

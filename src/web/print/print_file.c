/* print_file.c - the files of a dossier in a bundle: their pages, or a page that says why not. */
#include "web/print/print_file.h"

#include "app/candidate/dossier_file.h"
#include "app/candidate/scan.h"
#include "web/names.h"
#include "web/row.h"

#include <sodium.h>

static const char *sha256(struct arena *a, const void *bytes, size_t size)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *text = arena_alloc(a, PAPER_HASH_SIZE);
	(void)crypto_hash_sha256(hash, bytes, size);
	return sodium_bin2hex(text, PAPER_HASH_SIZE, hash, sizeof(hash));
}

/* R16-1: what is in a file stays in it, so the page that stands for it names it by its hash. */
static bool say_why(const struct req *r, const struct dossier_file *f, const char *held,
		    const struct file_pages *pages, struct paper *p, struct err *e)
{
	struct buf xhtml = buf_on(r->arena);
	const char *why =
		*held ? arena_print(r->arena, "held_%s", held) : file_state_name(pages->state);
	json_t *model = json_pack("{s:s,s:s,s:I,s:s,s:s,s:i,s:i,s:b}", "item", p->item, "name",
				  f->name, "size", (json_int_t)f->size, "hash", p->hash, "why", why,
				  "pages", pages->total, "most", FILE_PAGES_MOST, "opens", !*held);
	json_in_arena(r->arena, model);
	if (!print_render(r, "file", model, &xhtml, e))
		return false;
	p->xhtml = xhtml.text;
	p->size = xhtml.length;
	return true;
}

static struct paper paper_of(const struct req *r, const struct dossier_file *f,
			     const struct print_files *to)
{
	const char *item = print_text(r, arena_print(r->arena, "dossier.item.%s", f->item));
	return (struct paper){
		.title = f->name,
		.language = r->language,
		.method = "SHA-256",
		.mark = to->mark,
		.origin = print_text(r, "paper.origin"),
		.place = print_text(r, "paper.place"),
		.group = to->group,
		.item = item,
		.caption = arena_print(r->arena, "%s: %s", item, f->name),
	};
}

/* The bytes live no longer than their drawing: of 50 candidates only the pictures stay.  What is
 * held back is not drawn (app/candidate/scan.h). */
static bool draw(const struct req *r, const struct dossier_file *f, const char *held,
		 struct file_budget *budget, struct file_pages *pages, const char **ret_hash,
		 struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *own = arena_new();
	const struct act act = req_act(r);
	struct file_bytes file;
	if (!file_read(&act, own, f->blob, &file, e))
		return false;
	*ret_hash = sha256(r->arena, file.bytes, file.size);
	return *held ||
	       file_pages_draw(r->arena, f->media, file.bytes, file.size, budget, pages, e);
}

static bool add(const struct req *r, const struct dossier_file *f, const struct print_files *to,
		struct err *e)
{
	const struct act act = req_act(r);
	struct paper p = paper_of(r, f, to);
	struct file_pages *pages = arena_alloc(r->arena, sizeof(*pages));
	const char *held = "";
	if (!scan_held(&act, f->blob, &held, e) || !draw(r, f, held, to->budget, pages, &p.hash, e))
		return false;
	if (pages->count > 0) {
		p.file = pages;
		to->add(to->user, &p);
	}
	if (pages->state == FILE_DRAWN && !*held)
		return true;
	p.file = NULL;
	if (!say_why(r, f, held, pages, &p, e))
		return false;
	to->add(to->user, &p);
	return true;
}

bool print_files_add(const struct req *r, int64_t application, const struct print_files *to,
		     struct err *e)
{
	const struct act act = req_act(r);
	struct dossier_files files = { 0 };
	if (!dossier_files(&act, application, &files, e))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		if (!add(r, &files.file[i], to, e))
			return false;
		if (files.file[i].restricted)
			print_note_view(to->answered, files.file[i].row_id);
	}
	return true;
}

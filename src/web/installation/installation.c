#include "web/installation/installation.h"

#include "app/bank/vault_start.h"
#include "base/buf.h"
#include "web/site.h"

#include <string.h>

enum needs {
	NOTHING,
	FILES, /* of a database          */
	BASE,  /* that can be looked into */
	REAL,  /* and is no demonstration */
};

static const struct {
	enum needs needs;
	bool thorough; /* takes long */
	bool (*run)(struct installation *c, struct err *e);
} checks[] = {
	/* whether there is a BASE, and what: before all others */
	{ FILES, false, installation_version },
	/* the law and the program's own texts */
	{ NOTHING, false, installation_law },
	{ NOTHING, false, installation_texts },
	/* the machine */
	{ NOTHING, false, installation_certificate },
	{ NOTHING, false, installation_withdrawn },
	{ NOTHING, false, installation_swap },
	{ NOTHING, false, installation_fences },
	{ FILES, false, installation_modes },
	{ FILES, false, installation_folders },
	{ FILES, false, installation_written },
	{ FILES, false, installation_space },
	{ FILES, false, installation_records },
	/* the database */
	{ BASE, false, installation_server },
	{ BASE, true, installation_rows },
	{ BASE, false, installation_clock },
	{ BASE, false, installation_bank },
	{ BASE, false, installation_journal },
	{ BASE, false, installation_backup },
	{ REAL, false, installation_jobs },
	{ REAL, true, installation_passwords },
	{ REAL, false, installation_admin },
	{ REAL, false, installation_factor },
	{ BASE, false, installation_lists },
	{ BASE, false, installation_scan },
	{ BASE, false, installation_files },
	{ BASE, false, installation_hooks },
	{ BASE, false, installation_video },
	{ REAL, false, installation_halls },
};

struct installation installation_new(struct arena *a, const struct view *view, const char *language)
{
	json_t *findings = json_array();
	json_in_arena(a, findings);
	return (struct installation){
		.arena = a, .view = view, .language = language, .findings = findings
	};
}

static bool can_look(const struct installation *c, enum needs needs)
{
	switch (needs) {
	case NOTHING: return true;
	case FILES: return c->db != NULL || c->base != NULL;
	case BASE: return c->base != NULL;
	case REAL: return c->base != NULL && !c->demonstration;
	}
	return false;
}

/* A base that is damaged ends one check and not all: the others may tell more of it. */
static bool note_unreadable(struct installation *c, struct err *e)
{
	const char *why = arena_copy(c->arena, e->detail);
	if (!c->base || e->kind != ERR_DB)
		return false;
	err_clear(e);
	if (c->unreadable && strcmp(c->unreadable, why) == 0)
		return true;
	c->unreadable = why;
	return installation_find(c, LEVEL_ERROR, "unreadable", why, e);
}

bool installation_check(struct installation *c, struct err *e)
{
	for (size_t i = 0; i < COUNT(checks); i++) {
		if (can_look(c, checks[i].needs) && (c->thorough || !checks[i].thorough) &&
		    !checks[i].run(c, e) && !note_unreadable(c, e))
			return false;
	}
	return true;
}

bool installation_find(struct installation *c, enum installation_level level, const char *what,
		       const char *value, struct err *e)
{
	const struct catalog *catalog = view_catalog(c->view);
	const char *key = arena_print(c->arena, "cli.check.%s", what);
	const char *mend = arena_print(c->arena, "cli.check.%s.mend", what);
	struct buf text = buf_on(c->arena);
	json_t *values = json_pack("{s:s}", "value", value);
	bool ok = catalog_format(catalog, c->language, key, values, &text, e);
	json_decref(values);
	if (!ok)
		return false;
	c->errors += level == LEVEL_ERROR;
	c->warnings += level == LEVEL_WARNING;
	json_t *row = json_pack("{s:s,s:s,s:s,s:s?}", "level",
				level == LEVEL_ERROR ? "error" : "warning", "what", what, "text",
				text.text, "mend", catalog_text(catalog, c->language, mend));
	/* what has to be mended first stands first */
	const size_t place =
		level == LEVEL_ERROR ? (size_t)c->errors - 1 : json_array_size(c->findings);
	return json_array_insert_new(c->findings, place, row) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

const char *installation_key(const struct installation *c)
{
	if (c->key)
		return c->key;
	return db_is_server(c->db) ? "" : vault_key_path(c->arena, c->db);
}

enum installation_level installation_serious(const struct installation *c)
{
	return c->demonstration ? LEVEL_WARNING : LEVEL_ERROR;
}

void installation_list(struct buf *list, const char *text)
{
	if (list->length > 0)
		buf_add(list, ", ");
	buf_add(list, text);
}

/* ---- the page -------------------------------------------------------------------------------- */

/* On a worker: the journal and the files are looked through. */
static bool look(struct req *r, struct err *e)
{
	const struct site_files *files = r->site->files;
	struct installation c = installation_new(r->arena, r->site->view, r->language);
	c.inside = files != NULL;
	c.base = r->db;
	c.now_ms = r->now_ms;
	c.place = r->site->place;
	c.today = day_of_instant(r->now_ms);
	if (files) {
		c.db = files->db;
		c.key = files->key;
		c.rules = files->rules;
		c.tls = files->tls;
		c.records = files->records;
	}
	if (!installation_check(&c, e))
		return false;
	r->found = json_pack("{s:O,s:I,s:I}", "findings", c.findings, "errors",
			     (json_int_t)c.errors, "warnings", (json_int_t)c.warnings);
	json_in_arena(r->arena, r->found);
	return installation_files_model(&c, r->found, e);
}

static bool show(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	return json_object_update(model, r->found) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

#include "web/route_table.h"

const struct route installation_routes[] = {
	{ GET, "/installation", ROLE_ADMIN, show, "installation/show", no_params,
	  "What is wrong with this installation, and how to mend it.", .slow = look,
	  .extra = "findings.what" },
	{ 0 },
};

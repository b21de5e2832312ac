/* clause.c - the mark of a clause leads to its text: of the rule set under which the competition of
 * this page runs (O-4), else of the one in force today (O-2). */
#include "web/competition/public.h"
#include "web/http/call.h"

#include "base/log.h"

#include <string.h>

static bool has(const struct req *r, const char *name)
{
	return strstr(r->route->path, arena_print(r->arena, "/:%s", name)) && in_has(r, name);
}

/* "" for a page of no competition, and for one that is not announced. */
static bool pinned_hash(const struct req *r, struct db *db, const char **ret, struct err *e)
{
	json_t *rows = NULL;
	*ret = "";
	if (has(r, "competition"))
		rows = db_rows(db, r->arena, e, "SELECT rule_set FROM competition WHERE id = $1",
			       db_int(in_int(r, "competition")));
	else if (has(r, "application"))
		rows = db_rows(db, r->arena, e,
			       "SELECT c.rule_set FROM competition c JOIN application a"
			       " ON a.competition_id = c.id WHERE a.id = $1",
			       db_int(in_int(r, "application")));
	else if (has(r, "interview"))
		rows = db_rows(db, r->arena, e,
			       "SELECT c.rule_set FROM competition c JOIN interview i"
			       " ON i.competition_id = c.id WHERE i.id = $1",
			       db_int(in_int(r, "interview")));
	else if (has(r, "sitting"))
		rows = db_rows(db, r->arena, e,
			       "SELECT c.rule_set FROM competition c JOIN sitting s"
			       " ON s.competition_id = c.id WHERE s.id = $1",
			       db_int(in_int(r, "sitting")));
	else
		return true;
	if (rows && json_array_size(rows) > 0)
		*ret = row_text(json_array_get(rows, 0), "rule_set");
	return rows != NULL;
}

const char *clause_rules(const struct call *c)
{
	const struct req *r = &c->req;
	const char *hash = "";
	struct err e = { 0 };
	if (!r->book)
		return NULL;
	/* a page without links is better than none */
	if (r->route && !c->site->away && !pinned_hash(r, c->site->db, &hash, &e))
		log_failure("clause", &e);
	return rules_place(r, hash);
}

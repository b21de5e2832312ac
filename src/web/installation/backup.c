#include "web/installation/backup.h"

#include "app/evidence/backup_note.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

/* Of a root as many digits as the name of a copy has: enough to compare by eye. */
#define COLUMNS                                                                                    \
	"SELECT b.id, b.made_ms, b.name, b.size, b.journal_size AS entries,"                       \
	" SUBSTR(b.root, 1, 12) AS root, b.sealed, b.removed_ms, c.at_ms AS checked_ms, c.why"     \
	"  FROM backup b LEFT JOIN backup_check c ON c.id = (SELECT MAX(x.id) FROM backup_check x" \
	"  WHERE x.backup_id = b.id) ORDER BY b.made_ms DESC, b.id DESC LIMIT $1"

/* "ok", "bad", "waiting" for its first check, "removed" */
static const char *state_of(const json_t *row)
{
	if (*row_text(row, "why"))
		return "bad";
	if (row_has(row, "removed_ms"))
		return "removed";
	return row_has(row, "checked_ms") ? "ok" : "waiting";
}

static bool add_service(struct req *r, json_t *model, struct err *e)
{
	struct backup_state s = { 0 };
	if (!backup_state(r->db, r->arena, r->now_ms, &s, e))
		return false;
	json_t *none = json_null();
	(void)json_object_set_new(
		model, "service",
		s.made_ms == 0 ? none
			       : json_pack("{s:b,s:o,s:o,s:s}", "late", s.late, "made_ms",
					   json_integer(s.made_ms), "checked_ms",
					   s.checked_ms ? json_integer(s.checked_ms) : none, "why",
					   s.why));
	return true;
}

/* F91 */
static bool backup_list(struct req *r, json_t *model, struct err *e)
{
	enum { NEWEST = 1000, MB = 1024 * 1024 };
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows = db_rows(r->db, r->arena, e, COLUMNS, db_int(NEWEST));
	if (!rows || !add_service(r, model, e))
		return false;
	json_array_foreach (rows, i, row) {
		const double size = (double)row_number(row, "size") / MB;
		(void)json_object_set_new(row, "state", json_string(state_of(row)));
		(void)json_object_set_new(row, "why", json_string(row_text(row, "why")));
		(void)json_object_set_new(row, "size", decimal_json(size, 1));
		(void)json_object_set_new(row, "sealed",
					  json_boolean(row_number(row, "sealed") != 0));
		(void)json_object_del(row, "removed_ms");
		(void)json_object_del(row, "id");
	}
	list_rows(r, model, rows);
	return true;
}

static const struct list_column backup_columns[] = {
	{ "made_ms", "backup.made", LIST_TIME, LIST_SORTS, NULL },
	{ "name", "backup.name", LIST_TEXT, LIST_SORTS, NULL },
	{ "size", "backup.size", LIST_DECIMAL, LIST_SORTS, NULL },
	{ "entries", "backup.entries", LIST_NUMBER, LIST_SORTS, NULL },
	{ "root", "backup.root", LIST_TEXT, 0, NULL },
	{ "sealed", "backup.sealed", LIST_FLAG, 0, NULL },
	{ "checked_ms", "backup.checked", LIST_TIME, LIST_SORTS, NULL },
	{ "state", "backup.state", LIST_CODE, LIST_SORTS, "backup.state" },
	{ "why", "backup.why", LIST_CODE, 0, "backup.why" },
	{ 0 },
};
static const struct list backup_listing = { "backups", "backup.list.title", backup_columns, 50 };
static const struct param backup_params[] = { LIST_PARAMS, PARAMS_END };

#include "web/route_table.h"

const struct route backup_routes[] = {
	{ GET, "/backups", ROLE_ADMIN | ROLE_AUDITOR, backup_list, "backup/list", backup_params,
	  "Copies of the database, and whether they could be restored.", .list = &backup_listing },
	{ 0 },
};

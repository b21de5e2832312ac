#include "web/access/people_import.h"

#include "app/access/reauth.h"
#include "app/installation/people_import.h"
#include "exchange/confined.h"
#include "web/list.h"
#include "web/row.h"

#include <string.h>

#define PLACE "/admin/people/import/take" /* the form that the file waits for */

enum { FILE_MOST = 8 * 1024 * 1024, MINUTE_MS = 60 * 1000 };

/* what the file is is told from its content by exchange_read_confined() */
static const char *const medias[] = { "application/zip", "application/octet-stream", NULL };

static const struct list_column columns[] = {
	{ "line", "import.line", LIST_NUMBER, LIST_SORTS, NULL },
	{ "name", "access.person", LIST_TEXT, LIST_SORTS, NULL },
	{ "what", "import.what", LIST_CODE, LIST_SORTS, "table" },
	{ "column", "people_import.column", LIST_TEXT, LIST_SORTS, NULL },
	{ "reason", "import.reason", LIST_TEXT, 0, NULL },
	{ 0 },
};
static const struct list listing = { "rows", "people_import.look.title", columns, 50 };

static const struct param add_params[] = {
	{ "file", P_FILE, 1, FILE_MOST, true, medias },
	PARAMS_END,
};
static const struct param look_params[] = { LIST_PARAMS, PARAMS_END };

/* ---- reading, on a worker -------------------------------------------------------------------- */

static bool read_table(struct req *r, const void *bytes, size_t size, const char *name,
		       struct err *e)
{
	static const struct exchange_options options = { EXCHANGE_TABLE, "" };
	const struct act act = req_act(r);
	struct exchange_set set = { .rows = NULL };
	json_t *told = NULL;
	if (!exchange_read_confined(r->arena, bytes, size, &options, &set, e) ||
	    !people_import_look(&act, &set, &told, e))
		return false;
	r->found =
		json_pack("{s:s,s:o,s:o}", "file", name, "told", told, "table", table_pack(&set));
	json_in_arena(r->arena, r->found);
	return true;
}

/* So that a file that is no table is refused where it was chosen. */
static bool read_upload(struct req *r, struct err *e)
{
	const struct upload *file = in_file(r, "file");
	return read_table(r, file->bytes, file->size, file->file_name, e);
}

/* r->found is an empty object when nothing waits any more. */
static bool read_waiting(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	const struct reauth_file *list = NULL;
	size_t count = 0;
	if (!reauth_kept(&act, PLACE, &list, &count, e))
		return false;
	if (count > 0)
		return read_table(r, list[0].bytes, list[0].size, list[0].file_name, e);
	r->found = json_object();
	json_in_arena(r->arena, r->found);
	return true;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static bool form(struct req *r, json_t *model, struct err *e)
{
	json_t *list = json_array();
	(void)r;
	(void)e;
	for (const struct table_column *c = people_columns; c->field; c++)
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s,s:b}", "field", c->field, "key",
					arena_print(r->arena, "people_import.field.%s", c->field),
					"needed", c->needed));
	(void)json_object_set_new(model, "columns", list);
	(void)json_object_set_new(model, "minutes", json_integer(REAUTH_KEEP_MS / MINUTE_MS));
	return true;
}

static bool add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct upload *file = in_file(r, "file");
	const struct reauth_file waits = { "file", file->file_name, file->bytes, file->size };
	(void)model;
	if (!reauth_keep(&act, PLACE, &waits, 1, e))
		return false;
	req_go(r, "/admin/people/import/look");
	return true;
}

static json_t *rows_of(const struct req *r, const json_t *told)
{
	json_t *rows = json_array();
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (json_object_get(told, "rows"), i, row) {
		const char *key = row_text(row, "key");
		const char *reason =
			*key ? row_message(r, key, row_text(row, "value"))
			     : row_fields(r, "people_import.field.", row_text(row, "fields"));
		(void)json_array_append_new(
			rows, json_pack("{s:I,s:s,s:s,s:s,s:s}", "line",
					(json_int_t)row_number(row, "line"), "name",
					row_text(row, "name"), "what", row_text(row, "what"),
					"column", row_text(row, "column"), "reason", reason));
	}
	json_in_arena(r->arena, rows);
	return rows;
}

static bool look(struct req *r, json_t *model, struct err *e)
{
	const json_t *told = json_object_get(r->found, "told");
	json_t *import = json_null();
	(void)e;
	if (told) {
		const int64_t changes = row_number(told, "added") + row_number(told, "changed");
		const int64_t bad = row_number(told, "bad");
		import = json_pack(
			"{s:s,s:I,s:I,s:I,s:I,s:b,s:b}", "file", row_text(r->found, "file"),
			"added", (json_int_t)row_number(told, "added"), "changed",
			(json_int_t)row_number(told, "changed"), "unchanged",
			(json_int_t)row_number(told, "unchanged"), "bad", (json_int_t)bad, "takes",
			bad == 0 && changes > 0, "nothing", bad == 0 && changes == 0);
	}
	(void)json_object_set_new(model, "import", import);
	list_rows(r, model, rows_of(r, told));
	return true;
}

static bool take(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct exchange_set set = { .rows = NULL };
	json_t *told = NULL;
	(void)model;
	if (!table_unpack(r->arena, json_object_get(r->found, "table"), &set))
		return err_set(e, ERR_CONFLICT, "people_import.error.gone",
			       "the file does not wait any more");
	if (!people_import_take(&act, &set, &told, e))
		return false;
	json_in_arena(r->arena, told);
	if (!reauth_forget(&act, e))
		return false;
	r->notice = "people_import.notice.taken";
	req_go(r, "/admin/people/import");
	return true;
}

static bool drop(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	if (!reauth_forget(&act, e))
		return false;
	r->notice = "people_import.notice.dropped";
	req_go(r, "/admin/people/import");
	return true;
}

#include "web/route_table.h" /* last */

const struct route people_import_routes[] = {
	{ GET, "/admin/people/import", ROLE_ADMIN, form, "access/people-import", no_params,
	  "The form that takes a table of people." },
	{ POST, "/admin/people/import", ROLE_ADMIN, add, "access/people-import", add_params,
	  "Reads a table of people, which then waits to be taken over.", .slow = read_upload,
	  .again = form },
	{ GET, "/admin/people/import/look", ROLE_ADMIN, look, "access/people-import-look",
	  look_params, "What would come of each line of the table.", .slow = read_waiting,
	  .list = &listing },
	{ POST, "/admin/people/import/take", ROLE_ADMIN, take, NULL, no_params,
	  "Takes the table over: all of it or nothing.", .slow = read_waiting },
	{ POST, "/admin/people/import/drop", ROLE_ADMIN, drop, NULL, no_params,
	  "Forgets the table." },
	{ 0 },
};

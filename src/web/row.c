#include "web/row.h"

#include "app/candidate/candidate.h"
#include "app/candidate/scan.h"
#include "web/list.h"
#include "web/names.h"
#include "web/site.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const paper_media[] = { "application/pdf", "image/png", "image/jpeg", NULL };

json_t *day_json(day d)
{
	char text[DAY_TEXT_SIZE];
	day_print(d, text);
	return json_string(text);
}

void row_day(json_t *row, const char *name)
{
	const json_t *value = json_object_get(row, name);
	if (json_is_integer(value))
		(void)json_object_set_new(row, name,
					  day_json((day){ (int32_t)json_integer_value(value) }));
}

void row_name(const struct req *r, json_t *row)
{
	const char *patronymic = row_text(row, "patronymic");
	const char *family = row_text(row, "family");
	const char *name =
		!*family ? "" /* nobody: the outer row of a join */
			 : arena_print(r->arena, "%s %s%s%s", family, row_text(row, "given"),
				       *patronymic ? " " : "", patronymic);
	(void)json_object_set_new(row, "name", json_string(name));
	(void)json_object_del(row, "family");
	(void)json_object_del(row, "given");
	(void)json_object_del(row, "patronymic");
}

const char *const roles_hr[] = { ROLE_NAME_HR, NULL };
const char *const roles_hr_auditor[] = { ROLE_NAME_HR, ROLE_NAME_AUDITOR, NULL };

bool row_may(const struct req *r, const char *const *roles, const char *organ, json_t *known,
	     bool *ret, struct err *e)
{
	const struct act act = req_act(r);
	const json_t *before = json_object_get(known, organ);
	*ret = json_is_true(before);
	for (size_t i = 0; !before && !*ret && roles[i]; i++) {
		if (!act_holds(&act, roles[i], organ, ret, e))
			return false;
	}
	if (!before)
		(void)json_object_set_new(known, organ, json_boolean(*ret));
	return true;
}

bool row_inbox(struct req *r, const char *const *roles, json_t *rows, const char *day_column,
	       json_t *model, struct err *e)
{
	json_t *shown = json_array();
	json_t *known = json_object();
	bool fine = true;
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		bool may = false;
		fine = fine && row_may(r, roles, row_text(row, "organ"), known, &may, e);
		if (!may)
			continue;
		row_name(r, row);
		row_day(row, day_column);
		(void)json_object_set_new(row, "post",
					  json_string(post_name(r, row_text(row, "post"))));
		(void)json_object_del(row, "organ");
		(void)json_array_append(shown, row);
	}
	list_rows(r, model, shown);
	json_decref(shown);
	json_decref(known);
	return rows && fine;
}

void model_candidate(const struct req *r, const struct candidate *c, json_t *model)
{
	(void)json_object_set_new(model, "candidate",
				  json_pack("{s:I,s:s,s:s}", "id", (json_int_t)c->application_id,
					    "name", c->name, "post",
					    post_name(r, c->competition.post)));
}

json_t *word_options(const struct req *r, const char *const *words, const char *key)
{
	json_t *list = json_array();
	for (; *words; words++)
		(void)json_array_append_new(list,
					    json_pack("{s:s,s:s}", "id", *words, "key",
						      arena_print(r->arena, "%s.%s", key, *words)));
	return list;
}

const char *row_message(const struct req *r, const char *key, const char *value)
{
	struct buf out = buf_on(r->arena);
	json_t *values = json_pack("{s:s}", "value", value);
	const bool said =
		catalog_format(view_catalog(r->site->view), r->language, key, values, &out, NULL);
	json_decref(values);
	return said ? out.text : key;
}

const char *row_fields(const struct req *r, const char *prefix, const char *names)
{
	struct buf out = buf_on(r->arena);
	char *rest = NULL;
	char *text = arena_copy(r->arena, names);
	for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
		buf_print(&out, "%s%s", out.length ? ", " : "",
			  row_message(r, arena_print(r->arena, "%s%s", prefix, name), ""));
	return out.text;
}

bool row_upload(const struct req *r, const char *name, struct file_in *ret)
{
	const struct upload *u = in_file(r, name);
	if (!u)
		return false;
	*ret = (struct file_in){ u->bytes, u->size, u->media, u->file_name };
	return true;
}

bool send_blob(struct req *r, const char *hash, const char *file_name, struct err *e)
{
	const struct act act = req_act(r);
	struct fetch *fetch = arena_alloc(r->arena, sizeof(*fetch));
	if (!scan_require(&act, hash, e))
		return false;
	*fetch = (struct fetch){ arena_copy(r->arena, hash), arena_copy(r->arena, file_name) };
	r->fetch = fetch;
	return true;
}

static void close_file(void *user)
{
	const struct stored_file *file = user;
	(void)close(file->fd);
}

void row_send_open(struct req *r, const struct stored_file *file)
{
	struct stored_file *kept = arena_alloc(r->arena, sizeof(*kept));
	*kept = *file;
	arena_defer(r->arena, close_file, kept);
	r->file = kept;
}

/* Written by ourselves, but a database may come from elsewhere (konkurs restore). */
static bool stays_below(const char *path)
{
	return *path && *path != '/' && !strstr(path, "..");
}

bool row_send_stored(struct req *r, const char *folder, const char *path,
		     const struct stored_file *file, struct err *e)
{
	struct stored_file found = *file;
	struct stat status = { 0 };
	if (!stays_below(path))
		return err_set(e, ERR_MISSING, "error.missing", "no path of a stored file");
	found.fd = open(arena_print(r->arena, "%s/%s", folder, path),
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (found.fd < 0)
		return err_set(e, ERR_MISSING, "error.missing", "a stored file does not open: %s",
			       strerrorname_np(errno));
	row_send_open(r, &found);
	if (fstat(found.fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size == file->size)
		return true;
	r->file = NULL;
	return err_set(e, ERR_MISSING, "error.missing", "a stored file is not as its row says");
}

json_t *decimal_json(double value, int digits)
{
	char text[64];
	/* no minus before what is rounded to nothing */
	const double unit = pow(10, digits);
	(void)snprintf(text, sizeof(text), "%.*f", digits, round(value * unit) / unit + 0.0);
	return json_string(text);
}

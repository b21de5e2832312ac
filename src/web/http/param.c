#include "web/http/param.h"

#include "base/text.h"
#include "web/http/call.h"
#include "web/http/once.h"
#include "web/http/switch.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

/* ---- known and whole ------------------------------------------------------- */

static const struct param *declared(const struct route *route, const char *name)
{
	for (const struct param *p = route->params; p->name; p++) {
		if (strcmp(p->name, name) == 0)
			return p;
	}
	return NULL;
}

size_t params_body_most(const struct route *route)
{
	size_t files = 0;
	for (const struct param *p = route->params; p->name; p++)
		files += p->type == P_FILE ? (size_t)p->max : 0;
	files += files / 4;
	return files < BODY_WITH_FILE_MOST - BODY_MOST ? BODY_MOST + files : BODY_WITH_FILE_MOST;
}

static bool comes_again(const struct fields *f, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (strcmp(f->list[i].name, f->list[j].name) == 0)
			return true;
	}
	return false;
}

static bool field_known(const struct param *p, const struct fields *f, size_t i, struct err *e)
{
	const struct field *field = &f->list[i];
	if (!p) {
		(void)err_input(e, field->name, "error.param.unknown",
				"a field that is not declared");
		return err_value(e, field->name);
	}
	if (p->type != P_LIST && comes_again(f, i))
		return err_input(e, p->name, "error.param.twice", "%s came twice", p->name);
	if ((p->type == P_FILE) != (field->file_name != NULL) && field->size > 0)
		return err_input(e, p->name, "error.form",
				 "%s: a file for a text, or a text for a file", p->name);
	if (p->type != P_FILE && !text_valid(field->bytes, field->size))
		return err_input(e, p->name, "error.text.encoding", "%s is not clean UTF-8",
				 p->name);
	return true;
}

bool params_known(const struct route *route, const struct fields *f, struct err *e)
{
	for (size_t i = 0; i < f->count; i++) {
		const char *name = f->list[i].name;
		if (strcmp(name, "csrf") != 0 && strcmp(name, ONCE_FIELD) != 0 &&
		    (route->method == GET || strcmp(name, SWITCH_FIELD) != 0) &&
		    !field_known(declared(route, name), f, i, e))
			return false;
	}
	return true;
}

/* ---- one value ------------------------------------------------------------- */

static bool one_of(const char *const *choices, const char *text)
{
	for (; *choices; choices++) {
		if (strcmp(*choices, text) == 0)
			return true;
	}
	return false;
}

static bool number_of(const char *text, int64_t *ret)
{
	bool minus = *text == '-';
	int64_t value = 0;
	text += minus;
	if (*text == '\0')
		return false;
	for (; *text; text++) {
		int digit = *text - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, (int64_t)10, &value) ||
		    __builtin_add_overflow(value, (int64_t)digit, &value))
			return false;
	}
	*ret = minus ? -value : value;
	return true;
}

/* Fails at field p with what {value} stands for. */
static bool refuse(struct err *e, const struct param *p, const char *key, const char *value)
{
	(void)err_input(e, p->name, key, "%s is not as declared", p->name);
	return err_value(e, value);
}

static bool read_int(struct req *r, const struct param *p, const char *text, json_t **ret,
		     struct err *e)
{
	int64_t n = 0;
	if (!number_of(text, &n))
		return refuse(e, p, "error.number", "");
	if (n < p->min || n > p->max)
		return refuse(
			e, p, "error.number.range",
			arena_print(r->arena, "%lld-%lld", (long long)p->min, (long long)p->max));
	*ret = json_integer(n);
	return true;
}

static bool read_text(struct req *r, const struct param *p, const char *text, json_t **ret,
		      struct err *e)
{
	int64_t length = (int64_t)text_length(text);
	if (length < p->min)
		return refuse(e, p, "error.text.short",
			      arena_print(r->arena, "%lld", (long long)p->min));
	if (length > p->max)
		return refuse(e, p, "error.text.long",
			      arena_print(r->arena, "%lld", (long long)p->max));
	*ret = json_string(text);
	return true;
}

static bool read_value(struct req *r, const struct param *p, const char *text, json_t **ret,
		       struct err *e)
{
	day d = { 0 };
	int64_t instant_ms = 0;
	switch (p->type) {
	case P_INT: return read_int(r, p, text, ret, e);
	case P_DAY:
		if (!day_parse(text, &d))
			return refuse(e, p, "error.day", "");
		*ret = json_string(text);
		return true;
	case P_TIME:
		if (!instant_parse(text, &instant_ms))
			return refuse(e, p, "error.time", "");
		*ret = json_integer(instant_ms);
		return true;
	case P_CHOICE:
		if (!one_of(p->choices, text))
			return refuse(e, p, "error.choice", "");
		*ret = json_string(text);
		return true;
	case P_FLAG: *ret = json_true(); return true;
	default: return read_text(r, p, text, ret, e);
	}
}

/* ---- uploads --------------------------------------------------------------- */

const char *media_of(const void *bytes, size_t size)
{
	static const struct {
		const char *mark;
		size_t size;
		const char *media;
	} row[] = {
		{ "%PDF-", 5, "application/pdf" },
		{ "\x89PNG\r\n\x1a\n", 8, "image/png" },
		{ "\xff\xd8\xff", 3, "image/jpeg" },
		{ "PK\x03\x04", 4, "application/zip" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (size >= row[i].size && memcmp(bytes, row[i].mark, row[i].size) == 0)
			return row[i].media;
	}
	return "application/octet-stream";
}

/* The sender's name of a file, for people's eyes: without path, of bounded length. */
static const char *shown_name(struct arena *a, const char *sent)
{
	const char *text = NULL;
	for (const char *c = sent; *c; c++) {
		if (*c == '/' || *c == '\\')
			sent = c + 1;
	}
	if (!text_accept(a, sent, strlen(sent), &text, NULL) || *text == '\0')
		return "file";
	if (text_length(text) <= FILE_NAME_MOST)
		return text;
	size_t size = 0;
	for (size_t n = 0; text[size] && n <= FILE_NAME_MOST; size++)
		n += ((unsigned char)text[size + 1] & 0xc0U) != 0x80U;
	return arena_copy_n(a, text, size);
}

/* A name ends as what is in the file: whoever saves it opens no program that is a picture too
 * (F14).
 */
static const char *named_as(struct arena *a, const char *name, const char *media)
{
	static const struct {
		const char *media, *ending;
	} row[] = {
		{ "application/pdf", ".pdf" },
		{ "image/png", ".png" },
		{ "image/jpeg", ".jpg" },
		{ "image/jpeg", ".jpeg" },
	};
	const char *ending = NULL;
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strcmp(row[i].media, media) != 0)
			continue;
		const size_t size = strlen(name), tail = strlen(row[i].ending);
		if (size > tail && strcasecmp(name + size - tail, row[i].ending) == 0)
			return name;
		ending = ending ? ending : row[i].ending;
	}
	return ending ? arena_print(a, "%s%s", name, ending) : name;
}

static bool read_file(struct req *r, const struct param *p, const struct field *field,
		      struct upload *ret, struct err *e)
{
	if ((int64_t)field->size > p->max)
		return refuse(e, p, "error.file.size",
			      arena_print(r->arena, "%lld",
					  (long long)(p->max / (INT64_C(1024) * 1024))));
	const char *media = media_of(field->bytes, field->size);
	if (!one_of(p->choices, media))
		return refuse(e, p, "error.file.media", "");
	const char *name = named_as(r->arena, shown_name(r->arena, field->file_name), media);
	*ret = (struct upload){ p->name, name, media, field->bytes, field->size };
	return true;
}

static bool add_upload(struct req *r, const struct param *p, const struct field *field,
		       struct err *e)
{
	struct upload upload = { 0 };
	if (!read_file(r, p, field, &upload, e))
		return false;
	struct upload *list = arena_array(r->arena, r->upload_count + 1, sizeof(*list));
	if (r->upload_count > 0)
		memcpy(list, r->uploads, r->upload_count * sizeof(*list));
	list[r->upload_count] = upload;
	r->uploads = list;
	r->upload_count++;
	return true;
}

/* ---- all of a route -------------------------------------------------------- */

static bool read_list(struct req *r, const struct param *p, const struct fields *f, struct err *e)
{
	json_t *list = json_array();
	(void)json_object_set_new(r->in, p->name, list);
	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->list[i];
		const char *text = NULL;
		json_t *value = NULL;
		if (strcmp(field->name, p->name) != 0)
			continue;
		if (!text_accept(r->arena, field->bytes, field->size, &text, e) ||
		    !read_text(r, p, text, &value, e))
			return err_field(e, p->name);
		(void)json_array_append_new(list, value);
	}
	if (p->required && json_array_size(list) == 0)
		return refuse(e, p, "error.required", "");
	return true;
}

static bool accept(struct arena *a, const struct param *p, const struct field *field,
		   const char **ret, struct err *e)
{
	return p->type == P_SECRET ? text_accept_secret(a, field->bytes, field->size, ret, e)
				   : text_accept(a, field->bytes, field->size, ret, e);
}

static bool read_param(struct req *r, const struct param *p, const struct fields *f, struct err *e)
{
	if (p->type == P_LIST)
		return read_list(r, p, f, e);
	const struct field *field = form_find(f, p->name);
	if (field && p->type == P_FILE && field->size > 0)
		return add_upload(r, p, field, e);
	const char *text = "";
	if (field && p->type != P_FILE && !accept(r->arena, p, field, &text, e))
		return err_field(e, p->name);
	if (*text == '\0')
		return !p->required || refuse(e, p, "error.required", "");
	json_t *value = NULL;
	if (!read_value(r, p, text, &value, e))
		return false;
	(void)json_object_set_new(r->in, p->name, value);
	return true;
}

/* Goes on behind a failure: the page that is shown again needs the parts of the path. */
bool params_read(struct req *r, const struct fields *f, struct err *e)
{
	bool ok = true;
	for (const struct param *p = r->route->params; p->name; p++)
		ok = read_param(r, p, f, e) && ok;
	return ok;
}

/* As it stands in the form: a text, true of a check box, a list. */
static json_t *typed_value(const struct req *r, const struct param *p, const struct fields *f)
{
	const struct field *field = form_find(f, p->name);
	json_t *read = json_object_get(r->in, p->name);
	const char *text = "";
	if (p->type == P_FLAG)
		return json_boolean(field && field->size > 0);
	if (p->type == P_LIST)
		return json_is_array(read) ? json_incref(read) : json_array();
	if (!field || p->type == P_FILE || p->type == P_SECRET ||
	    !text_accept(r->arena, field->bytes, field->size, &text, NULL))
		text = "";
	return json_string(text);
}

json_t *params_typed(const struct req *r, const struct fields *f, const struct err *why,
		     const char *message)
{
	json_t *typed = json_object();
	json_in_arena(r->arena, typed);
	for (const struct param *p = r->route->params; p->name; p++) {
		bool here = strcmp(why->field, p->name) == 0;
		json_t *part = json_object();
		(void)json_object_set_new(part, "value", typed_value(r, p, f));
		(void)json_object_set_new(part, "error", here ? json_string(message) : json_null());
		(void)json_object_set_new(typed, p->name, part);
	}
	return typed;
}

/* ---- what handlers ask ----------------------------------------------------- */

/* A name that is not declared is a mistake in the handler; a page that is shown again may
 * ask for what only its own route declares, and finds it absent. */
static const json_t *value_of(const struct req *r, const char *name)
{
	assert(r->shown_again || declared(r->route, name));
	return json_object_get(r->in, name);
}

bool in_has(const struct req *r, const char *name)
{
	return value_of(r, name) != NULL || in_file(r, name) != NULL;
}

int64_t in_int(const struct req *r, const char *name)
{
	return json_integer_value(value_of(r, name));
}

const char *in_text(const struct req *r, const char *name)
{
	const char *text = json_string_value(value_of(r, name));
	return text ? text : "";
}

day in_day(const struct req *r, const char *name)
{
	day d = { 0 };
	return day_parse(in_text(r, name), &d) ? d : (day){ 0 };
}

bool in_flag(const struct req *r, const char *name)
{
	return json_is_true(value_of(r, name));
}

const json_t *in_list(const struct req *r, const char *name)
{
	return value_of(r, name);
}

const struct upload *in_file(const struct req *r, const char *name)
{
	for (size_t i = 0; i < r->upload_count; i++) {
		if (strcmp(r->uploads[i].name, name) == 0)
			return &r->uploads[i];
	}
	return NULL;
}

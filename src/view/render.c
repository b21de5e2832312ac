#include "view/pages.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A thing of the model inside which names are looked up; `up` is what is around it. */
struct frame {
	const json_t *value;
	const struct frame *up;
	const char *path; /* its name from the root, "" for the root; while tracing */
};

/* An argument, and where the name that it may hold is to be looked up. */
struct arg {
	const char *name, *text;
	const struct frame *from;
};

struct args {
	struct arg item[TEMPLATE_ARGS];
	size_t count;
};

struct run {
	const struct view *view;
	const char *lang;
	struct buf *out, scratch;
	json_t *marks; /* names that were asked for; NULL unless tracing */
	int depth;
	struct err *err;
};

/* Where we are. */
struct place {
	struct run *run;
	const struct template *template;
	const struct op *op;
	const struct frame *frame;
	const struct args *args;
};

struct found {
	const json_t *json; /* NULL: there is no such name */
	const char *path;
};

#define fail(p, ...) (fail_((p), arena_print((p)->run->out->arena, __VA_ARGS__)), false)

static void fail_(const struct place *p, const char *what)
{
	err_set_(p->run->err, ERR_SYSTEM, "error.page", "%s:%d: %s", p->template->name, p->op->line,
		 what);
}

static bool tracing(const struct place *p)
{
	return p->run->marks != NULL;
}

/* ---- names ------------------------------------------------------------------- */

static const struct arg *find_arg(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->count; i++) {
		if (strcmp(args->item[i].name, name) == 0)
			return &args->item[i];
	}
	return NULL;
}

static void drop(void *json)
{
	json_decref(json);
}

static const json_t *text_json(const struct place *p, const char *text)
{
	json_t *json = json_string(text);
	assert(json);
	arena_defer(p->run->out->arena, drop, json);
	return json;
}

static const char *join(const struct place *p, const char *path, const char *part)
{
	if (!tracing(p))
		return "";
	return *path ? arena_print(p->run->out->arena, "%s.%s", path, part) : part;
}

/* The first part of a name: in the innermost object that has it. */
static struct found outward(const struct place *p, const struct frame *frame, bool inner,
			    const char *part)
{
	for (; frame; frame = inner ? NULL : frame->up) {
		const json_t *json = json_object_get(frame->value, part);
		if (json)
			return (struct found){ json, join(p, frame->path, part) };
	}
	return (struct found){ NULL, "" };
}

static struct found inward(const struct place *p, struct found from, const char *part)
{
	const json_t *json = json_object_get(from.json, part);
	return (struct found){ json, json ? join(p, from.path, part) : "" };
}

/* The value of the model that the argument names; null if it was not given. */
static struct found follow(const struct place *p, const char *name)
{
	const struct arg *arg = find_arg(p->args, name);
	if (!arg || !*arg->text)
		return (struct found){ json_null(), "" };
	const char *text = arg->text;
	bool inner = *text == '.';
	text += inner;
	struct found found = { arg->from->value, arg->from->path };
	for (bool first = true; *text && found.json; first = false) {
		size_t length = strcspn(text, ".");
		const char *part = arena_copy_n(p->run->out->arena, text, length);
		found = first ? outward(p, arg->from, inner, part) : inward(p, found, part);
		text += length + (text[length] == '.');
	}
	return found;
}

static struct found first_part(const struct place *p, const struct ref *ref)
{
	const char *part = ref->part[0];
	if (*part == '*')
		return follow(p, part + 1);
	if (*part != '@')
		return outward(p, p->frame, ref->inner, part);
	const struct arg *arg = find_arg(p->args, part + 1);
	return (struct found){ arg ? text_json(p, arg->text) : NULL, "" };
}

static struct found look_up(const struct place *p, const struct ref *ref)
{
	struct found found = { p->frame->value, p->frame->path };
	if (ref->count > 0)
		found = first_part(p, ref);
	for (int i = 1; i < ref->count && found.json; i++) {
		const char *part = ref->part[i];
		if (*part == '@') {
			const struct arg *arg = find_arg(p->args, part + 1);
			part = arg ? arg->text : "";
		}
		found = inward(p, found, part);
	}
	if (tracing(p) && found.json && *found.path)
		(void)json_object_set_new(p->run->marks, found.path, json_true());
	return found;
}

/* As look_up, but a name that must be there is an error. */
static bool need(const struct place *p, const struct ref *ref, struct found *ret)
{
	*ret = look_up(p, ref);
	if (!ret->json && !ref->optional)
		return fail(p, "unknown name '%s'", ref->written);
	return true;
}

/* ---- values ------------------------------------------------------------------ */

static bool add_value(const struct place *p)
{
	struct run *run = p->run;
	struct found found;
	if (!need(p, &p->op->ref, &found))
		return false;
	if (!found.json)
		return true;
	if (p->op->format == FORMAT_TEXT && json_is_string(found.json)) {
		buf_add_html(run->out, json_string_value(found.json));
		return true;
	}
	run->scratch.length = 0;
	run->scratch.text[0] = '\0';
	if (!catalog_value(run->view->catalog, run->lang, p->op->format, found.json, &run->scratch))
		return fail(p, "'%s' is of a kind that does not print so", p->op->ref.written);
	buf_add_html(run->out, run->scratch.text);
	return true;
}

/* A value as plain text, for keys, arguments and comparing. */
static const char *plain(const struct place *p, const json_t *json)
{
	if (json_is_string(json))
		return json_string_value(json);
	if (json_is_boolean(json))
		return json_is_true(json) ? "true" : "false";
	struct buf text = buf_on(p->run->out->arena);
	if (!json || !catalog_value(p->run->view->catalog, p->run->lang, FORMAT_TEXT, json, &text))
		return "";
	return text.text;
}

/* A name that stands in braces in a text; its parts lie in `part`. */
static struct ref split(const struct place *p, const char *name, const char *part[TEMPLATE_PARTS])
{
	struct ref ref = { .written = name, .part = part, .inner = *name == '.' };
	name += ref.inner;
	while (*name && ref.count < TEMPLATE_PARTS) {
		size_t length = strcspn(name, ".");
		part[ref.count++] = arena_copy_n(p->run->out->arena, name, length);
		name += length + (name[length] == '.');
	}
	return ref;
}

/* A placeholder of a message: an argument of the message, or a name known here. */
static const json_t *placeholder(void *context, const char *name)
{
	const struct place *p = context;
	for (size_t i = 0; i < p->op->arg_count; i++) {
		if (strcmp(p->op->args[i].name, name) == 0)
			return look_up(p, &p->op->args[i].ref).json;
	}
	const char *part[TEMPLATE_PARTS];
	struct ref ref = split(p, name, part);
	return look_up(p, &ref).json;
}

/* {{=@key.@state}}: the texts of arguments joined by dots; false if the name is another one. */
static bool join_arguments(const struct place *p, const struct ref *ref, const char **ret)
{
	const char *key = "";
	for (int i = 0; i < ref->count; i++) {
		const struct arg *arg = find_arg(p->args, ref->part[i] + 1);
		if (*ref->part[i] != '@' || !arg)
			return false;
		key = arena_print(p->run->out->arena, "%s%s%s", key, i > 0 ? "." : "", arg->text);
	}
	*ret = key;
	return ref->count > 1;
}

static bool add_message(struct place *p)
{
	struct run *run = p->run;
	const char *key = p->op->text;
	if (p->op->with_ref && !join_arguments(p, &p->op->ref, &key)) {
		key = p->op->text;
		struct found found;
		if (!need(p, &p->op->ref, &found))
			return false;
		key = arena_print(run->out->arena, "%s%s", key, plain(p, found.json));
	}
	struct err why = { 0 };
	run->scratch.length = 0;
	run->scratch.text[0] = '\0';
	if (!catalog_format_with(run->view->catalog, run->lang, key, placeholder, p, &run->scratch,
				 &why))
		return fail(p, "%s", why.detail);
	buf_add_html(run->out, run->scratch.text);
	return true;
}

static bool add_asset(const struct place *p)
{
	char address[256];
	if (!share_address(p->run->view->share, p->op->text, address, sizeof(address)))
		return fail(p, "no asset '%s'", p->op->text);
	buf_add_html(p->run->out, address);
	return true;
}

/* ---- sections ---------------------------------------------------------------- */

static bool truth(const json_t *json)
{
	switch (json ? json_typeof(json) : JSON_NULL) {
	case JSON_OBJECT:
	case JSON_TRUE: return true;
	case JSON_ARRAY: return json_array_size(json) > 0;
	case JSON_STRING: return *json_string_value(json) != '\0';
	case JSON_INTEGER: return json_integer_value(json) != 0;
	case JSON_REAL: return json_real_value(json) < 0 || json_real_value(json) > 0;
	default: return false;
	}
}

static bool same(const struct place *p, const json_t *a, const json_t *b)
{
	return strcmp(plain(p, a), plain(p, b)) == 0;
}

static bool compares(const struct place *p, const json_t *left, bool *ret)
{
	if (p->op->compare == COMPARE_TEXT) {
		*ret = strcmp(plain(p, left), p->op->other_text) == 0;
		return true;
	}
	struct found right;
	if (!need(p, &p->op->other, &right))
		return false;
	*ret = !json_is_array(right.json) && same(p, left, right.json);
	for (size_t i = 0; !*ret && i < json_array_size(right.json); i++)
		*ret = same(p, left, json_array_get(right.json, i));
	return true;
}

static bool add_ops(struct run *run, const struct template *t, size_t from, size_t to,
		    const struct frame *frame, const struct args *args);

static bool add_body(const struct place *p, const json_t *value, const char *path)
{
	struct frame inner = { value, p->frame, path };
	size_t from = (size_t)(p->op - p->template->ops) + 1;
	if (p->run->depth == TEMPLATE_DEPTH)
		return fail(p, "too deep");
	p->run->depth++;
	bool ok = add_ops(p->run, p->template, from, p->op->end, &inner, p->args);
	p->run->depth--;
	return ok;
}

static bool add_items(const struct place *p, struct found list)
{
	for (size_t i = 0; i < json_array_size(list.json); i++) {
		if (!add_body(p, json_array_get(list.json, i), list.path))
			return false;
	}
	return true;
}

/* Every branch is walked, whatever the values are. */
static bool trace_section(const struct place *p, struct found found)
{
	bool same_scope = p->op->compare != COMPARE_NONE || p->op->kind == OP_UNLESS;
	if (p->op->compare == COMPARE_REF)
		(void)look_up(p, &p->op->other);
	if (!same_scope && json_array_size(found.json) > 0)
		return add_items(p, found);
	if (same_scope || !json_is_object(found.json))
		return add_body(p, p->frame->value, p->frame->path);
	return add_body(p, found.json, found.path);
}

static bool add_section(const struct place *p)
{
	const struct ref *ref = &p->op->ref;
	struct found found = look_up(p, ref);
	if (tracing(p))
		return trace_section(p, found);
	bool is_arg = ref->count == 1 && ref->part[0][0] == '@';
	if (!found.json && !ref->optional && !is_arg)
		return fail(p, "unknown name '%s'", ref->written);
	bool yes = truth(found.json);
	if (p->op->compare != COMPARE_NONE && !compares(p, found.json, &yes))
		return false;
	if (p->op->kind == OP_UNLESS)
		return yes || add_body(p, p->frame->value, p->frame->path);
	if (!yes)
		return true;
	if (p->op->compare != COMPARE_NONE)
		return add_body(p, p->frame->value, p->frame->path);
	return json_is_array(found.json) ? add_items(p, found)
					 : add_body(p, found.json, found.path);
}

/* ---- partials ---------------------------------------------------------------- */

/* A literal with its {names} of the model filled in. */
static bool expand(const struct place *p, const char *text, const char **ret)
{
	struct buf out = buf_on(p->run->out->arena);
	for (;;) {
		size_t length = strcspn(text, "{");
		buf_add_n(&out, text, length);
		text += length;
		const char *end = strchr(text, '}');
		if (!*text || !end)
			break;
		const char *name = arena_copy_n(out.arena, text + 1, (size_t)(end - text - 1));
		const char *part[TEMPLATE_PARTS];
		struct ref ref = split(p, name, part);
		const json_t *value = look_up(p, &ref).json;
		if (!value && !tracing(p))
			return fail(p, "unknown name '%s'", name);
		buf_add(&out, plain(p, value));
		text = end + 1;
	}
	buf_add(&out, text);
	*ret = out.text;
	return true;
}

static bool give_arg(const struct place *p, const struct arg_def *def, struct args *args)
{
	struct arg arg = { def->name, def->text, p->frame };
	const struct ref *ref = &def->ref;
	if (!def->text && ref->count == 1 && ref->part[0][0] == '@') {
		const struct arg *passed = find_arg(p->args, ref->part[0] + 1);
		if (!passed)
			return true;
		arg.text = passed->text;
		arg.from = passed->from;
	} else if (def->text) {
		if (strchr(def->text, '{') && !expand(p, def->text, &arg.text))
			return false;
	} else {
		struct found found;
		if (!need(p, ref, &found))
			return tracing(p);
		arg.text = plain(p, found.json);
	}
	args->item[args->count++] = arg;
	return true;
}

static bool add_partial(const struct place *p)
{
	const struct template *partial;
	struct err why = { 0 };
	struct args args = { .count = 0 };
	if (!view_page(p->run->view, p->op->text, &partial, &why))
		return fail(p, "%s", why.detail);
	for (size_t i = 0; i < p->op->arg_count; i++) {
		if (!give_arg(p, &p->op->args[i], &args))
			return false;
	}
	if (p->run->depth == TEMPLATE_DEPTH)
		return fail(p, "too deep");
	p->run->depth++;
	bool ok = add_ops(p->run, partial, 0, partial->count, p->frame, &args);
	p->run->depth--;
	return ok;
}

/* ---- all ---------------------------------------------------------------------- */

static bool add_op(struct place *p)
{
	switch (p->op->kind) {
	case OP_TEXT: buf_add_n(p->run->out, p->op->text, p->op->size); return true;
	case OP_VALUE: return add_value(p);
	case OP_MESSAGE: return add_message(p);
	case OP_ASSET: return add_asset(p);
	case OP_PARTIAL: return add_partial(p);
	case OP_SECTION:
	case OP_UNLESS: return add_section(p);
	}
	return false;
}

static bool add_ops(struct run *run, const struct template *t, size_t from, size_t to,
		    const struct frame *frame, const struct args *args)
{
	for (size_t i = from; i < to; i++) {
		struct place p = { run, t, &t->ops[i], frame, args };
		bool ok = add_op(&p);
		/* While tracing, a name that only one branch knows is no fault. */
		if (!ok && !run->marks)
			return false;
		if (p.op->kind == OP_SECTION || p.op->kind == OP_UNLESS)
			i = p.op->end - 1;
	}
	return true;
}

static bool render(struct run *run, const char *page, const json_t *model)
{
	const struct template *t;
	static const struct args none = { .count = 0 };
	const struct frame root = { model, NULL, "" };
	if (!view_page(run->view, page, &t, run->err))
		return false;
	run->scratch = buf_on(run->out->arena);
	return add_ops(run, t, 0, t->count, &root, &none);
}

bool view_render(const struct view *v, const char *lang, const char *page, const json_t *model,
		 struct buf *out, struct err *e)
{
	if (!catalog_language(v->catalog, lang))
		return err_set(e, ERR_SYSTEM, "error.page", "no language '%s'", lang);
	struct run run = { .view = v, .lang = lang, .out = out, .err = e };
	return render(&run, page, model);
}

/* ---- what a page hides --------------------------------------------------------- */

/* Adds the leaves below `value` without a mark to `unused`, each once. */
static void collect(struct arena *a, json_t *value, const char *path, json_t *marks, json_t *unused)
{
	const char *key;
	json_t *item;
	json_object_foreach (value, key, item) {
		collect(a, item, *path ? arena_print(a, "%s.%s", path, key) : key, marks, unused);
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		collect(a, json_array_get(value, i), path, marks, unused);
	if (json_is_object(value) || json_is_array(value) || json_object_get(marks, path))
		return;
	(void)json_object_set_new(marks, path, json_true());
	(void)json_array_append_new(unused, json_string(path));
}

bool view_unused(const struct view *v, const char *lang, const char *page, json_t *model,
		 json_t *unused, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct buf out = buf_on(a);
	json_t *marks = json_object();
	struct run run = { .view = v, .lang = lang, .out = &out, .marks = marks, .err = NULL };
	const struct template *t;
	bool ok = view_page(v, page, &t, e) && render(&run, page, model);
	if (ok)
		collect(a, model, "", marks, unused);
	json_decref(marks);
	return ok;
}

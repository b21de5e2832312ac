#include "view/names.h"

#include "view/pages.h"

#include <string.h>

/* Inside which object names are looked for; `up` is what is around it. */
struct scope {
	json_t *names;
	const struct scope *up;
};

/* An argument that is a name, and where that name is looked for. */
struct given {
	const char *name, *path;
	const struct scope *from;
};

struct walk {
	const struct view *view;
	struct arena *arena;
	const struct scope *scope;
	const struct given *given;
	size_t given_count;
	int depth;
};

/* A name within `names`, entered if it is new there. */
static json_t *inside(json_t *names, const char *name)
{
	json_t *found = json_object_get(names, name);
	if (!found) {
		found = json_object();
		(void)json_object_set_new(names, name, found);
	}
	return found;
}

/* A first part: in the innermost object that is known to have it. */
static json_t *outward(const struct scope *scope, const char *name, bool inner)
{
	for (const struct scope *s = scope; s; s = inner ? NULL : s->up) {
		json_t *found = json_object_get(s->names, name);
		if (found)
			return found;
	}
	return inside(scope->names, name);
}

/* "a.b" as an argument or a text in braces has it. */
static json_t *enter_path(const struct walk *w, const struct scope *from, const char *path)
{
	json_t *at = NULL;
	const bool inner = *path == '.';
	for (path += inner; *path;) {
		const size_t size = strcspn(path, ".");
		const char *name = arena_copy_n(w->arena, path, size);
		at = at ? inside(at, name) : outward(from, name, inner);
		path += size + (path[size] == '.');
	}
	return at;
}

static const struct given *find_given(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->given_count; i++) {
		if (strcmp(w->given[i].name, name) == 0)
			return &w->given[i];
	}
	return NULL;
}

/* NULL for what is no name of the model: {{.}}, the text of an argument. */
static json_t *enter(const struct walk *w, const struct ref *ref)
{
	json_t *at = NULL;
	for (int i = 0; i < ref->count; i++) {
		const char *part = ref->part[i];
		const struct given *given = *part == '*' ? find_given(w, part + 1) : NULL;
		if (*part == '@' || (*part == '*' && !given))
			return at;
		if (given)
			at = enter_path(w, given->from, given->path);
		else
			at = at ? inside(at, part) : outward(w->scope, part, ref->inner);
		if (!at)
			return NULL;
	}
	return at;
}

static bool is_arg(const struct op *op, const char *name)
{
	for (size_t i = 0; i < op->arg_count; i++) {
		if (strcmp(op->args[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The {names} and {format:names} in a text, but for those of a message that its arguments fill. */
static void enter_text(const struct walk *w, const struct op *message, const char *text)
{
	for (const char *open = strchr(text, '{'); open; open = strchr(open + 1, '{')) {
		const char *name = arena_copy_n(w->arena, open + 1, strcspn(open + 1, "}"));
		const char *colon = strchr(name, ':');
		name = colon ? colon + 1 : name;
		if (!message || !is_arg(message, name))
			(void)enter_path(w, w->scope, name);
	}
}

/* What a message is filled with; of one whose key is a value of the model nobody knows. */
static void enter_message(const struct walk *w, const struct op *op)
{
	const char *key = op->text;
	if (op->with_ref) {
		const char *part = op->ref.count == 1 ? op->ref.part[0] : "";
		const struct given *given = *part == '@' ? find_given(w, part + 1) : NULL;
		key = given ? arena_print(w->arena, "%s%s", key, given->path) : "";
		if (*part != '@')
			(void)enter(w, &op->ref);
	}
	for (size_t i = 0; i < op->arg_count; i++)
		(void)enter(w, &op->args[i].ref);
	const struct catalog *catalog = view_catalog(w->view);
	const char *text = catalog_text(catalog, "en", key);
	if (!text)
		text = catalog_text(catalog, "en", arena_print(w->arena, "%s.other", key));
	if (text)
		enter_text(w, op, text);
}

/* What a literal that names something of the model is not known by: every text may be one, and only
 * {{*name}} tells. */
static struct given give(const struct walk *w, const struct arg_def *def)
{
	const struct ref *ref = &def->ref;
	if (def->text) {
		enter_text(w, NULL, def->text);
		return (struct given){ def->name, def->text, w->scope };
	}
	if (ref->count == 1 && *ref->part[0] == '@') {
		const struct given *passed = find_given(w, ref->part[0] + 1);
		return passed ? (struct given){ def->name, passed->path, passed->from }
			      : (struct given){ def->name, "", w->scope };
	}
	(void)enter(w, ref);
	return (struct given){ def->name, "", w->scope };
}

static bool walk_ops(const struct walk *w, const struct template *t, size_t from, size_t to,
		     struct err *e);

static bool walk_partial(const struct walk *w, const struct op *op, struct err *e)
{
	const struct template *partial = NULL;
	struct given given[TEMPLATE_ARGS];
	if (!view_page(w->view, op->text, &partial, e))
		return false;
	for (size_t i = 0; i < op->arg_count; i++)
		given[i] = give(w, &op->args[i]);
	const struct walk inner = {
		w->view, w->arena, w->scope, given, op->arg_count, w->depth + 1
	};
	return w->depth == TEMPLATE_DEPTH || walk_ops(&inner, partial, 0, partial->count, e);
}

static bool walk_section(const struct walk *w, const struct template *t, size_t at, struct err *e)
{
	const struct op *op = &t->ops[at];
	json_t *names = enter(w, &op->ref);
	const bool opens = names && op->kind == OP_SECTION && op->compare == COMPARE_NONE;
	const struct scope scope = { names, w->scope };
	struct walk inner = *w;
	if (op->compare == COMPARE_REF)
		(void)enter(w, &op->other);
	if (opens)
		inner.scope = &scope;
	return walk_ops(&inner, t, at + 1, op->end, e);
}

static bool walk_ops(const struct walk *w, const struct template *t, size_t from, size_t to,
		     struct err *e)
{
	bool ok = true;
	for (size_t i = from; ok && i < to; i++) {
		const struct op *op = &t->ops[i];
		if (op->kind == OP_VALUE)
			(void)enter(w, &op->ref);
		if (op->kind == OP_MESSAGE)
			enter_message(w, op);
		if (op->kind == OP_PARTIAL)
			ok = walk_partial(w, op, e);
		if (op->kind == OP_SECTION || op->kind == OP_UNLESS) {
			ok = walk_section(w, t, i, e);
			i = op->end - 1;
		}
	}
	return ok;
}

bool view_names(const struct view *v, const char *page, json_t *names, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	const struct template *t = NULL;
	const struct scope root = { names, NULL };
	const struct walk w = { .view = v, .arena = arena, .scope = &root };
	return view_page(v, page, &t, e) && walk_ops(&w, t, 0, t->count, e);
}

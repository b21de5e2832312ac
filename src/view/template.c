#include "view/template.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Reading a template: text up to "{{", a tag up to "}}", and so on. */
struct reader {
	struct arena *arena;
	const char *name;
	const char *begin, *at, *end;
	int line;
	struct op *ops; /* grows here, and is copied into the arena when its size is known */
	size_t count, room;
	size_t open[TEMPLATE_CONDITIONS]; /* the sections that are open */
	size_t open_count;
	struct err *err;
};

#define fail(r, ...) (fail_((r), arena_print((r)->arena, __VA_ARGS__)), false)

static void fail_(struct reader *r, const char *what)
{
	err_set_(r->err, ERR_SYSTEM, "error.page", "%s:%d: %s", r->name, r->line, what);
}

static struct op *add(struct reader *r, enum op_kind kind)
{
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 256;
		r->ops = reallocarray(r->ops, r->room, sizeof(*r->ops));
		if (!r->ops)
			abort(); /* as arena_alloc() does */
	}
	struct op *op = &r->ops[r->count++];
	*op = (struct op){ .kind = kind, .line = r->line };
	return op;
}

static void add_text(struct reader *r, const char *text, size_t size)
{
	if (size == 0)
		return;
	struct op *op = add(r, OP_TEXT);
	op->text = text;
	op->size = size;
}

static const char *skip_blank(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')
		s++;
	return s;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* In the arena, with no more room than it needs. */
static void *keep(struct reader *r, const void *items, size_t count, size_t size)
{
	void *kept = count > 0 ? arena_array(r->arena, count, size) : NULL;
	if (count > 0)
		memcpy(kept, items, count * size);
	return kept;
}

/* The dotted parts of a name, each of which may begin with one of `marks`. */
static bool read_parts(struct reader *r, const char **at, struct ref *ref)
{
	const char *part[TEMPLATE_PARTS];
	const char *s = *at;
	for (;;) {
		const char *begin = s;
		if (*s == '@' || (*s == '*' && ref->count == 0))
			s++;
		const char *letters = s;
		while (is_name_char(*s))
			s++;
		if (s == letters)
			return fail(r, "a name was expected at '%s'", begin);
		if (ref->count == TEMPLATE_PARTS)
			return fail(r, "a name has too many parts");
		part[ref->count++] = arena_copy_n(r->arena, begin, (size_t)(s - begin));
		if (*s != '.')
			break;
		s++;
	}
	ref->part = keep(r, part, (size_t)ref->count, sizeof(*part));
	*at = s;
	return true;
}

static bool read_ref(struct reader *r, const char **at, struct ref *ret)
{
	const char *s = *at;
	struct ref ref = { 0 };
	if (*s == '.') {
		ref.inner = true;
		s++;
	}
	bool whole = ref.inner && !is_name_char(*s);
	if (!whole && !read_parts(r, &s, &ref))
		return false;
	ref.written = arena_copy_n(r->arena, *at, (size_t)(s - *at));
	if (*s == '?') {
		ref.optional = true;
		s++;
	}
	*at = s;
	*ret = ref;
	return true;
}

static bool at_end(struct reader *r, const char *s)
{
	s = skip_blank(s);
	return !*s || fail(r, "'%s' is too much", s);
}

/* "text in quotes" or a word up to the next blank. */
static bool read_literal(struct reader *r, const char **at, const char **ret)
{
	const char *s = *at;
	if (*s == '"') {
		const char *close = strchr(s + 1, '"');
		if (!close)
			return fail(r, "a quotation mark is missing");
		*ret = arena_copy_n(r->arena, s + 1, (size_t)(close - s - 1));
		*at = close + 1;
		return true;
	}
	size_t length = strcspn(s, " \t\r\n");
	*ret = arena_copy_n(r->arena, s, length);
	*at = s + length;
	return true;
}

/* One NAME=VALUE.  In a message the value always is a name of the model. */
static bool read_arg(struct reader *r, const char **at, bool message, struct arg_def *ret)
{
	const char *s = *at, *begin = s;
	while (is_name_char(*s))
		s++;
	if (s == begin || *s != '=')
		return fail(r, "name=value was expected at '%s'", begin);
	*ret = (struct arg_def){ .name = arena_copy_n(r->arena, begin, (size_t)(s - begin)) };
	s++;
	bool ok;
	if (message) {
		ok = read_ref(r, &s, &ret->ref);
	} else if (*s == '$' || *s == '@') {
		s += *s == '$';
		ok = read_ref(r, &s, &ret->ref);
	} else {
		ok = read_literal(r, &s, &ret->text);
	}
	*at = s;
	return ok;
}

static bool read_args(struct reader *r, const char *s, struct op *op)
{
	struct arg_def args[TEMPLATE_ARGS];
	size_t count = 0;
	for (s = skip_blank(s); *s; s = skip_blank(s)) {
		if (count == TEMPLATE_ARGS)
			return fail(r, "too many arguments");
		if (!read_arg(r, &s, op->kind == OP_MESSAGE, &args[count]))
			return false;
		count++;
	}
	op->args = keep(r, args, count, sizeof(*args));
	op->arg_count = count;
	return true;
}

static bool read_value(struct reader *r, const char *s)
{
	static const struct {
		const char *prefix;
		enum format format;
	} known[] = {
		{ "day:", FORMAT_DAY }, { "time:", FORMAT_TIME },     { "clock:", FORMAT_CLOCK },
		{ "iso:", FORMAT_ISO }, { "number:", FORMAT_NUMBER },
	};
	if (strncmp(s, "asset:", 6) == 0) {
		struct op *asset = add(r, OP_ASSET);
		s += 6;
		return read_literal(r, &s, &asset->text) && at_end(r, s);
	}
	struct op *op = add(r, OP_VALUE);
	for (size_t i = 0; i < COUNT(known); i++) {
		size_t length = strlen(known[i].prefix);
		if (strncmp(s, known[i].prefix, length) == 0) {
			op->format = known[i].format;
			s += length;
			break;
		}
	}
	return read_ref(r, &s, &op->ref) && at_end(r, s);
}

/* {{=key args}} {{=$ref}} {{=prefix.$ref}} {{=@arg}} {{=prefix.@arg}} */
static bool read_message(struct reader *r, const char *s)
{
	struct op *op = add(r, OP_MESSAGE);
	const char *begin = s;
	while (is_name_char(*s) || *s == '.')
		s++;
	op->text = arena_copy_n(r->arena, begin, (size_t)(s - begin));
	if (*s == '$' || *s == '@') {
		op->with_ref = true;
		s += *s == '$';
		if (!read_ref(r, &s, &op->ref))
			return false;
	} else if (s == begin) {
		return fail(r, "a message key was expected at '%s'", s);
	}
	if (*s && *s != ' ' && *s != '\n' && *s != '\t')
		return fail(r, "'%s' in a message key", s);
	return read_args(r, s, op);
}

static bool read_section(struct reader *r, const char *s, enum op_kind kind)
{
	if (r->open_count == TEMPLATE_CONDITIONS)
		return fail(r, "too many sections inside one another");
	r->open[r->open_count++] = r->count;
	struct op *op = add(r, kind);
	s = skip_blank(s);
	if (!read_ref(r, &s, &op->ref))
		return false;
	s = skip_blank(s);
	if (strncmp(s, "==", 2) == 0) {
		s = skip_blank(s + 2);
		op->compare = *s == '"' ? COMPARE_TEXT : COMPARE_REF;
		if (op->compare == COMPARE_TEXT ? !read_literal(r, &s, &op->other_text)
						: !read_ref(r, &s, &op->other))
			return false;
	}
	return at_end(r, s);
}

static bool read_close(struct reader *r, const char *s)
{
	struct ref ref;
	s = skip_blank(s);
	if (!read_ref(r, &s, &ref) || !at_end(r, s))
		return false;
	if (r->open_count == 0)
		return fail(r, "{{/%s}} closes nothing", ref.written);
	struct op *op = &r->ops[r->open[r->open_count - 1]];
	if (strcmp(op->ref.written, ref.written) != 0)
		return fail(r, "{{/%s}} where {{/%s}} of line %d was expected", ref.written,
			    op->ref.written, op->line);
	r->open_count--;
	op->end = r->count;
	return true;
}

static bool read_partial(struct reader *r, const char *s)
{
	struct op *op = add(r, OP_PARTIAL);
	s = skip_blank(s);
	return read_literal(r, &s, &op->text) && read_args(r, s, op);
}

static bool read_tag(struct reader *r, const char *tag)
{
	switch (*tag) {
	case '#': return read_section(r, tag + 1, OP_SECTION);
	case '^': return read_section(r, tag + 1, OP_UNLESS);
	case '/': return read_close(r, tag + 1);
	case '>': return read_partial(r, tag + 1);
	case '=': return read_message(r, tag + 1);
	case '!': return true;
	default: return read_value(r, skip_blank(tag));
	}
}

static void count_lines(struct reader *r, const char *from, const char *to)
{
	for (; from < to; from++)
		r->line += *from == '\n';
}

static const char *find_pair(const char *from, const char *end, char c)
{
	for (; end - from >= 2; from++) {
		if (from[0] == c && from[1] == c)
			return from;
	}
	return NULL;
}

/* The blanks in front of a tag that stands alone on its line, and the end of that line,
 * belong to the tag. */
static void trim_line(struct reader *r, const char *begin, const char **text_end, const char **next)
{
	const char *left = *text_end;
	while (left > begin && (left[-1] == ' ' || left[-1] == '\t'))
		left--;
	const char *right = *next;
	while (right < r->end && (*right == ' ' || *right == '\t' || *right == '\r'))
		right++;
	bool line_begins =
		left == begin ? (begin == r->begin || begin[-1] == '\n') : left[-1] == '\n';
	bool line_ends = right == r->end || *right == '\n';
	if (!line_begins || !line_ends)
		return;
	*text_end = left;
	*next = right == r->end ? right : right + 1;
}

static bool read_all(struct reader *r)
{
	while (r->at < r->end) {
		const char *open = find_pair(r->at, r->end, '{');
		if (!open) {
			add_text(r, r->at, (size_t)(r->end - r->at));
			count_lines(r, r->at, r->end);
			break;
		}
		const char *close = find_pair(open + 2, r->end, '}');
		if (!close) {
			count_lines(r, r->at, open);
			return fail(r, "{{ without }}");
		}
		const char *text_end = open, *next = close + 2;
		if (open[2] && strchr("#^/>!", open[2]))
			trim_line(r, r->at, &text_end, &next);
		add_text(r, r->at, (size_t)(text_end - r->at));
		count_lines(r, r->at, open);
		if (!read_tag(r, arena_copy_n(r->arena, open + 2, (size_t)(close - open - 2))))
			return false;
		count_lines(r, open, next);
		r->at = next;
	}
	if (r->open_count > 0) {
		const struct op *op = &r->ops[r->open[r->open_count - 1]];
		return fail(r, "{{#%s}} of line %d is not closed", op->ref.written, op->line);
	}
	return true;
}

bool template_compile(struct arena *a, const char *name, const char *source, size_t size,
		      struct template *ret, struct err *e)
{
	struct reader r = {
		.arena = a,
		.name = name,
		.begin = source,
		.at = source,
		.end = source + size,
		.line = 1,
		.err = e,
	};
	bool ok = read_all(&r);
	if (ok)
		*ret = (struct template){ name, keep(&r, r.ops, r.count, sizeof(*r.ops)), r.count };
	free(r.ops);
	return ok;
}

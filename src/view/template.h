/* template.h - pages without logic: a template is HTML with holes.
 *
 * Everything that comes out of a hole is escaped; there is no raw form.  A name
 * that the model does not hold is an error with the template and the line, so a
 * typing mistake is found by the first test that renders the page.
 *
 *   {{name}} {{a.b}} {{.}}        a value; null prints nothing, an object is an error
 *   {{.name}}                     only of the innermost thing, not of what is around it
 *   {{name?}}                     may be missing: prints nothing then
 *   {{day:name}}                  "2026-03-26" as «26 наурыз 2026 ж.», «26 марта 2026 г.»
 *   {{time:name}}                 milliseconds as that day and the time in UTC+5
 *   {{clock:name}}                milliseconds as the time alone, 14:05
 *   {{iso:name}}                  milliseconds as 2026-03-26T14:05:00+05:00
 *   {{number:name}}               with the language's digit groups and decimal sign
 *   {{#name}} .. {{/name}}        for each item of a list; once with an object, inside
 *                                 which its names are known; once if true, a text that is
 *                                 not empty, a number that is not 0
 *   {{^name}} .. {{/name}}        when none of that holds (and for an empty list)
 *   {{#a == b}} .. {{/a}}         when both print the same, or b is a list that holds a;
 *   {{#a == "text"}} .. {{/a}}    {{^a == b}} is the contrary
 *   {{=key}}                      the message in the page's language; its placeholders
 *                                 {name}, {day:name} are names known at this place
 *   {{=key count=total}}          here {count} is what the name `total` stands for
 *   {{=$name}} {{=state.$name}}   the message whose key, or the end of it, is the value of name
 *   {{=@label}} {{=state.@name}}  the same with an argument of the partial (below);
 *                                 {{=@key.@state}} joins two by a dot
 *   {{asset:tabler.css}}          the address of an asset, with the hash of its content
 *   {{>folder/name a=word b="some text" c=$model.name d=@d}}     pages/folder/name.html here,
 *                                 with arguments: texts, a value of the model, a passed-on one;
 *                                 in quotes {name} is filled in: href="/competitions/{id}"
 *   {{! a remark }}
 *
 * Inside a partial:
 *   {{@name}}                     the argument's text; {{@name?}} if it may be missing
 *   {{#@name}} {{^@name}}         was it given, and is it not empty
 *   {{*name}} {{#*name}}          the value of the model that the argument names, looked up
 *                                 where the partial was called
 *   {{form.@name.value}}          an argument as one part of a name
 *
 * Names are looked up in the innermost object first and then outwards; the parts
 * after the first dot strictly inside.  A line that holds nothing but one section
 * tag, partial or remark leaves no empty line behind. */
#pragma once
#include "base/arena.h"

#include <stdbool.h>

enum {
	TEMPLATE_PARTS = 8,      /* of a name: a.b.c                     */
	TEMPLATE_ARGS = 12,      /* of a partial                         */
	TEMPLATE_DEPTH = 24,     /* partials and sections inside another */
	TEMPLATE_CONDITIONS = 32 /* sections open at once in one file    */
};

enum format { FORMAT_TEXT, FORMAT_DAY, FORMAT_TIME, FORMAT_CLOCK, FORMAT_ISO, FORMAT_NUMBER };

/* A name as it stands in a template, taken apart.  parts[0] may begin with '@' or
 * '*', later parts with '@'.  count is 0 for {{.}} */
struct ref {
	const char *written;
	const char *const *part; /* `count` of them, at most TEMPLATE_PARTS */
	int count;
	bool inner;    /* written with a dot in front: the innermost thing only */
	bool optional; /* written with ? behind                                 */
};

/* name=text, name=$path, name=@argument; in a message always a path. */
struct arg_def {
	const char *name;
	const char *text; /* literal, or NULL */
	struct ref ref;   /* otherwise        */
};

enum op_kind {
	OP_TEXT,    /* text                                                  */
	OP_VALUE,   /* format, ref                                           */
	OP_MESSAGE, /* text is the beginning of the key, ref its end if with_ref; args */
	OP_SECTION, /* ref, compare                                          */
	OP_UNLESS,  /* ref, compare                                          */
	OP_PARTIAL, /* text, args                                            */
	OP_ASSET    /* text                                                  */
};

enum compare { COMPARE_NONE, COMPARE_REF, COMPARE_TEXT };

/* A site has tens of thousands of them, and all lie in memory: nothing here is larger than what
 * stands in the page. */
struct op {
	enum op_kind kind;
	int line;
	const char *text; /* for OP_TEXT not terminated: `size` bytes */
	size_t size;
	enum format format;
	bool with_ref;
	struct ref ref;
	enum compare compare;
	struct ref other;
	const char *other_text;
	const struct arg_def *args;
	size_t arg_count;
	size_t end; /* of a section: the first op behind it */
};

struct template
{
	const char *name;
	struct op *ops;
	size_t count;
};

/* Takes `source` apart; everything lives in the arena, the literal texts stay in
 * `source`.  Fails with ERR_SYSTEM "error.page" and "name:line: what" in detail. */
bool template_compile(struct arena *a, const char *name, const char *source, size_t size,
		      struct template *ret, struct err *e) MUST_USE;

/* view.h - models become pages.
 *
 * A page is pages/NAME.html, a template (view/template.h has the syntax, docs/pages.md
 * the ready-made parts); one whose name begins with "papers/" is papers/NAME.html, for
 * print/ (docs/papers.md).  Its model is what the handler filled, and every page's
 * model also holds what web/ adds:
 *
 *   page.lang                     "kk", "ru", "en", or one that the installation adds
 *   page.languages                [{tag, short, name, current}]: all that can be chosen
 *   page.answer                   true: the page answers a POST, so its address may not be that
 *                                 of the form
 *   page.title                    message key of the title
 *   page.path                     path and query of this page, for coming back to it
 *   page.csrf                     the token of {{>csrf}}
 *   page.once                     the number of {{>csrf}}: web/http/once.h
 *   page.signed_in                boolean
 *   page.unknown                  boolean: the database is away, so nobody knows whether; then
 *                                 neither a name nor the way in is shown, nor anything of theirs
 *   page.person                   {name} or null
 *   page.unread                   how many notices this person has not opened
 *   page.nav                      [{href, key, icon, current, aside, shortcut}]: what this person
 *                                 may visit, aside: in the menu behind the name
 *   page.demonstration            true: the banner says that values are for demonstration
 *   page.notice                   null or {kind, key}: "success", "info" or "warning", shown once
 *   page.error                    null or {text, clause, field, kind}: why the POST was refused;
 *                                 clause and field may be ""
 *   form                          {} or name -> {value, error}: what was typed into a refused
 *                                 form; error is a text or null, value a text, true or a list
 */
#pragma once
#include "base/buf.h"
#include "view/catalog.h"
#include "view/share.h"

#include <jansson.h>

struct view;

/* Takes apart every page of `s` and reads its messages.  A page that is broken is
 * broken alone: rendering it fails.  Read-only afterwards: any thread may render. */
bool view_open(const struct share *s, struct view **ret, struct err *e) MUST_USE;
void view_close(struct view *v);

/* catalog_add() to its messages, before any page is rendered. */
bool view_add_locale(struct view *v, const char *path, struct err *e) MUST_USE;
void view_cleanup(struct view **v);

const struct catalog *view_catalog(const struct view *v);

/* Adds page `page` ("competition/list", "papers/minutes") in language `lang`.  On failure what
 * `out` holds is of no use; ERR_SYSTEM "error.page", in detail "template:line: what". */
bool view_render(const struct view *v, const char *lang, const char *page, const json_t *model,
		 struct buf *out, struct err *e) MUST_USE;

/* What the page hides: adds to the array `unused` the names ("rows.name", lists without
 * index) of those leaves of `model` that no branch of the page ever prints or asks for.
 * They would be public in the JSON twin only. */
bool view_unused(const struct view *v, const char *lang, const char *page, json_t *model,
		 json_t *unused, struct err *e) MUST_USE;

/* Everything that can be known without a model: every page is well-formed, and every
 * partial, asset and literal message key of it exists.  Adds one text a fault. */
void view_check(const struct view *v, json_t *faults);

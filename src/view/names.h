/* names.h - what a page asks its model for, as far as that is seen without a model.
 *
 * A name that the model does not hold is an error of the page, and one that the page does not use
 * is found by view_unused(): so the names of a page are the keys of its model.  For the
 * description of the site for programs (web/api.h). */
#pragma once
#include "view/view.h"

/* Adds to the object `names` each name of the page: an object of the names inside it, empty where
 * there are none.  A name inside a section stands where an object around it is known to have it,
 * else inside the section: also where that is a yes or no, which a page alone does not tell.
 * ERR_SYSTEM "error.page" if there is no such page. */
bool view_names(const struct view *v, const char *page, json_t *names, struct err *e) MUST_USE;

/* paging.h - the pages of a long list, for layout/paging. */
#pragma once
#include "web/web.h"

/* The number of the page that is asked for: parameter "page" of the route, from 1. */
int64_t page_number(const struct req *r);

/* Puts "paging" into the model: {from, to, total, previous, next}, the last two addresses with the
 * other parameters of this request, or null; null as a whole for an empty list. */
void page_links(const struct req *r, json_t *model, const char *path, int64_t size, int64_t total);

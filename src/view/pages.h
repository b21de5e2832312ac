/* pages.h - what view.c and render.c share.  Only for view/. */
#pragma once
#include "view/view.h"

struct page {
	bool ok;
	struct template template;
	struct err fault; /* why it is not ok */
};

struct view {
	struct arena *arena;
	const struct share *share;
	struct catalog *catalog;
	const struct share_item *items;  /* pages/...                       */
	const struct share_item *papers; /* papers/...                      */
	struct page *pages;              /* first those, then these         */
	size_t page_count, count;        /* of pages/, and of both together */
};

bool view_page(const struct view *v, const char *name, const struct template **ret,
	       struct err *e) MUST_USE;

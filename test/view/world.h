/* world.h - a share made up of texts, for tests of view/. */
#pragma once
#include "view/view.h"

struct file {
	const char *path, *text;
};

/* The files (NULL path last) and, for locale/LANG.json that are not among them, "{}". */
struct share world_share(struct arena *a, const struct file *files);

/* Everything that is built in, and the file on disk as pages/shown.html. */
struct share world_with_page(struct arena *a, const char *file);

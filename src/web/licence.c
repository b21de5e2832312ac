#include "web/licence.h"

/* The page is its words, and a link to assets/notices.txt, which the build puts together. */
static bool licence_show(struct req *r, json_t *model, struct err *e)
{
	(void)r;
	(void)model;
	(void)e;
	return true;
}

const struct route licence_routes[] = {
	{ GET, "/help/licences", ROLE_PUBLIC, licence_show, "help/licences", no_params,
	  "Licences of the program and of its parts.", .cached = true },
	{ 0 },
};

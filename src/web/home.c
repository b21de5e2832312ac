#include "web/home.h"

bool home(struct req *r, json_t *model, struct err *e)
{
	(void)r;
	(void)model;
	(void)e;
	return true;
}

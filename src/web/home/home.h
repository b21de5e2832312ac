/* home.h - the first page. */
#pragma once
#include "web/web.h"

bool home(struct req *r, json_t *model, struct err *e) MUST_USE;

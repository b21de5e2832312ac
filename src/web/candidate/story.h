/* story.h - one page tells where a candidate stands (R6-1). */
#pragma once
#include "web/web.h"

bool story_show(struct req *r, json_t *model, struct err *e);

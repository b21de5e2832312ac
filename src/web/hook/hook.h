/* hook.h - the administrators' page of webhooks. */
#pragma once
#include "web/web.h"

extern const struct route hook_routes[];

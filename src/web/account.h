/* account.h - the person's own account: choosing a password. */
#pragma once
#include "web/web.h"

extern const struct route account_routes[];

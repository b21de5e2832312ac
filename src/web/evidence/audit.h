/* audit.h - the auditor's desk, and the drill (F85 to F88). */
#pragma once
#include "web/web.h"

extern const struct route audit_routes[];

/* backup.h - the copies of the database, for the administrator and the auditor. */
#pragma once
#include "web/web.h"

extern const struct route backup_routes[];

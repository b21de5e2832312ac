/* people_import.h - people of a table, for administrators: the upload, line by line what would come
 * of it, taken over or dropped (app/installation/people_import.h).
 *
 * Between the two the file waits under the session of whoever brought it, as files do that wait for
 * a proof (app/access/reauth.h): ten minutes at most. */
#pragma once
#include "web/web.h"

extern const struct route people_import_routes[];

/* route_table.h - included last by a file that holds a table of routes.
 *
 * A line: method, path, who may, handler, template, parameters, what it is for; then by name the
 * worker's part, what shows a refused form again, and model keys for the JSON twin only. */
#pragma once
#include "web/web.h"

/* Whoever has a seat in an appointed commission. */
enum { ROLES_COMMISSION = ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED };

/* What a route does not have is left out of its line. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* Media types of a kept paper (paper_media in row.h). */
#define GIVES_PAPER "application/pdf, image/png, image/jpeg"

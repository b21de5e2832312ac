/* reader.h - papers of a dossier read within the page, one candidate's or two beside each other. */
#pragma once
#include "web/web.h"

extern const struct route reader_routes[];

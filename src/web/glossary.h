/* glossary.h - /help/glossary: the words of the law in three languages, and /help/accessibility.
 *
 * The terms are data, rules/glossary.json: each with its clause of Order No. 118 ("" none) and the
 * words that no message may say instead, by which test/locale/words_test.py judges locale/. */
#pragma once
#include "web/web.h"

extern const struct route glossary_routes[];

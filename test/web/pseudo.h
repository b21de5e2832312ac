/* pseudo.h - texts that stand in code or in a page instead of locale/, by the pseudo-locale
 * test/locale/en-XA.json.
 *
 * In it no message has a letter of ASCII or Cyrillic.  So a word that has one is data, which stands
 * in the model, or it is hard-coded. */
#pragma once
#include "base/arena.h"

#include <jansson.h>

#define PSEUDO "en-XA"

/* Adds to `found` what a person sees or hears of the page: words in text, titles, labels,
 * placeholders and names of buttons, that no text of `model` holds. */
void pseudo_words(struct arena *a, const char *html, const json_t *model, json_t *found);

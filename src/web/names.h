/* names.h - what codes of the law book are called in the reader's language.
 *
 * English is for developers and auditors: where the law has no English name, the
 * Russian one is shown. */
#pragma once
#include "web/web.h"

bool in_kazakh(const struct req *r);
const char *organ_name(const struct req *r, const char *code);
const char *post_name(const struct req *r, const char *code);

/* [{id, name}] for field/select, in the order of the law book. */
json_t *organ_options(const struct req *r);
json_t *post_options(const struct req *r);

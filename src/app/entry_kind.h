/* entry_kind.h - the words by which the journal names what happened.
 *
 * act_journal() takes no other, so that each has its text in every language: "event.KIND", as
 * people read it in the journal, in a candidate's story and in a case (tools/embed.py checks). */
#pragma once
#include "base/err.h"

/* In alphabetical order, NULL last. */
extern const char *const entry_kinds[];

bool entry_kind_is_known(const char *kind);

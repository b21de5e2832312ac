/* part.h - between the files of app/hook/ alone. */
#pragma once
#include "app/act.h"

bool hook_kind_is_told(const char *kind);

/* The place of the secret's box (sign/box.h). */
const char *hook_box_name(struct arena *a, int64_t id);

/* Within a transaction: off, and journalled.  ERR_CONFLICT "hook.error.off" if it is not on. */
bool hook_end_address(const struct act *act, int64_t id, const char *why, struct err *e) MUST_USE;

/* feed.h - the address at which a person's calendar program fetches terms (F5). */
#pragma once
#include "app/act.h"

/* Makes a new one for the person; an address made before ends. */
bool feed_begin(const struct act *act, const char *language, struct err *e) MUST_USE;

/* Ends it; harmless if there is none. */
bool feed_finish(const struct act *act, struct err *e) MUST_USE;

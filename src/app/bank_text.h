/* bank_text.h - the words of a question, for whoever the caller has found to have the right. */
#pragma once
#include "app/act.h"
#include "exam/item.h"

/* Both languages of question `number` on the form of an attempt of a sitting that has started,
 * options in the order of the item; an option that there is none of is NULL.  ERR_MISSING if the
 * form has no such question or is not opened. */
bool bank_text_of_attempt(const struct act *act, int64_t attempt_id, int64_t number,
			  struct item_text *ret_kk, struct item_text *ret_ru,
			  struct err *e) MUST_USE;

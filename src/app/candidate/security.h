/* security.h - lists for the own-security service and its information (R14-1, R15-1).
 *
 * The information goes to HR and nowhere else; it is no part of the dossier (R16-1) and bars
 * nobody (R44-1).  Each view of it is journalled (F76). */
#pragma once
#include "app/file.h"

/* Sends the list of all candidates who meet the requirements and stand on no list yet.  HR of the
 * competition's organ.  ERR_CONFLICT "security.error.nobody" if there is none. */
bool security_send_list(const struct act *act, int64_t competition_id, const char *number,
			int64_t *ret_id, struct err *e) MUST_USE;

struct security_form {
	const char *number;
	day day;
	const char *content;
	const struct file_in *file; /* NULL: none */
};

/* Records the information about a candidate who stands on a list; a later one takes the
 * place of an earlier, which is kept. */
bool security_inform(const struct act *act, int64_t application_id,
		     const struct security_form *form, struct err *e) MUST_USE;

/* Whether this person may read the information: HR of the competition's organ or its own security,
 * without a conflict.  Reads only. */
bool security_may_read(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

/* Journals that this person has opened the information.  HR and own security alone. */
bool security_view(const struct act *act, int64_t application_id, struct err *e) MUST_USE;

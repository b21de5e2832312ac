/* bank_export.h - questions of the bank as a file for another system, through the site (F27).
 *
 * A file has the words of everything, so that it takes a second person's consent (bank_second.h).
 * Then the one who asked may fetch it for EXPORT_HOURS.  All of it is journalled. */
#pragma once
#include "app/act.h"
#include "exchange/exchange.h"

enum { EXPORT_HOURS = 24 };

struct export_format {
	const char *name; /* "qti3": also of `konkurs bank export --format` */
	enum exchange_format format;
	int version;
	const char *media, *ending;
};
extern const struct export_format export_formats[]; /* NULL name last */
const struct export_format *export_format_named(const char *name);

struct export_form {
	const char *format, *act, *state, *reason; /* act, state: "" all */
};

/* Approvers.  ERR_INPUT at "reason" for none, at "format". */
bool export_ask(const struct act *act, const struct export_form *form, int64_t *ret_id,
		struct err *e) MUST_USE;

/* Another approver, or an administrator: ERR_CONFLICT "export.error.self" for who has asked,
 * "export.error.agreed" the second time. */
bool export_agree(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* The file, for who has asked, while it may be fetched: ERR_CONFLICT "export.error.waits" before
 * somebody has agreed, "export.error.over" afterwards.  Changes nothing; takes long.  In the act's
 * arena. */
bool export_file(const struct act *act, int64_t id, const struct export_format **ret_format,
		 int64_t *ret_questions, const void **ret, size_t *ret_size,
		 struct err *e) MUST_USE;

/* Notes that the file is handed out now. */
bool export_taken(const struct act *act, int64_t id, int64_t questions, struct err *e) MUST_USE;

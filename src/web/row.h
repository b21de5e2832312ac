/* row.h - small things that handlers do to rows of the database. */
#pragma once
#include "web/web.h"

#include "app/file.h"
#include "db/row.h"

/* Replaces a column of days (days since 1970) by "YYYY-MM-DD"; NULL stays null. */
void row_day(json_t *row, const char *name);

/* "YYYY-MM-DD" as a new JSON text. */
json_t *day_json(day d);

/* A number as a text with so many digits behind the point, "0.50": {{number:..}} shows it with the
 * sign of the language, and unlike 0 it is there for a section. */
json_t *decimal_json(double value, int digits);

/* Adds "name": family, given and patronymic of the columns ("" for nobody), and takes those away.
 */
void row_name(const struct req *r, json_t *row);

/* Whether the person holds one of the roles (NULL after the last) for an organ.  For lists:
 * `known`, an object, keeps the answers, so that each organ is asked for once. */
bool row_may(const struct req *r, const char *const *roles, const char *organ, json_t *known,
	     bool *ret, struct err *e) MUST_USE;

/* The list of an inbox: of `rows` (NULL: they could not be read) those of organs for which the
 * person holds one of the roles, with name, post and the day of `day_column`, instead of the organ.
 */
bool row_inbox(struct req *r, const char *const *roles, json_t *rows, const char *day_column,
	       json_t *model, struct err *e) MUST_USE;

/* Roles for it. */
extern const char *const roles_hr[], *const roles_hr_auditor[];

/* Adds to the model the facts of a candidate that every page about one shows: "candidate" with
 * id, name, post.  The rights were checked before. */
struct candidate;
void model_candidate(const struct req *r, const struct candidate *c, json_t *model);

/* [{id, key}] for field/select, field/radios and field/checks: each of `words` (NULL last) with the
 * message `key`.word. */
json_t *word_options(const struct req *r, const char *const *words, const char *key);

/* A message in the person's language, with {value}; the key itself if there is none. */
const char *row_message(const struct req *r, const char *key, const char *value);

/* "key, article": of names with blanks between them the messages `prefix`NAME. */
const char *row_fields(const struct req *r, const char *prefix, const char *names);

/* The upload of a declared P_FILE as a use case takes it; false if none was sent. */
bool row_upload(const struct req *r, const char *name, struct file_in *ret);

/* Sends a kept file, `file_name` for people's eyes: it is read when the turn is over (call.h).  One
 * that is held back is ERR_CONFLICT (app/candidate/scan.h). */
bool send_blob(struct req *r, const char *hash, const char *file_name, struct err *e);

/* Sends `file`, whose descriptor is the request's from here on. */
void row_send_open(struct req *r, const struct stored_file *file);

/* Opens `path` below `folder` for `file` and sends it.  The path is one of our rows, and leads
 * nowhere else.  ERR_MISSING "error.missing" if it is not there, is no file, or is not as large as
 * `file->size`. */
bool row_send_stored(struct req *r, const char *folder, const char *path,
		     const struct stored_file *file, struct err *e) MUST_USE;

/* Media types that papers come in, for parameter lists, and the most bytes of one. */
extern const char *const paper_media[];
enum { PAPER_MOST = 20 * 1024 * 1024 };

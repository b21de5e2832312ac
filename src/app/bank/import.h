/* import.h - questions of a file on their way into the bank (F26).
 *
 * An import is rows: the questions of the file in parts, and what comes of each.  The server goes
 * through the parts a few questions at a time between requests (import_step()), so that nobody
 * waits, and a restart goes on where it was.
 *
 *   checking  each question is compared with the bank: added, changed, unchanged, bad
 *   checked   a person looks at what would come of it; nothing of the bank is changed
 *   taking    the versions are written, which no question has yet
 *   taken     one short transaction at the end has made them revisions: all of them or none
 *   dropped   nothing was taken over
 *
 * If what was compared has changed in the bank meanwhile, an import that is being taken over
 * changes nothing and is compared again.  The file itself is not kept; its words are until they are
 * taken over or dropped, and IMPORT_DAYS at most.
 *
 * A question whose code the bank knows gets a new revision; a language or a head that the file does
 * not have stays as it was.  Whoever brought the file is the author of what is taken over. */
#pragma once
#include "app/act.h"
#include "exchange/exchange.h"

enum {
	IMPORT_DAYS = 7,        /* that an import waits for its author      */
	IMPORT_PART_MOST = 25,  /* questions of a part, which one step does */
	IMPORT_ALIKE_MOST = 5,  /* near-duplicates told of one question     */
	IMPORT_NAME_MOST = 200, /* bytes of a file's name                   */
};

/* What the file does not say itself. */
struct import_form {
	const char *name;     /* of the file, for people's eyes             */
	const char *language; /* of a file of one language                  */
	const char *act;      /* "" none                                    */
	const char *article;  /* "" none                                    */
	day text_date;
};

/* Reads a file and puts its questions into parts, with their near-duplicates in the bank and among
 * themselves.  Changes nothing; takes long, so it is for a worker's thread.  Fails as
 * exchange_read_confined() does.  `ret` lives in the act's arena. */
bool import_read(const struct act *act, const void *bytes, size_t size,
		 const struct import_form *form, json_t **ret, struct err *e) MUST_USE;

/* The same of questions that were read already. */
bool import_pack(const struct act *act, const struct exchange_set *set, json_t **ret,
		 struct err *e) MUST_USE;

/* Authors.  Begins an import of what import_read() has given. */
bool import_open(const struct act *act, const struct import_form *form, const json_t *packed,
		 int64_t *ret_id, struct err *e) MUST_USE;

/* The author who opened it.  Begins to take it over.  ERR_CONFLICT "import.error.state" unless it
 * is checked, "exchange.error.bad" if it has bad ones and `leave_bad` is not set. */
bool import_take(const struct act *act, int64_t id, bool leave_bad, struct err *e) MUST_USE;

/* Authors.  Nothing of it is taken over, and its words are destroyed.  ERR_CONFLICT
 * "import.error.state" if it is taken or dropped. */
bool import_drop(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* The system's work: one part of the oldest import that has something to do, in one transaction.
 * `ret_more`: whether there was one.  A step that fails leaves all as it was, and the next oldest
 * is gone on with, so that one import that cannot stops no other; an error if all of them fail. */
bool import_step(const struct act *act, bool *ret_more, struct err *e) MUST_USE;

/* The same of one import; no more once it waits for a person, or is at its end. */
bool import_step_of(const struct act *act, int64_t id, bool *ret_more, struct err *e) MUST_USE;

/* A job of the day: drops what has waited longer than IMPORT_DAYS. */
bool import_drop_old(const struct act *act, struct err *e) MUST_USE;

/* err.h - failure as a value.
 *
 * Whatever can fail returns bool and takes `struct err *e` last.  On success
 * `e` is untouched; on failure nothing else is written.  The first failure
 * wins, so calls chain with && and the reason nearest to the cause survives.
 * What is too long for its field ends before the first character that does not fit.
 * Library code never logs: web/ and main.c own the one log line. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define COUNT(array)      (sizeof(array) / sizeof((array)[0]))

/* Runs fn(&variable) when the variable goes out of scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

enum err_kind {
	ERR_NONE,
	ERR_INPUT,    /* the sender can mend it; `field` says where          */
	ERR_LAW,      /* the law refuses it; `clause` says which one         */
	ERR_DENIED,   /* not signed in, or not allowed to                    */
	ERR_MISSING,  /* no such thing, or none that this person may know of */
	ERR_CONFLICT, /* somebody else was first; look again                 */
	ERR_BUSY,     /* too much at once; try later                         */
	ERR_DB,       /* storage failed                                      */
	ERR_SYSTEM    /* the machine, a library or a file failed             */
};

struct err {
	enum err_kind kind;
	char key[64];     /* message id for the user's language               */
	char clause[64];  /* "10", "36"...: set when the law refuses, else "" */
	char field[64];   /* the form field it belongs to, else ""            */
	char value[256];  /* what {value} in the message stands for, else ""  */
	char detail[256]; /* English, for the log; never personal data        */
};

/* Records a failure and is false, so that callers write
 * `return err_set(e, ERR_DB, "error.storage", "...")`.  A macro, so that
 * analysers see the constant.  `e` may be NULL. */
#define err_set(e, kind, key, ...) (err_set_(e, kind, key, __VA_ARGS__), false)

/* The same for a value in form field `field`. */
#define err_input(e, field, key, ...) (err_input_(e, field, key, __VA_ARGS__), false)

/* The same for a refusal by clause `clause` of the Rules. */
#define err_law(e, clause, key, ...) (err_law_(e, clause, key, __VA_ARGS__), false)

void err_set_(struct err *e, enum err_kind kind, const char *key, const char *format, ...)
	PRINTF_LIKE(4, 5);
void err_input_(struct err *e, const char *field, const char *key, const char *format, ...)
	PRINTF_LIKE(4, 5);
void err_law_(struct err *e, const char *clause, const char *key, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Adds what {value} stands for in the message, or the field, to a failure that
 * has none yet.  Both return false for use in a return statement. */
bool err_value(struct err *e, const char *value);
bool err_field(struct err *e, const char *field);

/* Forgets a failure that was dealt with. */
void err_clear(struct err *e);

/* "law", "input", ...: for logs and the JSON twin of an error page. */
const char *err_kind_name(enum err_kind kind);

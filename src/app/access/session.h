/* session.h - sign-in and sessions; accounts are made by people.h.
 *
 * A password is stored as Argon2id (libsodium's text form).  A session is a random token
 * in the person's browser; the table holds its BLAKE2b hash, so that a stolen copy of
 * the database opens no door.  A session ends when it was idle for too long, at its last
 * hour at the latest, or when the person signs out. */
#pragma once
#include "app/act.h"

enum { SESSION_TOKEN_SIZE = 65, SESSION_HASH_SIZE = 65, SESSION_ID_SIZE = 17 };

/* Security settings of the house for everybody, none of them from the Rules; an office may have
 * stricter ones (app/access/access.h). */
enum {
	SESSION_IDLE_MS = 60 * 60 * 1000,
	SESSION_LONGEST_MS = 12 * 60 * 60 * 1000,
	SESSION_TOUCH_MS = 60 * 1000, /* `seen` is written at most this often */
	STEP_MS = 5 * 60 * 1000,      /* between the password and the second factor */
};

struct session {
	int64_t person_id; /* 0: there is no such session (any more) */
	const char *name;  /* "Family G. P." */
	const char *language;
	const char *csrf;
	const char *factor; /* "" a password alone, totp, recovery, passkey, certificate */
	int64_t seen_ms, created_ms;
	bool temporary; /* signed in with a password that somebody else has made */
	char hash[SESSION_HASH_SIZE];
};

/* How a session begins: by which factor, and what its person will know it by. */
struct session_start {
	const char *factor; /* "" a password alone */
	const char *device; /* "Firefox, Windows"  */
	const char *place;  /* loopback, inside, outside */
};

/* Gets a role of the session's person, by its name; not terminated. */
typedef void session_role_fn(void *user, const char *name, size_t size);

/* The live session of a token, and the roles of its person; person_id is 0 when there is none, and
 * then the roles are nobody's.  In one look, as every request begins with it.  Reads only. */
bool session_find(struct db *db, struct arena *a, const char *token, int64_t now_ms,
		  session_role_fn *role, void *user, struct session *ret, struct err *e) MUST_USE;

/* db_ahead() of what session_find() reads. */
bool session_ahead(struct db *db, const char *token, int64_t now_ms, struct err *e) MUST_USE;

/* Notes that the session is in use. */
bool session_touch(const struct act *act, const char *hash, struct err *e) MUST_USE;

/* Looks a person up by IIN and checks the password: slow on purpose, and as slow for an
 * IIN that nobody has.  `ret_person` is who has that IIN and an account, 0 for nobody;
 * `ret_right` whether the password is theirs.  Reads only: for worker threads. */
bool password_check(struct db *db, struct arena *a, const char *iin, const char *password,
		    int64_t *ret_person, bool *ret_right, struct err *e) MUST_USE;

/* Opens a session for act->person_id; ends their sessions that have expired.  ERR_DENIED
 * "access.error.disabled" for a disabled account (account.h). */
bool session_open(const struct act *act, const struct session_start *start,
		  char ret_token[SESSION_TOKEN_SIZE], struct err *e) MUST_USE;

/* A new token and form token for the session of `hash`, whose person has just proved who it is by
 * `factor`; "" leaves the factor it has.  ERR_MISSING if it is not a session of act->person_id. */
bool session_renew(const struct act *act, const char *hash, const char *factor,
		   char ret_token[SESSION_TOKEN_SIZE], const char **ret_csrf,
		   struct err *e) MUST_USE;

/* The person of the session of `hash` has now a second factor and has shown it.  Other sessions of
 * theirs that have shown none end: whoever knew the password before is out. */
bool session_has_factor(const struct act *act, const char *hash, const char *factor,
			struct err *e) MUST_USE;

/* Notes a refused try to come in; person_id 0 when nobody has that IIN. */
bool session_refuse(const struct act *act, int64_t person_id, struct err *e) MUST_USE;

bool session_close(const struct act *act, const char *token, struct err *e) MUST_USE;

/* Ends one session of act->person_id by the first SESSION_ID_SIZE - 1 digits of its hash, or all of
 * `person_id` but the one of `but` ("" spares none).  Others' sessions: administrators. */
bool session_end_one(const struct act *act, const char *id, struct err *e) MUST_USE;
bool session_end_all(const struct act *act, int64_t person_id, const char *but,
		     struct err *e) MUST_USE;

/* Somebody else has set a password for the person: whoever has come in by the old one is out, at
 * the second factor too.  In the caller's transaction, after its check of rights. */
bool session_end_for_password(const struct act *act, int64_t person_id, struct err *e) MUST_USE;

/* The password of act->person_id was right, the second factor is to come: a token for that. */
bool step_open(const struct act *act, char ret_token[SESSION_TOKEN_SIZE], struct err *e) MUST_USE;
/* Whose step it is; 0 for nobody's, or too late. */
bool step_find(struct db *db, const char *token, int64_t now_ms, int64_t *ret_person,
	       struct err *e) MUST_USE;
bool step_close(const struct act *act, const char *token, struct err *e) MUST_USE;

/* act->person_id chooses a password: `password` is Argon2id's text.  It is no longer a temporary
 * one, and every session of the person but that of `session_hash` ends. */
bool account_choose_password(const struct act *act, const char *password, const char *session_hash,
			     struct err *e) MUST_USE;

/* "kk", "ru" or "en", kept in the account of act->person_id. */
bool account_language(const struct act *act, const char *language, struct err *e) MUST_USE;

/* A random key of this installation, made at the first call.  `size` is at most 64. */
bool secret_key(struct db *db, const char *name, void *ret, size_t size, struct err *e) MUST_USE;

/* A demonstration database is one that has the secret "demonstration" (any bytes). */
bool database_is_demonstration(struct db *db, bool *ret, struct err *e) MUST_USE;

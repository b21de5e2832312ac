/* act.h - what every use case is given, and what every use case does.
 *
 * A use case is one function here in app/: it checks the right of the person, asks
 * law/, writes the rows and one journal entry, all in one transaction, and has no
 * outside effect.  It takes a `struct act`, its own arguments, and `struct err`:
 *
 *   bool application_send(const struct act *act, int64_t application_id, struct err *e)
 *   {
 *           CLEANUP(db_rollback) struct db_tx tx = { 0 };
 *           return db_begin(act->db, &tx, e) && ... &&
 *                  act_journal(act, "application.sent", competition_id,
 *                              act_subject(act, "application", application_id),
 *                              json_pack("{s:s}", "receipt", receipt), e) &&
 *                  db_commit(&tx, e);
 *   }
 *
 * Rights are checked here too, although the route table has done so: the command
 * line and a later caller come in by another door. */
#pragma once
#include "base/teller.h"
#include "db/db.h"
#include "db/row.h"
#include "rules/law_book.h"
#include "sign/service_key.h"

struct file_place;
struct file_object;

/* Who acts, when, and with what.  Lives as long as the request. */
struct act {
	struct db *db;
	struct arena *arena;
	int64_t now_ms;
	int64_t person_id;           /* 0: the system itself                        */
	const struct law_book *book; /* today's law; a competition has its own pinned */
	const struct service_key
		*key;        /* of the installation; NULL where no words of the bank are read */
	const char *session; /* hash of the session it comes through; NULL by another door */
	bool as_candidate;   /* of a competition in which the person competes: no office counts */
	bool relayed;  /* a hall node has seen who it is and may it: the centre does it once more
			* (app/hall_node/hall_node.h) */
	json_t *noted; /* gets what act_journal() appends, for whoever compares it: objects of
			* at_ms, actor, competition, kind, subject, content; NULL nobody */
	const struct file_place *place;    /* of files outside the database; NULL none (file.h) */
	const struct file_object *objects; /* that were put there for this request */
	const struct teller *teller;       /* of what takes long: how far it is; NULL nobody asks */
};

/* Roles as they stand in role_grant.role. */
#define ROLE_NAME_HR        "hr"
#define ROLE_NAME_SECURITY  "security"
#define ROLE_NAME_POLYGRAPH "polygraph"
#define ROLE_NAME_PSYCHO    "psycho"
#define ROLE_NAME_OPERATOR  "operator"
#define ROLE_NAME_AUDITOR   "auditor"
#define ROLE_NAME_ADMIN     "admin"
#define ROLE_NAME_AUTHOR    "author"   /* of questions */
#define ROLE_NAME_REVIEWER  "reviewer" /* of questions, in one language */
#define ROLE_NAME_APPROVER  "approver" /* of questions */
#define ROLE_NAME_KEEPER    "keeper"   /* of a share of the bank's key (app/bank/vault.h) */
#define ROLE_NAME_BODY      "body"     /* of another body; organ is the body's code */

day act_today(const struct act *act);

/* Fails with ERR_DENIED "error.denied" unless the person holds `role` for `organ` or
 * for an organ above it (rules/organs.yaml).  The system itself may do anything. */
bool act_require(const struct act *act, const char *role, const char *organ,
		 struct err *e) MUST_USE;

/* The same as a question. */
bool act_holds(const struct act *act, const char *role, const char *organ, bool *ret,
	       struct err *e) MUST_USE;

/* Bytes in hexadecimal, in the arena: as the journal tells hashes. */
const char *act_hex(struct arena *a, const void *bytes, size_t size);

/* "application/12" */
const char *act_subject(const struct act *act, const char *thing, int64_t id);

/* The channel on which other processes hear of entries that boards show (db_notify()). */
#define ACT_NOTICE "konkurs_live"

/* Appends to the journal; takes over `content` (a new object from json_pack).  `kind` is one of
 * entry_kinds (app/entry_kind.h).  After the rows: the entry commits to how they stand now
 * (app/evidence/row_state.h). */
bool act_journal(const struct act *act, const char *kind, int64_t competition_id,
		 const char *subject, json_t *content, struct err *e) MUST_USE;

/* Stores the bytes of an upload by their hash (once), gives the hash.  In file.c. */
bool act_keep_file(const struct act *act, const void *bytes, size_t size, const char *media,
		   const char **ret_hash, struct err *e) MUST_USE;

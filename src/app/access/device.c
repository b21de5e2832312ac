#include "app/access/device.h"

#include "app/notice/notice.h"

#include <sodium.h>
#include <string.h>

static void hash_of(const char *token, char ret[DEVICE_HASH_SIZE])
{
	unsigned char hash[32];
	(void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token),
				 NULL, 0);
	(void)sodium_bin2hex(ret, DEVICE_HASH_SIZE, hash, sizeof(hash));
}

bool device_find(struct db *db, const char *token, int64_t person_id, struct device *ret,
		 struct err *e)
{
	struct device d = { .hash = "" };
	if (token && *token) {
		hash_of(token, d.hash);
		if (!db_exists(db, e, &d.own,
			       "SELECT 1 FROM known_device WHERE token_hash = $1"
			       " AND ((person_id = $2 AND proven = 1) OR hall = 1)",
			       db_text(d.hash), db_int(person_id)))
			return false;
	}
	*ret = d;
	return true;
}

bool device_waits(const struct act *act, const struct device *d, int64_t person_id, bool *ret,
		  struct err *e)
{
	if (d->own)
		return db_exists(act->db, e, ret,
				 "SELECT 1 FROM known_device WHERE token_hash = $1"
				 " AND person_id = $2 AND blocked_until_ms > $3",
				 db_text(d->hash), db_int(person_id), db_int(act->now_ms));
	return db_exists(act->db, e, ret,
			 "SELECT 1 FROM account WHERE person_id = $1 AND blocked_until_ms > $2",
			 db_int(person_id), db_int(act->now_ms));
}

/* ---- counting -------------------------------------------------------------- */

static int64_t wait_after(int64_t failures, int64_t free)
{
	int64_t wait_ms = FAILURE_WAIT_MS;
	if (failures < free)
		return 0;
	for (int64_t i = free; i < failures && wait_ms < FAILURE_WAIT_MOST_MS; i++)
		wait_ms *= 2;
	return wait_ms < FAILURE_WAIT_MOST_MS ? wait_ms : FAILURE_WAIT_MOST_MS;
}

static bool count_device(const struct act *act, const struct device *d, int64_t person_id,
			 int64_t free, struct err *e)
{
	int64_t failures = 0;
	return db_number(act->db, e, &failures,
			 "INSERT INTO known_device (token_hash, person_id, proven, hall, failures,"
			 " blocked_until_ms, seen_ms) VALUES ($1, $2, 0, 0, 1, 0, $3)"
			 " ON CONFLICT (token_hash, person_id) DO UPDATE"
			 " SET failures = known_device.failures + 1, seen_ms = excluded.seen_ms"
			 " RETURNING failures",
			 db_text(d->hash), db_int(person_id), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE known_device SET blocked_until_ms = $1"
		       " WHERE token_hash = $2 AND person_id = $3",
		       db_int(act->now_ms + wait_after(failures, free)), db_text(d->hash),
		       db_int(person_id));
}

/* ASVS 6.3.5: the person learns of it, once for each row of guesses. */
static bool tell(const struct act *act, int64_t person_id, int64_t failures, struct err *e)
{
	const struct notice n = { .person_id = person_id,
				  .kind = "account.guessed",
				  .href = "/account" };
	return failures != FAILURES_TOLD || notice_send(act, &n, e);
}

static bool count_account(const struct act *act, int64_t person_id, int64_t free, struct err *e)
{
	int64_t failures = 0;
	return db_number(act->db, e, &failures,
			 "UPDATE account SET failures = failures + 1 WHERE person_id = $1"
			 " RETURNING failures",
			 db_int(person_id)) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE account SET blocked_until_ms = $1 WHERE person_id = $2",
		       db_int(act->now_ms + wait_after(failures, free)), db_int(person_id)) &&
	       tell(act, person_id, failures, e);
}

bool device_failed(const struct act *act, const struct device *d, int64_t person_id, int64_t free,
		   struct err *e)
{
	return d->own ? count_device(act, d, person_id, free, e)
		      : count_account(act, person_id, free, e);
}

/* ---- knowing --------------------------------------------------------------- */

bool device_prove(const struct act *act, const struct device *d, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       (!*d->hash ||
		db_exec(act->db, e, NULL,
			"INSERT INTO known_device (token_hash, person_id, proven, hall, failures,"
			" blocked_until_ms, seen_ms) VALUES ($1, $2, 1, 0, 0, 0, $3)"
			" ON CONFLICT (token_hash, person_id) DO UPDATE SET proven = 1,"
			" failures = 0, blocked_until_ms = 0, seen_ms = excluded.seen_ms",
			db_text(d->hash), db_int(act->person_id), db_int(act->now_ms))) &&
	       (d->own || /* else guesses from elsewhere would begin anew with each visit */
		db_exec(act->db, e, NULL,
			"UPDATE account SET failures = 0, blocked_until_ms = 0"
			" WHERE person_id = $1",
			db_int(act->person_id))) &&
	       db_commit(&tx, e);
}

bool device_shown(const struct act *act, const struct device *d, struct err *e)
{
	if (d->own)
		return db_exec(act->db, e, NULL,
			       "UPDATE known_device SET failures = 0, blocked_until_ms = 0"
			       " WHERE token_hash = $1 AND person_id = $2 AND failures > 0",
			       db_text(d->hash), db_int(act->person_id));
	return db_exec(act->db, e, NULL,
		       "UPDATE account SET failures = 0, blocked_until_ms = 0"
		       " WHERE person_id = $1 AND failures > 0",
		       db_int(act->person_id));
}

bool device_is_hall(const struct act *act, const struct device *d, struct err *e)
{
	return !*d->hash || db_exec(act->db, e, NULL, /* the operator has signed in there */
				    "UPDATE known_device SET hall = 1 WHERE token_hash = $1"
				    " AND person_id = $2 AND proven = 1",
				    db_text(d->hash), db_int(act->person_id));
}

#include "app/notice/mail.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

enum {
	MINUTE_MS = 60 * 1000,
	CODE_LIFE_MS = 24 * 60 * MINUTE_MS,
	TRIES_MOST = 5,
	ATTEMPTS_MOST = 10,
	PAUSE_MOST_MS = 4 * 60 * MINUTE_MS,
	HASH_SIZE = 32,
};

/* ---- addresses ------------------------------------------------------------------------------- */

/* Own code: what a form may send on.  A mail server knows the rest. */
bool mail_address_valid(const char *address)
{
	const char *at = strchr(address, '@');
	if (!at || at == address || strchr(at + 1, '@') || !strchr(at + 1, '.') ||
	    strlen(address) > MAIL_ADDRESS_MOST)
		return false;
	for (const char *c = address; *c; c++) {
		if (!isascii((unsigned char)*c) ||
		    !(isalnum((unsigned char)*c) || strchr("@.!#$%&'*+/=?^_`{|}~-", *c)))
			return false;
	}
	return at[1] != '.' && at[-1] != '.' && address[0] != '.' && !strstr(address, "..") &&
	       address[strlen(address) - 1] != '.';
}

static const char *hash_of(const struct act *act, const char *code)
{
	unsigned char hash[HASH_SIZE];
	char *text = arena_alloc(act->arena, HASH_SIZE * 2 + 1);
	/* with the person, so that equal codes are not seen to be equal */
	const char *said = arena_print(act->arena, "%lld %s", (long long)act->person_id, code);
	(void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)said, strlen(said),
				 NULL, 0);
	return sodium_bin2hex(text, HASH_SIZE * 2 + 1, hash, sizeof(hash));
}

static const char *new_code(struct arena *a)
{
	char code[MAIL_CODE_DIGITS + 1];
	for (int i = 0; i < MAIL_CODE_DIGITS; i++)
		code[i] = (char)('0' + randombytes_uniform(10));
	code[MAIL_CODE_DIGITS] = '\0';
	return arena_copy(a, code);
}

static bool journal(const struct act *act, const char *kind, struct err *e)
{
	return act_journal(act, kind, 0, act_subject(act, "person", act->person_id), json_object(),
			   e);
}

bool mail_set_address(const struct act *act, const char *address, const char *language,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const char *code = new_code(act->arena);
	bool often = false;
	if (!mail_address_valid(address))
		return err_input(e, "address", "mail.error.address", "no plain address");
	if (!db_begin(act->db, &tx, e) ||
	    !db_exists(act->db, e, &often,
		       "SELECT 1 FROM mail_address WHERE person_id = $1 AND code_ms > $2"
		       " AND code_hash <> ''",
		       db_int(act->person_id), db_int(act->now_ms - MINUTE_MS)))
		return false;
	if (often)
		return err_set(e, ERR_CONFLICT, "mail.error.often", "a code was just sent");
	return db_exec(act->db, e, NULL,
		       "INSERT INTO mail_address (person_id, address, language, wanted, code_hash,"
		       " code_ms, tries) VALUES ($1, $2, $3, 1, $4, $5, 0)"
		       " ON CONFLICT (person_id) DO UPDATE SET address = excluded.address,"
		       " language = excluded.language, code_hash = excluded.code_hash,"
		       " code_ms = excluded.code_ms, tries = 0, confirmed_ms = NULL",
		       db_int(act->person_id), db_text(address), db_text(language),
		       db_text(hash_of(act, code)), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO mail (person_id, kind, address, language, code, state,"
		       " attempts, next_ms, created_ms, problem)"
		       " VALUES ($1, 'code', $2, $3, $4, 'queued', 0, $5, $5, '')",
		       db_int(act->person_id), db_text(address), db_text(language), db_text(code),
		       db_int(act->now_ms)) &&
	       journal(act, "mail.address", e) && db_commit(&tx, e);
}

static bool count_try(const struct act *act, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE mail_address SET tries = tries + 1 WHERE person_id = $1",
		       db_int(act->person_id));
}

bool mail_confirm(const struct act *act, const char *code, bool *ret_right, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT code_hash, code_ms, tries FROM mail_address"
			       " WHERE person_id = $1 AND code_hash <> ''",
			       db_int(act->person_id));
	const json_t *row = json_array_get(rows, 0);
	if (!rows)
		return false;
	if (!row || row_number(row, "tries") >= TRIES_MOST ||
	    row_number(row, "code_ms") < act->now_ms - CODE_LIFE_MS)
		return err_input(e, "code", "mail.error.code_over", "no code waits any more");
	*ret_right = strcmp(row_text(row, "code_hash"), hash_of(act, code)) == 0;
	if (!*ret_right)
		return count_try(act, e) && db_commit(&tx, e);
	return db_exec(act->db, e, NULL,
		       "UPDATE mail_address SET code_hash = '', confirmed_ms = $2, wanted = 1"
		       " WHERE person_id = $1",
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       journal(act, "mail.confirmed", e) && db_commit(&tx, e);
}

bool mail_choose(const struct act *act, bool wanted, const char *language, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exec(act->db, e, &changed,
		     "UPDATE mail_address SET wanted = $2, language = $3 WHERE person_id = $1",
		     db_int(act->person_id), db_int(wanted), db_text(language)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "mail.error.none", "no address");
	return journal(act, wanted ? "mail.wanted" : "mail.unwanted", e) && db_commit(&tx, e);
}

bool mail_forget(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE mail SET state = 'given_up', address = '', code = '', ended_ms = $2"
		       " WHERE person_id = $1 AND state = 'queued'",
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL, "DELETE FROM mail_address WHERE person_id = $1",
		       db_int(act->person_id)) &&
	       journal(act, "mail.forgotten", e) && db_commit(&tx, e);
}

/* ---- the outbox ------------------------------------------------------------------------------ */

bool mail_queue(const struct act *act, int64_t person_id, int64_t notice_id, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO mail (person_id, notice_id, kind, address, language,"
		       " code, state, attempts, next_ms, created_ms, problem)"
		       " SELECT m.person_id, $2, 'notice', m.address, m.language, '', 'queued',"
		       " 0, $3, $3, '' FROM mail_address m"
		       " WHERE m.person_id = $1 AND m.wanted = 1 AND m.confirmed_ms IS NOT NULL",
		       db_int(person_id), db_int(notice_id), db_int(act->now_ms));
}

static bool require_admin(const struct act *act, struct err *e)
{
	return act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e);
}

bool mail_queue_test(const struct act *act, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t queued = 0;
	if (!db_begin(act->db, &tx, e) || !require_admin(act, e) ||
	    !db_exec(act->db, e, &queued,
		     "INSERT INTO mail (person_id, kind, address, language, code, state,"
		     " attempts, next_ms, created_ms, problem)"
		     " SELECT m.person_id, 'test', m.address, m.language, '', 'queued', 0, $2,"
		     " $2, '' FROM mail_address m WHERE m.person_id = $1"
		     " AND m.confirmed_ms IS NOT NULL",
		     db_int(act->person_id), db_int(act->now_ms)))
		return false;
	if (queued == 0)
		return err_set(e, ERR_CONFLICT, "mail.error.none", "no proved address");
	return journal(act, "mail.test", e) && db_commit(&tx, e);
}

static bool require_queued(const struct act *act, int64_t id, struct err *e)
{
	json_t *row =
		db_row(act->db, act->arena, e, "SELECT state FROM mail WHERE id = $1", db_int(id));
	return row && (strcmp(row_text(row, "state"), "queued") == 0 ||
		       err_set(e, ERR_CONFLICT, "mail.error.ended", "sent or given up"));
}

bool mail_retry(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && require_admin(act, e) && require_queued(act, id, e) &&
	       db_exec(act->db, e, NULL, "UPDATE mail SET next_ms = $2 WHERE id = $1", db_int(id),
		       db_int(act->now_ms)) &&
	       act_journal(act, "mail.retried", 0, act_subject(act, "mail", id), json_object(),
			   e) &&
	       db_commit(&tx, e);
}

static bool end(const struct act *act, int64_t id, const char *state, const char *problem,
		struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "UPDATE mail SET state = $2, problem = $3, ended_ms = $4, address = '',"
		       " code = '' WHERE id = $1",
		       db_int(id), db_text(state), db_text(problem), db_int(act->now_ms));
}

bool mail_give_up(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && require_admin(act, e) && require_queued(act, id, e) &&
	       end(act, id, "given_up", "", e) &&
	       act_journal(act, "mail.given_up", 0, act_subject(act, "mail", id), json_object(),
			   e) &&
	       db_commit(&tx, e);
}

/* ---- the sender ------------------------------------------------------------------------------ */

int64_t mail_pause_ms(int attempts)
{
	const int doubled = attempts < 1 ? 0 : attempts > 9 ? 8 : attempts - 1;
	const int64_t pause = (int64_t)MINUTE_MS << doubled;
	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

bool mail_claim(const struct act *act, struct mail *ret, bool *ret_found, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id, notice_id, kind, address, language, code,"
			       " attempts, created_ms FROM mail WHERE state = 'queued'"
			       " AND next_ms <= $1 ORDER BY next_ms, id LIMIT 1",
			       db_int(act->now_ms));
	const json_t *row = json_array_get(rows, 0);
	*ret_found = row != NULL;
	if (!row)
		return rows != NULL;
	const int attempts = (int)row_number(row, "attempts") + 1;
	*ret = (struct mail){ .id = row_number(row, "id"),
			      .notice_id = row_number(row, "notice_id"),
			      .kind = row_text(row, "kind"),
			      .address = row_text(row, "address"),
			      .language = row_text(row, "language"),
			      .code = row_text(row, "code"),
			      .created_ms = row_number(row, "created_ms"),
			      .attempts = attempts };
	return db_exec(act->db, e, NULL,
		       "UPDATE mail SET attempts = $2, next_ms = $3 WHERE id = $1", db_int(ret->id),
		       db_int(attempts), db_int(act->now_ms + mail_pause_ms(attempts))) &&
	       db_commit(&tx, e);
}

bool mail_settle(const struct act *act, const struct mail *mail, enum mail_outcome outcome,
		 const char *problem, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const bool over = outcome != MAIL_LATER || mail->attempts >= ATTEMPTS_MOST;
	bool ours = false;
	if (!db_begin(act->db, &tx, e) ||
	    !db_exists(act->db, e, &ours, "SELECT 1 FROM mail WHERE id = $1 AND attempts = $2",
		       db_int(mail->id), db_int(mail->attempts)))
		return false;
	if (!ours)
		return true;
	if (over && !end(act, mail->id, outcome == MAIL_SENT ? "sent" : "given_up", problem, e))
		return false;
	if (!over && !db_exec(act->db, e, NULL, "UPDATE mail SET problem = $2 WHERE id = $1",
			      db_int(mail->id), db_text(problem)))
		return false;
	return db_commit(&tx, e);
}

bool mail_seen(const struct act *act, const char *server, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO mail_service (id, server, seen_ms) VALUES (1, $1, $2)"
		       " ON CONFLICT (id) DO UPDATE SET server = excluded.server,"
		       " seen_ms = excluded.seen_ms",
		       db_text(server), db_int(act->now_ms)) &&
	       db_commit(&tx, e);
}

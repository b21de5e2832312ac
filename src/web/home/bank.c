/* bank.c - the question bank: authors, reviewers, approvers, keepers of its key. */
#include "web/bank/bank.h"

#include "web/bank/vault.h"
#include "web/home/groups.h"
#include "web/sitting/challenge.h"

enum { BANK = ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER };

static void add(struct lines *l, const char *key, const char *href, int64_t count)
{
	if (count > 0)
		lines_add(l, &(struct line){ .key = key, .href = href, .count = count });
}

static bool add_questions(struct req *r, struct lines *l, struct err *e)
{
	int64_t count = 0;
	if (!bank_waiting(r, &count, e))
		return false;
	add(l, "home.task.bank", "/bank/questions?mine=1", count);
	return true;
}

/* F62, F63 */
static bool add_challenges(struct req *r, struct lines *l, struct err *e)
{
	int64_t find = 0;
	int64_t answer = 0;
	if (!challenge_waiting(r, &find, &answer, e))
		return false;
	add(l, "home.task.challenges", "/challenges?stands=waiting", find);
	add(l, "home.task.findings", "/challenges?stands=proposed", answer);
	return true;
}

/* A file of an author that was compared, and files that want a second person's consent. */
static bool add_files(struct req *r, struct lines *l, struct err *e)
{
	const bool agrees = req_is(r, ROLE_APPROVER | ROLE_ADMIN);
	const struct db_value me = db_int(r->actor.person_id);
	int64_t read = 0;
	int64_t asked = 0;
	int64_t forms = 0;
	if (!db_number(r->db, e, &read,
		       "SELECT COUNT(*) FROM bank_import WHERE state = 'checked' AND by_id = $1",
		       me) ||
	    (agrees &&
	     (!db_number(r->db, e, &asked,
			 "SELECT COUNT(*) FROM bank_export WHERE agreed_ms IS NULL AND by_id <> $1",
			 me) ||
	      !db_number(r->db, e, &forms,
			 "SELECT COUNT(*) FROM paper_form WHERE agreed_ms IS NULL AND by_id <> $1",
			 me))))
		return false;
	add(l, "home.task.import", "/bank/import", read);
	add(l, "home.task.export", "/bank/export", asked);
	add(l, "home.task.form", "/bank/forms", forms);
	return true;
}

/* F28: openings of the sealed bank that wait for this keeper's share. */
static bool add_vault(struct req *r, struct lines *l, struct err *e)
{
	int64_t count = 0;
	int64_t first = 0;
	if (!vault_waiting(r, &count, &first, e))
		return false;
	add(l, "home.task.vault",
	    arena_print(r->arena, "/bank/vault/openings/%lld", (long long)first), count);
	return true;
}

bool lines_bank(struct req *r, struct lines *l, struct err *e)
{
	return (!req_is(r, BANK) || add_questions(r, l, e)) &&
	       (!req_is(r, ROLE_REVIEWER | ROLE_APPROVER) || add_challenges(r, l, e)) &&
	       (!req_is(r, ROLE_AUTHOR | ROLE_APPROVER | ROLE_ADMIN) || add_files(r, l, e)) &&
	       (!req_is(r, ROLE_KEEPER) || add_vault(r, l, e));
}

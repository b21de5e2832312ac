#include "app/access/people.h"

#include "app/access/password.h"
#include "app/access/session.h"
#include "app/notice/notice.h"
#include "base/text.h"
#include "law/iin.h"

#include <string.h>

static bool require_admin(const struct act *act, struct err *e)
{
	return act_require(act, ROLE_NAME_ADMIN, act->book->organs[0].code, e);
}

bool person_check(const struct act *act, const struct person_form *form, struct err *e)
{
	if (iin_check(form->iin) != IIN_VALID)
		return err_input(e, "iin", "error.iin", "an IIN that fails the check");
	if (!law_book_organ(act->book, form->organ) && !law_book_body(act->book, form->organ))
		return err_input(e, "organ", "error.organ", "unknown organ");
	if (!*form->family)
		return err_input(e, "family", "error.required", "a person without a family name");
	if (!*form->given)
		return err_input(e, "given", "error.required", "a person without a given name");
	return true;
}

static const char *full_name(struct arena *a, const struct person_form *form)
{
	return arena_print(a, "%s %s%s%s", form->family, form->given, *form->patronymic ? " " : "",
			   form->patronymic);
}

static bool insert(const struct act *act, const struct person_form *form, int64_t *ret_id,
		   struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t id = 0;
	const char *name = full_name(act->arena, form);
	bool ok = person_check(act, form, e) && db_begin(act->db, &tx, e) &&
		  db_number(act->db, e, &id,
			    "INSERT INTO person (iin, family, given, patronymic, sort_key, search,"
			    " organ, position_kk, position_ru, added_ms)"
			    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
			    db_text(form->iin), db_text(form->family), db_text(form->given),
			    db_text(form->patronymic), db_text(text_sort_key(act->arena, name)),
			    db_text(text_fold(act->arena, name)), db_text(form->organ),
			    db_text(form->position_kk), db_text(form->position_ru),
			    db_int(act->now_ms)) &&
		  act_journal(act, "person.added", 0, act_subject(act, "person", id),
			      json_pack("{s:s,s:s,s:s}", "iin", form->iin, "name", name, "organ",
					form->organ),
			      e) &&
		  db_commit(&tx, e);
	if (ok && ret_id)
		*ret_id = id;
	return ok;
}

bool person_add(const struct act *act, const struct person_form *form, int64_t *ret_id,
		struct err *e)
{
	return require_admin(act, e) && insert(act, form, ret_id, e);
}

/* What stood there before is in the entries before. */
bool person_change(const struct act *act, const struct person_form *form, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const char *name = full_name(act->arena, form);
	int64_t id = 0;
	return require_admin(act, e) && person_check(act, form, e) && db_begin(act->db, &tx, e) &&
	       db_number(act->db, e, &id,
			 "UPDATE person SET family = $1, given = $2, patronymic = $3,"
			 " sort_key = $4, search = $5, organ = $6, position_kk = $7,"
			 " position_ru = $8 WHERE iin = $9 RETURNING id",
			 db_text(form->family), db_text(form->given), db_text(form->patronymic),
			 db_text(text_sort_key(act->arena, name)),
			 db_text(text_fold(act->arena, name)), db_text(form->organ),
			 db_text(form->position_kk), db_text(form->position_ru),
			 db_text(form->iin)) &&
	       act_journal(act, "person.changed", 0, act_subject(act, "person", id),
			   json_pack("{s:s,s:s}", "name", name, "organ", form->organ), e) &&
	       db_commit(&tx, e);
}

bool person_ensure(const struct act *act, const struct person_form *form, int64_t *ret_id,
		   struct err *e)
{
	json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT id, family, given FROM person WHERE iin = $1", db_text(form->iin));
	if (!rows)
		return false;
	const json_t *row = json_array_get(rows, 0);
	if (!row)
		return insert(act, form, ret_id, e);
	const char *ours =
		arena_print(act->arena, "%s %s", row_text(row, "family"), row_text(row, "given"));
	const char *said = arena_print(act->arena, "%s %s", form->family, form->given);
	if (strcmp(text_fold(act->arena, ours), text_fold(act->arena, said)) != 0)
		return err_input(e, "iin", "intake.error.name", "the IIN is another's");
	*ret_id = row_number(row, "id");
	return true;
}

/* The hash itself stays out of the journal: an entry is for ever. */
static bool store(const struct act *act, int64_t person_id, const char *hash, bool temporary,
		  struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO account (person_id, password, temporary) VALUES ($1, $2, $3)"
		       " ON CONFLICT (person_id) DO UPDATE SET password = excluded.password,"
		       " temporary = excluded.temporary, failures = 0, blocked_until_ms = 0",
		       db_int(person_id), db_text(hash), db_int(temporary)) &&
	       act_journal(act, "account.password", 0, act_subject(act, "person", person_id),
			   json_object(), e);
}

bool person_set_hash(const struct act *act, int64_t person_id, const char *hash, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return require_admin(act, e) && db_begin(act->db, &tx, e) &&
	       store(act, person_id, hash, false, e) && db_commit(&tx, e);
}

bool person_set_password(const struct act *act, int64_t person_id, const char *password,
			 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct notice n = { .person_id = person_id,
				  .kind = "account.password",
				  .href = "/account" };
	bool known = false;
	const char *hash = require_admin(act, e) ? password_hash(act->arena, password, e) : NULL;
	return hash && db_begin(act->db, &tx, e) &&
	       db_exists(act->db, e, &known, "SELECT 1 FROM account WHERE person_id = $1",
			 db_int(person_id)) &&
	       store(act, person_id, hash, true, e) &&
	       session_end_for_password(act, person_id, e) && (!known || notice_send(act, &n, e)) &&
	       db_commit(&tx, e);
}

bool person_grant(const struct act *act, int64_t person_id, const char *role, const char *organ,
		  struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require_admin(act, e))
		return false;
	if (!law_book_organ(act->book, organ) &&
	    !(strcmp(role, ROLE_NAME_BODY) == 0 && law_book_body(act->book, organ)))
		return err_input(e, "organ", "error.organ", "unknown organ");
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO role_grant (person_id, role, organ, granted_by, granted_ms)"
		       " VALUES ($1, $2, $3, NULLIF($4, 0), $5)"
		       " ON CONFLICT (person_id, role, organ) WHERE revoked_ms IS NULL DO NOTHING",
		       db_int(person_id), db_text(role), db_text(organ), db_int(act->person_id),
		       db_int(act->now_ms)) &&
	       act_journal(act, "role.granted", 0, act_subject(act, "person", person_id),
			   json_pack("{s:s,s:s}", "role", role, "organ", organ), e) &&
	       db_commit(&tx, e);
}

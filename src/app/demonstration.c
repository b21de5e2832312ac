#include "app/demonstration.h"

#include "app/access/access.h"
#include "app/access/password.h"
#include "app/access/people.h"
#include "app/bank/vault_keeper.h"
#include "app/competition/competition.h"
#include "app/sitting/hall.h"

#include <sodium.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

/* web/ shows the banner and allows a clock set by hand where this secret is. */
static bool mark(const struct act *act, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO secret (name, value) VALUES ('demonstration', $1)",
		       db_blob("1", 1)) &&
	       act_journal(act, "demonstration.made", 0, "", json_object(), e) &&
	       access_factors_set(act, false, e); /* its accounts are for everybody to try */
}

static bool add_roles(const struct act *act, int64_t id, const json_t *person, struct err *e)
{
	size_t i = 0;
	const json_t *grant = NULL;
	json_array_foreach (json_object_get(person, "roles"), i, grant) {
		if (!person_grant(act, id, json_string_value(json_array_get(grant, 0)),
				  json_string_value(json_array_get(grant, 1)), e))
			return false;
	}
	return true;
}

static bool add_person(const struct act *act, const json_t *person, struct err *e)
{
	const struct person_form form = {
		.iin = text_of(person, "iin"),
		.family = text_of(person, "family"),
		.given = text_of(person, "given"),
		.patronymic = text_of(person, "patronymic"),
		.organ = text_of(person, "organ"),
		.position_kk = text_of(person, "position_kk"),
		.position_ru = text_of(person, "position_ru"),
	};
	int64_t id = 0;
	return person_add(act, &form, &id, e) && add_roles(act, id, person, e);
}

static bool add_hall(const struct act *act, const json_t *hall, struct err *e)
{
	int64_t id = 0;
	const struct hall_form form = {
		.organ = text_of(hall, "organ"),
		.name_kk = text_of(hall, "name_kk"),
		.name_ru = text_of(hall, "name_ru"),
		.seats = json_integer_value(json_object_get(hall, "seats")),
	};
	return hall_add(act, &form, &id, e);
}

static bool add_all(const struct act *act, const json_t *list,
		    bool (*add)(const struct act *, const json_t *, struct err *), struct err *e)
{
	size_t i = 0;
	const json_t *item = NULL;
	json_array_foreach (list, i, item) {
		if (!add(act, item, e))
			return false;
	}
	return true;
}

/* The first officer of HR in the list opens it. */
static bool add_competition(const struct act *act, const json_t *competition, struct err *e)
{
	const struct competition_form form = {
		.organ = text_of(competition, "organ"),
		.post = text_of(competition, "post"),
		.vacancies = json_integer_value(json_object_get(competition, "vacancies")),
		.filing_days = json_integer_value(json_object_get(competition, "filing_days")),
		.demonstration = true,
		.text_kk = text_of(competition, "text_kk"),
		.text_ru = text_of(competition, "text_ru"),
	};
	struct act officer = *act;
	int64_t id = 0;
	return db_number(act->db, e, &officer.person_id,
			 "SELECT MIN(person_id) FROM role_grant WHERE role = $1",
			 db_text(ROLE_NAME_HR)) &&
	       competition_open(&officer, &form, &id, e) && competition_announce(&officer, id, e);
}

bool demonstration_make(const struct act *act, const json_t *people, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) && mark(act, e) &&
	       add_all(act, json_object_get(people, "people"), add_person, e) &&
	       add_all(act, json_object_get(people, "halls"), add_hall, e) &&
	       add_all(act, json_object_get(people, "competitions"), add_competition, e) &&
	       db_commit(&tx, e);
}

/* One password for all of them, so one hash: each would take a tenth of a second. */
bool demonstration_passwords(const struct act *act, const json_t *people, struct err *e)
{
	const char *hash = password_hash(act->arena, text_of(people, "password"), e);
	size_t i = 0;
	const json_t *person = NULL;
	if (!hash)
		return false;
	json_array_foreach (json_object_get(people, "people"), i, person) {
		int64_t id = 0;
		if (!db_number(act->db, e, &id, "SELECT id FROM person WHERE iin = $1",
			       db_text(text_of(person, "iin"))) ||
		    !person_set_hash(act, id, hash, e))
			return false;
	}
	return true;
}

/* ---- the sealed bank ------------------------------------------------------------------------- */

/* A keeper of the demonstration: the passphrase is the password of all. */
static bool make_key(const struct act *act, const json_t *person, const char *phrase, struct err *e)
{
	unsigned char salt[KEEPER_SALT_SIZE];
	unsigned char key[KEEPER_KEY_SIZE];
	struct act keeper = *act;
	bool keeps = false;
	randombytes_buf(salt, sizeof(salt));
	if (!db_number(act->db, e, &keeper.person_id, "SELECT id FROM person WHERE iin = $1",
		       db_text(text_of(person, "iin"))) ||
	    !act_holds(&keeper, ROLE_NAME_KEEPER, text_of(person, "organ"), &keeps, e))
		return false;
	if (!keeps)
		return true;
	const bool ok = keeper_derive(phrase, salt, key, e) && keeper_make(&keeper, salt, key, e);
	sodium_memzero(key, sizeof(key));
	return ok;
}

bool demonstration_seal(const struct act *act, const json_t *people, struct vault_papers *ret,
			struct err *e)
{
	struct act approver = *act;
	size_t i = 0;
	const json_t *person = NULL;
	json_array_foreach (json_object_get(people, "people"), i, person) {
		if (!make_key(act, person, text_of(people, "password"), e))
			return false;
	}
	return db_number(act->db, e, &approver.person_id,
			 "SELECT MIN(person_id) FROM role_grant WHERE role = $1",
			 db_text(ROLE_NAME_APPROVER)) &&
	       vault_make(&approver, ret, e);
}

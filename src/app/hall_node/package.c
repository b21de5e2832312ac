/* package.c - the rows that a sitting of a hall node is made of.
 *
 * SQL is a literal, so each table has a line of its own: its columns, where their values come from,
 * and what is inserted.  A node has the people of its sitting and nobody else: where another
 * person's number must stand (who opened the sitting, who entered the hall) stands that of the
 * official who sealed it, and what the node does not need of a candidate stays out.  The centre has
 * all of it and believes none of what comes back. */
#include "app/hall_node/part.h"

#include "app/access/factor.h"
#include "base/base64.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 32, BYTES_MOST = 1024 * 1024 };

const char *hall_text(struct arena *a, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	const char *copy = arena_copy(a, text ? text : "");
	free(text);
	return copy;
}

struct db_value hall_person(const struct act *act)
{
	return act->person_id ? db_int(act->person_id) : db_null();
}

/* ---- rows as JSON ---------------------------------------------------------------------------- */

/* Bytes are {"b": base64}. */
static json_t *value_of(const struct db_value *v)
{
	switch (v->type) {
	case DB_INT: return json_integer((json_int_t)v->number);
	case DB_TEXT: return json_stringn(v->bytes, v->size);
	case DB_BLOB: {
		const size_t room =
			sodium_base64_encoded_len(v->size, sodium_base64_VARIANT_ORIGINAL);
		char *text = malloc(room);
		json_t *json = NULL;
		if (text && sodium_bin2base64(text, room, v->bytes, v->size,
					      sodium_base64_VARIANT_ORIGINAL))
			json = json_pack("{s:s}", "b", text);
		free(text);
		return json;
	}
	default: return json_null();
	}
}

static bool add_row(void *user, const struct db_value *column, size_t count, struct err *e)
{
	json_t *row = json_array();
	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(row, value_of(&column[i])) != 0) {
			json_decref(row);
			return err_set(e, ERR_SYSTEM, "error.system", "a value is no JSON");
		}
	}
	return json_array_append_new(user, row) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

static bool refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "hall.error.package", "%s", why);
}

static bool bytes_in(struct arena *a, const char *text, struct db_value *ret, struct err *e)
{
	const size_t length = strlen(text);
	unsigned char *bytes = arena_alloc(a, length + 1);
	size_t size = 0;
	if (!base64_read(text, length, BASE64_PLAIN, bytes, length, &size))
		return refuse(e, "bytes that are no base64");
	*ret = db_blob(bytes, size);
	return true;
}

static bool value_in(struct arena *a, const json_t *json, struct db_value *ret, struct err *e)
{
	const char *bytes = json_string_value(json_object_get(json, "b"));
	if (bytes)
		return bytes_in(a, bytes, ret, e);
	if (json_is_integer(json))
		*ret = db_int(json_integer_value(json));
	else if (json_is_string(json))
		*ret = db_text(json_string_value(json));
	else if (json_is_null(json))
		*ret = db_null();
	else
		return refuse(e, "a value that no column has");
	return true;
}

/* ---- the tables ------------------------------------------------------------------------------ */

#define P2  "$1, $2"
#define P3  P2 ", $3"
#define P5  P3 ", $4, $5"
#define P6  P5 ", $6"
#define P7  P6 ", $7"
#define P8  P7 ", $8"
#define P10 P8 ", $9, $10"
#define P11 P10 ", $11"
#define P12 P11 ", $12"
#define P15 P12 ", $13, $14, $15"
#define P16 P15 ", $16"
#define P17 P16 ", $17"
#define P19 P17 ", $18, $19"
#define P20 P19 ", $20"

#define OFFICIALS                                                                                  \
	"SELECT sealed_by FROM sitting WHERE id = $1 UNION"                                        \
	" SELECT sealed_second FROM sitting WHERE id = $1"
#define PEOPLE                                                                                     \
	"SELECT a.person_id FROM attempt t JOIN application a ON a.id = t.application_id"          \
	" WHERE t.sitting_id = $1 UNION " OFFICIALS
#define ITEMS "SELECT item_id FROM sitting_item WHERE sitting_id = $1"

struct table {
	const char *name;
	size_t columns;
	bool (*read)(const struct act *act, int64_t sitting, json_t *rows, struct err *e);
	bool (*write)(const struct act *act, const struct db_value *values, struct err *e);
};

/* `values` are what `columns` get, in their order; `rest` begins with FROM. */
#define TABLE(table, columns, places, values, rest)                                                \
	static bool read_##table(const struct act *act, int64_t sitting, json_t *rows,             \
				 struct err *e)                                                    \
	{                                                                                          \
		return db_each(act->db, e, add_row, rows, "SELECT " values " " rest,               \
			       db_int(sitting));                                                   \
	}                                                                                          \
	static bool write_##table(const struct act *act, const struct db_value *v, struct err *e)  \
	{                                                                                          \
		return db_exec_(act->db, e, NULL,                                                  \
				"INSERT INTO " #table " (" columns ") VALUES (" places ")", v);    \
	}
#define SAME(table, columns, places, rest) TABLE(table, columns, places, columns, rest)

SAME(law_text, "hash, kind, name, body, added_ms", P5,
     "FROM law_text WHERE hash IN (SELECT c.rule_set FROM competition c JOIN sitting s"
     " ON s.competition_id = c.id WHERE s.id = $1 UNION SELECT c.qualification FROM competition c"
     " JOIN sitting s ON s.competition_id = c.id WHERE s.id = $1) ORDER BY hash")
SAME(person,
     "id, iin, family, given, patronymic, sort_key, search, organ, position_kk, position_ru,"
     " under_attestation, added_ms",
     P12, "FROM person WHERE id IN (" PEOPLE ") ORDER BY id")
SAME(account, "person_id, password, language, temporary, disabled_ms, disabled_reason", P6,
     "FROM account WHERE person_id IN (" PEOPLE ") ORDER BY person_id")
TABLE(role_grant, "id, person_id, role, organ, granted_ms", P5,
      "id, person_id, role, organ, granted_ms",
      "FROM role_grant WHERE person_id IN (" OFFICIALS
      ") AND role IN ('operator', 'hr') AND revoked_ms IS NULL ORDER BY id")
SAME(recovery_code, "id, person_id, salt, hash, made_ms, used_ms", P6,
     "FROM recovery_code WHERE person_id IN (" PEOPLE ") ORDER BY id")
SAME(passkey,
     "id, person_id, credential, algorithm, public_key, uses, name, made_ms, used_ms, removed_ms",
     P10, "FROM passkey WHERE person_id IN (" PEOPLE ") ORDER BY id")
/* $1 is not asked for: a statement has the parameters that it is given */
SAME(access_setting, "name, value", P2,
     "FROM access_setting WHERE EXISTS (SELECT 1 FROM sitting WHERE id = $1) ORDER BY name")
TABLE(competition,
      "id, route, organ, post, category, vacancies, demonstration, filing_days, draft_kk, draft_ru,"
      " state, created_by, created_ms, rule_set, qualification, announced_ms, filing_last",
      P17,
      "c.id, c.route, c.organ, c.post, c.category, c.vacancies, c.demonstration, c.filing_days,"
      " '', '', c.state, s.sealed_by, c.created_ms, c.rule_set, c.qualification, c.announced_ms,"
      " c.filing_last",
      "FROM competition c JOIN sitting s ON s.competition_id = c.id WHERE s.id = $1")
TABLE(application,
      "id, competition_id, person_id, state, organ, place_kind, position, phone, education,"
      " education_note, test_language, created_ms, changed_ms, sent_ms, receipt",
      P15,
      "id, competition_id, person_id, state, organ, place_kind, '', '', '', '', test_language,"
      " created_ms, changed_ms, sent_ms, receipt",
      "FROM application WHERE id IN (SELECT application_id FROM attempt WHERE sitting_id = $1)"
      " ORDER BY id")
TABLE(hall, "id, organ, kind, name_kk, name_ru, seats", P6,
      "h.id, h.organ, h.kind, h.name_kk, h.name_ru, h.seats",
      "FROM hall h JOIN sitting s ON s.hall_id = h.id WHERE s.id = $1")
TABLE(seat_key, "id, hall_id, seat, kind, fingerprint, public_key, enrolled_by, enrolled_ms", P8,
      "k.id, k.hall_id, k.seat, k.kind, k.fingerprint, k.public_key, s.sealed_by, k.enrolled_ms",
      "FROM seat_key k JOIN sitting s ON s.hall_id = k.hall_id WHERE s.id = $1"
      " AND k.revoked_ms IS NULL ORDER BY k.id")
TABLE(sitting,
      "id, competition_id, hall_id, planned_ms, state, forms_most, binding, recording, record,"
      " minutes, opened_by, opened_ms, round, commitment, sealed_secret, seal_salt, bank_hash,"
      " sealed_by, sealed_second, sealed_ms",
      P20,
      "id, competition_id, hall_id, planned_ms, 'sealed', forms_most, binding, recording, record,"
      " minutes, sealed_by, opened_ms, round, commitment, sealed_secret, seal_salt, bank_hash,"
      " sealed_by, sealed_second, sealed_ms",
      "FROM sitting WHERE id = $1")
SAME(sitting_coin, "sitting_id, round, place, witness, coin, at_ms", P6,
     "FROM sitting_coin WHERE sitting_id = $1 ORDER BY round, place")
SAME(item, "id, code, act, article, text_day, answer, options, hash, sample, added_ms, retired_ms",
     P11, "FROM item WHERE id IN (" ITEMS ") ORDER BY id")
SAME(item_text, "item_id, language, part, text", P3 ", $4",
     "FROM item_text WHERE item_id IN (" ITEMS ") ORDER BY item_id, language, part")
SAME(sitting_item, "sitting_id, item_id, stratum, rests, text_key", P5,
     "FROM sitting_item WHERE sitting_id = $1 ORDER BY item_id")
TABLE(attempt,
      "id, sitting_id, application_id, code, language, document_seen, seat, admitted_by,"
      " admitted_ms, token_key, form, form_hash, pen, extra_ms, void",
      P15,
      "t.id, t.sitting_id, t.application_id, t.code, t.language, t.document_seen, t.seat,"
      " s.sealed_by, t.admitted_ms, t.token_key, t.form, t.form_hash, '', t.extra_ms, t.void",
      "FROM attempt t JOIN sitting s ON s.id = t.sitting_id WHERE s.id = $1 ORDER BY t.id")

#define ROW(table, columns)                                                                        \
	{                                                                                          \
#table, columns, read_##table, write_##table                                       \
	}

/* In an order in which each row finds what it points at. */
static const struct table tables[] = {
	ROW(law_text, 5),      ROW(person, 12),  ROW(account, 6),        ROW(role_grant, 5),
	ROW(recovery_code, 6), ROW(passkey, 10), ROW(access_setting, 2), ROW(competition, 17),
	ROW(application, 15),  ROW(hall, 6),     ROW(seat_key, 8),       ROW(sitting, 20),
	ROW(sitting_coin, 6),  ROW(item, 11),    ROW(item_text, 4),      ROW(sitting_item, 5),
	ROW(attempt, 15),
};

/* ---- generators of codes: their secret lies under the service key of each installation ------- */

static bool read_totp(const struct act *act, int64_t sitting, json_t *list, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT person_id FROM totp WHERE confirmed_ms IS NOT NULL"
				     " AND person_id IN (" PEOPLE ") ORDER BY person_id",
				     db_int(sitting));
	json_array_foreach (rows, i, row) {
		struct act own = *act;
		const char *secret = "";
		int64_t step = 0;
		own.person_id = row_number(row, "person_id");
		if (!totp_carry(&own, &secret, &step, e))
			return false;
		(void)json_array_append_new(list, json_pack("{s:I,s:s,s:I}", "person",
							    (json_int_t)own.person_id, "secret",
							    secret, "step", (json_int_t)step));
	}
	return rows != NULL;
}

static bool write_totp(const struct act *act, const json_t *list, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (list, i, row) {
		struct act own = *act;
		own.person_id = row_number(row, "person");
		if (!totp_carried(&own, row_text(row, "secret"), row_number(row, "step"), e))
			return false;
	}
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------- */

bool package_read(const struct act *act, int64_t sitting, json_t **ret, struct err *e)
{
	json_t *all = json_object();
	json_t *totp = json_array();
	json_in_arena(act->arena, all);
	(void)json_object_set_new(all, "totp", totp);
	for (size_t i = 0; i < COUNT(tables); i++) {
		json_t *rows = json_array();
		(void)json_object_set_new(all, tables[i].name, rows);
		if (!tables[i].read(act, sitting, rows, e))
			return false;
	}
	if (!read_totp(act, sitting, totp, e))
		return false;
	*ret = all;
	return true;
}

static bool write_row(const struct act *act, const struct table *t, const json_t *row,
		      struct err *e)
{
	struct db_value value[COLUMNS_MOST + 1];
	if (json_array_size(row) != t->columns)
		return refuse(e, "a row has other columns");
	for (size_t i = 0; i < t->columns; i++) {
		if (!value_in(act->arena, json_array_get(row, i), &value[i], e))
			return false;
	}
	value[t->columns] = (struct db_value){ DB_END, 0, NULL, 0 };
	return t->write(act, value, e);
}

bool package_write(const struct act *act, const json_t *all, struct err *e)
{
	for (size_t i = 0; i < COUNT(tables); i++) {
		size_t k = 0;
		const json_t *row = NULL;
		const json_t *rows = json_object_get(all, tables[i].name);
		if (!json_is_array(rows))
			return refuse(e, "a table is missing");
		json_array_foreach (rows, k, row) {
			if (!write_row(act, &tables[i], row, e))
				return false;
		}
	}
	return write_totp(act, json_object_get(all, "totp"), e);
}

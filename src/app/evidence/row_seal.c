#include "app/evidence/row_seal.h"

#include <string.h>

/* ---- rows ------------------------------------------------------------------------------------ */

static void add_number(crypto_hash_sha256_state *hash, uint64_t number)
{
	unsigned char bytes[8];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(number >> (8 * i));
	crypto_hash_sha256_update(hash, bytes, sizeof(bytes));
}

static void add_sign(crypto_hash_sha256_state *hash, char sign)
{
	crypto_hash_sha256_update(hash, (const unsigned char *)&sign, 1);
}

static char sign_of(enum db_type type)
{
	switch (type) {
	case DB_INT: return 'i';
	case DB_TEXT: return 't';
	case DB_BLOB: return 'b';
	default: return 'n';
	}
}

bool row_hash_add(void *user, const struct db_value *column, size_t count, struct err *e)
{
	crypto_hash_sha256_state *hash = user;
	(void)e;
	add_sign(hash, 'r');
	for (size_t i = 0; i < count; i++) {
		const struct db_value *v = &column[i];
		add_sign(hash, sign_of(v->type));
		if (v->type == DB_INT) {
			add_number(hash, (uint64_t)v->number);
		} else if (v->type != DB_NULL) {
			add_number(hash, v->size);
			crypto_hash_sha256_update(hash, v->bytes, v->size);
		}
	}
	return true;
}

const char *row_hash_end(struct arena *a, crypto_hash_sha256_state *hash)
{
	unsigned char bytes[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_final(hash, bytes);
	return act_hex(a, bytes, sizeof(bytes));
}

/* SQL is a literal, so each table has a function of its own. */
#define ROWS(name, sql)                                                                            \
	static bool name(const struct act *act, int64_t id, crypto_hash_sha256_state *hash,        \
			 struct err *e)                                                            \
	{                                                                                          \
		return db_each(act->db, e, row_hash_add, hash, sql, db_int(id));                   \
	}

#define OF_SITTING(table, columns, order)                                                          \
	ROWS(sitting_##table, "SELECT " columns " FROM " #table " WHERE sitting_id = $1"           \
			      " ORDER BY " order)
#define OF_ATTEMPT(table, columns, order)                                                          \
	ROWS(sitting_##table,                                                                      \
	     "SELECT " columns " FROM " #table " WHERE attempt_id IN (SELECT t.id"                 \
	     " FROM attempt t WHERE t.sitting_id = $1) ORDER BY " order)

ROWS(sitting_sitting,
     "SELECT id, competition_id, hall_id, planned_ms, state, forms_most, binding, recording,"
     " recording_by, minutes, opened_by, opened_ms, round, commitment, secret, bank_hash,"
     " sealed_by, sealed_second, sealed_ms, started_by, started_ms, closed_ms"
     "  FROM sitting WHERE id = $1")
/* Of its own: seals from before this column was there have none. */
ROWS(sitting_record, "SELECT id, record FROM sitting WHERE id = $1")
OF_SITTING(sitting_coin, "round, place, witness, coin", "round, place")
OF_SITTING(sitting_item, "item_id, stratum, rests", "item_id")
OF_SITTING(attempt,
	   "id, application_id, code, language, document_seen, seat, admitted_by, admitted_ms,"
	   " token_key, form_hash, started_ms, ends_ms, extra_ms, entered_ms, finished_ms, finish,"
	   " void",
	   "id")
OF_SITTING(stop, "id, attempt_id, kind, reason, by_id, second_id, from_ms", "id")
OF_ATTEMPT(attempt_seen, "attempt_id, item_id", "attempt_id, item_id")
OF_ATTEMPT(form_question, "attempt_id, number, item_id, act, shown", "attempt_id, number")
OF_ATTEMPT(answer_newest, "attempt_id, event_id, counted_id", "attempt_id")
OF_ATTEMPT(extra_time, "id, attempt_id, length_ms, reason, document, by_id, second_id, at_ms", "id")
OF_ATTEMPT(seat_event, "id, attempt_id, kind, seat, length_ms, at_ms", "id")
OF_ATTEMPT(stop_hold, "stop_id, attempt_id, length_ms", "stop_id, attempt_id")

#define OF_INTERVIEW(table, columns)                                                               \
	ROWS(interview_##table, "SELECT " columns " FROM " #table " WHERE application_id IN"       \
				" (SELECT x.application_id FROM interview_candidate x"             \
				"  WHERE x.interview_id = $1) ORDER BY application_id, 2")

OF_INTERVIEW(ballot, "application_id, member_id, choice, at_ms")
OF_INTERVIEW(decision, "application_id, outcome, votes_for, votes_against, present, quorum,"
		       " chair_decided, by_id, at_ms")
OF_INTERVIEW(decision_roll, "application_id, member_id, role, choice")
OF_INTERVIEW(mark, "application_id, member_id, content, salt, at_ms")
ROWS(interview_candidates,
     "SELECT application_id, turn, warned_ms, warned_by, started_ms, ended_ms"
     "  FROM interview_candidate WHERE interview_id = $1 ORDER BY application_id")

static const struct {
	enum row_seal_of of;
	const char *table;
	bool (*add)(const struct act *act, int64_t id, crypto_hash_sha256_state *hash,
		    struct err *e);
} tables[] = {
	{ ROW_SEAL_SITTING, "sitting", sitting_sitting },
	{ ROW_SEAL_SITTING, "sitting_record", sitting_record },
	{ ROW_SEAL_SITTING, "sitting_coin", sitting_sitting_coin },
	{ ROW_SEAL_SITTING, "sitting_item", sitting_sitting_item },
	{ ROW_SEAL_SITTING, "attempt", sitting_attempt },
	{ ROW_SEAL_SITTING, "attempt_seen", sitting_attempt_seen },
	{ ROW_SEAL_SITTING, "form_question", sitting_form_question },
	{ ROW_SEAL_SITTING, "answer_newest", sitting_answer_newest },
	{ ROW_SEAL_SITTING, "extra_time", sitting_extra_time },
	{ ROW_SEAL_SITTING, "seat_event", sitting_seat_event },
	{ ROW_SEAL_SITTING, "stop", sitting_stop },
	{ ROW_SEAL_SITTING, "stop_hold", sitting_stop_hold },
	{ ROW_SEAL_INTERVIEW, "ballot", interview_ballot },
	{ ROW_SEAL_INTERVIEW, "decision", interview_decision },
	{ ROW_SEAL_INTERVIEW, "decision_roll", interview_decision_roll },
	{ ROW_SEAL_INTERVIEW, "mark", interview_mark },
	{ ROW_SEAL_INTERVIEW, "interview_candidate", interview_candidates },
};

/* ---- seals ----------------------------------------------------------------------------------- */

static bool hash_table(const struct act *act, size_t table, int64_t id, const char **ret,
		       struct err *e)
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	if (!tables[table].add(act, id, &state, e))
		return false;
	*ret = row_hash_end(act->arena, &state);
	return true;
}

bool row_seal(const struct act *act, enum row_seal_of of, int64_t id, json_t **ret, struct err *e)
{
	json_t *sealed = json_object();
	for (size_t i = 0; i < COUNT(tables); i++) {
		const char *hash = NULL;
		if (tables[i].of != of)
			continue;
		if (!hash_table(act, i, id, &hash, e)) {
			json_decref(sealed);
			return false;
		}
		(void)json_object_set_new(sealed, tables[i].table, json_string(hash));
	}
	*ret = sealed;
	return true;
}

bool row_seal_differs(const struct act *act, enum row_seal_of of, int64_t id, const json_t *sealed,
		      bool destroyed, const char **ret, struct err *e)
{
	for (size_t i = 0; i < COUNT(tables); i++) {
		const char *hash = NULL;
		const char *said = row_text(sealed, tables[i].table);
		if (tables[i].of != of || !*said ||
		    (destroyed && strcmp(tables[i].table, "seat_event") == 0))
			continue;
		if (!hash_table(act, i, id, &hash, e))
			return false;
		if (strcmp(hash, said) != 0) {
			*ret = tables[i].table;
			return true;
		}
	}
	*ret = "";
	return true;
}

bool row_seal_keys(const struct act *act, int64_t sitting, const char **ret, struct err *e)
{
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	if (!db_each(act->db, e, row_hash_add, &state,
		     "SELECT i.hash, i.act, i.options, i.answer FROM sitting_item s"
		     " JOIN item i ON i.id = s.item_id WHERE s.sitting_id = $1 ORDER BY i.id",
		     db_int(sitting)))
		return false;
	*ret = row_hash_end(act->arena, &state);
	return true;
}

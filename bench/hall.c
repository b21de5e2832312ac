#include "bench/hall.h"

#include "app/access/password.h"
#include "app/access/people.h"
#include "app/bank/bank.h"
#include "app/bank/vault_start.h"
#include "app/demonstration.h"
#include "app/sitting/sitting.h"
#include "base/clock.h"
#include "law/iin.h"
#include "view/share.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Candidates of one transaction: a commit for each would be a thousand waits for the disk. */
enum { BATCH = 100, SERIAL_MOST = 10000 };

struct act bench_act(const struct act *act, const struct bench_session *session)
{
	struct clock clock = clock_real();
	return (struct act){ .db = act->db,
			     .arena = act->arena,
			     .now_ms = clock_now(&clock),
			     .person_id = session ? session->person : 0,
			     .book = act->book,
			     .key = act->key };
}

bool bench_key(struct act *act, const char *file, const char *path, struct service_key **ret,
	       struct err *e)
{
	if (!vault_key_open(act->db, file, path, ret, e))
		return false;
	act->key = *ret;
	return vault_begin(act, e);
}

/* ---- the world ------------------------------------------------------------------------------ */

static bool add_bank(const struct act *act, struct err *e)
{
	size_t count = 0;
	const struct share_item *files = share_below(&share_built_in, "sample/bank/", &count);
	for (size_t i = 0; i < count; i++) {
		struct bank_file file = { 0 };
		struct bank_import done = { 0 };
		if (!bank_file_read(act->arena, files[i].path, (const char *)files[i].bytes, &file,
				    e) ||
		    !bank_import(act, &file, &done, e))
			return false;
	}
	return true;
}

bool bench_world(const struct act *act, struct err *e)
{
	const struct share_item *file = share_find("sample/demo.json");
	json_t *people = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
	if (!people)
		return err_set(e, ERR_SYSTEM, "error.system", "sample/demo.json cannot be read");
	json_in_arena(act->arena, people);
	return demonstration_make(act, people, e) && add_bank(act, e);
}

/* ---- people --------------------------------------------------------------------------------- */

bool bench_sign_in(const struct act *act, int64_t person, struct bench_session *ret, struct err *e)
{
	struct act own = *act;
	const char *csrf = NULL;
	const char *hash = NULL;
	own.person_id = person;
	ret->person = person;
	if (!session_open(&own, &(struct session_start){ "", "", "" }, ret->token, e) ||
	    !db_string(act->db, act->arena, e, &csrf,
		       "SELECT csrf FROM session WHERE person_id = $1 ORDER BY created_ms DESC"
		       " LIMIT 1",
		       db_int(person)) ||
	    !db_string(act->db, act->arena, e, &hash,
		       "SELECT token_hash FROM session WHERE person_id = $1 AND csrf = $2",
		       db_int(person), db_text(csrf)))
		return false;
	(void)snprintf(ret->csrf, sizeof(ret->csrf), "%s", csrf);
	(void)snprintf(ret->hash, sizeof(ret->hash), "%s", hash);
	return true;
}

static bool open_official(const struct act *act, const char *role, struct bench_session *ret,
			  struct err *e)
{
	int64_t person = 0;
	return db_number(act->db, e, &person,
			 "SELECT MIN(person_id) FROM role_grant WHERE role = $1 AND organ = 'pgo'",
			 db_text(role)) &&
	       bench_sign_in(act, person, ret, e);
}

/* A number that passes the check of law/iin.h, another for every serial; nobody's. */
static const char *make_iin(struct arena *a, size_t serial)
{
	for (int check = 0; check <= 9; check++) {
		const char *iin = arena_print(a, "%02zu01013%04zu%d", 60 + serial / SERIAL_MOST,
					      serial % SERIAL_MOST, check);
		if (iin_check(iin) == IIN_VALID)
			return iin;
	}
	return NULL; /* not every serial has a check digit */
}

bool bench_person(const struct act *act, size_t *serial, int64_t *ret_id, struct err *e)
{
	const char *iin = NULL;
	while (!iin)
		iin = make_iin(act->arena, (*serial)++);
	const struct person_form form = { .iin = iin,
					  .family = arena_print(act->arena, "Үлгіев%zu", *serial),
					  .given = "Сынақ",
					  .patronymic = "Демоұлы",
					  .organ = "pgo",
					  .position_kk = "прокурор",
					  .position_ru = "прокурор" };
	return person_add(act, &form, ret_id, e);
}

/* What lies before the test, as rows: sent, and found to meet the Requirements (R13-1). */
static bool add_application(const struct act *act, const struct bench_hall *hall, int64_t person,
			    bool kazakh, int64_t *ret_id, struct err *e)
{
	return db_number(act->db, e, ret_id,
			 "INSERT INTO application (competition_id, person_id, state, organ,"
			 " place_kind, position, phone, education, education_note, test_language,"
			 " created_ms, changed_ms, sent_ms) VALUES ($1, $2, 'sent', 'pgo',"
			 " 'central', 'прокурор', '', 'higher-law', '', $3, $4, $4, $4)"
			 " RETURNING id",
			 db_int(hall->competition), db_int(person), db_text(kazakh ? "kk" : "ru"),
			 db_int(act->now_ms)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO qualification_decision (application_id, outcome, reason,"
		       " by_id, at_ms) VALUES ($1, 'met', '', $2, $3)",
		       db_int(*ret_id), db_int(hall->second.person), db_int(act->now_ms));
}

/* ---- the hall ------------------------------------------------------------------------------- */

/* Not by hall_add(): a crowd needs more seats than a hall may have. */
bool bench_hall_add(const struct act *act, int64_t seats, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(act->db, &tx, e) &&
	       db_number(act->db, e, ret_id,
			 "INSERT INTO hall (organ, kind, name_kk, name_ru, seats)"
			 " VALUES ('pgo', 'central', 'Зал', 'Зал', $1) RETURNING id",
			 db_int(seats)) &&
	       act_journal(act, "hall.added", 0, act_subject(act, "hall", *ret_id),
			   json_pack("{s:I}", "seats", (json_int_t)seats), e) &&
	       db_commit(&tx, e);
}

static bool open_sitting(const struct act *act, size_t seats, struct bench_hall *hall,
			 struct err *e)
{
	struct act operator= bench_act(act, &hall->operator);
	if (!db_number(act->db, e, &hall->competition, "SELECT MIN(id) FROM competition") ||
	    !bench_hall_add(act, (int64_t)seats, &hall->hall, e))
		return false;
	const struct sitting_plan plan = { .competition_id = hall->competition,
					   .hall_id = hall->hall,
					   .planned_ms = act->now_ms,
					   .binding = "none" };
	return sitting_open(&operator, & plan, &hall->sitting, e) &&
	       sitting_record(&operator, hall->sitting, "confirmed", e);
}

static bool seat_one(const struct act *act, const struct bench_hall *hall, size_t number,
		     size_t *serial, struct bench_seat *ret, struct err *e)
{
	struct act operator= bench_act(act, &hall->operator);
	int64_t person = 0;
	return bench_person(act, serial, &person, e) &&
	       add_application(act, hall, person, number % 2 == 0, &ret->application, e) &&
	       sitting_admit(&operator, hall->sitting, ret->application, "id_card", (int64_t)number,
			     e) &&
	       db_number(act->db, e, &ret->attempt,
			 "SELECT id FROM attempt WHERE application_id = $1",
			 db_int(ret->application)) &&
	       bench_sign_in(act, person, &ret->session, e);
}

static bool seat_batch(const struct act *act, const struct bench_hall *hall, size_t from, size_t to,
		       size_t *serial, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	CLEANUP(arena_cleanup) struct arena *arena = arena_new();
	struct act batch = *act;
	batch.arena = arena;
	if (!db_begin(act->db, &tx, e))
		return false;
	for (size_t i = from; i < to; i++) {
		if (!seat_one(&batch, hall, i + 1, serial, &hall->seats[i], e))
			return false;
	}
	return db_commit(&tx, e);
}

bool bench_hall_fill(const struct act *act, size_t count, struct bench_hall *ret, struct err *e)
{
	struct bench_hall hall = { .count = count };
	struct act now = bench_act(act, NULL);
	int64_t people = 0;
	const char *hash =
		password_hash(act->arena, BENCH_PASSWORD, e); /* as if chosen by himself */
	hall.seats = arena_array(act->arena, count ? count : 1, sizeof(*hall.seats));
	if (!hash || !db_number(act->db, e, &people, "SELECT COUNT(*) FROM person") ||
	    !open_official(&now, ROLE_NAME_OPERATOR, &hall.operator, e) ||
	    !open_official(&now, ROLE_NAME_HR, &hall.second, e) ||
	    !person_set_hash(&now, hall.second.person, hash, e) ||
	    !open_sitting(&now, count, &hall, e))
		return false;
	/* further than any serial that an earlier hall has come to */
	size_t serial = (size_t)people * 2;
	for (size_t i = 0; i < count; i += BATCH) {
		size_t to = i + BATCH < count ? i + BATCH : count;
		if (!seat_batch(&now, &hall, i, to, &serial, e))
			return false;
		(void)fprintf(stderr, "bench: %zu of %zu candidates are in the hall\n", to, count);
	}
	*ret = hall;
	return true;
}

/* The hall is made without pages: its second official has typed nothing, and has agreed. */
static struct second consent(const struct bench_hall *hall)
{
	return (struct second){ .person_id = hall->second.person, .right = true, .code = "" };
}

bool bench_hall_seal(const struct act *act, const struct bench_hall *hall, struct err *e)
{
	struct act operator= bench_act(act, &hall->operator);
	const struct second second = consent(hall);
	unsigned char salt[SEAL_SALT_SIZE];
	unsigned char key[SEAL_KEY_SIZE];
	randombytes_buf(salt, sizeof(salt));
	if (!seal_coin(&operator, hall->sitting, 1, "Куә А.", "heads", e) ||
	    !seal_coin(&operator, hall->sitting, 2, "Куә Б.", "tails", e) ||
	    !seal_key(BENCH_CODE_1, BENCH_CODE_2, salt, key, e) ||
	    !seal_forms(&operator, hall->sitting, &second, salt, key, e))
		return false;
	(void)fprintf(stderr, "bench: %zu forms are sealed\n", hall->count);
	return true;
}

bool bench_hall_start(const struct act *act, const struct bench_hall *hall, struct err *e)
{
	struct act operator= bench_act(act, &hall->operator);
	const struct second second = consent(hall);
	unsigned char salt[SEAL_SALT_SIZE];
	unsigned char key[SEAL_KEY_SIZE];
	return seal_salt(&operator, hall->sitting, salt, e) &&
	       seal_key(BENCH_CODE_1, BENCH_CODE_2, salt, key, e) &&
	       sitting_start(&operator, hall->sitting, &second, key, e);
}

/* ---- for other programs --------------------------------------------------------------------- */

static json_t *session_json(const struct bench_session *s)
{
	return json_pack("{s:I,s:s,s:s,s:s}", "person", (json_int_t)s->person, "token", s->token,
			 "csrf", s->csrf, "hash", s->hash);
}

json_t *bench_hall_json(const struct bench_hall *hall)
{
	json_t *list = json_array();
	json_t *second = session_json(&hall->second);
	(void)json_object_set_new(second, "password", json_string(BENCH_PASSWORD));
	for (size_t i = 0; i < hall->count; i++) {
		json_t *seat = session_json(&hall->seats[i].session);
		(void)json_object_set_new(seat, "attempt",
					  json_integer((json_int_t)hall->seats[i].attempt));
		(void)json_object_set_new(seat, "application",
					  json_integer((json_int_t)hall->seats[i].application));
		(void)json_object_set_new(seat, "seat", json_integer((json_int_t)i + 1));
		(void)json_array_append_new(list, seat);
	}
	return json_pack("{s:I,s:I,s:I,s:[s,s],s:o,s:o,s:o}", "competition",
			 (json_int_t)hall->competition, "hall", (json_int_t)hall->hall, "sitting",
			 (json_int_t)hall->sitting, "codes", BENCH_CODE_1, BENCH_CODE_2, "operator",
			 session_json(&hall->operator), "second", second, "candidates", list);
}

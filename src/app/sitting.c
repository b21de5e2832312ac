#include "app/sitting.h"

#include "app/attempt.h"
#include "exam/draw.h"
#include "law/sitting.h"

#include <sodium.h>
#include <string.h>

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));
	return text ? text : "";
}

static int64_t number_of(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

bool sitting_load(const struct act *act, int64_t id, struct sitting *ret, struct err *e)
{
	json_t *row = db_row(act->db, act->arena, e,
			     "SELECT s.competition_id, s.hall_id, s.state, s.recording, s.minutes,"
			     " h.organ, h.kind, h.seats FROM sitting s"
			     " JOIN hall h ON h.id = s.hall_id WHERE s.id = $1",
			     db_int(id));
	if (!row)
		return false;
	struct sitting s = {
		.id = id,
		.hall_id = number_of(row, "hall_id"),
		.seats = number_of(row, "seats"),
		.minutes = number_of(row, "minutes"),
		.state = text_of(row, "state"),
		.recording = text_of(row, "recording"),
		.hall_organ = text_of(row, "organ"),
		.hall_kind = text_of(row, "kind"),
	};
	if (!competition_load(act, number_of(row, "competition_id"), &s.competition, e))
		return false;
	*ret = s;
	return true;
}

static bool load_for_operator(const struct act *act, int64_t id, struct sitting *ret, struct err *e)
{
	return sitting_load(act, id, ret, e) &&
	       act_require(act, ROLE_NAME_OPERATOR, ret->hall_organ, e);
}

static bool note(const struct act *act, const struct sitting *s, const char *kind, json_t *content,
		 struct err *e)
{
	return act_journal(act, kind, s->competition.id, act_subject(act, "sitting", s->id),
			   content, e);
}

/* ---- opening, checking in --------------------------------------------------------------- */

/* R28-1 */
bool sitting_open(const struct act *act, int64_t competition_id, int64_t hall_id,
		  int64_t planned_ms, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t id = 0;
	json_t *hall = db_row(act->db, act->arena, e, "SELECT organ, kind FROM hall WHERE id = $1",
			      db_int(hall_id));
	if (!hall || !db_begin(act->db, &tx, e) || !competition_load(act, competition_id, &c, e) ||
	    !act_require(act, ROLE_NAME_OPERATOR, text_of(hall, "organ"), e))
		return false;
	if (strcmp(c.state, "announced") != 0)
		return err_input(e, "competition", "sitting.error.competition", "not announced");
	if (!sitting_require_hall(c.rules, text_of(hall, "kind"), e))
		return err_field(e, "hall");
	if (!db_number(act->db, e, &id,
		       "INSERT INTO sitting (competition_id, hall_id, planned_ms, state, recording,"
		       " minutes, opened_by, opened_ms)"
		       " VALUES ($1, $2, $3, 'open', '', $4, $5, $6) RETURNING id",
		       db_int(competition_id), db_int(hall_id), db_int(planned_ms),
		       db_int(rule_set_value(c.rules, PARAM_TEST_MINUTES)), db_int(act->person_id),
		       db_int(act->now_ms)) ||
	    !act_journal(act, "sitting.opened", competition_id, act_subject(act, "sitting", id),
			 json_pack("{s:I}", "hall", (json_int_t)hall_id), e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static bool is_open(const struct sitting *s, struct err *e)
{
	return strcmp(s->state, "open") == 0 ||
	       err_set(e, ERR_CONFLICT, "sitting.error.started", "the sitting has started");
}

/* R13-1, R28-2; one attempt in a competition (section 4: no repeat test). */
static bool may_sit(const struct act *act, const struct sitting *s, const struct candidate *c,
		    int64_t seat, struct err *e)
{
	bool taken = false;
	int64_t attempts = 0;
	if (c->competition.id != s->competition.id)
		return err_input(e, "application", "sitting.error.candidate",
				 "a candidate of another competition");
	if (!admission_require_studies(&c->admission, e) ||
	    !sitting_require_language(c->test_language, e) ||
	    !db_number(act->db, e, &attempts,
		       "SELECT COUNT(*) FROM attempt WHERE application_id = $1",
		       db_int(c->application_id)) ||
	    !sitting_require_first(s->competition.rules, (int)attempts, e))
		return false;
	if (attempts > 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.attempt", "has an attempt already");
	if (seat < 1 || seat > s->seats)
		return err_input(e, "seat", "sitting.error.seat", "the hall has no such seat");
	if (!db_exists(act->db, e, &taken,
		       "SELECT 1 FROM attempt WHERE sitting_id = $1 AND seat = $2", db_int(s->id),
		       db_text(arena_print(act->arena, "%d", (int)seat))))
		return false;
	return !taken || err_input(e, "seat", "sitting.error.seat_taken", "the seat is taken");
}

bool sitting_admit(const struct act *act, int64_t id, int64_t application_id,
		   const char *document_seen, int64_t seat, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct candidate c = { 0 };
	return db_begin(act->db, &tx, e) && load_for_operator(act, id, &s, e) && is_open(&s, e) &&
	       candidate_load(act, application_id, &c, e) && may_sit(act, &s, &c, seat, e) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO attempt (sitting_id, application_id, language, document_seen,"
		       " seat, admitted_by, admitted_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       db_int(id), db_int(application_id), db_text(c.test_language),
		       db_text(document_seen), db_text(arena_print(act->arena, "%d", (int)seat)),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "test.admitted", s.competition.id,
			   act_subject(act, "application", application_id),
			   json_pack("{s:I,s:s,s:I,s:s}", "sitting", (json_int_t)id, "document",
				     document_seen, "seat", (json_int_t)seat, "language",
				     c.test_language),
			   e) &&
	       db_commit(&tx, e);
}

/* R28-3 */
bool sitting_record(const struct act *act, int64_t id, const char *recording, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	return db_begin(act->db, &tx, e) && load_for_operator(act, id, &s, e) && is_open(&s, e) &&
	       sitting_require_recording(s.competition.rules, recording_of(recording), e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE sitting SET recording = $1, recording_by = $2 WHERE id = $3",
		       db_text(recording), db_int(act->person_id), db_int(id)) &&
	       note(act, &s, "sitting.recording", json_pack("{s:s}", "recording", recording), e) &&
	       db_commit(&tx, e);
}

/* ---- the draw --------------------------------------------------------------------------- */

/* What a start works with. */
struct draw {
	struct blueprint blueprint;
	struct bank_entry *bank;
	size_t bank_count;
	uint32_t *scratch;
	struct form_question *form;
	unsigned char seed[DRAW_SEED_SIZE];
};

struct filling {
	const struct rule_set *rules;
	struct draw *draw;
};

static bool take_item(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct filling *f = user;
	(void)count;
	(void)e;
	for (size_t act = 0; act < f->rules->act_count; act++) {
		if (strcmp(f->rules->acts[act].code, column[1].bytes) != 0)
			continue;
		struct bank_entry *entry = &f->draw->bank[f->draw->bank_count++];
		*entry = (struct bank_entry){ .id = column[0].number,
					      .act = (int)act,
					      .options = (int)column[2].number };
		memcpy(entry->hash, column[3].bytes, ITEM_HASH_SIZE);
	}
	return true;
}

static bool read_bank(const struct act *act, const struct rule_set *rules, struct draw *d,
		      struct err *e)
{
	int64_t count = 0;
	struct filling f = { rules, d };
	if (!db_number(act->db, e, &count, "SELECT COUNT(*) FROM item WHERE retired_ms IS NULL"))
		return false;
	d->bank = arena_array(act->arena, (size_t)count + 1, sizeof(*d->bank));
	d->scratch = arena_array(act->arena, (size_t)count + 1, sizeof(*d->scratch));
	if (!db_each(act->db, e, take_item, &f,
		     "SELECT id, act, options, hash FROM item WHERE retired_ms IS NULL"))
		return false;
	bank_sort(d->bank, d->bank_count);
	return true;
}

/* A5-1, F29: an act that is short of items stops the start. */
static bool check_bank(struct arena *a, const struct rule_set *rules, const struct draw *d,
		       struct err *e)
{
	for (size_t act = 0; act < rules->act_count; act++) {
		if (bank_spare(d->bank, d->bank_count, &d->blueprint, (int)act) >= 0)
			continue;
		(void)err_set(e, ERR_CONFLICT, "exam.bank.shortage", "an act is short of items");
		return err_value(e, arena_print(a, "%s / %s", rules->acts[act].name_kk,
						rules->acts[act].name_ru));
	}
	return true;
}

static bool prepare(const struct act *act, const struct rule_set *rules, struct draw *d,
		    struct err *e)
{
	int *questions = arena_array(act->arena, rules->act_count, sizeof(*questions));
	for (size_t i = 0; i < rules->act_count; i++)
		questions[i] = rules->acts[i].questions;
	*d = (struct draw){ .blueprint = { questions, rules->act_count } };
	d->form = arena_array(act->arena, (size_t)blueprint_total(&d->blueprint), sizeof(*d->form));
	randombytes_buf(d->seed, sizeof(d->seed));
	return read_bank(act, rules, d, e) && check_bank(act->arena, rules, d, e);
}

static bool store_question(const struct act *act, int64_t attempt, int64_t number,
			   const struct rule_set *rules, const struct form_question *q,
			   struct err *e)
{
	char shown[ITEM_OPTIONS_MOST + 1] = "";
	for (int i = 0; i < q->options; i++)
		shown[i] = (char)('0' + q->shown[i]);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO form_question (attempt_id, number, item_id, act, shown)"
		       " VALUES ($1, $2, $3, $4, $5)",
		       db_int(attempt), db_int(number), db_int(q->item_id),
		       db_text(rules->acts[q->act].code), db_text(shown));
}

/* A candidate's form follows from the seed and the number of the application. */
static bool draw_for(const struct act *act, const struct sitting *s, struct draw *d,
		     int64_t attempt, int64_t application, struct err *e)
{
	unsigned char hash[FORM_HASH_SIZE];
	size_t total = (size_t)blueprint_total(&d->blueprint);
	if (!draw_form(&d->blueprint, d->bank, d->bank_count, d->seed, application, d->scratch,
		       d->form, e))
		return false;
	for (size_t i = 0; i < total; i++) {
		if (!store_question(act, attempt, (int64_t)i + 1, s->competition.rules, &d->form[i],
				    e))
			return false;
	}
	form_hash(d->form, total, hash);
	return db_exec(act->db, e, NULL,
		       "UPDATE attempt SET form_hash = $1, started_ms = $2, ends_ms = $3"
		       " WHERE id = $4",
		       db_blob(hash, sizeof(hash)), db_int(act->now_ms),
		       db_int(act->now_ms + s->minutes * 60 * 1000), db_int(attempt));
}

static bool draw_all(const struct act *act, const struct sitting *s, struct draw *d, struct err *e)
{
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id, application_id FROM attempt WHERE sitting_id = $1"
			       " ORDER BY id",
			       db_int(s->id));
	size_t i = 0;
	const json_t *row = NULL;
	if (!rows)
		return false;
	if (json_array_size(rows) == 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.nobody", "nobody is checked in");
	json_array_foreach (rows, i, row) {
		if (!draw_for(act, s, d, number_of(row, "id"), number_of(row, "application_id"), e))
			return false;
	}
	return true;
}

/* Two starts at once: the second finds no open sitting. */
static bool mark_started(const struct act *act, const struct sitting *s, const struct draw *d,
			 struct err *e)
{
	unsigned char hash[ITEM_HASH_SIZE];
	char hex[ITEM_HASH_SIZE * 2 + 1];
	int64_t changed = 0;
	bank_hash(d->bank, d->bank_count, hash);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	if (!db_exec(act->db, e, &changed,
		     "UPDATE sitting SET state = 'running', started_ms = $1, started_by = $2,"
		     " seed = $3, bank_hash = $4 WHERE id = $5 AND state = 'open'",
		     db_int(act->now_ms), db_int(act->person_id), db_blob(d->seed, sizeof(d->seed)),
		     db_blob(hash, sizeof(hash)), db_int(s->id)))
		return false;
	if (changed != 1)
		return err_set(e, ERR_CONFLICT, "sitting.error.started", "started already");
	return note(act, s, "sitting.started",
		    json_pack("{s:s,s:s,s:I}", "recording", s->recording, "bank", hex, "minutes",
			      (json_int_t)s->minutes),
		    e);
}

bool sitting_start(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	struct draw d;
	return db_begin(act->db, &tx, e) && load_for_operator(act, id, &s, e) && is_open(&s, e) &&
	       sitting_require_recording(s.competition.rules, recording_of(s.recording), e) &&
	       prepare(act, s.competition.rules, &d, e) && draw_all(act, &s, &d, e) &&
	       mark_started(act, &s, &d, e) && db_commit(&tx, e);
}

bool sitting_close(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct sitting s = { 0 };
	size_t i = 0;
	const json_t *row = NULL;
	bool running = false;
	if (!db_begin(act->db, &tx, e) || !load_for_operator(act, id, &s, e))
		return false;
	if (strcmp(s.state, "running") != 0)
		return err_set(e, ERR_CONFLICT, "sitting.error.not_running", "not running");
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT id FROM attempt WHERE sitting_id = $1", db_int(id));
	if (!rows)
		return false;
	json_array_foreach (rows, i, row) {
		if (!attempt_settle(act, number_of(row, "id"), e))
			return false;
	}
	if (!db_exists(act->db, e, &running,
		       "SELECT 1 FROM attempt WHERE sitting_id = $1 AND finished_ms IS NULL",
		       db_int(id)))
		return false;
	if (running)
		return err_set(e, ERR_CONFLICT, "sitting.error.running", "somebody still writes");
	return db_exec(act->db, e, NULL,
		       "UPDATE sitting SET state = 'closed', closed_ms = $1 WHERE id = $2",
		       db_int(act->now_ms), db_int(id)) &&
	       note(act, &s, "sitting.closed", json_object(), e) && db_commit(&tx, e);
}

#include "app/sitting/answer_many.h"

#include "app/sitting/answer.h"

#include <string.h>

enum { QUESTIONS_MOST = 512, ATTEMPTS_MOST = 1024 };

/* What is known of one attempt. */
struct own {
	int64_t id, person;
	struct answer_target target; /* without the question */
	bool fresh;                  /* the target is as the database has it */
	unsigned char options[QUESTIONS_MOST];
	bool opened;             /* they have been read */
	int64_t newest, counted; /* events; 0 none */
	bool changed;            /* answer_newest is to be written */
};

struct answer_many {
	struct arena *arena; /* of what lasts as long as this */
	struct own **own;    /* by the order in which they came up */
	size_t count;
	int64_t next, end; /* numbers of events that are kept for this */
	json_t *keys;      /* that were added: {key: true} */
};

bool answer_many_open(const struct act *act, int64_t count, struct answer_many **ret, struct err *e)
{
	struct answer_many *m = arena_alloc(act->arena, sizeof(*m));
	*m = (struct answer_many){ .arena = act->arena, .keys = json_object() };
	json_in_arena(act->arena, m->keys);
	m->own = arena_array(act->arena, ATTEMPTS_MOST, sizeof(struct own *));
	if (count > 0 && !db_numbers(act->db, e, count, &m->next, "answer_event"))
		return false;
	m->end = m->next + count;
	*ret = m;
	return true;
}

/* ---- what is known --------------------------------------------------------------------------- */

static struct own *own_of(struct answer_many *m, int64_t attempt, struct err *e)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->own[i]->id == attempt)
			return m->own[i];
	}
	if (m->count == ATTEMPTS_MOST) {
		(void)err_set(e, ERR_INPUT, "error.missing", "more attempts than a hall has");
		return NULL;
	}
	struct own *own = arena_alloc(m->arena, sizeof(*own));
	memset(own, 0, sizeof(*own));
	own->id = attempt;
	m->own[m->count++] = own;
	return own;
}

/* Columns: the competition, the person, newest, counted. */
static bool read_own(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct own *own = user;
	const struct db_value *more = column + ANSWER_TARGET_COLUMNS;
	(void)count;
	own->target.competition_id = more[0].number;
	own->person = more[1].number;
	own->newest = more[2].number;
	own->counted = more[3].number;
	own->fresh = true;
	return answer_target_read(column, &own->target, e);
}

static bool read_options(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct own *own = user;
	(void)count;
	if (column[0].number < 0 || column[0].number >= QUESTIONS_MOST)
		return err_set(e, ERR_DB, "error.storage", "a form with too many questions");
	own->options[column[0].number] = (unsigned char)column[1].size;
	own->opened = true;
	return true;
}

static bool know(const struct act *act, struct own *own, struct err *e)
{
	if (!own->fresh &&
	    !db_each(act->db, e, read_own, own,
		     "SELECT " ANSWER_TARGET
		     ", a.competition_id, a.person_id, COALESCE(n.event_id, 0),"
		     " COALESCE(n.counted_id, 0) FROM attempt t"
		     " JOIN application a ON a.id = t.application_id"
		     " LEFT JOIN answer_newest n ON n.attempt_id = t.id WHERE t.id = $1",
		     db_int(own->id)))
		return false;
	/* a form is opened once, and stays as it is */
	if (!own->opened && !db_each(act->db, e, read_options, own,
				     "SELECT number, shown FROM form_question"
				     " WHERE attempt_id = $1",
				     db_int(own->id)))
		return false;
	return (own->fresh && own->person == act->person_id) ||
	       err_set(e, ERR_MISSING, "error.missing", "not this person's test");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool add_row(struct answer_many *m, const struct act *act, struct own *own, int64_t number,
		    const struct answer_made *made, const char *client_key, struct err *e)
{
	if (m->next == m->end)
		return err_set(e, ERR_SYSTEM, "error.system", "more clicks than were told");
	const int64_t id = m->next++;
	if (!db_add(act->db, e,
		    "INSERT INTO answer_event (id, attempt_id, number, choice, accepted, refusal,"
		    " client_key, at_ms, previous_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		    db_int(id), db_int(own->id), db_int(number),
		    made->choice < 0 ? db_no_int() : db_int(made->choice), db_int(!*made->refusal),
		    db_text(made->refusal), db_text(client_key), db_int(act->now_ms),
		    own->newest ? db_int(own->newest) : db_no_int()))
		return false;
	own->newest = id;
	own->counted = *made->refusal ? own->counted : id;
	own->changed = true;
	return true;
}

bool answer_many_add(struct answer_many *m, const struct act *act, int64_t attempt,
		     const char *session, int64_t number, const char *option,
		     const char *client_key, struct err *e)
{
	struct own *own = own_of(m, attempt, e);
	struct answer_made made = { 0 };
	if (!own || !know(act, own, e))
		return false;
	own->target.options = number >= 0 && number < QUESTIONS_MOST ? own->options[number] : 0;
	if (!answer_decide(act, &own->target, session, number, option, &made, e))
		return false;
	if (json_object_get(m->keys, client_key) ||
	    json_object_set_new(m->keys, client_key, json_true()) != 0)
		return err_set(e, ERR_CONFLICT, "error.conflict", "a key that was there before");
	return add_row(m, act, own, number, &made, client_key, e) &&
	       answer_note(act, &own->target, own->id, number, &made, client_key, e);
}

/* It names the table whose rows may still wait. */
static bool write_newest(const struct act *act, const struct own *own, struct err *e)
{
	return db_exec(
		act->db, e, NULL,
		"INSERT INTO answer_newest (attempt_id, event_id, counted_id)"
		" SELECT v.attempt_id, v.id, CAST($2 AS BIGINT) FROM answer_event v WHERE v.id = $1"
		" ON CONFLICT (attempt_id) DO UPDATE SET event_id = excluded.event_id,"
		" counted_id = excluded.counted_id",
		db_int(own->newest), own->counted ? db_int(own->counted) : db_no_int());
}

bool answer_many_write(struct answer_many *m, const struct act *act, int64_t attempt, struct err *e)
{
	for (size_t i = 0; i < m->count; i++) {
		struct own *own = m->own[i];
		if (attempt != 0 && own->id != attempt)
			continue;
		if (own->changed && !write_newest(act, own, e))
			return false;
		own->changed = own->fresh = false;
	}
	return true;
}

#include "app/interview/interview_order.h"

#include <sodium.h>
#include <string.h>

static bool bad(struct err *e)
{
	return err_input(e, "turn", "interview.error.turns", "not each candidate once");
}

/* Each candidate of `rows` stands in the list once. */
static bool check_set(const json_t *rows, const int64_t *applications, size_t count, struct err *e)
{
	if (count != json_array_size(rows))
		return bad(e);
	for (size_t i = 0; i < count; i++) {
		int found = 0;
		for (size_t k = 0; k < count; k++)
			found += applications[k] ==
				 row_number(json_array_get(rows, i), "application_id");
		if (found != 1)
			return bad(e);
	}
	return true;
}

/* Every order is as likely as every other. */
static void shuffle(int64_t *list, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		const size_t k = randombytes_uniform((uint32_t)i);
		const int64_t swapped = list[i - 1];
		list[i - 1] = list[k];
		list[k] = swapped;
	}
}

/* A turn is held once: first below zero, where there is none, then all at once. */
static bool store(const struct act *act, const struct interview *i, const int64_t *list,
		  size_t count, const char *how, struct err *e)
{
	for (size_t n = 0; n < count; n++) {
		if (!db_exec(act->db, e, NULL,
			     "UPDATE interview_candidate SET turn = $1 WHERE interview_id = $2"
			     " AND application_id = $3",
			     db_int(-(int64_t)n - 1), db_int(i->id), db_int(list[n])))
			return false;
	}
	return db_exec(act->db, e, NULL,
		       "UPDATE interview_candidate SET turn = -turn WHERE interview_id = $1",
		       db_int(i->id)) &&
	       db_exec(act->db, e, NULL, "UPDATE interview SET ordering = $1 WHERE id = $2",
		       db_text(how), db_int(i->id));
}

static bool record(const struct act *act, const struct interview *i, const int64_t *list,
		   size_t count, const char *how, struct err *e)
{
	json_t *order = json_array();
	for (size_t n = 0; n < count; n++)
		(void)json_array_append_new(order, json_integer((json_int_t)list[n]));
	return act_journal(act, "interview.arranged", i->competition.id,
			   act_subject(act, "interview", i->id),
			   json_pack("{s:s,s:o}", "how", how, "order", order), e);
}

bool interview_arrange(const struct act *act, int64_t id, const char *how,
		       const int64_t *applications, size_t count, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct interview i = { 0 };
	const bool set = strcmp(how, "set") == 0;
	bool drawn = false;
	if (!db_begin(act->db, &tx, e) || !interview_load(act, id, &i, e) ||
	    !commission_require_secretary(act, i.competition.id, e) ||
	    !db_exists(act->db, e, &drawn,
		       "SELECT 1 FROM interview WHERE id = $1 AND ordering = 'draw'", db_int(id)))
		return false;
	if (strcmp(i.state, "planned") != 0)
		return err_set(e, ERR_CONFLICT, "interview.error.begun", "it has begun");
	if (drawn)
		return err_set(e, ERR_CONFLICT, "interview.error.drawn", "the lot has fallen");
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT c.application_id FROM interview_candidate c"
			       "  JOIN application a ON a.id = c.application_id"
			       "  JOIN person p ON p.id = a.person_id"
			       " WHERE c.interview_id = $1 ORDER BY p.sort_key, a.id",
			       db_int(id));
	if (!rows || (set && !check_set(rows, applications, count, e)))
		return false;
	const size_t all = json_array_size(rows);
	int64_t *list = arena_array(act->arena, all + 1, sizeof(*list));
	for (size_t n = 0; n < all; n++)
		list[n] = set ? applications[n]
			      : row_number(json_array_get(rows, n), "application_id");
	if (strcmp(how, "draw") == 0)
		shuffle(list, all);
	return store(act, &i, list, all, how, e) && record(act, &i, list, all, how, e) &&
	       db_commit(&tx, e);
}

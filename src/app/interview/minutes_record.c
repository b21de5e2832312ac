/* minutes_record.c - what the minutes say, read from rows. */
#include "app/interview/mark.h"
#include "app/interview/minutes.h"
#include "app/interview/question.h"
#include "app/interview/vote.h"

#include <string.h>

static void drop(void *object)
{
	json_decref(object);
}

static bool add_head(const struct act *act, const struct interview *i, json_t *record,
		     struct err *e)
{
	json_t *head = db_row(act->db, act->arena, e,
			      "SELECT id, place, start_ms, started_ms, closed_ms,"
			      " COALESCE(ordering, 'name') AS ordering"
			      "  FROM interview WHERE id = $1",
			      db_int(i->id));
	json_t *order = db_row(act->db, act->arena, e,
			       "SELECT order_number, order_day FROM commission"
			       " WHERE competition_id = $1",
			       db_int(i->competition.id));
	if (!head || !order)
		return false;
	(void)json_object_set(record, "interview", head);
	(void)json_object_set(record, "order", order);
	return true;
}

bool commission_orders(const struct act *act, int64_t competition_id, json_t **ret, struct err *e)
{
	json_t *orders = db_rows(act->db, act->arena, e,
				 "SELECT o.id, o.number, o.day, o.in_force_ms, o.file_name"
				 "  FROM commission_order o JOIN commission k"
				 "    ON k.id = o.commission_id"
				 " WHERE k.competition_id = $1 AND o.state = 'in_force'"
				 " ORDER BY o.in_force_ms, o.id",
				 db_int(competition_id));
	size_t n = 0;
	json_t *row = NULL;
	if (!orders)
		return false;
	json_array_foreach (orders, n, row) {
		json_t *changes = db_rows(
			act->db, act->arena, e,
			"SELECT c.what, c.role, c.kind,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM commission_change c JOIN person p ON p.id = c.person_id"
			" WHERE c.order_id = $1 ORDER BY CASE c.what WHEN 'leaves' THEN 1 ELSE 2"
			" END, c.id",
			db_int(row_number(row, "id")));
		if (!changes)
			return false;
		(void)json_object_set(row, "changes", changes);
	}
	*ret = orders;
	return true;
}

/* Who sits, and who has left but had come: chair, members, secretary, invited. */
static bool add_people(const struct act *act, const struct interview *i, json_t *record,
		       struct err *e)
{
	json_t *people =
		db_rows(act->db, act->arena, e,
			"SELECT m.id, m.role, m.kind, m.left_ms, p.organ, p.position_kk,"
			" p.position_ru,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name,"
			" CASE WHEN t.at_ms IS NULL THEN 0 ELSE 1 END AS present"
			"  FROM commission_member m JOIN commission k ON k.id = m.commission_id"
			"  JOIN person p ON p.id = m.person_id"
			"  LEFT JOIN attendance t ON t.member_id = m.id AND t.interview_id = $1"
			" WHERE k.competition_id = $2 AND k.state = 'appointed'"
			" AND (m.left_ms IS NULL OR t.at_ms IS NOT NULL)"
			" ORDER BY CASE m.role WHEN 'chair' THEN 1 WHEN 'member' THEN 2"
			" WHEN 'secretary' THEN 3 ELSE 4 END, p.sort_key, m.id",
			db_int(i->id), db_int(i->competition.id));
	if (!people)
		return false;
	(void)json_object_set(record, "people", people);
	return true;
}

static bool add_candidate(const struct act *act, const struct interview *i, json_t *row,
			  struct err *e)
{
	const int64_t id = row_number(row, "application_id");
	json_t *opinions =
		db_rows(act->db, act->arena, e,
			"SELECT p.family || ' ' || p.given || ' ' || p.patronymic AS name, m.kind,"
			" o.text, o.at_ms FROM opinion o"
			"  JOIN commission_member m ON m.id = o.member_id"
			"  JOIN person p ON p.id = m.person_id"
			" WHERE o.application_id = $1 ORDER BY o.at_ms, o.id",
			db_int(id));
	json_t *roll = NULL;
	json_t *decision = NULL;
	json_t *marks = NULL;
	json_t *questions = NULL;
	if (!opinions || !vote_roll(act, i, id, &roll, e) ||
	    !vote_decision(act, i->competition.rules, id, &decision, e) ||
	    !mark_read(act, i, id, &marks, e) || !question_read(act, id, &questions, e))
		return false;
	(void)json_object_set(row, "opinions", opinions);
	(void)json_object_set(row, "roll", roll);
	(void)json_object_set(row, "decision", decision);
	/* none entered: none to tell of */
	(void)json_object_set(row, "marks",
			      strcmp(row_text(marks, "state"), "none") == 0 ? json_null() : marks);
	(void)json_object_set(row, "questions", questions);
	return true;
}

bool minutes_record(const struct act *act, const struct interview *i, json_t **ret, struct err *e)
{
	json_t *record = json_object();
	json_t *orders = NULL;
	size_t n = 0;
	json_t *row = NULL;
	arena_defer(act->arena, drop, record);
	json_t *candidates =
		db_rows(act->db, act->arena, e,
			"SELECT c.application_id, c.turn, c.warned_ms, c.started_ms, c.ended_ms,"
			" CASE WHEN a.state = 'sent' THEN 0 ELSE 1 END AS withdrawn,"
			" p.family || ' ' || p.given || ' ' || p.patronymic AS name"
			"  FROM interview_candidate c JOIN application a ON a.id = c.application_id"
			"  JOIN person p ON p.id = a.person_id"
			" WHERE c.interview_id = $1 ORDER BY c.turn",
			db_int(i->id));
	if (!candidates || !commission_orders(act, i->competition.id, &orders, e) ||
	    !add_head(act, i, record, e) || !add_people(act, i, record, e))
		return false;
	json_array_foreach (candidates, n, row) {
		if (!add_candidate(act, i, row, e))
			return false;
	}
	(void)json_object_set(record, "orders", orders);
	(void)json_object_set(record, "candidates", candidates);
	*ret = record;
	return true;
}

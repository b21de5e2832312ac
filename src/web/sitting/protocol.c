#include "web/sitting/protocol.h"

#include "app/bank/exposure.h"
#include "app/sitting/sitting.h"
#include "exam/attempt.h"
#include "web/bank/screening.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/board.h"
#include "web/sitting/draw.h"
#include "web/sitting/incident.h"
#include "web/sitting/record.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

static const char *hex_column(struct req *r, const void *bytes, size_t size)
{
	char *hex = arena_alloc(r->arena, size * 2 + 1);
	return sodium_bin2hex(hex, size * 2 + 1, bytes, size);
}

/* ---- the draw -------------------------------------------------------------------------------- */

/* Columns: bank hash, secret (only when it is revealed). */
static bool take_hashes(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct {
		struct req *r;
		json_t *row;
	} *to = user;
	static const char *const name[] = { "bank", "secret" };
	(void)e;
	for (size_t i = 0; i < count && i < COUNT(name); i++)
		(void)json_object_set_new(
			to->row, name[i],
			column[i].type == DB_BLOB
				? json_string(hex_column(to->r, column[i].bytes, column[i].size))
				: json_null());
	return true;
}

/* F33: the secret is told when the sitting is closed, as in the journal. */
static bool add_hashes(struct req *r, const struct sitting *s, json_t *row, struct err *e)
{
	struct {
		struct req *r;
		json_t *row;
	} to = { r, row };
	return db_each(r->db, e, take_hashes, &to,
		       "SELECT bank_hash, CASE WHEN state = 'closed' THEN secret END FROM sitting"
		       " WHERE id = $1",
		       db_int(s->id));
}

struct form_list {
	struct req *r;
	json_t *list;
};

/* Columns: code, form hash. */
static bool take_form(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct form_list *f = user;
	(void)count;
	(void)e;
	(void)json_array_append_new(
		f->list, json_pack("{s:s,s:s}", "code", column[0].bytes, "form",
				   column[1].type == DB_BLOB
					   ? hex_column(f->r, column[1].bytes, column[1].size)
					   : ""));
	return true;
}

static bool add_forms(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	struct form_list f = { r, json_array() };
	(void)json_object_set_new(model, "forms", f.list);
	return db_each(r->db, e, take_form, &f,
		       "SELECT code, form_hash FROM attempt WHERE sitting_id = $1"
		       " ORDER BY CAST(seat AS INTEGER)",
		       db_int(s->id));
}

/* ---- figures ------------------------------------------------------------------------------- */

/* F31: on how many forms an item must be if `forms` forms with so many questions are drawn from
 * `items` (exam/draw.h). */
static int64_t least_most(int64_t forms, int64_t questions, int64_t items)
{
	return items > 0 ? (forms * questions + items - 1) / items : 0;
}

static json_t *share_of(int64_t forms, int64_t all)
{
	return all > 0 ? json_integer(lround(100.0 * (double)forms / (double)all)) : json_null();
}

/* F31: on how many forms the items of an act have been, of this sitting and of all, as opened
 * until now; `forms` are drawn for this sitting. */
/* F31: questions that two forms of the sitting have in common, in the mean over all pairs of
 * `opened` forms, from the sum of n(n - 1) over the questions that n of them have; null below two.
 */
static json_t *overlap_of(int64_t shared, int64_t opened)
{
	return opened < 2
		       ? json_null()
		       : decimal_json((double)shared / ((double)opened * ((double)opened - 1)), 1);
}

/* `forms` were sealed, of which `opened` can be counted by now. */
static json_t *exposure_row(struct req *r, const struct sitting *s,
			    const struct act_of_programme *act, int64_t forms, int64_t opened,
			    struct err *e)
{
	json_t *row = db_row(
		r->db, r->arena, e,
		"WITH " EXPOSURE_SHOWN
		" SELECT COUNT(*) AS items, CAST(COALESCE(SUM(n.rests), 0) AS BIGINT) AS rests,"
		" COALESCE(MIN(COALESCE(f.forms, 0)), 0) AS least,"
		" COALESCE(MAX(f.forms), 0) AS most, COALESCE(MAX(f.here), 0) AS here,"
		" CAST(COALESCE(SUM(f.here * (f.here - 1)), 0) AS BIGINT) AS shared"
		"  FROM sitting_item n JOIN item i ON i.id = n.item_id"
		"  LEFT JOIN (SELECT q.item_id, COUNT(*) AS forms,"
		"   SUM(CASE WHEN t.sitting_id = $1 THEN 1 ELSE 0 END) AS here"
		"   FROM shown q LEFT JOIN attempt t ON t.id = q.attempt_id"
		"   WHERE q.act = $2 GROUP BY q.item_id) f ON f.item_id = n.item_id"
		" WHERE n.sitting_id = $1 AND i.act = $2",
		db_int(s->id), db_text(act->code));
	if (!row)
		return NULL;
	const int64_t bound = least_most(forms, act->questions,
					 row_number(row, "items") - row_number(row, "rests"));
	(void)json_object_set_new(row, "share", share_of(row_number(row, "here"), forms));
	(void)json_object_set_new(row, "overlap", overlap_of(row_number(row, "shared"), opened));
	(void)json_object_del(row, "shared");
	(void)json_object_set_new(row, "bound", json_integer((json_int_t)bound));
	(void)json_object_set_new(row, "bound_share", share_of(bound, forms));
	(void)json_object_set_new(row, "act",
				  json_string(in_kazakh(r) ? act->name_kk : act->name_ru));
	return row;
}

static bool add_exposure(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	const struct rule_set *rules = s->competition.rules;
	int64_t forms = 0;
	int64_t opened = 0;
	json_t *list = json_array();
	(void)json_object_set_new(model, "exposure", list);
	if (!db_number(r->db, e, &forms,
		       "SELECT COUNT(*) FROM attempt WHERE sitting_id = $1"
		       " AND form_hash IS NOT NULL",
		       db_int(s->id)) ||
	    !db_number(r->db, e, &opened,
		       "SELECT COUNT(DISTINCT t.id) FROM attempt t"
		       "  JOIN form_question q ON q.attempt_id = t.id AND q.number = 1"
		       " WHERE t.sitting_id = $1",
		       db_int(s->id)))
		return false;
	for (size_t i = 0; i < rules->act_count; i++) {
		json_t *row = exposure_row(r, s, &rules->acts[i], forms, opened, e);
		if (!row)
			return false;
		(void)json_array_append(list, row);
	}
	return true;
}

/* F32: each form's expected share of right answers in per mille, from the figures of the items by
 * the results that stand; its mean and standard deviation over the forms.  Nothing before there
 * are figures of earlier sittings. */
static bool add_difficulty(struct req *r, const struct sitting *s, json_t *model, struct err *e)
{
	double sum = 0;
	double squares = 0;
	size_t i = 0;
	const json_t *row = NULL;
	json_t *rows = db_rows(
		r->db, r->arena, e,
		"WITH figure (item_id, p) AS (SELECT q.item_id, 1000 *"
		"  SUM(CASE WHEN substr(x.points, q.number, 1) = '1' THEN 1 ELSE 0 END) / COUNT(*)"
		"  FROM form_question q JOIN attempt t ON t.id = q.attempt_id AND t.sitting_id <> "
		"$1"
		"  AND t.finish <> 'breach' JOIN result x ON x.attempt_id = q.attempt_id"
		"  GROUP BY q.item_id)"
		" SELECT CAST(SUM(f.p) AS BIGINT) / COUNT(*) AS p FROM attempt t"
		" JOIN form_question q ON q.attempt_id = t.id JOIN figure f ON f.item_id = "
		"q.item_id"
		" WHERE t.sitting_id = $1 GROUP BY t.id",
		db_int(s->id));
	json_array_foreach (rows, i, row) {
		const double p = (double)row_number(row, "p");
		sum += p;
		squares += p * p;
	}
	const double n = (double)json_array_size(rows);
	if (n > 0)
		(void)json_object_set_new(
			model, "difficulty",
			json_pack("{s:I,s:I}", "mean", (json_int_t)lround(sum / n), "deviation",
				  (json_int_t)lround(
					  sqrt(fmax(0, squares / n - sum / n * sum / n)))));
	else
		(void)json_object_set_new(model, "difficulty", json_null());
	return rows != NULL;
}

/* ---- the page -------------------------------------------------------------------------------- */

static bool may_read(const struct act *act, const struct sitting *s, struct err *e)
{
	bool may = false;
	if (!act_holds(act, ROLE_NAME_OPERATOR, s->hall_organ, &may, e) ||
	    (!may && !act_holds(act, ROLE_NAME_HR, s->competition.organ, &may, e)) ||
	    (!may && !act_holds(act, ROLE_NAME_AUDITOR, s->competition.organ, &may, e)))
		return false;
	return may || err_set(e, ERR_DENIED, "error.denied", "not theirs");
}

static json_t *head_row(struct req *r, const struct sitting *s, struct err *e)
{
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT s.id, s.state, s.recording, s.planned_ms, s.started_ms,"
			     " s.closed_ms, s.sealed_ms, s.minutes, s.binding, s.round, h.name_kk,"
			     " h.name_ru FROM sitting s JOIN hall h ON h.id = s.hall_id"
			     " WHERE s.id = $1",
			     db_int(s->id));
	if (!row)
		return NULL;
	(void)json_object_set_new(row, "hall",
				  json_string(row_text(row, in_kazakh(r) ? "name_kk" : "name_ru")));
	(void)json_object_del(row, "name_kk");
	(void)json_object_del(row, "name_ru");
	(void)json_object_set_new(row, "post", json_string(post_name(r, s->competition.post)));
	(void)json_object_set_new(row, "rules",
				  json_string(in_kazakh(r) ? s->competition.rules->title_kk
							   : s->competition.rules->title_ru));
	(void)json_object_set_new(row, "rules_id", json_string(s->competition.rules->id));
	return row;
}

bool protocol_show(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct sitting s = { 0 };
	if (!sitting_load(&act, in_int(r, "sitting"), &s, e) || !may_read(&act, &s, e))
		return false;
	json_t *row = head_row(r, &s, e);
	if (!row || !add_hashes(r, &s, row, e) || !draw_model(r, &s, model, e) ||
	    !board_results(r, &s, model, e) || !add_forms(r, &s, model, e) ||
	    !incident_model(r, &s, 0, model, e) || !record_protocol(r, &s, model, e) ||
	    !add_exposure(r, &s, model, e) || !add_difficulty(r, &s, model, e) ||
	    !screening_count(r, &s, model, e))
		return false;
	(void)json_object_del(model, "coined");
	(void)json_object_set(model, "sitting", row);
	return true;
}

#include "app/bank/exposure.h"

enum { WHOLE = 100 };

/* Columns: item, forms. */
static bool take(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct exposure *x = user;
	const int64_t id = column[0].number;
	(void)count;
	(void)e;
	if (id >= 0 && id <= x->id_most)
		x->forms[id] = column[1].number;
	return true;
}

bool exposure_read(const struct act *act, struct exposure *ret, struct err *e)
{
	struct exposure x = { .all = 0 };
	if (!db_number(act->db, e, &x.id_most, "SELECT COALESCE(MAX(id), 0) FROM item") ||
	    !db_number(act->db, e, &x.all,
		       "WITH " EXPOSURE_SHOWN " SELECT COUNT(*) FROM shown WHERE number = 1") ||
	    !db_number(act->db, e, &x.most,
		       "SELECT COALESCE((SELECT forms_most FROM sitting ORDER BY id DESC LIMIT 1),"
		       " 0)"))
		return false;
	x.forms = arena_array(act->arena, (size_t)x.id_most + 1, sizeof(*x.forms));
	if (!db_each(act->db, e, take, &x,
		     "WITH " EXPOSURE_SHOWN
		     " SELECT item_id, COUNT(*) FROM shown GROUP BY item_id"))
		return false;
	*ret = x;
	return true;
}

const char *exposure_of(const struct exposure *x, int64_t version, int64_t *ret_forms)
{
	const int64_t forms = version > 0 && version <= x->id_most ? x->forms[version] : 0;
	*ret_forms = forms;
	if (x->most > 0 && forms >= x->most)
		return "rests";
	return forms >= EXPOSURE_LEAST && forms * WHOLE > x->all * EXPOSURE_SHARE ? "often" : "";
}

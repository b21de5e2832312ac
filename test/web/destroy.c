#include "destroy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void must_be(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->key, e->detail);
}

void close_competition(struct harness *h, int64_t id)
{
	struct err e = { 0 };
	const struct act act = harness_act(h, 0);
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	must_be(db_begin(h->site.db, &tx, &e) &&
			db_exec(h->site.db, &e, NULL,
				"UPDATE competition SET state = 'closed', closed_ms = $1"
				" WHERE id = $2",
				db_int(act.now_ms), db_int(id)) &&
			act_journal(&act, "competition.closed", id,
				    act_subject(&act, "competition", id), json_object(), &e) &&
			db_commit(&tx, &e),
		&e);
}

int64_t destroy_propose(struct harness *h, int64_t first, int64_t competition, int64_t person)
{
	const struct act act = harness_act(h, first);
	const struct destruction_form form = { competition, person, "3-a", act_today(&act),
					       "Мерзімі өтті" };
	struct err e = { 0 };
	int64_t id = 0;
	must_be(destruction_propose(&act, &form, &id, &e), &e);
	return id;
}

int64_t destroy_by(struct harness *h, int64_t first, int64_t second, int64_t competition,
		   int64_t person)
{
	const int64_t proposal = destroy_propose(h, first, competition, person);
	const struct act act = harness_act(h, second);
	struct err e = { 0 };
	int64_t id = 0;
	must_be(destruction_answer(&act, proposal, true, "", &id, &e), &e);
	return id;
}

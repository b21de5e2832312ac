#include "app/act.h"

#include "app/entry_kind.h"
#include "app/evidence/row_state.h"
#include "app/hook/outbox.h"
#include "journal/journal.h"

#include <sodium.h>
#include <string.h>

day act_today(const struct act *act)
{
	return day_of_instant(act->now_ms);
}

const char *act_hex(struct arena *a, const void *bytes, size_t size)
{
	char *text = arena_alloc(a, size * 2 + 1);
	return sodium_bin2hex(text, size * 2 + 1, bytes, size);
}

const char *act_subject(const struct act *act, const char *thing, int64_t id)
{
	return arena_print(act->arena, "%s/%lld", thing, (long long)id);
}

/* ---- rights ---------------------------------------------------------------- */

struct search {
	const struct law_book *book;
	const char *organ;
	bool found;
};

static bool look(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct search *s = user;
	(void)count;
	(void)e;
	s->found = s->found || law_book_under(s->book, s->organ, column[0].bytes);
	return true;
}

bool act_holds(const struct act *act, const char *role, const char *organ, bool *ret, struct err *e)
{
	struct search s = { act->book, organ, act->person_id == 0 || act->relayed };
	if (!s.found && !act->as_candidate &&
	    !db_each(act->db, e, look, &s,
		     "SELECT organ FROM role_grant"
		     " WHERE person_id = $1 AND role = $2 AND revoked_ms IS NULL",
		     db_int(act->person_id), db_text(role)))
		return false;
	*ret = s.found;
	return true;
}

bool act_require(const struct act *act, const char *role, const char *organ, struct err *e)
{
	bool holds = false;
	if (!act_holds(act, role, organ, &holds, e))
		return false;
	return holds || err_set(e, ERR_DENIED, "error.denied", "person %lld is not %s for %s",
				(long long)act->person_id, role, organ);
}

/* ---- record ---------------------------------------------------------------- */

/* In a copy: a caller may go on with what it gave. */
static bool add_state(const struct act *act, const char *subject, json_t **content, struct err *e)
{
	json_t *state = NULL;
	if (!row_state(act, subject, &state, e))
		return false;
	json_t *with = json_copy(*content);
	json_decref(*content);
	*content = with;
	return json_object_set_new(with, "state", state) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

/* What boards show that people look at while it goes on.  Not each click of a test: a board counts
 * them when it looks again by itself. */
static bool is_watched(const char *kind)
{
	static const char *const begins[] = { "sitting.",   "test.",  "seat.", "hall.",
					      "interview.", "video.", "vote.", "bulk." };
	for (size_t i = 0; i < COUNT(begins); i++) {
		if (strncmp(kind, begins[i], strlen(begins[i])) == 0)
			return strcmp(kind, "test.answer") != 0;
	}
	return false;
}

static bool note(const struct act *act, const struct journal_entry *entry, struct err *e)
{
	return !act->noted ||
	       json_array_append_new(
		       act->noted,
		       json_pack("{s:I,s:I,s:I,s:s,s:s,s:O}", "at_ms", (json_int_t)entry->at_ms,
				 "actor", (json_int_t)entry->actor_id, "competition",
				 (json_int_t)entry->competition_id, "kind", entry->kind, "subject",
				 entry->subject, "content", entry->content)) == 0 ||
	       err_set(e, ERR_SYSTEM, "error.system", "out of memory");
}

bool act_journal(const struct act *act, const char *kind, int64_t competition_id,
		 const char *subject, json_t *content, struct err *e)
{
	if (!content)
		return err_set(e, ERR_SYSTEM, "error.system", "no content for %s", kind);
	if (!entry_kind_is_known(kind)) {
		json_decref(content);
		return err_set(e, ERR_SYSTEM, "error.system", "no kind of entry: %s", kind);
	}
	if (row_state_of(kind, subject) && !add_state(act, subject, &content, e)) {
		json_decref(content);
		return false;
	}
	const struct journal_entry entry = { act->now_ms,    act->person_id, kind,
					     competition_id, subject,        content };
	bool ok = journal_append(act->db, &entry, e) && note(act, &entry, e) &&
		  hook_queue(act, &entry, e);
	ok = ok && (!is_watched(kind) || db_notify(act->db, ACT_NOTICE, "", e));
	json_decref(content);
	return ok;
}

#include "app/competition/competition.h"

#include "app/candidate/candidate.h"
#include "app/competition/calendar_change.h"
#include "app/competition/closing.h"
#include "app/installation/setup.h"
#include "app/notice/tell.h"
#include "law/terms.h"
#include "rules/law_book.h"

#include <sodium.h>
#include <string.h>

/* ---- reading ---------------------------------------------------------------- */

/* The text that was pinned at the announcement.  Mostly it is a file of today's book still: the
 * same hash is the same law, read already.  Otherwise its bytes are read again as what they were.
 */
static bool pinned_rules(const struct act *act, const char *hash, struct competition *c,
			 struct err *e)
{
	const struct law_file *file = law_book_file(act->book, hash);
	const char *body = NULL;
	if (file && file->rule_set) {
		c->rules = file->rule_set;
		return true;
	}
	return db_string(act->db, act->arena, e, &body, "SELECT body FROM law_text WHERE hash = $1",
			 db_text(hash)) &&
	       law_book_read_rule_set(act->arena, "law_text", body, &c->rules, e);
}

static bool pinned_qualification(const struct act *act, const char *hash, struct competition *c,
				 struct err *e)
{
	const struct law_file *file = law_book_file(act->book, hash);
	const char *body = NULL;
	if (file && file->qualification) {
		c->qualification = file->qualification;
		return true;
	}
	return db_string(act->db, act->arena, e, &body, "SELECT body FROM law_text WHERE hash = $1",
			 db_text(hash)) &&
	       law_book_read_qualification(act->arena, "law_text", body, &c->qualification, e);
}

static bool pinned_law(const struct act *act, const json_t *row, struct competition *c,
		       struct err *e)
{
	return pinned_rules(act, row_text(row, "rule_set"), c, e) &&
	       pinned_qualification(act, row_text(row, "qualification"), c, e);
}

static bool law_of_today(const struct act *act, struct competition *c, struct err *e)
{
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	const struct law_file *qualification = law_book_qualification_on(act->book, act_today(act));
	if (!rules || !qualification)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	c->rules = rules->rule_set;
	c->qualification = qualification->qualification;
	return true;
}

/* What both ways of reading select. */
#define COMPETITION_COLUMNS                                                                        \
	"id, route, state, organ, post, category, vacancies, filing_days, demonstration,"          \
	" announced_ms, filing_last, rule_set, qualification"

/* Without its calendar. */
static bool from_row(const struct act *act, const json_t *row, struct competition *ret,
		     struct err *e)
{
	struct competition c = {
		.id = row_number(row, "id"),
		.route = row_text(row, "route"),
		.state = row_text(row, "state"),
		.organ = row_text(row, "organ"),
		.post = row_text(row, "post"),
		.category = row_text(row, "category"),
		.vacancies = row_number(row, "vacancies"),
		.filing_days = row_number(row, "filing_days"),
		.demonstration = row_number(row, "demonstration") != 0,
		.announced = json_is_integer(json_object_get(row, "announced_ms")),
	};
	if (c.announced) {
		c.announced_day = day_of_instant(row_number(row, "announced_ms"));
		c.filing_last = (day){ (int32_t)row_number(row, "filing_last") };
	}
	if (!(c.announced ? pinned_law(act, row, &c, e) : law_of_today(act, &c, e)))
		return false;
	*ret = c;
	return true;
}

bool competition_load(const struct act *act, int64_t id, struct competition *ret, struct err *e)
{
	struct competition c = { 0 };
	json_t *row =
		db_row(act->db, act->arena, e,
		       "SELECT " COMPETITION_COLUMNS " FROM competition WHERE id = $1", db_int(id));
	if (!row || !from_row(act, row, &c, e) || !calendar_in_force(act, &c.calendar, e))
		return false;
	*ret = c;
	return true;
}

bool competition_running(const struct act *act, struct competition **ret, size_t *ret_count,
			 struct err *e)
{
	const struct calendar *calendar = NULL;
	json_t *rows = db_rows(act->db, act->arena, e,
			       "SELECT " COMPETITION_COLUMNS
			       " FROM competition WHERE state = 'announced' ORDER BY id");
	const size_t count = json_array_size(rows);
	if (!rows || !calendar_in_force(act, &calendar, e))
		return false;
	struct competition *list = arena_array(act->arena, count ? count : 1, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		if (!from_row(act, json_array_get(rows, i), &list[i], e))
			return false;
		list[i].calendar = calendar;
	}
	*ret = list;
	*ret_count = count;
	return true;
}

/* ---- draft ------------------------------------------------------------------ */

/* F2: what is played does not stand among real competitions. */
static bool check_earnest(const struct act *act, bool demonstration, struct err *e)
{
	bool earnest = false;
	if (!demonstration)
		return true;
	return installation_in_earnest(act->db, &earnest, e) &&
	       (!earnest || err_input(e, "demonstration", "competition.error.earnest",
				      "a demonstration in an installation that is in earnest"));
}

static bool check_form(const struct act *act, const struct competition_form *form,
		       const struct post **ret_post, struct err *e)
{
	const struct post *post = law_book_post(act->book, form->post);
	if (!law_book_organ(act->book, form->organ))
		return err_input(e, "organ", "error.organ", "unknown organ");
	if (!post)
		return err_input(e, "post", "competition.error.post", "unknown post");
	if (form->vacancies < 1)
		return err_input(e, "vacancies", "competition.error.vacancies", "no vacancy");
	if (form->filing_days < 1)
		return err_input(e, "filing_days", "competition.error.filing_days",
				 "no filing term");
	if (!*form->text_kk)
		return err_input(e, "text_kk", "error.required", "no text in Kazakh");
	if (!*form->text_ru)
		return err_input(e, "text_ru", "error.required", "no text in Russian");
	*ret_post = post;
	return check_earnest(act, form->demonstration, e);
}

/* The term is not shorter than the rule set in force today wants; it may be longer. */
static bool check_filing(const struct act *act, const char *route, int64_t filing_days,
			 struct err *e)
{
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	if (!rules)
		return err_set(e, ERR_SYSTEM, "error.law.none", "no rule set is in force today");
	const bool own = strcmp(route, "own") == 0;
	const struct parameter *least =
		&rules->rule_set->params[own ? PARAM_FILING_DAYS_OWN : PARAM_FILING_DAYS_OTHER];
	if (!least->set || filing_days >= least->value)
		return true;
	(void)err_input(e, "filing_days", "competition.error.filing_short",
			"a filing term shorter than the rule set's");
	return err_value(e, arena_print(act->arena, "%lld", (long long)least->value));
}

static json_t *form_content(const struct competition_form *form, const char *category)
{
	return json_pack("{s:s,s:s,s:s,s:I,s:I,s:b,s:s,s:s}", "organ", form->organ, "post",
			 form->post, "category", category, "vacancies", (json_int_t)form->vacancies,
			 "filing_days", (json_int_t)form->filing_days, "demonstration",
			 form->demonstration, "text_kk", form->text_kk, "text_ru", form->text_ru);
}

bool competition_open(const struct act *act, const struct competition_form *form, int64_t *ret_id,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct post *post = NULL;
	int64_t id = 0;
	bool ok = act_require(act, ROLE_NAME_HR, form->organ, e) &&
		  check_form(act, form, &post, e) &&
		  check_filing(act, "own", form->filing_days, e) && db_begin(act->db, &tx, e) &&
		  db_number(act->db, e, &id,
			    "INSERT INTO competition (route, organ, post, category, vacancies,"
			    " demonstration, filing_days, draft_kk, draft_ru, state, created_by,"
			    " created_ms) VALUES ('own', $1, $2, $3, $4, $5, $6, $7, $8, 'draft',"
			    " $9, $10) RETURNING id",
			    db_text(form->organ), db_text(form->post), db_text(post->category),
			    db_int(form->vacancies), db_int(form->demonstration),
			    db_int(form->filing_days), db_text(form->text_kk),
			    db_text(form->text_ru), db_int(act->person_id), db_int(act->now_ms)) &&
		  act_journal(act, "competition.opened", id, act_subject(act, "competition", id),
			      form_content(form, post->category), e) &&
		  db_commit(&tx, e);
	if (ok)
		*ret_id = id;
	return ok;
}

/* The competition for an officer who may act on it. */
static bool for_hr(const struct act *act, int64_t id, struct competition *ret, struct err *e)
{
	struct competition c = { 0 };
	if (!competition_load(act, id, &c, e) || !act_require(act, ROLE_NAME_HR, c.organ, e) ||
	    !candidate_require_other(act, THING_COMPETITION, id, e))
		return false;
	*ret = c;
	return true;
}

static bool changed_one(int64_t changed, const char *key, struct err *e)
{
	return changed == 1 || err_set(e, ERR_CONFLICT, key, "the state had changed");
}

bool competition_edit(const struct act *act, int64_t id, const struct competition_form *form,
		      struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	const struct post *post = NULL;
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hr(act, id, &c, e) &&
	       act_require(act, ROLE_NAME_HR, form->organ, e) && check_form(act, form, &post, e) &&
	       check_filing(act, c.route, form->filing_days, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE competition SET organ = $1, post = $2, category = $3,"
		       " vacancies = $4, demonstration = $5, filing_days = $6, draft_kk = $7,"
		       " draft_ru = $8 WHERE id = $9 AND state = 'draft'",
		       db_text(form->organ), db_text(form->post), db_text(post->category),
		       db_int(form->vacancies), db_int(form->demonstration),
		       db_int(form->filing_days), db_text(form->text_kk), db_text(form->text_ru),
		       db_int(id)) &&
	       changed_one(changed, "competition.error.frozen", e) &&
	       act_journal(act, "competition.edited", id, act_subject(act, "competition", id),
			   form_content(form, post->category), e) &&
	       db_commit(&tx, e);
}

/* ---- announcement ------------------------------------------------------------- */

static bool pin(const struct act *act, const struct law_file *file, struct err *e)
{
	return db_exec(act->db, e, NULL,
		       "INSERT INTO law_text (hash, kind, name, body, added_ms)"
		       " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING",
		       db_text(file->hash), db_text(law_file_kind_name(file->kind)),
		       db_text(file->name), db_text(file->body), db_int(act->now_ms));
}

/* BLAKE2b-256 over "kk text NUL ru text NUL", hexadecimal (F3). */
static const char *text_hash(struct arena *a, const char *text_kk, const char *text_ru)
{
	enum { SIZE = 32 };
	unsigned char hash[SIZE];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, SIZE);
	crypto_generichash_update(&state, (const unsigned char *)text_kk, strlen(text_kk) + 1);
	crypto_generichash_update(&state, (const unsigned char *)text_ru, strlen(text_ru) + 1);
	crypto_generichash_final(&state, hash, SIZE);
	char *hex = arena_alloc(a, SIZE * 2 + 1);
	return sodium_bin2hex(hex, SIZE * 2 + 1, hash, SIZE);
}

static bool publish(const struct act *act, int64_t id, int64_t version, const char *text_kk,
		    const char *text_ru, const char *reason_kk, const char *reason_ru,
		    struct err *e)
{
	const char *hash = text_hash(act->arena, text_kk, text_ru);
	return db_exec(act->db, e, NULL,
		       "INSERT INTO announcement (competition_id, version, text_kk, text_ru,"
		       " reason_kk, reason_ru, hash, published_by, published_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       db_int(id), db_int(version), db_text(text_kk), db_text(text_ru),
		       db_text(reason_kk), db_text(reason_ru), db_text(hash),
		       db_int(act->person_id), db_int(act->now_ms)) &&
	       act_journal(act, "announcement.published", id, act_subject(act, "competition", id),
			   json_pack("{s:I,s:s}", "version", (json_int_t)version, "hash", hash), e);
}

static bool pin_and_announce(const struct act *act, const struct competition *c, struct err *e)
{
	const struct law_file *rules = law_book_rule_set_on(act->book, act_today(act));
	const struct law_file *qualification = law_book_qualification_on(act->book, act_today(act));
	day last = { 0 };
	int64_t changed = 0;
	if (!terms_filing_last(c->calendar, act_today(act), (int)c->filing_days, &last))
		return err_set(e, ERR_LAW, "competition.error.calendar",
			       "the calendar does not cover the filing term");
	return pin(act, rules, e) && pin(act, qualification, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE competition SET state = 'announced', rule_set = $1,"
		       " qualification = $2, announced_ms = $3, filing_last = $4"
		       " WHERE id = $5 AND state = 'draft'",
		       db_text(rules->hash), db_text(qualification->hash), db_int(act->now_ms),
		       db_int(last.n), db_int(c->id)) &&
	       changed_one(changed, "competition.error.announced", e) &&
	       act_journal(act, "competition.announced", c->id,
			   act_subject(act, "competition", c->id),
			   json_pack("{s:s,s:s,s:i}", "rule_set", rules->hash, "qualification",
				     qualification->hash, "filing_last", last.n),
			   e);
}

bool competition_announce(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	if (!db_begin(act->db, &tx, e) || !for_hr(act, id, &c, e))
		return false;
	if (strcmp(c.state, "draft") != 0)
		return err_set(e, ERR_CONFLICT, "competition.error.announced", "no draft");
	/* a draft may be older than the rule set under which it is announced (O-4) */
	if (!check_filing(act, c.route, c.filing_days, e) ||
	    !rule_set_opens(c.rules, c.demonstration, e) ||
	    !qualification_opens(c.qualification, c.demonstration, e))
		return false;
	json_t *draft =
		db_row(act->db, act->arena, e,
		       "SELECT draft_kk, draft_ru FROM competition WHERE id = $1", db_int(id));
	return draft && pin_and_announce(act, &c, e) &&
	       publish(act, id, 1, row_text(draft, "draft_kk"), row_text(draft, "draft_ru"), "", "",
		       e) &&
	       tell_announced(act, &c, e) && db_commit(&tx, e);
}

bool competition_correct(const struct act *act, int64_t id, const char *text_kk,
			 const char *text_ru, const char *reason_kk, const char *reason_ru,
			 struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t version = 0;
	if (!db_begin(act->db, &tx, e) || !for_hr(act, id, &c, e))
		return false;
	if (strcmp(c.state, "announced") != 0)
		return err_set(e, ERR_CONFLICT, "competition.error.not_announced",
			       "a correction of what is not announced");
	return db_number(act->db, e, &version,
			 "SELECT MAX(version) FROM announcement WHERE competition_id = $1",
			 db_int(id)) &&
	       publish(act, id, version + 1, text_kk, text_ru, reason_kk, reason_ru, e) &&
	       db_commit(&tx, e);
}

/* ---- closing ------------------------------------------------------------------ */

bool competition_close(const struct act *act, int64_t id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct competition c = { 0 };
	int64_t changed = 0;
	return db_begin(act->db, &tx, e) && for_hr(act, id, &c, e) && closing_require(act, &c, e) &&
	       db_exec(act->db, e, &changed,
		       "UPDATE competition SET state = 'closed', closed_ms = $1, closed_by = $2"
		       " WHERE id = $3 AND state = 'announced'",
		       db_int(act->now_ms), db_int(act->person_id), db_int(id)) &&
	       changed_one(changed, "competition.error.not_announced", e) &&
	       act_journal(act, "competition.closed", id, act_subject(act, "competition", id),
			   json_object(), e) &&
	       tell_closed(act, &c, e) && db_commit(&tx, e);
}

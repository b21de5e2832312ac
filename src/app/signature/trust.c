#include "app/signature/trust.h"

#include "app/access/reauth.h"

#include <string.h>

static bool require(const struct act *act, struct err *e)
{
	bool holds = act->person_id == 0;
	if (!holds && !db_exists(act->db, e, &holds,
				 "SELECT 1 FROM role_grant WHERE person_id = $1 AND role = $2"
				 " AND revoked_ms IS NULL",
				 db_int(act->person_id), db_text(ROLE_NAME_ADMIN)))
		return false;
	return holds || err_set(e, ERR_DENIED, "error.denied", "for administrators");
}

/* The system has no row in person. */
static struct db_value who(const struct act *act)
{
	return act->person_id == 0 ? db_null() : db_int(act->person_id);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	struct certificate *certificates;
	struct crl *lists;
	size_t count, room;
};

static bool take_certificate(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	(void)count;
	if (r->count == r->room)
		return err_set(e, ERR_SYSTEM, "error.system", "more rows than were counted");
	return certificate_read(r->arena, arena_copy_n(r->arena, column[0].bytes, column[0].size),
				column[0].size, &r->certificates[r->count++], e);
}

static bool take_list(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct reading *r = user;
	(void)count;
	if (r->count == r->room)
		return err_set(e, ERR_SYSTEM, "error.system", "more rows than were counted");
	return crl_read(r->arena, arena_copy_n(r->arena, column[0].bytes, column[0].size),
			column[0].size, &r->lists[r->count++], e);
}

/* Those of a kind that count: an anchor until its removal is agreed to. */
static bool read_certificates(const struct act *act, const char *kind,
			      const struct certificate **ret, size_t *ret_count, struct err *e)
{
	struct reading r = { .arena = act->arena };
	int64_t count = 0;
	if (!db_number(act->db, e, &count,
		       "SELECT COUNT(*) FROM trust_certificate WHERE kind = $1"
		       " AND state IN ('trusted', 'leaving')",
		       db_text(kind)))
		return false;
	r.room = (size_t)count;
	r.certificates = arena_array(act->arena, r.room + 1, sizeof(*r.certificates));
	if (!db_each(act->db, e, take_certificate, &r,
		     "SELECT body FROM trust_certificate WHERE kind = $1"
		     " AND state IN ('trusted', 'leaving') ORDER BY id",
		     db_text(kind)))
		return false;
	*ret = r.certificates;
	*ret_count = r.count;
	return true;
}

static bool read_authorities(const struct act *act, struct trust *ret, struct err *e)
{
	return read_certificates(act, "anchor", &ret->anchors, &ret->anchor_count, e) &&
	       read_certificates(act, "authority", &ret->authorities, &ret->authority_count, e);
}

bool trust_load(const struct act *act, struct trust *ret, struct err *e)
{
	struct reading r = { .arena = act->arena };
	struct trust trust = { .anchor_count = 0 };
	int64_t count = 0;
	int64_t days = 0;
	if (!read_authorities(act, &trust, e) ||
	    !db_number(act->db, e, &days,
		       "SELECT value FROM trust_setting WHERE name = 'list_most_days'") ||
	    !db_number(act->db, e, &count, "SELECT COUNT(*) FROM trust_list WHERE current = 1"))
		return false;
	r.room = (size_t)count;
	r.lists = arena_array(act->arena, r.room + 1, sizeof(*r.lists));
	if (!db_each(act->db, e, take_list, &r,
		     "SELECT body FROM trust_list WHERE current = 1 ORDER BY id"))
		return false;
	trust.lists = r.lists;
	trust.list_count = r.count;
	trust.list_most_ms = days * DAY_MS;
	*ret = trust;
	return true;
}

bool trust_add_past(const struct act *act, int64_t by_ms, struct trust *trust, struct err *e)
{
	struct reading r = { .arena = act->arena };
	int64_t count = 0;
	if (!db_number(act->db, e, &count, "SELECT COUNT(DISTINCT authority) FROM trust_list"))
		return false;
	r.room = trust->list_count + (size_t)count;
	r.lists = arena_array(act->arena, r.room + 1, sizeof(*r.lists));
	for (; r.count < trust->list_count; r.count++)
		r.lists[r.count] = trust->lists[r.count];
	if (!db_each(act->db, e, take_list, &r,
		     "SELECT body FROM trust_list x WHERE id = (SELECT MAX(y.id) FROM trust_list y"
		     "  WHERE y.authority = x.authority AND y.made_ms = (SELECT MAX(z.made_ms)"
		     "   FROM trust_list z WHERE z.authority = x.authority AND z.made_ms <= $1))"
		     " ORDER BY id",
		     db_int(by_ms)))
		return false;
	trust->lists = r.lists;
	trust->list_count = r.count;
	return true;
}

/* A row may have been doctored: bytes that are none, or others than their fingerprint, are none. */
static bool read_or_none(bool read, const struct err *why, struct err *e)
{
	if (!read && why->kind != ERR_INPUT)
		*e = *why;
	return read || why->kind == ERR_INPUT;
}

bool trust_certificate(const struct act *act, const char *fingerprint, struct certificate *ret,
		       struct err *e)
{
	struct certificate one = { .name = "" };
	struct reading r = { .arena = act->arena, .certificates = &one, .room = 1 };
	struct err why = { 0 };
	const bool read = db_each(act->db, &why, take_certificate, &r,
				  "SELECT body FROM trust_certificate WHERE fingerprint = $1"
				  " ORDER BY id LIMIT 1",
				  db_text(fingerprint));
	if (!read || strcmp(one.fingerprint, fingerprint) != 0)
		one = (struct certificate){ .name = "" };
	*ret = one;
	return read_or_none(read, &why, e);
}

bool trust_list(const struct act *act, const char *fingerprint, struct crl *ret, struct err *e)
{
	struct crl one = { .issuer = "" };
	struct reading r = { .arena = act->arena, .lists = &one, .room = 1 };
	struct err why = { 0 };
	const bool read =
		db_each(act->db, &why, take_list, &r,
			"SELECT body FROM trust_list WHERE fingerprint = $1", db_text(fingerprint));
	if (!read || strcmp(one.fingerprint, fingerprint) != 0)
		one = (struct crl){ .issuer = "" };
	*ret = one;
	return read_or_none(read, &why, e);
}

bool trust_cached(const struct act *act, struct trust_cache *cache, const char *fingerprint,
		  struct crl *ret, struct err *e)
{
	for (size_t i = 0; i < cache->count; i++) {
		if (strcmp(cache->lists[i].fingerprint, fingerprint) == 0) {
			*ret = cache->lists[i];
			return true;
		}
	}
	if (!cache->arena)
		cache->arena = arena_new();
	struct act within = *act;
	within.arena = cache->arena;
	if (!trust_list(&within, fingerprint, ret, e))
		return false;
	if (ret->der.bytes && cache->count < TRUST_CACHE_MOST)
		cache->lists[cache->count++] = *ret;
	return true;
}

void trust_cache_cleanup(struct trust_cache *cache)
{
	arena_free(cache->arena);
	cache->arena = NULL;
	cache->count = 0;
}

void trust_cache_trim(struct trust_cache *cache)
{
	if (cache->count > TRUST_CACHE_KEPT)
		trust_cache_cleanup(cache);
}

/* The trusted certificate that `signs` approves of; NULL if there is none. */
static const struct certificate *find(const struct trust *trust,
				      bool (*signs)(const void *what, const struct certificate *by),
				      const void *what)
{
	for (size_t i = 0; i < trust->anchor_count; i++) {
		if (signs(what, &trust->anchors[i]))
			return &trust->anchors[i];
	}
	for (size_t i = 0; i < trust->authority_count; i++) {
		if (signs(what, &trust->authorities[i]))
			return &trust->authorities[i];
	}
	return NULL;
}

static bool signs_certificate(const void *what, const struct certificate *by)
{
	return certificate_names(what, by) && certificate_signed_by(what, by) == 0;
}

static bool signs_list(const void *what, const struct certificate *by)
{
	return crl_issued_by(what, by);
}

/* ---- authorities ----------------------------------------------------------------------------- */

static bool check_form(const struct act *act, const struct trust_form *form, struct certificate *c,
		       struct err *e)
{
	struct trust trust = { .anchor_count = 0 };
	if (!form->reason || !*form->reason)
		return err_input(e, "reason", "error.required", "no reason");
	if (!certificate_read(act->arena, form->bytes, form->size, c, e))
		return err_field(e, "file");
	if (!c->authority || (c->usage & USAGE_CERTIFICATES) == 0)
		return err_input(e, "file", "trust.error.not_authority", "no authority");
	if (form->anchor)
		return true;
	return read_authorities(act, &trust, e) &&
	       (find(&trust, signs_certificate, c) ||
		err_input(e, "file", "trust.error.unknown", "issued by nobody trusted"));
}

static bool refuse_known(const struct act *act, const struct certificate *c, struct err *e)
{
	bool known = false;
	return db_exists(act->db, e, &known,
			 "SELECT 1 FROM trust_certificate WHERE fingerprint = $1"
			 " AND state IN ('asked', 'trusted', 'leaving')",
			 db_text(c->fingerprint)) &&
	       (!known || err_set(e, ERR_CONFLICT, "trust.error.known", "it is there"));
}

static bool journal(const struct act *act, const char *what, int64_t id, const char *fingerprint,
		    const char *reason, struct err *e)
{
	return act_journal(act, what, 0, act_subject(act, "trust", id),
			   json_pack("{s:s,s:s}", "certificate", fingerprint, "reason", reason), e);
}

bool trust_add(const struct act *act, const struct trust_form *form, int64_t *ret_id, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	struct certificate c;
	int64_t id = 0;
	if (!require(act, e) || !reauth_need(act, e) || !check_form(act, form, &c, e) ||
	    !db_begin(act->db, &tx, e) || !refuse_known(act, &c, e) ||
	    !db_number(act->db, e, &id,
		       "INSERT INTO trust_certificate (kind, state, fingerprint, body, subject,"
		       " issuer, serial, not_before_ms, not_after_ms, reason, asked_by, asked_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
		       db_text(form->anchor ? "anchor" : "authority"),
		       db_text(form->anchor ? "asked" : "trusted"), db_text(c.fingerprint),
		       db_blob(c.der.bytes, c.der.size), db_text(c.subject), db_text(c.issuer),
		       db_text(c.serial), db_int(c.not_before_ms), db_int(c.not_after_ms),
		       db_text(form->reason), who(act), db_int(act->now_ms)) ||
	    !journal(act, form->anchor ? "trust.asked" : "trust.added", id, c.fingerprint,
		     form->reason, e) ||
	    !db_commit(&tx, e))
		return false;
	*ret_id = id;
	return true;
}

static json_t *load_row(const struct act *act, int64_t id, struct err *e)
{
	return db_row(act->db, act->arena, e,
		      "SELECT kind, state, fingerprint, asked_by FROM trust_certificate"
		      " WHERE id = $1",
		      db_int(id));
}

bool trust_remove(const struct act *act, int64_t id, const char *reason, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	if (!require(act, e) || !reauth_need(act, e))
		return false;
	if (!reason || !*reason)
		return err_input(e, "reason", "error.required", "no reason");
	const json_t *row = load_row(act, id, e);
	if (!row || !db_begin(act->db, &tx, e))
		return false;
	const bool anchor = strcmp(row_text(row, "kind"), "anchor") == 0;
	if (!db_exec(act->db, e, &changed,
		     "UPDATE trust_certificate SET state = $2, reason = $3, asked_by = $4,"
		     " asked_ms = $5, answered_by = NULL, answered_ms = NULL"
		     " WHERE id = $1 AND state = 'trusted'",
		     db_int(id), db_text(anchor ? "leaving" : "removed"), db_text(reason), who(act),
		     db_int(act->now_ms)))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "trust.error.state", "it is not trusted");
	return journal(act, anchor ? "trust.leaving" : "trust.removed", id,
		       row_text(row, "fingerprint"), reason, e) &&
	       db_commit(&tx, e);
}

/* F20: who has asked does not agree; the system cannot, it is nobody. */
bool trust_answer(const struct act *act, int64_t id, bool agrees, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	if (!require(act, e) || !reauth_need(act, e))
		return false;
	const json_t *row = load_row(act, id, e);
	if (!row || !db_begin(act->db, &tx, e))
		return false;
	const bool leaving = strcmp(row_text(row, "state"), "leaving") == 0;
	if (act->person_id == 0 || row_number(row, "asked_by") == act->person_id)
		return err_set(e, ERR_CONFLICT, "trust.error.self", "a second person answers");
	const char *state =
		leaving ? (agrees ? "removed" : "trusted") : (agrees ? "trusted" : "refused");
	if (!db_exec(act->db, e, &changed,
		     "UPDATE trust_certificate SET state = $2, answered_by = $3, answered_ms = $4"
		     " WHERE id = $1 AND state = $5 AND state IN ('asked', 'leaving')",
		     db_int(id), db_text(state), who(act), db_int(act->now_ms),
		     db_text(row_text(row, "state"))))
		return false;
	if (changed == 0)
		return err_set(e, ERR_CONFLICT, "trust.error.state", "nothing was asked");
	return journal(act,
		       !agrees   ? "trust.refused"
		       : leaving ? "trust.removed"
				 : "trust.added",
		       id, row_text(row, "fingerprint"), "", e) &&
	       db_commit(&tx, e);
}

/* ---- lists of revoked certificates ----------------------------------------------------------- */

bool trust_read_list(const struct act *act, const void *bytes, size_t size, json_t **ret,
		     struct err *e)
{
	struct trust trust = { .anchor_count = 0 };
	struct crl list;
	if (!require(act, e))
		return false;
	if (!crl_read(act->arena, bytes, size, &list, e))
		return err_field(e, "file");
	if (!read_authorities(act, &trust, e))
		return false;
	const struct certificate *by = find(&trust, signs_list, &list);
	if (!by)
		return err_input(e, "file", "trust.error.issuer", "signed by nobody trusted");
	if (list.made_ms > act->now_ms + CHAIN_SKEW_MS)
		return err_input(e, "file", "trust.error.future", "a list of tomorrow");
	json_t *read = json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:I}", "fingerprint", list.fingerprint,
				 "authority", by->fingerprint, "issuer", list.issuer, "number",
				 list.number, "made_ms", (json_int_t)list.made_ms, "next_ms",
				 (json_int_t)list.next_ms, "certificates", (json_int_t)list.count);
	if (!read)
		return err_set(e, ERR_SYSTEM, "error.system", "a list that is no JSON");
	json_in_arena(act->arena, read);
	*ret = read;
	return true;
}

static struct crl stamp_of(const json_t *row)
{
	struct crl stamp = { .made_ms = row_number(row, "made_ms") };
	(void)snprintf(stamp.number, sizeof(stamp.number), "%s", row_text(row, "number"));
	return stamp;
}

/* The newest list of this authority so far, if it has one, must be older. */
static bool check_newer(const struct act *act, const json_t *read, struct err *e)
{
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT number, made_ms FROM trust_list"
				     " WHERE authority = $1 AND current = 1",
				     db_text(row_text(read, "authority")));
	if (!rows || json_array_size(rows) == 0)
		return rows != NULL;
	const struct crl last = stamp_of(json_array_get(rows, 0));
	const struct crl list = stamp_of(read);
	return crl_compare(&last, &list) < 0 ||
	       err_set(e, ERR_CONFLICT, "trust.error.older", "there is a newer list");
}

bool trust_keep_list(const struct act *act, const void *bytes, size_t size, const json_t *read,
		     struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const int64_t next_ms = row_number(read, "next_ms");
	const char *authority = row_text(read, "authority");
	const char *fingerprint = row_text(read, "fingerprint");
	return require(act, e) && db_begin(act->db, &tx, e) && check_newer(act, read, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE trust_list SET current = 0 WHERE authority = $1 AND current = 1",
		       db_text(authority)) &&
	       db_exec(act->db, e, NULL,
		       "INSERT INTO trust_list (fingerprint, authority, issuer, number, made_ms,"
		       " next_ms, certificates, body, current, by_id, at_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)",
		       db_text(fingerprint), db_text(authority), db_text(row_text(read, "issuer")),
		       db_text(row_text(read, "number")), db_int(row_number(read, "made_ms")),
		       next_ms ? db_int(next_ms) : db_null(),
		       db_int(row_number(read, "certificates")), db_blob(bytes, size), who(act),
		       db_int(act->now_ms)) &&
	       act_journal(act, "trust.list", 0, "trust/list",
			   json_pack("{s:s,s:s,s:s,s:I}", "list", fingerprint, "authority",
				     authority, "number", row_text(read, "number"), "made_ms",
				     (json_int_t)row_number(read, "made_ms")),
			   e) &&
	       db_commit(&tx, e);
}

bool trust_add_list(const struct act *act, const void *bytes, size_t size, struct err *e)
{
	json_t *read = NULL;
	return trust_read_list(act, bytes, size, &read, e) &&
	       trust_keep_list(act, bytes, size, read, e);
}

bool trust_list_days(const struct act *act, int64_t days, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!require(act, e))
		return false;
	if (days < TRUST_LIST_DAYS_LEAST || days > TRUST_LIST_DAYS_MOST)
		return err_input(e, "days", "trust.error.days", "out of bounds");
	return db_begin(act->db, &tx, e) &&
	       db_exec(act->db, e, NULL,
		       "UPDATE trust_setting SET value = $1 WHERE name = 'list_most_days'",
		       db_int(days)) &&
	       act_journal(act, "trust.setting", 0, "trust",
			   json_pack("{s:I}", "list_most_days", (json_int_t)days), e) &&
	       db_commit(&tx, e);
}

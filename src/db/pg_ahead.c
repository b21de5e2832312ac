/* pg_ahead.c - queries that are sent before their rows are asked for (db_ahead() of db.h): one wait
 * for the server then serves all of them, and waiting is most of what a short query costs. */
#include "db/pg.h"

#include <stdlib.h>

enum { AHEAD_MOST = 256 };

struct query {
	const char *sql; /* NULL: its rows have been handed over */
	struct db_value *args;
	PGresult *result; /* NULL: not taken yet */
};

struct pg_ahead {
	struct arena *args;
	struct query query[AHEAD_MOST];
	size_t count, first; /* those before `first` have been handed over */
};

static struct pg_ahead *ahead_of(struct pg *p)
{
	if (!p->ahead) {
		struct arena *a = arena_new();
		p->ahead = calloc(1, sizeof(*p->ahead));
		if (!p->ahead)
			abort(); /* as an arena does */
		p->ahead->args = a;
	}
	return p->ahead;
}

static struct db_value *copy_args(struct arena *a, const struct db_value *args)
{
	size_t n = 0;
	while (args[n].type != DB_END)
		n++;
	struct db_value *to = arena_array(a, n + 1, sizeof(*to));
	for (size_t i = 0; i <= n; i++) {
		to[i] = args[i];
		if (args[i].size > 0) {
			void *bytes = arena_alloc(a, args[i].size + 1);
			memcpy(bytes, args[i].bytes, args[i].size);
			((char *)bytes)[args[i].size] = '\0';
			to[i].bytes = bytes;
		}
	}
	return to;
}

static bool same_value(const struct db_value *a, const struct db_value *b)
{
	return a->type == b->type && a->number == b->number && a->size == b->size &&
	       (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

static bool is_it(const struct query *q, const char *sql, const struct db_value *args)
{
	if (!q->sql || (q->sql != sql && strcmp(q->sql, sql) != 0))
		return false;
	size_t n = 0;
	while (same_value(&q->args[n], &args[n])) {
		if (args[n++].type == DB_END)
			return true;
	}
	return false;
}

bool pg_ahead(struct db *db, const char *sql, const struct db_value *args, struct err *e)
{
	struct pg *p = (struct pg *)db;
	struct pg_ahead *a = ahead_of(p);
	if (!p->conn || p->db.spoiled || a->count == AHEAD_MOST)
		return true; /* who asks for the rows asks the server then */
	if (!pg_send(p, sql, args, e))
		return false;
	p->sent[p->sent_count - 1] = (struct pg_sent){ PG_AHEAD, a->count };
	a->query[a->count++] = (struct query){ .sql = sql, .args = copy_args(a->args, args) };
	return true;
}

void pg_ahead_keep(struct pg *p, size_t at, PGresult *result)
{
	p->ahead->query[at].result = result;
}

bool pg_ahead_find(struct pg *p, const char *sql, const struct db_value *args, size_t *ret)
{
	struct pg_ahead *a = p->ahead;
	if (!a)
		return false;
	for (size_t i = a->first; i < a->count; i++) {
		if (is_it(&a->query[i], sql, args)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

PGresult *pg_ahead_take(struct pg *p, size_t at, struct err *e)
{
	struct pg_ahead *a = p->ahead;
	struct query *q = &a->query[at];
	if (!q->result && !pg_finish(p, NULL, NULL, NULL, e))
		return NULL;
	PGresult *result = q->result;
	*q = (struct query){ 0 };
	while (a->first < a->count && !a->query[a->first].sql)
		a->first++;
	if (!result)
		(void)err_set(e, ERR_DB, "error.storage", "a query gave no result");
	return result;
}

void pg_ahead_over(struct db *db)
{
	struct pg *p = (struct pg *)db;
	struct pg_ahead *a = p->ahead;
	if (!a || a->count == 0)
		return;
	for (size_t i = 0; i < p->sent_count; i++) { /* what is still to come is let go */
		if (p->sent[i].kind == PG_AHEAD)
			p->sent[i].kind = PG_STATEMENT;
	}
	for (size_t i = 0; i < a->count; i++)
		PQclear(a->query[i].result);
	a->count = a->first = 0;
	arena_reset(a->args);
}

void pg_ahead_close(struct pg *p)
{
	if (!p->ahead)
		return;
	pg_ahead_over(&p->db);
	arena_free(p->ahead->args);
	free(p->ahead);
	p->ahead = NULL;
}

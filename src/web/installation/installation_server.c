/* installation_server.c - what a database on a PostgreSQL server needs there (docs/moving.md). */
#include "web/installation/installation.h"

#include "app/sitting/service_clock.h"
#include "base/buf.h"
#include "base/clock.h"
#include "db/copy.h"
#include "db/row.h"
#include "db/state.h"

#include <stdlib.h>
#include <string.h>

/* The whole protocol, collation and statistics that are relied on: what Debian 12 has. */
enum { VERSION_LEAST = 150000 };

static bool is_server(const struct installation *c)
{
	return c->db && db_is_server(c->db);
}

/* Settings without which what is acknowledged can be lost: "fsync = off". */
static bool durable(struct installation *c, struct err *e)
{
	struct buf list = buf_on(c->arena);
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(
		c->base, c->arena, e,
		"SELECT name, setting FROM pg_settings WHERE (name IN ('fsync', 'full_page_writes')"
		" AND setting = 'off') OR (name = 'synchronous_commit' AND setting IN ('off',"
		" 'local')) ORDER BY name");
	json_array_foreach (rows, i, row)
		installation_list(&list, arena_print(c->arena, "%s = %s", row_text(row, "name"),
						     row_text(row, "setting")));
	return rows && (list.length == 0 || installation_find(c, installation_serious(c),
							      "server_durable", list.text, e));
}

/* One machine that dies must not take an acknowledged answer with it. */
static bool standby(struct installation *c, const struct db_state *state, struct err *e)
{
	const struct db_state s = *state;
	if (s.standbys == DB_UNKNOWN)
		return installation_find(c, LEVEL_WARNING, "server_unseen", "", e);
	return s.synchronous > 0 || installation_find(c, LEVEL_WARNING, "server_alone", "", e);
}

/* This machine's clock and the server's: which of them is wrong a third one tells (docs/nodes.md).
 */
static bool clocks(struct installation *c, int64_t began_us, const struct db_state *s,
		   struct err *e)
{
	const struct clock machine = clock_real();
	const int64_t half_ms = (clock_monotonic_us() - began_us) / 2000;
	const int64_t ahead = clock_now(&machine) - half_ms - s->now_ms;
	return llabs(ahead) <= CLOCK_DEVIATION_MS + half_ms ||
	       installation_find(c, LEVEL_WARNING, "server_clock",
				 arena_print(c->arena, "%lld", (long long)ahead), e);
}

static bool state(struct installation *c, struct err *e)
{
	const int64_t began_us = clock_monotonic_us();
	struct db_state s = { 0 };
	return db_state(c->base, &s, e) && clocks(c, began_us, &s, e) && standby(c, &s, e);
}

/* A condition that is a row: the finding if there is none. */
static bool unless(struct installation *c, bool good, enum installation_level level,
		   const char *what, const char *value, struct err *e)
{
	return good || installation_find(c, level, what, value, e);
}

static bool connection(struct installation *c, struct err *e)
{
	bool closed = false;
	bool plain = false;
	return db_exists(c->base, e, &closed,
			 "SELECT 1 WHERE inet_server_addr() IS NULL OR host(inet_server_addr())"
			 " IN ('127.0.0.1', '::1') OR EXISTS (SELECT 1 FROM pg_stat_ssl"
			 " WHERE pid = pg_backend_pid() AND ssl)") &&
	       unless(c, closed, installation_serious(c), "server_open", "", e) &&
	       db_exists(c->base, e, &plain,
			 "SELECT 1 FROM pg_roles WHERE rolname = current_user AND NOT rolsuper") &&
	       unless(c, plain, LEVEL_WARNING, "server_super", "", e);
}

/* Text is compared by its bytes in every column that is ours, and is UTF-8; pages have checksums.
 */
static bool made(struct installation *c, struct err *e)
{
	const json_t *row =
		db_row(c->base, c->arena, e,
		       "SELECT current_setting('server_encoding') AS encoding,"
		       " current_setting('data_checksums') AS checksums,"
		       " current_setting('server_version') AS version,"
		       " CAST(current_setting('server_version_num') AS BIGINT) AS number,"
		       " (SELECT COUNT(*) FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid"
		       "  JOIN pg_collation o ON o.oid = a.attcollation WHERE t.relkind = 'r' AND"
		       "  a.attnum > 0 AND t.relnamespace = CAST(current_schema() AS regnamespace)"
		       "  AND t.relname <> 'schema_done' AND o.collname <> 'C') AS sorted");
	return row &&
	       unless(c, row_number(row, "number") >= VERSION_LEAST, LEVEL_ERROR, "server_version",
		      row_text(row, "version"), e) &&
	       unless(c, strcmp(row_text(row, "encoding"), "UTF8") == 0, LEVEL_ERROR,
		      "server_encoding", row_text(row, "encoding"), e) &&
	       unless(c, row_number(row, "sorted") == 0, LEVEL_WARNING, "server_collation",
		      arena_print(c->arena, "%lld", (long long)row_number(row, "sorted")), e) &&
	       unless(c, strcmp(row_text(row, "checksums"), "on") == 0, LEVEL_WARNING,
		      "server_checksums", "", e);
}

bool installation_server(struct installation *c, struct err *e)
{
	return !is_server(c) || (made(c, e) && durable(c, e) && state(c, e) && connection(c, e));
}

/* Every row, every reference, and the indexes if the server has amcheck: for `konkurs check`, not
 * for the page. */
bool installation_rows(struct installation *c, struct err *e)
{
	const char *why = "";
	return !is_server(c) ||
	       (db_check(c->base, c->arena, &why, e) &&
		(!*why || installation_find(c, LEVEL_ERROR, "server_rows", why, e)));
}

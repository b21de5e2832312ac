#include "app/lease.h"

#include "base/clock.h"
#include "db/row.h"

#include <sodium.h>
#include <string.h>

struct lease lease_of(const char *name)
{
	unsigned char random[(LEASE_HOLDER_SIZE - 1) / 2];
	struct lease l = { .name = name, .dead_ms = LEASE_DEAD_MS };
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(l.holder, sizeof(l.holder), random, sizeof(random));
	return l;
}

struct lease lease_of_place(const char *name, const char *place)
{
	unsigned char hash[(LEASE_HOLDER_SIZE - 1) / 2];
	char boot[BOOT_ID_SIZE];
	struct lease l = lease_of(name);
	crypto_generichash_state state;
	clock_boot_id(boot);
	(void)crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	(void)crypto_generichash_update(&state, (const unsigned char *)boot, strlen(boot) + 1);
	(void)crypto_generichash_update(&state, (const unsigned char *)place, strlen(place));
	(void)crypto_generichash_final(&state, hash, sizeof(hash));
	(void)sodium_bin2hex(l.holder, sizeof(l.holder), hash, sizeof(hash));
	return l;
}

static bool beat(struct db *db, struct lease *l, int64_t now, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t changed = 0;
	if (!db_begin(db, &tx, e) ||
	    !db_exec(db, e, &changed,
		     "UPDATE lease SET beat = beat + 1 WHERE name = $1 AND epoch = $2"
		     " AND holder = $3",
		     db_text(l->name), db_int(l->epoch), db_text(l->holder)) ||
	    !db_commit(&tx, e))
		return false;
	l->beaten_ms = now;
	if (changed == 0)
		l->epoch = 0;
	return true;
}

/* Whether its holder may be passed over: it gave it back, is one that we come after, or its beat
 * has stood too long. */
static bool is_free(struct lease *l, const json_t *row, int64_t now)
{
	const int64_t epoch = row_number(row, "epoch");
	const int64_t at = row_number(row, "beat");
	const char *holder = row_text(row, "holder");
	if (*holder == '\0' || strcmp(holder, l->holder) == 0)
		return true;
	if (l->seen_ms == 0 || epoch != l->seen_epoch || at != l->seen_beat) {
		l->seen_epoch = epoch;
		l->seen_beat = at;
		l->seen_ms = now;
	}
	return now - l->seen_ms >= l->dead_ms;
}

static bool take(struct db *db, struct lease *l, int64_t now, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	int64_t epoch = 0;
	if (!db_begin(db, &tx, e))
		return false;
	json_t *rows = db_rows(db, a, e, "SELECT holder, epoch, beat FROM lease WHERE name = $1",
			       db_text(l->name));
	if (!rows)
		return false;
	/* within the transaction: it may have lived meanwhile */
	if (json_array_size(rows) > 0 && !is_free(l, json_array_get(rows, 0), now))
		return true;
	if (!db_number(db, e, &epoch,
		       "INSERT INTO lease (name, holder, epoch, beat) VALUES ($1, $2, 1, 0)"
		       " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
		       " epoch = lease.epoch + 1, beat = 0 RETURNING epoch",
		       db_text(l->name), db_text(l->holder)) ||
	    !db_commit(&tx, e))
		return false;
	l->epoch = epoch;
	l->beaten_ms = now;
	return true;
}

/* Looking does not keep others from writing. */
static bool look(struct db *db, struct lease *l, int64_t now, bool *ret_free, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	json_t *rows = db_rows(db, a, e, "SELECT holder, epoch, beat FROM lease WHERE name = $1",
			       db_text(l->name));
	if (!rows)
		return false;
	*ret_free = json_array_size(rows) == 0 || is_free(l, json_array_get(rows, 0), now);
	return true;
}

bool lease_keep(struct db *db, struct lease *l, bool *ret_mine, struct err *e)
{
	const int64_t now = clock_monotonic_ms();
	bool free = false;
	*ret_mine = false;
	db_fence(db, NULL, 0);
	if (l->epoch != 0 && now - l->beaten_ms >= l->dead_ms / LEASE_BEATS && !beat(db, l, now, e))
		return false;
	if (l->epoch == 0 && (!look(db, l, now, &free, e) || (free && !take(db, l, now, e))))
		return false;
	*ret_mine = l->epoch != 0;
	if (*ret_mine)
		db_fence(db, l->name, l->epoch);
	return true;
}

bool lease_require(struct db *db, const struct lease *l, struct err *e)
{
	bool held = false;
	return db_exists(db, e, &held, "SELECT 1 FROM lease WHERE name = $1 AND epoch = $2",
			 db_text(l->name), db_int(l->epoch)) &&
	       (held || err_set(e, ERR_BUSY, "error.lease", "another process has taken over"));
}

bool lease_was_lost(struct lease *l, const struct err *e)
{
	if (strcmp(e->key, "error.lease") != 0)
		return false;
	l->epoch = 0;
	l->seen_ms = 0;
	return true;
}

void lease_give(struct db *db, struct lease *l)
{
	struct err e = { 0 };
	db_fence(db, NULL, 0);
	/* if it cannot be given back it ends by itself */
	if (l->epoch != 0 && !db_exec(db, &e, NULL,
				      "UPDATE lease SET holder = '' WHERE name = $1"
				      " AND epoch = $2 AND holder = $3",
				      db_text(l->name), db_int(l->epoch), db_text(l->holder)))
		err_clear(&e);
	l->epoch = 0;
}

#include "backup/backup.h"

#include "base/io.h"
#include "db/copy.h"
#include "db/row.h"
#include "sign/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A copy on its way: folders of it that have to go if it does not arrive. */
struct making {
	const struct backup_plan *plan;
	struct arena *arena;
	struct manifest manifest;
	const char *part;  /* becomes the copy; "" before it is there                    */
	const char *work;  /* of the plain database while a sealed copy is made; "" none */
	const char *plain; /* the database                                                */
	int lock, part_hold, work_hold;
};

static void let_go(struct making *m)
{
	struct err why = { 0 };
	/* what cannot be removed the next one removes */
	if (*m->part && !disk_remove(m->part, &why))
		err_clear(&why);
	if (*m->work && !disk_remove(m->work, &why))
		err_clear(&why);
	io_close(&m->part_hold);
	io_close(&m->work_hold);
	io_close(&m->lock);
}

/* ---- before anything is written -------------------------------------------------------------- */

bool backup_fits(const char *folder, int64_t size, struct err *e)
{
	int64_t left = 0;
	if (!disk_left(folder, &left, e))
		return false;
	return left - BACKUP_SPARE >= size ||
	       err_set(e, ERR_SYSTEM, "backup.error.full",
		       "%.150s has %lld bytes left, a copy takes %lld and %d stay free", folder,
		       (long long)left, (long long)size, BACKUP_SPARE);
}

static bool may_begin(struct db *db, const struct making *m, const char *beside, struct err *e)
{
	int64_t size = 0;
	if (m->plan->key && !m->plan->seal)
		return err_set(e, ERR_INPUT, "backup.error.key_open",
			       "the key lies in no copy that everybody can read");
	if (!db_size(db, &size, e))
		return false;
	return backup_fits(m->plan->to, m->plan->seal ? sealed_size(size) : size, e) &&
	       (!m->plan->seal || backup_fits(beside, size, e));
}

/* ---- the copy -------------------------------------------------------------------------------- */

enum { SCHEMA_CHECKPOINT = 25, SCHEMA_FILE = 40, STEPS = 4 };

static bool describe(struct db *db, struct making *m, struct err *e)
{
	struct manifest *x = &m->manifest;
	const json_t *rows = db_rows(db, m->arena, e, "SELECT fingerprint FROM service_key");
	if (!rows ||
	    !db_number(db, e, &x->schema, "SELECT COALESCE(MAX(number), 0) FROM schema_done"))
		return false;
	const json_t *notes = NULL;
	/* a database of before there were checkpoints has no such table */
	if (x->schema >= SCHEMA_CHECKPOINT) {
		notes = db_rows(db, m->arena, e,
				"SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1");
		if (!notes)
			return false;
	}
	if (x->schema >= SCHEMA_FILE && !manifest_objects(db, x, e))
		return false;
	x->installation = row_text(json_array_get(rows, 0), "fingerprint");
	x->checkpoint = row_text(json_array_get(notes, 0), "note");
	return journal_state(db, -1, &x->journal, e) && manifest_rows(db, m->arena, x->rows, e);
}

/* What the manifest tells and what is copied are of one moment. */
static bool copy_database(struct db *db, struct making *m, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	const struct teller *teller = m->plan->teller;
	teller_tell(teller, "counts the rows", 0, STEPS);
	if (!db_begin_snapshot(db, &tx, e) || !describe(db, m, e))
		return false;
	teller_tell(teller, "copies the database", 1, STEPS);
	return db_copy(db, m->plain, e);
}

/* One file into a new one, sealed; on disk. */
static bool seal(const char *from, const char *to, const unsigned char *key, struct err *e)
{
	CLEANUP(io_close) const int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(io_close)
	const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (in < 0 || out < 0)
		return err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", in < 0 ? from : to,
			       strerror(errno));
	return sealed_write(in, out, key, e) &&
	       (fsync(out) == 0 ||
		err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", to, strerror(errno)));
}

static bool fill(struct db *db, struct making *m, struct err *e)
{
	const struct backup_plan *plan = m->plan;
	struct manifest *x = &m->manifest;
	const char *file =
		arena_print(m->arena, "%s/%s", m->part, x->sealed ? BACKUP_SEALED : BACKUP_PLAIN);
	m->plain = x->sealed ? arena_print(m->arena, "%s/" BACKUP_PLAIN, m->work) : file;
	if (!copy_database(db, m, e))
		return false;
	if (x->sealed)
		teller_tell(plan->teller, "seals the copy", 2, STEPS);
	if ((x->sealed && !seal(m->plain, file, plan->seal, e)) ||
	    (plan->key &&
	     !seal(plan->key, arena_print(m->arena, "%s/" BACKUP_KEY, m->part), plan->seal, e)))
		return false;
	teller_tell(plan->teller, "brings it to the disk", 3, STEPS);
	return disk_sync(file, e) && disk_hash(file, x->hash, &x->size, e) &&
	       manifest_write(m->arena, x, m->part, e) && disk_sync(m->part, e);
}

/* One rename: either there is the whole copy or none. */
static bool arrive(struct making *m, struct err *e)
{
	m->manifest.name = manifest_name(m->arena, &m->manifest);
	const char *place = arena_print(m->arena, "%s/%s", m->plan->to, m->manifest.name);
	if (rename(m->part, place) != 0)
		return err_set(e, errno == ENOTEMPTY || errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM,
			       "error.conflict", "%.180s: %s", place, strerror(errno));
	m->part = "";
	return disk_sync(m->plan->to, e);
}

bool backup_make(struct db *db, struct arena *a, const struct backup_plan *plan,
		 struct manifest *ret, struct err *e)
{
	const char *beside = plan->work ? plan->work : disk_folder(a, plan->database);
	CLEANUP(let_go)
	struct making m = { .plan = plan,
			    .arena = a,
			    .part = "",
			    .work = "",
			    .lock = -1,
			    .part_hold = -1,
			    .work_hold = -1 };
	m.manifest.made_ms = plan->now_ms;
	m.manifest.sealed = plan->seal != NULL;
	m.manifest.with_key = plan->key != NULL;
	if (!disk_hold(plan->to, &m.lock, e))
		return false;
	disk_remove_left(a, plan->to, BACKUP_PART);
	if (plan->seal)
		disk_remove_left(a, beside, BACKUP_PART);
	if (!may_begin(db, &m, beside, e) ||
	    !disk_new_folder(a, plan->to, BACKUP_PART, &m.part, &m.part_hold, e) ||
	    (plan->seal && !disk_new_folder(a, beside, BACKUP_PART, &m.work, &m.work_hold, e)) ||
	    !fill(db, &m, e) || !arrive(&m, e))
		return false;
	*ret = m.manifest;
	return true;
}

/* ---- what stays ------------------------------------------------------------------------------ */

/* The same installation: its journals begin with the same entry. */
static bool is_ours(const struct manifest *m, const struct manifest *newest)
{
	return memcmp(m->journal.first, newest->journal.first, JOURNAL_HASH_SIZE) == 0;
}

bool backup_prune(struct arena *a, const char *folder, const struct manifest *newest,
		  const struct keep *keep, json_t **ret_removed, struct err *e)
{
	struct manifest *list = NULL;
	size_t all = 0;
	size_t count = 0;
	json_t *removed = json_array();
	json_in_arena(a, removed);
	if (!manifest_list(a, folder, &list, &all, e))
		return false;
	for (size_t i = 0; i < all; i++) {
		if (is_ours(&list[i], newest))
			list[count++] = list[i];
	}
	int64_t *made_ms = arena_array(a, count + 1, sizeof(*made_ms));
	bool *stays = arena_array(a, count + 1, sizeof(*stays));
	for (size_t i = 0; i < count; i++)
		made_ms[i] = list[i].made_ms;
	keep_which(keep, made_ms, count, stays);
	for (size_t i = 0; i < count; i++) {
		if (stays[i] || strcmp(list[i].name, newest->name) == 0)
			continue;
		/* it stops being a copy at once, and what is left of it is removed at the latest by
		 * the next */
		const char *place = arena_print(a, "%s/%s", folder, list[i].name);
		const char *part = arena_print(a, "%s/" BACKUP_PART "%s", folder, list[i].name);
		if (rename(place, part) != 0)
			return err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", place,
				       strerror(errno));
		if (!disk_remove(part, e))
			return false;
		(void)json_array_append_new(removed, json_string(list[i].name));
	}
	*ret_removed = removed;
	return true;
}

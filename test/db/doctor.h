/* doctor.h - what somebody with the database in hand does before he changes the journal: the
 * triggers that guard it go (F88: what is found is the change, not the guard). */
#pragma once
#include "db/db.h"

/* Of all tables of the log. */
bool doctor_unguard(struct db *db, struct err *e) MUST_USE;
/* Of one that a migration has made @append_only. */
bool doctor_unguard_table(struct db *db, const char *table, struct err *e) MUST_USE;
/* Rows of `table` may point to nothing from here on. */
bool doctor_unbind(struct db *db, const char *table, struct err *e) MUST_USE;

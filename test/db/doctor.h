/* doctor.h - what somebody with the database file does before he changes the journal: the triggers
 * that guard it go (F88: what is found is the change, not the guard). */
#pragma once
#include "db/db.h"

bool doctor_unguard(struct db *db, struct err *e) MUST_USE;

/* tell.h - a word to the other processes over the database (db_notify()), in a transaction of its
 * own: nothing that must not be missed. */
#pragma once
#include "db/db.h"

bool tell_nodes(struct db *db, const char *channel, const char *text, struct err *e) MUST_USE;

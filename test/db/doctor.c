#include "doctor.h"

#include "db/driver.h"
#include "test_db.h"

#include <stdio.h>

enum { SQL_SIZE = 256 };

bool doctor_unguard_table(struct db *db, const char *table, struct err *e)
{
	char sql[SQL_SIZE];
	(void)snprintf(sql, sizeof(sql),
		       test_db_is_server() ? "ALTER TABLE %1$s DISABLE TRIGGER USER"
					   : "DROP TRIGGER IF EXISTS %1$s_no_update;"
					     "DROP TRIGGER IF EXISTS %1$s_no_delete",
		       table);
	return db->driver->script(db, sql, e);
}

bool doctor_unguard(struct db *db, struct err *e)
{
	static const char *const table[] = {
		"journal_entry", "journal_content", "journal_tile",
		"checkpoint",    "log_identity",    "witness_signature"
	};
	for (size_t i = 0; i < COUNT(table); i++) {
		if (!doctor_unguard_table(db, table[i], e))
			return false;
	}
	return true;
}

bool doctor_unbind(struct db *db, const char *table, struct err *e)
{
	char sql[SQL_SIZE];
	(void)snprintf(sql, sizeof(sql),
		       test_db_is_server() ? "ALTER TABLE %1$s DISABLE TRIGGER ALL;"
					     "ALTER TABLE %1$s ENABLE TRIGGER USER"
					   : "PRAGMA foreign_keys = OFF",
		       table);
	return db->driver->script(db, sql, e);
}

#include "doctor.h"

bool doctor_unguard(struct db *db, struct err *e)
{
	return db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS journal_entry_no_update") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS journal_entry_no_delete") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS journal_content_no_update") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS journal_content_no_delete") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS journal_tile_no_update") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS journal_tile_no_delete") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS checkpoint_no_update") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS checkpoint_no_delete") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS witness_signature_no_update") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS witness_signature_no_delete") &&
	       db_exec(db, e, NULL, "DROP TRIGGER IF EXISTS log_identity_no_update");
}

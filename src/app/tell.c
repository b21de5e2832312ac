#include "app/tell.h"

bool tell_nodes(struct db *db, const char *channel, const char *text, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	return db_begin(db, &tx, e) && db_notify(db, channel, text, e) && db_commit(&tx, e);
}

/* verify_log.c - checkpoints that were kept outside, and those and the tiles that are kept in the
 * database, against the entries (F86, F88). */
#include "app/verify/verify.h"

#include "journal/log_verify.h"

#include <string.h>

bool verify_log(const struct act *act, const struct verify_checkpoint *outside, size_t count,
		struct verify_report *r, struct err *e)
{
	struct log_want *want = arena_array(act->arena, count + 1, sizeof(*want));
	struct log_report log = { .why = "" };
	for (size_t i = 0; i < count; i++)
		want[i].size = (uint64_t)outside[i].size;
	if (!log_verify(act->db, want, count, &log, e))
		return false;
	r->checkpoints = log.checkpoints + (int64_t)count;
	for (size_t i = 0; i < count; i++) {
		if (!want[i].found)
			verify_found(r, "checkpoint", "checkpoint", outside[i].size,
				     "the journal does not reach as far as the checkpoint");
		else if (memcmp(want[i].root.bytes, outside[i].root, TREE_HASH_SIZE) != 0)
			verify_found(r, "checkpoint", "checkpoint", outside[i].size,
				     "the journal is not the one that the checkpoint tells of");
	}
	if (log.broken)
		verify_found(r, "checkpoint", "log", log.at, log.why);
	return true;
}

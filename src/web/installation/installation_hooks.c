/* installation_hooks.c - webhooks that stand. */
#include "app/hook/outbox.h"
#include "web/installation/installation.h"

enum { STANDS_MS = 60 * 60 * 1000, SILENT_MS = 10 * 60 * 1000 };

/* An hour is more than the first five pauses (hook_pause_ms()): the receiver is away, or ours is.
 */
static bool look_at_waiting(struct installation *c, struct err *e)
{
	int64_t waiting = 0;
	int64_t seen_ms = 0;
	if (!db_number(c->base, e, &waiting,
		       "SELECT COUNT(*) FROM hook_delivery d JOIN hook h ON h.id = d.hook_id"
		       " WHERE d.state = 'queued' AND h.state = 'on' AND d.created_ms < $1",
		       db_int(c->now_ms - STANDS_MS)) ||
	    !db_number(c->base, e, &seen_ms, "SELECT COALESCE(MAX(seen_ms), 0) FROM hook_service"))
		return false;
	const char *what = seen_ms < c->now_ms - SILENT_MS ? "hooks_away" : "hooks_stand";
	return waiting == 0 ||
	       installation_find(c, LEVEL_WARNING, what,
				 arena_print(c->arena, "%lld", (long long)waiting), e);
}

/* What was turned off by itself, and nobody has looked since. */
static bool look_at_stopped(struct installation *c, struct err *e)
{
	int64_t stopped = 0;
	return db_number(c->base, e, &stopped,
			 "SELECT COUNT(*) FROM hook WHERE state = 'off' AND why <> ''") &&
	       (stopped == 0 ||
		installation_find(c, LEVEL_WARNING, "hooks_stopped",
				  arena_print(c->arena, "%lld", (long long)stopped), e));
}

bool installation_hooks(struct installation *c, struct err *e)
{
	return look_at_waiting(c, e) && look_at_stopped(c, e);
}

#include "law/mark.h"

const char *mark_state_name(enum mark_state state)
{
	static const char *const name[] = { "none", "sealed", "ready" };
	return name[state];
}

enum mark_state mark_state(const struct marker *markers, size_t count)
{
	int marked = 0;
	int waited_for = 0;
	for (size_t i = 0; i < count; i++) {
		const struct marker *m = &markers[i];
		if (!m->present || m->conflicted)
			continue;
		marked += m->marked;
		waited_for += !m->marked && !m->excused;
	}
	if (marked == 0)
		return MARK_NONE;
	return waited_for > 0 ? MARK_SEALED : MARK_READY;
}

bool mark_within(const struct mark_scale *scale, int64_t mark)
{
	return mark >= scale->least && mark <= scale->most;
}

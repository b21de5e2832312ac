#include "exam/key.h"

#include <string.h>

static const char *const names[] = { "rejected", "key", "void" };

struct key key_of(int answer)
{
	return (struct key){ 1U << answer, false };
}

struct key key_after(struct key before, const struct key_finding *finding, int options,
		     struct key_rule rule)
{
	struct key after = before;
	if (finding->kind == FINDING_VOID) {
		after.right = (1U << options) - 1;
		after.blank = rule.for_all;
	} else if (finding->kind == FINDING_KEY && rule.replaces) {
		after = key_of(finding->answer);
	} else if (finding->kind == FINDING_KEY) {
		after.right |= 1U << finding->answer;
	}
	return after;
}

bool key_takes(struct key key, int option)
{
	return option == NO_OPTION ? key.blank : (key.right >> option & 1U) != 0;
}

const char *finding_name(enum finding_kind kind)
{
	return names[kind];
}

bool finding_of(const char *name, enum finding_kind *ret)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum finding_kind)i;
			return true;
		}
	}
	return false;
}

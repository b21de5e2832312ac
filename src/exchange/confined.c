#include "exchange/confined.h"

#include "base/confine.h"
#include "exchange/wire.h"

#include <stdio.h>

/* Its size, then as much. */
static bool listen_to(struct arena *a, struct confine_child *c, const void **ret, size_t *ret_size)
{
	uint32_t size = 0;
	if (!confine_take(c, &size, sizeof(size)) || size > WIRE_MOST)
		return false;
	void *bytes = arena_alloc(a, size);
	*ret = bytes;
	*ret_size = size;
	return confine_take(c, bytes, size);
}

bool exchange_read_within(struct arena *a, const void *bytes, size_t size,
			  const struct exchange_options *options, int64_t most_ms,
			  struct exchange_set *ret, struct err *e)
{
	char name[] = "konkurs";
	char command[] = "read-questions";
	char *language = arena_copy(a, options->language);
	char *of_act = arena_copy(a, options->act);
	char *const argv[] = { name, command, language, of_act, NULL };
	struct confine_child c = { 0 };
	const void *said = NULL;
	size_t said_size = 0;
	if (!confine_start(&c, argv, bytes, size, most_ms, e))
		return false;
	const bool told = listen_to(a, &c, &said, &said_size);
	const enum confine_end end = confine_finish(&c);
	if (told)
		return wire_read(a, said, said_size, ret, e);
	return end == CONFINE_TOO_MUCH
		       ? err_input(e, "file", "exchange.error.effort", "too much time or memory")
		       : err_input(e, "file", "exchange.error.broken", "the child broke off");
}

bool exchange_read_confined(struct arena *a, const void *bytes, size_t size,
			    const struct exchange_options *options, struct exchange_set *ret,
			    struct err *e)
{
	return exchange_read_within(a, bytes, size, options, EXCHANGE_WALL_MS, ret, e);
}

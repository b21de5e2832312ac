#include "web/access/second.h"

#include "web/access/sign_in.h"
#include "web/row.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char ending[] = "_password";

/* The name of the select: what stands before "_password" among the parameters of the route. */
static const char *name_of(const struct req *r)
{
	for (const struct param *p = r->route->params; p->name; p++) {
		const size_t size = strlen(p->name);
		if (p->type == P_SECRET && size >= sizeof(ending) &&
		    strcmp(p->name + size - (sizeof(ending) - 1), ending) == 0)
			return arena_print(r->arena, "%.*s", (int)(size - (sizeof(ending) - 1)),
					   p->name);
	}
	assert(!"a route with SECOND_PARAMS");
	return "";
}

static const char *text_of(const struct req *r, const char *more)
{
	return in_text(r, arena_print(r->arena, "%s%s", name_of(r), more));
}

bool second_slow(struct req *r, struct err *e)
{
	struct second s = { 0 };
	char hex[RECOVERY_HASH_SIZE * 2 + 1] = "";
	if (!second_prove(r->db, r->arena, in_int(r, name_of(r)), text_of(r, ending),
			  text_of(r, "_code"), &s, e))
		return false;
	if (s.on_paper)
		(void)sodium_bin2hex(hex, sizeof(hex), s.paper, sizeof(s.paper));
	if (!r->found) {
		r->found = json_object();
		json_in_arena(r->arena, r->found);
	}
	(void)json_object_set_new(r->found, "second_right", json_boolean(s.right));
	(void)json_object_set_new(r->found, "second_paper", json_string(hex));
	return true;
}

bool second_read(struct req *r, struct second *ret, struct err *e)
{
	const char *hex = row_text(r->found, "second_paper");
	struct second s = { .person_id = in_int(r, name_of(r)),
			    .right = json_is_true(json_object_get(r->found, "second_right")),
			    .code = text_of(r, "_code"),
			    .free = sign_in_free(r) };
	s.on_paper = *hex && sodium_hex2bin(s.paper, sizeof(s.paper), hex, strlen(hex), NULL, NULL,
					    NULL) == 0;
	if (!device_find(r->db, r->device_token, s.person_id, &s.device, e))
		return false;
	*ret = s;
	return true;
}

bool second_refused(struct req *r, const struct second *second, struct err *e)
{
	const struct act act = req_act(r);
	const size_t size = strlen("second");
	char rest[sizeof(e->field)];
	if (strncmp(e->field, "second", size) == 0) {
		(void)snprintf(rest, sizeof(rest), "%s", e->field + size);
		(void)snprintf(e->field, sizeof(e->field), "%s%.40s", name_of(r), rest);
	}
	if (!second_is_guess(e))
		return false;
	sign_in_guessed(r);
	r->refused = *e;
	err_clear(e);
	return second_count(&act, second, &r->refused, e);
}

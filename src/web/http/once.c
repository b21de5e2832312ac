#include "web/http/once.h"

#include "app/form_done.h"

#include <sodium.h>
#include <string.h>

enum { KEY_BYTES = 32 };

void once_make(char ret[ONCE_SIZE])
{
	unsigned char random[(ONCE_SIZE - 1) / 2];
	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(ret, ONCE_SIZE, random, sizeof(random));
}

/* With its length, so that one value does not run into the next. */
static void add(crypto_generichash_state *state, const void *bytes, size_t size)
{
	(void)crypto_generichash_update(state, (const unsigned char *)&size, sizeof(size));
	(void)crypto_generichash_update(state, bytes, size);
}

/* Of whoever sends it, where, and every word; NULL for what has no number. */
static const char *key_of(const struct call *c)
{
	unsigned char key[KEY_BYTES];
	char *text = arena_alloc(c->arena, KEY_BYTES * 2 + 1);
	crypto_generichash_state state;
	const struct field *once = form_find(&c->fields, ONCE_FIELD);
	if (!once || once->size == 0 || c->to_language || call_wants_json(c))
		return NULL;
	(void)crypto_generichash_init(&state, c->site->key, sizeof(c->site->key), sizeof(key));
	add(&state, c->in.path, strlen(c->in.path));
	add(&state, c->csrf, strlen(c->csrf));
	for (size_t i = 0; i < c->fields.count; i++) {
		const struct field *f = &c->fields.list[i];
		const char *file = f->file_name ? f->file_name : "";
		add(&state, f->name, strlen(f->name));
		add(&state, file, strlen(file));
		add(&state, f->bytes, f->size);
	}
	(void)crypto_generichash_final(&state, key, sizeof(key));
	return sodium_bin2hex(text, KEY_BYTES * 2 + 1, key, sizeof(key));
}

bool once_before(struct call *c, bool *ret_done, struct err *e)
{
	const struct act act = req_act(&c->req);
	const char *key = key_of(c);
	struct form_done done = { 0 };
	*ret_done = false;
	if (!key)
		return true;
	if (!form_done_find(&act, key, &done, ret_done, e))
		return false;
	if (*ret_done) {
		c->req.redirect = done.location;
		c->req.notice = done.notice;
	}
	return true;
}

/* Whether all that it leaves is a place to go to. */
static bool repeats(const struct call *c)
{
	const struct req *r = &c->req;
	return r->redirect && r->refused.kind == ERR_NONE && !r->new_session && !r->new_csrf &&
	       !r->new_step && !r->new_device;
}

bool once_after(const struct call *c, struct err *e)
{
	const struct act act = req_act(&c->req);
	const char *key = repeats(c) ? key_of(c) : NULL;
	const struct form_done done = { c->req.redirect, c->req.notice };
	return !key || form_done_note(&act, key, &done, e);
}

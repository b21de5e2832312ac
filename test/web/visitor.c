#include "visitor.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct visitor visitor_new(struct harness *h, const char *address)
{
	return (struct visitor){ .h = h, .address = address, .host = "konkurs.test" };
}

const char *visitor_cookie(const struct visitor *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++) {
		if (strcmp(v->name[i], name) == 0 && *v->value[i])
			return v->value[i];
	}
	return NULL;
}

static void put(struct visitor *v, const char *name, const char *value)
{
	for (size_t i = 0; i < v->count; i++) {
		if (strcmp(v->name[i], name) == 0) {
			v->value[i] = value;
			return;
		}
	}
	assert_true(v->count < VISITOR_COOKIES);
	v->name[v->count] = name;
	v->value[v->count++] = value;
}

void visitor_drop(struct visitor *v, const char *name)
{
	put(v, name, "");
}

static const char *jar(const struct visitor *v)
{
	struct buf out = buf_on(v->h->arena);
	for (size_t i = 0; i < v->count; i++) {
		if (*v->value[i])
			buf_print(&out, "%s%s=%s", out.length ? "; " : "", v->name[i], v->value[i]);
	}
	return out.text;
}

static void keep(struct visitor *v, const struct http_out *out)
{
	for (size_t i = 0; i < out->header_count; i++) {
		const char *text = out->header[i].value;
		if (strcmp(out->header[i].name, "Set-Cookie") != 0)
			continue;
		const size_t name = strcspn(text, "=");
		put(v, arena_copy_n(v->h->arena, text, name),
		    arena_copy_n(v->h->arena, text + name + 1, strcspn(text + name + 1, ";")));
	}
}

static struct answer send_as(struct visitor *v, const char *method, const char *path,
			     const char *type, const void *body, size_t body_size)
{
	const size_t size = strcspn(path, "?");
	const struct http_in in = {
		.method = method,
		.path = arena_copy_n(v->h->arena, path, size),
		.query = path[size] ? path + size + 1 : NULL,
		.host = v->host,
		.user_agent = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0",
		.cookie = jar(v),
		.accept = v->html ? "text/html" : "application/json",
		.content_type = type,
		.body = body,
		.size = body_size,
		.address = v->address,
	};
	struct answer a = harness_send(v->h, &in);
	keep(v, a.out);
	return a;
}

static struct answer send(struct visitor *v, const char *method, const char *path, const char *body)
{
	return send_as(v, method, path, "application/x-www-form-urlencoded", body, strlen(body));
}

struct answer visitor_get(struct visitor *v, const char *path)
{
	return send(v, "GET", path, "");
}

/* A page for everybody, which is JSON: the token and, the first time, the cookie to it. */
static const char *token_of(struct visitor *v)
{
	const bool html = v->html;
	v->html = false;
	struct answer page = send(v, "GET", "/sign-in", "");
	if (v->count == 0 || !visitor_cookie(v, COOKIE_VISITOR)) {
		v->html = true;
		(void)send(v, "GET", "/sign-in", "");
		v->html = false;
		page = send(v, "GET", "/sign-in", "");
	}
	v->html = html;
	return answer_text(&page, "page.csrf");
}

struct answer visitor_post(struct visitor *v, const char *path, const char *form)
{
	return send(v, "POST", path,
		    arena_print(v->h->arena, "csrf=%s%s%s", token_of(v), *form ? "&" : "", form));
}

struct answer visitor_upload(struct visitor *v, const char *path, const char *form,
			     const char *field, const char *file_name, const void *bytes,
			     size_t size)
{
	const struct buf body =
		harness_parts(v->h, token_of(v), form, field, file_name, bytes, size);
	return send_as(v, "POST", path, HARNESS_PARTS, body.text, body.length);
}

const char *visitor_account(struct harness *h, int64_t person)
{
	struct err e = { 0 };
	char hash[crypto_pwhash_STRBYTES];
	const char *iin = NULL;
	assert_int_equal(crypto_pwhash_str(hash, VISITOR_PASSWORD, strlen(VISITOR_PASSWORD),
					   crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN),
			 0);
	assert_true(db_exec(h->site.db, &e, NULL,
			    "INSERT INTO account (person_id, password) VALUES ($1, $2)",
			    db_int(person), db_text(hash)));
	assert_true(db_string(h->site.db, h->arena, &e, &iin,
			      "SELECT iin FROM person WHERE id = $1", db_int(person)));
	return iin;
}

const char *visitor_form(struct harness *h, const char *iin, const char *password)
{
	return arena_print(h->arena, "iin=%s&password=%s&back=/account", iin,
			   http_encode(h->arena, password));
}

void visitor_secret(const char *base32, unsigned char ret[TOTP_SECRET_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint64_t bits = 0;
	int have = 0;
	size_t size = 0;
	for (; *base32; base32++) {
		const char *at = strchr(letters, *base32);
		assert_non_null(at);
		bits = (bits << 5) | (uint64_t)(at - letters);
		have += 5;
		if (have >= 8 && size < TOTP_SECRET_SIZE) {
			have -= 8;
			ret[size++] = (unsigned char)(bits >> have);
		}
	}
	assert_int_equal(size, TOTP_SECRET_SIZE);
}

/* pg_doors.c - what a URL says, before a connection is made: for a fence, and for people. */
#include "base/buf.h"
#include "db/db.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static const char *option(const PQconninfoOption *options, const char *name)
{
	for (; options->keyword; options++) {
		if (strcmp(options->keyword, name) == 0)
			return options->val ? options->val : "";
	}
	return "";
}

/* The n-th of a list with commas, "" if there is none; a list of one is for all. */
static const char *part(struct arena *a, const char *list, size_t n)
{
	if (!strchr(list, ','))
		return list;
	for (; n > 0 && *list; n--) {
		list += strcspn(list, ",");
		list += *list == ',';
	}
	return arena_copy_n(a, list, strcspn(list, ","));
}

static size_t count_of(const char *list)
{
	size_t count = 1;
	for (; *list; list++)
		count += *list == ',';
	return count;
}

/* A host that begins with '/' is a folder with a socket, one with '@' a socket without a file. */
static void add_ports(struct arena *a, const PQconninfoOption *options, struct db_doors *ret)
{
	const char *host = option(options, *option(options, "hostaddr") ? "hostaddr" : "host");
	const char *port = option(options, "port");
	for (size_t i = 0; *host && i < count_of(host) && ret->port_count < DB_DOORS_MOST; i++) {
		const char *one = part(a, host, i);
		const long number = strtol(part(a, port, i), NULL, 10);
		if (*one && *one != '/' && *one != '@')
			ret->port[ret->port_count++] = number > 0 && number <= UINT16_MAX
							       ? (uint16_t)number
							       : (uint16_t)5432;
	}
}

static void add_files(struct arena *a, const PQconninfoOption *options, struct db_doors *ret)
{
	static const char *const named[] = { "sslrootcert", "sslcert",   "sslkey",
					     "sslcrl",      "sslcrldir", "passfile" };
	static const char *const own[] = { ".pgpass", ".postgresql" };
	const char *home = getenv("HOME");
	for (size_t i = 0; i < COUNT(named); i++) {
		const char *file = option(options, named[i]);
		if (*file == '/')
			ret->file[ret->file_count++] = arena_copy(a, file);
	}
	for (size_t i = 0; home && *home == '/' && i < COUNT(own); i++)
		ret->file[ret->file_count++] = arena_print(a, "%s/%s", home, own[i]);
}

bool db_doors(const char *where, struct arena *a, struct db_doors *ret, struct err *e)
{
	*ret = (struct db_doors){ .port_count = 0 };
	if (!db_is_server(where))
		return true;
	/* What the URL does not say, the environment or the library does; each has its say here. */
	PQconninfoOption *given = PQconninfoParse(where, NULL);
	PQconninfoOption *usual = PQconndefaults();
	const bool ok = given && usual;
	for (PQconninfoOption *o = given; ok && o->keyword; o++) {
		const char *else_said = option(usual, o->keyword);
		if (!o->val && *else_said)
			o->val = strdup(else_said);
	}
	if (ok) {
		add_ports(a, given, ret);
		add_files(a, given, ret);
	}
	PQconninfoFree(given);
	PQconninfoFree(usual);
	return ok || err_set(e, ERR_INPUT, "error.database.url", "that is no URL of a database");
}

const char *db_shown(const char *where, struct arena *a)
{
	static const char mark[] = "password=";
	if (!db_is_server(where))
		return where;
	struct buf out = buf_on(a);
	const char *host = strstr(where, "://") + strlen("://");
	const char *at = memchr(host, '@', strcspn(host, "/?"));
	const char *colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
	buf_add_n(&out, where, (size_t)((colon ? colon : host) - where));
	for (const char *rest = colon ? at : host; *rest;) {
		const char *secret = strstr(rest, mark);
		buf_add_n(&out, rest, secret ? (size_t)(secret - rest) : strlen(rest));
		rest = secret ? secret + strcspn(secret, "&") : "";
	}
	return out.text;
}

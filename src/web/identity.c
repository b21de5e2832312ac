/* identity.c - who asks, what they are, in which language, and whether a form is ours. */
#include "web/call.h"

#include <sodium.h>
#include <string.h>

enum { VISITOR_BYTES = 16 };

/* ---- language -------------------------------------------------------------- */

static const char *language_of(const char *text, size_t size)
{
	static const char *const known[] = { "kk", "ru", "en" };
	for (size_t i = 0; i < COUNT(known); i++) {
		if (size >= 2 && strncmp(text, known[i], 2) == 0 &&
		    (size == 2 || text[2] == '-' || text[2] == ';'))
			return known[i];
	}
	return NULL;
}

/* The first language of ours in an Accept-Language header: browsers list them by rank. */
static const char *accepted_language(const char *header)
{
	while (header && *header) {
		header += strspn(header, " ,");
		size_t size = strcspn(header, " ,");
		const char *found = language_of(header, size);
		if (found)
			return found;
		header += size;
	}
	return NULL;
}

static const char *choose_language(const struct call *c)
{
	const char *cookie = http_cookie(c->arena, c->in.cookie, COOKIE_LANGUAGE);
	const char *found = cookie ? language_of(cookie, strlen(cookie)) : NULL;
	if (!found)
		found = language_of(c->session.language, strlen(c->session.language));
	if (!found)
		found = accepted_language(c->in.accept_language);
	return found ? found : "kk";
}

/* ---- roles ----------------------------------------------------------------- */

static unsigned role_bit(const char *name, size_t size)
{
	static const struct {
		const char *name;
		unsigned role;
	} row[] = {
		{ ROLE_NAME_HR, ROLE_HR },
		{ ROLE_NAME_SECURITY, ROLE_SECURITY },
		{ ROLE_NAME_POLYGRAPH, ROLE_POLYGRAPH },
		{ ROLE_NAME_PSYCHO, ROLE_PSYCHO },
		{ ROLE_NAME_OPERATOR, ROLE_OPERATOR },
		{ ROLE_NAME_AUDITOR, ROLE_AUDITOR },
		{ ROLE_NAME_ADMIN, ROLE_ADMIN },
		{ ROLE_NAME_BODY, ROLE_BODY },
		{ ROLE_NAME_AUTHOR, ROLE_AUTHOR },
		{ ROLE_NAME_REVIEWER, ROLE_REVIEWER },
		{ ROLE_NAME_APPROVER, ROLE_APPROVER },
		{ ROLE_NAME_KEEPER, ROLE_KEEPER },
		/* of commission_member, R41-1 to R41-3 */
		{ "chair", ROLE_MEMBER },
		{ "member", ROLE_MEMBER },
		{ "secretary", ROLE_SECRETARY },
		{ "invited", ROLE_INVITED },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (strlen(row[i].name) == size && memcmp(row[i].name, name, size) == 0)
			return row[i].role;
	}
	return 0;
}

static bool add_role(void *user, const struct db_value *column, size_t count, struct err *e)
{
	unsigned *roles = user;
	(void)count;
	(void)e;
	*roles |= role_bit(column[0].bytes, column[0].size);
	return true;
}

static bool read_roles(struct db *db, int64_t person_id, unsigned *ret, struct err *e)
{
	unsigned roles = ROLE_PUBLIC | ROLE_PERSON;
	if (!db_each(db, e, add_role, &roles,
		     "SELECT role FROM role_grant WHERE person_id = $1 AND revoked_ms IS NULL"
		     " UNION ALL"
		     " SELECT m.role FROM commission_member m"
		     "   JOIN commission c ON c.id = m.commission_id"
		     "  WHERE m.person_id = $1 AND c.state = 'appointed'"
		     "   AND m.left_ms IS NULL",
		     db_int(person_id)))
		return false;
	*ret = roles;
	return true;
}

/* ---- visitors -------------------------------------------------------------- */

/* Somebody who is not signed in has a random cookie; the form token is its keyed hash. */
static void identify_visitor(struct call *c)
{
	const char *cookie = http_cookie(c->arena, c->in.cookie, COOKIE_VISITOR);
	char mac[SITE_MAC_SIZE];
	if (!cookie || strlen(cookie) != (size_t)VISITOR_BYTES * 2) {
		unsigned char random[VISITOR_BYTES];
		char text[VISITOR_BYTES * 2 + 1];
		randombytes_buf(random, sizeof(random));
		(void)sodium_bin2hex(text, sizeof(text), random, sizeof(random));
		cookie = arena_copy(c->arena, text);
		c->visitor_is_new = true;
	}
	site_mac(c->site, "csrf", cookie, mac);
	c->visitor = cookie;
	c->csrf = arena_copy(c->arena, mac);
}

bool call_identify(struct call *c, struct db *db, struct err *e)
{
	struct actor actor = { 0, ROLE_PUBLIC, "" };
	c->token = http_cookie(c->arena, c->in.cookie, COOKIE_SESSION);
	c->session = (struct session){ .name = "", .language = "", .csrf = "" };
	if (c->token && !session_find(db, c->arena, c->token, c->req.now_ms, &c->session, e))
		return false;
	if (c->session.person_id) {
		actor.person_id = c->session.person_id;
		actor.name = c->session.name;
		if (!read_roles(db, actor.person_id, &actor.roles, e))
			return false;
		c->csrf = c->session.csrf;
		c->visitor = "";
	} else {
		identify_visitor(c);
	}
	c->req.actor = actor;
	c->req.session_token = actor.person_id ? c->token : NULL;
	c->req.session_hash = actor.person_id ? c->session.hash : "";
	c->req.language = choose_language(c);
	return true;
}

/* ---- forms ----------------------------------------------------------------- */

/* Whether an Origin header names the host that the request was sent to. */
static bool same_origin(const char *origin, const char *host)
{
	const char *at = strstr(origin, "://");
	return at && host && strcmp(at + 3, host) == 0;
}

bool call_form_is_ours(const struct call *c, struct err *e)
{
	if ((c->in.fetch_site && strcmp(c->in.fetch_site, "same-origin") != 0) ||
	    (c->in.origin && !same_origin(c->in.origin, c->in.host)))
		return err_set(e, ERR_DENIED, "error.origin", "a form of another site");
	const struct field *field = form_find(&c->fields, "csrf");
	const char *sent = field ? field->bytes : c->in.csrf;
	size_t size = strlen(c->csrf);
	if (!sent || strlen(sent) != size || sodium_memcmp(sent, c->csrf, size) != 0)
		return err_set(e, ERR_DENIED, "error.csrf",
			       "the form token is not of this session");
	return true;
}

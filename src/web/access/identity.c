/* identity.c - who asks, what they are, in which language, and whether a form is ours. */
#include "web/http/call.h"

#include "app/access/access.h"
#include "view/catalog.h"

#include <sodium.h>
#include <string.h>

enum { VISITOR_BYTES = 16 };

/* ---- cookies --------------------------------------------------------------- */

/* With the prefix a browser takes it from this very host over TLS alone (ASVS 3.3.3). */
bool call_is_secure(const struct call *c)
{
	return c->site->secure || c->in.secured;
}

const char *call_cookie_name(const struct call *c, const char *name)
{
	return call_is_secure(c) ? arena_print(c->arena, "__Host-%s", name) : name;
}

const char *call_cookie(const struct call *c, const char *name)
{
	return http_cookie(c->arena, c->in.cookie, call_cookie_name(c, name));
}

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
	const char *cookie = call_cookie(c, COOKIE_LANGUAGE);
	const char *found = cookie ? catalog_language(view_catalog(c->site->view), cookie) : NULL;
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

struct reading {
	unsigned roles;
	struct access_limits limits;
};

/* As it stands in role_grant, and of the commissions that are appointed in commission_member. */
static void add_role(void *user, const char *name, size_t size)
{
	struct reading *f = user;
	f->roles |= role_bit(name, size);
	access_add_role(&f->limits, name, size);
}

/* ---- visitors -------------------------------------------------------------- */

/* Somebody who is not signed in has a random cookie; the form token is its keyed hash. */
static void identify_visitor(struct call *c)
{
	const char *cookie = call_cookie(c, COOKIE_VISITOR);
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

/* ---- sessions -------------------------------------------------------------- */

static const struct session no_session = { .name = "", .language = "", .csrf = "", .factor = "" };

/* An office may end a session sooner, and may demand a second factor (app/access/access.h). */
static bool apply_limits(struct call *c, struct db *db, const struct access_limits *limits,
			 struct err *e)
{
	const struct session *s = &c->session;
	bool on = false;
	if (c->req.now_ms - s->seen_ms >= limits->idle_ms ||
	    c->req.now_ms - s->created_ms >= limits->longest_ms) {
		c->session = no_session;
		return true;
	}
	if (limits->second_factor && !*s->factor && !access_factors_on(db, &on, e))
		return false;
	c->must_enrol = on;
	return true;
}

static bool find_session(struct call *c, struct db *db, struct actor *ret, struct err *e)
{
	struct reading f = { ROLE_PUBLIC | ROLE_PERSON, access_of_everybody() };
	c->session = no_session;
	c->must_enrol = false;
	c->token = call_cookie(c, COOKIE_SESSION);
	if (c->token &&
	    !session_find(db, c->arena, c->token, c->req.now_ms, add_role, &f, &c->session, e))
		return false;
	if (!c->session.person_id)
		return true;
	if (!apply_limits(c, db, &f.limits, e))
		return false;
	if (c->session.person_id)
		*ret = (struct actor){ c->session.person_id, f.roles, c->session.name };
	return true;
}

bool call_identify_ahead(const struct call *c, struct db *db, struct err *e)
{
	const char *token = call_cookie(c, COOKIE_SESSION);
	return !token || session_ahead(db, token, c->req.now_ms, e);
}

/* "Firefox, Windows": enough to know one's own again. */
static const char *device_of(const struct call *c)
{
	static const char *const browser[][2] = {
		{ "Edg/", "Edge" },        { "OPR/", "Opera" },     { "YaBrowser/", "Yandex" },
		{ "Firefox/", "Firefox" }, { "Chrome/", "Chrome" }, { "Safari/", "Safari" }
	};
	static const char *const system[][2] = { { "Android", "Android" },
						 { "iPhone", "iPhone" },
						 { "Windows", "Windows" },
						 { "Mac OS X", "macOS" },
						 { "Linux", "Linux" } };
	const char *agent = c->in.user_agent ? c->in.user_agent : "";
	const char *b = "";
	const char *s = "";
	for (size_t i = COUNT(browser); i-- > 0;)
		b = strstr(agent, browser[i][0]) ? browser[i][1] : b;
	for (size_t i = COUNT(system); i-- > 0;)
		s = strstr(agent, system[i][0]) ? system[i][1] : s;
	return arena_print(c->arena, "%s%s%s", b, *b && *s ? ", " : "", s);
}

bool call_identify(struct call *c, struct db *db, struct err *e)
{
	struct actor actor = { 0, ROLE_PUBLIC, "" };
	if (!find_session(c, db, &actor, e))
		return false;
	c->req.step_token = call_cookie(c, COOKIE_STEP);
	c->req.device_token = call_cookie(c, COOKIE_DEVICE);
	c->req.device = device_of(c);
	if (actor.person_id) {
		c->csrf = c->session.csrf;
		c->visitor = "";
	} else {
		identify_visitor(c);
	}
	c->req.binding = c->csrf;
	c->req.must_enrol = c->must_enrol;
	c->req.actor = actor;
	c->req.session_token = actor.person_id ? c->token : NULL;
	c->req.session_hash = actor.person_id ? c->session.hash : "";
	c->req.language = choose_language(c);
	return true;
}

void call_identify_nobody(struct call *c)
{
	c->session = no_session;
	c->nobody_known = true;
	c->req.language = choose_language(c);
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

#include "web/nav.h"

#include <string.h>

const struct nav_entry nav_entries[] = {
	{ "/", "nav.home", "home", ROLE_PUBLIC, false, 'h' },
	{ "/announcements", "nav.announcements", "speakerphone", ROLE_PUBLIC, false, 'a' },
	{ "/results", "nav.results", "clipboard-check", ROLE_PUBLIC, true, 'r' },
	{ "/rules", "nav.rules", "scale", ROLE_PUBLIC, true, 'l' },
	{ "/notices", "nav.notices", "inbox", ROLE_PERSON, true, 'n' },
	{ "/acquaintance", "nav.acquaintance", "signature", ROLE_PERSON, true, 0 },
	{ "/applications", "nav.applications", "file-text", ROLE_PERSON, false, 'm' },
	{ "/competitions", "nav.competitions", "briefcase", ROLE_HR, false, 'c' },
	{ "/terms", "nav.terms", "clock", ROLE_HR | ROLE_AUDITOR, false, 't' },
	{ "/reports", "nav.reports", "chart-bar", ROLE_HR | ROLE_AUDITOR, true, 'p' },
	{ "/calendar", "nav.calendar", "calendar-event", ROLE_PERSON, true, 'd' },
	{ "/referrals", "nav.referrals", "file-text", ROLE_BODY, false, 'f' },
	{ "/bodies", "nav.bodies", "users-group", ROLE_HR | ROLE_AUDITOR | ROLE_BODY, true, 0 },
	{ "/bank", "nav.bank", "list-check", ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER, false,
	  'b' },
	{ "/bank/statistics", "nav.statistics", "chart-bar",
	  ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER | ROLE_AUDITOR, true, 0 },
	{ "/bank/vault", "nav.vault", "lock",
	  ROLE_KEEPER | ROLE_APPROVER | ROLE_ADMIN | ROLE_AUDITOR, false, 'v' },
	{ "/sittings", "nav.sittings", "device-desktop", ROLE_OPERATOR | ROLE_HR, false, 's' },
	{ "/halls", "nav.halls", "armchair", ROLE_OPERATOR | ROLE_HR, true, 'z' },
	{ "/interviews", "nav.interviews", "users-group",
	  ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED, false, 'i' },
	{ "/security", "nav.security", "shield", ROLE_SECURITY, false, 'o' },
	{ "/studies/polygraph", "nav.polygraph", "user-search", ROLE_POLYGRAPH, false, 'y' },
	{ "/studies/psycho", "nav.psycho", "user-check", ROLE_PSYCHO, false, 'w' },
	{ "/challenges", "nav.challenges", "gavel",
	  ROLE_HR | ROLE_AUDITOR | ROLE_REVIEWER | ROLE_APPROVER, true, 'q' },
	{ "/complaints", "nav.complaints", "inbox", ROLE_PERSON, true, 'x' },
	{ "/acquaintance/register", "nav.register", "list-details", ROLE_HR | ROLE_AUDITOR, true,
	  0 },
	{ "/audit", "nav.audit", "clipboard-check", ROLE_AUDITOR | ROLE_ADMIN, false, 'g' },
	{ "/journal", "nav.journal", "lock-check", ROLE_AUDITOR | ROLE_ADMIN, false, 'j' },
	{ "/records", "nav.records", "video", ROLE_HR | ROLE_AUDITOR | ROLE_MEMBER | ROLE_SECRETARY,
	  true, 'e' },
	{ "/retention", "nav.retention", "history", ROLE_HR | ROLE_AUDITOR, true, 0 },
	{ "/audit/views", "nav.views", "eye", ROLE_AUDITOR, true, 0 },
	{ "/admin/accounts", "nav.accounts", "users", ROLE_ADMIN, true, 'k' },
	{ "/admin/requests", "nav.access_requests", "user-check", ROLE_ADMIN | ROLE_AUDITOR, true,
	  0 },
	{ "/admin/mail", "nav.mail", "mail", ROLE_ADMIN, true, 0 },
	{ "/admin/hooks", "nav.hooks", "send", ROLE_ADMIN, true, 0 },
	{ "/admin/daily", "nav.daily", "progress-check", ROLE_ADMIN, true, 0 },
	{ "/backups", "nav.backups", "history", ROLE_ADMIN | ROLE_AUDITOR, true, 0 },
	{ "/installation", "nav.installation", "shield-lock", ROLE_ADMIN, true, 'u' },
	{ "/trust", "nav.trust", "shield-lock", ROLE_ADMIN | ROLE_AUDITOR, true, 0 },
	{ "/receipts", "nav.receipts", "qrcode", ROLE_PERSON, true, 0 },
	{ "/verify", "nav.verify", "shield-check", ROLE_PUBLIC, true, 0 },
	{ "/help/routes", "nav.routes", "list-details", ROLE_ADMIN | ROLE_AUDITOR, true, 0 },
	{ NULL, NULL, NULL, 0, false, 0 },
};

static bool is_officers(const char *path)
{
	static const char *const end[] = { "/check",         "/dossier",      "/reader",
					   "/security",      "/security/new", "/studies/polygraph",
					   "/studies/psycho" };
	size_t size = strlen(path);
	for (size_t i = 0; i < COUNT(end); i++) {
		if (size > strlen(end[i]) && strcmp(path + size - strlen(end[i]), end[i]) == 0)
			return true;
	}
	return false;
}

static bool leads_to(const char *entry, const char *path)
{
	size_t size = strlen(entry);
	if (strcmp(entry, "/") == 0)
		return strcmp(path, "/") == 0;
	/* below the published results stand the candidates' own */
	if (strcmp(entry, "/results") == 0)
		return strcmp(path, entry) == 0;
	/* below an application stand the officers' pages of it, too */
	if (strcmp(entry, "/applications") == 0 && is_officers(path))
		return false;
	return strncmp(entry, path, size) == 0 && (path[size] == '\0' || path[size] == '/');
}

static const struct nav_entry *current(const struct actor *actor, const char *path)
{
	const struct nav_entry *best = NULL;
	for (const struct nav_entry *n = nav_entries; n->path; n++) {
		if ((n->roles & actor->roles) && leads_to(n->path, path) &&
		    (!best || strlen(n->path) > strlen(best->path)))
			best = n;
	}
	return best;
}

/* A hall node shows what it serves. */
static bool serves(const char *path, bool hall_node)
{
	static const char *const there[] = { "/", "/sittings", "/halls" };
	bool is = !hall_node;
	for (size_t i = 0; i < COUNT(there); i++)
		is = is || strcmp(there[i], path) == 0;
	return is;
}

json_t *nav_model(const struct actor *actor, const char *path, bool hall_node)
{
	json_t *list = json_array();
	const struct nav_entry *here = current(actor, path);
	for (const struct nav_entry *n = nav_entries; n->path; n++) {
		if ((n->roles & actor->roles) && serves(n->path, hall_node))
			(void)json_array_append_new(
				list,
				json_pack("{s:s,s:s,s:s,s:b,s:b,s:s#}", "href", n->path, "key",
					  n->key, "icon", n->icon, "current", n == here, "aside",
					  n->aside && actor->person_id != 0, "shortcut",
					  &n->shortcut, n->shortcut ? 1 : 0));
	}
	return list;
}

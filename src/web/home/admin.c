/* admin.c - the installation: what it does by itself and did not, and who asks for access. */
#include "app/candidate/scan.h"
#include "app/daily.h"
#include "app/evidence/backup_note.h"
#include "web/home/groups.h"

static void add(struct lines *l, const char *key, const char *href, int64_t count)
{
	if (count > 0)
		lines_add(l, &(struct line){ .key = key, .href = href, .count = count });
}

/* What two administrators do together, and accounts that are held up. */
static bool add_access(struct req *r, struct lines *l, struct err *e)
{
	int64_t asked = 0;
	int64_t own = 0;
	int64_t blocked = 0;
	if (!db_number(r->db, e, &asked,
		       "SELECT COUNT(*) FROM access_request WHERE state = 'asked'"
		       " AND asked_by <> $1 AND person_id <> $1",
		       db_int(r->actor.person_id)) ||
	    !db_number(r->db, e, &own,
		       "SELECT COUNT(*) FROM access_request WHERE state = 'asked'"
		       " AND asked_by = $1",
		       db_int(r->actor.person_id)) ||
	    !db_number(r->db, e, &blocked,
		       "SELECT COUNT(*) FROM account WHERE blocked_until_ms > $1",
		       db_int(r->now_ms)))
		return false;
	add(l, "home.task.access", "/admin/requests", asked);
	add(l, "home.task.blocked", "/admin/accounts", blocked);
	if (own > 0)
		lines_add(l, &(struct line){ .key = "home.task.access_asked",
					     .href = "/admin/requests",
					     .count = own,
					     .who = "administrator" });
	return true;
}

/* Copies that are missing, late or not whole (F91); jobs of the day that nobody has done. */
static bool add_copies(struct req *r, struct lines *l, struct err *e)
{
	struct backup_state s = { 0 };
	int64_t late = 0;
	if (!backup_state(r->db, r->arena, r->now_ms, &s, e))
		return false;
	if (s.made_ms == 0 || *s.why || s.late)
		lines_add(l, &(struct line){ .key = *s.why ? "home.task.backup_bad"
							   : "home.task.backup_late",
					     .href = "/backups" });
	for (const struct daily_job *job = daily_jobs; job->name; job++) {
		int64_t last_ms = 0;
		if (!db_number(
			    r->db, e, &last_ms,
			    "SELECT COALESCE((SELECT MAX(done_ms) FROM daily_job WHERE name = $1),"
			    " (SELECT MIN(at_ms) FROM journal_entry), $2)",
			    db_text(job->name), db_int(r->now_ms)))
			return false;
		late += r->now_ms - last_ms > DAILY_LATE_MS;
	}
	add(l, "home.task.daily", "/admin/daily", late);
	return true;
}

/* Mails that were given up. */
static bool add_mail(struct req *r, struct lines *l, struct err *e)
{
	enum { WEEK_MS = 7 * DAY_MS };
	int64_t count = 0;
	if (!db_number(r->db, e, &count,
		       "SELECT COUNT(*) FROM mail WHERE state = 'given_up' AND ended_ms > $1",
		       db_int(r->now_ms - WEEK_MS)))
		return false;
	add(l, "home.task.mail", "/admin/mail", count);
	return true;
}

/* Uploaded files wait, and their scanner is silent or refuses some of them. */
static bool add_scan(struct req *r, struct lines *l, struct err *e)
{
	const struct act act = req_act(r);
	struct scan_state s = { 0 };
	if (!scan_state(&act, &s, e))
		return false;
	if (s.required)
		add(l, "home.task.scan", "/installation",
		    s.away && s.waiting == 0 ? 1
		    : s.away                 ? s.waiting
					     : s.troubled);
	return true;
}

bool lines_admin(struct req *r, struct lines *l, struct err *e)
{
	return !req_is(r, ROLE_ADMIN) || (add_scan(r, l, e) && add_access(r, l, e) &&
					  add_copies(r, l, e) && add_mail(r, l, e));
}

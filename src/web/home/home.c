/* home.c - the first page: what is due, what is at risk, what waits for others. */
#include "web/home/home.h"

#include "web/hall_only.h"
#include "web/home/groups.h"
#include "web/site.h"
#include "web/tour.h"

/* Where somebody begins for whom nothing waits; of the first office that fits.  Who has none finds
 * the open competitions below. */
static json_t *start_of(const struct req *r)
{
	static const struct {
		unsigned roles;
		const char *name, *href;
	} row[] = {
		{ ROLE_HR, "hr", "/competitions/new" },
		{ ROLE_OPERATOR, "operator", "/sittings" },
		{ ROLE_SECURITY, "security", "/security" },
		{ ROLE_POLYGRAPH, "study", "/studies/polygraph" },
		{ ROLE_PSYCHO, "study", "/studies/psycho" },
		{ ROLE_SECRETARY | ROLE_MEMBER | ROLE_INVITED, "commission", "/interviews" },
		{ ROLE_AUTHOR | ROLE_REVIEWER | ROLE_APPROVER, "bank", "/bank" },
		{ ROLE_AUDITOR, "auditor", "/journal" },
		{ ROLE_ADMIN, "admin", "/installation" },
		{ ROLE_KEEPER, "keeper", "/bank/vault" },
		{ ROLE_BODY, "body", "/referrals" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		if (req_is(r, row[i].roles) &&
		    (!r->site->hall_node || hall_only_leads(r->arena, row[i].href)))
			return json_pack("{s:s,s:s}", "name", row[i].name, "href", row[i].href);
	}
	return json_null();
}

/* Whoever has an office is not shown the way in of candidates, unless for an own application. */
static bool has_office(const struct req *r)
{
	return (r->actor.roles & ~(unsigned)(ROLE_PUBLIC | ROLE_PERSON)) != 0;
}

bool home(struct req *r, json_t *model, struct err *e)
{
	struct lines *l = lines_new(r);
	int64_t open = 0;
	if (!tour_add(r, model, e) ||
	    !db_number(r->db, e, &open,
		       "SELECT COUNT(*) FROM competition WHERE state = 'announced'"
		       " AND filing_last >= $1",
		       db_int(day_of_instant(r->now_ms).n)))
		return false;
	(void)json_object_set_new(model, "open", json_integer((json_int_t)open));
	(void)json_object_set_new(model, "applications", json_array());
	(void)json_object_set_new(model, "start", start_of(r));
	(void)json_object_set_new(model, "offers", json_boolean(!has_office(r)));
	if (r->actor.person_id != 0 &&
	    !(lines_own(r, l, model, e) && lines_hr(r, l, e) && lines_papers(r, l, e) &&
	      lines_officer(r, l, e) && lines_commission(r, l, e) && lines_bank(r, l, e) &&
	      lines_admin(r, l, e)))
		return false;
	const bool applies = json_array_size(json_object_get(model, "applications")) > 0;
	(void)json_object_set_new(model, "owns", json_boolean(applies || !has_office(r)));
	if (!lines_model(l, model, e))
		return false;
	(void)json_object_set_new(model, "idle", json_boolean(lines_idle(l)));
	return true;
}

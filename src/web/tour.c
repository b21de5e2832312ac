#include "web/tour.h"

#include "db/row.h"
#include "web/site.h"

#include <string.h>

const struct tour_step tour_steps[] = {
	{ ROLE_PERSON, "candidate.begin", "/announcements", "application.opened" },
	{ ROLE_PERSON, "candidate.papers", "/applications", "document.added" },
	{ ROLE_PERSON, "candidate.send", "/applications", "application.sent" },
	{ ROLE_PERSON, "candidate.test", "/test", "test.answer" },
	{ ROLE_HR, "hr.draft", "/competitions/new", "competition.opened" },
	{ ROLE_HR, "hr.announce", "/competitions", "competition.announced" },
	{ ROLE_HR, "hr.papers", "/competitions?state=announced", "check.papers" },
	{ ROLE_HR, "hr.security", "/competitions?state=announced", "security.list_sent" },
	{ ROLE_HR, "hr.commission", "/competitions?state=announced", "commission.appointed" },
	{ ROLE_HR, "hr.calendar", "/calendar/new", "calendar.changed" },
	{ ROLE_OPERATOR, "operator.seat", "/halls", "seat.enrolled" },
	{ ROLE_OPERATOR, "operator.open", "/sittings/new", "sitting.opened" },
	{ ROLE_OPERATOR, "operator.coin", "/sittings", "sitting.coin" },
	{ ROLE_OPERATOR, "operator.start", "/sittings", "sitting.started" },
	{ ROLE_SECURITY, "security.inform", "/security", "security.informed" },
	{ ROLE_POLYGRAPH, "study.polygraph", "/studies/polygraph", "study.recorded" },
	{ ROLE_PSYCHO, "study.psycho", "/studies/psycho", "study.recorded" },
	{ ROLE_MEMBER, "member.mark", "/interviews", "mark.sealed" },
	{ ROLE_MEMBER, "member.vote", "/interviews", "vote.cast" },
	{ ROLE_SECRETARY, "secretary.begin", "/interviews", "interview.attendance" },
	{ ROLE_SECRETARY | ROLE_MEMBER, "secretary.minutes", "/interviews", "minutes.signed" },
	{ ROLE_INVITED, "invited.opinion", "/interviews", "interview.opinion" },
	{ ROLE_BODY, "body.referral", "/referrals", "application.entered" },
	{ ROLE_AUTHOR, "author.write", "/bank/questions/new", "bank.written" },
	{ ROLE_AUTHOR, "author.import", "/bank/import", "bank.import.opened" },
	{ ROLE_AUTHOR, "author.send", "/bank/questions?mine=1", "bank.sent" },
	{ ROLE_REVIEWER | ROLE_APPROVER, "reviewer.agree", "/bank/questions?mine=1",
	  "bank.agreed" },
	{ ROLE_KEEPER, "keeper.open", "/bank/vault", "vault.given" },
	{ ROLE_AUDITOR, "auditor.list", "/journal/entries", "list.taken" },
	{ ROLE_AUDITOR | ROLE_ADMIN, "auditor.witness", "/journal/witnesses", "witness.proposed" },
	{ ROLE_ADMIN, "admin.factor", "/account", "account.factor_added" },
	{ ROLE_ADMIN, "admin.office", "/admin/accounts", "access.asked" },
	{ ROLE_ADMIN, "admin.trust", "/trust", "trust.asked" },
	{ 0, NULL, NULL, NULL },
};

/* Who has an office is led through that; everybody else is a candidate. */
static bool is_for(const struct actor *actor, const struct tour_step *step)
{
	const unsigned offices = actor->roles & ~(unsigned)(ROLE_PUBLIC | ROLE_PERSON);
	return offices ? (step->roles & offices) != 0 : (step->roles & ROLE_PERSON) != 0;
}

/* What the person has done since; the making of the demonstration acts in names of people too. */
static const json_t *read_done(const struct req *r, struct err *e)
{
	return db_rows(r->db, r->arena, e,
		       "SELECT DISTINCT j.kind FROM journal_entry j WHERE j.actor_id = $1"
		       " AND j.at_ms > (SELECT MIN(d.at_ms) FROM journal_entry d"
		       "  WHERE d.kind = 'demonstration.made')",
		       db_int(r->actor.person_id));
}

static bool stands_in(const json_t *rows, const char *kind)
{
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		if (strcmp(row_text(row, "kind"), kind) == 0)
			return true;
	}
	return false;
}

bool tour_add(const struct req *r, json_t *model, struct err *e)
{
	json_int_t done = 0;
	if (!r->site->demonstration || r->site->hall_node || r->actor.person_id == 0)
		return json_object_set_new(model, "tour", json_null()) == 0;
	const json_t *kinds = read_done(r, e);
	if (!kinds)
		return false;
	json_t *steps = json_array();
	for (const struct tour_step *s = tour_steps; s->name; s++) {
		const bool is_done = stands_in(kinds, s->kind);
		if (!is_for(&r->actor, s))
			continue;
		done += is_done;
		(void)json_array_append_new(steps,
					    json_pack("{s:s,s:s,s:b}", "key",
						      arena_print(r->arena, "tour.%s", s->name),
						      "href", s->href, "done", is_done));
	}
	const json_int_t count = (json_int_t)json_array_size(steps);
	(void)json_object_set_new(
		model, "tour",
		json_pack("{s:o,s:I,s:I}", "steps", steps, "done", done, "count", count));
	return true;
}

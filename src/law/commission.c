#include "law/commission.h"

#include <stdio.h>
#include <string.h>

bool seat_of(const char *code, enum seat *ret)
{
	static const char *const name[] = { "chair", "member", "secretary", "invited" };
	for (size_t i = 0; i < COUNT(name); i++) {
		if (strcmp(name[i], code) == 0) {
			*ret = (enum seat)i;
			return true;
		}
	}
	return false;
}

bool seat_votes(enum seat seat)
{
	return seat == SEAT_CHAIR || seat == SEAT_MEMBER;
}

bool seat_require_vote(enum seat seat, struct err *e)
{
	if (seat == SEAT_SECRETARY)
		return err_law(e, "41", "law.commission.vote_secretary", "a vote by the secretary");
	return seat_votes(seat) ||
	       err_law(e, "41", "law.commission.vote_invited", "a vote by an invited person");
}

static void add(struct composition *c, enum composition_fault fault, const char *kind)
{
	if (c->count == COMPOSITION_FAULTS)
		return;
	c->fault[c->count].fault = fault;
	c->fault[c->count].kind = kind;
	c->count++;
}

static int count_seat(const struct seat_holder *holders, size_t count, enum seat seat)
{
	int n = 0;
	for (size_t i = 0; i < count; i++)
		n += holders[i].seat == seat;
	return n;
}

static bool has_kind(const struct seat_holder *holders, size_t count, const char *kind)
{
	for (size_t i = 0; i < count; i++) {
		if (seat_votes(holders[i].seat) && strcmp(holders[i].kind, kind) == 0)
			return true;
	}
	return false;
}

/* R41-2, R41-3: what is asked of one holder alone. */
static void check_holder(struct composition *c, const struct seat_holder *h)
{
	if (h->seat == SEAT_INVITED) {
		if (h->employee)
			add(c, COMPOSITION_INVITED_EMPLOYEE, "");
		return;
	}
	if (!h->employee)
		add(c, COMPOSITION_OUTSIDER, "");
	if (h->seat == SEAT_SECRETARY && strcmp(h->kind, "hr") != 0)
		add(c, COMPOSITION_SECRETARY_KIND, "");
}

/* R41-1 */
struct composition commission_check(const struct rule_set *rules, const struct seat_holder *holders,
				    size_t count)
{
	struct composition c = { 0 };
	int chairs = count_seat(holders, count, SEAT_CHAIR);
	c.members = chairs + count_seat(holders, count, SEAT_MEMBER);
	if (chairs != 1)
		add(&c, COMPOSITION_CHAIR, "");
	if (c.members < rule_set_value(rules, PARAM_COMMISSION_LEAST))
		add(&c, COMPOSITION_FEW, "");
	for (size_t i = 0; i < rules->commission_kinds.count; i++) {
		if (!has_kind(holders, count, rules->commission_kinds.names[i]))
			add(&c, COMPOSITION_KIND, rules->commission_kinds.names[i]);
	}
	if (count_seat(holders, count, SEAT_SECRETARY) != 1)
		add(&c, COMPOSITION_SECRETARY, "");
	for (size_t i = 0; i < count; i++)
		check_holder(&c, &holders[i]);
	return c;
}

const char *composition_fault_name(enum composition_fault fault)
{
	static const char *const name[] = {
		[COMPOSITION_LAWFUL] = "lawful",
		[COMPOSITION_CHAIR] = "chair",
		[COMPOSITION_FEW] = "few",
		[COMPOSITION_KIND] = "kind",
		[COMPOSITION_SECRETARY] = "secretary",
		[COMPOSITION_SECRETARY_KIND] = "secretary_kind",
		[COMPOSITION_OUTSIDER] = "outsider",
		[COMPOSITION_INVITED_EMPLOYEE] = "invited_employee",
	};
	return name[fault];
}

bool commission_require(const struct composition *c, struct err *e)
{
	char key[48];
	if (c->count == 0)
		return true;
	(void)snprintf(key, sizeof(key), "law.commission.%s",
		       composition_fault_name(c->fault[0].fault));
	(void)err_law(e, "41", key, "an unlawful composition");
	return err_value(e, c->fault[0].kind);
}

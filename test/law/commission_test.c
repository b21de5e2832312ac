/* The commission: R41-1, R41-2, R41-3. */
#include "law_test.h"

#include "law/commission.h"

enum { MOST = 24 };

#define CHAIR                                                                                      \
	{                                                                                          \
		SEAT_CHAIR, "subdivision_head", true                                               \
	}
#define HEAD                                                                                       \
	{                                                                                          \
		SEAT_MEMBER, "subdivision_head", true                                              \
	}
#define SECURITY                                                                                   \
	{                                                                                          \
		SEAT_MEMBER, "own_security", true                                                  \
	}
#define HR                                                                                         \
	{                                                                                          \
		SEAT_MEMBER, "hr", true                                                            \
	}
#define OTHER                                                                                      \
	{                                                                                          \
		SEAT_MEMBER, "other", true                                                         \
	}
#define SECRETARY                                                                                  \
	{                                                                                          \
		SEAT_SECRETARY, "hr", true                                                         \
	}
#define INVITED                                                                                    \
	{                                                                                          \
		SEAT_INVITED, "psychologist", false                                                \
	}

static void test_composition(void **state)
{
	static const struct {
		const char *why;
		struct seat_holder holder[MOST];
		size_t count;
		int members;
		size_t faults;
		enum composition_fault fault; /* the first */
		const char *kind;
	} row[] = {
		{ "R41-1: five with the chair, one of each kind, a secretary",
		  { CHAIR, SECURITY, HR, OTHER, OTHER, SECRETARY },
		  6,
		  5,
		  0,
		  COMPOSITION_LAWFUL,
		  "" },
		{ "R41-3: an invited psychologist changes nothing",
		  { CHAIR, SECURITY, HR, OTHER, OTHER, SECRETARY, INVITED },
		  7,
		  5,
		  0,
		  COMPOSITION_LAWFUL,
		  "" },
		{ "four are too few: secretary and invited do not count",
		  { CHAIR, SECURITY, HR, OTHER, SECRETARY, INVITED },
		  6,
		  4,
		  1,
		  COMPOSITION_FEW,
		  "" },
		{ "no chair",
		  { HEAD, SECURITY, HR, OTHER, OTHER, SECRETARY },
		  6,
		  5,
		  1,
		  COMPOSITION_CHAIR,
		  "" },
		{ "two chairs",
		  { CHAIR, CHAIR, SECURITY, HR, OTHER, SECRETARY },
		  6,
		  5,
		  1,
		  COMPOSITION_CHAIR,
		  "" },
		{ "R41-1: nobody from own security",
		  { CHAIR, OTHER, HR, OTHER, OTHER, SECRETARY },
		  6,
		  5,
		  1,
		  COMPOSITION_KIND,
		  "own_security" },
		{ "R41-1: nobody from HR; the secretary is no member",
		  { CHAIR, SECURITY, OTHER, OTHER, OTHER, SECRETARY },
		  6,
		  5,
		  1,
		  COMPOSITION_KIND,
		  "hr" },
		{ "R41-1: no head of a subdivision",
		  { { SEAT_CHAIR, "other", true }, SECURITY, HR, OTHER, OTHER, SECRETARY },
		  6,
		  5,
		  1,
		  COMPOSITION_KIND,
		  "subdivision_head" },
		{ "R41-2: no secretary",
		  { CHAIR, SECURITY, HR, OTHER, OTHER },
		  5,
		  5,
		  1,
		  COMPOSITION_SECRETARY,
		  "" },
		{ "R41-2: two secretaries",
		  { CHAIR, SECURITY, HR, OTHER, OTHER, SECRETARY, SECRETARY },
		  7,
		  5,
		  1,
		  COMPOSITION_SECRETARY,
		  "" },
		{ "R41-2: a secretary who is not of HR",
		  { CHAIR, SECURITY, HR, OTHER, OTHER, { SEAT_SECRETARY, "other", true } },
		  6,
		  5,
		  1,
		  COMPOSITION_SECRETARY_KIND,
		  "" },
		{ "a member from outside",
		  { CHAIR, SECURITY, HR, OTHER, { SEAT_MEMBER, "other", false }, SECRETARY },
		  6,
		  5,
		  1,
		  COMPOSITION_OUTSIDER,
		  "" },
		{ "R41-3: an invited employee",
		  { CHAIR,
		    SECURITY,
		    HR,
		    OTHER,
		    OTHER,
		    SECRETARY,
		    { SEAT_INVITED, "expert", true } },
		  7,
		  5,
		  1,
		  COMPOSITION_INVITED_EMPLOYEE,
		  "" },
		{ "nobody at all: chair, number, three kinds, secretary",
		  { INVITED },
		  1,
		  0,
		  6,
		  COMPOSITION_CHAIR,
		  "" },
	};
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct composition c = commission_check(&rules, row[i].holder, row[i].count);
		struct err e = { 0 };
		char key[64];
		if (c.members != row[i].members || c.count != row[i].faults)
			fail_msg("%s: %d members, %zu faults", row[i].why, c.members, c.count);
		if (commission_require(&c, &e) != (row[i].faults == 0))
			fail_msg("%s: required", row[i].why);
		if (row[i].faults == 0)
			continue;
		if (c.fault[0].fault != row[i].fault)
			fail_msg("%s: %s", row[i].why, composition_fault_name(c.fault[0].fault));
		(void)snprintf(key, sizeof(key), "law.commission.%s",
			       composition_fault_name(row[i].fault));
		refused_by_law(row[i].why, &e, "41", key);
		assert_string_equal(e.value, row[i].kind);
	}
}

/* More faults than there is room for are cut, not written past the end. */
static void test_many_faults(void **state)
{
	struct seat_holder holder[COMPOSITION_FAULTS + 4];
	struct rule_set rules = demonstration_rules();
	(void)state;
	for (size_t i = 0; i < COUNT(holder); i++)
		holder[i] = (struct seat_holder){ SEAT_INVITED, "expert", true };
	struct composition c = commission_check(&rules, holder, COUNT(holder));
	assert_int_equal(c.count, COMPOSITION_FAULTS);
	assert_int_equal(c.fault[COMPOSITION_FAULTS - 1].fault, COMPOSITION_INVITED_EMPLOYEE);
}

/* R41-2, R41-3: no ballot for the secretary, an opinion only for the invited */
static void test_who_votes(void **state)
{
	static const struct {
		const char *code;
		enum seat seat;
		bool votes;
		const char *key;
	} row[] = {
		{ "chair", SEAT_CHAIR, true, NULL },
		{ "member", SEAT_MEMBER, true, NULL },
		{ "secretary", SEAT_SECRETARY, false, "law.commission.vote_secretary" },
		{ "invited", SEAT_INVITED, false, "law.commission.vote_invited" },
	};
	enum seat seat = SEAT_INVITED;
	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct err e = { 0 };
		assert_true(seat_of(row[i].code, &seat));
		assert_int_equal(seat, row[i].seat);
		assert_int_equal(seat_votes(seat), row[i].votes);
		assert_int_equal(seat_require_vote(seat, &e), row[i].votes);
		if (!row[i].votes)
			refused_by_law(row[i].code, &e, "41", row[i].key);
	}
	assert_false(seat_of("observer", &seat));
	assert_int_equal(seat, SEAT_INVITED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_composition),
		cmocka_unit_test(test_many_faults),
		cmocka_unit_test(test_who_votes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "law/signatory.h"

#include <string.h>

const struct signatory_row *signatory_row(const struct rule_set *rules, const char *place)
{
	for (size_t i = 0; i < rules->signatory_count; i++) {
		if (strcmp(rules->signatories[i].place, place) == 0)
			return &rules->signatories[i];
	}
	return NULL;
}

/* "head_of_body_deputy" is the deputy of "head_of_body". */
static bool is_deputy_of(const char *position, const char *head)
{
	size_t size = strlen(head);
	return strncmp(position, head, size) == 0 &&
	       strcmp(position + size, POSITION_DEPUTY_SUFFIX) == 0;
}

/* R10-1, S2-1 to S2-7 */
bool signatory_check(const struct rule_set *rules, const char *place, const char *position,
		     struct err *e)
{
	const struct signatory_row *row = signatory_row(rules, place);
	if (row && (strcmp(position, row->position) == 0 ||
		    (row->deputy && is_deputy_of(position, row->position))))
		return true;
	(void)err_law(e, "10", "law.signatory.recommendation", "not who signs for this place");
	return err_value(e, place);
}

bool signatory_check_certificate(const char *position, struct err *e)
{
	return strcmp(position, POSITION_DIRECT_SUPERVISOR) == 0 ||
	       err_law(e, "10", "law.signatory.certificate", "not the direct supervisor");
}

bool signatory_check_referral(const char *position, struct err *e)
{
	return strcmp(position, POSITION_DIRECT_SUPERVISOR) == 0 ||
	       err_law(e, "20", "law.signatory.referral", "not the direct supervisor");
}

bool signatory_check_service_list(const char *position, struct err *e)
{
	return strcmp(position, POSITION_SENDING_HR) == 0 ||
	       err_law(e, "20", "law.signatory.service_list", "not HR of the sending body");
}

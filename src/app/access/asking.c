#include "app/access/asking.h"

#include <string.h>

bool asking_waits(const struct act *act, const json_t *row)
{
	return strcmp(row_text(row, "state"), "asked") == 0 &&
	       row_number(row, "asked_ms") > act->now_ms - ASKING_LIFE_MS;
}

bool asking_require(const struct act *act, const json_t *row, const char *same, const char *over,
		    struct err *e)
{
	if (act->person_id == 0 || row_number(row, "asked_by") == act->person_id)
		return err_set(e, ERR_DENIED, same, "another one has to answer");
	return asking_waits(act, row) || err_set(e, ERR_CONFLICT, over, "answered, or too old");
}

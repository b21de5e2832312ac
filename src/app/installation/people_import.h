/* people_import.h - people of a table (CSV, XLSX): added, changed, or as they are.
 *
 * Columns iin, family, given, organ are needed; patronymic, position_kk, position_ru may be there
 * (the names in Kazakh and Russian: people_columns in people_import.c).  organ is a code of the law
 * or the whole name in either language.  Accounts come without passwords, and without offices: who
 * is imported comes in by a certificate or by a first password of `konkurs user password`, and gets
 * offices from two administrators (docs/access.md). */
#pragma once
#include "app/installation/table.h"

/* The names of the columns, for a table to fill in; field NULL last. */
extern const struct table_column people_columns[];

/* What would come of it: `ret` as table_told() says, a new object.  Administrators and the system;
 * reads only.  ERR_INPUT at "file" for the table as a whole; what is wrong with a row is in `ret`:
 * "table.error.cell", what person_add() says, "people_import.error.twice" for an IIN that stands
 * twice. */
bool people_import_look(const struct act *act, const struct exchange_set *set, json_t **ret,
			struct err *e) MUST_USE;

/* Does it, all or nothing, in one transaction; each person has an entry of the journal.
 * ERR_INPUT at "file" "table.error.bad" if a row is bad, how many in `value`; ERR_CONFLICT
 * "table.error.nothing" if nothing would change. */
bool people_import_take(const struct act *act, const struct exchange_set *set, json_t **ret,
			struct err *e) MUST_USE;

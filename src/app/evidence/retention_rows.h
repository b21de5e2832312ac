/* retention_rows.h - the rows that an act of destruction takes (app/evidence/retention.h), within
 * its transaction. */
#pragma once
#include "app/act.h"

/* Everything of a competition but itself, its announcements, the acts about it, and what its
 * sittings say of questions: none of these names a person who took part. */
bool retention_forget_competition(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* Account, rights of before, devices and letters of a person; of the person itself stays its
 * number, at which other entries and rows point. */
bool retention_forget_person(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* What the two would take, counted by the same walk: {group: rows} is added to `ret`.  The groups
 * in the order in which people read them, NULL last; of a person access and letters alone. */
extern const char *const retention_groups[];
bool retention_count(const struct act *act, int64_t competition_id, int64_t person_id, json_t *ret,
		     struct err *e) MUST_USE;

/* destroy.h - records whose time is over, and the two officers who end them
 * (app/evidence/destruction.h). */
#pragma once
#include "harness.h"

#include "app/evidence/destruction.h"

void must_be(bool ok, const struct err *e);

/* Closed now, by the system itself. */
void close_competition(struct harness *h, int64_t id);

/* Of a competition or a person, the other is 0: the id of the proposal, and of the act that a
 * second officer makes of one. */
int64_t destroy_propose(struct harness *h, int64_t first, int64_t competition, int64_t person);
int64_t destroy_by(struct harness *h, int64_t first, int64_t second, int64_t competition,
		   int64_t person);

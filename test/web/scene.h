/* scene.h - a competition with everything that has a paper, for tests of papers. */
#pragma once
#include "stage.h"

/* A competition that is over: rows are written directly, as in stage.h. */
struct scene {
	struct stage stage;
	int64_t application, person, other, attempt, list, interview, secretary, chair, approver;
};

/* Writes rows directly. */
#define ROW(s, sql, ...)                                                                           \
	do {                                                                                       \
		struct err row_e = { 0 };                                                          \
		if (!db_exec((s)->stage.h->site.db, &row_e, NULL, sql, __VA_ARGS__))               \
			fail_msg("%s: %s", row_e.key, row_e.detail);                               \
	} while (0)

struct scene scene_set(struct harness *h);

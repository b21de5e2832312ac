/* answer.h - what becomes of a click, for attempt_answer() (attempt.h), which asks the database at
 * each, and answer_many.h, which asks once for many: the same decisions, the same entry. */
#pragma once
#include "app/sitting/attempt.h"

enum { ANSWER_PEN_SIZE = 65, ANSWER_KEY_MOST = 64 };

/* What has to be known of an attempt and a question. */
struct answer_target {
	struct attempt_times times;
	int64_t competition_id;
	char pen[ANSWER_PEN_SIZE];
	unsigned char token_key[ANSWER_KEY_MOST];
	size_t key_size;
	int64_t options; /* of the question; 0: the form has none of this number */
};

/* What it comes to. */
struct answer_made {
	int64_t choice;      /* place of the option, -1 taken back */
	const char *refusal; /* "moved", "late"; "": it counts     */
};

/* Columns as ANSWER_TARGET has them; ERR_DB if one of them is damaged. */
#define ANSWER_TARGET                                                                              \
	"t.started_ms, t.finished_ms, t.ends_ms, t.extra_ms, t.stopped_ms, t.finish, t.void,"      \
	" t.pen, t.token_key"
enum { ANSWER_TARGET_COLUMNS = 9 };
bool answer_target_read(const struct db_value *column, struct answer_target *ret,
			struct err *e) MUST_USE;

/* Of one that is new.  Errors as attempt_answer() has them. */
bool answer_decide(const struct act *act, const struct answer_target *t, const char *session,
		   int64_t number, const char *option, struct answer_made *ret,
		   struct err *e) MUST_USE;

/* The entry of the journal. */
bool answer_note(const struct act *act, const struct answer_target *t, int64_t attempt,
		 int64_t number, const struct answer_made *made, const char *client_key,
		 struct err *e) MUST_USE;

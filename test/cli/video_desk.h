/* video_desk.h - `konkurs video` as a process, for its tests: one machine with its Janus and its
 * folder of records, and a second one. */
#pragma once
#include "../video/janus_made.h"
#include "hall.h"
#include "test_db.h"

#include <sys/types.h>

#define MUST(call) desk_must((call), &e, #call)
void desk_must(bool ok, const struct err *e, const char *call);

/* A text of the first row, its column "word". */
#define WORD(d, sql, ...) desk_word(db_rows((d)->h->site.db, (d)->h->arena, NULL, sql, __VA_ARGS__))
const char *desk_word(const json_t *rows);

/* script/janus, test/video/offer.sdp, the folder of the latter. */
struct desk_words {
	const char *script, *offer, *material;
};
extern struct desk_words desk_words;

struct desk {
	struct harness *h;
	struct hall hall;
	int64_t room, camera;
	char folder[64], db[TEST_DB_WHERE], records[96], log[96];
	pid_t pid;
	struct janus_made *janus;
	/* of the second machine */
	char elsewhere[96];
	pid_t second;
	struct janus_made *other;
};

/* A hall that is recorded by its camera; no process yet. */
struct desk *desk_open(struct janus_made *janus, struct janus_made *other);
void desk_close(struct desk *d);

void desk_run(struct desk *d);
void desk_run_second(struct desk *d);

/* By that signal; what wait() says. */
int desk_end(pid_t *pid, int how);

/* Rows as they are, until they are so, or the test fails. */
void desk_until(struct desk *d, const char *why, bool (*so)(struct desk *d));

struct act desk_act(const struct desk *d);
void desk_send_offer(struct desk *d);
/* A file of the material, into the records. */
void desk_put(struct desk *d, const char *from, const char *to);

/* What rows say. */
bool desk_room_is_open(struct desk *d);
bool desk_line_is_told(struct desk *d);
bool desk_line_is_down(struct desk *d);
bool desk_segment_is_checked(struct desk *d);

/* video_take.c - segments: begun, followed while they grow, turned, ended. */
#include "cli/video.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct desk_take *take_of(struct desk *d, int64_t line)
{
	for (size_t i = 0; i < d->take_count; i++) {
		if (d->takes[i].line == line && d->takes[i].end_at == 0)
			return &d->takes[i];
	}
	return NULL;
}

bool desk_is_recording(const struct desk *d, int64_t line)
{
	for (size_t i = 0; i < d->take_count; i++) {
		if (d->takes[i].line == line && d->takes[i].end_at == 0)
			return true;
	}
	return false;
}

bool desk_has_takes(const struct desk *d, int64_t room)
{
	for (size_t i = 0; i < d->take_count; i++) {
		if (d->takes[i].room == room)
			return true;
	}
	return false;
}

static const char *file_of(struct desk *d, const struct desk_take *t, const char *rest)
{
	return arena_print(d->act.arena, "%s%s",
			   video_file_base(d->act.arena, t->room, t->source, t->number), rest);
}

/* ---- begin and end ------------------------------------------------------------------------- */

/* The row is there before Janus is asked: whatever comes then, its files are found. */
static bool begin(struct desk *d, const struct desk_line *line, bool turns, struct desk_take *ret,
		  struct err *e)
{
	struct desk_take t = { .line = line->id, .source = line->source, .room = line->room };
	if (d->take_count >= DESK_TAKES_MOST - 1)
		return err_set(e, ERR_BUSY, "error.system", "more than %d segments",
			       DESK_TAKES_MOST);
	if (!(turns ? video_segment_turn(&d->act, d->place, line->source, &t.segment, &t.number, e)
		    : video_segment_begin(&d->act, d->place, line->source, &t.segment, &t.number,
					  e)) ||
	    !follow_open(d->records, file_of(d, &t, "-audio-0.mjr"), &t.sound.follow, e))
		return false;
	if (!follow_open(d->records, file_of(d, &t, "-video-1.mjr"), &t.picture.follow, e)) {
		follow_cleanup(&t.sound.follow);
		return false;
	}
	t.begun_at = clock_monotonic_ms();
	t.sound.gap = DESK_STEP_MS;
	*ret = t;
	return true;
}

/* The room's folder is Janus' own: a file's name is without it. */
static bool ask_to_record(struct desk *d, const struct desk_line *line, const struct desk_take *t,
			  struct err *e)
{
	const struct desk_room *r = desk_room_of(d, line->room);
	if (!r)
		return err_set(e, ERR_MISSING, "video.error.room", "a line without a room");
	const struct janus_room room = desk_janus_room(r);
	return janus_record(d->janus, &room, line->janus,
			    t ? arena_print(d->act.arena, "s%lld-%lld", (long long)t->source,
					    (long long)t->number)
			      : NULL,
			    e);
}

static void end(struct desk *d, struct desk_take *t, const char *how, int64_t settle_ms)
{
	t->how = how;
	t->until_ms = d->act.now_ms;
	t->settle_ms = settle_ms;
	t->end_at = clock_monotonic_ms() + settle_ms;
	d->dirty = true;
}

bool desk_record(struct desk *d, const struct desk_line *line, struct err *e)
{
	struct desk_take *before = take_of(d, line->id);
	struct desk_take t = { 0 };
	if (!begin(d, line, before != NULL, &t, e))
		return false;
	const bool asked = ask_to_record(d, line, &t, e);
	if (before) { /* the same picture and sound: how they grow is known */
		t.sound.at = before->sound.at;
		t.sound.gap = before->sound.gap;
		t.picture.at = before->picture.at;
		t.picture.gap = before->picture.gap;
	}
	if (before)
		end(d, before, asked ? "turned" : "lost", DESK_SETTLE_MS);
	struct desk_take *now = &d->takes[d->take_count++];
	*now = t;
	if (!asked)
		end(d, now, "lost", DESK_SETTLE_MS);
	return asked;
}

void desk_stop(struct desk *d, int64_t line, const char *how)
{
	for (size_t i = 0; i < d->take_count; i++) {
		struct desk_take *t = &d->takes[i];
		if (t->end_at == 0 && (line == 0 || t->line == line))
			end(d, t, how, line ? DESK_SETTLE_MS : DESK_QUIET_LONG_MS);
	}
}

/* ---- growing ------------------------------------------------------------------------------- */

static struct desk_line *line_of(struct desk *d, const struct desk_take *t)
{
	for (size_t i = 0; i < d->line_count; i++) {
		if (d->lines[i].id == t->line)
			return &d->lines[i];
	}
	return NULL;
}

/* A file that somebody has changed is told once, and ends the segment. */
static void follow(struct desk *d, struct desk_take *t, struct desk_side *side)
{
	struct err why = { 0 };
	int64_t grew = 0;
	if (!follow_look(side->follow, &grew, &why)) {
		log_failure("a record", &why);
		end(d, t, "lost", DESK_SETTLE_MS);
		return;
	}
	side->grew = grew > 0;
	if (grew == 0)
		return;
	const int64_t now = clock_monotonic_ms();
	if (side->at && now - side->at > side->gap)
		side->gap = now - side->at;
	side->at = now;
}

/* Janus writes 4 KiB at a time, and of quiet sound or a picture that stands these take seconds:
 * such a file counts as growing for one of its steps longer, while Janus has packets. */
static bool steps(const struct desk_side *side, bool silent)
{
	const int64_t most = side->gap < VIDEO_GROWS_MS ? side->gap : VIDEO_GROWS_MS;
	return side->at > 0 && !silent && side->gap > DESK_SLOW_MS &&
	       clock_monotonic_ms() - side->at < most;
}

/* Reads, hashes and syncs: outside of any transaction, as a sync takes its time. */
static void look_at(struct desk *d, struct desk_take *t)
{
	const struct desk_line *line = line_of(d, t);
	t->sound.grew = t->picture.grew = false;
	follow(d, t, &t->sound);
	if (t->end_at == 0)
		follow(d, t, &t->picture);
	t->sound.grew = t->sound.grew || steps(&t->sound, !line || line->mute);
	t->picture.grew = t->picture.grew || steps(&t->picture, !line || line->blind);
}

/* One commit for all of them. */
static bool note_growth(struct desk *d, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(d->act.db, &tx, e))
		return false;
	for (size_t i = 0; i < d->take_count; i++) {
		const struct desk_take *t = &d->takes[i];
		if (t->end_at == 0 && (t->sound.grew || t->picture.grew) &&
		    !video_source_grew(&d->act, t->source, t->sound.grew ? d->act.now_ms : 0,
				       t->picture.grew ? d->act.now_ms : 0, e))
			return false;
	}
	return db_commit(&tx, e);
}

static bool turn(struct desk *d, size_t i, struct err *e)
{
	struct desk_take *t = &d->takes[i];
	const struct desk_line *line = line_of(d, t);
	if (!line || t->end_at != 0 || clock_monotonic_ms() - t->begun_at < d->segment_ms)
		return true;
	return desk_record(d, line, e);
}

bool desk_look(struct desk *d, struct err *e)
{
	const size_t count = d->take_count;
	for (size_t i = 0; i < count; i++) {
		if (d->takes[i].end_at == 0)
			look_at(d, &d->takes[i]);
	}
	if (count > 0 && !note_growth(d, e))
		return false;
	for (size_t i = 0; d->janus && i < count; i++) {
		if (!turn(d, i, e))
			return false;
	}
	return true;
}

/* ---- whole --------------------------------------------------------------------------------- */

static bool piece(struct desk *d, struct follow *f, struct video_piece *piece, struct err *e)
{
	unsigned char hash[FOLLOW_HASH_SIZE];
	struct err why = { 0 };
	if (!*piece->file)
		return true;
	if (!follow_end(f, &piece->size, hash, &why)) {
		/* somebody has changed it: what lies there now goes into the journal */
		log_failure("a record", &why);
		if (!follow_whole(d->records, piece->file, &piece->size, hash, e))
			return false;
	}
	piece->hash = act_hex(d->act.arena, hash, sizeof(hash));
	return true;
}

/* Of a camera that was dead Janus makes a file all the same: without a packet it is no record, and
 * nothing would know it. */
static void drop_empty(const struct desk *d, const char *file, const struct video_piece *piece)
{
	if (!*piece->file)
		(void)unlink(arena_print(d->act.arena, "%s/%s", d->records, file));
}

static bool settle(struct desk *d, struct desk_take *t, struct err *e)
{
	const char *sound = file_of(d, t, "-audio-0.mjr");
	const char *picture = file_of(d, t, "-video-1.mjr");
	const bool clocked = strcmp(t->how, "lost") != 0;
	struct video_end said = { 0 };
	desk_end_of(d, sound, picture, clocked, t->until_ms, &said);
	if (!piece(d, t->sound.follow, &said.sound, e) ||
	    !piece(d, t->picture.follow, &said.picture, e))
		return false;
	said.how = t->how;
	d->bytes += said.sound.size + said.picture.size;
	d->recorded_ms += said.from_ms ? said.until_ms - said.from_ms : 0;
	if (!video_segment_end(&d->act, t->segment, &said, e))
		return false;
	drop_empty(d, sound, &said.sound);
	drop_empty(d, picture, &said.picture);
	return true;
}

/* What Janus wrote since the last look; a file that was changed is quiet. */
static bool is_quiet(const struct desk_take *t)
{
	struct err why = { 0 };
	int64_t sound = 0;
	int64_t picture = 0;
	return (!follow_look(t->sound.follow, &sound, &why) || sound == 0) &&
	       (!follow_look(t->picture.follow, &picture, &why) || picture == 0);
}

bool desk_settle(struct desk *d, struct err *e)
{
	const int64_t now = clock_monotonic_ms();
	for (size_t i = d->take_count; i-- > 0;) {
		struct desk_take *t = &d->takes[i];
		if (t->end_at == 0)
			continue;
		if (!is_quiet(t))
			t->end_at = now + t->settle_ms;
		if (now < t->end_at) {
			d->dirty = true;
			continue;
		}
		if (!settle(d, t, e))
			return false;
		follow_cleanup(&t->sound.follow);
		follow_cleanup(&t->picture.follow);
		*t = d->takes[--d->take_count];
	}
	return true;
}

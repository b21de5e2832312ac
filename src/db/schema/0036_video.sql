-- Sound and picture of tests and interviews (R28-3, R47-1; app/video/room.h).

-- How a sitting is recorded (app/sitting/record.h): seats, hall; outside: by other equipment, on the
-- operator's word.
ALTER TABLE sitting ADD COLUMN record TEXT NOT NULL DEFAULT 'outside';

-- `konkurs video`, as it last told of itself: one row, none where there never was one.
CREATE TABLE video_service (
	id          INTEGER NOT NULL PRIMARY KEY,
	seen_ms     @big NOT NULL,       -- it was at work
	problem     TEXT NOT NULL,       -- '' none; 'away': the server of sound and picture is; 'disk'
	free_bytes  @big NOT NULL,       -- of the disk with the records
	source_rate @big NOT NULL        -- bytes that one source takes in an hour, as measured
) @strict;

-- Where one sitting or one interview is sent and recorded.
CREATE TABLE video_room (
	id           @id,
	sitting_id   @big UNIQUE REFERENCES sitting (id),     -- one of the two
	interview_id @big UNIQUE REFERENCES interview (id),
	needs        TEXT NOT NULL,      -- what has to be recorded: seats, hall, audio
	state        TEXT NOT NULL,      -- wanted, open, closing, closed
	number       @big NOT NULL,      -- its name at the server of sound and picture
	pin          TEXT NOT NULL,      -- whoever enters; '' once it is closed
	secret       TEXT NOT NULL,      -- whoever changes it; '' once it is closed
	created_ms   @big NOT NULL,
	opened_ms    @big,
	closed_ms    @big
) @strict;

-- A camera and microphone of a room.  Rows stay when the line is down.
CREATE TABLE video_source (
	id             @id,
	room_id        @big NOT NULL REFERENCES video_room (id),
	kind           TEXT NOT NULL,    -- seat, hall, commission, candidate, expert, talk
	attempt_id     @big UNIQUE REFERENCES attempt (id),   -- of a seat
	application_id @big REFERENCES application (id),      -- of a candidate in an interview
	person_id      @big REFERENCES person (id),           -- of an expert, of who talks
	number         INTEGER NOT NULL, -- of several of a kind in the room, from 1
	audio_ms       @big NOT NULL,    -- when its sound last grew on disk; 0: never
	video_ms       @big NOT NULL,    -- the same of its picture
	warned_ms      @big,             -- who sits there has confirmed that he is recorded
	absent_ms      @big,             -- the operator has said that nobody sits there; NULL: somebody does
	absent_by      @big REFERENCES person (id),
	absent_reason  TEXT NOT NULL DEFAULT ''
) @strict;
CREATE INDEX video_source_room ON video_source (room_id);

-- A connection of a page: what it and the server of sound and picture have to say to each other.
CREATE TABLE video_line (
	id         @id,
	room_id    @big NOT NULL REFERENCES video_room (id),
	source_id  @big NOT NULL REFERENCES video_source (id),
	way        TEXT NOT NULL,        -- send, watch
	person_id  @big NOT NULL REFERENCES person (id),
	state      TEXT NOT NULL,        -- asked, told, answered, up, down
	offer      TEXT NOT NULL,        -- SDP; '' not yet, or no longer needed
	answer     TEXT NOT NULL,
	problem    TEXT NOT NULL,        -- why it is down: '', ended, replaced, silent, lost, refused, away
	created_ms @big NOT NULL,
	heard_ms   @big NOT NULL         -- last pulse of the page
) @strict;
CREATE INDEX video_line_live ON video_line (room_id) WHERE state <> 'down';

-- A piece of the record of one source: a file of sound, one of picture, or both.
CREATE TABLE video_segment (
	id            @id,
	room_id       @big NOT NULL REFERENCES video_room (id),
	source_id     @big NOT NULL REFERENCES video_source (id),
	number        INTEGER NOT NULL,  -- of the source, from 1
	state         TEXT NOT NULL,     -- growing, closed, checked, empty, destroyed
	begun_ms      @big NOT NULL,     -- asked for
	from_ms       @big,              -- first packet, by the service's clock
	until_ms      @big,              -- end, by that clock
	wall_us       @big,              -- first packet, by the clock of the recording machine
	ended         TEXT NOT NULL,     -- '' growing; turned, stopped, lost, found (after a crash)
	audio_file    TEXT NOT NULL,     -- below the folder of the records; '' none
	audio_size    @big NOT NULL,
	audio_hash    TEXT NOT NULL,     -- SHA-256, hexadecimal
	video_file    TEXT NOT NULL,
	video_size    @big NOT NULL,
	video_hash    TEXT NOT NULL,
	film_file     TEXT NOT NULL,     -- both as WebM, for looking at; '' not yet
	film_size     @big NOT NULL,
	film_hash     TEXT NOT NULL,
	film_ms       @big NOT NULL,     -- how long it is
	UNIQUE (source_id, number)
) @strict;
CREATE INDEX video_segment_open ON video_segment (state) WHERE state IN ('growing', 'closed');

-- What is wrong with a record, and what the operator chose to do.
CREATE TABLE video_incident (
	id         @id,
	room_id    @big NOT NULL REFERENCES video_room (id),
	source_id  @big REFERENCES video_source (id),   -- NULL: all of the room
	segment_id @big REFERENCES video_segment (id),  -- that was checked; NULL: seen while it ran
	kind       TEXT NOT NULL,        -- lost, away, gap, short, silence, black, unreadable, disk
	from_ms    @big NOT NULL,
	until_ms   @big,                 -- NULL: it lasts
	choice     TEXT NOT NULL,        -- '' none yet; stop, act, go_on
	reason     TEXT NOT NULL,
	chosen_by  @big REFERENCES person (id),
	chosen_ms  @big
) @strict;
CREATE INDEX video_incident_room ON video_incident (room_id);

-- Who has looked at a record, and why (F74).
CREATE TABLE video_view (
	id         @id,
	room_id    @big NOT NULL REFERENCES video_room (id),
	source_id  @big REFERENCES video_source (id),   -- NULL: any of the room
	person_id  @big NOT NULL REFERENCES person (id),
	reason     TEXT NOT NULL,
	from_ms    @big NOT NULL,
	until_ms   @big NOT NULL         -- the reason holds so long
) @strict;
CREATE INDEX video_view_person ON video_view (person_id, room_id);

-- The device check of a seat's computer before the test (F38).
CREATE TABLE video_rehearsal (
	id         @id,
	attempt_id @big NOT NULL REFERENCES attempt (id),
	camera     INTEGER NOT NULL,     -- its picture was seen in the sample
	microphone INTEGER NOT NULL,     -- its sound was heard in the sample
	line       INTEGER NOT NULL,     -- the sample came to the server and grew on disk
	seat       INTEGER NOT NULL,
	at_ms      @big NOT NULL
) @strict;
CREATE INDEX video_rehearsal_attempt ON video_rehearsal (attempt_id);

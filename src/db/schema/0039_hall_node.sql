-- Halls on bad lines (docs/halls.md): a machine at the hall holds one sealed sitting for its time.

-- At the centre: the machine of a hall, known by its public keys (sign/envelope.h).
CREATE TABLE hall_node (
	id         @id,
	hall_id    @big NOT NULL REFERENCES hall (id),
	party      TEXT NOT NULL,           -- "konkurs-party-1 ..."
	added_by   @big REFERENCES person (id), -- NULL: the system itself, by the command line
	added_ms   @big NOT NULL,
	removed_by @big REFERENCES person (id),
	removed_ms @big                     -- NULL: it may be given sittings
) @strict;
CREATE UNIQUE INDEX hall_node_now ON hall_node (hall_id) WHERE removed_ms IS NULL;

-- Each time that a sitting is given away; the number is the epoch, which fences a node off whose
-- sitting was taken back or given to another.
CREATE TABLE sitting_given (
	id           @id,
	sitting_id   @big NOT NULL REFERENCES sitting (id),
	node_id      @big NOT NULL REFERENCES hall_node (id),
	state        TEXT NOT NULL,         -- given, brought, taken_back
	package_hash TEXT NOT NULL,         -- of its content, BLAKE2b-256
	package      @blob,                 -- the envelope, until it has ended
	given_by     @big REFERENCES person (id), -- NULL: the system itself
	given_ms     @big NOT NULL,
	ended_by     @big REFERENCES person (id), -- NULL: it was brought
	ended_second @big REFERENCES person (id),
	ended_ms     @big,
	reason       TEXT NOT NULL,         -- of taking it back; else ''
	segment_hash TEXT NOT NULL,         -- of what was brought; else ''
	segment      @blob                  -- the envelope, as it came
) @strict;
CREATE UNIQUE INDEX sitting_given_now ON sitting_given (sitting_id) WHERE state = 'given';
CREATE INDEX sitting_given_of ON sitting_given (sitting_id);

-- At the hall: what this machine holds.  No row: it is no hall node.
CREATE TABLE node_holding (
	epoch        @big NOT NULL PRIMARY KEY,
	sitting_id   @big NOT NULL REFERENCES sitting (id),
	package_hash TEXT NOT NULL,
	centre       TEXT NOT NULL,         -- the centre's public keys
	taken_ms     @big NOT NULL,
	returned_seq @big,                  -- last entry of what was brought; nothing is written after it
	returned_ms  @big,
	received_ms  @big                   -- the centre has said so
) @strict;

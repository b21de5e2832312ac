-- @bears 41
-- Addresses of other systems that are told what happens (app/hook/hook.h).
CREATE TABLE hook (
	id          @id,
	url         TEXT NOT NULL,
	inside      INTEGER NOT NULL,       -- 1: it may lie in a network of our own
	reason      TEXT NOT NULL,
	secret      @blob NOT NULL,         -- what signs, under the service key
	state       TEXT NOT NULL,          -- asked, on, off, refused
	why         TEXT NOT NULL,          -- of off: '' an administrator, given_up, gone
	asked_by    @big NOT NULL REFERENCES person (id),
	asked_ms    @big NOT NULL,
	answered_by @big REFERENCES person (id),
	answered_ms @big
) @strict;

-- Which kinds of journal entries it is told.
CREATE TABLE hook_event (
	hook_id @big NOT NULL REFERENCES hook (id),
	kind    TEXT NOT NULL,
	PRIMARY KEY (hook_id, kind)
) @strict;

-- What is told: written with the entry, sent afterwards by `konkurs hooks`.
CREATE TABLE hook_delivery (
	id         @id,
	hook_id    @big NOT NULL REFERENCES hook (id),
	message    TEXT NOT NULL,           -- webhook-id: the same however often it is sent
	kind       TEXT NOT NULL,
	body       TEXT NOT NULL,           -- as it is sent, byte by byte
	state      TEXT NOT NULL,           -- queued, sent, given_up
	attempts   INTEGER NOT NULL,
	next_ms    @big NOT NULL,           -- not before
	created_ms @big NOT NULL,
	first_ms   @big,                    -- of the first attempt
	ended_ms   @big,
	problem    TEXT NOT NULL,           -- of the last attempt (hook/post.h)
	status     INTEGER NOT NULL         -- its HTTP status, or 0
) @strict;
CREATE INDEX hook_delivery_due ON hook_delivery (state, hook_id, id);
CREATE INDEX hook_delivery_of ON hook_delivery (hook_id, id);

-- When `konkurs hooks` was last at work.
CREATE TABLE hook_service (
	id      INTEGER NOT NULL PRIMARY KEY,
	seen_ms @big NOT NULL
) @strict;

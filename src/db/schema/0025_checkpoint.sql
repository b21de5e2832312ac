-- The journal as a log that others can check (F85 to F88): docs/journal.md.

-- Nothing in these tables is changed or deleted; the content of an entry goes by an act alone.
@append_only journal_entry;
@append_only journal_content UNLESS
	EXISTS (SELECT 1 FROM journal_entry j JOIN destruction_act a ON a.competition_id = j.competition_id
	         WHERE j.seq = OLD.seq AND j.kind IN ('test.answer', 'test.entered', 'test.resumed'));
@append_only destruction_act;

-- Who signs checkpoints.  The newest counts: the seed under another service key is another row.
CREATE TABLE log_identity (
	id         @id,
	origin     TEXT NOT NULL,           -- "konkurs/" and 16 hexadecimal digits
	public_key @blob NOT NULL,          -- Ed25519
	seed_box   @blob NOT NULL,          -- under the service key
	made_ms    @big NOT NULL
) @strict;
@append_only log_identity;

-- Full tiles of the tree, so that a checkpoint does not begin at the first entry.
CREATE TABLE journal_tile (
	level  INTEGER NOT NULL,
	number @big NOT NULL,
	root   @blob NOT NULL,              -- of the tree that the 256 hashes make
	hashes @blob NOT NULL,
	PRIMARY KEY (level, number)
) @strict;
@append_only journal_tile;

CREATE TABLE checkpoint (
	id    @id,
	size  @big NOT NULL UNIQUE,         -- entries that it covers
	root  @blob NOT NULL,
	note  TEXT NOT NULL,                -- signed by the log; witnesses' lines are in witness_signature
	at_ms @big NOT NULL
) @strict;
@append_only checkpoint;
CREATE INDEX checkpoint_by_root ON checkpoint (root);
-- Why there is one; two reasons without an entry between them share it.
CREATE TABLE checkpoint_reason (
	id            @id,
	checkpoint_id @big NOT NULL REFERENCES checkpoint (id),
	reason        TEXT NOT NULL,        -- sitting, vote, day, receipt, asked
	subject       TEXT NOT NULL,        -- "sitting/12", '' none
	by_id         @big NOT NULL,        -- 0: the system itself
	at_ms         @big NOT NULL
) @strict;
CREATE INDEX checkpoint_reason_of ON checkpoint_reason (checkpoint_id);
@append_only checkpoint_reason;

-- Who outside vouches that the log only grows.  An administrator proposes, an auditor confirms.
CREATE TABLE witness (
	id          @id,
	name        TEXT NOT NULL,          -- of the key
	vkey        TEXT NOT NULL UNIQUE,   -- C2SP verifier key of type 0x04
	holder      TEXT NOT NULL,          -- body or person that has the key
	proposed_by @big NOT NULL REFERENCES person (id),
	proposed_ms @big NOT NULL
) @strict;
@append_only witness;
CREATE TABLE witness_step (
	id         @id,
	witness_id @big NOT NULL REFERENCES witness (id),
	step       TEXT NOT NULL,           -- confirmed, refused, ended
	reason     TEXT NOT NULL,
	by_id      @big NOT NULL REFERENCES person (id),
	at_ms      @big NOT NULL
) @strict;
CREATE UNIQUE INDEX witness_step_once ON witness_step (witness_id, step);
@append_only witness_step;
CREATE TABLE witness_signature (
	id            @id,
	checkpoint_id @big NOT NULL REFERENCES checkpoint (id),
	witness_id    @big NOT NULL REFERENCES witness (id),
	line          TEXT NOT NULL,        -- of the note, without its line feed
	signed_s      @big NOT NULL,        -- what the signature says, seconds since 1970
	by_id         @big NOT NULL REFERENCES person (id), -- who brought it
	at_ms         @big NOT NULL
) @strict;
CREATE UNIQUE INDEX witness_signature_once ON witness_signature (checkpoint_id, witness_id);
@append_only witness_signature;

-- A signed checkpoint that is not of this tree: somebody was shown another history.
CREATE TABLE log_alarm (
	id         @id,
	kind       TEXT NOT NULL,           -- split, ahead, missing
	witness_id @big REFERENCES witness (id), -- NULL: under the log's own key alone
	size       @big NOT NULL,           -- as the note says
	root       @blob NOT NULL,
	note       TEXT NOT NULL,
	by_id      @big NOT NULL REFERENCES person (id),
	at_ms      @big NOT NULL
) @strict;
CREATE INDEX log_alarm_of ON log_alarm (size);
@append_only log_alarm;

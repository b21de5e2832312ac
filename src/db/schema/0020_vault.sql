-- The sealed bank (F28, F34): the words of questions lie encrypted, docs/vault.md says under what.

-- Until a key is there; app/bank/vault_start.c encrypts what it holds and drops it.
ALTER TABLE item_text RENAME TO item_text_plain;
CREATE TABLE item_text (
	item_id  @big NOT NULL REFERENCES item (id),
	language TEXT NOT NULL,             -- kk, ru
	part     INTEGER NOT NULL,          -- 0: the question; 1 to 5: the options
	text     @blob NOT NULL,            -- under the data key of the version (app/bank/bank_text.h)
	PRIMARY KEY (item_id, language, part)
) @strict;
CREATE INDEX item_by_code ON item (code);

-- The key of this installation lies in a file; here is what tells it from others.
CREATE TABLE service_key (
	fingerprint TEXT NOT NULL PRIMARY KEY,
	since_ms    @big NOT NULL,
	scrubbed    INTEGER NOT NULL        -- 0: free pages or the log may hold what was taken away
) @strict;

-- The data key of a version, once for each who may take it out.
CREATE TABLE item_key (
	item_id @big NOT NULL REFERENCES item (id),
	holder  TEXT NOT NULL,              -- service: under the service key; bank: for two keepers
	box     @blob NOT NULL,
	PRIMARY KEY (item_id, holder)
) @strict;

-- A keeper's own pair; the secret one under Argon2id of a passphrase.
CREATE TABLE keeper_key (
	person_id  @big NOT NULL PRIMARY KEY REFERENCES person (id),
	public_key @blob NOT NULL,
	salt       @blob NOT NULL,
	box        @blob NOT NULL,
	made_ms    @big NOT NULL,
	changed_ms @big NOT NULL,           -- of the passphrase
	wrong      INTEGER NOT NULL,        -- passphrases in a row
	wrong_ms   @big NOT NULL            -- the last of them
) @strict;

-- The bank's pair; nobody has the secret one whole.  The newest that has not ended counts.
CREATE TABLE bank_key (
	id          @id,
	public_key  @blob NOT NULL,
	fingerprint TEXT NOT NULL,
	made_by     @big REFERENCES person (id), -- NULL: the system itself
	made_ms     @big NOT NULL,
	ended_ms    @big
) @strict;
CREATE TABLE bank_share (
	bank_key_id @big NOT NULL REFERENCES bank_key (id),
	number      INTEGER NOT NULL,       -- of the share, from 1
	keeper_id   @big REFERENCES person (id), -- NULL: on paper
	mark        @blob NOT NULL,         -- a hash of the share: tells whether a given one is it
	box         @blob,                  -- for the keeper's public key; NULL of paper, and of what ended
	PRIMARY KEY (bank_key_id, number)
) @strict;

-- The bank is open when two people have given a share each.
CREATE TABLE bank_opening (
	id          @id,
	bank_key_id @big NOT NULL REFERENCES bank_key (id),
	purpose     TEXT NOT NULL,          -- sitting, work, renewal
	sitting_id  @big REFERENCES sitting (id),
	reason      TEXT NOT NULL,
	asked_by    @big NOT NULL REFERENCES person (id),
	asked_ms    @big NOT NULL,
	hours       INTEGER NOT NULL,       -- from the second share on
	until_ms    @big NOT NULL,          -- before that: until when it waits for shares
	opened_ms   @big,
	ended_ms    @big,
	ended       TEXT NOT NULL           -- '', closed, time, started, cancelled, renewed
) @strict;
CREATE INDEX bank_opening_live ON bank_opening (purpose) WHERE ended_ms IS NULL;
CREATE TABLE bank_opening_share (
	opening_id @big NOT NULL REFERENCES bank_opening (id),
	number     INTEGER NOT NULL,
	person_id  @big NOT NULL REFERENCES person (id),
	paper      INTEGER NOT NULL,        -- 1: from paper
	box        @blob,                   -- under the service key; NULL when the opening has ended
	at_ms      @big NOT NULL,
	PRIMARY KEY (opening_id, number)
) @strict;
CREATE UNIQUE INDEX bank_opening_person ON bank_opening_share (opening_id, person_id);

-- The data key of a version on the forms of a sitting, under the key of the seal.
ALTER TABLE sitting_item ADD COLUMN text_key @blob;

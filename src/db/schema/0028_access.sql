-- Who comes in, with what, from which browser; what only two may do; who has opened which papers.

-- When the person of a session proved last who it is, and how; the browser in words, and where it
-- stands (loopback, inside, outside): for the person's own list.
ALTER TABLE session ADD COLUMN authenticated_ms @big NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN factor TEXT NOT NULL DEFAULT '';   -- '', totp, recovery, passkey, certificate
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN place TEXT NOT NULL DEFAULT '';

-- A browser in which somebody has signed in before: others' guesses do not hold it up.  `hall`: of an
-- enrolled seat, where everybody sits for the first time.
CREATE TABLE known_device (
	token_hash       TEXT NOT NULL,      -- BLAKE2b of the cookie
	person_id        @big NOT NULL REFERENCES person (id),
	proven           INTEGER NOT NULL,   -- 0: failures only
	hall             INTEGER NOT NULL,
	failures         INTEGER NOT NULL,
	blocked_until_ms @big NOT NULL,
	seen_ms          @big NOT NULL,
	PRIMARY KEY (token_hash, person_id)
) @strict;
CREATE INDEX known_device_of ON known_device (person_id);

-- The password was right, the second factor is still to come.
CREATE TABLE sign_in_step (
	token_hash TEXT NOT NULL PRIMARY KEY,
	person_id  @big NOT NULL REFERENCES person (id),
	made_ms    @big NOT NULL
) @strict;

-- One generator of codes a person (RFC 6238).
CREATE TABLE totp (
	person_id    @big NOT NULL PRIMARY KEY REFERENCES person (id),
	secret       @blob NOT NULL,         -- in a box under the service key
	made_ms      @big NOT NULL,
	confirmed_ms @big,                   -- NULL: no code of it was given yet
	last_step    @big NOT NULL           -- of the newest code that was taken: each is good once
) @strict;

CREATE TABLE recovery_code (
	id        @id,
	person_id @big NOT NULL REFERENCES person (id),
	salt      @blob NOT NULL,            -- the same of all codes of a set
	hash      @blob NOT NULL,            -- Argon2id
	made_ms   @big NOT NULL,
	used_ms   @big
) @strict;
CREATE INDEX recovery_code_of ON recovery_code (person_id);

CREATE TABLE passkey (
	id         @id,
	person_id  @big NOT NULL REFERENCES person (id),
	credential TEXT NOT NULL UNIQUE,     -- base64url, as the browser says it
	algorithm  INTEGER NOT NULL,         -- COSE: -7 ES256, -8 EdDSA, -257 RS256
	public_key @blob NOT NULL,
	uses       @big NOT NULL,            -- the authenticator's counter
	name       TEXT NOT NULL,
	made_ms    @big NOT NULL,
	used_ms    @big,
	removed_ms @big
) @strict;
CREATE INDEX passkey_of ON passkey (person_id);

-- Challenges of the server are signed and carry their time; one that was answered is not good again.
CREATE TABLE challenge_used (
	challenge TEXT NOT NULL PRIMARY KEY,
	until_ms  @big NOT NULL
) @strict;

CREATE TABLE access_setting (
	name  TEXT NOT NULL PRIMARY KEY,     -- second_factor: off, of demonstrations
	value TEXT NOT NULL
) @strict;

-- What an administrator asks for and another one answers.
CREATE TABLE access_request (
	id          @id,
	kind        TEXT NOT NULL,           -- factors, grant, revoke
	person_id   @big NOT NULL REFERENCES person (id),
	role        TEXT NOT NULL,
	organ       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	asked_by    @big NOT NULL REFERENCES person (id),
	asked_ms    @big NOT NULL,
	state       TEXT NOT NULL,           -- asked, done, refused
	answered_by @big REFERENCES person (id),
	answered_ms @big
) @strict;
CREATE INDEX access_request_of ON access_request (person_id);

-- F76: restricted papers of a candidate were opened for a reason, and each view of one.
CREATE TABLE restricted_opening (
	id             @id,
	person_id      @big NOT NULL REFERENCES person (id),
	application_id @big NOT NULL REFERENCES application (id),
	what           TEXT NOT NULL,        -- security, study
	reason         TEXT NOT NULL,        -- restricted.reason.REASON
	words          TEXT NOT NULL,
	at_ms          @big NOT NULL,
	until_ms       @big NOT NULL
) @strict;
CREATE INDEX restricted_opening_of ON restricted_opening (person_id, application_id);

CREATE TABLE restricted_view (
	id             @id,
	person_id      @big NOT NULL REFERENCES person (id),  -- who looked
	application_id @big NOT NULL REFERENCES application (id),
	opening_id     @big REFERENCES restricted_opening (id), -- NULL: it is this officer's own work
	what           TEXT NOT NULL,
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX restricted_view_of ON restricted_view (application_id);

-- People, their accounts and rights, and the texts of law that competitions pin.
-- @id, @big, @blob, @strict: docs/dialect.md.  Days are days since 1970-01-01,
-- instants (_ms) milliseconds since then in UTC.

-- The bytes of a rule file.  A competition points here, so that no later edit of
-- a file on disk can change what it runs under (F1).
CREATE TABLE law_text (
	hash     TEXT NOT NULL PRIMARY KEY, -- BLAKE2b-256 of body, hexadecimal
	kind     TEXT NOT NULL,             -- rule_set, qualification, calendar, organs, posts
	name     TEXT NOT NULL,             -- the file's name
	body     TEXT NOT NULL,
	added_ms @big NOT NULL
) @strict;

CREATE TABLE person (
	id          @id,
	iin         TEXT NOT NULL UNIQUE,
	family      TEXT NOT NULL,
	given       TEXT NOT NULL,
	patronymic  TEXT NOT NULL,          -- may be empty
	sort_key    TEXT NOT NULL,          -- Kazakh collation of the full name
	search      TEXT NOT NULL,          -- folded full name
	organ       TEXT NOT NULL,          -- code in rules/organs.yaml
	position_kk TEXT NOT NULL,
	position_ru TEXT NOT NULL,
	under_attestation INTEGER NOT NULL DEFAULT 0, -- L47: a warning, HR decides
	added_ms    @big NOT NULL
) @strict;
CREATE INDEX person_by_name ON person (sort_key);

CREATE TABLE account (
	person_id        @big NOT NULL PRIMARY KEY REFERENCES person (id),
	password         TEXT NOT NULL,     -- Argon2id, libsodium's text form
	failures         INTEGER NOT NULL DEFAULT 0,
	blocked_until_ms @big NOT NULL DEFAULT 0,
	language         TEXT NOT NULL DEFAULT 'kk'
) @strict;

-- A right holds for an organ and those under it.
CREATE TABLE role_grant (
	id         @id,
	person_id  @big NOT NULL REFERENCES person (id),
	role       TEXT NOT NULL,           -- hr, security, polygraph, psycho, operator, auditor, admin
	organ      TEXT NOT NULL,
	granted_by @big REFERENCES person (id),
	granted_ms @big NOT NULL,
	revoked_ms @big
) @strict;
CREATE UNIQUE INDEX role_grant_live ON role_grant (person_id, role, organ) WHERE revoked_ms IS NULL;

CREATE TABLE session (
	token_hash TEXT NOT NULL PRIMARY KEY, -- BLAKE2b of the cookie: a stolen table opens no door
	person_id  @big NOT NULL REFERENCES person (id),
	csrf       TEXT NOT NULL,
	created_ms @big NOT NULL,
	seen_ms    @big NOT NULL,
	expires_ms @big NOT NULL
) @strict;
CREATE INDEX session_by_person ON session (person_id);

-- Random keys of this installation, by name.
CREATE TABLE secret (
	name  TEXT NOT NULL PRIMARY KEY,
	value @blob NOT NULL
) @strict;

-- Uploaded files, stored by content, never by the sender's name (F14).
CREATE TABLE blob (
	hash     TEXT NOT NULL PRIMARY KEY, -- BLAKE2b-256 of body, hexadecimal
	media    TEXT NOT NULL,             -- told from the content
	size     @big NOT NULL,
	body     @blob NOT NULL,
	added_ms @big NOT NULL
) @strict;

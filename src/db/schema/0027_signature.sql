-- Electronic signatures (F12): whom the installation trusts, and what was signed.

-- Authorities.  An anchor counts when a second person has agreed to it, and until a second person has
-- agreed to its removal; an intermediate authority is worth no more than the path to an anchor.
CREATE TABLE trust_certificate (
	id            @id,
	kind          TEXT NOT NULL,       -- anchor, authority
	state         TEXT NOT NULL,       -- asked, trusted, leaving, removed, refused
	fingerprint   TEXT NOT NULL,       -- SHA-256 of the DER form
	body          @blob NOT NULL,      -- DER
	subject       TEXT NOT NULL,
	issuer        TEXT NOT NULL,
	serial        TEXT NOT NULL,
	not_before_ms @big NOT NULL,
	not_after_ms  @big NOT NULL,
	reason        TEXT NOT NULL,       -- of who asked last
	asked_by      @big REFERENCES person (id), -- for it or for its removal; NULL: the command line
	asked_ms      @big NOT NULL,
	answered_by   @big REFERENCES person (id),
	answered_ms   @big
) @strict;
CREATE UNIQUE INDEX trust_certificate_one ON trust_certificate (fingerprint)
	WHERE state IN ('asked', 'trusted', 'leaving');

-- Lists of revoked certificates, of authorities that are trusted; the newest of each counts, older ones
-- stay for what was judged by them.
CREATE TABLE trust_list (
	id          @id,
	fingerprint TEXT NOT NULL UNIQUE,  -- SHA-256 of the DER form
	authority   TEXT NOT NULL,         -- fingerprint of who issued it
	issuer      TEXT NOT NULL,
	number      TEXT NOT NULL,         -- hexadecimal, '' without one
	made_ms     @big NOT NULL,
	next_ms     @big,
	certificates @big NOT NULL,        -- how many it revokes
	body        @blob NOT NULL,
	current     INTEGER NOT NULL,      -- 1: the newest of its authority
	by_id       @big REFERENCES person (id), -- NULL: the command line
	at_ms       @big NOT NULL
) @strict;

CREATE TABLE trust_setting (
	name  TEXT NOT NULL PRIMARY KEY,
	value @big NOT NULL
) @strict;
INSERT INTO trust_setting (name, value) VALUES ('list_most_days', 7);

-- Signatures that hold.  Nothing here is ever changed.
CREATE TABLE document_signature (
	id             @id,
	kind           TEXT NOT NULL,      -- application, paper, security, ballot, minutes
	subject_id     @big NOT NULL,      -- row of that kind; of minutes the interview
	competition_id @big NOT NULL REFERENCES competition (id),
	application_id @big REFERENCES application (id),
	sha256         TEXT NOT NULL,      -- of the document, as it stands in what was signed
	signer         TEXT NOT NULL,      -- IIN of the certificate
	blob_hash      TEXT NOT NULL REFERENCES blob (hash), -- the CMS as it came
	verdict        TEXT NOT NULL,      -- JSON: app/signature/signature.h
	list           TEXT NOT NULL,      -- fingerprint of the list of revoked certificates
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL,
	UNIQUE (kind, subject_id, sha256, signer)
) @strict;
@append_only document_signature;

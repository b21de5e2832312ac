-- An account that is disabled opens no door until it is enabled again; who has opened restricted papers
-- stays as it was written.

ALTER TABLE account ADD COLUMN disabled_ms @big;                          -- NULL: it opens the door
ALTER TABLE account ADD COLUMN disabled_reason TEXT NOT NULL DEFAULT '';

-- F76
@append_only restricted_opening;
@append_only restricted_view;

-- A file of a form that waits for its person's proof (ASVS 7.5.3): of the session, and gone with it.
CREATE TABLE reauth_file (
	session_hash TEXT NOT NULL REFERENCES session (token_hash) ON UPDATE CASCADE ON DELETE CASCADE,
	field        TEXT NOT NULL,
	path         TEXT NOT NULL,          -- of the form
	file_name    TEXT NOT NULL,
	body         @blob NOT NULL,
	kept_ms      @big NOT NULL,
	PRIMARY KEY (session_hash, field)
) @strict;

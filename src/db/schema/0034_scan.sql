-- What a virus scanner says of each uploaded file (app/candidate/scan.h).

-- By content, as the files themselves: the same bytes are looked at once.
CREATE TABLE scan (
	id         @id,
	blob_hash  TEXT NOT NULL UNIQUE,    -- of blob; a destroyed file takes its row along
	verdict    TEXT NOT NULL,           -- waiting, clean, infected
	found      TEXT NOT NULL,           -- name that the scanner gave it; '' nothing
	engine     TEXT NOT NULL,           -- "ClamAV 1.4.3"
	signatures TEXT NOT NULL,           -- version of its signatures; '' it names none
	at_ms      @big,                    -- of the verdict
	due_ms     @big,                    -- not before; NULL: it need not be looked at
	attempts   INTEGER NOT NULL,        -- since the last verdict
	problem    TEXT NOT NULL            -- of the last attempt: '' none, too_large, failed, away
) @strict;
CREATE INDEX scan_due ON scan (due_ms) WHERE due_ms IS NOT NULL;
INSERT INTO scan (blob_hash, verdict, found, engine, signatures, due_ms, attempts, problem)
SELECT hash, 'waiting', '', '', '', added_ms, 0, '' FROM blob;

-- Whether files are held back until they are found clean, and when their scanner last answered.
CREATE TABLE scan_service (
	id         INTEGER NOT NULL PRIMARY KEY,
	required   INTEGER NOT NULL,
	engine     TEXT NOT NULL,
	signatures TEXT NOT NULL,
	answered_ms @big NOT NULL
) @strict;

-- Files that lie outside the database (store/store.h): the row says where.

ALTER TABLE blob ADD COLUMN object TEXT NOT NULL DEFAULT ''; -- name at the place, body is empty; '' it lies here
ALTER TABLE blob ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''; -- of the bytes, for signatures; '' of before this
CREATE INDEX blob_object ON blob (object) WHERE object <> '';

-- Objects that are to go: a transaction takes none away, `konkurs files` does after it.
CREATE TABLE object_removal (
	object   TEXT NOT NULL PRIMARY KEY,
	asked_ms @big NOT NULL,
	due_ms   @big NOT NULL,     -- not before
	attempts INTEGER NOT NULL,
	done_ms  @big               -- NULL: it may lie there still
) @strict;
CREATE INDEX object_removal_due ON object_removal (due_ms) WHERE done_ms IS NULL;

-- What `konkurs files` has found of the place last.
CREATE TABLE file_service (
	id          INTEGER NOT NULL PRIMARY KEY,
	place       TEXT NOT NULL,
	answered_ms @big NOT NULL,
	problem     TEXT NOT NULL,  -- of the last attempt: '' none, away, refused, changed, orphans
	asked_ms    @big NOT NULL,
	swept_ms    @big NOT NULL,
	orphans     @big NOT NULL   -- taken away so far
) @strict;

-- Copies of this database, and whether they could be restored (F91).
CREATE TABLE backup (
	id           @id,
	name         TEXT NOT NULL UNIQUE,  -- of its folder: day, time, journal size, root
	place        TEXT NOT NULL,         -- folder of the copies on the machine
	made_ms      @big NOT NULL,
	size         @big NOT NULL,
	sealed       INTEGER NOT NULL,      -- 1: only the holder of a key can read it
	schema       INTEGER NOT NULL,
	journal_size @big NOT NULL,
	root         TEXT NOT NULL,         -- of the journal's tree, hexadecimal
	removed_ms   @big                   -- when newer ones had taken its place
) @strict;
CREATE INDEX backup_by_time ON backup (made_ms);

CREATE TABLE backup_check (
	id        @id,
	backup_id @big NOT NULL REFERENCES backup (id),
	at_ms     @big NOT NULL,
	why       TEXT NOT NULL,            -- '' it is whole, else a word of backup/backup.h
	took_ms   @big NOT NULL
) @strict;
CREATE INDEX backup_check_of ON backup_check (backup_id, id);

-- Papers that were handed out as PDF, by the hash that stands on them (F15): what, of which
-- competition, when first; nothing of what they say.
CREATE TABLE paper (
	hash           TEXT NOT NULL PRIMARY KEY, -- 64 hexadecimal digits
	kind           TEXT NOT NULL,       -- "minutes": message paper.<kind>
	competition_id @big NOT NULL REFERENCES competition (id),
	language       TEXT NOT NULL,
	seq            @big NOT NULL,       -- place in the journal that stands on it, 0 none
	issued_ms      @big NOT NULL
) @strict;

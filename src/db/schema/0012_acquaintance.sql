-- Who has read which rule set, and has taken note of it (O-3).  A rule set is the bytes of its
-- file: an amended one is read anew.
CREATE TABLE acquaintance (
	person_id       @big NOT NULL REFERENCES person (id),
	rule_set        TEXT NOT NULL,      -- hash of the file
	read_ms         @big NOT NULL,
	acknowledged_ms @big,
	PRIMARY KEY (person_id, rule_set)
) @strict;

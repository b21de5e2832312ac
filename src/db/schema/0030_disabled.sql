-- An account that is disabled opens no door until it is enabled again; who has opened restricted papers
-- stays as it was written.

ALTER TABLE account ADD COLUMN disabled_ms @big;                          -- NULL: it opens the door
ALTER TABLE account ADD COLUMN disabled_reason TEXT NOT NULL DEFAULT '';

-- F76
@append_only restricted_opening;
@append_only restricted_view;

-- F12, R10-1: of a signature whose signer is not the signatory that its paper names, whether it counts:
-- HR says so, once, with a reason.
CREATE TABLE signature_decision (
	signature_id @big NOT NULL PRIMARY KEY REFERENCES document_signature (id),
	counts       INTEGER NOT NULL,
	reason       TEXT NOT NULL,
	by_id        @big NOT NULL REFERENCES person (id),
	at_ms        @big NOT NULL
) @strict;
@append_only signature_decision;

-- Receipts are looked up by the first ten bytes of the hash of their entry (app/evidence/evidence.h): the
-- kinds there are receipts of, so that the many clicks of a test need no index.
CREATE INDEX journal_receipt ON journal_entry (hash) WHERE kind IN ('application.sent', 'test.result', 'result.corrected', 'decision.recorded', 'vote.cast');

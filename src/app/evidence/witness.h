/* witness.h - who outside the operator vouches that the log only grows (F87).
 *
 * A witness is a key that a second body, or a member of a commission, keeps away from here.  It
 * signs a checkpoint when it has seen that the log has only grown since the last one it signed
 * (`konkurs witness`).  An administrator proposes a witness, an auditor confirms: one person alone
 * could make the log look watched.
 *
 * A cosigned checkpoint is taken when it is ours, signed by a confirmed witness, at a sane time.
 * One with our name and another root is a split view: whoever holds it was shown another history.
 * It is refused, kept as an alarm for good, and auditors and administrators are told. */
#pragma once
#include "app/evidence/checkpoint.h"

enum {
	WITNESS_HOLDER_MOST = 200,
	WITNESS_REASON_MOST = 500,
	WITNESS_NOTE_MOST = 8000, /* characters of a note that is brought          */
	WITNESS_SLACK_S = 300,    /* that the clock of a witness may be away from ours */
};

/* An administrator.  ERR_INPUT at "vkey": "journal.error.vkey" unless it is a verifier key of
 * cosignatures, "journal.error.vkey_known" if its key is there already or is the log's own. */
bool witness_propose(const struct act *act, const char *vkey, const char *holder, int64_t *ret,
		     struct err *e) MUST_USE;

/* An auditor who is not who proposed it: ERR_CONFLICT "journal.error.same_person";
 * "journal.error.witness_state" if that was decided already. */
bool witness_confirm(const struct act *act, int64_t id, struct err *e) MUST_USE;
bool witness_refuse(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

/* Auditor or administrator: from now on its signatures are not taken; old ones stay. */
bool witness_end(const struct act *act, int64_t id, const char *reason, struct err *e) MUST_USE;

struct witness_given {
	int64_t size;      /* of the checkpoint                                          */
	int64_t taken;     /* signatures that are new                                    */
	const char *alarm; /* "" or "split", "ahead" (beyond what there is), "missing" (signed by
			    * us, and not among our checkpoints): kept, and the note is refused */
};

/* Auditor, administrator, another body's account, or a seat in an appointed commission.  ERR_INPUT
 * at "note": "journal.error.note" (no checkpoint), ".origin" (another log's), ".signature" (a
 * signature that does not hold), ".unsigned" (by no witness of ours), ".unknown" (no checkpoint of
 * ours),
 * ".time".  True with `alarm` if there is one: commit, and refuse. */
bool witness_cosign(const struct act *act, const char *note, size_t size, struct witness_given *ret,
		    struct err *e) MUST_USE;

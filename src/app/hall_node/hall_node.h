/* hall_node.h - a hall on a bad line keeps a sealed sitting of its own for a while (docs/halls.md).
 *
 * A hall node is Konkurs with SQLite on a machine in the hall.  One sealed sitting is at one place
 * at a time:
 *
 *   hall_node_add()     the centre learns the node's public keys (sign/envelope.h)
 *   hall_give()         the centre packs what the sitting needs, for that node alone; from now on
 *                       the sitting is "given" and nobody changes it at the centre
 *   hall_take()         an empty database of the node becomes that sitting
 *   hall_bring()        the node packs its journal, and writes no more
 *   hall_receive()      the centre does all of it again, entry by entry
 *   hall_take_back()    two officials end it without the node, which is refused from then on
 *
 * What the node brings is its journal, and nothing is believed that it says of rows: the centre
 * runs the same use cases with the instant and the person of each entry (struct act, `relayed`),
 * and refuses all of it unless each gives the entry that the node has.  So law, clock, drawn forms
 * and answer keys are the centre's own, and afterwards everything is as if the test had been there.
 *
 * The number of a giving is its epoch: a segment of another epoch, or of one that has ended, is
 * refused. */
#pragma once
#include "app/access/second.h"
#include "sign/envelope.h"

enum { HALL_REASON_LEAST = 1, HALL_BACK_REASON_MOST = 500 };

/* ---- at the centre: the node of a hall ------------------------------------------------------- */

/* HR of the hall's organ notes the machine by its line of public keys; a hall has one at a time.
 * ERR_INPUT at "party" "hall.error.party", or "hall.error.party_own" for this installation's own;
 * ERR_CONFLICT "hall.error.node" while there is another. */
bool hall_node_add(const struct act *act, int64_t hall, const char *party, int64_t *ret_id,
		   struct err *e) MUST_USE;

/* It gets no sittings any more.  ERR_MISSING if there is none, ERR_CONFLICT "hall.error.holds"
 * while it has one. */
bool hall_node_remove(const struct act *act, int64_t hall, struct err *e) MUST_USE;

/* ---- at the centre: giving and taking back --------------------------------------------------- */

/* By HR of the hall's organ.  ERR_CONFLICT "sitting.error.not_sealed" unless it is sealed,
 * "hall.error.no_node" without a node of its hall, "hall.error.recorded" if it is recorded here. */
bool hall_give(const struct act *act, int64_t sitting, int64_t *ret_epoch, struct err *e) MUST_USE;

/* The envelope of a sitting that is given, for those who may give it.  ERR_MISSING if it is not. */
bool hall_package(const struct act *act, int64_t sitting, const void **ret, size_t *ret_size,
		  struct err *e) MUST_USE;

/* HR of the hall's organ and a second official (sitting_agree()): the node is lost, or was not
 * used.  The sitting is sealed here again.  ERR_INPUT at "reason" without one, ERR_CONFLICT
 * "hall.error.not_given". */
bool hall_take_back(const struct act *act, int64_t sitting, const char *reason,
		    const struct second *second, struct err *e) MUST_USE;

/* ---- at the hall ----------------------------------------------------------------------------- */

struct hall_holding {
	bool is_node; /* else this is no hall node, and the rest is nothing */
	int64_t epoch, sitting;
	bool returned; /* it was packed to be brought: nothing is written any more */
	bool received; /* and the centre has said that it has it                   */
};

bool hall_holding(struct db *db, struct hall_holding *ret, struct err *e) MUST_USE;

/* The person 0, in a database that nobody has used.  ERR_INPUT "hall.error.envelope",
 * "hall.error.sender" (envelope_open()), "hall.error.package"; ERR_CONFLICT "hall.error.not_fresh";
 * "hall.error.clock" if this machine's clock is behind the package. */
bool hall_take(const struct act *act, const struct envelope_party *centre, const void *package,
	       size_t size, struct err *e) MUST_USE;

/* The segment: the same content however often it is asked for.  Ends the holding the first time,
 * with an entry of its own.  ERR_CONFLICT "hall.error.running" while somebody writes, or
 * "hall.error.no_node" elsewhere. */
bool hall_bring(const struct act *act, const void **ret, size_t *ret_size, struct err *e) MUST_USE;

/* The centre has it. */
bool hall_acknowledge(const struct act *act, struct err *e) MUST_USE;

/* ---- at the centre: what is brought ---------------------------------------------------------- */

struct hall_received {
	int64_t sitting, epoch, entries, answers;
	bool before; /* it was here already: the same segment once more */
};

/* Who brings it does not matter, who signed it does: the person is 0.  In two steps, as others wait
 * while the second one lasts.
 *   ERR_INPUT     "hall.error.envelope", "hall.error.sender", "hall.error.segment": not for this
 *                 installation, not by that node, not whole
 *   ERR_CONFLICT  "hall.error.taken_back", "hall.error.brought": this epoch has ended
 *   ERR_INPUT     "hall.error.follows", with the entry in `value`, that does not follow from the
 *                 ones before by this program's rules */

/* Reads and checks what can be known without writing: no transaction, any thread.  Of a sender that
 * was never a node of this installation nothing but the first bytes is looked at.  `ret` lives in
 * the arena. */
struct hall_segment;
bool hall_segment_open(const struct act *act, const void *segment, size_t size,
		       const struct hall_segment **ret, struct err *e) MUST_USE;

/* Takes it over: all of it or nothing.  Whatever has changed since it was opened is seen. */
bool hall_segment_take(const struct act *act, const struct hall_segment *segment,
		       struct hall_received *ret, struct err *e) MUST_USE;

/* Both. */
bool hall_receive(const struct act *act, const void *segment, size_t size,
		  struct hall_received *ret, struct err *e) MUST_USE;

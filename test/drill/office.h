/* office.h - what the drill doctors beside the hall and the table: applications that are checked,
 * withdrawn and complained of, rights that come and go, the calendar, an authority. */
#pragma once
#include "harness.h"

/* At the beginning: the harness as it was opened. */
void office_play(struct harness *h);

/* At the end: what was only staged gets an entry, so that there is nothing that the journal does
 * not tell of. */
void office_tell(struct harness *h);

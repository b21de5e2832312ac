#include "base/teller.h"

#include <stddef.h>

void teller_tell(const struct teller *teller, const char *what, int64_t done, int64_t all)
{
	if (teller && teller->tell)
		teller->tell(teller->user, what, done, all);
}

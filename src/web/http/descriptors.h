/* descriptors.h - connections are limited by the descriptors that the process may have. */
#pragma once
#include "base/err.h"

/* Allows `connections` (0: as it is) and some for everything else, or as many as the machine gives.
 * False if it could not be set. */
bool descriptors_limit(int connections) MUST_USE;

/* bulk.h - one decision for many candidates: choosing them, watching it, stopping it. */
#pragma once
#include "web/web.h"

extern const struct route bulk_routes[];

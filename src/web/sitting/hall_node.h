/* hall_node.h - the pages about hall nodes (app/hall_node/hall_node.h). */
#pragma once
#include "web/web.h"

extern const struct route hall_node_routes[];

/* Adds "node": {may, given_ms} to the page of a sitting that is sealed or given: whether the reader
 * may give it away or take it back, and since when it is away. */
bool hall_node_model(struct req *r, int64_t sitting, const char *hall_organ, json_t *model,
		     struct err *e) MUST_USE;

#include "web/watch/ready.h"

#include <string.h>

const char *const ready_name[READY_CHECKS] = {
	[READY_DATABASE] = "database", [READY_PRIMARY] = "primary", [READY_SCHEMA] = "schema",
	[READY_KEY] = "key",           [READY_CLOCK] = "clock",     [READY_SERVING] = "serving",
};

/* A process that nobody looks in looks itself (a harness of a test, a tool). */
static void look(const struct site *site, struct probe_seen *ret, int64_t *ret_age_ms)
{
	struct probe_options o = { .clock = site->clock, .clock_kept = site->clock_kept };
	struct db_state state;
	struct err e = { 0 };
	if (site->probe) {
		probe_read(site->probe, ret, ret_age_ms);
		return;
	}
	memcpy(o.key, site->key, sizeof(o.key));
	*ret_age_ms = 0;
	if (!probe_look(site->db, &o, ret, &state, &e))
		*ret = (struct probe_seen){ .reached = false };
	err_clear(&e);
}

bool ready_look(const struct site *site, bool ret[READY_CHECKS])
{
	struct probe_seen seen = { 0 };
	int64_t age_ms = 0;
	bool all = true;
	look(site, &seen, &age_ms);
	const bool reached = seen.reached && age_ms <= READY_AGE_MS;
	ret[READY_DATABASE] = reached;
	ret[READY_PRIMARY] = reached && seen.writable;
	ret[READY_SCHEMA] = reached && seen.schema;
	ret[READY_KEY] = reached && seen.ours && site->service_key;
	ret[READY_CLOCK] = !seen.astray;
	ret[READY_SERVING] = !site->draining;
	for (size_t i = 0; i < READY_CHECKS; i++)
		all = all && ret[i];
	return all;
}

/* Names of checks and nothing else: everybody may ask. */
json_t *ready_model(const struct site *site, bool serving, bool *ret_ready)
{
	bool good[READY_CHECKS];
	json_t *checks = json_object();
	*ret_ready = ready_look(site, good) && serving;
	good[READY_SERVING] = good[READY_SERVING] && serving;
	for (size_t i = 0; i < READY_CHECKS; i++)
		(void)json_object_set_new(checks, ready_name[i], json_boolean(good[i]));
	return json_pack("{s:b,s:o}", "ready", *ret_ready, "checks", checks);
}

bool ready_show(struct req *r, json_t *model, struct err *e)
{
	bool ready = false;
	json_t *shown = ready_model(r->site, true, &ready);
	(void)e;
	(void)json_object_update(model, shown);
	json_decref(shown);
	r->status = ready ? 200 : 503;
	return true;
}

/* janus_made.h - a real Janus for a test, as script/janus configures it: on free ports of the
 * loopback, ended by its pid. */
#pragma once
#include "base/arena.h"
#include "video/janus.h"

#include <sys/types.h>

struct janus_made {
	char folder[64];
	char url[64], secret[64], admin_key[64];
	pid_t pid; /* 0: it does not run */
};

/* Writes a configuration with fresh secrets; SCRIPT is script/janus. */
void janus_made_new(const char *script, struct janus_made *ret);

/* Starts it with that configuration, and waits until it takes calls. */
void janus_made_run(const char *script, struct janus_made *m);

/* kill -9, or whatever `how` is, and waits for its end. */
void janus_made_kill(struct janus_made *m, int how);

/* The folder of a test, removed. */
void janus_made_end(struct janus_made *m);

struct janus_server janus_made_server(const struct janus_made *m);

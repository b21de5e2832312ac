/* janus.c - what the server of sound and picture may say: messages whose texts are whole, whose SDP
 * can stand in a row and on a page, and an event that is of a line or of the session. */
#include "fuzz.h"

#include "video/janus_message.h"

#include <stdlib.h>
#include <string.h>

static void check(const struct janus_message *m)
{
	if (!memchr(m->transaction, '\0', sizeof(m->transaction)) || !m->videoroom || !m->sdp)
		abort();
	if (*m->sdp && !janus_sdp_valid(m->sdp))
		abort();
	if (m->said == JANUS_SAID_EVENT && m->event.line == 0 && m->event.kind != JANUS_GONE)
		abort();
	for (size_t i = 0; i < m->participant_count; i++) {
		if (m->participants[i].feed == 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct janus_message *list = NULL;
	struct err e = { 0 };
	size_t count = 0;
	if (!janus_message_read(a, (const char *)bytes, size, &list, &count, &e)) {
		if (e.kind != ERR_SYSTEM)
			abort();
		return 0;
	}
	if (count > JANUS_MESSAGES_MOST)
		abort();
	for (size_t i = 0; i < count; i++)
		check(&list[i]);
	return 0;
}

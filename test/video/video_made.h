/* video_made.h - recordings for the tests of this folder: two that Janus made of Chromium's camera
 * and microphone (sound.mjr, picture.mjr: six seconds, 320x240), what is made of them, and files of
 * packets that a test thinks of itself. */
#pragma once
#include "base/arena.h"

struct made {
	unsigned char *bytes;
	size_t size;
};

/* "sound.mjr" or "picture.mjr" as it lies beside the test (argv[1] of it). */
struct made made_read(struct arena *a, const char *folder, const char *file);

/* One without packets; then one after another. */
struct made made_head(struct arena *a, const char *json);
void made_add(struct arena *a, struct made *m, uint32_t ms, uint16_t number, uint32_t rtp_time,
	      const void *payload, size_t size);

/* A new folder below the temporary one, and it with all that is in it away again. */
char *made_folder(struct arena *a);
void made_remove(const char *folder);
void made_write(const char *folder, const char *file, struct made m);

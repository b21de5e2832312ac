#include "video_made.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct made made_read(struct arena *a, const char *folder, const char *file)
{
	enum { MOST = 256 * 1024 };
	FILE *f = fopen(arena_print(a, "%s/%s", folder, file), "rb");
	if (!f)
		abort();
	struct made m = { arena_alloc(a, MOST), 0 };
	m.size = fread(m.bytes, 1, MOST, f);
	(void)fclose(f);
	return m;
}

struct made made_head(struct arena *a, const char *json)
{
	const size_t length = strlen(json);
	struct made m = { arena_alloc(a, length + 10), length + 10 };
	(void)memcpy(m.bytes, "MJR00002", 8);
	m.bytes[8] = (unsigned char)(length >> 8);
	m.bytes[9] = (unsigned char)length;
	(void)memcpy(m.bytes + 10, json, length);
	return m;
}

static void put_32(unsigned char *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(n >> (24 - 8 * i));
}

static void put_16(unsigned char *to, size_t n)
{
	to[0] = (unsigned char)(n >> 8);
	to[1] = (unsigned char)n;
}

void made_add(struct arena *a, struct made *m, uint32_t ms, uint16_t number, uint32_t rtp_time,
	      const void *payload, size_t size)
{
	const size_t more = 10 + 12 + size;
	unsigned char *bytes = arena_alloc(a, m->size + more);
	unsigned char *at = bytes + m->size;
	(void)memcpy(bytes, m->bytes, m->size);
	(void)memcpy(at, "MEET", 4);
	put_32(at + 4, ms);
	put_16(at + 8, 12 + size);
	at[10] = 0x80;
	at[11] = 111 | 0x80; /* the end of a picture */
	put_16(at + 12, number);
	put_32(at + 14, rtp_time);
	put_32(at + 18, 4711);
	(void)memcpy(at + 22, payload, size);
	m->bytes = bytes;
	m->size += more;
}

char *made_folder(struct arena *a)
{
	const char *below = getenv("TMPDIR");
	char *folder = arena_print(a, "%s/konkurs-video-XXXXXX", below ? below : "/tmp");
	if (!mkdtemp(folder))
		abort();
	return folder;
}

void made_remove(const char *folder)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	DIR *list = opendir(folder);
	for (const struct dirent *d = list ? readdir(list) : NULL; d; d = readdir(list))
		(void)unlink(arena_print(a, "%s/%s", folder, d->d_name));
	if (list)
		(void)closedir(list);
	(void)rmdir(folder);
}

void made_write(const char *folder, const char *file, struct made m)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	FILE *f = fopen(arena_print(a, "%s/%s", folder, file), "wb");
	if (!f || fwrite(m.bytes, 1, m.size, f) != m.size || fclose(f) != 0)
		abort();
}

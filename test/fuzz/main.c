/* main.c - runs a target on every file of a folder, where libFuzzer is not linked. */
#include "fuzz.h"

#include "base/arena.h"

#include <dirent.h>
#include <stdio.h>

static void run(const char *path)
{
	enum { MOST = 4 * 1024 * 1024 };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	FILE *file = fopen(path, "rb");
	if (!file)
		return; /* no file: a folder's own entries */
	uint8_t *bytes = arena_alloc(a, MOST);
	const size_t size = fread(bytes, 1, MOST, file);
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(bytes, size);
}

int main(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	int count = 0;
	if (!folder)
		return 1;
	for (const struct dirent *d = readdir(folder); d; d = readdir(folder)) {
		if (d->d_name[0] == '.')
			continue;
		run(arena_print(a, "%s/%s", argv[1], d->d_name));
		count++;
	}
	(void)closedir(folder);
	printf("%d files of %s\n", count, argv[1]);
	return count > 0 ? 0 : 1;
}

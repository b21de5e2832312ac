/* export_made.c - writes a made set as a package of QTI to standard output, for schema_test.py. */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct exchange_set set = made_set(a, 3);
	const void *bytes = NULL;
	size_t size = 0;
	struct err e = { 0 };
	if (argc != 2 || !exchange_write(a, &set, EXCHANGE_QTI, (int)strtol(argv[1], NULL, 10),
					 &bytes, &size, &e))
		return 1;
	return fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0 ? 0 : 1;
}

/* Writes the table of opened_test.py: write csv|xlsx FILE ROWS. */
#include "export/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	static const struct table_column columns[] = {
		{ "Аты-жөні", CELL_TEXT },
		{ "Саны", CELL_NUMBER },
		{ "Күні", CELL_DAY },
		{ "Уақыты", CELL_TIME },
	};
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const size_t rows = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct cell *cells = arena_array(a, rows * COUNT(columns) + 1, sizeof(*cells));
	for (size_t i = 0; i < rows; i++) {
		struct cell *row = &cells[i * COUNT(columns)];
		row[0] = (struct cell){ true, i == 0 ? "=HYPERLINK(\"x\")" : "Қазыбек Ұлы, \"Б\"",
					0 };
		row[1] = (struct cell){ true, NULL, (int64_t)i };
		row[2] = (struct cell){ i != 1, NULL, 20514 };
		row[3] = (struct cell){ true, NULL, 1772428500000LL };
	}
	const struct table t = { "Тізім: a/b [1]?", columns, COUNT(columns), cells, rows };
	struct err e = { 0 };
	const void *bytes = NULL;
	size_t size = 0;
	FILE *file = argc == 4 ? fopen(argv[2], "wb") : NULL;
	bool ok = file && (strcmp(argv[1], "csv") == 0 ? table_csv(a, &t, &bytes, &size, &e)
						       : table_xlsx(a, &t, &bytes, &size, &e));
	ok = ok && fwrite(bytes, 1, size, file) == size;
	if (file)
		ok = fclose(file) == 0 && ok;
	return ok ? 0 : 1;
}

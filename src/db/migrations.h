/* migrations.h - the files of db/schema, built into the program by the build. */
#pragma once

struct db_migration {
	int number; /* from 1, without gaps */
	const char *name, *sql;
};

extern const struct db_migration db_migrations[];
extern const int db_migration_count;

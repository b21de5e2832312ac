/* migrations.h - the files of db/schema, built into the program by the build. */
#pragma once

struct db_migration {
	int number; /* from 1, without gaps */
	int bears;  /* the oldest program, by its newest migration, that may still serve; 0: none */
	const char *name, *sql;
};

extern const struct db_migration db_migrations[];
extern const int db_migration_count;

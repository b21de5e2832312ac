/* process.c - the process as the kernel sees it, under the names that every exporter has. */
#include "web/watch/scrape.h"

#include "db/db.h"
#include "web/watch/openmetrics.h"

#include <dirent.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MS_PER_S = 1000, US_PER_MS = 1000 };

enum { TEXT_ROOM = 1024 };

static void read_text(const char *path, char ret[TEXT_ROOM])
{
	FILE *file = fopen(path, "re");
	const size_t size = file ? fread(ret, 1, TEXT_ROOM - 1, file) : 0;
	if (file)
		(void)fclose(file);
	ret[size] = '\0';
}

/* Behind the next `count` blanks; NULL if there are none. */
static const char *skip_words(const char *at, int count)
{
	for (int i = 0; at && i < count; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at;
}

/* Pages: all, resident, ... */
static int64_t resident_bytes(void)
{
	char text[TEXT_ROOM];
	read_text("/proc/self/statm", text);
	const char *at = skip_words(text, 1);
	return at ? strtoll(at, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

/* Twenty words behind the name, which may hold anything but its own end. */
static int64_t start_s(void)
{
	enum { WORDS_BETWEEN = 20 };
	const struct clock now = clock_real();
	char text[TEXT_ROOM];
	read_text("/proc/self/stat", text);
	const char *at = skip_words(strrchr(text, ')'), WORDS_BETWEEN);
	const int64_t ticks = at ? strtoll(at, NULL, 10) : 0;
	const int64_t began_ms =
		clock_now(&now) - clock_since_boot_ms() + ticks * MS_PER_S / sysconf(_SC_CLK_TCK);
	return at ? began_ms / MS_PER_S : 0;
}

/* "." and "..", and the one that looks. */
static int64_t open_descriptors(void)
{
	int64_t count = -3;
	DIR *folder = opendir("/proc/self/fd");
	if (!folder)
		return 0;
	while (readdir(folder))
		count++;
	(void)closedir(folder);
	return count;
}

static int64_t of_time(struct timeval t)
{
	return (int64_t)t.tv_sec * MS_PER_S + t.tv_usec / US_PER_MS;
}

static void print(struct buf *out, const char *name, const char *unit, const char *help,
		  int64_t value)
{
	const struct metric m = { name, METRIC_GAUGE, unit, help };
	metric_begin(out, &m);
	metric_value(out, &m, "", value);
}

void scrape_process(const char *database, struct buf *out)
{
	static const struct metric cpu = { "process_cpu_seconds", METRIC_COUNTER, "seconds",
					   "Processor time of the process." };
	struct rusage usage = { 0 };
	struct rlimit files = { 0, 0 };
	struct statvfs disk;
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)getrlimit(RLIMIT_NOFILE, &files);
	metric_begin(out, &cpu);
	metric_milli(out, &cpu, "", of_time(usage.ru_utime) + of_time(usage.ru_stime));
	print(out, "process_start_time_seconds", "seconds", "When the process began, since 1970.",
	      start_s());
	print(out, "process_resident_memory_bytes", "bytes", "Memory that is in use.",
	      resident_bytes());
	print(out, "process_open_fds", "", "Open file descriptors.", open_descriptors());
	print(out, "process_max_fds", "", "File descriptors that may be open.",
	      (int64_t)files.rlim_cur);
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	if (database && !db_is_server(database) &&
	    statvfs(dirname(arena_copy(a, database)), &disk) == 0)
		print(out, "konkurs_disk_free_bytes", "bytes", "Free on the disk of the database.",
		      (int64_t)(disk.f_bavail * disk.f_frsize));
}

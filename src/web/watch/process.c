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

static int64_t resident_bytes(void)
{
	long long total = 0;
	long long resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	const bool read = file && fscanf(file, "%lld %lld", &total, &resident) == 2;
	if (file)
		(void)fclose(file);
	return read ? resident * sysconf(_SC_PAGESIZE) : 0;
}

/* Twenty fields behind the name, which may hold anything but its own end. */
static int64_t start_s(void)
{
	enum { ROOM = 1024, FIELDS_BETWEEN = 19 };
	char text[ROOM] = "";
	FILE *file = fopen("/proc/self/stat", "re");
	const size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	if (file)
		(void)fclose(file);
	const char *at = size > 0 ? strrchr(text, ')') : NULL;
	for (int i = 0; at && i <= FIELDS_BETWEEN; i++)
		at = strchr(at + 1, ' ');
	if (!at)
		return 0;
	const struct clock now = clock_real();
	const int64_t ticks_ms = strtoll(at, NULL, 10) * MS_PER_S / sysconf(_SC_CLK_TCK);
	return (clock_now(&now) - clock_since_boot_ms() + ticks_ms) / MS_PER_S;
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

/* machine.c - what the figures were taken on. */
#include "bench/exam.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 512 };

/* The text after ": " of the first line of /proc/cpuinfo that begins with "model name". */
static void processor_name(char ret[LINE])
{
	char line[LINE];
	FILE *file = fopen("/proc/cpuinfo", "r");
	(void)snprintf(ret, LINE, "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		const char *colon = strchr(line, ':');
		if (strncmp(line, "model name", strlen("model name")) == 0 && colon) {
			(void)snprintf(ret, LINE, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
			break;
		}
	}
	if (file)
		(void)fclose(file);
}

static const char *file_system(const char *dir)
{
	static const struct {
		unsigned long type;
		const char *name;
	} row[] = {
		{ 0xef53, "ext" },         { 0x58465342, "xfs" },
		{ 0x9123683e, "btrfs" },   { 0x01021994, "tmpfs: no disk" },
		{ 0x794c7630, "overlay" },
	};
	struct statfs f;
	if (statfs(dir, &f) != 0)
		return "unknown";
	for (size_t i = 0; i < COUNT(row); i++) {
		if ((unsigned long)f.f_type == row[i].type)
			return row[i].name;
	}
	return "other";
}

static json_t *now_text(void)
{
	char text[INSTANT_TEXT_SIZE];
	const struct clock clock = clock_real();
	instant_print(clock_now(&clock), text);
	return json_string(text);
}

/* Ticks that the processors have worked since the machine started. */
static int64_t busy_ticks(void)
{
	enum { USER, NICE, SYSTEM, IDLE, WAIT, INTERRUPT, SOFT, STEAL, FIELDS };
	long long tick[FIELDS] = { 0 };
	FILE *file = fopen("/proc/stat", "r");
	if (!file)
		return 0;
	const int read = fscanf(file, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &tick[USER],
				&tick[NICE], &tick[SYSTEM], &tick[IDLE], &tick[WAIT],
				&tick[INTERRUPT], &tick[SOFT], &tick[STEAL]);
	(void)fclose(file);
	if (read != FIELDS)
		return 0;
	return tick[USER] + tick[NICE] + tick[SYSTEM] + tick[INTERRUPT] + tick[SOFT] + tick[STEAL];
}

/* What neither the servers nor the generator have taken was taken from them. */
void measure_others(struct exam *x)
{
	struct timespec own = { 0, 0 };
	const double ticks = (double)sysconf(_SC_CLK_TCK);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
	const double all_s = (double)(busy_ticks() - x->busy_ticks) / (ticks > 0 ? ticks : 1);
	const double ours_s = (double)own.tv_sec + (double)x->server_ms / 1000;
	report_put(&x->report, "machine", "processor_seconds_of_others",
		   report_real(all_s > ours_s ? all_s - ours_s : 0));
	report_put(&x->report, "machine", "processor_seconds_ours", report_real(ours_s));
	if (all_s - ours_s > ours_s / 5)
		(void)fprintf(stderr,
			      "bench: other processes took %.0f s of the processors beside"
			      " our %.0f s: the figures are lower than the machine's\n",
			      all_s - ours_s, ours_s);
}

void measure_machine(struct exam *x)
{
	struct utsname kernel;
	struct sysinfo info;
	char processor[LINE];
	struct report *r = &x->report;
	x->busy_ticks = busy_ticks();
	processor_name(processor);
	report_put(r, "machine", "taken", now_text());
	report_put(r, "machine", "processors", json_integer(get_nprocs()));
	report_put(r, "machine", "processor", json_string(processor));
	if (uname(&kernel) == 0)
		report_put(r, "machine", "kernel", json_string(kernel.release));
	if (sysinfo(&info) == 0)
		report_put(r, "machine", "memory_mib",
			   json_integer((json_int_t)(info.totalram * info.mem_unit >> 20)));
	report_put(r, "machine", "file_system", json_string(file_system(x->dir)));
	report_put(r, "machine", "sqlite", json_string(sqlite3_libversion()));
	report_put(r, "machine", "note",
		   json_string("server and load generator share these processors"));
}

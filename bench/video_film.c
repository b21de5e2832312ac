/* video_film.c - what it costs to make a film of what was recorded, and to follow a file (video.h).
 */
#include "bench/video.h"

#include "video/film.h"
#include "video/follow.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PICTURE_END "-video-1.mjr"
enum { FILMS_MOST = 4, NAME_SIZE = 64, PATH_SIZE = PROCESS_PATH + 2 * NAME_SIZE };

/* Seconds of processor that we, and programs that have ended, have taken. */
static double taken(int who)
{
	struct rusage used = { 0 };
	(void)getrusage(who, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Names of recorded sources, "s7", of which there are both files. */
static size_t list_sources(const char *folder, char ret[FILMS_MOST][NAME_SIZE])
{
	size_t count = 0;
	DIR *dir = opendir(folder);
	const struct dirent *entry = NULL;
	while (dir && count < FILMS_MOST && (entry = readdir(dir))) {
		const size_t size = strlen(entry->d_name);
		const size_t tail = strlen(PICTURE_END);
		if (size <= tail || size >= NAME_SIZE ||
		    strcmp(entry->d_name + size - tail, PICTURE_END) != 0)
			continue;
		(void)snprintf(ret[count++], NAME_SIZE, "%.*s", (int)(size - tail), entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
	return count;
}

struct films {
	double processor_s, film_s, frames, faults;
	int64_t mjr_bytes, film_bytes;
};

static int64_t size_of(const char *folder, const char *file)
{
	char path[PATH_SIZE];
	struct stat f;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	return stat(path, &f) == 0 ? f.st_size : 0;
}

static bool make_one(const struct video *v, const char *name, struct films *sum, struct err *e)
{
	char sound[NAME_SIZE + 32];
	char picture[NAME_SIZE + 32];
	char film[NAME_SIZE + 32];
	struct film made = { 0 };
	const char *folder = v->parts.records;
	(void)snprintf(sound, sizeof(sound), "%.63s-audio-0.mjr", name);
	(void)snprintf(picture, sizeof(picture), "%.63s" PICTURE_END, name);
	(void)snprintf(film, sizeof(film), "%.63s.webm", name);
	const struct film_parts parts = { folder, sound, picture, 0 };
	const double before = taken(RUSAGE_CHILDREN) + taken(RUSAGE_SELF);
	if (!film_make(&parts, film, &made, e))
		return false;
	sum->processor_s += taken(RUSAGE_CHILDREN) + taken(RUSAGE_SELF) - before;
	sum->film_s += (double)made.length_ms / 1000;
	sum->frames += (double)made.frames;
	sum->faults += (double)made.finding_count;
	sum->mjr_bytes += size_of(folder, sound) + size_of(folder, picture);
	sum->film_bytes += size_of(folder, film);
	return true;
}

bool measure_film(struct video *v, struct err *e)
{
	char names[FILMS_MOST][NAME_SIZE];
	struct films sum = { 0 };
	const size_t count = list_sources(v->parts.records, names);
	for (size_t i = 0; i < count; i++) {
		if (!make_one(v, names[i], &sum, e))
			return false;
	}
	if (sum.film_s <= 0)
		return err_set(e, ERR_SYSTEM, "error.system", "no film was made");
	v->unit.film_share = sum.processor_s / sum.film_s;
	v->unit.film_bytes_share = (double)sum.film_bytes / (double)sum.mjr_bytes;
	char target[64];
	json_t *values = json_object();
	const struct {
		const char *name;
		double value;
	} row[] = {
		{ "films", (double)count },
		{ "seconds_of_each", sum.film_s / (double)count },
		{ "processor_s_per_minute", v->unit.film_share * 60 },
		{ "frames_per_second", sum.frames / sum.film_s },
		{ "film_bytes_per_recorded_byte", v->unit.film_bytes_share },
		{ "findings", sum.faults },
	};
	for (size_t i = 0; i < COUNT(row); i++)
		(void)json_object_set_new(values, row[i].name, report_real(row[i].value));
	(void)snprintf(target, sizeof(target), "at most %.2g s of processor a minute",
		       FILM_SECONDS_MOST);
	report_add(&v->exam.report, "films of what was recorded",
		   "janus-pp-rec, ffmpeg -c copy, ffprobe and the look for silence and black;"
		   " the starts of the programs count more in pieces shorter than the 60 s of"
		   " a real one.",
		   values, target, v->unit.film_share * 60 <= FILM_SECONDS_MOST);
	return true;
}

/* ---- following ------------------------------------------------------------------------------- */

enum { GROWTH = 64 * 1024, LOOKS = 30 };

/* A file that grows by 64 KiB each time: read, hashed, synced. */
bool measure_follow(struct video *v, struct err *e)
{
	static const char block[GROWTH];
	char path[PROCESS_PATH + 16];
	struct follow *f = NULL;
	int64_t grew = 0;
	int64_t sum = 0;
	(void)snprintf(path, sizeof(path), "%s/followed", v->parts.records);
	FILE *file = fopen(path, "wb");
	if (!file || !follow_open(v->parts.records, "followed", &f, e)) {
		if (file)
			(void)fclose(file);
		return file || err_set(e, ERR_SYSTEM, "error.system", "%s: not made", path);
	}
	const int64_t began = load_now_ns();
	const double before = taken(RUSAGE_SELF);
	bool ok = true;
	for (int i = 0; ok && i < LOOKS; i++) {
		ok = fwrite(block, 1, sizeof(block), file) == sizeof(block) && fflush(file) == 0 &&
		     follow_look(f, &grew, e);
		sum += grew;
	}
	const double us = (taken(RUSAGE_SELF) - before) * 1e6 / LOOKS;
	const double wall_ms = (double)(load_now_ns() - began) / 1e6 / LOOKS;
	follow_cleanup(&f);
	(void)fclose(file);
	if (!ok || sum != (int64_t)LOOKS * GROWTH)
		return err_set(e, ERR_SYSTEM, "error.system", "the file was not followed");
	v->unit.follow_us = us;
	report_note(&v->exam.report, "a growing file followed",
		    "64 KiB come, a second of sound and picture: read, hashed, synced.",
		    json_pack("{s:o,s:o}", "processor_us", report_real(us), "wall_ms",
			      report_real(wall_ms)));
	return true;
}

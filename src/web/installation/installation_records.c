/* installation_records.c - the folder of sound and picture. */
#include "web/installation/installation.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define GIBIBYTE     (UINT64_C(1) << 30)
#define RECORDS_LOW  (5 * GIBIBYTE) /* half a day of ten seats */
#define RECORDS_NONE GIBIBYTE

/* Records were made here, so there is a folder that the server has to know. */
static bool has_records(struct installation *c, bool *ret, struct err *e)
{
	*ret = false;
	return !c->base ||
	       db_exists(c->base, e, ret, "SELECT 1 FROM video_segment WHERE film_file <> ''");
}

static bool look_at_space(struct installation *c, struct err *e)
{
	struct statvfs disk;
	if (statvfs(c->records, &disk) != 0)
		return true;
	const uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
	return left >= RECORDS_LOW ||
	       installation_find(
		       c, left < RECORDS_NONE ? LEVEL_ERROR : LEVEL_WARNING, "records_space",
		       arena_print(c->arena, "%llu", (unsigned long long)(left >> 20)), e);
}

/* F72, F74: whoever reads the folder sees the records without a reason. */
bool installation_records(struct installation *c, struct err *e)
{
	struct stat status = { 0 };
	bool made = false;
	if (!c->records)
		return has_records(c, &made, e) &&
		       (!made || !c->inside ||
			installation_find(c, LEVEL_WARNING, "records_none", "", e));
	if (stat(c->records, &status) != 0 || !S_ISDIR(status.st_mode) ||
	    access(c->records, R_OK | X_OK) != 0)
		return installation_find(c, LEVEL_ERROR, "records_folder", c->records, e);
	return ((status.st_mode & S_IRWXO) == 0 ||
		installation_find(c, installation_serious(c), "records_mode", c->records, e)) &&
	       look_at_space(c, e);
}

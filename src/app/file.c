#include "app/file.h"

bool file_keep(const struct act *act, const struct file_in *file, const char **ret_hash,
	       const char **ret_name, struct err *e)
{
	*ret_hash = NULL;
	*ret_name = NULL;
	if (!file || file->size == 0)
		return true;
	if (!act_keep_file(act, file->bytes, file->size, file->media, ret_hash, e))
		return false;
	*ret_name = file->name;
	return true;
}

bool file_day_past(const struct act *act, day d, const char *field, struct err *e)
{
	return d.n <= act_today(act).n ||
	       err_input(e, field, "error.day.future", "a paper dated ahead");
}

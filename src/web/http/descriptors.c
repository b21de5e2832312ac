#include "web/http/descriptors.h"

#include <sys/resource.h>

enum { SPARE = 32 };

bool descriptors_limit(int connections)
{
	struct rlimit limit = { 0, 0 };
	const rlim_t wanted = (rlim_t)connections + SPARE;
	if (connections <= 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return true;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

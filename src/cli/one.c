/* one.c - commands about one thing by its number: konkurs draw ACTION SITTING, konkurs vote ACTION
 * APPLICATION. */
#include "cli/one.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

static bool read_number(const char *text, int64_t *ret)
{
	char *end = NULL;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	*ret = number;
	return errno == 0 && end != text && !*end && number > 0;
}

bool cli_read_one(int argc, char **argv, struct one_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "rules", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	if (optind + 2 != argc || !read_number(argv[optind + 1], &ret->number))
		return false;
	ret->action = argv[optind];
	return true;
}

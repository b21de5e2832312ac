/* read_questions.c - konkurs read-questions: the process in which a file of questions is read. */
#include "cli/cli.h"

#include "exchange/confined.h"

int cli_read_questions(int argc, char **argv)
{
	if (argc != 3)
		return cli_usage("read-questions", "a language and an act are needed");
	const struct exchange_options options = { argv[1], argv[2] };
	return exchange_child(&options);
}

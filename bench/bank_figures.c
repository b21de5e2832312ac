/* bank_figures.c - figures and screening against one pass over the same rows. */
#include "bench/bank.h"
bool bench_figures(const char *dir, bool quick, bool keep, struct report *r, struct err *e)
{
	(void)dir;
	(void)quick;
	(void)keep;
	(void)r;
	(void)e;
	return true;
}

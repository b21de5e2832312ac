/* answer.c - what clamd may say. */
#include "scan/clamd.h"

#include <string.h>

/* One text of printable ASCII with a NUL at its end and nowhere else: a name goes into rows, the
 * journal and pages. */
static bool is_plain(const char *answer, size_t size)
{
	if (size < 2 || size > CLAMD_ANSWER_MOST || answer[size - 1] != '\0')
		return false;
	for (size_t i = 0; i + 1 < size; i++) {
		if (answer[i] < ' ' || answer[i] > '~')
			return false;
	}
	return true;
}

/* "" of what does not fit: half a name would be another one. */
static bool keep(char to[CLAMD_NAME_SIZE], const char *from, size_t size)
{
	if (size == 0 || size >= CLAMD_NAME_SIZE)
		return false;
	(void)memcpy(to, from, size);
	to[size] = '\0';
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t size = strlen(text);
	const size_t more = strlen(end);
	return size >= more && strcmp(text + size - more, end) == 0;
}

/* "ClamAV 1.4.3/27800/Mon Nov 24 08:26:11 2025", or the first part alone. */
bool clamd_read_version(const char *answer, size_t size, struct clamd_version *ret)
{
	static const char name[] = "ClamAV ";
	struct clamd_version v = { "", "" };
	if (!is_plain(answer, size) || strncmp(answer, name, sizeof(name) - 1) != 0)
		return false;
	const size_t engine = strcspn(answer, "/");
	const char *rest = answer[engine] ? answer + engine + 1 : "";
	if (engine < sizeof(name) || !keep(v.engine, answer, engine) ||
	    (*rest && !keep(v.signatures, rest, strlen(rest))))
		return false;
	*ret = v;
	return true;
}

enum clamd_verdict clamd_read_verdict(const char *answer, size_t size,
				      char ret_found[CLAMD_NAME_SIZE])
{
	static const char of[] = "stream: ";
	static const char found[] = " FOUND";
	ret_found[0] = '\0';
	if (!is_plain(answer, size))
		return CLAMD_AWAY;
	if (strcmp(answer, "stream: OK") == 0)
		return CLAMD_CLEAN;
	if (strcmp(answer, "INSTREAM size limit exceeded. ERROR") == 0)
		return CLAMD_TOO_LARGE;
	if (strncmp(answer, of, sizeof(of) - 1) == 0 && ends_with(answer, found)) {
		const char *name = answer + sizeof(of) - 1;
		const size_t all = strlen(name);
		/* a name that is none is still a finding */
		if (all < sizeof(found) || !keep(ret_found, name, all - (sizeof(found) - 1)))
			(void)memcpy(ret_found, "?", 2);
		return CLAMD_FOUND;
	}
	return ends_with(answer, " ERROR") ? CLAMD_FAILED : CLAMD_AWAY;
}

/* head.c - the head of a request, cut anywhere: the same is found, and it never is more than was
 * there.  The first byte says where it is cut. */
#include "fuzz.h"

#include "web/http/head.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 512 };

struct found {
	enum head_state state;
	size_t rest, length;
	bool chunked, sound;
	char path[64];
};

static struct found find(const uint8_t *bytes, size_t size, size_t cut)
{
	struct head h = { 0 };
	struct found f = { .path = "" };
	f.state = head_add(&h, bytes, cut, MOST, &f.rest);
	if (f.state == HEAD_COMES)
		f.state = head_add(&h, bytes + cut, size - cut, MOST, &f.rest);
	else if (f.state == HEAD_WHOLE)
		f.rest += size - cut;
	if (f.state == HEAD_WHOLE) {
		f.length = head_length(&h);
		f.chunked = head_is_chunked(&h);
		f.sound = head_is_sound(&h);
		(void)head_path(&h, f.path, sizeof(f.path));
		if (h.size + f.rest != size || h.size > MOST)
			abort();
	}
	head_free(&h);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size < 2)
		return 0;
	const size_t cut = bytes[0] % size;
	const struct found whole = find(bytes + 1, size - 1, size - 1);
	const struct found two = find(bytes + 1, size - 1, cut);
	if (whole.state != two.state || whole.length != two.length ||
	    whole.chunked != two.chunked || whole.sound != two.sound ||
	    strcmp(whole.path, two.path) != 0 ||
	    (whole.state == HEAD_WHOLE && whole.rest != two.rest))
		abort();
	return 0;
}
